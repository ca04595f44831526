"""Stretches of time and sets of them, one story each."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from collective_booking.errors import (
    EmptyIntervalError,
    InvalidValueError,
    NaiveDatetimeError,
    OutOfRangeError,
    UnreadableTextError,
    WrongTypeError,
)
from collective_booking.intervals import ALWAYS, NEVER, Interval, IntervalSet
from collective_booking.moments import (
    BEGINNING,
    END,
    MICROSECOND,
    isoformat,
    to_datetime,
    to_microseconds,
)

BERLIN: Final = ZoneInfo("Europe/Berlin")
NEW_YORK: Final = ZoneInfo("America/New_York")
NINE, TEN, ELEVEN, NOON = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10, 11, 12))
CALL: Final = Interval(NINE, TEN)
MORNING: Final = IntervalSet([Interval(NINE, NOON)])
HOUR: Final = timedelta(hours=1)


class Stamp(datetime):
    """What some libraries hand out: a datetime, and more."""

    nanosecond = 7


class Undecided(tzinfo):
    """A zone that does not say how far it is from UTC."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, moment: datetime | None) -> str:
        return "undecided"


def named(**cases: Callable[..., object]) -> list[Any]:
    """Cases whose names a failing test shows, where a lambda has none."""
    return [pytest.param(case, id=name) for name, case in cases.items()]


USES_OF_A_MOMENT: Final = named(
    interval_start=lambda moment: Interval(moment, TEN),
    interval_end=lambda moment: Interval(NINE - HOUR, moment),
    pair_start=lambda moment: IntervalSet.from_pairs([(moment, TEN)]),
    pair_end=lambda moment: IntervalSet.from_pairs([(NINE - HOUR, moment)]),
    in_interval=lambda moment: moment in CALL,
    in_set=lambda moment: moment in MORNING,
    at=MORNING.at,
    to_microseconds=to_microseconds,
    isoformat=isoformat,
)
NO_MOMENTS: Final = [date(2026, 3, 2), "2026-03-02T09:00Z", 1772442000.0, 1772442000, True, None]
NO_INTERVALS: Final = [NINE, "2026-03-02T09:00Z/PT1H", (NINE, TEN), slice(NINE, TEN), 0, MORNING]
NO_DURATIONS: Final = [60, 1.5, "1h", None, NINE]


# --- one stretch ----------------------------------------------------------------------------------


def test_an_interval_has_its_start_and_not_its_end() -> None:
    """Two meetings back to back share no instant, so one room serves both."""
    assert NINE in CALL
    assert TEN - MICROSECOND in CALL
    assert TEN not in CALL
    assert not CALL.overlaps(Interval(TEN, ELEVEN))


def test_an_interval_is_kept_in_utc_whatever_zone_it_came_in() -> None:
    """Equal stretches must be equal values, or a set of them holds duplicates."""
    told_in_berlin = Interval(NINE.astimezone(BERLIN), TEN.astimezone(NEW_YORK))

    assert told_in_berlin == CALL
    assert hash(told_in_berlin) == hash(CALL)
    assert told_in_berlin.start.tzinfo is UTC


def test_an_hour_is_missing_when_clocks_go_forward() -> None:
    """The wall says two hours; a meeting that long would not fit."""
    night = Interval(
        datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN), datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)
    )

    assert night.duration == HOUR


def test_an_interval_may_end_at_an_earlier_wall_time_than_it_starts() -> None:
    """When clocks go back, 02:45 is followed by 02:15: comparing walls would call this empty."""
    first = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)
    second = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1)
    interval = Interval(first, second)

    assert interval.duration == timedelta(minutes=30)
    assert IntervalSet.from_pairs([(first, second)]) == IntervalSet([interval])


def test_the_repeated_hour_is_two_hours() -> None:
    """The same wall time means two instants, and only `fold` tells them apart."""
    once = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    again = once.replace(fold=1)
    between = Interval(once, again)

    assert between.duration == HOUR
    assert once in between
    assert again not in between
    assert again not in IntervalSet([between])


def test_a_skipped_wall_time_is_read_with_the_offset_before_the_gap() -> None:
    """02:30 never was on that night's clocks; it means the instant they would have shown it."""
    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN)

    assert isoformat(skipped) == "2026-03-29T01:30:00Z"


