"""One attempt at bringing a signed report into an archive: store what it lacks, look whether it lists it, prove it."""

import logging
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import generate_uid

from core.audit import Action
from core.errors import ArchiveBusy, ArchiveRefused, SettingsInvalid
from core.progress import Progress, Silent
from core.settings import DimseNode
from pacs.archive import Archive
from pacs.commitment import Commitment, ask
from pacs.folder import FolderArchive
from pacs.listener import listening
from pacs.server import PortTaken
from reporting.signature_check import verify_dataset
from service import notify
from service.outbox_bundle import Instance, SignedBundle, file_away, instances_of
from service.outbox_states import Held, Shipment, Shipments, failed_in
from service.report_objects import REQUIRED, SR
from service.workspace import Workspace

OnState = Callable[[str, str], None]
"""Told the label of an object and its state: sending, stored, verified, failed."""

HERE = "this workstation"
"""The archive of a site that has none: its local copies."""

_LOGGER = logging.getLogger(__name__)
_TOLD = {
    Held.SENDING: "sending",
    Held.STORED: "stored",
    Held.VERIFIED: "verified",
    Held.REFUSED: "failed",
    Held.WAITING: "failed",
}


class NotYetListed(ArchiveBusy):
    """The archive took objects and does not list them, or does not give the report back; it may be slow."""


def archive_for(ws: Workspace, bundle: SignedBundle) -> Archive:
    """Return the archive that a bundle is for; where the site has none, its local copies are the archive.

    Raises `SettingsInvalid` when it is no longer in the settings.
    """
    if not ws.archives:
        return FolderArchive(HERE, ws.settings.cache_folder)
    for archive in ws.archives:
        if bundle.archive in ("", archive.name):
            return archive
    raise SettingsInvalid(
        f"There is no archive {bundle.archive} in the settings any more, for which this report was signed; add it"
        " again, send the report to another one from the worklist, or give it up."
    )


@contextmanager
def hearing(ws: Workspace, kept: Shipments) -> Generator[None]:
    """Hear what archives answer on associations of their own; where the port is taken, only on ours."""

    def told(answer: Commitment) -> None:
        if not kept.answered(answer.transaction_uid, answer.kept, answer.failed):
            _LOGGER.warning("an answer came to the request %s, which nobody waits for", answer.transaction_uid)

    with ExitStack() as stack:
        try:
            stack.enter_context(listening(ws.settings.this_node)).tell_commitments(told)
        except PortTaken as error:
            _LOGGER.warning("%s", error)
        yield


