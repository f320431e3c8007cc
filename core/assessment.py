"""The reader's scores of one lesion, the zone whose rules apply to it, and what in them contradicts itself."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from core.findings import Measures
from core.pirads import Category, Dce, Epe, Ruling, Score, Zone, category
from core.sectors import Sector
from core.study import Role

SIZE_OF_FIVE_MM = 15.0
"""From this greatest diameter on a lesion that would be a 4 is a 5 (PI-RADS v2.1)."""
_DIFFUSION = frozenset((Role.ADC, Role.DWI, Role.HIGH_B))
_NAMES = {
    Zone.PZ: "the peripheral zone",
    Zone.TZ: "the transition zone",
    Zone.CZ: "the central zone",
    Zone.AFS: "the anterior fibromuscular stroma",
    Zone.SV: "a seminal vesicle",
    Zone.EUS: "the external urethral sphincter",
}


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


def scoring_zone(sector: Sector) -> Zone:
    """Return the zone whose rules score a lesion of `sector` until the reader says otherwise.

    CZ lesions mostly arise beside or from the PZ, anterior stroma lesions from the TZ (PI-RADS v2.1, "likely
    origin").
    """
    return Zone.TZ if sector.zone in (Zone.TZ, Zone.AFS) else Zone.PZ


def scoring_reason(sector: Sector, scored_as: Zone) -> str:
    """Return why a lesion is scored by these rules where its sector has none of its own; else an empty string."""
    if sector.zone in (Zone.PZ, Zone.TZ):
        return ""
    place = _NAMES[sector.zone]
    if sector.zone in (Zone.SV, Zone.EUS):
        return f"PI-RADS has no rules for {place}; scored by those of {_NAMES[scored_as]}, where it likely arose."
    whose = "mostly arise" if scored_as is scoring_zone(sector) else "may arise"
    return f"Lesions of {place} {whose} in {_NAMES[scored_as]}, so its rules are used (likely origin)."


def contradictions(given: Assessment, sector: Sector, measures: Measures, roles: Collection[Role]) -> tuple[str, ...]:
    """Return what of a lesion contradicts PI-RADS v2.1 or itself, without full stops; nothing is forced by it.

    `roles` are those that the study has.
    """
    found = (
        *_size(given, measures),
        *_zone(given, sector),
        *_sequences(given, roles),
        *_measured(given, measures, roles),
    )
    return tuple(found)


def _size(given: Assessment, measures: Measures) -> Iterator[str]:
    scores, size = (given.t2, given.dwi), measures.long_axis_mm
    definite = given.epe is Epe.DEFINITE
    if Score.FIVE in scores and size < SIZE_OF_FIVE_MM and not definite:
        yield f"score 5 with {_below(size)} mm and no definite EPE"
    if Score.FOUR in scores and Score.FIVE not in scores and (size >= SIZE_OF_FIVE_MM or definite):
        yield f"score 4 with {'definite EPE' if definite else f'{size:.0f} mm'} — 5 is expected"


def _below(size: float) -> str:
    """Return a size below 15 mm so that it does not read as 15."""
    return f"{size:.0f}" if round(size) < SIZE_OF_FIVE_MM else f"{size:.1f}"


def _zone(given: Assessment, sector: Sector) -> Iterator[str]:
    if sector.zone in (Zone.PZ, Zone.TZ) and sector.zone is not given.scored_as:
        decides = "DWI" if given.scored_as is Zone.PZ else "T2W"
        yield f"lies in the {sector.zone} ({sector.label}) but is scored as {given.scored_as}, where {decides} decides"
    if sector.zone in (Zone.SV, Zone.EUS):
        yield f"lies in {_NAMES[sector.zone]}, for which PI-RADS has no rules"
    if given.override is not None and _as_if_dwi_decided(given):
        yield f"TZ lesion given {given.override.category}, its DWI score, though T2W decides in the TZ"


def _as_if_dwi_decided(given: Assessment) -> bool:
    follows = given.override is not None and given.override.category.value == given.dwi.value
    return follows and given.scored_as is Zone.TZ and given.dwi is not Score.X and given.dwi is not given.t2


def _sequences(given: Assessment, roles: Collection[Role]) -> Iterator[str]:
    if given.dce is not Dce.X and Role.DCE not in roles:
        yield f"DCE {given.dce} though the study has no DCE"
    if given.dce is Dce.X and Role.DCE in roles and _dce_decides(given):
        yield "DCE would decide and is scored X though the study has DCE"
    if given.dwi not in (Score.X, Score.UNSCORED) and not _DIFFUSION & set(roles):
        yield f"DWI {given.dwi} though the study has no diffusion-weighted images"
    if given.t2 is Score.X and given.scored_as is Zone.PZ and given.dwi not in (Score.X, Score.UNSCORED):
        yield "T2W is scored X: the category rests on DWI alone"


def _dce_decides(given: Assessment) -> bool:
    if given.dwi is Score.X:
        return given.t2 is not Score.UNSCORED
    return given.scored_as is Zone.PZ and given.dwi is Score.THREE


def _measured(given: Assessment, measures: Measures, roles: Collection[Role]) -> Iterator[str]:
    if given.scored_as is Zone.PZ and measures.measured_on is not Role.ADC and Role.ADC in roles:
        yield "PZ lesion measured on axial T2 though there is an ADC map"
    if given.scored_as is Zone.TZ and measures.measured_on is not Role.T2_AXIAL:
        yield "TZ lesion measured on ADC though PI-RADS measures it on axial T2"
