"""What is marked on the pictures: the gland and the lesions, as values."""

from dataclasses import dataclass

from highdicom import Volume

from viewer.render.contour import MaskOutline

GLAND_COLOUR = (0x3F, 0xB6, 0xC9)


@dataclass(frozen=True, slots=True, eq=False)
class LesionOverlay:
    """One lesion: its mask, RGB colour, and the text of its chip; `dashed` while the reader has not reviewed it."""

    tracking_uid: str
    label_chip: str
    colour: tuple[int, int, int]
    mask: Volume
    visible: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Overlays:
    """The gland, the lesions, and the tracking UID of the selected lesion (empty: none)."""

    gland: Volume | None = None
    lesions: tuple[LesionOverlay, ...] = ()
    selected: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One outline as it is drawn; `tracking_uid` is empty for the gland, which is neither filled nor clickable."""

    outline: MaskOutline
    colour: tuple[int, int, int]
    tracking_uid: str = ""
    chip: str = ""
    dashed: bool = False
    selected: bool = False

    @property
    def is_lesion(self) -> bool:
        """Whether this is a lesion rather than the gland."""
        return bool(self.tracking_uid)


class Outlines:
    """The outline of each mask, made once and kept as long as the mask is shown."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Volume, MaskOutline]] = {}

    def marks(self, overlays: Overlays) -> tuple[Mark, ...]:
        """Return what is to be drawn, the selected lesion last; outlines of masks that are gone are let go."""
        used = [lesion.mask for lesion in overlays.lesions] + ([overlays.gland] if overlays.gland else [])
        self._made = {id(mask): self._made.get(id(mask)) or (mask, MaskOutline(mask)) for mask in used}
        gland = (self._gland_mark(overlays.gland),) if overlays.gland else ()
        shown = sorted(
            (lesion for lesion in overlays.lesions if lesion.visible),
            key=lambda lesion: lesion.tracking_uid == overlays.selected,
        )
        return gland + tuple(self._lesion_mark(lesion, overlays.selected) for lesion in shown)

    def _gland_mark(self, gland: Volume) -> Mark:
        return Mark(self._made[id(gland)][1], GLAND_COLOUR, dashed=True)

    def _lesion_mark(self, lesion: LesionOverlay, selected: str) -> Mark:
        return Mark(
            self._made[id(lesion.mask)][1],
            lesion.colour,
            lesion.tracking_uid,
            lesion.label_chip,
            lesion.dashed,
            lesion.tracking_uid == selected,
        )
