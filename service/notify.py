"""Telling RIS and EHR of a signed report: made at signing, let go once the archive holds it, sent until heard."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from pydicom.dataset import Dataset

from core.audit import Action
from core.errors import ProsectorError, SettingsInvalid
from core.report import Report, SignedReport
from pacs.fhir import FhirRefused, post_transaction
from pacs.mllp import MllpPeer, TlsFiles, exchange
from reporting.fhir_report import report_bundle
from reporting.hl7 import Hl7Unreadable
from reporting.hl7_ack import read_ack
from reporting.hl7_oru import control_id, result_message, why_not_for_ris
from reporting.result_codes import result_codes
from service.messages import Destination, Message, Messages, NewMessage, State
from service.workspace import Workspace

_LOGGER = logging.getLogger(__name__)
_POLL_S = 1.0


class Refused(ProsectorError):
    """The other side's answer was no; the words are its own."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far RIS or EHR is told of a study's newest report, in words for the reader."""

    message: Message
    name: str

    @property
    def sentence(self) -> str:
        """One line, e.g. `RIS: sent 14:30` or `RIS: refused: unknown accession number`."""
        message, words = self.message, f": {self.message.words}" if self.message.words else ""
        when = f"{message.changed_at.astimezone():%Y-%m-%d %H:%M}"
        return {
            State.HELD: f"{self.name}: waits until the archive holds the report",
            State.WAITING: f"{self.name}: waiting{words}",
            State.REFUSED: f"{self.name}: refused{words}",
            State.SENT: f"{self.name}: sent {when}",
            State.ABANDONED: f"{self.name}: given up{words}",
        }[message.state]

    @property
    def needs_a_person(self) -> bool:
        """Whether it goes no further by itself, or has not for now."""
        return self.message.state is State.REFUSED or (self.message.state is State.WAITING and bool(self.message.words))


def messages(ws: Workspace) -> Messages:
    """Return what waits for RIS and EHR on this workstation."""
    return Messages(ws.settings.database)


def is_configured(ws: Workspace) -> bool:
    """Whether the site has a RIS or an EHR that is told."""
    return ws.settings.ris is not None or ws.settings.fhir is not None


def not_told(ws: Workspace, report: Report) -> tuple[str, ...]:
    """Return why the RIS will not be told of this report, a sentence each; for the reader, before signing."""
    return tuple(filter(None, (why_not_for_ris(report, ws.settings.ris) if ws.settings.ris else "",)))


def hold(ws: Workspace, signed: SignedReport, sr: Dataset, pdf: Callable[[], bytes]) -> None:
    """Make what RIS and EHR will be told of a report that was just signed, and keep it; raises `CannotWrite`.

    A message that cannot be made is kept as refused, with the reason: the report itself is signed and sent all the
    same.
    """
    if not is_configured(ws):
        return
    study, document = signed.report.recognised.study, pdf()
    made = tuple(_made(ws, signed, sr, document))
    messages(ws).hold(str(sr.SOPInstanceUID), study.study_instance_uid, study.patient.patient_id, made)


def _made(ws: Workspace, signed: SignedReport, sr: Dataset, pdf: bytes) -> Iterator[NewMessage]:
    if ws.settings.ris is not None:
        yield _new(Destination.RIS, sr, lambda: _result(ws, signed, sr, pdf))
    if ws.settings.fhir is not None:
        yield _new(Destination.EHR, sr, lambda: _bundle(ws, signed, sr, pdf))


def _new(destination: Destination, sr: Dataset, make: Callable[[], bytes]) -> NewMessage:
    number = control_id(destination, str(sr.SOPInstanceUID))
    try:
        return NewMessage(destination, number, make())
    except ProsectorError as error:
        return NewMessage(destination, number, b"", str(error))


def _result(ws: Workspace, signed: SignedReport, sr: Dataset, pdf: bytes) -> bytes:
    ris, settings = ws.settings.ris, ws.settings
    assert ris is not None
    number = control_id(Destination.RIS, str(sr.SOPInstanceUID))
    return result_message(signed, pdf, number, ris, result_codes(settings.result_codes), settings.reader)


def _bundle(ws: Workspace, signed: SignedReport, sr: Dataset, pdf: bytes) -> bytes:
    fhir, settings = ws.settings.fhir, ws.settings
    assert fhir is not None
    before = messages(ws).last_content(Destination.EHR, signed.report.study_instance_uid)
    codes = result_codes(settings.result_codes)
    return report_bundle(signed, pdf, sr, codes, fhir, settings.reader, before=before)


def forget(ws: Workspace, sop_instance_uid: str) -> None:
    """Drop what was held for a report that could not be kept."""
    if is_configured(ws):
        messages(ws).forget_held(sop_instance_uid)


def release(ws: Workspace, sop_instance_uid: str) -> None:
    """Let the messages of a report go now that the archive holds it; once more does no harm."""
    if is_configured(ws):
        messages(ws).release(sop_instance_uid)


def told(ws: Workspace, study_instance_uid: str) -> tuple[Told, ...]:
    """Return how far RIS and EHR are told of the newest report of a study; empty when there is nothing to tell."""
    newest = {message.destination: message for message in messages(ws).of_study(study_instance_uid)}
    return tuple(Told(message, _name(ws, message.destination)) for message in newest.values())


def told_of_all(ws: Workspace) -> dict[str, tuple[Told, ...]]:
    """Return `told` of every study that has messages, by study."""
    found: dict[str, tuple[Told, ...]] = {}
    for message in messages(ws).newest_by_study() if is_configured(ws) else ():
        one = Told(message, _name(ws, message.destination))
        found[message.study_instance_uid] = (*found.get(message.study_instance_uid, ()), one)
    return found


def _name(ws: Workspace, destination: Destination) -> str:
    section = ws.settings.ris if destination is Destination.RIS else ws.settings.fhir
    return section.name if section else destination.value.upper()


def retry(ws: Workspace, message_id: int) -> None:
    """Send a message again by hand; raises `NotSendable`."""
    message = messages(ws).retry(message_id)
    _record(ws, message, "sent again by hand")


def abandon(ws: Workspace, message_id: int) -> None:
    """Give a message up by hand; raises `NotSendable`."""
    message = messages(ws).abandon(message_id)
    _record(ws, message, "given up by hand")


def _record(ws: Workspace, message: Message, step: str) -> None:
    ws.trail.record(
        Action.NOTIFY,
        [message.study_instance_uid, message.sop_instance_uid],
        destination=message.destination.value,
        message=message.control_id,
        step=step,
    )


# ------------------------------------------------------------------ sending


def deliver(ws: Workspace, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, in order; returns how many arrived. Only one process of a workstation does at a time.

    A destination that could not be reached is left alone until the next call. Raises `CannotWrite`.
    """
    try:
        with FileLock(ws.settings.database.with_suffix(".notify.lock"), timeout=0):
            return sum(_delivered_to(ws, destination, stopping) for destination in Destination)
    except Timeout:
        return 0


