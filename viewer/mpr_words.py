"""What the planes of the MPR and what they show are called."""

from viewer.language import tr
from viewer.render.geometry import Plane
from viewer.render.slab import Projection, Slab

PLANE_WORDS = {Plane.AXIAL: tr("axial"), Plane.SAGITTAL: tr("sagittal"), Plane.CORONAL: tr("coronal")}
PROJECTION_WORDS = {Projection.MEAN: tr("Mean"), Projection.MIP: "MIP", Projection.MINIP: "MinIP"}


def lies_in_words(tilt_deg: float, *, patient: bool) -> str:
    """Return how a plane lies to the axes of the patient or of the series."""
    if tilt_deg:
        told = tr("{tilt:.0f}° off patient axes") if patient else tr("{tilt:.0f}° off series axes")
        return told.format(tilt=tilt_deg)
    return tr("along patient axes") if patient else tr("along series axes")


def slab_in_words(slab: Slab) -> str:
    """Return what a slab shows and how thick it is."""
    return f"{PROJECTION_WORDS[slab.projection]} {slab.thickness_mm:.0f} mm"
