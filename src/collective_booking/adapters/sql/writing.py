"""What a draft writes, over a connection that may write (S1).

Lives here: `commit`, and the claims that a guard has met.
Must not live here: the decision itself (that is `drafts.decide`), transactions, what becomes of
effects once they are written (that is `delivering`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    null,
    select,
    update,
)

from collective_booking.adapters.sql import reading
from collective_booking.adapters.sql.dialects import locking
from collective_booking.adapters.sql.reading import live
from collective_booking.adapters.sql.statements import (
    Insertion,
    Statement,
    StatementOfMembers,
    by,
)
from collective_booking.adapters.sql.tables import (
    appointment_versions,
    appointments,
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
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    Tenure,
    decide,
)
from collective_booking.effects import Effect, Fate
from collective_booking.holds import Hold
from collective_booking.moments import in_microseconds, to_microseconds
from collective_booking.records import write_appointment, write_hold
from collective_booking.slots import Admission


def _own(table: Table) -> ColumnElement[bool]:
    """The row that an UPDATE of *table* is about; parameters named as columns would be set."""
    return and_(table.c.tenant == bindparam("own_tenant"), table.c.id == bindparam("own_id"))


_CALENDAR: Final = {
    shared: Statement(locking(reading.VERSION, shared=shared)) for shared in (True, False)
}
_SUBJECTS: Final = {
    table: select(table.c.version).where(by(table, "tenant", "id"))
    for table in (holds, appointments)
}
_LOCKING_SUBJECTS: Final = {table: Statement(locking(query)) for table, query in _SUBJECTS.items()}
_NEW_SUBJECT: Final = Statement(
    select(*(query.scalar_subquery().label(table.name) for table, query in _SUBJECTS.items()))
)


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
        key = {"tenant": tenant, "slug": subject.calendar}
        version = _CALENDAR[not draft.capped].run(connection, key).scalar()
    reaches = _lock_members(connection, draft) if draft.tenure is not Tenure.SAME else ()
    return _Ledger(connection, draft, version, reaches, _versions(connection, draft))


def _versions(connection: Connection, draft: Draft) -> dict[Table, int]:
    """The stored versions of the hold and the appointment of *draft*, locked if they are there."""
    key = {"tenant": draft.tenant, "id": draft.subject.id}
    if draft.is_new:
        found = _NEW_SUBJECT.run(connection, key).mappings().one()
        return {table: found[table.name] or 0 for table in _SUBJECTS}
    return {
        table: _LOCKING_SUBJECTS[table].run(connection, key).scalar() or 0
        for table, value in ((holds, draft.hold), (appointments, draft.appointment))
        if value is not None
    }


_LOCKING_MEMBERS: Final = StatementOfMembers(
    members.c.member,
    lambda are_these: locking(
        select(members.c.buffer_us, members.c.length_us)
        .where(by(members, "tenant"), are_these)
        .order_by(members.c.member)
    ),
)


def _lock_members(connection: Connection, draft: Draft) -> Sequence[tuple[int, int]]:
    """Lock the members, sorted: the largest buffer and length that each one's claims have had."""
    ids = _ids(draft.subject)
    found = _LOCKING_MEMBERS.run(connection, {"tenant": draft.tenant}, ids)
    return [(row.buffer_us, row.length_us) for row in found]


def _ids(subject: Hold | Appointment) -> list[str]:
    return sorted(member.id for member in subject.snapshot.calendar.members)


def _own_buffer(subject: Hold | Appointment) -> int:
    """The larger of the buffers that *subject* was booked with, and so of all its claims."""
    calendar = subject.snapshot.calendar
    return in_microseconds(max(calendar.buffer_before, calendar.buffer_after))


