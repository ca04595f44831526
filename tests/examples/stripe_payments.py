"""A payment of fifty euros through the example, as far as a test needs it to have come."""

from __future__ import annotations

from typing import Final

from collective_booking.money import Money
from collective_booking.payments import Charge
from examples.stripe_gateway import StripeGateway
from tests.bookings import EUROS
from tests.servers.scripted_stripe import ScriptedStripe

CHARGE: Final = Charge(
    tenant="default",
    hold="h1",
    money=EUROS,
    description="Sales call",
    name="Kim Lee",
    email="kim@example.com",
    key="default/h1/authorising",
)
PART: Final = Money(2000, "EUR")


def reserved(gateway: StripeGateway, script: ScriptedStripe) -> str:
    """A payment whose payer has paid."""
    reference = gateway.authorise(CHARGE).reference
    script.pay(reference)
    return reference


def captured(gateway: StripeGateway, script: ScriptedStripe) -> str:
    """A payment that was taken."""
    reference = reserved(gateway, script)
    gateway.capture(reference, EUROS, "capturing")
    return reference
