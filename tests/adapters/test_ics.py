"""Single events: when they make busy, and for how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from collective_booking.adapters import ics
from collective_booking.availability import Availability
from collective_booking.errors import InvalidValueError, UnknownZoneError, WrongTypeError
from collective_booking.intervals import NEVER, Interval
from tests.icalendar_texts.texts import BERLIN, MARCH, busy, calendar, event, known, times

NINE = "DTSTART:20260302T090000Z"
TEN = "DTEND:20260302T100000Z"
ANA = "ana@example.com"


# --- F4: what makes busy --------------------------------------------------------------------------


def test_an_event_is_busy_from_its_start_to_its_end() -> None:
    """The plain case, which everything below varies."""
    assert busy(event(NINE, TEN)) == times("02 09:00-10:00")


@pytest.mark.parametrize(
    "line",
    ["STATUS:CANCELLED", "status:Cancelled", "TRANSP:TRANSPARENT", "DTEND:20260302T090000Z"],
)
def test_cancelled_transparent_and_zero_length_events_are_free(line: str) -> None:
    """What its owner marked as no obstacle must not cost a slot."""
    end = () if "DTEND" in line else (TEN,)
    assert busy(event(NINE, *end, line)) == NEVER


def test_a_cancelling_calendar_cancels_all_that_it_holds() -> None:
    """The message that takes an event back may leave out its STATUS (RFC 5546)."""
    assert busy("METHOD:CANCEL", event(NINE, TEN)) == NEVER


def test_a_tentative_event_is_kept_apart() -> None:
    """Whether it blocks is the calendar's switch, not the reader's."""
    found = known(event(NINE, TEN, "STATUS:TENTATIVE"))

    assert (found.busy, found.tentative) == (NEVER, times("02 09:00-10:00"))


@pytest.mark.parametrize(
    "attendee",
    [
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.com",
        "ATTENDEE;PARTSTAT=declined;CN=Ana:MAILTO:Ana@Example.COM",
        "ATTENDEE;EMAIL=ana@example.com;PARTSTAT=DECLINED:urn:uuid:1",
        'ATTENDEE;CN="A: na";PARTSTAT=DECLINED:mailto:ana@example.com',
    ],
)
def test_what_the_member_declined_is_free(attendee: str) -> None:
    """A refused invitation stays in many calendars, and takes no time."""
    text = event(NINE, TEN, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@example.com", attendee)

    assert known(text, address="Ana@example.com").busy == NEVER
    assert known(text).busy == times("02 09:00-10:00")  # nobody said who the member is


@pytest.mark.parametrize(
    "attendee",
    [
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@example.com",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:not-ana@example.com",
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ana@example.com",
        "ATTENDEE;PARTSTAT=DECLINED;=:mailto:ana@example.com",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.com\nATTENDEE:mailto:ana@example.com",
    ],
)
def test_only_the_members_own_refusal_frees(attendee: str) -> None:
    """What others declined, or what cannot be read, says nothing; nor does no answer yet."""
    assert known(event(NINE, TEN, attendee), address=ANA).busy == times("02 09:00-10:00")


def test_a_member_who_answered_maybe_is_tentative() -> None:
    """It is the same doubt as a tentative event, only told by the guest and not by the host."""
    maybe = "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ana@example.com"

    assert known(event(NINE, TEN, maybe), address=ANA).tentative == times("02 09:00-10:00")


def test_tasks_notes_and_alarms_make_nobody_busy() -> None:
    """They have dates too, but no time that they take."""
    todo = "BEGIN:VTODO\nDTSTART:20260302T090000Z\nDUE:20260302T100000Z\nEND:VTODO"
    journal = "BEGIN:VJOURNAL\nDTSTART:20260302T090000Z\nEND:VJOURNAL"
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nEND:VALARM"

    assert busy(todo, journal, event("DTSTART:20260303T090000Z", alarm)) == NEVER


# --- T5: dates, floating times, lengths -----------------------------------------------------------


def test_an_all_day_event_is_the_members_own_day() -> None:
    """Blocked from midnight to midnight where the member lives, not in UTC."""
    september = Interval.from_isoformat("2026-09-01T00:00Z/2026-10-01T00:00Z")
    day = event("DTSTART;VALUE=DATE:20260914", "DTEND;VALUE=DATE:20260915")

    assert busy(day, window=september) == times("2026-09-13T22:00Z/2026-09-14T22:00Z")


@pytest.mark.parametrize("end", ["", "DTEND;VALUE=DATE:20260302", "DURATION:P1D"])
def test_a_date_without_a_later_end_is_one_whole_day(end: str) -> None:
    """Some write the last day as DTEND; a day off must not become nothing."""
    day = event("DTSTART;VALUE=DATE:20260302", *filter(None, [end]))

    assert busy(day) == times("2026-03-01T23:00Z/2026-03-02T23:00Z")


def test_a_day_that_begins_late_or_does_not_exist_is_no_stumbling_block() -> None:
    """Cairo has no midnight on 2026-04-24, and Apia no 2011-12-30 at all."""
    april = Interval.from_isoformat("2026-04-01T00:00Z/2026-05-01T00:00Z")
    winter = Interval.from_isoformat("2011-12-01T00:00Z/2012-02-01T00:00Z")

    assert busy(event("DTSTART:20260424"), window=april, timezone="Africa/Cairo") == times(
        "2026-04-23T22:00Z/2026-04-24T21:00Z"
    )
    assert not busy(event("DTSTART:20111230"), window=winter, timezone="Pacific/Apia")


def test_a_day_whose_first_half_hour_was_skipped_begins_after_it() -> None:
    """Toronto went from 23:30 to 00:30 in 1919; by the old offset, 00:00 would be half past."""
    spring = Interval.from_isoformat("1919-03-01T00:00Z/1919-05-01T00:00Z")

    assert busy(event("DTSTART:19190331"), window=spring, timezone="America/Toronto") == times(
        "1919-03-31T04:30Z/1919-04-01T04:00Z"
    )


def test_an_exact_length_and_a_nominal_one_differ_where_the_clocks_change() -> None:
    """PT24H is 24 hours; P1D is until the same time tomorrow, here 23 hours (T5)."""
    start = "DTSTART;TZID=Europe/Berlin:20260328T120000"

    assert busy(event(start, "DURATION:PT24H")) == times("2026-03-28T11:00Z/2026-03-29T11:00Z")
    assert busy(event(start, "DURATION:P1D")) == times("2026-03-28T11:00Z/2026-03-29T10:00Z")
    assert busy(event(start, "DURATION:P1DT2H")) == times("2026-03-28T11:00Z/2026-03-29T12:00Z")
    assert busy(event("DTSTART:20260301", "DURATION:P1W"))  # weeks are seven such days


def test_a_skipped_time_uses_the_offset_before_the_gap() -> None:
    """02:30 in Berlin does not exist on 2026-03-29; RFC 5545 makes it 01:30Z, 03:30 there."""
    skipped = event("DTSTART;TZID=Europe/Berlin:20260329T023000", "DURATION:PT1H")

    assert busy(skipped) == times("29 01:30-02:30")


def test_a_start_that_a_gap_moves_past_its_end_takes_the_end_along() -> None:
    """02:30 to 03:00 would end before it starts, and half an hour would be lost."""
    start, end = (
        "DTSTART;TZID=Europe/Berlin:20260329T023000",
        "DTEND;TZID=Europe/Berlin:20260329T03",
    )

    assert busy(event(start, f"{end}0000")) == times("29 01:30-02:00")


def test_a_doubled_time_is_the_first_of_the_two() -> None:
    """02:30 in Berlin comes twice on 2026-10-25; RFC 5545 says the first, 00:30Z."""
    october = Interval.from_isoformat("2026-10-01T00:00Z/2026-11-01T00:00Z")
    doubled = event("DTSTART;TZID=Europe/Berlin:20261025T023000", "DURATION:PT15M")

    assert busy(doubled, window=october) == times("2026-10-25T00:30Z/2026-10-25T00:45Z")


def test_an_event_that_began_before_the_window_reaches_into_it() -> None:
    """A query of a week must see the fortnight's holiday that began before."""
    assert busy(event("DTSTART:20260101", "DTEND:20260303")) == times(
        "2026-03-01T00:00Z/2026-03-02T23:00Z"
    )


