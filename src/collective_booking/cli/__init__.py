"""The command `collective-booking`: the times that suit a team, from a team file.

Lives here: the entrance, which needs nothing but the standard library, so that it can say what to
install. The rooms behind it, from top to bottom: `program` runs a command and prints its answer;
`commands` says which find times, and `bookings` which book them; `tables`, `findings`, `receipts`
and `strip` put answers into words and pictures, and `rewriting` changes a team file; `questions`
reads what is asked; `office` books, with what `register` remembers and `backlog` finds waiting;
`sources` reads the calendars, `teamfile` the team, `when` the times; `places` names where bookings
are; `words` and `answers` are what they all stand on.
Must not live here: what a command does; in none of the rooms, decisions about free time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

_NEEDED = ("click", "rich", "sqlalchemy", "tomlkit")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with *arguments*, by default the process's own; answers with its exit code.

    0 is yes, 1 a negative answer (no slot, a start refused), 2 an input that cannot be used.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        print(  # noqa: T201
            "collective-booking: the command needs click, rich, sqlalchemy and tomlkit: "
            "pip install 'collective-booking[cli]'",
            file=sys.stderr,
        )
        return 2
    # Only now: this is what needs them.
    from collective_booking.cli.program import run  # noqa: PLC0415

    return run(sys.argv[1:] if arguments is None else arguments)
