"""What a failure of the database means: ask again, somebody was faster, or what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, insert, text
from sqlalchemy.exc import DBAPIError, OperationalError

from collective_booking.adapters.sql import SqlStore
from collective_booking.adapters.sql.dialects import Failure, failure_of
from collective_booking.adapters.sql.store import TRIES
from collective_booking.adapters.sql.tables import members, requests
from collective_booking.errors import RetryTransactionError
from collective_booking.intervals import Interval
from tests.adapters.sql_hosts import Host, application, service
from tests.bookings import KIM, LOU, MONDAY, at, calendar


class RefusalError(Exception):
    """What a driver raises."""

    def __init__(self, message: str = "", constraint: str | None = None, **told: str) -> None:
        super().__init__(message)
        self.diag = self
        self.constraint_name = constraint
        vars(self).update(told)


@pytest.mark.parametrize(
    ("refusal", "meaning"),
    [
        (RefusalError(sqlstate="23P01", constraint="cb_claims_no_overlap"), Failure.OVERLAP),
        (RefusalError(sqlstate="23P01", constraint="rooms_no_overlap"), Failure.OTHER),
        (
            RefusalError("cb_claims_no_overlap", sqlite_errorname="SQLITE_CONSTRAINT_TRIGGER"),
            Failure.OVERLAP,
        ),
        (RefusalError("too late", sqlite_errorname="SQLITE_CONSTRAINT_TRIGGER"), Failure.OTHER),
        (RefusalError(sqlstate="23505", constraint="cb_requests_pkey"), Failure.AGAIN),
        (RefusalError(sqlstate="23505", constraint="cb_news_pkey"), Failure.AGAIN),
        (RefusalError(sqlstate="23505", constraint="cb_holds_pkey"), Failure.AGAIN),
        (RefusalError(sqlstate="23505", constraint="cb_appointments_pkey"), Failure.AGAIN),
        (RefusalError(sqlstate="23505", constraint="cb_claims_pkey"), Failure.OTHER),
        (RefusalError(sqlstate="23505", constraint="leads_pkey"), Failure.OTHER),
        (RefusalError(sqlstate="23505"), Failure.OTHER),
        (RefusalError(sqlstate="40001"), Failure.AGAIN),
        (RefusalError(sqlstate="40P01"), Failure.AGAIN),
        (RefusalError(sqlstate="55P03"), Failure.AGAIN),
        (RefusalError(sqlstate="57014"), Failure.OTHER),
        (RefusalError(sqlstate="57P01"), Failure.OTHER),
        (RefusalError("the connection is lost"), Failure.OTHER),
        (RefusalError(sqlite_errorname="SQLITE_BUSY"), Failure.AGAIN),
        (RefusalError(sqlite_errorname="SQLITE_BUSY_SNAPSHOT"), Failure.AGAIN),
        (RefusalError(sqlite_errorname="SQLITE_FULL"), Failure.OTHER),
        (RefusalError(sqlite_errorname="SQLITE_CONSTRAINT_PRIMARYKEY"), Failure.OTHER),
    ],
    ids=lambda value: "-".join(map(str, vars(value).values())) if vars(value) else "",
)
def test_failures_are_told_apart(refusal: RefusalError, meaning: Failure) -> None:
    assert failure_of(DBAPIError("INSERT", {}, refusal)) is meaning


def test_a_key_that_is_there_means_a_race_where_others_write_the_same(postgres_url: str) -> None:
    """With the names that the database itself gives (S4)."""
    store = SqlStore.open(postgres_url)
    request = {"tenant": "t", "id": "r1", "fingerprint": "f", "subject": "a", "version": 1}
    person = {"tenant": "t", "member": "ana", "buffer_us": 0, "length_us": 0}
    for table, row, meaning in (
        (requests, request | {"made_us": 0}, Failure.AGAIN),
        (members, person, Failure.OTHER),
    ):
        with store.engine.connect() as connection:
            connection.execute(insert(table), row)
            with pytest.raises(DBAPIError) as refused:
                connection.execute(insert(table), row)
        assert failure_of(refused.value) is meaning
    store.engine.dispose()


# --- again ---------------------------------------------------------------------------------------


@contextmanager
def nobody_writes(engine: Engine) -> Iterator[Any]:
    """Hold what every booking of Ana has to lock; ends with a rollback."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT * FROM cb_members FOR UPDATE"))
        yield connection
        connection.rollback()


def hasty(url: str) -> Engine:
    """An engine whose writers do not wait for others."""
    if url.startswith("sqlite"):
        return create_engine(url, connect_args={"timeout": 0})
    return create_engine(url, connect_args={"options": "-clock_timeout=20ms"})


