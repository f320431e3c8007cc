"""The report: a draft is edited by making new values of it; only `sign` makes one that counts as signed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from core.alignment import found_again
from core.annotations import Annotation
from core.errors import CannotSign
from core.findings import Candidate, Contribution, Findings, Gland, Measures, ModelIdentity
from core.nudge import Nudges
from core.pirads import Category, Dce, Epe, Ruling, Score, Zone, category
from core.quality import UNASSESSED, PiQual, PiQualForm, Quality, prefilled
from core.risk import NoRisk, Risk, cspca_risk
from core.sectors import Sector
from core.study import RecognisedStudy, Role
from core.used_series import UsedSeries, superseded, used_series
from core.volume import PackedVolume, PointLps, same_grid


@dataclass(frozen=True, slots=True)
class Override:
    """A category that the reader gives against the rule, with the reason."""

    category: Category
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The reader's scores of one lesion. `scored_as` is the zone whose rules apply: PZ or TZ."""

    scored_as: Zone
    t2: Score = Score.UNSCORED
    dwi: Score = Score.UNSCORED
    dce: Dce = Dce.X
    epe: Epe = Epe.NONE
    override: Override | None = None

    @property
    def ruling(self) -> Ruling:
        """The category by the PI-RADS v2.1 tables and the rule in words."""
        return category(self.scored_as, t2=self.t2, dwi=self.dwi, dce=self.dce)

    @property
    def category(self) -> Category:
        """The category that is reported: the reader's override, else the rule's."""
        return self.override.category if self.override else self.ruling.category


@dataclass(frozen=True, slots=True)
class FromModel:
    """The lesion began as a model's candidate, whose fields these are."""

    model: ModelIdentity
    score: float
    suggested_category: Category
    explanation: tuple[str, ...]
    kind: Literal["model"] = "model"
    contributions: tuple[Contribution, ...] = ()
    calibrated_on: str = ""

    @property
    def suggests(self) -> bool:
        """Whether the model suggests a category."""
        return self.suggested_category is not Category.PENDING


@dataclass(frozen=True, slots=True)
class FromReader:
    """The reader found the lesion."""

    kind: Literal["reader"] = "reader"


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """Nobody has looked at the model's lesion yet; it blocks signing."""

    kind: Literal["unreviewed"] = "unreviewed"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The reader takes the lesion as it is (a reader's own lesion is accepted from the start)."""

    kind: Literal["accepted"] = "accepted"


@dataclass(frozen=True, slots=True)
class Edited:
    """The reader takes the lesion after changing its outline or place."""

    kind: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True)
class Rejected:
    """The reader does not take the lesion, and says why."""

    reason: str
    kind: Literal["rejected"] = "rejected"


Origin = Annotated[FromModel | FromReader, Field(discriminator="kind")]
Review = Annotated[Unreviewed | Accepted | Edited | Rejected, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True, eq=False)
class Lesion:
    """One lesion of a report; `label` (L1, L2 …) stays with it.

    `original_mask` is the model's outline once the reader has changed it, kept while the report is a draft.
    """

    tracking_uid: str
    label: str
    mask: PackedVolume
    centroid_lps_mm: PointLps
    measures: Measures
    sector: Sector
    assessment: Assessment
    origin: Origin
    review: Review
    comment: str = ""
    original_mask: PackedVolume | None = None

    @property
    def category(self) -> Category:
        """The PI-RADS category that is reported."""
        return self.assessment.category

    @property
    def is_reported(self) -> bool:
        """Whether the reader took it."""
        return isinstance(self.review, Accepted | Edited)


