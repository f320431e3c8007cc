"""The viewer's commands of the command line; Qt is imported only when one of them runs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # pyright: ignore[reportPrivateUsage]


def open_command(subparsers: "Commands") -> None:
    """Register `prosector open`."""
    sub = subparsers.add_parser("open", help="open the workstation window")
    sub.add_argument("--settings", type=Path, metavar="FILE", help="the site's settings instead of the usual file")
    sub.add_argument("--study", type=Path, metavar="FOLDER", help="import the study in this folder and open it")
    sub.set_defaults(run=_open)


def demo_command(subparsers: "Commands") -> None:
    """Register `prosector demo`."""
    sub = subparsers.add_parser("demo", help="show the whole job on a made-up study, with an archive of its own")
    sub.add_argument("--study", type=Path, metavar="FOLDER", help="a real study instead of the made-up one")
    sub.add_argument("--headless", action="store_true", help="do the whole job without a reader and leave the results")
    sub.add_argument("--output", type=Path, metavar="DIR", help="where objects, screenshots and journey.json go")
    sub.set_defaults(run=_demo)


def _open(arguments: argparse.Namespace) -> int:
    from viewer.screen_scale import fit_screen

    fit_screen()
    _choose_language(arguments.settings)
    from viewer.app import run

    return run(settings_file=arguments.settings, study=arguments.study)


def _demo(arguments: argparse.Namespace) -> int:
    if not arguments.headless:
        from viewer.screen_scale import fit_screen

        fit_screen()
    _choose_language()
    from viewer import demo

    return demo.run(arguments)


def _choose_language(settings_file: Path | None = None) -> None:
    from core.settings import load_settings
    from viewer.language import speak

    speak(load_settings(settings_file).viewing.language)