def test_a_transaction_that_lost_is_run_again(store: SqlStore, url: str) -> None:
    service(store).save_calendar(calendar())
    engine = hasty(url)
    failures: list[Any] = []
    with nobody_writes(store.engine) as blocking:

        def failed(context: Any) -> None:
            failures.append(context.original_exception)
            if len(failures) == TRIES - 1:
                blocking.rollback()

        event.listen(engine, "handle_error", failed)
        made = service(SqlStore(engine)).book("sales-call", at("10:00"), KIM)

    assert len(failures) == TRIES - 1
    assert [each.id for each in service(store).agenda(MONDAY)] == [made.appointment.id]
    engine.dispose()


def test_a_transaction_that_always_loses_is_given_back(store: SqlStore, url: str) -> None:
    """Neither for ever, nor as an error of the driver's."""
    service(store).save_calendar(calendar())
    engine = hasty(url)
    with nobody_writes(store.engine), pytest.raises(RetryTransactionError) as told:
        service(SqlStore(engine)).book("sales-call", at("10:00"), KIM)

    assert isinstance(told.value.__cause__, OperationalError)
    assert service(store).agenda(MONDAY) == ()
    engine.dispose()


# --- what it is ----------------------------------------------------------------------------------


@pytest.fixture(params=["own", "joined"])
def joined(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "joined")


@contextmanager
def booking(host: Host, *, joined: bool) -> Iterator[tuple[Any, Any]]:
    """A service that books in its own transaction or in the host's, and the engine it uses."""
    store = host.store
    sync = getattr(store.engine, "sync_engine", store.engine)
    if not joined:
        yield host.service(), sync
        return
    connection = host.run(store.engine.connect())
    try:
        yield host.within(connection), sync
    finally:
        host.run(connection.close())


@pytest.fixture(params=["blocking", "awaited"])
def server(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[Host]:
    """A host whose database is a server, which can lose a connection."""
    with application(postgres_url, request.param) as host:
        host.service().save_calendar(calendar())
        yield host


def test_a_lost_connection_is_no_lost_slot(server: Host, joined: bool) -> None:
    """Nobody can tell who is in the way over a connection that is gone."""
    with booking(server, joined=joined) as (made, engine):

        def lose(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("INSERT INTO cb_claims"):
                with create_engine(engine.url).connect() as other:
                    pid = connection.connection.driver_connection.info.backend_pid
                    other.execute(text(f"SELECT pg_terminate_backend({pid}, 5000)"))
                other.engine.dispose()

        event.listen(engine, "before_cursor_execute", lose)
        with pytest.raises(OperationalError) as lost:
            made.book("sales-call", at("10:00"), KIM)
        event.remove(engine, "before_cursor_execute", lose)

    assert lost.value.connection_invalidated
    assert server.service().agenda(MONDAY) == ()
    server.service().book("sales-call", at("10:00"), LOU)


def test_a_statement_that_takes_too_long_is_no_lost_slot(server: Host, joined: bool) -> None:
    with booking(server, joined=joined) as (made, engine):

        def hurry(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("INSERT INTO cb_claims"):
                cursor.execute("SET LOCAL statement_timeout = '10ms'")
                cursor.execute("SELECT pg_sleep(5)")

        event.listen(engine, "before_cursor_execute", hurry)
        with pytest.raises(DBAPIError, match="statement timeout"):
            made.book("sales-call", at("10:00"), KIM)
        event.remove(engine, "before_cursor_execute", hurry)

    assert server.service().agenda(MONDAY) == ()


def test_a_full_disk_is_no_lost_slot(tmp_path: Path) -> None:
    """SQLite ends the whole transaction then, savepoints and all."""
    path = tmp_path / "bookings.sqlite"
    store = SqlStore.open(path)
    service(store).save_calendar(calendar())
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    kept = 0

    def book_the_week() -> None:
        nonlocal kept
        for day in (23, 24, 25, 26, 27):
            for hour in range(9, 17):
                with engine.connect() as connection:
                    made = service(store.within(connection))
                    made.book("sales-call", at(f"{hour}:00", day), KIM)
                    connection.commit()
                kept += 1

    with pytest.raises(DBAPIError, match="full"):
        book_the_week()
    week = Interval(at("00:00", 23), at("00:00", 28))
    assert len(service(store).agenda(week)) == kept
    engine.dispose()
    store.engine.dispose()


def test_a_waiting_writer_gets_its_turn(store: SqlStore) -> None:
    """No failure at all: whoever comes second waits."""
    made = service(store)
    made.save_calendar(calendar())
    with nobody_writes(store.engine):
        second = Thread(target=made.book, args=("sales-call", at("10:00"), KIM))
        second.start()
        second.join(0.2)
        assert second.is_alive()
    second.join(30)
    assert len(made.agenda(MONDAY)) == 1
