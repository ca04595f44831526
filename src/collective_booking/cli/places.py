"""Where a team's bookings are: names of files, and nothing that takes long to load.

Lives here: `Places`.
Must not live here: opening any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

DATABASE: Final = "bookings.sqlite"
OUTBOX: Final = "outbox"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a team's bookings are: its database and its outbox, by default beside its file."""

    database: Path
    outbox: Path

    @classmethod
    def of(cls, team: str, database: str | None, outbox: str | None) -> Places:
        """The places of the team whose file is at *team*, unless they are named."""
        beside = Path(team).parent
        return cls(Path(database or beside / DATABASE), Path(outbox or beside / OUTBOX))
