"""The bytes that a DICOM digital signature is made over (PS3.3 C.12.1.1.3.1.1), in Explicit VR Little Endian.

Byte-identical to what DCMTK's dcmsign hashes, as long as its stream stays below 16 KiB: beyond that DCMTK 3.6.7 drops
parts of nested sequences.
"""

import struct
from collections.abc import Collection
from io import BytesIO

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset
from pydicom.tag import BaseTag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

MAC_PARAMETERS_SEQUENCE = 0x4FFE0001
_CERTIFICATE, _SIGNATURE, _TIMESTAMP_TYPE, _TIMESTAMP = 0x04000115, 0x04000120, 0x04000305, 0x04000310
_NOT_IN_ITS_OWN_STREAM = {_CERTIFICATE, _SIGNATURE, _TIMESTAMP_TYPE, _TIMESTAMP}
_ITEM = struct.pack("<HH", 0xFFFE, 0xE000)
_SEQUENCE_END = struct.pack("<HH", 0xFFFE, 0xE0DD)
_UNDEFINED_LENGTH = 0xFFFFFFFF


def as_encoded(dataset: Dataset) -> Dataset:
    """Return the dataset re-read from its Explicit VR Little Endian bytes, every value as it stands in them."""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = False, True
    write_dataset(buffer, dataset)
    return read_dataset(BytesIO(buffer.getvalue()), is_implicit_VR=False, is_little_endian=True)


def mac_stream(encoded: Dataset, tags: Collection[int], signature_item: Dataset) -> bytes:
    """Return the stream for the elements `tags` of a dataset from `as_encoded` and one signature item of it."""
    signed = b"".join(
        _element(encoded, tag) for tag in sorted(encoded.keys()) if tag in tags and is_signable(encoded, tag)
    )
    item = as_encoded(signature_item)
    own = b"".join(_element(item, tag) for tag in sorted(item.keys()) if tag not in _NOT_IN_ITS_OWN_STREAM)
    return signed + own


def is_signable(encoded: Dataset, tag: BaseTag) -> bool:
    """Tell whether the standard lets an element be signed: lengths, signatures and unknown VRs are left out."""
    return _is_signable_tag(tag) and not _has_unknown_vr(encoded, tag)


def _is_signable_tag(tag: BaseTag) -> bool:
    group, element = tag.group, tag.element
    never = group < 0x0008 or element == 0 or group == 0xFFFA or group == 0xFFFE
    return not never and (group, element) not in ((0x0008, 0x0001), (0x4FFE, 0x0001), (0xFFFC, 0xFFFC))


def _has_unknown_vr(encoded: Dataset, tag: BaseTag) -> bool:
    element = encoded.get_item(tag)
    if element.VR != "SQ":
        return element.VR == "UN"
    return any(_has_unknown_vr(item, inner) for item in _items(encoded, tag) for inner in item.keys())  # noqa: SIM118


def _items(encoded: Dataset, tag: BaseTag) -> list[Dataset]:
    return list(encoded[tag].value)


def _element(encoded: Dataset, tag: BaseTag) -> bytes:
    if not _is_signable_tag(tag):
        return b""
    element = encoded.get_item(tag)
    if element.VR == "SQ":
        return _sequence(encoded, tag)
    return _value(element)


def _sequence(encoded: Dataset, tag: BaseTag) -> bytes:
    items = [_ITEM + b"".join(_element(item, inner) for inner in sorted(item.keys())) for item in _items(encoded, tag)]
    return struct.pack("<HH", tag.group, tag.element) + b"SQ\0\0" + b"".join(items) + _SEQUENCE_END


def _value(element: RawDataElement | DataElement) -> bytes:
    vr, value = str(element.VR), _stored(element)
    length = struct.pack("<HI", 0, len(value)) if vr in EXPLICIT_VR_LENGTH_32 else struct.pack("<H", len(value))
    return struct.pack("<HH", element.tag.group, element.tag.element) + vr.encode("ascii") + length + value


def _stored(element: RawDataElement | DataElement) -> bytes:
    """Return a value as it stands in the file; pydicom reads only an empty binary one as an element of its own."""
    if isinstance(element, DataElement):
        if element.value:
            raise ValueError(f"{element.tag} was decoded; a signature is checked over what stands in the file.")
        return b""
    if element.length == _UNDEFINED_LENGTH:
        raise ValueError(f"{element.tag} is compressed; a signature over compressed data cannot be checked.")
    return element.value or b""
