"""A stack's files as one volume, by position along the slice normal; anything missing or odd is refused by name."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import SeriesIncomplete
from core.study import Instance, Role, RoleChoice, Series, Stack
from core.volume import same_grid
from inference.adc_fit import fit_adc, in_adc_unit, require_falling
from inference.elements import Damaged, NotDicom
from inference.frames import header_of
from inference.header import DIFFUSIVITY, Header, Pixels
from inference.plane import along_normal, unit_axes
from inference.voxels import read_voxels

SPACING_TOLERANCE = 0.01
POSITION_TOLERANCE_MM = 0.05
"""Positions are decimal text of limited length; a hundredth of a slice, or 0.05 mm, is a tenth of a pixel and far
above their rounding. Anything larger would move a lesion's outline."""
_COSINE_TOLERANCE = 1e-3
_SIGNAL = (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL, Role.HIGH_B)
"""Roles that are read by how bright a place is beside others; of the others each value counts by itself."""


def load(choice: RoleChoice) -> Volume:
    """Return the volume of a role: an ADC in 10⁻⁶ mm²/s whatever unit it was stored in, or fitted from its DWI.

    T2 and high-b images are as bright as they are to be seen (`load_as_seen`). Raises `SeriesIncomplete`, as
    `load_stack`, and when an ADC map's unit cannot be told.
    """
    return load_told(choice)[0]


def load_told(choice: RoleChoice) -> tuple[Volume, str]:
    """Return the volume as `load`, and in which unit an ADC map was stored when that is another one, else ""."""
    if choice.fitted:
        return require_falling(_fitted(choice.stacks), _named(choice.stack.series)), ""
    if choice.role in _SIGNAL:
        return load_as_seen(choice.stack), ""
    volume = load_stack(choice.stack)
    if choice.role is not Role.ADC:
        return volume, ""
    return in_adc_unit(volume, _named(choice.stack.series), _stated_factor(choice.stack))


def _stated_factor(stack: Stack) -> float | None:
    """Return what the unit of a stack's Real World Value Map is to be multiplied with, None without one."""
    maps = [_header(stack.series, instance).real_world for instance in stack.instances]
    units = {one.unit if one is not None else "" for one in maps}
    return DIFFUSIVITY.get(units.pop()) if len(units) == 1 else None


def load_stack(stack: Stack) -> Volume:
    """Return a stack as a volume whose slices rise along row x column, in the scanner's rescaled values.

    The array is int16 or uint16 where the rescaled values are whole numbers that fit, else float32. Raises
    `SeriesIncomplete` naming the series, the files and the slice position (mm along the normal) when a slice is
    missing, doubled, of another orientation, size or spacing, or cannot be read; and when the images are stored with
    white for low values, which leaves it open what a value by itself means.
    """
    volume = load_as_seen(stack)
    if low_is_white(stack):
        raise SeriesIncomplete(
            f"{_named(stack.series)} is stored with white for low values (MONOCHROME1), so it cannot be told what its "
            "values mean and nothing is calculated from it. Let the scanner or PACS send it as MONOCHROME2."
        )
    return volume


def low_is_white(stack: Stack) -> bool:
    """Tell whether the images of a stack are stored as MONOCHROME1; raises `SeriesIncomplete`."""
    pixels = [_header(stack.series, instance).pixels for instance in stack.instances[:1]]
    return any(one.low_is_white for one in pixels if one is not None)


def load_as_seen(stack: Stack) -> Volume:
    """Return a stack as `load_stack` does, with MONOCHROME1 images as bright as they are to be seen.

    The array then counts from black, the highest number that is stored, and no longer in the scanner's values.
    """
    headers = [_header(stack.series, instance) for instance in stack.instances]
    _require_alike(stack.series, headers)
    headers.sort(key=lambda header: along_normal(header.cosines, header.position))
    places = headers[:: stack.directions]
    voxels = read_voxels(_named(stack.series), headers)
    return Volume(
        array=voxels if stack.directions == 1 else _trace_weighted(voxels, stack.directions),
        affine=_affine(places[0], _even_step(stack.series, places)),
        coordinate_system="PATIENT",
        frame_of_reference_uid=stack.series.frame_of_reference_uid or None,
    )


