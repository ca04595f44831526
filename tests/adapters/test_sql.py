"""What is special to a database: guards, a host's own transaction, and finding others faster."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from collective_booking.adapters.sql import (
    DatabaseClock,
    SqlStore,
    check_guards,
    install_guards,
)
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.errors import (
    InvalidValueError,
    OwnTransactionError,
    RetryTransactionError,
    UnguardedStoreError,
)
from collective_booking.reasons import SlotUnavailableError, What
from collective_booking.service import AsyncBookingService, BookingService
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider
from tests.bookings import EUROS, HOST, KIM, LOU, MONDAY, NOW, SECRET, at, calendar

DIALECTS: Final = ("sqlite", "postgres")


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bookings.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    made = SqlStore.open(url)
    yield made
    made.engine.dispose()


def service(store: Any, **changes: Any) -> BookingService:
    told: dict[str, Any] = {
        "secret": SECRET,
        "host": HOST,
        "provider": FakeProvider(),
        "notifier": FakeNotifier(),
        "gateway": FakeGateway(at_once=True),
        "clock": FakeClock(NOW),
    }
    return BookingService(store, **told | changes)


# --- the guard (S2) ------------------------------------------------------------------------------


def claim(connection: Connection, id: str, start: int, end: int, **told: object) -> bool:
    """Write a claim around all decisions; whether the database took it."""
    row = {"tenant": "t", "member": "ana", "exclusive": 1, "id": id, "start": start, "end": end}
    try:
        with connection.begin_nested():
            connection.execute(
                text(
                    "INSERT INTO cb_claims (tenant, member, id, start_us, end_us, before_us,"
                    " after_us, exclusive, held) VALUES (:tenant, :member, :id, :start, :end,"
                    " 0, 0, :exclusive, 0)"
                ),
                row | told,
            )
    except DBAPIError:
        return False
    return True


def test_the_database_refuses_what_overlaps_and_nothing_else(store: SqlStore) -> None:
    """Against a list that is searched from end to end; whoever writes, the guard stands."""
    chance = random.Random(20261123)
    with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        there: dict[str, tuple[int, int, int, str]] = {}
        for number in range(400):
            start, exclusive = chance.randrange(60), chance.choice([1, 1, 1, 0])
            end, who = start + chance.randrange(1, 12), chance.choice(["ana", "ben"])
            free = not exclusive or not any(
                other[2] and other[3] == who and other[0] < end and start < other[1]
                for other in there.values()
            )
            told = {"exclusive": exclusive, "member": who}
            assert claim(connection, f"c{number}", start, end, **told) == free
            if free:
                there[f"c{number}"] = (start, end, exclusive, who)
            if there and chance.random() < 0.3:
                gone = chance.choice(list(there))
                connection.execute(text("DELETE FROM cb_claims WHERE id = :id"), {"id": gone})
                del there[gone]
        assert len(there) > 20


def test_tenants_and_members_are_other_people(store: SqlStore) -> None:
    """S6."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        assert claim(connection, "a", 0, 10)
        assert claim(connection, "b", 5, 15, tenant="u")
        assert claim(connection, "c", 5, 15, member="ben")
        assert claim(connection, "d", 10, 20)
        assert not claim(connection, "e", 9, 11)


DAMAGE: Final = {
    "sqlite": [
        "DROP TRIGGER cb_claims_no_overlap",
        "DROP TRIGGER cb_claims_no_overlap_moved",
    ],
    "postgresql": ["ALTER TABLE cb_claims DROP CONSTRAINT cb_claims_no_overlap"],
}
HOLLOW: Final = {
    "sqlite": (
        "CREATE TRIGGER cb_claims_no_overlap BEFORE INSERT ON cb_claims WHEN 0"
        " BEGIN SELECT RAISE(ABORT, 'cb_claims_no_overlap'); END"
    ),
    "postgresql": (
        "ALTER TABLE cb_claims ADD CONSTRAINT cb_claims_no_overlap EXCLUDE USING gist"
        " (int8range(start_us, end_us) WITH &&) WHERE (exclusive = 0)"
    ),
}


