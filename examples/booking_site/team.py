"""Who can be booked: two calendars that share a member, and where their busy time stands.

Lives here: the example's people, and their calendars as files.
Must not live here: pages, the store; a real host reads its people from its own database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from collective_booking import (
    Availability,
    CollectiveCalendar,
    Interval,
    LocationKind,
    MeetingLocation,
    Member,
    Money,
    OpeningHours,
)
from collective_booking.adapters.folder import FolderOutbox
from collective_booking.adapters.ics import read_file
from collective_booking.letters import Words, letter_of

HOST: Final = "booking-site.example.com"
"""What the UIDs of the site's appointments end in."""
FILES: Final = Path(__file__).parent / "calendars"


def _member(name: str, timezone: str, hours: str, *, required: bool = True) -> Member:
    id_ = name.lower()
    return Member(
        id_,
        name=name,
        timezone=timezone,
        hours=OpeningHours.parse(hours),
        email=f"{id_}@example.com",
        required=required,
        calendar=f"{id_}.ics",
    )


ANA: Final = _member("Ana", "Europe/Madrid", "Mon-Fri 09:00-14:00, 15:00-18:00")
BEN: Final = _member("Ben", "Europe/London", "Mon-Fri 09:00-17:30")
DINA: Final = _member("Dina", "Europe/Berlin", "Mon-Fri 08:00-17:00")
GRACE: Final = _member("Grace", "America/New_York", "Mon-Fri 08:00-16:00")
PRIYA: Final = _member("Priya", "Asia/Kolkata", "Mon-Fri 14:00-22:00", required=False)

SALES_CALL: Final = CollectiveCalendar(
    name="Sales call",
    slug="sales-call",
    timezone="Europe/London",
    duration=timedelta(minutes=30),
    interval=timedelta(minutes=15),
    buffer_after=timedelta(minutes=10),
    notice=timedelta(hours=4),
    horizon_days=60,
    location=MeetingLocation(LocationKind.VIDEO, "https://meet.example.com/sales"),
    members=(ANA, BEN, GRACE, PRIYA),
)
REVIEW: Final = CollectiveCalendar(
    name="Architecture review",
    slug="architecture-review",
    timezone="Europe/Berlin",
    duration=timedelta(hours=1),
    notice=timedelta(days=1),
    horizon_days=45,
    location=MeetingLocation(LocationKind.PHONE, "+49 30 5550 0100"),
    price=Money(9000, "EUR"),
    members=(DINA, BEN),
)
CALENDARS: Final = (SALES_CALL, REVIEW)


class TeamCalendars(FolderOutbox):
    """The members' calendars: busy time out of *files*, copies of appointments into an outbox."""

    def __init__(self, outbox: Path, words: Words = letter_of, files: Path = FILES) -> None:
        super().__init__(outbox, words=words)
        self._files = files

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What their files say of *members*; one that is missing makes everything unknown (F3)."""
        return {
            member.id: read_file(
                self._files / (member.calendar or ""),
                window,
                timezone=member.timezone,
                address=member.email,
                own_suffix=f"@{HOST}",
            )
            for member in members
        }
