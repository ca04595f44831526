"""Holds and appointments as plain data, and back: nothing is lost on the way to a column."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given

from collective_booking.appointments import Appointment
from collective_booking.drafts import StoredCalendar
from collective_booking.holds import Hold
from collective_booking.records import read_appointment, read_hold, write_appointment, write_hold
from collective_booking.testing.strategies import appointments, holds


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
def test_what_was_written_before_bookers_had_a_zone_is_read_still(made: Appointment) -> None:
    """A database outlives the version that wrote it."""
    record = write_appointment(made)
    record["contact"] = record["contact"][:3]

    read = read_appointment(made.tenant, record, stored(made))

    assert read.contact == replace(made.contact, timezone=None)


@given(appointments())
def test_what_is_read_is_written_alike(made: Appointment) -> None:
    record = write_appointment(made)

    assert write_appointment(read_appointment(made.tenant, record, stored(made))) == record
