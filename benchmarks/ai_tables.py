"""Every measured table and picture of docs/ai.md, anew by one command.

    python benchmarks/ai_tables.py DATA_FOLDER [--only series zones detector pictures risk]

DATA_FOLDER holds `picai_labels`, `prostatex` (ProstateX-0000 and -0001) and `vendor_headers` (real brain scans); none
of them is part of Prosector. Some ten minutes on two free cores, six of them for the detector. A part whose measuring
fails leaves its table as it was, and is told at the end.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from inference.atlas import load_atlas
from inference.build_atlas import cases, check

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "ai.md"
PICTURES = ROOT / "docs" / "images" / "ai"
BEGIN, END = "<!-- benchmarks/ai_tables.py, zones: begin -->", "<!-- benchmarks/ai_tables.py, zones: end -->"


def _series(data: Path) -> None:
    _run("series_detective.py", "--studies", data / "prostatex", "--headers", data / "vendor_headers", "--write", PAGE)


def _zones(data: Path) -> None:
    table = check(load_atlas(), list(cases(data / "picai_labels", 1)))
    sys.stdout.write(table)
    write_between(PAGE, table.splitlines())


def _detector(data: Path) -> None:
    _run("detector.py", data / "picai_labels", "--studies", data / "prostatex", "--write", PAGE)


def _pictures(data: Path) -> None:
    _run("detector_pictures.py", data / "picai_labels", data / "prostatex", PICTURES)


def _risk(data: Path) -> None:
    _run("risk.py", data / "picai_labels", "--write", PAGE, "--picture", PICTURES / "risk-calibration.png")


PARTS: Mapping[str, Callable[[Path], None]] = {
    "series": _series,
    "zones": _zones,
    "detector": _detector,
    "pictures": _pictures,
    "risk": _risk,
}


def _run(script: str, *arguments: Path | str) -> None:
    subprocess.run([sys.executable, str(ROOT / "benchmarks" / script), *map(str, arguments)], check=True, cwd=ROOT)


def write_between(page: Path, lines: Sequence[str]) -> None:
    """Replace what stands between the marks of the zones."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Measure the parts that are asked for, one after the other; return 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    arguments = parser.parse_args()
    failed: list[str] = []
    for part in arguments.only:
        print(f"{part} …", flush=True)
        try:
            PARTS[part](arguments.data)
        except subprocess.CalledProcessError as error:
            failed.append(f"{part} was not measured: its command ended with {error.returncode}")
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
