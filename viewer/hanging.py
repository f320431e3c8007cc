"""Which series hangs in which viewport, and how it hangs beside the study's reference series."""

from collections.abc import Sequence

from highdicom import Volume

from core.study import Role
from core.volume import PointLps, position_lps
from service.reading import LoadedSeries
from viewer.corner_text import caption_of
from viewer.render.geometry import stack_geometry
from viewer.render.lut import automatic_window
from viewer.slice_view import Hung
from viewer.view_state import field_of

SLOTS = {
    Role.T2_AXIAL: "No axial T2 in this study",
    Role.ADC: "No ADC in this study",
    Role.HIGH_B: "No high-b DWI in this study",
    Role.T2_SAGITTAL: "No sagittal T2 in this study",
    Role.T2_CORONAL: "No coronal T2 in this study",
}
"""The viewports by role, in reading order, each with what it says when the study has no such series."""


def for_slot(role: Role, series: Sequence[LoadedSeries]) -> LoadedSeries | None:
    """Return the series of a slot; without a high-b image the acquired DWI with the highest b-value stands there."""
    exact = next((one for one in series if one.choice.role is role), None)
    if exact is not None or role is not Role.HIGH_B:
        return exact
    dwi = [one for one in series if one.choice.role is Role.DWI]
    return max(dwi, key=lambda one: one.choice.b_value or 0.0, default=None)


def hung_beside(one: LoadedSeries, volume: Volume, reference: LoadedSeries, reference_volume: Volume) -> Hung:
    """Return how a series hangs: linked when it shares the frame of reference of `reference`, else with a note."""
    stack, first = stack_geometry(volume), stack_geometry(reference_volume)
    frame = reference_volume.frame_of_reference_uid
    linked = bool(frame) and volume.frame_of_reference_uid == frame
    note = one.overlay_problem or ("" if linked else _apart(one, volume, reference))
    window = automatic_window(volume, one.choice.role)
    field = field_of(stack, first if linked else None)
    return Hung(volume, stack, caption_of(one.choice, stack), window, field, linked, note)


def middle_of(volume: Volume) -> PointLps:
    """Return the middle of a volume, on a slice."""
    slices, rows, columns = volume.spatial_shape[0], volume.spatial_shape[1], volume.spatial_shape[2]
    return position_lps(volume, (float(slices // 2), (rows - 1) / 2, (columns - 1) / 2))


def _apart(one: LoadedSeries, volume: Volume, reference: LoadedSeries) -> str:
    if not volume.frame_of_reference_uid:
        return f"{one.choice.title} names no frame of reference, so it is not linked and carries no overlays."
    return f"{one.choice.title} is in another frame of reference than {reference.choice.title}, so it is not linked."
