"""docs/reports.md, “Bad input”: every row names a test, and every test that it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_row_of_the_table_names_a_test_and_every_test_exists() -> None:
    table = (ROOT / "docs" / "reports.md").read_text("utf-8").split("\n## Bad input\n")[1]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| What")]
    assert len(rows) == 10
    assert [row for row in rows if not _NAMED.search(row)] == []
    missing = [
        f"{path}::{test}"
        for path, test in sorted(set(_NAMED.findall(table)))
        if not re.search(rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)
    ]
    assert missing == []
