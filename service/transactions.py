"""One durable transaction of the workstation's SQLite file, on a connection of its own."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import CannotWrite


@contextmanager
def transaction(path: Path, schema: str, what: str) -> Generator[sqlite3.Connection]:
    """Make the file and its tables when they are not there, and commit at the end; raises `CannotWrite`.

    `what` begins the sentence of that error: who or what cannot be kept.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(schema)
            yield connection
    except (OSError, sqlite3.Error) as error:
        raise CannotWrite(
            f"{what} cannot be kept in {path} ({error}); free some space, or see to the rights of the folder."
        ) from error
