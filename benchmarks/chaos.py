"""Kill a workstation 200 times while it signs and sends, and count what the archive holds in the end.

    python benchmarks/chaos.py [--kills 200] [--seed 0] [--proof commitment] [--archive ORTHANC@127.0.0.1:4242]

A child process signs one report after the other on small studies and sends them to a real Orthanc (Debian: orthanc;
one of its own unless --archive names one). It is killed by SIGKILL: every second time after a random delay, else the
moment that a step is seen from outside: a signing announced, the first file in the outbox, a bundle whole, a sending
announced, an object under way, a copy filed, a bundle gone. The next child begins where it was. After each kill the
audit trail must be sound. In the end every report that was signed must be in the archive exactly once with all of its
objects and none besides, RIS and EHR must be told of each, and every study whose signing came to nothing must have its
draft. The exit status is 1 otherwise.
"""

import argparse
import json
import logging
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from core.audit import verify
from core.pirads import Score
from core.progress import Silent
from core.report import Reader, Report, with_lesion
from core.sectors import sector
from core.settings import DimseNode, RisSettings, Settings, ThisNode
from pacs.dimse import DimseArchive
from reporting.signing_key import SigningKey, throw_away_key
from service.lesions import add_lesion
from service.messages import State
from service.notify import messages
from service.outbox import deliver_outbox
from service.outbox_bundle import outbox_folder, unsent
from service.outbox_list import shipments
from service.outbox_sender import OutboxSender
from service.publish import prepare
from service.reading import import_folder, open_study
from service.workspace import Workspace, open_workspace

_READER = Reader("Chaos^Reader", "Hospital")
_LONGEST_S = 8.0
_UNSEEN_S = 30.0


@dataclass(frozen=True)
class Site:
    """What every child works with."""

    settings: Settings
    key: SigningKey
    images: tuple[Dataset, ...]

    @property
    def outbox(self) -> Path:
        """Where signed reports wait."""
        return self.settings.data_folder / "outbox"


