"""The fake calendars: what they tell of busy time, and what they keep of copies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import UndeliverableError
from collective_booking.intervals import IntervalSet
from collective_booking.testing import FakeProvider, Fault
from tests.bookings import ANA, BEN, HOST, appointment, slot
from tests.testing.calls import at_the_same_time, copy


def test_an_answer_is_clipped_to_the_window_and_loses_nothing_else() -> None:
    """What lies outside the window was not asked for; how a gap came about was (F3, F6)."""
    gap = Unknown(slot("09:00", "12:00"), Cause.UNREADABLE, "odd", "ana.ics", "VEVENT", 7, "u1")
    known = Availability(
        busy=IntervalSet([slot("08:00", "10:30")]),
        tentative=IntervalSet([slot("11:30", "13:00"), slot("14:00", "15:00")]),
        unknown=(gap, replace(gap, interval=slot("15:00", "16:00"))),
        sees_own_copies=True,
    )
    window = slot("10:00", "12:00")

    told = FakeProvider({"ana": known}).availability([ANA, BEN], window)

    assert told["ana"] == Availability(
        busy=IntervalSet([slot("10:00", "10:30")]),
        tentative=IntervalSet([slot("11:30", "12:00")]),
        unknown=(replace(gap, interval=window),),
        sees_own_copies=True,
    )
    assert told["ben"] == Availability()


def test_every_question_is_counted() -> None:
    """One call for each search is a promise to whoever pays for the calendar service."""
    provider = FakeProvider()
    provider.availability([ANA, BEN], slot("09:00", "10:00"))

    assert provider.asked == [(("ana", "ben"), slot("09:00", "10:00"))]


def test_a_calendar_can_be_unreachable_for_some_and_for_some_calls() -> None:
    """A provider asks for all at once, so one who is broken breaks the answer for all (F3)."""
    provider = FakeProvider()
    provider.broken.add("ben")
    provider.faults.plan("availability", Fault.LOST)

    with pytest.raises(ConnectionError):
        provider.availability([ANA, BEN], slot("09:00", "10:00"))
    with pytest.raises(TimeoutError):
        provider.availability([ANA], slot("09:00", "10:00"))
    assert provider.availability([ANA], slot("09:00", "10:00")) == {"ana": Availability()}


def test_copies_are_kept_for_each_member_by_their_uid() -> None:
    """One UID, one copy: what is put again replaces what was there (E2)."""
    provider = FakeProvider()
    uid = appointment().uid
    provider.put(copy(1))
    provider.put(copy(1, BEN))
    provider.update(copy(2))

    assert provider.copies == {"ana": {uid: copy(2)}, "ben": {uid: copy(1, BEN)}}
    provider.remove(copy(3))
    assert provider.copies["ana"] == {}
    assert provider.violations == []


def test_some_take_no_copy_and_some_not_now() -> None:
    """The one becomes a dead letter at once, the other is tried again (E1)."""
    provider = FakeProvider()
    provider.closed.add("ana")
    provider.broken.add("ben")

    with pytest.raises(UndeliverableError):
        provider.put(copy(1))
    with pytest.raises(ConnectionError):
        provider.put(copy(1, BEN))
    assert provider.copies == {}


def test_a_copy_whose_answer_is_lost_is_there_and_its_repetition_is_told() -> None:
    """At least once is not exactly once: this is what receivers have keys for (E1)."""
    provider = FakeProvider()
    provider.faults.plan("put", Fault.AFTER)

    with pytest.raises(TimeoutError):
        provider.put(copy(1))
    assert appointment().uid in provider.copies["ana"]
    provider.put(copy(1))

    assert provider.keys == [copy(1).key] * 2
    assert provider.repeated == [copy(1).key]
    assert provider.violations == []


@pytest.mark.parametrize("method", ["update", "remove"])
def test_changing_what_was_never_put_is_a_violation(method: str) -> None:
    """A put that only seems to have failed does not count: its caller could not know (E1)."""
    provider = FakeProvider()
    provider.faults.plan("put", Fault.AFTER)
    with pytest.raises(TimeoutError):
        provider.put(copy(1))

    getattr(provider, method)(copy(2))

    (told,) = provider.violations
    assert told.startswith(f"{method} {copy(2).key}")


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_copy_after_a_newer_one_is_a_violation(version: int) -> None:
    """Messages keep their order (E1); only a repetition may come late, after a crash."""
    provider = FakeProvider()
    provider.put(copy(version))
    provider.update(copy(3))
    provider.update(copy(version))
    assert provider.violations == []

    provider.put(copy(2 if version == 1 else 1))

    assert len(provider.violations) == 1


def test_other_bytes_under_one_key_are_a_violation() -> None:
    """A receiver that tells repetitions by their keys would never see the second ones."""
    provider = FakeProvider()
    provider.put(copy(1))
    provider.put(copy(1, text=b"other"))

    (told,) = provider.violations
    assert "other bytes" in told


def test_copies_are_left_out_unless_the_service_cannot_tell_them() -> None:
    """For our own appointments the store is the truth; free/busy services cannot know (F6)."""
    for sees in (False, True):
        provider = FakeProvider(sees_own_copies=sees)
        provider.put(copy(1))
        known = provider.availability([ANA, BEN], slot("10:30", "12:00"))

        seen = IntervalSet([slot("10:30", "11:00")] if sees else [])
        assert known["ana"] == Availability(busy=seen, sees_own_copies=sees)
        assert known["ben"] == Availability(sees_own_copies=sees)


def test_threads_lose_no_copy() -> None:
    """Every method may be called from several threads at once."""
    provider = FakeProvider()

    def call(number: int) -> None:
        for each in range(50):
            key = f"{number}-{each}"
            made = replace(appointment(), id=key, uid=f"{key}@{HOST}")
            provider.put(replace(copy(1), key=key, appointment=made))

    at_the_same_time(8, call)

    assert len(provider.copies["ana"]) == len(set(provider.keys)) == 400
    assert provider.violations == provider.repeated == []
