"""The bytes that are signed: the same as DCMTK's, and any change of any signed element is noticed."""

import random
import shutil
import string
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pydicom import dcmread
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import Comprehensive3DSRStorage, ExplicitVRLittleEndian
from signing_site import pem_of

from core.errors import SignatureInvalid
from core.pirads import Category
from core.report import Clinical, Report, SignedReport, sign
from reporting.mac_stream import as_encoded, is_signable, mac_stream
from reporting.signature import SigningKey, verify_dataset
from reporting.sr import verified_sr

BUFFER_OF_DCMTK = 16_384
DATASETS = 200

_LETTERS = string.ascii_letters + string.digits + " äöüß患者"
_MAKERS = {
    "SH": lambda chance: _text(chance, 16),
    "LO": lambda chance: _text(chance, 64),
    "PN": lambda chance: f"{_text(chance, 12)}^{_text(chance, 12)}",
    "UT": lambda chance: _text(chance, 300),
    "ST": lambda chance: _text(chance, 200),
    "CS": lambda chance: "".join(chance.choices(string.ascii_uppercase, k=chance.randint(0, 16))),
    "DA": lambda chance: f"20{chance.randint(10, 29)}0{chance.randint(1, 9)}1{chance.randint(0, 9)}",
    "TM": lambda chance: f"1{chance.randint(0, 9)}30{chance.randint(10, 59)}",
    "DT": lambda chance: f"2026030{chance.randint(1, 9)}1{chance.randint(0, 9)}3015+0100",
    "UI": lambda chance: f"1.2.826.0.1.{chance.randint(1, 10**9)}",
    "DS": lambda chance: [f"{chance.uniform(-99, 99):.4f}" for _ in range(chance.randint(1, 4))],
    "IS": lambda chance: [str(chance.randint(-999, 999)) for _ in range(chance.randint(1, 3))],
    "US": lambda chance: chance.randint(0, 65535),
    "SS": lambda chance: chance.randint(-32768, 32767),
    "UL": lambda chance: chance.randint(0, 2**32 - 1),
    "FD": lambda chance: chance.uniform(-1e6, 1e6),
    "FL": lambda chance: 0.5 * chance.randint(-999, 999),
    "AT": lambda chance: 0x00080010 + chance.randint(0, 99),
    "OB": lambda chance: chance.randbytes(2 * chance.randint(0, 40)),
    "SQ": None,
}
_TAGS = {
    vr: [
        tag
        for tag, (one, multiplicity, *_) in sorted(DicomDictionary.items())
        if one == vr
        and 0x00080018 < tag < 0x50000000
        and tag >> 16 not in (0x0400, 0x4FFE)
        and "-" in f"{multiplicity}-"
    ]
    for vr in _MAKERS
}

needs_dcmsign = pytest.mark.skipif(shutil.which("dcmsign") is None, reason="dcmsign (dcmtk) is not installed")


