"""Many calendars asked in pieces: everybody is told of, everywhere, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.availability import Availability, Cause
from collective_booking.errors import InvalidValueError, ProviderUnavailableError
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.lookups import look_up
from collective_booking.members import Member
from tests.bookings import ANA, BEN, CLEO, MONDAY, at, member, slot

ALL_DAY = Availability(busy=IntervalSet([slot("00:00", "23:00")]))
TEAM = [member(f"m{number}") for number in range(7)]


def everybody_is_busy(members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
    return {each.id: ALL_DAY for each in members}


@given(
    batch=st.integers(1, 9),
    longest=st.none() | st.timedeltas(timedelta(minutes=10), timedelta(days=2)),
    failing=st.sets(st.integers(0, 6)),
)
def test_what_is_not_known_is_unknown_and_nothing_is_free(
    batch: int, longest: timedelta | None, failing: set[int]
) -> None:
    """However it is cut in pieces: each instant of each member is busy or unknown."""

    def question(members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
        if any(TEAM[number] in members for number in failing):
            raise TimeoutError
        return everybody_is_busy(members, window)

    try:
        told = look_up(question, TEAM, MONDAY, batch=batch, longest=longest)
    except ProviderUnavailableError:
        assert failing
        return

    for number, each in enumerate(TEAM):
        unknown = IntervalSet(gap.interval for gap in told[each.id].unknown)
        assert told[each.id].busy | unknown == IntervalSet([MONDAY])
        assert not list(told[each.id].busy & unknown)
        assert number not in failing or not list(told[each.id].busy)


def test_each_question_is_as_large_as_the_service_takes() -> None:
    asked: list[tuple[int, timedelta]] = []

    def question(members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
        asked.append((len(members), window.duration))
        return everybody_is_busy(members, window)

    look_up(question, TEAM, MONDAY, batch=5, longest=timedelta(hours=10))

    short, long = timedelta(hours=4), timedelta(hours=10)
    assert sorted(asked) == [(2, short), (2, long), (5, short), (5, long)]


def test_questions_are_asked_at_once() -> None:
    """One after another, a hundred calendars would take as long as all of their answers."""
    gate = Barrier(3, timeout=30)

    def question(members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
        gate.wait()
        return everybody_is_busy(members, window)

    assert set(look_up(question, [ANA, BEN, CLEO], MONDAY)) == {"ana", "ben", "cleo"}


def test_whom_an_answer_leaves_out_is_unknown() -> None:
    told = look_up(lambda _members, _window: {"ana": Availability()}, [ANA, BEN], MONDAY, batch=2)

    assert told["ana"] == Availability()
    assert [(gap.interval, gap.cause) for gap in told["ben"].unknown] == [(MONDAY, Cause.NO_ANSWER)]


def test_words_of_strange_errors_are_kept_to_themselves() -> None:
    """They may hold addresses and keys; those of our own error are meant to be read."""

    def question(members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
        if ANA in members:
            raise ValueError("https://example.com/?key=secret")
        if BEN in members:
            raise ProviderUnavailableError("Ben's server is away")
        return everybody_is_busy(members, window)

    told = look_up(question, [ANA, BEN, CLEO], MONDAY)

    assert [gap.detail for id_ in ("ana", "ben") for gap in told[id_].unknown] == [
        "",
        "Ben's server is away",
    ]
    with pytest.raises(ProviderUnavailableError, match="Ben's server is away"):
        look_up(question, [ANA, BEN], MONDAY)
    with pytest.raises(ProviderUnavailableError, match=r"ValueError$"):
        look_up(question, [ANA], MONDAY)


def test_nobody_asked_is_nobody_told() -> None:
    assert look_up(everybody_is_busy, [], MONDAY) == {}


@pytest.mark.parametrize(
    ("name", "asked"),
    [("batch", {"batch": 0}), ("longest", {"longest": timedelta()})],
)
def test_pieces_of_nothing_are_refused(name: str, asked: dict[str, object]) -> None:
    with pytest.raises(InvalidValueError, match=name):
        look_up(everybody_is_busy, TEAM, MONDAY, **asked)  # type: ignore[arg-type]


def test_a_window_at_the_end_of_time_is_cut_too() -> None:
    end = Interval.from_isoformat("9999-12-31T00:00Z/9999-12-31T23:00Z")
    told = look_up(everybody_is_busy, [ANA], end, longest=timedelta(days=60))

    assert told["ana"].busy == IntervalSet()
    assert at("00:00") in ALL_DAY.busy
