"""Changing outlines in the reading room: which one is in hand, how it looks meanwhile, and the edit of the report."""

from collections.abc import Callable
from dataclasses import replace

from highdicom import Volume
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from core.errors import ProsectorError
from core.pirads import PIRADS_COLOURS, Category
from core.report import Lesion, Rejected, Report
from core.sectors import Sector
from core.study import Role
from core.volume import PointLps
from inference.mask_edit import cropped, empty_mask, interpolate_slices, smooth
from inference.roi import tilt_deg
from service.lesions import add_outline, edit_gland, edit_outline, placement_in_words, propose_lesion
from service.reading import OpenStudy
from viewer.brush_hands import BrushHand, GrowHand, PolygonHand
from viewer.brush_size import Brush
from viewer.hand import View
from viewer.language import tr
from viewer.layers import Shown
from viewer.overlay_painter import path_of, to_screen
from viewer.overlays import GLAND_COLOUR, LesionOverlay, Overlays
from viewer.render.contour import MaskOutline
from viewer.render.geometry import StackGeometry
from viewer.session import Session

NEW, GLAND = "", "gland"
"""What may be in hand besides the tracking UID of a lesion: a lesion that is not drawn yet, and the prostate."""

SMOOTHING_MM = 1.0
"""The radius of one press on Smooth; pressing again rounds off more."""

_WORK = "outline in work"
_DOTS = QColor(235, 240, 245, 230)
_SHADOW = QColor(0, 0, 0, 150)
_MOST_PATHS = 64


