"""Everybody does anything, and whatever fails, fails: the studio's ports hold."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

from collective_booking.adapters.sql import SqlStore
from collective_booking.testing.machines import BookingMachine
from ports import Calendars, Cards, Mail


class Game(Calendars, Mail, Cards, BookingMachine):
    """The studio's own calendars, letters and till, over its own kind of store."""

    def make_store(self) -> Any:
        self.opened = SqlStore.open("sqlite://")
        return self.opened

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "opened"):
            self.opened.engine.dispose()


TestGame = Game.TestCase
TestGame.settings = settings(max_examples=10, stateful_step_count=30, deadline=None)
