"""What recipients are given: to whom, with which token, and with or without an invitation (E2)."""

from __future__ import annotations

import pytest

from collective_booking.appointments import Appointment, Happening, Status
from collective_booking.contacts import Contact
from collective_booking.effects import Channel, Effect
from collective_booking.messages import Audience, Message, copy_of, message_of
from collective_booking.snapshots import Snapshot
from tests.bookings import ANA, BEN, NOW, appointment, calendar, member


def effect(channel: Channel, made: Appointment, recipient: str = "") -> Effect:
    return Effect(
        tenant=made.tenant,
        appointment=made.id,
        version=made.version,
        channel=channel,
        recipient=recipient,
    )


def told(channel: Channel, made: Appointment) -> Message:
    return message_of(effect(channel, made), made, b"BEGIN:VCALENDAR", "a token")


@pytest.mark.parametrize(
    ("channel", "audience", "name", "email"),
    [
        (Channel.OWNER, Audience.OWNER, "ana", "ana@example.com"),
        (Channel.BOOKER, Audience.BOOKER, "Kim Lee", "kim@example.com"),
        (Channel.HOST, Audience.HOST, "", ""),
    ],
)
def test_who_is_written_to(channel: Channel, audience: Audience, name: str, email: str) -> None:
    message = told(channel, appointment())

    assert (message.audience, message.name, message.email) == (audience, name, email)
    assert message.happening is Happening.BOOKED
    assert message.key == effect(channel, appointment()).key


def test_only_the_booker_gets_the_token() -> None:
    """Whoever holds it may cancel (N6)."""
    assert told(Channel.BOOKER, appointment()).token == "a token"
    assert told(Channel.OWNER, appointment()).token == ""
    assert told(Channel.HOST, appointment()).token == ""


@pytest.mark.parametrize(("where", "attached"), [("ana.ics", False), (None, True)])
def test_an_owner_whose_calendar_has_it_needs_no_invitation(
    where: str | None, attached: bool
) -> None:
    """Two copies of one meeting in one calendar is a complaint of its own."""
    roster = calendar(member("ana", calendar=where), BEN)
    made = appointment(snapshot=Snapshot(calendar=roster, version=1, owner="ana"))

    assert (told(Channel.OWNER, made).invitation is not None) is attached


@pytest.mark.parametrize(("where", "attached"), [("ben.ics", False), (None, True)])
def test_a_booker_who_is_a_member_is_invited_by_one_way(where: str | None, attached: bool) -> None:
    """A6."""
    roster = calendar(ANA, member("ben", calendar=where))
    snapshot = Snapshot(calendar=roster, version=1, owner="ana")
    made = appointment(snapshot=snapshot, contact=Contact("Ben", "BEN@example.com"))

    assert (told(Channel.BOOKER, made).invitation is not None) is attached


def test_a_booker_from_outside_is_invited() -> None:
    assert told(Channel.BOOKER, appointment()).invitation == b"BEGIN:VCALENDAR"


def test_a_request_carries_no_invitation_until_it_is_approved() -> None:
    """Nor does its end: no calendar ever had it."""
    asked = appointment(Status.PENDING)

    assert told(Channel.BOOKER, asked).invitation is None
    assert told(Channel.BOOKER, asked.stepped(Happening.DECLINED, NOW)).invitation is None
    assert told(Channel.BOOKER, asked.stepped(Happening.APPROVED, NOW)).invitation is not None


def test_a_cancellation_carries_one_where_there_was_one() -> None:
    gone = appointment().stepped(Happening.CANCELLED, NOW)

    assert told(Channel.BOOKER, gone).invitation is not None


def test_the_host_is_signalled_without_an_invitation() -> None:
    """E4."""
    declined = appointment().stepped(Happening.MEMBER_DECLINED, NOW, note="ben")
    message = told(Channel.HOST, declined)

    assert message.invitation is None
    assert message.appointment.history[-1].note == "ben"


def test_a_copy_is_for_the_member_as_they_were() -> None:
    """A1: the calendar they had when it was booked."""
    made = appointment()
    copy = copy_of(effect(Channel.COPY, made, "ben"), made, b"BEGIN:VCALENDAR")

    assert (copy.member, copy.appointment, copy.icalendar) == (BEN, made, b"BEGIN:VCALENDAR")
    assert copy.key == effect(Channel.COPY, made, "ben").key
