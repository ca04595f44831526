"""Mail over SMTP, to a real server: what arrives, who may read it on the way, and the settings."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from icalendar import Calendar

from collective_booking.adapters.smtp import Security, SmtpNotifier
from collective_booking.appointments import Happening
from collective_booking.effects import Channel
from collective_booking.errors import (
    ConfigurationError,
    MailUnavailableError,
    UndeliverableError,
    WrongTypeError,
)
from collective_booking.letters import Letter, letter_of
from collective_booking.messages import Message
from collective_booking.testing import awaited
from collective_booking.testing.contracts import Delivered, NotifierContract
from tests.bookings import HOST, KIM, NOW, appointment, at
from tests.messages import content_of, message, read, words_of
from tests.servers.mail import (
    DROPPED,
    LOGIN,
    SENDER,
    booking_service,
    mail_server,
    notifier,
)
from tests.servers.tls import trusting

# --- what every notifier owes --------------------------------------------------------------------


class TestSmtpNotifier(NotifierContract):
    host_address = "office@example.com"

    @pytest.fixture(autouse=True)
    def _beside_a_server(self) -> Iterator[None]:
        with mail_server() as self.server:
            yield

    def make_notifier(self) -> Any:
        return notifier(self.server, signals_to=self.host_address)

    def delivered(self, notifier: Any) -> Sequence[Delivered]:
        return [_arrived(each) for each in self.server.envelopes]

    def break_down(self, notifier: Any) -> None:
        self.server.answers["GREETING"] = DROPPED

    def unreachable(self, notifier: Any) -> str | None:
        self.server.unknown.add("someone@example.com")
        return "someone@example.com"


class TestAwaitedSmtpNotifier(TestSmtpNotifier):
    def make_notifier(self) -> Any:
        return awaited(super().make_notifier())


def _arrived(envelope: Envelope) -> Delivered:
    """What is in the recipient's mailbox: for whom the server took it, not who is named in it."""
    mail = read(envelope.original_content or b"")
    (recipient,) = envelope.rcpt_tos
    attached = [content_of(each) for each in mail.iter_attachments()]
    return Delivered(str(recipient), mail["Message-ID"], *attached)


# --- what arrives --------------------------------------------------------------------------------


def test_a_message_arrives_in_words_and_as_an_invitation() -> None:
    """The bytes that the server got are those of the invitation, folds and line ends included."""
    told = message(appointment(notes="Bring the figures:\n.\n..\n=\n" + "ünï 😀 " * 40))
    with mail_server() as server:
        notifier(server).send(told)

    (envelope,), (mail,) = server.envelopes, server.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["kim@example.com"])
    body, attached = mail.iter_parts()
    types = [part.get_content_type() for part in body.iter_parts()]
    assert types == ["text/plain", "text/html", "text/calendar"]
    *_, event = body.iter_parts()
    assert event.get_param("method") == "REQUEST"
    assert content_of(event) == told.invitation
    assert words_of(mail) == letter_of(told).text
    assert attached.get_filename() == "invite.ics"
    assert content_of(attached) == told.invitation


def test_a_whole_life_is_one_event_to_the_booker_s_calendar() -> None:
    """Their calendar knows it by its UID, and takes only what has a higher SEQUENCE (RFC 5546)."""
    with mail_server() as server:
        service = booking_service(server)
        made = service.book("sales-call", at("10:00"), KIM).appointment
        service.deliver()
        service.reschedule(made.id, at("11:00"))
        service.deliver()
        service.edit(made.id, notes="METHOD:CANCEL")
        service.deliver()
        service.cancel(made.id)
        service.deliver()

    mails = [mail for mail in server.mails if "kim@example.com" in mail["To"]]
    parts = [part for mail in mails for part in mail.walk() if "calendar" in part["Content-Type"]]
    events = [Calendar.from_ical(content_of(part)) for part in parts]
    assert [part.get_param("method") for part in parts] == ["REQUEST"] * 3 + ["CANCEL"]
    assert [each["METHOD"] for each in events] == ["REQUEST"] * 3 + ["CANCEL"]
    assert {each.events[0]["UID"] for each in events} == {made.uid}
    assert [each.events[0]["SEQUENCE"] for each in events] == [0, 1, 2, 3]
    assert len({mail["Message-ID"] for mail in server.mails}) == len(server.mails) == 8
    assert len({mail["References"] for mail in server.mails}) == 1