@pytest.mark.parametrize("hollow", [False, True])
def test_a_store_without_its_guard_does_not_work(store: SqlStore, url: str, hollow: bool) -> None:
    """Not even if something stands there that bears its name; installing repairs it."""
    with store.engine.begin() as connection:
        name = connection.dialect.name
        connection.execute(text(DAMAGE[name][0]))
        if hollow:
            connection.execute(text(HOLLOW[name]))

    engine = create_engine(url)
    with pytest.raises(UnguardedStoreError, match="install_guards"):
        SqlStore(engine).appointments("default", MONDAY)
    with engine.begin() as connection:
        install_guards(connection)
        check_guards(connection)
    assert SqlStore(engine).appointments("default", MONDAY) == ()
    engine.dispose()


def test_a_guard_is_not_put_over_what_overlaps_already(store: SqlStore) -> None:
    """It would look right, and let more overlaps in."""
    with store.engine.begin() as connection:
        for statement in DAMAGE[connection.dialect.name]:
            connection.execute(text(statement))
        assert claim(connection, "a", 0, 100)
        assert claim(connection, "b", 10, 20)
    with pytest.raises((UnguardedStoreError, DBAPIError)), store.engine.begin() as connection:
        install_guards(connection)


def test_the_guard_names_who_is_in_the_way(store: SqlStore) -> None:
    """Even where everything else was got around: here, the question under the lock."""
    made = service(store)
    made.save_calendar(calendar())
    first = made.book("sales-call", at("10:00"), KIM).appointment

    class Blind(SqlStore):
        def commit(self, draft: Any, admit: Any = None) -> Any:
            return super().commit(draft, admit and (lambda claims, counted: ()))

    with pytest.raises(SlotUnavailableError) as refused:
        service(Blind(store.engine)).book("sales-call", at("10:00"), LOU)
    assert {(r.what, r.who, r.claim) for r in refused.value.reasons} == {
        (What.APPOINTMENT, "ana", first.id),
        (What.APPOINTMENT, "ben", first.id),
    }
    assert len(made.agenda(MONDAY)) == 1


# --- a host's own transaction (S5) ---------------------------------------------------------------


@pytest.fixture
def engine(store: SqlStore, url: str) -> Iterator[Engine]:
    """An engine as a host has it, with a table of its own."""
    made = create_engine(url)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE leads (name TEXT)"))
    yield made
    made.dispose()


def leads(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM leads")) or 0)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_booking_is_part_of_the_hosts_transaction(
    store: SqlStore, engine: Engine, keeps: bool
) -> None:
    """Both are kept, or neither."""
    service(store).save_calendar(calendar())
    with engine.connect() as connection:
        joined = service(store.within(connection))
        joined.book("sales-call", at("10:00"), KIM)
        connection.execute(text("INSERT INTO leads VALUES ('Kim')"))
        (connection.commit if keeps else connection.rollback)()

    assert leads(engine) == len(service(store).agenda(MONDAY)) == int(keeps)


def test_a_lost_slot_leaves_the_hosts_transaction_usable(store: SqlStore, engine: Engine) -> None:
    made = service(store)
    made.save_calendar(calendar())
    made.book("sales-call", at("10:00"), KIM)
    with engine.begin() as connection:
        joined = service(store.within(connection))
        with pytest.raises(SlotUnavailableError):
            joined.book("sales-call", at("10:00"), LOU)
        connection.execute(text("INSERT INTO leads VALUES ('Lou')"))
        joined.book("sales-call", at("11:00"), LOU)

    assert leads(engine) == 1
    assert len(made.agenda(MONDAY)) == 2


def test_what_calls_others_in_between_refuses(store: SqlStore, engine: Engine) -> None:
    made = service(store)
    made.save_calendar(calendar(price=EUROS))
    held = made.hold("sales-call", at("10:00"), KIM)
    paid = made.begin_payment(made.hold("sales-call", at("11:00"), KIM).token)
    assert paid.booking
    id_ = paid.booking.appointment.id
    with engine.begin() as connection:
        joined = service(store.within(connection))
        for attempt in (
            lambda: joined.begin_payment(held.token),
            lambda: joined.cancel(id_, refund=EUROS),
            joined.deliver,
        ):
            with pytest.raises(OwnTransactionError, match="run it outside yours"):
                attempt()
    assert made.appointment(id_).appointment.status == "confirmed"


