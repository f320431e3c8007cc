"""How sure a role is: which independent signals of the headers agree on it.

1 − ∏(1 − weight) over the signals that speak for the role, halved for each that speaks against it. Geometry alone never
suffices (0.5); geometry and a plain name just do (0.73); geometry with ImageType, b-value or echo does well (0.85 to
0.9).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from inference.kinds import Judged, Kind, named_against_t2, named_t2, t2_by_echo
from inference.stack_facts import StackFacts

THRESHOLD = 0.7
"""Below it the reader is asked."""


class Signal(StrEnum):
    """What of a header can speak for a role, independently of the others."""

    GEOMETRY = "geometry"
    B_VALUE = "b-value"
    IMAGE_TYPE = "ImageType"
    ECHO = "echo and timing"
    CONTRAST = "contrast agent"
    WORDS = "words"


_WEIGHTS = {
    Signal.GEOMETRY: 0.5,
    Signal.B_VALUE: 0.8,
    Signal.IMAGE_TYPE: 0.8,
    Signal.ECHO: 0.7,
    Signal.CONTRAST: 0.7,
    Signal.WORDS: 0.45,
}
_DIFFUSION_TYPES = {"DIFFUSION", "TRACEW", "TRACE", "ISOTROPIC"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signals that agree on a role, and in words what speaks against it."""

    agree: tuple[Signal, ...]
    against: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """How sure the role is, 0 to 1."""
        doubt = math.prod(1 - _WEIGHTS[signal] for signal in self.agree)
        return round((1 - doubt) * 0.5 ** len(self.against), 2)

    @property
    def words(self) -> str:
        """The signals as a sentence's part, e.g. `only geometry agrees`."""
        agree = f"only {' and '.join(self.agree)} speak{'s' * (len(self.agree) == 1)} for it"
        return "; ".join((agree, *self.against)) if len(self.agree) < 3 else "; ".join(self.against) or agree


def evidence_of(judged: Judged) -> Evidence:
    """Return what speaks for the kind that a stack was judged to be."""
    facts = judged.facts
    if judged.kind is Kind.T2:
        return _of_t2(facts)
    if judged.kind is Kind.ADC:
        return _of_adc(facts)
    if judged.kind in (Kind.DWI, Kind.CALCULATED_DWI):
        return _of_diffusion(facts)
    return Evidence((Signal.GEOMETRY,))


def evidence_of_dynamic(facts: StackFacts, times_s: Sequence[float | None]) -> Evidence:
    """Return what speaks for a DCE whose phases were acquired at these times."""
    agree = (
        Signal.GEOMETRY,
        *_if(Signal.ECHO, None not in times_s),
        *_if(Signal.CONTRAST, facts.first.contrast_agent),
        *_if(Signal.WORDS, facts.is_named_dynamic),
    )
    return Evidence(agree)


def _of_t2(facts: StackFacts) -> Evidence:
    agree = (Signal.GEOMETRY, *_if(Signal.ECHO, t2_by_echo(facts)), *_if(Signal.WORDS, named_t2(facts)))
    against = (f"its name “{facts.series.description}” says otherwise",) if named_against_t2(facts) else ()
    return Evidence(agree, against)


def _of_adc(facts: StackFacts) -> Evidence:
    typed = any(value.startswith("ADC") for value in facts.first.image_type)
    against = ("its name speaks of a calculated b-value",) if facts.is_named_calculated else ()
    return Evidence((Signal.GEOMETRY, *_if(Signal.IMAGE_TYPE, typed), *_if(Signal.WORDS, facts.is_named_adc)), against)


def _of_diffusion(facts: StackFacts) -> Evidence:
    b, named = facts.stack.b_value, facts.named_b_value
    agree = (
        Signal.GEOMETRY,
        *_if(Signal.B_VALUE, b is not None),
        *_if(Signal.IMAGE_TYPE, _DIFFUSION_TYPES & set(facts.first.image_type)),
        *_if(Signal.WORDS, (named is not None and named == b) or facts.is_calculated),
    )
    differs = named is not None and b is not None and named != b
    return Evidence(agree, (f"its name says b {named:g} and its header b {b:g}",) if differs else ())


def _if(signal: Signal, speaks: object) -> tuple[Signal, ...]:
    return (signal,) if speaks else ()
