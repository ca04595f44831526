"""How a store is made and looked at, for every duty of a store.

Lives here: `StoreContract`, and what several duties need.
Must not live here: any duty.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

from collective_booking.appointments import Appointment
from collective_booking.effects import Effect
from collective_booking.ports import BookingStore
from collective_booking.reasons import SlotUnavailableError
from collective_booking.testing.contracts.calling import Contract
from collective_booking.testing.contracts.stores.drafting import TENANT, book, saved
from collective_booking.testing.samples import NOW, at, calendar

HOUR: Final = timedelta(hours=1)
TEN: Final = at("10:00")
LATER: Final = NOW + timedelta(minutes=10)
"""When a hold that was made now has lapsed."""


class StoreContract(Contract):
    """What the duties of a store have in common: how it is made.

    `durable` is False of a store that forgets everything when its process ends.
    """

    durable: bool = True

    # --- what the host says -----------------------------------------------------------------------

    def make_store(self) -> Any:
        """A store in which there is nothing yet. Called once in each test."""
        raise NotImplementedError("say in your class how your store is made: write make_store")

    def reopened(self, store: Any) -> Any:
        """What another process finds where *store* keeps its things, once that has crashed."""
        raise NotImplementedError(
            "say in your class how your store is opened again: write reopened"
        )

    # --- for the tests ----------------------------------------------------------------------------

    def opened(self) -> BookingStore:
        """A new store, whose methods are called and waited for."""
        return self.waiting(self.make_store())

    def booked(self) -> tuple[BookingStore, Appointment]:
        """A new store, and an appointment of Ana and Ben in it, of which four have to hear."""
        store = self.opened()
        return store, book(store, saved(store, calendar()))

    def waiting(self, store: Any) -> BookingStore:
        """*store*, so that one test serves both it and an awaited one."""
        patient: Any = _Waiting(store, self.call)
        found: BookingStore = patient
        return found


class _Waiting:
    """A store each of whose methods goes through *call*."""

    def __init__(self, store: Any, call: Callable[..., Any]) -> None:
        self._store = store
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, getattr(self._store, name))


def taken_by(refused: SlotUnavailableError) -> list[tuple[str, Any, Any]]:
    """Who is in the way, and by what."""
    return sorted((str(each.what), each.who, each.claim) for each in refused.reasons)


def outbox(store: BookingStore, tenant: str = TENANT) -> tuple[Effect, ...]:
    """What is due; it stays so."""
    return store.take_effects(tenant, NOW, NOW, 100)
