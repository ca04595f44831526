"""A booking as a part of the host's own transaction (S5)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import event, text

from collective_booking.errors import (
    InvalidValueError,
    OwnTransactionError,
    RetryTransactionError,
    UnknownCalendarError,
)
from collective_booking.holds import HoldState
from collective_booking.reasons import SlotUnavailableError, What
from tests.adapters.sql_hosts import Blind, Host, application, service
from tests.bookings import ANA, BEN, CLEO, EUROS, KIM, LOU, MONDAY, at, calendar


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("notes_first", [True, False])
def test_a_booking_is_part_of_the_hosts_transaction(
    host: Host, keeps: bool, notes_first: bool
) -> None:
    """Both are kept, or neither."""
    host.service().save_calendar(calendar())
    with host.connected() as connection:
        if notes_first:
            host.note(connection, "Kim")
        host.within(connection).book("sales-call", at("10:00"), KIM)
        if not notes_first:
            host.note(connection, "Kim")
        host.run(connection.commit() if keeps else connection.rollback())

    assert len(host.noted()) == len(host.service().agenda(MONDAY)) == int(keeps)
    assert len(host.service().deliver().delivered) == 4 * keeps


COMMANDS: dict[str, Callable[[Any, str], Any]] = {
    "save_calendar": lambda made, _: made.save_calendar(calendar(ANA, BEN, CLEO)),
    "hold": lambda made, _: made.hold("sales-call", at("11:00"), LOU),
    "book": lambda made, _: made.book("sales-call", at("11:00"), LOU),
    "edit": lambda made, which: made.edit(which, title="A call"),
    "reschedule": lambda made, which: made.reschedule(which, at("12:00")),
    "approve": lambda made, which: made.approve(which),
    "decline": lambda made, which: made.decline(which),
    "cancel": lambda made, which: made.cancel(which),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_ends_with_its_commit_joins(host: Host, command: str) -> None:
    """Nothing of it is there until the host commits, and all of it is afterwards."""
    made = host.service()
    made.save_calendar(calendar(approval=command in {"approve", "decline"}))
    id_ = made.book("sales-call", at("10:00"), KIM).appointment.id
    tables = [f"cb_{name}" for name in ("calendars", "claims", "appointments", "holds", "outbox")]

    def stored() -> list[Any]:
        with host.connected() as other:
            return [
                sorted(map(str, host.execute(other, f"SELECT * FROM {table}"))) for table in tables
            ]

    before = stored()
    for ends in ("rollback", "commit"):
        with host.connected() as connection:
            COMMANDS[command](host.within(connection), id_)
            assert stored() == before
            host.run(getattr(connection, ends)())
            assert (stored() == before) == (ends == "rollback")


@pytest.mark.parametrize("by_guard", [False, True])
def test_a_lost_slot_leaves_the_hosts_transaction_usable(host: Host, by_guard: bool) -> None:
    """Whether the decision or the guard refused it, the host is told who is in the way."""
    made = host.service()
    made.save_calendar(calendar())
    first = made.book("sales-call", at("10:00"), KIM).appointment
    with host.connected() as connection:
        host.note(connection, "Kim")
        joined = host.within(connection)
        within = host.store.within(connection)
        refused = host.service(Blind(within)) if by_guard else joined
        with pytest.raises(SlotUnavailableError) as lost:
            refused.book("sales-call", at("10:00"), LOU)
        host.note(connection, "Lou")
        joined.book("sales-call", at("11:00"), LOU)
        host.run(connection.commit())

    assert {(each.what, each.claim) for each in lost.value.reasons} == {
        (What.APPOINTMENT, first.id)
    }
    assert host.noted() == ["Kim", "Lou"]
    assert [each.start for each in made.agenda(MONDAY)] == [at("10:00"), at("11:00")]


def test_what_calls_others_in_between_refuses(host: Host) -> None:
    """A gateway cannot be rolled back, nor a message that was sent."""
    made = host.service()
    made.save_calendar(calendar(price=EUROS))
    held = made.hold("sales-call", at("10:00"), KIM)
    paid = made.begin_payment(made.hold("sales-call", at("11:00"), KIM).token)
    id_ = paid.booking.appointment.id
    with host.connected() as connection:
        joined = host.within(connection)
        host.note(connection, "Kim")
        for attempt in (
            lambda: joined.begin_payment(held.token),
            lambda: joined.cancel(id_, refund=EUROS),
            joined.deliver,
        ):
            with pytest.raises(OwnTransactionError, match="run it outside yours"):
                attempt()
        host.run(connection.commit())

    assert made.appointment(id_).appointment.status == "confirmed"
    assert host.noted() == ["Kim"]


def test_two_commands_share_a_transaction(host: Host) -> None:
    made = host.service()
    made.save_calendar(calendar())
    with host.connected() as connection:
        joined = host.within(connection)
        ten = joined.book("sales-call", at("10:00"), KIM).appointment
        with pytest.raises(SlotUnavailableError):  # what decides is within, and sees the first
            joined.book("sales-call", at("10:00"), LOU)
        joined.book("sales-call", at("11:00"), LOU)
        joined.edit(ten.id, title="A call")  # what it has written, it reads
        host.run(connection.commit())

    assert {each.title for each in made.agenda(MONDAY)} == {"A call", "Sales call"}


def test_a_request_that_is_repeated_in_a_transaction_is_answered_once(host: Host) -> None:
    """S4: also while nobody else can see the first answer."""
    made = host.service()
    made.save_calendar(calendar())
    with host.connected() as connection:
        once, again = (
            host.within(connection).book("sales-call", at("10:00"), KIM, request_id="r1")
            for _ in range(2)
        )
        kept = host.within(connection).hold("sales-call", at("11:00"), LOU)
        released = host.within(connection).release(kept.token)
        host.run(connection.commit())

    assert once.appointment == again.appointment
    assert released.outcome is HoldState.RELEASED
    assert len(made.agenda(MONDAY)) == 1


def test_payments_are_not_settled_in_somebody_elses_transaction(host: Host) -> None:
    """S5: a gateway is called between two commits, and there is only one."""
    with host.connected() as connection, pytest.raises(OwnTransactionError, match="settling"):
        host.within(connection).settle()


# --- the host's connection -----------------------------------------------------------------------


def test_a_connection_that_commits_each_statement_cannot_be_joined(host: Host) -> None:
    """There would be no transaction to be part of, and half a booking could stay."""
    host.service().save_calendar(calendar())
    with host.connected() as connection:
        each = host.run(connection.execution_options(isolation_level="AUTOCOMMIT"))
        with pytest.raises(InvalidValueError, match="use one that begins a transaction"):
            host.within(each or connection).book("sales-call", at("10:00"), KIM)

    assert host.service().agenda(MONDAY) == ()


@pytest.mark.parametrize("face", ["blocking", "awaited"])
def test_an_engine_may_send_its_own_begin(tmp_path: Path, face: str) -> None:
    """As SQLAlchemy advises for SQLite: joined, and as the store's own engine."""
    with application(f"sqlite:///{tmp_path / 'bookings.sqlite'}", face) as host:
        host.run(host.engine.dispose())
        sync = getattr(host.engine, "sync_engine", host.engine)

        @event.listens_for(sync, "connect")
        def _connected(connection: Any, _record: Any) -> None:
            connection.isolation_level = None

        @event.listens_for(sync, "begin")
        def _begun(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN")

        made = host.service(type(host.store)(host.engine))
        made.save_calendar(calendar())
        with host.connected() as connection:
            host.within(connection).book("sales-call", at("10:00"), KIM)
            host.note(connection, "Kim")
            host.run(connection.rollback())
            host.within(connection).book("sales-call", at("11:00"), KIM)
            host.run(connection.commit())

        assert host.noted() == []
        assert [each.start for each in made.agenda(MONDAY)] == [at("11:00")]


@pytest.mark.parametrize("face", ["blocking", "awaited"])
def test_in_memory_there_is_one_connection(face: str) -> None:
    """What the host has written is seen then, and reading does not roll it back."""
    with application("sqlite://", face) as host:
        engine = host.store.engine
        with pytest.raises(UnknownCalendarError):
            host.service().calendar("sales-call")
        connection = host.run(engine.connect())
        host.execute(connection, "CREATE TABLE leads (name TEXT)")
        host.run(connection.commit())
        joined = host.within(connection)
        joined.save_calendar(calendar())
        joined.book("sales-call", at("10:00"), KIM)
        host.note(connection, "Kim")
        joined.book("sales-call", at("11:00"), LOU)
        host.run(connection.commit())

        assert host.execute(connection, "SELECT count(*) FROM leads").scalar_one() == 1
        assert len(joined.agenda(MONDAY)) == 2
        host.run(connection.rollback())
        host.run(connection.close())


# --- others at the same time ---------------------------------------------------------------------


def test_a_snapshot_that_is_too_old_says_to_run_the_transaction_again(host: Host) -> None:
    """The host has read, somebody else has written, and it may not write any more; then it may."""
    made = host.service()
    made.save_calendar(calendar())
    with host.connected() as connection:
        if host.engine.dialect.name == "sqlite":
            host.run(connection.exec_driver_sql("BEGIN"))
        else:
            host.run(connection.execution_options(isolation_level="REPEATABLE READ"))
        host.execute(connection, "SELECT count(*) FROM leads")
        made.book("sales-call", at("10:00"), KIM)
        joined = host.within(connection)
        with pytest.raises(RetryTransactionError, match="whole transaction again"):
            joined.book("sales-call", at("11:00"), LOU)
        host.run(connection.rollback())

        joined.book("sales-call", at("11:00"), LOU)
        host.run(connection.commit())

    assert len(made.agenda(MONDAY)) == 2


def test_a_deadlock_with_the_hosts_rows_says_to_run_the_transaction_again(
    postgres_url: str,
) -> None:
    """Two hosts lock a row of their own and the members, in opposite orders; one has to yield."""
    with application(postgres_url, "blocking") as host, ThreadPoolExecutor(1) as other:
        made = service(host.store)
        made.save_calendar(calendar())
        with host.connected() as connection:
            host.note(connection, "Kim")
            host.run(connection.commit())
        booked = Event()

        def books_and_then_writes() -> None:
            with host.engine.begin() as theirs:
                theirs.execute(text("SET LOCAL deadlock_timeout = '1min'"))
                host.within(theirs).book("sales-call", at("10:00"), KIM)
                booked.set()
                theirs.execute(text("UPDATE leads SET name = 'Kim Lee'"))

        with host.engine.connect() as mine:
            mine.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
            mine.execute(text("UPDATE leads SET name = 'Lou Ray'"))
            done = other.submit(books_and_then_writes)
            assert booked.wait(30)
            with pytest.raises(RetryTransactionError, match="deadlock"):
                host.within(mine).book("sales-call", at("11:00"), LOU)
            mine.rollback()
        done.result(30)

        assert host.noted() == ["Kim Lee"]
        assert len(made.agenda(MONDAY)) == 1
