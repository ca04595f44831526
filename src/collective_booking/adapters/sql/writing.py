"""What a draft writes, over a connection that may write (S1).

Lives here: `commit`, and the claims that a guard has met.
Must not live here: the decision itself (that is `drafts.decide`), transactions, what becomes of
effects once they are written (that is `delivering`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
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
_READING_SUBJECTS: Final = {table: Statement(query) for table, query in _SUBJECTS.items()}


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
    versions = {
        table: _version_of(connection, _LOCKING_SUBJECTS[table], tenant, value.id)
        for table, value in ((holds, draft.hold), (appointments, draft.appointment))
        if value is not None and value.version > 1
    }
    return _Ledger(connection, draft, version, reaches, versions)


def _version_of(connection: Connection, query: Statement, tenant: str, id: str) -> int:
    return query.run(connection, {"tenant": tenant, "id": id}).scalar() or 0


_LOCKING_MEMBERS: Final = StatementOfMembers(
    members.c.member,
    lambda are_these: locking(
        select(members.c.buffer_us, members.c.length_us)
        .where(by(members, "tenant"), are_these)
        .order_by(members.c.member)
    ),
)


def _lock_members(connection: Connection, draft: Draft) -> Sequence[Row[Any]]:
    """Lock the members, sorted: the largest buffer and length that each one's claims have had."""
    ids = _ids(draft.subject)
    return _LOCKING_MEMBERS.run(connection, {"tenant": draft.tenant}, ids).all()


def _ids(subject: Hold | Appointment) -> list[str]:
    return sorted(member.id for member in subject.snapshot.calendar.members)


_NEWS: Final = Statement(select(news.c.id).where(by(news, "tenant", "id")))
_CLAIMED: Final = Statement(select(func.count()).where(by(claims, "tenant", "id"), live(claims)))


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What `decide` reads under the locks of one draft."""

    connection: Connection
    draft: Draft
    version: int | None
    reaches: Sequence[Row[Any]]
    versions: Mapping[Table, int]

    def outcome(self, request: Request) -> tuple[str, Outcome] | None:
        return reading.recorded(self.connection, self.draft.tenant, request.id)

    def has_news(self, id: str) -> bool:
        return _NEWS.run(self.connection, self._key(id)).first() is not None

    def calendar_version(self, slug: str) -> int | None:  # noqa: ARG002  # the draft's own
        return self.version

    def hold_version(self, id: str) -> int:
        return self._version(holds, id)

    def appointment_version(self, id: str) -> int:
        return self._version(appointments, id)

    def _version(self, table: Table, id: str) -> int:
        if table in self.versions:
            return self.versions[table]
        return _version_of(self.connection, _READING_SUBJECTS[table], self.draft.tenant, id)

    def claimed(self, id: str) -> int:
        given = {**self._key(id), "now": to_microseconds(self.draft.now)}
        return _CLAIMED.run(self.connection, given).scalar() or 0

    def _key(self, id: str) -> dict[str, str]:
        return {"tenant": self.draft.tenant, "id": id}

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
    for table in (
        holds,
        appointments,
        appointment_versions,
        claims,
        counts,
        requests,
        news,
        outbox,
    )
}


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
    until = None if draft.until is None else to_microseconds(draft.until)
    rows = [_claim_row(draft.tenant, claim, until) for claim in taken]
    buffer = max(max(row["before_us"], row["after_us"]) for row in rows)
    length = in_microseconds(draft.subject.slot.duration)
    # Of each of them: whoever shares but one with this draft looks as far as that one reaches.
    if any(each.buffer_us < buffer or each.length_us < length for each in ledger.reaches):
        _widen(connection, draft, buffer, length)
    _INSERTING[claims].run(connection, rows)


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
    _delete_own(connection, draft, counts)
    if draft.counted is not None:
        row = {
            "tenant": draft.tenant,
            "id": draft.subject.id,
            "slug": draft.subject.calendar,
            "start_us": to_microseconds(draft.counted.start),
            "expires_us": None if draft.until is None else to_microseconds(draft.until),
        }
        _INSERTING[counts].run(connection, [row])


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
    _INSERTING[appointment_versions].run(connection, [{**version, "record": record}])


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
        _INSERTING[table].run(connection, [row])
    else:
        own = {"own_tenant": row["tenant"], "own_id": row["id"]}
        _UPDATING[table].run(connection, {**row, **own})


def _write_effects(connection: Connection, draft: Draft) -> None:
    rows = [_effect_row(effect, draft.now) for effect in draft.effects]
    if rows:
        _INSERTING[outbox].run(connection, rows)


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
        _INSERTING[requests].run(connection, [row])
    if draft.news is not None:
        row = {"tenant": draft.tenant, "id": draft.news, "made_us": made}
        _INSERTING[news].run(connection, [row])


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
