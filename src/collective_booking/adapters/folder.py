"""An outbox that is a folder: e-mail as `.eml` files, each member's calendar as `.ics` files.

Lives here: `FolderOutbox`, for the command and for whoever wants to see what would be sent.
Must not live here: sending anything, members' busy time.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from collective_booking.appointments import Appointment, Happening
from collective_booking.localtime import zone
from collective_booking.messages import Audience, MemberCopy, Message

_WHAT: Final = {
    Happening.REQUESTED: "Requested",
    Happening.BOOKED: "Booked",
    Happening.APPROVED: "Approved",
    Happening.DECLINED: "Declined",
    Happening.MOVED: "Moved",
    Happening.EDITED: "Changed",
    Happening.CANCELLED: "Cancelled",
    Happening.MEMBER_DECLINED: "A member declined",
}


class FolderOutbox:
    """A `Notifier`, and the half of a `CalendarProvider` that keeps copies, over a *folder*.

    Messages become `0001-owner-...eml` and so on in it; a member's copies become
    `<member>/<uid>.ics` while the appointment stands, and `<member>/<uid>.cancelled.ics` after it.
    The same message or copy again overwrites its file, so nothing is there twice. Files appear
    whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """

    def __init__(self, folder: Path, sender: str = "bookings@example.invalid") -> None:
        self.folder = folder
        self.sender = sender

    # --- messages -------------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Write *message* as an `.eml` file; see `ports.Notifier`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Which one it is stands in the name, so that a repetition finds its own file.
        name = f"{message.audience}-{message.happening.replace(' ', '-')}-{_short(message.key)}.eml"
        known = sorted(self.folder.glob(f"[0-9]*-{name}"))
        place = known[0] if known else self.folder / f"{self._next():04}-{name}"
        _write(place, self._mail(message).as_bytes())

    def _next(self) -> int:
        taken = [int(each.name[:4]) for each in self.folder.glob("[0-9][0-9][0-9][0-9]-*.eml")]
        return max(taken, default=0) + 1

    def _mail(self, message: Message) -> EmailMessage:
        appointment = message.appointment
        mail = EmailMessage(policy=_policy(message))
        mail["From"] = self.sender
        mail["To"] = _to(message, self.sender)
        mail["Subject"] = f"{_WHAT[message.happening]}: {appointment.title}"
        mail["Date"] = appointment.changed
        mail["Message-ID"] = f"<{_short(message.key)}.{_plain(appointment.uid)}>"
        mail.set_content(_text(message))
        if message.invitation is not None:
            method = "CANCEL" if b"METHOD:CANCEL" in message.invitation else "REQUEST"
            mail.add_attachment(
                message.invitation,
                maintype="text",
                subtype="calendar",
                filename="invite.ics",
                params={"method": method, "charset": "UTF-8"},
            )
        return mail

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


# --- words ---------------------------------------------------------------------------------------


def _text(message: Message) -> str:
    appointment = message.appointment
    told = [
        f"{_WHAT[message.happening]}: {appointment.title}",
        "",
        f"When:   {_when(appointment)}",
        f"Where:  {appointment.location.value}" if appointment.location else "",
        f"With:   {appointment.contact.name} <{appointment.contact.email}>",
        f"Team:   {', '.join(each.name for each in appointment.members)}",
        f"Status: {appointment.status}",
        f"Notes:  {appointment.notes}" if appointment.notes else "",
        f"Moved from {appointment.history[-1].note}"
        if message.happening is Happening.MOVED
        else "",
        f"To manage it, use this token: {message.token}" if message.token else "",
    ]
    return "\n".join(line for place, line in enumerate(told) if line or place == 1) + "\n"


def _when(appointment: Appointment) -> str:
    """The time by the clock of the calendar, with its offset."""
    here = zone(appointment.snapshot.calendar.timezone)
    start, end = appointment.start.astimezone(here), appointment.end.astimezone(here)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M} to {until} ({here.key}, UTC{_offset(start)})"


def _offset(moment: datetime) -> str:
    written = f"{moment:%z}"
    return f"{written[:3]}:{written[3:5]}"


def _policy(message: Message) -> Policy[Any]:
    """Addresses of other scripts need a newer kind of mail than names do."""
    return SMTP if message.email.isascii() else SMTPUTF8


def _to(message: Message, sender: str) -> Address | str:
    if message.audience is Audience.HOST:
        return sender
    user, _, domain = message.email.rpartition("@")
    return Address(message.name, user, domain)


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
