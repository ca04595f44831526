"""What became of a booking, in words for people and as JSON for programs.

Lives here: appointments, deliveries and saved calendars as they are told.
Must not live here: slots and refusals (they are `tables` and `answers`), files, the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from collective_booking.appointments import Appointment, Status
from collective_booking.cli.answers import Document
from collective_booking.cli.words import Clock, counted, people, plain
from collective_booking.drafts import SavedCalendar
from collective_booking.effects import unreached
from collective_booking.moments import isoformat
from collective_booking.workflows.delivering import Delivery

_COLOURS = {
    Status.PENDING: "yellow",
    Status.CONFIRMED: "green",
    Status.CANCELLED: "red",
    Status.INVALID: "red",
}


# --- one appointment -----------------------------------------------------------------------------


def receipt(
    done: str, appointment: Appointment, delivery: Delivery, outbox: Path, clock: Clock
) -> list[RenderableType]:
    """What was *done*, with whom, and who has been told."""
    table = Table.grid(padding=(0, 3, 0, 0))
    rows = [
        ("id", appointment.id),
        ("when", f"{clock.span(appointment.slot, appointment.start)} ({clock.timezone})"),
        ("with", f"{appointment.contact.name} <{appointment.contact.email}>"),
        ("members", people([member.name for member in appointment.members])),
        ("owner", appointment.owner.name),
        ("where", appointment.location.value if appointment.location else ""),
        ("status", str(appointment.status)),
    ]
    for name, value in rows:
        if value:
            table.add_row(Text(name, "dim"), Text(plain(value)))
    day = f"{clock.day(appointment.start)} {clock.local(appointment.start).year}"
    first = Text.assemble((done, "bold green"), f": {plain(appointment.title)}, {day}")
    return [first, Padding(table, (0, 0, 0, 2)), *_told(appointment, delivery, outbox)]


def _told(appointment: Appointment, delivery: Delivery, outbox: Path) -> list[RenderableType]:
    lines = [Text(line) for line in delivery_lines(delivery, outbox)]
    names = {member.id: member.name for member in appointment.members}
    if missing := [names[id_] for id_ in unreached(appointment)]:
        verb = "has" if len(missing) == 1 else "have"
        told = f"{people(missing)} {verb} no calendar, and so no invitation."
        lines.append(Text(told, "yellow"))
    return list(lines)


def agenda_table(appointments: Sequence[Appointment], clock: Clock) -> list[RenderableType]:
    """The appointments by time."""
    if not appointments:
        return [Text("Nothing is booked.")]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("when", "", "with", "status", "owner", "id"):
        table.add_column(name, no_wrap=name == "id")
    for each in appointments:
        table.add_row(
            Text(clock.day(each.start), "bold"),
            Text(clock.span(each.slot, each.start)),
            Text(plain(each.contact.name)),
            Text(str(each.status), _COLOURS.get(each.status, "")),
            Text(plain(each.owner.name)),
            Text(each.id),
        )
    return [table, Text(f"{counted(len(appointments), 'appointment')}, {clock.timezone}.", "dim")]


def appointment_document(appointment: Appointment) -> Document:
    """An appointment as JSON, in UTC."""
    location = appointment.location
    return {
        "id": appointment.id,
        "uid": appointment.uid,
        "calendar": appointment.calendar,
        "status": str(appointment.status),
        "start": isoformat(appointment.start),
        "end": isoformat(appointment.end),
        "title": appointment.title,
        "notes": appointment.notes,
        "contact": {"name": appointment.contact.name, "email": appointment.contact.email},
        "members": [member.id for member in appointment.members],
        "owner": appointment.owner.id,
        "assigned_to": appointment.assigned_to and appointment.assigned_to.id,
        "location": location and {"kind": str(location.kind), "value": location.value},
        "version": appointment.version,
        "sequence": appointment.sequence,
        "verified": appointment.verified,
        "unreached": list(unreached(appointment)),
    }


# --- the outbox ----------------------------------------------------------------------------------


def delivery_lines(delivery: Delivery, outbox: Path) -> Iterable[str]:
    """How many have been told, and who could not be."""
    messages = sum(effect.channel != "copy" for effect in delivery.delivered)
    copies = len(delivery.delivered) - messages
    parts = [
        counted(messages, "message") if messages else "",
        counted(copies, "invitation") if copies else "",
    ]
    if any(parts):
        yield f"{' and '.join(filter(None, parts))} in {plain(str(outbox))}."
    for effect in (*delivery.failed, *delivery.dead):
        verb = "is tried again by `deliver`" if effect in delivery.failed else "is given up"
        yield f"{plain(effect.address)} {verb}: {plain(effect.failure)}"


def sentences(lines: Iterable[str]) -> list[RenderableType]:
    """A line for each."""
    return [Text(line) for line in lines]


def delivery_document(delivery: Delivery) -> Document:
    """What a delivery came to, as JSON."""
    return {
        "delivered": [effect.key for effect in delivery.delivered],
        "failed": [{"key": e.key, "failure": e.failure} for e in delivery.failed],
        "dead": [{"key": e.key, "failure": e.failure} for e in delivery.dead],
    }


# --- the team ------------------------------------------------------------------------------------


def changed_team(done: str, saved: SavedCalendar, clock: Clock) -> list[RenderableType]:
    """What was *done* to a team, and which appointments keep who left (A4)."""
    calendar = saved.stored.calendar
    lines: list[RenderableType] = [
        Text.assemble((done, "bold green"), f" {calendar.primary_owner.name} owns it.")
    ]
    if saved.kept:
        number = counted(len(saved.kept), "appointment")
        keep = "keeps" if len(saved.kept) == 1 else "keep"
        lines.append(Text(f"{number} to come {keep} who has left:", "yellow"))
        lines += agenda_table(saved.kept, clock)
    return lines


def saved_document(saved: SavedCalendar) -> Document:
    """A calendar that was saved, as JSON."""
    return {
        "calendar": saved.stored.calendar.slug,
        "version": saved.stored.version,
        "changed": saved.changed,
        "owner": saved.stored.calendar.owner,
        "members": [member.id for member in saved.stored.calendar.members],
        "kept": [appointment.id for appointment in saved.kept],
    }
