"""The bad input of docs/pacs.md brought about with archives that others wrote: Orthanc and DCMTK's dcmqrscp."""

import errno
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import fixtures_orthanc as fixtures
import pytest
from cutting_proxy import CuttingProxy
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.errors import ArchiveRefused, ArchiveUnreachable, CannotWrite
from core.progress import Silent
from core.settings import ThisNode
from pacs.archive import StudyQuery
from pacs.association import Patience, associate
from pacs.command import response_in
from pacs.commitment import Commitment, ask
from pacs.contexts import MOVE, for_model
from pacs.dimse import DimseArchive
from pacs.listener import Listener

MakeStudy = Callable[..., list[Path]]
_MR, _CT = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2"


@dataclass(frozen=True)
class Real:
    """A running archive and the folder in which its files lie."""

    peer: fixtures.Peer
    folder: Path

    def client(self, us: ThisNode | None = None, **changes: object) -> DimseArchive:
        """Return our client of it."""
        return DimseArchive(self.peer.node(**changes), us or self.peer.this_node)

    def behind(self, proxy: CuttingProxy, **changes: object) -> DimseArchive:
        """Return our client that reaches it through `proxy`."""
        return self.client(port=proxy.port, associations=1, **changes)

    def hold(self, files: list[Path]) -> str:
        """Store files in it and return the UID of their study."""
        self.client().store(files, Silent())
        return str(dcmread(files[0]).StudyInstanceUID)

    def file_of(self, sop_instance_uid: str) -> Path:
        """Return where it keeps an instance."""
        uid = sop_instance_uid.encode()
        (found,) = (
            path
            for path in self.folder.rglob("*")
            if path.is_file() and b"DICM" in (head := path.read_bytes()[:2000])[:132] and uid in head
        )
        return found

    def rest(self, path: str, said: object, method: str = "POST") -> bytes:
        """Ask Orthanc's REST interface to do something."""
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        url = f"http://127.0.0.1:{self.peer.http_port}{path}"
        asked = urllib.request.Request(url, content, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return answer.read()

    def send(self, study: str) -> bool:
        """Let it send a study to PROSECTOR, as a forward does; return whether it says that all was taken."""
        if self.peer.http_port is None:
            return not self._moved(study)
        (found,) = json.loads(self.rest("/tools/lookup", study.encode()))
        try:
            self.rest("/modalities/prosector/store", {"Resources": [found["ID"]]})
        except urllib.error.HTTPError as refused:
            with refused:
                if b"has failed with DIMSE status 0x" not in refused.read():
                    raise
            return False
        return True

    def _moved(self, study: str) -> int | None:
        us, asked = self.peer.this_node, Dataset()
        asked.QueryRetrieveLevel, asked.StudyInstanceUID = "STUDY", study
        with associate(self.peer.node(), us, for_model(MOVE), Patience(20)) as association:
            *_, last = (response_in(status) for status, _ in association.send_c_move(asked, us.ae_title, MOVE))
        assert last is not None
        return last.failed


@pytest.fixture(scope="module")
def own_orthanc(
    tmp_path_factory: pytest.TempPathFactory, loopback_only: Mapping[str, str], free_port: Callable[[], int]
) -> Iterator[Real]:
    """Orthanc that reads each file anew from its disk, where a test may have changed it."""
    folder = tmp_path_factory.mktemp("own-orthanc")
    program = fixtures._program("Orthanc", "orthanc")
    us = fixtures._this_node(free_port())
    peer = fixtures.Peer("Orthanc", "ORTHANC", "127.0.0.1", free_port(), free_port(), us)
    settings = fixtures._orthanc_settings(folder, peer)
    settings |= {"Plugins": [], "MaximumStorageCacheSize": 0, "DicomAssociationCloseDelay": 0}
    (folder / "orthanc.json").write_text(json.dumps(settings))
    command = [program, str(folder / "orthanc.json")]
    for running in fixtures._running(command, folder, loopback_only, peer):
        yield Real(running, folder / "db")


@pytest.fixture(scope="module")
def own_dcmqrscp(
    tmp_path_factory: pytest.TempPathFactory, loopback_only: Mapping[str, str], free_port: Callable[[], int]
) -> Iterator[Real]:
    """dcmqrscp that lets in only whom its host table names."""
    folder = tmp_path_factory.mktemp("own-dcmqrscp")
    program = fixtures._program("dcmqrscp", "dcmtk")
    (folder / "store").mkdir()
    us = fixtures._this_node(free_port())
    peer = fixtures.Peer("dcmqrscp", "QRSCP", "127.0.0.1", free_port(), None, us)
    (folder / "qr.cfg").write_text(
        fixtures._dcmqrscp_settings(folder, peer).replace(" ANY", " prosector").replace("127.0.0.1", "localhost")
    )
    for running in fixtures._running([program, "-c", str(folder / "qr.cfg")], folder, loopback_only, peer):
        yield Real(running, folder / "store")


@pytest.fixture(params=["orthanc", "dcmqrscp"])
def real(request: pytest.FixtureRequest) -> Iterator[Real]:
    return request.getfixturevalue(f"own_{request.param}")


# ------------------------------------------------------------------ who cannot be reached


def test_a_real_archive_that_does_not_know_our_title_is_told_in_words(real: Real) -> None:
    stranger = real.peer.this_node.model_copy(update={"ae_title": "STRANGER"})
    told = {  # dcmqrscp says to a stranger that its own title is wrong
        "Orthanc": r"does not know the AE title STRANGER; ask its administrator to register it",
        "dcmqrscp": r"If that is its title, ask its administrator to register STRANGER at 127\.0\.0\.1",
    }
    with pytest.raises(ArchiveRefused, match=told[real.peer.name]):
        real.client(stranger).echo()


def test_a_wrong_port_of_a_real_archive_is_told_as_that(
    real: Real, own_orthanc: Real, own_dcmqrscp: Real, free_port: Callable[[], int]
) -> None:
    other = own_dcmqrscp if real is own_orthanc else own_orthanc
    with pytest.raises(ArchiveRefused, match=f"calls itself something other than {real.peer.ae_title}; correct that"):
        real.client(port=other.peer.dicom_port).echo()
    with pytest.raises(ArchiveUnreachable, match=r"could not be reached.*host and port in the settings are right"):
        real.client(port=free_port()).echo()
    with pytest.raises(ArchiveUnreachable, match=r"did not answer as a DICOM archive within 0.3 s; check the port"):
        real.client(port=own_orthanc.peer.http_port, connect_timeout_s=0.3).echo()


def test_a_firewall_before_a_real_archive_is_waited_for_no_longer_than_the_settings_say(
    real: Real, tmp_path: Path
) -> None:
    with CuttingProxy(real.peer.dicom_port, None, "silent") as proxy:
        archive = real.behind(proxy, connect_timeout_s=0.3)
        for asked in (archive.echo, lambda: archive.retrieve("1.2", tmp_path, Silent())):
            with pytest.raises(ArchiveUnreachable, match=r"did not answer as a DICOM archive within 0.3 s"):
                asked()


def test_a_firewall_that_forgets_a_connection_to_a_real_archive_is_told_and_what_came_stays(
    real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    study = real.hold(make_study())
    with (
        CuttingProxy(real.peer.dicom_port, 12_000, "silent") as proxy,
        pytest.raises(ArchiveUnreachable, match=r"stopped answering for 0.7 s while .* of 8 images are here and stay"),
    ):
        real.behind(proxy, retrieve="get", retrieve_timeout_s=0.7, connect_timeout_s=1.0).retrieve(
            study, tmp_path, Silent()
        )
    assert 1 <= len(_whole(tmp_path)) < 8
    assert real.client().retrieve(study, tmp_path, Silent()) == 8


# ------------------------------------------------------------------ retrieving


def _whole(folder: Path) -> list[Path]:
    """Return what a folder holds, each of which must be an image that can be read."""
    here = sorted(folder.iterdir())
    assert all(file.suffix == ".dcm" and dcmread(file).pixel_array.shape == (32, 48) for file in here)
    return here


def test_a_connection_to_a_real_archive_that_is_cut_in_a_c_get_is_made_anew_for_the_rest(
    real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    study = real.hold(make_study())
    with CuttingProxy(real.peer.dicom_port, 12_000, "cut", times=1) as proxy:
        assert real.behind(proxy, retrieve="get").retrieve(study, tmp_path, Silent()) == 8
        assert proxy.ended == 1
    assert len(_whole(tmp_path)) == 8


def test_a_real_archive_whose_every_c_get_is_cut_is_told_and_what_came_stays(
    real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    study = real.hold(make_study())
    with (
        CuttingProxy(real.peer.dicom_port, 6_000, "cut") as proxy,
        pytest.raises(ArchiveUnreachable, match=r"closed the connection.* of 8 images are here and stay; retrieve"),
    ):
        real.behind(proxy, retrieve="get").retrieve(study, tmp_path, Silent())
    came = {file: file.stat().st_mtime_ns for file in _whole(tmp_path)}
    assert 1 <= len(came) < 8
    assert real.client().retrieve(study, tmp_path, Silent()) == 8
    assert {file: file.stat().st_mtime_ns for file in came} == came


def test_a_real_archive_that_cannot_reach_our_listener_is_told_in_words(
    real: Real, make_study: MakeStudy, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    study = real.hold(make_study())
    elsewhere = real.peer.this_node.model_copy(update={"port": free_port()})
    with pytest.raises(ArchiveRefused, match="only 0 of 8 images came"):
        real.client(elsewhere, retrieve="move").retrieve(study, tmp_path, Silent())


@pytest.mark.parametrize("left", [0, 1500], ids=["of no bytes", "cut off"])
def test_an_object_that_a_real_archive_has_lost_the_end_of_is_not_kept_and_the_others_are(
    left: int, real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    files = make_study()
    study = real.hold(files)
    broken = str(dcmread(files[2]).SOPInstanceUID)
    held = real.file_of(broken)
    held.write_bytes(held.read_bytes()[:left])
    # dcmqrscp goes on behind it; Orthanc sends no more of that series, and cannot even list it any more
    with pytest.raises(ArchiveRefused, match=r"only [34567] of 8 images came.*What came is kept; retrieve the study"):
        real.client(retrieve="get").retrieve(study, tmp_path, Silent())
    assert len(_whole(tmp_path)) == 7 if real.peer.name == "dcmqrscp" else 3 <= len(_whole(tmp_path)) < 8
    assert not (tmp_path / f"{broken}.dcm").exists()


@pytest.mark.parametrize("way", ["get", "move"])
def test_an_instance_of_another_study_in_the_place_of_one_is_refused_and_not_kept(
    way: str, real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    mine, others = make_study(PatientID="MINE"), make_study(PatientID="THEM")
    study, _ = real.hold(mine), real.hold(others)
    mixed_up = real.file_of(str(dcmread(mine[2]).SOPInstanceUID))
    mixed_up.write_bytes(real.file_of(str(dcmread(others[2]).SOPInstanceUID)).read_bytes())
    with pytest.raises(ArchiveRefused, match=r"only [34567] of 8 images came"):  # Orthanc stops at the first refusal
        real.client(retrieve=way).retrieve(study, tmp_path, Silent())
    assert {dcmread(file).PatientID for file in _whole(tmp_path)} == {"MINE"}


def test_what_a_real_archive_holds_and_sends_twice_is_there_once(
    real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    files = make_study()
    real.hold(files)
    study = real.hold(files)
    assert len(real.client().find_studies(StudyQuery(study_instance_uid=study))) == 1
    with Listener(real.peer.this_node, tmp_path) as _:
        for _ in range(2):
            assert real.send(study)
    assert len(_whole(tmp_path / study)) == 8
    assert real.client(retrieve="get").retrieve(study, tmp_path / "got", Silent()) == 8


def _corrected(real: Real, study: str, name: str) -> None:
    """Let somebody correct the patient's name in Orthanc; dcmqrscp's files are changed and its index is not."""
    if real.peer.http_port is None:
        for file in real.folder.rglob("*"):
            if study.encode() in (content := file.read_bytes() if file.is_file() else b"") and b"DICM" in content[:132]:
                image = dcmread(file)
                image.PatientName = name
                image.save_as(file)
        return
    (found,) = json.loads(real.rest("/tools/lookup", study.encode()))
    instances = json.loads(real.rest(f"/studies/{found['ID']}/instances", b"", "GET"))
    kept = ["SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"]
    change = {"Replace": {"PatientName": name}, "Keep": kept, "Force": True}
    changed = [real.rest(f"/instances/{one['ID']}/modify", change) for one in instances]
    real.rest(f"/studies/{found['ID']}", b"", "DELETE")
    for image in changed:
        real.rest("/instances", image)


def test_a_patient_s_name_that_a_real_archive_changes_is_seen_in_what_comes_back(
    real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    files = make_study(PatientName="Müller^Jürgen", PatientID="CHANGED")
    study = real.hold(files)
    _corrected(real, study, "CORRECTED^BY THE PACS")
    assert real.client().retrieve(study, tmp_path, Silent()) == 8
    came = {dcmread(file).SOPInstanceUID: dcmread(file) for file in _whole(tmp_path)}
    assert {str(one.PatientName) for one in came.values()} == {"CORRECTED^BY THE PACS"}
    for file in files:
        sent = dcmread(file)
        assert came[sent.SOPInstanceUID].pixel_array.tobytes() == sent.pixel_array.tobytes()
    if real.peer.http_port is not None:  # dcmqrscp answers queries from its index, which nobody has told
        (match,) = real.client().find_studies(StudyQuery(study_instance_uid=study))
        assert match.patient.name == "CORRECTED^BY THE PACS"


# ------------------------------------------------------------------ commitment


def test_orthanc_whose_commitment_does_not_reach_us_is_left_after_the_wait(
    own_orthanc: Real, make_study: MakeStudy
) -> None:
    files, heard = make_study(), list[Commitment]()
    own_orthanc.hold(files)
    wanted = [(_MR, str(dcmread(file).SOPInstanceUID)) for file in files]
    node = own_orthanc.peer.node(commitment_wait_s=0.5)  # nobody listens where Orthanc is to answer
    ask(node, own_orthanc.peer.this_node, wanted, "2.25.6", heard.append, lambda: bool(heard))
    assert heard == []


def test_dcmqrscp_that_never_commits_says_so(own_dcmqrscp: Real) -> None:
    node, heard = own_dcmqrscp.peer.node(), list[Commitment]()
    with pytest.raises(ArchiveRefused, match="does not offer storage commitment"):
        ask(node, own_dcmqrscp.peer.this_node, [(_MR, "1.2")], "2.25.6", heard.append, lambda: bool(heard))
    assert heard == []


# ------------------------------------------------------------------ what is sent to us


def _full(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_refuses_what_a_real_archive_forwards_and_takes_it_once_there_is_room(
    real: Real, make_study: MakeStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = real.hold(make_study())
    with Listener(real.peer.this_node, tmp_path) as _:
        with monkeypatch.context() as disk:
            disk.setattr("core.files.os.fsync", _full)
            assert not real.send(study)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        assert real.send(study)
    assert len(_whole(tmp_path / study)) == 8


def test_a_full_disk_ends_a_c_move_of_a_real_archive_and_the_next_one_brings_it(
    real: Real, make_study: MakeStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, client = real.hold(make_study()), real.client(retrieve="move")
    with monkeypatch.context() as disk:
        disk.setattr("core.files.os.fsync", _full)
        with pytest.raises(CannotWrite, match="No space left on device"):
            client.retrieve(study, tmp_path, Silent())
    assert list(tmp_path.iterdir()) == []
    assert client.retrieve(study, tmp_path, Silent()) == 8


def test_unrelated_ct_images_that_a_real_archive_forwards_leave_nothing_on_the_disk(
    real: Real, make_study: MakeStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    study = real.hold(make_study(SOPClassUID=_CT, Modality="CT"))
    with Listener(real.peer.this_node, None) as _:
        assert not real.send(study)
    assert list(tmp_path.rglob("*")) == []


def test_five_thousand_unrelated_ct_images_of_dcmtk_are_each_refused_and_leave_nothing_on_the_disk(
    this_node: ThisNode, make_study: MakeStudy, dcmtk: Callable[..., str], tmp_path: Path
) -> None:
    us, ct = this_node, make_study(SOPClassUID=_CT, Modality="CT")[:5]
    with Listener(us, None) as _:
        told = dcmtk("storescu", "-v", "-nh", "--repeat", 1000, "-aec", us.ae_title, us.host, us.port, *ct)
    assert told.count("Store Response (Unknown Status: 0x124)") == 5_000
    assert list(tmp_path.rglob("*")) == []


# ------------------------------------------------------------------ clocks and numbers


def test_a_study_of_tomorrow_in_a_real_archive_is_found_and_listed_first(
    real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - as scanners keep it
    for day, patient in ((date(2024, 1, 5), "CLOCK-OLD"), (tomorrow, "CLOCK-AHEAD")):
        real.hold(make_study(StudyDate=f"{day:%Y%m%d}", PatientID=patient))
    found = real.client().find_studies(StudyQuery(patient="CLOCK"))
    assert [match.patient.patient_id for match in found] == ["CLOCK-AHEAD", "CLOCK-OLD"]
    (polled,) = real.client().find_studies(StudyQuery(patient="CLOCK", date_from=date.today()))  # noqa: DTZ011
    assert real.client().retrieve(polled.study_instance_uid, tmp_path, Silent()) == 8


def test_two_studies_with_one_accession_number_in_a_real_archive_are_both_found_and_never_mixed(
    real: Real, make_study: MakeStudy, tmp_path: Path
) -> None:
    for accession, patient in (("TWICE", "ONE"), ("TWICE", "TWO"), ("ONCE", "THREE")):
        real.hold(make_study(AccessionNumber=accession, PatientID=patient))
    found = real.client().find_studies(StudyQuery(accession_number="TWICE"))
    assert sorted(match.patient.patient_id for match in found) == ["ONE", "TWO"]
    for match in found:
        folder = tmp_path / match.patient.patient_id
        assert real.client().retrieve(match.study_instance_uid, folder, Silent()) == 8
        assert {dcmread(file).PatientID for file in folder.iterdir()} == {match.patient.patient_id}
