"""How a watcher is: what it counted, what troubles it, and both as Prometheus and a load balancer read them."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping

from core.errors import ProsectorError
from service.watch_entry import Outcome, State
from service.watch_queue import WatchQueue

_KINDS = (*(state.value for state in State if state is not State.FINISHED), *(o.value for o in Outcome if o))


class Health:
    """Counters and present troubles of one watcher, for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], float] = defaultdict(float)
        self._troubles: dict[str, str] = {}

    def count(self, name: str, label: str = "", by: float = 1.0) -> None:
        """Add to a counter; `label` is like `outcome="done"`."""
        with self._lock:
            self._counts[name, label] += by

    def trouble(self, what: str, sentence: str) -> bool:
        """Note what does not work; returns whether that is news."""
        with self._lock:
            known = self._troubles.get(what) == sentence
            self._troubles[what] = sentence
        return not known

    def well(self, what: str) -> None:
        """Note that it works."""
        with self._lock:
            self._troubles.pop(what, None)

    def passed(self, outcome: str, seconds: Mapping[str, float]) -> None:
        """Count a study that was gone through."""
        self.count("passed_total", f'outcome="{outcome}"')
        for stage, spent in seconds.items():
            self.count("stage_seconds_sum", f'stage="{stage}"', spent)
            self.count("stage_seconds_count", f'stage="{stage}"')

    @property
    def troubles(self) -> Mapping[str, str]:
        """What does not work at present, each with its sentence."""
        with self._lock:
            return dict(self._troubles)

    def metrics(self, queue: WatchQueue) -> str:
        """Return everything in Prometheus' text format (version 0.0.4); raises `CannotWrite` without the queue."""
        with self._lock:
            counts, troubles = dict(self._counts), len(self._troubles)
        by_kind = queue.counts()
        lines = [
            *_metric("studies", "gauge", "Studies in the queue."),
            *(f'prosector_watch_studies{{state="{kind}"}} {by_kind.get(kind, 0)}' for kind in _KINDS),
            *_metric("waiting_seconds", "gauge", "How long the oldest study that is due has waited."),
            f"prosector_watch_waiting_seconds {queue.waiting_s():.3f}",
            *_metric("troubles", "gauge", "Archives and services that do not answer at present."),
            f"prosector_watch_troubles {troubles}",
            *_counters(counts),
        ]
        return "\n".join(lines) + "\n"


def check(health: Health, queue: WatchQueue) -> tuple[bool, str]:
    """Return whether the watcher can work, and in words how it is; an archive that is down is told, and no failure."""
    try:
        queue.counts()
    except ProsectorError as error:
        return False, f"failing: {error}\n"
    troubles = health.troubles
    if not troubles:
        return True, "well\n"
    return True, "".join(f"{what}: {sentence}\n" for what, sentence in sorted(troubles.items()))


_HELP = {
    "passed_total": "Studies that were gone through, by outcome.",
    "postponed_total": "Times that a study was put off to be tried again.",
    "received_total": "Images that were sent to this watcher.",
    "asked_total": "Times that an archive was asked for studies.",
    "stage_seconds_sum": "Seconds spent by stage.",
    "stage_seconds_count": "Studies that went through a stage.",
}


def _counters(counts: Mapping[tuple[str, str], float]) -> Iterator[str]:
    for name, told in _HELP.items():
        rows = [(label, value) for (counted, label), value in counts.items() if counted == name]
        if rows or name == "received_total":
            yield from _metric(name, "counter", told)
            yield from (f"prosector_watch_{name}{f'{{{label}}}' if label else ''} {value:g}" for label, value in rows)


def _metric(name: str, kind: str, told: str) -> tuple[str, str]:
    return f"# HELP prosector_watch_{name} {told}", f"# TYPE prosector_watch_{name} {kind}"
