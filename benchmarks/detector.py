"""The transparent lesion detector against a plain z-score detector, on virtual patients and on two real studies.

    python benchmarks/detector.py LABELS_FOLDER [--studies PROSTATEX_FOLDER] [--write docs/ai.md] [--remainder 1]

LABELS_FOLDER holds zones/, gland/, lesions/ and marksheet.csv of the public PI-CAI labels; PROSTATEX_FOLDER holds
ProstateX-0000, ProstateX-0001 and labels/. Cases with patient number mod 3 = 1 were never looked at while anything was
chosen; `--remainder 0` is what rules are chosen on. Needs the `dev` extra (`picai_eval`) and some twenty minutes on
two cores.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from detector_cancer_free import PILE_UP_PATIENTS, PiledUp, candidate_lines, heaped_pair, pile_up_lines, piled_up
from highdicom import Volume
from numpy.typing import NDArray
from picai_eval.eval import evaluate_case
from picai_eval.metrics import Metrics
from scipy import ndimage

from core.study import Role
from core.volume import centroid_lps, on_grid_of
from inference.detect import detect
from inference.resample import resample_like
from inference.virtual.labels import LabelledCase, case_names, read_labels
from inference.virtual.patient import VirtualPatient, draw_patient, implant
from service.reading import open_folder

SEED = 2026
BOOTSTRAPS = 1000
NEAR_MM = 5.0
PEAKS_APART_MM = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """What a detector sees, all on one grid, and the truth."""

    name: str
    gland: Volume
    adc: Volume
    high_b: Volume
    b_value: float
    lesions: Volume


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A candidate: 0/1 mask and score."""

    mask: NDArray[Any]
    score: float


Detector = Callable[[Images], Sequence[Place]]


def transparent(images: Images) -> Sequence[Place]:
    """Run the detector of the program."""
    _, suspects = detect(images.gland, images.adc, images.high_b, images.b_value)
    return [Place(suspect.mask.array, suspect.score) for suspect in suspects]


def plain_z_score(images: Images) -> Sequence[Place]:
    """Robust z of high-b minus 0.7 times that of ADC in the gland, smoothed by 1 mm; local maxima 8 mm apart.

    A candidate is what lies within 8 mm of its maximum with at least half of its value. The least value is 1.
    """
    inside = images.gland.array > 0
    z = _robust_z(images.high_b.array, inside) - 0.7 * _robust_z(images.adc.array, inside)
    smooth = ndimage.gaussian_filter(np.where(inside, z, 0), 1.0 / np.array(images.gland.spacing))
    left = np.where(inside, smooth, -np.inf)
    places: list[Place] = []
    while len(places) < 5 and left.max() >= 1.0:
        peak = np.unravel_index(int(left.argmax()), left.shape)
        offsets = (
            (axis - p) * step
            for axis, p, step in zip(np.ogrid[tuple(map(slice, left.shape))], peak, images.gland.spacing, strict=True)
        )
        ball = cast(NDArray[np.float64], sum(offset**2 for offset in offsets)) <= PEAKS_APART_MM**2
        pieces, _ = ndimage.label(ball & (left >= left[peak] / 2))
        places.append(Place((pieces == pieces[peak]).astype(np.uint8), float(left[peak])))
        left[ball] = -np.inf
    return places


