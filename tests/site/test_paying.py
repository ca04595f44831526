"""Money: the time is held first, and is booked when the payment says so, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from collective_booking import HoldState
from collective_booking.testing import Fault
from tests.site.running import Running
from tests.site.visitors import Page, Visitor


def held(visitor: Visitor) -> Page:
    """The page of somebody who has chosen the first time and not paid yet."""
    return visitor.book("architecture-review", visitor.get("/architecture-review").times[0])


def answer(visitor: Visitor, page: Page, said: str) -> Page:
    """Go on to the payment service, and do there what is said."""
    payer = visitor.get(page.links["Go on to the payment"])
    return visitor.send(payer, payer.address.partition("/test-")[2], answer=said)


def test_who_pays_is_booked(site: Running, kim: Visitor) -> None:
    """And charged once, the price that was shown (M3)."""
    page = held(kim)
    done = answer(kim, page, "pay")

    (appointment,) = site.booked()
    assert "Held for you until" in page.text
    assert "You are booked" in done.text
    assert str(appointment.paid) == "90.00 EUR"
    assert site.gateway.charged(appointment.id) == 9000


def test_whose_payment_is_refused_is_not_booked(site: Running, kim: Visitor) -> None:
    """Nobody is told, nothing is charged, and the time is there for others at once (P46)."""
    before = kim.get("/architecture-review").times

    done = answer(kim, held(kim), "refuse")

    assert "It is not booked" in done.text
    assert "The payment was refused. Nothing was charged" in done.text
    assert kim.get(done.links["Try again with this time"]).status == 200
    assert site.booked() == []
    assert site.mails() == []
    assert kim.get("/architecture-review").times == before


def test_a_held_time_is_nobody_elses(visit: Callable[[], Visitor]) -> None:
    """Two people who pay for one time would be one refund and one apology too many (M1)."""
    kim, lou = visit(), visit()
    before = lou.get("/architecture-review").times

    held(kim)

    assert lou.get("/architecture-review").times == before[1:]


def test_a_payment_that_comes_late_still_gets_a_time_that_is_free(
    site: Running, kim: Visitor
) -> None:
    page = held(kim)
    site.clock.advance(timedelta(minutes=15))

    late = kim.get(page.address)
    done = answer(kim, late, "pay")

    assert "no longer held for you" in late.text
    assert "You are booked" in done.text


def test_a_payment_that_comes_too_late_charges_nothing(
    site: Running, visit: Callable[[], Visitor]
) -> None:
    """Somebody else has the time meanwhile: one appointment, and the first payer is told (P45)."""
    kim, lou = visit(), visit()
    first = held(kim)
    site.clock.advance(timedelta(minutes=11))
    answer(lou, held(lou), "pay")

    done = answer(kim, first, "pay")

    (appointment,) = site.booked()
    hold = site.service.hold_id(first.address.rpartition("/")[2])
    assert "It is not booked" in done.text
    assert "Nothing was charged" in done.text
    assert appointment.contact.name == "Kim Lee"  # both call themselves so
    assert site.gateway.net(hold) == 0
    assert not site.gateway.reserved(hold)


def test_who_lets_the_time_go_frees_it_at_once(site: Running, kim: Visitor) -> None:
    before = kim.get("/architecture-review").times
    page = held(kim)

    after = kim.send(page, "/release")

    assert after.times == before


def test_a_webhook_that_comes_again_changes_nothing(site: Running, kim: Visitor) -> None:
    """Payment services repeat themselves until they are heard (M4, P47)."""
    answer(kim, held(kim), "pay")
    (appointment,) = site.booked()

    for notice in site.gateway.notices * 2:
        told = kim.http.post("/webhook", content=notice.body, headers=dict(notice.headers))
        assert told.status_code == 204

    assert site.booked() == [appointment]
    assert site.gateway.moves(appointment.id) == (1, 0)


def test_a_webhook_books_though_the_payer_never_comes_back(site: Running, kim: Visitor) -> None:
    """The train goes into a tunnel after the card was charged."""
    page = held(kim)
    kim.get(page.links["Go on to the payment"])
    notice = site.gateway.pay(site.service.hold_id(page.address.rpartition("/")[2]))

    kim.http.post("/webhook", content=notice.body, headers=dict(notice.headers))

    assert len(site.booked()) == 1
    assert "You are booked" in kim.get(page.address).text


def test_a_forged_webhook_books_nothing(site: Running, kim: Visitor) -> None:
    """Its address is no secret, and the test gateway's usual secret is none either."""
    page = held(kim)
    kim.get(page.links["Go on to the payment"])
    notice = site.gateway.pay(site.service.hold_id(page.address.rpartition("/")[2]))

    told = kim.http.post("/webhook", content=notice.body, headers={"signature": "forged"})

    assert told.status_code == 400
    assert site.booked() == []


