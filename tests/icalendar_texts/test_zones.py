"""Which zone a time is in: by name, by definition, by neither."""

from __future__ import annotations

import pytest

from collective_booking.availability import Cause
from tests.icalendar_texts.texts import YEAR, busy, event, known, times

HOUR = "DURATION:PT1H"


def vtimezone(name: str, standard: str = "+0100", daylight: str = "+0200") -> str:
    """The rules of Berlin, or of a place that differs from it only in its offsets."""
    return "\n".join(
        [
            "BEGIN:VTIMEZONE",
            f"TZID:{name}",
            "BEGIN:STANDARD",
            "DTSTART:16010101T030000",
            f"TZOFFSETFROM:{daylight}",
            f"TZOFFSETTO:{standard}",
            "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            "END:STANDARD",
            "BEGIN:DAYLIGHT",
            "DTSTART:16010101T020000",
            f"TZOFFSETFROM:{standard}",
            f"TZOFFSETTO:{daylight}",
            "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
            "END:DAYLIGHT",
            "END:VTIMEZONE",
        ]
    )


def at_ten(zone: str) -> str:
    """An event from 10:00 to 11:00 on 2 March in that zone."""
    return event(f"DTSTART;TZID={zone}:20260302T100000", HOUR)


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        '"Europe/Berlin"',
        "europe/berlin",
        "/Europe/Berlin",
        "/mozilla.org/20050126_1/Europe/Berlin",
        "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
        "posix/Europe/Berlin",
        "W. Europe Standard Time",
        '"W. Europe Standard Time"',
    ],
)
def test_a_zone_is_found_by_whatever_name_programs_give_it(name: str) -> None:
    """Outlook, Evolution and old Thunderbirds each have their own; none brings a definition."""
    assert busy(at_ten(name), timezone="Asia/Tokyo") == times("02 09:00-10:00")


def test_a_name_of_three_parts_is_found_behind_a_prefix() -> None:
    """Buenos Aires in summer is UTC-3."""
    zone = "/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires"

    assert busy(at_ten(zone)) == times("02 13:00-14:00")


@pytest.mark.parametrize("name", ["UTC", "GMT", "Etc/UTC", '"tzone://Microsoft/Utc"', "/x.org/UTC"])
def test_utc_has_many_names(name: str) -> None:
    """Exchange has one that nobody else has."""
    assert busy(at_ten(name)) == times("02 10:00-11:00")


def test_a_zone_that_the_file_defines_is_read_from_the_file() -> None:
    """Before and after both changes of 2026, and in the hours that are skipped and doubled."""
    clocks = ("0302T100000", "0329T023000", "0615T100000", "1025T023000", "1025T030000")
    events = [
        event(f"DTSTART;TZID=Home:2026{clock}", HOUR, uid=str(place))
        for place, clock in enumerate(clocks)
    ]

    found = busy(vtimezone("Home"), *events, window=YEAR)

    assert found == times(
        "02 09:00-10:00",
        "29 01:30-02:30",
        "2026-06-15T08:00Z/2026-06-15T09:00Z",
        "2026-10-25T00:30Z/2026-10-25T01:30Z",
        "2026-10-25T02:00Z/2026-10-25T03:00Z",
    )


def test_a_definition_may_stand_behind_its_use_and_have_only_one_offset() -> None:
    """Nothing in the format asks for an order."""
    fixed = [
        "BEGIN:VTIMEZONE",
        "TZID:UTC+11",
        "BEGIN:STANDARD",
        "DTSTART;VALUE=DATE:20170101",
        "TZOFFSETFROM:+1100",
        "TZOFFSETTO:+1100",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]

    assert busy(at_ten("UTC+11"), *fixed) == times("2026-03-01T23:00Z/2026-03-02T00:00Z")


def test_a_definition_may_list_its_changes_as_dates() -> None:
    """Apple lists each past change; the last one holds from then on."""
    listed = [
        "BEGIN:VTIMEZONE",
        "TZID:Home",
        "BEGIN:DAYLIGHT",
        "DTSTART:20240101T000000",
        "RDATE:20260301T000000,20250301T000000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0500",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20240601T000000",
        "RDATE:20250601T000000",
        "TZOFFSETFROM:+0500",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]

    assert busy(at_ten("Home"), *listed) == times("02 05:00-06:00")


def test_the_iana_database_wins_over_a_definition_of_the_same_name() -> None:
    """Definitions in files are often years old; the database is what is kept up to date."""
    stale = vtimezone("Europe/Berlin", "+0900", "+1000")

    assert busy(stale, at_ten("Europe/Berlin")) == times("02 09:00-10:00")


@pytest.mark.parametrize("name", ["W. Europe Standard Time", "/example.org/Europe/Berlin"])
def test_a_definition_wins_over_a_guess_at_what_its_name_means(name: str) -> None:
    """One Windows name stands for several zones, and a vendor may mean a zone of its own."""
    assert busy(vtimezone(name, "+0300", "+0400"), at_ten(name)) == times("02 07:00-08:00")


def test_a_definition_that_cannot_be_read_leaves_the_guess() -> None:
    """Better the table of Windows names than nothing."""
    broken = vtimezone("W. Europe Standard Time", "+9900", "+0400")

    assert busy(broken, at_ten("W. Europe Standard Time")) == times("02 09:00-10:00")


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "Europe", "../../etc/passwd", "", "x" * 300, "Berlin"]
)
def test_an_unknown_zone_never_becomes_floating(name: str) -> None:
    """Read as local time it would block the wrong hours and leave the right ones free."""
    found = known(at_ten(name))

    [doubt] = found.unknown
    assert not found.busy
    assert (doubt.cause, doubt.item, doubt.line, doubt.uid) == (Cause.ZONE, "VEVENT", 2, "1")
    # No place on Earth is further from UTC than a day.
    assert str(doubt.interval) == "2026-03-01T10:00:00Z/2026-03-03T11:00:00Z"


