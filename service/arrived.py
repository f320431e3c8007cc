"""What has arrived of a study while the rest still comes: a picture of each series of which an image lies here."""

import logging
import os
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from core.errors import SeriesIncomplete
from core.progress import Progress
from core.study import Instance, Series, Stack
from inference.elements import Damaged, NotDicom
from inference.header import Header, read_header
from inference.loose import middle_picture
from service.workspace import Workspace

_log = logging.getLogger(__name__)

_AT_ONCE = 32
"""Headers read in one look: the images that come take the machine's time first."""
_NO_PICTURES = ("SEG", "RTDOSE")
"""Modalities whose pixels are a result, not an image."""

Picture = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Arrived:
    """What one look found: `pictures` (row, column) by Series Instance UID, which earlier looks had not.

    `series` are all that were looked into so far, those without a picture included, `read` the names of all files that
    were read. With `more`, another look would read further files.
    """

    pictures: Mapping[str, Picture] = field(default_factory=dict[str, Picture])
    series: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    more: bool = False


def look(
    ws: Workspace, study_instance_uid: str, series: Collection[str], before: Arrived, progress: Progress
) -> Arrived:
    """Return the pictures of those of the `series` of which images have come since `before`.

    A series gets its picture once: the middle of its images that this look finds. Nothing is read when each was looked
    into. Raises `Cancelled`.
    """
    if before.series.issuperset(series):
        return Arrived({}, before.series, before.read)
    new = _files(ws, study_instance_uid, before.read)
    by_series, read = _headers(_spread(new), progress)
    pictures, done = dict[str, Picture](), set(before.series)
    for uid in by_series.keys() - before.series:
        headers = sorted(by_series[uid], key=lambda header: header.instance_number or 0)
        middle = headers[len(headers) // 2]
        picture = _picture(middle)
        if picture is not None:
            pictures[uid] = picture
        elif not middle.path.exists():  # moved into the cache meanwhile, where the next look finds it
            read -= {header.path.name for header in headers}
            continue
        done.add(uid)
    more = len(new) > len(read) and bool(read) and not done.issuperset(series)
    return Arrived(pictures, frozenset(done), before.read | read, more)


def _spread(files: Sequence[Path]) -> Sequence[Path]:
    """Return as many files as are read in one look, from all of them: the names of a series are often alike."""
    return files[:: max(1, -(-len(files) // _AT_ONCE))]


def _headers(files: Sequence[Path], progress: Progress) -> tuple[Mapping[str, list[Header]], set[str]]:
    """Return the headers by Series Instance UID and the names of the files that were read, damaged ones included."""
    by_series: dict[str, list[Header]] = defaultdict(list)
    read: set[str] = set()
    for path in files:
        progress.report(0.0, "looking at what has come")
        try:
            header = read_header(path)
            by_series[header.series_instance_uid].append(header)
        except FileNotFoundError:  # moved into the cache meanwhile, where the next look finds it
            continue
        except (NotDicom, Damaged, OSError) as error:
            _log.warning("%s has no picture: %s", path.name, type(error).__name__)
        read.add(path.name)
    return by_series, read


def _files(ws: Workspace, study_instance_uid: str, read: Collection[str]) -> Sequence[Path]:
    """Return the files of a study that have come and were not read yet, by name; each is whole or not there."""
    found: dict[str, Path] = {}
    for folder in (ws.incoming_folder(study_instance_uid), ws.study_folder(study_instance_uid)):
        if folder.is_dir():
            names = (name for name in _names(folder) if name.endswith(".dcm") and not name.startswith("."))
            found |= {name: folder / name for name in names if name not in read}
    return [found[name] for name in sorted(found)]


def _names(folder: Path) -> Sequence[str]:
    try:
        return os.listdir(folder)
    except OSError:  # it was moved into the cache meanwhile
        return ()


def _picture(header: Header) -> Picture | None:
    if header.pixels is None or header.modality in _NO_PICTURES:
        return None
    instance = Instance(header.path, header.sop_class_uid, header.sop_instance_uid, header.instance_number)
    uid, number, frame = header.series_instance_uid, header.series_number, header.frame_of_reference_uid
    series = Series(uid, header.modality, number, header.series_description, frame, (instance,))
    try:
        return middle_picture(Stack(series, series.instances))
    except SeriesIncomplete:
        return None
