"""The database that watchers share: the workstation's SQLite file, or a PostgreSQL server named by its URL."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, Float, Integer, MetaData, Table, Text, create_engine, event, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.errors import CannotWrite, SettingsInvalid

_METADATA = MetaData()

WATCHED = Table(
    "watched_studies",
    _METADATA,
    Column("study_instance_uid", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("outcome", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("claim", Text, nullable=False, default=""),
    Column("owner", Text, nullable=False, default=""),
    Column("lease_until", Float, nullable=False, default=0.0),
    Column("came_meanwhile", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("deaths", Integer, nullable=False, default=0),
    Column("seen", Text, nullable=False, default=""),
    Column("content", Text, nullable=False, default=""),
    Column("result", Text, nullable=False, default=""),
)
"""One row a study (service/watch_queue.py); times are seconds since 1970 by the database's clock."""

EXPECTED = Table(
    "expected_studies",
    _METADATA,
    Column("accession_number", Text, primary_key=True),
    Column("study_instance_uid", Text, primary_key=True),
    Column("since", Float, nullable=False),
)
"""What orders of the RIS told of, until an archive is seen to have it."""

_SCHEMA_LOCK = 0x50524F53  # any number that no other program of the database takes


class QueueDb:
    """Transactions of one database, for any thread; raises `CannotWrite`, and `SettingsInvalid` for a URL of no use."""

    def __init__(self, url: str, sqlite_file: Path) -> None:
        self._place = str(sqlite_file)
        try:
            self._engine = _postgresql(url) if url else _sqlite(sqlite_file)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise SettingsInvalid(
                f"watch.database_url is not usable ({error}); write it as postgresql+psycopg://USER@HOST/DATABASE, and "
                "install the extra “postgresql”, or leave it out for a file of this machine."
            ) from error
        if url:
            self._place = self._engine.url.render_as_string(hide_password=True)
        with self.transaction() as connection:
            if self._engine.dialect.name == "postgresql":  # two that start at once must not both make the tables
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
            _METADATA.create_all(connection)

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Commit at the end, or nothing; raises `CannotWrite`."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise CannotWrite(
                f"The queue of studies cannot be kept in {self._place} ({why}); see to that database."
            ) from error

    def close(self) -> None:
        """Let the connections go."""
        self._engine.dispose()


def now(connection: Connection) -> float:
    """Return the seconds since 1970 by the database's clock: those of several watchers may differ."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    return float(connection.execute(text("SELECT (julianday('now') - 2440587.5) * 86400.0")).scalar_one())


def _postgresql(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})


def _sqlite(path: Path) -> Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(f"The queue of studies cannot be kept in {path} ({error.strerror}).") from error
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": 30})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: object, _record: object) -> None:
    import sqlite3

    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _on_begin(connection: Connection) -> None:
    """Write from the first statement on: who reads first and then writes could find that another has written."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