def in_order(stack: Stack) -> tuple[Instance, ...]:
    """Return the instances of a stack in the order of its volume's slices; raises `SeriesIncomplete`."""
    placed = [(_header(stack.series, instance), instance) for instance in stack.instances]
    placed.sort(key=lambda pair: along_normal(pair[0].cosines, pair[0].position))
    return tuple(instance for _, instance in placed)


def _trace_weighted(voxels: NDArray[Any], directions: int) -> NDArray[np.float32]:
    """Return the geometric mean of the directions at each place, whose fall with b is that of the mean diffusivity."""
    at_place = voxels.reshape(-1, directions, *voxels.shape[1:]).astype(np.float32)
    return np.exp(np.log(np.maximum(at_place, 1e-3)).mean(axis=1)).astype(np.float32)


def _fitted(stacks: Sequence[Stack]) -> Volume:
    volumes = [load_stack(stack) for stack in stacks]
    for stack, volume in zip(stacks[1:], volumes[1:], strict=True):
        if not same_grid(volumes[0], volume):
            raise SeriesIncomplete(
                f"No ADC can be fitted: b {stack.b_value:g} of {stack.series.label} does not lie on the grid of "
                f"b {stacks[0].b_value:g}."
            )
    return fit_adc(volumes, [stack.b_value or 0.0 for stack in stacks])


def _header(series: Series, instance: Instance) -> Header:
    path = instance.path
    try:
        return header_of(instance)
    except NotDicom as error:
        raise SeriesIncomplete(f"{_named(series)}: {path.name} is not DICOM; retrieve the study again.") from error
    except Damaged as damage:
        raise SeriesIncomplete(
            f"{_named(series)}: {path.name} is damaged, {damage}; retrieve the study again."
        ) from damage
    except OSError as error:
        raise SeriesIncomplete(f"{_named(series)}: {path} cannot be read ({error.strerror}).") from error


def _require_alike(series: Series, headers: Sequence[Header]) -> None:
    """Refuse what cannot be one volume: no images, several frames, colour, no position, or slices that differ."""
    if not headers:
        raise SeriesIncomplete(f"{_named(series)} has no images.")
    for header in headers:
        if problem := _unusable(header):
            raise SeriesIncomplete(f"{_named(series)}: {header.path.name} {problem}.")
    first = headers[0]
    for header in headers[1:]:
        if problem := _difference(first, header):
            raise SeriesIncomplete(
                f"{_named(series)}: {header.path.name} at {_place(header)} {problem} {first.path.name} at "
                f"{_place(first)}, so they are not one stack."
            )


def _unusable(header: Header) -> str:
    pixels = header.pixels
    if pixels is None:
        return "holds no image"
    if pixels.frames > 1:
        return "holds several frames and does not say where each lies"
    if pixels.is_colour:
        return "is a colour image, not one of measured signal"
    if len(header.position) != 3 or len(header.cosines) != 6 or len(header.pixel_spacing_mm) != 2:
        return "does not say where in the patient it lies"
    if min(header.pixel_spacing_mm) <= 0:
        return "has no pixel size"
    try:
        unit_axes(header.cosines)
    except ValueError:
        return "has row and column directions that are none"
    return ""


def _difference(first: Header, other: Header) -> str:
    if not _near(first.cosines, other.cosines, _COSINE_TOLERANCE):
        return "has another orientation than"
    if not _near(first.pixel_spacing_mm, other.pixel_spacing_mm, first.pixel_spacing_mm[0] * 1e-3):
        return "has another pixel size than"
    if first.pixels and other.pixels and _size(first.pixels) != _size(other.pixels):
        return "has another number of rows and columns than"
    if first.pixels and other.pixels and first.pixels.low_is_white != other.pixels.low_is_white:
        return "has black where white is in"
    if first.frame_of_reference_uid != other.frame_of_reference_uid:
        return "has another frame of reference than"
    return ""