def main() -> int:
    """Kill, recover, count; returns the exit status."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--proof", choices=("read-back", "commitment"), default="read-back")
    options.add_argument("--archive", metavar="AE@HOST:PORT")
    options.add_argument("--ae-title", default="PROSECTOR")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name, _archive(Path(name), chosen) as (node, us):
        ris = RisSettings(host="127.0.0.1", port=1)
        node = node.model_copy(update={"proof": chosen.proof})
        settings = Settings(data_folder=Path(name) / "data", this_node=us, archives=(node,), ris=ris)
        site = Site(settings, throw_away_key(_READER), _images())
        print(f"{chosen.kills} kills, seed {chosen.seed}, proof by {chosen.proof}", flush=True)
        began = time.monotonic()
        kills = Counter(_killed(site, random.Random(f"{chosen.seed} {number}")) for number in range(chosen.kills))
        print(f"killed in {time.monotonic() - began:.0f} s: {dict(kills)}", flush=True)
        return _judged(site)


@contextmanager
def _archive(folder: Path, chosen: argparse.Namespace) -> Iterator[tuple[DimseNode, ThisNode]]:
    if chosen.archive:
        ae_title, _, address = chosen.archive.partition("@")
        host, _, port = address.rpartition(":")
        yield (
            DimseNode(name="Archive", ae_title=ae_title, host=host, port=int(port)),
            ThisNode(ae_title=chosen.ae_title),
        )
        return
    from network import _orthanc

    with _orthanc(folder) as found:
        yield found


# ------------------------------------------------------------------ the workstation that is killed


def _work(site: Site) -> None:
    """Sign reports and send them until killed."""
    ws = open_workspace(site.settings)
    with OutboxSender(ws):
        while True:
            _sign_one(ws, site)
            deadline = time.monotonic() + 2.0  # some reports pile up, others are sent before the next is signed
            while unsent(ws) and time.monotonic() < deadline:
                time.sleep(0.01)


def _sign_one(ws: Workspace, site: Site) -> None:
    with tempfile.TemporaryDirectory() as name:
        _write_study(Path(name), site.images)
        opened = open_study(ws, import_folder(ws, Path(name), Silent()))
    draft = add_lesion(Report(opened.recognised), opened, (-8.0, 8.0, 6.0), 8.0, sector("right-mid-PZpm"))
    uid = draft.lesions[0].tracking_uid
    scored = replace(draft.lesions[0].assessment, t2=Score.FOUR, dwi=Score.FOUR)
    draft = with_lesion(draft, uid, lambda lesion: replace(lesion, assessment=scored))
    ws.drafts.save(draft)
    prepare(ws, draft, _READER, site.key, opened)


def _images() -> tuple[Dataset, ...]:
    """Ten axial T2 slices of 48 × 48."""
    return tuple(_image(k) for k in range(10))


def _image(k: int) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet, ds.SOPClassUID, ds.Modality = "ISO_IR 192", MRImageStorage, "MR"
    ds.ImageType, ds.ScanningSequence, ds.SequenceVariant = ["ORIGINAL", "PRIMARY", "M", "ND"], "SE", "SK"
    ds.ScanOptions, ds.MRAcquisitionType, ds.PatientPosition = "", "2D", "HFS"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20260301"
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "101500"
    ds.AccessionNumber, ds.StudyID, ds.Manufacturer = "ACC1", "S1", "Made Up"
    ds.ReferringPhysicianName, ds.StudyDescription, ds.SeriesDescription = "", "MR Prostate", "t2_tse_tra"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Chaos^Carl", "P1", "19580414", "M"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength, ds.MagneticFieldStrength = 4000.0, 101.0, 20, 3.0
    ds.SliceThickness = ds.SpacingBetweenSlices = 3.0
    ds.SeriesNumber, ds.InstanceNumber, ds.PositionReferenceIndicator = 3, k + 1, ""
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [-23.5, -23.5, 3.0 * k], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.Rows, ds.Columns = [1.0, 1.0], 48, 48
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16, 15
    ds.PixelData = np.random.default_rng(k).integers(50, 500, (48, 48), dtype=np.uint16).tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


def _write_study(folder: Path, images: Sequence[Dataset]) -> None:
    study, series, frame = (generate_uid() for _ in range(3))
    for ds in images:
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = study, series, frame
        ds.SOPInstanceUID = generate_uid()
        ds.save_as(folder / f"{ds.SOPInstanceUID}.dcm", enforce_file_format=True)


# ------------------------------------------------------------------ killing


def _killed(site: Site, rng: random.Random) -> str:
    """Let a child work, kill it at a moment of chance, and return which."""
    seen = _Seen(site)
    steps: dict[str, Callable[[], bool]] = {
        "a signing announced": lambda: seen.trail("sign", "started"),
        "a signing closed": lambda: seen.trail("sign", "success"),
        "a sending announced": lambda: seen.trail("send", "started"),
        "a sending closed": lambda: seen.trail("send", "success"),
        "the first file of a bundle": lambda: seen.folders("*.dcm"),
        "a bundle whole": lambda: seen.folders("bundle.json"),
        "an object under way": lambda: seen.object_is("sending"),
        "an object stored": lambda: seen.object_is("stored"),
        "a report held": lambda: seen.is_sent(),
        "a bundle gone": lambda: seen.is_gone(),
    }
    name = rng.choice(list(steps)) if rng.random() < 0.5 else "a random delay"
    delay = rng.uniform(0.0, _LONGEST_S)
    child = _forked(site)
    began = time.monotonic()
    while not (steps[name]() if name in steps else time.monotonic() - began > delay):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            raise SystemExit(f"the child ended by itself, with status {os.waitstatus_to_exitcode(status)}")
        if time.monotonic() - began > _UNSEEN_S:
            name = "nothing seen"
            break
        time.sleep(0.0005)
    time.sleep(rng.uniform(0.0, 0.01))  # the very moment, or a little later
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if site.settings.audit_trail.exists():
        verify(site.settings.audit_trail)
    return name


def _forked(site: Site) -> int:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, _silent_end)
        try:
            _work(site)
        except Exception:
            logging.getLogger("chaos").exception("the child failed")
        os._exit(1)
    return child


def _silent_end(_number: int, _frame: FrameType | None) -> None:
    os._exit(1)


class _Seen:
    """What can be seen of a child from outside, beside what was there before it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._trail = site.settings.audit_trail
        self._size = self._trail.stat().st_size if self._trail.exists() else 0
        self._folders, self._begun = self._now("bundle.json"), self._now("*.dcm")
        self._sent = self._count("shipments WHERE state = 'sent'")

    def trail(self, action: str, outcome: str) -> bool:
        """Whether a line of this kind was added to the audit trail."""
        if not self._trail.exists():
            return False
        with self._trail.open("rb") as file:
            file.seek(self._size)
            new = file.read()
        return f'"action": "{action}"'.encode() in new and f'"outcome": "{outcome}"'.encode() in new

    def folders(self, name: str) -> bool:
        """Whether a new folder of the outbox has such a file."""
        return bool(self._now(name) - (self._folders if name == "bundle.json" else self._begun))

    def is_gone(self) -> bool:
        """Whether a bundle has left the outbox that was there, or has come since."""
        now = self._now("bundle.json")
        gone = self._folders - now
        self._folders |= now
        return bool(gone)

    def object_is(self, state: str) -> bool:
        """Whether an object is so far according to the table."""
        return self._count(f"shipped_objects WHERE state = '{state}'") > 0

    def is_sent(self) -> bool:
        """Whether one more report was seen in its archive."""
        return self._count("shipments WHERE state = 'sent'") > self._sent

    def _now(self, name: str) -> set[str]:
        return {path.parent.name for path in self._site.outbox.glob(f"*/{name}")}

    def _count(self, what: str) -> int:
        if not self._site.settings.database.exists():
            return 0
        try:
            with closing(sqlite3.connect(f"file:{self._site.settings.database}?mode=ro", uri=True)) as connection:
                return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
        except sqlite3.Error:  # there is no table yet, or a child was killed with the file half made
            return 0


