"""Where other systems' drawings lie once the reader or the AI has moved or bent the series that they were drawn on."""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume

from core.bend import FOLDS_FROM, Bend, Points
from core.nudge import Nudges
from core.study import RoleChoice
from core.volume import on_grid_of
from reporting.foreign_graphics import Drawing
from reporting.foreign_seg import Segment, SegmentationRead
from service.reading import OpenStudy

_HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """A drawing that lies where `nudges` put the series that it was drawn on, in that frame of reference.

    `choice` is the series, None where it has no role and stays where it is.
    """

    drawing: Drawing
    nudges: Nudges
    choice: RoleChoice | None
    frame_of_reference_uid: str

    def moved(self, points: Points) -> Points:
        """Return positions (n, 3) where they lie now."""
        if self.choice is None:
            return points
        return self.nudges.carried(points, self.choice, self.drawing.place.frame_of_reference_uid)


def lying_with(opened: OpenStudy, nudges: Nudges, mask: Volume, series_uid: str) -> Volume:
    """Return a mask where the series lies that it was made on, which the reader or the AI may have moved or bent."""
    choice = _choice(opened, series_uid)
    if choice is None:
        return mask
    bend = nudges.bend_of(choice)
    return nudges.placed(mask, choice) if bend is None else _bent(nudges, mask, choice, bend)


def _bent(nudges: Nudges, mask: Volume, choice: RoleChoice, bend: Bend) -> Volume:
    """Return a mask bent with its series, on a grid that is larger by as much as it may be bent."""
    _, rows, columns = (int(np.ceil(max(bend.spacing_mm) * FOLDS_FROM * np.sqrt(2) / step)) for step in mask.spacing)
    wide = mask.pad([[0, 0], [rows, rows], [columns, columns]])
    lying = nudges.placed(on_grid_of(wide, (wide.array > 0).astype(np.float32)), choice)
    return on_grid_of(lying, (lying.array >= _HALF).astype(np.uint8))


def _choice(opened: OpenStudy, series_uid: str) -> RoleChoice | None:
    return next((x for x in opened.recognised.choices if x.stack.series.series_instance_uid == series_uid), None)


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
    choice = _choice(opened, series)
    link = None if choice is None else nudges.link_of(choice.stack.series)
    return Lying(drawing, nudges, choice, frame if link is None else link.onto)
