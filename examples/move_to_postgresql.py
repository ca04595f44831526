"""Move all bookings from SQLite into a fresh PostgreSQL database, and see that nothing is missing.

    python move_to_postgresql.py bookings.sqlite postgresql+psycopg://user@server/bookings

Stop whatever books first. It keeps others from writing to SQLite meanwhile, makes the tables and
guards, copies table by table, compares what has arrived, and commits only then: whatever fails,
PostgreSQL is as it was before. SQLite is only read.
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, select

from collective_booking.adapters.sql import check_guards, create_all, metadata

AT_ONCE: Final = 5_000
"""So many rows are in memory at once."""


class NotMovedError(Exception):
    """Nothing was moved; it says why."""


def move(source: Engine, target: Engine) -> dict[str, int]:
    """Copy every table from *source*, an SQLite database, to *target*: how many rows each has.

    Raises:
        NotMovedError: *target* has bookings already, or something has not arrived as it was.
        UnguardedStoreError: *source* is no database of bookings, or *target* no PostgreSQL.
    """
    with source.connect() as old, target.begin() as new:
        old.exec_driver_sql("BEGIN IMMEDIATE")  # nobody else writes until this ends
        check_guards(old)
        create_all(new)
        return {table.name: _moved(table, old, new) for table in metadata.sorted_tables}


def _moved(table: Table, old: Connection, new: Connection) -> int:
    """Copy one table; the guard looks at every claim that arrives."""
    if new.scalar(select(func.count()).select_from(table)):
        raise NotMovedError(f"{table.name} has rows already: move into a fresh database")
    for rows in old.execute(select(table)).mappings().partitions(AT_ONCE):
        new.execute(insert(table), [dict(row) for row in rows])
    before, after = _fingerprint(table, old), _fingerprint(table, new)
    if before != after:
        raise NotMovedError(f"{table.name} has not arrived as it was: {before[0]} and {after[0]}")
    return after[0]


def _fingerprint(table: Table, connection: Connection) -> tuple[int, int]:
    """How many rows there are, and a number that differs where any of them does.

    The rows' numbers are added up, for the two databases have them in different orders.
    """
    count = total = 0
    for rows in connection.execute(select(table)).partitions(AT_ONCE):
        count += len(rows)
        for row in rows:
            digest = blake2b(repr(tuple(row)).encode(), digest_size=16).digest()
            total += int.from_bytes(digest)
    return count, total


def main(arguments: list[str]) -> None:
    if len(arguments) != 2 or not Path(arguments[0]).is_file():
        print(__doc__)
        return
    source, target = create_engine(f"sqlite:///{arguments[0]}"), create_engine(arguments[1])
    try:
        for name, rows in move(source, target).items():
            print(f"{name:<24}{rows:>10,}")
    except NotMovedError as error:
        sys.exit(f"nothing was moved: {error}")
    finally:
        source.dispose()
        target.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
