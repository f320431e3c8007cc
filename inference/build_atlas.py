"""Build the atlas of the prostate from the public PI-CAI labels: `python -m inference.build_atlas --labels FOLDER`.

Cases whose patient number is divisible by three build it; those with remainder one check it and nothing else:
`python -m inference.build_atlas --labels FOLDER --check` measures the installed atlas on them.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from inference.atlas import (
    LOG2_STEPS,
    PERIPHERAL_ZONE,
    TRANSITION_ZONE,
    Atlas,
    load_atlas,
    of_shape,
    sample,
    shape_terms,
)
from inference.gland_frame import box_coordinates

GRID = (16, 48, 48)
LEAST_VOXELS = 100
ZONE_BLUR = (0.7, 1.0, 1.0)
RIDGE = 3.0
"""Holds the terms of size and shape near zero where few glands tell; chosen among 1, 3 and 20 within mod 3 = 0."""
TERM_PERCENTILES = (1, 99)
BOOTSTRAPS = 2000
RISK_BLUR = (1.2, 3.6, 3.6)
"""Standard deviation (grid steps) that the lesions are spread by: 0.075 of the gland, 3 to 4 mm."""
_Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One case in anatomical axes (superior, posterior, left): zones (1 = PZ, 2 = TZ), lesions, spacing (mm)."""

    zones: _Array
    lesions: _Array | None
    spacing_mm: tuple[float, float, float]

    @property
    def gland(self) -> NDArray[np.bool_]:
        """The gland is the union of its zones."""
        return self.zones > 0

    @property
    def voxel_ml(self) -> float:
        """The volume of a voxel."""
        return float(np.prod(self.spacing_mm)) / 1000.0

    @property
    def volume_ml(self) -> float:
        """The gland's volume."""
        return int(np.count_nonzero(self.gland)) * self.voxel_ml


def cases(labels: Path, remainder: int) -> Iterator[Case]:
    """Yield the cases whose patient number modulo three is `remainder`, in order of name."""
    for path in sorted((labels / "zones").glob("*.nii.gz")):
        if int(path.name.split("_")[0]) % 3 == remainder:
            case = read_case(path, labels / "lesions")
            if np.count_nonzero(case.zones) >= LEAST_VOXELS:
                yield case


def read_case(zones_path: Path, lesions_folder: Path) -> Case:
    """Return one case; its lesions lie under the same name in `lesions_folder`, if it has any."""
    import SimpleITK as sitk

    lesions_path = lesions_folder / zones_path.name
    # DICOMOrient to LPS makes the array's axes rise to superior, posterior and left.
    zones = sitk.DICOMOrient(sitk.ReadImage(str(zones_path)), "LPS")
    lesions: _Array | None = None
    if lesions_path.exists():
        drawn = sitk.ReadImage(str(lesions_path))
        nearest = sitk.sitkNearestNeighbor
        lesions = sitk.GetArrayFromImage(sitk.Resample(drawn, zones, sitk.Transform(), nearest, 0, sitk.sitkUInt8))
    left, posterior, superior = zones.GetSpacing()
    return Case(sitk.GetArrayFromImage(zones), lesions, (superior, posterior, left))


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """What one case adds: voxels and PZ voxels by atlas cell, each lesion with weight 1, lesion volumes."""

    volume_ml: float
    terms: _Array
    voxels: _Array
    peripheral: _Array
    lesion_mass: _Array
    lesion_volumes_ml: tuple[float, ...]


def _count(case: Case) -> _Counts:
    voxels, places = box_coordinates(case.gland)
    volumes: list[float] = []
    mass = np.zeros(GRID)
    for lesion in _components(case.lesions):
        volumes.append(int(np.count_nonzero(lesion)) * case.voxel_ml)
        inside = lesion[voxels].astype(float)
        if inside.sum():
            mass += _histogram(places, inside / inside.sum())
    peripheral = (case.zones[voxels] == PERIPHERAL_ZONE).astype(float)
    return _Counts(
        volume_ml=case.volume_ml,
        terms=shape_terms(case.gland, case.spacing_mm),
        voxels=_histogram(places, np.ones(len(peripheral))),
        peripheral=_histogram(places, peripheral),
        lesion_mass=mass,
        lesion_volumes_ml=tuple(volumes),
    )


