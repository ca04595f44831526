"""Weekly hours, overrides and time off: one story each, most with a day that surprises."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from collective_booking.errors import OutOfRangeError
from collective_booking.hours import DateRange, OpeningHours, Windows, absence, windows
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import DAY, FIRST, LAST
from collective_booking.moments import to_microseconds

ALWAYS_OPEN: Final = OpeningHours.parse("daily 00:00-24:00")
OFFICE: Final = OpeningHours.parse("Mon-Fri 09:00-17:00")


def windows_on(hours: OpeningHours, timezone: str, first: str, last: str) -> list[str]:
    """The windows between two instants, as text, one by one."""
    found = windows(hours, timezone, instant(first), instant(last))
    pairs = zip(found.starts, found.ends, strict=True)
    return [str(IntervalSet.from_microseconds([start], [end])) for start, end in pairs]


def open_on(hours: OpeningHours, timezone: str, first: str, last: str) -> str:
    """The time between two instants that is open, as text."""
    start, end = instant(first), instant(last)
    return str(windows(hours, timezone, start, end).merged().between(start, end))


def instant(text: str) -> int:
    return to_microseconds(datetime.fromisoformat(text).replace(tzinfo=UTC))


# --- the day that surprises -----------------------------------------------------------------------


def test_hours_follow_the_wall_clock_over_a_clock_change() -> None:
    """Nine o'clock stays nine o'clock, so an hour of UTC is lost or won (T3)."""
    hours = OpeningHours.parse("daily 09:00-10:00")

    assert windows_on(hours, "America/New_York", "2026-10-30", "2026-10-31") == [
        "2026-10-30T13:00:00Z/2026-10-30T14:00:00Z"
    ]
    assert windows_on(hours, "America/New_York", "2026-11-02", "2026-11-03") == [
        "2026-11-02T14:00:00Z/2026-11-02T15:00:00Z"
    ]


def test_a_window_over_the_skipped_hour_is_shorter() -> None:
    """At 02:00 it is 03:00, so the wall never shows the second half of it (T3)."""
    hours = OpeningHours.parse("daily 01:30-02:30")

    assert windows_on(hours, "America/New_York", "2026-03-08", "2026-03-09") == [
        "2026-03-08T06:30:00Z/2026-03-08T07:00:00Z"
    ]


def test_a_window_over_part_of_the_doubled_hour_comes_twice() -> None:
    """From 01:30 the wall shows half an hour of it, then 01:00 again, which is not open (T3)."""
    hours = OpeningHours.parse("daily 01:30-02:30")

    assert windows_on(hours, "America/New_York", "2026-11-01", "2026-11-02") == [
        "2026-11-01T05:30:00Z/2026-11-01T06:00:00Z",
        "2026-11-01T06:30:00Z/2026-11-01T07:30:00Z",
    ]


def test_a_window_inside_the_skipped_hour_does_not_exist_that_day() -> None:
    hours = OpeningHours.parse("daily 02:00-03:00")

    assert not windows_on(hours, "America/New_York", "2026-03-08", "2026-03-09")


def test_a_night_is_an_hour_shorter_or_longer_and_stays_one_window() -> None:
    """One window is one anchor: the grid of the night does not start again at the change."""
    hours = OpeningHours.parse("daily 00:00-06:00")

    assert windows_on(hours, "America/New_York", "2026-03-08T05:00", "2026-03-09") == [
        "2026-03-08T05:00:00Z/2026-03-08T10:00:00Z"
    ]
    assert windows_on(hours, "America/New_York", "2026-11-01T04:00", "2026-11-02") == [
        "2026-11-01T04:00:00Z/2026-11-01T11:00:00Z"
    ]


def test_a_date_that_the_calendar_skipped_is_not_open() -> None:
    """Samoa went from 29 to 31 December 2011: Thursday, then Saturday."""
    fridays = OpeningHours.parse("Fri 09:00-17:00")
    daily = OpeningHours.parse("daily 22:00-02:00")

    assert not windows_on(fridays, "Pacific/Apia", "2011-12-29", "2012-01-01")
    # Thursday's night ends where Friday would begin; Friday's runs into Saturday.
    assert windows_on(daily, "Pacific/Apia", "2011-12-30T08:00", "2011-12-30T13:00") == [
        "2011-12-30T08:00:00Z/2011-12-30T10:00:00Z",
        "2011-12-30T10:00:00Z/2011-12-30T12:00:00Z",
    ]


def test_a_day_without_a_midnight_opens_when_it_begins() -> None:
    """Cairo's 24 April 2026 begins at 01:00."""
    hours = OpeningHours.parse("Fri 00:00-09:00")

    assert windows_on(hours, "Africa/Cairo", "2026-04-23", "2026-04-25") == [
        "2026-04-23T22:00:00Z/2026-04-24T06:00:00Z"
    ]


