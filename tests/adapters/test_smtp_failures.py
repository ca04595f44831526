"""A mail server that refuses, hangs up or is not there: what is tried again, and what never is."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from collective_booking.appointments import Status
from collective_booking.effects import Channel
from collective_booking.errors import MailUnavailableError, UndeliverableError
from tests.bookings import KIM, at
from tests.messages import message
from tests.servers.mail import (
    DROPPED,
    SLOWLY,
    MailServer,
    booking_service,
    mail_server,
    notifier,
)
from tests.servers.processes import HOME
from tests.servers.tls import trusting


@pytest.mark.parametrize("command", ["RCPT", "DATA", "CONTENT"])
@pytest.mark.parametrize("answer", ["550 5.1.1 Nobody of that name", "554 5.7.1 No\tthanks"])
def test_a_refusal_of_recipient_or_message_is_for_good(command: str, answer: str) -> None:
    """E1: it becomes a dead letter at once, with what the server said."""
    with mail_server() as server:
        server.answers[command] = answer
        with pytest.raises(UndeliverableError) as caught:
            notifier(server).send(message())

    assert " ".join(answer.split()[1:]) in str(caught.value)
    assert answer[:3] in str(caught.value)
    assert server.envelopes == []


@pytest.mark.parametrize("command", ["GREETING", "MAIL", "RCPT", "DATA", "CONTENT"])
@pytest.mark.parametrize("answer", ["421 4.3.2 Closing", "450 4.2.0 Later", "451 4.7.1 Greylisted"])
def test_not_now_is_not_never(command: str, answer: str) -> None:
    """Greylisting refuses everybody's first try."""
    with mail_server() as server:
        server.answers[command] = answer
        with pytest.raises(MailUnavailableError, match=answer[:3]):
            notifier(server).send(message())
        server.answers.clear()
        notifier(server).send(message())

    assert len(server.envelopes) == 1


@pytest.mark.parametrize("answer", ["250 OK", "220 Ready", "334 Go on", "199 Well"])
def test_a_mail_that_was_never_asked_for_is_not_sent(answer: str) -> None:
    """The content goes out after a 354 only; whatever else is said, the server does not have it."""
    with mail_server() as server:
        server.answers["DATA"] = answer
        with pytest.raises(MailUnavailableError, match=answer[:3]):
            notifier(server).send(message())
        server.answers.clear()
        notifier(server).send(message())

    assert len(server.envelopes) == 1


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("GREETING", "554 No mail here"),
        ("MAIL", "550 5.7.1 This sender may not"),
        ("MAIL", "530 5.7.0 Authentication required"),
        ("RCPT", "530 5.7.0 Authentication required"),
    ],
)
def test_a_refusal_of_us_is_no_refusal_of_the_recipient(command: str, answer: str) -> None:
    """Wrong settings are put right within a day; ten dead letters would be more to repair."""
    with mail_server() as server:
        server.answers[command] = answer
        with pytest.raises(MailUnavailableError, match=answer[:3]):
            notifier(server).send(message())


def test_a_mail_that_is_too_big_for_the_server_is_refused_for_good() -> None:
    with mail_server() as server:
        server.answers["MAIL"] = "552 5.3.4 Too big"
        with pytest.raises(UndeliverableError, match="552"):
            notifier(server).send(message())


@pytest.mark.parametrize("command", ["GREETING", "MAIL", "RCPT", "DATA", "CONTENT"])
def test_a_connection_that_ends_before_the_mail_is_accepted_is_tried_again(command: str) -> None:
    """At least once: perhaps the server has it, and then the repetition is the same mail."""
    with mail_server() as server:
        server.answers[command] = DROPPED
        with pytest.raises(MailUnavailableError) as caught:
            notifier(server).send(message())
        server.answers.clear()
        notifier(server).send(message())

    assert caught.value.__cause__ is not None
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


