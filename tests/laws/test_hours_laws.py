"""Hours and wall clocks obey T3 to T5: they agree with looking at the clock, minute by minute."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from collective_booking.errors import CollectiveBookingError, UnreadableTextError
from collective_booking.hours import DAYS, DateRange, OpeningHours, Span, absence, windows
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import (
    DAY,
    FIRST,
    LAST,
    MINUTE,
    first_instant,
    instants,
    local_dates,
    local_day,
    offset_at,
    offsets,
    to_date,
    to_day,
)
from collective_booking.moments import MICROSECOND, to_datetime, to_microseconds
from collective_booking.testing.strategies import changes, date_ranges, opening_hours, spans
from tests.oracles import wall_clock
from tests.strategies import ranges_around


def micros(first: datetime, last: datetime) -> tuple[int, int]:
    return to_microseconds(first), to_microseconds(last)


# --- windows --------------------------------------------------------------------------------------


@given(data=st.data(), change=changes())
def test_somebody_is_open_exactly_when_the_wall_shows_a_time_in_the_rules(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """T3: what no change of the clocks can bend."""
    zone_name, moment = change
    hours = data.draw(opening_hours(moment.date()))
    first, last = data.draw(ranges_around(moment))

    opened = windows(hours, zone_name, *micros(first, last)).merged()

    for minute in wall_clock.minutes_of(first, last):
        assert (minute in opened) == wall_clock.is_open(hours, zone_name, minute), minute


@given(data=st.data(), change=changes())
def test_windows_are_the_runs_of_minutes_that_one_span_of_one_date_shows(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """T5: each start is an anchor of the grid, so the windows count, not only what they cover."""
    zone_name, moment = change
    hours = data.draw(opening_hours(moment.date()))
    first, last = data.draw(ranges_around(moment))

    found = windows(hours, zone_name, *micros(first, last))

    walked = wall_clock.windows(hours, zone_name, first, last)
    assert sorted(zip(found.starts, found.ends, strict=True)) == [micros(*each) for each in walked]
    assert list(found.starts) == sorted(found.starts)


@given(data=st.data(), change=changes())
def test_the_latest_window_that_contains_a_minute_starts_where_walking_back_stops(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """G1: that start is the anchor."""
    zone_name, moment = change
    hours = data.draw(opening_hours(moment.date()))
    minute, _ = data.draw(ranges_around(moment))

    at = to_microseconds(minute)
    found = windows(hours, zone_name, at, at + 1)

    walked = wall_clock.latest_start(hours, zone_name, minute)
    assert max(found.starts, default=None) == (walked and to_microseconds(walked))


@given(data=st.data(), change=changes())
def test_a_window_is_the_same_in_whichever_range_it_is_asked_for(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """A page of a calendar and the whole year must agree, also on the grid."""
    zone_name, moment = change
    hours = data.draw(opening_hours(moment.date()))
    first, last = micros(*data.draw(ranges_around(moment)))
    earlier, later = (data.draw(st.integers(0, 200)) * DAY for _ in range(2))

    narrow = windows(hours, zone_name, first, last)
    wide = windows(hours, zone_name, first - earlier, last + later)

    pairs = zip(wide.starts, wide.ends, strict=True)
    touching = [(start, end) for start, end in pairs if start < last and first < end]
    assert list(zip(narrow.starts, narrow.ends, strict=True)) == touching


@given(data=st.data(), change=changes())
def test_windows_of_one_date_that_overlap_are_one(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """T5: hours that are all of one date, and not over midnight, never overlap."""
    zone_name, moment = change
    first, last = data.draw(ranges_around(moment))
    within = spans().filter(lambda span: span[1] <= 1440)
    week = data.draw(st.lists(st.lists(within, max_size=4).map(tuple), min_size=7, max_size=7))

    found = windows(OpeningHours(tuple(week)), zone_name, *micros(first, last))

    ordered = sorted(zip(found.starts, found.ends, strict=True))
    assert all(early[1] <= late[0] for early, late in pairwise(ordered))


# --- text -----------------------------------------------------------------------------------------


@given(hours=opening_hours())
def test_hours_come_back_from_their_text(hours: OpeningHours) -> None:
    """What an application stores as text is what it had."""
    assert OpeningHours.parse(*hours.rules(), overrides=hours.override_rules()) == hours
    assert eval(repr(hours)) == hours


@st.composite
def written_rules(draw: st.DrawFn) -> tuple[str, set[tuple[int, Span]]]:
    """A rule as people write it, and the spans of weekdays that it means (T4)."""
    first, length = draw(st.integers(0, 6)), draw(st.integers(1, 7))
    days = [(first + step) % 7 for step in range(length)]
    cases: list[Callable[[str], str]] = [str.title, str.lower, str.upper]
    case = draw(st.sampled_from(cases))
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    called = [case(draw(st.sampled_from([DAYS[day], names[day]]))) for day in days]
    dash = draw(st.sampled_from(["-", "–", "—", "‐", " - ", " –"]))
    comma = draw(st.sampled_from([",", ", ", " , "]))
    forms = [comma.join(called)]
    if length > 1:
        forms.append(f"{called[0]}{dash}{called[-1]}")
    if length > 2:
        forms.append(f"{called[1]}{dash}{called[-1]}{comma}{called[0]}")
    if length == 7:
        forms.append(case("Daily"))
    times = draw(st.lists(spans(), min_size=1, max_size=3))
    zero = draw(st.sampled_from(["", "0"]))
    text = comma.join(f"{clock(start, zero)}{dash}{clock(end, zero)}" for start, end in times)
    space = draw(st.sampled_from([" ", "  ", "\t", "\N{NO-BREAK SPACE}"]))
    rule = f"{draw(st.sampled_from(forms))}{space}{text}"
    return rule, {(day, span) for day in days for span in times}


def clock(minute: int, zero: str) -> str:
    """Only the end of the date itself is 24:00; later ends are written as of the next date."""
    hour = minute // 60 if minute <= 1440 else minute // 60 - 24
    return f"{zero if hour < 10 else ''}{hour}:{minute % 60:02}"


@given(written=st.lists(written_rules(), max_size=4))
def test_every_way_to_write_a_rule_means_its_days_and_its_times(
    written: list[tuple[str, set[tuple[int, Span]]]],
) -> None:
    """T4: capitals, full names, lists, ranges that wrap, dashes from a word processor."""
    hours = OpeningHours.parse(*(rule for rule, _ in written))

    meant = set().union(*(spans_meant for _, spans_meant in written))
    assert {(day, span) for day in range(7) for span in hours.week[day]} == meant


@given(written=written_rules(), letter=st.sampled_from(" -:,09Mz\0–٣"), data=st.data())
def test_a_text_is_a_rule_or_it_is_refused(
    written: tuple[str, set[tuple[int, Span]]], letter: str, data: st.DataObject
) -> None:
    """However a rule is mistyped, nothing but our own errors comes out of it."""
    rule, _ = written
    place = data.draw(st.integers(0, len(rule)))
    kept = data.draw(st.sampled_from([place, place + 1, place + 2]))
    text = rule[:place] + letter + rule[kept:]

    try:
        hours = OpeningHours.parse(text)
    except UnreadableTextError:
        return

    assert OpeningHours.parse(*hours.rules()) == hours


@given(text=st.text(alphabet="0123456789-/ TW", max_size=24))
def test_a_text_is_a_range_of_dates_or_it_is_refused(text: str) -> None:
    """The same for time off."""
    try:
        dates = DateRange.parse(text)
    except CollectiveBookingError:
        return

    assert DateRange.parse(str(dates)) == dates


# --- time off and local dates ---------------------------------------------------------------------


@given(data=st.data(), change=changes())
def test_time_off_is_every_minute_that_shows_one_of_its_dates(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """T4: the whole local date, be it 0, 23, 24, 25 or 47 hours long."""
    zone_name, moment = change
    time_off = data.draw(st.lists(date_ranges(moment.date()), max_size=3))
    first, last = data.draw(ranges_around(moment))

    away = absence(time_off, zone_name)

    for minute in wall_clock.minutes_of(first, last):
        assert (minute in away) == wall_clock.is_away(time_off, zone_name, minute), minute


@given(data=st.data(), change=changes())
def test_local_dates_part_all_time_among_them(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """Every instant has exactly one date: dates in a row are as much as the range of them."""
    zone_name, moment = change
    dates = data.draw(date_ranges(moment.date()))
    each = [
        local_dates(zone_name, to_date(day), to_date(day))
        for day in range(to_day(dates.first), to_day(dates.last) + 1)
    ]

    together = local_dates(zone_name, dates.first, dates.last)

    assert sum((one.total for one in each), timedelta()) == together.total
    assert absence([dates], zone_name) == together
    assert IntervalSet.union_of(each) == together


@given(data=st.data(), change=changes())
def test_an_instant_has_the_date_that_the_wall_shows(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """Caps, horizons and notice in days count these (N1 to N3)."""
    zone_name, moment = change
    instant, _ = data.draw(ranges_around(moment))

    day = to_date(local_day(zone_name, to_microseconds(instant)))

    assert day == wall_clock.local_date(zone_name, instant)


@given(data=st.data(), change=changes())
def test_a_date_begins_with_the_first_minute_that_shows_it(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """G2: there the anchor `clock` lies, also where there is no midnight, or two of them."""
    zone_name, moment = change
    day = data.draw(st.integers(-3, 3).map(lambda days: moment.date() + timedelta(days=days)))

    first = to_datetime(first_instant(zone_name, to_day(day)))

    shown = wall_clock.first_minute(zone_name, day)
    assert first == (shown or wall_clock.first_minute(zone_name, day + timedelta(days=1)))


@given(data=st.data(), change=changes())
def test_a_span_of_any_length_shows_as_often_as_the_wall_passes_it(
    data: st.DataObject, change: tuple[str, datetime]
) -> None:
    """Also where a span is longer than the time between two changes."""
    zone_name, moment = change
    midnight = to_day(moment.date()) * DAY
    begins = st.integers(-3 * 1440, 3 * 1440)
    lengths = st.integers(1, 8 * 1440) | st.integers(1, 90)
    drawn = sorted(data.draw(st.lists(st.tuples(begins, lengths), max_size=5)))
    local = [(midnight + s * MINUTE, midnight + (s + n) * MINUTE) for s, n in drawn]

    starts, ends = instants(zone_name, [s for s, _ in local], [e for _, e in local])

    assert starts == sorted(starts)
    first, last = data.draw(ranges_around(moment))
    for minute in wall_clock.minutes_of(first, last):
        at = to_microseconds(minute)
        shown = to_microseconds(wall_clock.wall(zone_name, minute).replace(tzinfo=UTC))
        times = sum(start <= at < end for start, end in zip(starts, ends, strict=True))
        assert times == sum(start <= shown < end for start, end in local), minute


# --- offsets --------------------------------------------------------------------------------------


def places() -> st.SearchStrategy[str]:
    """Any zone that one of the changes is of, and one that was not even whole minutes ahead."""
    return changes().map(lambda change: change[0]) | st.sampled_from(
        ["Africa/Monrovia", "Europe/Amsterdam", "UTC", "America/Caracas"]
    )


def years() -> st.SearchStrategy[int]:
    """Instants of all supported years."""
    return st.integers(FIRST, LAST)


@given(name=places(), bounds=st.lists(years(), min_size=2, max_size=2, unique=True), data=st.data())
def test_offsets_are_what_zoneinfo_says_and_change_only_where_it_does(
    name: str, bounds: list[int], data: st.DataObject
) -> None:
    """They are found by looking every few days, so this looks elsewhere."""
    first = min(bounds)
    last = min(max(bounds), first + data.draw(st.sampled_from([1, DAY, 90 * DAY, 3000 * DAY])))

    found = offsets(name, first, last)

    assert found[0][0] == first
    assert found[-1][1] == last
    for early, late in pairwise(found):
        assert early[1] == late[0]
        assert early[2] != late[2]
        assert ahead_of_utc(name, late[0] - 1) == early[2]
        assert ahead_of_utc(name, late[0]) == late[2]
    for instant in data.draw(st.lists(st.integers(first, last - 1), max_size=20)):
        piece = found[bisect_right(found, (instant, LAST, 0)) - 1]
        assert piece[0] <= instant < piece[1]
        assert piece[2] == ahead_of_utc(name, instant) == offset_at(name, instant)


def ahead_of_utc(name: str, instant: int) -> int:
    ahead = to_datetime(instant).astimezone(ZoneInfo(name)).utcoffset()
    assert ahead is not None
    return ahead // MICROSECOND


@given(name=places(), bounds=st.lists(years(), min_size=3, max_size=3, unique=True))
def test_offsets_of_two_ranges_that_touch_are_those_of_both(name: str, bounds: list[int]) -> None:
    """However time is cut, the clocks change at the same instants."""
    first, middle, last = sorted(bounds)

    early, late = offsets(name, first, middle), offsets(name, middle, last)

    if early[-1][2] == late[0][2]:
        joined = (early[-1][0], late[0][1], late[0][2])
        assert [*early[:-1], joined, *late[1:]] == offsets(name, first, last)
    else:
        assert [*early, *late] == offsets(name, first, last)