def test_a_date_that_comes_back_brings_its_hours_back() -> None:
    """In Newfoundland, at 00:01 of 29 October 2006, it was 23:01 of the 28th again.

    So a range that begins on the 29th shows the end of what began on the 27th, and one that ends on
    the 28th shows the first minute of the 29th.
    """
    nights = OpeningHours.parse("Fri 23:30-23:30")
    sundays = OpeningHours.parse("Sun 00:00-00:30")
    zone = "America/St_Johns"

    assert windows_on(nights, zone, "2006-10-29T02:30", "2006-10-29T04:00") == [
        "2006-10-29T02:31:00Z/2006-10-29T03:00:00Z"
    ]
    assert windows_on(sundays, zone, "2006-10-29T02:00", "2006-10-29T02:32") == [
        "2006-10-29T02:30:00Z/2006-10-29T02:31:00Z"
    ]


def test_two_zones_meet_on_instants_not_on_dates() -> None:
    """Tuesday at nine in Sydney is Monday at four in Los Angeles."""
    sydney, los_angeles = (
        windows(OFFICE, zone, instant("2026-06-01"), instant("2026-06-02")).merged()
        for zone in ("Australia/Sydney", "America/Los_Angeles")
    )

    assert str(sydney & los_angeles) == "2026-06-01T23:00:00Z/2026-06-02T00:00:00Z"


# --- nights, midnights and weeks ------------------------------------------------------------------


def test_hours_over_midnight_are_the_same_time_in_one_rule_or_in_two() -> None:
    """But not the same windows: midnight is an anchor of the second way (T5)."""
    one = OpeningHours.parse("daily 22:30-02:00")
    two = OpeningHours.parse("daily 22:30-24:00", "daily 00:00-02:00")
    night = ("Europe/London", "2026-01-12T12:00", "2026-01-13T12:00")

    assert windows_on(one, *night) == ["2026-01-12T22:30:00Z/2026-01-13T02:00:00Z"]
    assert windows_on(two, *night) == [
        "2026-01-12T22:30:00Z/2026-01-13T00:00:00Z",
        "2026-01-13T00:00:00Z/2026-01-13T02:00:00Z",
    ]
    assert open_on(one, *night) == open_on(two, *night)


def test_a_night_belongs_to_the_date_it_starts_on() -> None:
    """Friday night runs into Saturday, and nothing runs into Friday (T4)."""
    hours = OpeningHours.parse("Fri 22:00-02:00")

    assert windows_on(hours, "UTC", "2026-10-05", "2026-10-12") == [
        "2026-10-09T22:00:00Z/2026-10-10T02:00:00Z"
    ]


def test_days_may_wrap_over_the_weekend() -> None:
    hours = OpeningHours.parse("Fri-Mon 09:00-10:00")

    opened = windows_on(hours, "UTC", "2026-10-05", "2026-10-12")

    assert [each[:10] for each in opened] == [
        "2026-10-05",
        "2026-10-09",
        "2026-10-10",
        "2026-10-11",
    ]


def test_an_end_at_the_start_is_a_day_later() -> None:
    """T4: at or before the start."""
    hours = OpeningHours.parse("Mon 09:00-09:00")

    assert windows_on(hours, "UTC", "2026-10-05", "2026-10-12") == [
        "2026-10-05T09:00:00Z/2026-10-06T09:00:00Z"
    ]