@pytest.mark.parametrize("answer", [DROPPED, "421 Closing", "500 What?", "221-Bye\r\n" * 1_000])
def test_what_was_accepted_is_sent_whatever_becomes_of_the_farewell(answer: str) -> None:
    """To send it again would be to send it twice."""
    with mail_server() as server:
        server.answers["QUIT"] = answer
        notifier(server).send(message())

    assert len(server.envelopes) == 1


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as free:
        free.bind((HOME, 0))
        gone = MailServer(port=free.getsockname()[1])
        with pytest.raises(MailUnavailableError, match="ConnectionRefusedError"):
            notifier(gone).send(message())


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server((HOME, 0)) as silent:
        mute = MailServer(port=silent.getsockname()[1])
        with pytest.raises(MailUnavailableError):
            notifier(mute, timeout=timedelta(milliseconds=50)).send(message())


STEPS = ["GREETING", "MAIL", "RCPT", "DATA", "CONTENT"]
USUAL = {"GREETING": "220", "DATA": "354"}


def said_at_last(command: str, before: str) -> str:
    """A reply that would let the talk go on, with a lot *before* the end of it."""
    code = USUAL.get(command, "250")
    return f"{before.replace('CODE', code)}{code} OK"


@pytest.mark.parametrize("command", STEPS)
@pytest.mark.parametrize("before", ["CODE-x\r\n" * 1_000, f"CODE-{'x' * 1_000}\r\n" * 150])
def test_a_reply_without_end_is_not_read_to_its_end(command: str, before: str) -> None:
    """It would fill the memory of the host; a real one has a few lines, none of them long."""
    with mail_server() as server:
        server.answers[command] = said_at_last(command, before)
        with pytest.raises(MailUnavailableError, match="a reply of more than"):
            notifier(server).send(message())


@pytest.mark.parametrize("command", ["GREETING", "MAIL", "RCPT", "CONTENT"])
def test_a_reply_of_many_lines_is_a_reply(command: str) -> None:
    with mail_server() as server:
        server.answers[command] = said_at_last(command, f"CODE-{'x' * 300}\r\n" * 150)
        notifier(server).send(message())

    assert len(server.envelopes) == 1


@pytest.mark.parametrize("command", STEPS)
@pytest.mark.parametrize("before", ["CODE-x\r\n" * 30, f"CODE-{'x' * 240}\r\n"])
def test_a_server_that_says_little_at_a_time_is_not_waited_for_for_ever(
    command: str, before: str
) -> None:
    """Each byte is in time and the reply is not: everybody else's mail would wait behind it."""
    with mail_server() as server:
        server.answers[command] = SLOWLY + said_at_last(command, before)
        with pytest.raises(MailUnavailableError, match="timed out"):
            notifier(server, timeout=timedelta(milliseconds=250)).send(message())


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("pace", "seconds", "told"), [("", 30, "more than"), (SLOWLY, 1, "timed")])
def test_behind_tls_a_reply_has_an_end_too(
    security: str, pace: str, seconds: int, told: str
) -> None:
    """After STARTTLS the server is heard by another socket than before."""
    with mail_server(security) as server:
        server.answers["MAIL"] = pace + said_at_last("MAIL", "CODE-x\r\n" * 250)
        patient = {"context": trusting(), "timeout": timedelta(seconds=seconds)}
        with pytest.raises(MailUnavailableError, match=told):
            notifier(server, security=security, **patient).send(message())


def test_a_failing_server_leaves_the_appointment_standing() -> None:
    """E3, and what is undelivered tells why."""
    with mail_server() as server:
        server.answers["RCPT"] = "550 5.1.1 Nobody of that name"
        service = booking_service(server)
        made = service.book("sales-call", at("10:00"), KIM).appointment
        report = service.deliver()

    assert {each.channel for each in report.dead} == {Channel.OWNER, Channel.BOOKER}
    assert all("550 '5.1.1 Nobody of that name'" in each.failure for each in service.undelivered())
    assert service.appointment(made.id).appointment.status is Status.CONFIRMED
