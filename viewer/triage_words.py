"""A study's priority in words: what its chip says, and why."""

from collections.abc import Iterator

from core.certainty import percent, score_in_words
from core.quality import Adequacy
from core.triage import Level, Priority, Reason, Sla, Why
from core.triage_facts import Analysed, Change, Expected, Facts, Failed, NotAnalysed, ReportState, Withheld
from viewer.language import tr

READING = "…"
_LEVELS = {
    Level.URGENT: tr("Urgent"),
    Level.HIGH: tr("High"),
    Level.MEDIUM: tr("Medium"),
    Level.LOW: tr("Low"),
}
_QUALITY = {
    Adequacy.DIAGNOSTIC: tr("Good"),
    Adequacy.LIMITED: tr("Limited"),
    Adequacy.INADEQUATE: tr("Inadequate"),
}
_SYMBOLS = {Sla.OVERDUE: "⚠ ", Sla.SOON: "◔ ", Sla.IN_TIME: "", Sla.NONE: ""}


def chip_words(facts: Facts | None, priority: Priority | None) -> str:
    """Return what the chip says, e.g. `High 0.93`; what the AI could not do is said instead of a level."""
    if facts is None or priority is None:
        return READING
    if priority.reported:
        return tr("Reported")
    if priority.level is Level.UNKNOWN:
        return _unknown(facts)
    score = "" if facts.score is None else f" {score_in_words(facts.score)}"
    return f"{_LEVELS[priority.level]}{score}"


def _unknown(facts: Facts) -> str:
    if isinstance(facts.ai, Failed) or (facts.failures and not isinstance(facts.ai, Analysed)):
        return tr("AI failed")
    if isinstance(facts.ai, Withheld):
        return tr("AI withheld")
    if isinstance(facts.ai, Expected):
        return tr("AI pending")
    return tr("AI in doubt") if isinstance(facts.ai, Analysed) else tr("No AI")


def ai_words(facts: Facts | None) -> str:
    """Return what the AI did and found, in a few words."""
    if facts is None:
        return READING
    match facts.ai:
        case Analysed(lesions=0):
            return tr("No lesion found")
        case Analysed() as found:
            return _found(found)
        case Failed():
            return tr("Failed")
        case Withheld():
            return tr("Withheld")
        case Expected():
            return tr("Pending")
        case NotAnalysed(outlined):
            return tr("Outlines only") if outlined else "–"


def _found(found: Analysed) -> str:
    lesions = tr("1 lesion") if found.lesions == 1 else tr("{count} lesions").format(count=found.lesions)
    category = f"PI-RADS {found.category}" if found.category.isdigit() else ""
    return " · ".join(filter(None, (lesions, category)))


def quality_words(facts: Facts | None) -> str:
    """Return what the images are good for, as the AI's checks had it."""
    adequacy = facts.about.adequacy if facts else None
    return "–" if adequacy is None else _QUALITY[adequacy]


def psa_words(facts: Facts | None) -> str:
    """Return PSA and, in brackets, PSA density."""
    if facts is None or facts.about.psa_ng_ml is None:
        return "–"
    density = facts.about.psa_density
    return f"{facts.about.psa_ng_ml:g}" if density is None else f"{facts.about.psa_ng_ml:g} ({density:.2f})"


def status_words(facts: Facts | None) -> str:
    """Return how far a study is that nobody here has begun."""
    if facts is None:
        return READING
    if facts.report is not ReportState.NONE:
        return tr("Report in archive") if facts.report is ReportState.FINAL else tr("Preliminary report")
    match facts.ai:
        case Analysed():
            return tr("AI ready")
        case Failed():
            return tr("AI failed")
        case Withheld():
            return tr("AI withheld")
        case Expected():
            return tr("AI pending")
        case NotAnalysed():
            return tr("New")


def waiting_words(priority: Priority | None) -> str:
    """Return how long a study has waited, with a sign when it is due soon or overdue."""
    if priority is None or priority.waited_h is None:
        return "–"
    return f"{_SYMBOLS[priority.sla]}{duration(priority.waited_h)}"


