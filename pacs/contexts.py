"""Which SOP classes and transfer syntaxes we speak of in an association (PS3.8 7.1.1.13)."""

from collections.abc import Iterable, Sequence

from pydicom.uid import JPEG2000 as JPEG2000Lossy
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)
from pynetdicom import AllStoragePresentationContexts
from pynetdicom.presentation import PresentationContext, build_context

# PS3.4 A.4, C.6.1.3 and C.6.2.3; pynetdicom makes its own names for them only at run time
VERIFICATION = UID("1.2.840.10008.1.1")
PATIENT_ROOT_FIND = UID("1.2.840.10008.5.1.4.1.2.1.1")
PATIENT_ROOT_MOVE = UID("1.2.840.10008.5.1.4.1.2.1.2")
PATIENT_ROOT_GET = UID("1.2.840.10008.5.1.4.1.2.1.3")
FIND = UID("1.2.840.10008.5.1.4.1.2.2.1")
MOVE = UID("1.2.840.10008.5.1.4.1.2.2.2")
GET = UID("1.2.840.10008.5.1.4.1.2.2.3")

COMMITMENT = UID("1.2.840.10008.1.20.1")

LITTLE_ENDIAN: tuple[UID, ...] = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
"""What a dataset without compression is proposed in; one can be turned into the other without loss."""

AS_ARCHIVED: tuple[UID, ...] = (
    JPEGLSLossless,
    JPEG2000Lossless,
    RLELossless,
    JPEGLosslessSV1,
    JPEGLossless,
    DeflatedExplicitVRLittleEndian,
    JPEGLSNearLossless,
    JPEG2000Lossy,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    HTJ2KLossless,
    ExplicitVRBigEndian,
)
"""What archives keep images in, the likeliest first; each is proposed in a context of its own."""

MAXIMUM_CONTEXTS = 127
"""128 fit into an association request (odd identifiers of one byte); one of them is Verification."""

STORAGE_CLASSES: tuple[UID, ...] = tuple(UID(str(cx.abstract_syntax)) for cx in AllStoragePresentationContexts)
"""Every storage SOP class that a listener of ours accepts."""

_SELDOM = tuple(f"1.2.840.10008.5.1.4.1.1.{group}." for group in (77, 78, 79, 80, 81, 82, 9))
"""Photographs, microscopy, the eye and waveforms: the least likely beside an MR, where not every class has room."""


def verification() -> PresentationContext:
    """Return the context that every DICOM peer accepts."""
    return build_context(VERIFICATION, list(LITTLE_ENDIAN))


def for_model(query_model: str) -> list[PresentationContext]:
    """Return the context of one query/retrieve information model."""
    return [build_context(query_model, list(LITTLE_ENDIAN))]


def for_retrieving(sop_classes: Iterable[str], room: int, *, compressed: bool = True) -> list[PresentationContext]:
    """Return at most `room` contexts in which a peer can send each class as it lies in its archive.

    Without `compressed` it has to lie there, or come, uncompressed.

    One context takes one transfer syntax for all instances, so every compression has its own; if they do not all
    fit, the rarest are left out and the peer has to decompress.
    """
    classes = sorted(set(sop_classes), key=lambda uid: (uid.startswith(_SELDOM), uid))
    plain = [build_context(sop_class, list(LITTLE_ENDIAN)) for sop_class in classes]
    packed = [build_context(sop_class, [syntax]) for syntax in AS_ARCHIVED * compressed for sop_class in classes]
    return (plain + packed)[:room]


def for_hearing_commitments() -> PresentationContext:
    """Return the context in which an archive tells us what it keeps: it requests, and is SCP all the same (PS3.4 J)."""
    context = build_context(COMMITMENT, list(LITTLE_ENDIAN))
    context.scu_role = context.scp_role = True
    return context


def for_sending(kinds: Sequence[tuple[str, str]]) -> list[PresentationContext]:
    """Return contexts for (SOP class, transfer syntax) pairs, each as it lies; plain ones in the other form too."""
    contexts = [build_context(sop_class, [syntax]) for sop_class, syntax in dict.fromkeys(kinds)]
    plain = sorted({sop_class for sop_class, syntax in kinds if syntax in LITTLE_ENDIAN})
    return contexts + [build_context(sop_class, list(LITTLE_ENDIAN)) for sop_class in plain]


def for_accepting() -> list[PresentationContext]:
    """Return contexts that take every storage class in every transfer syntax that we can read, in either role."""
    contexts = [build_context(sop_class, [*LITTLE_ENDIAN, *AS_ARCHIVED]) for sop_class in STORAGE_CLASSES]
    for context in contexts:
        context.scu_role = context.scp_role = True
    return contexts
