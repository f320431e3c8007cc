"""What is known of a study before anyone reads it, put together from the structured reports that the archive holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from core.pirads import Category
from core.quality import Adequacy

_RISEN = 0.2
"""By how much the suspicion of one and the same model has to rise to count as a change."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The highest score (0 to 1) that a model gave; it is a rate of cancer only where `calibrated_on` says on whom."""

    score: float
    calibrated_on: str = ""


@dataclass(frozen=True, slots=True)
class Analysed:
    """A model looked for lesions; `category` is the highest that it suggests, PENDING where it suggests none."""

    lesions: int
    suspicion: Suspicion | None = None
    category: Category = Category.PENDING
    kind: Literal["analysed"] = "analysed"


@dataclass(frozen=True, slots=True)
class Withheld:
    """The images were not good enough for the model to look for lesions."""

    why: str
    kind: Literal["withheld"] = "withheld"


@dataclass(frozen=True, slots=True)
class Failed:
    """The analysis ended without a result, or with one that cannot be read."""

    why: str
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Expected:
    """The study waits for its analysis, or is being analysed."""

    kind: Literal["expected"] = "expected"


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    """The archive holds no result of an AI; `outlined` where it holds segmentations that tell no suspicion."""

    outlined: bool = False
    kind: Literal["not analysed"] = "not analysed"


AiState = Analysed | Withheld | Failed | Expected | NotAnalysed


@dataclass(frozen=True, slots=True)
class Prostate:
    """What a document says of the patient and the images beside lesions; None and "" where it does not."""

    gland_ml: float | None = None
    psa_ng_ml: float | None = None
    psa_density: float | None = None
    adequacy: Adequacy | None = None
    institution: str = ""


@dataclass(frozen=True, slots=True)
class AiDocument:
    """What a structured report of an AI says; `made_at` is Content Date and Time, `maker` the device that wrote it."""

    maker: str
    made_at: str
    result: Analysed | Withheld | Failed
    about: Prostate = Prostate()
    kind: Literal["ai"] = "ai"


@dataclass(frozen=True, slots=True)
class ReaderDocument:
    """A reader's report: `final` where it is verified. `category` is that of the examination."""

    made_at: str
    final: bool
    category: Category = Category.PENDING
    about: Prostate = Prostate()
    kind: Literal["reader"] = "reader"


Document = AiDocument | ReaderDocument


class ReportState(StrEnum):
    """How far the report of a study is in the archive; what is not verified still waits for a reader."""

    NONE = "none"
    PRELIMINARY = "preliminary"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Change:
    """What was said of the same patient's earlier examination of the day `since`, and what is said now."""

    since: date
    category_before: Category = Category.PENDING
    category: Category = Category.PENDING
    score_before: float | None = None
    score: float | None = None

    @property
    def risen(self) -> bool:
        """Whether the category is higher, or the score of the same model by 0.2 or more."""
        by_category = (
            self.category.isdigit() and self.category_before.isdigit() and self.category > self.category_before
        )
        both = self.score is not None and self.score_before is not None
        return by_category or (both and (self.score or 0.0) - (self.score_before or 0.0) >= _RISEN)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides when a study is read. `waiting_since` is the examination, in the scanner's own time.

    `failures` are the sentences of analyses that failed beside the result in `ai`.
    """

    ai: AiState = NotAnalysed()
    about: Prostate = Prostate()
    failures: tuple[str, ...] = ()
    change: Change | None = None
    waiting_since: datetime | None = None
    urgent: bool = False
    report: ReportState = ReportState.NONE

    @property
    def category(self) -> Category:
        """The category that the AI suggests, or PENDING."""
        return self.ai.category if isinstance(self.ai, Analysed) else Category.PENDING

    @property
    def score(self) -> float | None:
        """The AI's highest score, or None."""
        return self.ai.suspicion.score if isinstance(self.ai, Analysed) and self.ai.suspicion else None