def test_round_the_clock_is_one_stretch_and_an_anchor_every_midnight() -> None:
    found = windows(ALWAYS_OPEN, "UTC", instant("2026-10-05"), instant("2026-10-08"))

    assert found.starts == [instant(f"2026-10-0{day}") for day in (5, 6, 7)]
    assert str(found.merged()) == "2026-10-05T00:00:00Z/2026-10-08T00:00:00Z"


def test_a_break_at_noon_makes_two_windows() -> None:
    hours = OpeningHours.parse("Mon 08:00-12:00, 12:30-17:30")

    assert windows_on(hours, "UTC", "2026-10-05", "2026-10-06") == [
        "2026-10-05T08:00:00Z/2026-10-05T12:00:00Z",
        "2026-10-05T12:30:00Z/2026-10-05T17:30:00Z",
    ]


def test_windows_of_one_date_that_overlap_are_one_and_those_of_two_dates_are_not() -> None:
    """T5, with the night of the fifth and the morning of the sixth."""
    hours = OpeningHours.parse("daily 08:00-12:00", "daily 11:00-13:00", "daily 22:00-09:00")

    assert windows_on(hours, "UTC", "2026-10-06T07:00", "2026-10-06T10:00") == [
        "2026-10-05T22:00:00Z/2026-10-06T09:00:00Z",
        "2026-10-06T08:00:00Z/2026-10-06T13:00:00Z",
    ]


def test_spans_that_touch_are_two_windows_also_on_one_date() -> None:
    """T5: the grid starts again at noon, and a slot may still lie across it."""
    hours = OpeningHours.parse("Mon 09:00-12:00", "Mon 12:00-17:00")

    assert windows_on(hours, "UTC", "2026-10-05", "2026-10-06") == [
        "2026-10-05T09:00:00Z/2026-10-05T12:00:00Z",
        "2026-10-05T12:00:00Z/2026-10-05T17:00:00Z",
    ]
    assert open_on(hours, "UTC", "2026-10-05", "2026-10-06") == (
        "2026-10-05T09:00:00Z/2026-10-05T17:00:00Z"
    )


def test_a_window_that_began_long_before_the_range_is_whole() -> None:
    """Its start is the anchor, wherever one looks (G1)."""
    hours = OpeningHours.parse("Mon 20:00-22:00", "Mon 21:00-21:00")

    assert windows_on(hours, "UTC", "2026-10-06T20:00", "2026-10-06T20:01") == [
        "2026-10-05T20:00:00Z/2026-10-06T21:00:00Z"
    ]


def test_hours_without_a_rule_are_never_open() -> None:
    """No hours at all would put no constraint; these are hours, and they are empty (T2, T5)."""
    never = OpeningHours.parse()

    assert windows(never, "Europe/Berlin", FIRST, LAST) == Windows([], [])
    assert str(never) == "never"


# --- overrides ------------------------------------------------------------------------------------


def test_an_override_replaces_the_hours_that_start_on_its_date() -> None:
    """T4: on the Monday the afternoon, and on the other days what the week says."""
    hours = OpeningHours.parse(
        "Mon-Tue 09:00-17:00", overrides={"2026-10-05": ["13:00-14:00", "15:00-16:00"]}
    )

    assert windows_on(hours, "UTC", "2026-10-05", "2026-10-12") == [
        "2026-10-05T13:00:00Z/2026-10-05T14:00:00Z",
        "2026-10-05T15:00:00Z/2026-10-05T16:00:00Z",
        "2026-10-06T09:00:00Z/2026-10-06T17:00:00Z",
    ]


def test_an_empty_override_closes_the_date_where_the_member_lives() -> None:
    """Berlin's 5 October, not that of UTC, nor of the viewer."""
    hours = OpeningHours.parse("daily 00:00-24:00", overrides={"2026-10-05": []})

    assert open_on(hours, "Europe/Berlin", "2026-10-04", "2026-10-07") == (
        "2026-10-04T00:00:00Z/2026-10-04T22:00:00Z,2026-10-05T22:00:00Z/2026-10-07T00:00:00Z"
    )


def test_the_night_before_still_runs_into_a_date_that_is_overridden() -> None:
    """T4: it belongs to the date before. Whoever wants the whole date closed takes time off."""
    hours = OpeningHours.parse("daily 22:00-02:00", overrides={"2026-10-05": []})

    assert windows_on(hours, "UTC", "2026-10-04T12:00", "2026-10-06T12:00") == [
        "2026-10-04T22:00:00Z/2026-10-05T02:00:00Z"
    ]


