"""What booking costs, beside the bare driver that sends the very same statements.

Each statement that a run of ours sends is written down with its parameters, and where a transaction
begins and ends. Then `sqlite3` or `psycopg` alone sends all of it to a database that was prepared
alike, the rows are compared, and the two take turns.

Lives here: recording, replaying, and the two works.
Must not live here: judging: the absolutes are printed for who wants to see them.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final, NamedTuple

import psycopg
from sqlalchemy import event, text

from benchmarks.measure import table
from collective_booking.adapters.sql import SqlStore
from collective_booking.calendars import CollectiveCalendar
from collective_booking.contacts import Contact
from collective_booking.members import Member
from collective_booking.service import BookingService
from collective_booking.testing import FakeClock
from tests.servers.postgres import postgres_folder, start_postgres

NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)
KIM: Final = Contact("Kim Lee", "kim@example.com")
LENGTH: Final = timedelta(minutes=30)
PROCESSES: Final = 8


class Sent(NamedTuple):
    """One statement as a driver got it; or, without one, the end of a transaction."""

    statement: str = ""
    parameters: Any = None


def team(size: int, slug: str = "team") -> CollectiveCalendar:
    """A calendar of so many, open all the time, who have no calendars to be read or written."""
    people = [Member(f"{slug}-{n}", timezone="UTC", ignore_hours=True) for n in range(size)]
    return CollectiveCalendar(
        name="Team", slug=slug, timezone="UTC", duration=LENGTH, members=tuple(people)
    )


def service(store: SqlStore, prefix: str = "id") -> BookingService:
    numbers = count(1)
    return BookingService(
        store,
        secret=b"a secret of the benchmark",
        host="bench.example.com",
        clock=FakeClock(NOW),
        new_id=lambda: f"{prefix}{next(numbers)}",
    )


def booked(store: SqlStore, slug: str, times: int, prefix: str = "id") -> None:
    """The work: so many bookings of one calendar, one after the other."""
    booking = service(store, prefix)
    for number in range(times):
        booking.book(slug, NOW + number * LENGTH, KIM)


# --- recording and replaying ----------------------------------------------------------------------


@contextmanager
def recorded(store: SqlStore) -> Iterator[list[Sent]]:
    """Everything that *store* sends meanwhile."""
    sent: list[Sent] = []

    def execute(_: Any, __: Any, statement: str, given: Any, *___: Any) -> None:
        sent.append(Sent(statement, given))

    def ended(_: Any) -> None:
        sent.append(Sent())

    listeners = (("before_cursor_execute", execute), ("commit", ended), ("rollback", ended))
    for name, listener in listeners:
        event.listen(store.engine, name, listener)
    yield sent
    for name, listener in listeners:
        event.remove(store.engine, name, listener)


def replayed(connection: Any, sent: list[Sent]) -> None:
    """Send the same with the bare driver, and take what is answered."""
    cursor = connection.cursor()
    for statement, parameters in sent:
        if not statement:
            connection.commit()
        elif isinstance(parameters, list):
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()
    cursor.close()


def bare(url: str) -> Any:
    """The driver's own connection, as the store's is set up."""
    if not url.startswith("sqlite"):
        return psycopg.connect(url.replace("+psycopg", ""))
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def rows(store: SqlStore) -> list[Any]:
    """What is there afterwards, to be the same on either side."""
    with store.engine.connect() as connection:
        query = text("SELECT member, id, start_us, end_us, held FROM cb_claims ORDER BY 1, 2")
        return [tuple(row) for row in connection.execute(query)]


# --- the works ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """What is measured: how a database is prepared for it, and the calls that are timed."""

    title: str
    prepare: Callable[[SqlStore], Any]
    run: Callable[[SqlStore, Any], None]
    bookings: int


def _ten(times: int) -> Work:
    return Work(
        "10 members, one client",
        _warm_ten,
        lambda store, _: booked(store, "team", times),
        times,
    )


def _warm_ten(store: SqlStore) -> None:
    service(store).save_calendar(team(10))
    service(store, "warm").book("team", NOW + timedelta(days=20), KIM)


def _hundred(existing: int) -> Work:
    def prepare(store: SqlStore) -> Any:
        booking = service(store)
        booking.save_calendar(team(100))
        _fill(store, existing)
        warm, asked = (booking.hold("team", NOW + n * LENGTH, KIM).token for n in range(2))
        _confirm(store, warm)
        return asked

    return Work(
        f"100 members, confirmed on {existing:,} claims",
        prepare,
        _confirm,
        1,
    )


def _confirm(store: SqlStore, token: str) -> None:
    service(store, "confirmed").confirm(token)


def _fill(store: SqlStore, existing: int) -> None:
    """So many claims of the hundred, far enough away to be in nobody's way."""
    length = int(LENGTH.total_seconds() * 1_000_000)
    first = int((NOW + timedelta(days=30)).timestamp() * 1_000_000)
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for number in range(existing // 100):
            start = first + number * length
            values = ",".join(
                f"('default','team-{n}','old{number}',{start},{start + length},0,0,1,0)"
                for n in range(100)
            )
            connection.execute(
                text(
                    "INSERT INTO cb_claims (tenant, member, id, start_us, end_us, before_us,"
                    f" after_us, exclusive, held) VALUES {values}"
                )
            )


def measured(work: Work, fresh: Callable[[], str], rounds: int) -> tuple[float, float]:
    """Seconds a booking, ours and the bare driver's, by turns; medians."""
    own, other = [], []
    for _ in range(rounds):
        store, copy = SqlStore.open(fresh()), SqlStore.open(here := fresh())
        ready = work.prepare(store)
        work.prepare(copy)
        with recorded(store) as sent:
            begun = perf_counter()
            work.run(store, ready)
            own.append(perf_counter() - begun)
        connection = bare(here)
        begun = perf_counter()
        replayed(connection, sent)
        other.append(perf_counter() - begun)
        connection.close()
        assert rows(store) == rows(copy), "the bare driver has written something else"
        store.engine.dispose()
        copy.engine.dispose()
    return median(own) / work.bookings, median(other) / work.bookings


# --- eight processes ------------------------------------------------------------------------------


def _one_of_many(url: str, number: int, times: int) -> list[Sent]:
    store = SqlStore.open(url)
    with recorded(store) as sent:
        booked(store, f"team{number}", times, f"p{number}-")
    store.engine.dispose()
    return sent


def _replay_one(url: str, sent: list[Sent]) -> None:
    connection = bare(url)
    replayed(connection, sent)
    connection.close()


def together(fresh: Callable[[], str], times: int) -> tuple[float, float]:
    """Seconds a booking where eight processes book, each its own ten members."""
    one, two = fresh(), fresh()
    for url in (one, two):
        store = SqlStore.open(url)
        for number in range(PROCESSES):
            service(store).save_calendar(team(10, f"team{number}"))
        store.engine.dispose()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(perf_counter_of, range(PROCESSES)))  # they are all there
        begun = perf_counter()
        sent = list(pool.map(_one_of_many, [one] * 8, range(8), [times] * 8))
        own = perf_counter() - begun
        begun = perf_counter()
        list(pool.map(_replay_one, [two] * 8, sent))
        other = perf_counter() - begun
    return own / (times * PROCESSES), other / (times * PROCESSES)


