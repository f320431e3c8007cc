"""One study's analysis: load, segment the gland, register, draw the zones, detect, measure; in the caller's process."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from highdicom import Volume
from pydicom.uid import generate_uid

from core.alignment import Alignment, Moved
from core.errors import CannotAnalyse, FramesDiffer
from core.findings import Candidate, Findings, Gland, ModelIdentity
from core.nudge import Nudges
from core.pirads import Category
from core.progress import Progress
from core.quality import Quality, in_sentences
from core.report import scoring_zone
from core.study import RecognisedStudy, Role, RoleChoice
from core.volume import centroid_lps, on_grid_of, require_same_frame
from inference.adapters.part import Part
from inference.align import find_alignments
from inference.atlas import sector_of, zones_of
from inference.detect import Suspect, detect, detector_identity
from inference.gland import segment_gland
from inference.gland_doubts import coverage_warnings
from inference.laid import laid, laid_among
from inference.load import load, load_told
from inference.measure import Images, measure_lesion
from inference.measured_image import images_of
from inference.models import Models, gland_by, suspects_by, zones_by
from inference.quality import assess, labelled
from inference.recognise import adc_b_values
from inference.resample import resample_like
from inference.stages import Stages
from inference.tissue import suggested_category

USUAL_HIGH_B = 1400.0
"""PI-RADS v2.1: a high b-value is at least 1400 s/mm²."""
BUILT_IN = Models()
"""The models that come with the program."""
_UNMOVED = Nudges()


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """The images, each on its own grid in the frame of reference of T2, and what is to be said about them.

    `high_b_told` is what is to be said to whoever would use the high-b image. Those that the reader `laid` on T2 lie
    there already.
    """

    t2: Volume
    adc: Volume
    high_b: Volume | None
    b_value: float
    high_b_told: str
    warnings: tuple[str, ...]
    laid: frozenset[Role] = frozenset()

    @property
    def images(self) -> dict[Role, Volume]:
        """What a model pack may ask for."""
        images = {Role.T2_AXIAL: self.t2, Role.ADC: self.adc}
        return images if self.high_b is None else {**images, Role.HIGH_B: self.high_b}

    def aligned(self, alignments: tuple[Alignment, ...]) -> "_Loaded":
        """Return these with the diffusion images, but for those laid by the reader, where they were found to lie."""
        diffusion = next((one for one in alignments if one.moved is Moved.DIFFUSION), None)
        if diffusion is None:
            return self
        images = self.images.items()
        placed = {role: image if role in self.laid else diffusion.placed(image) for role, image in images}
        return replace(self, adc=placed[Role.ADC], high_b=placed.get(Role.HIGH_B))


def analyse(
    recognised: RecognisedStudy,
    progress: Progress,
    models: Models = BUILT_IN,
    on_gland: Callable[[Gland], object] = lambda _gland: None,
    nudges: Nudges = _UNMOVED,
) -> Findings:
    """Return what the AI finds in a study, with the model of each task that was chosen.

    `on_gland` is called as soon as the gland is known, well before the rest. Series of another frame of reference that
    have a link in `nudges` are taken where that and the reader's correction place them.
    Raises `CannotAnalyse` when it lacks axial T2 or diffusion, or its ADC cannot be used; `GlandNotFound`,
    `SeriesIncomplete` when a slice of a chosen series is missing; `ModelMissing`, `ModelAltered`, `ModelInvalid`;
    `OutOfMemory`; `Cancelled` out of `progress`.
    """
    t2_choice, adc_choice = _needed(recognised)
    stages = Stages(progress)
    with stages.stage("load", 0.0):
        loaded = _load(recognised, t2_choice, adc_choice, nudges)
    with stages.stage("gland", 0.1):
        gland = _gland(loaded, models, progress)
    on_gland(gland)
    with stages.stage("register", 0.75):
        adc_there = None if Role.ADC in loaded.laid else loaded.adc
        alignments = find_alignments(recognised, loaded.t2, gland.mask, adc_there, bends=models.bends)
        placed = loaded.aligned(alignments)
    with stages.stage("zones", 0.8):
        zones = _zones(placed, gland, models, progress)
    with stages.stage("quality", 0.83):
        b_values = adc_b_values(recognised)
        # the images as they came: that they lie aside is part of their quality
        quality = assess(recognised, loaded.t2, loaded.adc, gland.mask, b_values)
    with stages.stage("detect", 0.85):
        looked = not quality.withheld
        suspicion, suspects, doubts = _suspects(placed, gland, models, progress) if looked else _none(loaded.t2)
    with stages.stage("measure", 0.95):
        detector = models.lesions.identity if models.lesions else detector_identity()
        images = images_of(recognised)
        candidates = tuple(
            _candidate(suspect, gland, zones, placed.adc, b_values, images, detector) for suspect in suspects
        )
    progress.report(1.0, "Done")
    return Findings(
        recognised=recognised,
        gland=gland,
        zones=zones,
        suspicion=suspicion,
        candidates=labelled(candidates, quality),
        models=(gland.model, *_others(models, detector, quality)),
        timings_s=stages.timings_s,
        warnings=(
            *recognised.warnings,
            *loaded.warnings,
            *_high_b_warnings(loaded, models, quality),
            *_gland_warnings(gland),
            *doubts,
            *in_sentences(quality),
        ),
        quality=quality,
        alignments=alignments,
    )


def _others(models: Models, detector: ModelIdentity, quality: Quality) -> tuple[ModelIdentity, ...]:
    """Return the models beside the gland's; a detector that was withheld found nothing and is not named."""
    zones = (models.zones.identity,) if models.zones else ()
    return zones if quality.withheld else (*zones, detector)


