"""What the calendars of a team say: files and folders in, `Availability` by member out.

Lives here: for which window they are asked, and asking them.
Must not live here: what follows from the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from collective_booking.availability import Availability
from collective_booking.cli.teamfile import Sources, Team
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.obstacles import unknown_of

HOST: Final = "collective-booking.invalid"
"""What the UIDs of the command's appointments end in: a domain that nobody can have."""
AROUND: Final = timedelta(days=2)
"""How far around one start is looked, so that what blocks it is seen whole."""


def availability(team: Team, starts: Interval) -> dict[str, Availability]:
    """What is known of each member who has a source, for slots that start in *starts*."""
    window = team.calendar.touched(starts)
    return {
        member.id: of(member, team.sources[member.id], window)
        for member in team.calendar.members
        if member.id in team.sources
    }


def by_calendar(team: Team, starts: Interval) -> Mapping[tuple[str, str], Availability]:
    """The same, apart for each calendar of each member: by their id and the calendar's path."""
    window = team.calendar.touched(starts)
    return {
        (member.id, str(path)): of(member, Sources((path,)), window)
        for member in team.calendar.members
        for path in team.sources_of(member).calendars
    }


def of(member: Member, sources: Sources, window: Interval) -> Availability:
    """What is known of *member* in *window*, from *sources*; never our own copies (F6)."""
    busy = sources.busy.clip(window)
    if not sources.calendars:
        # A reference that only an application can follow: nobody answers for it here.
        return Availability(busy, unknown=unknown_of(member, {}))
    # Only where there is a calendar to read: this loads the parser.
    from collective_booking.adapters.ics import read_path  # noqa: PLC0415

    return Availability.union_of(
        (
            Availability(busy),
            *(
                read_path(
                    path,
                    window,
                    timezone=member.timezone,
                    address=member.email,
                    own_suffix=f"@{HOST}",
                )
                for path in sources.calendars
            ),
        )
    )
