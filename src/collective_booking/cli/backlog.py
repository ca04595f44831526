"""Who has not been told yet: what waits in the outbox of a database, and what is given up.

Lives here: `Waiting`, and reading it.
Must not live here: delivering (that is the service's), the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from collective_booking.adapters.sql.reading import effect
from collective_booking.adapters.sql.tables import outbox
from collective_booking.effects import Effect, Fate
from collective_booking.moments import to_datetime

if TYPE_CHECKING:
    from collective_booking.adapters.sql import SqlStore


@dataclass(frozen=True, slots=True)
class Waiting:
    """An effect that has not arrived.

    `due` is when it is tried next, None if it is given up; `why` is what failed: itself, or what
    has to arrive before it (E1).
    """

    effect: Effect
    due: datetime | None
    why: str


def backlog(store: SqlStore, tenant: str) -> tuple[Waiting, ...]:
    """What has not arrived: first what is given up, then the others by when they are tried next.

    Unlike what the service lists as undelivered, it has what was never tried too, such as a change
    that waits until what came before it has arrived.
    """
    mine = outbox.c
    query = (
        select(outbox)
        .where(mine.tenant == tenant, mine.state != Fate.DELIVERED)
        .order_by(mine.state == Fate.WAITING, mine.version, mine.key)
    )
    with store.engine.connect() as connection:
        rows = connection.execute(query).all()
    found: list[Waiting] = []
    fronts: dict[tuple[str, str], Waiting] = {}
    for row in rows:
        held = effect(row)
        if row.state != Fate.WAITING:
            found.append(Waiting(held, None, held.failure))
            continue
        own = Waiting(held, to_datetime(row.due_us), held.failure)
        front = fronts.setdefault((held.appointment, held.address), own)
        found.append(Waiting(held, front.due, front.why))
    return tuple(sorted(found, key=lambda each: (each.due is not None, each.due)))
