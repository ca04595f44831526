"""Where the command books: one database for a folder of teams, and an outbox beside it.

Lives here: the service of a team, with the clock, the calendars and the outbox that it works with.
Must not live here: commands, options, what is printed, what is remembered of team files.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from collective_booking.adapters.folder import FolderOutbox
from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli import register, sources
from collective_booking.cli.answers import BadInput
from collective_booking.cli.places import Places
from collective_booking.cli.teamfile import Sources, Team
from collective_booking.drafts import SavedCalendar, Taken
from collective_booking.errors import Problem
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.service import BookingService
from collective_booking.tokens import LEAST_SECRET

if TYPE_CHECKING:
    from collective_booking.adapters.sql import SqlStore
    from collective_booking.cli.backlog import Waiting

TENANT: Final = "default"


@dataclass(frozen=True, slots=True)
class Office:
    """The service of one team, its store, and what became of its calendar when it was opened."""

    service: BookingService
    store: SqlStore
    saved: SavedCalendar
    outbox: Path

    def backlog(self) -> tuple[Waiting, ...]:
        """Who has not been told yet."""
        from collective_booking.cli.backlog import backlog  # noqa: PLC0415  # takes long to load

        return backlog(self.store, TENANT)


def open_office(team: Team, places: Places, now: datetime) -> Office:
    """The office of *team* at the time *now*; its calendar is saved first: the file is the truth.

    Raises:
        BadInput: the database, or the key beside it, cannot be used, or another team file that is
            there has the same slug.
    """
    store = _store(places.database)
    outbox = TeamOutbox(team, register.remember(team, places.database), places.outbox)
    service = BookingService(
        store,
        secret=_secret(places.database),
        host=sources.HOST,
        provider=outbox,
        notifier=outbox,
        tenant=TENANT,
        clock=StoppedClock(now),
        new_id=lambda: secrets.token_hex(5),
    )
    return Office(service, store, service.save_calendar(booked_by(team)), places.outbox)


def booked_by(team: Team) -> CollectiveCalendar:
    """The calendar of *team* as it is stored: busy times in the team file are a calendar too."""
    name = Path(team.path).name
    members = [
        replace(member, calendar=member.calendar or name) if member.id in team.sources else member
        for member in team.calendar.members
    ]
    return replace(team.calendar, members=tuple(members))


def taken(team: Team, places: Places, window: Interval, now: datetime) -> Taken:
    """What is booked and held already of the members of *team*, in every team."""
    ids = [member.id for member in team.calendar.members]
    touched = team.calendar.touched(window)
    return _store(places.database).taken(TENANT, team.calendar.slug, ids, touched, now)


class StoppedClock:
    """A clock that shows one time: that of the command."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """That time."""
        return self._now


class TeamOutbox(FolderOutbox):
    """The calendars that a team file names, or has named, and a folder for messages and copies."""

    def __init__(self, team: Team, known: Mapping[str, Sources], folder: Path) -> None:
        super().__init__(folder)
        self._team = team
        self._known = known

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What the files say of *members*, also of those who have left the team."""
        # As the file has them: their address and zone may have changed since they were booked.
        own = {member.id: member for member in self._team.calendar.members}
        asked = [self._as_known(own.get(member.id, member)) for member in members]
        found = {member.id: self._sources_of(member) for member in asked}
        return sources.known(self._team, asked, found, window)

    def _as_known(self, member: Member) -> Member:
        """Of whom all sources are known: the reference that they are stored with tells no more."""
        return replace(member, calendar=None) if member.id in self._known else member

    def _sources_of(self, member: Member) -> Sources:
        # Else a reference that only an application can follow; what the file says besides counts.
        return self._known.get(member.id) or self._team.sources_of(member)


# --- files ---------------------------------------------------------------------------------------


def _store(database: Path) -> SqlStore:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415  # takes long to load

    from collective_booking.adapters.sql import SqlStore  # noqa: PLC0415

    try:
        store = SqlStore.open(database)
    except SQLAlchemyError as error:
        told = str(getattr(error, "orig", error))
        raise BadInput([Problem(str(database), f"is no database of bookings: {told}")]) from None
    # Whatever the command does with it, it ends with the command.
    click.get_current_context().call_on_close(store.close)
    return store


def _secret(database: Path) -> bytes:
    """What tokens are derived from: made once, and kept beside the database (N6)."""
    place = database.with_suffix(".key")
    try:
        if not place.exists():
            beside = place.with_name(f".{place.name}.{os.getpid()}")
            beside.touch(mode=0o600)
            beside.write_text(secrets.token_hex(32))
            # Of two who make one at once, one wins, and both read the same.
            try:
                os.link(beside, place)
            except FileExistsError:
                pass
            finally:
                beside.unlink()
        secret = place.read_bytes()
    except OSError as error:
        raise BadInput([Problem(str(place), f"cannot be used: {error.strerror}")]) from None
    if len(secret) < LEAST_SECRET:
        told = (
            f"has fewer than {LEAST_SECRET} bytes: put back the file that was made here, or delete "
            "it for a new one, by which the tokens given out so far are void"
        )
        raise BadInput([Problem(str(place), told)])
    return secret
