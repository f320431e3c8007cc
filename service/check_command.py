"""`prosector check`: try every configured peer and say in a sentence what is to be changed on which side."""

import argparse
from typing import TYPE_CHECKING

from service.commands import Commands, at_work

if TYPE_CHECKING:
    from service.check import Line

_SIGNS = {"ok": "✓", "failed": "✗", "skipped": "–"}


def add_check_command(commands: Commands) -> None:
    """Add `prosector check`."""
    sub = commands.add_parser("check", help="try every archive, RIS and EHR of the settings, both directions")
    sub.add_argument("peers", nargs="*", metavar="PEER", help="only these, by their name in the settings")
    sub.add_argument(
        "--store", action="store_true", help="also store a small made object in each archive, where it stays"
    )
    sub.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    """Print a line for each step; returns 0 when none failed, else 1."""
    from core.errors import SettingsInvalid
    from core.progress import Silent
    from service.check import Outcome, check, peers

    with at_work() as ws:
        chosen = [p for p in peers(ws, store=arguments.store) if not arguments.peers or p.name in arguments.peers]
        if not chosen:
            raise SettingsInvalid("There is nobody of that name to check; add archives to the settings, or correct it.")
        failed = 0
        for peer in chosen:
            print(peer.name)
            for line in check(peer, Silent()):
                print(f"  {told(line)}", flush=True)
                failed += line.outcome is Outcome.FAILED
    print("All that was tried works." if not failed else f"{failed} {'step' if failed == 1 else 'steps'} failed.")
    return 1 if failed else 0


def told(line: "Line") -> str:
    """Return a line as it is printed and copied: sign, step, sentence."""
    return f"{_SIGNS[line.outcome]} {line.step}: {line.sentence}"
