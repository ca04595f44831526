"""Each call failing before and after it acts, and repeated: nothing moves twice, or is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from collective_booking.contacts import Contact
from collective_booking.effects import MAX_ATTEMPTS
from collective_booking.holds import HoldState
from collective_booking.messages import Audience
from collective_booking.money import Money
from collective_booking.payments import Charge, PaymentAnswer, PaymentState
from collective_booking.testing import FakeGateway, Fault
from tests.bookings import BEN, EUROS, KIM, LOU, MONDAY, Office, at, calendar, member

FAULTS = [Fault.BEFORE, Fault.AFTER, Fault.TWICE]


def recovered(here: Office) -> None:
    """What a cron job does, later: nothing else is needed."""
    for _ in range(3):
        here.clock.advance(timedelta(minutes=6))
        here.service.deliver()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["authorise", "capture"])
def test_a_gateway_that_fails_is_asked_again_under_the_same_key(
    at_once: Office, method: str, fault: Fault
) -> None:
    """M2: no answer means unknown; the claim stands, and money moves once."""
    here = at_once
    here.service.save_calendar(calendar(price=EUROS, hold=timedelta(hours=1)))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.gateway.faults.plan(method, fault)

    attempt = here.service.begin_payment(held.token)
    assert "10:00" not in here.listed()
    assert bool(attempt.failure) == (fault is not Fault.TWICE)
    recovered(here)

    assert here.service.begin_payment(held.token).outcome is HoldState.BOOKED
    assert here.gateway.moves(held.hold.id) == (1, 0)
    keys = {key for name, key in here.gateway.calls if name == method}
    assert len(keys) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_that_fails_is_made_once_all_the_same(at_once: Office, fault: Fault) -> None:
    """M5: the cancellation stands at once, and the money follows."""
    here = at_once
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    here.gateway.faults.plan("refund", fault)

    here.service.cancel(held.hold.id, refund=EUROS)
    assert "10:00" in here.listed()
    recovered(here)

    assert here.gateway.moves(held.hold.id) == (1, 1)
    assert here.gateway.returned(held.hold.id) == EUROS.amount


@pytest.mark.parametrize("fault", FAULTS)
def test_letting_go_of_money_that_fails_is_tried_again(here: Office, fault: Fault) -> None:
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    here.gateway.faults.plan("void", fault)

    here.service.release(held.token)
    assert "10:00" in here.listed()
    recovered(here)

    assert here.service.release(held.token).outcome is HoldState.RELEASED
    assert here.gateway.moves(held.hold.id) == (0, 0)


class OddGateway(FakeGateway):
    """Answers what `odd` says of a method, and else as it should."""

    def __init__(self) -> None:
        super().__init__(at_once=True)
        self.odd: dict[str, Any] = {}
        self.asked: list[str] = []

    def authorise(self, charge: Charge) -> PaymentAnswer:
        return self._or_odd("authorise", super().authorise, charge)

    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        return self._or_odd("capture", super().capture, reference, money, key)

    def _or_odd(self, method: str, honest: Any, *asked: Any) -> PaymentAnswer:
        self.asked.append(method)
        answer: PaymentAnswer = self.odd[method] if method in self.odd else honest(*asked)
        return answer


@pytest.mark.parametrize("answer", [None, "authorised", EUROS])
def test_what_is_no_answer_is_unknown_and_stops_nobody(here: Office, answer: Any) -> None:
    """M2: one gateway that answers nonsense stops neither other payments nor the mail."""
    gateway = OddGateway()
    service = here.another(gateway=gateway)
    service.save_calendar(calendar(price=EUROS, hold=timedelta(hours=1)))
    service.save_calendar(calendar(slug="free"))
    service.book("free", at("12:00"), LOU)
    held = service.hold("sales-call", at("10:00"), KIM)
    gateway.odd["authorise"] = answer

    attempt = service.begin_payment(held.token)
    assert attempt.failure == "the gateway has not answered: WrongTypeError"
    assert len(service.deliver().delivered) == 4
    gateway.odd.clear()
    here.clock.advance(timedelta(minutes=6))
    service.deliver()

    assert service.begin_payment(held.token).outcome is HoldState.BOOKED
    assert gateway.moves(held.hold.id) == (1, 0)


def test_an_answer_that_contradicts_its_call_is_asked_once_and_told(here: Office) -> None:
    """A capture that leaves the money reserved, ten times in a run and in silence, helps nobody."""
    gateway = OddGateway()
    service = here.another(gateway=gateway)
    service.save_calendar(calendar(price=EUROS, hold=timedelta(hours=1)))
    held = service.hold("sales-call", at("10:00"), KIM)
    reserved = PaymentAnswer(state=PaymentState.AUTHORISED, reference="r1", money=EUROS)
    gateway.odd["capture"] = reserved

    attempt = service.begin_payment(held.token)
    assert attempt.failure.endswith("authorised, when asked for capturing")
    assert gateway.asked == ["authorise", "capture"]
    gateway.odd.clear()

    assert service.begin_payment(held.token).outcome is HoldState.BOOKED


def test_holds_that_cannot_be_settled_hide_no_others(here: Office) -> None:
    """A gateway that is away is asked later, and later; who needs no gateway is served first."""
    here.service.save_calendar(calendar(price=EUROS, hold=timedelta(minutes=1)))
    here.service.save_calendar(calendar(slug="free", hold=timedelta(minutes=5)))
    here.gateway.faults.plan("authorise", *[Fault.LOST] * 100)
    for clock in ("09:00", "10:00", "11:00"):
        here.service.begin_payment(here.service.hold("sales-call", at(clock), KIM).token)
    held = here.service.hold("free", at("13:00"), LOU)
    here.clock.advance(timedelta(minutes=6))

    for _ in range(4):
        here.service.settle(limit=1)

    assert here.service.release(held.token).outcome is HoldState.RELEASED


def test_a_gateway_that_was_away_too_long_sells_nothing_that_is_over(at_once: Office) -> None:
    """M1: the meeting was two days ago; whatever was reserved is let go."""
    here = at_once
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.gateway.faults.plan("authorise", Fault.LOST)
    assert here.service.begin_payment(held.token).failure
    here.clock.advance(timedelta(days=2))

    here.service.deliver()

    assert here.service.release(held.token).outcome is HoldState.RELEASED
    assert here.gateway.moves(held.hold.id) == (0, 0)
    assert not here.gateway.reserved(held.hold.id)
    assert here.service.agenda(MONDAY) == ()
    assert here.notifier.received == []


def test_a_capture_that_is_declined_frees_the_time(at_once: Office) -> None:
    """M1: nobody is told, and nothing stays reserved."""
    here = at_once
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.gateway.declining.add("capture")

    attempt = here.service.begin_payment(held.token)

    assert attempt.outcome is HoldState.RELEASED
    assert here.gateway.moves(held.hold.id) == (0, 0)
    assert not here.gateway.reserved(held.hold.id)
    assert "10:00" in here.listed()
    assert here.service.deliver().delivered == ()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["put", "update", "remove", "send"])
def test_whatever_fails_on_the_way_all_agree_after_one_drain(
    here: Office, method: str, fault: Fault
) -> None:
    """E1: at least once each, told apart by their keys."""
    here.service.save_calendar(calendar())
    port: Any = here.notifier if method == "send" else here.provider
    port.faults.plan(method, fault, fault)
    kept = here.service.book("sales-call", at("10:00"), KIM).appointment
    gone = here.service.book("sales-call", at("11:00"), LOU).appointment
    here.service.deliver()
    moved = here.service.reschedule(kept.id, at("12:00")).appointment
    here.service.cancel(gone.id)
    here.service.deliver()
    recovered(here)

    assert here.service.undelivered() == ()
    for who in ("ana", "ben"):
        own = here.provider.copies[who]
        assert {uid: copy.appointment.version for uid, copy in own.items()} == {kept.uid: 2}
        assert own[kept.uid].appointment == moved
    told = [(m.audience.value, m.happening.value) for m in here.notifier.received]
    assert sorted(told) == sorted(
        [(who, what) for who in ("owner", "booker") for what in ("booked", "booked")]
        + [(who, what) for who in ("owner", "booker") for what in ("moved", "cancelled")]
    )


def test_messages_of_one_appointment_keep_their_order(here: Office) -> None:
    """E1: nobody hears that it was moved before they hear that it is."""
    here.service.save_calendar(calendar())
    here.notifier.faults.plan("send", Fault.BEFORE, Fault.BEFORE)
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.deliver()
    here.service.reschedule(made.id, at("11:00"))
    here.service.deliver()
    recovered(here)

    for audience in (Audience.OWNER, Audience.BOOKER):
        versions = [m.appointment.version for m in here.notifier.to(audience)]
        assert versions == [1, 2]


def test_after_a_dead_letter_the_next_message_is_a_whole_one(here: Office) -> None:
    """E1: ten tries and no more; then a copy is put, not updated."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.provider.broken.add("ben")
    for _ in range(MAX_ATTEMPTS + 1):
        here.service.deliver()
        here.clock.advance(timedelta(days=1))
    (dead,) = here.service.undelivered()
    assert (dead.recipient, dead.attempts) == ("ben", MAX_ATTEMPTS)
    assert here.service.deliver().failed == ()

    here.provider.broken.clear()
    here.service.edit(made.id, notes="Bring the figures.")
    here.service.deliver()
    assert here.provider.copies["ben"][made.uid].appointment.version == 2


