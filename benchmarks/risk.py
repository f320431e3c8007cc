"""Validate the clinical risk model, one centre left out at a time, and draw its calibration.

    python benchmarks/risk.py LABELS_FOLDER --write docs/ai.md --picture docs/images/ai/risk-calibration.png

For each centre of the PI-CAI marksheet the model is fitted on the other two and asked about this one. Intervals are
95 % bootstrap intervals over patients.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from inference.build_risk import MarksheetCase, design, fit, outcomes, read_marksheet

SEED = 0
BOOTSTRAPS = 2000
GROUPS = 8
CATEGORY_TERMS = slice(0, 4)
"""Intercept and the steps of the category: the model with PI-RADS alone."""
BEGIN, END = "<!-- benchmarks/risk.py: begin -->", "<!-- benchmarks/risk.py: end -->"
_Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """What was foretold of cases by models that saw none of their centre; arrays of shape (case,)."""

    patients: _Array
    cancers: _Array
    categories: _Array
    full: _Array
    category_alone: _Array

    def of(self, chosen: _Array) -> "Predicted":
        """Return some of the cases, by mask or index."""
        return Predicted(*(getattr(self, name)[chosen] for name in self.__slots__))


def left_out(cases: Sequence[MarksheetCase]) -> tuple[Predicted, _Array]:
    """Return the predictions for all cases, each by the model of the other centres, and the centre of each."""
    centres = np.array([case.centre for case in cases])
    terms, cancers = design(cases), outcomes(cases)
    full, alone = np.zeros(len(cases)), np.zeros(len(cases))
    for centre in sorted(set(centres)):
        here = centres == centre
        for kept, out in ((slice(None), full), (CATEGORY_TERMS, alone)):
            coefficients, _ = fit(terms[~here][:, kept], cancers[~here])
            out[here] = 1 / (1 + np.exp(-terms[here][:, kept] @ coefficients))
    patients = np.array([case.patient_id for case in cases])
    categories = np.array([case.category for case in cases])
    return Predicted(patients, cancers, categories, full, alone), centres


def auroc(scores: _Array, cancers: _Array) -> float:
    """Return the area under the ROC curve; ties count half (Mann-Whitney)."""
    positive = int(cancers.sum())
    ranks = rankdata(scores)[cancers > 0].sum()
    return float((ranks - positive * (positive + 1) / 2) / (positive * (len(cancers) - positive)))


def brier(probabilities: _Array, cancers: _Array) -> float:
    """Return the mean squared error of the probabilities."""
    return float(np.mean((probabilities - cancers) ** 2))


def calibration(probabilities: _Array, cancers: _Array) -> tuple[float, float]:
    """Return calibration in the large (intercept with the log-odds as offset) and slope; 0 and 1 are perfect."""
    log_odds = np.log(probabilities / (1 - probabilities))
    slope = fit(np.stack([np.ones_like(log_odds), log_odds], axis=1), cancers, ridge=0.0)[0][1]
    intercept = 0.0
    for _ in range(50):
        expected = 1 / (1 + np.exp(-(log_odds + intercept)))
        intercept += (cancers - expected).sum() / (expected * (1 - expected)).sum()
    return float(intercept), float(slope)


def measures(predicted: Predicted) -> dict[str, float]:
    """Return every measure of the table."""
    cancers = predicted.cancers
    full, alone = auroc(predicted.full, cancers), auroc(predicted.categories, cancers)
    intercept, slope = calibration(predicted.full, cancers)
    return {
        "AUROC": full,
        "AUROC of PI-RADS alone": alone,
        "difference": full - alone,
        "Brier": brier(predicted.full, cancers),
        "Brier of PI-RADS alone": brier(predicted.category_alone, cancers),
        "calibration in the large": intercept,
        "calibration slope": slope,
    }


def with_intervals(predicted: Predicted, bootstraps: int) -> dict[str, str]:
    """Return each measure with its 95 % interval over patients, in words."""
    rng = np.random.default_rng(SEED)
    names, places = np.unique(predicted.patients, return_inverse=True)
    of_patient = [np.flatnonzero(places == n) for n in range(len(names))]
    drawn = [
        measures(predicted.of(np.concatenate([of_patient[n] for n in rng.integers(0, len(names), len(names))])))
        for _ in range(bootstraps)
    ]
    told: dict[str, str] = {}
    for name, value in measures(predicted).items():
        low, high = np.percentile([one[name] for one in drawn], (2.5, 97.5))
        told[name] = f"{value:.3f} ({low:.3f} to {high:.3f})"
    return told


def by_group(predicted: Predicted) -> list[tuple[int, float, float, float, float]]:
    """Return (count, mean probability, share with csPCa, its Wilson interval) in groups of like size by probability."""
    order = np.argsort(predicted.full, kind="stable")
    rows: list[tuple[int, float, float, float, float]] = []
    for members in np.array_split(order, GROUPS):
        share, count = float(predicted.cancers[members].mean()), len(members)
        rows.append((count, float(predicted.full[members].mean()), share, *wilson(share, count)))
    return rows


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    z = 1.959964
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return float(middle - half), float(middle + half)


def draw(predicted: Predicted, centres: _Array, file: Path) -> None:
    """Draw the reliability diagram, all centres and each one."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (axis, below) = plt.subplots(
        2, 1, figsize=(6, 6.6), dpi=110, height_ratios=(5, 1), sharex=True, layout="constrained"
    )
    axis.plot([0, 1], [0, 1], color="#8a96a5", linewidth=1, linestyle="--", label="perfect")
    for centre, colour in zip(sorted(set(centres)), ("#d1495b", "#2e8b57", "#c98a00"), strict=True):
        rows = by_group(predicted.of(centres == centre))
        label = f"{centre}, left out (n = {np.count_nonzero(centres == centre)})"
        axis.plot([r[1] for r in rows], [r[2] for r in rows], color=colour, linewidth=1, alpha=0.7, label=label)
    rows = by_group(predicted)
    spread = [[r[2] - r[3] for r in rows], [r[4] - r[2] for r in rows]]
    axis.errorbar(
        [r[1] for r in rows], [r[2] for r in rows], spread, color="#1f4e9c", marker="o", capsize=3, linewidth=1.6,
        label=f"all centres, eighths with 95 % intervals (n = {len(predicted.cancers)})",
    )  # fmt: skip
    axis.set(ylabel="share with csPCa (ISUP ≥ 2)", xlim=(0, 1), ylim=(-0.02, 1))
    axis.set_title("Risk of csPCa, one centre left out at a time", fontsize=11)
    axis.legend(loc="upper left", fontsize=8, frameon=False)
    axis.grid(alpha=0.2)
    below.hist(
        [predicted.full[predicted.cancers == value] for value in (0, 1)], bins=40, range=(0, 1), stacked=True,
        color=["#b8c2ce", "#1f4e9c"], label=["without csPCa", "with csPCa"],
    )  # fmt: skip
    below.set(xlabel="estimated probability of csPCa", ylabel="examinations")
    below.legend(fontsize=8, frameon=False)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _tables(cases: Sequence[MarksheetCase], predicted: Predicted, centres: _Array, bootstraps: int) -> list[str]:
    rows = [(f"{centre} left out", centres == centre) for centre in sorted(set(centres))]
    rows.append(("**all, each by the other centres**", np.ones(len(centres), bool)))
    rows.append(("of these with histology", np.array([case.has_histology for case in cases])))
    told = [(name, predicted.of(chosen), with_intervals(predicted.of(chosen), bootstraps)) for name, chosen in rows]
    names = list(told[0][2])
    lines = ["| centre | examinations (csPCa) | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for name, chosen, found in told:
        size = f"{len(chosen.cancers)} ({chosen.cancers.sum():.0f})"
        lines.append(f"| {name} | {size} | " + " | ".join(found[key] for key in names) + " |")
    lines += ["", "| eighth | mean probability | share with csPCa (95 % Wilson interval) | n |", "|---|---|---|---|"]
    for number, (count, mean, share, low, high) in enumerate(by_group(predicted), start=1):
        lines.append(f"| {number} | {mean:.3f} | {share:.3f} ({low:.3f} to {high:.3f}) | {count} |")
    lines += ["", "| PI-RADS | examinations | without histology | csPCa |", "|---|---|---|---|"]
    for category in range(1, 6):
        here = [case for case in cases if case.category == category]
        bare, cancers = sum(not case.has_histology for case in here), sum(case.has_cancer for case in here)
        lines.append(f"| {category} | {len(here)} | {bare} | {cancers} ({cancers / len(here):.1%}) |")
    return lines


def _written_into(file: Path, lines: Sequence[str]) -> None:
    """Replace what stands between the two marks of a page."""
    before, rest = file.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    file.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print the tables, and write and draw them where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--bootstraps", type=int, default=BOOTSTRAPS)
    arguments = parser.parse_args()
    marksheet = read_marksheet(arguments.labels / "marksheet.csv")
    predicted, centres = left_out(marksheet.cases)
    said = (
        f"Complete cases: {len(marksheet.cases)} examinations of {len(set(predicted.patients))} patients; "
        f"{marksheet.left_out} without PSA density were left out. "
        f"95 % bootstrap intervals over patients, seed {SEED}.\n"
    )
    lines = [said, *_tables(marksheet.cases, predicted, centres, arguments.bootstraps)]
    print("\n".join(lines))
    if arguments.write:
        _written_into(arguments.write, lines)
    if arguments.picture:
        draw(predicted, centres, arguments.picture)


if __name__ == "__main__":
    main()
