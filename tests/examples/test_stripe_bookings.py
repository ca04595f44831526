"""Bookings that are paid for at Stripe, from the hold to the money, as localstripe plays it.

It tells nobody that money is reserved, so payers come back to the page, which the example asks
Stripe about; that money was taken it does tell, over HTTP and signed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import Queue
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import stripe

from collective_booking.holds import HoldState
from collective_booking.messages import Audience
from collective_booking.money import Money
from collective_booking.payments import Notice, PaymentState
from collective_booking.service import BookingService
from examples.stripe_gateway import StripeGateway
from tests.bookings import EUROS, KIM, LOU, MONDAY, Office, at, calendar, office
from tests.servers.localstripe import (
    CAREFUL_CARD,
    DECLINED_CARD,
    GOOD_CARD,
    LocalStripe,
)
from tests.servers.processes import PATIENCE
from tests.servers.scripted_stripe import ScriptedStripe, Trouble
from tests.servers.threads import QuietHandler, server_in_a_thread

SECRET: Final = "whsec_of_this_endpoint"


class Shop:
    """An office that is paid through Stripe, its payers, and its books."""

    def __init__(self, here: Office, server: LocalStripe) -> None:
        self.gateway = StripeGateway(server.client(), webhook_secret=SECRET)
        self.service: BookingService = here.another(gateway=self.gateway)
        self.clock = here.clock
        self.notifier = here.notifier
        self.server = server
        self.service.save_calendar(calendar(price=EUROS))

    def begin(self, contact: Any = KIM) -> tuple[str, str]:
        """Hold ten o'clock and begin to pay; the hold's token, and Stripe's name of the payment."""
        held = self.service.hold("sales-call", at("10:00"), contact)
        attempt = self.service.begin_payment(held.token)
        assert attempt.action is not None
        return held.token, attempt.action.partition("_secret_")[0]

    def comes_back(self, reference: str) -> Notice:
        """What the payer's browser brings to the return page."""
        told = {
            "payment_intent": reference,
            "payment_intent_client_secret": self.server.intent(reference)["client_secret"],
            "redirect_status": "succeeded",
        }
        return Notice(body=urlencode(told).encode())


@pytest.fixture
def shop(localstripe: LocalStripe) -> Iterator[Shop]:
    """A shop that nobody has been to."""
    with office("memory") as here:
        yield Shop(here, localstripe)


@contextmanager
def endpoint() -> Iterator[tuple[str, Queue[Notice]]]:
    """Where webhooks arrive: its address, and what has come."""
    came: Queue[Notice] = Queue()

    class Handler(QuietHandler):
        def answer(self) -> None:
            came.put(Notice(body=self.body(), headers=dict(self.headers)))
            self.send_response(200)
            self.end_headers()

    with server_in_a_thread(Handler) as url:
        yield url, came


@pytest.mark.parametrize("card", [GOOD_CARD, CAREFUL_CARD])
def test_a_time_is_held_paid_for_and_booked(shop: Shop, card: str) -> None:
    """The money is taken once the time is claimed, and only then is anybody told (M1)."""
    _, reference = shop.begin()
    shop.server.pay(reference, card)
    assert shop.server.kept(reference) == 0
    assert shop.service.deliver().delivered == ()

    attempt = shop.service.payment_happened(shop.comes_back(reference))

    assert attempt.outcome is HoldState.BOOKED
    assert attempt.booking is not None
    assert attempt.booking.appointment.paid == EUROS
    assert shop.server.kept(reference) == 5000
    shop.service.deliver()
    assert [each.email for each in shop.notifier.to(Audience.BOOKER)] == [KIM.email]


def test_what_stripe_tells_afterwards_changes_nothing(shop: Shop) -> None:
    """P47: the webhook that the money was taken comes when all is over, and comes again (M4)."""
    with endpoint() as (url, came):
        shop.server.notify(url, SECRET)
        _, reference = shop.begin()
        shop.server.pay(reference)
        booked = shop.service.payment_happened(shop.comes_back(reference))
        arriving = iter(lambda: came.get(timeout=PATIENCE), None)
        # Those of payments in earlier tests are on their way still.
        notice = next(each for each in arriving if reference.encode() in each.body)

    news = shop.gateway.interpret(notice)
    attempts = [shop.service.payment_happened(notice) for _ in range(3)]

    assert (news.reference, news.state, news.money) == (reference, PaymentState.CAPTURED, EUROS)
    assert [each.booking for each in attempts] == [booked.booking] * 3
    assert shop.server.kept(reference) == 5000