# ------------------------------------------------------------------ counting


def _judged(site: Site) -> int:
    """Send what is left, as the next start does, and tell what is wrong."""
    ws = open_workspace(site.settings)
    clock = datetime.now(UTC)
    for minutes in range(0, 60, 11):
        later = clock + timedelta(minutes=minutes)
        deliver_outbox(ws, clock=lambda later=later: later)
    wrong = [*_lost(ws), *_odd(ws)]
    ws.close()
    print(f"the audit trail is sound: {verify(site.settings.audit_trail)} lines")
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    print("nothing was lost, nothing doubled" if not wrong else f"{len(wrong)} faults")
    return 1 if wrong else 0


def _lost(ws: Workspace) -> Iterator[str]:
    """Yield what the archive, the drafts or the RIS lack."""
    lines = [json.loads(line) for line in ws.settings.audit_trail.read_text("utf-8").splitlines()]
    signed = {x["detail"]["sr"]: x["subjects"][0] for x in lines if (x["action"], x["outcome"]) == ("sign", "success")}
    begun = {x["subjects"][0] for x in lines if (x["action"], x["outcome"]) == ("sign", "started")}
    held = {study: _held(ws, study) for study in begun}
    reports = {study: [uid for uid, kind in found.items() if kind == "SR"] for study, found in held.items()}
    for sr, study in signed.items():
        if reports[study].count(sr) != 1:
            yield f"the signed report {sr} is {reports[study].count(sr)} times in the archive"
    for study in begun:
        if not reports[study] and study not in ws.drafts.study_uids():
            yield f"study {study} has neither a report nor a draft"
        states = [message.state for message in messages(ws).of_study(study)] if reports[study] else []
        if reports[study] and states != [State.WAITING]:
            yield f"the RIS is told of study {study} as {states}"
    print(
        f"{len(begun)} signings begun, {len(signed)} closed in the trail, {sum(map(len, reports.values()))} reports"
        f" with {sum(map(len, held.values()))} objects in the archive"
    )


def _odd(ws: Workspace) -> Iterator[str]:
    """Yield what is in a place where it should not be."""
    if waiting := unsent(ws):
        yield f"{len(waiting)} reports are still in the outbox: {[one.words for one in shipments(ws).open()]}"
    for folder in ws.settings.cache_folder.iterdir():
        here = {path.stem: dcmread(path, stop_before_pixels=True) for path in folder.glob("*.dcm")}
        made = {uid for uid, ds in here.items() if ds.Modality != "MR"}
        if made != set(_held(ws, folder.name)):
            yield f"study {folder.name} has {len(made)} objects here and {len(_held(ws, folder.name))} in the archive"
    left = [folder.name for folder in outbox_folder(ws).iterdir()]
    if left:
        print(f"{len(left)} signings were cut off before the report was whole; their files are removed after an hour")


def _held(ws: Workspace, study: str) -> dict[str, str]:
    (archive,) = ws.archives
    assert isinstance(archive, DimseArchive)
    series = archive.find_series(study)
    return {uid: one.modality for one in series for uid in archive.find_instances(study, one.series_instance_uid)}


if __name__ == "__main__":
    sys.exit(main())
