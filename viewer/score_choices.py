"""The buttons of each score: what is written on them and what it means."""

from core.pirads import Category, Dce, Epe, Score, Zone
from viewer.language import tr
from viewer.said import meaning_of
from viewer.segmented import Segment

SCORES = (
    *(Segment(score, score.value, tr("Score {score}").format(score=score.value)) for score in list(Score)[:5]),
    Segment(Score.X, "X", tr("X: inadequate or absent")),
)
DCE = (
    Segment(Dce.NEGATIVE, "−", tr("DCE negative")),
    Segment(Dce.POSITIVE, "+", tr("DCE positive: focal and early enhancement")),
    Segment(Dce.X, tr("n/a"), tr("DCE not acquired or inadequate"), 34),
)
EPE = (
    Segment(Epe.NONE, tr("none"), tr("No extraprostatic extension"), 42),
    Segment(Epe.POSSIBLE, tr("poss."), tr("Possible extraprostatic extension"), 42),
    Segment(Epe.DEFINITE, tr("def."), tr("Definite extraprostatic extension"), 36),
)
EXAMINATION = (
    Segment(Category.ONE, tr("PI-RADS 1"), meaning_of(Category.ONE), 88),
    Segment(Category.TWO, tr("PI-RADS 2"), meaning_of(Category.TWO), 88),
    Segment(Category.X, tr("PI-RADS X"), meaning_of(Category.X), 88),
)
ZONES = (
    Segment(Zone.PZ, "PZ", tr("Score by the rules of the peripheral zone: DWI decides"), 34),
    Segment(Zone.TZ, "TZ", tr("Score by the rules of the transition zone: T2W decides"), 34),
)