def _delivered_to(ws: Workspace, destination: Destination, stopping: Callable[[], bool]) -> int:
    kept, count = messages(ws), 0
    while not stopping() and (message := kept.due(destination, datetime.now(UTC))) is not None:
        content = kept.content(message)
        try:
            _send_audited(ws, message, content)
        except (Refused, FhirRefused) as error:
            kept.refused(message, str(error))
        except ProsectorError as error:
            kept.postponed(message, str(error))
            break
        else:
            kept.sent(message, _worth_keeping(message, content))
            count += 1
    return count


def _send_audited(ws: Workspace, message: Message, content: bytes) -> None:
    with ws.trail.step(
        Action.NOTIFY,
        [message.study_instance_uid, message.sop_instance_uid],
        announce=True,
        destination=message.destination.value,
        message=message.control_id,
        attempt=message.attempts + 1,
    ):
        _send(ws, message, content)


def _send(ws: Workspace, message: Message, content: bytes) -> None:
    if message.destination is Destination.RIS:
        _tell_ris(ws, message, content)
        return
    if ws.settings.fhir is None:
        raise SettingsInvalid("There is no [fhir] in the settings any more; add it again, or give the message up.")
    post_transaction(ws.settings.fhir, content)


def _tell_ris(ws: Workspace, message: Message, content: bytes) -> None:
    ris = ws.settings.ris
    if ris is None:
        raise SettingsInvalid("There is no [ris] in the settings any more; add it again, or give the message up.")
    tls = TlsFiles(ris.ca, ris.certificate, ris.key) if ris.tls else None
    peer = MllpPeer(ris.name, ris.host, ris.port, ris.connect_timeout_s, ris.answer_timeout_s, tls)
    ack = read_ack(exchange(peer, content, lambda answer: _answers(answer, message.control_id)))
    if not ack.code.is_accepted:
        raise Refused(f"{ris.name} answered {ack.code.value}: {ack.words or 'it says no more'}")


def _answers(answer: bytes, number: str) -> bool:
    """A late answer to an earlier message is passed over; one that cannot be read at all is taken for ours."""
    try:
        return read_ack(answer).control_id == number
    except Hl7Unreadable:
        return True


def _worth_keeping(message: Message, content: bytes) -> bytes:
    """Of a bundle, the observations, so that an amendment can withdraw them; of a message to the RIS, nothing."""
    if message.destination is Destination.RIS:
        return b""
    entries = json.loads(content)["entry"]
    return json.dumps({"entry": [x for x in entries if x["resource"]["resourceType"] == "Observation"]}).encode()


class Courier:
    """Sends what is due on a thread of its own for the time of a `with` block; does nothing without RIS and EHR."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if is_configured(self._ws):
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="RIS and EHR courier")
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                deliver(self._ws, self._stopping.is_set)
            except ProsectorError as error:  # the disk, or the audit trail: said where the next step is done too
                _LOGGER.warning("nothing was sent to RIS and EHR: %s", type(error).__name__)
            self._stopping.wait(_POLL_S)
