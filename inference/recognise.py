"""Which series of a prostate MR plays which role, with the reason for each choice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.study import ROLE_NAMES, Correction, Question, RecognisedStudy, Role, RoleChoice, Series, Stack, Study
from inference.adc_fit import MAX_B_VALUE
from inference.confidence import THRESHOLD, evidence_of
from inference.dce_series import dynamic_of
from inference.kinds import Judged, Kind, judge
from inference.plane import Plane
from inference.prefer import (
    CORRECTED,
    EVEN,
    EVENED,
    FINER,
    LATER,
    LONGER,
    ORIGINAL,
    PLAIN,
    Contest,
    Preference,
    contest,
    covering,
    in_frame_of,
)
from inference.scanner_protocol import correction_for, said_in_words
from inference.stack_facts import StackFacts, stacks_of
from inference.warnings_of import warnings_of

_T2_ROLES = {Plane.AXIAL: Role.T2_AXIAL, Plane.SAGITTAL: Role.T2_SAGITTAL, Plane.CORONAL: Role.T2_CORONAL}
_DIFFUSION = (Kind.ADC, Kind.DWI, Kind.CALCULATED_DWI)
_HANGING = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B, Role.T2_SAGITTAL, Role.T2_CORONAL, Role.DWI, Role.DCE)
HIGH_B = 1400.0
"""The least b-value (s/mm²) of a high-b image that PI-RADS v2.1 asks for."""
_USABLE_HIGH_B = 800.0
_NOISY_B = 2000.0
_LEAST_B_FOR_ADC = 50.0
"""Below, perfusion adds to the signal's fall; PI-RADS v2.1 prefers 50 to 100 as the lowest b-value of an ADC."""


def recognise(study: Study, corrections: Sequence[Correction] = ()) -> RecognisedStudy:
    """Return the role of each stack and why, and of each series without a role why it has none.

    Each stack has one role: the high-b stack is not repeated as a DWI. Without an ADC map, but with two or more
    b-values up to 1000 s/mm² on one grid, the ADC choice is one to be fitted. A stack with a missing slice keeps
    its role, so that loading it says what is missing. A role of which the headers are not sure
    (inference/confidence.py) is not given but asked. `corrections` are what readers said, the newest last; they go
    before everything else. Raises `StudyUnreadable` when a file vanished meanwhile.
    """
    judged = [judge(facts) for series in study.series for facts in stacks_of(series)]
    free, said = _apart(judged, corrections)
    t2 = _t2(free, said)
    given = [*t2, *_diffusion(free, said, [g.choice for g in t2 if g.choice.role is Role.T2_AXIAL])]
    sure = [g for g in given if g.choice.corrected or g.choice.confidence >= THRESHOLD]
    dce = _dce(free, said)
    choices = [*(given_role.choice for given_role in sure), *([dce] if dce else [])]
    questions = _questions([g for g in given if g not in sure], free, choices)
    return RecognisedStudy(
        study,
        tuple(sorted(choices, key=lambda choice: (_HANGING.index(choice.role), choice.b_value or 0.0))),
        tuple(
            (series, _why_left_out(series, [*free, *said.unused], given)) for series in _without_role(study, choices)
        ),
        questions,
        warnings_of(study, [j.facts for j in judged]),
    )


