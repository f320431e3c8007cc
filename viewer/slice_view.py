"""A picture of one slice of one series with its marks, crosshair and words; it knows no mouse."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from highdicom import Volume
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.volume import PointLps
from viewer.corner_text import (
    Caption,
    caption_bottom,
    draw_caption,
    draw_corner,
    draw_empty,
    draw_letters,
    draw_note,
    inverted_in_words,
    is_narrow,
)
from viewer.frame_mark import FrameMark, chip_size, draw_frame_chip
from viewer.hand import Seen
from viewer.language import tr
from viewer.layers import Layer, Shown
from viewer.overlay_painter import DrawnMark, draw_chips, draw_marks, path_of, to_screen
from viewer.overlays import Mark
from viewer.picture import Picture, probe
from viewer.render.contour import MaskOutline
from viewer.render.geometry import Pair, ScreenPlane, StackGeometry, Vector, cross_directions, signed_position
from viewer.render.lut import Window
from viewer.theme import COLOURS
from viewer.view_state import Field, ViewState, zoomed

_CROSSHAIR_COLOUR = QColor(79, 191, 103, 200)
_CROSSHAIR_GAP = 9.0
_TILTED = 1e-4
_CHIP_LEFT, _CHIP_GAP = 7.0, 2.0
_SLIM = 200.0
"""Below this width window and level have no room beside the number of the image, so that they are two lines."""
_LOW = 190.0
"""Below this height (pixels) all corner text would cover the picture, so that less is written."""


@dataclass(frozen=True, slots=True, eq=False)
class Hung:
    """A series as it hangs in a viewport.

    `linked` tells whether it is in the study's frame of reference, so that crosshair and slices follow; `note` is
    a sentence shown over the picture. `window` is the one that a reset goes back to; `unit` that of the voxels;
    `prior` is the day of the earlier study that the series is from, else empty.
    `flat` pictures have no place in the patient: no letters, no position, and their millimetres are pixels. Where
    marks are not `filled`, only their outlines are drawn, so that the signal in them is seen as it is. `frame_mark` is
    the chip of a series that was acquired in another frame of reference, linked or not. `phase` tells of a dynamic
    series which of its phases it is, where the title does not. `images` are those that the volume was made of, as in
    `Shown`.
    """

    volume: Volume
    stack: StackGeometry
    caption: Caption
    window: Window
    field: Field
    linked: bool
    note: str = ""
    unit: str = ""
    prior: str = ""
    flat: bool = False
    filled: bool = True
    frame_mark: FrameMark | None = None
    phase: str = ""
    images: frozenset[tuple[str, int]] = frozenset()


class SliceView(QWidget):
    """Shows one series in its own plane."""

    def __init__(self, parent: QWidget | None = None, *, shows_chips: bool = False) -> None:
        super().__init__(parent)
        self._shows_chips = shows_chips
        self._hung: Hung | None = None
        self._picture: Picture | None = None
        self._state = ViewState(0, (0.0, 0.0), 1.0, Window(1.0, 0.5))
        self._reset_window = self._state.window
        self._named: tuple[Window, str] | None = None
        self._empty = ""
        self._marks: tuple[Mark, ...] = ()
        self._under: tuple[Layer, ...] = ()
        self._over: tuple[Layer, ...] = ()
        self._paths: dict[tuple[MaskOutline, int], QPainterPath] = {}
        self._opacity = 0.6
        self._shows_marks, self._peeks, self._active = True, False, False
        self._crosshair: PointLps | None = None
        self._cross_normals: tuple[Vector, ...] = ()
        self._cross_lines: tuple[Pair, ...] = ()
        self._hover: QPointF | None = None
        self._registering: tuple[str, float] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(96, 96))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def hung(self) -> Hung | None:
        """The series that hangs here, or None."""
        return self._hung

    @property
    def state(self) -> ViewState:
        """The view: slice, place, zoom, window."""
        return self._state

    def hang(self, hung: Hung, window: Window) -> None:
        """Show a series from its middle slice, with its field and `window`."""
        self._hung, self._picture, self._empty = hung, Picture(hung.volume), ""
        self._paths, self._crosshair, self._reset_window, self._named = {}, None, hung.window, None
        self._cross_lines = ()
        self._state = ViewState(hung.stack.slice_count // 2, hung.field.middle, 1.0, window)
        self._name(hung)
        self.update()

    def rehang(self, hung: Hung) -> None:
        """Show another image of the same patient here: slice, place, zoom, crosshair and marks stay.

        The window stays as it differs from the automatic one, in widths of that one.
        """
        old, new, seen = self._reset_window, hung.window, self._state.window
        window = Window(
            seen.width * new.width / old.width, new.level + (seen.level - old.level) * new.width / old.width
        )
        kept = min(self._state.slice_index, hung.stack.slice_count - 1)
        slice_index = hung.stack.nearest_slice(self._crosshair) if self._crosshair else kept
        self._hung, self._picture, self._reset_window = hung, Picture(hung.volume), new
        self._paths = {}
        self._cross_lines = cross_directions(hung.stack, self._cross_normals) if self._cross_lines else ()
        self._name(hung)
        self._set_state(replace(self._state, slice_index=slice_index, window=window))

    def _name(self, hung: Hung) -> None:
        self.setAccessibleName(hung.caption.title)
        self.setAccessibleDescription(hung.frame_mark.words if hung.frame_mark else "")

    def show_empty(self, sentence: str) -> None:
        """Show no series and the sentence that says why."""
        self._hung = self._picture = self._crosshair = None
        self._paths, self._marks, self._empty = {}, (), sentence
        self.setAccessibleName(sentence)
        self.setAccessibleDescription("")
        self.update()

    @property
    def across_mm(self) -> float:
        """How many millimetres the shorter side shows; raises ValueError while nothing hangs here."""
        return self.plane().mm_per_pixel * min(self.width(), self.height())

    def look(self, state: ViewState, across_mm: float) -> None:
        """Show a series as a viewport of another size showed it, so much of it across unless it was not zoomed."""
        self._set_state(replace(state, zoom=1.0))
        if state.zoom != 1.0:
            self._set_state(replace(state, zoom=self.across_mm / across_mm))

    def set_shows_chips(self, shows: bool) -> None:
        """Draw the chips of lesions here, or leave them to another viewport."""
        self._shows_chips = shows
        self.update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks, except those that lie in another frame of reference."""
        frame = self._hung.volume.frame_of_reference_uid if self._hung else None
        self._marks = tuple(mark for mark in marks if frame and mark.outline.frame_of_reference_uid == frame)
        kept = {mark.outline for mark in self._marks}
        self._paths = {key: path for key, path in self._paths.items() if key[0] in kept}
        self.update()

    def set_layers(self, *, under: Sequence[Layer] = (), over: Sequence[Layer] = ()) -> None:
        """Paint these layers on the picture: `under` below the marks (fusion), `over` above them (measurements)."""
        self._under, self._over = tuple(under), tuple(over)
        self.update()

    def shown(self) -> Shown:
        """Return what a layer paints on; raises ValueError while nothing hangs here."""
        if self._hung is None:
            raise ValueError(tr("This viewport shows no series."))
        hung, ratio = self._hung, self.devicePixelRatioF()
        return Shown(hung.volume, self._state.slice_index, self.plane(), ratio, hung.images)

    def seen(self) -> Seen:
        """Return what the series is called and how it is looked at; raises ValueError while nothing hangs here."""
        if self._hung is None:
            raise ValueError(tr("This viewport shows no series."))
        hung, state = self._hung, self._state
        mark = hung.frame_mark
        linked = f", {mark.state.word.lower()}" if mark is not None and hung.linked else ""
        title = " ".join(filter(None, (hung.caption.title, hung.phase)))
        return Seen(f"{title}{linked}", hung.unit, hung.prior, state.window, state.inverted)

    def set_mark_display(self, *, visible: bool, peeking: bool, opacity: float) -> None:
        """Show or hide the marks, hide them and the crosshair for a moment, and set the strength of the fill."""
        self._shows_marks, self._peeks, self._opacity = visible, peeking, opacity
        self.update()

    def set_registering(self, registering: tuple[str, float] | None) -> None:
        """Let the chip of a frame of reference (`frame_key`) tell the share of its registration that is done."""
        self._registering = registering
        self.update()

    @property
    def is_registering(self) -> bool:
        """Whether the series that hangs here is being registered."""
        mark = self._hung.frame_mark if self._hung else None
        return mark is not None and self._registering is not None and self._registering[0] == mark.frame

    @property
    def frame_chip(self) -> QRectF:
        """Where the chip of a series in another frame of reference is; empty without one."""
        hung = self._hung
        if hung is None or hung.frame_mark is None:
            return QRectF()
        box = QRectF(self.rect())
        corner = QPointF(_CHIP_LEFT, caption_bottom(self.font(), box, self._caption(hung)) + _CHIP_GAP)
        return chip_size(self._chip_text(hung.frame_mark), self.font()).translated(corner)

    def _chip_text(self, mark: FrameMark) -> str:
        if self._registering is None or self._registering[0] != mark.frame:
            return mark.state.word
        return tr("Registering {share:.0%}").format(share=self._registering[1])

    def _caption(self, hung: Hung) -> Caption:
        """Return what a viewport of this height has room for."""
        return replace(hung.caption, lines=hung.caption.lines[:1]) if self.height() < _LOW else hung.caption

    def set_active(self, active: bool) -> None:
        """Draw the edge of the active viewport, or not."""
        self._active = active
        self.update()

    def set_reset_window(self, window: Window) -> None:
        """Set the window that a reset goes back to; the picture stays as it is."""
        self._reset_window = window

    @property
    def chosen_window(self) -> Window | None:
        """The window that the reader chose, or None while it is an automatic one."""
        automatic = () if self._hung is None else (self._hung.window, self._reset_window)
        return None if self._state.window in automatic else self._state.window

    def choose_window(self, window: Window, name: str) -> None:
        """Show the series with a window that has a name; the corner tells it until the window is another."""
        self._named = (window, name)
        self._set_state(replace(self._state, window=window))

    @property
    def window_name(self) -> str:
        """The name of the window that is shown, or an empty string."""
        return self._named[1] if self._named and self._named[0] == self._state.window else ""

    def set_crosshair(self, point: PointLps, normals: tuple[Vector, ...]) -> None:
        """Go to the slice nearest to a patient position; `normals` are those of the planes that cross here."""
        if self._hung and self._hung.linked:
            if normals is not self._cross_normals or not self._cross_lines:
                self._cross_normals, self._cross_lines = normals, cross_directions(self._hung.stack, normals)
            self._crosshair = point
            self._set_state(replace(self._state, slice_index=self._hung.stack.nearest_slice(point)))

    def reset(self) -> None:
        """Go back to the field and window that the series was hung with."""
        if self._hung:
            self._set_state(
                replace(
                    self._state, centre=self._hung.field.middle, zoom=1.0, window=self._reset_window, inverted=False
                )
            )

    def invert(self) -> None:
        """Swap black and white."""
        self._set_state(replace(self._state, inverted=not self._state.inverted))

    def frame(self, middle: PointLps, size_mm: float) -> None:
        """Show `size_mm` around a patient position."""
        if self._hung and self._hung.linked:
            u, v, _ = self._hung.stack.uvd(middle)
            filled = self._hung.field.mm_per_pixel(self.width(), self.height())
            zoom = filled * min(self.width(), self.height()) / size_mm
            self._set_state(zoomed(replace(self._state, centre=(u, v), zoom=1.0), zoom, (u, v)))

    def plane(self) -> ScreenPlane:
        """Return the plane of the picture in logical pixels; raises ValueError while nothing hangs here."""
        if self._hung is None:
            raise ValueError(tr("This viewport shows no series, so none of its pixels has a place in the patient."))
        return ScreenPlane(
            self._hung.stack,
            self._hung.stack.depth_of(self._state.slice_index),
            self._state.centre,
            self._hung.field.mm_per_pixel(self.width(), self.height()) / self._state.zoom,
            self.width(),
            self.height(),
        )

    def lesion_at(self, position: QPointF) -> str:
        """Return the tracking UID of the uppermost visible lesion under a pixel, or an empty string."""
        if not self._hung or not self._shows_marks or self._peeks:
            return ""
        place = QPointF(*self.plane().uv(position.x(), position.y()))
        hit = (m for m in reversed(self._marks) if m.is_lesion and self._path(m, self._hung.stack).contains(place))
        return next((mark.tracking_uid for mark in hit), "")

    def _set_state(self, state: ViewState) -> None:
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything anew; the picture and the outlines come from what was sampled before where they can."""
        painter = QPainter(self)
        box = QRectF(self.rect())
        painter.fillRect(box, QColor("black"))
        if self._hung and self._picture:
            self._paint_series(painter, box, self._hung, self._picture)
        else:
            draw_empty(painter, box, self._empty)
        if self._active:
            painter.setPen(QPen(QColor(COLOURS["accent"]), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_series(self, painter: QPainter, box: QRectF, hung: Hung, picture: Picture) -> None:
        plane = self.plane()
        picture.draw(painter, plane, self.devicePixelRatioF(), self._state.window, self._state.inverted)
        self._paint_layers(painter, self._under)
        drawn: list[DrawnMark] = []
        if self._shows_marks and not self._peeks:
            transform = to_screen(plane)
            paths = [(mark, self._path(mark, hung.stack)) for mark in self._marks]
            drawn = [DrawnMark(mark, transform.map(path)) for mark, path in paths if not path.isEmpty()]
        draw_marks(painter, drawn, self._opacity, filled=hung.filled)
        if not self._peeks:
            self._paint_crosshair(painter, plane)
        self._paint_layers(painter, self._over)
        if self._shows_chips:
            draw_chips(painter, drawn, box)
        self._paint_words(painter, box, hung, plane)

    def _paint_layers(self, painter: QPainter, layers: Sequence[Layer]) -> None:
        if self._peeks or not layers:
            return
        shown = self.shown()
        for layer in layers:
            painter.save()
            layer.paint(painter, shown)
            painter.restore()

    def _path(self, mark: Mark, stack: StackGeometry) -> QPainterPath:
        key = (mark.outline, self._state.slice_index)
        if key not in self._paths:
            self._paths[key] = path_of(mark.outline.in_plane(stack, stack.depth_of(self._state.slice_index)))
        return self._paths[key]

    def _paint_crosshair(self, painter: QPainter, plane: ScreenPlane) -> None:
        point = self._crosshair
        if point is None or not plane.stack.holds_depth(point):
            return
        middle = QPointF(*plane.pixel(point))
        reach = float(self.width() + self.height()) + abs(middle.x()) + abs(middle.y())
        painter.save()
        painter.setPen(QPen(_CROSSHAIR_COLOUR, 1))
        for u, v in self._cross_lines:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, min(abs(u), abs(v)) > _TILTED)
            along = QPointF(u, v) / (u * u + v * v) ** 0.5
            painter.drawLine(middle + along * _CROSSHAIR_GAP, middle + along * reach)
            painter.drawLine(middle - along * _CROSSHAIR_GAP, middle - along * reach)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, hung: Hung, plane: ScreenPlane) -> None:
        align, state = Qt.AlignmentFlag, self._state
        window = (f"W {state.window.width:.0f}", f"L {state.window.level:.0f}{inverted_in_words(state.inverted)}")
        magnified = hung.stack.pixel_mm[0] / plane.mm_per_pixel
        number = tr("Im {number_of} / {slice_count}").format(
            number_of=hung.stack.number_of(state.slice_index), slice_count=hung.stack.slice_count
        )
        position = signed_position(hung.stack, state.slice_index)
        low = box.height() < _LOW
        below = draw_caption(painter, box, self._caption(hung))
        if hung.frame_mark is not None:
            painter.setFont(self.font())
            chip = self.frame_chip
            draw_frame_chip(painter, chip.topLeft(), hung.frame_mark.state, self._chip_text(hung.frame_mark))
            below = below and below + chip.height() + _CHIP_GAP
        if not hung.flat:
            draw_letters(painter, box, hung.stack, below)
        if box.width() < _SLIM:
            left = (*window, *([] if low else [f"{magnified:.1f}×"]))
        else:
            left = (" ".join(window), *([] if low else [tr("Zoom {magnified:.1f}×").format(magnified=magnified)]))
        left = (*([self.window_name] if self.window_name and not low else []), *left)
        where = () if low or hung.flat else (position,)
        draw_corner(painter, box, align.AlignBottom | align.AlignLeft, left)
        draw_corner(painter, box, align.AlignBottom | align.AlignRight, (number, *where))
        if self._hover is not None:
            short = hung.flat or is_narrow(box)
            point = plane.lps(self._hover.x(), self._hover.y())
            under = probe(hung.volume, point, unit=hung.unit, short=short)
            draw_corner(painter, box, align.AlignTop | align.AlignRight, under.split(" · ") if under else ())
        if note := self._note(hung):
            draw_note(painter, box, note)

    def _note(self, hung: Hung) -> str:
        if self._crosshair and not hung.stack.holds_depth(self._crosshair):
            return tr("The crosshair lies outside of this series.")
        return hung.note
