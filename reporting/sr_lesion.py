"""Measurement groups of our SR (TID 1411): one for each lesion that counts, and one for the gland."""

from collections.abc import Iterable, Iterator
from typing import cast

from highdicom import Volume
from highdicom.sr import (
    AlgorithmIdentification,
    CodeContentItem,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    FindingSite,
    ImageContentItem,
    NumContentItem,
    RelationshipTypeValues,
    TextContentItem,
    TrackingIdentifier,
    UIDRefContentItem,
)
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.findings import Ellipsoid, Gland, Measures, ModelIdentity
from core.report import Accepted, Assessment, Edited, FromModel, Lesion, Report, Unreviewed
from reporting import codes
from reporting.packed_outline import packed
from reporting.sr_items import CONTAINS, code, container, number, text, texts
from reporting.sr_key_images import measured_in

_MODIFIER = RelationshipTypeValues.HAS_CONCEPT_MOD
_COUNTED = code(codes.MEASUREMENT_METHOD, codes.VOXELS_COUNTED, _MODIFIER)
_ROI_TEMPLATE = "1411"


def lesion_group(report: Report, lesion: Lesion, seg: Dataset) -> ContainerContentItem:
    """Return everything that a report holds about one lesion; raises ValueError when `seg` lacks its segment."""
    identity, details = lesion_items(report, lesion)
    inside = (*identity, *_referenced_segment(seg, lesion.tracking_uid), *details)
    return container(codes.MEASUREMENT_GROUP, inside, _ROI_TEMPLATE)


def lesion_items(report: Report, lesion: Lesion) -> tuple[tuple[ContentItem, ...], tuple[ContentItem, ...]]:
    """Return what identifies a lesion, and everything else that is said of it.

    Scores and extension of an unreviewed lesion are written only where the reader gave them: the defaults of a draft
    are nobody's assessment.
    """
    identity = (
        *cast(Iterable[ContentItem], TrackingIdentifier(uid=lesion.tracking_uid, identifier=lesion.label)),
        code(codes.FINDING, codes.LESION),
        FindingSite(anatomic_location=codes.sector_code(lesion.sector)),
    )
    details = (
        *measurement_items(lesion.measures, measured_in(lesion.measures.image, report.recognised)),
        *_origin(lesion),
        *_review(lesion),
        *_assessment(lesion),
        *((code(codes.ABNORMALITY, codes.INDEX_LESION),) if lesion is report.index_lesion else ()),
        *((code(codes.SET_ASIDE, codes.YES),) if lesion.set_aside else ()),
        *texts(codes.COMMENT, lesion.comment),
        *_original(lesion.original_mask),
    )
    return identity, details


def gland_group(gland: Gland, tracking_uid: str, seg: Dataset) -> ContainerContentItem:
    """Return the gland's volume with the model that outlined it; raises ValueError when `seg` lacks its segment."""
    inside = (
        *TrackingIdentifier(uid=tracking_uid, identifier="Prostate"),
        code(codes.FINDING, codes.PROSTATE),
        FindingSite(anatomic_location=codes.PROSTATE),
        *_referenced_segment(seg, tracking_uid),
        number(codes.VOLUME, gland.volume_ml, codes.MILLILITRE, (*_algorithm(gland.model), _COUNTED)),
        *_ellipsoid(gland.ellipsoid),
        *(item for doubt in gland.doubts for item in texts(codes.GLAND_DOUBT, doubt)),
        *((code(codes.REVIEW, codes.EDITED),) if gland.edited else ()),
        *_original(gland.original_mask),
    )
    return container(codes.MEASUREMENT_GROUP, inside, _ROI_TEMPLATE)


def _original(mask: Volume | None) -> Iterator[TextContentItem]:
    if mask is not None:
        yield text(codes.ORIGINAL_OUTLINE, packed(mask))


def _ellipsoid(ellipsoid: Ellipsoid | None) -> Iterator[NumContentItem]:
    if ellipsoid is None:
        return
    method = code(codes.MEASUREMENT_METHOD, codes.LWH_METHOD, _MODIFIER)
    yield number(codes.VOLUME_OF_ELLIPSOID, ellipsoid.volume_ml, codes.MILLILITRE, (method,))
    yield number(codes.LENGTH, ellipsoid.length_mm, codes.MILLIMETRE)
    yield number(codes.WIDTH, ellipsoid.width_mm, codes.MILLIMETRE)
    yield number(codes.DEPTH, ellipsoid.depth_mm, codes.MILLIMETRE)


def _referenced_segment(seg: Dataset, tracking_uid: str) -> tuple[ContentItem, ContentItem]:
    # not highdicom's ReferencedSegment: 0.28.2 fails for a single segment, and its code meaning is not PS3.16's
    numbers = [int(x.SegmentNumber) for x in seg.SegmentSequence if x.get("TrackingUID") == tracking_uid]
    if not numbers:
        raise ValueError(f"The segmentation {seg.SOPInstanceUID} has no segment with tracking UID {tracking_uid}.")
    segment = ImageContentItem(
        codes.REFERENCED_SEGMENT,
        seg.SOPClassUID,
        seg.SOPInstanceUID,
        referenced_segment_numbers=numbers,
        relationship_type=CONTAINS,
    )
    series_uid = seg.ReferencedSeriesSequence[0].SeriesInstanceUID
    return segment, UIDRefContentItem(codes.SOURCE_SERIES, series_uid, CONTAINS)


