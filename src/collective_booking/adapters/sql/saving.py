"""Saving a calendar: each change is a new version, and the versions before it stay (A1).

Lives here: `save_calendar`, over a connection that may write.
Must not live here: what is booked by a calendar (that is `writing`).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, insert, update

from collective_booking.adapters.sql import reading
from collective_booking.adapters.sql.dialects import inserting_missing, locking
from collective_booking.adapters.sql.reading import Calendars
from collective_booking.adapters.sql.statements import Statement
from collective_booking.adapters.sql.tables import calendar_versions, calendars, members
from collective_booking.calendars import CollectiveCalendar
from collective_booking.documents import to_dict
from collective_booking.drafts import SavedCalendar, StoredCalendar
from collective_booking.errors import CalendarChangedError

_CHANGING: Final = Statement(locking(reading.VERSION))


def save_calendar(
    connection: Connection,
    known: Calendars,
    tenant: str,
    calendar: CollectiveCalendar,
    version: int | None,
    now: datetime,
) -> SavedCalendar:
    """Store *calendar* as a new version, if it differs from what is stored."""
    key = {"tenant": tenant, "slug": calendar.slug}
    connection.execute(inserting_missing(connection, calendars), {**key, "version": 0})
    current: int = _CHANGING.run(connection, key).scalar_one()
    if version is not None and version != current:
        raise CalendarChangedError(calendar.slug)
    left = reading.kept(connection, known, tenant, calendar, now)
    if current:
        before = reading.calendar(connection, known, tenant, calendar.slug)
        if before.calendar == calendar:
            return SavedCalendar(before, changed=False, kept=left)
    people = [
        {"tenant": tenant, "member": id_, "buffer_us": 0, "length_us": 0}
        for id_ in sorted(member.id for member in calendar.members)
    ]
    connection.execute(inserting_missing(connection, members), people)
    document = json.dumps(to_dict(calendar))
    stored = {**key, "version": current + 1, "document": document}
    connection.execute(insert(calendar_versions), stored)
    mine = calendars.c
    own = and_(mine.tenant == tenant, mine.slug == calendar.slug)
    connection.execute(update(calendars).where(own).values(version=current + 1))
    return SavedCalendar(StoredCalendar(calendar, current + 1), changed=True, kept=left)
