"""Time from a finished brush stroke to the re-measured report, and from a click to a grown lesion, on a real study.

Run with `python benchmarks/edit_remeasure.py FOLDER [--edits 200]`; FOLDER holds the DICOM files of one study. The AI
runs once to outline gland and lesions. An edit is: paint a stroke on the axial T2 grid, measure size, volume and ADC,
find zone and sector, make the new report, append and sync the audit line (`viewer.session.Session.edit`). All reports
stay in the undo history, whose growth in memory is printed at the end.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication

from core.audit import AuditTrail
from core.progress import Silent
from core.report import Report, with_findings
from core.volume import PointLps, centroid_lps
from inference.mask_edit import Slab, interpolate_slices, paint, smooth
from inference.pipeline import analyse
from service.drafts import DraftStore
from service.lesions import edit_gland, edit_outline, propose_lesion
from service.reading import OpenStudy, open_folder
from viewer.session import Session


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--edits", type=int, default=200)
    chosen = options.parse_args()
    app = QCoreApplication([])
    opened = open_folder(chosen.folder)
    report = with_findings(Report(opened.recognised), analyse(opened.recognised, Silent()))
    print(f"{len(report.lesions)} lesions; {' × '.join(map(str, report.lesions[0].mask.spatial_shape))} voxels")
    with tempfile.TemporaryDirectory() as folder:
        trail, drafts = (
            AuditTrail(Path(folder) / "audit.jsonl", "benchmark"),
            DraftStore(Path(folder) / "drafts.sqlite"),
        )
        session = Session(report, trail, drafts)
        _measure(session, opened, chosen.edits)
        session.forget()
        drafts.close()
    app.quit()


def _measure(session: Session, opened: OpenStudy, edits: int) -> None:
    random = np.random.default_rng(0)
    first, uids = session.report, [lesion.tracking_uid for lesion in session.report.lesions]

    def lesion(turn: int) -> bool:
        uid = uids[turn % len(uids)]
        mask = session.report.lesion(uid).mask
        stroke, slab = _stroke(mask.affine, first.lesion(uid).centroid_lps_mm, random, 9.0)
        painted = paint(mask, stroke, 6.0, slab if turn % 2 else None, erase=turn % 4 > 1)
        return session.edit(lambda report: edit_outline(report, opened, uid, painted), what="outline", lesion=uid)

    def gland(turn: int) -> bool:
        assert session.report.gland is not None
        mask = session.report.gland.mask
        stroke, slab = _stroke(mask.affine, centroid_lps(mask), random, 25.0)
        painted = paint(mask, stroke, 10.0, slab, erase=turn % 2 == 1)
        return session.edit(lambda report: edit_gland(report, opened, painted), what="gland")

    def grow(turn: int) -> bool:
        at = first.lesions[turn % len(uids)].centroid_lps_mm
        return propose_lesion(Report(first.recognised, gland=first.gland), opened, at) is not None

    _timed("the first edit", lesion, 1)
    before = _resident_mb()
    done = _timed("brush stroke on a lesion → report", lesion, edits)
    print(f"  undo history: {(_resident_mb() - before) / done:.2f} MB an edit")
    _timed("brush stroke on the gland → report", gland, edits // 4)
    _timed("click on a focus → grown lesion", grow, edits // 4)
    mask = first.lesions[0].mask
    _timed("smooth a lesion", lambda _: smooth(mask, 1.0) is not mask, edits // 4)
    assert first.gland is not None
    whole = first.gland.mask
    drawn = whole.with_array(whole.array * (np.arange(whole.spatial_shape[0]) % 4 == 0)[:, None, None])
    _timed("interpolate the gland between every fourth slice", lambda _: interpolate_slices(drawn) is not drawn, 20)


def _stroke(
    affine: np.ndarray, middle: PointLps, random: np.random.Generator, aside_mm: float
) -> tuple[list[PointLps], Slab]:
    """Return five points within a slice, some millimetres around a place, and that slice."""
    across, down = (affine[:3, axis] / np.linalg.norm(affine[:3, axis]) for axis in (2, 1))
    start = np.array(middle) + aside_mm * random.uniform(-1, 1) * across + aside_mm * random.uniform(-1, 1) * down
    points = start + np.cumsum(random.uniform(-1.5, 1.5, (5, 1)) * across + random.uniform(-1.5, 1.5, (5, 1)) * down, 0)
    normal = np.cross(across, down)
    return [(float(x), float(y), float(z)) for x, y, z in points], Slab(middle, normal, 3.0)


def _timed(name: str, act: Callable[[int], bool], turns: int) -> int:
    """Print how long it took where something was changed, and return how often that was."""
    times: list[float] = []
    for turn in range(turns):
        began = time.perf_counter()
        if act(turn):
            times.append(1000 * (time.perf_counter() - began))
    times.sort()
    p95 = times[int(0.95 * len(times))]
    print(
        f"{name}: median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, worst {times[-1]:.1f} ms ({len(times)})"
    )
    return len(times)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
