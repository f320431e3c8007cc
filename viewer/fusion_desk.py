"""What is laid over the T2 images of one reading room, and how it looks."""

from collections.abc import Sequence
from dataclasses import replace

from highdicom import Volume
from PySide6.QtCore import QObject, QPointF, Signal

from core.errors import FramesDiffer
from core.study import Role
from service.reading import LoadedSeries, OpenStudy
from viewer.fusion import FusionLook, FusionSource, adc_source, signal_source
from viewer.fusion_layer import FusionImages, FusionLayer
from viewer.fusion_swipe import SwipeHand, is_on_divider
from viewer.hand import View
from viewer.language import tr

_T2 = (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL)


class FusionDesk(QObject):
    """Keeps one image at a time over the volumes of a study; each image keeps the look that the reader gave it."""

    layer_changed = Signal()
    """The viewports are to paint `layers` anew."""
    sources_changed = Signal()
    """Other images can be laid over."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._onto: tuple[Volume, ...] = ()
        self._problem = self._missing = ""
        self._sources: dict[str, FusionSource] = {}
        self._looks: dict[str, FusionLook] = {}
        self._images: FusionImages | None = None
        self._layer: FusionLayer | None = None

    def show_study(self, opened: OpenStudy | None) -> None:
        """Lay images of this study over its T2 series from now on; none is chosen."""
        self._sources, self._looks, self._images, self._onto = {}, {}, None, ()
        self._missing = ""
        self._make_layer()
        if opened is not None:
            self.offer(opened)
        self.sources_changed.emit()

    def offer(self, opened: OpenStudy, gland: Volume | None = None) -> None:
        """Offer the study's ADC and high-b images as they lie now: `opened` may be nudged, the gland just be found."""
        self._onto = _volumes(opened.series, _T2)
        reference = opened.volume(Role.T2_AXIAL)
        if reference is None:
            self._problem = tr("Nothing can be laid over: the study has no axial T2 that can be read.")
            return
        problems: list[str] = []
        for one in opened.series:
            try:
                if (source := _source_of(one, reference, gland)) is not None:
                    self.set_source(source)
            except FramesDiffer as error:
                problems.append(str(error))
                self.remove_source(one.choice.title)  # it was laid on the T2, and is no longer
        self._problem = " ".join(problems)

    def set_source(self, source: FusionSource) -> None:
        """Offer an image, in place of the one of the same name: another b-value, another phase, a nudged one."""
        is_new = source.name not in self._sources
        self._sources[source.name] = source
        if self._images is not None and self._images.source.name == source.name:
            self._images = FusionImages(source)
            self._make_layer()
        if is_new:
            self.sources_changed.emit()

    def tell_missing(self, sentence: str) -> None:
        """Say what could be laid over and is not there, and how to get it; empty when nothing is missing."""
        self._missing = sentence
        self.sources_changed.emit()

    def remove_source(self, name: str) -> None:
        """Offer an image no longer."""
        if self._sources.pop(name, None) is None:
            return
        if self.chosen == name:
            self.choose("")
        self.sources_changed.emit()

    @property
    def problem(self) -> str:
        """Why images of the study cannot be laid over, or an empty string."""
        return self._problem

    @property
    def missing(self) -> str:
        """What could be laid over and is not there, or an empty string."""
        return self._missing

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the images that can be laid over."""
        return tuple(self._sources)

    @property
    def source(self) -> FusionSource | None:
        """The image that is laid over, or None."""
        return self._images.source if self._images else None

    @property
    def chosen(self) -> str:
        """The name of the image that is laid over, or an empty string."""
        return self._images.source.name if self._images else ""

    @property
    def look(self) -> FusionLook | None:
        """How it looks, or None."""
        return None if self._images is None else self._looks.get(self.chosen, self._images.source.look)

    @property
    def layers(self) -> tuple[FusionLayer, ...]:
        """What the viewports paint under the marks."""
        return (self._layer,) if self._layer else ()

    def choose(self, name: str) -> None:
        """Lay an image over, in the mode of the one before, or none with an empty string; raises KeyError."""
        mode = self.look.mode if self.look else None
        self._images = FusionImages(self._sources[name]) if name else None
        if mode is not None and self.look is not None:
            self._looks[name] = replace(self.look, mode=mode)
        self._make_layer()

    def set_look(self, look: FusionLook) -> None:
        """Show the chosen image so."""
        if self._images is not None and look != self.look:
            self._looks[self.chosen] = look
            self._make_layer()

    def grip(self, view: View, at: QPointF) -> SwipeHand | None:
        """Return the hand that moves the divider when a pixel lies on it, else None."""
        look = self.look
        if look is None or self._layer is None or not self._layer.is_on(view.shown().volume):
            return None
        return SwipeHand(self._move_divider) if is_on_divider(look, view, at) else None

    def _move_divider(self, share: float) -> None:
        if self.look is not None:
            self.set_look(replace(self.look, divider=share))

    def _make_layer(self) -> None:
        look = self.look
        self._layer = FusionLayer(self._images, look, self._onto) if self._images and look else None
        self.layer_changed.emit()


def _volumes(series: Sequence[LoadedSeries], roles: Sequence[Role]) -> tuple[Volume, ...]:
    return tuple(one.volume for one in series if one.choice.role in roles and one.volume is not None)


def _source_of(one: LoadedSeries, reference: Volume, gland: Volume | None) -> FusionSource | None:
    if one.volume is None or one.choice.role not in (Role.ADC, Role.HIGH_B):
        return None
    if one.choice.role is Role.ADC:
        return adc_source(one.choice.title, one.volume, reference)
    return signal_source(one.choice.title, one.volume, reference, gland)
