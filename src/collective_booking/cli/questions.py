"""What a command is asked: the team file and the options, read together.

Lives here: `Asked`, and every problem of the options at once.
Must not live here: which options a command has, what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from collective_booking.checks import Refused, examine, optional
from collective_booking.cli import sources, teamfile, when
from collective_booking.cli.answers import BadInput
from collective_booking.cli.words import Clock
from collective_booking.errors import shown
from collective_booking.intervals import Interval
from collective_booking.slots import SlotFinder


class Asked(NamedTuple):
    """What a command is asked: of which team, which starts, when, by whose clock, how many."""

    team: teamfile.Team
    window: Interval
    now: datetime
    clock: Clock
    most: int | None

    def finder(self, window: Interval | None = None) -> SlotFinder:
        """The finder for *window*, which is the one asked for unless another is named."""
        return SlotFinder(
            calendar=self.team.calendar,
            availability=sources.availability(self.team, window or self.window),
            now=self.now,
        )


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
    given = {f"--{name}": text for name, text in options.items()}
    read, problems = examine(readers, given)
    if problems:
        raise BadInput(problems)
    now = when.current_time(read["--now"])
    window = when.window(team.calendar, now, read["--from"], read["--to"], days=days, whole=whole)
    clock = read["--timezone"] or Clock(team.calendar.timezone)
    return Asked(team, window, now, clock, read.get("--first"))


def _how_many(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise Refused(f"must be a whole number from 1, not {shown(text)}")
    return int(text)
