"""Where the images of a study lie, looked up when a result of another system refers to one."""

from collections.abc import Iterator
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from core.study import Instance, RecognisedStudy, Series
from reporting.foreign_items import UNREADABLE, first_of, items_of
from reporting.foreign_places import ImagePlace, place_of


class StudyImages:
    """The images of one study by SOP Instance UID; headers are read once, when they are asked for."""

    def __init__(self, recognised: RecognisedStudy) -> None:
        self._recognised = recognised
        self._by_uid = {
            instance.sop_instance_uid: (instance, series)
            for series in recognised.study.series
            for instance in series.instances
        }
        self._headers: dict[Path, Dataset | None] = {}

    def place(self, sop_instance_uid: str, frame: int) -> ImagePlace | None:
        """Return the plane of an image, or of one frame (from 1) of it; None where that is not here or not told.

        Frame 0 is the only one of an image.
        """
        found = self._by_uid.get(sop_instance_uid)
        header = None if found is None else self._header(found[0].path)
        if header is None:
            return None
        groups = items_of(header, "PerFrameFunctionalGroupsSequence")
        if not groups:
            return place_of(header)
        index = (frame or 1) - 1
        if index >= len(groups) or (frame == 0 and len(groups) > 1):
            return None
        return place_of(header, groups[index], first_of(header, "SharedFunctionalGroupsSequence") or Dataset())

    def series_of(self, sop_instance_uid: str) -> Series | None:
        """Return the series that an image is of, or None for an image that is not here."""
        found = self._by_uid.get(sop_instance_uid)
        return None if found is None else found[1]

    def path_of(self, sop_instance_uid: str) -> Path | None:
        """Return the file of an object of the study, or None when it is not here."""
        found = self._by_uid.get(sop_instance_uid)
        return None if found is None else found[0].path

    def planes(self) -> tuple[ImagePlace, ...]:
        """Return the planes of the images that have a role, the axial T2 first."""
        return tuple(place for one in self._images() if (place := self.place(*one)) is not None)

    def _images(self) -> Iterator[tuple[str, int]]:
        instances = [x for choice in self._recognised.choices for stack in choice.stacks for x in stack.instances]
        return ((x.sop_instance_uid, x.frame or 0) for x in _each_once(instances))

    def _header(self, path: Path) -> Dataset | None:
        if path not in self._headers:
            try:
                self._headers[path] = dcmread(path, stop_before_pixels=True)
            except (OSError, InvalidDicomError, *UNREADABLE):
                self._headers[path] = None
        return self._headers[path]


def _each_once(instances: list[Instance]) -> Iterator[Instance]:
    return iter({(x.sop_instance_uid, x.frame): x for x in instances}.values())
