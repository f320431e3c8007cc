"""What can be learnt from use: signed reports and analyses, seen without their patients."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.findings import ModelIdentity
from core.pirads import Category
from core.report import SUSPICIOUS, Edited, FromModel, FromReader, Lesion, Rejected, Report


class Fate(StrEnum):
    """What became of an AI lesion in the signed report; none is signed without one of them."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Judged:
    """One AI lesion as the reader judged it: what the `model` suggested, and the reader's category.

    `suggested` is PENDING where the model suggests none, `given` where the reader rejected the lesion.
    """

    model: str
    fate: Fate
    suggested: Category
    given: Category


@dataclass(frozen=True, slots=True)
class Reading:
    """One signed report. `reader` is a pseudonym, empty where the site keeps none; models are `name version`.

    `detector` is the model that looked for lesions, empty where none did; `ai_category` is the highest that it
    suggested, TWO (for 1 or 2) where it found nothing, and PENDING where it told none. `added` counts the reader's own
    lesions of PI-RADS 3 or above. `reading_s` is from the first opening to the signature, `turnaround_s` from the
    examination to the first signature that counted; None where it is not known.
    """

    reader: str
    signed_at: datetime
    category: Category
    detector: str
    ai_category: Category
    judged: tuple[Judged, ...]
    added: int
    reading_s: float | None
    turnaround_s: float | None

    @property
    def models(self) -> frozenset[str]:
        """The models whose lesions were judged, or that looked for some."""
        return frozenset(filter(None, (self.detector, *(one.model for one in self.judged))))


@dataclass(frozen=True, slots=True)
class Analysed:
    """One run of the AI: with which models, when, how long, and the name of the error that ended it, else empty."""

    models: tuple[str, ...]
    ended_at: datetime
    seconds: float
    failure: str


@dataclass(frozen=True, slots=True)
class Use:
    """Everything that is kept, by time; `names` is what readers are called, by pseudonym."""

    readings: tuple[Reading, ...] = ()
    analyses: tuple[Analysed, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def name_of(self, reader: str) -> str:
        """Return what a reader is called."""
        return dict(self.names).get(reader, reader)

    @property
    def models(self) -> tuple[str, ...]:
        """Every model, by name."""
        read = (model for reading in self.readings for model in reading.models)
        return tuple(sorted({*read, *(model for run in self.analyses for model in run.models)}))

    @property
    def readers(self) -> tuple[str, ...]:
        """Every reader by the order in which they are named; who is not named is not among them."""
        present = {reading.reader for reading in self.readings}
        return tuple(reader for reader, _ in self.names if reader in present)

    def chosen(self, *, reader: str = "", model: str = "", since: datetime | None = None) -> "Use":
        """Return what one reader signed, one model had a part in, and happened since then; empty means any.

        Of a reading only the lesions of the model are left. Analyses are nobody's: a reader does not choose among them.
        """
        readings = (
            _of_model(one, model)
            for one in self.readings
            if reader in ("", one.reader) and (not model or model in one.models) and _is_since(one.signed_at, since)
        )
        runs = (x for x in self.analyses if (not model or model in x.models) and _is_since(x.ended_at, since))
        return Use(tuple(readings), tuple(runs), self.names)


def _is_since(moment: datetime, since: datetime | None) -> bool:
    return since is None or moment >= since


def _of_model(one: Reading, model: str) -> Reading:
    if not model:
        return one
    judged = tuple(lesion for lesion in one.judged if lesion.model == model)
    looked = one.detector == model
    return Reading(
        one.reader,
        one.signed_at,
        one.category,
        model if looked else "",
        one.ai_category if looked else Category.PENDING,
        judged,
        one.added if looked else 0,
        one.reading_s,
        one.turnaround_s,
    )


# ---------------------------------------------------------------------------------------------------------------------
# From a report


def model_name(model: ModelIdentity) -> str:
    """Return how a model is called here."""
    return f"{model.name} {model.version}".strip()


def reading_of(
    report: Report, reader: str, signed_at: datetime, *, reading_s: float | None, turnaround_s: float | None
) -> Reading:
    """Return a report that is signed, as it is seen for learning; nothing of it tells the patient."""
    detector = detector_of(report)
    judged = tuple(_judged(x, x.origin) for x in report.lesions if isinstance(x.origin, FromModel))
    own = [x for x in report.reported_lesions if isinstance(x.origin, FromReader)]
    return Reading(
        reader=reader,
        signed_at=signed_at,
        category=report.category,
        detector=detector,
        ai_category=_ai_category(one for one in judged if one.model == detector) if detector else Category.PENDING,
        judged=judged,
        added=sum(x.category in SUSPICIOUS for x in own),
        reading_s=reading_s,
        turnaround_s=turnaround_s,
    )


def detector_of(report: Report) -> str:
    """Return the model that looked for lesions, or nothing when none did.

    An analysis names the gland's model first and the lesions' last, and leaves that out where the images were not good
    enough (inference/pipeline.py).
    """
    if report.quality.withheld or len(report.models) < 2:
        return ""
    return model_name(report.models[-1])


def _judged(lesion: Lesion, origin: FromModel) -> Judged:
    rejected = isinstance(lesion.review, Rejected)
    edited = isinstance(lesion.review, Edited)
    fate = Fate.REJECTED if rejected else Fate.EDITED if edited else Fate.ACCEPTED
    given = Category.PENDING if rejected else lesion.category
    return Judged(model_name(origin.model), fate, origin.suggested_category, given)


def _ai_category(judged: Iterable[Judged]) -> Category:
    """Return the highest category that was suggested; PENDING when one of the lesions has none."""
    suggested = [one.suggested for one in judged]
    if not all(category.isdigit() for category in suggested):
        return Category.PENDING
    return max(suggested, default=Category.TWO, key=int)
