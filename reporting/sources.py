"""The headers of the images that a report is about, in the order of their positions."""

import struct
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from highdicom import VolumeGeometry
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from core.errors import SeriesIncomplete
from core.study import RecognisedStudy, Role, RoleChoice, Series, Stack
from core.volume import PointLps
from reporting.limits import LONG, identifier, long_string, person_name

_ENOUGH_FOR_GEOMETRY = 2


def axial_t2(recognised: RecognisedStudy) -> RoleChoice:
    """Return the axial T2; raises `SeriesIncomplete` when the study has none, as nothing can be segmented then."""
    choice = recognised.one(Role.T2_AXIAL)
    if choice is None:
        raise SeriesIncomplete(
            f"Study {recognised.study.study_instance_uid} has no axial T2 series, so no outline can be placed in it."
        )
    return choice


def headers(stack: Stack) -> tuple[Dataset, ...]:
    """Return the headers of a stack without pixels, ordered along row × column; raises `SeriesIncomplete`.

    Of an enhanced multi-frame image there is one for each frame, with its plane and its Referenced Frame Number.
    """
    whole = {path: _header(stack.series, path) for path in {instance.path for instance in stack.instances}}
    read = [
        whole[one.path] if one.frame is None else _frame_header(whole[one.path], one.frame) for one in stack.instances
    ]
    return tuple(sorted(read, key=along_normal))


def multi_frame(stack: Stack) -> Dataset | None:
    """Return the one enhanced multi-frame image that a stack's frames are of, or None for classic images."""
    paths = {instance.path for instance in stack.instances if instance.frame is not None}
    return _header(stack.series, paths.pop()) if len(paths) == 1 else None


def any_header(recognised: RecognisedStudy) -> Dataset:
    """Return the header of one MR image, for patient and study attributes; raises `SeriesIncomplete` without one."""
    for series in recognised.study.series:
        if series.modality == "MR" and series.instances:
            return _header(series, series.instances[0].path)
    raise SeriesIncomplete(f"Study {recognised.study.study_instance_uid} has no MR image here; retrieve it again.")


def header_of(recognised: RecognisedStudy, sop_instance_uid: str) -> Dataset | None:
    """Return the header of one image of the study, or None when it is not there; raises `SeriesIncomplete`."""
    for series in recognised.study.series:
        for instance in series.instances:
            if instance.sop_instance_uid == sop_instance_uid:
                return _header(series, instance.path)
    return None


def geometry(sorted_headers: Sequence[Dataset]) -> VolumeGeometry:
    """Return the grid of ordered headers, axes (k, j, i); raises `SeriesIncomplete` below two slices."""
    first = sorted_headers[0]
    if len(sorted_headers) < _ENOUGH_FOR_GEOMETRY:
        raise SeriesIncomplete(f"Series {first.SeriesInstanceUID} has a single slice, which makes no volume.")
    cosines = _cosines(first)
    rows_mm, columns_mm = (float(value) for value in first.PixelSpacing)
    positions = [along_normal(header) for header in sorted_headers]
    affine = np.eye(4)
    affine[:3, 0] = _normal(first) * (positions[-1] - positions[0]) / (len(positions) - 1)
    affine[:3, 1] = cosines[3:] * rows_mm
    affine[:3, 2] = cosines[:3] * columns_mm
    affine[:3, 3] = [float(value) for value in first.ImagePositionPatient]
    return VolumeGeometry(
        affine=affine,
        spatial_shape=(len(positions), int(first.Rows), int(first.Columns)),
        coordinate_system="PATIENT",
        frame_of_reference_uid=str(first.FrameOfReferenceUID),
    )


def nearest(sorted_headers: Sequence[Dataset], point: PointLps) -> Dataset:
    """Return the header of the slice closest to a patient position (mm, LPS)."""
    along = float(np.dot(_normal(sorted_headers[0]), np.array(point)))
    return min(sorted_headers, key=lambda header: abs(along_normal(header) - along))


