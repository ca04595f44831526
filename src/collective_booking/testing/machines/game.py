"""What everybody may do, in any order, while everything may fail.

Lives here: `BookingMachine`, whose rules play the host, its bookers, its payers and bad networks.
Must not live here: how the ports are made, and what may never be.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from collective_booking.appointments import Status
from collective_booking.calendars import CollectiveCalendar
from collective_booking.errors import CollectiveBookingError, ForgedNotificationError
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.money import Money
from collective_booking.payments import PaymentState
from collective_booking.reasons import SlotUnavailableError
from collective_booking.settings import BufferMode
from collective_booking.testing.contracts.gateways import forgeries
from collective_booking.testing.faults import Fault
from collective_booking.testing.machines.verdicts import Verdicts
from collective_booking.testing.samples import EUROS, KIM, LOU, NOW, calendar

_DAYS: Final = Interval(NOW, NOW + timedelta(days=2, hours=14))
_QUARTER: Final = timedelta(minutes=15)
_SLUGS: Final = ("sales", "support", "panel")

_slugs: Final = st.sampled_from(_SLUGS)
_likely: Final = st.sampled_from([True, True, False])
_places: Final = st.integers(0, 30)
_faults: Final = st.lists(st.sampled_from(Fault), max_size=3)
_starts: Final = st.builds(
    lambda day, quarter: NOW + timedelta(days=day, hours=2) + quarter * _QUARTER,
    st.integers(0, 1),
    st.integers(0, 12),
)
_busy: Final = st.dictionaries(
    st.sampled_from(("ana", "ben", "cleo", "dan", "eve")),
    _starts.map(lambda start: IntervalSet([Interval(start, start + _QUARTER)])),
    max_size=2,
)


_TERMS: Final[Mapping[str, dict[str, Any]]] = {
    "priced": {"price": EUROS},
    "free": {},
    "on approval": {"approval": True},
}
_buffers: Final = st.sampled_from([timedelta(), _QUARTER, 2 * _QUARTER])
# Words and numbers, not calendars: a game that is lost is printed with everything drawn for it.
_teams: Final = st.fixed_dictionaries(
    {
        "roster": st.integers(0, 5),
        "terms": st.sampled_from(sorted(_TERMS)),
        "duration": st.sampled_from([2 * _QUARTER, 4 * _QUARTER]),
        "buffer_before": _buffers,
        "buffer_after": _buffers,
        "buffer_mode": st.sampled_from(BufferMode),
        "max_per_day": st.sampled_from([None, None, None, None, 1, 3]),
        "pending_blocks": st.booleans(),
    }
)


def _team(
    slug: str, rosters: Sequence[tuple[Member, ...]], roster: int, terms: str, **told: Any
) -> CollectiveCalendar:
    """A calendar of one of *rosters*, on *terms*; that of sales always has a price."""
    people = rosters[roster % len(rosters)]
    terms = "priced" if slug == "sales" else terms
    return calendar(*people, slug=slug, interval=_QUARTER, **_TERMS[terms], **told)


class BookingMachine(Verdicts):
    """One host, with three calendars whose teams overlap, and everybody who comes to it.

    Subclass it, say how your ports are made, and let pytest find its `TestCase`. After each step
    nobody is in two places, money and bookings agree, and nobody's appointment has changed its
    people; at the end everything that was left open ends, and every calendar holds what it should.

    Ports are called through faults: before they act, after, in vain, twice. They must be
    synchronous; of a store, the games share one if it is always the same, each as a tenant of its
    own, while calendars and money begin anew. Members are in the office from 9 to 17 UTC.

    >>> from collective_booking.adapters.memory import MemoryStore
    >>> class OurMachine(BookingMachine):
    ...     def make_store(self):
    ...         return MemoryStore()
    >>> TestOurBookings = OurMachine.TestCase
    """

    @initialize(
        busy=_busy, payer_acts=_likely, reserves=_likely, teams=st.tuples(_teams, _teams, _teams)
    )
    def opens(
        self,
        busy: dict[str, IntervalSet],
        payer_acts: bool,  # noqa: FBT001
        reserves: bool,  # noqa: FBT001
        teams: tuple[dict[str, Any], ...],
    ) -> None:
        """The host begins, with its three calendars."""
        # A port that fails on purpose is not worth a line, ten thousand times over.
        self._log = logging.getLogger("collective_booking")
        self._level = self._log.level
        self._log.setLevel(logging.CRITICAL)
        self.begin(busy, payer_acts=payer_acts, reserves=reserves)
        for slug, team in zip(_SLUGS, teams, strict=True):
            self._saves(slug, team)

    def teardown(self) -> None:
        """End the game, and let the log speak again."""
        try:
            super().teardown()
        finally:
            if hasattr(self, "_log"):
                self._log.setLevel(self._level)

    # --- the host -------------------------------------------------------------------------------

    @rule(slug=_slugs, team=_teams)
    def changes_a_team(self, slug: str, team: dict[str, Any]) -> None:
        """Other people, another price, other buffers."""
        self._saves(slug, team)

    @rule(place=_places, status=st.sampled_from([Status.SHOWED, Status.NO_SHOW, Status.INVALID]))
    def marks(self, place: int, status: Status) -> None:
        """Whether somebody came."""
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                self.service.mark(found.id, status)

    @rule(place=_places, yes=st.booleans())
    def answers_a_request(self, place: int, yes: bool) -> None:  # noqa: FBT001
        """Approves it, or does not."""
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                (self.service.approve if yes else self.service.decline)(found.id)

    @rule(place=_places)
    def hears_of_a_member_who_declines(self, place: int) -> None:
        """Which changes nothing for the others."""
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                self.service.member_declined(found.id, found.members[-1].id)

    @rule(minutes=st.sampled_from([1, 5, 10, 30, 61]))
    def waits(self, minutes: int) -> None:
        """Holds lapse, and what failed is due again."""
        self.clock.advance(timedelta(minutes=minutes))

    @rule(
        method=st.sampled_from(["put", "update", "remove", "send"]), planned=_faults, limit=_places
    )
    def delivers(self, method: str, planned: list[Fault], limit: int) -> None:
        """Some of what is due, while calendars or mail may fail."""
        self.faults.plan(method, *planned)
        self.service.deliver(limit=limit)

    @rule(method=st.sampled_from(["authorise", "capture", "void", "refund"]), planned=_faults)
    def has_a_bad_gateway(self, method: str, planned: list[Fault]) -> None:
        """The next calls to it go wrong."""
        self.faults.plan(method, *planned)

    # --- bookers --------------------------------------------------------------------------------

    @rule(slug=_slugs, start=_starts)
    def books(self, slug: str, start: datetime) -> None:
        """Exactly what is listed can be booked (L1)."""
        stored = self.service.calendar(slug).calendar
        listed = self._lists(slug, start)
        try:
            self.service.book(slug, start, KIM)
        except SlotUnavailableError as refused:
            _agree(start, refused, listed=listed)
        except CollectiveBookingError as refused:
            told = f"{start} cannot be booked, and costs nothing: {refused!r}"
            assert stored.price, told
        else:
            _agree(start, listed=listed)
            assert stored.price is None, f"{start} costs {stored.price}, and nobody paid (M1)"

    @rule(slug=_slugs, start=_starts)
    def holds(self, slug: str, start: datetime) -> None:
        """Exactly what is listed can be held."""
        listed = self._lists(slug, start)
        try:
            held = self.service.hold(slug, start, LOU)
        except SlotUnavailableError as refused:
            _agree(start, refused, listed=listed)
        else:
            _agree(start, listed=listed)
            self.tokens[held.hold.id] = held.token

    @rule(start=_starts, pays=st.booleans())
    def buys(self, start: datetime, pays: bool) -> None:  # noqa: FBT001
        """Holds, begins to pay, and goes on to the end, or leaves."""
        with suppress(SlotUnavailableError):
            held = self.service.hold("sales", start, KIM)
            self.tokens[held.hold.id] = held.token
            self.service.begin_payment(held.token)
            if pays and (reference := self.references.get(held.hold.id)):
                self.service.payment_happened(self._paid(reference))

    @precondition(lambda self: self.tokens)
    @rule(place=_places)
    def confirms(self, place: int) -> None:
        """Books what was held, where it costs nothing."""
        with suppress(CollectiveBookingError):
            self.service.confirm(self.a_token(place))

    @precondition(lambda self: self.tokens)
    @rule(place=_places)
    def lets_go(self, place: int) -> None:
        """Changes their mind."""
        with suppress(CollectiveBookingError):
            self.service.release(self.a_token(place))

    @rule(place=_places, start=_starts)
    def moves_one(self, place: int, start: datetime) -> None:
        """Exactly to what is listed while their own is out of the way (F6)."""
        found = self.some(place)
        if found is None:
            return
        listed = self._lists(found.calendar, start, moving=found.id)
        try:
            self.service.reschedule(found.id, start)
        except SlotUnavailableError as refused:
            _agree(start, refused, listed=listed)
        except CollectiveBookingError as refused:
            same = found.start == start
            told = f"{found!r} cannot move to {start}: {refused!r} (A3)"
            assert same or not found.status.active, told
        else:
            _agree(start, listed=listed)

    @rule(place=_places, title=st.sampled_from(["A call", "Another call"]))
    def edits(self, place: int, title: str) -> None:
        """Calls it something else."""
        if found := self.some(place):
            with suppress(CollectiveBookingError):
                self.service.edit(found.id, title=title)

    @rule(place=_places, amount=st.sampled_from([None, 1, 5000, 5001]))
    def cancels(self, place: int, amount: int | None) -> None:
        """With some of the money back, or all, or more than there was."""
        if found := self.some(place):
            refund = None if amount is None else Money(amount, "EUR")
            with suppress(CollectiveBookingError):
                self.service.cancel(found.id, refund=refund)
                self.refunds[found.id] = amount or 0

    # --- payers, and what their gateway tells ---------------------------------------------------

    @precondition(lambda self: self.tokens)
    @rule(place=_places)
    def begins_to_pay(self, place: int) -> None:
        """Perhaps again, perhaps too late."""
        with suppress(CollectiveBookingError):
            self.service.begin_payment(self.a_token(place))

    @precondition(lambda self: self.tokens)
    @rule(place=_places, amount=st.sampled_from([None, None, None, 4999]), tell=st.booleans())
    def pays(self, place: int, amount: int | None, tell: bool) -> None:  # noqa: FBT001
        """What was asked or less, and we hear of it at once or not."""
        reference = self.references.get(self.a_hold(place))
        if reference is None:
            return  # nobody has begun to
        notice = self._paid(reference, amount)
        if tell:
            self.service.payment_happened(notice)

    @precondition(lambda self: self.tokens)
    @rule(place=_places)
    def refuses_to_pay(self, place: int) -> None:
        """The card is empty."""
        held = self.store.hold(self.tenant, self.a_hold(place))
        if held.payment and held.payment.state is PaymentState.PENDING:
            notice = self.refuse(self.gateway, held.payment.reference)
            if notice is not None:
                self.noticed.append(notice)
                self.service.payment_happened(notice)

    @precondition(lambda self: self.notices(self.gateway))
    @rule(place=_places)
    def tells_once_more(self, place: int) -> None:
        """A notification comes late, or again, or out of order (M4)."""
        told = self.notices(self.gateway)
        self.service.payment_happened(told[place % len(told)])

    @precondition(lambda self: self.notices(self.gateway))
    @rule(place=_places)
    def forges(self, place: int) -> None:
        """Somebody else writes one."""
        told = self.notices(self.gateway)
        forged = list(forgeries(told[place % len(told)]))
        try:
            self.service.payment_happened(forged[place % len(forged)])
        except ForgedNotificationError:
            return
        raise AssertionError("a forged notification was taken for genuine")

    # --- inside ---------------------------------------------------------------------------------

    def _saves(self, slug: str, team: dict[str, Any]) -> None:
        self.service.save_calendar(_team(slug, self.rosters(slug), **team))

    def _lists(self, slug: str, start: datetime, **asked: Any) -> bool:
        return start in {each.start for each in self.service.offers(slug, _DAYS, **asked)}

    def _paid(self, reference: str, amount: int | None = None) -> Any:
        other = None
        if amount is not None:
            other = self.pay_otherwise(self.gateway, reference, Money(amount, "EUR"))
        notice = self.pay(self.gateway, reference) if other is None else other
        self.noticed.append(notice)
        return notice


def _agree(start: datetime, refused: SlotUnavailableError | None = None, *, listed: bool) -> None:
    """What is listed can be had, and nothing else (L1)."""
    told = f"is listed, and cannot be had: {refused}" if refused else "is not listed, and was had"
    assert listed == (refused is None), f"{start} {told} (L1)"
