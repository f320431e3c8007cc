"""The studies that a watcher knows: complete or not, whose they are, and what became of them. Durable and shared.

A study is ARRIVING until nothing more came of it for a while, then DUE; a watcher takes it by a CLAIM that ends when
it does not say that it lives; FINISHED it has an outcome. More images make it ARRIVING again, whatever it was.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.queue_db import WATCHED, QueueDb, now
from service.watch_entry import Claim, ClaimLost, Entry, Finished, NotWatched, Outcome, State

_FIRST_WAIT_S, _LONGEST_WAIT_S = 15.0, 900.0
_BACK_S = 5.0
"""So far ahead is what changed last only where the database's clock was put back since."""
_C = WATCHED.c


class WatchQueue:
    """The queue in one database; each call is a transaction of its own. Raises `CannotWrite`."""

    def __init__(self, db: QueueDb) -> None:
        self.db = db

    def arrived(self, study_instance_uid: str, origin: str, seen: str = "") -> None:
        """Hear that images of a study came; of the same `seen` (their digest) nothing is new."""
        with self.db.transaction() as connection:
            at, row = now(connection), _locked(connection, study_instance_uid)
            if row is None:
                row = _insert(connection, study_instance_uid, origin, seen, at)
            if row is not None and not (seen and seen in (row["seen"], row["content"])):
                _come(connection, row, origin, seen, at)

    def settle(self, quiet_s: float, cap_s: float) -> tuple[str, ...]:
        """Make due what has been quiet for `quiet_s`, or was first heard of `cap_s` ago; return which studies."""
        with self.db.transaction() as connection:
            at = now(connection)
            _follow_the_clock(connection, at)
            ready = or_(_C.last_at <= at - quiet_s, _C.first_at <= at - cap_s)
            change = update(WATCHED).where(_C.state == State.ARRIVING, ready)
            rows = connection.execute(
                change.values(state=State.DUE, due_at=at, changed_at=at).returning(_C.study_instance_uid)
            )
            return tuple(row[0] for row in rows)

    def claim(self, owner: str, origins: Sequence[str], lease_s: float) -> Claim | None:
        """Take the study that is due longest, of those `origins`, for `lease_s`; None when there is none.

        A study whose watcher has been silent for longer than its lease is due as well, and counts one death more.
        """
        with self.db.transaction() as connection:
            at = now(connection)
            silent = and_(_C.state == State.CLAIMED, _C.lease_until <= at)
            ready = or_(and_(_C.state == State.DUE, _C.due_at <= at), silent)
            oldest = select(WATCHED).where(ready, _C.origin.in_(origins)).order_by(_C.due_at).limit(1)
            row = connection.execute(oldest.with_for_update(skip_locked=True)).mappings().first()
            if row is None:
                return None
            token, deaths = uuid.uuid4().hex, row["deaths"] + (row["state"] == State.CLAIMED)
            taken = {"claim": token, "owner": owner, "lease_until": at + lease_s, "deaths": deaths, "changed_at": at}
            connection.execute(_of(row["study_instance_uid"]).values(state=State.CLAIMED, came_meanwhile=0, **taken))
            return Claim(token, _entry({**row, **taken, "state": State.CLAIMED}))

    def alive(self, claim: Claim, lease_s: float) -> None:
        """Say that the claim's owner lives; raises `ClaimLost`."""
        with self.db.transaction() as connection:
            at = now(connection)
            self._change(connection, claim, lease_until=at + lease_s, changed_at=at)

    def finish(self, claim: Claim, finished: Finished) -> None:
        """Say what a study came to; raises `ClaimLost`."""
        values = {
            "outcome": finished.outcome,
            "reason": finished.reason,
            "content": finished.content,
            "result": " ".join(finished.result) or " ".join(claim.entry.result),
        }
        self._let_go(claim, {**values, "attempts": 0, "deaths": 0})

    def unchanged(self, claim: Claim) -> None:
        """Say that a study is as it was at its last outcome, which holds; raises `ClaimLost`."""
        self._let_go(claim, {"attempts": 0, "deaths": 0})

    def postpone(self, claim: Claim, reason: str, *, counts: bool = True, deaths: int = 0) -> None:
        """Try a study again later: after 15 s, then twice as long each time, up to 15 min; raises `ClaimLost`.

        With `counts` it is an attempt of those that are given; `deaths` are how often it took a program down.
        """
        entry = claim.entry
        wait_s = min(_FIRST_WAIT_S * 2 ** min(entry.attempts, 20), _LONGEST_WAIT_S)
        with self.db.transaction() as connection:
            at = now(connection)
            self._change(
                connection,
                claim,
                state=State.DUE,
                due_at=at + wait_s,
                changed_at=at,
                reason=reason,
                attempts=entry.attempts + counts,
                deaths=entry.deaths + deaths,
                **_FREE,
            )

    def release(self, claim: Claim) -> None:
        """Give a study back untouched, for this or another watcher; raises `ClaimLost`."""
        with self.db.transaction() as connection:
            at = now(connection)
            self._change(connection, claim, state=State.DUE, due_at=at, changed_at=at, **_FREE)

    def retry(self, study_instance_uid: str) -> Entry:
        """Let a study be gone through again from the beginning; raises `NotWatched`."""
        fresh = {"content": "", "attempts": 0, "deaths": 0, "state": State.DUE}
        with self.db.transaction() as connection:
            at = now(connection)
            idle = or_(_C.state != State.CLAIMED, _C.lease_until <= at)
            change = _of(study_instance_uid).where(idle).values(due_at=at, changed_at=at, **fresh, **_FREE)
            row = connection.execute(change.returning(WATCHED)).mappings().first()
        if row is None:
            raise NotWatched(f"The queue has no study {study_instance_uid}, or it is being analysed right now.")
        return _entry(row)

    def entries(self, limit: int | None = None) -> tuple[Entry, ...]:
        """Return the studies, or so many of them, those that changed last first."""
        with self.db.transaction() as connection:
            rows = connection.execute(select(WATCHED).order_by(_C.changed_at.desc()).limit(limit)).mappings()
            return tuple(map(_entry, rows))

    def one(self, study_instance_uid: str) -> Entry | None:
        """Return one study."""
        with self.db.transaction() as connection:
            row = connection.execute(select(WATCHED).where(_C.study_instance_uid == study_instance_uid)).mappings()
            return next(map(_entry, row), None)

    def counts(self) -> Mapping[str, int]:
        """Return how many studies there are by state, and of the finished by outcome."""
        kind = case((_C.state == State.FINISHED, _C.outcome), else_=_C.state)
        with self.db.transaction() as connection:
            rows = connection.execute(select(kind, func.count()).group_by(kind))
            return {str(kind): int(count) for kind, count in rows}

    def waiting_s(self) -> float:
        """Return for how long the oldest study that is due has been, 0 when none is."""
        with self.db.transaction() as connection:
            oldest = select(func.min(_C.due_at)).where(_C.state == State.DUE)
            since = connection.execute(oldest).scalar()
            return 0.0 if since is None else max(0.0, now(connection) - float(since))

    def finished_before(self, age_s: float) -> frozenset[str]:
        """Return which studies are finished and had nothing new for `age_s`."""
        with self.db.transaction() as connection:
            old = and_(_C.state == State.FINISHED, _C.last_at <= now(connection) - age_s)
            return frozenset(row[0] for row in connection.execute(select(_C.study_instance_uid).where(old)))

    def _let_go(self, claim: Claim, values: Mapping[str, Any]) -> None:
        again = _C.came_meanwhile == 1
        with self.db.transaction() as connection:
            at = now(connection)
            state = case((again, State.ARRIVING), else_=State.FINISHED)
            first_at = case((again, _C.last_at), else_=_C.first_at)
            self._change(connection, claim, state=state, first_at=first_at, changed_at=at, **values, **_FREE)

    def _change(self, connection: Connection, claim: Claim, /, **values: Any) -> None:
        change = _of(claim.study_instance_uid).where(_C.claim == claim.token, _C.state == State.CLAIMED)
        if connection.execute(change.values(**values)).rowcount != 1:
            raise ClaimLost(f"The study {claim.study_instance_uid} is another watcher's now; what was begun is left.")