def _robust_z(image: NDArray[Any], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    values = image[inside]
    median = np.median(values)
    return (image - median) / max(1e-9, 1.4826 * float(np.median(np.abs(values - median))))


DETECTORS: dict[str, Detector] = {"transparent": transparent, "plain z-score": plain_z_score}


def virtual_images(case: LabelledCase, seed: int) -> Images:
    """Draw the patient of a case."""
    return _seen(draw_patient(case, seed))


def _seen(patient: VirtualPatient) -> Images:
    case = patient.case
    return Images(case.name, case.gland, patient.adc, patient.high_b, patient.b_value, case.lesions)


@dataclass(frozen=True, slots=True)
class Planned:
    """One virtual patient to be drawn: the case, and whose cancer is implanted, if any."""

    name: str
    donors: tuple[str, ...] = ()


def virtual_cohort(labels: Path, remainder: int) -> list[Planned]:
    """Return every case with cancer, its own cancer drawn, and as many cases without."""
    positive = case_names(labels, remainder, significant=True)
    return [Planned(name) for name in (*positive, *case_names(labels, remainder, significant=False)[: len(positive)])]


def implanted_cohort(labels: Path, remainder: int) -> list[Planned]:
    """Return the lesion-free cases that the virtual cohort leaves: half with a stranger's cancer, half without."""
    donors = case_names(labels, remainder, significant=True)
    free = case_names(labels, remainder, significant=False)[len(donors) :]
    half = len(free) // 2
    rng = np.random.default_rng(SEED)
    with_cancer = [Planned(name, tuple(str(d) for d in rng.choice(donors, 8, replace=False))) for name in free[:half]]
    return [*with_cancer, *(Planned(name) for name in free[half:])]


def images_of(labels: Path, planned: Planned) -> Images:
    """Draw what is planned; the first donor whose cancer fits is taken."""
    case = read_labels(labels, planned.name)
    if not planned.donors:
        return virtual_images(case, SEED)
    fitting = (implant(case, read_labels(labels, donor)) for donor in planned.donors)
    return virtual_images(next(one for one in fitting if one is not None), SEED)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What `picai_eval` says of one case: (is lesion, score, overlap) of each lesion and candidate, and the score."""

    name: str
    lesions: tuple[tuple[int, float, float], ...]
    score: float

    @property
    def target(self) -> int:
        """1 when there is a cancer."""
        return max((int(lesion[0]) for lesion in self.lesions), default=0)


def judged(images: Images, detector: Detector) -> CaseResult:
    """Run a detector on a case and match its candidates by `picai_eval` (overlap IoU 0.1).

    It wants candidates that do not touch, so where two do, the less suspicious one gives way by a voxel.
    """
    detection = np.zeros(images.gland.spatial_shape, np.float32)
    for place in detector(images):
        taken = ndimage.binary_dilation(detection > 0, np.ones((3, 3, 3)))
        detection[_largest_piece((place.mask > 0) & ~taken)] = place.score
    lesions, score, _, _ = evaluate_case(detection, (images.lesions.array > 0).astype(np.int32))
    return CaseResult(images.name, tuple((int(a), float(b), float(c)) for a, b, c in lesions), float(score))


def _largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    pieces, count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    return pieces == 1 + int(np.bincount(pieces.ravel())[1:].argmax()) if count else mask


def metrics(results: Sequence[CaseResult]) -> dict[str, float]:
    """Return AUROC, AP and lesion sensitivity at 0.5 and 1 false positive per case."""
    names = [str(n) for n in range(len(results))]
    found = Metrics(
        lesion_results=dict(zip(names, (list(r.lesions) for r in results), strict=True)),
        case_target={n: r.target for n, r in zip(names, results, strict=True)},
        case_pred={n: r.score for n, r in zip(names, results, strict=True)},
    )
    return {
        "AUROC": float(found.auroc),
        "AP": float(found.AP),
        "sens @0.5 FP": float(found.lesion_TPR_at_FPR(0.5)),
        "sens @1 FP": float(found.lesion_TPR_at_FPR(1.0)),
    }


def intervals(results: Sequence[CaseResult], count: int) -> dict[str, tuple[float, float]]:
    """Return 95 % bootstrap intervals over cases, drawn with replacement."""
    rng = np.random.default_rng(SEED)
    drawn = [metrics([results[i] for i in rng.integers(0, len(results), len(results))]) for _ in range(count)]
    return {key: tuple(np.percentile([d[key] for d in drawn], (2.5, 97.5))) for key in drawn[0]}


def _shifted(image: Volume, axis: int, millimetres: float) -> Volume:
    move = [0.0, 0.0, 0.0]
    move[axis] = millimetres / image.spacing[axis]
    return on_grid_of(image, ndimage.shift(np.asarray(image.array, np.float32), move, order=1, mode="nearest"))


def _outline_moved(gland: Volume, millimetres: float) -> Volume:
    """Return the gland grown (positive) or shrunk by so much in the plane of its slices."""
    inside = gland.array > 0
    spacing = gland.spacing[1:]
    moved = np.zeros_like(inside)
    for k in np.flatnonzero(inside.any(axis=(1, 2))):
        part = ~inside[k] if millimetres > 0 else inside[k]
        distance = cast(NDArray[np.float64], ndimage.distance_transform_edt(part, sampling=spacing))
        moved[k] = distance <= millimetres if millimetres > 0 else distance > -millimetres
    return on_grid_of(gland, moved.astype(np.uint8))


def perturbed(images: Images) -> Iterator[tuple[str, Images]]:
    """Yield the trials: gland outline ±2 mm, ADC ±8 %, diffusion images moved by 2 mm in each direction."""
    for millimetres in (-2.0, 2.0):
        yield f"gland {millimetres:+.0f} mm", replace(images, gland=_outline_moved(images.gland, millimetres))
    for factor in (0.92, 1.08):
        yield f"ADC {factor - 1:+.0%}", replace(images, adc=on_grid_of(images.adc, images.adc.array * factor))
    for axis, name in enumerate(("k", "j", "i")):
        for millimetres in (-2.0, 2.0):
            adc, high_b = (_shifted(image, axis, millimetres) for image in (images.adc, images.high_b))
            yield f"DWI {name} {millimetres:+.0f} mm", replace(images, adc=adc, high_b=high_b)


def steadiness(images: Images, detector: Detector) -> dict[str, bool]:
    """Tell for each trial whether the first candidate stays first; empty where there is no candidate.

    It stays when the trial's first candidate overlaps it (IoU 0.1) or has its centre within 5 mm.
    """
    before = detector(images)
    if not before:
        return {}
    first = before[0].mask
    return {name: _is_same(detector(trial), first, images.gland) for name, trial in perturbed(images)}


def _is_same(places: Sequence[Place], first: NDArray[Any], grid: Volume) -> bool:
    if not places:
        return False
    now, then = places[0].mask > 0, first > 0
    if np.count_nonzero(now & then) >= 0.1 * np.count_nonzero(now | then):
        return True
    centres = [np.array(centroid_lps(on_grid_of(grid, mask.astype(np.uint8)))) for mask in (now, then)]
    return float(np.linalg.norm(centres[0] - centres[1])) <= NEAR_MM


@dataclass(frozen=True, slots=True)
class Measured:
    """What one detector does on one virtual patient; `found_first` when its first candidate is a cancer."""

    result: CaseResult
    steady: dict[str, bool]
    found_first: bool


def measure(labels: Path, with_trials: bool, planned: Planned) -> dict[str, Measured]:
    """Draw a virtual patient and run every detector on it, where there is a cancer on the disturbed images too."""
    images = images_of(labels, planned)
    return {name: _measured(images, detector, with_trials) for name, detector in DETECTORS.items()}


def _measured(images: Images, detector: Detector, with_trials: bool) -> Measured:
    result = judged(images, detector)
    positive = bool(result.target)
    first = max(result.lesions, key=lambda lesion: lesion[1], default=(0, 0.0, 0.0))
    trials = steadiness(images, detector) if positive and with_trials else {}
    return Measured(result, trials, first[0] == 1 and first[1] > 0)


def measure_all(labels: Path, cohort: Sequence[Planned], with_trials: bool) -> dict[str, list[Measured]]:
    """Measure every detector on a cohort, one process per core."""
    work = partial(measure, labels, with_trials)
    with _pool() as pool:
        rows = list(pool.map(work, cohort, chunksize=4))
    return {name: [row[name] for row in rows] for name in DETECTORS}


def measure_pile_up(labels: Path, numbered: tuple[int, str]) -> dict[str, PiledUp]:
    """Run every detector on a cancer-free patient without and with pile-up beside the rectum."""
    without, with_heap = (_seen(patient) for patient in heaped_pair(labels, numbered[1], numbered[0], SEED))
    return {
        name: piled_up(*([place.mask for place in detector(images)] for images in (without, with_heap)))
        for name, detector in DETECTORS.items()
    }


def measure_pile_ups(labels: Path, remainder: int) -> dict[str, list[PiledUp]]:
    """Measure what pile-up alone does in the first cancer-free cases."""
    names = case_names(labels, remainder, significant=False)[:PILE_UP_PATIENTS]
    with _pool() as pool:
        rows = list(pool.map(partial(measure_pile_up, labels), enumerate(names), chunksize=2))
    return {name: [row[name] for row in rows] for name in DETECTORS}


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("forkserver"))


def real_images(folder: Path, number: str) -> Images:
    """Read a ProstateX study and its labels; the gland is the AI mask of the labels."""
    import SimpleITK as sitk

    study = open_folder(folder / f"ProstateX-{number}")
    t2 = _needed(study.volume(Role.T2_AXIAL), number)
    adc, high_b = (resample_like(_needed(study.volume(role), number), t2) for role in (Role.ADC, Role.HIGH_B))
    gland, lesions = (
        on_grid_of(
            t2, sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "labels" / f"ProstateX-{number}_{what}.nii.gz")))
        )
        for what in ("gland_bosma22b", "cspca_expert")
    )
    chosen = study.recognised.one(Role.HIGH_B)
    return Images(f"ProstateX-{number}", gland, adc, high_b, (chosen and chosen.b_value) or 1400.0, lesions)


def _needed(volume: Volume | None, number: str) -> Volume:
    if volume is None:
        raise SystemExit(f"ProstateX-{number} lacks a series that the detector needs.")
    return volume


def _table(cohorts: dict[str, dict[str, list[Measured]]], bootstraps: int) -> list[str]:
    lines = [
        "| cohort | cases (with cancer) | detector | AUROC | AP | sensitivity at 0.5 FP | at 1 FP |",
        "|---|---|---|---|---|---|---|",
    ]
    for cohort, by_detector in cohorts.items():
        for name, measured in by_detector.items():
            results = [one.result for one in measured]
            spread = intervals(results, bootstraps)
            cells = [
                f"{value:.2f} ({spread[key][0]:.2f}–{spread[key][1]:.2f})" for key, value in metrics(results).items()
            ]
            size = f"{len(results)} ({sum(r.target for r in results)})"
            lines.append(f"| {cohort} | {size} | {name} | " + " | ".join(cells) + " |")
    return lines


def _steady_table(by_detector: dict[str, list[Measured]]) -> list[str]:
    lines = ["| trial | " + " | ".join(f"{name}: all | {name}: cancer first" for name in by_detector) + " |"]
    lines.append("|---|" + "---|---|" * len(by_detector))
    columns = [
        [one.steady for one in measured if one.steady and (one.found_first or not only_found)]
        for measured in by_detector.values()
        for only_found in (False, True)
    ]
    for trial in columns[0][0]:
        lines.append(f"| {trial} | " + " | ".join(_share([c[trial] for c in column]) for column in columns) + " |")
    lines.append("| **all** | " + " | ".join(f"**{_share_of_cases(column)}**" for column in columns) + " |")
    lines.append("| patients | " + " | ".join(str(len(column)) for column in columns) + " |")
    return lines


def _share(values: Sequence[bool]) -> str:
    return f"{np.mean(values):.1%}"


def _share_of_cases(trials: Sequence[dict[str, bool]]) -> str:
    """Return the mean over patients with its bootstrap interval; the trials of a patient are not independent."""
    means = np.array([np.mean(list(trial.values())) for trial in trials])
    rng = np.random.default_rng(SEED)
    drawn = [means[rng.integers(0, len(means), len(means))].mean() for _ in range(BOOTSTRAPS)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return f"{means.mean():.1%} ({low:.1%}–{high:.1%})"


def reliability(pairs: NDArray[Any]) -> tuple[list[tuple[int, float, float]], float]:
    """Return (count, mean score, share of cancers) by fifths of the scale, and the expected calibration error."""
    bins = np.minimum((pairs[:, 0] * 5).astype(int), 4)
    rows = [(int((bins == n).sum()), *pairs[bins == n].mean(axis=0)) for n in range(5) if np.any(bins == n)]
    return rows, float(sum(count * abs(score - share) for count, score, share in rows) / len(pairs))


def _cancer_free(measured: Sequence[Measured]) -> list[float]:
    """Return the highest score of each patient without cancer, 0 where there is no candidate."""
    return [one.result.score for one in measured if not one.result.target]


def _calibration(measured: Sequence[Measured]) -> list[str]:
    candidates = np.array([(score, true) for one in measured for true, score, _ in one.result.lesions if score > 0])
    cases = np.array([(one.result.score, one.result.target) for one in measured])
    lines = ["| | suspicion | n | mean suspicion | share with cancer |", "|---|---|---|---|---|"]
    for what, pairs in (("candidate", candidates), ("patient (highest)", cases)):
        rows, error = reliability(pairs)
        for count, score, share in rows:
            low = min(int(score * 5), 4) / 5
            lines.append(f"| {what} | {low:.1f}–{low + 0.2:.1f} | {count} | {score:.2f} | {share:.2f} |")
        lines.append(f"| **{what}: ECE** | | {len(pairs)} | **{error:.3f}** | |")
    return lines


def _real_lines(folder: Path) -> list[str]:
    lines = ["| study | detector | candidates: score, millimetres from the true cancer |", "|---|---|---|"]
    for number in ("0000", "0001"):
        images = real_images(folder, number)
        truth = np.array(centroid_lps(images.lesions)) if np.any(images.lesions.array) else None
        for name, detector in DETECTORS.items():
            lines.append(f"| ProstateX-{number} | {name} | {_places(images, detector(images), truth)} |")
        steady = steadiness(images, transparent)
        lines.append(
            f"| ProstateX-{number} | transparent, steadiness | {sum(steady.values())} of {len(steady)} trials |"
        )
    return lines


def _places(images: Images, places: Sequence[Place], truth: NDArray[Any] | None) -> str:
    told: list[str] = []
    for place in places:
        centre = np.array(centroid_lps(on_grid_of(images.gland, place.mask)))
        away = "no cancer" if truth is None else f"{np.linalg.norm(centre - truth):.0f} mm"
        told.append(f"{place.score:.2f}, {away}")
    return "; ".join(told) or "none"


BEGIN, END = "<!-- benchmarks/detector.py: begin -->", "<!-- benchmarks/detector.py: end -->"


def _written_into(file: Path, lines: Sequence[str]) -> None:
    """Replace what stands between the two marks of a page."""
    before, rest = file.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    file.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print the tables and with `--write` put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--studies", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--remainder", type=int, default=1)
    arguments = parser.parse_args()
    virtual = measure_all(arguments.labels, virtual_cohort(arguments.labels, arguments.remainder), True)
    implanted = measure_all(arguments.labels, implanted_cohort(arguments.labels, arguments.remainder), False)
    lines = [
        f"Patients with number mod 3 = {arguments.remainder}, seed {SEED}; 95 % bootstrap intervals over cases.\n",
        *_table({"virtual": virtual, "implanted": implanted}, BOOTSTRAPS),
        "\nThe first candidate stays first (virtual patients with cancer and a candidate):\n",
        *_steady_table(virtual),
        "\nCancer-free patients in whom a candidate is named (Wilson's intervals):\n",
        *candidate_lines(
            {
                cohort: {name: _cancer_free(measured) for name, measured in by_detector.items()}
                for cohort, by_detector in (("virtual", virtual), ("implanted", implanted))
            }
        ),
        "\nThe same cancer-free patient drawn without and with heavy pile-up beside the rectum:\n",
        *pile_up_lines(measure_pile_ups(arguments.labels, arguments.remainder)),
        "\nCalibration of the transparent detector, virtual cohort:\n",
        *_calibration(virtual["transparent"]),
    ]
    if arguments.studies:
        lines += ["\nThe two real studies, never used for tuning:\n", *_real_lines(arguments.studies)]
    sys.stdout.write("\n".join(lines) + "\n")
    if arguments.write:
        _written_into(arguments.write, lines)


if __name__ == "__main__":
    main()
