"""The words that text, pictures and the printed page share: names, sectors, sizes, scores."""

from collections.abc import Sequence

from core.findings import Measures
from core.report import Lesion
from core.sector_drawing import REGIONS, Names
from core.sector_map import PANELS
from core.sectors import Sector
from core.wording import Language
from reporting.terms import terms_of


def sector_in_words(sector: Sector, language: Language = Language.ENGLISH) -> str:
    """Return the sector written out, e.g. `right mid posteromedial peripheral zone`."""
    terms = terms_of(language)
    level = terms.word("level", sector.level)
    return " ".join(terms.word(f"sector_{sector.side}", sector.region, level=level).split())


def sector_in_short(sector: Sector, language: Language = Language.ENGLISH) -> str:
    """Return the sector as a table has it, e.g. `R mid PZpm`."""
    terms = terms_of(language)
    words = (terms.word("side_short", sector.side), terms.word("level_short", sector.level))
    return " ".join(word for word in (*words, terms.word("region_short", sector.region)) if word)


def sector_names(language: Language) -> Names:
    """Return what stands on the sector map beside the lesions, in the words of the report's tables."""
    terms = terms_of(language)
    return Names(
        titles={level: terms.word("level_short", level).capitalize() for level in PANELS},
        regions={region: terms.word("region_short", region) for region in REGIONS},
        right=terms.word("side_short", "right"),
        left=terms.word("side_short", "left"),
    )


def size_in_words(measures: Measures) -> str:
    """Return both axes in whole millimetres, e.g. `14 × 8 mm`."""
    return f"{measures.long_axis_mm:.0f} × {measures.short_axis_mm:.0f} mm"


def scores_in_short(lesion: Lesion) -> str:
    """Return the component scores as a table has them, e.g. `4 / 4 / –`; a DCE of X is written as X."""
    dce = {"negative": "–", "positive": "+"}.get(lesion.assessment.dce, "X")
    return f"{_score(lesion.assessment.t2)} / {_score(lesion.assessment.dwi)} / {dce}"


def _score(score: str) -> str:
    return "?" if score == "-" else score


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
