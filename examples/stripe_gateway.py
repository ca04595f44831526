"""A `PaymentGateway` on Stripe: money is reserved first, and taken once the time is claimed.

Lives here: `StripeGateway`, over the `stripe` library, to be copied into your application.
Must not live here: a card form (that is Stripe's, in the browser), any decision about bookings.

One hold is one PaymentIntent with manual capture. Its client secret is the payment's `action`: hand
it to Stripe's Payment Element. Run this file to see how Stripe's words are read; no key is needed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs

import stripe

from collective_booking.errors import (
    CollectiveBookingError,
    ForeignNotificationError,
    ForgedNotificationError,
    InvalidValueError,
)
from collective_booking.money import Money
from collective_booking.payments import (
    Charge,
    Notice,
    PaymentAnswer,
    PaymentNews,
    PaymentState,
)

LOG: Final = logging.getLogger(__name__)

EVENTS: Final = (
    "payment_intent.amount_capturable_updated",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "charge.refunded",
)
"""What to register the webhook endpoint for. Of other events none says anything new."""

STATES: Final[Mapping[str, PaymentState]] = {
    # Also after a card was declined: on the same intent, the payer may try another one. So nothing
    # is DECLINED until nothing can come any more, which is when it has been cancelled.
    "requires_payment_method": PaymentState.PENDING,
    "requires_confirmation": PaymentState.PENDING,
    "requires_action": PaymentState.PENDING,
    "processing": PaymentState.PENDING,
    "requires_capture": PaymentState.AUTHORISED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.VOIDED,
}
"""What each status of a PaymentIntent says. A succeeded one may have been refunded since."""

_OVER: Final = frozenset({PaymentState.CAPTURED, PaymentState.VOIDED, PaymentState.REFUNDED})
_MAYBE: Final = (stripe.InvalidRequestError, stripe.CardError, stripe.APIError)
"""Stripe has answered with an error, perhaps because it had acted before: look what is true."""
_INTENT: Final = re.compile(r"pi_\w+", re.ASCII)
_LONGEST_KEY: Final = 255  # characters of an idempotency key
_Reading: TypeAlias = Callable[[Mapping[str, Any]], tuple[PaymentState, Money]]


# --- money ---------------------------------------------------------------------------------------

# https://docs.stripe.com/currencies says how Stripe counts, which is as ISO 4217 does but here.
_UNITS: Final = {
    "ISK": Fraction(100),  # whole crowns, written as if they had hundredths
    "UGX": Fraction(100),
    "MGA": Fraction(1, 100),  # whole ariary, which ISO 4217 divides
}
_TENS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})  # three decimals, the last one zero
_NOT_TAKEN: Final = frozenset({"IQD", "LYD", "UYW"})  # of three or four decimals, and not offered


def units_of(money: Money) -> int:
    """The amount as Stripe counts it. Ask it of a price before you save the calendar.

    >>> [units_of(Money(5000, code)) for code in ("EUR", "JPY", "ISK", "MGA", "KWD")]
    [5000, 5000, 500000, 50, 5000]

    Raises:
        InvalidValueError: it is in a currency, or has decimals, that Stripe does not take.
    """
    units = money.amount * _UNITS.get(money.currency, Fraction(1))
    if money.currency in _NOT_TAKEN:
        raise InvalidValueError("price", str(money), "Stripe does not take this currency")
    if units.denominator != 1 or (money.currency in _TENS and units % 10):
        raise InvalidValueError("price", str(money), "Stripe takes no such decimals: round it")
    return int(units)


def money_from(units: int, currency: str) -> Money:
    """What Stripe counts as *units* of *currency*, which it writes in small letters.

    >>> print(money_from(500000, "isk"))
    5000 ISK
    """
    code = currency.upper()
    amount = units / _UNITS.get(code, Fraction(1))
    if amount.denominator != 1:
        raise InvalidValueError("amount", f"{units} {currency}", "there is no such part of a unit")
    return Money(int(amount), code)


# --- what Stripe tells ---------------------------------------------------------------------------


def state_of(intent: Mapping[str, Any]) -> PaymentState:
    """The state of a payment, by its PaymentIntent.

    Raises:
        InvalidValueError: Stripe has a status that is not known here.
    """
    status = intent["status"]
    if status not in STATES:
        raise InvalidValueError("status", status, "update this gateway to the one Stripe speaks of")
    charge = intent.get("latest_charge")
    # A whole object where it was asked for, else its id.
    if status == "succeeded" and isinstance(charge, Mapping) and charge["refunded"]:
        return PaymentState.REFUNDED
    return STATES[status]


def _money_of(intent: Mapping[str, Any]) -> Money:
    """What is reserved, or was taken; else what the payment is about."""
    names = {"requires_capture": "amount_capturable", "succeeded": "amount_received"}
    name = names.get(intent["status"], "amount")
    return money_from(intent.get(name, intent["amount"]), intent["currency"])


def _answer(intent: Mapping[str, Any], state: PaymentState) -> PaymentAnswer:
    return PaymentAnswer(
        state=state,
        reference=intent["id"],
        money=_money_of(intent),
        action=intent["client_secret"] if state is PaymentState.PENDING else None,
    )


class UnfinishedError(RuntimeError):
    """Stripe is at it still, or cannot do it: the service asks again later, under the same key."""


# --- the gateway ---------------------------------------------------------------------------------


class StripeGateway:
    """A `PaymentGateway` over Stripe.

    *client* holds your secret key. *webhook_secret* is the signing secret (`whsec_...`) of the
    endpoint that you have registered for `EVENTS`. *tenant* is that of the service; notifications
    about payments of others are refused, for one hold id in two tenants is two holds (S6).

    Whoever books is told by you, so nothing about them goes to Stripe but what they enter there.

    Raises:
        InvalidValueError: there is no webhook secret.
    """

    def __init__(
        self, client: stripe.StripeClient, *, webhook_secret: str, tenant: str = "default"
    ) -> None:
        if not webhook_secret:
            raise InvalidValueError("webhook_secret", "", "take it from the endpoint at Stripe")
        self._api = client.v1
        self._client = client
        self._webhook_secret = webhook_secret
        self.tenant = tenant

    def authorise(self, charge: Charge) -> PaymentAnswer:
        """Make a PaymentIntent that waits for its payer; see `ports.PaymentGateway`.

        A price that Stripe does not take is DECLINED, and the log says why: no intent was made.

        Raises:
            InvalidValueError: *charge* is of another tenant.
            stripe.StripeError: nobody knows whether it was made.
        """
        if charge.tenant != self.tenant:
            raise InvalidValueError("tenant", charge.tenant, f"this gateway serves {self.tenant}")
        try:
            made = self._api.payment_intents.create(
                {
                    "amount": units_of(charge.money),
                    "currency": charge.money.currency.lower(),
                    "capture_method": "manual",
                    "description": charge.description,
                    "metadata": {"tenant": charge.tenant, "hold": charge.hold},
                },
                _under(charge.key),
            )
        except InvalidValueError as error:
            return _refused(charge, error)
        except stripe.InvalidRequestError as error:
            if error.param in {"amount", "currency"}:
                return _refused(charge, error)
            raise
        intent = made.to_dict()
        return _answer(intent, state_of(intent))

    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Take the money; see `ports.PaymentGateway`.

        A reservation that the payer's bank has taken back is cancelled, so that no other card can
        be tried any more, and the answer is VOIDED.

        Raises:
            UnfinishedError: it is being processed, or has not been reserved yet.
            stripe.StripeError: nobody knows whether it was taken.
        """

        def take() -> object:
            return self._api.payment_intents.capture(
                reference, {"amount_to_capture": units_of(money)}, _under(key)
            )

        try:
            return self._acted(reference, take)
        except (UnfinishedError, *_MAYBE):
            if self._look(reference)["status"] != "requires_payment_method":
                raise
            return self.void(reference, f"{key}/void")

    def void(self, reference: str, key: str) -> PaymentAnswer:
        """Cancel the PaymentIntent, for good; see `ports.PaymentGateway`.

        Raises:
            UnfinishedError: it is being processed, and cannot be cancelled now.
            stripe.StripeError: nobody knows whether it was cancelled.
        """

        def cancel() -> object:
            return self._api.payment_intents.cancel(reference, {}, _under(key))

        return self._acted(reference, cancel)

    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Give back a part or all; see `ports.PaymentGateway`.

        Stripe forgets a key after a day. So the refund carries it too, and is looked for first.

        Raises:
            UnfinishedError: the money is on its way; or it came back, which the message tells: give
                it to the payer in another way.
            stripe.StripeError: nobody knows whether it was given back.
        """
        known = self._refund_under(reference, key)
        if known is None:
            try:
                known = self._api.refunds.create(
                    {
                        "payment_intent": reference,
                        "amount": units_of(money),
                        "metadata": {"key": _plain(key)},
                    },
                    _under(key),
                )
            except _MAYBE:
                intent = self._look(reference)
                if state_of(intent) is not PaymentState.REFUNDED:  # all of it, perhaps by hand
                    raise
                return _answer(intent, PaymentState.REFUNDED)
        if known.status != "succeeded":
            raise UnfinishedError(f"refund {known.id} of {reference} is {known.status}")
        return _answer(self._look(reference), PaymentState.REFUNDED)

    def interpret(self, notice: Notice) -> PaymentNews:
        """Read a signed webhook, or the query of a return page; see `ports.PaymentGateway`.

        Give the body as it came in, byte for byte, and the header `Stripe-Signature` with it. A
        query is what Stripe adds to the `return_url` of the Payment Element; it carries no
        signature, so Stripe is asked.

        Raises:
            ForgedNotificationError: the signature is wrong or older than five minutes.
            ForeignNotificationError: it is genuine, and about nothing that this gateway made.
            stripe.StripeError: Stripe cannot be asked about a return page now.
        """
        headers = {name.lower(): value for name, value in notice.headers.items()}
        if "stripe-signature" in headers:
            return self._from_webhook(notice.body, headers["stripe-signature"])
        return self._from_return_page(notice.body)

    # --- inside ---------------------------------------------------------------------------------

    def _acted(self, reference: str, act: Callable[[], object]) -> PaymentAnswer:
        """How the payment has ended with *act*; or before it, which is why Stripe refused that.

        Looked at afterwards in any case: under a key, Stripe repeats for a day what it said first.
        """
        refusal: Exception | None = None
        try:
            act()
        except _MAYBE as error:
            refusal = error
        intent = self._look(reference)
        state = state_of(intent)
        if state not in _OVER:
            raise refusal or UnfinishedError(f"{reference} is {intent['status']}: ask again")
        return _answer(intent, state)

    def _look(self, reference: str) -> dict[str, Any]:
        asked = self._api.payment_intents.retrieve(reference, {"expand": ["latest_charge"]})
        return asked.to_dict()

    def _refund_under(self, reference: str, key: str) -> stripe.Refund | None:
        made = self._api.refunds.list({"payment_intent": reference, "limit": 100})
        for refund in made.auto_paging_iter():
            if (refund.to_dict()["metadata"] or {}).get("key") == _plain(key):
                return refund
        return None

    def _from_webhook(self, body: bytes, signature: str) -> PaymentNews:
        if not signature.isascii():  # the library cannot compare it
            raise ForgedNotificationError("its signature is wrong")
        try:
            event = self._client.construct_event(body, signature, self._webhook_secret).to_dict()
        except stripe.SignatureVerificationError as cause:
            raise ForgedNotificationError("its signature is wrong, or too old") from cause
        except ValueError as cause:
            raise ForgedNotificationError("its body is not Stripe's") from cause
        if event["type"] not in EVENTS:
            raise ForeignNotificationError(f"register the endpoint without {event['type']}")
        told = event["data"]["object"]
        if told["object"] == "charge":
            return self._news(event["id"], told["payment_intent"], told, _of_charge)
        return self._news(event["id"], told["id"], told, _of_intent)

    def _from_return_page(self, query: bytes) -> PaymentNews:
        told = parse_qs(query.decode("ascii", "replace"))
        reference = told.get("payment_intent", [""])[0]
        secret = told.get("payment_intent_client_secret", [""])[0]
        if not _INTENT.fullmatch(reference):
            raise ForgedNotificationError("it has neither a signature nor the name of a payment")
        try:
            intent = self._look(reference)
        except stripe.InvalidRequestError as cause:
            raise ForgedNotificationError("Stripe knows no such payment") from cause
        if not compare_digest(intent["client_secret"].encode(), secret.encode()):
            raise ForgedNotificationError("its client secret is wrong")
        return self._news(f"{reference}/{state_of(intent)}", reference, intent, _of_intent)

    def _news(
        self, id: str, reference: str | None, told: Mapping[str, Any], read: _Reading
    ) -> PaymentNews:
        about = told.get("metadata") or {}
        if not reference or about.get("tenant") != self.tenant or not about.get("hold"):
            raise ForeignNotificationError(
                "it is about something else that is paid to this account"
            )
        state, money = read(told)  # only now: what others sell may be in money unknown here
        return PaymentNews(id=id, hold=about["hold"], reference=reference, state=state, money=money)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of tenant {self.tenant!r}>"


def _of_intent(intent: Mapping[str, Any]) -> tuple[PaymentState, Money]:
    return state_of(intent), _money_of(intent)


def _of_charge(charge: Mapping[str, Any]) -> tuple[PaymentState, Money]:
    """A charge's state and money. Stripe calls it a refund too when a reservation is let go."""
    if not charge["captured"]:
        return PaymentState.VOIDED, money_from(charge["amount"], charge["currency"])
    # Of one that is refunded in part, the rest is taken still.
    state = PaymentState.REFUNDED if charge["refunded"] else PaymentState.CAPTURED
    return state, money_from(charge["amount_captured"], charge["currency"])


