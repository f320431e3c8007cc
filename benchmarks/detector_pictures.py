"""Pictures of the detector's candidates beside the truth: five virtual patients and two real studies.

    python benchmarks/detector_pictures.py LABELS_FOLDER PROSTATEX_FOLDER OUTPUT_FOLDER

T2, ADC and high-b in the slice of the first candidate and in that of the cancer; the gland that the detector is given
blue, the transition zone within it violet (on T2), truth green, candidates orange.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from detector import SEED, Images, Place, Planned, images_of, real_images, transparent, virtual_cohort
from highdicom import Volume
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from core.certainty import score_in_words
from core.study import Role
from core.volume import on_grid_of
from inference.atlas import TRANSITION_ZONE, zones_of
from inference.virtual.labels import read_labels
from inference.virtual.patient import draw_patient
from service.reading import open_folder

PANEL = 230
MARGIN_MM = 8.0
TRUTH, CANDIDATE = (90, 220, 120), (255, 160, 40)
GLAND, TRANSITION = (90, 150, 255), (200, 130, 255)


def main() -> None:
    """Draw and save."""
    labels, studies, output = (Path(argument) for argument in sys.argv[1:4])
    output.mkdir(parents=True, exist_ok=True)
    positive = virtual_cohort(labels, 1)[:100:25]
    negative = virtual_cohort(labels, 1)[-1]
    for number, planned in enumerate((*positive, negative), start=1):
        _save(output / f"virtual-{number}.png", images_of(labels, planned), _virtual_t2(labels, planned))
    for study in ("0000", "0001"):
        t2 = open_folder(studies / f"ProstateX-{study}").volume(Role.T2_AXIAL)
        assert t2 is not None
        _save(output / f"prostatex-{study}.png", real_images(studies, study), t2)


def _virtual_t2(labels: Path, planned: Planned) -> Volume:
    return draw_patient(read_labels(labels, planned.name), SEED).t2


def _save(file: Path, images: Images, t2: Volume) -> None:
    places = transparent(images)
    drawn_again = on_grid_of(images.gland, t2.array)  # of a virtual patient, in a frame of reference of its own
    transition = zones_of(images.gland, drawn_again).array == TRANSITION_ZONE
    rows = [_row(images, t2, transition, places, k) for k in _slices(images, places)]
    height = sum(row.height for row in rows)
    page = Image.new("RGB", (rows[0].width, height))
    top = 0
    for row in rows:
        page.paste(row, (0, top))
        top += row.height
    page.quantize(128, Image.Quantize.MAXCOVERAGE).save(file, optimize=True)
    sys.stdout.write(f"{file.name}: {images.name}, {len(places)} candidates, {file.stat().st_size // 1024} kB\n")


def _slices(images: Images, places: list[Place]) -> list[int]:
    wanted = [mask for mask in (places[0].mask if places else None, images.lesions.array) if mask is not None]
    found = [int(np.argmax(mask.sum(axis=(1, 2)))) for mask in wanted if np.any(mask)]
    return sorted(set(found or [images.gland.spatial_shape[0] // 2]))


def _row(images: Images, t2: Volume, transition: NDArray[np.bool_], places: list[Place], k: int) -> Image.Image:
    box = _box(images.gland)
    inside = images.gland.array > 0
    bright = float(np.percentile(images.high_b.array[inside], 99.7))
    white = float(np.percentile(t2.array[inside], 99.5))
    row = Image.new("RGB", (3 * PANEL, PANEL))
    for n, (image, most, name) in enumerate(
        ((t2, white, "T2"), (images.adc, 2400.0, "ADC"), (images.high_b, bright, f"b {images.b_value:g}"))
    ):
        grey = np.clip(image.array[k][box] / most, 0, 1) * 255
        panel = Image.fromarray(grey.astype(np.uint8)).resize((PANEL, PANEL), Image.Resampling.BICUBIC).convert("RGB")
        _outline(panel, images.gland.array[k][box], GLAND, width=1)
        if n == 0:
            _outline(panel, transition[k][box], TRANSITION, width=1)
        _outline(panel, images.lesions.array[k][box], TRUTH)
        for place in places:
            _outline(panel, place.mask[k][box], CANDIDATE, score_in_words(place.score))
        ImageDraw.Draw(panel).text((5, 4), f"{name}  slice {k + 1}" if n == 0 else name, fill=(255, 255, 255))
        row.paste(panel, (n * PANEL, 0))
    return row


def _box(gland: Volume) -> tuple[slice, slice]:
    """Return the square of rows and columns around the gland."""
    rows, columns = (np.flatnonzero(gland.array.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    half = int(max(np.ptp(rows), np.ptp(columns)) / 2 + MARGIN_MM / gland.spacing[1])
    middles = [int((part.min() + part.max()) / 2) for part in (rows, columns)]
    row, column = (slice(max(0, middle - half), middle + half + 1) for middle in middles)
    return row, column


def _outline(
    panel: Image.Image, mask: NDArray[Any], colour: tuple[int, int, int], text: str = "", width: int = 2
) -> None:
    if not np.any(mask):
        return
    large = (
        np.asarray(Image.fromarray((mask > 0).astype(np.uint8) * 255).resize(panel.size, Image.Resampling.BICUBIC))
        > 127
    )
    edge = large ^ ndimage.binary_erosion(large, iterations=width)
    for y, x in np.argwhere(edge):
        panel.putpixel((int(x), int(y)), colour)
    if text:
        y, x = np.argwhere(large).max(axis=0)
        ImageDraw.Draw(panel).text((min(int(x) + 2, PANEL - 28), min(int(y), PANEL - 12)), text, fill=colour)


if __name__ == "__main__":
    main()
