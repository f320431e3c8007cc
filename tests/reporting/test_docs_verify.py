"""The recipes of docs/verify.md for those who have no Prosector, run as they stand there."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from signing_site import TimeStampServer, time_stamp_server

from core.report import SignedReport
from reporting.seg import segmentation
from reporting.signature import SigningKey
from reporting.sr import verified_sr
from reporting.timestamp_authority import TimeStampAuthority

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tsa(tmp_path: Path, authority: Any) -> Iterator[TimeStampServer]:
    """A time-stamping authority of the hospital."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "tsa").mkdir()
    with time_stamp_server(tmp_path / "tsa", authority) as server:
        yield server


def test_openssl_accepts_a_large_report_by_the_recipe(
    signed_report: SignedReport, signing_key: SigningKey, authority: Any, tsa: TimeStampServer, tmp_path: Path
) -> None:
    report = signed_report.report
    seg = segmentation(report.recognised, report.gland, report.lesions)
    sr = verified_sr(signed_report, seg, signing_key.stamped_by(TimeStampAuthority(tsa.url)))
    sr.save_as(tmp_path / "report.dcm", enforce_file_format=True)
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    told = _run(_recipe(), tmp_path)
    assert "Verified OK" in told
    assert "signer.pem: OK" in told
    assert "Verification: OK" in told
    altered = (tmp_path / "signed.bin").read_bytes().replace(b"RID50300", b"RID50296", 1)
    (tmp_path / "signed.bin").write_bytes(altered)
    assert "Verification failure" in _run(next(x for x in _recipe() if "dgst" in x).splitlines(), tmp_path)


def _recipe() -> list[str]:
    """Return the shell lines of the OpenSSL recipe, its Python part as one."""
    text = (ROOT / "docs" / "verify.md").read_text("utf-8")
    (block,) = re.findall(r"for a report of any size:\n\n((?: {4}.*\n)+)", text)
    lines = [line[4:] for line in block.splitlines()]
    end = lines.index("END")
    return ["\n".join(lines[: end + 1]), *lines[end + 1 :]]


def _run(commands: list[str], folder: Path) -> str:
    paths = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    told = ""
    for command in commands:
        environment = {"PATH": paths, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, capture_output=True, text=True, env=environment, check=False
        )
        told += done.stdout + done.stderr
    return told