def test_answers_are_clipped_to_the_window() -> None:
    """F3: a provider speaks about what was asked, and of no more."""
    assert busy(event("DTSTART:00010101", "DTEND:99991231")) == times(str(MARCH))
    assert not busy(event("DTSTART:99991231T235959Z", "DURATION:P999999999D"))


def test_a_leap_second_is_read() -> None:
    """23:59:60 is legal, and Python's clocks do not show it."""
    assert busy(event("DTSTART:20260302T085960Z", TEN)) == times("02 09:00-10:00")


# --- free/busy and availability -------------------------------------------------------------------


def test_a_free_busy_report_is_read_by_its_types() -> None:
    """FBTYPE tells four things apart, and what nobody knows is busy (RFC 5545)."""
    found = known(
        "BEGIN:VFREEBUSY",
        "FREEBUSY:20260302T080000Z/PT1H,20260302T100000Z/20260302T110000Z",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260303T080000Z/PT1H",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260304T080000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20260305T080000Z/PT1H",
        "FREEBUSY;FBTYPE=X-LUNCH:20260306T080000Z/PT1H",
        "END:VFREEBUSY",
    )

    expected = ("02 08:00-09:00", "02 10:00-11:00", "03 08:00-09:00", "06 08:00-09:00")
    assert found.busy == times(*expected)
    assert found.tentative == times("04 08:00-09:00")
    assert not found.unknown


