"""Choosing key images: the shown one is marked or unmarked, and marks and list follow the report."""

from collections import defaultdict

from PySide6.QtCore import QObject, Signal

from core.errors import ProsectorError
from core.report import KeyImage
from core.study import RecognisedStudy
from core.volume import PointLps
from service.key_images import Images, ShownSlice, image_shown, is_same, marked_or_not, slices_of, with_words
from service.reading import OpenStudy
from viewer.hanging import images_of
from viewer.key_image_layer import KeyImageLayer
from viewer.key_image_panel import KeyImagePanel
from viewer.layers import Layer
from viewer.session import Session
from viewer.viewport import Viewport


class KeyImageDesk(QObject):
    """One reading room's key images. `layers_changed` asks to paint `layers` anew."""

    layers_changed = Signal()
    go_wanted = Signal(object)
    """The images are to be shown at this patient position."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.panel = KeyImagePanel()
        self._session: Session | None = None
        self._recognised: RecognisedStudy | None = None
        self._slices: dict[Images, tuple[ShownSlice, ...]] = {}
        self._painted: tuple[KeyImage, ...] = ()
        self._layers: tuple[Layer, ...] = ()
        self.panel.remove_wanted.connect(self._mark)
        self.panel.written.connect(self._write)
        self.panel.go_wanted.connect(self._go)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The marks on the pictures."""
        return self._layers

    def show_session(self, session: Session | None, opened: OpenStudy | None) -> None:
        """Mark in this report from now on."""
        if self._session is not None:
            self._session.changed.disconnect(self._follow)
        self._session, self._recognised = session, opened.recognised if opened else None
        self._slices, self._painted, self._layers = {}, (), ()
        if session is not None:
            session.changed.connect(self._follow)
        self._follow()

    def toggle(self, viewport: Viewport) -> None:
        """Mark the image that a viewport shows, or unmark it; says why where that cannot be."""
        if self._session is None or self._recognised is None or viewport.hung is None:
            return
        shown, count = viewport.shown(), viewport.hung.stack.slice_count
        try:
            image = image_shown(self._recognised, shown.images, shown.slice_index, count)
        except ProsectorError as error:
            self.failed.emit(str(error))
            return
        self._slices.setdefault(shown.images, slices_of(self._recognised, shown.images))
        self._mark(image)

    def _mark(self, image: KeyImage) -> None:
        if self._session is not None:
            self._session.edit(lambda report: marked_or_not(report, image), what="key image")

    def _write(self, image: KeyImage, words: str) -> None:
        if self._session is not None:
            self._session.edit(lambda report: with_words(report, image, words), what="words of a key image")

    def _go(self, image: KeyImage) -> None:
        place = self._place(image)
        if place is not None:
            self.go_wanted.emit(place)

    def _place(self, image: KeyImage) -> PointLps | None:
        self._look_up((image,))
        found = (x for slices in self._slices.values() for x in slices if is_same(_image(x), image))
        return next((x.middle for x in found), None)

    def _follow(self) -> None:
        chosen = self._session.report.key_images if self._session else ()
        self.panel.show_images(chosen)
        if chosen == self._painted:
            return
        self._painted = chosen
        self._look_up(chosen)
        self._layers = (KeyImageLayer(self._marked(chosen)),) if chosen else ()
        self.layers_changed.emit()

    def _look_up(self, images: tuple[KeyImage, ...]) -> None:
        """Read where the slices of every stack lie that holds one of `images`."""
        recognised = self._recognised
        if recognised is None:
            return
        wanted = {(image.sop_instance_uid, image.frame_number) for image in images}
        for stack_images in _stack_images(recognised):
            if stack_images & wanted and stack_images not in self._slices:
                try:
                    self._slices[stack_images] = slices_of(recognised, stack_images)
                except ProsectorError as error:
                    self.failed.emit(str(error))

    def _marked(self, chosen: tuple[KeyImage, ...]) -> dict[Images, frozenset[int]]:
        marked: dict[Images, set[int]] = defaultdict(set)
        for images, slices in self._slices.items():
            for place, one in enumerate(slices):
                if any(is_same(_image(one), image) for image in chosen):
                    marked[images].add(place)
        return {images: frozenset(places) for images, places in marked.items()}


def _image(one: ShownSlice) -> KeyImage:
    return KeyImage(one.sop_instance_uid, one.words, one.frame_number)


def _stack_images(recognised: RecognisedStudy) -> list[Images]:
    stacks = [stack for choice in recognised.choices if not choice.fitted for stack in choice.stacks]
    return [images_of(stack) for stack in stacks]
