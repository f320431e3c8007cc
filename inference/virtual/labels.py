"""Real gland, zone and cancer masks of the public PI-CAI labels, cropped around one gland at a time."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.uid import generate_uid

PIXEL_MM = 0.6
"""In-plane spacing of the grid that the masks are brought to; the slices stay as they were acquired."""
_MARGIN_MM = 18.0
_LEAST_VOXELS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class LabelledCase:
    """The masks of one case on one grid whose axes rise to superior, posterior and left.

    `gland` is 0/1 by one AI, `zones` 1 = PZ and 2 = TZ by another, so the two disagree as two segmentations do; where
    the first found nothing (1 of the 1,002), the zones make the gland. `lesions` is 0/1 by an expert.
    """

    name: str
    gland: Volume
    zones: Volume
    lesions: Volume


def case_names(labels: Path, remainder: int, *, significant: bool) -> tuple[str, ...]:
    """Return the cases with this patient number modulo three, with or without significant cancer, sorted by name."""
    truth = _significant(labels / "marksheet.csv")
    drawn = {path.name.removesuffix(".nii.gz") for path in (labels / "lesions").glob("*.nii.gz")}
    zoned = sorted(path.name.removesuffix(".nii.gz") for path in (labels / "zones").glob("*.nii.gz"))
    return tuple(
        name
        for name in zoned
        if int(name.split("_")[0]) % 3 == remainder and truth[name] == significant == (name in drawn)
    )


@cache
def _significant(marksheet: Path) -> dict[str, bool]:
    with marksheet.open(newline="") as file:
        return {f"{row['patient_id']}_{row['study_id']}": row["case_csPCa"] == "YES" for row in csv.DictReader(file)}


def read_labels(labels: Path, name: str) -> LabelledCase:
    """Return one case; its cancer mask is empty when none was drawn. Raises ValueError when it has next to no gland."""
    import SimpleITK as sitk

    zones = sitk.DICOMOrient(sitk.ReadImage(str(labels / "zones" / f"{name}.nii.gz")), "LPS")
    gland = sitk.ReadImage(str(labels / "gland" / f"{name}.nii.gz"))
    grid = _grid_around(zones, name)
    lesions = labels / "lesions" / f"{name}.nii.gz"
    on_grid = [_resampled(image, grid) for image in (gland, zones)]
    drawn = _resampled(sitk.ReadImage(str(lesions)), grid) if lesions.exists() else np.zeros_like(on_grid[0])
    frame = generate_uid(prefix=None, entropy_srcs=[name])
    found = on_grid[0] if np.any(on_grid[0]) else on_grid[1]
    masks = ((found > 0).astype(np.uint8), on_grid[1], (drawn > 0).astype(np.uint8))
    return LabelledCase(name, *(_volume(mask, grid, frame) for mask in masks))


def _grid_around(zones: Any, name: str) -> Any:
    import SimpleITK as sitk

    inside: NDArray[Any] = sitk.GetArrayViewFromImage(zones) > 0
    if np.count_nonzero(inside) < _LEAST_VOXELS:
        raise ValueError(f"The zone mask of {name} holds next to no gland.")
    spacing = np.array(zones.GetSpacing())
    voxels = [(int(v.min()), int(v.max())) for v in np.nonzero(inside)[::-1]]
    margin = np.array([_MARGIN_MM / spacing[0], _MARGIN_MM / spacing[1], 1.0])
    low = np.floor(np.array([first for first, _ in voxels]) - margin)
    high = np.ceil(np.array([last for _, last in voxels]) + margin)
    low[2], high[2] = max(low[2], 0), min(high[2], zones.GetSize()[2] - 1)
    fine = np.array([PIXEL_MM, PIXEL_MM, spacing[2]])
    size = [int(n) for n in np.ceil((high - low + 1) * spacing / fine)]
    size[2] = int(high[2] - low[2]) + 1
    grid = sitk.Image(size, sitk.sitkUInt8)
    grid.SetSpacing([float(step) for step in fine])
    grid.SetDirection(zones.GetDirection())
    grid.SetOrigin(zones.TransformContinuousIndexToPhysicalPoint([float(x) for x in low]))
    return grid


def _resampled(image: Any, grid: Any) -> NDArray[np.uint8]:
    import SimpleITK as sitk

    moved = sitk.Resample(image, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0, sitk.sitkUInt8)
    return sitk.GetArrayFromImage(moved)


def _volume(mask: NDArray[np.uint8], grid: Any, frame: str) -> Volume:
    affine = np.eye(4)
    direction = np.array(grid.GetDirection()).reshape(3, 3)
    affine[:3, :3] = (direction * np.array(grid.GetSpacing()))[:, ::-1]
    affine[:3, 3] = grid.GetOrigin()
    return Volume(array=mask, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame)


def components(mask: NDArray[Any]) -> Sequence[NDArray[np.bool_]]:
    """Return the connected pieces (26 neighbours) of a mask, as `picai_eval` counts lesions."""
    from scipy import ndimage

    labelled, count = cast(tuple[NDArray[Any], int], ndimage.label(mask > 0, structure=np.ones((3, 3, 3))))
    return [labelled == number for number in range(1, count + 1)]
