"""What is stored, read back as values.

Lives here: every query, each over a connection that somebody else has begun. A query is written
once, and stands above the function that asks it.
Must not live here: writing, deciding, beginning and ending transactions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
)

from collective_booking.adapters.sql.statements import Statement, StatementOfMembers, by
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


def _appointments(version: ColumnElement[int]) -> Select[Any]:
    """Appointments as each was at *version*, by their start."""
    mine, theirs = appointments.c, appointment_versions.c
    both = and_(theirs.tenant == mine.tenant, theirs.id == mine.id, theirs.version == version)
    return (
        select(mine.slug, mine.calendar_version, theirs.record, _DOCUMENT)
        .select_from(_joined(appointments).join(appointment_versions, both))
        .order_by(mine.start_us, mine.id)
    )


_CURRENT: Final = _appointments(appointments.c.version)


# --- calendars -----------------------------------------------------------------------------------


VERSION: Final = select(calendars.c.version).where(by(calendars, "tenant", "slug"))
"""The version of a calendar; its row, locked, is the calendar's lock."""
_CALENDAR: Final = Statement(
    select(calendars.c.version, _DOCUMENT)
    .select_from(
        calendars.join(
            calendar_versions,
            and_(
                calendar_versions.c.tenant == calendars.c.tenant,
                calendar_versions.c.slug == calendars.c.slug,
                calendar_versions.c.version == calendars.c.version,
            ),
        )
    )
    .where(by(calendars, "tenant", "slug"))
)


def calendar(connection: Connection, known: Calendars, tenant: str, slug: str) -> StoredCalendar:
    """The calendar *slug*; raises UnknownCalendarError."""
    row = _CALENDAR.run(connection, {"tenant": tenant, "slug": slug}).first()
    if row is None:
        raise UnknownCalendarError(slug)
    return known.of(tenant, slug, row.version, row.document)


_KEPT: Final = Statement(
    _CURRENT.where(
        by(appointments, "tenant", "slug"),
        appointments.c.status.in_([literal(each) for each in Status if each.active]),
        appointments.c.end_us > bindparam("now"),
    )
)


def kept(
    connection: Connection,
    known: Calendars,
    tenant: str,
    calendar: CollectiveCalendar,
    now: datetime,
) -> tuple[Appointment, ...]:
    """The future appointments that keep members whom *calendar* no longer has (A4)."""
    roster = {member.id for member in calendar.members}
    given = {"tenant": tenant, "slug": calendar.slug, "now": to_microseconds(now)}
    found = (_appointment(known, tenant, row) for row in _KEPT.run(connection, given))
    return tuple(
        each for each in found if not roster.issuperset(member.id for member in each.members)
    )


# --- what is taken -------------------------------------------------------------------------------


_REACH: Final = StatementOfMembers(
    members.c.member,
    lambda are_these: select(
        func.max(members.c.buffer_us).label("buffer_us"),
        func.max(members.c.length_us).label("length_us"),
    ).where(by(members, "tenant"), are_these),
)


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
    reach = _REACH.run(connection, {"tenant": tenant}, ids).one()
    begin, end = window.bounds
    buffer, length = reach.buffer_us or 0, reach.length_us or 0
    near = near_claims(connection, tenant, ids, (begin - buffer, end + buffer), length, instant)
    return Taken(tuple(near), tuple(counted(connection, tenant, slug, window, instant)))


def live(table: Table) -> ColumnElement[bool]:
    """Those of *table* that have not lapsed."""
    return or_(table.c.expires_us.is_(None), table.c.expires_us > bindparam("now"))


_NEAR: Final = StatementOfMembers(
    claims.c.member,
    lambda are_these: select(claims).where(
        by(claims, "tenant"),
        are_these,
        claims.c.start_us > bindparam("earliest"),  # or the index is read from the beginning
        claims.c.start_us < bindparam("end"),
        claims.c.end_us > bindparam("begin"),
        live(claims),
    ),
)


def near_claims(
    connection: Connection,
    tenant: str,
    ids: Sequence[str],
    bounds: tuple[int, int],
    length: int,
    now: int,
) -> list[Claim]:
    """The live claims of the members *ids* that meet *bounds*; none is longer than *length*."""
    begin, end = bounds
    given = {
        "tenant": tenant,
        "earliest": begin - length,
        "begin": begin,
        "end": end,
        "now": now,
    }
    return [_claim(row) for row in _NEAR.run(connection, given, ids)]


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