_Looked = tuple[Volume, tuple[Suspect, ...], tuple[str, ...]]
"""The suspicion map, the suspects, and what is to be said of them."""


def _none(t2: Volume) -> _Looked:
    """Return the empty map of a study in which lesions were not looked for."""
    return on_grid_of(t2, np.zeros(t2.spatial_shape, np.float32)), (), ()


def _needed(recognised: RecognisedStudy) -> tuple[RoleChoice, RoleChoice]:
    for role in (Role.T2_AXIAL, Role.ADC, Role.HIGH_B):
        if (question := recognised.question(role)) is not None:
            raise CannotAnalyse(f"Cannot run: {question.sentence} It can still be read and reported by hand.")
    t2, adc = recognised.one(Role.T2_AXIAL), recognised.one(Role.ADC)
    if t2 is None:
        raise CannotAnalyse("Cannot run: the study has no axial T2 series; it can still be read and reported by hand.")
    if adc is None:
        raise CannotAnalyse(
            "Cannot run: the study has no ADC map and no diffusion series with two b-values; "
            "it can still be read and reported by hand."
        )
    return t2, adc


def _load(recognised: RecognisedStudy, t2_choice: RoleChoice, adc_choice: RoleChoice, nudges: Nudges) -> _Loaded:
    t2 = load(t2_choice)
    adc, unit_told = _adc_in_frame_of(t2, adc_choice, nudges)
    high_b, b_value, high_b_told = _high_b_in_frame_of(t2, recognised, nudges)
    fitted_told = ""
    if adc_choice.fitted:
        told = ", ".join(f"{stack.b_value:g}" for stack in adc_choice.stacks)
        fitted_told = f"The study has no ADC map; it was fitted from b {told} s/mm²."
    used = {"the ADC map": adc_choice, "the high-b image": recognised.one(Role.HIGH_B) if high_b is not None else None}
    laid_roles, laid_told = laid_among(used, nudges)
    warnings = tuple(filter(None, (unit_told, fitted_told, *laid_told)))
    return _Loaded(t2, adc, high_b, b_value, high_b_told, warnings, laid_roles)


def _adc_in_frame_of(t2: Volume, choice: RoleChoice, nudges: Nudges) -> tuple[Volume, str]:
    """Return the ADC map and, when it was stored in another unit, which one."""
    stored, told = load_told(choice)
    adc = laid(stored, choice, nudges)
    named = f"{choice.title} ({choice.stack.series.label})"
    try:
        require_same_frame(adc, t2, names=(named, "the axial T2 images"))
    except FramesDiffer as error:
        raise CannotAnalyse(
            f"Cannot run: {error} Lay it on the axial T2 and run the AI again, or read and report the study by hand."
        ) from error
    _require_contrast(adc, named)
    return adc, told


