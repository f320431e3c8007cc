"""The audit trail: one hash-chained, fsynced JSON line per step, UIDs and never names."""

import hashlib
import json
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, cast

from filelock import FileLock

from core.errors import AuditFailed, ProsectorError
from core.files import write_text

_GENESIS = "0" * 64
_LONGEST_LINE = 65536


class Action(StrEnum):
    """What was done; DICOM audit event codes are mapped from these (PS3.15 A.5)."""

    START = "start"
    STOP = "stop"
    QUERY = "query"
    RETRIEVE = "retrieve"
    OPEN = "open"
    ANALYSE = "analyse"
    EDIT = "edit"
    SIGN = "sign"
    SEND = "send"
    NOTIFY = "notify"
    ORDER = "order"
    RECEIVE = "receive"
    EXPORT = "export"
    VERIFY = "verify"
    CLAIM = "claim"
    RELEASE = "release"


class Outcome(StrEnum):
    """How a step ended; `STARTED` announces a step that cannot be taken back."""

    STARTED = "started"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One step: when, who, what, on which UIDs, with which outcome. `detail` holds counts and UIDs only."""

    time: datetime
    actor: str
    action: Action
    subjects: tuple[str, ...]
    outcome: Outcome
    detail: Mapping[str, str | int | float]

    def as_record(self) -> dict[str, Any]:
        """Return the event as it stands in a line, without number and digests."""
        return {
            "time": self.time.isoformat(),
            "actor": self.actor,
            "action": self.action.value,
            "subjects": list(self.subjects),
            "outcome": self.outcome.value,
            "detail": dict(self.detail),
        }


class AuditTrail:
    """An append-only file of events, each carrying the digest of the one before.

    Beside it stands `<name>.head`, the number and digest of the last line, so that lines cut from the end are
    missed too. Several processes may share one trail; a file lock orders them.
    """

    def __init__(self, path: Path, actor: str) -> None:
        self.path = path
        self._actor = actor
        self._head_path = path.with_suffix(".head")
        self._lock = FileLock(path.with_suffix(".lock"))

    def record(
        self,
        action: Action,
        subjects: Sequence[str] = (),
        outcome: Outcome = Outcome.SUCCESS,
        **detail: str | int | float,
    ) -> None:
        """Append one event and fsync it; raises `AuditFailed`, upon which the step must not happen."""
        event = AuditEvent(datetime.now(UTC), self._actor, action, tuple(subjects), outcome, detail)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                if torn := self._set_torn_line_aside():
                    event = replace(event, detail={**detail, "torn_line_bytes": torn})
                number, previous = self._last()
                line = _line(number + 1, previous, event.as_record())
                self._append(line)
                write_text(self._head_path, json.dumps({"n": line["n"], "digest": line["digest"]}))
        except (OSError, ValueError, KeyError, TypeError, ProsectorError) as error:
            reason = str(getattr(error, "strerror", None) or error).rstrip(".")
            raise AuditFailed(
                f"This step was not done because it could not be written to the audit trail {self.path}: {reason}. Put"
                " that right, then do it again."
            ) from error

    @contextmanager
    def step(
        self,
        action: Action,
        subjects: Sequence[str] = (),
        *,
        announce: bool = False,
        **detail: str | int | float,
    ) -> Generator[dict[str, str | int | float]]:
        """Record a step when it ends, with its outcome; the yielded dict takes further detail.

        With `announce`, a line is written before the step too: for what cannot be taken back (sign, send). The
        closing line is written before the caller gets on, so an unaudited result is never used.
        """
        if announce:
            self.record(action, subjects, Outcome.STARTED, **detail)
        more: dict[str, str | int | float] = dict(detail)
        try:
            yield more
        except BaseException as error:
            self.record(action, subjects, Outcome.FAILURE, **more, error=type(error).__name__)
            raise
        self.record(action, subjects, Outcome.SUCCESS, **more)

    def _set_torn_line_aside(self) -> int:
        """Move a line whose writing a power cut or a kill broke off to `<name>.torn` and return its bytes.

        Its step was not done, for `record` had not returned.
        """
        if not self.path.exists():
            return 0
        with self.path.open("r+b") as file:
            start = _start_of_torn_line(file)
            torn = file.read()
            if torn:
                with self.path.with_suffix(".torn").open("ab") as aside:
                    aside.write(torn + b"\n")
                    os.fsync(aside.fileno())
                file.truncate(start)
                os.fsync(file.fileno())
        return len(torn)

    def _last(self) -> tuple[int, str]:
        if not self.path.exists():
            if self._head_path.exists():
                raise AuditFailed(f"the trail {self.path} was removed; restore it from the backup")
            return 0, _GENESIS
        line = _last_line(self.path)
        last = (int(line["n"]), str(line["digest"])) if line else (0, _GENESIS)
        head = _read_head(self._head_path)
        if head and last[0] < head[0]:
            raise AuditFailed(f"lines are missing from its end, it once had {head[0]}; restore it from the backup")
        return last

    def _append(self, line: Mapping[str, Any]) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(descriptor).st_size
        content = (json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n").encode()
        try:
            if os.write(descriptor, content) != len(content):
                os.ftruncate(descriptor, size)
                raise OSError("the disk is full")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def verify(path: Path) -> int:
    """Return the number of lines of a sound trail; raises `AuditFailed` naming the first line that is not."""
    if not path.exists():
        raise AuditFailed(f"There is no audit trail at {path}.")
    previous, count = _GENESIS, 0
    head = _read_head(path.with_suffix(".head"))
    head_seen = head is None or head[0] == 0
    with path.open("rb") as file:
        for count, raw in enumerate(file, start=1):
            line = _parse(raw, count)
            expected = _line(count, previous, {k: v for k, v in line.items() if k not in _CHAIN_KEYS})
            if line != expected:
                raise AuditFailed(f"Line {count} of {path} was altered, or a line before it removed or moved.")
            previous = str(line["digest"])
            head_seen = head_seen or head == (count, previous)
    if head is None and count:
        raise AuditFailed(f"The head file of {path} is missing, so lines cut from its end would not be noticed.")
    if not head_seen:
        raise AuditFailed(f"Lines are missing from the end of {path}: it once had {head[0] if head else '?'} lines.")
    return count


_CHAIN_KEYS = ("n", "previous", "digest")


def _line(number: int, previous: str, record: Mapping[str, Any]) -> dict[str, Any]:
    body = {**record, "n": number, "previous": previous}
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {**body, "digest": hashlib.sha256(canonical.encode()).hexdigest()}


def _parse(raw: bytes, number: int) -> dict[str, Any]:
    try:
        line: object = json.loads(raw)
    except ValueError as error:
        raise AuditFailed(f"Line {number} of the audit trail is not readable; it was altered or cut off.") from error
    if not isinstance(line, dict):
        raise AuditFailed(f"Line {number} of the audit trail is not an event.")
    return cast(dict[str, Any], line)


def _start_of_torn_line(file: BinaryIO) -> int:
    """Move to the end of the last line that ends as lines do, and return that place."""
    size = file.seek(0, os.SEEK_END)
    reach = max(0, size - _LONGEST_LINE)
    file.seek(reach)
    return file.seek(reach + file.read().rfind(b"\n") + 1)


def _last_line(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            return None
        file.seek(max(0, size - _LONGEST_LINE))
        lines = file.read().splitlines()
    return _parse(lines[-1], -1)


def _read_head(path: Path) -> tuple[int, str] | None:
    if not path.exists():
        return None
    try:
        head = json.loads(path.read_text())
        return int(head["n"]), str(head["digest"])
    except (ValueError, KeyError, TypeError) as error:
        raise AuditFailed(f"The head file {path} of the audit trail was altered.") from error