@dataclass(frozen=True, slots=True)
class Clinical:
    """What the reader knows beside the images; PSA in ng/mL."""

    psa_ng_ml: float | None = None
    indication: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A draft. Empty `own_findings` or `own_impression` mean: the text that writes itself.

    `without_lesion` is what the reader calls an examination in which no lesion is reported; it counts for no other.
    `pi_qual` is the form as prefilled, or as the reader confirmed it; only a confirmed one is reported.
    `used` is what the AI worked on; the study takes other series once the reader has corrected a role.
    """

    recognised: RecognisedStudy
    clinical: Clinical = Clinical()
    gland: Gland | None = None
    lesions: tuple[Lesion, ...] = ()
    models: tuple[ModelIdentity, ...] = ()
    warnings: tuple[str, ...] = ()
    without_lesion: Category = Category.PENDING
    annotations: tuple[Annotation, ...] = ()
    nudges: Nudges = field(default_factory=Nudges)
    own_findings: str = ""
    own_impression: str = ""
    quality: Quality = UNASSESSED
    pi_qual: PiQualForm | None = None
    used: tuple[UsedSeries, ...] = ()

    @property
    def superseded(self) -> str:
        """Which series the AI worked on that the study no longer takes for it, in words; empty when none."""
        return superseded(self.used, self.recognised)

    @property
    def study_instance_uid(self) -> str:
        """The study that is reported."""
        return self.recognised.study.study_instance_uid

    @property
    def reported_lesions(self) -> tuple[Lesion, ...]:
        """The lesions that the reader took, most suspicious first: category, then EPE, then size."""
        return tuple(sorted((lesion for lesion in self.lesions if lesion.is_reported), key=_rank, reverse=True))

    @property
    def index_lesion(self) -> Lesion | None:
        """The most suspicious lesion, if any."""
        return next(iter(self.reported_lesions), None)

    @property
    def unreviewed_lesions(self) -> tuple[Lesion, ...]:
        """The model's lesions that nobody has looked at yet."""
        return tuple(lesion for lesion in self.lesions if isinstance(lesion.review, Unreviewed))

    @property
    def category(self) -> Category:
        """The category of the examination: that of the index lesion, else what the reader chose without one.

        PENDING while a model's lesion is unreviewed, and until the reader has chosen one that the study allows.
        """
        if self.unreviewed_lesions:
            return Category.PENDING
        if self.index_lesion is not None:
            return self.index_lesion.category
        return self.without_lesion if self.without_lesion in self.choices_without_lesion else Category.PENDING

    @property
    def choices_without_lesion(self) -> tuple[Category, ...]:
        """The categories that an examination without a lesion may have; X alone when the study is `lacking`."""
        return (Category.X,) if self.lacking else (Category.ONE, Category.TWO, Category.X)

    @property
    def lacking(self) -> str:
        """Which images the study has not, in words, without which no examination is negative; empty when it has them.

        PI-RADS v2.1 assesses axial T2 with diffusion, or with DCE where diffusion is inadequate.
        """
        roles = {choice.role for choice in self.recognised.choices}
        t2 = "" if Role.T2_AXIAL in roles else "no axial T2-weighted images"
        functional = roles & {Role.ADC, Role.DWI, Role.HIGH_B, Role.DCE}
        other = "" if functional else "neither diffusion-weighted nor dynamic contrast-enhanced images"
        return " and ".join(filter(None, (t2, other)))

    @property
    def psa_density(self) -> float | None:
        """PSA over gland volume in ng/mL², when both are known."""
        if self.clinical.psa_ng_ml is None or self.gland is None:
            return None
        return self.clinical.psa_ng_ml / self.gland.volume_ml

    @property
    def risk(self) -> Risk | NoRisk:
        """The risk of csPCa by the reader's category of the examination; it changes nothing in the report."""
        return cspca_risk(self.category, self.psa_density, self.recognised.study.age)

    def lesion(self, tracking_uid: str) -> Lesion:
        """Return the lesion with this tracking UID; raises KeyError when there is none."""
        for lesion in self.lesions:
            if lesion.tracking_uid == tracking_uid:
                return lesion
        raise KeyError(tracking_uid)


def _rank(lesion: Lesion) -> tuple[int, int, float]:
    extension = (Epe.NONE, Epe.POSSIBLE, Epe.DEFINITE).index(lesion.assessment.epe)
    severity = int(lesion.category) if lesion.category.isdigit() else 0
    return severity, extension, lesion.measures.long_axis_mm


def scoring_zone(sector: Sector) -> Zone:
    """Return the zone whose rules score a lesion of `sector` until the reader says otherwise.

    CZ lesions mostly arise beside or from the PZ, anterior stroma lesions from the TZ (PI-RADS v2.1, "likely
    origin").
    """
    return Zone.TZ if sector.zone in (Zone.TZ, Zone.AFS) else Zone.PZ


