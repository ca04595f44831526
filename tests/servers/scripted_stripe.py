"""Stripe as its documentation tells it, as far as a gateway asks: not Stripe, and not recorded.

Lives here: `ScriptedStripe`, an HTTP server in a thread that keeps PaymentIntents and refunds,
remembers idempotency keys, goes wrong when told to, and signs notifications.
Must not live here: the gateway.

It is for what localstripe does not do. https://docs.stripe.com/api/idempotent_requests,
/api/errors, /payments/paymentintents/lifecycle and /webhooks say what it copies.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from time import time
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import requests
import stripe

from collective_booking.payments import Notice
from tests.servers.stripe_clients import client_of
from tests.servers.threads import QuietHandler, server_in_a_thread

SECRET: Final = "whsec_of_the_scripted_stripe"
_OPEN: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
_LEAST: Final = 50  # of the smallest unit; what Stripe asks of most currencies, more or less


class _RefusedError(Exception):
    """What Stripe answers instead."""

    def __init__(self, status: int, **error: str) -> None:
        super().__init__(status, error)
        self.status = status
        self.error = error


@dataclass(frozen=True, slots=True)
class Trouble:
    """How one request goes wrong: with *status*, or with no answer at all for 0."""

    status: int
    after: bool = False
    """It acts before it goes wrong."""


@dataclass
class ScriptedStripe:
    """The server's memory, and what tests do to it. Amounts are as Stripe counts them."""

    session: requests.Session
    url: str = ""
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and idempotency key of each request."""
    refunding: str = "succeeded"
    """The status that new refunds get."""
    capturing: str = "succeeded"
    """The status that captured intents get; `requires_payment_method` where the bank refuses."""

    def __post_init__(self) -> None:
        self._lock = RLock()
        self._numbers = count(1)
        self._troubles: deque[Trouble] = deque()
        self._answered: dict[str, tuple[object, int, dict[str, Any]]] = {}

    # --- what tests do --------------------------------------------------------------------------

    def client(self) -> stripe.StripeClient:
        """A client of Stripe's library that asks this server."""
        return client_of(self.url, self.session)

    def goes_wrong(self, *troubles: Trouble) -> None:
        """Let the next POSTs go wrong, one after the other."""
        self._troubles.extend(troubles)

    def forget_keys(self) -> None:
        """As a day later."""
        self._answered.clear()

    def pay(self, reference: str) -> Notice:
        """Let the payer's card be good; the notification of it."""
        with self._lock:
            intent = self.intents[reference]
            if intent["status"] not in _OPEN:
                raise ValueError(f"{reference} takes no card any more")
            intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
            intent["latest_charge"] = self._charge(intent)
            return self.notice("payment_intent.amount_capturable_updated", reference)

    def becomes(self, reference: str, **changes: Any) -> None:
        """Something has happened to an intent elsewhere: at a bank, in the Dashboard."""
        self.intents[reference] |= changes

    def kept(self, reference: str) -> int:
        """What was taken under *reference* and not given back."""
        back = sum(each["amount"] for each in self._refunds_of(reference))
        kept: int = self.intents[reference]["amount_received"] - back
        return kept

    def notice(
        self, type_: str, reference: str, *, secret: str = SECRET, age: int = 0, **changes: Any
    ) -> Notice:
        """A notification about an intent, or its charge, as it is now; signed *age* seconds ago."""
        intent = self.intents[reference]
        told = intent["latest_charge"] if type_.startswith("charge.") else intent
        event = {
            "id": f"evt_{next(self._numbers)}",
            "object": "event",
            "type": type_,
            "data": {"object": told | changes},
        }
        return signed(json.dumps(event), secret=secret, age=age)

    # --- what Stripe does -----------------------------------------------------------------------

    def answer(
        self, method: str, path: str, told: dict[str, str], key: str | None
    ) -> tuple[int, dict[str, Any], bool] | None:
        """Status, body and whether it was said before; None for no answer."""
        with self._lock:
            self.asked.append((method, path, key))
            if method == "GET":
                return (*self._done(method, path, told), False)
            trouble = self._troubles.popleft() if self._troubles else None
            if trouble and not trouble.after:
                return self._wrong(trouble, key, (path, told))
            answer = self._once(method, path, told, key)
            return self._wrong(trouble, key, (path, told)) if trouble else answer

    def _wrong(
        self, trouble: Trouble, key: str | None, asked: object
    ) -> tuple[int, dict[str, Any], bool] | None:
        if not trouble.status:
            return None
        body = {"error": {"type": "api_error", "message": "something went wrong"}}
        if key and trouble.status >= 500:  # a failure is remembered too; a refusal to look is not
            self._answered[key] = (asked, trouble.status, body)
        return trouble.status, body, False

    def _once(
        self, method: str, path: str, told: dict[str, str], key: str | None
    ) -> tuple[int, dict[str, Any], bool]:
        if key in self._answered:
            asked, status, body = self._answered[key]
            if asked != (path, told):
                other = {"type": "idempotency_error", "message": "the key was used for another"}
                return 400, {"error": other}, False
            return status, body, True
        status, body = self._done(method, path, told)
        # Refusals are remembered too, but for what is wrong in the request itself.
        if key and "param" not in body.get("error", {}):
            self._answered[key] = ((path, told), status, body)
        return status, body, False

    def _done(self, method: str, path: str, told: dict[str, str]) -> tuple[int, dict[str, Any]]:
        try:
            # A copy: what is said once must not change with what is true later.
            return 200, json.loads(json.dumps(self._do(method, path.split("/")[2:], told)))
        except _RefusedError as refusal:
            error = {"type": "invalid_request_error", "message": "refused", **refusal.error}
            return refusal.status, {"error": error}

    def _do(self, method: str, path: list[str], told: dict[str, str]) -> dict[str, Any]:
        match method, path:
            case "POST", ["payment_intents"]:
                return self._create(told)
            case "GET", ["payment_intents", reference]:
                return self._known(reference)
            case "POST", ["payment_intents", reference, "capture"]:
                return self._capture(self._known(reference), int(told["amount_to_capture"]))
            case "POST", ["payment_intents", reference, "cancel"]:
                return self._cancel(self._known(reference))
            case "POST", ["refunds"]:
                return self._refund(self._known(told["payment_intent"]), told)
            case "GET", ["refunds"]:
                found = [each for each in self.refunds if _of(each, told["payment_intent"])]
                return {"object": "list", "url": "/v1/refunds", "has_more": False, "data": found}
            case _:
                raise _RefusedError(404)

    def _known(self, reference: str) -> dict[str, Any]:
        if reference not in self.intents:
            raise _RefusedError(404, code="resource_missing", param="intent")
        return self.intents[reference]

    def _create(self, told: dict[str, str]) -> dict[str, Any]:
        if int(told["amount"]) < _LEAST:
            raise _RefusedError(400, code="amount_too_small", param="amount")
        number = next(self._numbers)
        intent = {
            "id": f"pi_{number}",
            "object": "payment_intent",
            "amount": int(told["amount"]),
            "amount_capturable": 0,
            "amount_received": 0,
            "capture_method": told["capture_method"],
            "client_secret": f"pi_{number}_secret_{number * 7919}",
            "currency": told["currency"],
            "description": told["description"],
            "latest_charge": None,
            "metadata": _metadata(told),
            "status": "requires_payment_method",
        }
        self.intents[f"pi_{number}"] = intent
        return intent

    def _charge(self, intent: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": f"ch_{next(self._numbers)}",
            "object": "charge",
            "amount": intent["amount"],
            "captured": False,
            "amount_captured": 0,
            "amount_refunded": 0,
            "currency": intent["currency"],
            "metadata": intent["metadata"],
            "payment_intent": intent["id"],
            "refunded": False,
        }

    def _capture(self, intent: dict[str, Any], amount: int) -> dict[str, Any]:
        if intent["status"] != "requires_capture":
            raise _RefusedError(400, code="payment_intent_unexpected_state")
        if self.capturing == "requires_payment_method":
            intent |= {"status": self.capturing, "amount_capturable": 0}
            raise _RefusedError(402, type="card_error", code="card_declined")
        if amount > intent["amount_capturable"]:
            raise _RefusedError(400, code="amount_too_large", param="amount_to_capture")
        intent |= {"status": self.capturing, "amount_capturable": 0, "amount_received": amount}
        intent["latest_charge"] |= {"captured": True, "amount_captured": amount}
        return intent

    def _cancel(self, intent: dict[str, Any]) -> dict[str, Any]:
        if intent["status"] not in (*_OPEN, "requires_capture"):
            raise _RefusedError(400, code="payment_intent_unexpected_state")
        intent |= {"status": "canceled", "amount_capturable": 0}
        if charge := intent["latest_charge"]:  # what was never taken counts as given back
            charge |= {"amount_refunded": charge["amount"], "refunded": True}
        return intent

    def _refund(self, intent: dict[str, Any], told: dict[str, str]) -> dict[str, Any]:
        reference, amount = intent["id"], int(told["amount"])
        if intent["status"] != "succeeded":
            raise _RefusedError(400, code="payment_intent_unexpected_state")
        if not self.kept(reference):
            raise _RefusedError(400, code="charge_already_refunded")
        if amount > self.kept(reference):
            raise _RefusedError(400, param="amount")
        refund = {
            "id": f"re_{next(self._numbers)}",
            "object": "refund",
            "amount": amount,
            "metadata": _metadata(told),
            "payment_intent": reference,
            "status": self.refunding,
        }
        self.refunds.append(refund)
        back = intent["amount_received"] - self.kept(reference)
        whole = back == intent["amount_received"]
        intent["latest_charge"] |= {"amount_refunded": back, "refunded": whole}
        return refund

    def _refunds_of(self, reference: str) -> Iterator[dict[str, Any]]:
        gone = ("failed", "canceled")
        return (
            each for each in self.refunds if _of(each, reference) and each["status"] not in gone
        )


