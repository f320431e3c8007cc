"""`prosector check` and its page in the window: every configured peer is tried, both directions, and told in sentences.

A step that fails says what to change on which side; the steps that it would make meaningless are skipped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.errors import ProsectorError
from core.progress import Progress
from core.settings import DicomWebNode, DimseNode, Settings
from service.workspace import Workspace


class Outcome(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Step(StrEnum):
    """What is tried with a peer."""

    LISTENER = "Listener"
    CONNECTION = "Connection"
    TLS = "TLS"
    ECHO = "Association and echo"
    FIND = "Query"
    KINDS = "Kinds of objects"
    STORE = "Store"
    COMMITMENT = "Storage commitment"
    GET = "Retrieve by C-GET"
    MOVE = "Send to us by C-MOVE"
    WADO = "Retrieve"
    METADATA = "FHIR server"


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one step with one peer."""

    peer: str
    step: Step
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One step; `needs` are the steps that must not have failed, `run` returns what is to be said when it went well."""

    step: Step
    run: Callable[[], str]
    needs: tuple[Step, ...] = ()


class NotTried(Exception):
    """The step has nothing to try; the message says why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody that the settings name, and what is tried with it."""

    name: str
    trials: tuple[Trial, ...]


def peers(ws: Workspace, *, store: bool = False) -> tuple[Peer, ...]:
    """Return whom the settings name; with `store` a small made object is stored in each archive, where it stays."""
    from service.check_dimse import dimse_peer, this_station
    from service.check_web import dicomweb_peer, fhir_peer, ris_peer

    settings = ws.settings
    found = [this_station(settings.this_node)] if _needs_listener(settings) else []
    for node in settings.archives:
        is_web = isinstance(node, DicomWebNode)
        found.append(dicomweb_peer(ws, node, store=store) if is_web else dimse_peer(ws, node, store=store))
    if settings.ris is not None:
        found.append(ris_peer(settings.ris))
    if settings.fhir is not None:
        found.append(fhir_peer(settings.fhir))
    return tuple(found)


def _needs_listener(settings: Settings) -> bool:
    return any(isinstance(node, DimseNode) for node in settings.archives)


def check(peer: Peer, progress: Progress) -> Iterator[Line]:
    """Try each step with a peer and tell of it as it ends; raises `Cancelled` between two steps."""
    failed: set[Step] = set()
    for number, trial in enumerate(peer.trials):
        progress.report(number / len(peer.trials), f"{peer.name}: {trial.step}")
        line = _tried(peer, trial, failed)
        if line.outcome is Outcome.FAILED:
            failed.add(trial.step)
        yield line


def _tried(peer: Peer, trial: Trial, failed: set[Step]) -> Line:
    missing = next((step for step in trial.needs if step in failed), None)
    if missing is not None:
        failed.add(trial.step)  # what needs this one has nothing to stand on either
        return Line(peer.name, trial.step, Outcome.SKIPPED, f"“{missing}” has to work first.")
    try:
        return Line(peer.name, trial.step, Outcome.OK, trial.run())
    except NotTried as why:
        return Line(peer.name, trial.step, Outcome.SKIPPED, str(why))
    except ProsectorError as error:
        return Line(peer.name, trial.step, Outcome.FAILED, str(error))
