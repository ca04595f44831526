"""What one transaction writes, over a connection that may write.

Lives here: `commit` (S1), and saving calendars.
Must not live here: the decision itself (that is `drafts.decide`), transactions, what becomes of
effects once they are written (that is `delivering`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, case, delete, func, insert, select, update

from collective_booking.adapters.sql import reading
from collective_booking.adapters.sql.dialects import inserting_missing, locking
from collective_booking.adapters.sql.reading import Calendars
from collective_booking.adapters.sql.tables import (
    appointment_versions,
    appointments,
    calendar_versions,
    calendars,
    claims,
    counts,
    holds,
    members,
    news,
    outbox,
    requests,
)
from collective_booking.appointments import Appointment
from collective_booking.availability import Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.documents import to_dict
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Tenure,
    decide,
)
from collective_booking.effects import Effect, Fate
from collective_booking.errors import CalendarChangedError
from collective_booking.holds import Hold
from collective_booking.moments import in_microseconds, to_microseconds
from collective_booking.records import write_appointment, write_hold
from collective_booking.slots import Admission

# --- calendars -----------------------------------------------------------------------------------


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
    mine = calendars.c
    row = select(mine.version).where(mine.tenant == tenant, mine.slug == calendar.slug)
    current: int = connection.execute(locking(connection, row)).scalar_one()
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
    connection.execute(
        update(calendars)
        .where(mine.tenant == tenant, mine.slug == calendar.slug)
        .values(version=current + 1)
    )
    return SavedCalendar(StoredCalendar(calendar, current + 1), changed=True, kept=left)


# --- one draft -----------------------------------------------------------------------------------


def commit(connection: Connection, draft: Draft, admit: Admission | None) -> Outcome | None:
    """Write *draft* if it may be; the order of locks is the same for all (S1)."""
    ledger = _locked(connection, draft, asked=admit is not None)
    if known := decide(draft, admit, ledger):
        return known
    _write_claims(connection, draft, ledger)
    _write_count(connection, draft)
    if draft.hold is not None:
        _write_hold(connection, draft.hold)
    if draft.appointment is not None:
        _write_appointment(connection, draft.appointment)
    _write_effects(connection, draft)
    _write_answers(connection, draft)
    return None


def _locked(connection: Connection, draft: Draft, *, asked: bool) -> _Ledger:
    """Lock the calendar, the members, the hold and the appointment of *draft*, in this order."""
    tenant, subject = draft.tenant, draft.subject
    version: int | None = None
    if asked:
        mine = calendars.c
        row = select(mine.version).where(mine.tenant == tenant, mine.slug == subject.calendar)
        query = locking(connection, row, shared=not draft.capped)
        version = connection.execute(query).scalar_one_or_none()
    reaches = _lock_members(connection, draft) if draft.tenure is not Tenure.SAME else ()
    for table, value in ((holds, draft.hold), (appointments, draft.appointment)):
        if value is not None and value.version > 1:
            theirs = table.c
            held = select(theirs.version).where(theirs.tenant == tenant, theirs.id == value.id)
            connection.execute(locking(connection, held))
    return _Ledger(connection, draft, version, reaches)


def _lock_members(connection: Connection, draft: Draft) -> Sequence[Row[Any]]:
    """Lock the members, sorted, and free them of lapsed holds (S3).

    Each one's `buffer_us` and `length_us` are the largest that any claim of theirs has had.
    """
    ids = _ids(draft.subject)
    mine = members.c
    query = (
        select(mine.buffer_us, mine.length_us)
        .where(mine.tenant == draft.tenant, mine.member.in_(ids))
        .order_by(mine.member)
    )
    reaches = connection.execute(locking(connection, query)).all()
    theirs = claims.c
    connection.execute(
        delete(claims).where(
            theirs.tenant == draft.tenant,
            theirs.member.in_(ids),
            theirs.expires_us <= to_microseconds(draft.now),
        )
    )
    return reaches


def _ids(subject: Hold | Appointment) -> list[str]:
    return sorted(member.id for member in subject.snapshot.calendar.members)


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What `decide` reads under the locks of one draft."""

    connection: Connection
    draft: Draft
    version: int | None
    reaches: Sequence[Row[Any]]

    def outcome(self, request: Request) -> tuple[str, Outcome] | None:
        return reading.recorded(self.connection, self.draft.tenant, request.id)

    def has_news(self, id: str) -> bool:
        mine = news.c
        query = select(mine.id).where(mine.tenant == self.draft.tenant, mine.id == id)
        return self.connection.scalar(query) is not None

    def calendar_version(self, slug: str) -> int | None:  # noqa: ARG002  # the draft's own
        return self.version

    def hold_version(self, id: str) -> int:
        return self._version(holds, id)

    def appointment_version(self, id: str) -> int:
        return self._version(appointments, id)

    def _version(self, table: Table, id: str) -> int:
        mine = table.c
        query = select(mine.version).where(mine.tenant == self.draft.tenant, mine.id == id)
        return self.connection.scalar(query) or 0

    def claimed(self, id: str) -> int:
        mine = claims.c
        query = select(func.count()).where(mine.tenant == self.draft.tenant, mine.id == id)
        return self.connection.scalar(query) or 0

    def claims(self, subject: Hold | Appointment) -> Iterable[Claim]:
        calendar = subject.snapshot.calendar
        own = in_microseconds(max(calendar.buffer_before, calendar.buffer_after))
        begin, end = subject.slot.bounds
        reach = own + max((each.buffer_us for each in self.reaches), default=0)
        return reading.near_claims(
            self.connection,
            self.draft.tenant,
            _ids(subject),
            (begin - reach, end + reach),
            max((each.length_us for each in self.reaches), default=0),
            to_microseconds(self.draft.now),
        )

    def counted(self, subject: Hold | Appointment) -> Iterable[Counted]:
        now = to_microseconds(self.draft.now)
        return reading.counted(
            self.connection, self.draft.tenant, subject.calendar, subject.slot, now
        )


