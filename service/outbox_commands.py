"""`prosector outbox`: what is signed and has not reached its archive, and what a person can do about it."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from service.commands import Commands, at_work

if TYPE_CHECKING:
    from service.outbox_states import Shipment
    from service.workspace import Workspace


def add_outbox_command(commands: Commands) -> None:
    """Add `prosector outbox list | send | retry | abandon`."""
    sub = commands.add_parser("outbox", help="see to signed reports that have not reached their archive")
    steps = sub.add_subparsers(metavar="COMMAND", required=True)
    steps.add_parser("list", help="list what waits or was refused").set_defaults(run=_list)
    steps.add_parser("send", help="send what is due now, once").set_defaults(run=_send)
    again = steps.add_parser("retry", help="send a report again now")
    again.add_argument("number", type=int, metavar="NUMBER", help="as `prosector outbox list` shows it")
    again.set_defaults(run=_retry)
    give_up = steps.add_parser("abandon", help="give up a report, or one object of it")
    give_up.add_argument("number", type=int, metavar="NUMBER", help="as `prosector outbox list` shows it")
    what = give_up.add_mutually_exclusive_group(required=True)
    what.add_argument("--reason", metavar="TEXT", help="why the whole signed report is not to reach the archive")
    what.add_argument("--object", metavar="NAME", help="only this object of it, for example “Key images”")
    give_up.set_defaults(run=_abandon)


def _list(_arguments: argparse.Namespace) -> int:
    from service.outbox_list import waiting_reports

    with at_work() as ws:
        waiting = waiting_reports(ws)
    for one in waiting:
        print(_in_words(one))
        for part in one.objects:
            said = f": {part.words}" if part.words else ""
            print(f"    {part.label} ({part.instances}) is {part.state.value}{said}")
    print("Nothing waits." if not waiting else f"{len(waiting)} not in the archive yet.")
    return 0


def _in_words(one: "Shipment") -> str:
    since = f"signed {one.signed_at.astimezone():%Y-%m-%d %H:%M}"
    words = f": {one.words}" if one.words else ""
    return f"{one.id}  {one.study_instance_uid}  for {one.archive}, {since}, {one.state.value}{words}"


def _send(_arguments: argparse.Namespace) -> int:
    from service.outbox import deliver_outbox
    from service.outbox_list import waiting_reports

    with at_work() as ws:
        sent = deliver_outbox(ws)
        left = waiting_reports(ws)
    print(f"{sent} sent, {len(left)} not in the archive yet.")
    for one in left:
        print(_in_words(one), file=sys.stderr)
    return 1 if left else 0


def _retry(arguments: argparse.Namespace) -> int:
    from service.outbox_by_hand import retry

    return _changed(lambda ws: retry(ws, arguments.number), f"Report {arguments.number} is sent again.")


def _abandon(arguments: argparse.Namespace) -> int:
    from service.outbox_by_hand import abandon, give_up_object

    number, name = arguments.number, arguments.object
    if name is not None:
        return _changed(lambda ws: give_up_object(ws, number, name), f"“{name}” of report {number} is given up.")
    return _changed(lambda ws: abandon(ws, number, arguments.reason), f"Report {number} is given up.")


def _changed(change: "Callable[[Workspace], None]", told: str) -> int:
    from service.outbox_list import waiting_reports

    with at_work() as ws:
        waiting_reports(ws)  # what was signed by a program that was killed right after is in no table yet
        change(ws)
    print(told)
    return 0