def next_label(report: Report) -> str:
    """Return the first label that no lesion of the report has had."""
    numbers = [int(lesion.label[1:]) for lesion in report.lesions]
    return f"L{max(numbers, default=0) + 1}"


def with_findings(report: Report, findings: Findings) -> Report:
    """Return the draft with the gland and candidates of `findings`.

    Lesions that the reader made, accepted, edited or rejected stay, and a gland whose outline the reader changed;
    unreviewed lesions of an earlier run are replaced. What a model says again of a lesion of its own that the reader
    has reviewed is not asked again. Lesions that stay were measured where images lay before: when `nudges` changed,
    measure them anew.
    """
    kept = tuple(lesion for lesion in report.lesions if not isinstance(lesion.review, Unreviewed))
    gland = report.gland if report.gland and report.gland.edited else findings.gland
    draft = replace(report, gland=gland, lesions=kept, models=findings.models, warnings=findings.warnings)
    draft = replace(draft, quality=findings.quality, pi_qual=_form(report, findings.quality))
    draft = replace(draft, used=used_series(findings.recognised))
    alignments = found_again(findings.alignments, report.nudges.alignments)
    draft = replace(draft, nudges=replace(report.nudges, alignments=alignments))
    if findings.candidates:  # what was said before they were known is asked again
        draft = replace(draft, without_lesion=Category.PENDING)
    for candidate in (x for x in findings.candidates if not any(_is_again(x, lesion) for lesion in kept)):
        lesion = _lesion_from(candidate, next_label(draft))
        draft = replace(draft, lesions=(*draft.lesions, lesion))
    return draft


def _form(report: Report, quality: Quality) -> PiQualForm | None:
    """Return the form that the reader confirmed, else one that is prefilled anew."""
    if isinstance(report.pi_qual, PiQual):
        return report.pi_qual
    return prefilled(quality) if quality.checks else None


def _is_again(candidate: Candidate, lesion: Lesion) -> bool:
    """Tell whether a candidate covers half of a model's lesion, as the model drew it, or is half covered by it."""
    drawn = lesion.original_mask or lesion.mask
    if not isinstance(lesion.origin, FromModel) or not same_grid(candidate.mask, drawn):
        return False
    new, old = candidate.mask.array > 0, drawn.array > 0
    return bool(2 * (new & old).sum() >= min(new.sum(), old.sum()))


def _lesion_from(candidate: Candidate, label: str) -> Lesion:
    return Lesion(
        tracking_uid=candidate.tracking_uid,
        label=label,
        mask=candidate.mask,
        centroid_lps_mm=candidate.centroid_lps_mm,
        measures=candidate.measures,
        sector=candidate.sector,
        assessment=Assessment(scored_as=scoring_zone(candidate.sector)),
        origin=FromModel(
            candidate.model,
            candidate.score,
            candidate.suggested_category,
            candidate.explanation,
            contributions=candidate.contributions,
            calibrated_on=candidate.calibrated_on,
        ),
        review=Unreviewed(),
    )


