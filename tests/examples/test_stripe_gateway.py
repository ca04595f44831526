"""The example asks Stripe for each step once, whatever gets lost, and answers with what is true.

Played by a script of Stripe's documentation, for localstripe remembers no idempotency keys.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, Final

import pytest
import stripe

from collective_booking.errors import InvalidValueError
from collective_booking.money import Money
from collective_booking.payments import PaymentAnswer, PaymentState
from examples.stripe_gateway import StripeGateway, UnfinishedError
from tests.bookings import EUROS
from tests.examples.stripe_payments import CHARGE, PART, captured, reserved
from tests.servers.scripted_stripe import SECRET, ScriptedStripe, Trouble
from tests.servers.stripe_clients import KEY

SILENCE: Final = Trouble(0)
LOST_ANSWER: Final = Trouble(0, after=True)


# --- authorising ----------------------------------------------------------------------------------


def test_a_payment_waits_for_its_payer(gateway: StripeGateway, script: ScriptedStripe) -> None:
    """Nothing but a form in the browser, and what the form needs, stands between them."""
    answer = gateway.authorise(CHARGE)
    intent = script.intents[answer.reference]

    assert (answer.state, answer.money) == (PaymentState.PENDING, EUROS)
    assert answer.action == intent["client_secret"]
    assert intent["capture_method"] == "manual"
    assert (intent["amount"], intent["currency"]) == (5000, "eur")
    assert intent["metadata"] == {"tenant": "default", "hold": "h1"}


def test_every_call_that_acts_carries_its_key(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Without one, a repeated call would act again (M4)."""
    reference = captured(gateway, script)
    gateway.refund(reference, EUROS, "refunding")
    gateway.void(reference, "voiding")

    acted = [key for method, _, key in script.asked if method == "POST"]
    assert acted == ["default/h1/authorising", "capturing", "refunding", "voiding"]


@pytest.mark.parametrize("key", ["ana/h1/" + "x" * 300, "büro/h1/authorising", "a/h1\n/b"])
def test_a_key_that_no_header_can_carry_is_told_by_its_digest(
    gateway: StripeGateway, script: ScriptedStripe, key: str
) -> None:
    """A tenant may be called anything; another key must not be mistaken for this one."""
    first = gateway.authorise(replace(CHARGE, key=key))

    assert gateway.authorise(replace(CHARGE, key=key)) == first
    assert gateway.authorise(replace(CHARGE, key=key + "!")) != first
    assert len(script.intents) == 2


def test_one_key_for_two_things_is_an_error(gateway: StripeGateway) -> None:
    """Whoever does that has a fault, and no answer would be right."""
    gateway.authorise(CHARGE)

    with pytest.raises(stripe.IdempotencyError):
        gateway.authorise(replace(CHARGE, hold="h2"))


