"""Events that repeat: dates, exceptions, overrides, versions."""

from __future__ import annotations

import pytest

from collective_booking.intervals import NEVER, Interval
from tests.icalendar_texts.texts import YEAR, busy, event, known, times

START = "DTSTART;TZID=Europe/Berlin:20260302T100000"
HOUR = "DURATION:PT1H"
DAILY = "RRULE:FREQ=DAILY;COUNT=4"
MASTER = (START, HOUR, DAILY)
"""Monday to Thursday, 2 to 5 March, 09:00 to 10:00 UTC."""
FOUR = ("02 09:00-10:00", "03 09:00-10:00", "04 09:00-10:00", "05 09:00-10:00")


# --- rules and dates ------------------------------------------------------------------------------


def test_a_rule_keeps_its_wall_time_when_the_clocks_change() -> None:
    """A stand-up at ten stays at ten; in UTC it moves."""
    found = busy(event("DTSTART;TZID=Europe/Berlin:20100101T100000", HOUR, "RRULE:FREQ=DAILY"))

    assert (len(found), str(found[0].start.time()), str(found[-1].start.time())) == (
        31,
        "09:00:00",
        "08:00:00",
    )


def test_occurrences_that_began_before_the_window_reach_into_it() -> None:
    """A night shift of the evening before is work of this morning."""
    night = event("DTSTART:20260101T220000Z", "DURATION:PT8H", "RRULE:FREQ=DAILY")

    assert str(busy(night)[0]) == "2026-03-01T00:00:00Z/2026-03-01T06:00:00Z"


def test_long_occurrences_reach_into_the_window_from_long_before() -> None:
    """A week off that began in February still lasts, whether it is told in days or in hours."""
    for length in ("P5D", "PT120H", "P1DT96H"):
        off = event("DTSTART:20250225T090000Z", f"DURATION:{length}", "RRULE:FREQ=YEARLY")
        assert busy(off) == times("2026-03-01T00:00Z/2026-03-02T09:00Z")


def test_repeated_days_stay_days_and_repeated_hours_stay_hours() -> None:
    """T5 again: what an occurrence inherits is the nature of the length, not its seconds."""
    sunday = ("RRULE:FREQ=DAILY;COUNT=3",)
    whole = busy(event("DTSTART:20260328", "DTEND:20260329", *sunday))
    nightly = event("DTSTART;TZID=Europe/Berlin:20260327T230000", "DTEND:20260328T040000Z", *sunday)

    assert whole == times("2026-03-27T23:00Z/2026-03-30T22:00Z")
    assert {str(each.duration) for each in busy(nightly)} == {"6:00:00"}


@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("DTSTART;TZID=Europe/Berlin:20260302T100000", "20260304T090000Z"),
        ("DTSTART;TZID=Europe/Berlin:20260302T100000", "20260304T100000"),
        ("DTSTART;TZID=Europe/Berlin:20260302T100000", "20260304"),
        ("DTSTART:20260302T100000", "20260304T100000"),
        ("DTSTART:20260302T090000Z", "20260304T090000Z"),
    ],
)
def test_until_is_inclusive_in_each_of_its_forms(start: str, until: str) -> None:
    """In UTC, by the clock, or a date: a series must not lose its last day to the form."""
    assert busy(event(start, HOUR, f"RRULE:FREQ=DAILY;UNTIL={until}")) == times(*FOUR[:3])


def test_until_before_the_last_time_of_its_day_ends_the_day_before() -> None:
    """UTC means UTC: 08:59Z is before 10:00 in Berlin."""
    rule = "RRULE:FREQ=DAILY;UNTIL=20260304T085900Z"

    assert busy(event(START, HOUR, rule)) == times(*FOUR[:2])