def nameless(sources: Sequence[Dataset]) -> list[Dataset]:
    """Return the headers with what highdicom takes over made to fit, and an empty patient's name.

    highdicom warns of names that have no caret, as some have; `patient_name` gives it for what was made from them.
    """
    return [_copied(source) for source in sources]


def _copied(source: Dataset) -> Dataset:
    """Return a header with the elements of `source`, and with elements of its own in place of those that are made fit.

    Nothing of `source` changes; a deep copy would take longer than the whole of what is made from it.
    """
    header = Dataset()
    header.set_original_encoding(*source.original_encoding, source.original_character_set)
    for tag in source.keys():  # noqa: SIM118 — not decoded yet: what nobody asks for may be odd
        header[tag] = source.get_item(tag)
    for keyword, fit in {"PatientName": _emptied, **_FIT}.items():
        if keyword in source:
            value = fit(str(source[keyword].value or ""))
            header.add_new(keyword, source[keyword].VR, value)
    return header


def _emptied(_name: str) -> str:
    return ""


_FIT = {
    "ReferringPhysicianName": person_name,
    "AccessionNumber": identifier,
    "StudyID": identifier,
    "PatientID": partial(identifier, most=LONG),
    "StudyDescription": long_string,
    "InstitutionName": long_string,
}
"""How an attribute that derived objects take over from the images is made to fit (reporting/limits.py)."""


def fitted(keyword: str, value: str) -> str:
    """Return the value of a patient's or study's attribute as a derived object can hold it."""
    return _FIT[keyword](value) if keyword in _FIT else value


def patient_name(source: Dataset) -> str:
    """Return the patient's name in PN form, decoded, empty when the header has none."""
    return person_name(str(source.get("PatientName") or ""))


def _header(series: Series, path: Path) -> Dataset:
    try:
        return dcmread(path, stop_before_pixels=True)
    except (OSError, EOFError, ValueError, InvalidDicomError, struct.error) as error:
        raise SeriesIncomplete(
            f"{path.name} of {series.label} cannot be read ({error}); retrieve the study again."
        ) from error


def _frame_header(whole: Dataset, number: int) -> Dataset:
    """Return what classic MR would say of one frame (from 1), from its functional groups (PS3.3 C.7.6.16)."""
    groups = (whole.PerFrameFunctionalGroupsSequence[number - 1], whole.SharedFunctionalGroupsSequence[0])
    header = Dataset()
    for element in whole:
        if element.keyword not in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
            header.add(element)
    for sequence, keywords in _PLANE.items():
        item = next((group[sequence].value[0] for group in groups if sequence in group), Dataset())
        for keyword in keywords:
            if keyword in item:
                header.add(item[keyword])
    header.ReferencedFrameNumber = number
    return header


_PLANE = {
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "PixelMeasuresSequence": ("PixelSpacing", "SliceThickness", "SpacingBetweenSlices"),
    "PixelValueTransformationSequence": ("RescaleIntercept", "RescaleSlope", "RescaleType"),
}


def _cosines(header: Dataset) -> NDArray[np.float64]:
    return np.array([float(value) for value in header.ImageOrientationPatient])


def _normal(header: Dataset) -> NDArray[np.float64]:
    cosines = _cosines(header)
    return np.cross(cosines[:3], cosines[3:])


def middle_of(header: Dataset) -> PointLps:
    """Return the patient position (mm, LPS) of the middle of an image."""
    cosines = _cosines(header)
    rows_mm, columns_mm = (float(value) for value in header.PixelSpacing)
    down, right = (int(header.Rows) - 1) / 2 * rows_mm, (int(header.Columns) - 1) / 2 * columns_mm
    position = np.array([float(value) for value in header.ImagePositionPatient])
    x, y, z = position + cosines[:3] * right + cosines[3:] * down
    return float(x), float(y), float(z)


def along_normal(header: Dataset) -> float:
    """Return where an image lies along its normal (mm)."""
    position = np.array([float(value) for value in header.ImagePositionPatient])
    return float(np.dot(_normal(header), position))