def test_an_interval_over_a_skipped_time_can_be_empty_though_the_wall_says_otherwise() -> None:
    """02:30, skipped, is 03:30 summer time: that is after 03:00, so nothing is left."""
    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN)

    with pytest.raises(EmptyIntervalError):
        Interval(skipped, datetime(2026, 3, 29, 3, tzinfo=BERLIN))


def test_a_subclass_of_datetime_becomes_a_plain_one() -> None:
    """What it carries besides, nanoseconds say, would let equal stretches differ later."""
    interval = Interval(Stamp(2026, 3, 2, 9, tzinfo=UTC), Stamp(2026, 3, 2, 10, tzinfo=UTC))

    assert type(interval.start) is type(interval.end) is datetime
    assert interval == CALL


def test_an_interval_cannot_be_changed() -> None:
    """A value that was valid when it was made stays so for everyone who holds it."""
    with pytest.raises(FrozenInstanceError):
        CALL.end = NOON  # type: ignore[misc]


def test_intervals_sort_by_start_and_then_by_end() -> None:
    """A list of meetings sorted is an agenda."""
    later, longer = Interval(TEN, ELEVEN), Interval(NINE, NOON)

    assert sorted([later, longer, CALL]) == [CALL, longer, later]


def test_an_interval_equals_nothing_but_an_interval() -> None:
    """The set of one stretch is another type with other operators, and not equal to it."""
    others: list[object] = [(NINE, TEN), str(CALL), IntervalSet([CALL]), None]

    assert CALL not in others


def test_an_interval_is_not_ordered_beside_other_things() -> None:
    """Python's own error is right here: there is no order to speak of."""
    with pytest.raises(TypeError):
        assert CALL < (NINE, TEN)  # type: ignore[operator]


# --- text -----------------------------------------------------------------------------------------


def test_an_interval_prints_as_iso_8601_in_utc() -> None:
    """Logs and reports are read beside those of other systems."""
    assert str(CALL) == "2026-03-02T09:00:00Z/2026-03-02T10:00:00Z"
    assert repr(CALL) == "Interval.from_isoformat('2026-03-02T09:00:00Z/2026-03-02T10:00:00Z')"


def test_a_set_prints_its_stretches_and_the_empty_one_says_never() -> None:
    """An empty line in a log tells nobody anything."""
    both = IntervalSet([CALL, Interval(ELEVEN, NOON)])

    assert str(both) == f"{CALL},2026-03-02T11:00:00Z/2026-03-02T12:00:00Z"
    assert str(NEVER) == "never"
    assert NEVER.isoformat() == ""


def test_the_repr_of_a_small_set_makes_it_again() -> None:
    """What a failing test prints can be pasted into the next one."""
    four = IntervalSet.from_microseconds(range(0, 40, 10), range(5, 45, 10))

    assert eval(repr(four)) == four
    assert eval(repr(NEVER)) == NEVER


def test_the_repr_of_a_large_set_is_a_summary() -> None:
    """A year of meetings would scroll everything else away."""
    many = IntervalSet.from_microseconds(range(0, 50, 10), range(5, 55, 10))

    assert repr(many) == (
        "<IntervalSet of 5 stretches, 0:00:00.000025 in "
        "1970-01-01T00:00:00Z/1970-01-01T00:00:00.000045Z>"
    )


def test_an_interval_is_read_with_any_offsets() -> None:
    """Whoever writes the text may live anywhere."""
    assert Interval.from_isoformat("2026-03-02T10:00+01:00/2026-03-02T05:00-05:00") == CALL


def test_stretches_in_a_text_may_be_parted_by_spaces_and_line_breaks() -> None:
    """Long lists are wrapped by the people who keep them; a space may also stand for the T."""
    text = "2026-03-02 09:00Z/2026-03-02T10:00Z,\n  2026-03-02T11:00Z/2026-03-02T12:00Z\n"

    assert IntervalSet.from_isoformat(text) == IntervalSet([CALL, Interval(ELEVEN, NOON)])


