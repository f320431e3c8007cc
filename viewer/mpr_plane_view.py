"""A picture of one plane of a volume with its marks, the lines of the other planes and its words; it knows no mouse."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.volume import PointLps
from viewer.corner_text import draw_corner, draw_empty, is_narrow
from viewer.hand import Seen
from viewer.language import tr
from viewer.layers import Layer, Shown
from viewer.mpr_axes import Held, draw_axes
from viewer.mpr_picture import PanePicture, PaneView, draw_edge, draw_words
from viewer.overlay_painter import DrawnMark, draw_chips, draw_marks
from viewer.overlays import Mark
from viewer.render.geometry import Plane, ScreenPlane
from viewer.theme import COLOURS
from viewer.view_state import Field


class PlaneView(QWidget):
    """Shows the plane that it is given, with marks, lines and words."""

    def __init__(self, plane: Plane, parent: QWidget | None = None, *, shows_chips: bool = False) -> None:
        super().__init__(parent)
        self.shown_plane = plane
        self._shows_chips = shows_chips
        self._picture: PanePicture | None = None
        self._view: PaneView | None = None
        self._field = Field((0.0, 0.0), 1.0, 1.0)
        self._centre: PointLps = (0.0, 0.0, 0.0)
        self._zoom = 1.0
        self._framed_mm = 0.0  # what fills the pane instead of the field, however large the pane becomes; 0 for that
        self._empty = ""
        self._marks: tuple[Mark, ...] = ()
        self._under: tuple[Layer, ...] = ()
        self._over: tuple[Layer, ...] = ()
        self._opacity = 0.6
        self._shows_marks, self._peeks, self._active = True, False, False
        self._held: Held | None = None
        self._hover: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(96, 96))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def view(self) -> PaneView | None:
        """The plane that is shown, or None."""
        return self._view

    def show_picture(self, picture: PanePicture, view: PaneView, field: Field) -> None:
        """Show planes of a volume, at first all of `field`."""
        self._picture, self._field, self._empty = picture, field, ""
        self.set_view(view)
        self.reset()

    def show_empty(self, sentence: str) -> None:
        """Show no volume and the sentence that says why."""
        self._picture = self._view = self._held = None
        self._marks, self._empty = (), sentence
        self.setAccessibleName(sentence)
        self.update()

    def set_view(self, view: PaneView) -> None:
        """Show this plane; the patient position in the middle of the pane and the zoom stay."""
        if self._view is None or view.caption != self._view.caption:
            self.setAccessibleName(" · ".join((view.caption.title, *view.caption.lines)))
        self._view = view
        self.update()

    def reset(self) -> None:
        """Go back to the whole field."""
        if self._view:
            self._centre = self._view.stack.lps(*self._view.stack.middle, self._view.depth)
            self._zoom, self._framed_mm = 1.0, 0.0
            self.update()

    def frame(self, middle: PointLps, size_mm: float) -> None:
        """Show `size_mm` around a patient position."""
        self._centre, self._zoom, self._framed_mm = middle, 1.0, size_mm
        self.update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks, except those that lie in another frame of reference."""
        frame = self._picture.volume.frame_of_reference_uid if self._picture else None
        self._marks = tuple(mark for mark in marks if frame and mark.outline.frame_of_reference_uid == frame)
        self.update()

    def set_layers(self, *, under: Sequence[Layer], over: Sequence[Layer]) -> None:
        """Paint these layers on the picture: `under` below the marks, `over` above them."""
        self._under, self._over = tuple(under), tuple(over)
        self.update()

    def set_mark_display(self, *, visible: bool, peeking: bool, opacity: float) -> None:
        """Show or hide the marks, hide them and the lines for a moment, and set the strength of the fill."""
        self._shows_marks, self._peeks, self._opacity = visible, peeking, opacity
        self.update()

    def set_active(self, active: bool) -> None:
        """Draw the edge of the active pane, or not."""
        self._active = active
        self.update()

    def plane(self) -> ScreenPlane:
        """Return the plane of the picture in logical pixels; raises ValueError while nothing is shown."""
        if self._view is None:
            raise ValueError(tr("This pane shows no series, so none of its pixels has a place in the patient."))
        width, height = self.width(), self.height()
        whole = self._framed_mm / max(min(width, height), 1) or self._field.mm_per_pixel(width, height)
        return self._view.plane(self._centre, whole / self._zoom, width, height)

    def shown(self) -> Shown:
        """Return what a layer paints on; raises ValueError while nothing is shown."""
        if self._view is None or self._picture is None:
            raise ValueError(tr("This pane shows no series."))
        plane = self.plane()
        nearest = plane.stack.nearest_slice(self._view.crosshair)
        return Shown(self._picture.volume, nearest, plane, self.devicePixelRatioF())

    def seen(self) -> Seen:
        """Return what the series is called and how it is looked at; raises ValueError while nothing is shown."""
        if self._view is None or self._picture is None:
            raise ValueError(tr("This pane shows no series."))
        view, picture = self._view, self._picture
        return Seen(picture.title, picture.unit, "", view.window, view.inverted, view.slab)

    def probed(self, position: QPointF) -> str:
        """Return what the corner says of the value under a pixel; empty beside the picture."""
        if self._picture is None or self._view is None:
            return ""
        point = self.plane().lps(position.x(), position.y())
        return self._picture.value_at(self._view, point, short=is_narrow(QRectF(self.rect())))

    def lesion_at(self, position: QPointF) -> str:
        """Return the tracking UID of the uppermost visible lesion under a pixel, or an empty string."""
        drawn = [one for one in self._drawn() if one.mark.is_lesion and one.path.contains(position)]
        return drawn[-1].mark.tracking_uid if drawn else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything anew."""
        painter = QPainter(self)
        box = QRectF(self.rect())
        painter.fillRect(box, QColor("black"))
        if self._view and self._picture:
            self._paint(painter, box, self._view, self._picture)
        else:
            draw_empty(painter, box, self._empty)
        if self._active:
            draw_edge(painter, box, QColor(COLOURS["accent"]))
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, view: PaneView, picture: PanePicture) -> None:
        plane = self.plane()
        picture.draw(painter, view, plane, self.devicePixelRatioF())
        self._paint_layers(painter, self._under)
        drawn = self._drawn()
        draw_marks(painter, drawn, self._opacity)
        if not self._peeks:
            draw_axes(painter, box, view.cross(plane), self._held)
        self._paint_layers(painter, self._over)
        if self._shows_chips:
            draw_chips(painter, drawn, box)
        draw_words(painter, box, view, plane)
        if self._hover is not None:
            told = self.probed(self._hover)
            corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
            draw_corner(painter, box, corner, (told,) if told else ())

    def _drawn(self) -> list[DrawnMark]:
        if self._picture is None or self._view is None or not self._shows_marks or self._peeks:
            return []
        return self._picture.drawn(self._marks, self.plane(), self._view.slab)

    def _paint_layers(self, painter: QPainter, layers: Sequence[Layer]) -> None:
        if self._peeks or not layers:
            return
        shown = self.shown()
        for layer in layers:
            painter.save()
            layer.paint(painter, shown)
            painter.restore()