class OutlineTools(QObject):
    """One reading room's outlining. Undo, redo and saving are the session's: each stroke is one edit of the report.

    The outline in hand is that of `target`. While a stroke goes on, `overlays` shows it in place of what is kept.
    """

    work_changed = Signal()
    """Ask `overlays` again."""
    layer_changed = Signal()
    """Paint `layer` anew: the original of the outline in hand is another."""
    drawn = Signal(str)
    """A lesion with this tracking UID was drawn or grown."""
    sector_wanted = Signal(object)
    """A new outline (`Volume`) needs the reader to name its sector; `add` then keeps it."""
    told = Signal(str)
    """What an edit brought about besides the measures."""
    failed = Signal(str)

    def __init__(self, brush: Brush | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.brush = brush or Brush(self)
        self._session: Session | None = None
        self._opened: OpenStudy | None = None
        self._target = NEW
        self._empty: Volume | None = None
        self._begun: Volume | None = None
        self._work: Volume | None = None
        self._layer: OriginalOutline | None = None

    def show_session(self, session: Session | None, opened: OpenStudy | None) -> None:
        """Change the outlines of this session's report, on this study, from now on."""
        if self._session is not None:
            self._session.changed.disconnect(self._follow)
        self._session, self._opened = session, opened
        t2 = opened.volume(Role.T2_AXIAL) if opened else None
        self._empty = None if t2 is None else empty_mask(t2)
        self._target, self._begun, self._work = NEW, None, None
        if session is not None:
            session.changed.connect(self._follow)
        self._follow()

    def show_study(self, opened: OpenStudy) -> None:
        """Measure on another version of the same study, whose series were moved."""
        self._opened = opened

    @property
    def target(self) -> str:
        """What is in hand: the tracking UID of a lesion, `NEW` or `GLAND`."""
        return self._target

    def set_target(self, target: str) -> None:
        """Take another outline in hand; a tracking UID that no lesion has stands for `NEW`."""
        self._target = target
        self._follow()

    def brush_hand(self) -> BrushHand:
        """Return the hand that paints."""
        return BrushHand(self, self.brush)

    def eraser_hand(self) -> BrushHand:
        """Return the hand that erases."""
        return BrushHand(self, self.brush, erases=True)

    def polygon_hand(self) -> PolygonHand:
        """Return the hand that encloses an area."""
        return PolygonHand(self)

    def grow_hand(self) -> GrowHand:
        """Return the hand that proposes a lesion by a click."""
        return GrowHand(self)

    def interpolate(self) -> bool:
        """Fill the empty slices between drawn ones; returns whether the outline was changed."""
        return self._reworked(interpolate_slices, "interpolate outline")

    def smooth(self) -> bool:
        """Round the outline off; returns whether it was changed."""
        return self._reworked(lambda mask: smooth(mask, SMOOTHING_MM), "smooth outline")

    def add(self, outline: Volume, sector: Sector | None = None) -> bool:
        """Keep a new lesion of this outline; returns whether it happened."""
        opened = self._opened
        if opened is None:
            return False
        return self._added(lambda report: add_outline(report, opened, outline, sector), "draw lesion")

    def overlays(self, kept: Overlays) -> Overlays:
        """Return what is to be drawn: what is kept, with the outline in work in its place.

        The prostate in work is laid over the one that is kept, whose percentiles the images are windowed by.
        """
        work = self._work
        if work is None:
            return kept
        if self._target == GLAND:
            return replace(kept, lesions=(LesionOverlay(_WORK, "", GLAND_COLOUR, work), *kept.lesions))
        if any(lesion.tracking_uid == self._target for lesion in kept.lesions):
            lesions = (replace(x, mask=work) if x.tracking_uid == self._target else x for x in kept.lesions)
            return replace(kept, lesions=tuple(lesions))
        new = LesionOverlay(_WORK, tr("New lesion"), PIRADS_COLOURS[Category.PENDING], work)
        return replace(kept, lesions=(*kept.lesions, new), selected=_WORK)

    @property
    def layer(self) -> "OriginalOutline | None":
        """The outline that the AI drew, when the reader changed the one in hand."""
        return self._layer

    # ------------------------------------------------------------------ what the hands call

    def reaches(self, view: View) -> bool:
        """Tell whether a place in `view` is one on the axial T2; says why not."""
        if self._session is None or self._empty is None:
            self.failed.emit(tr("Outlines are drawn on the axial T2, which this study has not."))
            return False
        seen, frame = view.seen(), view.shown().frame
        if seen.prior:
            self.failed.emit(tr("{title} is an earlier examination; draw on the present one.").format(title=seen.title))
            return False
        if not frame or frame != self._empty.frame_of_reference_uid:
            self.failed.emit(
                tr(
                    "{title} was not acquired in the frame of reference of the axial T2, on which "
                    "outlines are kept; draw on a series that was."
                ).format(title=seen.title)
            )
            return False
        if seen.slab is not None:
            self.failed.emit(
                tr(
                    "The picture is a slab of {thickness_mm:.0f} mm, in which a pixel has no depth; "
                    "set the slab to thin before you outline."
                ).format(thickness_mm=seen.slab.thickness_mm)
            )
            return False
        return True

    def begin(self, view: View, *, in_slice: bool) -> Volume | None:
        """Return the outline in hand, or None when it cannot be changed in `view`; says why.

        `in_slice` tells that a layer of voxels is to be changed: a turned plane has none.
        """
        if not self.reaches(view) or self._session is None:
            return None
        tilt = tilt_deg(view.shown().volume, view.plane().stack.normal)
        if in_slice and tilt > 0:
            self.failed.emit(
                tr(
                    "This plane is turned by {tilt:.1f}° against the voxels of {title}, so that it "
                    "holds no slice to outline; set the planes straight along the series, or use the "
                    "3D brush."
                ).format(tilt=tilt, title=view.seen().title)
            )
            return None
        lesion = self._lesion
        if lesion is not None and isinstance(lesion.review, Rejected):
            self.failed.emit(
                tr("{label} was rejected; take the rejection back before you change its outline.").format(
                    label=lesion.label
                )
            )
            return None
        self._begun = self._outline
        if self._begun is None:
            self.failed.emit(tr("The prostate is not outlined yet; run the AI first."))
        return self._begun

    def show(self, outline: Volume | None) -> None:
        """Show the outline as it is being drawn; None shows again what is kept."""
        self._work = None if outline is None else cropped(outline, 1)
        self.work_changed.emit()

    def commit(self, outline: Volume) -> None:
        """Make the outline that was begun an edit of the report."""
        if self._outline is not self._begun:
            self.failed.emit(tr("The outline was changed meanwhile, so this stroke was not kept; draw it again."))
        else:
            self._keep(outline, "outline")
        self.show(None)

    def grow(self, at: PointLps) -> None:
        """Propose a lesion at a place."""
        opened = self._opened
        if opened is not None:
            self._added(lambda report: propose_lesion(report, opened, at), "grow lesion")

    # ------------------------------------------------------------------ inside

    @property
    def _lesion(self) -> Lesion | None:
        lesions = self._session.report.lesions if self._session else ()
        return next((lesion for lesion in lesions if lesion.tracking_uid == self._target), None)

    @property
    def _outline(self) -> Volume | None:
        if self._target == GLAND:
            gland = self._session.report.gland if self._session else None
            return gland.mask if gland else None
        return self._lesion.mask if self._lesion else self._empty

    def _reworked(self, change: Callable[[Volume], Volume], what: str) -> bool:
        outline = self._outline
        if outline is None or outline is self._empty:
            self.failed.emit(tr("There is no outline in hand; select a lesion or draw one first."))
            return False
        try:
            changed = change(outline)
        except ProsectorError as error:
            self.failed.emit(str(error))
            return False
        return changed is not outline and self._keep(changed, what)

    def _keep(self, outline: Volume, what: str) -> bool:
        session, opened, target, before = self._session, self._opened, self._target, self._lesion
        if session is None or opened is None:
            return False
        if target == GLAND:
            return session.edit(lambda report: edit_gland(report, opened, outline), what=f"{what} of the prostate")
        if before is None:
            if session.report.gland is None:
                self.sector_wanted.emit(outline)
                return False
            return self.add(outline)
        if not session.edit(lambda report: edit_outline(report, opened, target, outline), what=what, lesion=target):
            return False
        if words := placement_in_words(before, session.report.lesion(target)):
            self.told.emit(words)
        return True

    def _added(self, change: Callable[[Report], Report], what: str) -> bool:
        session = self._session
        if session is None or not session.edit(change, what=what):
            return False
        self.set_target(session.report.lesions[-1].tracking_uid)
        self.drawn.emit(self._target)
        return True

    def _follow(self) -> None:
        """Let go of a lesion that is gone, and show the original of the one in hand."""
        if self._target != GLAND and self._lesion is None:
            self._target = NEW
        held = self._session.report.gland if self._session and self._target == GLAND else self._lesion
        original = held.original_mask if held else None
        if original is not (self._layer.mask if self._layer else None):
            self._layer = None if original is None else OriginalOutline(original)
            self.layer_changed.emit()


class OriginalOutline:
    """Paints the outline that the AI drew as a thin dotted line, for comparison with what the reader made of it."""

    def __init__(self, mask: Volume) -> None:
        self.mask = mask
        self._outline = MaskOutline(mask)
        self._paths: dict[tuple[StackGeometry, float], QPainterPath] = {}

    def paint(self, painter: QPainter, shown: Shown) -> None:
        """Paint what of it lies in the picture."""
        if not shown.frame or shown.frame != self._outline.frame_of_reference_uid:
            return
        path = to_screen(shown.plane).map(self._path(shown.plane.stack, shown.plane.depth))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dots = QPen(_DOTS, 1.3)
        dots.setDashPattern([1.0, 2.6])
        dots.setCapStyle(Qt.PenCapStyle.RoundCap)
        for pen in (QPen(_SHADOW, 2.4), dots):
            painter.strokePath(path, pen)

    def _path(self, stack: StackGeometry, depth: float) -> QPainterPath:
        key = (stack, depth)
        if key not in self._paths:
            if len(self._paths) >= _MOST_PATHS:
                self._paths.clear()
            self._paths[key] = path_of(self._outline.in_plane(stack, depth))
        return self._paths[key]