def test_the_empty_text_is_the_empty_set() -> None:
    """What `isoformat` writes for it must be readable again."""
    assert IntervalSet.from_isoformat("") == NEVER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "tomorrow",
        "2026-03-02T09:00Z",
        "2026-03-02T09:00Z/",
        "2026-03-02T09:00Z/PT1H",
        "2026-03-02T09:00Z/2026-03-02T10:00Z/2026-03-02T11:00Z",
        "2026-02-30T09:00Z/2026-03-02T10:00Z",
    ],
)
def test_a_text_that_is_no_interval_is_quoted_with_one_that_is(text: str) -> None:
    """The person who wrote it sees at once what was expected."""
    with pytest.raises(UnreadableTextError) as caught:
        Interval.from_isoformat(text)

    assert (caught.value.kind, caught.value.text) == ("time interval", text)
    assert Interval.from_isoformat(caught.value.advice.removeprefix("write ")) == CALL


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("2026-03-02T09:00/2026-03-02T10:00", NaiveDatetimeError),
        ("2026-03-02/2026-03-03", NaiveDatetimeError),
        ("2026-03-02T10:00Z/2026-03-02T09:00Z", EmptyIntervalError),
        ("0001-01-01T00:00+14:00/2026-03-02T09:00Z", OutOfRangeError),
    ],
)
def test_a_text_that_can_be_read_is_refused_for_what_it_says(
    text: str, error: type[Exception]
) -> None:
    """Swapped ends are another mistake than a typing error, and need other advice."""
    with pytest.raises(error):
        Interval.from_isoformat(text)


def test_a_naive_moment_is_not_printed_in_the_systems_zone() -> None:
    """It would come out right on the developer's machine, and wrong on the server."""
    with pytest.raises(NaiveDatetimeError):
        isoformat(datetime(2026, 3, 2, 9))


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [None, Undecided()], ids=["none", "undecided"])
@pytest.mark.parametrize("use", USES_OF_A_MOMENT)
def test_a_moment_without_an_offset_is_refused(
    use: Callable[[datetime], object], zone: tzinfo | None
) -> None:
    """Guessing a zone books the wrong hour (T1)."""
    naive = datetime(2026, 3, 2, 9, tzinfo=zone)

    with pytest.raises(NaiveDatetimeError) as caught:
        use(naive)

    assert caught.value.moment is naive


@pytest.mark.parametrize("end", [NINE, NINE - MICROSECOND, NINE.astimezone(BERLIN)], ids=str)
@pytest.mark.parametrize(
    "make",
    named(
        interval=Interval,
        pairs=lambda start, end: IntervalSet.from_pairs([(start, end)]),
        microseconds=lambda start, end: IntervalSet.from_microseconds(
            [0, to_microseconds(start)], [5, to_microseconds(end)]
        ),
    ),
)
def test_what_does_not_end_after_it_starts_is_refused(
    make: Callable[[datetime, datetime], object], end: datetime
) -> None:
    """An empty stretch is mostly two swapped columns, and never a meeting (T1)."""
    with pytest.raises(EmptyIntervalError) as caught:
        make(NINE, end)

    assert (caught.value.start, caught.value.end) == (NINE, end)


@pytest.mark.parametrize("value", NO_MOMENTS, ids=repr)
@pytest.mark.parametrize("use", USES_OF_A_MOMENT)
def test_what_is_no_datetime_is_refused_by_name(value: Any, use: Callable[[Any], object]) -> None:
    """A date or a number would have to be guessed into an instant."""
    with pytest.raises(WrongTypeError) as caught:
        use(value)

    assert caught.value.value is value


@pytest.mark.parametrize("value", [1.0, "1", True, None, NINE])
def test_an_instant_that_is_no_int_is_refused(value: Any) -> None:
    """A float cannot hold today's microseconds exactly beside a fraction, and True is a slip."""
    with pytest.raises(WrongTypeError) as caught:
        IntervalSet.from_microseconds([0, value], [5, 9])

    assert caught.value.value is value


@pytest.mark.parametrize("value", NO_INTERVALS, ids=repr)
@pytest.mark.parametrize(
    "use",
    named(
        stretch=lambda value: IntervalSet([CALL, value]),
        overlaps=CALL.overlaps,
        clip=MORNING.clip,
        complement=MORNING.complement,
        complement_of_never=NEVER.complement,
    ),
)
def test_what_is_no_interval_is_refused_by_name(value: Any, use: Callable[[Any], object]) -> None:
    """Anything with a start and an end, or nothing at all, must not pass for a window."""
    with pytest.raises(WrongTypeError) as caught:
        use(value)

    assert caught.value.value is value


def test_an_empty_set_is_no_window() -> None:
    """Taken for "no window", it would turn nothing into all time."""
    with pytest.raises(WrongTypeError):
        MORNING.complement(NEVER)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [CALL, NINE, {1, 2}, None, 0], ids=repr)
