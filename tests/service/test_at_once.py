"""Two who do the same at once: whoever comes second is told the same, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from collective_booking.adapters.memory import MemoryStore
from collective_booking.appointments import Happening
from collective_booking.drafts import Draft, Outcome
from collective_booking.errors import HoldExpiredError
from collective_booking.holds import HoldState
from collective_booking.service import BookingService
from collective_booking.slots import Admission
from collective_booking.testing import FakeClock, FakeProvider
from tests.bookings import HOST, KIM, NOW, SECRET, at, calendar


class Interrupted(MemoryStore):
    """Somebody else is faster by a moment: what they do happens just before the next commit."""

    def __init__(self) -> None:
        super().__init__()
        self.faster: Callable[[], Any] | None = None

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        faster, self.faster = self.faster, None
        if faster is not None:
            faster()
        return super().commit(draft, admit)


@pytest.fixture
def store() -> Interrupted:
    return Interrupted()


@pytest.fixture
def service(store: Interrupted) -> BookingService:
    made = BookingService(
        store, secret=SECRET, host=HOST, provider=FakeProvider(), clock=FakeClock(NOW)
    )
    made.save_calendar(calendar())
    return made


@contextmanager
def interrupted(store: Interrupted, faster: Callable[[], Any]) -> Iterator[None]:
    """The block's next commit comes second, and there is one."""
    store.faster = faster
    yield
    assert store.faster is None


def test_a_double_click_on_confirm_books_once(store: Interrupted, service: BookingService) -> None:
    """Both clicks see the booking (P20)."""
    token = service.hold("sales-call", at("10:00"), KIM).token
    with interrupted(store, lambda: service.confirm(token)):
        late = service.confirm(token)

    assert late == service.confirm(token)
    assert [each.happening for each in late.appointment.history] == [Happening.BOOKED]


def test_a_hold_that_is_let_go_while_it_is_confirmed_is_not_booked(
    store: Interrupted, service: BookingService
) -> None:
    held = service.hold("sales-call", at("10:00"), KIM)
    with (
        interrupted(store, lambda: service.release(held.token)),
        pytest.raises(HoldExpiredError),
    ):
        service.confirm(held.token)

    assert service.attempt(held.token).outcome is HoldState.RELEASED


def test_a_hold_that_is_confirmed_while_it_is_let_go_stays_booked(
    store: Interrupted, service: BookingService
) -> None:
    held = service.hold("sales-call", at("10:00"), KIM)
    with (
        interrupted(store, lambda: service.confirm(held.token)),
        pytest.raises(HoldExpiredError, match="cancel the appointment"),
    ):
        service.release(held.token)

    assert service.attempt(held.token).outcome is HoldState.BOOKED


def test_a_hold_that_is_let_go_twice_is_let_go(store: Interrupted, service: BookingService) -> None:
    token = service.hold("sales-call", at("10:00"), KIM).token
    with interrupted(store, lambda: service.release(token)):
        assert service.release(token).outcome is HoldState.RELEASED


def test_a_declined_invitation_that_is_told_twice_is_one(
    store: Interrupted, service: BookingService
) -> None:
    """Calendars tell it as often as they are asked (E4)."""
    id_ = service.book("sales-call", at("10:00"), KIM).appointment.id
    with interrupted(store, lambda: service.member_declined(id_, "ben")):
        service.member_declined(id_, "ben")

    happened = [each.happening for each in service.appointment(id_).appointment.history]
    assert happened == [Happening.BOOKED, Happening.MEMBER_DECLINED]
