"""Whatever is done, in whatever order, and whatever fails: what may never be, never is.

Hypothesis plays host, bookers, payers and gateway at once, on each store. After every step the
bookings are looked at from outside, and compared with rules that are written here once more.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations, count
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.appointments import Appointment, Snapshot, Status
from collective_booking.calendars import CollectiveCalendar
from collective_booking.errors import CollectiveBookingError, ForgedNotificationError
from collective_booking.holds import OUTCOMES, Hold, HoldState
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.money import Money
from collective_booking.payments import Notice, PaymentState
from collective_booking.reasons import SlotUnavailableError
from collective_booking.service import BookingService
from collective_booking.settings import BufferMode
from collective_booking.testing import (
    FakeClock,
    FakeGateway,
    FakeNotifier,
    FakeProvider,
    Fault,
)
from tests.bookings import ANA, BEN, CLEO, DAN, EUROS, HOST, KIM, LOU, NOW, SECRET, calendar, member

EVERYTHING: Final = Interval(NOW - timedelta(days=30), NOW + timedelta(days=60))
DAYS: Final = Interval(NOW, NOW + timedelta(days=2, hours=14))
QUARTER: Final = timedelta(minutes=15)
SLUGS: Final = ("sales", "support", "panel")
TENANTS: Final = count(1)
THOROUGH: Final = "COLLECTIVE_BOOKING_THOROUGH" in os.environ
"""Whether to play as long as `.ci/run` does: 200 games of 50 steps on each store."""

buffers = st.sampled_from([timedelta(), QUARTER, 2 * QUARTER])
caps = st.sampled_from([None, None, None, None, 1, 3])
starts = st.builds(
    lambda day, quarter: NOW + timedelta(days=day, hours=2) + quarter * QUARTER,
    st.integers(0, 1),
    st.integers(0, 12),
)
places = st.integers(0, 30)
faults = st.lists(st.sampled_from(list(Fault)), max_size=3)
ROSTERS: Final[dict[str, list[tuple[Member, ...]]]] = {
    "sales": [(ANA, BEN), (BEN, ANA), (ANA, BEN, CLEO)],
    "support": [(BEN, CLEO), (CLEO, DAN)],
    "panel": [
        (ANA, DAN, member("eve", required=False)),
        (ANA, CLEO),
        (DAN, member("fay", calendar=None)),
    ],
}


@dataclass(frozen=True)
class Live:
    """One hold or appointment that takes time now."""

    id: str
    slot: Interval
    snapshot: Snapshot

    @property
    def people(self) -> set[str]:
        """Whom it takes for itself alone."""
        members = self.snapshot.calendar.members
        return {each.id for each in members if each.required and not each.ignore_busy}


class BookingMachine(RuleBasedStateMachine):
    """One host, with three calendars whose teams overlap, and everybody who comes to it."""

    def __init__(self, store: Any) -> None:
        super().__init__()
        self.store = store
        self.clock = FakeClock(NOW)
        self.provider = FakeProvider()
        self.notifier = FakeNotifier()
        self.gateway = FakeGateway()
        self.tenant = f"tenant{next(TENANTS)}"
        self.tokens: dict[str, str] = {}
        self.refunds: dict[str, int] = {}
        self.before: dict[str, Live] = {}

    @initialize(kind=st.sampled_from(["waits", "at once", "captures"]), data=st.data())
    def opening(self, kind: str, data: st.DataObject) -> None:
        self.gateway = FakeGateway(at_once=kind == "at once", captures=kind == "captures")
        numbers = count(1)
        self.service = BookingService(
            self.store,
            secret=SECRET,
            host=HOST,
            provider=self.provider,
            notifier=self.notifier,
            gateway=self.gateway,
            clock=self.clock,
            tenant=self.tenant,
            new_id=lambda: f"id{next(numbers)}",
        )
        for slug in SLUGS:
            self.service.save_calendar(data.draw(teams(slug)))

    # --- the host -------------------------------------------------------------------------------

    @rule(data=st.data(), slug=st.sampled_from(SLUGS))
    def changes_a_team(self, data: st.DataObject, slug: str) -> None:
        self.service.save_calendar(data.draw(teams(slug)))

    @rule(place=places, status=st.sampled_from([Status.SHOWED, Status.NO_SHOW, Status.INVALID]))
    def marks(self, place: int, status: Status) -> None:
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                self.service.mark(found.id, status)

    @rule(place=places, yes=st.booleans())
    def answers_a_request(self, place: int, yes: bool) -> None:
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                (self.service.approve if yes else self.service.decline)(found.id)

    @rule(place=places)
    def hears_of_a_member_who_declines(self, place: int) -> None:
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                self.service.member_declined(found.id, found.members[-1].id)

    @rule(minutes=st.sampled_from([1, 5, 10, 30, 61]))
    def waits(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(method=st.sampled_from(["put", "update", "remove", "send"]), planned=faults, limit=places)
    def delivers(self, method: str, planned: list[Fault], limit: int) -> None:
        port = self.notifier if method == "send" else self.provider
        port.faults.plan(method, *planned)
        self.service.deliver(limit=limit)

    @rule(method=st.sampled_from(["authorise", "capture", "void", "refund"]), planned=faults)
    def has_a_bad_gateway(self, method: str, planned: list[Fault]) -> None:
        self.gateway.faults.plan(method, *planned)

    # --- bookers --------------------------------------------------------------------------------

    @rule(slug=st.sampled_from(SLUGS), start=starts)
    def books(self, slug: str, start: datetime) -> None:
        stored = self.service.calendar(slug).calendar
        listed = start in {each.start for each in self.service.offers(slug, DAYS)}
        try:
            self.service.book(slug, start, KIM)
        except SlotUnavailableError:
            assert not listed
        except CollectiveBookingError:
            assert stored.price is not None
        else:
            assert listed
            assert stored.price is None

    @rule(slug=st.sampled_from(SLUGS), start=starts)
    def holds(self, slug: str, start: datetime) -> None:
        listed = start in {each.start for each in self.service.offers(slug, DAYS)}
        try:
            held = self.service.hold(slug, start, LOU)
        except SlotUnavailableError:
            assert not listed
        else:
            assert listed
            self.tokens[held.hold.id] = held.token

    @rule(start=starts, pays=st.booleans())
    def buys(self, start: datetime, pays: bool) -> None:
        with suppress(SlotUnavailableError):
            held = self.service.hold("sales", start, KIM)
            self.tokens[held.hold.id] = held.token
            if held.hold.snapshot.calendar.price is not None:
                self.service.begin_payment(held.token)
                if pays:
                    with suppress(StopIteration):
                        self.service.payment_happened(self.gateway.pay(held.hold.id))

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def confirms(self, place: int) -> None:
        with suppress(CollectiveBookingError):
            self.service.confirm(self.a_token(place))

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def lets_go(self, place: int) -> None:
        with suppress(CollectiveBookingError):
            self.service.release(self.a_token(place))

    @rule(place=places, start=starts)
    def moves(self, place: int, start: datetime) -> None:
        found = self.some(place)
        if found is None:
            return
        listed = start in {
            each.start for each in self.service.offers(found.calendar, DAYS, moving=found.id)
        }
        try:
            self.service.reschedule(found.id, start)
        except SlotUnavailableError:
            assert not listed
        except CollectiveBookingError:
            same = found.start == start
            assert same or found.status not in {Status.PENDING, Status.CONFIRMED}
        else:
            assert listed

    @rule(place=places, title=st.sampled_from(["A call", "Another call"]))
    def edits(self, place: int, title: str) -> None:
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                self.service.edit(found.id, title=title)

    @rule(place=places, amount=st.sampled_from([None, 1, 5000, 5001]))
    def cancels(self, place: int, amount: int | None) -> None:
        if found := self.some(place):
            refund = None if amount is None else Money(amount, "EUR")
            with suppress(CollectiveBookingError):
                self.service.cancel(found.id, refund=refund)
                self.refunds[found.id] = amount or 0

    # --- payers, and what their gateway tells ---------------------------------------------------

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def begins_to_pay(self, place: int) -> None:
        with suppress(CollectiveBookingError):
            self.service.begin_payment(self.a_token(place))

    @precondition(lambda self: self.tokens)
    @rule(place=places, amount=st.sampled_from([None, None, None, 4999]), tell=st.booleans())
    def pays(self, place: int, amount: int | None, tell: bool) -> None:
        with suppress(StopIteration):  # nobody has begun to
            money = None if amount is None else Money(amount, "EUR")
            notice = self.gateway.pay(self.a_hold(place), money)
            if tell:
                self.service.payment_happened(notice)

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def refuses_to_pay(self, place: int) -> None:
        held = self.store.hold(self.tenant, self.a_hold(place))
        if held.payment and held.payment.state is PaymentState.PENDING:
            with suppress(StopIteration):
                self.service.payment_happened(self.gateway.refuse(held.id))

    @precondition(lambda self: self.gateway.notices)
    @rule(place=places)
    def tells_once_more(self, place: int) -> None:
        notices = self.gateway.notices
        self.service.payment_happened(notices[place % len(notices)])

    @precondition(lambda self: self.gateway.notices)
    @rule(place=places)
    def forges(self, place: int) -> None:
        notices = self.gateway.notices
        forged = replace(notices[place % len(notices)], body=b'{"id": "forged"}')
        with pytest.raises(ForgedNotificationError):
            self.service.payment_happened(forged)
        with pytest.raises(ForgedNotificationError):
            self.service.payment_happened(Notice(body=notices[0].body))

    # --- what is there --------------------------------------------------------------------------

    def some(self, place: int) -> Appointment | None:
        found = self.service.agenda(EVERYTHING)
        return found[place % len(found)] if found else None

    def a_hold(self, place: int) -> str:
        """Mostly one that is still open: of the others there are soon too many."""
        open_ones = [hold.id for hold in self.all_holds() if hold.state not in OUTCOMES]
        known = open_ones if open_ones and place % 5 else list(self.tokens)
        return known[place % len(known)]

    def a_token(self, place: int) -> str:
        return self.tokens[self.a_hold(place)]

    def all_holds(self) -> Iterator[Hold]:
        return (self.store.hold(self.tenant, id_) for id_ in self.tokens)

    def live(self) -> dict[str, Live]:
        """What takes time now: by the statuses alone, not by what the store claims."""
        now = self.clock.now()
        found = {}
        for each in self.service.agenda(EVERYTHING):
            pending = each.status is Status.PENDING and each.snapshot.calendar.pending_blocks
            if pending or each.status in {Status.CONFIRMED, Status.SHOWED, Status.NO_SHOW}:
                found[each.id] = Live(each.id, each.slot, each.snapshot)
        for hold in self.all_holds():
            kept = hold.state is HoldState.HELD and now < hold.expires
            if kept or hold.state is HoldState.SETTLING:
                found[hold.id] = Live(hold.id, hold.slot, hold.snapshot)
        return found

    # --- what may never be ----------------------------------------------------------------------

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        after = self.live()
        for one, other in combinations(after.values(), 2):
            if one.people & other.people:
                assert one.slot.end <= other.slot.start or other.slot.end <= one.slot.start
        for each in after.values():
            if each != self.before.get(each.id):
                self.kept_apart(each, after)
                self.within_caps(each)
        self.before = after

    def kept_apart(self, new: Live, after: dict[str, Live]) -> None:
        """Buffers, by the mode of the one that came last (F2)."""
        own = new.snapshot.calendar
        for other in after.values():
            if other.id == new.id or not new.people & other.people:
                continue
            if self.before.get(other.id) != other:
                continue  # it came in the same step, and is asked itself
            first, then = sorted((new, other), key=lambda each: each.slot.start)
            after_first = first.snapshot.calendar.buffer_after
            before_then = then.snapshot.calendar.buffer_before
            both = own.buffer_mode is BufferMode.SUM
            needed = after_first + before_then if both else max(after_first, before_then)
            assert then.slot.start - first.slot.end >= needed

    def within_caps(self, new: Live) -> None:
        """The day's cap, as it is today (N3)."""
        slug = new.snapshot.calendar.slug
        most = self.service.calendar(slug).calendar.max_per_day
        if most is None or (new.id in self.before and self.before[new.id].slot == new.slot):
            return
        day = new.slot.start.date()
        booked = [each for each in self.service.agenda(EVERYTHING) if each.calendar == slug]
        counted = {each.id for each in booked if each.status.counts and each.start.date() == day}
        counted |= {
            each.id
            for each in self.live().values()
            if each.snapshot.calendar.slug == slug and each.slot.start.date() == day
        }
        assert len(counted | {new.id}) <= most

    @invariant()
    def an_appointment_keeps_its_people(self) -> None:
        for each in self.service.agenda(EVERYTHING):
            first = self.store.appointment(self.tenant, each.id, 1)
            assert (each.owner, each.members, each.uid) == (first.owner, first.members, first.uid)
            assert each.owner.required
            assert each.owner in each.members

    @invariant()
    def money_moves_once_and_says_which(self) -> None:
        booked = {each.id for each in self.service.agenda(EVERYTHING)}
        for hold in self.all_holds():
            charges, refunds = self.gateway.moves(hold.id)
            net = self.gateway.charged(hold.id) - self.gateway.returned(hold.id)
            assert charges <= 1
            assert refunds <= charges
            assert (hold.state is HoldState.BOOKED) == (hold.id in booked)
            if hold.state is HoldState.BOOKED and hold.snapshot.calendar.price:
                back = self.gateway.returned(hold.id)
                assert net == EUROS.amount - back
                assert back in {0, self.refunds.get(hold.id, 0)}
            elif hold.state is HoldState.RELEASED:
                assert net == 0 or late(hold, self.gateway)
            elif hold.state is HoldState.REFUNDED:
                assert net == 0

    # --- the end --------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Heal everything, let time pass, deliver: nothing is left open, and all agree."""
        if not hasattr(self, "service"):
            return
        for port in (self.provider, self.notifier, self.gateway):
            port.faults = type(port.faults)()
        for notice in list(self.gateway.notices):
            self.service.payment_happened(notice)
        self.clock.advance(timedelta(hours=3))
        for _ in range(3):
            self.service.deliver()
            self.clock.advance(timedelta(days=1))
        assert self.service.undelivered() == ()
        for hold in self.all_holds():
            assert hold.state in OUTCOMES
            assert hold.wakes is None
            net = self.gateway.charged(hold.id) - self.gateway.returned(hold.id)
            paid = hold.snapshot.calendar.price is not None and hold.state is HoldState.BOOKED
            assert net == (EUROS.amount - self.refunds.get(hold.id, 0) if paid else 0)
            assert not self.gateway.reserved(hold.id)
        self.calendars_agree()

    def calendars_agree(self) -> None:
        expected: dict[str, set[tuple[str, Interval, str]]] = {}
        for each in self.service.agenda(EVERYTHING):
            if each.status in {Status.CONFIRMED, Status.SHOWED, Status.NO_SHOW}:
                for person in each.members:
                    if person.calendar:
                        told = (each.uid, each.slot, each.title)
                        expected.setdefault(person.id, set()).add(told)
        found = {
            who: {
                (c.appointment.uid, c.appointment.slot, c.appointment.title) for c in own.values()
            }
            for who, own in self.provider.copies.items()
            if own
        }
        assert found == expected


def late(hold: Hold, gateway: FakeGateway) -> bool:
    """Whether somebody has paid after all was over, and nobody has told us yet."""
    return gateway.charged(hold.id) > 0


@st.composite
def teams(draw: st.DrawFn, slug: str) -> CollectiveCalendar:
    roster = draw(st.sampled_from(ROSTERS[slug]))
    paid = draw(st.booleans()) or slug == "sales"
    return calendar(
        *roster,
        slug=slug,
        duration=draw(st.sampled_from([2 * QUARTER, 4 * QUARTER])),
        interval=QUARTER,
        buffer_before=draw(buffers),
        buffer_after=draw(buffers),
        buffer_mode=draw(st.sampled_from(list(BufferMode))),
        max_per_day=draw(caps),
        price=EUROS if paid else None,
        approval=not paid and draw(st.booleans()),
        pending_blocks=draw(st.booleans()),
    )


def play(store: Any) -> None:
    # A port that fails on purpose is not worth a line, ten thousand times over.
    logging.getLogger("collective_booking").setLevel(logging.CRITICAL)

    class Machine(BookingMachine):
        def __init__(self) -> None:
            super().__init__(store)

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
