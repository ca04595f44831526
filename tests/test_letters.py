"""The words: what a letter tells, to whom by which clock, and that nobody's words are markup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collective_booking.appointments import Happening, Status
from collective_booking.contacts import Contact
from collective_booking.effects import Channel
from collective_booking.errors import ConfigurationError
from collective_booking.letters import HEADLINES, Letter, letter_of
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.snapshots import Snapshot
from tests.bookings import KIM, NOW, appointment, at, calendar, member
from tests.messages import message

ADDRESS = MeetingLocation(LocationKind.ADDRESS, "12 High Street")


def test_a_letter_tells_what_when_where_with_whom_and_how_to_manage_it() -> None:
    told = letter_of(message(appointment(location=ADDRESS, notes="Bring\n\nthe figures.")))

    assert told.subject == "Booked: Sales call"
    assert told.text == (
        "Booked: Sales call\n"
        "\n"
        "When:   Mon 2026-11-23 10:00 to 11:00 (UTC, UTC+00:00)\n"
        "Where:  12 High Street\n"
        "With:   Kim Lee <kim@example.com>\n"
        "Team:   ana, ben\n"
        "Status: confirmed\n"
        "Notes:  Bring\n"
        "\n"
        "        the figures.\n"
        "To manage it, use this token: a-token"
    )


def test_what_there_is_nothing_to_say_about_is_left_out() -> None:
    told = letter_of(message(appointment(location=None), token=""))

    assert not any(word in told.text + told.html for word in ("Where", "Notes", "token"))


def test_a_move_tells_when_it_was_before() -> None:
    told = letter_of(message(appointment().moved(at("12:00"), NOW)))

    assert told.subject == "Moved: Sales call"
    assert "When:   Mon 2026-11-23 12:00 to 13:00" in told.text
    assert "Before: Mon 2026-11-23 10:00 to 11:00" in told.text


def test_a_change_tells_what_of_it_is_new() -> None:
    told = letter_of(message(appointment().edited(NOW, title="Second call", notes="Hello")))

    assert told.subject == "Changed: Second call"
    assert "Changed: title, notes" in told.text.splitlines()


def test_the_host_learns_which_member_declined() -> None:
    """E4."""
    made = appointment().stepped(Happening.MEMBER_DECLINED, NOW, note="ben")

    assert "Who:    ben" in letter_of(message(made, channel=Channel.HOST)).text


def test_a_cancellation_tells_what_goes_back() -> None:
    """The gateway may not have answered yet, so it is not told as done (M5)."""
    ended = appointment().stepped(Happening.CANCELLED, NOW, note="90.00 EUR")

    assert "Refund: 90.00 EUR, on its way" in letter_of(message(ended)).text.splitlines()
    without = letter_of(message(appointment().stepped(Happening.CANCELLED, NOW)))
    assert "Refund" not in without.text


def test_what_has_ended_is_managed_by_nobody() -> None:
    """A token in such a letter would open nothing that can be done."""
    ended = letter_of(message(appointment().stepped(Happening.CANCELLED, NOW)))

    assert "token" not in ended.text + ended.html


@pytest.mark.parametrize("happening", Happening)
def test_whatever_happens_there_is_a_word_for_it(happening: Happening) -> None:
    assert letter_of(message(happening=happening)).subject == f"{HEADLINES[happening]}: Sales call"


# --- by whose clock ------------------------------------------------------------------------------


def abroad() -> Snapshot:
    roster = calendar(
        member("ana", timezone="America/New_York"),
        member("ben", timezone="Europe/Paris"),
        timezone="Europe/Madrid",
    )
    return Snapshot(calendar=roster, version=1, owner="ana")


def test_the_owner_reads_the_time_on_their_own_clock_and_on_the_calendar_s() -> None:
    told = letter_of(message(appointment(snapshot=abroad()), channel=Channel.OWNER))

    assert told.text.splitlines()[2:4] == [
        "When:   Mon 2026-11-23 05:00 to 06:00 (America/New_York, UTC-05:00)",
        "        Mon 2026-11-23 11:00 to 12:00 (Europe/Madrid, UTC+01:00)",
    ]


def test_two_clocks_that_show_the_same_are_told_once() -> None:
    """A booker who is a member has a zone (A6), and Madrid has the time of Paris."""
    made = appointment(snapshot=abroad(), contact=Contact("Ben", "BEN@example.com"))
    told = letter_of(message(made))

    assert [line for line in told.text.splitlines() if "UTC" in line] == [
        "When:   Mon 2026-11-23 11:00 to 12:00 (Europe/Paris, UTC+01:00)"
    ]


def test_the_booker_reads_the_time_on_the_clock_that_they_booked_by() -> None:
    """Who has to convert a time misses the meeting; what the letter was before is told so, too."""
    abroad_too = replace(KIM, timezone="Pacific/Auckland")
    made = appointment(snapshot=abroad(), contact=abroad_too)
    told = letter_of(message(made.moved(at("12:00"), NOW)))

    assert told.text.splitlines()[2:6] == [
        "When:   Tue 2026-11-24 01:00 to 02:00 (Pacific/Auckland, UTC+13:00)",
        "        Mon 2026-11-23 13:00 to 14:00 (Europe/Madrid, UTC+01:00)",
        "Before: Mon 2026-11-23 23:00 to Tue 2026-11-24 00:00 (Pacific/Auckland, UTC+13:00)",
        "        Mon 2026-11-23 11:00 to 12:00 (Europe/Madrid, UTC+01:00)",
    ]


def test_the_booker_s_clock_is_nobody_else_s() -> None:
    """The owner's letter has the owner's clock, and a signal has the calendar's alone."""
    made = appointment(snapshot=abroad(), contact=replace(KIM, timezone="Pacific/Auckland"))

    for channel in (Channel.OWNER, Channel.HOST):
        assert "Auckland" not in letter_of(message(made, channel=channel)).text


