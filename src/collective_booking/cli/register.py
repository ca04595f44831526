"""What the command remembers of its team files, for what they do not tell any more.

Lives here: which file each calendar of a database comes from, and where the busy time of its
members is found, also of those who have left; it is kept beside the bookings, in the same file.
Must not live here: bookings (they are the store's), reading team files and calendars.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from collective_booking.cli.answers import BadInput
from collective_booking.cli.teamfile import Sources, Team, load
from collective_booking.errors import Problem
from collective_booking.intervals import IntervalSet
from collective_booking.wording import shown

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS cli_teams (
    slug TEXT PRIMARY KEY, file TEXT NOT NULL, members TEXT NOT NULL
)"""
_PATIENCE: Final = 30.0
"""How many seconds to wait for another command that writes."""


def remember(team: Team, database: Path) -> Mapping[str, Sources]:
    """Remember *team* and its file; tells where its members are looked up, and those who left.

    Somebody who left keeps the sources that the file had for them last, so that what is booked with
    them can be moved (A3). Who is in neither is known by a reference that nobody here can follow.

    Raises:
        BadInput: another file that is there has the same slug, or the database cannot be used.
    """
    slug, file = team.calendar.slug, _beside(database, Path(team.path))
    with _open(database) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        found = _known(connection, team, database)
        for member in team.calendar.members:
            found.pop(member.id, None)
            if team.follows(member):
                found[member.id] = _written(team.sources_of(member))
        connection.execute(
            "INSERT OR REPLACE INTO cli_teams VALUES (?, ?, ?)", (slug, file, json.dumps(found))
        )
        connection.execute("COMMIT")
    return {id_: _read(held) for id_, held in found.items()}


def refuse_a_second(team: Team, database: Path) -> None:
    """See that no other file keeps the calendar of *team* in *database*; nothing is written.

    Raises:
        BadInput: another file that is there has the same slug, or the database cannot be used.
    """
    with _open(database) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'cli_teams'").fetchone():
            _known(connection, team, database)


def _known(connection: sqlite3.Connection, team: Team, database: Path) -> dict[str, Any]:
    """Where all are looked up who were ever in *team*, as it is written, by id.

    Raises:
        BadInput: it is another file's team, and that is there.
    """
    asked = ("SELECT file, members FROM cli_teams WHERE slug = ?", (team.calendar.slug,))
    file, members = connection.execute(*asked).fetchone() or (None, "{}")
    if file not in {None, _beside(database, Path(team.path))}:
        _refuse_unless_gone(team, database.parent / file)
    known: dict[str, Any] = json.loads(members)
    return known


def _refuse_unless_gone(team: Team, other: Path) -> None:
    """Refuse that two files keep one calendar, each undoing what the other says (O4)."""
    slug = team.calendar.slug
    try:
        is_gone = not other.exists() or load(str(other)).calendar.slug != slug
    except BadInput:
        is_gone = False  # nobody can tell which it has, and it had this one
    if not is_gone:
        told = f"{shown(slug)} is that of {other} too: give one of them another, or another --db"
        raise BadInput([Problem(f"{team.path}: slug", told)])


@contextmanager
def _open(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that begins nothing by itself; what is not committed when it ends is undone."""
    try:
        with closing(
            sqlite3.connect(database, timeout=_PATIENCE, isolation_level=None)
        ) as connection:
            yield connection
    except sqlite3.Error as error:
        raise BadInput([Problem(str(database), f"cannot be used: {error}")]) from None


# --- as text -------------------------------------------------------------------------------------


def _beside(database: Path, file: Path) -> str:
    """*file* as it is found from the folder of *database*: both may move together."""
    try:
        return os.path.relpath(file.resolve(), database.parent.resolve())
    except ValueError:  # on another drive
        return str(file.resolve())


def _written(sources: Sources) -> dict[str, Any]:
    return {"calendars": sources.calendars, "busy": sources.busy.isoformat()}


def _read(held: Mapping[str, Any]) -> Sources:
    return Sources(tuple(held["calendars"]), IntervalSet.from_isoformat(held["busy"]))