def _write_claims(connection: Connection, draft: Draft, ledger: _Ledger) -> None:
    mine = claims.c
    own = and_(mine.tenant == draft.tenant, mine.id == draft.subject.id)
    if draft.tenure is Tenure.FOR_GOOD:
        held = int(draft.appointment is None)
        connection.execute(update(claims).where(own).values(held=held, expires_us=None))
    elif draft.tenure is not Tenure.SAME:
        if draft.subject.version > 1 or draft.hold is not None:
            connection.execute(delete(claims).where(own))
        if draft.tenure is Tenure.ANEW and draft.claims:
            _take(connection, draft, ledger)


def _take(connection: Connection, draft: Draft, ledger: _Ledger) -> None:
    until = None if draft.until is None else to_microseconds(draft.until)
    rows = [_claim_row(draft.tenant, claim, until) for claim in draft.claims]
    buffer = max(max(row["before_us"], row["after_us"]) for row in rows)
    length = in_microseconds(draft.subject.slot.duration)
    # Of each of them: whoever shares but one with this draft looks as far as that one reaches.
    if any(each.buffer_us < buffer or each.length_us < length for each in ledger.reaches):
        _widen(connection, draft, buffer, length)
    # RETURNING makes one INSERT of many rows of it, instead of many statements.
    connection.execute(insert(claims).returning(claims.c.member), rows)


def _claim_row(tenant: str, claim: Claim, until: int | None) -> dict[str, Any]:
    start, end = claim.interval.bounds
    return {
        "tenant": tenant,
        "member": claim.member,
        "id": claim.id,
        "start_us": start,
        "end_us": end,
        "before_us": in_microseconds(claim.buffer_before),
        "after_us": in_microseconds(claim.buffer_after),
        "exclusive": int(claim.exclusive),
        "held": int(claim.held),
        "expires_us": until,
    }