def with_lesion(report: Report, tracking_uid: str, change: Callable[[Lesion], Lesion]) -> Report:
    """Return the draft with one lesion changed by a pure function; raises KeyError when there is none."""
    report.lesion(tracking_uid)
    return replace(
        report,
        lesions=tuple(change(x) if x.tracking_uid == tracking_uid else x for x in report.lesions),
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list before signing; `blocks` when the report cannot be signed because of it."""

    passed: bool
    blocks: bool
    text: str


def checks(report: Report) -> tuple[Check, ...]:
    """Return what a reader should know before signing, blocking failures included."""
    dce = report.recognised.one(Role.DCE)
    return (
        _reviewed(report),
        *_assessed(report),
        *_contradictions(report),
        Check(
            dce is not None,
            False,
            "DCE present" if dce else "DCE not acquired — assessed as biparametric",
        ),
        *_staying_here(report),
        *_image_quality(report),
        *((Check(False, False, report.superseded),) if report.superseded else ()),
        *(Check(False, False, warning) for warning in report.warnings),
    )


def _reviewed(report: Report) -> Check:
    unreviewed = report.unreviewed_lesions
    if unreviewed:
        return Check(False, True, f"Not reviewed: {', '.join(x.label for x in unreviewed)}")
    suggested = [x for x in report.lesions if isinstance(x.origin, FromModel)]
    if report.quality.withheld and not suggested:
        return Check(False, False, "The AI did not look for lesions: the images were not good enough for it")
    if not suggested:
        return Check(True, True, "No AI lesion to review")
    taken = sum(x.is_reported for x in suggested)
    return Check(True, True, f"All AI lesions reviewed ({taken} taken, {len(suggested) - taken} rejected)")


def _staying_here(report: Report) -> tuple[Check, ...]:
    count = len(report.annotations)
    if not count:
        return ()
    drawn = "A drawing on the images is" if count == 1 else f"{count} drawings on the images are"
    return (Check(False, False, f"{drawn} no part of what is sent: write in the report what it should say"),)


def _image_quality(report: Report) -> tuple[Check, ...]:
    form = report.pi_qual
    if not isinstance(form, PiQual):
        return ()
    told = f"PI-QUAL {form.overall.value} ({form.overall.meaning})"
    if not form.forbids_categories or report.category in (Category.X, Category.PENDING):
        return (Check(not form.forbids_categories, False, told),)
    return (Check(False, False, f"{told}: PI-RADS categories should not be assigned"),)


def _assessed(report: Report) -> tuple[Check, ...]:
    if report.reported_lesions:
        pending = ", ".join(x.label for x in report.reported_lesions if x.category is Category.PENDING)
        told = f"Scores missing: {pending}" if pending else "Every reported lesion has its category"
        return (Check(not pending, True, told),)
    if report.unreviewed_lesions:
        return ()
    if report.category is not Category.PENDING:
        return (Check(True, True, f"No lesion is reported: you chose PI-RADS {report.category}"),)
    return (Check(False, True, f"No lesion is reported: {choose_without_lesion(report)}"),)


def choose_without_lesion(report: Report) -> str:
    """Return what the reader of an examination without a lesion is asked to do, without a full stop."""
    if report.lacking:
        return f"choose PI-RADS X for the examination; the study has {report.lacking}"
    return "choose PI-RADS 1, 2 or X for the examination"


def _contradictions(report: Report) -> tuple[Check, ...]:
    if not report.reported_lesions:
        return ()
    found: list[Check] = []
    for lesion in report.reported_lesions:
        scores = (lesion.assessment.t2, lesion.assessment.dwi)
        size, definite = lesion.measures.long_axis_mm, lesion.assessment.epe is Epe.DEFINITE
        if Score.FIVE in scores and size < 15 and not definite:
            found.append(Check(False, False, f"{lesion.label}: score 5 with {size:.0f} mm and no definite EPE"))
        if Score.FOUR in scores and Score.FIVE not in scores and (size >= 15 or definite):
            why = "definite EPE" if definite else f"{size:.0f} mm"
            found.append(Check(False, False, f"{lesion.label}: score 4 with {why} — 5 is expected"))
    return tuple(found) or (Check(True, False, "PI-RADS rules consistent"),)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who signs: `name` in DICOM's PN form."""

    name: str
    organization: str


@dataclass(frozen=True, slots=True, eq=False)
class SignedReport:
    """A report that a reader signed; only `sign` makes one, and only this may become VERIFIED."""

    report: Report
    reader: Reader
    signed_at: datetime
    _seal: object

    def __post_init__(self) -> None:
        if self._seal is not _SEAL:
            raise CannotSign("A signed report is made by sign() only.")


_SEAL = object()


def sign(report: Report, reader: Reader, signed_at: datetime) -> SignedReport:
    """Return the signed report; raises `CannotSign` naming every check that blocks. `signed_at` has a time zone."""
    blocking = [check.text for check in checks(report) if check.blocks and not check.passed]
    if blocking:
        raise CannotSign(f"The report cannot be signed yet. {'. '.join(blocking)}.")
    if not reader.name.strip():
        raise CannotSign("The report cannot be signed without the reader's name; enter it in the settings.")
    if signed_at.tzinfo is None:
        raise ValueError("The time of signing needs a time zone.")
    return SignedReport(report, reader, signed_at, _SEAL)