def adc_b_values(recognised: RecognisedStudy) -> tuple[float, ...]:
    """Return the b-values (s/mm²) that the ADC was fitted from, rising; empty when they cannot be told.

    Scanners do not write them into the map: they are taken from the acquired DWI up to 1000 s/mm² on its grid.
    """
    adc = recognised.one(Role.ADC)
    if adc is None:
        return ()
    if adc.fitted:
        return tuple(stack.b_value or 0.0 for stack in adc.stacks)
    grid = _facts_of(adc.stack).grid
    diffusion = [*recognised.all(Role.DWI), *(c for c in recognised.all(Role.HIGH_B) if not c.calculated)]
    return tuple(
        sorted(
            choice.b_value
            for choice in diffusion
            if choice.b_value is not None and choice.b_value <= MAX_B_VALUE and _facts_of(choice.stack).grid == grid
        )
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """A role that was given, and the contest that it was won in (None for an ADC to be fitted)."""

    choice: RoleChoice
    contest: Contest | None


@dataclass(frozen=True, slots=True)
class _Said:
    """The stacks that a reader gave a role, by that role, and those that are to be used for nothing."""

    by_role: Mapping[Role, Sequence[Judged]]
    unused: Sequence[Judged]

    def over(self, role: Role, judged: Sequence[Judged]) -> Sequence[Judged]:
        """Return the stacks that a reader chose for a role, without any the `judged` ones."""
        return self.by_role.get(role) or judged


def _apart(judged: Sequence[Judged], corrections: Sequence[Correction]) -> tuple[list[Judged], _Said]:
    """Return the stacks that no reader spoke of, and the others by the role that they were given."""
    spoken = {index: said for index, one in enumerate(judged) if (said := _correction(one, judged, corrections))}
    by_role: dict[Role, list[Judged]] = defaultdict(list)
    taken: set[int] = set()
    for index, said in spoken.items():
        if said.role in _SEVERAL or said is _last_word(said.role, judged, spoken, corrections):
            taken.add(index)
            by_role[said.role].append(_as_said(judged[index], said))
    unused = [replace(j, kind=Kind.NONE, why=f"{j.why}; not used, {j.corrected}") for j in by_role.pop(Role.OTHER, [])]
    return [j for index, j in enumerate(judged) if index not in taken], _Said(by_role, unused)


def _correction(one: Judged, judged: Sequence[Judged], corrections: Sequence[Correction]) -> Correction | None:
    """Return what a reader said of a stack; of another study only where one series alone looks like the one then."""
    if one.facts.series.modality != "MR":
        return None
    said = correction_for(one.facts, corrections)
    if said is None or _is_here(said, one):
        return said
    alike = {j.facts.series.series_instance_uid for j in judged if correction_for(j.facts, [said]) is not None}
    return said if len(alike) == 1 else None


def _last_word(
    role: Role, judged: Sequence[Judged], spoken: Mapping[int, Correction], corrections: Sequence[Correction]
) -> Correction:
    """Return the newest word on a role that one series plays: one on this study, else one on another."""
    words = [
        (_is_here(said, judged[n]), corrections.index(said), said) for n, said in spoken.items() if said.role is role
    ]
    return max(words, key=lambda word: word[:2])[2]


def _is_here(said: Correction, one: Judged) -> bool:
    return said.series_instance_uid == one.facts.series.series_instance_uid


def _as_said(one: Judged, said: Correction) -> Judged:
    calculated = one.facts.is_calculated or (one.facts.stack.b_value is None and said.role is Role.HIGH_B)
    kind = Kind.CALCULATED_DWI if calculated else _KIND_OF.get(said.role, Kind.NONE)
    return Judged(one.facts, kind, one.why, corrected=said_in_words(said, one.facts))


_SEVERAL = (Role.DWI, Role.OTHER)
_KIND_OF = {
    Role.T2_AXIAL: Kind.T2,
    Role.T2_SAGITTAL: Kind.T2,
    Role.T2_CORONAL: Kind.T2,
    Role.ADC: Kind.ADC,
    Role.DWI: Kind.DWI,
    Role.HIGH_B: Kind.DWI,
}


def _dce(free: Sequence[Judged], said: _Said) -> RoleChoice | None:
    chosen = said.by_role.get(Role.DCE)
    if chosen:
        dynamic = dynamic_of((j.facts for j in chosen), chosen=True)
        told = f"{dynamic.reason}, {chosen[0].corrected}" if dynamic else ""
        return replace(dynamic, reason=told, corrected=True) if dynamic else None
    return dynamic_of(j.facts for j in free)


def _questions(unsure: Sequence[_Given], free: Sequence[Judged], choices: Sequence[RoleChoice]) -> tuple[Question, ...]:
    asked = [
        Question(g.choice.role, (g.choice, *_others(g)), _why_unsure(g))
        for g in unsure
        if g.contest and g.choice.role in _ASKED
    ]
    settled = {*(choice.role for choice in choices), *(question.role for question in asked)}
    for role in (Role.T2_AXIAL, Role.ADC, Role.HIGH_B):
        unnamed = [j for j in free if j.kind is _UNNAMED[role] and j.facts.plane is Plane.AXIAL]
        if role not in settled and unnamed:
            candidates = tuple(_candidate(role, j) for j in unnamed)
            asked.append(Question(role, candidates, "no header says which series it is"))
    return tuple(sorted(asked, key=lambda question: _HANGING.index(question.role)))


_ASKED = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B, Role.T2_SAGITTAL, Role.T2_CORONAL)
_UNNAMED = {
    Role.T2_AXIAL: Kind.UNNAMED_ANATOMY,
    Role.ADC: Kind.UNNAMED_DIFFUSION,
    Role.HIGH_B: Kind.UNNAMED_DIFFUSION,
}


def _others(given: _Given) -> tuple[RoleChoice, ...]:
    losers = given.contest.losers if given.contest else ()
    return tuple(_candidate(given.choice.role, loser) for loser, _ in losers)