@pytest.mark.parametrize(
    "use",
    named(
        union=lambda value: MORNING | value,
        intersection=lambda value: MORNING & value,
        difference=lambda value: MORNING - value,
        symmetric_difference=lambda value: MORNING ^ value,
        union_of=lambda value: IntervalSet.union_of([value]),
        intersection_of=lambda value: IntervalSet.intersection_of([MORNING, value]),
    ),
)
def test_a_set_of_time_goes_with_sets_of_time_only(value: Any, use: Callable[[Any], Any]) -> None:
    """The message names what stands on the other side."""
    with pytest.raises(WrongTypeError) as caught:
        use(value)

    assert caught.value.value is value


@pytest.mark.parametrize("value", NO_DURATIONS, ids=repr)
@pytest.mark.parametrize("move", [IntervalSet.shift, IntervalSet.pad, IntervalSet.shrink])
def test_a_duration_is_a_timedelta(move: Callable[..., object], value: Any) -> None:
    """A bare 60 is seconds to one reader and minutes to the next."""
    with pytest.raises(WrongTypeError) as caught:
        move(MORNING, value)

    assert caught.value.value is value


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(("move", "meant"), [("pad", "shrink"), ("shrink", "pad")])
def test_a_negative_padding_is_refused_with_the_method_meant(
    move: str, meant: str, side: str
) -> None:
    """Its side must be named as the caller knows it."""
    with pytest.raises(InvalidValueError) as caught:
        getattr(MORNING, move)(**{side: -HOUR})

    assert caught.value.name == side
    assert caught.value.advice.endswith(f"use {meant}")


@pytest.mark.parametrize("pair", [(), (NINE,), (NINE, TEN, NOON), CALL, NINE, None], ids=str)
def test_a_pair_is_two_moments(pair: Any) -> None:
    """Three moments here and one there would pair up across each other, and nobody would know."""
    with pytest.raises(WrongTypeError) as caught:
        IntervalSet.from_pairs([(NINE, TEN), pair])

    assert caught.value.value is pair


def test_there_are_as_many_ends_as_starts() -> None:
    """A column cut short would otherwise drop somebody's meeting."""
    with pytest.raises(InvalidValueError) as caught:
        IntervalSet.from_microseconds([0, 10], [5])

    assert caught.value.value == (2, 1)


def test_strings_are_not_read_where_text_was_not_asked_for() -> None:
    """And where it is asked for, nothing else will do."""
    with pytest.raises(WrongTypeError):
        Interval.from_isoformat(NINE)  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError):
        IntervalSet.from_isoformat(NINE)  # type: ignore[arg-type]


# --- the ends of time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "far",
    [
        datetime.max.replace(tzinfo=timezone(-HOUR)),
        datetime.min.replace(tzinfo=timezone(HOUR)),
        datetime.max.replace(tzinfo=NEW_YORK),
        datetime.min.replace(tzinfo=BERLIN),
    ],
    ids=str,
)
def test_a_moment_that_utc_cannot_hold_is_out_of_range(far: datetime) -> None:
    """`datetime.max` stands for "for ever" in many programs, and overflows in half the zones."""
    start, end = sorted([NINE, far], key=to_microseconds)

    with pytest.raises(OutOfRangeError):
        Interval(start, end)
    with pytest.raises(OutOfRangeError):
        IntervalSet.from_pairs([(start, end)])
    with pytest.raises(OutOfRangeError):
        isoformat(far)


def test_a_moment_out_of_range_is_simply_not_in_there() -> None:
    """Asking is harmless, and the answer is known."""
    far = datetime.max.replace(tzinfo=timezone(-HOUR))

    assert far not in CALL
    assert far not in ALWAYS
    assert ALWAYS.at(far) is None


@pytest.mark.parametrize(("start", "end"), [(BEGINNING - 1, 0), (0, END + 1), (10**30, 10**31)])
def test_an_instant_that_no_datetime_can_hold_is_out_of_range(start: int, end: int) -> None:
    """It could be computed with, and then never be shown."""
    with pytest.raises(OutOfRangeError):
        IntervalSet.from_microseconds([start], [end])


@pytest.mark.parametrize("microseconds", [BEGINNING - 1, END + 1, 10**30])
def test_no_datetime_is_made_of_such_an_instant(microseconds: int) -> None:
    """The error is ours, so one `except` is enough."""
    with pytest.raises(OutOfRangeError):
        to_datetime(microseconds)


