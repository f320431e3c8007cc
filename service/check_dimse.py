"""The trials of an archive that is spoken to by DIMSE, and of the listener that it sends to."""

import threading
import time
from collections.abc import Mapping

from pydicom.uid import UID, generate_uid

from core.errors import ArchiveRefused, ArchiveUnreachable
from core.settings import DimseNode, ThisNode
from pacs.association import ConnectionLost, NothingCame, ServiceNotOffered
from pacs.commitment import Commitment, ask
from pacs.dimse import DimseArchive
from pacs.listener import listening
from pacs.offered import kinds_taken
from pacs.reach import reach
from pacs.server import PortTaken
from pacs.site_profile import Way, site_profile, storage_of
from pacs.ways import WAY_NAMES, ways
from service.check import NotTried, Peer, Step, Trial
from service.check_trial import Samples, TestObject, counted, stored
from service.workspace import Workspace

_AT_HAND_S = 1.0  # seconds
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
KINDS: Mapping[str, str] = {
    "sr": "1.2.840.10008.5.1.4.1.1.88.34",
    "seg": "1.2.840.10008.5.1.4.1.1.66.4",
    "overlay": "1.2.840.10008.5.1.4.1.1.7",
    "gsps": "1.2.840.10008.5.1.4.1.1.11.1",
    "key_images": "1.2.840.10008.5.1.4.1.1.88.59",
    "suspicion_map": "1.2.840.10008.5.1.4.1.1.30",
    "pdf": "1.2.840.10008.5.1.4.1.1.104.1",
    "ohif_sr": "1.2.840.10008.5.1.4.1.1.88.33",
    "basic_text_sr": "1.2.840.10008.5.1.4.1.1.88.11",
}
"""The SOP class of each thing that signing can store (`core.settings.ReportObject`)."""


def this_station(us: ThisNode) -> Peer:
    """Return the trial of our own listener, to which archives send."""
    return Peer(f"This station ({us.ae_title})", (Trial(Step.LISTENER, lambda: _listens(us)),))


def _listens(us: ThisNode) -> str:
    try:
        with listening(us):
            return f"It can listen as {us.ae_title} on {us.host}:{us.port}."
    except PortTaken:
        if not _is_prosector(us):
            raise
        return f"Another Prosector of this machine listens as {us.ae_title} on {us.host}:{us.port}."


def _is_prosector(us: ThisNode) -> bool:
    known = {"name": us.ae_title, "ae_title": us.ae_title, "host": us.host, "port": us.port, "tls": us.listens_by_tls}
    try:
        DimseArchive(DimseNode.model_validate(known | {"connect_timeout_s": _AT_HAND_S}), us).echo()
    except (ArchiveRefused, ArchiveUnreachable):
        return False
    return True


def dimse_peer(ws: Workspace, node: DimseNode, *, store: bool) -> Peer:
    """Return the trials of one archive; with `store` the test object goes there first and is what is brought back."""
    trials = _DimseTrials(ws, node)
    sending = (
        (Trial(Step.STORE, trials.store, (Step.KINDS,)), Trial(Step.COMMITMENT, trials.commitment, (Step.STORE,)))
        if store
        else ()
    )
    return Peer(
        node.name,
        (
            Trial(Step.CONNECTION, trials.connection),
            Trial(Step.ECHO, trials.echo, (Step.CONNECTION,)),
            Trial(Step.KINDS, trials.kinds, (Step.ECHO,)),
            *sending,
            Trial(Step.FIND, trials.samples.find, (Step.ECHO,)),
            Trial(Step.GET, lambda: trials.retrieve("get"), (Step.FIND,)),
            Trial(Step.MOVE, lambda: trials.retrieve("move"), (Step.FIND,)),
        ),
    )


