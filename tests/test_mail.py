"""A letter as mail: its headers, its parts, and what becomes of addresses."""

from __future__ import annotations

from typing import Any

import pytest

from collective_booking.appointments import Happening
from collective_booking.contacts import Contact
from collective_booking.effects import Channel
from collective_booking.errors import UndeliverableError
from collective_booking.letters import Letter, letter_of
from collective_booking.mail import Mail, mail_of, written
from collective_booking.messages import Message
from collective_booking.snapshots import Snapshot
from tests.bookings import NOW, appointment, at, calendar, member
from tests.messages import HEADERS, content_of, message, read, words_of

SENDER = "bookings@example.com"


def composed(told: Message, letter: Letter | None = None) -> Mail:
    return mail_of(told, letter or letter_of(told), sender=SENDER, signals_to="host@example.com")


def headers(told: Message) -> dict[str, str]:
    return {name: str(value) for name, value in read(composed(told).content).items()}


def test_its_headers_say_who_to_whom_when_and_that_no_person_wrote_it() -> None:
    """RFC 3834: nothing answers automatically to what is generated automatically."""
    told = headers(message())

    assert list(told) == HEADERS
    assert told["From"] == f"Sales call <{SENDER}>"
    assert told["To"] == "Kim Lee <kim@example.com>"
    assert told["Subject"] == "Booked: Sales call"
    assert told["Auto-Submitted"] == "auto-generated"


def test_its_date_is_that_of_the_change() -> None:
    """A mail that is tried for a day says when it happened, each time the same (E1)."""
    moved = appointment().moved(at("12:00"), at("08:15"))

    assert headers(message(moved))["Date"] == "Mon, 23 Nov 2026 08:15:00 +0000"


def test_every_message_has_an_id_of_its_own_and_one_thread_has_them_all() -> None:
    """The UID is unique in the world, the key within the host."""
    first, moved = appointment(), appointment().moved(at("12:00"), NOW)
    channels = (Channel.OWNER, Channel.BOOKER, Channel.HOST)
    told = [message(each, channel=channel) for each in (first, moved) for channel in channels]
    elsewhere = message(appointment(uid="a1@other.example.com"))
    ids = [headers(each)["Message-ID"] for each in (*told, elsewhere)]

    assert len(set(ids)) == len(ids)
    assert all(each.endswith("@booking.example.com>") for each in ids[:-1])
    assert len({headers(each)["References"] for each in told}) == 1
    assert headers(elsewhere)["References"] != headers(told[0])["References"]


@pytest.mark.parametrize("uid", ["no domain", "a1@", "a1@two words", "a1@ünï.example", "a1@x>,<y"])
def test_whatever_a_uid_is_the_id_is_one_that_mail_can_have(uid: str) -> None:
    assert headers(message(appointment(uid=uid)))["Message-ID"].endswith(
        "@collective-booking.invalid>"
    )


@pytest.mark.parametrize(
    ("channel", "changes", "answers"),
    [
        (Channel.OWNER, {}, "kim@example.com"),
        (Channel.BOOKER, {}, "ana@example.com"),
        (Channel.HOST, {}, None),
        (Channel.OWNER, {"contact": Contact("Jörg", "jörg@example.com")}, None),
        (Channel.OWNER, {"contact": Contact("Kim", "kim@exa(mple.com")}, None),
    ],
)
def test_an_answer_goes_to_a_person(
    channel: Channel, changes: dict[str, Any], answers: str | None
) -> None:
    """Left out is who cannot be written to by everybody: the letter itself must arrive."""
    told = message(appointment(**changes), channel=channel)

    assert headers(told).get("Reply-To") == answers


def test_the_booker_answers_to_the_organizer_that_the_host_has_set() -> None:
    snapshot = Snapshot(calendar=calendar(), version=1, owner="ana", organizer="office@example.com")

    assert headers(message(appointment(snapshot=snapshot)))["Reply-To"] == "office@example.com"


# --- parts ---------------------------------------------------------------------------------------


