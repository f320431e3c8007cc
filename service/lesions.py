"""Lesions that the reader makes or changes, measured anew each time."""

from dataclasses import replace

from highdicom import Volume
from pydicom.uid import generate_uid

from core.errors import CannotAnalyse
from core.findings import Measures
from core.report import Accepted, Assessment, FromReader, Lesion, Report, next_label, scoring_zone
from core.sectors import Sector
from core.study import Role
from core.volume import PointLps
from inference.atlas import sector_at, zones_of
from inference.lesion import sphere
from inference.measure import measure
from inference.recognise import adc_b_values
from service.reading import OpenStudy

DEFAULT_DIAMETER_MM = 10.0


def add_lesion(
    report: Report,
    opened: OpenStudy,
    at: PointLps,
    diameter_mm: float = DEFAULT_DIAMETER_MM,
    sector: Sector | None = None,
) -> Report:
    """Return the draft with a ball-shaped lesion of the reader around `at` (mm, LPS).

    Without `sector` it is read from the gland's atlas. Raises `CannotAnalyse` when there is no axial T2 to draw on,
    or neither a gland nor a sector.
    """
    t2 = opened.volume(Role.T2_AXIAL)
    if t2 is None:
        raise CannotAnalyse("A lesion cannot be drawn: the study has no axial T2 that can be read.")
    mask = sphere(t2, at, diameter_mm)
    lesion = Lesion(
        tracking_uid=generate_uid(),
        label=next_label(report),
        mask=mask,
        centroid_lps_mm=at,
        measures=measures_of(opened, mask),
        sector=(found := sector or _sector(report, at)),
        assessment=Assessment(scored_as=scoring_zone(found)),
        origin=FromReader(),
        review=Accepted(),
    )
    return replace(report, lesions=(*report.lesions, lesion))


def measures_of(opened: OpenStudy, mask: Volume) -> Measures:
    """Return size, volume and ADC of a mask on the axial T2 grid."""
    return measure(mask, opened.on_t2_grid(Role.ADC), adc_b_values(opened.recognised))


def _sector(report: Report, at: PointLps) -> Sector:
    if report.gland is None:
        raise CannotAnalyse("The sector is not known before the gland is segmented; choose it on the sector map.")
    return sector_at(at, report.gland.mask, zones_of(report.gland.mask))
