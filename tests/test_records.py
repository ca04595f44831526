"""Holds and appointments as plain data, and back: nothing is lost on the way to a column."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.appointments import (
    Appointment,
    Change,
    Contact,
    Happening,
    Snapshot,
    Status,
)
from collective_booking.drafts import StoredCalendar
from collective_booking.holds import Hold, HoldState
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.money import Money
from collective_booking.payments import Payment, PaymentState
from collective_booking.records import read_appointment, read_hold, write_appointment, write_hold
from tests import strategies_calendars

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
words = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)
    .map(str.strip)
    .filter(bool)
)
money = st.builds(Money, st.integers(1, 10**9), st.sampled_from(["EUR", "JPY", "KWD"]))
contacts = st.builds(
    Contact,
    name=words,
    email=st.sampled_from(["kim@example.com", "ünï@example.com"]),
    phone=st.none() | st.just("+34 600 000 000"),
)
payments = st.builds(
    Payment,
    money=money,
    state=st.sampled_from(PaymentState),
    reference=st.none() | words,
    action=st.none() | words,
    received=st.none() | money,
    refund=st.none() | money,
    failures=st.integers(0, 99),
    again=st.none() | instants,
)
changes = st.builds(Change, st.integers(1, 99), instants, st.sampled_from(Happening), words)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    made = draw(strategies_calendars.calendars())
    return Snapshot(
        calendar=made,
        version=draw(st.integers(1, 99)),
        owner=made.owner,
        organizer=draw(st.none() | st.just("bookings@example.com")),
        assign_contact=draw(st.booleans()),
    )


def is_chosen(location: MeetingLocation) -> bool:
    return location.kind is not LocationKind.BOOKER


@st.composite
def shared(draw: st.DrawFn) -> dict[str, Any]:
    """What holds and appointments have in common."""
    snapshot = draw(snapshots())
    return {
        "tenant": draw(words),
        "id": draw(words),
        "snapshot": snapshot,
        "slot": snapshot.slot(draw(instants)),
        "contact": draw(contacts),
        "title": draw(words),
        "notes": draw(st.lists(words, max_size=3).map("\n".join)),
        "location": draw(st.none() | strategies_calendars.locations().filter(is_chosen)),
        "version": draw(st.integers(1, 99)),
        "verified": draw(st.booleans()),
    }


def appointments() -> SearchStrategy[Appointment]:
    def made(told: dict[str, Any], own: dict[str, Any]) -> Appointment:
        return Appointment(**told | own)

    own = st.fixed_dictionaries(
        {
            "uid": words,
            "status": st.sampled_from(Status),
            "sequence": st.integers(0, 99),
            "paid": st.none() | money,
            "history": st.lists(changes, min_size=1, max_size=4).map(tuple),
        }
    )
    return st.builds(made, shared(), own)


def holds() -> SearchStrategy[Hold]:
    def made(told: dict[str, Any], own: dict[str, Any], at: datetime, length: timedelta) -> Hold:
        return Hold(**told | own | {"made": at, "expires": at + length})

    own = st.fixed_dictionaries(
        {"state": st.sampled_from(HoldState), "payment": st.none() | payments}
    )
    return st.builds(
        made, shared(), own, instants, st.timedeltas(timedelta(seconds=1), timedelta(days=2))
    )


def stored(subject: Hold | Appointment) -> StoredCalendar:
    return StoredCalendar(subject.snapshot.calendar, subject.snapshot.version)


@given(appointments())
def test_an_appointment_is_read_as_it_was_written(made: Appointment) -> None:
    """Through JSON, to the microsecond, with its whole history."""
    record = json.loads(json.dumps(write_appointment(made)))

    assert read_appointment(made.tenant, record, stored(made)) == made


@given(holds())
def test_a_hold_is_read_as_it_was_written(kept: Hold) -> None:
    """With its payment: a crash must not forget that money is on its way."""
    record = json.loads(json.dumps(write_hold(kept)))

    assert read_hold(kept.tenant, record, stored(kept)) == kept


@given(appointments())
def test_what_is_read_is_written_alike(made: Appointment) -> None:
    record = write_appointment(made)

    assert write_appointment(read_appointment(made.tenant, record, stored(made))) == record
