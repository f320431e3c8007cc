"""The reader's measurements: shown in every viewport, selected, changed and removed through the session."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QLineF, QObject, QPointF, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from core.annotations import Annotation, Kind, outlines
from core.errors import ProsectorError
from core.report import Report
from core.volume import PointLps
from inference.roi import roi_statistics
from viewer.annotation_hands import ChangeHand, DrawHand
from viewer.annotation_layer import AnnotationLayer, in_slice
from viewer.hand import View
from viewer.language import tr
from viewer.session import Session

_NEAR_PIXELS = 7.0


class AnnotationDesk(QObject):
    """One reading room's drawings. `layer_changed` asks to paint `layer` anew; `drawn` tells of a new drawing."""

    layer_changed = Signal()
    drawn = Signal()
    failed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._session: Session | None = None
        self._selected = ""

    def show_session(self, session: Session | None) -> None:
        """Show the drawings of this session's report from now on."""
        if self._session is not None:
            self._session.changed.disconnect(self._follow)
        self._session, self._selected = session, ""
        if session is not None:
            session.changed.connect(self._follow)
        self.layer_changed.emit()

    @property
    def layer(self) -> AnnotationLayer:
        """What the viewports paint."""
        return AnnotationLayer(self._drawings(), self._selected)

    @property
    def selected(self) -> str:
        """The UID of the selected drawing, or an empty string."""
        return self._selected

    def hand(self, kind: Kind) -> DrawHand:
        """Return a hand that draws one kind."""
        return DrawHand(kind, self)

    def grip(self, view: View, at: QPointF) -> ChangeHand | None:
        """Select what is drawn under a pixel and return the hand that moves it; nothing there deselects."""
        found = self._under(view, at)
        self._select(found[0].uid if found else "")
        return ChangeHand(*found, self) if found else None

    def remove_selected(self) -> bool:
        """Remove the selected drawing; returns whether there was one."""
        uid = self._selected
        if not uid:
            return False
        self._selected = ""
        return self._edit(lambda drawings: tuple(d for d in drawings if d.uid != uid), "remove drawing")

    # ------------------------------------------------------------------ what the hands call

    def takes(self, kind: Kind, view: View) -> bool:
        """Tell whether one can be drawn in `view`; says why not."""
        objection = _objection(view, region=kind in (Kind.ELLIPSE, Kind.POLYGON))
        if objection:
            self.failed.emit(objection)
        return not objection

    def snap_points(self, frame: str, *, but: str = "") -> tuple[PointLps, ...]:
        """Return the points of all drawings in a frame of reference but the one with the UID `but`."""
        here = [d for d in self._drawings() if d.frame_of_reference_uid == frame and d.uid != but]
        return tuple(point for drawn in here for point in drawn.points)

    def add(self, drawn: Annotation, view: View) -> None:
        """Keep a new drawing; an arrow and a text ask for their words first."""
        if drawn.kind in (Kind.ARROW, Kind.TEXT):
            self._ask(drawn)
            return
        self._keep(drawn, view)

    def change(self, drawn: Annotation, view: View) -> None:
        """Keep a drawing in place of the one with its UID."""
        changed = self._measured(drawn, view)
        if changed is not None:
            swap = tuple(changed if d.uid == changed.uid else d for d in self._drawings())
            self._edit(lambda _: swap, "change drawing")

    # ------------------------------------------------------------------ inside

    def _keep(self, drawn: Annotation, view: View | None) -> None:
        measured = self._measured(drawn, view) if view is not None else drawn
        if measured is None:
            return
        self._selected = measured.uid
        if self._edit(lambda drawings: (*drawings, measured), f"draw {drawn.kind}"):
            self.drawn.emit()

    def _measured(self, drawn: Annotation, view: View) -> Annotation | None:
        if not drawn.is_region:
            return drawn
        if objection := _objection(view, region=True):
            self.failed.emit(objection)
            return None
        seen = view.seen()
        try:
            return replace(drawn, statistics=roi_statistics(drawn, view.shown().volume, seen.title, seen.unit))
        except (ProsectorError, ValueError) as error:
            self.failed.emit(str(error))
            return None

    def _ask(self, drawn: Annotation) -> None:
        dialog = QInputDialog(self._window)
        dialog.setObjectName("annotationText")
        dialog.setWindowTitle(tr("Note"))
        dialog.setLabelText(tr("Text on the image:"))
        dialog.textValueSelected.connect(lambda text: self._written(drawn, text))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _written(self, drawn: Annotation, text: str) -> None:
        if text.strip() or drawn.kind is Kind.ARROW:
            self._keep(replace(drawn, text=text.strip()), None)

    def _drawings(self) -> tuple[Annotation, ...]:
        return self._session.report.annotations if self._session else ()

    def _edit(self, change: Callable[[Sequence[Annotation]], tuple[Annotation, ...]], what: str) -> bool:
        def edited(report: Report) -> Report:
            return replace(report, annotations=change(report.annotations))

        return self._session.edit(edited, what=what) if self._session else False

    def _follow(self) -> None:
        if self._selected not in {drawn.uid for drawn in self._drawings()}:
            self._selected = ""
        self.layer_changed.emit()

    def _select(self, uid: str) -> None:
        if uid != self._selected:
            self._selected = uid
            self.layer_changed.emit()

    def _under(self, view: View, at: QPointF) -> tuple[Annotation, int | None] | None:
        """Return the drawing under a pixel and which of its points is, None when it is a line; the last drawn first."""
        shown = view.shown()
        here = [d for d in reversed(self._drawings()) if d.frame_of_reference_uid == shown.frame]
        for drawn in here:
            for index, point in enumerate(drawn.points):
                if in_slice((point,), shown.plane) and _apart(QPointF(*shown.plane.pixel(point)), at) <= _NEAR_PIXELS:
                    return drawn, index
        for drawn in here:
            for piece in (piece for line in outlines(drawn) for piece in in_slice(line, shown.plane)):
                corners = [QPointF(*shown.plane.pixel(point)) for point in piece]
                if any(_to_segment(at, a, b) <= _NEAR_PIXELS for a, b in pairwise(corners)):
                    return drawn, None
        return None


def _objection(view: View, *, region: bool) -> str:
    """Return why nothing can be drawn in a view, empty when it can."""
    seen = view.seen()
    if not view.shown().frame:
        return tr(
            "{title} names no frame of reference, so that a drawing on it would have no place in the patient."
        ).format(title=seen.title)
    if region and seen.slab is not None:
        return tr(
            "The picture is a slab of {thickness_mm:.0f} mm, and the statistics of a region "
            "are those of a thin plane; set the slab to thin first."
        ).format(thickness_mm=seen.slab.thickness_mm)
    return ""


def _apart(a: QPointF, b: QPointF) -> float:
    return QLineF(a, b).length()


def _to_segment(at: QPointF, a: QPointF, b: QPointF) -> float:
    along = b - a
    size = QPointF.dotProduct(along, along)
    share = min(max(QPointF.dotProduct(at - a, along) / size, 0.0), 1.0) if size else 0.0
    return _apart(at, a + along * share)
