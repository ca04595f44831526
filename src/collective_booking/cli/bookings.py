"""The commands that book, and what each of them answers.

Lives here: arguments, options and their help; asking the service.
Must not live here: finding times (that is `commands`), layout, files, what a booking is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli import when
from collective_booking.cli.answers import NO, YES, Answer, BadInput, start_document
from collective_booking.cli.commands import command, in_json, now, options, places, shown_in
from collective_booking.cli.questions import Asked, arguments, ask
from collective_booking.contacts import Contact
from collective_booking.errors import ConfigurationError, Problem, UnknownBookingError
from collective_booking.reasons import SlotUnavailableError
from collective_booking.wording import shown

if TYPE_CHECKING:
    from collective_booking.cli.office import Office
    from collective_booking.service import BookingService
    from collective_booking.workflows.desk import Booking

_TEAM: Final = click.argument("team")
_ABOUT: Final = options(places, now, shown_in, in_json)


@command.command()
@_TEAM
@click.argument("start")
@click.option("--name", metavar="NAME", required=True, help="Who books.")
@click.option("--email", metavar="ADDRESS", required=True, help="Where they are written to.")
@click.option("--notes", metavar="TEXT", default="", help="What everybody should know.")
@click.option(
    "--location", metavar="WHERE", help="A link, a number or any text [the team's location]."
)
@click.option("--timezone", metavar="ZONE", help="The zone they live by; times are shown as in it.")
@options(places, now, in_json)
def book(
    team: str,
    start: str,
    *,
    name: str,
    email: str,
    notes: str,
    location: str | None,
    as_json: bool,
    **given: str | None,
) -> Answer:
    """Book START for somebody, if it suits everyone.

    The time is asked for once more under a lock, and taken in every team that shares a member and a
    database. Then the owner's e-mail and the members' invitations are put into the outbox. Where
    the team leaves the location to the booker, --location says which they chose. With --timezone
    their mail has the time on their own clock.

    \b
      collective-booking book team.toml 2026-11-24T10:00:00Z \\
        --name Kim --email kim@example.com
    """
    asked = ask(team, given)
    calendar = asked.team.calendar
    read = arguments(START=start, **{"--location": location})
    if calendar.price is not None:  # M1
        told = "is paid before anything is booked, and the command takes no money"
        raise BadInput([Problem(f"{team}: price", f"{told}: book from an application")])
    with _problems_of_options():
        contact = Contact(name, email, timezone=given["timezone"])
    office = asked.office()

    def act() -> Booking:
        with _problems_of_options():
            return office.service.book(
                calendar.slug, read["START"], contact, notes=notes, location=read["--location"]
            )

    return _answered(asked, office, calendar, act, as_json=as_json)


@command.command()
@_TEAM
@click.option("--from", metavar="X", help="The first start: a date or an instant [now].")
@click.option("--to", metavar="X", help="The last start, a date itself included [90 days on].")
@_ABOUT
def agenda(team: str, *, as_json: bool, **given: str | None) -> Answer:
    """List what is booked, and what was and is cancelled.

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
    return _happened(
        team,
        given,
        {"APPOINTMENT": appointment, "START": start},
        lambda service, read: service.reschedule(read["APPOINTMENT"], read["START"]),
        as_json=as_json,
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
    return _happened(
        team,
        given,
        {"APPOINTMENT": appointment},
        lambda service, read: service.cancel(read["APPOINTMENT"]),
        as_json=as_json,
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
    return _happened(
        team,
        given,
        {"APPOINTMENT": appointment},
        lambda service, read: service.approve(read["APPOINTMENT"]),
        as_json=as_json,
    )


@command.command()
@_TEAM
@click.argument("appointment")
@_ABOUT
def decline(team: str, appointment: str, *, as_json: bool, **given: str | None) -> Answer:
    """Decline the request APPOINTMENT; its time is free again, and its booker is told.

    \b
      collective-booking decline team.toml 3f9a01bc2d
    """
    return _happened(
        team,
        given,
        {"APPOINTMENT": appointment},
        lambda service, read: service.decline(read["APPOINTMENT"]),
        as_json=as_json,
    )


@command.command()
@_TEAM
@click.option("--list", "listed", is_flag=True, help="Only list what waits or is given up.")
@click.option("--retry", metavar="KEY", help="Try this one at once, also if it is given up.")
@_ABOUT
def deliver(
    team: str, *, listed: bool, retry: str | None, as_json: bool, **given: str | None
) -> Answer:
    """Put what is due into the outbox: e-mail and invitations that could not be written before.

    What fails is tried again later each time, and given up after ten tries. It is of all teams of
    the database. The answer is a no while anything waits.

    \b
      collective-booking deliver team.toml
      collective-booking deliver team.toml --list
      collective-booking deliver team.toml --retry default/3f9a01bc2d/1/owner:ana
    """
    asked = ask(team, given)
    if listed and retry is not None:
        raise BadInput([Problem("--retry", "is no list: leave --list out")])
    office = asked.office()
    from collective_booking.cli import receipts  # noqa: PLC0415

    if listed:
        return _listed(asked, office, as_json=as_json)
    if retry is not None:
        _retry(office, retry)
    delivery, backlog = office.service.deliver(), office.backlog()
    waits = any(each.due is not None for each in backlog)
    code = NO if delivery.failed or delivery.dead or waits else YES
    if as_json:
        told = {**receipts.delivery_document(delivery), **receipts.backlog_document(backlog)}
        return Answer(code, document=told)
    lines = [
        *receipts.delivery_lines(delivery, backlog, office.outbox, asked.clock),
        *receipts.rest_lines(delivery, backlog, asked.clock),
    ]
    return Answer(code, receipts.sentences(lines or ["Nothing waits."]))


def _listed(asked: Asked, office: Office, *, as_json: bool) -> Answer:
    from collective_booking.cli import receipts  # noqa: PLC0415

    backlog = office.backlog()
    if as_json:
        return Answer(YES, document=receipts.backlog_document(backlog))
    return Answer(YES, receipts.backlog_table(backlog, asked.clock))


def _retry(office: Office, key: str) -> None:
    try:
        office.service.retry(arguments(**{"--retry": key})["--retry"])
    except UnknownBookingError:
        told = f"nothing that has failed has the key {shown(key)}: `deliver --list` has the keys"
        raise BadInput([Problem("--retry", told)]) from None


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


@contextmanager
def _problems_of_options() -> Iterator[None]:
    """Details of a booking come from options: that is where their problems are."""
    try:
        yield
    except ConfigurationError as error:
        problems = [Problem(f"--{each.place}", each.message) for each in error.problems]
        raise BadInput(problems) from None


def _happened(
    team: str,
    given: Mapping[str, str | None],
    told: Mapping[str, str],
    act: Callable[[BookingService, Mapping[str, Any]], Booking],
    *,
    as_json: bool,
) -> Answer:
    """What *act* comes to on an appointment, which has to be of the team that is asked.

    It gets the arguments that were *told* as they read, APPOINTMENT among them.
    """
    asked, read = ask(team, given), arguments(**told)
    office, calendar, id_ = asked.office(), asked.team.calendar, read["APPOINTMENT"]
    booked_by = office.service.appointment(id_).appointment.snapshot.calendar
    if booked_by.slug != calendar.slug:
        where = f"{shown(id_)} is of {booked_by.name} ({booked_by.slug}), not of {calendar.name}"
        raise BadInput([Problem("APPOINTMENT", f"{where}: name the team file of {booked_by.slug}")])
    return _answered(asked, office, booked_by, lambda: act(office.service, read), as_json=as_json)


def _answered(
    asked: Asked,
    office: Office,
    calendar: CollectiveCalendar,
    act: Callable[[], Booking],
    *,
    as_json: bool,
) -> Answer:
    """What *act* comes to: a receipt, once everybody is told, or why the time is refused.

    Whom a refusal names is on the roster of *calendar*, which may be that of an older booking (A1).
    """
    try:
        made = act().appointment
    except SlotUnavailableError as error:
        return _refused(asked, calendar, error, as_json=as_json)
    delivery = office.service.deliver()
    from collective_booking.cli import receipts  # noqa: PLC0415

    if as_json:
        document = {
            "appointment": receipts.appointment_document(made),
            **receipts.delivery_document(delivery),
        }
        return Answer(YES, document=document)
    told = receipts.receipt(made, delivery, office.backlog(), office.outbox, asked.clock)
    return Answer(YES, told)


def _refused(
    asked: Asked, calendar: CollectiveCalendar, error: SlotUnavailableError, *, as_json: bool
) -> Answer:
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