def facts_of(
    documents: Iterable[Document],
    *,
    waiting_since: datetime | None = None,
    outlined: bool = False,
    expected: bool = False,
    psa_ng_ml: float | None = None,
    urgent: bool = False,
) -> Facts:
    """Return what the documents of a study say together.

    Of each maker the newest counts, a failure less than a result of the same moment; a failure after a result does not
    take that away. Of several makers the highest suspicion counts. The PSA of a report comes before that of the order.
    """
    said = tuple(documents)
    of_ai = [one for one in said if isinstance(one, AiDocument)]
    reports = [one for one in said if isinstance(one, ReaderDocument)]
    newest = [_newest(of_ai, maker) for maker in dict.fromkeys(one.maker for one in of_ai)]
    failures = tuple(one.result.why for one in newest if isinstance(one.result, Failed))
    results = [one for one in (_result(of_ai, each) for each in newest) if one is not None]
    chosen = max(results, key=_weight, default=None)
    ai: AiState = chosen.result if chosen else _without_result(failures, outlined=outlined, expected=expected)
    order = [Prostate(psa_ng_ml=psa_ng_ml)]
    about = _together([*(one.about for one in _by_time(reports)), *([chosen.about] if chosen else []), *order])
    return Facts(
        ai=ai,
        about=about,
        failures=failures if chosen else failures[1:],
        waiting_since=waiting_since,
        urgent=urgent,
        report=_report_state(reports),
    )


def _newest(documents: Iterable[AiDocument], maker: str) -> AiDocument:
    of_maker = (one for one in documents if one.maker == maker)
    return max(of_maker, key=lambda one: (one.made_at, not isinstance(one.result, Failed)))


def _result(documents: Iterable[AiDocument], newest: AiDocument) -> AiDocument | None:
    """Return the newest document of a maker, or the newest before it that is no failure."""
    results = [x for x in documents if x.maker == newest.maker and not isinstance(x.result, Failed)]
    return max(results, key=lambda one: one.made_at, default=None)


def _weight(document: AiDocument) -> tuple[bool, str, float, int]:
    result = document.result
    if not isinstance(result, Analysed):
        return False, "", 0.0, 0
    category = result.category if result.category.isdigit() else ""
    return True, category, result.suspicion.score if result.suspicion else 0.0, result.lesions


def _without_result(failures: tuple[str, ...], *, outlined: bool, expected: bool) -> AiState:
    if expected:
        return Expected()
    return Failed(failures[0]) if failures else NotAnalysed(outlined)


def _by_time(reports: Iterable[ReaderDocument]) -> list[ReaderDocument]:
    return sorted(reports, key=lambda one: one.made_at, reverse=True)


def _together(said: list[Prostate]) -> Prostate:
    """Return what the first of them says that says it; the density is made where none tells it and both parts are."""
    gland = next((x.gland_ml for x in said if x.gland_ml), None)
    psa = next((x.psa_ng_ml for x in said if x.psa_ng_ml is not None), None)
    density = next((x.psa_density for x in said if x.psa_density is not None), None)
    return Prostate(
        gland_ml=gland,
        psa_ng_ml=psa,
        psa_density=psa / gland if density is None and psa is not None and gland else density,
        adequacy=next((x.adequacy for x in said if x.adequacy is not None), None),
        institution=next((x.institution for x in said if x.institution), ""),
    )


def _report_state(reports: list[ReaderDocument]) -> ReportState:
    if any(one.final for one in reports):
        return ReportState.FINAL
    return ReportState.PRELIMINARY if reports else ReportState.NONE


def change_between(before: Iterable[Document], now: Iterable[Document], since: date) -> Change | None:
    """Return what changed against an earlier examination; None where the two say nothing that can be compared.

    Categories are compared whoever gave them, the reader's before the AI's; scores of the same maker only.
    """
    earlier, later = tuple(before), tuple(now)
    categories = _category(earlier), _category(later)
    scores = _scores(earlier), _scores(later)
    common = [maker for maker in scores[1] if maker in scores[0]]
    maker = max(common, key=lambda one: scores[1][one], default=None)
    if maker is None and not all(one.isdigit() for one in categories):
        return None
    told = (None, None) if maker is None else (scores[0][maker], scores[1][maker])
    return Change(since, *categories, *told)


def _category(documents: tuple[Document, ...]) -> Category:
    reports = [one for one in documents if isinstance(one, ReaderDocument)]
    by_reader = [one.category for one in _by_time(reports) if one.category.isdigit()]
    return by_reader[0] if by_reader else facts_of(documents).category


def _scores(documents: tuple[Document, ...]) -> dict[str, float]:
    of_ai = [one for one in documents if isinstance(one, AiDocument)]
    found: dict[str, float] = {}
    for one in sorted(of_ai, key=lambda one: one.made_at):
        if isinstance(one.result, Analysed) and one.result.suspicion:
            found[one.maker] = one.result.suspicion.score
    return found
