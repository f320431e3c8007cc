"""PI-RADS v2.1 categories from component scores (ACR 2019, assessment tables)."""

from dataclasses import dataclass
from enum import StrEnum


class Zone(StrEnum):
    """A zone of the prostate, or a neighbour that a lesion may stand in (CID 6300)."""

    PZ = "PZ"
    TZ = "TZ"
    CZ = "CZ"
    AFS = "AFS"
    SV = "SV"
    EUS = "EUS"


class Score(StrEnum):
    """A T2W or DWI score; `X` is inadequate or absent, `UNSCORED` not yet given by the reader."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    X = "X"
    UNSCORED = "-"


class Dce(StrEnum):
    """The DCE score; `X` is inadequate or not acquired."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    X = "X"


class Epe(StrEnum):
    """Extraprostatic extension as the reader sees it."""

    NONE = "none"
    POSSIBLE = "possible"
    DEFINITE = "definite"


class Category(StrEnum):
    """A PI-RADS category; `X` when the images allow none, `PENDING` while a score or a decision is missing."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    X = "X"
    PENDING = "-"

    @property
    def meaning(self) -> str:
        """How likely clinically significant cancer is, in the document's words."""
        return _MEANINGS[self]


_MEANINGS = {
    Category.ONE: "Clinically significant cancer is highly unlikely.",
    Category.TWO: "Clinically significant cancer is unlikely.",
    Category.THREE: "The presence of clinically significant cancer is equivocal.",
    Category.FOUR: "Clinically significant cancer is likely.",
    Category.FIVE: "Clinically significant cancer is highly likely.",
    Category.X: "No category can be given: a needed sequence is absent or inadequate.",
    Category.PENDING: "The assessment is not complete yet.",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """A category and the rule, in words, that gave it."""

    category: Category
    rule: str


def category(zone: Zone, *, t2: Score, dwi: Score, dce: Dce) -> Ruling:
    """Return the PI-RADS v2.1 category of one lesion and the rule behind it (ACR 2019, assessment tables).

    `zone` is the zone whose rules apply, PZ or TZ: lesions of the central zone and the anterior stroma are scored
    by the rules of the zone they likely arose from. Raises ValueError for any other zone.
    """
    if zone not in (Zone.PZ, Zone.TZ):
        raise ValueError(f"PI-RADS has no scoring table for {zone}; choose the PZ or the TZ rules.")
    if dwi is Score.X:
        return _without_dwi(zone, t2, dce)
    return _peripheral(dwi, dce) if zone is Zone.PZ else _transition(t2, dwi)


def _peripheral(dwi: Score, dce: Dce) -> Ruling:
    if dwi is Score.UNSCORED:
        return Ruling(Category.PENDING, "PZ: the DWI score decides and is missing.")
    if dwi is not Score.THREE:
        return Ruling(Category(dwi.value), f"PZ: DWI {dwi} → {dwi}")
    if dce is Dce.POSITIVE:
        return Ruling(Category.FOUR, "PZ: DWI 3 with positive DCE → 4")
    return Ruling(Category.THREE, f"PZ: DWI 3 with {'no adequate' if dce is Dce.X else dce} DCE → 3")


def _transition(t2: Score, dwi: Score) -> Ruling:
    if t2 is Score.X:
        return Ruling(Category.X, "TZ: T2W decides and is inadequate → X")
    if t2 is Score.UNSCORED:
        return Ruling(Category.PENDING, "TZ: the T2W score decides and is missing.")
    if t2 not in (Score.TWO, Score.THREE):
        return Ruling(Category(t2.value), f"TZ: T2W {t2} → {t2}")
    if dwi is Score.UNSCORED:
        return Ruling(Category.PENDING, f"TZ: T2W {t2} needs the DWI score, which is missing.")
    upgrade_from = Score.FOUR if t2 is Score.TWO else Score.FIVE
    if dwi.value >= upgrade_from.value:
        raised = Category(str(int(t2.value) + 1))
        return Ruling(raised, f"TZ: T2W {t2} with DWI {dwi} → {raised}")
    return Ruling(Category(t2.value), f"TZ: T2W {t2} with DWI {dwi} → {t2}")


def _without_dwi(zone: Zone, t2: Score, dce: Dce) -> Ruling:
    if dce is Dce.X:
        return Ruling(Category.X, f"{zone}: neither DWI nor DCE is adequate, so only extension can be assessed → X")
    if t2 is Score.UNSCORED:
        return Ruling(Category.PENDING, f"{zone} without adequate DWI: the T2W score decides and is missing.")
    if t2 is Score.X:
        return Ruling(Category.X, f"{zone}: neither T2W nor DWI is adequate → X")
    if t2 is not Score.THREE:
        return Ruling(Category(t2.value), f"{zone} without adequate DWI: T2W {t2} → {t2}")
    raised = Category.FOUR if dce is Dce.POSITIVE else Category.THREE
    return Ruling(raised, f"{zone} without adequate DWI: T2W 3 with {dce} DCE → {raised}")


PIRADS_COLOURS: dict[Category, tuple[int, int, int]] = {
    Category.ONE: (0x6B, 0xCB, 0x77),
    Category.TWO: (0x6B, 0xCB, 0x77),
    Category.THREE: (0xFF, 0xD9, 0x3D),
    Category.FOUR: (0xFF, 0x9F, 0x43),
    Category.FIVE: (0xFF, 0x4D, 0x5A),
    Category.X: (0x8A, 0x96, 0xA5),
    Category.PENDING: (0x8A, 0x96, 0xA5),
}
"""RGB by category, the same on screen, in the overlay series and in the PDF; the number is always written too."""
