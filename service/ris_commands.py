"""`prosector ris`: take orders, send what waits for RIS and EHR, and see to what was refused."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

from service.commands import Commands, at_work

if TYPE_CHECKING:
    from service.workspace import Workspace


def add_ris_command(commands: Commands) -> None:
    """Add `prosector ris serve | list | send | retry | abandon`."""
    sub = commands.add_parser("ris", help="take orders from the RIS; tell RIS and EHR of signed reports")
    steps = sub.add_subparsers(metavar="COMMAND", required=True)
    serve = steps.add_parser("serve", help="take orders and send results until stopped")
    serve.set_defaults(run=_serve)
    listed = steps.add_parser("list", help="list the results that wait or were refused")
    listed.set_defaults(run=_list)
    sending = steps.add_parser("send", help="send what is due now, once")
    sending.set_defaults(run=_send)
    for name, told in (("retry", "send a refused result again"), ("abandon", "give a result up")):
        step = steps.add_parser(name, help=told)
        step.add_argument("number", type=int, metavar="NUMBER", help="as `prosector ris list` shows it")
        step.set_defaults(run=_retry if name == "retry" else _abandon)


def _serve(_arguments: argparse.Namespace) -> int:
    from core.errors import SettingsInvalid
    from service.notify import Courier, is_configured
    from service.orders import order_listener

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # how a service is stopped, and no failure of it
    with at_work() as ws:
        listener = order_listener(ws)
        if listener is None and not is_configured(ws):
            raise SettingsInvalid("The settings have neither [ris], [orders] nor [fhir]; add what is to be served.")
        with listener or nullcontext(), Courier(ws):
            taken = f"takes orders at port {listener.port}" if listener else "takes no orders"
            told = "tells RIS and EHR" if is_configured(ws) else "tells nobody"
            print(f"Prosector {taken} and {told}; Ctrl-C stops it.")
            sys.stdout.flush()
            while True:
                time.sleep(3600)


def _list(_arguments: argparse.Namespace) -> int:
    from service.notify import Told, messages

    with at_work() as ws:
        waiting = messages(ws).open()
    for message in waiting:
        print(
            f"{message.id}  {message.study_instance_uid}  {Told(message, message.destination.value.upper()).sentence}"
        )
    print("Nothing waits." if not waiting else f"{len(waiting)} not told yet.")
    return 0


def _send(_arguments: argparse.Namespace) -> int:
    from service.notify import deliver, messages

    with at_work() as ws:
        sent = deliver(ws)
        left = len(messages(ws).open())
    print(f"{sent} sent, {left} not told yet.")
    return 1 if left else 0


def _retry(arguments: argparse.Namespace) -> int:
    from service.notify import retry

    return _changed(arguments.number, retry, "is sent again")


def _abandon(arguments: argparse.Namespace) -> int:
    from service.notify import abandon

    return _changed(arguments.number, abandon, "is given up")


def _changed(number: int, change: "Callable[[Workspace, int], None]", told: str) -> int:
    with at_work() as ws:
        change(ws, number)
    print(f"Message {number} {told}.")
    return 0