def test_beyond_the_range_of_a_free_busy_report_nothing_is_known() -> None:
    """F3: a stretch that nobody mentions would count as free."""
    found = known(
        "BEGIN:VFREEBUSY",
        "DTSTART:20260301T000000Z",
        "DTEND:20260315T000000Z",
        "END:VFREEBUSY",
    )

    [beyond] = found.unknown
    assert str(beyond.interval) == "2026-03-15T00:00:00Z/2026-04-01T00:00:00Z"


def test_a_free_busy_period_that_cannot_be_read_makes_the_report_unknown() -> None:
    """It may be anywhere that the report speaks about, and nowhere else."""
    found = known(
        "BEGIN:VFREEBUSY",
        "DTSTART:20260302T000000Z",
        "DTEND:20260303T000000Z",
        "FREEBUSY:20260302T080000Z/PT1H,tomorrow/PT1H",
        "END:VFREEBUSY",
        event("DTSTART:20260310T090000Z"),
    )

    assert found.busy == times("02 08:00-09:00")
    assert [str(each.interval) for each in found.unknown] == [
        "2026-03-02T00:00:00Z/2026-03-03T00:00:00Z"
    ]


def test_a_free_busy_period_that_runs_backwards_is_unknown() -> None:
    """One of its ends is wrong, and nobody knows which."""
    found = known("BEGIN:VFREEBUSY", "FREEBUSY:20260302T08Z/PT1H", "END:VFREEBUSY")
    backwards = known(
        "BEGIN:VFREEBUSY", "FREEBUSY:20260303T080000Z/20260302T080000Z", "END:VFREEBUSY"
    )

    assert [str(each.interval) for each in found.unknown + backwards.unknown] == [str(MARCH)] * 2


OFFICE_HOURS = """BEGIN:AVAILABLE
UID:office
DTSTART;TZID=Europe/Berlin:20260105T090000
DTEND;TZID=Europe/Berlin:20260105T170000
RRULE:FREQ=DAILY
END:AVAILABLE"""


def test_availability_takes_all_time_that_it_does_not_offer() -> None:
    """RFC 7953 says the opposite of events: what is listed is free, the rest is not."""
    found = busy(
        "BEGIN:VAVAILABILITY",
        "DTSTART:20260302T000000Z",
        "DTEND:20260303T000000Z",
        OFFICE_HOURS,
        "END:VAVAILABILITY",
    )

    assert found == times("02 00:00-08:00", "2026-03-02T16:00Z/2026-03-03T00:00Z")


def test_the_availability_of_higher_priority_decides() -> None:
    """A conference week with hours of its own overrules the usual ones; 1 is highest, 0 none."""
    usual = ("BEGIN:VAVAILABILITY", OFFICE_HOURS, "END:VAVAILABILITY")
    closed = (
        "BEGIN:VAVAILABILITY",
        "PRIORITY:1",
        "BUSYTYPE:BUSY-TENTATIVE",
        "DTSTART:20260302T000000Z",
        "DTEND:20260303T000000Z",
        "END:VAVAILABILITY",
    )
    day = Interval.from_isoformat("2026-03-02T00:00Z/2026-03-04T00:00Z")

    found = known(*closed, *usual, window=day)

    assert found.tentative == times("2026-03-02T00:00Z/2026-03-03T00:00Z")
    assert found.busy == times("03 00:00-08:00", "2026-03-03T16:00Z/2026-03-04T00:00Z")