_NEWS: Final = Statement(select(news.c.id).where(by(news, "tenant", "id")))
_CLAIMED: Final = Statement(select(func.count()).where(by(claims, "tenant", "id"), live(claims)))


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What `decide` reads under the locks of one draft."""

    connection: Connection
    draft: Draft
    version: int | None
    reaches: Sequence[tuple[int, int]]
    versions: Mapping[Table, int]

    def outcome(self, request: Request) -> tuple[str, Outcome] | None:
        return reading.recorded(self.connection, self.draft.tenant, request.id)

    def has_news(self, id: str) -> bool:
        return _NEWS.run(self.connection, self._key(id)).first() is not None

    def calendar_version(self, slug: str) -> int | None:  # noqa: ARG002  # the draft's own
        return self.version

    def hold_version(self, id: str) -> int:  # noqa: ARG002  # the draft's own
        return self.versions[holds]

    def appointment_version(self, id: str) -> int:  # noqa: ARG002  # the draft's own
        return self.versions[appointments]

    def claimed(self, id: str) -> int:
        given = {**self._key(id), "now": to_microseconds(self.draft.now)}
        return _CLAIMED.run(self.connection, given).scalar() or 0

    def _key(self, id: str) -> dict[str, str]:
        return {"tenant": self.draft.tenant, "id": id}

    def claims(self, subject: Hold | Appointment) -> Iterable[Claim]:
        begin, end = subject.slot.bounds
        reach = _own_buffer(subject) + max((buffer for buffer, _ in self.reaches), default=0)
        return reading.near_claims(
            self.connection,
            self.draft.tenant,
            _ids(subject),
            (begin - reach, end + reach),
            max((length for _, length in self.reaches), default=0),
            to_microseconds(self.draft.now),
        )

    def counted(self, subject: Hold | Appointment) -> Iterable[Counted]:
        now = to_microseconds(self.draft.now)
        return reading.counted(
            self.connection, self.draft.tenant, subject.calendar, subject.slot, now
        )


_DELETING_LAPSED: Final = StatementOfMembers(
    claims.c.member,
    lambda are_these: delete(claims).where(
        by(claims, "tenant"), are_these, claims.c.expires_us <= bindparam("now")
    ),
)
_CLAIMING_FOR_GOOD: Final = Statement(
    update(claims).where(_own(claims)).values(held=bindparam("held"), expires_us=null())
)
_DELETING_OWN: Final = {
    table: Statement(delete(table).where(by(table, "tenant", "id"))) for table in (claims, counts)
}
_INSERTING: Final = {
    table: Insertion(table)
    for table in (holds, appointments, appointment_versions, counts, requests, news)
}
_CLAIMING: Final = Insertion(claims, "member", "exclusive")
_TELLING: Final = Insertion(
    outbox, "key", "appointment", "version", "channel", "recipient", "attempts", "failure"
)


def _write_claims(connection: Connection, draft: Draft, ledger: _Ledger) -> None:
    if draft.tenure is not Tenure.SAME:
        _free_of_lapsed(connection, draft)
    if draft.tenure is Tenure.FOR_GOOD:
        own = {"own_tenant": draft.tenant, "own_id": draft.subject.id}
        _CLAIMING_FOR_GOOD.run(connection, {**own, "held": int(draft.appointment is None)})
    elif draft.tenure is not Tenure.SAME:
        _delete_own(connection, draft, claims)
        if draft.tenure is Tenure.ANEW and (taken := draft.claims):
            _take(connection, draft, ledger, taken)


def _free_of_lapsed(connection: Connection, draft: Draft) -> None:
    """Delete what lapsed holds have claimed of the members, who are locked (S3).

    Whoever judged has not counted it; the guard of the database, which knows no clock, would.
    """
    given = {"tenant": draft.tenant, "now": to_microseconds(draft.now)}
    _DELETING_LAPSED.run(connection, given, _ids(draft.subject))


def _delete_own(connection: Connection, draft: Draft, table: Table) -> None:
    """Delete what the subject of *draft* has in *table*, unless it is new."""
    if not draft.is_new:
        own = {"tenant": draft.tenant, "id": draft.subject.id}
        _DELETING_OWN[table].run(connection, own)


def _take(connection: Connection, draft: Draft, ledger: _Ledger, taken: Sequence[Claim]) -> None:
    buffer, length = _own_buffer(draft.subject), in_microseconds(draft.subject.slot.duration)
    # Of each of them: whoever shares but one with this draft looks as far as that one reaches.
    if any(known < buffer or longest < length for known, longest in ledger.reaches):
        _widen(connection, draft, buffer, length)
    one = taken[0]  # they differ in whose they are, and whether that one shares it
    start, end = one.interval.bounds
    given = {
        "tenant": draft.tenant,
        "id": one.id,
        "start_us": start,
        "end_us": end,
        "before_us": in_microseconds(one.buffer_before),
        "after_us": in_microseconds(one.buffer_after),
        "held": int(one.held),
        "expires_us": None if draft.until is None else to_microseconds(draft.until),
    }
    _CLAIMING.run(connection, given, [(each.member, int(each.exclusive)) for each in taken])


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
    _delete_own(connection, draft, counts)
    if draft.counted is not None:
        row = {
            "tenant": draft.tenant,
            "id": draft.subject.id,
            "slug": draft.subject.calendar,
            "start_us": to_microseconds(draft.counted.start),
            "expires_us": None if draft.until is None else to_microseconds(draft.until),
        }
        _INSERTING[counts].run(connection, row)


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
    _INSERTING[appointment_versions].run(connection, {**version, "record": record})


def _key(subject: Hold | Appointment) -> dict[str, Any]:
    return {
        "tenant": subject.tenant,
        "id": subject.id,
        "slug": subject.calendar,
        "calendar_version": subject.snapshot.version,
        "version": subject.version,
    }


_UPDATING: Final = {
    table: Statement(
        update(table)
        .where(_own(table))
        .values({each.name: bindparam(each.name) for each in table.columns})
    )
    for table in (holds, appointments)
}


def _put(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert the first version of something, or update it to a later one."""
    if row["version"] == 1:
        _INSERTING[table].run(connection, row)
    else:
        own = {"own_tenant": row["tenant"], "own_id": row["id"]}
        _UPDATING[table].run(connection, {**row, **own})


def _write_effects(connection: Connection, draft: Draft) -> None:
    if not draft.effects:
        return
    due = to_microseconds(draft.now)
    given = {"tenant": draft.tenant, "state": str(Fate.WAITING), "due_us": due}
    _TELLING.run(connection, given, [_effect_row(effect) for effect in draft.effects])


def _effect_row(effect: Effect) -> tuple[Any, ...]:
    return (
        effect.key,
        effect.appointment,
        effect.version,
        str(effect.channel),
        effect.recipient,
        effect.attempts,
        effect.failure,
    )


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
        _INSERTING[requests].run(connection, row)
    if draft.news is not None:
        row = {"tenant": draft.tenant, "id": draft.news, "made_us": made}
        _INSERTING[news].run(connection, row)


_LONGEST: Final = Statement(select(func.max(members.c.length_us)).where(by(members, "tenant")))


def in_the_way(connection: Connection, draft: Draft) -> list[Claim]:
    """The exclusive claims that overlap what *draft* claims: whom its guard has met (S2)."""
    mine = {claim.member for claim in draft.claims if claim.exclusive}
    length = _LONGEST.run(connection, {"tenant": draft.tenant}).scalar()
    found = reading.near_claims(
        connection,
        draft.tenant,
        sorted(mine),
        draft.subject.slot.bounds,
        length or 0,
        to_microseconds(draft.now),
    )
    return [each for each in found if each.exclusive and each.id != draft.subject.id]
