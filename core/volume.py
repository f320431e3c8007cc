"""Volumes: `highdicom.Volume`, and the checks and sums that it leaves to us.

A `Volume` has its array in (slice k, row j, column i) order and an affine from (k, j, i) to patient millimetres
(LPS), with the frame of reference that the millimetres are in.
"""

import base64
import json
import zlib
from typing import Annotated, Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from pydantic import PlainSerializer, PlainValidator

from core.errors import FramesDiffer

PointLps = tuple[float, float, float]
"""A position in patient millimetres: +x to the patient's left, +y posterior, +z superior."""


def require_same_frame(first: Volume, second: Volume, *, names: tuple[str, str]) -> None:
    """Raise `FramesDiffer` unless both volumes are in one frame of reference.

    highdicom 0.28.2 does not compare frames in `geometry_equal` or `match_geometry`, so this is called before any
    overlay, resampling or measurement across series.
    """
    if not first.frame_of_reference_uid or first.frame_of_reference_uid != second.frame_of_reference_uid:
        raise FramesDiffer(f"{names[0]} was not acquired in the frame of reference of {names[1]}; register it first.")


def same_grid(first: Volume, second: Volume) -> bool:
    """Tell whether two volumes share frame of reference, shape and affine (to a thousandth of a millimetre)."""
    return (
        first.frame_of_reference_uid == second.frame_of_reference_uid
        and first.spatial_shape == second.spatial_shape
        and bool(np.allclose(first.affine, second.affine, atol=1e-3))
    )


def on_grid_of(reference: Volume, array: NDArray[Any]) -> Volume:
    """Return `array` (k, j, i) as a volume with the geometry and frame of `reference`."""
    return Volume(
        array=array,
        affine=reference.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=reference.frame_of_reference_uid,
    )


def voxel_volume_ml(volume: Volume) -> float:
    """Return the volume of one voxel in millilitres."""
    return abs(float(np.linalg.det(volume.affine[:3, :3]))) / 1000.0


def position_lps(volume: Volume, index_kji: tuple[float, float, float]) -> PointLps:
    """Return the patient position (mm, LPS) of a fractional voxel index (k, j, i)."""
    x, y, z = (volume.affine @ np.array([*index_kji, 1.0]))[:3]
    return float(x), float(y), float(z)


def index_kji(volume: Volume, point: PointLps) -> tuple[float, float, float]:
    """Return the fractional voxel index (k, j, i) of a patient position (mm, LPS)."""
    k, j, i = (np.linalg.inv(volume.affine) @ np.array([*point, 1.0]))[:3]
    return float(k), float(j), float(i)


def voxels_of(mask: Volume) -> NDArray[np.intp]:
    """Return the indices (n, 3) as (k, j, i) of the voxels in a mask; `np.argwhere` takes eight times as long."""
    return np.column_stack(np.unravel_index(np.flatnonzero(mask.array > 0), mask.array.shape))


def centroid_lps(mask: Volume) -> PointLps:
    """Return the centre of mass (mm, LPS) of a mask; raises ValueError when the mask is empty."""
    voxels = voxels_of(mask)
    if not len(voxels):
        raise ValueError("An empty mask has no centre.")
    k, j, i = voxels.mean(axis=0)
    return position_lps(mask, (float(k), float(j), float(i)))


def pack(volume: Volume) -> str:
    """Return a volume as text (JSON with zlib + base64 voxels), for drafts and for the child process."""
    array = np.ascontiguousarray(volume.array)
    return json.dumps(
        {
            "affine": volume.affine.tolist(),
            "frame_of_reference_uid": volume.frame_of_reference_uid,
            "shape": array.shape,
            "dtype": array.dtype.str,
            "voxels": base64.b64encode(zlib.compress(array.tobytes(), 1)).decode(),
        }
    )


def unpack(packed: object) -> Volume:
    """Return the volume that `pack` packed; a volume is returned as it is."""
    if isinstance(packed, Volume):
        return packed
    fields = json.loads(str(packed))
    voxels = zlib.decompress(base64.b64decode(fields["voxels"]))
    return Volume(
        array=np.frombuffer(voxels, dtype=np.dtype(fields["dtype"])).reshape(fields["shape"]).copy(),
        affine=np.array(fields["affine"]),
        coordinate_system="PATIENT",
        frame_of_reference_uid=fields["frame_of_reference_uid"],
    )


PackedVolume = Annotated[Volume, PlainValidator(unpack), PlainSerializer(pack, return_type=str)]
"""A volume inside a value that pydantic writes to JSON and reads back."""