def test_an_offer_that_cannot_be_read_offers_nothing() -> None:
    """Of all mistakes this is the one that would open a closed day."""
    garbled = OFFICE_HOURS.replace("20260105T09", "someday")

    assert busy("BEGIN:VAVAILABILITY", garbled, "END:VAVAILABILITY") == times(str(MARCH))


# --- texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_text_is_read_whatever_ends_its_lines(newline: str, mark: str) -> None:
    """Files pass through many hands, and some of them convert."""
    text = (mark + calendar(event(NINE, TEN))).replace("\n", newline)

    for given in (text, text.encode()):
        found = ics.read(given, MARCH, timezone=BERLIN)
        assert (found.busy, found.unknown) == (times("02 09:00-10:00"), ())


def test_folded_lines_are_one_line_wherever_they_are_folded() -> None:
    """RFC 5545 allows a fold after every character, even inside a name."""
    text = calendar(event("DTSTART;TZID=Europe/Berlin:20260302T100000", TEN))
    folded = "\n".join("\n ".join(line) for line in text.split("\n"))

    assert ics.read(folded, MARCH, timezone=BERLIN).busy == times("02 09:00-10:00")


def test_several_calendars_in_one_text_are_read_together() -> None:
    """Exports of a whole account stand one behind the other."""
    text = calendar(event(NINE, TEN)) + calendar(event("DTSTART:20260303", uid="2"))

    assert len(ics.read(text, MARCH, timezone=BERLIN).busy) == 2


def test_a_component_without_a_calendar_around_it_is_read() -> None:
    """Some servers hand out the bare component."""
    assert ics.read(event(NINE, TEN), MARCH, timezone=BERLIN).busy == times("02 09:00-10:00")


def test_a_calendar_without_events_is_free() -> None:
    """It was read to its end, and there is nothing in it."""
    assert busy() == NEVER


# --- mistakes of the caller -----------------------------------------------------------------------


def test_wrong_arguments_are_refused_by_the_librarys_own_errors() -> None:
    """A mistake in the host's code must not look like a calendar that cannot be read."""
    text = calendar()
    with pytest.raises(UnknownZoneError):
        ics.read(text, MARCH, timezone="Europe")
    with pytest.raises(WrongTypeError, match="calendar"):
        ics.read(None, MARCH, timezone=BERLIN)  # type: ignore[arg-type]  # a slip
    with pytest.raises(WrongTypeError, match="window"):
        ics.read(text, "March", timezone=BERLIN)  # type: ignore[arg-type]  # a slip
    with pytest.raises(WrongTypeError, match="address"):
        ics.read(text, MARCH, timezone=BERLIN, address=1)  # type: ignore[arg-type]  # a slip
    with pytest.raises(WrongTypeError, match="limits"):
        ics.read(text, MARCH, timezone=BERLIN, limits=5)  # type: ignore[arg-type]  # a slip
    with pytest.raises(InvalidValueError, match="depth"):
        ics.Limits(depth=0)
    with pytest.raises(InvalidValueError, match="years"):
        ics.Limits(first_year=2100, last_year=2000)


# --- copies of our own appointments (F6) ----------------------------------------------------------