def test_a_dead_letter_can_be_tried_again(here: Office) -> None:
    here.service.save_calendar(calendar())
    here.provider.closed.add("ben")
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    report = here.service.deliver()
    assert [each.recipient for each in report.dead] == ["ben"]  # it could never succeed

    here.provider.closed.clear()
    here.service.retry(report.dead[0].key)
    assert len(here.service.deliver().delivered) == 1
    assert made.uid in here.provider.copies["ben"]


def test_a_dead_letter_that_is_tried_too_late_takes_nothing_back(here: Office) -> None:
    """E5: a later message has arrived, and SEQUENCE never falls."""
    here.service.save_calendar(calendar())
    here.provider.closed.add("ben")
    moved = here.service.book("sales-call", at("10:00"), KIM).appointment
    gone = here.service.book("sales-call", at("12:00"), LOU).appointment
    dead = {each.appointment: each.key for each in here.service.deliver().dead}
    here.provider.closed.clear()
    here.service.reschedule(moved.id, at("14:00"))
    here.service.cancel(gone.id)
    here.service.deliver()

    for key in dead.values():
        here.service.retry(key)
    here.service.deliver()

    copies = {uid: copy.appointment.version for uid, copy in here.provider.copies["ben"].items()}
    assert copies == {moved.uid: 2}
    assert here.provider.violations == []
    assert here.service.undelivered() == ()


