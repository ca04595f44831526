"""What is stored, read back as values.

Lives here: every query, each over a connection that somebody else has begun.
Must not live here: writing, deciding, beginning and ending transactions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, or_, select

from collective_booking.adapters.sql.tables import (
    appointment_versions,
    appointments,
    calendar_versions,
    calendars,
    claims,
    counts,
    holds,
    members,
    outbox,
    requests,
)
from collective_booking.appointments import Appointment, Status
from collective_booking.availability import Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.documents import from_dict
from collective_booking.drafts import (
    Outcome,
    Request,
    StoredCalendar,
    Taken,
    counted_around,
    same_request,
)
from collective_booking.effects import Channel, Effect, Fate
from collective_booking.errors import UnknownBookingError, UnknownCalendarError
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.moments import to_datetime, to_microseconds
from collective_booking.records import read_appointment, read_hold

_MOST_CACHED: Final = 1_000


class Calendars:
    """Calendars that were read once: a version of one never changes (A1)."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], StoredCalendar] = {}

    def of(self, tenant: str, slug: str, version: int, document: str) -> StoredCalendar:
        """The calendar that *document* is."""
        key = (tenant, slug, version)
        stored = self._known.get(key)
        if stored is None:
            stored = StoredCalendar(from_dict(json.loads(document)), version)
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            self._known[key] = stored
        return stored


_DOCUMENT: Final = calendar_versions.c.document


def _joined(table: Any) -> Any:
    """*table* with the calendar of its snapshots."""
    theirs = calendar_versions.c
    return table.join(
        calendar_versions,
        and_(
            theirs.tenant == table.c.tenant,
            theirs.slug == table.c.slug,
            theirs.version == table.c.calendar_version,
        ),
    )


# --- calendars -----------------------------------------------------------------------------------


def calendar(connection: Connection, known: Calendars, tenant: str, slug: str) -> StoredCalendar:
    """The calendar *slug*; raises UnknownCalendarError."""
    mine = calendars.c
    theirs = calendar_versions.c
    both = and_(
        theirs.tenant == mine.tenant, theirs.slug == mine.slug, theirs.version == mine.version
    )
    query = (
        select(mine.version, _DOCUMENT)
        .select_from(calendars.join(calendar_versions, both))
        .where(mine.tenant == tenant, mine.slug == slug)
    )
    row = connection.execute(query).first()
    if row is None:
        raise UnknownCalendarError(slug)
    return known.of(tenant, slug, row.version, row.document)


def kept(
    connection: Connection,
    known: Calendars,
    tenant: str,
    calendar: CollectiveCalendar,
    now: datetime,
) -> tuple[Appointment, ...]:
    """The future appointments that keep members whom *calendar* no longer has (A4)."""
    roster = {member.id for member in calendar.members}
    mine = appointments.c
    query = _appointments().where(
        mine.tenant == tenant,
        mine.slug == calendar.slug,
        mine.status.in_([Status.PENDING, Status.CONFIRMED]),
        mine.end_us > to_microseconds(now),
    )
    found = (_appointment(known, tenant, row) for row in connection.execute(query))
    return tuple(
        each for each in found if not roster.issuperset(member.id for member in each.members)
    )


# --- what is taken -------------------------------------------------------------------------------


def taken(
    connection: Connection,
    tenant: str,
    slug: str,
    ids: Sequence[str],
    window: Interval,
    now: datetime,
) -> Taken:
    """What is claimed of the members *ids* near *window*, and counts to the caps of *slug*."""
    instant = to_microseconds(now)
    reach = connection.execute(
        select(func.max(members.c.buffer_us), func.max(members.c.length_us)).where(
            members.c.tenant == tenant, members.c.member.in_(ids)
        )
    ).one()
    begin, end = window.bounds
    buffer, length = reach[0] or 0, reach[1] or 0
    near = near_claims(connection, tenant, ids, (begin - buffer, end + buffer), length, instant)
    return Taken(tuple(near), tuple(counted(connection, tenant, slug, window, instant)))


def near_claims(
    connection: Connection,
    tenant: str,
    ids: Sequence[str],
    bounds: tuple[int, int],
    length: int,
    now: int,
) -> list[Claim]:
    """The live claims of the members *ids* that meet *bounds*; none is longer than *length*."""
    mine = claims.c
    query = select(claims).where(
        mine.tenant == tenant,
        mine.member.in_(ids),
        mine.start_us > bounds[0] - length,  # so that the index is not read from the beginning
        mine.start_us < bounds[1],
        mine.end_us > bounds[0],
        or_(mine.expires_us.is_(None), mine.expires_us > now),
    )
    return [_claim(row) for row in connection.execute(query)]


