"""A Dask cluster that goes through studies: a task is a UID, and its workers fetch the images themselves."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, cast

from core.errors import CannotAnalyse, ClusterUnreachable, SettingsInvalid
from core.findings import Findings
from core.nudge import Nudges
from core.progress import Progress, Silent
from core.settings import Settings, load_settings
from core.study import Correction
from service.analysis import analyse
from service.corrections import remembered
from service.reading import OpenStudy, open_folder
from service.watch_images import content_of, content_of_study, fetch, results_archive
from service.watch_study import Passed, Task, go_through
from service.watch_work import DiedTwice
from service.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.security import Security

RESOURCE = "analysis"
"""Of this each worker process has one, so that it goes through one study at a time."""
MOST_DEATHS = 1
"""So many workers may a study take down before the scheduler gives it up, which is at the next."""
_ASK_S = 0.2
_ON_CLUSTER = "On the cluster"
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def go_through_on_worker(task: Task) -> Passed:
    """Go through a study with the settings, archives and folders of the machine that this runs on."""
    return go_through(_workspace(), task, Silent())


@dataclass(frozen=True, slots=True)
class Wanted:
    """A study that a reader has open: `content` is the digest of its images there, the rest what he said of them."""

    study_instance_uid: str
    content: str
    corrections: tuple[Correction, ...]
    nudges: Nudges


def analyse_on_worker(wanted: Wanted) -> Findings:
    """Fetch a study and return what the AI finds in it; raises as `service.analysis.analyse` and `Archive.retrieve`.

    Raises `CannotAnalyse` when the archive's images are not those that the reader has.
    """
    ws, uid = _workspace(), wanted.study_instance_uid
    folder = fetch(ws, results_archive(ws), uid, Silent())
    if content_of(folder) != wanted.content:
        raise CannotAnalyse(
            f"{results_archive(ws).name} has other images of the study {uid} than this workstation, so the cluster "
            "would analyse another study. Retrieve it again, or take [cluster] out of the settings."
        )
    opened = open_folder(folder, corrections=wanted.corrections)
    return analyse(ws, opened, Silent(), nudges=wanted.nudges)


@cache
def _workspace() -> Workspace:
    """Return the workspace of this worker process, open for as long as it lives; it never asks a cluster itself."""
    return open_workspace(load_settings().model_copy(update={"cluster": None}))


def analyse_on_cluster(ws: Workspace, opened: OpenStudy, progress: Progress, nudges: Nudges) -> Findings:
    """Return what the AI of the settings' cluster finds in an open study; raises as `Cluster` and `analyse_on_worker`.

    The images that the cluster takes are the archive's, the very same as here; what it finds lies on those here.
    """
    assert ws.settings.cluster is not None
    uid = opened.recognised.study.study_instance_uid
    wanted = Wanted(uid, content_of_study(opened.recognised.study), remembered(ws), nudges)
    with Cluster(ws.settings.cluster.address, ws.settings) as cluster:
        findings = cluster.answer(analyse_on_worker, wanted, progress)
    return replace(findings, recognised=opened.recognised)


class Cluster:
    """The scheduler at `address`, for the time of a `with` block; `run` is for any thread.

    Raises `SettingsInvalid` where the extra is not installed, `ClusterUnreachable` when the scheduler does not answer.
    """

    def __init__(self, address: str, settings: Settings, *, timeout_s: float = 10.0) -> None:
        self._address, self._settings, self._timeout_s = address, settings, timeout_s
        self._lock = threading.Lock()
        self._client: Client | None = None

    def __enter__(self) -> Self:
        self._connected()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect()

    @property
    def workers(self) -> int:
        """How many worker processes there are at present."""
        return len(self._connected().scheduler_info(n_workers=-1)["workers"])

    def processing(self) -> tuple[int, ...]:
        """Return the process IDs of the workers that have work at present."""
        from os import getpid

        client = self._connected()
        busy = [worker for worker, keys in cast(dict[str, object], client.processing()).items() if keys]
        told = cast(dict[str, int], client.run(getpid, workers=busy, on_error="ignore"))
        return tuple(told.values()) if busy else ()

    def run(self, task: Task, progress: Progress) -> Passed:
        """Go through a study on a worker; raises as `go_through`, and as `answer`.

        After `Cancelled` a worker may go on to the end, which does no harm: whoever goes through the study again stores
        the same objects.
        """
        return self.answer(go_through_on_worker, task, progress)

    def answer(self, work: Callable[[_Asked], _Answer], asked: _Asked, progress: Progress) -> _Answer:
        """Return `work(asked)`, done on a worker; when it dies, the scheduler gives it to another.

        Raises what `work` does, `DiedTwice`, `ClusterUnreachable`, and `Cancelled` from `progress`.
        """
        from distributed import KilledWorker

        future = self._submitted(work, asked)
        while not future.done():
            progress.report(0.0, _ON_CLUSTER)
            threading.Event().wait(_ASK_S)
        if future.status == "finished":
            return future.result(timeout=self._timeout_s)
        if future.status != "error":  # the scheduler is gone, or began anew
            self._disconnect()
            raise self._unreachable(f"its answer is {future.status}")
        error = cast(BaseException, future.exception(timeout=self._timeout_s))
        if isinstance(error, KilledWorker):
            raise DiedTwice(
                "Two workers of the cluster ended without an answer while they had it. Nothing was found or ruled out."
            ) from error
        raise error

    def _submitted(self, work: Callable[[_Asked], _Answer], asked: _Asked) -> "Future[_Answer]":
        from distributed.comm.core import CommClosedError

        client = self._connected()
        try:
            return client.submit(work, asked, pure=False, resources={RESOURCE: 1})
        except (CommClosedError, RuntimeError) as error:
            self._disconnect()
            raise self._unreachable(type(error).__name__) from error

    def _connected(self) -> "Client":
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> "Client":
        try:
            from distributed import Client
        except ImportError as error:
            raise SettingsInvalid("A cluster needs the extra “cluster”: pip install 'prosector[cluster]'.") from error
        try:
            client = Client(
                self._address,
                timeout=self._timeout_s,
                security=security_of(self._settings, self._address),
                set_as_default=False,
            )
            client.run_on_scheduler(_give_up_early)
        except (OSError, ValueError) as error:
            raise self._unreachable(type(error).__name__) from error
        return client

    def _disconnect(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close(timeout=self._timeout_s)

    def _unreachable(self, why: str) -> ClusterUnreachable:
        return ClusterUnreachable(
            f"The cluster at {self._address} does not answer ({why}); see whether its scheduler runs."
        )


def security_of(settings: Settings, address: str) -> "Security | None":
    """Return the certificates of [this_node] tls for a tls:// address, None for plain tcp; raises `SettingsInvalid`."""
    if not address.startswith("tls://"):
        return None
    from distributed.security import Security

    tls = settings.this_node.tls
    if tls is None:
        raise SettingsInvalid(f"{address} wants certificates; name ours in [this_node] tls of the settings.")
    ours = {"tls_client_cert": str(tls.certificate), "tls_client_key": str(tls.key)}
    return Security(require_encryption=True, tls_ca_file=str(tls.ca), **ours)


def _give_up_early(dask_scheduler: "object") -> None:
    dask_scheduler.allowed_failures = MOST_DEATHS  # type: ignore[attr-defined]