@pytest.mark.parametrize("by", [timedelta(days=3_000_000), timedelta.min, timedelta.max], ids=str)
def test_a_set_cannot_be_shifted_out_of_time(by: timedelta) -> None:
    """Cutting it off in silence would change how long it is."""
    with pytest.raises(OutOfRangeError):
        MORNING.shift(by)


def test_a_set_can_be_shifted_right_up_to_the_ends_of_time() -> None:
    """The limit itself is not beyond the limit."""
    first, last = to_datetime(BEGINNING), to_datetime(END)

    assert MORNING.shift(first - NINE)[0].start == first
    assert MORNING.shift(last - NOON)[0].end == last
    assert ALWAYS.shift(timedelta()) == ALWAYS


def test_the_empty_set_can_be_shifted_anywhere() -> None:
    """There is nothing in it that could leave."""
    assert NEVER.shift(timedelta.max) == NEVER


def test_padding_stops_at_the_ends_of_time() -> None:
    """A padding without end is how to say "and everything after it"."""
    assert MORNING.pad(timedelta.max, timedelta.max) == ALWAYS
    assert ALWAYS.pad(HOUR, HOUR) == ALWAYS
    (whole,) = ALWAYS
    assert whole.pad(HOUR, HOUR) == whole
    assert next(iter(MORNING)).pad(timedelta.max, timedelta.max) == whole


def test_an_interval_is_not_shrunk_by_padding_it() -> None:
    """A negative amount is somebody's mistake in a subtraction."""
    with pytest.raises(InvalidValueError, match=r"after cannot be .*: give zero or more"):
        next(iter(MORNING)).pad(after=-HOUR)


def test_all_time_does_not_shrink() -> None:
    """Nothing lies outside it that could come closer."""
    assert ALWAYS.shrink(HOUR, HOUR) == ALWAYS


def test_all_time_can_be_shown_and_read_again() -> None:
    """It is what an intersection of no sets prints in a log."""
    assert IntervalSet.from_isoformat(str(ALWAYS)) == ALWAYS
    assert list(ALWAYS) == [Interval(to_datetime(BEGINNING), to_datetime(END))]


# --- sets -----------------------------------------------------------------------------------------


def test_no_sets_share_all_time_and_cover_none_of_it() -> None:
    """Nobody's hours are no constraint, and nobody's meetings take no time (T2)."""
    assert IntervalSet.intersection_of([]) == ALWAYS
    assert IntervalSet.union_of([]) == NEVER


def test_one_who_is_never_free_leaves_nothing_to_share() -> None:
    """A set without stretches means never, and not "no constraint" (T2)."""
    assert IntervalSet.intersection_of([MORNING, NEVER, ALWAYS]) == NEVER


def test_where_one_takes_over_from_another_two_are_there_throughout() -> None:
    """Somebody there all morning, and two who relieve each other: one stretch, without a seam."""
    first, second = IntervalSet([CALL]), IntervalSet([Interval(TEN, NOON)])

    assert list(IntervalSet.at_least(2, [MORNING, first, second])) == [Interval(NINE, NOON)]


@pytest.mark.parametrize("count", [0, -1])
def test_none_or_more_is_not_asked_for(count: int) -> None:
    """All time is in at least none of them, which is nobody's question."""
    with pytest.raises(InvalidValueError) as caught:
        IntervalSet.at_least(count, [MORNING])

    assert caught.value.value == count


def test_touching_stretches_become_one() -> None:
    """Free from nine to ten and from ten to noon is free from nine to noon."""
    assert IntervalSet([Interval(TEN, NOON), CALL]) == MORNING


def test_stretches_a_microsecond_apart_stay_two() -> None:
    """Nothing is rounded away."""
    parted = IntervalSet([CALL, Interval(TEN + MICROSECOND, NOON)])

    assert len(parted) == 2
    assert parted.gaps().total == MICROSECOND


def test_the_named_methods_are_the_operators() -> None:
    """Some readers prefer words."""
    call = IntervalSet([CALL])

    assert MORNING.union(call) == MORNING | call
    assert MORNING.intersection(call) == MORNING & call
    assert MORNING.difference(call) == MORNING - call
    assert MORNING.symmetric_difference(call) == MORNING ^ call


def test_padding_merges_what_it_makes_meet() -> None:
    """With half an hour around each, two calls an hour apart leave no gap."""
    calls = IntervalSet([CALL, Interval(ELEVEN, NOON)])
    padded = calls.pad(before=HOUR / 2, after=HOUR / 2)

    assert list(padded) == [Interval(NINE - HOUR / 2, NOON + HOUR / 2)]