def _claim(row: Row[Any]) -> Claim:
    return Claim(
        row.id,
        row.member,
        Interval(to_datetime(row.start_us), to_datetime(row.end_us)),
        to_datetime(row.before_us) - to_datetime(0),
        to_datetime(row.after_us) - to_datetime(0),
        exclusive=bool(row.exclusive),
        held=bool(row.held),
    )


def counted(
    connection: Connection, tenant: str, slug: str, window: Interval, now: int
) -> list[Counted]:
    """What counts to the caps of *slug* around *window* (N3)."""
    begin, end = counted_around(window).bounds
    mine = counts.c
    query = select(mine.id, mine.start_us).where(
        mine.tenant == tenant,
        mine.slug == slug,
        mine.start_us >= begin,
        mine.start_us < end,
        or_(mine.expires_us.is_(None), mine.expires_us > now),
    )
    return [Counted(row.id, to_datetime(row.start_us)) for row in connection.execute(query)]


# --- holds and appointments ----------------------------------------------------------------------


def hold(connection: Connection, known: Calendars, tenant: str, id: str) -> Hold:
    """The hold *id*; raises UnknownBookingError."""
    query = select(holds.c.record, holds.c.slug, holds.c.calendar_version, _DOCUMENT)
    row = connection.execute(
        query.select_from(_joined(holds)).where(holds.c.tenant == tenant, holds.c.id == id)
    ).first()
    if row is None:
        raise UnknownBookingError(id, "hold")
    stored = known.of(tenant, row.slug, row.calendar_version, row.document)
    return read_hold(tenant, json.loads(row.record), stored)


def _appointments(version: int | None = None) -> Any:
    """Appointments as they are now, or as each was at *version*, by their start."""
    mine, theirs = appointments.c, appointment_versions.c
    wanted = mine.version if version is None else version
    both = and_(theirs.tenant == mine.tenant, theirs.id == mine.id, theirs.version == wanted)
    return (
        select(mine.slug, mine.calendar_version, theirs.record, _DOCUMENT)
        .select_from(_joined(appointments).join(appointment_versions, both))
        .order_by(mine.start_us, mine.id)
    )


def _appointment(known: Calendars, tenant: str, row: Row[Any]) -> Appointment:
    stored = known.of(tenant, row.slug, row.calendar_version, row.document)
    return read_appointment(tenant, json.loads(row.record), stored)


def appointment(
    connection: Connection, known: Calendars, tenant: str, id: str, version: int | None = None
) -> Appointment:
    """The appointment *id*, now or at *version*; raises UnknownBookingError."""
    mine = appointments.c
    query = _appointments(version).where(mine.tenant == tenant, mine.id == id)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownBookingError(id, "appointment")
    return _appointment(known, tenant, row)


def appointments_in(
    connection: Connection, known: Calendars, tenant: str, window: Interval, slug: str | None
) -> tuple[Appointment, ...]:
    """The appointments that start in *window*, of calendar *slug* alone if it is given."""
    begin, end = window.bounds
    mine = appointments.c
    query = _appointments().where(
        mine.tenant == tenant, mine.start_us >= begin, mine.start_us < end
    )
    if slug is not None:
        query = query.where(mine.slug == slug)
    return tuple(_appointment(known, tenant, row) for row in connection.execute(query))


def unfinished(connection: Connection, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
    """The ids of the holds that need something at *now*."""
    mine = holds.c
    query = (
        select(mine.id)
        .where(mine.tenant == tenant, mine.wakes_us <= to_microseconds(now))
        .order_by(mine.wakes_us, mine.id)
        .limit(limit)
    )
    return tuple(connection.scalars(query))


def recorded(connection: Connection, tenant: str, id: str) -> tuple[str, Outcome] | None:
    """The fingerprint and the outcome of the request *id*."""
    mine = requests.c
    query = select(mine.fingerprint, mine.subject, mine.version)
    row = connection.execute(query.where(mine.tenant == tenant, mine.id == id)).first()
    return None if row is None else (row.fingerprint, Outcome(row.subject, row.version))


def outcome(connection: Connection, tenant: str, request: Request) -> Outcome | None:
    """What *request* came to; raises RequestReusedError."""
    known = recorded(connection, tenant, request.id)
    return None if known is None else same_request(request, *known)


# --- the outbox ----------------------------------------------------------------------------------


def effect(row: Row[Any]) -> Effect:
    """The effect of *row*."""
    return Effect(
        tenant=row.tenant,
        appointment=row.appointment,
        version=row.version,
        channel=Channel(row.channel),
        recipient=row.recipient,
        attempts=row.attempts,
        failure=row.failure,
    )


def undelivered(connection: Connection, tenant: str) -> tuple[Effect, ...]:
    """The effects that have failed and are not delivered."""
    mine = outbox.c
    query = (
        select(outbox)
        .where(mine.tenant == tenant, mine.state != Fate.DELIVERED, mine.failure != "")
        .order_by(mine.key)
    )
    return tuple(effect(row) for row in connection.execute(query))