def _candidate(role: Role, judged: Judged) -> RoleChoice:
    calculated = judged.kind is Kind.CALCULATED_DWI
    sure = evidence_of(judged).confidence
    return RoleChoice(role, (judged.facts.stack,), judged.why, calculated=calculated, confidence=sure)


def _why_unsure(given: _Given) -> str:
    assert given.contest is not None
    twin = given.contest.undecided
    if twin is not None:
        return f"nothing tells it from {twin.facts.series.label}"
    return evidence_of(given.contest.winner).words


def _t2(judged: Sequence[Judged], said: _Said) -> list[_Given]:
    diffusion = [j for j in judged if j.kind in _DIFFUSION]
    given: list[_Given] = []
    for plane, role in _T2_ROLES.items():
        candidates = said.over(role, [j for j in judged if j.kind is Kind.T2 and j.facts.plane is plane])
        if candidates:
            decided = contest(candidates, _t2_preferences(plane, diffusion))
            given.append(_give(role, decided, f"T2 {plane}"))
    return given


def _t2_preferences(plane: Plane, diffusion: Sequence[Judged]) -> list[Preference]:
    frames = frozenset(j.facts.series.frame_of_reference_uid for j in diffusion)
    alongside = [j.facts for j in diffusion if j.facts.is_even] if plane is Plane.AXIAL else []
    coverage = covering(*_slab(alongside)) if alongside else LONGER
    in_frame = in_frame_of(frames, "the diffusion images")
    return [EVEN, in_frame, coverage, ORIGINAL, PLAIN, FINER, CORRECTED, EVENED, LATER]


def _slab(stacks: Sequence[StackFacts]) -> tuple[float, float]:
    """Return the slab (mm along the slice normal) that all of these axial stacks cover."""
    low = max(facts.along_mm[0] - facts.step_mm / 2 for facts in stacks)
    high = min(facts.along_mm[-1] + facts.step_mm / 2 for facts in stacks)
    return (low, high) if high > low else (stacks[0].along_mm[0], stacks[0].along_mm[-1])


def _diffusion(judged: Sequence[Judged], said: _Said, axial_t2: Sequence[RoleChoice]) -> list[_Given]:
    frames = frozenset(choice.stack.series.frame_of_reference_uid for choice in axial_t2)
    same_frame = in_frame_of(frames, "the axial T2")
    dwi = _dwi([*judged, *said.by_role.get(Role.DWI, ())], same_frame)
    high_b = _high_b(judged, said, dwi, same_frame)
    adc = _adc(judged, said, dwi, same_frame)
    shown_as_high_b = high_b and high_b.choice.stack
    return [*(g for g in dwi if g.choice.stack != shown_as_high_b), *filter(None, (high_b, adc))]


def _dwi(judged: Sequence[Judged], same_frame: Preference) -> list[_Given]:
    """Give each acquired b-value its stack: of a repeated one, that of the series with most b-values."""
    by_b: dict[float, list[Judged]] = defaultdict(list)
    for j in judged:
        if j.kind is Kind.DWI:
            by_b[j.facts.stack.b_value or 0.0].append(j)
    series = [j.facts.series for found in by_b.values() for j in found]
    most = Preference(lambda j: series.count(j.facts.series), "its series holds more b-values")
    preferences = [EVEN, same_frame, most, CORRECTED, LATER]
    return [_give(Role.DWI, contest(found, preferences), "DWI") for _, found in sorted(by_b.items())]


def _high_b(judged: Sequence[Judged], said: _Said, dwi: Sequence[_Given], same_frame: Preference) -> _Given | None:
    """Choose the high-b image; the DWI that stand in `dwi` and the scanner's calculated images compete."""
    acquired = [g.contest.winner for g in dwi if g.contest and (g.choice.b_value or 0) >= _USABLE_HIGH_B]
    calculated = [
        j for j in judged if j.kind is Kind.CALCULATED_DWI and (j.facts.stack.b_value or HIGH_B) >= _USABLE_HIGH_B
    ]
    candidates = said.over(Role.HIGH_B, [*acquired, *calculated])
    if not candidates:
        return None
    decided = contest(candidates, _high_b_preferences(same_frame))
    given = _give(Role.HIGH_B, decided, f"high-b image{_high_b_remark(decided.winner)}")
    return _Given(replace(given.choice, calculated=decided.winner.kind is Kind.CALCULATED_DWI), decided)