def due_words(priority: Priority | None) -> str:
    """Return when it is due in a sentence; empty where nothing is."""
    if priority is None or priority.due_in_h is None:
        return ""
    if priority.due_in_h < 0:
        return tr("Overdue by {time}.").format(time=duration(-priority.due_in_h))
    return tr("Due in {time}.").format(time=duration(priority.due_in_h))


def duration(hours: float) -> str:
    """Return a time in its two largest units, e.g. `9 h 58 min`."""
    minutes = round(hours * 60)
    if minutes < 60:
        return tr("{minutes} min").format(minutes=minutes)
    if minutes < 24 * 60:
        return tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    whole = minutes // 60
    if whole < 60 * 24:
        return tr("{days} d {hours} h").format(days=whole // 24, hours=whole % 24)
    return tr("{days} d").format(days=f"{whole // 24:,}")


def reasons_in_words(facts: Facts | None, priority: Priority | None) -> tuple[str, ...]:
    """Return why a study has its priority, the weightiest first, without full stops."""
    if facts is None or priority is None:
        return (tr("what the AI says of it is being read"),)
    return tuple(_reason(reason, facts) for reason in priority.reasons)


def _reason(reason: Reason, facts: Facts) -> str:
    match reason:
        case Reason(Why.SUSPICION, float(score), words):
            return _suspicion(score, words)
        case Reason(Why.CATEGORY, words=words):
            return tr("the AI suggests PI-RADS {category}").format(category=words)
        case Reason(Why.FAILED, words=words):
            return tr("the AI failed: {why}").format(why=words.rstrip("."))
        case Reason(Why.WITHHELD, words=words):
            return tr("the AI did not look for lesions: {why}").format(why=words.rstrip("."))
        case Reason(Why.PSA_DENSITY, float(density)):
            return tr("PSA density {density:.2f} ng/mL²").format(density=density)
        case Reason(Why.OVERDUE, float(hours)):
            return tr("overdue by {time}").format(time=duration(hours))
        case Reason(Why.CHANGED) if facts.change:
            return _changed(facts.change)
        case _:
            return _PLAIN[reason.why]


_PLAIN = {
    Why.ORDERED_URGENT: tr("ordered as urgent"),
    Why.UNRATED: tr("the AI marks lesions without saying how suspicious they are"),
    Why.NO_LESION: tr("the AI found no lesion, which does not rule one out"),
    Why.NOT_ANALYSED: tr("no result of an AI is in the archive"),
    Why.OUTLINED: tr("segmentations are in the archive that tell no suspicion"),
    Why.EXPECTED: tr("it waits for the AI, or is being analysed"),
    Why.INADEQUATE: tr("the images are inadequate, so that a low suspicion is not relied on"),
    Why.CHANGED: tr("more suspicious than at the prior examination"),
    Why.PRELIMINARY: tr("a preliminary report waits for its verification"),
    Why.REPORTED: tr("a final report is in the archive"),
    Why.LONG_AGO: tr("examined so long ago that it is taken for read elsewhere"),
}


def _suspicion(score: float, calibrated_on: str) -> str:
    if calibrated_on:
        return tr("AI probability {percent} %, calibrated on {patients}").format(
            percent=percent(score), patients=calibrated_on
        )
    return tr("AI suspicion {score} of 1, which is no rate of cancer").format(score=score_in_words(score))


def _changed(change: Change) -> str:
    return tr("more suspicious than on {day}: {changes}").format(day=change.since, changes=", ".join(_changes(change)))


def _changes(change: Change) -> Iterator[str]:
    if change.category.isdigit() and change.category_before.isdigit() and change.category > change.category_before:
        yield f"PI-RADS {change.category_before} → {change.category}"
    if change.score is not None and change.score_before is not None:
        yield f"{score_in_words(change.score_before)} → {score_in_words(change.score)}"