def _algorithm(model: ModelIdentity) -> tuple[ContentItem, ...]:
    parameters = (f"SHA-256: {model.sha256}", f"Licence: {model.licence}")
    identified = AlgorithmIdentification(name=model.name, version=model.version, parameters=parameters)
    return tuple(cast(Iterable[ContentItem], identified))


def measurement_items(measures: Measures, image: tuple[ImageContentItem, ...] = ()) -> Iterator[NumContentItem]:
    """Yield the volume, both axes and the ADC of one lesion, each with how, and the axes in which `image`."""
    yield number(codes.VOLUME, measures.volume_ml, codes.MILLILITRE)
    method = code(codes.MEASUREMENT_METHOD, codes.MEASURED_ON[measures.measured_on], _MODIFIER)
    yield number(codes.LONG_AXIS, measures.long_axis_mm, codes.MILLIMETRE, (method, *image))
    yield number(codes.SHORT_AXIS, measures.short_axis_mm, codes.MILLIMETRE, (method, *image))
    if measures.adc_mean is not None:
        yield _adc(measures.adc_mean, codes.MEAN, measures.adc_b_values)
    if measures.adc_p10 is not None:
        yield _adc(measures.adc_p10, codes.TENTH_PERCENTILE, measures.adc_b_values)


def _adc(value: float, derivation: Code, b_values: tuple[float, ...]) -> NumContentItem:
    inside = (
        code(codes.DERIVATION, derivation, _MODIFIER),
        *(
            number(codes.SOURCE_B_VALUE, b, codes.B_VALUE_UNIT, relationship=RelationshipTypeValues.INFERRED_FROM)
            for b in b_values
        ),
    )
    return number(codes.ADC, value, codes.ADC_UNIT, inside)


def _origin(lesion: Lesion) -> Iterator[ContentItem]:
    origin = lesion.origin
    if not isinstance(origin, FromModel):
        yield code(codes.ORIGIN, codes.FROM_READER)
        return
    found_by = code(codes.ORIGIN, codes.FROM_MODEL)
    if origin.score is None:
        found_by.ContentSequence = ContentSequence(_algorithm(origin.model))
    else:
        name = codes.AI_PROBABILITY if origin.calibrated_on else codes.AI_SCORE
        yield number(name, origin.score, codes.NO_UNIT, _algorithm(origin.model))
    yield from texts(codes.CALIBRATED_ON, origin.calibrated_on)
    yield found_by
    if origin.suggested_category in codes.LESION_CATEGORIES:
        yield code(codes.SUGGESTED_CATEGORY, codes.LESION_CATEGORIES[origin.suggested_category])
    for explanation in origin.explanation:
        yield from texts(codes.EXPLANATION, explanation)
    for added in origin.contributions:
        feature = code(codes.FEATURE, codes.FEATURES[added.feature], _MODIFIER)
        yield number(codes.CONTRIBUTION, added.log_odds, codes.NO_UNIT, (feature,))


def _review(lesion: Lesion) -> Iterator[CodeContentItem]:
    for state, value in ((Unreviewed, codes.UNREVIEWED), (Accepted, codes.ACCEPTED), (Edited, codes.EDITED)):
        if isinstance(lesion.review, state):
            yield code(codes.REVIEW, value)


def _assessment(lesion: Lesion) -> Iterator[CodeContentItem | TextContentItem]:
    given = lesion.assessment
    yield code(codes.SCORED_AS, codes.SCORING_ZONES[given.scored_as])
    if lesion.is_reported or given.override:
        yield from _category(given)
    if given.t2 in codes.T2_SCORES[given.scored_as]:
        yield code(codes.T2_SCORE, codes.T2_SCORES[given.scored_as][given.t2])
    if given.dwi in codes.DWI_SCORES:
        yield code(codes.DWI_SCORE, codes.DWI_SCORES[given.dwi])
    untouched = Assessment(given.scored_as)
    if lesion.is_reported or given.dce is not untouched.dce:
        yield code(codes.DCE_SCORE, codes.DCE_SCORES[given.dce])
    if lesion.is_reported or given.epe is not untouched.epe:
        yield code(codes.EXTENSION, codes.EXTENSIONS[given.epe])


def _category(given: Assessment) -> Iterator[CodeContentItem | TextContentItem]:
    if given.category in codes.LESION_CATEGORIES:
        yield code(codes.LESION_CATEGORY, codes.LESION_CATEGORIES[given.category])
    yield code(codes.CATEGORY_BASIS, codes.BY_READER if given.override else codes.BY_RULE)
    yield text(codes.RULE, given.ruling.rule)
    if given.override:
        yield from texts(codes.OVERRIDE_REASON, given.override.reason)