OURS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:a1@Booking.example.com
DTSTART:20260302T090000Z
DTEND:20260302T100000Z
END:VEVENT
BEGIN:VEVENT
UID:a2@booking.example.com
DTSTART;TZID=Mars/Olympus:20260302T110000
DTEND;TZID=Mars/Olympus:20260302T113000
END:VEVENT
BEGIN:VEVENT
UID:lunch@elsewhere.example
DTSTART:20260302T120000Z
DTEND:20260302T130000Z
END:VEVENT
END:VCALENDAR"""


def test_our_own_copies_are_left_out_however_broken() -> None:
    """A copy that was moved or cancelled in the store must not block by what it says here (F6)."""
    told = ics.read(OURS, MARCH, timezone="UTC", own_suffix="@booking.example.com")

    assert str(told.busy) == "2026-03-02T12:00:00Z/2026-03-02T13:00:00Z"
    assert told.unknown == ()
    assert not told.sees_own_copies


def test_without_a_suffix_every_event_counts() -> None:
    told = ics.read(OURS, MARCH, timezone="UTC")

    assert len(told.busy) == 2
    assert told.unknown


def test_our_own_copies_are_left_out_moved_cancelled_and_repeated() -> None:
    """Whatever became of an appointment, the store knows better than any of its copies (F6)."""
    text = calendar(
        event("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", uid="a1@us.example"),
        event(
            "RECURRENCE-ID:20260303T090000Z",
            "DTSTART:20260303T150000Z",
            "DURATION:PT1H",
            uid="a1@us.example",
        ),
        event("STATUS:CANCELLED", "RRULE:FREQ=NEVER", uid="a2@us.example"),
    )

    assert ics.read(text, MARCH, timezone="UTC", own_suffix="@us.example") == Availability()


def test_events_that_ran_into_one_are_ours_only_if_all_of_them_are() -> None:
    """Somebody else's lunch must not become free because an END and a BEGIN were lost (F3, F6)."""
    torn = OURS.replace("END:VEVENT\nBEGIN:VEVENT\n", "")
    ours = OURS.replace("END:VEVENT\nBEGIN:VEVENT\n", "", 1)

    assert ics.read(torn, MARCH, timezone="UTC", own_suffix="@booking.example.com").unknown
    assert not ics.read(ours, MARCH, timezone="UTC", own_suffix="@booking.example.com").unknown


@pytest.mark.parametrize("uid", ["UID", 'UID;X="a1@booking.example.com', "X-UID:a"])
def test_an_event_whose_uid_cannot_be_read_is_not_ours(uid: str) -> None:
    """Nobody can tell, so its time counts (F3)."""
    text = OURS.replace("UID:a1@Booking.example.com", uid)
    told = ics.read(text, MARCH, timezone="UTC", own_suffix="@booking.example.com")

    assert str(told.busy).startswith("2026-03-02T09:00:00Z/2026-03-02T10:00:00Z")


def test_every_door_leaves_our_own_copies_out(tmp_path: Path) -> None:
    """A host that reads folders has as many copies of ours as one that reads texts (F6)."""
    file = tmp_path / "ana.ics"
    file.write_text(OURS, "utf-8")
    lunch = "2026-03-02T12:00:00Z/2026-03-02T13:00:00Z"

    for read, place in (
        (ics.read_file, file),
        (ics.read_folder, tmp_path),
        (ics.read_path, file),
        (ics.read_path, tmp_path),
    ):
        told = read(place, MARCH, timezone="UTC", own_suffix="@booking.example.com")
        assert (str(told.busy), told.unknown) == (lunch, ())


def test_a_free_busy_report_cannot_tell_our_own_copies() -> None:
    """It carries no UIDs; nothing is taken off it, and whoever asks is told (F6)."""
    report = """BEGIN:VFREEBUSY
DTSTART:20260302T000000Z
DTEND:20260303T000000Z
FREEBUSY:20260302T090000Z/PT1H
END:VFREEBUSY"""
    told = ics.read(report, MARCH, timezone="UTC", own_suffix="@booking.example.com")

    assert told.sees_own_copies
    assert not ics.read(report, MARCH, timezone="UTC").sees_own_copies  # there are none of ours
    assert str(told.busy) == "2026-03-02T09:00:00Z/2026-03-02T10:00:00Z"


@pytest.mark.parametrize("suffix", ["", "@", "booking.example.com"])
def test_a_suffix_that_is_no_whole_domain_is_refused(suffix: str) -> None:
    """Of `@notbooking.example.com` too it would be the end, and a stranger's time would be free."""
    with pytest.raises(InvalidValueError, match="write one like @booking"):
        ics.read(OURS, MARCH, timezone="UTC", own_suffix=suffix)


def test_a_suffix_is_a_text() -> None:
    with pytest.raises(WrongTypeError, match="own_suffix"):
        ics.read(OURS, MARCH, timezone="UTC", own_suffix=5)  # type: ignore[arg-type]  # a slip
