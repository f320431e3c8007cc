"""Gland, zones, lesions and cuts through the images as pictures of a scene. Loads OpenGL: import it late."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from core.volume import PointLps, on_grid_of
from viewer.content_3d import Content, Part
from viewer.language import tr
from viewer.mpr_axes import PLANE_COLOURS
from viewer.mpr_planes import PLANES, oblique_stack, own_planes
from viewer.overlays import GLAND_COLOUR, LesionOverlay
from viewer.render.bridges import Cut, Rgb, Shape, grid_over
from viewer.render.geometry import Pair, Plane, StackGeometry, Vector
from viewer.render.lut import grey
from viewer.render.scene import Scene
from viewer.render.slice import Reslicer

PERIPHERAL_COLOUR, TRANSITION_COLOUR = (0x5B, 0x8D, 0xEF), (0xC5, 0x8A, 0xF0)
_CUT_OF = {Plane.AXIAL: Part.AXIAL, Plane.SAGITTAL: Part.SAGITTAL, Plane.CORONAL: Part.CORONAL}
_GLAND, _ZONES = "gland", {tr("peripheral zone"): (1, PERIPHERAL_COLOUR), tr("transition zone"): (2, TRANSITION_COLOUR)}
_GLAND_OPACITY, _ZONE_OPACITY = 0.5, 0.6
_MARGIN_MM = 15.0
_FILLED = 1.15  # the radius that is looked at, in halves of the region's longest side
_FIRST_TURN = (-30.0, 38.0)
_DARKEST = 1  # so that a picture without any light means that nothing was drawn


@dataclass(frozen=True, slots=True)
class LesionSpot:
    """Where a lesion is seen (pixels of the frame)."""

    overlay: LesionOverlay
    at: Pair


class Picture3D:
    """A `Source` of frames. What changed is brought into the scene only when the next frame is drawn."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._wanted = Content()
        self._drawn: Content | None = None
        self._images: _Images | None = None
        self._zone_masks: dict[str, Shape] = {}

    def show(self, content: Content) -> None:
        """Show this from the next frame on."""
        self._wanted = content

    def frame(self, width: int, height: int) -> NDArray[np.uint8] | None:
        """Return the picture; None when OpenGL is lost."""
        before, now, self._drawn = self._drawn, self._wanted, self._wanted
        if now is not before:
            self._bring_in(before or Content(), now)
        return self.scene.frame(width, height)

    def close(self) -> None:
        """Take everything out of the scene and give its OpenGL context back."""
        self.scene.close()

    def spots(self) -> list[LesionSpot]:
        """Return where the lesions of the last frame are seen."""
        if self._drawn is None:
            return []
        lesions = list(_shown_lesions(self._drawn))
        middles = [(lesion, self.scene.middle_of(lesion.tracking_uid)) for lesion in lesions]
        return [LesionSpot(lesion, self.scene.pixel_of(middle)) for lesion, middle in middles if middle is not None]

    @property
    def zones(self) -> tuple[tuple[str, Rgb], ...]:
        """The zones in the last frame, by name and colour (RGB); none while they are not shown."""
        shown = self._drawn is not None and self._drawn.bodies and Part.ZONES in self._drawn.parts
        return tuple((name, shape.colour) for name, shape in self._zone_masks.items()) if shown else ()

    def lesion_at(self, x: float, y: float) -> str:
        """Return the tracking UID of the lesion seen at a pixel of the last frame, or an empty string."""
        names = frozenset(lesion.tracking_uid for lesion in _shown_lesions(self._drawn or Content()))
        return self.scene.shape_at(x, y, names)

    def look_at_all(self) -> None:
        """Turn to the gland, without one to the whole series."""
        region = _region(self._wanted)
        if region is not None:
            middle = (region.min(axis=0) + region.max(axis=0)) / 2
            radius = _FILLED * float(np.ptp(region, axis=0).max()) / 2
            self.scene.look_at((float(middle[0]), float(middle[1]), float(middle[2])), radius)

    def _bring_in(self, before: Content, now: Content) -> None:
        if now.volume is not before.volume:
            self._images = _Images(now.volume) if now.volume is not None else None
        if now.zones is not before.zones:
            self._zone_masks = _zone_shapes(now.zones)
        self.scene.set_shapes(dict(self._bodies(now)))
        self._cut(now)
        gland_is_new = before.overlays.gland is None and now.overlays.gland is not None
        if now.volume is not before.volume or gland_is_new:
            self.scene.look_from("A")
            self.scene.orbit(*_FIRST_TURN)
            self.look_at_all()

    def _bodies(self, now: Content) -> Iterator[tuple[str, Shape]]:
        if not now.bodies:
            return
        zones = self._zone_masks if Part.ZONES in now.parts else {}
        for name, shape in zones.items():
            yield name, Shape(shape.mask, shape.colour, _ZONE_OPACITY * now.opacity)
        gland = now.overlays.gland
        if gland is not None and Part.GLAND in now.parts and not zones:
            yield _GLAND, Shape(gland, GLAND_COLOUR, _GLAND_OPACITY * now.opacity)
        for lesion in _shown_lesions(now):
            selected = lesion.tracking_uid == now.overlays.selected
            yield lesion.tracking_uid, Shape(lesion.mask, lesion.colour, 1.0, selected)

    def _cut(self, now: Content) -> None:
        region = _region(now)
        for plane in PLANES:
            cut = None
            if self._images and region is not None and now.crosshair is not None and _CUT_OF[plane] in now.parts:
                cut = self._images.cut(plane, now, now.crosshair, region)
            self.scene.set_cut(plane.name, cut, _rgb(PLANE_COLOURS[plane]))


