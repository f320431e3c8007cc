"""Fit the risk of csPCa on the marksheet of the public PI-CAI labels: `python -m inference.build_risk --labels FOLDER`.

Penalised logistic regression on complete cases; `benchmarks/risk.py` validates it, one centre left out at a time.
"""

import argparse
import csv
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.risk import risk_terms

PSA_DENSITY_CENTRE = 0.15
AGE_CENTRE = 65.0
RIDGE = 1.0
"""Penalty on the squared coefficients but the intercept; set before fitting and not tuned."""
RANGE_PERCENTILES = (1, 99)
NAMES = ("intercept", "at_least_3", "at_least_4", "at_least_5", "log2_psa_density", "age_decades")
_Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class MarksheetCase:
    """One examination; `psa_density` in ng/mL², `age` in years, `has_histology` whether tissue was ever taken."""

    patient_id: str
    centre: str
    category: int
    psa_density: float
    age: float
    has_cancer: bool
    has_histology: bool


@dataclass(frozen=True, slots=True)
class Marksheet:
    """The complete cases, how many were left out for want of PI-RADS or PSA density, and the file's SHA-256."""

    cases: tuple[MarksheetCase, ...]
    left_out: int
    sha256: str


def read_marksheet(file: Path) -> Marksheet:
    """Return the cases of a PI-CAI marksheet that have a PI-RADS category, a PSA density and an age."""
    content = file.read_bytes()
    rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
    read = [_case(row) for row in rows]
    cases = tuple(case for case in read if case is not None)
    return Marksheet(cases, len(rows) - len(cases), hashlib.sha256(content).hexdigest())


def _case(row: dict[str, str]) -> MarksheetCase | None:
    categories = [int(given) for given in row["lesion_PIRADS"].split(",") if given.strip().isdigit()]
    psa_density = _psa_density(row)
    if not categories or not psa_density or not row["patient_age"]:
        return None
    return MarksheetCase(
        patient_id=row["patient_id"],
        centre=row["center"],
        category=max(categories),
        psa_density=psa_density,
        age=float(row["patient_age"]),
        has_cancer=row["case_csPCa"] == "YES",
        has_histology=bool(row["histopath_type"]),
    )


def _psa_density(row: dict[str, str]) -> float | None:
    """Return PSA over volume; where one is missing, the density that the centre reported (two decimals)."""
    if row["psa"] and row["prostate_volume"]:
        return float(row["psa"]) / float(row["prostate_volume"])
    return float(row["psad"]) if row["psad"] else None


def design(cases: Sequence[MarksheetCase]) -> _Array:
    """Return (case, term), the terms of `core.risk`."""
    return np.array([risk_terms(x.category, x.psa_density / PSA_DENSITY_CENTRE, x.age - AGE_CENTRE) for x in cases])


def outcomes(cases: Sequence[MarksheetCase]) -> _Array:
    """Return (case,), 1 for csPCa."""
    return np.array([float(case.has_cancer) for case in cases])


def fit(terms: _Array, cancers: _Array, ridge: float = RIDGE) -> tuple[_Array, _Array]:
    """Return coefficients and covariance (inverse of the penalised information) by Newton's method.

    The first term is the intercept, which is not penalised. Raises ValueError when it does not converge.
    """
    penalty = np.diag([0.0, *[ridge] * (terms.shape[1] - 1)])
    coefficients = np.zeros(terms.shape[1])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-terms @ coefficients))
        information = terms.T @ (terms * (expected * (1 - expected))[:, None]) + penalty
        step = np.linalg.solve(information, terms.T @ (cancers - expected) - penalty @ coefficients)
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-10:
            return coefficients, np.linalg.inv(information)
    raise ValueError("The logistic regression does not converge on this marksheet.")


_TOML = """# Risk of clinically significant prostate cancer (ISUP >= 2), built by `python -m inference.build_risk`.
# Derived from the PI-CAI labels (Saha, Bosma, Twilt et al.), CC BY-NC 4.0; this file is under the same licence.
licence = "CC BY-NC 4.0"

[data]
cases = {cases}
events = {events}
patients = {patients}
without_histology = {without_histology}
left_out = {left_out}
marksheet_sha256 = "{sha256}"

[centre]
psa_density = {psa_density_centre}
age = {age_centre}

[range]
psa_density = {psa_density_range}
age = {age_range}

[coefficients]
{coefficients}

[covariance]
rows = [
{covariance}
]
"""


