"""Recurrence rules: the fast-forward changes nothing but the cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.availability import Cause
from collective_booking.icalendar_texts.limits import Budget, Unreadable
from collective_booking.icalendar_texts.rules import Rule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLENTY = 1_000_000
SINCE = datetime(2010, 1, 1, 9)
MONDAY, NEXT_MONDAY = datetime(2026, 3, 2), datetime(2026, 3, 9)


def expanded(
    rule: str, start: datetime, low: datetime, high: datetime, budget: Budget | None = None
) -> list[datetime]:
    return list(Rule.parse(rule).clocks(start, low, high, budget or Budget(PLENTY)))


def expanded_plainly(rule: str, start: datetime, low: datetime, high: datetime) -> list[datetime]:
    """What dateutil gives from the true start: obviously right, and slow."""
    # dateutil takes the first day of the week from a global; RFC 5545 says Monday.
    plain = rrulestr(rule if "WKST" in rule else f"{rule};WKST=MO", dtstart=start)
    return [clock for clock in takewhile(lambda clock: clock <= high, plain) if clock >= low]


def _numbers(least: int, most: int, *, negative: bool = False) -> SearchStrategy[str]:
    number = st.integers(least, most)
    if negative:
        number |= st.integers(-most, -least)
    return st.lists(number, min_size=1, max_size=3).map(lambda each: ",".join(map(str, each)))


def _days(*, numbered: bool) -> SearchStrategy[str]:
    day = st.sampled_from(DAYS)
    if numbered:
        day |= st.tuples(st.sampled_from([1, 2, -1, 5]), day).map(
            lambda each: f"{each[0]}{each[1]}"
        )
    return st.lists(day, min_size=1, max_size=4).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules of days and more, with any part that dateutil knows."""
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    by_the_day = {
        "BYHOUR": _numbers(0, 23),
        "BYMINUTE": _numbers(0, 59),
        "BYSECOND": _numbers(0, 59),
        "BYDAY": _days(numbered=frequency in {"YEARLY", "MONTHLY"}),
    }
    by_the_year = {
        "BYMONTH": _numbers(1, 12),
        "BYMONTHDAY": _numbers(1, 31, negative=True),
        "BYYEARDAY": _numbers(1, 366, negative=True),
        "BYWEEKNO": _numbers(1, 53, negative=True),
    }
    parts: dict[str, Any] = {"FREQ": frequency}
    if draw(st.booleans()):
        # No multiple of seven: seven days from a Monday, it is never Tuesday.
        parts["INTERVAL"] = draw(st.integers(1, 6) | st.integers(8, 13))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(DAYS))
    # A rule that never hits anything makes plain dateutil walk to the year 9999, so that
    # contradictions are rare here; a test of their own asks for them.
    for choices, most in ((by_the_day, 2), (by_the_year, 1)):
        for name in draw(st.sets(st.sampled_from(sorted(choices)), max_size=most)):
            parts[name] = draw(choices[name])
    if frequency == "YEARLY" and not {*by_the_day, *by_the_year} & parts.keys():
        parts["BYEASTER"] = draw(_numbers(0, 60, negative=True))
    if "BYDAY" in parts and draw(st.booleans()):
        parts["BYSETPOS"] = draw(st.sampled_from(["1", "-1", "1,2", "-2,1"]))
    if draw(st.integers(0, 2)) == 0:
        parts["COUNT"] = draw(st.integers(1, 60) | st.integers(1, 1000))
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _compare(rule: str, start: datetime, low: datetime, high: datetime) -> None:
    try:
        plain = expanded_plainly(rule, start, low, high)
    except (ValueError, TypeError):
        # dateutil refuses what never happens; we may have looked too short a time to notice.
        with suppress(Unreadable):
            assert not expanded(rule, start, low, high)
        return

    assert expanded(rule, start, low, high) == plain


@settings(max_examples=60)  # of which each may walk through decades, day by day
@given(
    rule=rules(),
    start=st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1)),
    after=st.integers(-40, 2000),
    days=st.integers(1, 400),
)
def test_a_fast_forward_finds_what_a_walk_from_the_true_start_finds(
    rule: str, start: datetime, after: int, days: int
) -> None:
    """COUNT, torn first weeks and intervals must not notice that years were skipped."""
    # Nor does every month have a 29th.
    start = start.replace(
        microsecond=0, day=min(start.day, 28) if "BYMONTH=" in rule else start.day
    )
    low = datetime.combine(start, datetime.min.time()) + timedelta(days=after)

    _compare(rule + _end(rule, low, days), start, low, low + timedelta(days=days))


