"""What was booked: the steps it may take, and what can be changed of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from collective_booking.appointments import NEXT, Happening, Status
from collective_booking.contacts import Contact
from collective_booking.errors import (
    ConfigurationError,
    FixedForEverError,
    IllegalStepError,
    NaiveDatetimeError,
    NoChangeError,
)
from collective_booking.snapshots import Snapshot
from tests.bookings import ANA, KIM, NOW, appointment, at, calendar, member

# --- the table (A7) ------------------------------------------------------------------------------

LEGAL = {
    ("pending", "approved"): "confirmed",
    ("pending", "declined"): "cancelled",
    ("pending", "cancelled"): "cancelled",
    ("pending", "moved"): "pending",
    ("pending", "edited"): "pending",
    ("pending", "invalidated"): "invalid",
    ("confirmed", "cancelled"): "cancelled",
    ("confirmed", "moved"): "confirmed",
    ("confirmed", "edited"): "confirmed",
    ("confirmed", "member declined"): "confirmed",
    ("confirmed", "showed"): "showed",
    ("confirmed", "no-show"): "no-show",
    ("confirmed", "invalidated"): "invalid",
    ("showed", "edited"): "showed",
    ("showed", "no-show"): "no-show",
    ("showed", "invalidated"): "invalid",
    ("no-show", "edited"): "no-show",
    ("no-show", "showed"): "showed",
    ("no-show", "invalidated"): "invalid",
    ("cancelled", "invalidated"): "invalid",
}


@pytest.mark.parametrize(("status", "happening"), list(product(Status, Happening)))
def test_only_what_the_table_lists_can_happen(status: Status, happening: Happening) -> None:
    """An illegal step raises and changes nothing; the list is written here once more."""
    before = appointment(status)
    expected = LEGAL.get((str(status), str(happening)))

    if expected is None:
        with pytest.raises(IllegalStepError):
            before.stepped(happening, NOW)
        assert before == appointment(status)
    else:
        after = before.stepped(happening, NOW)
        assert (after.status, after.version) == (expected, before.version + 1)
        assert (after.owner, after.members, after.uid) == (before.owner, before.members, before.uid)
        assert after.history[-1].happening is happening


def test_no_step_is_listed_that_nobody_wrote_down() -> None:
    assert {(str(status), str(happening)) for status, happening in NEXT} == set(LEGAL)


@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("status", Status)
def test_which_statuses_take_time_and_count(status: Status, blocks: bool) -> None:
    """The two columns of the table."""
    snapshot = Snapshot(calendar=calendar(pending_blocks=blocks), version=1, owner="ana")
    made = appointment(status, snapshot=snapshot)

    ended = status in {Status.CANCELLED, Status.INVALID}
    assert made.status.counts is not ended
    assert made.status.ended is ended
    assert made.status.active is (status in {Status.PENDING, Status.CONFIRMED})
    assert made.claims_time is (not ended and (blocks or status is not Status.PENDING))
    assert len(made.claims()) == (2 if made.claims_time else 0)


# --- what never changes (A2) ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["owner", "members", "snapshot", "organizer"])
def test_owner_and_members_cannot_be_changed_and_the_attempt_says_so(name: str) -> None:
    with pytest.raises(FixedForEverError, match="for ever"):
        appointment().edited(NOW, **{name: "ben"})


def test_a_detail_that_does_not_exist_is_told_with_the_one_meant() -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'title'"):
        appointment().edited(NOW, titel="Another")


# --- moving and editing (A3, E5) -----------------------------------------------------------------


def test_a_move_raises_version_and_sequence_and_keeps_the_duration() -> None:
    moved = appointment().moved(at("14:00"), NOW)

    assert (moved.version, moved.sequence) == (2, 1)
    assert moved.end - moved.start == timedelta(hours=1)


def test_the_same_time_is_no_change() -> None:
    with pytest.raises(NoChangeError):
        appointment().moved(at("10:00"), NOW)
    with pytest.raises(NoChangeError):
        appointment().edited(NOW, title="Sales call")


def test_a_move_to_a_naive_time_is_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        appointment().moved(datetime(2026, 11, 23, 14), NOW)


def test_how_it_went_is_nothing_that_invitations_tell() -> None:
    """SEQUENCE rises with what calendars have to show, and with nothing else (E5)."""
    showed = appointment().stepped(Happening.SHOWED, NOW)

    assert (showed.version, showed.sequence) == (2, 0)


# --- the booker ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("x" * 10_000, "kim@example.com"),
        ("Kim\r\nBCC: all@example.com", "kim@example.com"),
        ("Kim\x00", "kim@example.com"),
        ("", "kim@example.com"),
        ("Kim", "nobody"),
        ("Kim", "kim@example.com\nbcc:x@example.com"),
    ],
)
def test_a_contact_that_would_break_a_letter_is_refused(name: str, email: str) -> None:
    with pytest.raises(ConfigurationError, match="the contact has 1 problem"):
        Contact(name, email)


@pytest.mark.parametrize("timezone", ["Mars", "", "../etc/passwd", 13])
def test_a_contact_s_zone_is_one_that_exists(timezone: Any) -> None:
    """It comes from a browser, and mail is written by it months later."""
    with pytest.raises(ConfigurationError, match="timezone"):
        Contact("Kim", "kim@example.com", timezone=timezone)


def test_a_booker_s_zone_is_a_detail_that_can_be_edited() -> None:
    """Kim moves to Auckland, and the appointment stays where it is (A3)."""
    kim = replace(KIM, timezone="Pacific/Auckland")
    edited = appointment().edited(NOW, contact=kim)

    assert (edited.contact.timezone, edited.slot) == ("Pacific/Auckland", appointment().slot)
    with pytest.raises(NoChangeError):
        edited.edited(NOW, contact=kim)


def test_an_address_is_the_same_whatever_its_case() -> None:
    """A6."""
    assert Contact("Ana", "ANA@example.com").is_same_person(ANA)
    assert not KIM.is_same_person(ANA)
    assert not KIM.is_same_person(member("ana", email=None))


def test_notes_may_have_lines_and_no_control_characters() -> None:
    assert appointment(notes="one\r\ntwo\n\nfour").notes == "one\ntwo\n\nfour"
    assert appointment(notes="one\x0btwo\u2028three").notes == "one\ntwo\nthree"  # soft breaks
    with pytest.raises(ConfigurationError, match=r"notes: must have no control characters, and"):
        appointment(notes="one\x07")
    with pytest.raises(ConfigurationError, match="at most 10000"):
        appointment(notes="x" * 10_001)


def test_a_history_tells_when_and_what() -> None:
    made = appointment()
    later = datetime(2026, 11, 23, 8, tzinfo=UTC)
    moved = made.moved(at("14:00"), later)

    assert [each.happening for each in moved.history] == [Happening.BOOKED, Happening.MOVED]
    assert (moved.changed, moved.happened) == (later, Happening.MOVED)
    assert str(made.slot) in moved.history[-1].note
