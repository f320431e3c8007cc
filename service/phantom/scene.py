"""Tissues painted over one another in space, and what a sequence sees of them at given points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from service.phantom.shapes import Floats, Points, Shape
from service.phantom.texture import Texture, Unevenness, Warp
from service.phantom.tissues import AIR, Tissue

_MOST_BENT_MM = 5.0  # more than a warp or a soft edge moves a boundary

Contrast = Callable[[Tissue, Floats | float], Sequence[Floats | float]]
"""The signals of a tissue in each image of a sequence, given the local factor of its ADC."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One tissue in one shape; later layers cover earlier ones.

    `paired` draws it on both sides, `bent` lets the warp of the scene shape its outline, and `edge_mm` is the width
    over which it blends into what lies beneath.
    """

    tissue: Tissue
    shape: Shape
    paired: bool = False
    bent: bool = True
    edge_mm: float = 0.7


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole body: its layers, their boxes (layer, corner, axis), the common texture and the bend of space."""

    layers: tuple[Layer, ...]
    boxes: Floats
    texture: Texture
    warp: Warp

    def seen(self, points: Points, contrast: Contrast) -> Floats:
        """Return the signals (image, point) of a sequence with this `contrast` at points that lie close together."""
        values = np.zeros((len(contrast(AIR, 1.0)), points.u.size), dtype=np.float32)
        bent = self.warp.bent(points)
        uneven = self.texture.at(points)
        for layer in self._near(bent):
            _paint(layer, bent if layer.bent else points, uneven, contrast, values)
        return values

    def _near(self, points: Points) -> list[Layer]:
        paired = np.array([layer.paired for layer in self.layers])
        low, high = np.where(
            paired[:, None, None],
            np.array(points.mirrored().box().grown(_MOST_BENT_MM)),
            np.array(points.box().grown(_MOST_BENT_MM)),
        ).transpose(1, 0, 2)
        near = np.all((self.boxes[:, 0] <= high) & (self.boxes[:, 1] >= low), axis=1)
        return [self.layers[n] for n in np.flatnonzero(near)]


def scene(layers: Sequence[Layer], uneven: Texture, bend: Warp) -> Scene:
    """Return the scene of these layers."""
    boxes = np.array([layer.shape.box for layer in layers], dtype=np.float32)
    return Scene(tuple(layers), boxes, uneven, bend)


def _paint(layer: Layer, points: Points, uneven: Unevenness, contrast: Contrast, values: Floats) -> None:
    distance = layer.shape(points.mirrored() if layer.paired else points)
    index = np.flatnonzero(distance < 0.5 * layer.edge_mm)
    if not index.size:
        return
    cover = np.minimum(0.5 - distance[index] / np.float32(layer.edge_mm), np.float32(1.0))
    here = Unevenness(*(field[index] for field in uneven))
    tissue, factor = layer.tissue, _factor(layer.tissue, here)
    diffusion = 1.0 + tissue.adc_patches * here.patches if tissue.adc_patches else 1.0
    for channel, signal in enumerate(contrast(tissue, diffusion)):
        below = values[channel, index]
        values[channel, index] = below + cover * (signal * factor - below)


def _factor(tissue: Tissue, here: Unevenness) -> Floats:
    factor = 1.0 + tissue.grain * here.grain + tissue.patches * here.patches - tissue.strands * here.septa
    return np.maximum(factor, np.float32(0.05))
