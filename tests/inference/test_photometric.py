"""Images whose low values are white, or whose values are entries of a palette, are shown and read the right way.

PS3.3 C.7.6.3.1.2.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from core.errors import ProsectorError, SeriesIncomplete
from core.progress import Silent
from core.study import RecognisedStudy, Role
from inference.load import load
from inference.loose import load_loose
from inference.pipeline import analyse
from inference.read import read_study
from inference.recognise import recognise
from service.reading import open_folder

_PLACES = (0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0)
_INVERTED = {"PhotometricInterpretation": "MONOCHROME1"}


def _invert(folder: Path) -> None:
    """Write the same pictures as MONOCHROME1: what was bright is low now."""
    for path in folder.glob("*.dcm"):
        image = dcmread(path)
        image.PhotometricInterpretation = "MONOCHROME1"
        image.PixelData = (20000 - image.pixel_array).astype(np.uint16).tobytes()
        image.save_as(path)


def _as_palette(folder: Path, which: str = "") -> None:
    """Make the pictures of 8-bit entries of a palette: 0 is black, 1 pure green."""
    for path in folder.glob("*.dcm"):
        image = dcmread(path)
        if which and which not in image.ImageType:
            continue
        image.PhotometricInterpretation = "PALETTE COLOR"
        for place, last in enumerate((0, 65535, 0)):  # red, green, blue
            image.add_new((0x0028, 0x1101 + place), "US", [2, 0, 16])
            image.add_new((0x0028, 0x1201 + place), "OW", np.array([0, last], np.uint16).tobytes())
        image.PixelData = (image.pixel_array > image.pixel_array.mean()).astype(np.uint16).tobytes()
        image.save_as(path)


def _diffusion_study(folder: Path, made: Any) -> None:
    made.t2(1, places=_PLACES).write(folder)
    made.adc(2, places=_PLACES, pixels=lambda k, shape: np.full(shape, 1200 + 10 * k, np.uint16)).write(folder)
    made.dwi(3, 1400.0, places=_PLACES).write(folder)


def _study(folder: Path) -> RecognisedStudy:
    return recognise(read_study(folder))


def test_a_t2_whose_low_values_are_white_comes_as_bright_as_it_is_to_be_seen(tmp_path: Path, made: Any) -> None:
    made.t2(1, places=_PLACES).write(tmp_path)
    choice = _study(tmp_path).one(Role.T2_AXIAL)
    assert choice is not None
    plain = load(choice).array.astype(int)
    _invert(tmp_path)
    seen = load(choice).array.astype(int)
    assert (seen - seen.min() == plain - plain.min()).all()
    assert seen.min() == 0


def test_it_is_shown_as_a_linked_volume_and_said_of_it(tmp_path: Path, made: Any) -> None:
    made.t2(1, places=_PLACES, tags=_INVERTED).write(tmp_path)
    (one,) = open_folder(tmp_path).series
    assert one.volume is not None
    assert "stored with white for low values (MONOCHROME1)" in one.note


def test_slices_of_which_some_have_black_where_others_have_white_are_refused(tmp_path: Path, made: Any) -> None:
    paths = made.t2(1, places=_PLACES).write(tmp_path)
    image = dcmread(paths[3])
    image.PhotometricInterpretation = "MONOCHROME1"
    image.save_as(paths[3])
    choice = _study(tmp_path).one(Role.T2_AXIAL)
    assert choice is not None
    with pytest.raises(SeriesIncomplete, match="has black where white is in"):
        load(choice)


def test_a_series_without_a_role_whose_low_values_are_white_is_shown_so(tmp_path: Path, made: Any) -> None:
    made(places=_PLACES, tags=_INVERTED).write(tmp_path)
    (series,) = read_study(tmp_path).series
    loose = load_loose(series)
    assert loose.volume is not None
    assert loose.volume.array[0, 0, 0] == loose.volume.array.max()  # the smallest stored value is the brightest
    assert "MONOCHROME1" in loose.note


def test_an_adc_map_whose_low_values_are_white_is_no_measure_but_a_picture(tmp_path: Path, made: Any) -> None:
    _diffusion_study(tmp_path, made)
    for path in tmp_path.glob("s02*.dcm"):
        image = dcmread(path)
        image.PhotometricInterpretation = "MONOCHROME1"
        image.save_as(path)
    adc = next(one for one in open_folder(tmp_path).series if one.choice.role is Role.ADC)
    assert adc.volume is None
    assert "cannot be told what its values mean" in adc.problem
    assert adc.pictures is not None
    with pytest.raises(ProsectorError, match="MONOCHROME1"):
        analyse(_study(tmp_path), Silent())


def test_a_series_of_palette_colours_is_shown_by_their_brightness_and_refused_by_the_ai(
    tmp_path: Path, made: Any
) -> None:
    _diffusion_study(tmp_path, made)
    _as_palette(tmp_path, "ADC")
    opened = open_folder(tmp_path)
    adc = next(one for one in opened.series if one.choice.role is Role.ADC)
    assert adc.volume is None
    assert adc.pictures is not None
    assert "is a colour image, not one of measured signal" in adc.problem
    with pytest.raises(ProsectorError, match="is a colour image, not one of measured signal"):
        analyse(opened.recognised, Silent())


def test_entries_of_a_palette_are_seen_in_the_brightness_of_their_colour(tmp_path: Path, made: Any) -> None:
    made(places=_PLACES, pixels=lambda _k, shape: np.indices(shape)[0].astype(np.uint16)).write(tmp_path)
    _as_palette(tmp_path)
    (series,) = read_study(tmp_path).series
    loose = load_loose(series)
    assert loose.volume is None
    assert loose.pictures is not None
    assert set(np.unique(loose.pictures)) == {0, round(0.587 * 65535)}  # green (ITU-R BT.601)
    assert loose.note.startswith("Series 1 “made up” is a colour image and shown in grey.")