def test_shrinking_drops_what_is_too_short() -> None:
    """An hour has no room for an hour and a microsecond of preparation."""
    assert IntervalSet([CALL]).shrink(before=HOUR - MICROSECOND).total == MICROSECOND
    assert IntervalSet([CALL]).shrink(before=HOUR) == NEVER


def test_the_stretch_around_a_moment_is_found() -> None:
    """To say until when somebody is busy, it takes the whole stretch."""
    assert MORNING.at(TEN) == Interval(NINE, NOON)
    assert MORNING.at(NOON) is None


def test_a_set_tells_how_long_it_is_and_where_it_lies() -> None:
    """A report needs both, and the empty set has neither a first nor a last instant."""
    calls = IntervalSet([CALL, Interval(ELEVEN, NOON)])

    assert (calls.total, calls.span) == (2 * HOUR, Interval(NINE, NOON))
    assert (NEVER.total, NEVER.span) == (timedelta(), None)


def test_stretches_are_had_by_their_place() -> None:
    """The first and the last are asked for most."""
    calls = IntervalSet([Interval(ELEVEN, NOON), CALL])

    assert (calls[0], calls[-1]) == (CALL, Interval(ELEVEN, NOON))
    with pytest.raises(IndexError):
        calls[2]


def test_a_set_can_be_made_of_generators() -> None:
    """Rows come from a cursor, once."""
    rows = ((start, start + HOUR) for start in (NINE, TEN, ELEVEN))
    sets = (IntervalSet([Interval(start, end)]) for start, end in list(rows))

    assert IntervalSet.union_of(sets) == MORNING
    assert IntervalSet(CALL for _ in range(3)) == IntervalSet([CALL])
    assert IntervalSet.from_microseconds(iter([5, 0]), iter([9, 2])).starts == (0, 5)


def test_a_set_does_not_follow_the_lists_it_was_made_of() -> None:
    """What a caller does with its own list later is its own business."""
    stretches, starts, ends = [CALL], [9, 0], [12, 5]
    made, counted = IntervalSet(stretches), IntervalSet.from_microseconds(starts, ends)
    stretches.clear()
    starts.append(3)

    assert list(made) == [CALL]
    assert (counted.starts, counted.ends) == ((0, 9), (5, 12))
    assert (starts, ends) == ([9, 0, 3], [12, 5])


def test_a_set_cannot_be_changed() -> None:
    """It is a key in caches, so it must stay what it was."""
    with pytest.raises(FrozenInstanceError):
        MORNING.starts = ()  # type: ignore[misc]


def test_equal_sets_are_one_key() -> None:
    """A cache by hours must be hit by whoever has the same hours."""
    again = IntervalSet([CALL, Interval(TEN, NOON)])

    assert {MORNING: "morning"}[again] == "morning"


def test_sets_have_no_order() -> None:
    """`<` could mean "is part of" or "comes before", so it means nothing."""
    with pytest.raises(TypeError):
        assert MORNING < ALWAYS  # type: ignore[operator]


@pytest.mark.parametrize("value", [CALL, MORNING, NEVER, ALWAYS], ids=str)
@pytest.mark.parametrize(
    "again",
    named(
        copied=copy.copy,
        deeply=copy.deepcopy,
        pickled=lambda value: pickle.loads(pickle.dumps(value)),
    ),
)
def test_values_survive_copying_and_pickling(value: object, again: Callable[[Any], Any]) -> None:
    """They cross to worker processes and into caches."""
    assert again(value) == value
    assert repr(again(value)) == repr(value)
    assert hash(again(value)) == hash(value)


def test_a_hundred_thousand_stretches_are_ordinary() -> None:
    """A team's year is that large; nothing may be quadratic, and no instant may get lost."""
    chance = random.Random(7)
    starts = [chance.randrange(10**12) for _ in range(100_000)]
    ends = [start + chance.randrange(1, 10**7) for start in starts]
    busy = IntervalSet.from_microseconds(starts, ends)
    window = Interval(to_datetime(0), to_datetime(2 * 10**12))
    free = busy.complement(window)

    assert len(busy) > 10_000
    assert all(a < b for a, b in pairwise(busy.ends[:-1]))
    assert all(to_datetime(start) in busy for start in starts[:1000])
    assert busy.total + free.total == window.duration
    assert busy | free == IntervalSet([window])
    assert not busy & free
