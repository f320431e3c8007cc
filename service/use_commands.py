"""`prosector use`: what the dashboard shows, in lines or as a table."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands import Commands

if TYPE_CHECKING:
    from core.use import Use
    from core.use_kappa import Kappa, NoKappa
    from core.use_measures import Share


def add_use_command(commands: Commands) -> None:
    """Add `prosector use`."""
    sub = commands.add_parser("use", help="what signed reports and runs of the AI teach: agreement, times, failures")
    sub.add_argument("--csv", type=Path, metavar="FILE", help="write a line for each report and run to this file")
    sub.set_defaults(run=_use)


def _use(arguments: argparse.Namespace) -> int:
    import getpass

    from core.audit import AuditTrail
    from core.settings import load_settings
    from service.use import learnt
    from service.use_export import export

    settings = load_settings()
    use = learnt(settings)
    if arguments.csv is not None:
        count = export(use, arguments.csv, AuditTrail(settings.audit_trail, getpass.getuser()))
        print(f"{count} lines are in {arguments.csv}.")
        return 0
    for line in _lines(use):
        print(line)
    return 0


def _lines(use: "Use") -> Iterator[str]:
    from core.use_kappa import Weights, compared, weighted_kappa
    from core.use_measures import agreement, causes, failures, times

    agreed = agreement(use.readings)
    yield f"signed reports: {len(use.readings)}, runs of the AI: {len(use.analyses)}"
    for fate, share in (("accepted", agreed.accepted), ("edited", agreed.edited), ("rejected", agreed.rejected)):
        yield f"AI lesions {fate}: {_share(share)}"
    yield f"lesions of PI-RADS 3 or above that readers added: {agreed.added}"
    kappa = weighted_kappa(compared(use.readings), Weights.QUADRATIC)
    yield f"quadratic weighted kappa of AI and report: {_kappa(kappa)}"
    for what, unit_s, unit, seconds in (
        ("open to signed", 60, "min", [one.reading_s for one in use.readings]),
        ("examination to report", 3600, "h", [one.turnaround_s for one in use.readings]),
    ):
        told = times(seconds)
        if told is not None:
            lower, median, upper = (x / unit_s for x in (told.lower, told.median, told.upper))
            yield f"{what}: median {median:.1f} {unit} ({lower:.1f} to {upper:.1f}, n = {told.count})"
    yield f"runs of the AI without an answer: {_share(failures(use.analyses))}"
    for cause, count in causes(use.analyses):
        yield f"  {cause}: {count}"


def _share(share: "Share") -> str:
    if share.value is None or share.interval is None:
        return "none yet"
    low, high = share.interval
    return f"{share.part} of {share.whole} ({share.value:.0%}, 95 % interval {low:.0%} to {high:.0%})"


def _kappa(kappa: "Kappa | NoKappa") -> str:
    from core.use_kappa import NoKappa

    if isinstance(kappa, NoKappa):
        return f"none, as {kappa.why.value}"
    low, high = kappa.interval or (None, None)
    within = "" if low is None else f", 95 % interval {low:.2f} to {high:.2f}"
    return f"{kappa.value:.2f} (n = {kappa.count}{within})"