@pytest.mark.parametrize(
    "damage",
    [
        ("TZOFFSETFROM:+0100", "TZOFFSETFROM:later"),
        ("TZOFFSETTO:+0100", ""),
        ("DTSTART:16010101T020000", "DTSTART:once"),
        ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "FREQ=NEVER"),
        ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "FREQ=SECONDLY"),
        ("END:DAYLIGHT\n", ""),
    ],
)
def test_half_a_definition_is_none(damage: tuple[str, str]) -> None:
    """A zone without its summer would be wrong by an hour for half of the year."""
    found = known(vtimezone("Home").replace(*damage), at_ten("Home"))

    assert found.unknown
    assert not found.busy


def test_a_series_in_an_unknown_zone_is_unknown_around_each_occurrence() -> None:
    """As narrow as can honestly be said: the weeks between stay known."""
    found = known(
        event("DTSTART;TZID=Mars:20260302T100000", HOUR, "RRULE:FREQ=WEEKLY;COUNT=2"),
        event("DTSTART:20260304T090000Z", HOUR, uid="2"),
    )

    assert [str(each.interval) for each in found.unknown] == [
        "2026-03-01T10:00:00Z/2026-03-03T11:00:00Z",
        "2026-03-08T10:00:00Z/2026-03-10T11:00:00Z",
    ]
    assert found.busy == times("04 09:00-10:00")


def test_a_series_in_an_unknown_zone_ends_no_earlier_than_it_may() -> None:
    """Its last clock may be before an UNTIL in UTC that seems to lie hours earlier."""
    found = known(
        event("DTSTART;TZID=Mars:20260302T100000", HOUR, "RRULE:FREQ=DAILY;UNTIL=20260304T000000Z")
    )

    assert str(found.unknown[0].interval) == "2026-03-01T10:00:00Z/2026-03-05T11:00:00Z"


def test_a_defined_zone_shows_the_right_clock_right_after_a_change() -> None:
    """01:30Z is 03:30 in summer; moved by an hour, the week after is at 04:30."""
    moved = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260329T013000Z",
        "DTSTART;TZID=Home:20260329T043000",
        HOUR,
    )
    series = event("DTSTART;TZID=Home:20260322T033000", HOUR, "RRULE:FREQ=WEEKLY;COUNT=3")

    assert busy(vtimezone("Home"), series, moved, window=YEAR) == times(
        "22 02:30-03:30", "29 02:30-03:30", "2026-04-05T02:30Z/2026-04-05T03:30Z"
    )


def test_an_exception_frees_an_occurrence_in_an_unknown_zone_only_by_its_own_clock() -> None:
    """The same clock of the same unknown zone is the same moment; of another one, who knows."""
    series = ("DTSTART;TZID=Mars:20260302T100000", HOUR, "RRULE:FREQ=WEEKLY;COUNT=2")

    assert len(known(event(*series, "EXDATE;TZID=Mars:20260309T100000")).unknown) == 1
    assert len(known(event(*series, "EXDATE:20260309T100000Z")).unknown) == 2


def test_a_known_start_with_an_end_in_an_unknown_zone_is_unknown() -> None:
    """Not even that it has no length can be told."""
    found = known(event("DTSTART:20260302T100000Z", "DTEND;TZID=Mars:20260302T100000"))

    assert str(found.unknown[0].interval)[:17] == "2026-03-01T10:00:"


def test_floating_times_are_the_members() -> None:
    """F4: nine o'clock wherever they are."""
    assert busy(event("DTSTART:20260302T090000", HOUR), timezone="Asia/Tokyo") == times(
        "02 00:00-01:00"
    )


def test_a_valid_zone_of_the_calendar_replaces_the_members_for_floating_times_only() -> None:
    """F4: floating times follow X-WR-TIMEZONE; a date stays the member's own day."""
    floating, day = event("DTSTART:20260302T090000", HOUR), event("DTSTART:20260310", uid="2")

    found = busy("X-WR-TIMEZONE:America/New_York", floating, day, timezone="Asia/Tokyo")

    assert found == times("02 14:00-15:00", "2026-03-09T15:00Z/2026-03-10T15:00Z")


@pytest.mark.parametrize("line", ["X-WR-TIMEZONE:Mars", "X-WR-TIMEZONE:", "X-WR-TIMEZONE;A=B:"])
def test_an_invalid_zone_of_the_calendar_replaces_nothing(line: str) -> None:
    """F4 says a valid one."""
    floating = event("DTSTART:20260302T090000", HOUR)

    assert busy(line, floating, timezone="Asia/Tokyo") == times("02 00:00-01:00")


def test_a_time_in_utc_stays_in_utc_whatever_zone_stands_beside_it() -> None:
    """RFC 5545 forbids the pair; the Z is the one of the two that cannot mean anything else."""
    assert busy(event("DTSTART;TZID=America/New_York:20260302T090000Z", HOUR)) == times(
        "02 09:00-10:00"
    )


def test_two_calendars_of_one_text_may_give_one_name_two_meanings() -> None:
    """A definition holds in its own VCALENDAR."""
    west = vtimezone("Home", "-0500", "-0400")
    text = [
        vtimezone("Home"),
        at_ten("Home"),
        "END:VCALENDAR\nBEGIN:VCALENDAR",
        west,
        at_ten("Home").replace("UID:1", "UID:2"),
    ]

    assert busy(*text) == times("02 09:00-10:00", "02 15:00-16:00")