@pytest.mark.parametrize("until", ["20260304", "20260303T230000Z", "20260304T000000Z"])
def test_a_series_of_dates_ends_with_the_date_meant(until: str) -> None:
    """Exporters disagree whether a date ends at midnight here or in UTC; the later is safe."""
    found = busy(event("DTSTART:20260302", f"RRULE:FREQ=DAILY;UNTIL={until}"))

    assert found == times("2026-03-01T23:00Z/2026-03-04T23:00Z")


def test_the_start_counts_even_where_the_rule_misses_it() -> None:
    """RFC 5545 leaves it open; whoever sees Monday in the calendar takes Monday for busy."""
    found = busy(event(START, HOUR, "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=1"))

    assert found == times(*FOUR[:2])


def test_added_dates_and_periods_count() -> None:
    """RDATE: times take the event's length, periods have their own."""
    found = busy(
        event(
            START,
            HOUR,
            "RDATE;TZID=America/New_York:20260303T040000,20260304T040000",
            "RDATE;VALUE=PERIOD:20260305T090000Z/PT30M,20260306T090000Z/20260306T091500Z",
        )
    )

    assert found == times(*FOUR[:3], "05 09:00-09:30", "06 09:00-09:15")


def test_a_date_added_to_times_is_the_whole_date() -> None:
    """Nobody says when on that date; all of it is the safe answer."""
    found = busy(event(START, HOUR, "RDATE;VALUE=DATE:20260304"))

    assert found == times(FOUR[0], "2026-03-03T23:00Z/2026-03-04T23:00Z")


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/Berlin:20260303T100000,20260304T100000",
        "EXDATE;TZID=America/New_York:20260303T040000,20260304T040000",
        "EXDATE:20260303T090000Z\nEXDATE:20260304T090000Z",
        "EXDATE;VALUE=DATE:20260303,20260304",
    ],
)
def test_an_exception_is_found_in_whichever_zone_it_is_written(line: str) -> None:
    """What was deleted in one program stays deleted in another."""
    assert busy(event(*MASTER, line)) == times(FOUR[0], FOUR[3])


def test_an_exception_that_cannot_be_read_frees_nothing() -> None:
    """The safe side of a guess."""
    assert busy(event(*MASTER, "EXDATE:garbled")) == times(*FOUR)


def test_a_series_of_dates_in_the_west_ends_with_the_date_as_it_is_written() -> None:
    """In New York, 4 March begins after midnight in UTC, but that is not what was meant."""
    series = event("DTSTART:20260302", "RRULE:FREQ=DAILY;UNTIL=20260304T000000Z")

    assert busy(series, timezone="America/New_York") == times("2026-03-02T05:00Z/2026-03-05T05:00Z")


# --- overrides ------------------------------------------------------------------------------------


def test_an_override_replaces_the_one_occurrence_it_names() -> None:
    """Moved to the afternoon: the morning is free again, the afternoon is not."""
    moved = event(
        "RECURRENCE-ID:20260303T090000Z", "DTSTART:20260303T140000Z", "DTEND:20260303T143000Z"
    )

    assert busy(event(*MASTER), moved) == times(FOUR[0], "03 14:00-14:30", *FOUR[2:])


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_an_override_may_take_its_occurrence_away(line: str) -> None:
    """Cancelled for one day; some exporters then leave out even the start."""
    gone = event("RECURRENCE-ID;TZID=Europe/Berlin:20260303T100000", line)

    assert busy(event(*MASTER), gone) == times(FOUR[0], *FOUR[2:])


def test_an_override_named_by_its_date_alone_is_found() -> None:
    """Written as a date although the series has times."""
    gone = event("RECURRENCE-ID;VALUE=DATE:20260303", "STATUS:CANCELLED")

    assert busy(event(*MASTER), gone) == times(FOUR[0], *FOUR[2:])


def test_this_and_future_moves_all_that_follow() -> None:
    """From Tuesday on two hours later and half as long, by the clock."""
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260303T100000",
        "DTSTART;TZID=Europe/Berlin:20260303T120000",
        "DURATION:PT30M",
    )

    assert busy(event(*MASTER), later) == times(
        FOUR[0], "03 11:00-11:30", "04 11:00-11:30", "05 11:00-11:30"
    )


