"""Killed at every step: nothing acknowledged is lost, nothing is half done, all of it recovers.

A process books, pays, moves and delivers; it is killed with SIGKILL at its n-th step, for every n.
A new process repeats what was not answered, under the same request ids, and delivers. Then
everything agrees. PostgreSQL itself is killed too, while clients are at work.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from collective_booking.adapters.sql import SqlStore
from collective_booking.errors import CollectiveBookingError
from collective_booking.holds import OUTCOMES, HoldState
from collective_booking.service import BookingService
from collective_booking.testing import FakeClock
from tests.bookings import EUROS, HOST, KIM, LOU, MONDAY, NOW, SECRET, at, calendar
from tests.servers.postgres import PostgresServer, postgres_folder, start_postgres
from tests.storm.world import Stepping, Steps, World

pytestmark = pytest.mark.slow

AT_MOST: Final = 150
"""More steps than the whole story has."""


@contextmanager
def service(url: str, world: World, step: Any, minutes: int = 0) -> Iterator[BookingService]:
    store = SqlStore.open(url)
    made = BookingService(
        Stepping(store, step),
        secret=SECRET,
        host=HOST,
        provider=world,
        notifier=world,
        gateway=world,
        clock=FakeClock(NOW + timedelta(minutes=minutes)),
        new_id=lambda: token_hex(8),
    )
    try:
        yield made
    finally:
        store.engine.dispose()


def story(booking: BookingService, done: Any) -> None:
    """What a client does; *done* hears of each answer. Each is asked under an id of its own."""
    booking.save_calendar(calendar())
    booking.save_calendar(calendar(slug="paid", price=EUROS))
    first = booking.book("sales-call", at("10:00"), KIM, request_id="r1").appointment
    done("booked", first.id)
    held = booking.hold("paid", at("11:00"), LOU, request_id="r2")
    done("held", held.hold.id)
    attempt = booking.begin_payment(held.token)
    if attempt.outcome is HoldState.BOOKED:
        done("paid", held.hold.id)
    booking.reschedule(first.id, at("12:00"), request_id="r3")
    done("moved", first.id)
    booking.deliver()
    if attempt.outcome is HoldState.BOOKED:
        booking.cancel(held.hold.id, refund=EUROS, request_id="r4")
        done("cancelled", held.hold.id)
    booking.deliver()


FORKING: Final = get_context("forkserver")
"""Where clients come from: a process that has imported all they need, and has done nothing yet."""
FORKING.set_forkserver_preload([__name__])


def client(url: str, folder: Path, last: int) -> tuple[bool, list[list[str]]]:
    """Play the story in a process that dies at its step *last*; whether it did, what it heard."""
    heard = folder / "heard.jsonl"
    process = FORKING.Process(target=play, args=(url, str(folder), last))
    process.start()
    process.join(timeout=60)
    ended = process.exitcode
    process.kill()  # in case it hangs
    process.join()
    process.close()
    assert ended in {0, -signal.SIGKILL}
    told = heard.read_text().splitlines() if heard.exists() else []
    return ended != 0, [json.loads(line) for line in told]


def play(url: str, folder: str, last: int) -> None:
    """The body of the client's process."""
    heard = Path(folder) / "heard.jsonl"

    def done(*told: str) -> None:
        with heard.open("a") as file:
            file.write(json.dumps(told) + "\n")

    step = Steps(last)
    world = World(Path(folder) / "world.sqlite", step)
    with service(url, world, step) as booking:
        story(booking, done)


def recovers(url: str, folder: Path, heard: list[list[str]]) -> None:
    """A new process's work: deliver alone, ask again what was not answered, and deliver."""
    quiet = Steps(None)
    world = World(folder / "world.sqlite", quiet)
    # What was leased by the one who died comes back when the lease ends.
    with service(url, world, quiet, minutes=6) as later:
        later.deliver()
        with suppress(CollectiveBookingError):  # a hold may have lapsed or been settled meanwhile
            story(later, lambda *_: None)
    with service(url, world, quiet, minutes=200) as last:
        last.deliver()
        agree(last, world, heard, url)