def test_no_words_of_a_failure_stop_the_outbox(here: Office) -> None:
    """A NUL fits into no column of PostgreSQL."""
    here.service.save_calendar(calendar())
    here.service.book("sales-call", at("10:00"), KIM)

    class Broken:
        def send(self, message: object) -> None:
            raise OSError("no folder '\x00'")

    report = here.another(notifier=Broken()).deliver()

    assert len(report.delivered) == 2
    assert {each.failure for each in here.service.undelivered()} == {"OSError: no folder '?'"}


def test_who_never_heard_of_it_is_not_told_that_it_is_cancelled(here: Office) -> None:
    """E1."""
    here.service.save_calendar(calendar())
    here.notifier.unreachable.add("kim@example.com")
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.deliver()
    here.notifier.unreachable.clear()
    here.service.cancel(made.id)
    here.service.deliver()

    assert here.notifier.to(Audience.BOOKER) == []
    assert [m.happening.value for m in here.notifier.to(Audience.OWNER)] == ["booked", "cancelled"]


def test_a_deliverer_that_dies_gives_back_what_it_took(here: Office) -> None:
    """Another one delivers it when the lease has ended."""
    here.service.save_calendar(calendar())
    here.service.book("sales-call", at("10:00"), KIM)

    class Death(BaseException):
        pass

    class Deadly:
        def send(self, message: object) -> None:
            raise Death

    with pytest.raises(Death):
        here.another(notifier=Deadly()).deliver()
    assert here.service.deliver(limit=1).failed == ()
    recovered(here)

    assert len(here.notifier.received) == 2
    assert sorted(here.provider.copies) == ["ana", "ben"]


def test_calendars_that_fail_make_time_unknown_and_not_free(here: Office) -> None:
    """P39, when booking: nothing is booked on silence, unless a member fails open (F3)."""
    here.service.save_calendar(calendar())
    here.provider.broken.add("ben")
    assert here.listed() == []

    here.service.save_calendar(
        calendar(member("ana", on_unknown="open"), member("ben", on_unknown="open"))
    )
    made = here.service.book("sales-call", at("10:00"), Contact("Kim", "kim@example.com"))
    assert not made.appointment.verified
    assert len(here.service.agenda(MONDAY)) == 1
    assert BEN.id in {each.id for each in made.appointment.members}


@pytest.mark.parametrize("told", [5, None, {"busy": []}])
def test_an_answer_of_one_member_that_is_none_hides_no_other(here: Office, told: Any) -> None:
    """A provider's mistake about one of them makes that one unknown, and the page stays (F3)."""
    here.service.save_calendar(calendar())
    faults: Any = here.provider.faults
    faults.through = lambda _, act: {**act(), "ana": told}

    assert here.listed() == []
    explained = here.service.explain("sales-call", at("10:00"))
    assert {reason.who for reason in explained.reasons} == {"ana"}
