"""What was learnt from use as a table for spreadsheets: a line for each report and each run of the AI."""

import csv
from io import StringIO
from pathlib import Path

from core.audit import Action, AuditTrail
from core.files import write_text
from core.pirads import Category
from core.use import Analysed, Fate, Judged, Reading, Use

COLUMNS: tuple[str, ...] = (
    "record",
    "day",
    "reader",
    "models",
    "category",
    "ai_category",
    "ai_accepted",
    "ai_edited",
    "ai_rejected",
    "added",
    "shifts",
    "minutes_open_to_sign",
    "hours_to_report",
    "seconds",
    "failure",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula."""


def export(use: Use, path: Path, trail: AuditTrail) -> int:
    """Write everything in `use` to a CSV file, audited, and return how many lines; raises `CannotWrite`, `AuditFailed`.

    It is UTF-8 with the mark by which spreadsheets know it. No cell can be taken for a formula.
    """
    records = [*(_report(use, one) for one in use.readings), *map(_run, use.analyses)]
    with trail.step(Action.EXPORT) as detail:
        detail["what"] = "use"
        detail["lines"] = len(records)
        write_text(path, "\ufeff" + _as_csv(records))
    return len(records)


def _as_csv(records: list[dict[str, str]]) -> str:
    file = StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: _harmless(cell) for column, cell in record.items()} for record in records)
    return file.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _report(use: Use, one: Reading) -> dict[str, str]:
    counts = {f"ai_{fate.value}": str(sum(x.fate is fate for x in one.judged)) for fate in Fate}
    return {
        "record": "report",
        "day": f"{one.signed_at.astimezone():%Y-%m-%d}",
        "reader": use.name_of(one.reader),
        "models": "; ".join(sorted(one.models)),
        "category": one.category.value,
        "ai_category": _ai_category(one),
        **counts,
        "added": str(one.added),
        "shifts": "; ".join(map(_shift, one.judged)),
        "minutes_open_to_sign": _in(60, one.reading_s),
        "hours_to_report": _in(3600, one.turnaround_s),
    }


def _ai_category(one: Reading) -> str:
    """Return the category; `≤2` rather than 1-2, which spreadsheets read as a day."""
    if one.ai_category is Category.PENDING:
        return ""
    return "≤2" if one.ai_category is Category.TWO else one.ai_category.value


def _shift(one: Judged) -> str:
    """Return e.g. `4>3`, `3>rejected`, and `?>4` where the model suggested none."""
    given = "rejected" if one.fate is Fate.REJECTED else one.given.value
    return f"{one.suggested.value if one.suggested.isdigit() else '?'}>{given}"


def _in(unit_s: float, seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / unit_s:.1f}"


def _run(one: Analysed) -> dict[str, str]:
    return {
        "record": "analysis",
        "day": f"{one.ended_at.astimezone():%Y-%m-%d}",
        "models": "; ".join(one.models),
        "seconds": f"{one.seconds:.1f}",
        "failure": one.failure,
    }