def test_a_repetition_is_the_same_mail_byte_for_byte() -> None:
    """E1: whoever filters by Message-ID sees it once."""
    with mail_server() as server:
        notifier(server).send(message())
        notifier(server).send(message())

    first, second = (each.original_content for each in server.envelopes)
    assert first == second


def test_a_host_brings_its_own_words() -> None:
    def words(told: Message) -> Letter:
        usual = letter_of(told)
        link = f"https://{HOST}/manage/{told.token}"
        return replace(usual, subject="Your call", text=f"{usual.text}\n\n{link}", html="")

    with mail_server() as server:
        notifier(server, words=words).send(message(token="abc"))

    (mail,) = server.mails
    assert mail["Subject"] == "Your call"
    assert words_of(mail).endswith(f"\n\nhttps://{HOST}/manage/abc")
    assert mail.get_body(("html",)) is None


def test_words_that_are_no_letter_are_refused() -> None:
    with mail_server() as server, pytest.raises(WrongTypeError, match="a Letter"):
        notifier(server, words=lambda told: "Hello").send(message())

    assert server.envelopes == []


def declined() -> Message:
    made = appointment().stepped(Happening.MEMBER_DECLINED, NOW, note="ben")
    return message(made, channel=Channel.HOST)


def test_a_signal_goes_to_whom_the_host_names() -> None:
    """E4: a member declines, and somebody has to decide what that means."""
    with mail_server() as server:
        notifier(server, signals_to="office@example.com").send(declined())

    (mail,) = server.mails
    assert mail["To"] == "office@example.com"
    assert "Who:    ben" in words_of(mail)


def test_a_signal_that_nobody_takes_cannot_be_delivered() -> None:
    """It stays among what is undelivered, with what to do about it, instead of vanishing."""
    with mail_server() as server, pytest.raises(UndeliverableError, match="give SmtpNotifier"):
        notifier(server).send(declined())

    assert server.envelopes == []


# --- addresses of other scripts ------------------------------------------------------------------


def test_an_address_of_another_script_needs_a_server_that_knows_it() -> None:
    with mail_server(enable_SMTPUTF8=True) as server:
        notifier(server).send(message(email="jörg@example.com"))
    with mail_server() as old, pytest.raises(UndeliverableError, match="SMTPUTF8"):
        notifier(old).send(message(email="jörg@example.com"))

    (envelope,), (mail,) = server.envelopes, server.mails
    assert envelope.rcpt_tos == ["jörg@example.com"]
    assert "SMTPUTF8" in envelope.mail_options
    assert mail["To"].addresses[0].addr_spec == "jörg@example.com"
    assert old.envelopes == []


def test_a_domain_of_another_script_needs_no_such_server() -> None:
    """It has a name in ASCII too, and most servers know only that."""
    with mail_server() as server:
        notifier(server).send(message(email="jo@bücher.example"))

    (envelope,) = server.envelopes
    assert envelope.rcpt_tos == ["jo@xn--bcher-kva.example"]
    assert "SMTPUTF8" not in envelope.mail_options


def test_an_unusual_user_is_told_to_the_server_with_quotation_marks() -> None:
    with mail_server() as server:
        notifier(server, sender="a(b)@example.com").send(message(email="a\\b..c@example.com"))

    (envelope,) = server.envelopes
    assert envelope.mail_from == '"a(b)"@example.com'
    assert envelope.rcpt_tos == ['"a\\\\b..c"@example.com']


# --- security ------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_connection_is_encrypted_and_logged_in(security: str) -> None:
    username, password = LOGIN
    with mail_server(security, auth_required=security == "starttls") as server:
        notifier(
            server, security=security, context=trusting(), username=username, password=password
        ).send(message())

    (session,) = server.sessions
    assert session.authenticated
    assert len(server.envelopes) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(security: str) -> None:
    """Whoever sits in between could read the mail and the password; that may be put right later."""
    with mail_server(security) as server, pytest.raises(MailUnavailableError, match="CERTIFICATE"):
        notifier(server, security=security).send(message())

    assert server.envelopes == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_server_is_not_trusted(security: str) -> None:
    with mail_server(security) as server, pytest.raises(MailUnavailableError, match="CERTIFICATE"):
        notifier(server, security=security, context=trusting(), host="localhost").send(message())

    assert server.envelopes == []


def test_nothing_is_said_in_plain_text_to_a_server_without_starttls() -> None:
    """Whoever sits in between could have left it out of the server's answer."""
    with mail_server() as server, pytest.raises(MailUnavailableError, match="STARTTLS"):
        notifier(server, security="starttls", context=trusting()).send(message())

    assert server.envelopes == []


