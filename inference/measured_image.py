"""Which image each slice of the measured volumes is, so that a report can say where a lesion was measured."""

from core.findings import MeasuredImage
from core.study import Instance, RecognisedStudy, Role
from inference.load import in_order
from inference.measure import Images


def images_of(recognised: RecognisedStudy) -> Images:
    """Return the images of the axial T2 and of the ADC map in the order of their slices.

    An ADC map that was fitted, or is of several directions, is in no file. Raises `SeriesIncomplete`.
    """
    choices = [recognised.one(role) for role in (Role.T2_AXIAL, Role.ADC)]
    return {
        choice.role: tuple(map(_image, in_order(choice.stack)))
        for choice in choices
        if choice is not None and not choice.fitted and choice.stack.directions == 1
    }


def _image(instance: Instance) -> MeasuredImage:
    return MeasuredImage(instance.sop_instance_uid, instance.instance_number, instance.frame)
