"""Storage commitment: asked for on our association, answered there, on one of the archive's, or never."""

import threading
import time

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from pynetdicom.presentation import build_role

from core.errors import ArchiveRefused, ArchiveUnreachable, CannotWrite
from core.progress import Silent
from core.settings import DimseNode, ThisNode
from pacs.commitment import Commitment, ask
from pacs.contexts import COMMITMENT, for_accepting, for_model, verification
from pacs.dimse import DimseArchive
from pacs.listener import Listener, listening

_INSTANCE = "1.2.840.10008.1.20.1.1"
_CLASS = "1.2.840.10008.5.1.4.1.1.4"
_WAIT_S = 20.0


class Peer:
    """An archive that answers as dcm4chee does: `there` on our association, else on one of its own to our listener.

    It keeps what it is asked for but `lacks`, for reason 0x0112.
    """

    def __init__(self, us: ThisNode, *, there: bool, lacks: tuple[str, ...] = (), with_roles: bool = True) -> None:
        self._us, self._there, self._lacks, self._with_roles = us, there, lacks, with_roles
        self._threads: list[threading.Thread] = []
        self.statuses: list[int] = []

    def asked(self, event):
        answer = self._answer(event.action_information)
        work = self._report_there if self._there else self._report_anew
        self._threads.append(threading.Thread(target=work, args=(event.assoc, answer)))
        self._threads[-1].start()
        return 0x0000, None

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _answer(self, asked: Dataset) -> Dataset:
        answer = Dataset()
        answer.TransactionUID = asked.TransactionUID
        wanted = asked.ReferencedSOPSequence
        answer.ReferencedSOPSequence = [x for x in wanted if x.ReferencedSOPInstanceUID not in self._lacks]
        answer.FailedSOPSequence = [x for x in wanted if x.ReferencedSOPInstanceUID in self._lacks]
        for item in answer.FailedSOPSequence:
            item.FailureReason = 0x0112
        return answer

    def _report_there(self, association, answer: Dataset) -> None:
        status, _ = association.send_n_event_report(answer, 2 if self._lacks else 1, COMMITMENT, _INSTANCE)
        self.statuses.append(status.Status)

    def _report_anew(self, _association, answer: Dataset) -> None:
        entity = AE(ae_title="PROSECTOR-PACS")
        roles = [build_role(COMMITMENT, scp_role=True)] if self._with_roles else []
        association = entity.associate(
            self._us.host, self._us.port, contexts=for_model(COMMITMENT), ae_title=self._us.ae_title, ext_neg=roles
        )
        assert association.is_established
        if not roles:  # as some archives do: they never speak of roles, and send all the same
            association.accepted_contexts[0]._as_scp = True
        status, _ = association.send_n_event_report(answer, 1, COMMITMENT, _INSTANCE)
        association.release()
        self.statuses.append(status.Status)


@pytest.fixture
def node(serve):
    """Start an archive with this handler of N-ACTION and return its settings."""

    def start(asked, **changes: object) -> DimseNode:
        server = serve([*for_accepting(), *for_model(COMMITMENT)], (evt.EVT_N_ACTION, asked))
        known = {"name": "PACS", "ae_title": "PROSECTOR-PACS", "host": "127.0.0.1", "port": server.port}
        return DimseNode.model_validate(known | {"commitment_wait_s": _WAIT_S} | changes)

    return start


@pytest.fixture
def heard() -> list[Commitment]:
    """What was answered."""
    return []


def test_an_answer_on_our_association_says_what_is_kept_and_why_not_what(this_node, node, heard):
    peer = Peer(this_node, there=True, lacks=("1.2",))
    ask(node(peer.asked), this_node, [(_CLASS, "1.1"), (_CLASS, "1.2")], "2.25.7", heard.append, lambda: bool(heard))
    peer.join()
    (answer,) = heard
    assert (answer.transaction_uid, answer.kept) == ("2.25.7", {"1.1"})
    assert answer.failed == {"1.2": "it does not have it; reason 0x0112"}
    assert peer.statuses == [0x0000]