class _Images:
    """The series that is cut, along its own axes."""

    def __init__(self, volume: Volume) -> None:
        planes = own_planes(volume)
        self._reslicer = Reslicer(volume)
        self._stacks = {plane: oblique_stack(volume, plane, planes.of(plane)) for plane in PLANES}

    def cut(self, plane: Plane, now: Content, at: PointLps, region: Vector) -> Cut | None:
        """Return the cut through `at`, as far as it lies around `region` (n, 3); None beside the series."""
        stack = self._stacks[plane]
        if not stack.holds_depth(at):
            return None
        low, high = _around(stack, region)
        if not (low[0] < high[0] and low[1] < high[1]):
            return None
        grid = grid_over(stack, stack.uvd(at)[2], low, high)
        return Cut(grid, np.maximum(grey(self._reslicer.sample(grid), now.window), _DARKEST))


def _around(stack: StackGeometry, region: Vector) -> tuple[Pair, Pair]:
    """Return the rectangle (u, v) around points (n, 3), within the picture."""
    us, vs = region @ stack.right, region @ stack.down
    low = max(stack.top_left[0], float(us.min())), max(stack.top_left[1], float(vs.min()))
    high = min(stack.bottom_right[0], float(us.max())), min(stack.bottom_right[1], float(vs.max()))
    return low, high


def _region(content: Content) -> Vector | None:
    """Return the corners (8, 3) of what is looked at: the gland and a margin, else the series; None without both."""
    gland = content.overlays.gland
    found = np.argwhere(gland.array > 0) if gland is not None else np.empty((0, 3))
    if gland is not None and len(found):
        beyond = _MARGIN_MM / np.array(gland.spacing)
        return _corners(gland, found.min(axis=0) - beyond, found.max(axis=0) + beyond)
    if content.volume is None:
        return None
    return _corners(content.volume, np.full(3, -0.5), np.array(content.volume.spatial_shape) - 0.5)


def _corners(volume: Volume, first: Vector, last: Vector) -> Vector:
    ends = np.array(np.meshgrid(*zip(first, last, strict=True), indexing="ij")).reshape(3, 8)
    return (volume.affine[:3, :3] @ ends).T + volume.affine[:3, 3]


def _shown_lesions(content: Content) -> Iterator[LesionOverlay]:
    if content.bodies and Part.LESIONS in content.parts:
        yield from (lesion for lesion in content.overlays.lesions if lesion.visible)


def _zone_shapes(zones: Volume | None) -> dict[str, Shape]:
    if zones is None:
        return {}
    masks = {name: (zones.array == label, colour) for name, (label, colour) in _ZONES.items()}
    return {name: Shape(on_grid_of(zones, m.astype(np.uint8)), colour) for name, (m, colour) in masks.items()}


def _rgb(colour: QColor) -> Rgb:
    return colour.red(), colour.green(), colour.blue()