def signed(body: str, *, secret: str = SECRET, age: int = 0) -> Notice:
    """*body* as it arrives at a webhook, signed with *secret*, *age* seconds ago."""
    made = stripe.WebhookSignature.generate_signature_header(body, secret, int(time()) - age)
    return Notice(body=body.encode(), headers={"Stripe-Signature": made})


def _of(refund: Mapping[str, Any], reference: str) -> bool:
    return bool(refund["payment_intent"] == reference)


def _metadata(told: Mapping[str, str]) -> dict[str, str]:
    start = "metadata["
    return {name[len(start) : -1]: told[name] for name in told if name.startswith(start)}


@contextmanager
def scripted_stripe() -> Iterator[ScriptedStripe]:
    """A server with nothing in it, while the test runs."""
    with requests.Session() as session:
        told = ScriptedStripe(session)
        with server_in_a_thread(_answering(told)) as told.url:
            yield told


def _answering(told: ScriptedStripe) -> type[QuietHandler]:
    """What speaks HTTP for *told*."""

    class Handler(QuietHandler):
        def answer(self) -> None:
            asked = urlsplit(self.path)
            form = dict(parse_qsl(self.body().decode() or asked.query))
            given = told.answer(self.command, asked.path, form, self.headers["Idempotency-Key"])
            if given is None:
                return  # the connection closes without a word
            status, body, before = given
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if before:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

    return Handler
