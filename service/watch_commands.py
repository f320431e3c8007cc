"""`prosector watch` and `prosector worker`; nothing heavy is imported before one runs."""

import argparse
import signal
import sys
import threading
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from service.commands import Commands
    from service.queue_db import QueueDb
    from service.watch_entry import Entry
    from service.watch_work import Run
    from service.workspace import Workspace

_SHOWN = 50


def add_watch_command(commands: "Commands") -> None:
    """Add `watch`, which runs until it is stopped, and what can be asked of its queue."""
    sub = commands.add_parser("watch", help="analyse studies as they arrive and store the results in the archive")
    sub.add_argument("--log", choices=("text", "json"), default="text", help="the form of the log on stderr")
    sub.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler, tcp://HOST:PORT, whose workers analyse")
    sub.set_defaults(run=_watch)
    steps = sub.add_subparsers(metavar="COMMAND")
    status = steps.add_parser("status", help="what is in the queue, and what became of it")
    status.add_argument("--all", action="store_true", help=f"every study, not only the last {_SHOWN}")
    status.set_defaults(run=_status)
    retry = steps.add_parser("retry", help="go through a study again from the beginning")
    retry.add_argument("study", metavar="STUDY", help="its Study Instance UID")
    retry.set_defaults(run=_retry)


def _watch(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; a study in hand goes back into the queue, and the next start takes it up."""
    from core.settings import load_settings
    from service.watch import Watcher
    from service.watch_logs import log_to_stderr
    from service.workspace import open_workspace

    log_to_stderr(arguments.log)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    ws = open_workspace(load_settings())
    try:
        with _where(ws, arguments.cluster) as run, Watcher(ws, run, is_remote=run is not None) as watcher:
            _say_ready(ws, watcher.http_port)
            while not stopping.wait(1.0):
                pass
    finally:
        ws.close()
    return 0


@contextmanager
def _where(ws: "Workspace", address: str | None) -> "Generator[Run | None]":
    """Give what goes through studies on a cluster, None for this machine."""
    if address is None:
        yield None
        return
    from service.cluster import Cluster

    with Cluster(address, ws.settings) as cluster:
        yield cluster.run


def _say_ready(ws: "Workspace", http_port: int) -> None:
    from service.watch import watch_settings

    watch, us = watch_settings(ws.settings), ws.settings.this_node
    ways = [f"{us.ae_title} takes images at {us.host}:{us.port}"] if watch.forward else []
    ways += [f"{name} is asked every {watch.poll_every_s:g} s" for name in watch.poll]
    told = "; ".join(ways) or "nothing is asked and nothing taken"
    print(f"Watching: {told}. Results go to {watch.store_to}. Health at {watch.http_host}:{http_port}.")
    sys.stdout.flush()


def _status(arguments: argparse.Namespace) -> int:
    from service.watch_queue import WatchQueue

    with _queue() as db:
        queue = WatchQueue(db)
        counts, entries = queue.counts(), queue.entries(None if arguments.all else _SHOWN)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "The queue is empty.")
    for entry in entries:
        print(_in_a_line(entry))
    return 0


def _in_a_line(entry: "Entry") -> str:
    when = datetime.fromtimestamp(entry.changed_at).astimezone().strftime("%Y-%m-%d %H:%M")
    is_finished = entry.state.value == "finished"
    state = entry.outcome.value if is_finished else entry.state.value
    tried = f" (tried {entry.attempts + entry.deaths} times)" if entry.attempts + entry.deaths else ""
    return f"{when}  {state:<10}  {entry.study_instance_uid}  {entry.reason}{tried}"


def _retry(arguments: argparse.Namespace) -> int:
    from service.watch_queue import WatchQueue

    with _queue() as db:
        WatchQueue(db).retry(arguments.study)
    print(f"{arguments.study} is due again.")
    return 0


@contextmanager
def _queue() -> "Generator[QueueDb]":
    from core.settings import load_settings
    from service.watch import open_queue

    db = open_queue(load_settings())
    try:
        yield db
    finally:
        db.close()


# ------------------------------------------------------------------ workers of a cluster


def add_worker_command(commands: "Commands") -> None:
    """Add `worker`, which runs until it is stopped."""
    sub = commands.add_parser("worker", help="go through studies for the watchers of a cluster")
    sub.add_argument("address", metavar="ADDRESS", help="the Dask scheduler, tcp://HOST:PORT or tls://HOST:PORT")
    sub.add_argument("--gpus", type=int, default=0, metavar="N", help="a process for each of the first N GPUs")
    sub.add_argument("--processes", type=int, default=1, metavar="N", help="without GPUs: so many (default 1)")
    sub.set_defaults(run=_worker)


def _worker(arguments: argparse.Namespace) -> int:
    from core.settings import load_settings
    from service.cluster_worker import environments, run_workers
    from service.watch_images import watch_settings

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings = load_settings()
    watch_settings(settings)  # its results would have nowhere to go
    seen = environments(arguments.gpus, arguments.processes)
    print(f"{len(seen)} {'process goes' if len(seen) == 1 else 'processes go'} through studies of {arguments.address}.")
    sys.stdout.flush()
    return run_workers(settings, arguments.address, seen, stopping.is_set)