def types(mail: Mail) -> list[str]:
    return [part.get_content_type() for part in read(mail.content).walk()]


def test_what_carries_no_invitation_is_words_alone() -> None:
    told = message(channel=Channel.OWNER)

    assert types(composed(told)) == ["multipart/alternative", "text/plain", "text/html"]
    assert types(composed(told, Letter("Hello", "Hello"))) == ["text/plain"]


def test_an_invitation_is_an_alternative_to_the_words_and_a_file() -> None:
    """RFC 6047: clients that know calendars show the alternative, others the file."""
    told = message()

    assert types(composed(told)) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, event, attached = read(composed(told).content).walk()
    assert event["Content-Type"] == 'text/calendar; method="REQUEST"; charset="UTF-8"'
    assert attached.get_filename() == "invite.ics"
    assert content_of(event) == content_of(attached) == told.invitation


def test_only_the_invitation_itself_says_that_it_cancels() -> None:
    """Notes that read like it would take the meeting out of the booker's calendar."""
    notes = "METHOD:CANCEL\n" * 20
    made = appointment(notes=notes, title="METHOD:CANCEL")
    gone = made.stepped(Happening.CANCELLED, NOW)
    methods = [
        part.get_param("method")
        for each in (made, gone)
        for part in read(composed(message(each)).content).walk()
        if part.get_content_type() == "text/calendar"
    ]

    assert methods == ["REQUEST", "CANCEL"]


def test_no_words_end_their_part() -> None:
    """Whoever knows the boundary beforehand could append a part of their own."""
    told = message(channel=Channel.OWNER)
    boundary = read(composed(told).content).get_boundary()
    assert boundary is not None
    inner = f"\n--{boundary}\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--{boundary}--\n"
    mail = read(composed(told, Letter("Hello", inner, inner)).content)

    assert mail.get_boundary() == boundary
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert words_of(mail) == words_of(mail, "html") == inner.strip()


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ana@example.com", "ana@example.com"),
        ("Ana.Lu+x@EXAMPLE.com", "Ana.Lu+x@EXAMPLE.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@例え.example", "ana@xn--r8jz45g.example"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
        ("ana@straße.example", "ana@straße.example"),  # strasse.example is somebody else
        ("a..b@example.com", '"a..b"@example.com'),
        (".ana@example.com", '".ana"@example.com'),
        ("a(b)@example.com", '"a(b)"@example.com'),
        ("a\\b@example.com", '"a\\\\b"@example.com'),
        ("ana@[192.0.2.1]", "ana@[192.0.2.1]"),
    ],
)
def test_how_an_address_is_written(email: str, expected: str) -> None:
    assert written(email) == expected


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ana",
        "@example.com",
        "ana@",
        "ana@example..com",
        "ana@.example.com",
        "ana@exa(mple).com",
        "ana@example.com\\",
        "ana@" + "a" * 64 + ".example",
        "mailto:ana@example.com",
        "ana@example.com\r\nRCPT TO:<all@example.com>",
        "ana@example.com>\x00",
        "ana@example.com,ben@example.com",
    ],
)
def test_what_mail_cannot_be_sent_to_is_no_address(email: str) -> None:
    """Trying again would not help, so it is a dead letter at once (E1)."""
    with pytest.raises(UndeliverableError):
        written(email)
    with pytest.raises(UndeliverableError):
        composed(message(email=email))


def test_only_a_user_of_another_script_makes_mail_international() -> None:
    assert not composed(message(name="Jörg", email="jo@bücher.example")).international
    mail = composed(message(name="Jörg", email="jörg@example.com"))

    assert mail.international
    assert [each.addr_spec for each in read(mail.content)["To"].addresses] == ["jörg@example.com"]


def test_an_owner_without_a_name_of_their_own_is_written_to_all_the_same() -> None:
    roster = calendar(member("ana"), member("ben"))
    made = appointment(snapshot=Snapshot(calendar=roster, version=1, owner="ben"))

    assert headers(message(made, channel=Channel.OWNER))["To"] == "ben <ben@example.com>"
