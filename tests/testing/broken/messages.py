"""Notifiers, each of which breaks one promise."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from threading import get_ident

from collective_booking.errors import UndeliverableError
from collective_booking.messages import Audience, Message
from collective_booking.testing import FakeNotifier
from collective_booking.testing.contracts import NotifierContract as Duty
from tests.testing.broken.table import broken
from tests.testing.hosts import OfNotifier

breaks = broken(OfNotifier)


@breaks(Duty.test_a_message_reaches_whom_it_names)
class CopiesTheHost(FakeNotifier):
    def send(self, message: Message) -> None:
        super().send(message)
        super().send(replace(message, email="all@example.com"))


@breaks(Duty.test_a_signal_reaches_the_host)
class OnlyPeople(FakeNotifier):
    def send(self, message: Message) -> None:
        if message.audience is not Audience.HOST:
            super().send(message)


@breaks(Duty.test_words_of_strangers_name_no_recipients)
class ReadsNames(FakeNotifier):
    def send(self, message: Message) -> None:
        super().send(message)
        _, bcc, more = message.name.partition("Bcc: ")
        if bcc:
            super().send(replace(message, email=more))


@breaks(Duty.test_an_invitation_arrives_byte_for_byte)
class UnixLines(FakeNotifier):
    def send(self, message: Message) -> None:
        invitation = message.invitation and message.invitation.replace(b"\r\n", b"\n")
        super().send(replace(message, invitation=invitation))


@breaks(Duty.test_where_there_is_no_invitation_none_arrives)
class AlwaysAttaches(FakeNotifier):
    def send(self, message: Message) -> None:
        super().send(replace(message, invitation=message.invitation or b""))


@breaks(Duty.test_a_repetition_can_be_told)
class NewIds(FakeNotifier):
    def send(self, message: Message) -> None:
        super().send(replace(message, key=f"{message.key}/{len(self.sent)}"))


@breaks(Duty.test_other_messages_are_told_apart, Duty.test_threads_lose_no_message)
class OneId(FakeNotifier):
    def send(self, message: Message) -> None:
        super().send(replace(message, key="booking"))


@breaks(Duty.test_messages_keep_their_order)
class NewestFirst(FakeNotifier):
    def send(self, message: Message) -> None:
        super().send(message)
        self.sent.insert(0, self.sent.pop())


@breaks(Duty.test_what_does_not_arrive_is_an_error)
class HidesFailures(FakeNotifier):
    def send(self, message: Message) -> None:
        with suppress(ConnectionError):
            super().send(message)


@breaks(Duty.test_what_does_not_arrive_is_an_error)
class GivesUpAtOnce(FakeNotifier):
    def send(self, message: Message) -> None:
        try:
            super().send(message)
        except ConnectionError as cause:
            raise UndeliverableError("gone") from cause


@breaks(Duty.test_what_can_never_arrive_is_a_dead_letter)
class HidesRefusals(FakeNotifier):
    def send(self, message: Message) -> None:
        with suppress(UndeliverableError):
            super().send(message)


@breaks(Duty.test_threads_lose_no_message)
class OneThread(FakeNotifier):
    def __init__(self) -> None:
        super().__init__()
        self._mine = get_ident()

    def send(self, message: Message) -> None:
        if get_ident() != self._mine:
            raise RuntimeError("made in another thread")
        super().send(message)
