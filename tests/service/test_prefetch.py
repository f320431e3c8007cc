"""Earlier prostate MRs are fetched before one is asked for: the newest, one at a time, and never in anybody's way."""

import json
import threading
from dataclasses import replace

import pydicom
import pytest
from foreign_objects import save

from core.errors import ArchiveRefused
from core.progress import Cancelled, Silent
from core.settings import ViewingSettings
from pacs.archive import StudyQuery
from service.prefetch import prefetch, prefetch_priors_of, wanted
from service.priors import earlier_studies, find_priors
from service.reading import bring_here, is_local, retrieve

_YEARS = ("2021", "2023", "2022")


@pytest.fixture
def priors_of(workspace, local_phantom, earlier_phantom, tmp_path):
    """The PACS holds three earlier MRs of the prostate and one of the knee, two images each; returns UIDs by year."""
    images = [pydicom.dcmread(path) for path in sorted(earlier_phantom.folder.glob("t2_tse_tra.*.dcm"))[:2]]
    files, uids = [], {}
    for year, region in [*((year, "Prostate") for year in _YEARS), ("2024", "Knee")]:
        for ds in images:
            one = pydicom.Dataset(ds)
            one.file_meta = pydicom.dataset.FileMetaDataset(ds.file_meta)
            one.StudyDate, one.StudyDescription, one.SeriesDescription = f"{year}0102", f"MR {region}", "tra"
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
                one[keyword] = pydicom.DataElement(keyword, "UI", f"{ds[keyword].value}.{year[2:]}")
            one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
            uids[year] = one.StudyInstanceUID
            files.append(save(one, tmp_path))
    workspace.archives[0].store(files, Silent())
    return uids


def _here(ws, uids):
    return {year for year, uid in uids.items() if is_local(ws, uid)}


def _retrieved(ws):
    lines = map(json.loads, ws.trail.path.read_text("utf-8").splitlines())
    return [(line["subjects"][0], line["outcome"]) for line in lines if line["action"] == "retrieve"][1:]


def _at_most(ws, count):
    return replace(ws, settings=ws.settings.model_copy(update={"viewing": ViewingSettings(prefetch_priors=count)}))


def test_the_two_newest_of_the_prostate_are_fetched_newest_first_and_audited(workspace, local_phantom, priors_of):
    told = []
    priors = find_priors(workspace, workspace.archives[0], local_phantom)
    prefetch(workspace, workspace.archives[0], priors, lambda *words: told.append(words), Silent())
    newest = [priors_of["2023"], priors_of["2022"]]
    assert told == [(uid, "") for uid in newest]
    assert _retrieved(workspace) == [(uid, "success") for uid in newest]
    assert _here(workspace, priors_of) == {"2023", "2022"}
    assert not wanted(workspace, priors), "nothing is fetched twice"


@pytest.mark.parametrize(("count", "years"), [(0, set()), (1, {"2023"}), (9, set(_YEARS))])
def test_the_site_says_how_many(workspace, local_phantom, priors_of, count, years):
    site = _at_most(workspace, count)
    prefetch_priors_of(site, site.archives[0], local_phantom.recognised.study, lambda *_told: None, Silent())
    assert _here(workspace, priors_of) == years


def test_a_study_that_was_only_listed_has_the_same_priors_as_when_it_is_open(
    workspace, local_phantom, priors_of, phantom_study
):
    archive = workspace.archives[0]
    archive.store(sorted(phantom_study.folder.rglob("*.dcm"))[:1], Silent())
    uid = local_phantom.recognised.study.study_instance_uid
    (listed,) = [match for match in archive.find_studies(StudyQuery()) if match.study_instance_uid == uid]
    assert earlier_studies(workspace, archive, listed) == find_priors(workspace, archive, local_phantom)


class Refusing:
    """The archive, which refuses one study."""

    def __init__(self, archive, uid):
        self._archive, self._uid, self.name = archive, uid, archive.name

    def retrieve(self, uid, folder, progress, series=""):
        """Refuse it."""
        if uid == self._uid:
            raise ArchiveRefused("TEST does not give this study.")
        return self._archive.retrieve(uid, folder, progress, series)


def test_one_that_the_archive_refuses_does_not_keep_the_next_away(workspace, local_phantom, priors_of):
    told = []
    priors = find_priors(workspace, workspace.archives[0], local_phantom)
    refusing = Refusing(workspace.archives[0], priors_of["2023"])
    prefetch(workspace, refusing, priors, lambda *words: told.append(words), Silent())
    assert told == [(priors_of["2023"], "TEST does not give this study."), (priors_of["2022"], "")]


def test_an_archive_that_does_not_answer_is_asked_once(workspace, local_phantom, priors_of, archive):
    told = []
    priors = find_priors(workspace, workspace.archives[0], local_phantom)
    archive.stop()
    prefetch(workspace, workspace.archives[0], priors, lambda *words: told.append(words), Silent())
    ((uid, problem),) = told
    assert uid == priors_of["2023"]
    assert "TEST" in problem
    assert not _here(workspace, priors_of)


class Halting:
    """The archive, which waits for `go_on` or for the end of the work before it gives a study."""

    def __init__(self, archive):
        self._archive, self.name = archive, archive.name
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.times = 0

    def retrieve(self, uid, folder, progress, series=""):
        """Wait, then give it."""
        self.times += 1
        self.asked.set()
        while not self.go_on.wait(0.01):
            progress.report(0.0, "waiting")
        return self._archive.retrieve(uid, folder, progress, series)


class Stopped:
    """A `Progress` that can be stopped."""

    def __init__(self):
        self.stop = threading.Event()

    def report(self, fraction, message):
        """Raise `Cancelled` once it is stopped."""
        if self.stop.is_set():
            raise Cancelled


def test_a_study_that_is_being_fetched_is_waited_for_and_not_fetched_twice(workspace, priors_of):
    uid = priors_of["2023"]
    halting = Halting(workspace.archives[0])
    both = [threading.Thread(target=bring_here, args=(workspace, halting, uid, Silent())) for _ in range(2)]
    both[0].start()
    assert halting.asked.wait(60)
    both[1].start()
    halting.go_on.set()
    for thread in both:
        thread.join(60)
    assert halting.times == 1
    assert len(list(workspace.study_folder(uid).iterdir())) == 2


def test_what_the_reader_asks_for_goes_on_as_soon_as_the_fetch_beforehand_was_stopped(workspace, priors_of):
    uid, stopped = priors_of["2023"], Stopped()
    halting = Halting(workspace.archives[0])

    def beforehand():
        with pytest.raises(Cancelled):
            bring_here(workspace, halting, uid, stopped)

    first = threading.Thread(target=beforehand)
    first.start()
    assert halting.asked.wait(60)
    stopped.stop.set()
    assert retrieve(workspace, workspace.archives[0], uid, Silent()) == 2
    first.join(60)
    assert _retrieved(workspace) == [(uid, "failure"), (uid, "success")]


def test_waiting_for_another_retrieve_can_be_given_up(workspace, priors_of):
    uid, stopped = priors_of["2023"], Stopped()
    halting = Halting(workspace.archives[0])
    first = threading.Thread(target=bring_here, args=(workspace, halting, uid, Silent()))
    first.start()
    assert halting.asked.wait(60)
    stopped.stop.set()
    with pytest.raises(Cancelled):
        retrieve(workspace, workspace.archives[0], uid, stopped)
    halting.go_on.set()
    first.join(60)
    assert is_local(workspace, uid)