def test_an_override_opens_a_date_that_is_closed() -> None:
    hours = OpeningHours.parse("Mon-Fri 09:00-17:00", overrides={"2026-10-10": ["10:00-12:00"]})

    assert windows_on(hours, "Europe/Berlin", "2026-10-10", "2026-10-11") == [
        "2026-10-10T08:00:00Z/2026-10-10T10:00:00Z"
    ]


def test_several_overrides_of_one_date_unite() -> None:
    """T4, as they come from two sources that do not know each other."""
    christmas_eve = date(2026, 12, 24)

    hours = OpeningHours(
        ((),) * 7, ((christmas_eve, ((540, 600),)), (christmas_eve, ((600, 660), (540, 570))))
    )

    assert hours.overrides == ((christmas_eve, ((540, 570), (540, 600), (600, 660))),)


def test_an_empty_one_among_several_overrides_closes_the_date() -> None:
    """T4: "we are closed" is never meant to be outvoted."""
    either: dict[Any, list[str]] = {"2026-12-24": ["09:00-12:00"], date(2026, 12, 24): []}

    hours = OpeningHours.parse("daily 09:00-17:00", overrides=either)

    assert hours.overrides == ((date(2026, 12, 24), ()),)


# --- time off -------------------------------------------------------------------------------------


def test_time_off_is_whole_local_dates_both_ends_included() -> None:
    """Five dates in Berlin, over whatever hours."""
    away = absence([DateRange.parse("2026-10-05/2026-10-09")], "Europe/Berlin")

    assert str(away) == "2026-10-04T22:00:00Z/2026-10-09T22:00:00Z"


def test_one_date_off_over_a_clock_change_is_25_hours() -> None:
    away = absence([DateRange.parse("2026-10-25")], "Europe/Berlin")

    assert str(away) == "2026-10-24T22:00:00Z/2026-10-25T23:00:00Z"


def test_time_off_that_overlaps_is_one_and_none_is_none() -> None:
    texts = ("2026-10-05/2026-10-07", "2026-10-06/2026-10-08", "2026-10-09")
    away = absence(map(DateRange.parse, texts), "UTC")

    assert str(away) == "2026-10-05T00:00:00Z/2026-10-10T00:00:00Z"
    assert not absence([], "UTC")


def test_ranges_of_dates_are_ordered_as_they_begin() -> None:
    texts = ("2026-10-06", "2026-10-05/2026-10-09", "2026-10-05")

    assert [str(dates) for dates in sorted(map(DateRange.parse, texts))] == [
        "2026-10-05",
        "2026-10-05/2026-10-09",
        "2026-10-06",
    ]


# --- the years that are supported -----------------------------------------------------------------


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"])
def test_windows_at_the_edge_of_the_supported_years_are_whole(timezone: str) -> None:
    """Their starts are anchors, so they must not be cut where the years end."""
    for first, last in ((FIRST, FIRST + 300 * DAY), (LAST - 300 * DAY, LAST)):
        found = windows(ALWAYS_OPEN, timezone, first, last)

        assert found.starts[0] <= first < last <= found.ends[-1]
        assert {end - start for start, end in zip(found.starts, found.ends, strict=True)} <= {
            DAY - DAY // 24,
            DAY,
            DAY + DAY // 24,
        }


@pytest.mark.parametrize(("first", "last"), [(FIRST - 1, FIRST + DAY), (LAST - DAY, LAST + 1)])
def test_windows_beyond_the_supported_years_are_refused(first: int, last: int) -> None:
    """An answer that silently ends with 2199 would read as "closed from there on"."""
    with pytest.raises(OutOfRangeError, match=r"out of range: stay within the years 1900 to 2199$"):
        windows(OFFICE, "Europe/Berlin", first, last)


def test_an_override_beyond_the_supported_years_is_refused() -> None:
    """It is a typo: nobody closes for the Christmas of 20206."""
    with pytest.raises(OutOfRangeError, match=r"^2926-12-24 is out of range: "):
        OpeningHours.parse(overrides={"2926-12-24": []})
