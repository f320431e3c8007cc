"""docs/ai.md, “Bad input”: every row of the field notes is there, and every test that it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_SECTIONS = ("Series typing and b-values", "SEG and geometry", "AI runtime, models, auth")


def _section() -> str:
    text = (ROOT / "docs" / "ai.md").read_text("utf-8")
    return text.split("\n## Bad input\n")[1].split("\n## ")[0]


def _rows() -> list[str]:
    rows = [line for line in _section().splitlines() if line.startswith("|")]
    return [row for row in rows if not row.startswith(("|---", "| row |", "| what is wrong |"))]


def test_every_row_says_what_happens_and_names_a_test_and_every_test_exists() -> None:
    rows = _rows()
    assert len(rows) > 40
    assert [row for row in rows if len(cells := row.split(" | ")) != 3 or not cells[1].strip()] == []
    assert [row for row in rows if not _NAMED.search(row)] == []
    named = set(_NAMED.findall("\n".join(rows)))
    missing = [
        f"{path}::{test}"
        for path, test in sorted(named)
        if not re.search(rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("section", _SECTIONS)
def test_every_row_of_the_field_notes_is_in_the_table(shared_data: Path, section: str) -> None:
    notes = (shared_data.parent / "FIELD_NOTES.md").read_text("utf-8").split(f"### {section}\n")[1].split("\n#")[0]
    threads = [line.split("|")[1] for line in notes.splitlines() if line.startswith("|")][2:]
    told = _section()
    first = [re.split(r"[,;(]", thread)[0].strip() for thread in threads]
    assert first
    assert [thread for thread in first if thread not in told] == []