def _near(first: tuple[float, ...], other: tuple[float, ...], tolerance: float) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(first, other, strict=True))


def _size(pixels: Pixels) -> tuple[int, int]:
    return pixels.rows, pixels.columns


def _even_step(series: Series, headers: Sequence[Header]) -> float:
    """Return the distance between neighbouring slices (mm); refuse a doubled, missing or displaced one."""
    if len(headers) == 1:
        return headers[0].spacing_between_slices_mm or headers[0].slice_thickness_mm or 1.0
    along = [along_normal(header.cosines, header.position) for header in headers]
    steps = np.diff(along)
    for (below, above), step in zip(pairwise(headers), steps, strict=True):
        if step < POSITION_TOLERANCE_MM:
            raise SeriesIncomplete(
                f"{_named(series)} has two slices at {_place(above)}: {below.path.name} and {above.path.name}."
            )
    usual = _usual_step(headers, steps)
    for (below, above), step in zip(pairwise(headers), steps, strict=True):
        if abs(step - usual) > tolerance_mm(usual):
            raise SeriesIncomplete(f"{_named(series)}: {_gap(below, above, float(step), usual)}")
    _require_straight(series, headers, usual)
    return float(np.mean(steps))


def tolerance_mm(step_mm: float) -> float:
    """Return by how much (mm) the distance of two slices may differ from the step of their stack."""
    return max(step_mm * SPACING_TOLERANCE, POSITION_TOLERANCE_MM)


def _usual_step(headers: Sequence[Header], steps: NDArray[np.float64]) -> float:
    """Return the stack's step: the most frequent one, or the stated one where every distance is a multiple of it.

    The second case is a stack of which every other slice is missing.
    """
    usual = float(np.median(steps))
    stated = headers[0].spacing_between_slices_mm or 0.0
    multiple = usual / stated if stated > 0 else 1.0
    return stated if multiple > 1.5 and abs(multiple - round(multiple)) < SPACING_TOLERANCE else usual


def _gap(below: Header, above: Header, step: float, usual: float) -> str:
    between = f"between {below.path.name} and {above.path.name}"
    missing = round(step / usual) - 1
    if missing < 1 or abs(step - (missing + 1) * usual) > tolerance_mm(usual) * (missing + 1):
        return f"the slices {between} lie {step:.2f} mm apart and the others {usual:.2f} mm, so they are not one stack."
    start = along_normal(below.cosines, below.position)
    places = ", ".join(f"{_signed(start + usual * (number + 1))} mm" for number in range(missing))
    are = f"the slice at {places} is" if missing == 1 else f"the {missing} slices at {places} are"
    return f"{are} missing {between}; retrieve the series again."


def _require_straight(series: Series, headers: Sequence[Header], step: float) -> None:
    """Refuse slices that are shifted within their plane: the stack would be sheared."""
    origin, normal = np.array(headers[0].position), unit_axes(headers[0].cosines)[2]
    for header in headers[1:]:
        from_origin = np.array(header.position) - origin
        if np.linalg.norm(from_origin - (from_origin @ normal) * normal) > max(0.1, tolerance_mm(step)):
            raise SeriesIncomplete(
                f"{_named(series)}: {header.path.name} at {_place(header)} is shifted sideways against "
                f"{headers[0].path.name}, so they are not one stack."
            )


def _affine(first: Header, step_mm: float) -> NDArray[np.float64]:
    """Return the affine from (k, j, i) to patient millimetres (PS3.3 C.7.6.2.1.1)."""
    row, column, normal = unit_axes(first.cosines)
    between_rows, between_columns = first.pixel_spacing_mm
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = normal * step_mm, column * between_rows, row * between_columns
    affine[:3, 3] = first.position
    return affine


def _named(series: Series) -> str:
    return f"{series.label[0].upper()}{series.label[1:]}"


def _place(header: Header) -> str:
    return f"{_signed(along_normal(header.cosines, header.position))} mm"


def _signed(millimetres: float) -> str:
    return f"{millimetres:.1f}".replace("-", "−")
