"""A notifier that keeps what it is given.

Lives here: `FakeNotifier`.
Must not live here: mail.
"""

from __future__ import annotations

from collective_booking.errors import UndeliverableError
from collective_booking.messages import Audience, Message
from collective_booking.testing.faults import Faults


class FakeNotifier:
    """A `Notifier` for tests: `sent` holds every message it acted on, `received` each key once.

    `faults.plan("send", ...)` lets the next ones fail; whoever's address is in `unreachable` can
    never be reached.

    >>> from collective_booking.testing.faults import Fault
    >>> from collective_booking.testing.samples import message
    >>> notifier = FakeNotifier()
    >>> notifier.faults.plan("send", Fault.TWICE)
    >>> notifier.send(message(Audience.OWNER))
    >>> len(notifier.sent), len(notifier.received), notifier.to(Audience.BOOKER)
    (2, 1, [])
    """

    def __init__(self) -> None:
        self.faults: Faults = Faults()
        self.unreachable: set[str] = set()
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        """Keep *message*; see `ports.Notifier`."""
        if message.email in self.unreachable:
            raise UndeliverableError(f"nobody is known as {message.email}")
        self.faults.through("send", lambda: self.sent.append(message))

    @property
    def received(self) -> list[Message]:
        """What its recipients see: a repetition is told by its key, and shown once."""
        return list({message.key: message for message in self.sent}.values())

    def to(self, audience: Audience) -> list[Message]:
        """What of it is for *audience*."""
        return [message for message in self.received if message.audience is audience]
