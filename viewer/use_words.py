"""How the dashboard words shares, times, kappa, failures and drift."""

from collections.abc import Sequence

from core.pirads import Category
from core.use_drift import LEAST_FOR_DRIFT, WINDOW, Called, Drift, TooFew, drift
from core.use_kappa import LEAST_FOR_INTERVAL, Kappa, NoKappa, Why
from core.use_measures import Share, Times
from viewer.language import tr

_CAUSES = {
    "CannotAnalyse": tr("images lack what the AI needs"),
    "GlandNotFound": tr("no prostate found"),
    "SeriesIncomplete": tr("a series is incomplete"),
    "FramesDiffer": tr("series do not share a frame of reference"),
    "StudyUnreadable": tr("files cannot be read"),
    "WorkerDied": tr("the analysis process ended"),
    "OutOfMemory": tr("not enough memory"),
    "ModelMissing": tr("a model's files are missing"),
    "ModelAltered": tr("a model's files were altered"),
    "ModelInvalid": tr("a model cannot be run here"),
}
_WHY = {
    Why.FEW: tr("fewer than two examinations have a category of both AI and reader"),
    Why.SAME: tr("the AI or the reader gave every examination one and the same category"),
}
NONE = "–"
WHAT_DRIFT_MEANS = tr(
    "This proves no error: other patients, another scanner or protocol, another reader or model, and now and then"
    " chance, do the same. Find out which it is."
)


def share_in_short(share: Share) -> str:
    """Return e.g. `72 %`."""
    return NONE if share.value is None else f"{share.value * 100:.0f} %"


def share_in_words(share: Share) -> str:
    """Return e.g. `36 of 50 (72 %, 95 % interval 58–83 %)`."""
    if share.value is None or share.interval is None:
        return NONE
    low, high = (end * 100 for end in share.interval)
    return tr("{part} of {whole} ({share}, 95 % interval {low:.0f}–{high:.0f} %)").format(
        part=share.part, whole=share.whole, share=share_in_short(share), low=low, high=high
    )


def kappa_in_short(kappa: Kappa | NoKappa) -> str:
    """Return e.g. `0.71`."""
    return NONE if isinstance(kappa, NoKappa) else f"{kappa.value:.2f}"


def kappa_in_words(kappa: Kappa | NoKappa) -> str:
    """Return e.g. `0.71 (95 % interval 0.58–0.83)`, or why there is none."""
    if isinstance(kappa, NoKappa):
        return tr("none: {why}").format(why=_WHY[kappa.why])
    if kappa.interval is None:
        return tr("{kappa:.2f} (no interval below {least} examinations)").format(
            kappa=kappa.value, least=LEAST_FOR_INTERVAL
        )
    low, high = kappa.interval
    return tr("{kappa:.2f} (95 % interval {low:.2f}–{high:.2f})").format(kappa=kappa.value, low=low, high=high)


def duration(seconds: float) -> str:
    """Return e.g. `45 s`, `12 min`, `3.5 h`, `21 days`."""
    if seconds < 100:
        return tr("{seconds:.0f} s").format(seconds=seconds)
    if seconds < 90 * 60:
        return tr("{minutes:.0f} min").format(minutes=seconds / 60)
    if seconds < 48 * 3600:
        return tr("{hours} h").format(hours=_in_short(seconds / 3600))
    return tr("{days} days").format(days=_in_short(seconds / 86400))


def _in_short(number: float) -> str:
    return f"{number:.1f}" if number < 9.95 else f"{number:.0f}"


def times_in_short(times: Times | None) -> str:
    """Return the median."""
    return NONE if times is None else duration(times.median)


def times_in_words(times: Times | None) -> str:
    """Return e.g. `median 12 min, half of them 8 min to 19 min (n = 48)`."""
    if times is None:
        return tr("not known of any report")
    return tr("median {median}, half of them {lower} to {upper} (n = {count})").format(
        median=duration(times.median),
        lower=duration(times.lower),
        upper=duration(times.upper),
        count=times.count,
    )


def cause_in_words(failure: str) -> str:
    """Return why a run of the AI ended without an answer."""
    return _CAUSES.get(failure) or tr("unexpected ({failure})").format(failure=failure)


def category_in_short(category: Category) -> str:
    """Return how the shift table heads a column; PENDING stands for a rejected lesion."""
    return tr("rej.") if category is Category.PENDING else category.value


def shift_in_words(suggested: Category, given: Category, count: int) -> str:
    """Return one cell of the shift table for those who do not see it."""
    to = tr("rejected") if given is Category.PENDING else given.value
    return tr("{suggested} to {given}: {count}").format(suggested=suggested.value, given=to, count=count)


def drift_in_words(whose: str, called: Sequence[Called], least: Category) -> str:
    """Return that the positive rate has drifted; empty when it has not."""
    found = drift(called)
    if isinstance(found, TooFew) or not found.alarms:
        return ""
    return tr(
        "⚠ Drift · {whose}: {latest} of the latest {window} examinations are PI-RADS {least} or above, {first} of the"
        " first {window}; expected: {low:.0f}–{high:.0f} %."
    ).format(
        whose=whose,
        latest=share_in_short(found.latest),
        first=share_in_short(found.baseline),
        window=WINDOW,
        least=least.value,
        low=found.low * 100,
        high=found.high * 100,
    )


def watched_in_words(called: Sequence[Called]) -> str:
    """Return how far the rate is watched for drift."""
    found = drift(called)
    if isinstance(found, TooFew):
        return tr("watched for drift from {least} examinations on; there are {count}").format(
            least=LEAST_FOR_DRIFT, count=found.count
        )
    told = tr("beyond its limits") if found.alarms else tr("within its limits")
    return tr("latest {window}: {latest}, {told} {low:.0f}–{high:.0f} %").format(
        window=WINDOW, latest=share_in_short(found.latest), told=told, low=found.low * 100, high=found.high * 100
    )


def band(called: Sequence[Called]) -> tuple[float, float] | None:
    """Return the limits to draw, or None before there are any."""
    found = drift(called)
    return (found.low, found.high) if isinstance(found, Drift) else None