def _refused(charge: Charge, why: Exception) -> PaymentAnswer:
    LOG.error("hold %s cannot be paid for: %s", charge.hold, why, extra={"tenant": charge.tenant})
    return PaymentAnswer(
        state=PaymentState.DECLINED, reference=f"no intent for {charge.hold}", money=charge.money
    )


def _under(key: str) -> stripe.RequestOptions:
    return {"idempotency_key": _plain(key)}


def _plain(key: str) -> str:
    """*key* as it can stand in a header: itself, or a digest where it is long or not ASCII."""
    fits = len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()
    return key if fits else sha256(key.encode()).hexdigest()


# --- what it prints ------------------------------------------------------------------------------


def main() -> None:
    """Show how statuses and prices are read, without asking Stripe anything."""
    print("A PaymentIntent that is      is a payment that is")
    for status, state in STATES.items():
        print(f"  {status:<26} {state}")
    print("\nA price of     is for Stripe")
    for money in (Money(5000, "EUR"), Money(5000, "ISK"), Money(5120, "KWD"), Money(5125, "KWD")):
        try:
            print(f"  {money!s:<12} {units_of(money)}")
        except CollectiveBookingError as error:
            print(f"  {money!s:<12} refused: {error}")
    print("\nTo take money, give BookingService a gateway:")
    print("  StripeGateway(stripe.StripeClient('sk_test_...'), webhook_secret='whsec_...')")


if __name__ == "__main__":
    main()