def _high_b_preferences(same_frame: Preference) -> list[Preference]:
    return [
        same_frame,
        Preference(lambda j: (_b(j) or 0) >= HIGH_B, f"its b-value reaches the {HIGH_B:g} s/mm² that PI-RADS asks for"),
        Preference(lambda j: _b(j) is None, "it was calculated for a high b-value"),
        Preference(lambda j: (_b(j) or 0) < HIGH_B or j.kind is Kind.DWI, "it was acquired, not calculated"),
        Preference(lambda j: (_b(j) or 0) <= _NOISY_B, f"above b {_NOISY_B:g} noise prevails"),
        Preference(lambda j: _b(j) or 0, "its b-value is higher"),
        Preference(lambda j: j.kind is Kind.DWI, "it was acquired, not calculated"),
        EVEN,
        CORRECTED,
        LATER,
    ]


def _high_b_remark(winner: Judged) -> str:
    b = _b(winner)
    if b is None:
        return " (its b-value is not stated)"
    return "" if b >= HIGH_B else f" (PI-RADS asks for b {HIGH_B:g} or more, and the study has none)"


def _b(judged: Judged) -> float | None:
    return judged.facts.stack.b_value


def _adc(judged: Sequence[Judged], said: _Said, dwi: Sequence[_Given], same_frame: Preference) -> _Given | None:
    maps = said.over(Role.ADC, [j for j in judged if j.kind is Kind.ADC])
    if maps:
        return _give(Role.ADC, contest(maps, [EVEN, same_frame, FINER, CORRECTED, LATER]), "ADC map of the scanner")
    stacks = _stacks_to_fit([g.contest.winner.facts for g in dwi if g.contest])
    if not stacks:
        return None
    values = ", ".join(f"{stack.b_value:g}" for stack in stacks)
    reason = f"no ADC map from the scanner: fitted from b {values} s/mm² of {stacks[0].series.label}"
    confidence = min(g.choice.confidence for g in dwi if g.choice.stack in stacks)
    return _Given(RoleChoice(Role.ADC, stacks, reason, fitted=True, confidence=confidence), None)


def _stacks_to_fit(dwi: Sequence[StackFacts]) -> tuple[Stack, ...]:
    """Return two or more DWI up to b 1000 on one grid with one echo time, without b < 50 where two others remain."""
    by_grid: dict[object, list[Stack]] = defaultdict(list)
    for facts in dwi:
        if (facts.stack.b_value or 0) <= MAX_B_VALUE:
            by_grid[facts.grid, facts.first.echo_time_ms].append(facts.stack)
    most = max(by_grid.values(), key=len, default=[])
    without_perfusion = [stack for stack in most if (stack.b_value or 0) >= _LEAST_B_FOR_ADC]
    stacks = without_perfusion if len(without_perfusion) >= 2 else most
    return tuple(stacks) if len(stacks) >= 2 else ()


def _give(role: Role, decided: Contest, name: str) -> _Given:
    winner = decided.winner
    incomplete = "" if winner.facts.is_even else "; a slice is missing or doubled"
    won = decided.won if role is not Role.DWI else ""
    reason = f"{winner.why} → {name}{f', {winner.corrected}' if winner.corrected else ''}{incomplete}{won}"
    tied = 0.5 if decided.undecided is not None and role in _ASKED else 1.0
    confidence = 1.0 if winner.corrected else round(evidence_of(winner).confidence * tied, 2)
    chosen = RoleChoice(role, (winner.facts.stack,), reason, confidence=confidence, corrected=bool(winner.corrected))
    return _Given(chosen, decided)


def _without_role(study: Study, choices: Sequence[RoleChoice]) -> list[Series]:
    used = {stack.series.series_instance_uid for choice in choices for stack in choice.stacks}
    return [series for series in study.series if series.series_instance_uid not in used]


def _why_left_out(series: Series, judged: Sequence[Judged], given: Sequence[_Given]) -> str:
    doubtful = [
        f"{g.contest.winner.why}: perhaps the {ROLE_NAMES[g.choice.role]}, and the reader is asked ({_why_unsure(g)})"
        for g in given
        if g.contest and g.contest.winner.facts.series == series and g.choice.confidence < THRESHOLD
    ]
    lost = [
        f"{loser.why}: {g.contest.winner.facts.series.label} was chosen because {better}"
        for g in given
        if g.contest
        for loser, better in g.contest.losers
        if loser.facts.series == series
    ]
    reasons = doubtful or lost or [j.why for j in judged if j.facts.series == series]
    return "; ".join(dict.fromkeys(reasons)) or "holds no images"


def _facts_of(stack: Stack) -> StackFacts:
    return next(facts for facts in stacks_of(stack.series) if facts.stack == stack)
