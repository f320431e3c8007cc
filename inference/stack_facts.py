"""What the headers of a series say about its stacks: plane, extent, echo, diffusion. No judgement yet."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.errors import StudyUnreadable
from core.study import Instance, Series, Stack
from inference.b_value import b_value_in_words
from inference.elements import Damaged, NotDicom
from inference.frames import frames_of
from inference.header import Header
from inference.plane import Orientation, Plane, along_normal, orientation_of, unit_axes

_DIFFUSION_TYPES = {"DIFFUSION", "TRACEW", "TRACE", "TRACEW_INVERTED", "ISOTROPIC"}
_DIFFUSION_WORDS = re.compile(r"dwi|diff|(?<![a-z])b[-_= ]?\d{2,4}(?!\d)|trace")
_ADC_WORDS = re.compile(r"(?<![a-z])d?adc(?![a-z])|apparent diffusion")
_DYNAMIC_WORDS = re.compile(r"dyn(?!dist)|dce|perf|twist|vibe|lava|thrive|disco|tricks|contrast")
_EXPONENTIAL_ADC = re.compile(r"(?<![a-z])eadc|exponential")
_CALCULATED = re.compile(r"calc|synth|(?<![a-z])syn(?![a-z])|(?<![a-z])cdwi|(?<![a-z])cb[-_ ]?\d{3,4}|extrapol")
_ACQUIRED_RANGE = re.compile(r"_b\d+(?:_\d+)*_(\d+)")
_SAME_COSINES = 1e-2


@dataclass(frozen=True, slots=True)
class StackFacts:
    """One stack as its headers describe it; `problem` says why it cannot be a volume at all, "" when it can.

    `along_mm` are its slice positions along its own normal, rising. `orientation` is None when slices point in
    several directions or say none.
    """

    stack: Stack
    first: Header
    problem: str
    orientation: Orientation | None
    along_mm: tuple[float, ...]
    is_adc: bool
    is_diffusion: bool
    is_calculated: bool

    @property
    def series(self) -> Series:
        """The series that the stack belongs to."""
        return self.stack.series

    @property
    def plane(self) -> Plane:
        """The anatomical plane, `OBLIQUE` when it has none."""
        return self.orientation.plane if self.orientation else Plane.OBLIQUE

    @property
    def slices(self) -> int:
        """The number of images, of single diffusion directions those of one."""
        return len(self.stack.instances) // self.stack.directions

    @property
    def step_mm(self) -> float:
        """The distance from slice to slice, 0 when there is only one or all lie at one place."""
        return float(np.median(np.diff(self.along_mm))) if len(self.along_mm) > 1 else 0.0

    @property
    def thickness_mm(self) -> float:
        """The stated slice thickness, else the distance from slice to slice."""
        return self.first.slice_thickness_mm or self.step_mm

    @property
    def extent_mm(self) -> float:
        """The length of the stack along its normal."""
        return self.along_mm[-1] - self.along_mm[0] + self.step_mm if self.along_mm else 0.0

    @property
    def images_per_position(self) -> int:
        """How many images lie at one position, 1 for a volume; directions or time points otherwise."""
        places = len({round(place, 1) for place in self.along_mm})
        return self.slices // places if places else 0

    @property
    def is_even(self) -> bool:
        """Tell whether no slice is missing or doubled."""
        steps = np.diff(self.along_mm)
        return self.step_mm > 0 and bool(np.all(np.abs(steps - self.step_mm) < 0.5 * self.step_mm))

    @property
    def is_echo_planar(self) -> bool:
        """Tell whether the echo train is read as EPI."""
        return "EP" in self.first.scanning_sequence or "EPI_GEMS" in self.first.scan_options

    @property
    def pixel_mm(self) -> float:
        """The larger in-plane pixel size."""
        return max(self.first.pixel_spacing_mm, default=0.0)

    @property
    def words(self) -> str:
        """Description and protocol name in small letters: what people called the series."""
        return words_of(self.first)

    @property
    def is_named_adc(self) -> bool:
        """Tell whether the description names an ADC map."""
        return bool(_ADC_WORDS.search(self.first.series_description.lower()))

    @property
    def is_named_dynamic(self) -> bool:
        """Tell whether the words name a dynamic series."""
        return bool(_DYNAMIC_WORDS.search(self.words))

    @property
    def is_named_calculated(self) -> bool:
        """Tell whether the description names a calculated b-value."""
        return bool(_CALCULATED.search(self.first.series_description.lower())) and not self.is_named_adc

    @property
    def named_b_value(self) -> float | None:
        """The b-value that the description names, None when it names none or several."""
        return b_value_in_words(self.first.series_description)

    @property
    def acquired(self) -> datetime | None:
        """When the first image was acquired, or None when the header does not say."""
        digits = self.first.acquired.split(".")[0]
        try:
            return datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007  (DICOM's own local time)
        except ValueError:
            return None

    @property
    def grid(self) -> tuple[object, ...]:
        """Values that are equal for stacks on one voxel grid."""
        pixels = self.first.pixels
        return (
            self.first.frame_of_reference_uid,
            pixels and (pixels.rows, pixels.columns),
            tuple(round(size, 3) for size in self.first.pixel_spacing_mm),
            tuple(round(cosine, 3) + 0.0 for cosine in self.first.cosines),
            tuple(round(place, 1) for place in self.along_mm),
            self.first.position and tuple(round(millimetre, 0) for millimetre in self._origin()),
        )

    def _origin(self) -> tuple[float, ...]:
        """Return where the first pixel lies within the plane of the slices."""
        row, column, _ = unit_axes(self.first.cosines)
        return float(row @ np.array(self.first.position)), float(column @ np.array(self.first.position))


def stacks_of(series: Series) -> tuple[StackFacts, ...]:
    """Return the stacks of a series: all of it, or of diffusion one per b-value and one for an ADC in its midst.

    The frames of enhanced images are taken apart. Raises `StudyUnreadable` when a file changed or vanished since the
    study was read.
    """
    images = [image for instance in series.instances for image in _read(series, instance)]
    diffusion = _is_diffusion([header for _, header in images])
    unweighted = _unstated_is_zero([header for _, header in images])
    parts: dict[tuple[bool, float | None], list[_Image]] = defaultdict(list)
    for instance, header in images:
        adc = _is_adc(header)
        b = header.b_value if header.b_value is not None else unweighted
        parts[adc, b if diffusion and not adc else None].append((instance, header))
    return tuple(
        _facts(series, part, b, adc, diffusion)
        for (adc, b), part in sorted(parts.items(), key=lambda item: (item[0][0], item[0][1] or 0.0))
    )


def _unstated_is_zero(headers: Sequence[Header]) -> float | None:
    """Return 0 for a series in which only the images above b 0 state their b-value, as Canon and newer GE write it."""
    vendor = headers[0].manufacturer.lower() if headers else ""
    stated = [header for header in headers if header.b_value]
    return 0.0 if stated and len(stated) < len(headers) and vendor.startswith(_SILENT_AT_ZERO) else None


_SILENT_AT_ZERO = ("canon", "toshiba", "ge ")


def words_of(header: Header) -> str:
    """Return description and protocol name in small letters."""
    return f"{header.series_description} {header.protocol_name}".lower()


_Image = tuple[Instance, Header]


def _read(series: Series, instance: Instance) -> tuple[_Image, ...]:
    try:
        return frames_of(instance)
    except (Damaged, NotDicom, OSError) as error:
        raise StudyUnreadable(
            f"{instance.path} of {series.label} is no longer readable ({error}); open it again."
        ) from error


def _facts(series: Series, images: Sequence[_Image], b: float | None, adc: bool, diffusion: bool) -> StackFacts:
    images = _trace_only(images) if diffusion else images
    headers = [header for _, header in images]
    problem = _problem(headers)
    aligned = not problem and _one_direction(headers)
    along = tuple(sorted(along_normal(headers[0].cosines, h.position) for h in headers)) if aligned else ()
    directions = _directions(headers, along) if diffusion and not adc else 1
    return StackFacts(
        stack=Stack(series, tuple(instance for instance, _ in images), b, directions=directions),
        first=headers[0],
        problem=problem,
        orientation=orientation_of(headers[0].cosines) if aligned else None,
        along_mm=along[::directions],
        is_adc=adc,
        is_diffusion=diffusion,
        is_calculated=diffusion and _is_calculated(headers[0]),
    )


def _trace_only(images: Sequence[_Image]) -> Sequence[_Image]:
    """Keep the isotropic images where single directions are mixed with them (Philips puts both in one series)."""
    isotropic = [image for image in images if _is_trace(image[1])]
    return isotropic or images


def _is_trace(header: Header) -> bool:
    """What is stated of the direction counts; ImageType where nothing is."""
    if header.directionality:
        return header.directionality == "ISOTROPIC"
    return bool({"TRACEW", "TRACE"} & set(header.image_type))


def _directions(headers: Sequence[Header], along: Sequence[float]) -> int:
    """Return how many single directions lie at each place, 1 when they are not equally many, at least three."""
    at_place = Counter(round(place, 1) for place in along)
    counts = set(at_place.values())
    alike = len({(header.echo_time_ms, header.image_type) for header in headers}) == 1
    if len(counts) != 1 or not alike or any(header.directionality != "DIRECTIONAL" for header in headers):
        return 1
    count = counts.pop()
    return count if count >= _LEAST_DIRECTIONS else 1


_LEAST_DIRECTIONS = 3
"""The mean diffusivity needs three directions at right angles; two say nothing of it."""


def _problem(headers: Sequence[Header]) -> str:
    for header in headers:
        if header.pixels is None:
            return "holds no images"
        if "MOSAIC" in header.image_type:
            return "a mosaic: each image holds several slices side by side; let the scanner send it without mosaic"
        if header.pixels.frames > 1:
            return "several frames in one image that do not say where each lies"
        if header.pixels.samples > 1:
            return "colour images, not measured signal"
        if len(header.position) != 3 or len(header.cosines) != 6 or len(header.pixel_spacing_mm) != 2:
            return "does not say where in the patient its images lie"
        try:
            unit_axes(header.cosines)
        except ValueError:
            return "the directions of its rows and columns make no sense"
    return ""


def _one_direction(headers: Sequence[Header]) -> bool:
    return all(np.allclose(header.cosines, headers[0].cosines, atol=_SAME_COSINES) for header in headers)


def _is_adc(header: Header) -> bool:
    """Tell an ADC map by ImageType, else by the description of a derived series.

    The protocol name says nothing: Siemens gives the same one to the diffusion images and the maps made from them.
    """
    words = header.series_description.lower()
    if {"EADC", "EXP_ADC"} & set(header.image_type) or _EXPONENTIAL_ADC.search(words):
        return False
    if any(value.startswith("ADC") for value in header.image_type):
        return True
    measured = {"ORIGINAL", "TRACEW", "TRACE"} & set(header.image_type)
    return not measured and bool(_ADC_WORDS.search(words))


def _is_diffusion(headers: Sequence[Header]) -> bool:
    """Tell diffusion by a b-value above 0, by ImageType, or by an echo planar readout that is named so.

    A b-value of 0 alone says nothing: Philips and GE write it into every image.
    """
    return any(
        (header.b_value or 0) > 0
        or _DIFFUSION_TYPES & set(header.image_type)
        or ("EP" in header.scanning_sequence and _DIFFUSION_WORDS.search(words_of(header)))
        for header in headers
    )


def _is_calculated(header: Header) -> bool:
    """Tell a calculated image: Siemens names in its sequence the b-values it was made from, e.g. `*ep_b50_800`."""
    acquired = _ACQUIRED_RANGE.search(header.sequence_name.lower())
    beyond_acquired = acquired is not None and (header.b_value or 0) > float(acquired.group(1))
    return beyond_acquired or bool(
        _CALCULATED.search(f"{header.series_description} {' '.join(header.image_type)}".lower())
    )