def _text(chance: random.Random, most: int) -> str:
    return "".join(chance.choices(_LETTERS, k=chance.randint(0, most // 3))).strip()


def _filled(chance: random.Random, ds: Dataset, count: int, depth: int) -> Dataset:
    for _ in range(count):
        vr = chance.choice([*_MAKERS, "SQ"])
        tag = chance.choice(_TAGS[vr])
        if vr == "SQ":
            if depth:
                items = [
                    _filled(chance, Dataset(), chance.randint(0, 4), depth - 1) for _ in range(chance.randint(0, 3))
                ]
                ds.add_new(tag, vr, items)
        else:
            ds.add_new(tag, vr, _MAKERS[vr](chance))
    return ds


def _random_dataset(seed: int) -> Dataset:
    chance = random.Random(seed)
    ds = _filled(chance, Dataset(), chance.randint(5, 80), 3)
    ds.SpecificCharacterSet, ds.SOPClassUID, ds.SOPInstanceUID = "ISO_IR 192", Comprehensive3DSRStorage, f"1.2.3.{seed}"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


@needs_dcmsign
@pytest.mark.filterwarnings(
    "ignore:.*:UserWarning"
)  # pydicom on values of the wrong multiplicity, which are signed too
def test_dcmtk_hashes_the_same_bytes_of_200_random_datasets(tmp_path: Path, authority: Any) -> None:
    private_key = rsa.generate_private_key(65537, 2048)
    (tmp_path / "key.pem").write_bytes(pem_of(private_key))
    certificate = authority.issue("Dr. Änne Jürgens", private_key=private_key).certificate
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    lengths = []
    for seed in range(DATASETS):
        _random_dataset(seed).save_as(tmp_path / "plain.dcm", enforce_file_format=True)
        command = [
            "dcmsign",
            "-q",
            "+s",
            "key.pem",
            "cert.pem",
            "-pw",
            "+m2",
            "+d",
            "stream",
            "plain.dcm",
            "signed.dcm",
        ]
        subprocess.run(command, cwd=tmp_path, check=True)
        theirs, ours = (tmp_path / "stream").read_bytes(), _our_stream(dcmread(tmp_path / "signed.dcm"))
        if len(theirs) < BUFFER_OF_DCMTK:
            assert theirs == ours, f"dataset {seed} is hashed otherwise"
            lengths.append(len(theirs))
    assert len(lengths) == DATASETS
    assert max(lengths) > 3000


def _our_stream(signed: Dataset) -> bytes:
    tags = {int(tag) for tag in signed.MACParametersSequence[0].DataElementsSigned}
    return mac_stream(as_encoded(signed), tags, signed.DigitalSignaturesSequence[0])


def _elements(encoded: Dataset, path: tuple[tuple[int, int], ...] = ()) -> list[tuple[tuple[int, int], ...]]:
    """Return the path (tag, item) of every element inside the signed ones, sequences included."""
    found = []
    for tag in sorted(encoded.keys()):
        if is_signable(encoded, tag):
            found.append((*path, (int(tag), -1)))
            if encoded.get_item(tag).VR == "SQ":
                for place, item in enumerate(encoded[tag].value):
                    found += _elements(item, (*path, (int(tag), place)))
    return found


def _changed(dataset: Dataset, path: tuple[tuple[int, int], ...]) -> None:
    """Change one element so that it says something else: another bit of its value, or an item more."""
    *outer, (tag, _) = path
    for sequence, place in outer:
        dataset = dataset[sequence].value[place]
    raw = dataset.get_item(tag)
    if raw.VR == "SQ":
        dataset[tag].value.append(Dataset())
        return
    value = raw.value if isinstance(raw.value, bytes) else b""
    flipped = bytes([value[0] ^ 1]) + value[1:] if value else b"1 "
    dataset[tag] = raw._replace(value=flipped, length=len(flipped))


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # pydicom warns of values that a changed bit made invalid
def test_every_signed_element_is_guarded(signed_report: SignedReport, signing_key: SigningKey) -> None:
    recognised = replace(signed_report.report.recognised, choices=signed_report.report.recognised.choices[:1])
    report = Report(recognised, Clinical(psa_ng_ml=6.4, indication="Größe"), without_lesion=Category.X)
    sr = verified_sr(sign(report, signed_report.reader, signed_report.signed_at), None, signing_key)
    buffer = BytesIO()
    sr.save_as(buffer, enforce_file_format=True)
    genuine = dcmread(BytesIO(buffer.getvalue()))
    signed = {int(tag) for tag in genuine.MACParametersSequence[0].DataElementsSigned}
    paths = [path for path in _elements(as_encoded(genuine)) if path[0][0] in signed]
    assert {path[0][0] for path in paths} == signed
    assert len(paths) > 250
    verify_dataset(as_encoded(genuine), None)
    for path in paths:
        altered = as_encoded(genuine)
        _changed(altered, path)
        assert _is_noticed(altered), f"{path} was changed and nobody noticed"


def _is_noticed(altered: Dataset) -> bool:
    try:
        verify_dataset(altered, None)
    except SignatureInvalid:
        return True
    return False