@st.composite
def small_rules(draw: st.DrawFn) -> dict[str, Any]:
    """Rules below a day, as their parts."""
    parts: dict[str, Any] = {
        "FREQ": draw(st.sampled_from(["HOURLY", "MINUTELY", "SECONDLY"])),
        "INTERVAL": draw(st.integers(1, 30)),
    }
    choices = {
        "BYHOUR": st.sets(st.integers(0, 23), min_size=1),
        "BYMINUTE": st.sets(st.integers(0, 59), min_size=1),
        "BYSECOND": st.sets(st.integers(0, 59), min_size=1),
        "BYDAY": st.sets(st.sampled_from(DAYS), min_size=1),
        "BYMONTH": st.sets(st.integers(2, 4), min_size=1),
        "BYMONTHDAY": st.sets(st.integers(1, 5) | st.integers(-2, -1), min_size=1),
    }
    for name in draw(st.sets(st.sampled_from(sorted(choices)), max_size=3)):
        parts[name] = draw(choices[name])
    if draw(st.booleans()):
        parts["COUNT"] = draw(st.integers(1, 2000))
    return parts


def members(parts: dict[str, Any], start: datetime, high: datetime) -> Iterator[datetime]:
    """Every second that a rule below a day means, each asked by itself: is it in every part?"""
    sizes = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
    size = sizes[parts["FREQ"]]
    first = start - (start - datetime.min) % timedelta(seconds=size)
    minutes = parts.get("BYMINUTE", {start.minute}) if size > 60 else {None}
    seconds = parts.get("BYSECOND", {start.second}) if size > 1 else {None}
    left = parts.get("COUNT", PLENTY)
    while first <= high and left:
        for minute in sorted(minutes):
            for second in sorted(seconds):
                clock = first
                clock = clock if minute is None else clock.replace(minute=minute)
                clock = clock if second is None else clock.replace(second=second)
                if start <= clock <= high and left and _is_member(parts, clock):
                    left -= 1
                    yield clock
        first += timedelta(seconds=size * parts["INTERVAL"])


def _is_member(parts: dict[str, Any], clock: datetime) -> bool:
    next_month = (clock.replace(day=1) + timedelta(days=32)).replace(day=1)
    from_the_end = (clock.date() - next_month.date()).days
    return all(
        name not in parts or bool(parts[name] & shown)
        for name, shown in (
            ("BYHOUR", {clock.hour}),
            ("BYMINUTE", {clock.minute}),
            ("BYSECOND", {clock.second}),
            ("BYDAY", {DAYS[clock.weekday()]}),
            ("BYMONTH", {clock.month}),
            ("BYMONTHDAY", {clock.day, from_the_end}),
        )
    )


@given(
    parts=small_rules(),
    start=st.datetimes(datetime(2026, 2, 27), datetime(2026, 3, 3)),
    after=st.integers(-3600, 60_000),
    seconds=st.integers(1, 20_000),
)
def test_below_a_day_a_fast_forward_finds_every_second_that_is_in_every_part(
    parts: dict[str, Any], start: datetime, after: int, seconds: int
) -> None:
    """There dateutil walks by remainders, and jumps; both must stay on the grid of the start."""
    start = start.replace(microsecond=0)
    low = start + timedelta(seconds=after)
    high = low + timedelta(seconds=seconds)
    if parts["FREQ"] == "HOURLY":
        low, high = start + timedelta(seconds=40 * after), high + timedelta(seconds=40 * after)
    rule = ";".join(
        f"{name}={','.join(map(str, value)) if isinstance(value, set) else value}"
        for name, value in parts.items()
    )
    expected = [clock for clock in members(parts, start, high) if clock >= low]

    try:
        found = expanded(rule, start, low, high)
    except Unreadable:
        found = []  # dateutil refuses what can never happen; it must be right about that

    assert found == expected


