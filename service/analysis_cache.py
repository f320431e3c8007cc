"""Answers of earlier analyses, found again by the content of what they came from."""

import hashlib
import logging
import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

import core
import inference
from core.errors import CannotWrite
from core.files import write_bytes
from core.findings import Findings
from core.nudge import Nudges
from core.study import RecognisedStudy, RoleChoice
from inference.adapters.adapter import package_of
from inference.detect import detector_identity
from inference.gland import WEIGHTS_SHA256
from inference.models import Models
from inference.onnx_session import device_in_words

_log = logging.getLogger(__name__)
_UNMOVED = Nudges()

MOST_ENTRIES = 64
MOST_BYTES = 256_000_000
_FORMAT = b"prosector-analysis-1"
_LIBRARIES = (
    "prosector",
    "numpy",
    "scipy",
    "SimpleITK",
    "onnxruntime",
    "onnxruntime-gpu",
    "openvino",
    "torch",
    "monai",
    "nnunetv2",
)
_FINDINGS: TypeAdapter[Findings] = TypeAdapter(Findings)


class AnalysisCache:
    """A folder with one file per answer; each begins with the digest of what follows. The oldest used go first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str, recognised: RecognisedStudy) -> Findings | None:
        """Return the answer kept under `key` on the study as it lies on disk now, or None.

        A damaged entry is removed and told in the log: what it held is analysed anew.
        """
        path = self._path(key)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.warning("kept analysis not read (%s); it is run anew", error)
            return None
        try:
            if head != _head(body):
                raise ValueError("its digest differs")
            findings = _FINDINGS.validate_json(body)
        except (ValidationError, ValueError) as error:
            _log.warning("kept analysis %s is damaged (%s); it is run anew", path.name, type(error).__name__)
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):  # when it was used last only orders what is let go
            os.utime(path)
        return replace(findings, recognised=recognised)

    def keep(self, key: str, findings: Findings) -> None:
        """Keep an answer, and let the oldest go; a full disk is told in the log and costs nothing else."""
        kept = replace(
            findings,
            recognised=RecognisedStudy(replace(findings.recognised.study, series=()), (), ()),
            kept_since=datetime.now(UTC),
        )
        body = _FINDINGS.dump_json(kept)
        try:
            write_bytes(self._path(key), _head(body) + b"\n" + body)
        except CannotWrite as error:
            _log.warning("analysis not kept: %s", error)
        self._make_room()

    def _make_room(self) -> None:
        with suppress(OSError):  # another process may be making room as well
            entries = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
            total = 0
            for number, path in enumerate(entries, start=1):
                total += path.stat().st_size
                if number > MOST_ENTRIES or total > MOST_BYTES:
                    path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def _head(body: bytes) -> bytes:
    return _FORMAT + b" " + hashlib.sha256(body).hexdigest().encode()


def content_key(recognised: RecognisedStudy, models: Models, nudges: Nudges = _UNMOVED) -> str | None:
    """Return the digest of everything that an analysis rests on, or None when a file of it cannot be read.

    That is each file, byte by byte, of every series with a role and how it was recognised; the instances of the
    others; each model and the other package that runs it; the device; the program; and where the reader laid series,
    which `nudges` says.
    """
    digest = hashlib.sha256()
    try:
        for part in _parts(recognised, models, nudges):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    except OSError as error:
        _log.warning("no kept analysis is looked for: %s", error)
        return None
    return digest.hexdigest()


def _parts(recognised: RecognisedStudy, models: Models, nudges: Nudges) -> Iterator[bytes]:
    yield _program().encode()
    yield repr(nudges).encode()
    yield f"{device_in_words()} {WEIGHTS_SHA256} {detector_identity()!r} {models!r}".encode()
    yield "; ".join(package_of(pack) for pack in (models.gland, models.zones, models.lesions) if pack).encode()
    study = recognised.study
    yield f"{study.study_instance_uid} {recognised.warnings!r}".encode()
    for series in study.series:
        yield " ".join([series.series_instance_uid, *(one.sop_instance_uid for one in series.instances)]).encode()
    for choice in recognised.choices:
        yield from _choice(choice)


def _choice(choice: RoleChoice) -> Iterator[bytes]:
    told = (choice.role.value, choice.b_value, choice.calculated, choice.fitted, choice.corrected)
    yield repr((told, [(stack.b_value, stack.series.series_instance_uid) for stack in choice.stacks])).encode()
    for path in dict.fromkeys(instance.path for stack in choice.stacks for instance in stack.instances):
        yield hashlib.sha256(path.read_bytes()).digest()


@cache
def _program() -> str:
    """Return the version; run from source, the digest of the source as well."""
    digest = hashlib.sha256()
    for package in (core, inference):
        for path in sorted(path for place in package.__path__ for path in Path(place).rglob("*.py")):
            digest.update(path.read_bytes())
    libraries = [f"{name} {_version(name)}" for name in _LIBRARIES]
    return f"{platform.machine()} {' '.join(libraries)} {digest.hexdigest()}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # the installed program carries its libraries; its own version tells which
        return "-"