def test_a_payment_service_that_was_restarted_says_so(site: Running, kim: Visitor) -> None:
    """It keeps everything in memory, which the page of an example may, if it says so."""
    page = held(kim)
    payer = kim.get(page.links["Go on to the payment"])
    site.gateway._accounts.clear()

    gone = kim.send(payer, payer.address.partition("/test-")[2], answer="pay")

    assert gone.status == 410
    assert "was restarted" in gone.text


@pytest.mark.parametrize(("hours", "returned"), [(24, 9000), (23, 0)])
def test_cancelling_in_time_gives_the_money_back(
    site: Running, kim: Visitor, hours: int, returned: int
) -> None:
    """What is given back is the site's own rule, said before it is too late (M5)."""
    done = answer(kim, held(kim), "pay")
    (appointment,) = site.booked()
    site.clock.set(appointment.start - timedelta(hours=hours))

    asked = kim.get(done.links["Cancel it"])
    cancelled = kim.send(asked, "/cancel")

    assert ("Given back90.00 EUR" in asked.text) == bool(returned)
    assert ("not given back" in asked.text) != bool(returned)
    assert ("Given back90.00 EUR" if returned else "Given backnothing") in cancelled.text
    assert site.gateway.returned(appointment.id) == returned
    letters = [mail.as_string() for mail in site.mails() if "Cancelled:" in mail["Subject"]]
    assert len(letters) == 2
    assert all(("Refund: 90.00 EUR, on its way" in each) == bool(returned) for each in letters)


def test_money_that_is_on_its_way_back_is_not_called_given_back(
    site: Running, kim: Visitor
) -> None:
    """The payment service does not answer; it is asked again until it does (M2)."""
    done = answer(kim, held(kim), "pay")
    site.gateway.faults.plan("refund", Fault.BEFORE)

    cancelled = kim.send(kim.get(done.links["Cancel it"]), "/cancel")
    site.clock.advance(timedelta(minutes=5))
    site.service.deliver()

    assert "Given back90.00 EUR, which is on its way to you" in cancelled.text
    assert "on its way" not in kim.get(done.address).text
    assert "Given back90.00 EUR" in kim.get(done.address).text


def test_a_payment_service_that_does_not_answer_loses_nothing(site: Running, kim: Visitor) -> None:
    """The time stays held, and the payment goes on once the service is back (M2)."""
    site.gateway.faults.plan("authorise", Fault.BEFORE)
    waiting = held(kim)
    site.clock.advance(timedelta(minutes=5))
    site.service.deliver()

    again = kim.get(waiting.address)
    done = answer(kim, again, "pay")

    assert "does not answer" in waiting.text
    assert "Go on to the payment" not in waiting.links
    assert "You are booked" in done.text


def test_a_price_that_changed_meanwhile_is_never_charged(site: Running, kim: Visitor) -> None:
    """Whoever was shown one price must not pay another (A1)."""
    start = kim.get("/architecture-review").times[0]
    form = kim.get(f"/architecture-review/book?start={start}")
    stored = site.service.calendar("architecture-review").calendar
    price = stored.price
    assert price is not None
    site.service.save_calendar(stored.with_settings(price=type(price)(12_000, "EUR")))

    refused = kim.send(form, "/book", name="Kim Lee", email="kim@example.com")

    assert refused.status == 409
    assert "price has changed" in refused.text


def test_how_an_attempt_ended_stays_to_be_read(site: Running, kim: Visitor) -> None:
    """A payer who comes back through the history reads what became of it, and pays nothing."""
    page = held(kim)
    answer(kim, page, "refuse")

    again = kim.get(page.address)

    attempt = site.service.begin_payment(page.address.rpartition("/")[2])
    assert "It is not booked" in again.text
    assert attempt.outcome is HoldState.RELEASED


def test_a_day_whose_only_time_is_ones_own_is_not_called_empty(kim: Visitor) -> None:
    """Who has a time on it would read that there is none."""
    done = answer(kim, held(kim), "pay")
    while (times := kim.get("/architecture-review").times) and times[0] < "2026-11-25":
        kim.book("architecture-review", times[0])

    choice = kim.get(done.links["Move it"])

    assert choice.times == []
    assert "No other time on this day suits all who are needed." in choice.text
