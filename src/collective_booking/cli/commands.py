"""The commands, and what each of them answers.

Lives here: arguments, options and their help; asking the library.
Must not live here: what options mean, printing, layout, reading files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from collective_booking.cli import sources, teamfile, when
from collective_booking.cli.answers import (
    NO,
    YES,
    Answer,
    BadInput,
    slots_document,
    start_document,
    window_document,
)
from collective_booking.cli.questions import Asked, arguments, ask
from collective_booking.errors import Problem
from collective_booking.intervals import Interval

F = TypeVar("F", bound=Callable[..., Any])


# --- options -------------------------------------------------------------------------------------


def options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator."""

    def together(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return together


places: Final = options(
    click.option("--db", metavar="FILE", help="The bookings [bookings.sqlite beside TEAM]."),
    click.option("--outbox", metavar="FOLDER", help="What is sent [outbox beside TEAM]."),
)
_DATABASE: Final = click.option(
    "--db", metavar="FILE", help="The bookings, if there are any [bookings.sqlite beside TEAM]."
)
now: Final = click.option("--now", metavar="X", help="What time it is [the clock's].")
shown_in: Final = click.option(
    "--timezone", metavar="ZONE", help="Show times as in ZONE [the calendar's]."
)
in_json: Final = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, in UTC.")
_TEAM: Final = click.argument("team")
_WINDOW: Final = options(
    click.option("--from", metavar="X", help="The first start: a date or an instant [now]."),
    click.option(
        "--to",
        metavar="X",
        help="The last start: a date, itself included, or an instant, itself not [14 days on].",
    ),
    _DATABASE,
    now,
    shown_in,
)
_ANSWER: Final = options(
    click.option("--first", metavar="N", help="No more than the first N."),
    in_json,
)


@click.group(no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="collective-booking", message="collective-booking %(version)s")
def command() -> None:
    """Find the times that suit every member of a team, and book one of them.

    TEAM is a file in TOML or JSON: the settings of a meeting, and its members with their hours and
    calendars. X is a date of the calendar's zone, such as 2026-11-23, or an instant with an offset,
    such as 2026-11-23T09:00:00Z.

    \b
      collective-booking slots team.toml --first 5
      collective-booking explain team.toml 2026-11-24T10:00:00Z
      collective-booking book team.toml 2026-11-24T10:00:00Z \\
        --name Kim --email kim@example.com
      collective-booking agenda team.toml

    Exit codes: 0 yes; 1 a negative answer: no slot, a start refused, a calendar that cannot be
    read or followed, somebody who could not be told yet; 2 an input that cannot be used.
    """


@command.command()
@_TEAM
@_WINDOW
@_ANSWER
def slots(team: str, *, as_json: bool, **given: str | None) -> Answer:
    """List the times that suit everyone.

    A slot belongs to the window by its start. Without any, the answer says what blocks most.

    \b
      collective-booking slots team.toml
      collective-booking slots team.toml --from 2026-11-23 --to 2026-11-27
      collective-booking slots team.toml --timezone America/New_York --first 10
      collective-booking slots team.toml --json | jq -r '.slots[].start'
    """
    asked = ask(team, given)
    calendar, window = asked.team.calendar, asked.window
    finder = asked.finder()
    found = list(islice(finder.iter_offers(window), asked.most))
    why = None if found else finder.explain_window(window)
    code = NO if why else YES
    if as_json:
        return Answer(code, document=slots_document(calendar, window, found, why))
    from collective_booking.cli import tables  # noqa: PLC0415

    if why:
        return Answer(code, tables.nothing_found(calendar, why, asked.clock))
    whole = asked.most is None or len(found) < asked.most
    return Answer(code, tables.slots_table(calendar, window, found, asked.clock, whole=whole))


@command.command()
@_TEAM
@click.argument("start", required=False)
@_WINDOW
@_ANSWER
def explain(team: str, start: str | None, *, as_json: bool, **given: str | None) -> Answer:
    """Tell why START is refused, or what blocks the window.

    START is an instant, and is explained alone, whatever the window: everything that refuses it, by
    whom and from when to when. Without it the answer tells how much of the window each member
    blocks, and how much nobody else does; whoever blocks most alone comes first.

    \b
      collective-booking explain team.toml 2026-11-24T10:00:00Z
      collective-booking explain team.toml --from 2026-11-23 --to 2026-11-27
    """
    asked = ask(team, given)
    if start is not None:
        return _explain_start(asked, start, as_json=as_json)
    calendar = asked.team.calendar
    why = asked.finder().explain_window(asked.window)
    why = replace(why, blockages=why.blockages[: asked.most])
    code = YES if why.offered else NO
    if as_json:
        return Answer(code, document=window_document(calendar, why))
    from collective_booking.cli import tables  # noqa: PLC0415

    return Answer(code, tables.what_blocks(calendar, why, asked.clock))


def _explain_start(asked: Asked, text: str, *, as_json: bool) -> Answer:
    start = arguments(START=text)["START"]
    around = Interval(start - sources.AROUND, start + sources.AROUND)
    told = asked.finder(around).explain(start)
    code = YES if told.accepted else NO
    told = replace(told, reasons=told.reasons[: asked.most])
    if as_json:
        return Answer(code, document=start_document(asked.team.calendar, told))
    from collective_booking.cli import tables  # noqa: PLC0415

    return Answer(code, tables.refusal(asked.team.calendar, told, asked.clock))


@command.command()
@_TEAM
@_WINDOW
def check(team: str, **given: str | None) -> Answer:
    """Check a team file, and read its calendars.

    Every problem of the file is reported at once, each with its place; then every item of a
    calendar that cannot be read, for the time in the window, and every calendar without a file.

    \b
      collective-booking check team.toml
    """
    asked = ask(team, given)
    from collective_booking.cli import findings, register  # noqa: PLC0415

    if asked.places.has_bookings():
        register.refuse_a_second(asked.team, asked.places.database)
    found = sources.by_calendar(asked.team, asked.window)
    return findings.answer(asked.team, asked.window, found, asked.clock)


@command.command()
@_TEAM
@_WINDOW
@click.option("--svg", metavar="FILE", help="Draw the picture into FILE instead.")
def show(team: str, *, svg: str | None, **given: str | None) -> Answer:
    """Draw the week: who is open or busy, and what suits everyone.

    The window is 7 days from today unless you say otherwise, and each day is drawn as the clock of
    the zone shows it.

    \b
      collective-booking show team.toml
      collective-booking show team.toml --from 2026-11-23 --svg week.svg
    """
    asked = ask(team, given, days=when.WEEK, whole=True)
    from collective_booking.cli import strip, tables  # noqa: PLC0415

    view = replace(asked.finder().view(asked.window), timezone=asked.clock.timezone)
    if svg is not None:
        try:
            Path(svg).write_text(view.to_svg() + "\n", "utf-8")
        except (OSError, ValueError) as error:
            told = getattr(error, "strerror", None) or str(error)
            raise BadInput([Problem(svg, f"cannot be written: {told}")]) from None
        return Answer(YES, tables.drawn(svg))
    heading = tables.heading(asked.team.calendar, asked.clock, asked.window)
    return Answer(YES, [heading, strip.Strip(view)])


@command.command()
def schema() -> Answer:
    """Print the JSON Schema of team files.

    Editors complete and check a team file by it.

    \b
      collective-booking schema > team.schema.json
    """
    return Answer(YES, document=teamfile.schema())
