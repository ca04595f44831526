"""Time that is kept for a booker: a hold, its payment, and which step comes next.

Lives here: `Hold`, and the one table by which an attempt to book ends booked, released or refunded.
Must not live here: taking the step (that is `workflows.paying`), any gateway, the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from collective_booking.availability import Claim
from collective_booking.checks import (
    MAX_NAME,
    MAX_PROSE,
    Rules,
    count,
    instance_of,
    one_of,
    optional,
    prose,
    text,
    yes_or_no,
)
from collective_booking.contacts import Contact
from collective_booking.intervals import Interval
from collective_booking.members import CHOSEN_LOCATION, MeetingLocation
from collective_booking.moments import in_utc
from collective_booking.payments import Payment, PaymentState
from collective_booking.snapshots import Snapshot

LATE_PAYMENT: Final = timedelta(hours=1)
"""How long after its hold has lapsed a payment still gets the time, if that is free (M1).

No longer than until the meeting begins: what is over is not sold.
"""


class HoldState(StrEnum):
    """Where a hold stands, and how its attempt to book ended (M2).

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> str(held.hold.state), str(service.release(held.token).hold.state)
    ('held', 'released')
    """

    HELD = "held"
    """It keeps the time until it expires; after that it has lapsed, though not ended."""
    SETTLING = "settling"
    """Claimed for good, while the payment is captured: no expiry (M2)."""
    UNWINDING = "unwinding"
    """The time is free again, and the money is on its way back."""
    BOOKED = "booked"
    RELEASED = "released"
    """No appointment, and no money moved."""
    REFUNDED = "refunded"
    """No appointment, and the money was given back."""


class Move(StrEnum):
    """What an attempt needs next."""

    WAIT = "wait"
    """For the payer, or for the hold to lapse."""
    CALL = "call"
    """Ask the gateway what is intended, again under the same key if it has not answered."""
    CLAIM = "claim"
    """Claim the time for good; anew, if the hold has lapsed."""
    CAPTURE = "capture"
    """Intend to capture."""
    UNWIND = "unwind"
    """Free the time, and intend to give the money back."""
    BOOK = "book"
    RELEASE = "release"
    REFUND = "refund"
    """It ends: the money is back."""
    REST = "rest"
    """It has ended; there is nothing left to do."""


_CALLED: Final = (
    PaymentState.AUTHORISING,
    PaymentState.CAPTURING,
    PaymentState.VOIDING,
    PaymentState.REFUNDING,
)

MOVES: Final[Mapping[tuple[HoldState, PaymentState], Move]] = {
    **{(state, called): Move.CALL for state in HoldState for called in _CALLED},
    (HoldState.HELD, PaymentState.PENDING): Move.WAIT,
    (HoldState.HELD, PaymentState.AUTHORISED): Move.CLAIM,
    (HoldState.HELD, PaymentState.CAPTURED): Move.CLAIM,
    (HoldState.HELD, PaymentState.DECLINED): Move.RELEASE,
    (HoldState.HELD, PaymentState.VOIDED): Move.RELEASE,
    (HoldState.HELD, PaymentState.REFUNDED): Move.REFUND,
    (HoldState.SETTLING, PaymentState.PENDING): Move.WAIT,
    (HoldState.SETTLING, PaymentState.AUTHORISED): Move.CAPTURE,
    (HoldState.SETTLING, PaymentState.CAPTURED): Move.BOOK,
    (HoldState.SETTLING, PaymentState.DECLINED): Move.UNWIND,
    (HoldState.SETTLING, PaymentState.VOIDED): Move.RELEASE,
    (HoldState.SETTLING, PaymentState.REFUNDED): Move.REFUND,
    (HoldState.UNWINDING, PaymentState.PENDING): Move.UNWIND,
    (HoldState.UNWINDING, PaymentState.AUTHORISED): Move.UNWIND,
    (HoldState.UNWINDING, PaymentState.CAPTURED): Move.UNWIND,
    (HoldState.UNWINDING, PaymentState.DECLINED): Move.RELEASE,
    (HoldState.UNWINDING, PaymentState.VOIDED): Move.RELEASE,
    (HoldState.UNWINDING, PaymentState.REFUNDED): Move.REFUND,
}
"""What follows where a hold and its payment stand; a pair that is not listed has ended (M1, M2)."""

OUTCOMES: Final = frozenset({HoldState.BOOKED, HoldState.RELEASED, HoldState.REFUNDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A time that is kept for one booker, all members of it, until it expires (M1).

    `id` becomes the appointment's, so what is confirmed never stands in its own way. The snapshot
    is taken when the hold is (A1). `made` and `expires` are instants in UTC.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> from collective_booking.testing.samples import NOW, hold
    >>> kept = hold()
    >>> kept.has_lapsed(NOW), kept.has_lapsed(kept.expires), kept.wakes == kept.expires
    (False, True, True)

    Each step makes the next version; what has ended takes no time, and needs nothing more.

    >>> released = kept.stepped(state=HoldState.RELEASED)
    >>> released.version, released.claims(), released.wakes, released.move(NOW).value
    (2, (), None, 'rest')
    """

    tenant: str
    id: str
    snapshot: Snapshot
    slot: Interval
    contact: Contact
    made: datetime
    expires: datetime
    title: str
    notes: str = ""
    location: MeetingLocation | None = None
    state: HoldState = HoldState.HELD
    version: int = 1
    verified: bool = True
    payment: Payment | None = None

    def __post_init__(self) -> None:
        HOLD_RULES.settle(self, "hold", self.id)

    @property
    def calendar(self) -> str:
        """The slug of the calendar it was made through, as it was then.

        >>> from collective_booking.testing.samples import hold
        >>> hold().calendar
        'sales-call'
        """
        return self.snapshot.calendar.slug

    def has_lapsed(self, now: datetime) -> bool:
        """Whether it no longer keeps the time for anybody."""
        return self.state is HoldState.HELD and now >= self.expires

    def is_open(self, now: datetime) -> bool:
        """Whether it still keeps the time, and can be confirmed or paid for.

        >>> from collective_booking.testing.samples import NOW, hold
        >>> kept = hold()
        >>> kept.is_open(kept.expires - timedelta.resolution), kept.is_open(kept.expires)
        (True, False)
        """
        return self.state is HoldState.HELD and not self.has_lapsed(now)

    def move(self, now: datetime) -> Move:
        """What its attempt needs next, at the instant *now* (M2).

        >>> from collective_booking.testing.samples import EUROS, NOW, hold
        >>> hold().move(NOW).value, hold().move(hold().expires).value
        ('wait', 'release')
        >>> paid = hold(payment=Payment(money=EUROS, state=PaymentState.AUTHORISED))
        >>> paid.move(paid.expires).value, paid.move(paid.deadline).value  # late, and too late
        ('claim', 'unwind')
        """
        if self.payment is None:
            waiting = self.state is HoldState.HELD
            return (Move.RELEASE if now >= self.expires else Move.WAIT) if waiting else Move.REST
        move = MOVES.get((self.state, self.payment.state), Move.REST)
        too_late = now >= self.deadline and move in {Move.WAIT, Move.CLAIM}
        return Move.UNWIND if too_late else move

    @property
    def deadline(self) -> datetime:
        """From when on nobody can pay for it any more (M1), in UTC.

        An hour after it expires, but no later than its start; never before it expires.

        >>> from collective_booking.testing.samples import at, hold
        >>> made_at_seven = (hold(start=at(start)) for start in ("10:00", "07:30", "07:05"))
        >>> [f"{each.deadline:%H:%M}" for each in made_at_seven]
        ['08:10', '07:30', '07:10']
        """
        return max(self.expires, min(self.expires + LATE_PAYMENT, self.slot.start))

    @property
    def wakes(self) -> datetime | None:
        """From when on it needs something, in UTC; None once it has ended."""
        if self.payment is None:
            return self.expires if self.state is HoldState.HELD else None
        move = MOVES.get((self.state, self.payment.state), Move.REST)
        if move is Move.REST:
            return None
        if move is Move.WAIT:
            return self.deadline
        return self.payment.again or self.made

    @property
    def claims_time(self) -> bool:
        """Whether it takes its members' time, unless it has lapsed: of that only a clock knows.

        >>> from collective_booking.testing.samples import hold
        >>> kept = hold()
        >>> kept.claims_time, kept.has_lapsed(kept.expires)
        (True, True)
        >>> kept.stepped(state=HoldState.UNWINDING).claims_time
        False
        """
        return self.state in {HoldState.HELD, HoldState.SETTLING}

    def claims(self) -> tuple[Claim, ...]:
        """The members' time that it takes, one claim a member; none where it takes none (F7).

        >>> from collective_booking.testing.samples import hold
        >>> [(claim.member, claim.held) for claim in hold().claims()]
        [('ana', True), ('ben', True)]
        """
        return self.snapshot.claims(self.id, self.slot, held=True) if self.claims_time else ()

    def stepped(self, **changes: Any) -> Hold:
        """Its next version, with *changes*, named as the fields are.

        Raises:
            ConfigurationError: a change cannot be so.
        """
        return replace(self, version=self.version + 1, **changes)

    def paying(self, **changes: Any) -> Hold:
        """Its next version, whose payment has *changes*; for a hold that has one.

        Raises:
            ConfigurationError: a change cannot be so.

        >>> from collective_booking.testing.samples import EUROS, hold
        >>> paid = hold(payment=Payment(money=EUROS)).paying(state=PaymentState.AUTHORISED)
        >>> paid.version, str(paid.payment.state), str(paid.state)
        (2, 'authorised', 'held')
        """
        assert self.payment is not None
        return self.stepped(payment=replace(self.payment, **changes))

    def __repr__(self) -> str:
        paid = f", payment {self.payment.state}" if self.payment else ""
        return f"<Hold {self.id!r}: {self.state}{paid}, {self.slot}, version {self.version}>"


HOLD_RULES: Final = Rules(
    {
        "tenant": text(MAX_NAME),
        "id": text(MAX_NAME),
        "snapshot": instance_of(Snapshot, "a Snapshot"),
        "slot": instance_of(Interval, "an Interval"),
        "contact": instance_of(Contact, "a Contact"),
        "made": in_utc,
        "expires": in_utc,
        "title": text(MAX_NAME),
        "notes": prose(MAX_PROSE),
        "location": CHOSEN_LOCATION,
        "state": one_of(HoldState),
        "version": count(1),
        "verified": yes_or_no,
        "payment": optional(instance_of(Payment, "a Payment")),
    },
    {},
)
