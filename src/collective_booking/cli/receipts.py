"""What became of a booking, in words for people and as JSON for programs.

Lives here: appointments, deliveries and saved calendars as they are told.
Must not live here: slots and refusals (they are `tables` and `answers`), files, the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from collective_booking.appointments import Appointment, Status
from collective_booking.cli.answers import Document
from collective_booking.cli.words import Clock, counted, people
from collective_booking.drafts import SavedCalendar
from collective_booking.effects import Channel, unreached
from collective_booking.moments import isoformat
from collective_booking.workflows.delivering import Delivery

if TYPE_CHECKING:
    from collective_booking.cli.backlog import Waiting

_COLOURS = {
    Status.PENDING: "yellow",
    Status.CONFIRMED: "green",
    Status.CANCELLED: "red",
    Status.INVALID: "red",
}


# --- one appointment -----------------------------------------------------------------------------


def receipt(
    appointment: Appointment,
    delivery: Delivery,
    backlog: Sequence[Waiting],
    outbox: Path,
    clock: Clock,
) -> list[RenderableType]:
    """What happened to *appointment*, with whom, and who has been told."""
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
            table.add_row(Text(name, "dim"), Text(value))
    day = f"{clock.day(appointment.start)} {clock.local(appointment.start).year}"
    done = str(appointment.happened).capitalize()
    first = Text.assemble((done, "bold green"), f": {appointment.title}, {day}")
    told = sentences(delivery_lines(delivery, backlog, outbox, clock))
    return [first, Padding(table, (0, 0, 0, 2)), *told, *_without_calendar(appointment)]


def _without_calendar(appointment: Appointment) -> Iterator[RenderableType]:
    names = {member.id: member.name for member in appointment.members}
    if missing := [names[id_] for id_ in unreached(appointment)]:
        verb = "has" if len(missing) == 1 else "have"
        yield Text(f"{people(missing)} {verb} no calendar, and so no invitation.", "yellow")


def agenda_table(appointments: Sequence[Appointment], clock: Clock) -> list[RenderableType]:
    """The appointments by time, and how many of them stand."""
    if not appointments:
        return [Text("Nothing is booked.")]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("when", "", "with", "status", "owner", "id"):
        table.add_column(name, no_wrap=name == "id")
    for each in appointments:
        table.add_row(
            Text(clock.day(each.start), "bold"),
            Text(clock.span(each.slot, each.start)),
            Text(each.contact.name),
            Text(str(each.status), _COLOURS.get(each.status, "")),
            Text(each.owner.name),
            Text(each.id),
        )
    standing = sum(each.status.counts for each in appointments)
    ended = len(appointments) - standing
    told = counted(standing, "appointment") + (f", and {ended} cancelled" if ended else "")
    return [table, Text(f"{told}, {clock.timezone}.", "dim")]


def appointment_document(appointment: Appointment) -> Document:
    """An appointment as JSON, in UTC."""
    contact, location = appointment.contact, appointment.location
    return {
        "id": appointment.id,
        "uid": appointment.uid,
        "calendar": appointment.calendar,
        "status": str(appointment.status),
        "start": isoformat(appointment.start),
        "end": isoformat(appointment.end),
        "title": appointment.title,
        "notes": appointment.notes,
        "contact": {"name": contact.name, "email": contact.email, "timezone": contact.timezone},
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


def delivery_lines(
    delivery: Delivery, backlog: Iterable[Waiting], outbox: Path, clock: Clock
) -> Iterator[str]:
    """How many have been told, and who could not be: why, and from when that is tried again."""
    messages = sum(effect.channel is not Channel.COPY for effect in delivery.delivered)
    copies = len(delivery.delivered) - messages
    parts = [
        counted(messages, "message") if messages else "",
        counted(copies, "invitation") if copies else "",
    ]
    if any(parts):
        yield f"{' and '.join(filter(None, parts))} in {outbox}."
    due = {each.effect.key: each.due for each in backlog}
    for effect in (*delivery.failed, *delivery.dead):
        told = f"is {_next_try(due.get(effect.key), clock)}"
        yield f"{effect.address} {told}: {effect.failure}"


def rest_lines(delivery: Delivery, backlog: Iterable[Waiting], clock: Clock) -> Iterator[str]:
    """How many wait, or are given up, whom this *delivery* has not tried."""
    tried = {effect.key for effect in (*delivery.failed, *delivery.dead)}
    rest = [each for each in backlog if each.effect.key not in tried]
    waiting = [each for each in rest if each.due is not None]
    given_up = len(rest) - len(waiting)
    if waiting:
        verb, first = "waits" if len(waiting) == 1 else "wait", waiting[0]
        yield (
            f"{len(waiting)} {verb}, {first.effect.address} first. "
            f"It is {_next_try(first.due, clock)}: {first.why}"
        )
    if given_up:
        yield f"{given_up} {'is' if given_up == 1 else 'are'} given up."
    if rest:
        yield "`deliver --list` names them, and `deliver --retry KEY` tries one at once."


def backlog_table(backlog: Sequence[Waiting], clock: Clock) -> list[RenderableType]:
    """Each that has not arrived: whose, what has become of it, and the key by which to retry it."""
    if not backlog:
        return [Text("Nothing waits.")]
    lines: list[RenderableType] = []
    for each in backlog:
        lines.append(Text(each.effect.key, "bold"))
        tries = counted(each.effect.attempts, "try", "tries")
        told = f"{_next_try(each.due, clock)}, after {tries}: {each.why}"
        lines.append(Padding(Text(told), (0, 0, 0, 2)))
    return lines


def _next_try(due: datetime | None, clock: Clock) -> str:
    """When one is tried again; to the next second, at which it is due whatever it was rounded."""
    if due is None:
        return "given up"
    whole = (due + timedelta(microseconds=999_999)).replace(microsecond=0)
    return f"tried again by `deliver` from {clock.moment(whole)}"


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


def backlog_document(backlog: Iterable[Waiting]) -> Document:
    """Who has not been told yet, as JSON, in UTC; `due` is null for what is given up."""
    return {
        "undelivered": [
            {
                "key": each.effect.key,
                "appointment": each.effect.appointment,
                "address": each.effect.address,
                "attempts": each.effect.attempts,
                "failure": each.why,
                "due": each.due and isoformat(each.due),
            }
            for each in backlog
        ]
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
