"""The example owes what every payment gateway owes, and is asked for it by the same contract.

Twice: on the script of Stripe's documentation, which it passes whole, and on localstripe. What
localstripe cannot do is listed below, each with the reason, and expected to fail: should a newer
localstripe learn it, the test says so.
"""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import uuid4

import pytest

from collective_booking.payments import Notice
from collective_booking.testing.contracts import PaymentGatewayContract
from examples.stripe_gateway import StripeGateway
from tests.servers.localstripe import LocalStripe
from tests.servers.scripted_stripe import SECRET, ScriptedStripe, signed

NO_KEYS: Final = pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="localstripe ignores idempotency keys: it makes a second intent each time",
)


class _OfTheExample(PaymentGatewayContract):
    """On whichever server plays Stripe."""

    stripe: ScriptedStripe | LocalStripe
    tells_of_others = True

    def make_gateway(self) -> Any:
        return StripeGateway(self.stripe.client(), webhook_secret=SECRET)

    def kept(self, gateway: Any, reference: str) -> int:
        return self.stripe.kept(reference)

    def foreign_notice(self, gateway: Any) -> Notice:  # whichever is told of it
        sale = {"object": "payment_intent", "id": "pi_of_a_shop", "metadata": {}}
        type_ = "payment_intent.succeeded"
        return signed(json.dumps({"id": "evt_1", "type": type_, "data": {"object": sale}}))


class TestOnAScript(_OfTheExample):
    """Stripe as its documentation tells it."""

    @pytest.fixture(autouse=True)
    def _played_by(self, script: ScriptedStripe) -> None:
        self.stripe = self.script = script

    def pay(self, gateway: Any, reference: str) -> Notice:
        return self.script.pay(reference)


class TestOnLocalstripe(_OfTheExample):
    """Stripe as localstripe plays it, but for the news that money is reserved: it sends none."""

    @pytest.fixture(autouse=True)
    def _played_by(self, localstripe: LocalStripe) -> None:
        self.stripe = self.localstripe = localstripe

    def pay(self, gateway: Any, reference: str) -> Notice:
        event = {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "type": "payment_intent.amount_capturable_updated",
            "data": {"object": self.localstripe.pay(reference)},
        }
        return signed(json.dumps(event))

    @NO_KEYS
    def test_authorising_again_begins_no_second_payment(self) -> None:
        super().test_authorising_again_begins_no_second_payment()

    @NO_KEYS
    def test_authorising_again_after_the_payer_has_paid_takes_nothing_more(self) -> None:
        super().test_authorising_again_after_the_payer_has_paid_takes_nothing_more()
