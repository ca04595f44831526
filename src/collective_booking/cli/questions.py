"""What a command is asked: the team file and the options, read together.

Lives here: `Asked`, what arguments mean, and every problem of them or of the options at once.
Must not live here: which options a command has, what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from collective_booking.checks import MAX_NAME, Refused, examine, optional, text
from collective_booking.cli import sources, teamfile, when
from collective_booking.cli.answers import BadInput
from collective_booking.cli.places import Places
from collective_booking.cli.words import Clock
from collective_booking.errors import ConfigurationError
from collective_booking.intervals import Interval
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.slots import SlotFinder
from collective_booking.wording import shown

if TYPE_CHECKING:
    from collective_booking.cli.office import Office


class Asked(NamedTuple):
    """What a command is asked: of which team, which starts, when, by whose clock, how many."""

    team: teamfile.Team
    window: Interval
    now: datetime
    clock: Clock
    most: int | None
    places: Places

    def finder(self, window: Interval | None = None) -> SlotFinder:
        """The finder for *window*, which is the one asked for unless another is named."""
        asked = window or self.window
        return SlotFinder(
            calendar=self.team.calendar,
            availability=sources.availability(self.team, asked),
            now=self.now,
            **self._booked(asked),
        )

    def _booked(self, window: Interval) -> dict[str, Any]:
        """What is taken by bookings; nothing where none was ever made."""
        if not self.places.has_bookings():
            return {}
        from collective_booking.cli import office  # noqa: PLC0415  # loads a database

        found = office.taken(self.team, self.places, window, self.now)
        return {"claims": found.claims, "counted": found.counted}

    def of(self, team: teamfile.Team) -> Asked:
        """The same, asked of *team*."""
        return self._replace(team=team)

    def office(self) -> Office:
        """Where the team books."""
        from collective_booking.cli import office  # noqa: PLC0415  # loads a database

        return office.open_office(self.team, self.places, self.now)


def ask(
    path: str, options: Mapping[str, str | None], *, days: int = when.SEARCHED, whole: bool = False
) -> Asked:
    """Read the team file; then all *options* together, for their dates are the calendar's."""
    team = teamfile.load(path)
    point = optional(when.point_of(team.calendar))
    readers = {
        "--from": point,
        "--to": point,
        "--now": point,
        "--timezone": optional(Clock),
        "--first": optional(_how_many),
    }
    places = Places.of(path, options.get("db"), options.get("outbox"))
    given = {f"--{name}": text for name, text in options.items() if f"--{name}" in readers}
    read, problems = examine(readers, given)
    if problems:
        raise BadInput(problems)
    now = when.current_time(read["--now"])
    first, last = read.get("--from"), read.get("--to")
    window = when.window(team.calendar, now, first, last, days=days, whole=whole)
    clock = read.get("--timezone") or Clock(team.calendar.timezone)
    return Asked(team, window, now, clock, read.get("--first"), places)


def _how_many(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise Refused(f"must be a whole number from 1, not {shown(text)}")
    return int(text)


def arguments(**given: str | None) -> dict[str, Any]:
    """What is *given* besides the options of all commands, as it reads, by the same names.

    Raises:
        BadInput: everything that is wrong with it.
    """
    read, problems = examine(_ARGUMENTS, given)
    if problems:
        raise BadInput(problems)
    return read


def _where(written: object) -> MeetingLocation:
    """A link to follow, a number to call, or whatever the text says."""
    told = str(text()(written))
    for kind in (LocationKind.VIDEO, LocationKind.PHONE):
        with suppress(ConfigurationError):
            return MeetingLocation(kind, told)
    return MeetingLocation(LocationKind.CUSTOM, told)


_ARGUMENTS: Final = {
    "START": when.start,
    "APPOINTMENT": text(MAX_NAME),
    "--location": optional(_where),
    "--retry": text(),
}
