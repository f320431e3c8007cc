"""What is said of lesions and of the whole examination, in the panel and on the images."""

from core.certainty import score_in_words
from core.findings import Measures
from core.pirads import Category, Score, Zone
from core.report import FromModel, Lesion, Rejected, Unreviewed
from viewer.labels import Chip
from viewer.language import tr
from viewer.said import said


def shown_category(lesion: Lesion) -> Category:
    """Return the category whose colour a lesion has: the reader's, or the AI's suggestion while it is unreviewed."""
    if isinstance(lesion.review, Unreviewed) and isinstance(lesion.origin, FromModel):
        return lesion.origin.suggested_category
    return lesion.category


def show_category(chip: Chip, lesion: Lesion) -> None:
    """Show the category of a lesion, or that it is only suggested, not scored or rejected."""
    if isinstance(lesion.review, Rejected):
        chip.show_plain(tr("rejected"), "dim", "hover")
    elif isinstance(lesion.review, Unreviewed) and isinstance(lesion.origin, FromModel):
        suggested = lesion.origin.suggested_category
        told = tr("AI suggests {suggested}") if lesion.origin.suggests else tr("Found by AI")
        chip.show_category(told.format(suggested=suggested), suggested, suggested=True)
    elif lesion.category is Category.PENDING:
        chip.show_category(tr("Not scored"), Category.PENDING, suggested=True)
    else:
        chip.show_category(tr("PI-RADS {category}").format(category=lesion.category), lesion.category)


def deciding_sequence(lesion: Lesion) -> str:
    """Return which score decides the category of a lesion: `t2` or `dwi` (PI-RADS v2.1, dominant sequence)."""
    given = lesion.assessment
    return "t2" if given.scored_as is Zone.TZ or given.dwi is Score.X else "dwi"


def facts(measures: Measures) -> str:
    """Return size, volume and ADC in one line, e.g. `14 × 8 mm · 0.62 mL · ADC 812 / p10 690`."""
    size = f"{measures.long_axis_mm:.0f} × {measures.short_axis_mm:.0f} mm · {measures.volume_ml:.2f} mL"
    if measures.adc_mean is None:
        return f"{size} · " + tr("no ADC")
    tenth = "" if measures.adc_p10 is None else f" / p10 {measures.adc_p10:.0f}"
    return f"{size} · ADC {measures.adc_mean:.0f}{tenth}"


def ai_in_short(origin: FromModel) -> str:
    """Return what stands in the AI chip, e.g. `AI 4 · 0.81`; without a suggested category the score alone."""
    if origin.score is None:
        return (
            tr("AI {suggested_category}").format(suggested_category=origin.suggested_category) * origin.suggests or "AI"
        )
    words = tr("AI {suggested_category} · {score}") if origin.suggests else tr("AI {score}")
    return words.format(suggested_category=origin.suggested_category, score=score_in_words(origin.score))


def whose_score(origin: FromModel) -> str:
    """Return whose the score is, and that it is a suspicion, or on which patients it was shown to be a probability."""
    if origin.score is None:
        words = tr("{name} {version} (another system’s AI): it states no score.")
        return words.format(name=origin.model.name, version=origin.model.version)
    if origin.calibrated_on:
        words = tr("{name} {version} (research use only): probability {score}, calibrated on {patients}.")
    else:
        words = tr("{name} {version} (research use only): suspicion {score} from 0 to 1, not calibrated.")
    return words.format(
        name=origin.model.name,
        version=origin.model.version,
        score=score_in_words(origin.score),
        patients=origin.calibrated_on,
    )


def explanation(origin: FromModel) -> str:
    """Return what the AI chip's tooltip says: whose the score is, what it is, what it suggests and what made it."""
    suggested = tr("It suggests PI-RADS {category}.") if origin.suggests else tr("It suggests no PI-RADS category.")
    lines = (
        whose_score(origin),
        suggested.format(category=origin.suggested_category),
        *(f"• {said(line)}" for line in origin.explanation),
    )
    return "\n".join(lines)


def rule_in_words(lesion: Lesion) -> str:
    """Return the rule that gives the category, or why the reader decided otherwise."""
    given = lesion.assessment
    if given.override is None:
        return said(given.ruling.rule)
    return tr("PI-RADS {category} by your decision: {reason} (rule: {rule})").format(
        category=given.override.category, reason=given.override.reason, rule=said(given.ruling.rule)
    )