def test_a_wrong_password_is_put_right_later() -> None:
    with mail_server("starttls") as server, pytest.raises(MailUnavailableError, match="535"):
        notifier(
            server, security="starttls", context=trusting(), username="bookings", password="wrong"
        ).send(message())


def test_a_server_that_talks_nonsense_at_the_login_is_put_right_later() -> None:
    """What it says next there is in base64, and this is not."""
    username, password = LOGIN
    with mail_server("tls", auth_require_tls=False) as server:
        server.answers["AUTH"] = "334 a"
        sending = notifier(
            server, security="tls", context=trusting(), username=username, password=password
        )
        with pytest.raises(MailUnavailableError, match="base64"):
            sending.send(message())


def test_unless_told_otherwise_it_is_as_safe_as_can_be() -> None:
    made = SmtpNotifier(host="mail.example.com", sender=SENDER, username="a", password="secret")

    assert made.security is Security.STARTTLS
    assert made.context.verify_mode is ssl.CERT_REQUIRED
    assert made.context.check_hostname
    assert "secret" not in repr(made)


# --- settings ------------------------------------------------------------------------------------


async def later(told: Message) -> Letter:
    return letter_of(told)


class Later:
    async def __call__(self, told: Message) -> Letter:
        return letter_of(told)


@pytest.mark.parametrize(
    "host",
    ["localhost", "mail", "mail_1.example.com", "3com.example", "10.0.0.1", "::1", "2001:db8::25"],
)
def test_a_server_has_a_name_or_an_address(host: str) -> None:
    assert SmtpNotifier(host=host, sender=SENDER).host == host


@pytest.mark.parametrize("host", ["mail.example.com:25", "127.0.0.1:2525", "[::1]:25"])
def test_a_port_beside_the_host_is_told_where_it_belongs(host: str) -> None:
    with pytest.raises(ConfigurationError, match="give the port apart, as port="):
        SmtpNotifier(host=host, sender=SENDER)


def test_whoever_can_be_called_makes_the_letters() -> None:
    class Own:
        def __call__(self, told: Message) -> Letter:
            return letter_of(told)

    own = Own()

    assert SmtpNotifier(host="mail.example.com", sender=SENDER, words=own).words is own


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"host": ""}, "host"),
        ({"host": "mail.example.com\r\nQUIT"}, "host"),
        ({"host": "a" * 64 + ".example.com"}, "host"),
        ({"host": "mail.example.com:25"}, "host"),
        ({"host": "127.0.0.1:2525"}, "host"),
        ({"host": "[::1]"}, "host"),
        ({"host": "dead:beef"}, "host"),
        ({"host": "1.2.3"}, "host"),
        ({"host": "127.0.0.256"}, "host"),
        ({"host": "fe80::1%lo"}, "host"),
        ({"host": 2130706433}, "host"),
        ({"sender": "Bookings <bookings@example.com>"}, "sender"),
        ({"sender": "bookings@exa(mple.com"}, "sender"),
        ({"sender": "bookings@example.com\r\nBcc: all@example.com"}, "sender"),
        ({"sender": "jörg@example.com"}, "sender"),
        ({"signals_to": "office"}, "signals_to"),
        ({"port": 0}, "port"),
        ({"port": True}, "port"),
        ({"security": "ssl"}, "security"),
        ({"timeout": timedelta()}, "timeout"),
        ({"timeout": timedelta.max}, "timeout"),
        ({"timeout": 30}, "timeout"),
        ({"context": None}, "context"),
        ({"words": None}, "words"),
        ({"words": "Hello"}, "words"),
        ({"words": later}, "words"),
        ({"words": partial(later)}, "words"),
        ({"words": Later()}, "words"),
        ({"username": "bookings"}, "password"),
        ({"password": "secret"}, "password"),
        ({"username": "bookings", "password": "secret ïn French"}, "password"),
        ({"username": "bookings", "password": b"secret"}, "password"),
        ({"username": "a", "password": "b", "security": "plaintext"}, "password"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(wrong: dict[str, Any], place: str) -> None:
    usable: dict[str, Any] = {"host": "mail.example.com", "sender": SENDER}
    with pytest.raises(ConfigurationError) as caught:
        SmtpNotifier(**usable | wrong)

    assert [each.place for each in caught.value.problems] == [place]
    assert "secret" not in str(caught.value)