def test_a_late_payer_loses_the_time_and_no_money(shop: Shop) -> None:
    """P45: the hold lapsed, and somebody else has booked and paid; one appointment in all."""
    _, kims = shop.begin()
    shop.clock.advance(timedelta(minutes=11))
    _, lous = shop.begin(LOU)
    shop.server.pay(lous)
    shop.service.payment_happened(shop.comes_back(lous))
    shop.server.pay(kims)

    late = shop.service.payment_happened(shop.comes_back(kims))

    assert late.outcome is HoldState.RELEASED
    assert shop.server.intent(kims)["status"] == "canceled"
    assert (shop.server.kept(kims), shop.server.kept(lous)) == (0, 5000)
    assert [each.contact for each in shop.service.agenda(MONDAY)] == [LOU]


def test_a_cancellation_gives_back_what_the_host_says_once(shop: Shop) -> None:
    """M5, though localstripe would give it back as often as it is asked."""
    _, reference = shop.begin()
    shop.server.pay(reference)
    attempt = shop.service.payment_happened(shop.comes_back(reference))
    assert attempt.booking is not None
    id_ = attempt.booking.appointment.id

    for _ in range(2):
        shop.service.cancel(id_, refund=Money(2000, "EUR"), request_id="from the form")
        shop.service.settle()

    assert shop.server.kept(reference) == 3000


def test_a_declined_card_is_not_the_end(shop: Shop) -> None:
    """The payer keeps the time until the hold lapses, or they give up: another card may be good."""
    token, reference = shop.begin()
    with pytest.raises(stripe.CardError):
        shop.server.pay(reference, DECLINED_CARD)
    waiting = shop.service.payment_happened(shop.comes_back(reference))
    gone = shop.service.release(token)

    assert waiting.outcome is None
    assert gone.outcome is HoldState.RELEASED
    assert shop.server.intent(reference)["status"] == "canceled"
    assert shop.server.kept(reference) == 0


def test_an_abandoned_payment_is_cancelled_in_the_end(shop: Shop) -> None:
    """P46: who comes back to the form tomorrow cannot pay for what is long gone."""
    _, reference = shop.begin()
    shop.clock.advance(timedelta(hours=2))
    (attempt,) = shop.service.settle()

    assert attempt.outcome is HoldState.RELEASED
    with pytest.raises(stripe.StripeError):
        shop.server.pay(reference)


def test_a_price_that_stripe_refuses_frees_the_time_at_once(
    script: ScriptedStripe, gateway: StripeGateway
) -> None:
    """Nobody can ever pay it, so nobody else should have to wait for the hold to lapse (M2)."""
    with office("memory") as here:
        service = here.another(gateway=gateway)
        service.save_calendar(calendar(price=Money(5125, "KWD")))
        attempt = service.begin_payment(service.hold("sales-call", at("10:00"), KIM).token)

    assert attempt.outcome is HoldState.RELEASED
    assert not script.intents


@pytest.mark.parametrize("lost", [Trouble(0), Trouble(0, after=True)], ids=["call", "answer"])
def test_whatever_is_lost_on_the_way_the_time_is_booked_and_paid_for_once(
    script: ScriptedStripe, gateway: StripeGateway, lost: Trouble
) -> None:
    """M2: no answer means unknown, so the same is asked again until Stripe says what it did."""
    with office("memory") as here:
        service = here.another(gateway=gateway)
        service.save_calendar(calendar(price=EUROS))
        token = service.hold("sales-call", at("10:00"), KIM).token
        script.goes_wrong(lost)
        failed = [service.begin_payment(token).failure]
        service.begin_payment(token)
        (reference,) = script.intents
        script.goes_wrong(lost)
        failed.append(service.payment_happened(script.pay(reference)).failure)
        here.clock.advance(timedelta(minutes=2))  # until the call is due again
        (attempt,) = service.settle()

    assert failed == ["the gateway has not answered: APIConnectionError"] * 2
    assert attempt.outcome is HoldState.BOOKED
    assert script.kept(reference) == 5000