def _require_contrast(volume: Volume, named: str) -> None:
    """Refuse an image in which nothing could ever be found, which would look like “no lesion”."""
    if volume.array.min() == volume.array.max():
        raise CannotAnalyse(
            f"Cannot run: {named} has the same value in every voxel; retrieve the study again. "
            "It can still be read and reported by hand."
        )


def _high_b_in_frame_of(t2: Volume, recognised: RecognisedStudy, nudges: Nudges) -> tuple[Volume | None, float, str]:
    """Return the high-b image as it was acquired, its b-value and a doubt about it, or None and why it is not used."""
    choice = recognised.one(Role.HIGH_B)
    if choice is None:
        return None, USUAL_HIGH_B, "The study has no high-b image."
    named = f"{choice.title} ({choice.stack.series.label})"
    # A series with a missing slice is not left out but refused: it was sent, and retrieving it again mends it.
    high_b = laid(load(choice), choice, nudges)
    _require_contrast(high_b, named)
    try:
        require_same_frame(high_b, t2, names=(named, "the axial T2 images"))
    except FramesDiffer as problem:
        return None, USUAL_HIGH_B, str(problem)
    if choice.b_value is None:
        return high_b, USUAL_HIGH_B, f"The b-value of {named} is not stated; {USUAL_HIGH_B:g} s/mm² was assumed."
    return high_b, choice.b_value, ""


def _high_b_warnings(loaded: _Loaded, models: Models, quality: Quality) -> tuple[str, ...]:
    """Return what is to be said of the high-b image; a pack does without one, and without its b-value, or refuses."""
    if models.lesions is not None or quality.withheld or not loaded.high_b_told:
        return ()
    alone = "" if loaded.high_b is not None else " Lesions were looked for on the ADC map alone."
    return (f"{loaded.high_b_told}{alone}",)


def _gland(loaded: _Loaded, models: Models, progress: Progress) -> Gland:
    if models.gland is None:
        return segment_gland(loaded.t2, models.gland_engine)
    return gland_by(models.gland, loaded.images, Part(progress, 0.1, 0.4))


def _zones(loaded: _Loaded, gland: Gland, models: Models, progress: Progress) -> Volume:
    if models.zones is None:
        return zones_of(gland.mask, loaded.t2)
    return zones_by(models.zones, loaded.images, gland.mask, Part(progress, 0.8, 0.85))


def _suspects(loaded: _Loaded, gland: Gland, models: Models, progress: Progress) -> _Looked:
    if models.lesions is None:
        high_b = None if loaded.high_b is None else resample_like(loaded.high_b, loaded.t2)
        return (*detect(gland.mask, resample_like(loaded.adc, loaded.t2), high_b, loaded.b_value), ())
    return suspects_by(models.lesions, loaded.images, gland.mask, Part(progress, 0.85, 0.95))


def _candidate(
    suspect: Suspect,
    gland: Gland,
    zones: Volume,
    adc: Volume,
    adc_b_values: tuple[float, ...],
    images: Images,
    model: ModelIdentity,
) -> Candidate:
    sector = sector_of(suspect.mask, gland.mask, zones)
    measures = measure_lesion(suspect.mask, adc, scoring_zone(sector), adc_b_values, images)
    return Candidate(
        tracking_uid=generate_uid(prefix=None),
        mask=suspect.mask,
        score=suspect.score,
        centroid_lps_mm=centroid_lps(suspect.mask),
        measures=measures,
        sector=sector,
        suggested_category=_suggested(suspect, measures.long_axis_mm),
        model=model,
        explanation=suspect.explanation,
        contributions=suspect.contributions,
        calibrated_on=suspect.calibrated_on,
    )


def _suggested(suspect: Suspect, long_axis_mm: float) -> Category:
    return suggested_category(suspect.score, long_axis_mm) if suspect.suggests else Category.PENDING


def _gland_warnings(gland: Gland) -> tuple[str, ...]:
    return (*gland.doubts, *coverage_warnings(gland.mask))
