"""What delivering writes: effects that are due are leased, tried, and at last forgotten.

Lives here: every move of the outbox, each over a connection that may write.
Must not live here: adding to the outbox (that is `writing`), calling anybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, select, update

from collective_booking.adapters.sql import reading
from collective_booking.adapters.sql.dialects import skipping_locked
from collective_booking.adapters.sql.tables import news, outbox, requests
from collective_booking.effects import Attempted, Effect, Fate, among
from collective_booking.errors import UnknownBookingError
from collective_booking.moments import to_microseconds


def take_effects(
    connection: Connection, tenant: str, now: datetime, until: datetime, limit: int
) -> tuple[Effect, ...]:
    """Lease effects that are due: of each appointment and address, the earliest that waits."""
    mine, other = outbox.c, outbox.alias("other")
    earlier = exists().where(
        other.c.tenant == mine.tenant,
        other.c.appointment == mine.appointment,
        other.c.channel == mine.channel,
        other.c.recipient == mine.recipient,
        other.c.state == Fate.WAITING,
        other.c.version < mine.version,
    )
    query = (
        select(outbox)
        .where(mine.tenant == tenant, mine.state == Fate.WAITING)
        .where(mine.due_us <= to_microseconds(now), ~earlier)
        .order_by(mine.due_us, mine.key)
        .limit(limit)
    )
    rows = connection.execute(skipping_locked(connection, query)).all()
    if not rows:
        return ()
    chosen = and_(mine.tenant == tenant, mine.key.in_([row.key for row in rows]))
    connection.execute(update(outbox).where(chosen).values(due_us=to_microseconds(until)))
    return tuple(among(reading.effect(row), _others(connection, row)) for row in rows)


def _others(connection: Connection, row: Any) -> list[tuple[int, str]]:
    """The versions and states of the other effects to the same address, in order."""
    if row.version == 1 and not row.attempts:
        return []  # the first one, for the first time: nothing earlier, and nothing overtakes it
    mine = outbox.c
    query = (
        select(mine.version, mine.state)
        .where(
            mine.tenant == row.tenant,
            mine.appointment == row.appointment,
            mine.channel == row.channel,
            mine.recipient == row.recipient,
            mine.version != row.version,
        )
        .order_by(mine.version)
    )
    return [(version, state) for version, state in connection.execute(query)]


def attempted(connection: Connection, attempted: Attempted) -> None:
    """Record one try; where another deliverer was faster, that stands."""
    mine, after = outbox.c, attempted.after
    values: dict[str, Any] = {"attempts": after.attempts, "failure": after.failure}
    if attempted.again is not None:
        values["due_us"] = to_microseconds(attempted.again)
    else:
        values["state"] = Fate.DELIVERED if attempted.delivered else Fate.DEAD
    own = and_(mine.tenant == after.tenant, mine.key == after.key, mine.state == Fate.WAITING)
    connection.execute(update(outbox).where(own).values(values))


def retry(connection: Connection, tenant: str, key: str, now: datetime) -> None:
    """Make a failed effect due; raises UnknownBookingError."""
    mine = outbox.c
    own = and_(
        mine.tenant == tenant, mine.key == key, mine.state != Fate.DELIVERED, mine.failure != ""
    )
    values = {"state": Fate.WAITING, "due_us": to_microseconds(now)}
    if not connection.execute(update(outbox).where(own).values(values)).rowcount:
        raise UnknownBookingError(key, "undelivered effect")


def forget(connection: Connection, tenant: str, before: datetime) -> None:
    """Delete what need not be remembered."""
    instant = to_microseconds(before)
    for table in (requests, news):
        mine = table.c
        connection.execute(delete(table).where(mine.tenant == tenant, mine.made_us < instant))
