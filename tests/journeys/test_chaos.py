"""A workstation that is killed again and again while it signs and sends loses nothing and doubles nothing."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.journey

_ROOT = Path(__file__).resolve().parents[2]
_KILLS = 12


def test_every_report_signed_between_twelve_kills_is_in_the_archive_once_and_the_trail_is_sound(orthanc: Any) -> None:
    address = f"{orthanc.ae_title}@{orthanc.host}:{orthanc.dicom_port}"
    command = [sys.executable, "benchmarks/chaos.py", "--kills", str(_KILLS), "--seed", "11", "--archive", address]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=280, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "nothing was lost, nothing doubled" in said
    kills = sum(map(int, re.findall(r"': (\d+)", said)))
    begun, closed, held = map(
        int, re.findall(r"^(\d+) signings begun, (\d+) closed in the trail, (\d+) reports", said, re.M)[0]
    )
    assert kills == _KILLS
    assert begun > held >= closed > 0  # some were cut off, others reached the archive
    assert "the child" not in said