def test_this_and_future_named_by_a_date_means_the_occurrence_on_it() -> None:
    """The occurrence at ten on that date, so an hour later is eleven and not one at night."""
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260303",
        "DTSTART;TZID=Europe/Berlin:20260303T110000",
        HOUR,
    )

    assert busy(event(*MASTER), later) == times(
        FOUR[0], "03 10:00-11:00", "04 10:00-11:00", "05 10:00-11:00"
    )


def test_this_and_future_may_move_a_series_to_another_zone() -> None:
    """From Berlin to Kiritimati and two days earlier: from then on, its clock is what counts."""
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T090000Z",
        "DTSTART;TZID=Pacific/Kiritimati:20260302T010000",
        HOUR,
    )
    days = Interval.from_isoformat("2026-03-03T00:00Z/2026-03-04T00:00Z")

    assert busy(event(*MASTER), later, window=days) == times("03 11:00-12:00")


def test_this_and_future_holds_until_the_next_change_and_over_a_clock_change() -> None:
    """A series moved from ten to twelve stays at twelve in summer; one day off stays off."""
    master = event("DTSTART;TZID=Europe/Berlin:20260101T100000", HOUR, "RRULE:FREQ=DAILY")
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260210T090000Z",
        "DTSTART;TZID=Europe/Berlin:20260210T120000",
        HOUR,
    )
    off = event("RECURRENCE-ID:20260328T090000Z", "STATUS:CANCELLED")
    ended = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260330T080000Z", "STATUS:CANCELLED")

    found = busy(master, later, off, ended)

    assert len(found) == 28  # 1 to 29 March but for the 28th
    assert str(found[-1]) == "2026-03-29T10:00:00Z/2026-03-29T11:00:00Z"
    assert str(found[-2]) == "2026-03-27T11:00:00Z/2026-03-27T12:00:00Z"


def test_this_and_future_brings_occurrences_into_the_window_from_far_away() -> None:
    """Moved by half a year, they must be looked for half a year away."""
    master = event("DTSTART:20250801T090000Z", HOUR, "RRULE:FREQ=DAILY;COUNT=40")
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20250802T090000Z", "DTSTART:20260302T090000Z", HOUR
    )

    assert len(busy(master, later)) == 30  # from 2 March on, those of March


def test_days_may_become_hours_from_some_day_on() -> None:
    """An all-day event narrowed to a morning keeps its dates."""
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260303", "DTSTART:20260303T090000Z", HOUR
    )

    assert busy(event("DTSTART:20260302", DAILY), later) == times(
        "2026-03-01T23:00Z/2026-03-02T23:00Z", *FOUR[1:]
    )


def test_an_override_without_its_series_counts_by_itself() -> None:
    """An invitation to one occurrence only is all that some guests have."""
    alone = event("RECURRENCE-ID:20260303T090000Z", "DTSTART:20260303T140000Z", HOUR)

    assert busy(alone) == times("03 14:00-15:00")


def test_the_future_of_a_series_that_is_not_here_is_unknown() -> None:
    """It repeats, and nobody says how."""
    found = known(
        event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T090000Z", "DTSTART:20260303T140000Z", HOUR
        )
    )

    assert found.busy == times("03 14:00-15:00")
    assert str(found.unknown[0].interval) == "2026-03-03T14:00:00Z/2026-04-01T00:00:00Z"


def test_a_series_written_as_the_future_of_its_first_occurrence_is_a_series() -> None:
    """So does Lotus Notes."""
    found = busy(
        event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z",
            START,
            HOUR,
            "RDATE;VALUE=PERIOD:20260302T090000Z/PT1H,20260303T090000Z/PT1H",
        )
    )

    assert found == times(*FOUR[:2])


