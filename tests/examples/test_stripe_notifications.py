"""What the example believes: webhooks that Stripe has signed, and what Stripe says when asked."""

from __future__ import annotations

import json
from dataclasses import replace
from time import time
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.errors import ForeignNotificationError, ForgedNotificationError
from collective_booking.payments import Notice, PaymentState
from examples.stripe_gateway import EVENTS, StripeGateway
from tests.bookings import EUROS
from tests.examples.stripe_payments import CHARGE, PART, captured, reserved
from tests.servers.scripted_stripe import SECRET, ScriptedStripe, signed
from tests.servers.stripe_clients import KEY

FOUR_MINUTES: Final = 240
SIX_MINUTES: Final = 360


def returning(intent: dict[str, Any], **changes: str) -> Notice:
    """What the browser of a payer brings back to the page after paying."""
    told = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": "succeeded",
    }
    return Notice(body=urlencode(told | changes).encode())


# --- webhooks -------------------------------------------------------------------------------------


def test_a_webhook_tells_of_the_payment(gateway: StripeGateway, script: ScriptedStripe) -> None:
    """Which hold, which payment, its state, and how much is reserved."""
    reference = gateway.authorise(CHARGE).reference
    notice = script.pay(reference)
    news = gateway.interpret(notice)

    assert (news.hold, news.reference) == ("h1", reference)
    assert (news.state, news.money) == (PaymentState.AUTHORISED, EUROS)
    assert news.id == json.loads(notice.body)["id"]


def test_a_webhook_tells_what_is_reserved(gateway: StripeGateway, script: ScriptedStripe) -> None:
    """Not what was asked for: of another amount, all goes back (M3)."""
    reference = reserved(gateway, script)
    script.becomes(reference, amount_capturable=2000)
    news = gateway.interpret(script.notice("payment_intent.amount_capturable_updated", reference))

    assert (news.state, news.money) == (PaymentState.AUTHORISED, PART)


def test_each_event_says_what_has_become_of_the_money(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Those that the endpoint is registered for are read, and no others are needed."""
    taken, let_go = captured(gateway, script), reserved_too(gateway, script)
    gateway.void(let_go, "voiding")
    told = {
        "payment_intent.succeeded": gateway.interpret(
            script.notice("payment_intent.succeeded", taken)
        ).state,
        "payment_intent.canceled": gateway.interpret(
            script.notice("payment_intent.canceled", let_go)
        ).state,
    }
    gateway.refund(taken, EUROS, "refunding")
    told["charge.refunded"] = gateway.interpret(script.notice("charge.refunded", taken)).state

    assert told == {
        "payment_intent.succeeded": PaymentState.CAPTURED,
        "payment_intent.canceled": PaymentState.VOIDED,
        "charge.refunded": PaymentState.REFUNDED,
    }
    assert set(told) | {"payment_intent.amount_capturable_updated"} == set(EVENTS)


def reserved_too(gateway: StripeGateway, script: ScriptedStripe) -> str:
    """Another payment of another hold, whose payer has paid."""
    reference = gateway.authorise(replace(CHARGE, hold="h2", key="h2")).reference
    script.pay(reference)
    return reference


def test_a_part_that_went_back_leaves_the_payment_taken(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """REFUNDED would say that nothing is left to give back."""
    reference = captured(gateway, script)
    gateway.refund(reference, PART, "refunding")
    news = gateway.interpret(script.notice("charge.refunded", reference))

    assert (news.reference, news.state, news.money) == (reference, PaymentState.CAPTURED, EUROS)


def test_the_name_of_a_header_is_the_same_in_any_case(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Web frameworks write it as they like."""
    notice = script.pay(gateway.authorise(CHARGE).reference)
    (signature,) = notice.headers.values()

    assert gateway.interpret(replace(notice, headers={"stripe-signature": signature})).hold == "h1"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"secret": "whsec_of_another_endpoint"}, "signature"),
        ({"age": SIX_MINUTES}, "too old"),
    ],
)
def test_a_webhook_of_another_endpoint_or_another_hour_is_refused(
    gateway: StripeGateway, script: ScriptedStripe, changed: dict[str, Any], why: str
) -> None:
    """Whoever has seen one cannot send it again later, nor can who owns another endpoint."""
    reference = reserved(gateway, script)
    event = "payment_intent.amount_capturable_updated"
    assert gateway.interpret(script.notice(event, reference, age=FOUR_MINUTES)).hold == "h1"

    with pytest.raises(ForgedNotificationError, match=why):
        gateway.interpret(script.notice(event, reference, **changed))


def test_a_changed_body_is_refused(gateway: StripeGateway, script: ScriptedStripe) -> None:
    """A payment of one cent must not become one of fifty euros on its way."""
    notice = script.pay(gateway.authorise(CHARGE).reference)
    changed = notice.body.replace(b"5000", b"1")
    assert changed != notice.body

    with pytest.raises(ForgedNotificationError, match="signature"):
        gateway.interpret(replace(notice, body=changed))


