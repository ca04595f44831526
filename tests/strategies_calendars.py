"""Where the laws of rosters draw their teams from.

Lives here: teams of so few people that sequences of changes meet the same ones again.
Must not live here: laws, documents that are wrong on purpose, and what
`collective_booking.testing.strategies` draws.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.calendars import CollectiveCalendar
from collective_booking.members import Member

IDS: Final = tuple("abcdefgh")
"""So few that sequences of changes meet the same people again."""


def people() -> SearchStrategy[Member]:
    """Members of whom only the id matters, and whether they are required."""
    return st.builds(
        Member,
        st.sampled_from(IDS),
        timezone=st.just("UTC"),
        ignore_hours=st.just(True),
        required=st.booleans(),
    )


def teams() -> SearchStrategy[CollectiveCalendar]:
    """Calendars of which only the roster matters."""
    roster = st.lists(people(), min_size=2, max_size=5, unique_by=lambda member: member.id)
    return roster.filter(lambda team: any(member.required for member in team)).map(
        lambda team: CollectiveCalendar(
            name="Call",
            slug="call",
            timezone="UTC",
            duration=timedelta(minutes=30),
            members=tuple(team),
        )
    )
