"""One lesion, or the gland, of our SR back into values; raises KeyError or ValueError where it was altered."""

from collections.abc import Mapping

from highdicom import Volume
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.findings import Contribution, Ellipsoid, Feature, Gland, Measures, ModelIdentity
from core.pirads import Category, Score, Zone
from core.report import (
    Accepted,
    Assessment,
    Edited,
    FromModel,
    FromReader,
    Lesion,
    Override,
    Rejected,
    Review,
    Unreviewed,
)
from core.study import RecognisedStudy, Role
from core.volume import centroid_lps, on_grid_of
from reporting import codes, sr_tree
from reporting.packed_outline import unpacked
from reporting.sr_key_images import read_measured_in

Masks = Mapping[str, Volume]
"""Outlines on the axial T2 grid by tracking UID."""


def tracking_uid_of(group: Dataset) -> str:
    """Return the tracking UID of a measurement group; raises KeyError without one."""
    item = sr_tree.child(group, codes.TRACKING_UID)
    if item is None:
        raise KeyError("a measurement group has no tracking UID")
    return str(item.UID)


def read_gland(group: Dataset, masks: Masks) -> Gland:
    """Return the gland that `reporting.sr_lesion.gland_group` wrote, with its outline of `masks`."""
    (volume,) = sr_tree.children(group, codes.VOLUME)
    edited = sr_tree.coded(group, codes.REVIEW) is not None
    mask = masks[tracking_uid_of(group)]
    doubts = sr_tree.texts(group, codes.GLAND_DOUBT)
    return Gland(
        mask,
        sr_tree.number(volume),
        _algorithm(volume),
        edited,
        original_mask=_original(group, mask),
        ellipsoid=_ellipsoid(group),
        doubts=doubts,
    )


def _original(group: Dataset, mask: Volume) -> Volume | None:
    told = sr_tree.text(group, codes.ORIGINAL_OUTLINE)
    return on_grid_of(mask, unpacked(told, mask.spatial_shape)) if told else None


def _ellipsoid(group: Dataset) -> Ellipsoid | None:
    if sr_tree.child(group, codes.VOLUME_OF_ELLIPSOID) is None:  # written by an earlier version
        return None
    return Ellipsoid(_only(group, codes.LENGTH), _only(group, codes.WIDTH), _only(group, codes.DEPTH))


def read_lesion(group: Dataset, masks: Masks, recognised: RecognisedStudy) -> Lesion:
    """Return the lesion that `reporting.sr_lesion.lesion_items` wrote, with its outline of `masks`."""
    uid = tracking_uid_of(group)
    return Lesion(
        tracking_uid=uid,
        label=sr_tree.text(group, codes.TRACKING_IDENTIFIER),
        mask=masks[uid],
        centroid_lps_mm=centroid_lps(masks[uid]),
        measures=_measures(group, recognised),
        sector=codes.sector_of(_required(sr_tree.coded(group, codes.FINDING_SITE), "a finding site")),
        assessment=_assessment(group),
        origin=_origin(group),
        review=_review(group),
        comment=sr_tree.text(group, codes.COMMENT),
        original_mask=_original(group, masks[uid]),
        set_aside=sr_tree.child(group, codes.SET_ASIDE) is not None,
    )


def _measures(group: Dataset, recognised: RecognisedStudy) -> Measures:
    adc = {
        _required(sr_tree.coded(item, codes.DERIVATION), "a derivation").value: item
        for item in sr_tree.children(group, codes.ADC)
    }
    mean, tenth = adc.get(codes.MEAN.value), adc.get(codes.TENTH_PERCENTILE.value)
    any_adc = mean or tenth or Dataset()
    return Measures(
        volume_ml=_only(group, codes.VOLUME),
        long_axis_mm=_only(group, codes.LONG_AXIS),
        short_axis_mm=_only(group, codes.SHORT_AXIS),
        adc_mean=None if mean is None else sr_tree.number(mean),
        adc_p10=None if tenth is None else sr_tree.number(tenth),
        adc_b_values=sr_tree.numbers(any_adc, codes.SOURCE_B_VALUE),
        measured_on=sr_tree.key_of(
            codes.MEASURED_ON, sr_tree.coded(_axis(group), codes.MEASUREMENT_METHOD), Role.T2_AXIAL
        ),
        image=read_measured_in(_axis(group), recognised),
    )