@given(body=st.binary(max_size=200), header=st.text(max_size=100))
def test_what_anybody_sends_is_refused_and_never_breaks_anything(body: bytes, header: str) -> None:
    """The address of a webhook is public."""
    gateway = StripeGateway(stripe.StripeClient(KEY), webhook_secret=SECRET)

    for headers in ({"Stripe-Signature": header}, {}):
        with pytest.raises(ForgedNotificationError):
            gateway.interpret(Notice(body=body, headers=headers))


@pytest.mark.parametrize("mark", ["\u00e9", "\u0661", "\udce9"])
def test_a_signature_in_other_letters_is_only_wrong(gateway: StripeGateway, mark: str) -> None:
    """A server hands on a header's bytes as such letters; it must not break the webhook."""
    headers = {"Stripe-Signature": f"t={int(time())},v1={mark}"}

    with pytest.raises(ForgedNotificationError, match="signature"):
        gateway.interpret(Notice(body=b"{}", headers=headers))


@pytest.mark.parametrize("body", ["", '{"object": "v2.core.event"}', "no json"])
def test_what_is_signed_and_is_no_event_is_refused(gateway: StripeGateway, body: str) -> None:
    """The secret may sign other things, such as events of Stripe's second kind."""
    with pytest.raises(ForgedNotificationError):
        gateway.interpret(signed(body))


def test_a_reservation_that_was_let_go_was_never_taken(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Stripe calls that a refund of the charge; the booker would read that money went back."""
    reference = reserved(gateway, script)
    gateway.void(reference, "voiding")
    news = gateway.interpret(script.notice("charge.refunded", reference))

    assert (news.state, news.money) == (PaymentState.VOIDED, EUROS)


@pytest.mark.parametrize(
    "event", ["payment_intent.created", "payment_intent.payment_failed", "customer.created"]
)
def test_an_event_that_says_nothing_new_is_refused(
    gateway: StripeGateway, script: ScriptedStripe, event: str
) -> None:
    """One that comes before our own answer would leave the payer with nothing to act on."""
    reference = gateway.authorise(CHARGE).reference

    with pytest.raises(ForeignNotificationError, match=f"without {event}"):
        gateway.interpret(script.notice(event, reference))


@pytest.mark.parametrize(
    "metadata", [{}, {"hold": "h1"}, {"tenant": "other", "hold": "h1"}, {"tenant": "default"}]
)
def test_a_payment_of_somebody_else_is_told_from_a_forgery(
    gateway: StripeGateway, script: ScriptedStripe, metadata: dict[str, str]
) -> None:
    """A shop may share the account, and another tenant may have a hold of the same id (S6).

    Stripe sends it again for days unless it is answered with success.
    """
    reference = reserved(gateway, script)

    for event in EVENTS:
        with pytest.raises(ForeignNotificationError, match="something else"):
            gateway.interpret(script.notice(event, reference, metadata=metadata))


@pytest.mark.parametrize("odd", [{"currency": "xxx"}, {"currency": "mga", "amount": 1}])
def test_what_others_sell_is_not_read(
    gateway: StripeGateway, script: ScriptedStripe, odd: dict[str, Any]
) -> None:
    """Money that we cannot count is no reason to fail where it is none of ours."""
    reference = reserved(gateway, script)

    for event in EVENTS:
        with pytest.raises(ForeignNotificationError):
            gateway.interpret(script.notice(event, reference, metadata={}, status="odd", **odd))


def test_a_charge_without_a_payment_is_not_ours(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Whatever its metadata say: somebody may have copied them to a charge made by hand."""
    notice = script.notice("charge.refunded", captured(gateway, script), payment_intent=None)

    with pytest.raises(ForeignNotificationError, match="something else"):
        gateway.interpret(notice)


def test_a_forgery_is_not_taken_for_what_is_only_not_ours(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """A host that answers 200 must not hide that its signing secret is wrong."""
    reference = reserved(gateway, script)
    notice = script.notice("payment_intent.succeeded", reference, secret="whsec_wrong", metadata={})

    with pytest.raises(ForgedNotificationError):
        gateway.interpret(notice)


# --- return pages ---------------------------------------------------------------------------------


def test_a_payer_who_comes_back_is_believed_when_stripe_agrees(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """They often come before the webhook does, and sometimes it does not come at all."""
    reference = reserved(gateway, script)
    notice = returning(script.intents[reference])
    news = gateway.interpret(notice)

    assert (news.hold, news.state, news.money) == ("h1", PaymentState.AUTHORISED, EUROS)
    assert gateway.interpret(notice) == news


def test_a_payer_who_comes_back_without_paying_has_not_paid(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Whatever the address says: its `redirect_status` can be typed in."""
    reference = gateway.authorise(CHARGE).reference

    assert gateway.interpret(returning(script.intents[reference])).state is PaymentState.PENDING


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_intent_client_secret": "guessed"},
        {"payment_intent_client_secret": "é"},
        {"payment_intent": "pi_nobody"},
        {"payment_intent": "../customers"},
        {"payment_intent": ""},
    ],
)
def test_an_address_that_was_made_up_is_refused(
    gateway: StripeGateway, script: ScriptedStripe, changes: dict[str, str]
) -> None:
    """Only the payer's browser and Stripe know the client secret."""
    reference = reserved(gateway, script)

    with pytest.raises(ForgedNotificationError):
        gateway.interpret(returning(script.intents[reference], **changes))
