"""`prosector worker`: the processes of this machine that go through studies for a cluster, one for each GPU."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from multiprocessing.process import BaseProcess

from core.errors import SettingsInvalid
from core.settings import Settings
from service.cluster import RESOURCE

_ASK_S = 0.5
_GRACE_S = 60.0


def environments(gpus: int, processes: int) -> tuple[Mapping[str, str], ...]:
    """Return what each process sees beside our environment: a GPU of its own, or none."""
    if gpus:
        return tuple({"CUDA_VISIBLE_DEVICES": str(number)} for number in range(gpus))
    return ({"CUDA_VISIBLE_DEVICES": ""},) * processes


def arguments_of(settings: Settings, address: str) -> tuple[str, ...]:
    """Return what Dask's own worker is told: one process, with its nanny, that does one study at a time."""
    certificates: tuple[str, ...] = ()
    if address.startswith("tls://"):
        tls = settings.this_node.tls
        if tls is None:
            raise SettingsInvalid(f"{address} wants certificates; name ours in [this_node] tls of the settings.")
        named = {"--tls-ca-file": tls.ca, "--tls-cert": tls.certificate, "--tls-key": tls.key}
        certificates = tuple(part for option, path in named.items() for part in (option, str(path)))
    return (
        *(address, "--nthreads", "1", "--nworkers", "1", "--resources", f"{RESOURCE}=1"),
        *("--memory-limit", "0", "--no-dashboard", "--death-timeout", "60"),
        *certificates,
    )


def run_workers(
    settings: Settings, address: str, seen: Sequence[Mapping[str, str]], stopping: Callable[[], bool]
) -> int:
    """Run a process for each of `seen` until asked to stop, or until one ends; returns the exit status.

    A process whose study takes it down is started anew by its nanny. One that ends by itself has lost the scheduler:
    then all end, and who started us starts us again.
    """
    if find_spec("distributed") is None:
        raise SettingsInvalid("A worker needs the extra “cluster”: pip install 'prosector[cluster]'.")
    arguments = arguments_of(settings, address)
    context = multiprocessing.get_context("spawn")  # the frozen program has no Python to start
    with ExitStack() as stack:
        running: list[BaseProcess] = []
        for number, environment in enumerate(seen):
            process = context.Process(target=_work, args=(arguments, environment), name=f"worker {number + 1}")
            process.start()
            stack.callback(_end, process)
            running.append(process)
        waiting = threading.Event()
        while not stopping() and all(process.is_alive() for process in running):
            waiting.wait(_ASK_S)
        return 0 if stopping() else 1


def _work(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Be one process, until it is stopped or has lost its scheduler for too long."""
    os.environ.update(environment)
    os.environ["DASK_DISTRIBUTED__WORKER__DAEMON"] = "False"  # the analysis is a child of the worker
    from distributed.cli.dask_worker import main

    main(list(arguments))


def _end(process: BaseProcess) -> None:
    process.terminate()
    process.join(_GRACE_S)
    if process.is_alive():
        process.kill()