def _widen(connection: Connection, draft: Draft, buffer: int, length: int) -> None:
    """Let everybody who looks near these members' claims look as far as these reach."""
    mine = members.c
    wider = {mine.buffer_us: buffer, mine.length_us: length}
    connection.execute(
        update(members)
        .where(mine.tenant == draft.tenant, mine.member.in_(_ids(draft.subject)))
        .values({known: case((known < new, new), else_=known) for known, new in wider.items()})
    )


def _write_count(connection: Connection, draft: Draft) -> None:
    mine = counts.c
    if draft.subject.version > 1 or draft.hold is not None:
        own = and_(mine.tenant == draft.tenant, mine.id == draft.subject.id)
        connection.execute(delete(counts).where(own))
    if draft.counted is not None:
        row = {
            "tenant": draft.tenant,
            "id": draft.subject.id,
            "slug": draft.subject.calendar,
            "start_us": to_microseconds(draft.counted.start),
            "expires_us": None if draft.until is None else to_microseconds(draft.until),
        }
        connection.execute(insert(counts), row)


def _write_hold(connection: Connection, hold: Hold) -> None:
    row = {
        **_key(hold),
        "wakes_us": None if hold.wakes is None else to_microseconds(hold.wakes),
        "record": json.dumps(write_hold(hold)),
    }
    _put(connection, holds, row)


def _write_appointment(connection: Connection, appointment: Appointment) -> None:
    start, end = appointment.slot.bounds
    key = _key(appointment)
    _put(
        connection,
        appointments,
        {**key, "status": str(appointment.status), "start_us": start, "end_us": end},
    )
    version = {name: key[name] for name in ("tenant", "id", "version")}
    record = json.dumps(write_appointment(appointment))
    connection.execute(insert(appointment_versions), {**version, "record": record})


def _key(subject: Hold | Appointment) -> dict[str, Any]:
    return {
        "tenant": subject.tenant,
        "id": subject.id,
        "slug": subject.calendar,
        "calendar_version": subject.snapshot.version,
        "version": subject.version,
    }


def _put(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert the first version of something, or update it to a later one."""
    if row["version"] == 1:
        connection.execute(insert(table), row)
        return
    mine = table.c
    own = and_(mine.tenant == row["tenant"], mine.id == row["id"])
    connection.execute(update(table).where(own).values(row))


def _write_effects(connection: Connection, draft: Draft) -> None:
    rows = [_effect_row(effect, draft.now) for effect in draft.effects]
    if rows:
        connection.execute(insert(outbox).returning(outbox.c.key), rows)


def _effect_row(effect: Effect, now: datetime) -> dict[str, Any]:
    return {
        "tenant": effect.tenant,
        "key": effect.key,
        "appointment": effect.appointment,
        "version": effect.version,
        "channel": str(effect.channel),
        "recipient": effect.recipient,
        "state": Fate.WAITING,
        "due_us": to_microseconds(now),
        "attempts": effect.attempts,
        "failure": effect.failure,
    }


def _write_answers(connection: Connection, draft: Draft) -> None:
    made = to_microseconds(draft.now)
    if draft.request is not None:
        row = {
            "tenant": draft.tenant,
            "id": draft.request.id,
            "fingerprint": draft.request.fingerprint,
            "subject": draft.outcome.subject,
            "version": draft.outcome.version,
            "made_us": made,
        }
        connection.execute(insert(requests), row)
    if draft.news is not None:
        row = {"tenant": draft.tenant, "id": draft.news, "made_us": made}
        connection.execute(insert(news), row)


def in_the_way(connection: Connection, draft: Draft) -> list[Claim]:
    """The exclusive claims that overlap what *draft* claims: whom its guard has met (S2)."""
    mine = {claim.member for claim in draft.claims if claim.exclusive}
    length = connection.scalar(
        select(func.max(members.c.length_us)).where(members.c.tenant == draft.tenant)
    )
    found = reading.near_claims(
        connection,
        draft.tenant,
        sorted(mine),
        draft.subject.slot.bounds,
        length or 0,
        to_microseconds(draft.now),
    )
    return [each for each in found if each.exclusive and each.id != draft.subject.id]
