"""What a game is played with: a host's ports, the faults between them and a service over it all.

Lives here: `Scene`, whose hooks say how the ports are made and looked at, and what is there now.
Must not live here: what anybody does, and what may never be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any, Final

from hypothesis.stateful import RuleBasedStateMachine

from collective_booking.adapters.memory import MemoryStore
from collective_booking.appointments import Appointment, Status
from collective_booking.availability import Availability
from collective_booking.holds import OUTCOMES, Hold, HoldState
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.money import Money
from collective_booking.payments import Charge, Notice, PaymentAnswer
from collective_booking.service import BookingService
from collective_booking.snapshots import Snapshot
from collective_booking.testing import samples
from collective_booking.testing.calendars import FakeProvider
from collective_booking.testing.clocks import FakeClock
from collective_booking.testing.contracts.copies import KeptCopy
from collective_booking.testing.faults import Faults, Faulty
from collective_booking.testing.gateways import FakeGateway
from collective_booking.testing.notifiers import FakeNotifier
from collective_booking.testing.samples import NOW
from collective_booking.testing.sandboxes import sandbox

EVERYTHING: Final = Interval(NOW - timedelta(days=30), NOW + timedelta(days=60))
TAKES_PLACE: Final = frozenset({Status.CONFIRMED, Status.SHOWED, Status.NO_SHOW})
_TENANTS: Final = count(1)
_WITH_CALENDARS: Final = ("ana", "ben", "cleo", "dan", "eve")


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at all appointments and all holds: it holds until somebody acts."""

    agenda: tuple[Appointment, ...]
    holds: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """One hold or appointment that takes time now."""

    id: str
    slot: Interval
    snapshot: Snapshot

    def __str__(self) -> str:
        return f"{self.id} ({self.slot})"

    @property
    def people(self) -> set[str]:
        """Whom it takes for itself alone."""
        return {member.id for member in self.snapshot.calendar.members if member.heeds_busy}