_COUNTED: Final = Statement(
    select(counts.c.id, counts.c.start_us).where(
        by(counts, "tenant", "slug"),
        counts.c.start_us >= bindparam("begin"),
        counts.c.start_us < bindparam("end"),
        live(counts),
    )
)


def counted(
    connection: Connection, tenant: str, slug: str, window: Interval, now: int
) -> list[Counted]:
    """What counts to the caps of *slug* around *window* (N3)."""
    begin, end = counted_around(window).bounds
    given = {"tenant": tenant, "slug": slug, "begin": begin, "end": end, "now": now}
    found = _COUNTED.run(connection, given)
    return [Counted(row.id, to_datetime(row.start_us)) for row in found]


# --- holds and appointments ----------------------------------------------------------------------


_HOLD: Final = Statement(
    select(holds.c.record, holds.c.slug, holds.c.calendar_version, _DOCUMENT)
    .select_from(_joined(holds))
    .where(by(holds, "tenant", "id"))
)


def hold(connection: Connection, known: Calendars, tenant: str, id: str) -> Hold:
    """The hold *id*; raises UnknownBookingError."""
    row = _HOLD.run(connection, {"tenant": tenant, "id": id}).first()
    if row is None:
        raise UnknownBookingError(id, "hold")
    stored = known.of(tenant, row.slug, row.calendar_version, row.document)
    return read_hold(tenant, json.loads(row.record), stored)


_APPOINTMENT: Final = Statement(_CURRENT.where(by(appointments, "tenant", "id")))
_FORMER: Final = Statement(
    _appointments(bindparam("version")).where(by(appointments, "tenant", "id"))
)


def _appointment(known: Calendars, tenant: str, row: Row[Any]) -> Appointment:
    stored = known.of(tenant, row.slug, row.calendar_version, row.document)
    return read_appointment(tenant, json.loads(row.record), stored)


def appointment(
    connection: Connection, known: Calendars, tenant: str, id: str, version: int | None = None
) -> Appointment:
    """The appointment *id*, now or at *version*; raises UnknownBookingError."""
    query = _APPOINTMENT if version is None else _FORMER
    row = query.run(connection, {"tenant": tenant, "id": id, "version": version}).first()
    if row is None:
        raise UnknownBookingError(id, "appointment")
    return _appointment(known, tenant, row)


_BETWEEN: Final = _CURRENT.where(
    by(appointments, "tenant"),
    appointments.c.start_us >= bindparam("begin"),
    appointments.c.start_us < bindparam("end"),
)
_BETWEEN_OF_ALL: Final = Statement(_BETWEEN)
_BETWEEN_OF_ONE: Final = Statement(_BETWEEN.where(by(appointments, "slug")))


def appointments_in(
    connection: Connection, known: Calendars, tenant: str, window: Interval, slug: str | None
) -> tuple[Appointment, ...]:
    """The appointments that start in *window*, of calendar *slug* alone if it is given."""
    begin, end = window.bounds
    query = _BETWEEN_OF_ALL if slug is None else _BETWEEN_OF_ONE
    given = {"tenant": tenant, "begin": begin, "end": end, "slug": slug}
    return tuple(_appointment(known, tenant, row) for row in query.run(connection, given))


_UNFINISHED: Final = Statement(
    select(holds.c.id)
    .where(by(holds, "tenant"), holds.c.wakes_us <= bindparam("now"))
    .order_by(holds.c.wakes_us, holds.c.id)
    .limit(bindparam("most"))
)


def unfinished(connection: Connection, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
    """The ids of the holds that need something at *now*."""
    given = {"tenant": tenant, "now": to_microseconds(now), "most": limit}
    return tuple(_UNFINISHED.run(connection, given).scalars())


_RECORDED: Final = Statement(
    select(requests.c.fingerprint, requests.c.subject, requests.c.version).where(
        by(requests, "tenant", "id")
    )
)


def recorded(connection: Connection, tenant: str, id: str) -> tuple[str, Outcome] | None:
    """The fingerprint and the outcome of the request *id*."""
    row = _RECORDED.run(connection, {"tenant": tenant, "id": id}).first()
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


_UNDELIVERED: Final = Statement(
    select(outbox)
    .where(by(outbox, "tenant"), outbox.c.state != Fate.DELIVERED, outbox.c.failure != "")
    .order_by(outbox.c.key)
)


def undelivered(connection: Connection, tenant: str) -> tuple[Effect, ...]:
    """The effects that have failed and are not delivered."""
    return tuple(effect(row) for row in _UNDELIVERED.run(connection, {"tenant": tenant}))
