"""The report: a draft is edited by making new values of it; only `sign` makes one that counts as signed."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from core.alignment import found_again
from core.amendment import (
    Addendum,
    Amendment,
    AsSigned,
    Continuation,
    Correction,
    Note,
    ReportStatus,
    status_of,
)
from core.annotations import Annotation
from core.assessment import Assessment, contradictions
from core.assessment import Override as Override
from core.assessment import scoring_zone as scoring_zone
from core.errors import CannotAmend, CannotSign
from core.findings import Candidate, Contribution, Findings, Gland, Measures, ModelIdentity
from core.nudge import Nudges
from core.order import Order
from core.pirads import Category, Epe, Zone
from core.quality import UNASSESSED, PiQual, PiQualForm, Quality, prefilled
from core.reader import Reader
from core.risk import NoRisk, Risk, cspca_risk
from core.sectors import Sector
from core.staging import Precise, Seen, Staging
from core.study import RecognisedStudy, Role
from core.used_series import UsedSeries, superseded, used_series
from core.volume import PackedVolume, PointLps, same_grid
from core.wording import Language, WrittenOver


@dataclass(frozen=True, slots=True)
class FromModel:
    """The lesion began as a model's candidate, whose fields these are; `score` is None where another system's model
    tells none."""

    model: ModelIdentity
    score: float | None
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

    `original_mask` is the model's outline once the reader has changed it. A lesion that is `set_aside` is named after
    all others when there are more of PI-RADS 3 or above than a report names.
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
    set_aside: bool = False

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


@dataclass(frozen=True, slots=True)
class KeyImage:
    """One image that the reader chose to show what the report says; `frame_number` is 0 in single-frame objects."""

    sop_instance_uid: str
    words: str = ""
    frame_number: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A draft. Empty `own_findings` or `own_impression` mean: the text that writes itself.

    `without_lesion` is what the reader calls an examination in which no lesion is reported; it counts for no other.
    `pi_qual` is the form as prefilled, or as the reader confirmed it; only a confirmed one is reported.
    `used` is what the AI worked on; the study takes other series once the reader has corrected a role. `order` is what
    the RIS asked for, where it did. `amends` is how the draft stands to the signed report that it follows, None for the
    first report of a study; `notes` are the addenda and reasons of the signed reports before it, oldest first.
    `…_written_over` is what the reader's own text was written instead of, None where that is not known.
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
    staging: Staging = field(default_factory=Staging)
    precise: Precise | None = None
    order: Order | None = None
    key_images: tuple[KeyImage, ...] = ()
    amends: Amendment | None = None
    notes: tuple[Note, ...] = ()
    language: Language = Language.ENGLISH
    findings_written_over: WrittenOver | None = None
    impression_written_over: WrittenOver | None = None

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
    def named_lesions(self) -> tuple[Lesion, ...]:
        """The reported lesions without those that are `beyond_four`, in the same order."""
        beyond = self.beyond_four
        return tuple(lesion for lesion in self.reported_lesions if lesion not in beyond)

    @property
    def beyond_four(self) -> tuple[Lesion, ...]:
        """The lesions of PI-RADS 3 or above that are not among the four that a report names (PI-RADS v2.1).

        The index lesion is always named; which of the others are not is the reader's choice, else the least
        suspicious.
        """
        suspicious = [x for x in self.reported_lesions if x.category in SUSPICIOUS]
        by_choice = sorted(suspicious[1:], key=lambda lesion: lesion.set_aside)  # stable: by rank within each
        beyond = by_choice[MOST_NAMED - 1 :]
        return tuple(lesion for lesion in suspicious if lesion in beyond)

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


MOST_NAMED = 4
"""How many lesions of PI-RADS 3 or above a report names (PI-RADS v2.1)."""
SUSPICIOUS = (Category.THREE, Category.FOUR, Category.FIVE)


def _rank(lesion: Lesion) -> tuple[int, int, float]:
    extension = (Epe.NONE, Epe.POSSIBLE, Epe.DEFINITE).index(lesion.assessment.epe)
    severity = int(lesion.category) if lesion.category.isdigit() else 0
    return severity, extension, lesion.measures.long_axis_mm


def next_label(report: Report) -> str:
    """Return the first label that no lesion of the report has had."""
    numbers = [int(lesion.label[1:]) for lesion in report.lesions]
    return f"L{max(numbers, default=0) + 1}"


def with_findings(report: Report, findings: Findings) -> Report:
    """Return the draft with the gland and candidates of `findings`.

    Lesions that the reader made, accepted, edited or rejected stay, and a gland whose outline the reader changed;
    unreviewed lesions of an earlier run are replaced, those taken from another system's results stay. What a model says
    again of a lesion of its own that the reader has reviewed is not asked again. Lesions that stay were measured where
    images lay before: when `nudges` changed, measure them anew.
    """
    kept = tuple(x for x in report.lesions if not isinstance(x.review, Unreviewed) or _is_foreign(x))
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


def _is_foreign(lesion: Lesion) -> bool:
    return isinstance(lesion.origin, FromModel) and lesion.origin.model.is_foreign


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
        *_beyond_four(report),
        Check(
            dce is not None,
            False,
            "DCE present" if dce else "DCE not acquired — assessed as biparametric",
        ),
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


def contradictions_of(report: Report, lesion: Lesion) -> tuple[str, ...]:
    """Return what of a lesion contradicts PI-RADS v2.1 or itself, without full stops."""
    roles = {choice.role for choice in report.recognised.choices}
    return contradictions(lesion.assessment, lesion.sector, lesion.measures, roles)


def _contradictions(report: Report) -> tuple[Check, ...]:
    told = [f"{x.label}: {words}" for x in report.reported_lesions for words in contradictions_of(report, x)]
    told += beyond_organ(report)
    if not told and not report.reported_lesions:
        return ()
    return tuple(Check(False, False, words) for words in told) or (Check(True, False, "PI-RADS rules consistent"),)


def beyond_organ(report: Report) -> tuple[str, ...]:
    """Return where staging and lesions contradict each other, without full stops."""
    staging, lesions = report.staging, report.reported_lesions
    outside = any(x.assessment.epe is Epe.DEFINITE or x.sector.zone is Zone.SV for x in lesions)
    invaded = Seen.DEFINITE in (staging.right_vesicle, staging.left_vesicle)
    cancer = report.unreviewed_lesions or any(x.category in SUSPICIOUS for x in lesions)
    spread = Seen.DEFINITE in (staging.nodes, staging.bone)
    return (
        *(("Definite seminal vesicle invasion, but no lesion has definite EPE",) if invaded and not outside else ()),
        *(("Definite metastasis, but no lesion of PI-RADS 3 or above",) if spread and not cancer else ()),
    )


def _beyond_four(report: Report) -> tuple[Check, ...]:
    return (Check(False, False, many_lesions(report)),) if report.beyond_four else ()


def many_lesions(report: Report) -> str:
    """Return that there are more lesions of PI-RADS 3 or above than are named, and which are not; empty when not."""
    beyond = report.beyond_four
    if not beyond:
        return ""
    return (
        f"{MOST_NAMED + len(beyond)} lesions of PI-RADS 3 or above: four are named, without "
        f"{', '.join(lesion.label for lesion in beyond)}"
    )


_FREE = frozenset(("amends", "annotations"))
"""What may change in a signed report: how it is amended, and what is drawn on the images."""


def require_amendable(before: Report, after: Report) -> None:
    """Raise `CannotAmend` when an edit changes what a reader signed, before the reader said that it is corrected."""
    changed = (each.name for each in fields(Report) if each.name not in _FREE)
    if all(getattr(before, name) is getattr(after, name) for name in changed):
        return
    match before.amends:
        case AsSigned():
            raise CannotAmend("This report is signed. Choose “Add addendum” or “Correct” before you change it.")
        case Addendum():
            raise CannotAmend("An addendum leaves the findings as they were signed. Give it up and choose “Correct”.")
        case _:
            return


@dataclass(frozen=True, slots=True, eq=False)
class SignedReport:
    """A report that `reader` signed; only `sign` makes one, and only one that is final may become VERIFIED."""

    report: Report
    reader: Reader
    signed_at: datetime
    _seal: object
    status: ReportStatus = ReportStatus.FINAL

    def __post_init__(self) -> None:
        if self._seal is not _SEAL:
            raise CannotSign("A signed report is made by sign() only.")

    @property
    def is_final(self) -> bool:
        """Whether the reader answers for it as the definitive report: anything but a preliminary one."""
        return self.status is not ReportStatus.PRELIMINARY

    @property
    def author(self) -> Reader:
        """Who wrote it: the author of the preliminary report that `reader` verified, else `reader`."""
        amends = self.report.amends
        return amends.predecessor.author if self.is_final and isinstance(amends, Continuation) else self.reader

    @property
    def notes(self) -> tuple[Note, ...]:
        """The addenda and reasons of the reports before it, and its own."""
        match self.report.amends:
            case Addendum(text=said) | Correction(reason=said):
                return (*self.report.notes, Note(self.status, said.strip(), self.reader, self.signed_at))
            case _:
                return self.report.notes


_SEAL = object()


def sign(report: Report, reader: Reader, signed_at: datetime, *, preliminary: bool = False) -> SignedReport:
    """Return the signed report; raises `CannotSign` naming every check that blocks. `signed_at` has a time zone.

    `preliminary` is how a report is signed whose reader does not verify it; an amendment of a final one cannot be.
    """
    told = (*checks(report), *amendment_checks(report, preliminary=preliminary))
    blocking = [check.text for check in told if check.blocks and not check.passed]
    if blocking:
        raise CannotSign(f"The report cannot be signed yet. {'. '.join(blocking)}.")
    if not reader.name.strip():
        raise CannotSign("The report cannot be signed without the reader's name; enter it in the settings.")
    if signed_at.tzinfo is None:
        raise ValueError("The time of signing needs a time zone.")
    return SignedReport(report, reader, signed_at, _SEAL, status_of(report.amends, preliminary=preliminary))


def amendment_checks(report: Report, *, preliminary: bool) -> tuple[Check, ...]:
    """Return what an amendment lacks before it can be signed."""
    match report.amends:
        case AsSigned():
            return (Check(False, True, "It is signed already: choose “Add addendum” or “Correct” to amend it"),)
        case Addendum(text=said) if not said.strip():
            return (Check(False, True, "The addendum is empty: write what is added"),)
        case Correction(reason=said) if not said.strip():
            return (Check(False, True, "The correction has no reason: say why the signed report is replaced"),)
        case Addendum() | Correction() if preliminary:
            return (Check(False, True, "A final report is amended by one who may verify it, not as preliminary"),)
        case _:
            return ()