@pytest.mark.parametrize("money", [Money(5125, "KWD"), Money(5000, "IQD"), Money(49, "EUR")])
def test_a_price_that_stripe_refuses_ends_the_attempt_and_says_why(
    gateway: StripeGateway,
    script: ScriptedStripe,
    money: Money,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No intent was made, so nothing will ever be paid: asking again for ever helps nobody."""
    answer = gateway.authorise(replace(CHARGE, money=money))

    assert answer.state is PaymentState.DECLINED
    assert not script.intents
    assert "h1 cannot be paid for" in caplog.text


def test_a_charge_of_another_tenant_is_refused(gateway: StripeGateway) -> None:
    """Its notifications would be refused, so its payment would never be heard of (S6)."""
    with pytest.raises(InvalidValueError, match="this gateway serves default"):
        gateway.authorise(replace(CHARGE, tenant="other"))


def test_a_gateway_without_the_secret_of_its_endpoint_is_refused(script: ScriptedStripe) -> None:
    """Anybody can sign with nothing."""
    with pytest.raises(InvalidValueError, match="endpoint"):
        StripeGateway(script.client(), webhook_secret="")


# --- what is not known is not told ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (SILENCE, stripe.APIConnectionError),
        (LOST_ANSWER, stripe.APIConnectionError),
        (Trouble(400), stripe.InvalidRequestError),
        (Trouble(429), stripe.RateLimitError),
        (Trouble(401), stripe.AuthenticationError),
        (Trouble(403), stripe.PermissionError),
        (Trouble(409), stripe.StripeError),
        (Trouble(500), stripe.APIError),
    ],
)
@pytest.mark.parametrize("method", ["authorise", "capture", "void", "refund"])
def test_no_answer_means_unknown_and_the_same_call_acts_once(
    gateway: StripeGateway,
    script: ScriptedStripe,
    method: str,
    trouble: Trouble,
    error: type[Exception],
) -> None:
    """It raises, and asked again under its key it has acted exactly once (M2, M4)."""
    reference = "" if method == "authorise" else reserved(gateway, script)
    if method == "refund":
        gateway.capture(reference, EUROS, "capturing")

    def ask() -> PaymentAnswer:
        if method == "authorise":
            return gateway.authorise(CHARGE)
        if method == "void":
            return gateway.void(reference, "key")
        asked: PaymentAnswer = getattr(gateway, method)(reference, PART, "key")
        return asked

    script.goes_wrong(trouble)
    with pytest.raises(error):
        ask()
    if trouble.status >= 500:
        script.forget_keys()  # until then, a failure is repeated as it was
    states = {ask().state, ask().state}

    assert states == {
        {
            "authorise": PaymentState.PENDING,
            "capture": PaymentState.CAPTURED,
            "void": PaymentState.VOIDED,
            "refund": PaymentState.REFUNDED,
        }[method]
    }
    assert len(script.intents) == 1
    assert len(script.refunds) == (method == "refund")


def test_a_failure_that_had_acted_is_no_failure(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Stripe repeats an internal error for a day; what it has done shows at once."""
    reference = reserved(gateway, script)
    script.goes_wrong(Trouble(500, after=True))

    assert gateway.capture(reference, EUROS, "key").state is PaymentState.CAPTURED


# --- capturing ------------------------------------------------------------------------------------


def test_what_was_taken_is_not_taken_again_under_another_key(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Stripe forgets keys after a day, and refuses then: it is captured, and that is the answer."""
    reference = captured(gateway, script)
    again = gateway.capture(reference, EUROS, "capturing, much later")

    assert (again.state, again.money) == (PaymentState.CAPTURED, EUROS)
    assert script.kept(reference) == 5000


def test_a_reservation_that_has_run_out_is_voided(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Stripe cancels an intent that nobody captures for a week."""
    reference = reserved(gateway, script)
    script.becomes(reference, status="canceled")

    assert gateway.capture(reference, EUROS, "key").state is PaymentState.VOIDED


def test_a_reservation_that_the_bank_takes_back_is_made_final(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Else the payer could try another card for a time that is given to somebody else (M1)."""
    reference = reserved(gateway, script)
    script.becomes(reference, status="requires_payment_method", amount_capturable=0)

    assert gateway.capture(reference, EUROS, "key").state is PaymentState.VOIDED
    with pytest.raises(ValueError, match="no card any more"):
        script.pay(reference)


@pytest.mark.parametrize("status", ["requires_action", "requires_confirmation", "processing"])
def test_what_is_not_reserved_yet_is_not_captured(
    gateway: StripeGateway, script: ScriptedStripe, status: str
) -> None:
    """Neither taken nor lost: nobody knows yet."""
    reference = gateway.authorise(CHARGE).reference
    script.becomes(reference, status=status)

    with pytest.raises(stripe.InvalidRequestError):
        gateway.capture(reference, EUROS, "key")


def test_more_than_is_reserved_cannot_be_taken(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """The reservation stands, and the error tells of the fault."""
    reference = reserved(gateway, script)

    with pytest.raises(stripe.InvalidRequestError):
        gateway.capture(reference, Money(5001, "EUR"), "key")
    assert script.kept(reference) == 0


def test_a_capture_that_the_bank_refuses_is_made_final(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """It is a card's error to Stripe, and the end of this payment to us (M1)."""
    reference = reserved(gateway, script)
    script.capturing = "requires_payment_method"

    assert gateway.capture(reference, EUROS, "key").state is PaymentState.VOIDED
    assert script.intents[reference]["status"] == "canceled"


def test_a_capture_that_takes_its_time_is_asked_about_until_it_is_done(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Under its key, Stripe repeats for a day that it is processing; the truth has to be asked."""
    reference = reserved(gateway, script)
    script.capturing = "processing"
    for _ in range(2):
        with pytest.raises(UnfinishedError, match="processing"):
            gateway.capture(reference, EUROS, "key")
    script.becomes(reference, status="succeeded")

    assert gateway.capture(reference, EUROS, "key").state is PaymentState.CAPTURED


def test_a_capture_that_fails_in_the_end_is_made_final(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Stripe said yes at first, and repeats that: the payer must not be asked for another card."""
    reference = reserved(gateway, script)
    script.capturing = "processing"
    with pytest.raises(UnfinishedError):
        gateway.capture(reference, EUROS, "key")
    script.becomes(reference, status="requires_payment_method", amount_received=0)

    assert gateway.capture(reference, EUROS, "key").state is PaymentState.VOIDED
    assert script.kept(reference) == 0


def test_an_answer_tells_what_was_taken(gateway: StripeGateway, script: ScriptedStripe) -> None:
    """Not what was asked for at first: of another amount, all goes back (M3)."""
    reference = reserved(gateway, script)

    assert gateway.capture(reference, PART, "key").money == PART
    assert gateway.void(reference, "other").money == PART


# --- letting go -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", ["requires_payment_method", "requires_confirmation", "requires_action"]
)
def test_a_payer_who_has_not_paid_cannot_pay_any_more(
    gateway: StripeGateway, script: ScriptedStripe, status: str
) -> None:
    """A card that was declined may be followed by a good one, until it is let go (M2)."""
    reference = gateway.authorise(CHARGE).reference
    script.becomes(reference, status=status)

    assert gateway.void(reference, "key").state is PaymentState.VOIDED
    with pytest.raises(ValueError, match="no card any more"):
        script.pay(reference)


def test_letting_go_of_what_was_taken_says_so(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """It is refunded then; VOIDED would keep it in silence."""
    reference = captured(gateway, script)
    answer = gateway.void(reference, "key")

    assert (answer.state, answer.money) == (PaymentState.CAPTURED, EUROS)


def test_letting_go_of_what_went_back_already_asks_for_no_second_refund(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """Somebody has refunded it in Stripe's Dashboard meanwhile."""
    reference = captured(gateway, script)
    gateway.refund(reference, EUROS, "in the Dashboard")

    assert gateway.void(reference, "key").state is PaymentState.REFUNDED


def test_what_is_being_processed_is_asked_again(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """It will be reserved or not: to say VOIDED now would be a guess."""
    reference = gateway.authorise(CHARGE).reference
    script.becomes(reference, status="processing")
    with pytest.raises(stripe.InvalidRequestError):
        gateway.void(reference, "key")
    script.becomes(reference, status="requires_capture", amount_capturable=5000)
    script.forget_keys()  # until then, the refusal is repeated as it was

    assert gateway.void(reference, "key").state is PaymentState.VOIDED


# --- giving back ----------------------------------------------------------------------------------


def test_a_refund_acts_once_though_stripe_has_forgotten_its_key(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """A part could go back twice, and nothing at Stripe would refuse it (M4)."""
    reference = captured(gateway, script)
    gateway.refund(reference, PART, "refunding")
    script.forget_keys()
    again = gateway.refund(reference, PART, "refunding")

    assert again.state is PaymentState.REFUNDED
    assert script.kept(reference) == 3000


def test_all_that_went_back_by_hand_need_not_go_back_again(
    gateway: StripeGateway, script: ScriptedStripe
) -> None:
    """The host's books are right in the end, whoever was faster."""
    reference = captured(gateway, script)
    gateway.refund(reference, EUROS, "in the Dashboard")

    assert gateway.refund(reference, EUROS, "ours").state is PaymentState.REFUNDED
    assert script.kept(reference) == 0


def test_more_than_is_left_cannot_go_back(gateway: StripeGateway, script: ScriptedStripe) -> None:
    """A part went back by hand: what the rest should be is for a person to say."""
    reference = captured(gateway, script)
    gateway.refund(reference, PART, "in the Dashboard")

    with pytest.raises(stripe.InvalidRequestError):
        gateway.refund(reference, EUROS, "ours")
    assert script.kept(reference) == 3000


@pytest.mark.parametrize("status", ["pending", "requires_action", "failed", "canceled"])
def test_money_on_its_way_is_not_back(
    gateway: StripeGateway, script: ScriptedStripe, status: str
) -> None:
    """REFUNDED is for ever; asked again under the key, the same refund tells how it is by now."""
    reference = captured(gateway, script)
    script.refunding = status
    with pytest.raises(UnfinishedError, match=status):
        gateway.refund(reference, PART, "key")
    with pytest.raises(UnfinishedError, match=status):
        gateway.refund(reference, PART, "key")
    (refund,) = script.refunds
    refund["status"] = "succeeded"

    assert gateway.refund(reference, PART, "key").state is PaymentState.REFUNDED


# --- secrets --------------------------------------------------------------------------------------


def test_neither_key_nor_secret_is_shown(
    gateway: StripeGateway, script: ScriptedStripe, caplog: pytest.LogCaptureFixture
) -> None:
    """Representations and logs end up where everybody reads them."""
    caplog.set_level(logging.DEBUG)
    told: list[Any] = [gateway, gateway.authorise(CHARGE)]
    script.goes_wrong(Trouble(401))
    with pytest.raises(stripe.AuthenticationError) as refused:
        gateway.authorise(CHARGE)

    shown = f"{told!r} {told[0]} {refused.value!r} {refused.value} {caplog.text}"
    assert KEY not in shown
    assert SECRET not in shown