@dataclass(frozen=True, slots=True)
class Attempt:
    """A bundle, its archive, and where it is noted how far it is."""

    ws: Workspace
    kept: Shipments
    bundle: SignedBundle
    shipment: Shipment
    archive: Archive
    now: datetime
    on_state: OnState = lambda _label, _state: None
    progress: Progress = Silent()

    def make(self) -> bool:
        """Store, list and prove; returns False when the archive has yet to answer for what it took.

        When it refuses an object that a report can do without, the others are stored all the same. Raises
        `ArchiveRefused` and `ArchiveUnreachable`, `SignatureInvalid`, `BundleDamaged`, `CannotWrite`, `Cancelled`.
        """
        with self._audited() as detail:
            refused = dict(self._store_all())
            detail["instances"] = sum(len(files) for label, files in self.bundle.wanted if label not in refused)
            detail |= {"refused": len(refused)} if refused else {}
            words = self._prove(refused)
            if words is None:
                detail["proof"] = "asked"
                return False
            detail["proof"] = "read-back" if words or self._committing is None else "commitment"
            self._require_none(refused)
        self._finish(words)
        return True

    def hear_answer(self) -> None:
        """Conclude from what the archive answered; raises `ArchiveRefused` when it does not keep all."""
        with self._audited(proof="commitment"):
            self._take_answer({one.label: one.words for one in self.shipment.refused})
        self._finish("")

    def read_back_instead(self) -> None:
        """Read the report back from an archive that never answered for it; raises what `make` raises."""
        words = (
            f"{self.archive.name} never answered whether it keeps the report (storage commitment); the report was read"
            " back instead."
        )
        with self._audited(proof="read-back"):
            refused = {one.label: one.words for one in self.shipment.refused}
            for label, files in self.bundle.wanted:
                if label not in refused:
                    self._require_listed(label, files)
            self._read_back(refused)
            self._require_none(refused)
        self._finish(words)

    def finish(self) -> None:
        """File away what the archive was seen to hold already."""
        self._finish(self.shipment.words)

    # ------------------------------------------------------------------ storing

    def _store_all(self) -> Iterator[tuple[str, str]]:
        """Store each object and yield those that the archive refused, by label, with its sentence."""
        for done, (label, files) in enumerate(self.bundle.wanted):
            self.progress.report(done / len(self.bundle.wanted), f"Storing: {label}")
            try:
                self._store_one(label, files)
            except ArchiveBusy:
                raise
            except ArchiveRefused as error:
                if label in REQUIRED:
                    raise
                yield label, str(error)

    def _store_one(self, label: str, files: Sequence[Path]) -> None:
        self._note(label, Held.SENDING)
        state, words = Held.WAITING, ""
        try:
            instances = instances_of(files)
            lacking = instances if self._was_refused(label) else self._not_listed(instances)
            self.archive.store([one.path for one in lacking], Silent())
            self._note(label, Held.STORED)
            if self._committing is None:
                self._require_listed(label, files)
            is_proven = self._committing is None and label != SR  # the SR is once it was read back
            state = Held.VERIFIED if is_proven else Held.STORED
        except ArchiveBusy:
            raise
        except ArchiveRefused as error:
            state, words = Held.REFUSED, str(error)
            raise
        finally:
            self._note(label, state, words)

    def _was_refused(self, label: str) -> bool:
        """Whether it is sent again whatever the archive lists: it did not want to answer for it last time."""
        return any(one.label == label for one in self.shipment.refused)

    def _not_listed(self, instances: Sequence[Instance]) -> list[Instance]:
        study = self.bundle.study_instance_uid
        series = {one.series_instance_uid for one in instances}
        listed = {uid for one in series for uid in self.archive.find_instances(study, one)}
        return [one for one in instances if one.sop_instance_uid not in listed]

    def _require_listed(self, label: str, files: Sequence[Path]) -> None:
        if missing := self._not_listed(instances_of(files)):
            raise NotYetListed(
                f"{self.archive.name} took “{label}” but does not list {len(missing)} of its {len(files)} objects. The"
                " report stays in the outbox and is tried again; ask the archive's administrator if it stays so."
            )

    # ------------------------------------------------------------------ proof

    @property
    def _committing(self) -> DimseNode | None:
        """The archive's settings where it is asked for storage commitment."""
        nodes = (node for node in self.ws.settings.archives if node.name == self.archive.name)
        node = next(nodes, None)
        return node if isinstance(node, DimseNode) and node.proof == "commitment" else None

    def _prove(self, refused: Mapping[str, str]) -> str | None:
        """Return what is to be told of the proof, or None while the archive has yet to answer."""
        if self._committing is None:
            self._read_back(refused)
            return ""
        try:
            is_answered = self._ask(self._committing, refused)
        except ArchiveRefused as error:
            self._read_back(refused)
            return f"{error} The report was read back instead."
        if not is_answered:
            return None
        self._take_answer(refused)
        return ""

    def _ask(self, node: DimseNode, refused: Mapping[str, str]) -> bool:
        """Ask for storage commitment; returns whether the answer came while we were on the line."""
        self.progress.report(0.95, f"Asking {self.archive.name} to answer for it")
        stored = [one for label, files in self.bundle.wanted if label not in refused for one in instances_of(files)]
        references = [(one.sop_class_uid, one.sop_instance_uid) for one in stored]
        transaction_uid, us = generate_uid(prefix=None), self.ws.settings.this_node
        until = self.now + timedelta(seconds=node.commitment_timeout_s)
        self.kept.asked(self.shipment, transaction_uid, until, self.now)

        def told(answer: Commitment) -> None:
            self.kept.answered(answer.transaction_uid, answer.kept, answer.failed)

        with hearing(self.ws, self.kept):
            ask(node, us, references, transaction_uid, told, lambda: bool(self._answer))
            return bool(self._answer)

    @property
    def _answer(self) -> str:
        return self.kept.numbered(self.shipment.id).answer

    def _take_answer(self, refused: Mapping[str, str]) -> None:
        """Note what the archive keeps; raises `ArchiveRefused` naming what it does not."""
        not_kept, answer = dict(refused), self._answer
        for label, files in self.bundle.wanted:
            if label in refused:
                continue
            failed = failed_in(answer, [one.sop_instance_uid for one in instances_of(files)])
            if failed:
                why = "; ".join(dict.fromkeys(failed.values()))
                not_kept[label] = (
                    f"{self.archive.name} does not answer for {len(failed)} of the {len(files)} objects of “{label}”"
                    f" ({why}); ask its administrator."
                )
            self._note(label, Held.REFUSED if failed else Held.VERIFIED, not_kept.get(label, ""))
        if SR not in not_kept:
            notify.release(self.ws, self.bundle.sop_instance_uid)
        self._require_none(not_kept)

    def _read_back(self, refused: Mapping[str, str]) -> None:
        self.progress.report(0.95, "Reading the report back")
        (sr,) = instances_of([self.bundle.sr_path])
        with tempfile.TemporaryDirectory() as folder:
            self.archive.retrieve(
                self.bundle.study_instance_uid, Path(folder), Silent(), series_instance_uid=sr.series_instance_uid
            )
            back = Path(folder) / self.bundle.sr_path.name
            if not back.exists():
                raise NotYetListed(
                    f"{self.archive.name} does not give the signed report back; it stays in the outbox and is tried"
                    " again."
                )
            verify_dataset(dcmread(back), None)
        for label, _ in self.bundle.wanted:
            if label not in refused:
                self.kept.object_is(self.shipment, label, Held.VERIFIED)
        self.on_state(SR, _TOLD[Held.VERIFIED])
        notify.release(self.ws, self.bundle.sop_instance_uid)

    def _require_none(self, refused: Mapping[str, str]) -> None:
        if refused:
            named = ", ".join(f"“{label}”" for label in refused)
            rest = (
                "What it did not take stays in the outbox."
                if SR in refused
                else "All else of it is stored, and the signed report was read back; what is missing stays in the"
                " outbox."
            )
            told = " ".join(refused.values())
            raise ArchiveRefused(f"{self.archive.name} did not take {named} of the report: {told} {rest}")

    # ------------------------------------------------------------------ noting

    def _audited(self, **detail: str) -> AbstractContextManager[dict[str, str | int | float]]:
        return self.ws.trail.step(
            Action.SEND,
            [self.bundle.study_instance_uid, self.bundle.sop_instance_uid],
            announce=True,
            archive=self.archive.name,
            attempt=self.shipment.attempts + 1,
            **detail,
        )

    def _note(self, label: str, state: Held, words: str = "") -> None:
        self.kept.object_is(self.shipment, label, state, words)
        self.on_state(label, _TOLD[state])

    def _finish(self, words: str) -> None:
        """Note that the archive holds it, then let it leave the outbox; each step may be done again after a kill."""
        self.kept.sent(self.shipment, words, self.now)
        self.ws.drafts.discard_signed(self.bundle.study_instance_uid, self.bundle.draft, self.bundle.signed_at)
        file_away(self.ws, self.bundle)
        self.progress.report(1.0, "Stored and proven")
