"""Moving from SQLite to PostgreSQL brings everything along, or nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from collective_booking import SlotUnavailableError
from collective_booking.adapters.sql import SqlStore, check_guards, metadata
from collective_booking.errors import UnguardedStoreError
from collective_booking.service import BookingService
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider
from examples import move_to_postgresql
from examples.move_to_postgresql import NotMovedError, move
from tests.bookings import BEN, CLEO, EUROS, HOST, KIM, LOU, MONDAY, NOW, SECRET, at, calendar

SCRIPT: Final = Path(move_to_postgresql.__file__)


class Office:
    """An application that has booked for a while, and then moves."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.provider, self.notifier = FakeProvider(), FakeNotifier()
        self.gateway = FakeGateway(at_once=True)

    def over(self, engine: Engine) -> BookingService:
        return BookingService(
            SqlStore(engine),
            secret=SECRET,
            host=HOST,
            provider=self.provider,
            notifier=self.notifier,
            gateway=self.gateway,
            clock=self.clock,
        )

    def live(self, service: BookingService) -> None:
        """Leave something in every table: booked, moved, cancelled, held, paid for, undelivered."""
        service.save_calendar(calendar(max_per_day=9))
        service.save_calendar(calendar(BEN, CLEO, slug="lesson", price=EUROS))
        first = service.book("sales-call", at("10:00"), KIM, request_id="r1").appointment
        service.reschedule(first.id, at("11:00"))
        service.cancel(service.book("sales-call", at("14:00"), LOU).appointment.id)
        service.deliver()
        service.begin_payment(service.hold("lesson", at("12:00"), LOU).token)
        service.payment_happened(self.gateway.notices[-1])
        self.notifier.unreachable.add(KIM.email)
        service.edit(first.id, notes="Bring the figures.")
        service.deliver()
        service.hold("sales-call", at("16:00"), KIM)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Engine]:
    store = SqlStore.open(tmp_path / "bookings.sqlite")
    yield store.engine
    store.engine.dispose()


@pytest.fixture
def target(postgres_url: str) -> Iterator[Engine]:
    engine = create_engine(postgres_url)
    yield engine
    engine.dispose()


def stored(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            name: sorted(map(str, connection.execute(table.select())))
            for name, table in metadata.tables.items()
        }


def test_everything_goes_on_where_it_was(source: Engine, target: Engine) -> None:
    """Bookings, claims, requests, undelivered mail: an application notices no difference."""
    office = Office()
    office.live(office.over(source))
    before = stored(source)

    moved = move(source, target)

    assert stored(target) == stored(source) == before
    assert moved == {name: len(rows) for name, rows in before.items()}
    assert all(moved[name] for name in moved if name != "cb_news")
    here, there = office.over(source), office.over(target)
    assert there.agenda(MONDAY) == here.agenda(MONDAY)
    assert there.undelivered() == here.undelivered() != ()
    again = there.book("sales-call", at("10:00"), KIM, request_id="r1").appointment
    assert again.start == at("10:00")  # what the first request was answered, and no second booking
    for hour in ("11:00", "12:00", "16:00"):  # booked, paid for, held
        with pytest.raises(SlotUnavailableError):
            there.book("sales-call", at(hour), LOU)
    office.clock.advance(timedelta(minutes=11))
    assert there.book("sales-call", at("16:00"), LOU).appointment.start == at("16:00")


def test_the_guard_is_there_at_once(source: Engine, target: Engine) -> None:
    move(source, target)

    with target.connect() as connection:
        check_guards(connection)


def test_a_database_that_has_bookings_is_not_written_into(source: Engine, target: Engine) -> None:
    """Two histories in one database could never be told apart again."""
    office = Office()
    office.live(office.over(source))
    move(source, target)
    before = stored(target)

    with pytest.raises(NotMovedError, match="has rows already: move into a fresh database"):
        move(source, target)

    assert stored(target) == before


def test_whatever_fails_leaves_nothing_behind(source: Engine, target: Engine) -> None:
    """SQLite takes a text that PostgreSQL does not: the tables made so far are gone again."""
    office = Office()
    office.live(office.over(source))
    with source.begin() as connection:
        connection.execute(text("UPDATE cb_requests SET subject = subject || char(0)"))

    with pytest.raises((DBAPIError, ValueError)):
        move(source, target)

    assert inspect(target).get_table_names() == []


def test_what_arrives_otherwise_is_noticed(source: Engine, target: Engine) -> None:
    """Counting alone would not tell: as many rows as there were, and one word is another."""
    office = Office()
    office.live(office.over(source))

    @event.listens_for(target, "before_cursor_execute", retval=True)
    def _garble(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> tuple[str, Any]:
        if statement.startswith("INSERT INTO cb_holds"):
            parameters = [row | {"slug": "other"} for row in parameters]
        return statement, parameters

    with pytest.raises(NotMovedError, match="cb_holds has not arrived as it was"):
        move(source, target)

    assert inspect(target).get_table_names() == []


def test_nobody_books_meanwhile(source: Engine, target: Engine, tmp_path: Path) -> None:
    """What SQLite took after its table was copied would be lost."""
    office = Office()
    office.live(office.over(source))
    told: list[str] = []

    @event.listens_for(target, "commit")
    def _write(_: Connection) -> None:
        other = sqlite3.connect(tmp_path / "bookings.sqlite", timeout=0)
        with closing(other), suppress(sqlite3.OperationalError):
            other.execute("DELETE FROM cb_claims")
            told.append("written")
        told.append("tried")

    move(source, target)

    assert told == ["tried"]


def test_a_file_of_something_else_is_refused(tmp_path: Path, target: Engine) -> None:
    other = create_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")

    with pytest.raises(UnguardedStoreError):
        move(other, target)

    other.dispose()
    assert inspect(target).get_table_names() == []


def test_as_a_script(source: Engine, tmp_path: Path, postgres_url: str) -> None:
    """As a reader runs it, with warnings as errors; the second time it refuses."""
    office = Office()
    office.live(office.over(source))
    arguments = [str(tmp_path / "bookings.sqlite"), postgres_url]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", str(SCRIPT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    first, second, without = run(*arguments), run(*arguments), run()

    assert (first.returncode, first.stderr) == (0, "")
    assert "cb_appointments" in first.stdout
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith("nothing was moved: ")
    assert (without.returncode, without.stdout) == (0, f"{move_to_postgresql.__doc__}\n")