class _DimseTrials:
    """The trials of one archive; each returns what to say, or raises what to change on which side."""

    def __init__(self, ws: Workspace, node: DimseNode) -> None:
        self._ws, self._node, self._us = ws, node, ws.settings.this_node
        self._archive = DimseArchive(node, self._us)
        self._profile = site_profile(node)
        self._test = TestObject(self._us.ae_title, node.name)
        self.samples = Samples(ws, self._archive)

    def connection(self) -> str:
        node = self._node
        ours = reach(node.name, node.host, node.port, node.connect_timeout_s)
        return f"{node.host}:{node.port} takes a connection from {ours}."

    def echo(self) -> str:
        started = time.monotonic()
        self._archive.echo()
        ms, by = 1000 * (time.monotonic() - started), " by TLS" * self._node.tls
        return f"{self._node.ae_title} accepts {self._us.ae_title}{by} and answered a C-ECHO in {ms:.0f} ms."

    def kinds(self) -> str:
        wanted = {KINDS[name] for name in self._ws.settings.reporting.objects}
        refused = sorted(wanted - kinds_taken(storage_of(self._node), self._us, wanted))
        if not refused:
            return f"It takes all {len(wanted)} kinds of objects that signing stores here."
        names = ", ".join(UID(uid).name for uid in refused)
        other = " Here: if it takes objects under another AE title, name that as store_ae_title and store_port."
        hint = other * (self._profile.separate_storage and not self._node.store_ae_title)
        raise ArchiveRefused(f"It does not take {names}. There: allow {self._us.ae_title} to store them.{hint}")

    def store(self) -> str:
        return stored(self._ws, self._archive, self._test, self.samples)

    def commitment(self) -> str:
        if not self._profile.storage_commitment:
            raise NotTried(f"{self._profile.title} has none; what is sent is read back instead.")
        answer = _Answer(self._test.instance)
        references, transaction = [(self._test.sop_class, self._test.instance)], str(generate_uid())
        try:
            with listening(self._us) as listener, listener.answer_to(transaction, answer.told):
                ask(self._node, self._us, references, transaction, answer.told, answer.came.is_set)
                answer.came.wait(self._node.commitment_wait_s)
        except ServiceNotOffered:
            raise NotTried("It does not offer storage commitment; what is sent is read back instead.") from None
        except PortTaken as error:
            raise NotTried(f"Its answer could not be heard: {error}") from None
        return answer.sentence(self._node, self._us)

    def retrieve(self, way: Way) -> str:
        allowed = ways(self._node)
        if way not in allowed:
            raise NotTried(f"The settings retrieve from it by {' and '.join(WAY_NAMES[one] for one in allowed)} alone.")
        self.samples.required()
        others = [WAY_NAMES[other] for other in allowed if other != way]
        only = DimseArchive(self._node.model_copy(update={"retrieve": way}), self._us)
        try:
            count = self.samples.retrieved_by(only)
        except ServiceNotOffered as error:
            if others:
                raise NotTried(f"It does not offer {WAY_NAMES[way]}; {others[0]} has to do.") from None
            raise ArchiveRefused(f"{error} Here: set retrieve to another way.") from error
        except PortTaken as error:
            raise NotTried(f"What it sends could not be heard: {error}") from None
        except (NothingCame, ConnectionLost) as error:
            why = getattr(error, "why", "it hung up") or "it gives no reason"
            raise ArchiveRefused(f"No image came: {why}. {self._way_out(way)}") from error
        return f"{counted(count, 'image')} came."

    def _way_out(self, way: Way) -> str:
        us = self._us
        if way == "get":
            return 'Here: set retrieve = "move" if it stays so.'
        there = f"There: add {us.ae_title}, {us.host}, port {us.port} to the archive's list of nodes. "
        far = us.host in _LOOPBACK and self._node.host not in _LOOPBACK
        here = f" Here: {us.host} is an address that only this machine knows; set this_node.host to its own." * far
        return f"{there}On the network: let the archive reach port {us.port} of this machine.{here}"


class _Answer:
    """Waits for what the archive says of the test object, on whichever association."""

    def __init__(self, instance: str) -> None:
        self.came = threading.Event()
        self._instance = instance
        self._said: Commitment | None = None

    def told(self, said: Commitment) -> None:
        self._said = said
        self.came.set()

    def sentence(self, node: DimseNode, us: ThisNode) -> str:
        if self._said is None:
            raise ArchiveRefused(
                f"{node.name} took the request for storage commitment, but no answer came within "
                f"{node.commitment_wait_s:g} s. There: let it answer to {us.ae_title} at {us.host}:{us.port}. On the "
                f"network: let it reach that port. Until then what is sent is read back instead."
            )
        if self._instance not in self._said.kept:
            why = self._said.failed.get(self._instance, "it gives no reason")
            raise ArchiveRefused(f"{node.name} does not commit to keep the test object: {why}. There: look in its log.")
        return "It commits to keep the test object."