def test_a_connection_that_commits_each_statement_cannot_be_joined(postgres_url: str) -> None:
    """On SQLite a transaction is begun all the same; here there would be none to join."""
    store = SqlStore.open(postgres_url)
    service(store).save_calendar(calendar())
    with store.engine.connect() as connection:
        each = connection.execution_options(isolation_level="AUTOCOMMIT")
        with pytest.raises(InvalidValueError, match="begins a transaction"):
            service(store.within(each)).book("sales-call", at("10:00"), KIM)
    store.engine.dispose()


def test_a_snapshot_that_is_too_old_says_to_run_the_transaction_again(
    tmp_path: Path,
) -> None:
    """SQLite: the host has read, somebody else has written, and it may not write any more."""
    path = tmp_path / "bookings.sqlite"
    store = SqlStore.open(path)
    made = service(store)
    made.save_calendar(calendar())
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.execute(text("SELECT count(*) FROM cb_claims")).all()
        made.book("sales-call", at("10:00"), KIM)
        with pytest.raises(RetryTransactionError, match="whole transaction again"):
            service(store.within(connection)).book("sales-call", at("11:00"), LOU)
    engine.dispose()
    store.engine.dispose()


def test_an_async_host_joins_too(url: str, tmp_path: Path) -> None:
    is_file = url.startswith("sqlite")
    address = url.replace("sqlite:", "sqlite+aiosqlite:") if is_file else url

    async def booked() -> int:
        store = await AsyncSqlStore.open(address)
        told: dict[str, Any] = {"secret": SECRET, "host": HOST, "clock": FakeClock(NOW)}
        told["provider"] = FakeProvider()
        await AsyncBookingService(store, **told).save_calendar(calendar())
        engine = create_async_engine(address)
        async with engine.connect() as connection:
            joined = AsyncBookingService(store.within(connection), **told)
            await joined.book("sales-call", at("10:00"), KIM)
            await connection.rollback()
        async with engine.begin() as connection:
            joined = AsyncBookingService(store.within(connection), **told)
            await joined.book("sales-call", at("11:00"), KIM)
        found = await AsyncBookingService(store, **told).agenda(MONDAY)
        await engine.dispose()
        await store.engine.dispose()
        return len(found)

    assert asyncio.run(booked()) == 1


# --- several at once -----------------------------------------------------------------------------


def test_of_many_threads_one_gets_the_time(store: SqlStore) -> None:
    made = service(store)
    made.save_calendar(calendar())

    def attempt(number: int) -> str:
        try:
            return made.book("sales-call", at("10:00"), KIM).appointment.id
        except SlotUnavailableError as refused:
            return ",".join(sorted({str(reason.claim) for reason in refused.reasons}))

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(attempt, range(16)))

    (winner,) = made.agenda(MONDAY)
    assert told == {winner.id}  # and every loser is told who won


def test_a_repeated_request_that_comes_twice_at_once_is_answered_once(store: SqlStore) -> None:
    """S4."""
    made = service(store)
    made.save_calendar(calendar())

    with ThreadPoolExecutor(8) as pool:
        told = list(
            pool.map(
                lambda _: made.book("sales-call", at("10:00"), KIM, request_id="r1").appointment,
                range(8),
            )
        )

    assert len(set(map(str, told))) == len({each.id for each in told}) == 1


def test_opening_at_once_makes_one_database(url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: SqlStore.open(url), range(6)))
    for each in stores:
        assert each.appointments("default", MONDAY) == ()
        each.engine.dispose()


def test_the_clock_of_the_database_tells_the_time(store: SqlStore) -> None:
    """S3: for machines whose own clocks differ."""
    clock = DatabaseClock(store.engine)
    first, second = clock.now(), clock.now()

    assert timedelta() <= second - first < timedelta(minutes=1)
    assert first.utcoffset() == timedelta()
