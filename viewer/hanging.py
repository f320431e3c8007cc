"""How a series hangs beside the study's reference series."""

from collections.abc import Sequence

import numpy as np
from highdicom import Volume

from core.study import Role, Stack
from core.volume import PointLps, position_lps
from service.reading import LoadedSeries
from viewer.corner_text import Caption, caption_of
from viewer.frame_mark import mark_of
from viewer.hanging_match import Offer
from viewer.language import tr
from viewer.render.geometry import stack_geometry
from viewer.render.lut import ADC_UNIT, Window, automatic_window, picture_values
from viewer.said import said
from viewer.slice_view import Hung
from viewer.view_state import field_of

_T2 = (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL)


def offer_of(one: LoadedSeries) -> Offer:
    """Return what a loaded series is offered as."""
    return Offer(one.choice, one.prior)


def reference_of(series: Sequence[LoadedSeries]) -> LoadedSeries | None:
    """Return the series whose frame of reference is the study's: the first of its own that has a volume."""
    return next((one for one in series if one.volume is not None and not one.prior), None)


def hung_of(one: LoadedSeries, reference: LoadedSeries | None) -> Hung | None:
    """Return how a series hangs: linked when it shares the frame of `reference`, else with a note; None: no images."""
    if one.volume is not None:
        return _in_the_patient(one, one.volume, reference or one)
    if one.pictures is not None:
        return _flat(one)
    return None


def middle_of(volume: Volume) -> PointLps:
    """Return the middle of a volume, on a slice."""
    slices, rows, columns = volume.spatial_shape[0], volume.spatial_shape[1], volume.spatial_shape[2]
    return position_lps(volume, (float(slices // 2), (rows - 1) / 2, (columns - 1) / 2))


def _in_the_patient(one: LoadedSeries, volume: Volume, reference: LoadedSeries) -> Hung:
    stack = stack_geometry(volume)
    frame = reference.volume.frame_of_reference_uid if reference.volume is not None else None
    linked = bool(frame) and volume.frame_of_reference_uid == frame
    first = stack_geometry(reference.volume) if linked and reference.volume is not None else None
    apart = "" if linked else _apart(one, volume, reference)
    return Hung(
        volume,
        stack,
        _caption(one, caption_of(one.choice, stack).lines),
        automatic_window(volume, one.choice.role),
        field_of(stack, first),
        linked,
        " ".join(filter(None, (one.note, _bent(one), apart, _blank(one, volume)))),
        ADC_UNIT if one.choice.role is Role.ADC else "",
        prior=one.prior,
        filled=one.choice.role in _T2 and not one.prior,
        frame_mark=mark_of(one, reference, linked=linked),
        phase=tr("phase 1") if one.choice.role is Role.DCE and len(one.choice.stacks) > 1 else "",
        images=_images(one),
    )


def _bent(one: LoadedSeries) -> str:
    if not one.bent_mm:
        return ""
    return tr("Bent onto T2 in the gland by the AI, by up to {mm} mm.").format(mm=f"{one.bent_mm:.1f}")


def _images(one: LoadedSeries) -> frozenset[tuple[str, int]]:
    """Return which images a series shows as they are; none where it is made from others."""
    made = one.choice.fitted or one.choice.role is Role.SUBTRACTION
    return frozenset() if made or one.prior else images_of(one.choice.stack)


def images_of(stack: Stack) -> frozenset[tuple[str, int]]:
    """Return the images of a stack: SOP Instance UIDs with frame numbers (0 for single-frame objects)."""
    return frozenset((instance.sop_instance_uid, instance.frame or 0) for instance in stack.instances)


def _flat(one: LoadedSeries) -> Hung:
    """Hang pictures that have no place in the patient, their pixels drawn as millimetres."""
    assert one.pictures is not None
    # Axes that an axial stack is read in, so that the pictures are neither turned, flipped nor put in another order.
    affine = np.array([[0.0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 1]])
    volume = Volume(one.pictures, affine, coordinate_system="PATIENT")
    stack = stack_geometry(volume)
    number, (_, rows, columns) = one.choice.stack.series.number, one.pictures.shape
    size = tr("Se {value} · {columns} × {rows} pixels").format(
        value="?" if number is None else number, columns=columns, rows=rows
    )
    levels = one.pictures.dtype == np.uint8  # as a screen shows them
    window = Window.between(0, 255) if levels else automatic_window(volume, Role.OTHER)  # of an ADC, in which unit?
    field = field_of(stack, None)
    note = " ".join(filter(None, (one.note, _blank(one, volume))))
    return Hung(volume, stack, _caption(one, (size,)), window, field, False, note, flat=True)


def _caption(one: LoadedSeries, lines: tuple[str, ...]) -> Caption:
    """Return the corner text: that a series is a prior's stands first, where it is never cut off."""
    if one.prior:
        return Caption(tr("Prior {day}").format(day=one.prior), (said(one.choice.title), *lines))
    return Caption(said(one.choice.title), lines)


def _blank(one: LoadedSeries, volume: Volume) -> str:
    """Return that there is nothing to see, so that black does not look like a fault of the window."""
    return "" if picture_values(volume).size else tr("All pixels of {title} are 0.").format(title=offer_of(one).title)


def _apart(one: LoadedSeries, volume: Volume, reference: LoadedSeries) -> str:
    title = offer_of(one).title
    if not volume.frame_of_reference_uid:
        return tr("{title} names no frame of reference, so it is not linked and carries no overlays.").format(
            title=title
        )
    if reference.choice.role is Role.T2_AXIAL and one.overlay_problem:
        return one.overlay_problem
    return tr("{title} is in another frame of reference than {title_2}, so it is not linked.").format(
        title=title, title_2=said(reference.choice.title)
    )
