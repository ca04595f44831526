"""A payment gateway whose money is only numbers.

Lives here: `FakeGateway`, strict about idempotency keys and able to misbehave in every known way.
Must not live here: any real service.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from threading import RLock
from typing import Any, Final

from collective_booking.errors import ForeignNotificationError, ForgedNotificationError
from collective_booking.money import Money
from collective_booking.payments import (
    Charge,
    Notice,
    PaymentAnswer,
    PaymentNews,
    PaymentState,
)
from collective_booking.testing.faults import Faults

SIGNATURE: Final = "signature"
_UNPAID: Final = frozenset({PaymentState.PENDING, PaymentState.DECLINED})


@dataclass(slots=True)
class _Account:
    """One payment: what has moved, and how often."""

    hold: str
    reference: str
    money: Money
    state: PaymentState
    taken: int = 0
    returned: int = 0
    charges: int = 0
    refunds: int = 0


class FakeGateway:
    """A `PaymentGateway` for tests.

    It authorises once the payer acts: `pay` (which may be another amount) or `refuse`. With
    *at_once* nobody needs to act. With *captures* it takes the money where others reserve it.
    Whatever happens to a payment makes a signed notification in `notices`, to be delivered late,
    twice, out of order, or with another body; each new one has an id of its own.

    Under one idempotency key it acts once, and answers the same ever after; another call under the
    same key is an error, and so is taking more than was reserved or giving back more than was
    taken. `faults.plan(...)` lets the next calls of a method go wrong. With "authorise" or
    "capture" in `declining`, these answer DECLINED. `calls` are the methods and keys of all calls.

    >>> from collective_booking.testing.samples import EUROS, charge
    >>> gateway = FakeGateway()
    >>> answer = gateway.authorise(charge("h1"))
    >>> notice = gateway.pay("h1")  # what a webhook would bring
    >>> gateway.reserved("h1"), gateway.charged("h1")
    (True, 0)
    >>> _ = gateway.capture(answer.reference, EUROS, "take it")
    >>> _ = gateway.refund(answer.reference, Money(2000, "EUR"), "give some back")
    >>> gateway.charged("h1"), gateway.returned("h1"), gateway.net("h1"), gateway.moves("h1")
    (5000, 2000, 3000, (1, 1))

    >>> _ = gateway.authorise(charge("h2"))
    >>> print(gateway.interpret(gateway.refuse("h2")).state)
    declined
    """

    def __init__(
        self, *, at_once: bool = False, captures: bool = False, secret: bytes = b"a fake's secret"
    ) -> None:
        self.faults: Faults = Faults()
        self.declining: set[str] = set()
        self.notices: list[Notice] = []
        self.calls: list[tuple[str, str]] = []
        self._at_once = at_once
        self._captures = captures
        self._secret = secret
        self._accounts: dict[str, _Account] = {}
        self._answers: dict[str, tuple[Any, PaymentAnswer]] = {}
        self._numbers = count(1)
        self._lock = RLock()

    # --- the port -------------------------------------------------------------------------------

    def authorise(self, charge: Charge) -> PaymentAnswer:
        """Begin a payment; see `ports.PaymentGateway`."""
        return self._once("authorise", charge.key, charge, lambda: self._opened(charge))

    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Take the money; see `ports.PaymentGateway`."""
        return self._once("capture", key, (reference, money), lambda: self._taken(reference, money))

    def void(self, reference: str, key: str) -> PaymentAnswer:
        """Let the money go; see `ports.PaymentGateway`."""
        return self._once("void", key, reference, lambda: self._let_go(reference))

    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Give money back; see `ports.PaymentGateway`."""
        return self._once("refund", key, (reference, money), lambda: self._back(reference, money))

    def interpret(self, notice: Notice) -> PaymentNews:
        """Read one of its own notifications; see `ports.PaymentGateway`."""
        headers = {name.lower(): value for name, value in notice.headers.items()}
        given = headers.get(SIGNATURE, "")
        if not hmac.compare_digest(given.encode(), self._signature(notice.body).encode()):
            raise ForgedNotificationError("its signature is wrong")
        told: Mapping[str, Any] = json.loads(notice.body)
        with self._lock:
            if told["reference"] not in self._accounts:
                raise ForeignNotificationError("it is about no payment of this gateway")
        return PaymentNews(
            id=told["id"],
            hold=told["hold"],
            reference=told["reference"],
            state=PaymentState(told["state"]),
            money=Money(told["amount"], told["currency"]),
        )

    # --- what payers do -------------------------------------------------------------------------

    def pay(self, hold: str, money: Money | None = None) -> Notice:
        """Let the payer of *hold* pay, by default what is asked; the notification it makes.

        Also by the payment's reference. Who has paid already does not pay again.
        """
        with self._lock:
            account = self._of(hold)
            if account.state in _UNPAID:
                account.money = money or account.money
                self._paid(account)
            return self._tell(account)

    def refuse(self, hold: str) -> Notice:
        """Let the payer of *hold* fail to pay; the notification it makes.

        Also by the payment's reference. Who has paid already can refuse no more.
        """
        with self._lock:
            account = self._of(hold)
            if account.state in _UNPAID:
                account.state = PaymentState.DECLINED
            return self._tell(account)

    # --- what tests ask, by the hold or by the payment's reference ------------------------------

    def charged(self, hold: str) -> int:
        """What was taken for *hold*, in minor units."""
        return sum(each.taken for each in self._for(hold))

    def returned(self, hold: str) -> int:
        """What was given back of it."""
        return sum(each.returned for each in self._for(hold))

    def net(self, hold: str) -> int:
        """What the host has of it in the end."""
        return sum(each.taken - each.returned for each in self._for(hold))

    def reserved(self, hold: str) -> bool:
        """Whether money is reserved for *hold* still."""
        return any(each.state is PaymentState.AUTHORISED for each in self._for(hold))

    def moves(self, hold: str) -> tuple[int, int]:
        """How often money was taken for *hold*, and how often it was given back."""
        own = self._for(hold)
        return sum(each.charges for each in own), sum(each.refunds for each in own)

    # --- inside ---------------------------------------------------------------------------------

    def _once(
        self, method: str, key: str, asked: object, act: Callable[[], _Account]
    ) -> PaymentAnswer:
        with self._lock:
            self.calls.append((method, key))
            return self.faults.through(method, lambda: self._answer(method, key, asked, act))

    def _answer(
        self, method: str, key: str, asked: object, act: Callable[[], _Account]
    ) -> PaymentAnswer:
        if key in self._answers:
            before, answer = self._answers[key]
            if before != (method, asked):
                raise ValueError(f"the key {key} was used for something else")
            return answer
        account = act()
        waiting = account.state is PaymentState.PENDING
        action = f"https://pay.example.com/{account.reference}" if waiting else None
        answer = PaymentAnswer(
            state=account.state, reference=account.reference, money=account.money, action=action
        )
        self._answers[key] = ((method, asked), answer)
        self._tell(account)
        return answer

    def _opened(self, charge: Charge) -> _Account:
        reference = f"pay-{charge.hold}-{len(self._accounts) + 1}"
        account = _Account(charge.hold, reference, charge.money, PaymentState.PENDING)
        self._accounts[reference] = account
        if "authorise" in self.declining:
            account.state = PaymentState.DECLINED
        elif self._at_once:
            self._paid(account)
        return account

    def _paid(self, account: _Account) -> None:
        account.state = PaymentState.AUTHORISED
        if self._captures:
            self._take(account, account.money)

    @staticmethod
    def _take(account: _Account, money: Money) -> None:
        account.state = PaymentState.CAPTURED
        account.taken += money.amount
        account.charges += 1

    def _taken(self, reference: str, money: Money) -> _Account:
        account = self._accounts[reference]
        if account.state is not PaymentState.AUTHORISED:
            return account
        if "capture" in self.declining:
            account.state = PaymentState.DECLINED
            return account
        if money.currency != account.money.currency or money > account.money:
            raise ValueError(f"{reference}: {money} cannot be taken, {account.money} is reserved")
        self._take(account, money)
        return account

    def _let_go(self, reference: str) -> _Account:
        account = self._accounts[reference]
        if account.state in _UNPAID or account.state is PaymentState.AUTHORISED:
            account.state = PaymentState.VOIDED
        return account

    def _back(self, reference: str, money: Money) -> _Account:
        account = self._accounts[reference]
        other = money.currency != account.money.currency
        if other or account.returned + money.amount > account.taken:
            raise ValueError(f"{reference}: more would go back than was taken")
        account.state = PaymentState.REFUNDED
        account.returned += money.amount
        account.refunds += 1
        return account

    def _of(self, hold: str) -> _Account:
        for each in self._accounts.values():
            if hold in {each.hold, each.reference}:
                return each
        raise ValueError(f"nobody has begun to pay for {hold!r}: begin the payment first")

    def _for(self, hold: str) -> list[_Account]:
        with self._lock:
            return [each for each in self._accounts.values() if hold in {each.hold, each.reference}]

    def _tell(self, account: _Account) -> Notice:
        body = json.dumps(
            {
                "id": f"news-{next(self._numbers)}",
                "hold": account.hold,
                "reference": account.reference,
                "state": str(account.state),
                "amount": account.money.amount,
                "currency": account.money.currency,
            }
        ).encode()
        notice = Notice(body=body, headers={SIGNATURE: self._signature(body)})
        self.notices.append(notice)
        return notice

    def _signature(self, body: bytes) -> str:
        return hmac.new(self._secret, body, sha256).hexdigest()
