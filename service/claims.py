"""Who reads which study, shared by the workstations that name one database, so that two readers do not read one.

A PACS cannot keep a lock, so the claims are rows of a database: that of `[worklist] claims_url`, else that of the
watchers. Without either they are this workstation's own, and the window says so. A claim that nobody gives back ends
after `claim_hours` by the database's clock.
"""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from core.audit import Action
from core.errors import ProsectorError
from core.settings import Settings
from service.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

_LONGEST_NAME = 200


class ClaimsUnreachable(ProsectorError):
    """The database of the claims does not answer; studies can be read all the same."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A study that someone reads: `owner` is the reader, `machine` the workstation, both as it named itself."""

    study_instance_uid: str
    owner: str
    machine: str
    since: datetime
    until: datetime

    @property
    def who(self) -> str:
        """Who and where, for people."""
        return f"{self.owner} ({self.machine})"


class Claims:
    """The claims that this reader at this machine sees and makes; for any thread. Raises `ClaimsUnreachable`."""

    def __init__(self, url: str, owner: str, machine: str, hours: float) -> None:
        self.owner, self.machine = owner[:_LONGEST_NAME], machine[:_LONGEST_NAME]
        self._url, self._hours = url, timedelta(hours=hours)

    def is_mine(self, claim: Claim) -> bool:
        """Whether this reader made it at this machine."""
        return (claim.owner, claim.machine) == (self.owner, self.machine)

    def all(self) -> dict[str, Claim]:
        """Return the claims that hold, by Study Instance UID."""
        with self._connection() as connection:
            table, now = _table(), _now(connection)
            rows = connection.execute(table.select().where(table.c.until > now.isoformat())).all()
        return {row.study_instance_uid: _claim(row) for row in rows}

    def take(self, study_instance_uid: str, *, over: bool = False) -> Claim:
        """Claim a study and return the claim that holds then: another reader's when he was first.

        With `over` his claim is ended.
        """
        with self._connection() as connection:
            now = _now(connection)
            mine = Claim(study_instance_uid, self.owner, self.machine, now, now + self._hours)
            if self._replaced(connection, mine, now, over=over) or _inserted(connection, mine):
                return mine
            table = _table()
            row = connection.execute(table.select().where(table.c.study_instance_uid == study_instance_uid)).one()
            return _claim(row)

    def give_back(self, study_instance_uid: str) -> bool:
        """End this reader's claim on a study; return whether there was one."""
        with self._connection() as connection:
            table = _table()
            done = connection.execute(
                table.delete().where(*self._own(table), table.c.study_instance_uid == study_instance_uid)
            )
        return done.rowcount > 0

    def _replaced(self, connection: "Connection", mine: Claim, now: datetime, *, over: bool) -> bool:
        """Write over a claim that is this reader's, or has ended; over any with `over`."""
        from sqlalchemy import and_, or_

        table = _table()
        free = or_(table.c.until <= now.isoformat(), and_(*self._own(table)))
        where = [table.c.study_instance_uid == mine.study_instance_uid, *([] if over else [free])]
        return connection.execute(table.update().where(*where).values(**_row(mine))).rowcount > 0

    def _own(self, table: "Table") -> tuple[Any, Any]:
        return table.c.owner == self.owner, table.c.machine == self.machine

    @contextmanager
    def _connection(self) -> "Generator[Connection]":
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with _engine(self._url).begin() as connection:
                yield connection
        except (SQLAlchemyError, ImportError) as error:
            raise ClaimsUnreachable(
                "Who reads which study is not known: the database of the claims does not answer"
                f" ({type(error).__name__}). Studies can be read all the same; see to [worklist] claims_url."
            ) from error


def claims_of(ws: Workspace) -> Claims:
    """Return the claims of this workstation's reader."""
    owner = " ".join(part for part in ws.settings.reader.name.replace("^", " ").split()) or ws.actor
    return Claims(_url(ws.settings), owner, socket.gethostname(), ws.settings.worklist.claim_hours)


def are_shared(settings: Settings) -> bool:
    """Whether other workstations see the claims that are made here."""
    return bool(settings.worklist.claims_url or (settings.watch and settings.watch.database_url))


def _url(settings: Settings) -> str:
    shared = settings.worklist.claims_url or (settings.watch.database_url if settings.watch else "")
    return shared or f"sqlite:///{settings.data_folder / 'claims.sqlite'}"


def claim(ws: Workspace, study_instance_uid: str, *, over: bool = False) -> Claim:
    """Claim a study for this reader, audited; see `Claims.take`."""
    claims = claims_of(ws)
    with ws.trail.step(Action.CLAIM, [study_instance_uid], over=int(over)) as detail:
        held = claims.take(study_instance_uid, over=over)
        detail["held"] = int(claims.is_mine(held))
    return held


def release(ws: Workspace, study_instance_uid: str) -> None:
    """End this reader's claim on a study, audited where there was one."""
    if claims_of(ws).give_back(study_instance_uid):
        ws.trail.record(Action.RELEASE, [study_instance_uid])


# ------------------------------------------------------------------ the database


@cache
def _engine(url: str) -> "Engine":
    from sqlalchemy import NullPool, create_engine, event
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(url, poolclass=NullPool)  # asked twice a minute: no connection is worth keeping
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout = 10000"))
    try:
        _table().create(engine, checkfirst=True)
    except SQLAlchemyError:  # another workstation made it at that moment, or the database is away
        _table().create(engine, checkfirst=True)
    return engine


@cache
def _table() -> "Table":
    from sqlalchemy import Column, MetaData, String, Table

    return Table(
        "reading_claims",
        MetaData(),
        Column("study_instance_uid", String(64), primary_key=True),
        Column("owner", String(_LONGEST_NAME), nullable=False),
        Column("machine", String(_LONGEST_NAME), nullable=False),
        Column("since", String(40), nullable=False),
        Column("until", String(40), nullable=False),
    )


def _now(connection: "Connection") -> datetime:
    """Return the database's time in UTC: the clocks of workstations differ."""
    from sqlalchemy import func, select

    told: datetime = connection.execute(select(func.now())).scalar_one()
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _inserted(connection: "Connection", mine: Claim) -> bool:
    from sqlalchemy.exc import IntegrityError

    try:
        with connection.begin_nested():
            connection.execute(_table().insert().values(**_row(mine)))
    except IntegrityError:  # someone was first
        return False
    return True


def _row(claim: Claim) -> dict[str, str]:
    return {
        "study_instance_uid": claim.study_instance_uid,
        "owner": claim.owner,
        "machine": claim.machine,
        "since": claim.since.isoformat(),
        "until": claim.until.isoformat(),
    }


def _claim(row: Any) -> Claim:
    since, until = datetime.fromisoformat(row.since), datetime.fromisoformat(row.until)
    return Claim(row.study_instance_uid, row.owner, row.machine, since, until)