def perf_counter_of(_: int) -> float:
    """Something to do, so that a process is there before the clock runs."""
    return perf_counter()


def section(*, quick: bool) -> Iterator[str]:
    """The tables, as pieces of markdown."""
    yield "### Booking, beside the bare driver sending the same statements"
    times, rounds, existing = (5, 1, 2_000) if quick else (100, 5, 200_000)
    told = []
    for name, fresh in _databases():
        for work in (_ten(times), _hundred(existing)):
            own, other = measured(work, fresh, rounds)
            told.append(_row(f"{name}: {work.title}", own, other))
        own, other = together(fresh, times)
        told.append(_row(f"{name}: 10 members, eight processes", own, other))
    yield table(("", "ms each", "a second", "bare driver, a second", "it takes, of the bare"), told)


def _row(title: str, own: float, other: float) -> tuple[str, ...]:
    rates = (f"{1 / own:,.0f}", f"{1 / other:,.0f}")
    return (title, f"{own * 1000:.2f}", *rates, f"{own / other:.2f}")


def _databases() -> Iterator[tuple[str, Callable[[], str]]]:
    numbers = count(1)
    with TemporaryDirectory() as folder:
        yield "SQLite", lambda: f"sqlite:///{Path(folder) / f'{next(numbers)}.sqlite'}"
    with postgres_folder() as place:
        server = start_postgres(place, durable=True)
        yield "PostgreSQL", lambda: _created(server, f"bench{next(numbers)}")


def _created(server: Any, name: str) -> str:
    with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as made:
        made.execute(f"CREATE DATABASE {name}")
    return str(server.url(name))


if __name__ == "__main__":
    print("\n\n".join(section(quick="--quick" in sys.argv)))