def _end(rule: str, low: datetime, days: int) -> str:
    """Lets dateutil, too, stop at the end of what is asked for."""
    end = low + timedelta(days=days)
    return "" if "COUNT" in rule else f";UNTIL={end:%Y%m%dT%H%M%S}"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=MO,WE,FR",  # the first week is torn: it has Friday alone
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=DAILY;INTERVAL=3;BYDAY=MO,TU",
        "FREQ=DAILY;BYHOUR=8,12,20",
        "FREQ=HOURLY;INTERVAL=5;BYDAY=SA",
        "FREQ=HOURLY;INTERVAL=7;BYHOUR=8,9,10",
        "FREQ=MONTHLY;BYDAY=2TU",
    ],
)
@pytest.mark.parametrize("count", [1, 2, 3, 30, 31, 32, 33, 34])
def test_a_count_ends_where_it_ends_from_wherever_one_looks(rule: str, count: int) -> None:
    """Every occurrence that was skipped has to be counted, and none of them twice."""
    rule, start = f"{rule};COUNT={count}", datetime(2026, 1, 2, 9)
    every = expanded_plainly(rule, start, start, datetime(2030, 1, 1))

    assert len(every) == count
    for clock in every:
        assert expanded(rule, start, clock, datetime(2030, 1, 1)) == every[every.index(clock) :]


# --- the cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=100000",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=100000",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=5000",
        "FREQ=HOURLY;BYHOUR=9,10;COUNT=100000",
        "FREQ=YEARLY;BYDAY=MO;BYWEEKNO=10",
    ],
)
def test_sixteen_years_cost_no_more_than_the_week_asked_for(rule: str) -> None:
    """A daily stand-up since 2010 is an honest event, and there are hundreds of them."""
    budget = Budget(PLENTY)

    assert expanded(rule, SINCE, MONDAY, NEXT_MONDAY, budget)
    assert PLENTY - budget.left < 300


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4;COUNT=5",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=999999999",
    ],
)
def test_a_rule_that_brings_forth_nothing_ends_with_the_window(rule: str) -> None:
    """dateutil alone would walk to the year 9999, and for seconds that takes a day."""
    budget = Budget(5_000)

    assert expanded(rule, SINCE, MONDAY, NEXT_MONDAY, budget) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYSETPOS=2",
        "FREQ=DAILY;BYHOUR={hours};BYMINUTE={minutes};BYSECOND={minutes}",
        "FREQ=YEARLY;BYMONTH=6;BYHOUR={hours};BYMINUTE={minutes};BYSECOND={minutes}",
        "FREQ=YEARLY;INTERVAL=1;COUNT=20000;BYDAY=MO,TU,WE;BYSETPOS={positions};BYMONTH=1,2,3",
    ],
)
def test_a_rule_that_brings_forth_too_much_spends_the_budget_and_stops(rule: str) -> None:
    """A few bytes can ask for millions of instances; what is counted cannot hang."""
    listed = {
        name: ",".join(map(str, numbers))
        for name, numbers in (
            ("hours", range(24)),
            ("minutes", range(60)),
            ("positions", range(1, 367)),
        )
    }

    with pytest.raises(Unreadable) as stopped:
        expanded(rule.format(**listed), SINCE, MONDAY, NEXT_MONDAY, Budget(1_000))
    assert stopped.value.cause is Cause.BUDGET


# --- what is no rule -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "DAILY",
        "FREQ=",
        "FREQ=SOMETIMES",
        "FREQ=DAILY;INTERVAL=0",  # dateutil would never come back
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=many",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;WKST=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=0MO",
        "FREQ=WEEKLY;BYDAY=MONDAY",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=5L",
        "FREQ=YEARLY;BYSETPOS=367",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYHOUR=99999999999999999999",
        "FREQ=DAILY;BYMINUTE=٣",
        "FREQ=YEARLY;SKIP=FORWARD",
        "RSCALE=CHINESE;FREQ=YEARLY",
    ],
)
def test_what_is_no_rule_is_refused_before_dateutil_sees_it(rule: str) -> None:
    """Half a rule, followed, would leave the other half free."""
    with pytest.raises(Unreadable):
        Rule.parse(rule)


def test_a_rule_is_read_whatever_its_case_and_blanks() -> None:
    """Old exporters write both, and everybody reads them."""
    assert Rule.parse("freq=weekly; byday=mo,fr;") == Rule.parse("FREQ=WEEKLY;BYDAY=MO,FR")


def test_a_rule_that_dateutil_refuses_is_unreadable() -> None:
    """Every second hour from an odd one never meets eight o'clock; dateutil raises ValueError."""
    with pytest.raises(Unreadable):
        expanded("FREQ=HOURLY;INTERVAL=2;BYHOUR=8", SINCE, MONDAY, NEXT_MONDAY)