class Scene(RuleBasedStateMachine):
    """The ports of one game, and what is there. By default they are the fakes.

    Whoever brings a provider also says what its calendars hold (`copies_of`); whoever brings a
    gateway, how its payers pay (`pay`) and what it has of them (`kept`). The other hooks can stay.
    """

    payer_acts: bool = True
    """Drawn for each game before `make_gateway`, for gateways that can be told."""
    reserves: bool = True
    """As `payer_acts`: False where the money is to be taken at once."""

    def __init__(self) -> None:
        super().__init__()
        self.clock: FakeClock = FakeClock(NOW)
        self.faults: Faults = Faults()
        self.tenant: str = f"tenant{next(_TENANTS)}"
        self.tokens: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.refunds: dict[str, int] = {}
        self.noticed: list[Notice] = []
        self.before: dict[str, Live] = {}

    # --- what the host says ---------------------------------------------------------------------

    def make_store(self) -> Any:
        """A `BookingStore`, or the same each time: every game is a tenant of its own."""
        return MemoryStore()

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        """A provider, and for the member of each id in *busy* a calendar with these busy times."""
        return FakeProvider({id_: Availability(busy=times) for id_, times in busy.items()})

    def copies_of(self, provider: Any, member: Member) -> Mapping[str, KeptCopy]:
        """The appointments in *member*'s calendar by UID; their own busy time may be among them."""
        assert isinstance(provider, FakeProvider), "override copies_of: what do calendars hold?"
        own = provider.copies.get(member.id, {})
        return KeptCopy.by_uid(copy.icalendar for copy in own.values())

    def member(self, id: str) -> Member:
        """The member *id*, whose `calendar` is what the provider knows theirs by."""
        return samples.member(id)

    def make_notifier(self) -> Any:
        """A notifier."""
        return FakeNotifier()

    def make_gateway(self) -> Any:
        """A gateway that knows of no payment yet."""
        return FakeGateway(at_once=not self.payer_acts, captures=not self.reserves)

    def pay(self, gateway: Any, reference: str) -> Notice:
        """Let the payer of the payment *reference* pay, if they have not; what it tells of that."""
        assert isinstance(gateway, FakeGateway), "override pay: how do payers pay?"
        return gateway.pay(reference)

    def kept(self, gateway: Any, reference: str) -> int:
        """What was taken under *reference* and not given back, in minor units."""
        assert isinstance(gateway, FakeGateway), "override kept: what was taken and not given back?"
        return gateway.net(reference)

    def pay_otherwise(self, gateway: Any, reference: str, money: Money) -> Notice | None:
        """Let the payer pay *money* and not what was asked; None where nobody can."""
        return gateway.pay(reference, money) if isinstance(gateway, FakeGateway) else None

    def refuse(self, gateway: Any, reference: str) -> Notice | None:
        """Let the payer fail to pay; what it tells of that, or None where nobody can."""
        return gateway.refuse(reference) if isinstance(gateway, FakeGateway) else None

    def notices(self, gateway: Any) -> Sequence[Notice]:
        """All that it has told, heard or not: by default what it told of payers."""
        return gateway.notices if isinstance(gateway, FakeGateway) else self.noticed

    def moves(self, gateway: Any, reference: str) -> tuple[int, int] | None:
        """How often money was taken and given back under *reference*; None where it is not told."""
        return gateway.moves(reference) if isinstance(gateway, FakeGateway) else None

    def reserved(self, gateway: Any, reference: str) -> bool:
        """Whether money is reserved still; False where it is not told."""
        return isinstance(gateway, FakeGateway) and gateway.reserved(reference)

    # --- the game begins ------------------------------------------------------------------------

    def begin(self, busy: Mapping[str, IntervalSet], *, payer_acts: bool, reserves: bool) -> None:
        """Make the ports, with *busy* times in the calendars, and a service over them."""
        self.payer_acts, self.reserves = payer_acts, reserves
        self.store: Any = self.make_store()
        times = {id_: busy.get(id_, IntervalSet()) for id_ in _WITH_CALENDARS}
        self.provider: Any = self.make_provider(times)
        self.notifier: Any = self.make_notifier()
        self.gateway: Any = self.make_gateway()
        self.service: BookingService = sandbox(
            store=self.store,
            provider=Faulty(self.provider, self.faults),
            notifier=Faulty(self.notifier, self.faults),
            gateway=Faulty(_Overheard(self.gateway, self.references), self.faults),
            clock=self.clock,
            tenant=self.tenant,
        )

    def rosters(self, slug: str) -> list[tuple[Member, ...]]:
        """The teams that the calendar *slug* may have; they share members with the others'."""
        ana, ben, cleo, dan, eve, fay = map(self.member, (*_WITH_CALENDARS, "fay"))
        teams: dict[str, list[tuple[Member, ...]]] = {
            "sales": [(ana, ben), (ben, ana), (ana, ben, cleo)],
            "support": [(ben, cleo), (cleo, dan)],
            "panel": [
                (ana, dan, replace(eve, required=False)),
                (ana, cleo),
                (dan, replace(fay, calendar=None)),
            ],
        }
        return teams[slug]

    # --- what is there --------------------------------------------------------------------------

    def some(self, place: int) -> Appointment | None:
        """One of the appointments there are."""
        found = self.service.agenda(EVERYTHING)
        return found[place % len(found)] if found else None

    def a_hold(self, place: int) -> str:
        """Mostly one that is still open: of the others there are soon too many."""
        open_ones = [hold.id for hold in self.all_holds() if hold.state not in OUTCOMES]
        known = open_ones if open_ones and place % 5 else list(self.tokens)
        return known[place % len(known)]

    def a_token(self, place: int) -> str:
        """That of such a hold."""
        return self.tokens[self.a_hold(place)]

    def all_holds(self) -> Iterator[Hold]:
        """Every hold there has been."""
        return (self.store.hold(self.tenant, id_) for id_ in self.tokens)

    def money_of(self, hold: Hold) -> int:
        """What the host has of it now, in minor units."""
        reference = self.references.get(hold.id)
        return self.kept(self.gateway, reference) if reference else 0

    def look(self) -> Seen:
        """All that is there now, asked of the host."""
        return Seen(tuple(self.service.agenda(EVERYTHING)), tuple(self.all_holds()))

    def live(self, seen: Seen) -> dict[str, Live]:
        """What of it takes time now: by the statuses alone, not by what the store claims."""
        now = self.clock.now()
        found = {}
        for each in seen.agenda:
            pending = each.status is Status.PENDING and each.snapshot.calendar.pending_blocks
            if pending or each.status in TAKES_PLACE:
                found[each.id] = Live(each.id, each.slot, each.snapshot)
        for hold in seen.holds:
            kept = hold.state is HoldState.HELD and now < hold.expires
            if kept or hold.state is HoldState.SETTLING:
                found[hold.id] = Live(hold.id, hold.slot, hold.snapshot)
        return found


class _Overheard:
    """A gateway; *references* learns what it calls each payment, also where its answer is lost."""

    def __init__(self, gateway: Any, references: dict[str, str]) -> None:
        self._gateway = gateway
        self._references = references

    def authorise(self, charge: Charge) -> PaymentAnswer:
        """Begin a payment; see `ports.PaymentGateway`."""
        answer: PaymentAnswer = self._gateway.authorise(charge)
        self._references[charge.hold] = answer.reference
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)