@pytest.mark.parametrize("with_roles", [True, False])
def test_an_answer_on_an_association_of_theirs_reaches_our_listener(this_node, node, heard, with_roles):
    peer = Peer(this_node, there=False, with_roles=with_roles)
    with listening(this_node) as listener:
        listener.tell_commitments(heard.append)
        ask(node(peer.asked), this_node, [(_CLASS, "1.1")], "2.25.8", heard.append, lambda: bool(heard))
        peer.join()
    assert heard == [Commitment("2.25.8", frozenset({"1.1"}), {})]
    assert peer.statuses == [0x0000]


def test_an_answer_that_cannot_be_kept_is_not_acknowledged_so_that_the_archive_tells_it_again(this_node, node):
    peer, came = Peer(this_node, there=False), threading.Event()

    def told(_answer: Commitment) -> None:
        came.set()
        raise CannotWrite("The disk is full.")

    with Listener(this_node, None) as listener:
        listener.tell_commitments(told)
        ask(node(peer.asked), this_node, [(_CLASS, "1.1")], "2.25.9", told, came.is_set)
        peer.join()
    assert peer.statuses == [0x0110]


def test_an_archive_that_never_answers_is_left_after_the_wait(this_node, node, heard):
    began = time.monotonic()
    silent = node(lambda event: (0x0000, None), commitment_wait_s=0.3)
    ask(silent, this_node, [(_CLASS, "1.1")], "2.25.10", heard.append, lambda: bool(heard))
    assert (heard, time.monotonic() - began < _WAIT_S) == ([], True)


def test_an_archive_that_offers_no_commitment_or_declines_says_so(this_node, node, heard, serve):
    declining = node(lambda event: (0x0213, None))
    with pytest.raises(ArchiveRefused, match="declined the request for storage commitment \\(status 0x0213\\)"):
        ask(declining, this_node, [(_CLASS, "1.1")], "2.25.11", heard.append, lambda: False)
    port = serve([*for_accepting(), verification()]).port
    without = DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=port)
    with pytest.raises(ArchiveRefused, match="does not offer storage commitment"):
        ask(without, this_node, [(_CLASS, "1.1")], "2.25.12", heard.append, lambda: False)


def test_an_archive_that_hangs_up_instead_of_responding_is_unreachable(this_node, node, heard):
    def abort(event):
        event.assoc.abort()
        return 0x0000, None

    with pytest.raises(ArchiveUnreachable, match="while being asked for storage commitment"):
        ask(node(abort), this_node, [(_CLASS, "1.1")], "2.25.13", heard.append, lambda: False)


def test_those_who_share_a_listener_keep_it_until_the_last_has_left(this_node):
    with listening(this_node) as first:
        with listening(this_node) as second:
            assert second is first
        assert _answers(this_node)
    assert not _answers(this_node)
    with Listener(this_node, None) as own:
        with listening(this_node) as shared:
            assert shared is own
        assert _answers(this_node)


def _answers(us: ThisNode) -> bool:
    try:
        DimseArchive(DimseNode(name="us", ae_title=us.ae_title, host=us.host, port=us.port), us).echo()
    except ArchiveUnreachable:
        return False
    return True


def test_orthanc_answers_for_what_it_holds_on_an_association_of_its_own(orthanc, make_study, heard):
    files, us, missing = make_study(), orthanc.this_node, str(generate_uid())
    archive_node = orthanc.node(commitment_wait_s=_WAIT_S)
    DimseArchive(archive_node, us).store(files, Silent())
    uids = [str(dcmread(file).SOPInstanceUID) for file in files]
    with listening(us) as listener:
        listener.tell_commitments(heard.append)
        references = [(_CLASS, uid) for uid in (*uids, missing)]
        ask(archive_node, us, references, generate_uid(prefix=None), heard.append, lambda: bool(heard))
    (answer,) = heard
    assert answer.kept == set(uids)
    assert answer.failed == {missing: "it does not have it; reason 0x0112"}
