"""Where series were linked, aligned or moved to, exactly, so that a report of ours is gone on from as it was left.

What a reader is told of it stands in the findings; no standard concept of an SR holds a transform of one series onto
another, and a Spatial Registration object would be read as valid for the images by every other system.
"""

from collections.abc import Iterator

from highdicom.sr import ContentItem
from pydantic import TypeAdapter
from pydicom.dataset import Dataset

from core.nudge import Nudges
from reporting import codes, sr_tree
from reporting.sr_items import exact, text

_NUDGES: TypeAdapter[Nudges] = TypeAdapter(Nudges)
_NOWHERE = Nudges()


def nudge_items(nudges: Nudges) -> Iterator[ContentItem]:
    """Yield one text with every link, alignment and correction as exact doubles; nothing when there is none."""
    if nudges != _NOWHERE:
        yield text(codes.SERIES_MOVED, exact(_NUDGES, nudges))


def read_nudges(evaluations: Dataset) -> Nudges:
    """Return what `nudge_items` wrote; raises ValueError when it was altered into no rigid placement."""
    told = sr_tree.text(evaluations, codes.SERIES_MOVED)
    return _NUDGES.validate_json(told) if told else _NOWHERE
