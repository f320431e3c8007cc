"""The words that text, pictures and the printed page share: names, sectors, sizes, b-values."""

from collections.abc import Sequence

from core.findings import Measures
from core.report import Lesion
from core.sectors import Level, Sector, Side

UNIT_ADC = "× 10⁻⁶ mm²/s"

_REGIONS = {
    "PZa": "anterior peripheral zone",
    "PZpl": "posterolateral peripheral zone",
    "PZpm": "posteromedial peripheral zone",
    "TZa": "anterior transition zone",
    "TZp": "posterior transition zone",
    "CZ": "central zone",
    "AFS": "anterior fibromuscular stroma",
    "SV": "seminal vesicle",
    "EUS": "external urethral sphincter",
}
_LEVELS = {Level.BASE: "basal", Level.MID: "mid", Level.APEX: "apical", Level.OUTSIDE: ""}


def sector_in_words(sector: Sector) -> str:
    """Return the sector written out, e.g. `right mid posteromedial peripheral zone`."""
    side = "" if sector.side is Side.MIDLINE else sector.side.value
    return " ".join(word for word in (side, _LEVELS[sector.level], _REGIONS[sector.region]) if word)


def sector_in_short(sector: Sector) -> str:
    """Return the sector as a table has it, e.g. `R mid PZpm`."""
    side = "" if sector.side is Side.MIDLINE else sector.side.value[0].upper()
    level = "" if sector.level is Level.OUTSIDE else sector.level.value
    return " ".join(word for word in (side, level, sector.region) if word)


def size_in_words(measures: Measures) -> str:
    """Return both axes in whole millimetres, e.g. `14 × 8 mm`."""
    return f"{measures.long_axis_mm:.0f} × {measures.short_axis_mm:.0f} mm"


def scores_in_short(lesion: Lesion) -> str:
    """Return the component scores as a table has them, e.g. `4 / 4 / –`; a DCE of X is written as X."""
    dce = {"negative": "–", "positive": "+"}.get(lesion.assessment.dce, "X")
    return f"{_score(lesion.assessment.t2)} / {_score(lesion.assessment.dwi)} / {dce}"


def _score(score: str) -> str:
    return "?" if score == "-" else score


def b_values_in_words(b_values: Sequence[float]) -> str:
    """Return b-values as a reader says them, e.g. `50, 400 and 800`."""
    return and_list([f"{b:g}" for b in b_values])


def and_list(words: Sequence[str]) -> str:
    """Return words joined as in English: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def sentence(text: str) -> str:
    """Return `text` with a full stop unless it already ends a sentence; empty stays empty."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


def patient_name(person_name: str) -> str:
    """Return a DICOM PN as lists write it: `Müller, Jörg`, ideographic group in brackets where there is one."""
    alphabetic, ideographic, *_ = [*person_name.split("="), ""]
    plain = ", ".join(filter(None, (_component(alphabetic, 0), " ".join(_given(alphabetic)))))
    other = " ".join(filter(None, ideographic.split("^")))
    return f"{plain} ({other})" if plain and other else plain or other


def reader_name(person_name: str) -> str:
    """Return a DICOM PN as people are addressed: `Dr. Änne Jürgens`."""
    alphabetic = person_name.split("=")[0]
    words = (_component(alphabetic, 3), *_given(alphabetic), _component(alphabetic, 0), _component(alphabetic, 4))
    return " ".join(filter(None, words))


def _given(alphabetic: str) -> tuple[str, ...]:
    return tuple(filter(None, (_component(alphabetic, 1), _component(alphabetic, 2))))


def _component(alphabetic: str, index: int) -> str:
    components = alphabetic.split("^")
    return components[index].strip() if index < len(components) else ""