def _components(lesions: _Array | None) -> Iterator[_Array]:
    from scipy import ndimage

    if lesions is None:
        return
    labelled, count = cast(tuple[_Array, int], ndimage.label(lesions > 0, structure=np.ones((3, 3, 3))))
    for number in range(1, count + 1):
        yield labelled == number


def _histogram(places: _Array, weights: _Array) -> _Array:
    """Sum weights by atlas cell, and their mirror image: left and right are taken as alike."""
    cells = tuple(np.minimum((p * n).astype(int), n - 1) for p, n in zip(places, GRID, strict=True))
    summed = np.zeros(GRID)
    np.add.at(summed, cells, weights)
    return summed + summed[:, :, ::-1]


def build(labels: Path) -> dict[str, _Array]:
    """Return the arrays of the pack, quantised as they are stored."""
    counts = [_count(case) for case in cases(labels, 0)]
    sizes = np.array([c.volume_ml for c in counts])
    limits = np.percentile([c.terms for c in counts], TERM_PERCENTILES, axis=0)
    volumes = np.sort(np.concatenate([c.lesion_volumes_ml for c in counts]))
    return {
        "peripheral": _peripheral(counts).astype(np.float16),
        "term_limits": np.round(limits, 6),
        "location_risk": _location_risk(counts),
        "lesion_volumes_ml": np.round(volumes, 3),
        "cancer_fraction": np.array(volumes.sum() / sizes.sum()),
        "cases": np.array(len(counts)),
    }


def _peripheral(counts: list[_Counts]) -> _Array:
    """Return (term, *GRID): by cell, the ridge regression of "is PZ" on the terms; each gland has the same weight."""
    from scipy import ndimage

    terms = len(counts[0].terms)
    squares, products = np.zeros((terms, terms, *GRID)), np.zeros((terms, *GRID))
    for case in counts:
        weight = np.prod(GRID) / case.voxels.sum()
        squares += np.multiply.outer(np.outer(case.terms, case.terms), case.voxels * weight)
        products += np.multiply.outer(case.terms, case.peripheral * weight)
    squares = ndimage.gaussian_filter(squares, (0, 0, *ZONE_BLUR))
    products = ndimage.gaussian_filter(products, (0, *ZONE_BLUR))
    held = np.diag([1e-6, *[RIDGE] * (terms - 1)])
    solved = np.linalg.solve(np.moveaxis(squares, (0, 1), (-2, -1)) + held, np.moveaxis(products, 0, -1)[..., None])
    return np.moveaxis(solved[..., 0], -1, 0)