def agree(booking: BookingService, world: World, heard: list[list[str]], url: str) -> None:
    """Nothing is lost, nothing is half done, and everybody says the same."""
    booked = {each.id: each for each in booking.agenda(MONDAY)}
    store: Any = SqlStore.open(url)
    for happened, id_ in heard:
        if happened != "held":
            assert id_ in booked, happened
    assert len([each for each in booked.values() if each.calendar == "sales-call"]) == 1
    with store.engine.connect() as connection:
        holds = list(connection.scalars(text("SELECT id FROM cb_holds")))
        claimed = set(connection.scalars(text("SELECT DISTINCT id FROM cb_claims")))
        counted = set(connection.scalars(text("SELECT id FROM cb_counts")))
        waiting = connection.scalar(text("SELECT count(*) FROM cb_outbox WHERE state = 'waiting'"))
    moved: dict[str, int] = {}
    for hold, amount in world.rows("SELECT hold, amount FROM moves"):
        moved[hold] = moved.get(hold, 0) + amount
    for id_ in holds:
        hold = store.hold("default", id_)
        assert hold.state in OUTCOMES
        assert (hold.state is HoldState.BOOKED) == (id_ in booked)
        cancelled = id_ in booked and booked[id_].status == "cancelled"
        paid = hold.state is HoldState.BOOKED and not cancelled
        assert moved.get(id_, 0) == (EUROS.amount if paid else 0)
    live = {id_ for id_, each in booked.items() if each.status == "confirmed"}
    assert claimed == counted == live
    assert waiting == 0
    copies = {(who, uid): sequence for who, uid, sequence in world.rows("SELECT * FROM copies")}
    assert copies == {
        (member.id, booked[id_].uid): booked[id_].sequence
        for id_ in live
        for member in booked[id_].members
    }
    assert booking.undelivered() == ()
    store.engine.dispose()


def test_a_client_is_killed_at_every_step_on_sqlite(tmp_path: Path) -> None:
    kills = 0
    for last in range(AT_MOST):
        folder = tmp_path / str(last)
        folder.mkdir()
        url = f"sqlite:///{folder / 'bookings.sqlite'}"
        killed, heard = client(url, folder, last)
        recovers(url, folder, heard)
        if not killed:
            break
        kills += 1
    assert 100 < kills < AT_MOST  # all of the story


def test_a_client_is_killed_at_every_third_step_on_postgresql(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    kills = 0
    for last in range(0, AT_MOST, 3):
        folder = tmp_path / str(last)
        folder.mkdir()
        with postgres.fresh_database() as url:
            killed, heard = client(url, folder, last)
            recovers(url, folder, heard)
        if not killed:
            break
        kills += 1
    assert kills > 30


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of this test alone, whose disk keeps what it was told."""
    with postgres_folder() as folder:
        yield start_postgres(folder, durable=True)


def test_the_server_is_killed_while_clients_are_at_work(
    tmp_path: Path, server: PostgresServer
) -> None:
    """What was acknowledged is there after it has come back; what was not may be asked again."""
    for round_ in range(10):
        folder = tmp_path / str(round_)
        folder.mkdir()
        with server.fresh_database() as url:
            kill = Killing(server, 4 + 5 * round_)
            heard = interrupted(url, folder, kill)
            assert kill.done
            recovers(url, folder, heard)


def interrupted(url: str, folder: Path, kill: Killing) -> list[list[str]]:
    """What a client hears until its database is gone."""
    heard: list[list[str]] = []
    world = World(folder / "world.sqlite", kill)
    with suppress(DBAPIError), service(url, world, kill) as booking:
        story(booking, lambda *told: heard.append([*told]))
    return heard


class Killing:
    """Counts steps, and kills the server at one of them; it is started again at once."""

    def __init__(self, server: PostgresServer, last: int) -> None:
        self.server = server
        self.left = last
        self.done = False

    def __call__(self, name: str) -> None:
        self.left -= 1
        if self.left == 0:
            self.server.kill()
            self.server.start()
            self.done = True
