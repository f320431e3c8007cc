"""The frames of enhanced multi-frame MR as headers of their own, from its functional groups (PS3.3 C.7.6.16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pydicom.dataset import Dataset
from pydicom.uid import EnhancedMRImageStorage, LegacyConvertedEnhancedMRImageStorage

from core.study import Instance
from inference.b_value import frame_b_values
from inference.elements import parse
from inference.header import Header, read_header, real_world_of

_ENHANCED = {str(EnhancedMRImageStorage), str(LegacyConvertedEnhancedMRImageStorage)}
_KEPT = 64


def frames_of(instance: Instance) -> tuple[tuple[Instance, Header], ...]:
    """Return each frame of an enhanced MR image with its header; any other image, or a frame, is returned as it is.

    Raises `NotDicom` or `Damaged`.
    """
    header = read_header(instance.path)
    if not _is_enhanced(header):
        return ((instance, header),)
    frames = _frames(instance.path)
    if instance.frame is not None:
        return ((instance, frames[instance.frame - 1]),)
    return tuple((replace(instance, frame=n), frame) for n, frame in enumerate(frames, start=1))


def header_of(instance: Instance) -> Header:
    """Return the header of an instance or of the frame that it names; raises `NotDicom` or `Damaged`."""
    return read_header(instance.path) if instance.frame is None else _frames(instance.path)[instance.frame - 1]


def _is_enhanced(header: Header) -> bool:
    return header.sop_class_uid in _ENHANCED and header.pixels is not None and not header.pixels.is_colour


def _frames(path: Path) -> tuple[Header, ...]:
    status = path.stat()
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=_KEPT)
def _read(path: Path, _modified_ns: int, _size: int) -> tuple[Header, ...]:
    whole = read_header(path)
    with path.open("rb") as file:
        dataset = parse(file)
    shared = _first(dataset, "SharedFunctionalGroupsSequence")
    groups = _items(dataset, "PerFrameFunctionalGroupsSequence")
    common = _common(whole, dataset)
    b_values = frame_b_values(dataset)
    return tuple(
        _frame(common, _Groups(frame, shared), index, b)
        for index, (frame, b) in enumerate(zip(groups, b_values, strict=True))
    )


def _common(whole: Header, dataset: Dataset) -> Header:
    """Return what the MR Pulse Sequence and Contrast modules say of all frames, in the terms of classic MR."""
    says = {"SPIN": ("SE",), "GRADIENT": ("GR",), "BOTH": ("SE", "GR")}
    sequence = list(says.get(str(dataset.get("EchoPulseSequence", "")), whole.scanning_sequence))
    sequence += ["EP"] * (dataset.get("EchoPlanarPulseSequence") == "YES")
    agent = _first(dataset, "ContrastBolusAgentSequence")
    return replace(
        whole,
        scanning_sequence=tuple(sequence),
        sequence_name=str(dataset.get("PulseSequenceName", whole.sequence_name)),
        contrast_agent=str(agent.get("CodeMeaning", "contrast agent")) if len(agent) else whole.contrast_agent,
    )


@dataclass(frozen=True, slots=True)
class _Groups:
    """The functional groups of a frame: its own, else those that all frames share."""

    own: Dataset
    shared: Dataset

    def item(self, keyword: str) -> Dataset:
        own = _first(self.own, keyword)
        return own if len(own) else _first(self.shared, keyword)


def _frame(common: Header, groups: _Groups, index: int, b: float | None) -> Header:
    content, timing = groups.item("FrameContentSequence"), groups.item("MRTimingAndRelatedParametersSequence")
    measures, modifier = groups.item("PixelMeasuresSequence"), groups.item("MRModifierSequence")
    scale = groups.item("PixelValueTransformationSequence")
    mapped = real_world_of(groups.own) or real_world_of(groups.shared)
    inverted = ("IR",) * (modifier.get("InversionRecovery") == "YES")
    suppressed = ("FS",) * (modifier.get("SpectrallySelectedSuppression") == "FAT")
    return replace(
        common,
        image_type=_words(groups.item("MRImageFrameTypeSequence").get("FrameType")) or common.image_type,
        scanning_sequence=(*common.scanning_sequence, *inverted),
        scan_options=(*common.scan_options, *suppressed),
        acquired=_moment(content) or common.acquired,
        echo_time_ms=_number(groups.item("MREchoSequence").get("EffectiveEchoTime"), common.echo_time_ms),
        echo_train_length=_whole(timing.get("EchoTrainLength"), common.echo_train_length),
        flip_angle_deg=_number(timing.get("FlipAngle"), common.flip_angle_deg),
        slice_thickness_mm=_number(measures.get("SliceThickness"), common.slice_thickness_mm),
        spacing_between_slices_mm=_number(measures.get("SpacingBetweenSlices"), common.spacing_between_slices_mm),
        position=_numbers(groups.item("PlanePositionSequence").get("ImagePositionPatient")),
        cosines=_numbers(groups.item("PlaneOrientationSequence").get("ImageOrientationPatient")),
        pixel_spacing_mm=_numbers(measures.get("PixelSpacing")),
        b_value=b,
        directionality=str(groups.item("MRDiffusionSequence").get("DiffusionDirectionality", "")),
        rescale=(float(scale.RescaleSlope), float(scale.RescaleIntercept)) if "RescaleSlope" in scale else None,
        pixels=common.pixels and common.pixels.frame(index),
        body_part=common.body_part or str(groups.item("FrameAnatomySequence").get("BodyPartExamined", "")).upper(),
        temporal_position=_whole(content.get("TemporalPositionIndex"), common.temporal_position),
        trigger_ms=_delay_ms(groups),
        real_world=mapped or common.real_world,
    )


def _moment(content: Dataset) -> str:
    """Return when a frame was acquired, as text that sorts by time, without its offset from UTC."""
    stated = content.get("FrameAcquisitionDateTime") or content.get("FrameReferenceDateTime") or ""
    return str(stated).split("+")[0].split("-")[0]


def _delay_ms(groups: _Groups) -> float | None:
    offset = groups.item("TemporalPositionSequence").get("TemporalPositionTimeOffset")
    if offset is not None:
        return 1000.0 * float(offset)
    return _number(groups.item("CardiacSynchronizationSequence").get("NominalCardiacTriggerDelayTime"), None)


def _items(dataset: Dataset, keyword: str) -> Sequence[Dataset]:
    return tuple(cast(Iterable[Dataset], dataset.get(keyword) or ()))


def _first(dataset: Dataset, keyword: str) -> Dataset:
    return next(iter(_items(dataset, keyword)), Dataset())


def _number(value: Any, otherwise: float | None) -> float | None:
    return otherwise if value in (None, "") else float(value)


def _whole(value: Any, otherwise: int | None) -> int | None:
    return otherwise if value in (None, "") else int(value)


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values or ())


def _words(values: Any) -> tuple[str, ...]:
    return tuple(str(value).strip().upper() for value in values or ())
