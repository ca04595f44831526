"""Whatever is done, in whatever order, and whatever fails: what may never be, never is.

Hypothesis plays the game that we hand to hosts, on each store of ours.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.testing.machines import BookingMachine

THOROUGH: Final = "COLLECTIVE_BOOKING_THOROUGH" in os.environ
"""Whether to play as long as `.ci/run` does: 200 games of 50 steps on each store."""


def play(store: Any) -> None:
    class Machine(BookingMachine):
        def make_store(self) -> Any:
            return store

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=200 if THOROUGH else 25,
            stateful_step_count=50 if THOROUGH else 30,
        ),
    )


def test_nothing_that_may_not_be_ever_is_in_memory() -> None:
    play(MemoryStore())


def test_nothing_that_may_not_be_ever_is_on_sqlite(tmp_path: Path) -> None:
    store = SqlStore.open(tmp_path / "bookings.sqlite")
    play(store)
    store.engine.dispose()


def test_nothing_that_may_not_be_ever_is_on_postgresql(postgres_url: str) -> None:
    store = SqlStore.open(postgres_url)
    play(store)
    store.engine.dispose()
