"""An outline as a line of text: what Prosector needs to go on from a report, and no viewer is to draw."""

import zlib
from base64 import b64decode, b64encode

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray


def packed(mask: Volume) -> str:
    """Return a 0/1 mask as text: the first voxel (k, j, i) of its box, the size of the box, and its bits."""
    voxels = np.argwhere(mask.array > 0)
    low, high = voxels.min(axis=0), voxels.max(axis=0) + 1
    box = mask.array[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] > 0
    bits = b64encode(zlib.compress(np.packbits(box).tobytes())).decode()
    return " ".join((*map(str, (*low.tolist(), *box.shape)), bits))


def unpacked(told: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the mask that `packed` packed, in an array of `shape`; raises ValueError when it lies beyond it."""
    *numbers, bits = told.split(" ")
    k, j, i, *size = map(int, numbers)
    array = np.zeros(shape, np.uint8)
    box = array[k : k + size[0], j : j + size[1], i : i + size[2]]
    if box.shape != tuple(size):
        raise ValueError("a packed outline lies beyond the axial T2")
    flat = np.unpackbits(np.frombuffer(_inflated(bits), np.uint8), count=box.size)
    box[...] = flat.reshape(box.shape)
    return array


def _inflated(bits: str) -> bytes:
    try:
        return zlib.decompress(b64decode(bits))
    except zlib.error as error:
        raise ValueError("a packed outline is damaged") from error