def _axis(group: Dataset) -> Dataset:
    (axis,) = sr_tree.children(group, codes.LONG_AXIS)
    return axis


def _origin(group: Dataset) -> FromModel | FromReader:
    score = sr_tree.child(group, codes.AI_SCORE) or sr_tree.child(group, codes.AI_PROBABILITY)
    found_by = sr_tree.child(group, codes.ORIGIN)
    told = score or found_by
    if told is None or (found_by is not None and codes.code_of(found_by.ConceptCodeSequence[0]) == codes.FROM_READER):
        return FromReader()
    suggested = sr_tree.coded(group, codes.SUGGESTED_CATEGORY)
    return FromModel(
        model=_algorithm(told),
        score=None if score is None else sr_tree.number(score),
        suggested_category=sr_tree.key_of(codes.LESION_CATEGORIES, suggested, Category.PENDING),
        explanation=sr_tree.texts(group, codes.EXPLANATION),
        contributions=tuple(
            Contribution(
                sr_tree.key_of(codes.FEATURES, sr_tree.coded(item, codes.FEATURE), Feature.PRIOR), sr_tree.number(item)
            )
            for item in sr_tree.children(group, codes.CONTRIBUTION)
        ),
        calibrated_on=sr_tree.text(group, codes.CALIBRATED_ON),
    )


def _algorithm(item: Dataset) -> ModelIdentity:
    name, version = sr_tree.text(item, codes.ALGORITHM_NAME), sr_tree.text(item, codes.ALGORITHM_VERSION)
    return sr_tree.model_of("\n".join((f"Name: {name}", f"Version: {version}", *_parameters(item))))


def _parameters(item: Dataset) -> tuple[str, ...]:
    return sr_tree.texts(item, codes.ALGORITHM_PARAMETERS)


def _review(group: Dataset) -> Review:
    if sr_tree.child(group, codes.REJECTED_OUTLINE) is not None:
        return Rejected(sr_tree.text(group, codes.REJECT_REASON))
    state = _required(sr_tree.coded(group, codes.REVIEW), "a state of review").value
    states = {codes.ACCEPTED.value: Accepted(), codes.EDITED.value: Edited(), codes.UNREVIEWED.value: Unreviewed()}
    return states[state]


def _assessment(group: Dataset) -> Assessment:
    rules = _required(sr_tree.coded(group, codes.SCORED_AS), "the zone whose rules apply")
    zone = sr_tree.key_of(codes.SCORING_ZONES, rules, Zone.PZ)
    untouched = Assessment(zone)
    return Assessment(
        scored_as=zone,
        t2=sr_tree.key_of(codes.T2_SCORES[zone], sr_tree.coded(group, codes.T2_SCORE), Score.UNSCORED),
        dwi=sr_tree.key_of(codes.DWI_SCORES, sr_tree.coded(group, codes.DWI_SCORE), Score.UNSCORED),
        dce=sr_tree.key_of(codes.DCE_SCORES, sr_tree.coded(group, codes.DCE_SCORE), untouched.dce),
        epe=sr_tree.key_of(codes.EXTENSIONS, sr_tree.coded(group, codes.EXTENSION), untouched.epe),
        override=_override(group),
    )


def _override(group: Dataset) -> Override | None:
    basis = sr_tree.coded(group, codes.CATEGORY_BASIS)
    if basis is None or basis.value != codes.BY_READER.value:
        return None
    category = sr_tree.key_of(codes.LESION_CATEGORIES, sr_tree.coded(group, codes.LESION_CATEGORY), Category.PENDING)
    return Override(category, sr_tree.text(group, codes.OVERRIDE_REASON))


def _only(group: Dataset, name: Code) -> float:
    (value,) = sr_tree.numbers(group, name)
    return value


def _required(code: Code | None, what: str) -> Code:
    if code is None:
        raise KeyError(what)
    return code
