"""The till: card payments, as a small payment service would take them."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import collective_booking as cb
from collective_booking import PaymentState as State


@dataclass
class Payment:
    """One payment: for which hold, how much, how far it is, and what has moved."""

    hold: str
    money: cb.Money
    state: State = State.PENDING
    taken: int = 0


class Till:
    """A `PaymentGateway` that keeps its ledger in memory; *secret* signs what it tells."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._ledger: dict[str, Payment] = {}
        self._answers: dict[str, cb.PaymentAnswer] = {}
        self._lock = Lock()

    # --- what the service calls -----------------------------------------------------------------

    def authorise(self, charge: cb.Charge) -> cb.PaymentAnswer:
        def begin() -> str:
            reference = f"card-{charge.tenant}-{charge.hold}"
            self._ledger[reference] = Payment(charge.hold, charge.money)
            return reference

        return self._once(charge.key, begin)

    def capture(self, reference: str, money: cb.Money, key: str) -> cb.PaymentAnswer:
        def take() -> str:
            payment = self._ledger[reference]
            if payment.state is State.AUTHORISED:
                payment.state, payment.taken = State.CAPTURED, money.amount
            return reference

        return self._once(key, take)

    def void(self, reference: str, key: str) -> cb.PaymentAnswer:
        def let_go() -> str:
            payment = self._ledger[reference]
            if payment.state in {State.PENDING, State.AUTHORISED}:
                payment.state = State.VOIDED
            return reference

        return self._once(key, let_go)

    def refund(self, reference: str, money: cb.Money, key: str) -> cb.PaymentAnswer:
        def give_back() -> str:
            payment = self._ledger[reference]
            if money.amount > payment.taken:
                raise ValueError(f"{reference}: only {payment.taken} are there to give back")
            payment.state, payment.taken = State.REFUNDED, payment.taken - money.amount
            return reference

        return self._once(key, give_back)

    def interpret(self, notice: cb.Notice) -> cb.PaymentNews:
        given = notice.headers.get("signature", "")
        if not hmac.compare_digest(given.encode(), self._signature(notice.body).encode()):
            raise cb.ForgedNotificationError("its signature is wrong")
        told = json.loads(notice.body)
        return cb.PaymentNews(
            id=told["id"],
            hold=told["hold"],
            reference=told["reference"],
            state=State(told["state"]),
            money=cb.Money(told["amount"], told["currency"]),
        )

    # --- what happens at the till ---------------------------------------------------------------

    def card_accepted(self, reference: str) -> cb.Notice:
        """The payer has put their card in; the notification that the till makes of it."""
        with self._lock:
            payment = self._ledger[reference]
            if payment.state is State.PENDING:
                payment.state = State.AUTHORISED
            told = {
                "id": f"{reference}-{payment.state}",
                "hold": payment.hold,
                "reference": reference,
                "state": payment.state,
                "amount": payment.money.amount,
                "currency": payment.money.currency,
            }
        body = json.dumps(told).encode()
        return cb.Notice(body=body, headers={"signature": self._signature(body)})

    def balance(self, reference: str) -> int:
        """What was taken and not given back, in minor units."""
        return self._ledger[reference].taken

    # --- inside ---------------------------------------------------------------------------------

    def _once(self, key: str, act: Callable[[], str]) -> cb.PaymentAnswer:
        """Under one key it acts once, and answers the same ever after."""
        with self._lock:
            if key not in self._answers:
                reference = act()
                payment = self._ledger[reference]
                pending = payment.state is State.PENDING
                self._answers[key] = cb.PaymentAnswer(
                    state=payment.state,
                    reference=reference,
                    money=payment.money,
                    action="Put your card in, please." if pending else None,
                )
            return self._answers[key]

    def _signature(self, body: bytes) -> str:
        return hmac.new(self._secret, body, "sha256").hexdigest()
