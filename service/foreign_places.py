"""Where other systems' drawings lie once the reader or the AI has moved the series that they were drawn on."""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.nudge import Nudges
from reporting.foreign_graphics import Drawing
from reporting.foreign_seg import Segment, SegmentationRead
from service.reading import OpenStudy


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """A drawing and the matrix (4, 4) that moves it to where its image lies now, in that frame of reference."""

    drawing: Drawing
    matrix: NDArray[np.float64]
    frame_of_reference_uid: str

    def moved(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions (n, 3) where they lie now."""
        return points @ self.matrix[:3, :3].T + self.matrix[:3, 3]


def lying_with(opened: OpenStudy, nudges: Nudges, mask: Volume, series_uid: str) -> Volume:
    """Return a mask where the series lies that it was made on, which the reader or the AI may have moved."""
    choice = next((x for x in opened.recognised.choices if x.stack.series.series_instance_uid == series_uid), None)
    return mask if choice is None else nudges.placed(mask, choice)


def lying_segments(
    opened: OpenStudy, nudges: Nudges, read: SegmentationRead
) -> tuple[tuple[Segment, tuple[Volume, ...]], ...]:
    """Return each segment with its masks where the series lies that they were made on, each on a grid of its own."""
    return tuple(
        (segment, tuple(lying_with(opened, nudges, mask, read.source_series_uid) for mask in segment.masks))
        for segment in read.segments
    )


def lying_drawing(opened: OpenStudy, nudges: Nudges, drawing: Drawing) -> Lying:
    """Return where a drawing lies now."""
    uid, frame = drawing.image.sop_instance_uid, drawing.place.frame_of_reference_uid
    series = next(
        (
            s.series_instance_uid
            for s in opened.recognised.study.series
            for x in s.instances
            if x.sop_instance_uid == uid
        ),
        "",
    )
    here = Volume(
        array=np.zeros((1, 1, 1), np.uint8),
        affine=np.eye(4),
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame or None,
    )
    moved = lying_with(opened, nudges, here, series)
    return Lying(drawing, moved.affine, str(moved.frame_of_reference_uid or ""))
