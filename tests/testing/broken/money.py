"""Payment gateways, each of which breaks one promise."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from threading import get_ident
from typing import Any

from collective_booking.errors import ForeignNotificationError, ForgedNotificationError
from collective_booking.money import Money
from collective_booking.payments import Charge, Notice, PaymentAnswer, PaymentNews, PaymentState
from collective_booking.testing import FakeGateway
from collective_booking.testing.contracts import PaymentGatewayContract as Duty
from tests.testing.broken.table import broken
from tests.testing.hosts import OfGateway

breaks = broken(OfGateway)
breaks_where_it_is_taken_at_once = broken(OfGateway, reserves=False)

NUMBERS = count(1)


def _new_key() -> str:
    return f"new-{next(NUMBERS)}"


# --- authorising ----------------------------------------------------------------------------------


@breaks(Duty.test_a_payment_begins)
class SaysReservedAtOnce(FakeGateway):
    def authorise(self, charge: Charge) -> PaymentAnswer:
        return replace(super().authorise(charge), state=PaymentState.AUTHORISED)


@breaks(
    Duty.test_authorising_again_begins_no_second_payment,
    Duty.test_authorising_again_after_the_payer_has_paid_takes_nothing_more,
)
class BeginsEachTime(FakeGateway):
    def authorise(self, charge: Charge) -> PaymentAnswer:
        return super().authorise(replace(charge, key=_new_key()))


@breaks(Duty.test_each_hold_is_paid_for_by_itself)
class OnePaymentForAll(FakeGateway):
    def authorise(self, charge: Charge) -> PaymentAnswer:
        return super().authorise(replace(charge, hold="h1", key="h1"))


# --- capturing ------------------------------------------------------------------------------------


@breaks(Duty.test_what_is_reserved_has_not_moved)
class TakesWhenPaid(FakeGateway):
    def __init__(self, *, at_once: bool = False, captures: bool = False) -> None:
        super().__init__(at_once=at_once, captures=not captures)


@breaks(Duty.test_what_is_captured_is_taken)
class OnlySaysTaken(FakeGateway):
    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        return PaymentAnswer(state=PaymentState.CAPTURED, reference=reference, money=money)


@breaks(
    Duty.test_capturing_again_takes_nothing_more, Duty.test_threads_with_one_key_take_the_money_once
)
class TakesEachTime(FakeGateway):
    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        with self._lock:
            self._accounts[reference].state = PaymentState.AUTHORISED
            return super().capture(reference, money, _new_key())


@breaks(Duty.test_threads_with_one_key_take_the_money_once)
class OneThread(FakeGateway):
    def __init__(self, **kinds: Any) -> None:
        super().__init__(**kinds)
        self._mine = get_ident()

    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        if get_ident() != self._mine:
            raise RuntimeError("made in another thread")
        return super().capture(reference, money, key)


# --- letting go, giving back ----------------------------------------------------------------------


@breaks(Duty.test_what_is_reserved_can_be_let_go)
class KeepsHoldOfIt(FakeGateway):
    def void(self, reference: str, key: str) -> PaymentAnswer:
        account = self._accounts[reference]
        return PaymentAnswer(state=account.state, reference=reference, money=account.money)


@breaks(
    Duty.test_who_pays_after_it_was_let_go_pays_nothing, Duty.test_what_was_taken_cannot_be_let_go
)
@breaks_where_it_is_taken_at_once(Duty.test_what_is_reserved_can_be_let_go)
class OnlySaysVoided(FakeGateway):
    def void(self, reference: str, key: str) -> PaymentAnswer:
        money = self._accounts[reference].money
        return PaymentAnswer(state=PaymentState.VOIDED, reference=reference, money=money)


@breaks(Duty.test_letting_go_again_says_the_same)
class ForgetsWhatItLetGo(FakeGateway):
    def void(self, reference: str, key: str) -> PaymentAnswer:
        known = key in self._answers
        answer = super().void(reference, key)
        return replace(answer, state=PaymentState.DECLINED) if known else answer


@breaks(Duty.test_what_was_taken_can_be_given_back)
class OnlySaysRefunded(FakeGateway):
    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        return PaymentAnswer(state=PaymentState.REFUNDED, reference=reference, money=money)


@breaks(Duty.test_a_part_can_be_given_back)
class GivesAllBack(FakeGateway):
    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        return super().refund(reference, self._accounts[reference].money, key)


@breaks(Duty.test_giving_back_again_gives_nothing_more)
class GivesBackEachTime(FakeGateway):
    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        return super().refund(reference, money, _new_key())


# --- notifications --------------------------------------------------------------------------------


class Reading(FakeGateway):
    """Tells of a notification as `told` changes it."""

    def interpret(self, notice: Notice) -> PaymentNews:
        return self.told(super().interpret(notice))

    def told(self, news: PaymentNews) -> PaymentNews:
        raise NotImplementedError


@breaks(Duty.test_a_genuine_notification_tells_of_the_payment)
class NamesNoHold(Reading):
    def told(self, news: PaymentNews) -> PaymentNews:
        return replace(news, hold=news.reference)


@breaks(Duty.test_a_repeated_notification_is_known_by_its_id)
class NewIds(Reading):
    def told(self, news: PaymentNews) -> PaymentNews:
        return replace(news, id=_new_key())


@breaks(Duty.test_other_notifications_have_other_ids)
class OneId(Reading):
    def told(self, news: PaymentNews) -> PaymentNews:
        return replace(news, id="paid")


@breaks(Duty.test_a_late_notification_is_genuine_still)
class OnlyNews(FakeGateway):
    def interpret(self, notice: Notice) -> PaymentNews:
        news = super().interpret(notice)
        if news.state is not self._accounts[news.reference].state:
            raise ForgedNotificationError("it is not so any more")
        return news


@breaks(Duty.test_what_is_not_genuine_is_refused)
class BelievesAll(FakeGateway):
    def interpret(self, notice: Notice) -> PaymentNews:
        try:
            return super().interpret(notice)
        except ForgedNotificationError:
            return super().interpret(self.notices[-1])


@breaks(Duty.test_what_others_are_paid_is_no_forgery)
class SuspectsAll(FakeGateway):
    def interpret(self, notice: Notice) -> PaymentNews:
        try:
            return super().interpret(notice)
        except ForeignNotificationError as foreign:
            raise ForgedNotificationError(str(foreign)) from foreign
