"""What the commands share: where they are added, and the workspace that they work in. Nothing heavy is loaded."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from service.workspace import Workspace


class Commands(Protocol):
    """Where a command is added: what `ArgumentParser.add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:
        """Return the parser of a new command."""
        ...


@contextmanager
def at_work() -> Generator["Workspace"]:
    """Open the workspace of the settings and close it at the end; raises what `load_settings`, `open_workspace` do."""
    from core.settings import load_settings
    from service.workspace import open_workspace

    ws = open_workspace(load_settings())
    try:
        yield ws
    finally:
        ws.close()
