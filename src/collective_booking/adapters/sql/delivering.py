"""What delivering writes: effects that are due are leased, tried, and at last forgotten.

Lives here: every move of the outbox, each over a connection that may write. What is asked for each
message is written once; what sets other columns each time is not.
Must not live here: adding to the outbox (that is `writing`), calling anybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, select, update

from collective_booking.adapters.sql import reading
from collective_booking.adapters.sql.dialects import skipping_locked
from collective_booking.adapters.sql.statements import Statement, by
from collective_booking.adapters.sql.tables import news, outbox, requests
from collective_booking.effects import Attempted, Effect, Fate, among
from collective_booking.errors import UnknownBookingError
from collective_booking.moments import to_microseconds

_ADDRESS: Final = ("tenant", "appointment", "channel", "recipient")
_OTHER: Final = outbox.alias("other")
_EARLIER: Final = exists().where(
    *(_OTHER.c[name] == outbox.c[name] for name in _ADDRESS),
    _OTHER.c.state == Fate.WAITING,
    _OTHER.c.version < outbox.c.version,
)
_DUE: Final = Statement(
    skipping_locked(
        select(outbox)
        .where(
            by(outbox, "tenant"),
            outbox.c.state == Fate.WAITING,
            outbox.c.due_us <= bindparam("now"),
            ~_EARLIER,
        )
        .order_by(outbox.c.due_us, outbox.c.key)
        .limit(bindparam("most"))
    )
)


def take_effects(
    connection: Connection, tenant: str, now: datetime, until: datetime, limit: int
) -> tuple[Effect, ...]:
    """Lease effects that are due: of each appointment and address, the earliest that waits."""
    given = {"tenant": tenant, "now": to_microseconds(now), "most": limit}
    rows = _DUE.run(connection, given).all()
    if not rows:
        return ()
    mine = outbox.c
    chosen = and_(mine.tenant == tenant, mine.key.in_([row.key for row in rows]))
    connection.execute(update(outbox).where(chosen).values(due_us=to_microseconds(until)))
    return tuple(among(reading.effect(row), _others(connection, row)) for row in rows)


_OTHERS: Final = Statement(
    select(outbox.c.version, outbox.c.state)
    .where(by(outbox, *_ADDRESS), outbox.c.version != bindparam("version"))
    .order_by(outbox.c.version)
)


def _others(connection: Connection, row: Row[Any]) -> list[tuple[int, str]]:
    """The versions and states of the other effects to the same address, in order."""
    if row.version == 1 and not row.attempts:
        return []  # the first one, for the first time: nothing earlier, and nothing overtakes it
    given = {name: getattr(row, name) for name in (*_ADDRESS, "version")}
    found = _OTHERS.run(connection, given)
    return [(each.version, each.state) for each in found]


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
