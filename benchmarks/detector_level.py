"""Fits level and slope of the transparent detector's suspicion (`inference.level`) on the patients it was built on.

    python benchmarks/detector_level.py LABELS_FOLDER

LABELS_FOLDER as for `detector.py`. One logistic regression on every candidate of the virtual and the implanted cohort
with patient number mod 3 = 0: whether it is a cancer (`picai_eval`, IoU 0.1), from the log-odds that its terms make
before level and slope. Prints what is to be written into `inference.level`; some ten minutes on two cores.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from detector import CaseResult, implanted_cohort, measure_all, virtual_cohort
from numpy.typing import NDArray

from inference.build_risk import fit
from inference.level import sum_behind


def summed(results: Sequence[CaseResult]) -> NDArray[Any]:
    """Return (log-odds before level and slope, 1 where it is a cancer) of every candidate."""
    found = np.array([(score, cancer) for one in results for cancer, score, _ in one.lesions if score > 0])
    return np.stack([sum_behind(found[:, 0]), found[:, 1]], axis=1)


def main() -> None:
    """Measure, fit and print."""
    labels = Path(sys.argv[1])
    planned = [*virtual_cohort(labels, 0), *implanted_cohort(labels, 0)]
    pairs = summed([one.result for one in measure_all(labels, planned, False)["transparent"]])
    level, slope = fit(np.stack([np.ones(len(pairs)), pairs[:, 0]], axis=1), pairs[:, 1], ridge=0.0)[0]
    sys.stdout.write(
        f"{len(pairs)} candidates, {int(pairs[:, 1].sum())} of them cancers: LEVEL, SLOPE = {level:.2f}, {slope:.2f}\n"
    )


if __name__ == "__main__":
    main()
