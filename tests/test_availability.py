"""What providers and stores tell of members' time, as plain values."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.errors import InvalidValueError, NaiveDatetimeError, WrongTypeError
from collective_booking.intervals import NEVER, Interval, IntervalSet
from tests.strategies import small_intervals, small_sets

NINE, TEN, ELEVEN = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10, 11))
CALL, LUNCH = Interval(NINE, TEN), Interval(TEN, ELEVEN)
NO_ANSWER: Final = Unknown(CALL, Cause.NO_ANSWER)
BAD_ZONE: Final = Unknown(LUNCH, Cause.ZONE, "Mars/Base", "ana.ics", "VEVENT", 14, "7@example.com")


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def unknowns() -> st.SearchStrategy[Unknown]:
    return st.builds(Unknown, small_intervals(), st.sampled_from(Cause))


def availabilities() -> st.SearchStrategy[Availability]:
    stretches = st.lists(unknowns(), max_size=3).map(tuple)
    return st.builds(Availability, small_sets(), small_sets(), stretches, st.booleans())


# --- what is unknown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unknown", "told"),
    [
        (NO_ANSWER, "no answer"),
        (Unknown(CALL, Cause.SERVICE, "timed out"), "service failed: timed out"),
        (Unknown(CALL, Cause.BUDGET, source="ana.ics"), "too much to read (ana.ics)"),
        (Unknown(CALL, Cause.UNREADABLE, line=3), "unreadable (line 3)"),
        (
            BAD_ZONE,
            "unknown time zone: Mars/Base (ana.ics, VEVENT, line 14, UID 7@example.com)",
        ),
    ],
    ids=str,
)
def test_an_unknown_stretch_says_why_and_where_to_look(unknown: Unknown, told: str) -> None:
    """The person whose file it is must find the line; what there is no word of is left out (F3)."""
    assert str(unknown) == told


def test_a_cause_is_plain_text() -> None:
    """It goes into JSON and logs, and is compared there with what is written here."""
    assert json.dumps([Cause.SERVICE]) == '["service failed"]'
    assert f"{Cause.SERVICE}" == "service failed"


# --- what a provider knows ------------------------------------------------------------------------


def test_a_provider_that_knows_of_nothing_says_so_shortly() -> None:
    """Somebody without any appointments is the most common answer of a test."""
    assert Availability() == Availability(NEVER, NEVER, ())


def test_what_several_sources_know_is_put_together_by_its_kind() -> None:
    """A private and a work calendar: busy in one is busy, and tentative stays apart (F4)."""
    work = Availability(busy=IntervalSet([CALL]), unknown=(NO_ANSWER,))
    private = Availability(
        busy=IntervalSet([LUNCH]), tentative=IntervalSet([CALL]), unknown=(BAD_ZONE,)
    )
    both = work | private

    assert both.busy == IntervalSet([Interval(NINE, ELEVEN)])
    assert both.tentative == IntervalSet([CALL])
    assert both.unknown == (NO_ANSWER, BAD_ZONE)


@pytest.mark.parametrize("sees", [(), (False,), (True,), (False, True), (True, False)], ids=str)
def test_sources_together_see_our_own_copies_if_one_of_them_does(sees: tuple[bool, ...]) -> None:
    """Busy time of both is one set, and nobody can tell any more which of them it is from (F6)."""
    parts = [Availability(busy=IntervalSet([CALL]), sees_own_copies=each) for each in sees]

    assert Availability.union_of(parts).sees_own_copies == any(sees)


def test_whether_a_source_sees_our_own_copies_is_true_or_false() -> None:
    """A text such as "no" would count as true."""
    with pytest.raises(WrongTypeError, match="sees_own_copies must be true or false"):
        Availability(sees_own_copies="no")  # type: ignore[arg-type]  # a slip


def test_the_unknown_stretches_may_come_as_a_list_and_do_not_follow_it() -> None:
    """A provider collects them in a list, and may go on using it."""
    found = [NO_ANSWER]
    availability = Availability(unknown=found)  # type: ignore[arg-type]  # a list will do
    found.clear()

    assert availability.unknown == (NO_ANSWER,)
    assert hash(availability) == hash(Availability(unknown=(NO_ANSWER,)))


@given(st.lists(availabilities(), max_size=4))
def test_many_sources_together_are_two_by_two(parts: list[Availability]) -> None:
    folded = Availability()
    for part in parts:
        folded |= part

    assert Availability.union_of(iter(parts)) == folded


@given(availabilities(), availabilities())
def test_a_second_source_never_frees_anything(one: Availability, other: Availability) -> None:
    both = one | other

    assert one.busy in both.busy
    assert one.tentative in both.tentative
    assert set(one.unknown) <= set(both.unknown)


@given(availabilities())
def test_a_source_that_knows_nothing_adds_nothing(one: Availability) -> None:
    assert one | Availability() == Availability() | one == one


@given(known=availabilities(), window=small_intervals())
def test_what_is_known_within_a_window_is_what_was_known_there(
    known: Availability, window: Interval
) -> None:
    """An answer may not reach beyond its window, and loses nothing inside it (F3)."""
    inside, told = IntervalSet([window]), known.within(window)

    assert told.busy == known.busy & inside
    assert told.tentative == known.tentative & inside
    assert in_doubt(told) == in_doubt(known) & inside
    assert {gap.cause for gap in told.unknown} <= {gap.cause for gap in known.unknown}
    assert told.sees_own_copies is known.sees_own_copies
    assert told.within(window) == told


def in_doubt(known: Availability) -> IntervalSet:
    return IntervalSet(gap.interval for gap in known.unknown)


# --- our own bookings -----------------------------------------------------------------------------


def test_a_claim_is_an_exclusive_appointment_without_buffers_unless_it_says_otherwise() -> None:
    """Forgetting a flag must block too much rather than too little (F7)."""
    claim = Claim("a1", "ana", CALL)

    assert (claim.exclusive, claim.held) == (True, False)
    assert (claim.buffer_before, claim.buffer_after) == (timedelta(), timedelta())


@pytest.mark.parametrize("name", ["id", "member"])
def test_a_claim_names_what_it_is_for_and_whom_it_takes(name: str) -> None:
    """One without an id could never be left out when it is the one being moved (F6)."""
    named: dict[str, Any] = {"id": "a1", "member": "ana", name: ""}

    with pytest.raises(InvalidValueError) as caught:
        Claim(**named, interval=CALL)

    assert caught.value.name == name


@pytest.mark.parametrize("name", ["buffer_before", "buffer_after"])
def test_a_claim_has_no_negative_buffer(name: str) -> None:
    """It would free time that is taken."""
    buffers: dict[str, Any] = {name: -timedelta.resolution}

    with pytest.raises(InvalidValueError) as caught:
        Claim("a1", "ana", CALL, **buffers)

    assert (caught.value.name, caught.value.value) == (name, -timedelta.resolution)


def test_what_counts_to_a_cap_starts_at_a_known_instant() -> None:
    """Its day, week and month in the calendar's zone are found from it (N3)."""
    with pytest.raises(NaiveDatetimeError):
        Counted("a1", datetime(2026, 3, 2, 9))
    with pytest.raises(WrongTypeError):
        Counted("a1", date(2026, 3, 2))  # type: ignore[arg-type]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize(
    "value",
    [
        BAD_ZONE,
        Availability(IntervalSet([CALL]), IntervalSet([LUNCH]), (BAD_ZONE,)),
        Claim("a1", "ana", CALL, timedelta(minutes=5), exclusive=False, held=True),
        Counted("a1", NINE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_survives_copying_and_pickling(value: object, again: Callable[[Any], Any]) -> None:
    """They come from worker processes, and wait in caches."""
    assert again(value) == value
    assert hash(again(value)) == hash(value)