_FREE: Mapping[str, Any] = {"claim": "", "owner": "", "lease_until": 0.0, "came_meanwhile": 0}


def _follow_the_clock(connection: Connection, at: float) -> None:
    """Let what waits wait no longer than it had to when the clock was put back: its times go back as far."""
    ahead = _C.changed_at - at
    times = (_C.first_at, _C.last_at, _C.due_at, _C.lease_until, _C.changed_at)
    waits = _C.state.in_((State.ARRIVING, State.DUE, State.CLAIMED))
    change = update(WATCHED).where(waits, _C.changed_at > at + _BACK_S)
    connection.execute(change.values({time: time - ahead for time in times}))


def _of(study_instance_uid: str) -> Any:
    return update(WATCHED).where(_C.study_instance_uid == study_instance_uid)


def _locked(connection: Connection, study_instance_uid: str) -> RowMapping | None:
    found = select(WATCHED).where(_C.study_instance_uid == study_instance_uid).with_for_update()
    return connection.execute(found).mappings().first()


def _insert(connection: Connection, study_instance_uid: str, origin: str, seen: str, at: float) -> RowMapping | None:
    """Add a study; return its row when another watcher added it at the same moment."""
    times = {"first_at": at, "last_at": at, "due_at": at, "changed_at": at}
    row = {"study_instance_uid": study_instance_uid, "origin": origin, "state": State.ARRIVING, "seen": seen, **times}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    added = connection.execute(insert(WATCHED).values(**row).on_conflict_do_nothing()).rowcount
    return None if added else _locked(connection, study_instance_uid)


def _come(connection: Connection, row: RowMapping, origin: str, seen: str, at: float) -> None:
    """Take in that more came of a known study: while it is being analysed that is only noted."""
    values: dict[str, Any] = {"last_at": at, "seen": seen, "changed_at": at}
    if row["state"] == State.CLAIMED:
        values["came_meanwhile"] = 1
    elif row["state"] != State.ARRIVING:
        values |= {"state": State.ARRIVING, "first_at": at, "attempts": 0, "deaths": 0, "origin": origin}
    connection.execute(_of(row["study_instance_uid"]).values(**values))


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(
        **{name: row[name] for name in ("study_instance_uid", "origin", "reason", "owner", "attempts", "deaths")},
        **{name: row[name] for name in ("first_at", "last_at", "due_at", "changed_at", "content")},
        state=State(row["state"]),
        outcome=Outcome(row["outcome"]),
        result=tuple(str(row["result"]).split()),
    )
