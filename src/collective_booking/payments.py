"""What a payment is, where it stands, and what a gateway may answer.

Lives here: `Payment`, its states and its keys; what is asked of a gateway, and what it answers.
Must not live here: which step comes next (that is `holds`), any gateway, cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from collective_booking.checks import MAX_TEXT, Rules, count, instance_of, one_of, optional, text
from collective_booking.money import Money


class PaymentState(StrEnum):
    """Where a payment stands (M1, M2). An intention is stored before the gateway is called.

    >>> from collective_booking.testing import FakeGateway
    >>> from collective_booking.testing.samples import EUROS, charge
    >>> gateway = FakeGateway()
    >>> begun = gateway.authorise(charge())
    >>> news = gateway.interpret(gateway.pay("h1"))
    >>> taken = gateway.capture(begun.reference, EUROS, "a key")
    >>> print(begun.state, news.state, taken.state)
    pending authorised captured
    """

    AUTHORISING = "authorising"
    """Intended: the gateway is asked, or was and has not answered."""
    PENDING = "pending"
    """The payer has to act: to enter a card, to approve."""
    AUTHORISED = "authorised"
    """The money is reserved, and has not moved."""
    CAPTURING = "capturing"
    """Intended."""
    CAPTURED = "captured"
    """The money has moved."""
    VOIDING = "voiding"
    """Intended."""
    VOIDED = "voided"
    """The reservation is gone; no money has moved, and none will."""
    REFUNDING = "refunding"
    """Intended."""
    REFUNDED = "refunded"
    """The money has moved back."""
    DECLINED = "declined"
    """No money has moved, and none will."""


ANSWERS: Final = frozenset(
    {
        PaymentState.PENDING,
        PaymentState.AUTHORISED,
        PaymentState.CAPTURED,
        PaymentState.VOIDED,
        PaymentState.REFUNDED,
        PaymentState.DECLINED,
    }
)
"""The states that a gateway can answer with."""


PAID: Final = (PaymentState.AUTHORISED, PaymentState.CAPTURED)
"""The payer has paid: the money is reserved, or has moved."""
_BACK: Final = (PaymentState.VOIDED, PaymentState.REFUNDED)

ANSWERED: Final[Mapping[PaymentState, frozenset[PaymentState]]] = {
    PaymentState.AUTHORISING: frozenset(
        {PaymentState.PENDING, *PAID, PaymentState.VOIDED, PaymentState.DECLINED}
    ),
    PaymentState.CAPTURING: frozenset(
        {PaymentState.PENDING, PaymentState.CAPTURED, *_BACK, PaymentState.DECLINED}
    ),
    PaymentState.VOIDING: frozenset({PaymentState.CAPTURED, *_BACK, PaymentState.DECLINED}),
    PaymentState.REFUNDING: frozenset({PaymentState.REFUNDED}),
}
"""What a gateway may answer to each call; anything else contradicts it, and is no answer."""

NEWS: Final[Mapping[PaymentState, tuple[PaymentState, ...]]] = {
    # Not that it is pending: only the answer to the call has what the payer needs in order to act.
    PaymentState.AUTHORISING: (*PAID, *_BACK, PaymentState.DECLINED),
    PaymentState.PENDING: (*PAID, *_BACK, PaymentState.DECLINED),
    PaymentState.AUTHORISED: (PaymentState.CAPTURED, *_BACK),
    PaymentState.CAPTURING: (PaymentState.CAPTURED, *_BACK),
    PaymentState.CAPTURED: (PaymentState.REFUNDED,),
    PaymentState.VOIDING: (PaymentState.CAPTURED, *_BACK),
    PaymentState.REFUNDING: (PaymentState.REFUNDED,),
    # A payer who was declined may have tried another card since.
    PaymentState.DECLINED: PAID,
}
"""What a notification may still change: anything else comes late, or twice, and is old (M4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The one payment of a hold: how much, where it stands, and what the gateway calls it.

    `action` is what the payer needs in order to act, as the gateway gave it: a link, a client
    secret. `received` is what the gateway says was paid, where that is not `money` (M3). `refund`
    is what goes back; None means all of it. `failures` counts the calls in a row that were not
    answered, and the next one is due at `again`; before that, only who asks for it makes it.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> payment = Payment(money=Money(5000, "EUR"), received=Money(4000, "EUR"))
    >>> payment.state.value, payment.returned
    ('authorising', Money(amount=4000, currency='EUR'))
    """

    money: Money
    state: PaymentState = PaymentState.AUTHORISING
    reference: str | None = None
    action: str | None = None
    received: Money | None = None
    refund: Money | None = None
    failures: int = 0
    again: datetime | None = None

    def __post_init__(self) -> None:
        PAYMENT_RULES.settle(self, "the payment")

    @property
    def returned(self) -> Money:
        """What a refund gives back: `refund`, else all that was paid (M3, M5).

        >>> euros, part = Money(5000, "EUR"), Money(2000, "EUR")
        >>> print(Payment(money=euros).returned, Payment(money=euros, refund=part).returned)
        50.00 EUR 20.00 EUR
        """
        return self.refund or self.received or self.money


_MONEY: Final = instance_of(Money, "Money")

PAYMENT_RULES: Final = Rules(
    {
        "money": _MONEY,
        "state": one_of(PaymentState),
        "reference": optional(text()),
        "action": optional(text(10 * MAX_TEXT)),
        "received": optional(_MONEY),
        "refund": optional(_MONEY),
        "failures": count(0),
        "again": optional(instance_of(datetime, "a datetime")),
    },
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a gateway is asked to authorise: how much, for which hold, and who pays.

    `hold` has to come back in every notification. `key` is the idempotency key: under one key, a
    gateway acts once, however often it is asked (M4).

    >>> Charge(
    ...     tenant="default",
    ...     hold="h1",
    ...     money=Money(5000, "EUR"),
    ...     description="Sales call",
    ...     name="Kim Lee",
    ...     email="kim@example.com",
    ...     key="default/h1/authorise",
    ... ).money.amount
    5000
    """

    tenant: str
    hold: str
    money: Money
    description: str
    name: str
    email: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAnswer:
    """What a gateway answers to a call: the state that the payment is in now, for certain.

    DECLINED says that no money has moved and none will. Where a gateway cannot tell, it raises.
    `money` is what is reserved or was taken, which need not be what was asked (M3); else what the
    payment is about.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> waiting = PaymentAnswer(
    ...     state=PaymentState.PENDING,
    ...     reference="pi_1",
    ...     money=Money(5000, "EUR"),
    ...     action="https://pay.example.com/pi_1",
    ... )
    >>> waiting.state in ANSWERS
    True
    """

    state: PaymentState
    reference: str
    money: Money
    action: str | None = None

    def __post_init__(self) -> None:
        ANSWER_RULES.settle(self, "the gateway's answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNews:
    """What a genuine notification says: which payment of which hold, its state, and how much.

    `id` is the notification's own, the same each time it is repeated; `hold` is what the gateway
    was told when it was asked to authorise.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> PaymentNews(
    ...     id="evt_1",
    ...     hold="h1",
    ...     reference="pi_1",
    ...     state=PaymentState.AUTHORISED,
    ...     money=Money(5000, "EUR"),
    ... ).state.value
    'authorised'
    """

    id: str
    hold: str
    reference: str
    state: PaymentState
    money: Money

    def __post_init__(self) -> None:
        NEWS_RULES.settle(self, "the notification")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notification as it came in: the body of a webhook, or the query of a return page.

    >>> Notice(body=b"{}", headers={"signature": "t=1,v1=5257a8"}).headers["signature"]
    't=1,v1=5257a8'
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


_TOLD: Final = {"reference": text(), "state": one_of(PaymentState), "money": _MONEY}
ANSWER_RULES: Final = Rules({**_TOLD, "action": optional(text(10 * MAX_TEXT))}, {})
NEWS_RULES: Final = Rules({"id": text(), "hold": text(), **_TOLD}, {})
