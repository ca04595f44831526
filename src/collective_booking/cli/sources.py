"""What the calendars of a team say: files, folders and feeds in, `Availability` by member out.

Lives here: for which window they are asked, and asking them.
Must not live here: what follows from the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from collective_booking.availability import Availability
from collective_booking.cli.teamfile import Sources, Team
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.obstacles import unknown_of
from collective_booking.ports import CalendarProvider

HOST: Final = "collective-booking.invalid"
"""What the UIDs of the command's appointments end in: a domain that nobody can have."""
AROUND: Final = timedelta(days=2)
"""How far around one start is looked, so that what blocks it is seen whole."""


def availability(team: Team, starts: Interval) -> dict[str, Availability]:
    """What is known of each member who has a source, for slots that start in *starts*."""
    members = [each for each in team.calendar.members if each.id in team.sources]
    return known(team, members, team.sources, team.calendar.touched(starts))


def by_calendar(team: Team, starts: Interval) -> list[tuple[str, str, Availability]]:
    """The same, apart for each calendar of each member: their id, the calendar's name, and this."""
    window = team.calendar.touched(starts)
    return [
        (member.id, _shown(team, name), one[member.id])
        for member in team.calendar.members
        for name in team.sources_of(member).calendars
        for one in [known(team, [member], {member.id: Sources((name,))}, window)]
    ]


def known(
    team: Team, members: Sequence[Member], sources: Mapping[str, Sources], window: Interval
) -> dict[str, Availability]:
    """What is known of *members* in *window*, from their *sources*; never our own copies (F6)."""
    listed = [member for member in members if sources[member.id].calendars]
    told = _provider(team, sources).availability(listed, window) if listed else {}
    return {
        member.id: told.get(member.id, _unfollowed(member))
        | Availability(sources[member.id].busy.clip(window))
        for member in members
    }


def _provider(team: Team, sources: Mapping[str, Sources]) -> CalendarProvider:
    # Only where there is a calendar to read: this loads the parser.
    from collective_booking.adapters.ics import Feeds, IcsProvider  # noqa: PLC0415

    return IcsProvider(
        _folder(team),
        host=HOST,
        feeds=Feeds(),
        calendars=lambda member: sources[member.id].calendars,
        confined=False,  # a team file is written by who may read all that it names
    )


def _unfollowed(member: Member) -> Availability:
    """A reference that only an application can follow: nobody answers for it here."""
    return Availability(unknown=unknown_of(member, {}))


def _folder(team: Team) -> Path:
    return Path(team.path).parent


def _shown(team: Team, name: str) -> str:
    """What a calendar is called: a file by its path, a feed by its host, for the rest is secret."""
    from collective_booking.adapters.ics.urls import is_url, source_of  # noqa: PLC0415  # as above

    return source_of(name) if is_url(name) else str(_folder(team) / name)