def test_an_override_that_cannot_be_placed_stands_beside_the_series() -> None:
    """It replaces nobody knows what, so both count."""
    stray = event("RECURRENCE-ID:garbled", "DTSTART:20260303T140000Z", HOUR)

    assert busy(event(*MASTER), stray) == times(*FOUR, "03 14:00-15:00")


# --- versions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (("SEQUENCE:1", "DTSTAMP:20260101T000000Z"), ("SEQUENCE:2", "DTSTAMP:20250101T000000Z")),
        (("SEQUENCE:1", "DTSTAMP:20250101T000000Z"), ("SEQUENCE:1", "DTSTAMP:20260101T000000Z")),
        ((), ("SEQUENCE:1",)),
    ],
)
def test_the_newest_version_of_an_event_counts(
    older: tuple[str, ...], newer: tuple[str, ...]
) -> None:
    """SEQUENCE first, then DTSTAMP; the order in the file says nothing."""
    old = event("DTSTART:20260302T090000Z", HOUR, *older)
    new = event("DTSTART:20260303T090000Z", HOUR, *newer)

    assert busy(old, new) == busy(new, old) == times("03 09:00-10:00")


def test_versions_that_cannot_be_ordered_all_count() -> None:
    """Dropping one of them would be a guess, and might free what is taken."""
    one, other = (event(f"DTSTART:2026030{day}T090000Z", HOUR) for day in (2, 3))
    stamped = event("DTSTART:20260304T090000Z", HOUR, "DTSTAMP:20260101T000000Z")
    garbled = event("DTSTART:20260305T090000Z", HOUR, "SEQUENCE:latest")

    assert busy(one, other, stamped, garbled) == times(*FOUR)


def test_versions_are_told_apart_for_each_occurrence() -> None:
    """An override has a SEQUENCE of its own; a newer series does not undo it."""
    series = event(*MASTER, "SEQUENCE:7")
    once = event("RECURRENCE-ID:20260303T090000Z", "STATUS:CANCELLED", "SEQUENCE:1")
    again = event("RECURRENCE-ID:20260303T090000Z", "DTSTART:20260303T120000Z", HOUR, "SEQUENCE:2")

    assert busy(series, once, again) == times(FOUR[0], "03 12:00-13:00", *FOUR[2:])


def test_a_newer_version_may_cancel() -> None:
    """The last word on an event is often that it is off."""
    old = event(*MASTER, "SEQUENCE:1")

    assert busy(old, event(*MASTER, "SEQUENCE:2", "STATUS:CANCELLED")) == NEVER


def test_events_without_a_uid_are_no_versions_of_each_other() -> None:
    """Nothing connects them."""
    one, other = (
        event(f"DTSTART:2026030{day}T090000Z", HOUR).replace("UID:1\n", "") for day in (2, 3)
    )

    assert busy(one, other) == times(*FOUR[:2])


def test_a_declined_series_leaves_an_accepted_occurrence_standing() -> None:
    """Each version has its own attendees."""
    attendee = "ATTENDEE;PARTSTAT={}:mailto:ana@example.com"
    master = event(*MASTER, attendee.format("DECLINED"))
    accepted = event(
        "RECURRENCE-ID:20260303T090000Z",
        "DTSTART:20260303T090000Z",
        HOUR,
        attendee.format("ACCEPTED"),
    )

    assert known(master, accepted, address="ana@example.com").busy == times(FOUR[1])


def test_a_reminder_without_length_costs_nothing_however_often() -> None:
    """Every minute for a year, and it takes no time: it must not spend the budget either."""
    assert busy(event("DTSTART:20260101T000000Z", "RRULE:FREQ=MINUTELY"), window=YEAR) == NEVER


def test_a_rule_by_the_minute_is_followed_inside_the_window() -> None:
    """It began years ago; only what can be seen is counted."""
    week = event("DTSTART:20200101T000000Z", "DURATION:PT1M", "RRULE:FREQ=MINUTELY;INTERVAL=10")

    assert len(busy(week)) == 31 * 144
