"""What the queue of a watcher holds of a study: where it stands, whose it is, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import ProsectorError

MOST_DEATHS = 2
"""So often may a study take the program down with it."""


class State(StrEnum):
    """Where a study stands in the queue."""

    ARRIVING = "arriving"
    DUE = "due"
    CLAIMED = "claimed"
    FINISHED = "finished"


class Outcome(StrEnum):
    """What became of a study that was gone through; NONE of one that never was."""

    NONE = ""
    DONE = "done"
    LEFT_ALONE = "left alone"
    FAILED = "failed"


class ClaimLost(ProsectorError):
    """Another watcher has the study now, because this one was silent for too long."""


class NotWatched(ProsectorError):
    """The queue has no such study, or it is being analysed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One study of the queue. `origin` is the archive that has it, or the watcher that it was sent to.

    `content` is the digest of the images that the outcome is of, `result` the structured report that was stored
    (SOP class, series and SOP instance UID); both are empty before the first outcome. `deaths` is how often a program
    that had it ended without a word. Times in seconds since 1970.
    """

    study_instance_uid: str
    origin: str
    state: State
    outcome: Outcome
    reason: str
    owner: str
    attempts: int
    deaths: int
    first_at: float
    last_at: float
    due_at: float
    changed_at: float
    content: str
    result: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to a study, and what is known of it."""

    token: str
    entry: Entry

    @property
    def study_instance_uid(self) -> str:
        """The study."""
        return self.entry.study_instance_uid


@dataclass(frozen=True, slots=True)
class Finished:
    """What a study came to; `content` and `result` as in `Entry`."""

    outcome: Outcome
    reason: str = ""
    content: str = ""
    result: tuple[str, ...] = ()
