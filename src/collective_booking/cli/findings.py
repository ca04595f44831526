"""What `check` finds in a team file that can be read.

Lives here: a sentence about the team, what each of its calendars holds, and what is missing.
Must not live here: problems that keep a file from being read; they never come this far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli.answers import NO, YES, Answer
from collective_booking.cli.teamfile import Team
from collective_booking.cli.words import Clock, counted, people
from collective_booking.durations import format_amount, format_duration
from collective_booking.intervals import Interval, IntervalSet


def answer(
    team: Team, window: Interval, found: Sequence[tuple[str, str, Availability]], clock: Clock
) -> Answer:
    """A sentence about the team, what its calendars say, what cannot be read, and who has none.

    It is a no where anything is unknown: an item, or a calendar as a whole.
    """
    calendar = team.calendar
    zones = {member.timezone for member in calendar.members}
    told: list[RenderableType] = [
        Text.assemble(
            (calendar.name, "bold"),
            f": {format_duration(calendar.duration)}, every {format_duration(calendar.step)}, with "
            f"{people([member.name for member in calendar.members])} in "
            f"{counted(len(zones), 'time zone')}. {calendar.primary_owner.name} owns it.",
        ),
        *_calendars(calendar, found),
    ]
    items = dict.fromkeys(
        f"{item}: unknown {clock.stretch(item.interval, window.start)}".strip()
        for _, _, known in found
        for item in known.unknown
    )
    told += [Text(item, "yellow") for item in items]
    unlisted = list(_unlisted(team))
    told += [Text(line, "yellow") for line in unlisted]
    told += [Text(line) for line in (*_without_calendar(team), *_at_a_price(calendar))]
    wrong = " ".join(_counts(len(items), len(unlisted)))
    told.append(Text(wrong, "bold red") if wrong else Text("Nothing is wrong.", "bold green"))
    return Answer(NO if wrong else YES, told)


def _calendars(
    calendar: CollectiveCalendar, found: Sequence[tuple[str, str, Availability]]
) -> Iterator[RenderableType]:
    if not found:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    table.add_column("calendar")
    for name in ("busy", "tentative", "unknown"):
        table.add_column(name, justify="right")
    for who, name, known in found:
        unknown = IntervalSet(item.interval for item in known.unknown)
        table.add_row(
            Text(calendar.member(who).name, "bold"),
            Text(name),
            *(format_amount(times.total) for times in (known.busy, known.tentative, unknown)),
        )
    yield Padding(table, (1, 0, 1, 2))


def _unlisted(team: Team) -> Iterator[str]:
    """Who has a calendar that the command cannot follow, whatever the file says besides."""
    for member in team.calendar.members:
        if not team.follows(member):
            yield (
                f"{member.name}: calendar names one, but calendars lists no file: "
                "all their time is unknown."
            )


def _without_calendar(team: Team) -> Iterator[str]:
    for member in team.calendar.members:
        if not member.calendar and member.id not in team.sources:
            yield f"{member.name} has no calendar: busy never, as far as anybody knows."


def _at_a_price(calendar: CollectiveCalendar) -> Iterator[str]:
    if calendar.price is not None:  # M1
        yield f"It costs {calendar.price}: only an application books what is paid for first."


def _counts(unreadable: int, unlisted: int) -> Iterator[str]:
    if unreadable:
        yield f"{counted(unreadable, 'item')} cannot be read."
    if unlisted:
        yield f"{counted(unlisted, 'calendar')} cannot be followed."