def _location_risk(counts: list[_Counts]) -> _Array:
    from scipy import ndimage

    lesions = ndimage.gaussian_filter(np.sum([c.lesion_mass for c in counts], axis=0), RISK_BLUR)
    gland = np.sum([c.voxels * (1 / c.voxels.sum()) for c in counts], axis=0)
    gland = ndimage.gaussian_filter(gland, RISK_BLUR)
    # One lesion's worth of average risk keeps cells that hardly any gland reaches near the average.
    average = 1.0 / lesions.size
    risk = (lesions / lesions.sum() + 0.05 * average) / (gland / gland.sum() + 0.05 * average)
    return np.clip(np.round(128 + LOG2_STEPS * np.log2(risk)), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over cases with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Dice of the zones, given the gland, over `cases` cases."""

    peripheral: Mean
    transition: Mean
    cases: int


def agreement(atlas: Atlas, checked: Sequence[Case]) -> Agreement:
    """Return how well the atlas draws the zones of these cases, given their glands."""
    scores = np.array([dice_of(atlas, case) for case in checked])
    rng = np.random.default_rng(0)
    means = scores[rng.integers(0, len(scores), (BOOTSTRAPS, len(scores)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    pz, tz = (Mean(float(scores[:, n].mean()), float(low[n]), float(high[n])) for n in (0, 1))
    return Agreement(pz, tz, len(scores))


def dice_of(atlas: Atlas, case: Case) -> tuple[float, float]:
    """Return the Dice of PZ and TZ of one case, given its gland."""
    voxels, places = box_coordinates(case.gland)
    peripheral = of_shape(atlas, shape_terms(case.gland, case.spacing_mm))
    guessed = np.where(sample(peripheral, places) > 0.5, PERIPHERAL_ZONE, TRANSITION_ZONE)
    drawn = case.zones[voxels]
    pz, tz = (
        2 * np.count_nonzero((guessed == zone) & (drawn == zone))
        / max(1, np.count_nonzero(guessed == zone) + np.count_nonzero(drawn == zone))
        for zone in (PERIPHERAL_ZONE, TRANSITION_ZONE)
    )  # fmt: skip
    return pz, tz


_README = """# Atlas of the prostate

`prostate_atlas.npz` is derived from the public labels of the PI-CAI challenge (github.com/DIAGNijmegen/picai_labels,
Saha, Bosma, Twilt et al., The PI-CAI Challenge), licensed CC BY-NC 4.0; this derived file is under the same licence.
It holds statistics over cases only: no image and no mask of any patient.

Built by `python -m inference.build_atlas --labels FOLDER` from the {build_cases} cases whose patient number is
divisible by three (zones: AI masks; lesions: the {lesions} expert-drawn clinically significant cancers). The same
labels give the same bytes. Cases with remainder one only check it.

| array | meaning |
|---|---|
| `peripheral` | what each term adds to P(PZ): by term, then superior, posterior, left in the gland's box, mirrored |
| `term_limits` | 1st and 99th percentile of the terms, beyond which they are held |
| `location_risk` | 128 + {steps:g} · log2(how much more often than on average a cancer lies there) |
| `lesion_volumes_ml` | volumes of the expert-drawn cancers, sorted |
| `cancer_fraction` | share of all gland tissue that those cancers fill |

The terms are 1, log(volume / 50 mL), log(depth / width) and log(height / width) of the gland.

Given the gland, the likelier zone has a mean Dice of {pz} for the PZ and
{tz} for the TZ on the {check_cases} checking cases (95 % bootstrap interval over cases);
`--check` measures it again.
"""


def main(arguments: list[str] | None = None) -> int:
    """Write `prostate_atlas.npz` and its README; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m inference.build_atlas", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="folder with zones/ and lesions/ as NIfTI")
    parser.add_argument("--output", type=Path, default=Path("resources/atlas"), help="where the atlas is written")
    parser.add_argument("--check", action="store_true", help="measure the installed atlas and write nothing")
    options = parser.parse_args(arguments)
    if not (options.labels / "zones").is_dir():
        parser.error(f"{options.labels} has no folder zones/")
    if options.check:
        sys.stdout.write(check(load_atlas(), list(cases(options.labels, 1))))
        return 0
    pack = build(options.labels)
    options.output.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.output / "prostate_atlas.npz", allow_pickle=False, **pack)
    _write_readme(options.output, options.labels, pack)
    return 0


SIZE_EDGES_ML = (0.0, 30.0, 50.0, 80.0, np.inf)


def check(atlas: Atlas, checked: Sequence[Case]) -> str:
    """Return a table of the mean Dice of PZ and TZ with 95 % bootstrap intervals, all glands and by gland size."""
    rows = [("all", list(checked))]
    for low, high in pairwise(SIZE_EDGES_ML):
        name = f"from {low:g} mL" if high == np.inf else f"{low:g} to {high:g} mL"
        rows.append((name, [case for case in checked if low <= case.volume_ml < high]))
    told = ["| glands | cases | PZ Dice (95 % CI) | TZ Dice (95 % CI) |", "|---|---|---|---|"]
    for name, members in rows:
        if members:
            found = agreement(atlas, members)
            told.append(f"| {name} | {found.cases} | {found.peripheral} | {found.transition} |")
    return "\n".join(told) + "\n"


def _write_readme(output: Path, labels: Path, pack: dict[str, _Array]) -> None:
    atlas = Atlas(
        peripheral=pack["peripheral"].astype(np.float32),
        term_limits=pack["term_limits"],
        location_risk=pack["location_risk"].astype(np.float32),
        lesion_volumes_ml=pack["lesion_volumes_ml"],
        cancer_fraction=float(pack["cancer_fraction"]),
        sha256="",
    )
    found = agreement(atlas, list(cases(labels, 1)))
    told = _README.format(
        build_cases=int(pack["cases"]), lesions=len(pack["lesion_volumes_ml"]), steps=LOG2_STEPS,
        pz=found.peripheral, tz=found.transition, check_cases=found.cases,
    )  # fmt: skip
    (output / "README.md").write_text(told, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
