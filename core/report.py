"""The report: a draft is edited by making new values of it; only `sign` makes one that counts as signed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from core.errors import CannotSign
from core.findings import Candidate, Findings, Gland, Measures, ModelIdentity
from core.pirads import Category, Dce, Epe, Ruling, Score, Zone, category
from core.sectors import Sector
from core.study import RecognisedStudy, Role
from core.volume import PackedVolume, PointLps


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
    """The lesion began as a model's candidate."""

    model: ModelIdentity
    score: float
    suggested_category: Category
    explanation: tuple[str, ...]
    kind: Literal["model"] = "model"


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
    """One lesion of a report; `label` (L1, L2 …) stays with it."""

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
    """A draft. Empty `own_findings` or `own_impression` mean: the text that writes itself."""

    recognised: RecognisedStudy
    clinical: Clinical = Clinical()
    gland: Gland | None = None
    lesions: tuple[Lesion, ...] = ()
    models: tuple[ModelIdentity, ...] = ()
    warnings: tuple[str, ...] = ()
    own_findings: str = ""
    own_impression: str = ""

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
    def category(self) -> Category:
        """The category of the examination: that of the index lesion; 1 when the reader took none.

        PENDING while a model's lesion is unreviewed. X when no lesion was taken and the study lacks what an assessment
        needs (axial T2 and diffusion).
        """
        if any(isinstance(lesion.review, Unreviewed) for lesion in self.lesions):
            return Category.PENDING
        if self.index_lesion is not None:
            return self.index_lesion.category
        roles = {choice.role for choice in self.recognised.choices}
        diffusion = roles & {Role.ADC, Role.DWI, Role.HIGH_B}
        return Category.ONE if Role.T2_AXIAL in roles and diffusion else Category.X

    @property
    def psa_density(self) -> float | None:
        """PSA over gland volume in ng/mL², when both are known."""
        if self.clinical.psa_ng_ml is None or self.gland is None:
            return None
        return self.clinical.psa_ng_ml / self.gland.volume_ml

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

    Lesions that the reader made, accepted, edited or rejected stay; unreviewed ones of an earlier run are replaced.
    """
    kept = tuple(lesion for lesion in report.lesions if not isinstance(lesion.review, Unreviewed))
    draft = replace(report, gland=findings.gland, lesions=kept, models=findings.models, warnings=findings.warnings)
    for candidate in findings.candidates:
        lesion = _lesion_from(candidate, next_label(draft))
        draft = replace(draft, lesions=(*draft.lesions, lesion))
    return draft


def _lesion_from(candidate: Candidate, label: str) -> Lesion:
    return Lesion(
        tracking_uid=candidate.tracking_uid,
        label=label,
        mask=candidate.mask,
        centroid_lps_mm=candidate.centroid_lps_mm,
        measures=candidate.measures,
        sector=candidate.sector,
        assessment=Assessment(scored_as=scoring_zone(candidate.sector)),
        origin=FromModel(candidate.model, candidate.score, candidate.suggested_category, candidate.explanation),
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
    unreviewed = [x.label for x in report.lesions if isinstance(x.review, Unreviewed)]
    pending = [x.label for x in report.reported_lesions if x.category is Category.PENDING]
    rejected = [x for x in report.lesions if isinstance(x.review, Rejected)]
    dce = report.recognised.one(Role.DCE)
    reviewed = f"All AI lesions reviewed ({len(report.reported_lesions)} taken, {len(rejected)} rejected)"
    return (
        Check(not unreviewed, True, f"Not reviewed: {', '.join(unreviewed)}" if unreviewed else reviewed),
        Check(
            not pending,
            True,
            f"Scores missing: {', '.join(pending)}" if pending else "Every reported lesion has its category",
        ),
        *_contradictions(report),
        Check(
            dce is not None,
            False,
            "DCE present" if dce else "DCE not acquired — assessed as biparametric",
        ),
        *(Check(False, False, warning) for warning in report.warnings),
    )


def _contradictions(report: Report) -> tuple[Check, ...]:
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
