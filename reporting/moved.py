"""Which series were moved or linked, in the language of the report."""

from collections.abc import Iterator, Sequence

from core.alignment import Alignment
from core.frame_link import FrameLink, LinkedBy, MatchScore
from core.nudge import Nudge, Nudges
from core.nudge import tells_of_moving as tells_in_english
from core.wording import Language
from reporting.terms import Terms, terms_of

_SIDES = (("right", "left"), ("anterior", "posterior"), ("inferior", "superior"))
_AXES = ("left_right", "anterior_posterior", "head_foot")
_SENTENCES = ("linked", "aligned_by_ai", "aligned_by_hand")
_LEAST_MM = 0.05


def moved_in_words(nudges: Nudges, terms: Terms) -> str:
    """Return what a report says of series that were linked, aligned by the AI or by hand; empty when none was."""
    linked = "; ".join(_link(link, terms) for link in nudges.links)
    aligned = terms.and_list([_alignment(one, terms) for one in nudges.alignments if one.is_used])
    by_hand = (("diffusion", nudges.diffusion), ("dynamic", nudges.dce))
    nudged = terms.and_list([_nudge(group, nudge, terms) for group, nudge in by_hand if not nudge.is_none])
    told = zip(_SENTENCES, (linked, aligned, nudged), strict=True)
    return " ".join(terms.word("moved", name, what=what) for name, what in told if what)


def link_in_words(link: FrameLink, terms: Terms) -> str:
    """Return by whom a series of another frame of reference was laid on the axial T2."""
    return terms.word("linked_by", link.by)


def tells_of_moving(text: str) -> bool:
    """Whether the text of a report says that series were moved or linked, in whatever language."""
    begins = (terms_of(x).word("moved", name, what="") for x in Language for name in _SENTENCES)
    return tells_in_english(text) or any(words.rstrip(".: ") in text for words in begins)


def _link(link: FrameLink, terms: Terms) -> str:
    if link.by is LinkedBy.ANCHOR:
        shift = _shift([row[3] for row in link.rows], terms)
        return terms.word("moved", "anchored", series=link.series, shift=shift)
    degrees = terms.number(link.turn_deg, 1)
    told = terms.word("moved", "registered", series=link.series, degrees=degrees)
    return _with_match(told, link.score, terms) if link.score else told


def _with_match(told: str, score: MatchScore, terms: Terms) -> str:
    before = terms.word("moved", "no_overlap") if score.before is None else terms.number(score.before, 2)
    return terms.word("moved", "match", what=told, before=before, after=terms.number(score.after, 2))


def _alignment(one: Alignment, terms: Terms) -> str:
    shift = _shift(one.shift_mm if one.applied else (0.0, 0.0, 0.0), terms)
    if one.applied and one.turn_deg >= _LEAST_MM:
        shift = terms.word("moved", "turned", shift=shift, degrees=terms.number(one.turn_deg, 1))
    if one.bend is not None:
        shift = terms.word("moved", "bent", shift=shift, mm=terms.number(one.bend.most_mm, 1))
    return terms.word("moved", "group_by", group=terms.word("moved", one.moved), shift=shift)


def _nudge(group: str, nudge: Nudge, terms: Terms) -> str:
    moves = ", ".join((*_shifts(nudge.shift_mm, terms, least=0.0), *_turns(nudge, terms)))
    return terms.word("moved", "group_by", group=terms.word("moved", group), shift=moves)


def _turns(nudge: Nudge, terms: Terms) -> Iterator[str]:
    for degrees, axis in zip(nudge.turn_deg, _AXES, strict=True):
        if degrees:
            told = f"{'+' if degrees > 0 else '−'}{terms.number(abs(degrees), 1)}"
            yield terms.word("moved", "about", degrees=told, axis=terms.word("moved", axis))


def _shift(millimetres: Sequence[float], terms: Terms) -> str:
    return ", ".join(_shifts(millimetres, terms, least=_LEAST_MM)) or "0 mm"


def _shifts(millimetres: Sequence[float], terms: Terms, *, least: float) -> Iterator[str]:
    for mm, sides in zip(millimetres, _SIDES, strict=True):
        if mm and abs(mm) >= least:
            side = terms.word("moved", sides[mm > 0])
            yield terms.word("moved", "shift", mm=terms.number(abs(mm), 1), side=side)
