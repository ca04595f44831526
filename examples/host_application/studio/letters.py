"""Letters: a line of JSON each, for the printer in the office."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock

import collective_booking as cb


class Letters:
    """A `Notifier` that appends to *file*; the printer leaves out what it has printed before."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = Lock()

    def send(self, message: cb.Message) -> None:
        appointment = message.appointment
        line = {
            "key": message.key,
            "to": message.email,
            "text": f"{message.name}: {appointment.title} is {message.happening}",
            "invitation": message.invitation and message.invitation.decode(),
            "token": message.token,
        }
        with self._lock, self.file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(line) + "\n")
