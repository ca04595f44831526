"""Where a team's bookings are: names of files, and nothing that takes long to load.

Lives here: `Places`.
Must not live here: opening any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collective_booking.cli.answers import BadInput
from collective_booking.errors import Problem

DATABASE: Final = "bookings.sqlite"
OUTBOX: Final = "outbox"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a team's bookings are: its database and its outbox, by default beside its file.

    A database that was `named` is meant to be there already, when it is only read.
    """

    database: Path
    outbox: Path
    named: bool = False

    @classmethod
    def of(cls, team: str, database: str | None, outbox: str | None) -> Places:
        """The places of the team whose file is at *team*, unless they are named.

        Raises:
            BadInput: the database is a URL.
        """
        if database and "://" in database:
            raise BadInput([Problem("--db", "must be a file, which SQLite keeps, and not a URL")])
        beside = Path(team).parent
        places = (Path(database or beside / DATABASE), Path(outbox or beside / OUTBOX))
        return cls(*places, named=bool(database))

    def has_bookings(self) -> bool:
        """Whether there is a database to read what is booked from.

        Raises:
            BadInput: it was named, and is not there: what is taken would be listed as free.
        """
        there = self.database.exists()
        if self.named and not there:
            raise BadInput([Problem(f"--db {self.database}", "there is no such file")])
        return there
