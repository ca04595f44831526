"""A notifier that a test can wait for.

Lives here: `Mailbox`.
Must not live here: mail.
"""

from __future__ import annotations

from threading import Event
from typing import Final

from collective_booking import Message

PATIENCE: Final = 30.0
"""So many seconds a test waits for what comes at once, or else has failed."""


class Mailbox:
    """A notifier that tells when so many messages have come."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._awaited = (0, Event())

    def send(self, message: Message) -> None:
        self.keys.append(message.key)
        most, arrived = self._awaited
        if len(self.keys) >= most:
            arrived.set()

    def expects(self, most: int) -> Event:
        """What is set once *most* messages are there."""
        self._awaited = (most, Event())
        return self._awaited[1]
