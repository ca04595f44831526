"""What a notifier owes.

Lives here: `NotifierContract`, and `Delivered`.
Must not live here: words, mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from collective_booking.contacts import Contact
from collective_booking.errors import UndeliverableError
from collective_booking.messages import Audience
from collective_booking.testing import samples
from collective_booking.testing.contracts.calling import Contract, answers, only
from collective_booking.testing.samples import KIM, LOU, NOW, at

_ODD: Final = Contact('Kim "K" <x@example.com>, Bcc: all@example.com', "kim@example.com")
_INJECTED: Final = "Hello\r\nBcc: all@example.com\r\n\r\n.\r\nRCPT TO:<all@example.com>\nTo: x\n"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What arrived somewhere: `to` whom, its `invitation`, and the `id` that tells repetitions.

    `id` is whatever the recipient can tell a repetition by, such as a Message-ID. `invitation` is
    None where there was none.

    >>> Delivered(to="kim@example.com", id="<1@mail.example.com>").invitation is None
    True
    """

    to: str
    id: str
    invitation: bytes | None = None


class NotifierContract(Contract):
    """Subclass this in your tests of a `Notifier`, and say how it is made.

    `carries_invitations` is False of one that sends no attachments. `host_address` is where
    messages for the host itself arrive.

    >>> from collective_booking.testing import FakeNotifier, Fault
    >>> class TestFakeNotifier(NotifierContract):
    ...     def make_notifier(self):
    ...         return FakeNotifier()
    ...
    ...     def delivered(self, notifier):
    ...         return [Delivered(each.email, each.key, each.invitation) for each in notifier.sent]
    ...
    ...     def break_down(self, notifier):
    ...         notifier.faults.plan("send", Fault.BEFORE)
    >>> TestFakeNotifier().test_a_message_reaches_whom_it_names()
    """

    carries_invitations: bool = True
    host_address: str = ""

    # --- what the host says ---------------------------------------------------------------------

    def make_notifier(self) -> Any:
        """A notifier that has sent nothing yet."""
        raise NotImplementedError(
            "say in your class how your notifier is made: write make_notifier"
        )

    def delivered(self, notifier: Any) -> Sequence[Delivered]:
        """What has arrived by *notifier* so far, in order, seen from the recipients' side."""
        raise NotImplementedError("say in your class how to see what has arrived: write delivered")

    def break_down(self, notifier: Any) -> None:
        """Let nothing arrive that *notifier* sends from now on: stop its server, for example."""
        raise NotImplementedError(
            "say in your class how your notifier breaks down: write break_down"
        )

    def unreachable(self, notifier: Any) -> str | None:  # noqa: ARG002  # for those who override it
        """An address that *notifier* finds out to be none; None where it takes every address."""
        return None

    # --- to whom --------------------------------------------------------------------------------

    def test_a_message_reaches_whom_it_names(self) -> None:
        """Send one message to whom it names, and to nobody else."""
        notifier = self.make_notifier()
        self.call(notifier.send, samples.message(Audience.BOOKER))
        self.call(notifier.send, samples.message(Audience.OWNER))

        assert self.addresses(notifier) == ["kim@example.com", "ana@example.com"]

    def test_a_signal_reaches_the_host(self) -> None:
        """The application itself is told too, of whom the message knows no address."""
        notifier = self.make_notifier()
        self.call(notifier.send, samples.message(Audience.HOST))

        assert self.addresses(notifier) == [self.host_address]

    def test_words_of_strangers_name_no_recipients(self) -> None:
        """Names and notes that look like headers or commands are only words."""
        notifier = self.make_notifier()
        odd = samples.appointment(contact=_ODD, title='<b>"ünï"</b>, Cc: x@y 😀', notes=_INJECTED)
        self.call(notifier.send, samples.message(Audience.BOOKER, odd))

        assert self.addresses(notifier) == ["kim@example.com"]

    # --- what -----------------------------------------------------------------------------------

    def test_an_invitation_arrives_byte_for_byte(self) -> None:
        """Calendars compare what they get with what they have; a changed line is another event."""
        notifier = self.make_notifier()
        notes = "Bring:\n" + "ünï 😀, " * 40 + "\n.\nFrom here"
        message = samples.message(Audience.BOOKER, samples.appointment(notes=notes))
        assert message.invitation is not None
        self.call(notifier.send, message)

        arrived = only(self.delivered(notifier))
        assert arrived.invitation == (message.invitation if self.carries_invitations else None)

    def test_where_there_is_no_invitation_none_arrives(self) -> None:
        """Whose own calendar gets its copy would have the appointment twice (E2)."""
        notifier = self.make_notifier()
        message = samples.message(Audience.OWNER)
        assert message.invitation is None
        self.call(notifier.send, message)

        assert [each.invitation for each in self.delivered(notifier)] == [None]

    # --- how often, in which order --------------------------------------------------------------

    def test_a_repetition_can_be_told(self) -> None:
        """At least once is not exactly once: under one key it is the same message (E1)."""
        notifier = self.make_notifier()
        for _ in range(2):
            self.call(notifier.send, samples.message(Audience.BOOKER))

        assert len({each.id for each in self.delivered(notifier)}) == 1

    def test_other_messages_are_told_apart(self) -> None:
        """Who throws repetitions away must not lose a second message, or another's."""
        notifier = self.make_notifier()
        moved = samples.appointment().moved(at("14:00"), NOW)
        for made in (samples.appointment(), moved, samples.appointment(id="a2")):
            for audience in (Audience.BOOKER, Audience.OWNER):
                self.call(notifier.send, samples.message(audience, made))

        assert len({each.id for each in self.delivered(notifier)}) == 6

    def test_messages_keep_their_order(self) -> None:
        """Messages of one appointment to one recipient come in order, and arrive so."""
        notifier = self.make_notifier()
        made = samples.appointment()
        self.call(notifier.send, samples.message(Audience.BOOKER, made))
        for hour in (11, 12, 13, 14):
            before = list(self.delivered(notifier))
            made = made.moved(at(f"{hour}:00"), NOW)
            self.call(notifier.send, samples.message(Audience.BOOKER, made))
            assert list(self.delivered(notifier))[: len(before)] == before

        assert len(self.delivered(notifier)) == 5

    # --- failing --------------------------------------------------------------------------------

    def test_what_does_not_arrive_is_an_error(self) -> None:
        """It is tried again later; of what is lost in silence nobody hears."""
        notifier = self.make_notifier()
        self.break_down(notifier)

        try:
            self.call(notifier.send, samples.message(Audience.BOOKER))
        except UndeliverableError as final:
            raise AssertionError(f"it would never be tried again: {final}") from final
        except Exception:  # noqa: BLE001  # any other error means that it is tried again
            return
        raise AssertionError("nothing can arrive, and nobody was told")

    def test_what_can_never_arrive_is_a_dead_letter(self) -> None:
        """An address that is none is told at once; and no address is refused for anything else."""
        notifier = self.make_notifier()
        address = self.unreachable(notifier)
        to = samples.appointment(contact=replace(KIM, email=address or "someone@example.com"))

        try:
            self.call(notifier.send, samples.message(Audience.BOOKER, to))
            refused = False
        except UndeliverableError:
            refused = True
        other = samples.appointment(id="a2", contact=LOU)
        self.call(notifier.send, samples.message(Audience.BOOKER, other))
        taken = [] if address else ["someone@example.com"]
        assert (refused, self.addresses(notifier)) == (bool(address), [*taken, LOU.email])

    def test_threads_lose_no_message(self) -> None:
        """Every method may be called from several threads at once."""
        notifier = self.make_notifier()
        made = [samples.appointment(id=f"a{number}") for number in range(8)]
        messages = [samples.message(Audience.BOOKER, each) for each in made]
        answers(self.at_once([partial(self.call, notifier.send, each) for each in messages]))

        assert len({each.id for each in self.delivered(notifier)}) == len(made)

    # --- what has arrived ----------------------------------------------------------------------

    def addresses(self, notifier: Any) -> list[str]:
        """To whom something has arrived so far."""
        return [each.to for each in self.delivered(notifier)]
