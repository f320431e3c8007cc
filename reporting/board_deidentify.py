"""Our SEG and RTSTRUCT without the patient (PS3.15 Annex E, Basic Application Confidentiality Profile)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from highdicom import UID, ContributingEquipment
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from reporting.equipment import MANUFACTURER, MODEL_NAME, SOFTWARE_VERSION
from reporting.study_header import coded

_PROFILE = Code("113100", "DCM", "Basic Application Confidentiality Profile")
_DICOM_ROOT = "1.2.840.10008."
_EMPTY = (  # action Z
    "PatientBirthDate",
    "PatientSex",
    "ReferringPhysicianName",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "OperatorsName",
    "ContentCreatorName",
)
_REMOVED = frozenset(  # action X, as far as our objects and what they take over from the images can hold it
    {
        "StudyDescription",
        "PatientAge",
        "PatientSize",
        "PatientWeight",
        "PatientBirthTime",
        "OtherPatientIDs",
        "OtherPatientIDsSequence",
        "IssuerOfPatientID",
        "EthnicGroup",
        "PatientComments",
        "AdditionalPatientHistory",
        "Occupation",
        "PhysiciansOfRecord",
        "NameOfPhysiciansReadingStudy",
        "PerformingPhysicianName",
        "AdmittingDiagnosesDescription",
        "InstitutionName",
        "InstitutionAddress",
        "InstitutionalDepartmentName",
        "StationName",
        "RequestAttributesSequence",
        "ReferencedRequestSequence",
        "ProtocolName",
        "OriginalAttributesSequence",
        "DigitalSignaturesSequence",
    }
)
_NO_DATE = {"DA": "19000101", "TM": "000000", "DT": "19000101000000"}
"""What stands where an object must have a date; none of them is the patient's."""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """Who stands for the patient in one export: a name by chance, and one new UID for each of the old ones."""

    name: str = field(default_factory=lambda: f"CASE-{secrets.token_hex(4).upper()}")
    _uids: dict[str, str] = field(default_factory=dict[str, str])

    def uid(self, old: str) -> str:
        """Return the new UID that stands for an old one; DICOM's own are nobody's."""
        return old if old.startswith(_DICOM_ROOT) else self._uids.setdefault(old, str(UID()))


def deidentified(made: Dataset, pseudonym: Pseudonym) -> Dataset:
    """Strip an object that nobody else holds of its patient, in place, and return it."""
    for dataset in (made, made.file_meta):
        _walk(dataset, lambda within, element: _clean(within, element, pseudonym))
    made.PatientName, made.PatientID = pseudonym.name, pseudonym.name
    for keyword in _EMPTY:
        if keyword in made:
            setattr(made, keyword, "")
    made.PatientIdentityRemoved = "YES"
    made.DeidentificationMethod = "PS3.15 Basic Application Confidentiality Profile"
    made.DeidentificationMethodCodeSequence = [coded(_PROFILE)]
    made.LongitudinalTemporalInformationModified = "REMOVED"
    made.ContributingEquipmentSequence = [*made.get("ContributingEquipmentSequence", ()), _equipment()]
    return made


def _walk(dataset: Dataset, act: Callable[[Dataset, DataElement], None]) -> None:
    for element in list(dataset):
        act(dataset, element)
        if element.VR == "SQ" and element.tag in dataset:
            for item in element.value:
                _walk(item, act)


def _clean(dataset: Dataset, element: DataElement, pseudonym: Pseudonym) -> None:
    if element.keyword in _REMOVED or element.tag.is_private:
        del dataset[element.tag]
    elif element.VR == "UI" and element.value:
        many = element.VM > 1
        element.value = [pseudonym.uid(str(x)) for x in element.value] if many else pseudonym.uid(str(element.value))
    elif element.VR in _NO_DATE and element.value:
        element.value = _NO_DATE[element.VR]


def _equipment() -> ContributingEquipment:
    return ContributingEquipment(
        manufacturer=MANUFACTURER,
        purpose_of_reference=codes.DCM.DeIdentifyingEquipment,
        manufacturer_model_name=MODEL_NAME,
        software_versions=SOFTWARE_VERSION,
    )