def pack(marksheet: Marksheet) -> str:
    """Return `cspca.toml`, the same for the same marksheet."""
    cases = marksheet.cases
    coefficients, covariance = fit(design(cases), outcomes(cases))
    densities = np.percentile([case.psa_density for case in cases], RANGE_PERCENTILES)
    ages = np.percentile([case.age for case in cases], RANGE_PERCENTILES)
    return _TOML.format(
        cases=len(cases),
        events=sum(case.has_cancer for case in cases),
        patients=len({case.patient_id for case in cases}),
        without_histology=sum(not case.has_histology for case in cases),
        left_out=marksheet.left_out,
        sha256=marksheet.sha256,
        psa_density_centre=PSA_DENSITY_CENTRE,
        age_centre=AGE_CENTRE,
        psa_density_range=_numbers(densities, 2),
        age_range=_numbers(ages, 0),
        coefficients="\n".join(f"{name} = {value:.4f}" for name, value in zip(NAMES, coefficients, strict=True)),
        covariance="\n".join(f"  {_numbers(row, 6)}," for row in covariance),
    )


def _numbers(values: Sequence[float] | NDArray[Any], decimals: int) -> str:
    written = (f"{value:.{max(decimals, 1)}f}" for value in np.round(values, decimals) + 0.0)
    return f"[{', '.join(written)}]"


_README = """# Risk of clinically significant cancer

`cspca.toml` holds a logistic regression for the probability that a patient has clinically significant prostate cancer
(ISUP ≥ 2), fitted on `marksheet.csv` of the public labels of the PI-CAI challenge
(github.com/DIAGNijmegen/picai_labels, Saha, Bosma, Twilt et al., The PI-CAI Challenge), licensed CC BY-NC 4.0; this
derived file is under the same licence. It holds coefficients only: no patient.

Built by `python -m inference.build_risk --labels FOLDER` from {cases} examinations of {patients} patients, {events}
with csPCa; the {left_out} examinations without PI-RADS category or PSA density were left out (complete cases). The same
marksheet gives the same bytes.

| what | meaning |
|---|---|
| outcome | `case_csPCa`: ISUP ≥ 2 in biopsy or prostatectomy. {without_histology} of these examinations have no \
histology and count as without csPCa, as the challenge counts them |
| PI-RADS | the highest number in `lesion_PIRADS`, as the three centres reported it; categories 1 and 2 are one |
| PSA density | `psa` / `prostate_volume` as reported; where one of them is missing, `psad` |
| age | `patient_age` |
| `[coefficients]` | log-odds: intercept; category at least 3, 4 and 5; each doubling of PSA density from \
{density} ng/mL²; each ten years from {age:g} |
| `[covariance]` | of these in that order: inverse of the penalised information (ridge {ridge:g}, intercept free) |
| `[range]` | 1st to 99th percentile; outside of it no risk is told |

Validation, one centre left out at a time: `docs/ai.md`, section *Clinical risk*.
"""


def readme(marksheet: Marksheet) -> str:
    """Return the README of the pack."""
    cases = marksheet.cases
    return _README.format(
        cases=len(cases),
        patients=len({case.patient_id for case in cases}),
        events=sum(case.has_cancer for case in cases),
        left_out=marksheet.left_out,
        without_histology=sum(not case.has_histology for case in cases),
        density=PSA_DENSITY_CENTRE,
        age=AGE_CENTRE,
        ridge=RIDGE,
    )


def main(arguments: list[str] | None = None) -> int:
    """Write `cspca.toml` and its README; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m inference.build_risk", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="folder with marksheet.csv")
    parser.add_argument("--output", type=Path, default=Path("resources/risk"), help="where the model is written")
    options = parser.parse_args(arguments)
    file: Path = options.labels / "marksheet.csv"
    if not file.is_file():
        parser.error(f"{options.labels} has no marksheet.csv")
    marksheet = read_marksheet(file)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "cspca.toml").write_text(pack(marksheet), "utf-8")
    (options.output / "README.md").write_text(readme(marksheet), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
