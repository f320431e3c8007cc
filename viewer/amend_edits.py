"""What a reader does to amend a signed report, each as a pure function from one report to the next."""

from collections.abc import Callable
from dataclasses import replace

from core.amendment import Addendum, AsSigned, Correction
from core.report import Report

Change = Callable[[Report], Report]


def begin_addendum(report: Report) -> Report:
    """Begin an addendum to the report as it was signed."""
    return report if report.amends is None else replace(report, amends=Addendum(report.amends.predecessor))


def begin_correction(report: Report) -> Report:
    """Begin to correct the report as it was signed."""
    return report if report.amends is None else replace(report, amends=Correction(report.amends.predecessor))


def write(text: str) -> Change:
    """Write the addendum, or the reason of the correction."""

    def written(report: Report) -> Report:
        match report.amends:
            case Addendum() if text != report.amends.text:
                return replace(report, amends=replace(report.amends, text=text))
            case Correction() if text != report.amends.reason:
                return replace(report, amends=replace(report.amends, reason=text))
            case _:
                return report

    return written


def give_up(signed: Report) -> Change:
    """Go back to the report as it was signed; drawings on the images stay."""

    def given_up(report: Report) -> Report:
        match report.amends:
            case Addendum(predecessor=document):
                return replace(report, amends=AsSigned(document))
            case Correction(predecessor=document):
                return replace(signed, amends=AsSigned(document), annotations=report.annotations)
            case _:
                return report

    return given_up
