"""What a signature of a report must cover (PS3.15 C.4, Structured Report RSA Digital Signature Profile)."""

from pydicom.dataset import Dataset
from pydicom.tag import Tag

VERIFICATION_PURPOSE = ("5", "ASTM-sigpurpose", "Verification Signature")
AUTHOR_PURPOSE = ("1", "ASTM-sigpurpose", "Author's Signature")

_IDENTITY = ("SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID")
_GENERAL_EQUIPMENT = (
    "Manufacturer",
    "InstitutionName",
    "InstitutionAddress",
    "StationName",
    "InstitutionalDepartmentName",
    "InstitutionalDepartmentTypeCodeSequence",
    "ManufacturerModelName",
    "ManufacturerDeviceClassUID",
    "DeviceSerialNumber",
    "SoftwareVersions",
    "GantryID",
    "UDISequence",
    "DeviceUID",
    "SpatialResolution",
    "DateOfLastCalibration",
    "TimeOfLastCalibration",
    "DateOfManufacture",
    "DateOfInstallation",
    "PixelPaddingValue",
)
_EVIDENCE = (
    "CurrentRequestedProcedureEvidenceSequence",
    "PertinentOtherEvidenceSequence",
    "PredecessorDocumentsSequence",
)
_DOCUMENT_CONTENT = (
    "ValueType",
    "ConceptNameCodeSequence",
    "ContinuityOfContent",
    "ContentTemplateSequence",
    "ObservationDateTime",
    "ObservationUID",
    "ContentSequence",
)
_VERIFICATION = ("SOPInstanceUID", "VerificationFlag", "VerifyingObserverSequence")
_OURS = (
    "SpecificCharacterSet",
    "CompletionFlag",
    "PreliminaryFlag",
    "ContentDate",
    "ContentTime",
    "AuthorObserverSequence",
    "ParticipantSequence",
)

_MINIMUM = (*_IDENTITY, *_GENERAL_EQUIPMENT, *_EVIDENCE, *_DOCUMENT_CONTENT)


def signed_tags(dataset: Dataset) -> list[int]:
    """Return the tags that we sign: the profile's, the flags, and the character set that the texts are read by."""
    return [int(Tag(keyword)) for keyword in (*_MINIMUM, *_VERIFICATION, *_OURS) if keyword in dataset]


def uncovered(dataset: Dataset, signed: set[int], *, as_verification: bool) -> list[str]:
    """Return the keywords that are in the dataset, are asked for by the profile, and are not signed.

    `as_verification` asks for what the verification signature of a VERIFIED document must cover as well.
    """
    asked = (*_MINIMUM, *(_VERIFICATION if as_verification else ()))
    return [keyword for keyword in asked if keyword in dataset and int(Tag(keyword)) not in signed]
