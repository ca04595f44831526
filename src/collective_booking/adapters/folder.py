"""An outbox that is a folder: e-mail as `.eml` files, each member's calendar as `.ics` files.

Lives here: `FolderOutbox`, for the command and for whoever wants to see what would be sent.
Must not live here: sending anything, members' busy time.
"""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from pathlib import Path
from typing import Final

from collective_booking.checks import Rules, function, instance_of
from collective_booking.letters import Words, letter_of
from collective_booking.mail import mail_of
from collective_booking.members import EMAIL
from collective_booking.messages import MemberCopy, Message

_RULES: Final = Rules(
    {
        "folder": instance_of(Path, "a Path"),
        "sender": EMAIL,
        "words": function("makes a Letter"),
    },
    {},
)


class FolderOutbox:
    """A `Notifier`, and the half of a `CalendarProvider` that keeps copies, over a *folder*.

    Messages become `0001-owner-...eml` and so on in it, signals to the host (E4) among them, from
    and to *sender*; they are in *words*, as those of `SmtpNotifier` are. A member's copies become
    `<member>/<uid>.ics` while the appointment stands, and `<member>/<uid>.cancelled.ics` after it.
    The same message or copy again overwrites its file, so nothing is there twice. Files appear
    whole or not at all.

    Raises:
        ConfigurationError: it lists everything that is wrong, when the outbox is made.
        OSError: the folder cannot be written, when something is put into it.

    >>> from tempfile import TemporaryDirectory
    >>> from collective_booking.invitations import invitation
    >>> from collective_booking.testing.samples import BEN, appointment
    >>> call = appointment()
    >>> copy = MemberCopy(key="k", member=BEN, appointment=call, icalendar=invitation(call))
    >>> with TemporaryDirectory() as folder:
    ...     FolderOutbox(Path(folder)).put(copy)
    ...     [file.relative_to(folder).as_posix() for file in Path(folder).rglob("*.ics")]
    ['ben/a1@booking.example.com.ics']
    """

    def __init__(
        self, folder: Path, sender: str = "bookings@example.invalid", *, words: Words = letter_of
    ) -> None:
        self.folder = folder
        self.sender = sender
        self.words = words
        _RULES.settle(self, "the outbox")

    # --- messages -------------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Write *message* as an `.eml` file; see `ports.Notifier`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Which one it is stands in the name, so that a repetition finds its own file.
        name = f"{message.audience}-{message.happening.replace(' ', '-')}-{_short(message.key)}.eml"
        known = sorted(self.folder.glob(f"[0-9]*-{name}"))
        place = known[0] if known else self.folder / f"{self._next():04}-{name}"
        mail = mail_of(message, self.words(message), sender=self.sender, signals_to=self.sender)
        _write(place, mail.content)

    def _next(self) -> int:
        taken = [int(each.name[:4]) for each in self.folder.glob("[0-9][0-9][0-9][0-9]-*.eml")]
        return max(taken, default=0) + 1

    # --- copies ---------------------------------------------------------------------------------

    def put(self, copy: MemberCopy) -> None:
        """Write the copy of a member; see `ports.CalendarProvider`."""
        present, gone = self._places(copy)
        _write(present, copy.icalendar)
        gone.unlink(missing_ok=True)

    def update(self, copy: MemberCopy) -> None:
        """Overwrite the copy of a member; see `ports.CalendarProvider`."""
        self.put(copy)

    def remove(self, copy: MemberCopy) -> None:
        """Write the cancellation, and delete the copy; see `ports.CalendarProvider`."""
        present, gone = self._places(copy)
        _write(gone, copy.icalendar)
        present.unlink(missing_ok=True)

    def _places(self, copy: MemberCopy) -> tuple[Path, Path]:
        own = self.folder / _plain(copy.member.id)
        own.mkdir(parents=True, exist_ok=True)
        name = _plain(copy.appointment.uid)
        return own / f"{name}.ics", own / f"{name}.cancelled.ics"


# --- files ---------------------------------------------------------------------------------------


def _short(key: str) -> str:
    return blake2b(key.encode(), digest_size=6).hexdigest()


def _plain(name: str) -> str:
    """*name* as a file name that stays in its folder: what is unusual is told by a code."""
    plain = re.sub(r"[^A-Za-z0-9@._-]", "_", name).lstrip(".")[:100]
    return plain if plain == name else f"{plain}-{_short(name)}"


def _write(place: Path, content: bytes) -> None:
    """Write the file whole, or not at all."""
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(place)
