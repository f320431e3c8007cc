"""docs/ai.md: each table between marks, and each picture, is made by the one command that the page names."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "ai.md"
_BEGIN = re.compile(r"<!-- ([^>]+): begin -->")


def _writers() -> dict[str, str]:
    """Return the program that writes between each mark."""
    found: dict[str, str] = {}
    for script in sorted((ROOT / "benchmarks").glob("*.py")):
        for mark in _BEGIN.findall(script.read_text("utf-8")):
            found[mark] = script.name
    return found


def test_every_table_between_marks_is_written_by_the_one_command() -> None:
    page, command = PAGE.read_text("utf-8"), (ROOT / "benchmarks" / "ai_tables.py").read_text("utf-8")
    writers, marks = _writers(), _BEGIN.findall(page)
    assert len(marks) >= 4
    assert "    python benchmarks/ai_tables.py DATA_FOLDER" in page
    for mark in marks:
        assert page.count(f"<!-- {mark}: end -->") == 1
        script = writers[mark]
        assert script == "ai_tables.py" or f'_run("{script}"' in command, mark


def test_the_pictures_of_two_real_and_five_virtual_patients_show_overlays_in_colour() -> None:
    named = re.findall(r"\(images/ai/((?:virtual|prostatex)-\d+\.png)\)", PAGE.read_text("utf-8"))
    assert sorted(named) == ["prostatex-0000.png", "prostatex-0001.png", *(f"virtual-{n}.png" for n in range(1, 6))]
    for name in named:
        picture = Image.open(ROOT / "docs" / "images" / "ai" / name).convert("RGB")
        pixels = picture.getcolors(1 << 20)
        assert pixels is not None
        blue = sum(count for count, (r, g, b) in pixels if b > 200 and r < 130 and b - g > 60)
        assert blue > 200, name


def test_a_table_is_replaced_between_its_marks_and_nothing_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    ai_tables = import_module("ai_tables")
    copy = tmp_path / "ai.md"
    copy.write_text(PAGE.read_text("utf-8"), "utf-8")
    ai_tables.write_between(copy, ["| glands | cases |", "|---|---|", "| all | 3 |"])
    before, after = PAGE.read_text("utf-8"), copy.read_text("utf-8")
    assert after.split(ai_tables.BEGIN)[1].split(ai_tables.END)[0] == "\n| glands | cases |\n|---|---|\n| all | 3 |\n"
    assert after.split(ai_tables.BEGIN)[0] == before.split(ai_tables.BEGIN)[0]
    assert after.split(ai_tables.END)[1] == before.split(ai_tables.END)[1]


def test_the_zones_of_the_page_are_those_that_the_installed_atlas_states() -> None:
    stated = (ROOT / "resources" / "atlas" / "README.md").read_text("utf-8")
    found = re.search(r"Dice of (\S+ \(.+?\)) for the PZ and\s+(\S+ \(.+?\)) for the TZ on the (\d+)", stated)
    assert found is not None
    peripheral, transition, cases = found.groups()
    assert f"| all | {cases} | {peripheral} | {transition} |\n" in PAGE.read_text("utf-8")


def test_the_risk_of_the_page_is_that_of_the_labels(monkeypatch: pytest.MonkeyPatch, shared_data: Path) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    risk = import_module("risk")
    marksheet = risk.read_marksheet(shared_data / "picai_labels" / "marksheet.csv")

    predicted, centres = risk.left_out(marksheet.cases)

    rows = {f"{centre} left out": predicted.of(centres == centre) for centre in sorted(set(centres))}
    rows["**all, each by the other centres**"] = predicted
    page = PAGE.read_text("utf-8").splitlines()
    for name, of_row in rows.items():
        (row,) = (line for line in page if line.startswith(f"| {name} |"))
        stated = [cell.split(" ")[0] for cell in row.strip("| ").split(" | ")[2:]]
        assert stated == [f"{value:.3f}" for value in risk.measures(of_row).values()], name
