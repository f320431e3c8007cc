"""Which image of a study a viewport shows, so that the reader can choose it as a key image."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from pydicom.dataset import Dataset

from core.errors import CannotMark
from core.report import KeyImage, Report
from core.study import RecognisedStudy, Role, RoleChoice, Stack
from core.volume import PointLps
from reporting.sources import along_normal, headers, middle_of

Images = frozenset[tuple[str, int]]
"""SOP Instance UIDs with frame numbers (0 for single-frame objects)."""


@dataclass(frozen=True, slots=True)
class ShownSlice:
    """One slice of a series as its files have it: what it is called, which image it is, and where its middle lies."""

    words: str
    sop_instance_uid: str
    frame_number: int
    middle: PointLps


def slices_of(recognised: RecognisedStudy, images: Images) -> tuple[ShownSlice, ...]:
    """Return the slices of the stack that consists of `images`, by position along its normal.

    Empty for a picture that is made from others, or is an earlier examination's. Raises `SeriesIncomplete`.
    """
    for choice, stack in _stacks(recognised):
        if images and images == _images(stack):
            return tuple(_slices(choice, stack))
    return ()


def image_shown(recognised: RecognisedStudy, images: Images, slice_index: int, slice_count: int) -> KeyImage:
    """Return which of `images` a picture made of them shows; raises `CannotMark` and `SeriesIncomplete`."""
    slices = slices_of(recognised, images)
    if len(slices) != slice_count:
        raise CannotMark(
            "This picture cannot be a key image: it is calculated, or of another examination. Choose one that the"
            " scanner made in this one."
        )
    shown = slices[slice_index]
    return KeyImage(shown.sop_instance_uid, shown.words, shown.frame_number)


def marked_or_not(report: Report, image: KeyImage) -> Report:
    """Return the report with an image among its key images, or without it where it was one."""
    kept = tuple(x for x in report.key_images if not is_same(x, image))
    if len(kept) < len(report.key_images):
        return replace(report, key_images=kept)
    return replace(report, key_images=(*report.key_images, image))


def with_words(report: Report, image: KeyImage, words: str) -> Report:
    """Return the report with other words beside one of its key images."""
    told = tuple(replace(x, words=words) if is_same(x, image) else x for x in report.key_images)
    return report if told == report.key_images else replace(report, key_images=told)


def is_same(one: KeyImage, other: KeyImage) -> bool:
    """Whether two key images are one image, whatever is written beside them."""
    return (one.sop_instance_uid, one.frame_number) == (other.sop_instance_uid, other.frame_number)


def _stacks(recognised: RecognisedStudy) -> Iterator[tuple[RoleChoice, Stack]]:
    for choice in recognised.choices:
        if not choice.fitted:
            yield from ((choice, stack) for stack in choice.stacks)
    for series, why in recognised.left_out:
        stack = Stack(series, series.instances)
        yield RoleChoice(Role.OTHER, (stack,), why), stack


def _images(stack: Stack) -> Images:
    return frozenset((instance.sop_instance_uid, instance.frame or 0) for instance in stack.instances)


def _slices(choice: RoleChoice, stack: Stack) -> Iterator[ShownSlice]:
    """Yield one image of each place: single diffusion directions lie at the same one."""
    for place, (_, there) in enumerate(groupby(headers(stack), key=_place)):
        header = next(there)
        frame = int(header.get("ReferencedFrameNumber", 0))
        yield ShownSlice(
            f"{choice.title}, {_called(header, place + 1)}", str(header.SOPInstanceUID), frame, middle_of(header)
        )


def _called(header: Dataset, place: int) -> str:
    """Return how other viewers call an image within its series."""
    if "ReferencedFrameNumber" in header:
        return f"frame {header.ReferencedFrameNumber}"
    number = header.get("InstanceNumber")
    return f"slice {place}" if number is None else f"image {number}"


def _place(header: Dataset) -> float:
    return round(along_normal(header), 2)
