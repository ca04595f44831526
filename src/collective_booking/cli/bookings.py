"""The commands that book, and what each of them answers.

Lives here: arguments, options and their help; asking the service.
Must not live here: finding times (that is `commands`), layout, files, what a booking is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from collective_booking.appointments import Contact
from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import examine
from collective_booking.cli import when
from collective_booking.cli.answers import NO, YES, Answer, BadInput, start_document
from collective_booking.cli.commands import command, options, places
from collective_booking.cli.questions import Asked, ask
from collective_booking.reasons import SlotUnavailableError

if TYPE_CHECKING:
    from collective_booking.workflows.desk import Booking

_TEAM: Final = click.argument("team")
_ABOUT: Final = options(
    places,
    click.option("--now", metavar="X", help="What time it is [the clock's]."),
    click.option("--timezone", metavar="ZONE", help="Show times as in ZONE [the calendar's]."),
    click.option("--json", "as_json", is_flag=True, help="Answer in JSON, in UTC."),
)


@command.command()
@_TEAM
@click.argument("start")
@click.option("--name", metavar="NAME", required=True, help="Who books.")
@click.option("--email", metavar="ADDRESS", required=True, help="Where they are written to.")
@click.option("--notes", metavar="TEXT", default="", help="What everybody should know.")
@_ABOUT
def book(
    team: str, start: str, *, name: str, email: str, notes: str, as_json: bool, **given: str | None
) -> Answer:
    """Book START for somebody, if it suits everyone.

    The time is asked for once more under a lock, and taken in every team that shares a member and a
    database. Then the owner's e-mail and the members' invitations are put into the outbox.

    \b
      collective-booking book team.toml 2026-11-24T10:00:00Z --name Kim --email kim@example.com
    """
    asked = ask(team, given)
    at = _start(start)
    contact = Contact(name, email)
    return _answered(
        asked,
        "Booked",
        lambda service: service.book(asked.team.calendar.slug, at, contact, notes=notes),
        as_json=as_json,
    )


@command.command()
@_TEAM
@click.option("--from", metavar="X", help="The first start: a date or an instant [now].")
@click.option("--to", metavar="X", help="The last start, a date itself included [90 days on].")
@_ABOUT
def agenda(team: str, *, as_json: bool, **given: str | None) -> Answer:
    """List what is booked.

    \b
      collective-booking agenda team.toml
      collective-booking agenda team.toml --from 2026-11-23 --to 2026-11-27 --json
    """
    asked = ask(team, given, days=when.QUARTER, whole=True)
    found = asked.office().service.agenda(asked.window, slug=asked.team.calendar.slug)
    from collective_booking.cli import receipts  # noqa: PLC0415

    if as_json:
        told = [receipts.appointment_document(each) for each in found]
        return Answer(YES, document={"appointments": told, "calendar": asked.team.calendar.slug})
    return Answer(YES, receipts.agenda_table(found, asked.clock))


@command.command()
@_TEAM
@click.argument("appointment")
@click.argument("start")
@_ABOUT
def reschedule(
    team: str, appointment: str, start: str, *, as_json: bool, **given: str | None
) -> Answer:
    """Move APPOINTMENT to START; it does not stand in its own way.

    Its members, owner, duration and buffers are those it was booked with.

    \b
      collective-booking reschedule team.toml 3f9a01bc2d 2026-11-24T11:00:00Z
    """
    asked, at = ask(team, given), _start(start)
    return _answered(
        asked, "Moved", lambda service: service.reschedule(appointment, at), as_json=as_json
    )


@command.command()
@_TEAM
@click.argument("appointment")
@_ABOUT
def cancel(team: str, appointment: str, *, as_json: bool, **given: str | None) -> Answer:
    """Cancel APPOINTMENT; its time is free again.

    \b
      collective-booking cancel team.toml 3f9a01bc2d
    """
    asked = ask(team, given)
    return _answered(
        asked, "Cancelled", lambda service: service.cancel(appointment), as_json=as_json
    )


@command.command()
@_TEAM
@click.argument("appointment")
@_ABOUT
def approve(team: str, appointment: str, *, as_json: bool, **given: str | None) -> Answer:
    """Approve the request APPOINTMENT, where the team approves bookings.

    \b
      collective-booking approve team.toml 3f9a01bc2d
    """
    asked = ask(team, given)
    return _answered(
        asked, "Approved", lambda service: service.approve(appointment), as_json=as_json
    )


@command.command()
@_TEAM
@_ABOUT
def deliver(team: str, *, as_json: bool, **given: str | None) -> Answer:
    """Put what waits into the outbox: e-mail and invitations that could not be written before.

    \b
      collective-booking deliver team.toml
    """
    asked = ask(team, given)
    office = asked.office()
    delivery = office.service.deliver()
    from collective_booking.cli import receipts  # noqa: PLC0415

    code = NO if delivery.failed or delivery.dead else YES
    if as_json:
        return Answer(code, document=receipts.delivery_document(delivery))
    lines = list(receipts.delivery_lines(delivery, office.outbox))
    return Answer(code, receipts.sentences(lines or ["Nothing waits."]))


@command.command()
@_TEAM
@click.argument("member")
@_ABOUT
def remove_member(team: str, member: str, *, as_json: bool, **given: str | None) -> Answer:
    """Take MEMBER out of the team file; what is booked with them stays, and is listed.

    \b
      collective-booking remove-member team.toml ben
    """
    from collective_booking.cli import rewriting  # noqa: PLC0415

    asked = ask(team, given)
    asked.office()
    after = asked.of(rewriting.remove_member(asked.team, member))
    return _changed(after, f"{member} has left.", as_json=as_json)


@command.command()
@_TEAM
@click.argument("member")
@_ABOUT
def make_owner(team: str, member: str, *, as_json: bool, **given: str | None) -> Answer:
    """Make MEMBER the owner in the team file, of what is booked from now on.

    \b
      collective-booking make-owner team.toml ben
    """
    from collective_booking.cli import rewriting  # noqa: PLC0415

    asked = ask(team, given)
    asked.office()
    after = asked.of(rewriting.make_owner(asked.team, member))
    return _changed(after, "Done.", as_json=as_json)


whole: Final = command
"""The command with all of its commands: those of this room are added above."""


# --- answers -------------------------------------------------------------------------------------


def _start(text: str) -> Any:
    read, problems = examine({"START": when.start}, {"START": text})
    if problems:
        raise BadInput(problems)
    return read["START"]


def _answered(asked: Asked, done: str, act: Callable[[Any], Booking], *, as_json: bool) -> Answer:
    """What *act* comes to: a receipt, once everybody is told, or why the time is refused."""
    office = asked.office()
    try:
        made = act(office.service).appointment
    except SlotUnavailableError as error:
        return _refused(asked, error, as_json=as_json)
    delivery = office.service.deliver()
    from collective_booking.cli import receipts  # noqa: PLC0415

    if as_json:
        document = {
            "appointment": receipts.appointment_document(made),
            **receipts.delivery_document(delivery),
        }
        return Answer(YES, document=document)
    return Answer(YES, receipts.receipt(done, made, delivery, office.outbox, asked.clock))


def _refused(asked: Asked, error: SlotUnavailableError, *, as_json: bool) -> Answer:
    calendar: CollectiveCalendar = asked.team.calendar
    if as_json:
        return Answer(NO, document=start_document(calendar, error.explanation))
    from collective_booking.cli import tables  # noqa: PLC0415

    return Answer(NO, tables.refusal(calendar, error.explanation, asked.clock))


def _changed(asked: Asked, done: str, *, as_json: bool) -> Answer:
    from collective_booking.cli import receipts  # noqa: PLC0415

    saved = asked.office().saved
    if as_json:
        return Answer(YES, document=receipts.saved_document(saved))
    return Answer(YES, receipts.changed_team(done, saved, asked.clock))