def test_a_member_who_books_from_elsewhere_reads_the_clock_of_there_first() -> None:
    """Ana is the owner, so hers is the owner's letter (E2), wherever she was when she booked."""
    away = Contact("Ana", "ana@example.com", timezone="Asia/Tokyo")
    told = letter_of(message(appointment(snapshot=abroad(), contact=away), channel=Channel.OWNER))

    clocks = [line.split("(")[1].split(",")[0] for line in told.text.splitlines() if "UTC" in line]
    assert clocks == ["Asia/Tokyo", "America/New_York", "Europe/Madrid"]


def test_of_a_stranger_no_clock_is_known() -> None:
    told = letter_of(message(appointment(snapshot=abroad())))

    assert told.text.count("UTC") == 1


def test_the_hour_in_which_clocks_change_has_two_offsets() -> None:
    """From 01:30 to 01:30 would be nothing at all."""
    there = replace(abroad(), calendar=abroad().calendar.with_settings(timezone="America/New_York"))
    start = at("05:30").replace(day=1)  # daylight saving time ends at 06:00 UTC
    told = letter_of(message(appointment(snapshot=there, start=start)))

    assert (
        "Sun 2026-11-01 01:30 to 01:30 (America/New_York, UTC-04:00 to UTC-05:00)"
        in told.text.splitlines()[2]
    )


def test_a_meeting_into_the_next_day_says_so() -> None:
    told = letter_of(message(appointment(start=at("23:30"))))

    assert "Mon 2026-11-23 23:30 to Tue 2026-11-24 00:30 (UTC, UTC+00:00)" in told.text


# --- as a value ----------------------------------------------------------------------------------


def test_what_people_wrote_is_no_markup() -> None:
    """A booker's name is read in the owner's mailbox."""
    odd = Contact("<img src=x onerror=alert(1)>", "kim@example.com")
    told = letter_of(message(appointment(contact=odd, title="<b>&", notes="</td><script>\n'\"")))

    assert not any(each in told.html for each in ("<img", "<b>&", "<script", "</td></td>", "'"))
    assert "&lt;script&gt;<br>&#x27;&quot;" in told.html


def test_what_people_wrote_turns_no_line_around() -> None:
    """A name that overrides the direction of writing would show the address after it backwards."""
    odd = Contact("Kim \u202eLee", "kim@example.com")
    told = letter_of(message(appointment(contact=odd, title="A \u2067call")))

    for words in (told.subject, told.text, told.html):
        assert not {"\u202e", "\u2067"} & set(words)
    assert "Kim ?Lee <kim@example.com>" in told.text


@pytest.mark.parametrize(
    "subject", ["", "two\nlines", "Bcc\r\nBcc: all@example.com", "\x00", "\ud800"]
)
def test_a_subject_is_one_line_of_text(subject: str) -> None:
    """A host's own words are held to that, too: more lines would be more headers."""
    with pytest.raises(ConfigurationError, match="subject"):
        Letter(subject, "Hello")


def test_a_pending_request_says_that_it_is_one() -> None:
    told = letter_of(message(appointment(Status.PENDING)))

    assert (told.subject, "Status: pending" in told.text) == ("Requested: Sales call", True)
