"""Bad input: each its own error, which says what to do; and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from collective_booking.appointments import Status
from collective_booking.contacts import Contact
from collective_booking.errors import (
    CalendarChangedError,
    ConfigurationError,
    ForeignNotificationError,
    ForgedNotificationError,
    HoldExpiredError,
    InvalidTokenError,
    InvalidValueError,
    NaiveDatetimeError,
    NothingToPayError,
    OutOfRangeError,
    PaymentRequiredError,
    RequestPastError,
    RequestReusedError,
    StaleVersionError,
    UnknownBookingError,
    UnknownCalendarError,
    UnknownMemberError,
    WrongTypeError,
)
from collective_booking.holds import HoldState
from collective_booking.intervals import Interval
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.money import CurrencyMismatchError, Money, PriceChangedError
from collective_booking.payments import Notice
from collective_booking.reasons import SlotUnavailableError, What
from collective_booking.tokens import Purpose, Tokens
from collective_booking.workflows.booking import Shown
from tests.bookings import EUROS, KIM, LOU, MONDAY, SECRET, Office, at, calendar, charge
from tests.service.unchanged import nothing_changes


def test_a_calendar_that_nobody_has_stored(here: Office) -> None:
    with pytest.raises(UnknownCalendarError, match="save it first"):
        here.service.book("sales-call", at("10:00"), KIM)


def test_an_expired_hold(here: Office) -> None:
    here.service.save_calendar(calendar())
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.clock.advance(timedelta(minutes=10))

    with nothing_changes(here, HoldExpiredError, "choose a time again"):
        here.service.confirm(held.token)


def test_a_hold_that_was_let_go(here: Office) -> None:
    here.service.save_calendar(calendar())
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.release(held.token)

    assert "10:00" in here.listed()
    with nothing_changes(here, HoldExpiredError):
        here.service.confirm(held.token)


def test_a_hold_is_confirmed_once_however_often(here: Office) -> None:
    here.service.save_calendar(calendar())
    held = here.service.hold("sales-call", at("10:00"), KIM)

    assert here.service.confirm(held.token) == here.service.confirm(held.token)
    assert len(here.service.agenda(MONDAY)) == 1


def test_somebody_elses_hold(here: Office) -> None:
    """A token of another tenant, another purpose, or by guess opens nothing."""
    here.service.save_calendar(calendar())
    held = here.service.hold("sales-call", at("10:00"), KIM)
    other = Tokens(SECRET, "other").make(Purpose.HOLD, held.hold.id)
    wrong = Tokens(SECRET, "default").make(Purpose.MANAGE, held.hold.id)

    for token in (other, wrong, held.hold.id, ""):
        with nothing_changes(here, InvalidTokenError):
            here.service.confirm(token)


def test_a_manage_token_tells_its_appointment_and_no_hold(here: Office) -> None:
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM)

    assert here.service.appointment_id(made.token) == made.appointment.id
    with pytest.raises(InvalidTokenError):
        here.service.hold_id(made.token)


def test_a_forged_notification(here: Office) -> None:
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    genuine = here.gateway.pay(held.hold.id)

    forged = replace(genuine, body=genuine.body.replace(b"5000", b"5001"))
    for notice in (forged, Notice(body=genuine.body), Notice(body=b"")):
        with nothing_changes(here, ForgedNotificationError):
            here.service.payment_happened(notice)


def test_a_notification_of_another_tenants_payment(here: Office) -> None:
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)

    with pytest.raises(ForeignNotificationError, match="no hold of this tenant"):
        here.another(tenant="other").payment_happened(here.gateway.pay(held.hold.id))


def test_a_notification_of_another_payment_for_the_same_hold(here: Office) -> None:
    """Somebody has charged by hand what is charged by itself: that is theirs to sort out."""
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    by_hand = here.gateway.authorise(charge(hold=held.hold.id, key="by hand"))
    notice = here.gateway.pay(by_hand.reference)

    with nothing_changes(here, ForeignNotificationError, "another payment"):
        here.service.payment_happened(notice)


@pytest.mark.parametrize("paid", [Money(4999, "EUR"), Money(5001, "EUR"), Money(5000, "USD")])
def test_a_wrong_amount_is_given_back_and_reported(here: Office, paid: Money) -> None:
    """M3."""
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)

    attempt = here.service.payment_happened(here.gateway.pay(held.hold.id, paid))

    assert attempt.outcome is HoldState.RELEASED
    assert attempt.hold.payment.received == paid
    assert not here.gateway.reserved(held.hold.id)
    assert here.gateway.charged(held.hold.id) == 0
    assert "10:00" in here.listed()


def test_a_wrong_amount_that_was_taken_at_once_is_refunded(capturing: Office) -> None:
    here, paid = capturing, Money(6000, "EUR")
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)

    attempt = here.service.payment_happened(here.gateway.pay(held.hold.id, paid))

    assert attempt.outcome is HoldState.REFUNDED
    assert here.gateway.returned(held.hold.id) == 6000


@pytest.mark.parametrize("paid", [Money(4999, "EUR"), Money(5001, "EUR"), Money(5000, "USD")])
def test_a_wrong_amount_that_nobody_told_of_is_refunded_as_it_was_paid(
    capturing: Office, paid: Money
) -> None:
    """The webhook is lost: what was paid is learnt when the gateway is asked to let go of it."""
    here = capturing
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    here.gateway.pay(held.hold.id, paid)

    attempt = here.service.release(held.token)

    assert attempt.outcome is HoldState.REFUNDED
    assert attempt.hold.payment.received == paid
    assert here.gateway.net(held.hold.id) == 0


def test_a_changed_calendar_or_price(here: Office) -> None:
    """A1: what the booker was shown is what they book, or they are told."""
    shown = here.service.save_calendar(calendar(price=EUROS)).stored
    here.service.save_calendar(calendar(price=Money(6000, "EUR")))

    with nothing_changes(here, PriceChangedError, "60.00 EUR now, not 50.00 EUR"):
        here.service.hold("sales-call", at("10:00"), KIM, shown=Shown(price=EUROS))
    with nothing_changes(here, CalendarChangedError, "show it anew"):
        here.service.hold("sales-call", at("10:00"), KIM, shown=Shown(version=shown.version))
    assert here.service.hold("sales-call", at("10:00"), KIM, shown=Shown(version=2)).hold


def test_a_calendar_is_saved_over_the_version_that_was_read(here: Office) -> None:
    here.service.save_calendar(calendar(), version=0)
    here.service.save_calendar(calendar(notice=timedelta(hours=1)), version=1)

    for version in (0, 1, 3):
        with nothing_changes(here, CalendarChangedError):
            here.service.save_calendar(calendar(), version=version)


def test_a_price_that_is_not_paid(here: Office) -> None:
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)

    with nothing_changes(here, PaymentRequiredError, "begin the payment"):
        here.service.book("sales-call", at("11:00"), KIM)
    with nothing_changes(here, PaymentRequiredError):
        here.service.confirm(held.token)


def test_a_payment_for_nothing(here: Office) -> None:
    here.service.save_calendar(calendar())
    held = here.service.hold("sales-call", at("10:00"), KIM)

    with nothing_changes(here, NothingToPayError):
        here.service.begin_payment(held.token)


def test_a_refund_of_what_was_never_paid(at_once: Office) -> None:
    here = at_once
    here.service.save_calendar(calendar())
    free = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.save_calendar(calendar(price=EUROS))
    paid = here.service.begin_payment(
        here.service.hold("sales-call", at("11:00"), KIM).token
    ).booking.appointment

    with nothing_changes(here, NothingToPayError):
        here.service.cancel(free.id, refund=EUROS)
    with nothing_changes(here, InvalidValueError, "50.00 EUR was paid"):
        here.service.cancel(paid.id, refund=Money(5001, "EUR"))
    with nothing_changes(here, InvalidValueError):
        here.service.cancel(paid.id, refund=Money(0, "EUR"))
    with nothing_changes(here, CurrencyMismatchError):
        here.service.cancel(paid.id, refund=Money(100, "USD"))
    done = here.service.cancel(paid.id, refund=Money(2000, "EUR"))
    assert done.appointment.history[-1].note == "20.00 EUR"
    assert here.gateway.moves(paid.id) == (1, 1)
    assert here.gateway.returned(paid.id) == 2000


def test_things_that_are_not_there(here: Office) -> None:
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    attempts: list[Callable[[], object]] = [
        lambda: here.service.appointment("nope"),
        lambda: here.service.reschedule("nope", at("11:00")),
        lambda: here.service.cancel("nope"),
        lambda: here.service.approve("nope"),
        lambda: here.service.edit("nope", title="x"),
        lambda: here.service.offers("sales-call", MONDAY, moving="nope"),
        lambda: here.service.retry("nope"),
    ]
    for attempt in attempts:
        with nothing_changes(here, UnknownBookingError):
            attempt()
    with nothing_changes(here, UnknownMemberError):
        here.service.member_declined(made.id, "zoe")
    with nothing_changes(here, UnknownMemberError):
        here.service.remove_member("sales-call", "zoe")


def test_times_that_cannot_be(here: Office) -> None:
    here.service.save_calendar(calendar())
    naive = datetime(2026, 11, 23, 10)

    for attempt in (here.service.book, here.service.hold):
        with nothing_changes(here, NaiveDatetimeError):
            attempt("sales-call", naive, KIM)
        with nothing_changes(here, SlotUnavailableError):
            attempt("sales-call", at("10:07"), KIM)
    with pytest.raises(SlotUnavailableError) as refused:
        here.service.book("sales-call", at("10:07"), KIM)
    assert [reason.what for reason in refused.value.reasons] == [What.GRID]
    assert refused.value.for_booker() == ("This is not one of the times that are offered.",)


@pytest.mark.parametrize("ends", [(1, 2026), (1800, 2026), (2026, 2300), (1, 9999)])
def test_windows_that_reach_too_far(here: Office, ends: tuple[int, int]) -> None:
    """Refused before any calendar is asked, as near to the end of time as datetimes reach."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    first, last = (datetime(year, 1, 2, tzinfo=UTC) for year in ends)
    window = Interval(first, last.replace(month=12, day=31))

    for ask in (here.service.offers, here.service.finder):
        with nothing_changes(here, OutOfRangeError, "1900-01-17 to 2199-12-16"):
            ask("sales-call", window)
    for start in (first, window.end):
        if start.year != 2026:
            with nothing_changes(here, OutOfRangeError):
                here.service.reschedule(made.id, start)
    assert all(asked.duration < timedelta(days=2) for _, asked in here.provider.asked)
    assert here.service.agenda(window) == (made,)


@pytest.mark.parametrize(
    ("name", "told"),
    [("x" * 10_000, "at most 200"), ("a\x00b", "control characters"), (" ", "not be empty")],
)
def test_names_and_titles_that_cannot_be(here: Office, name: str, told: str) -> None:
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("11:00"), LOU).appointment

    with nothing_changes(here, ConfigurationError, told):
        here.service.book("sales-call", at("10:00"), Contact(name, "kim@example.com"))
    with nothing_changes(here, ConfigurationError, told):
        here.service.book("sales-call", at("10:00"), KIM, title=name)
    with nothing_changes(here, ConfigurationError, told):
        here.service.edit(made.id, title=name)


def test_a_request_id_that_was_used_for_something_else(here: Office) -> None:
    """S4: the same request again gets the same answer; another one is an error."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM, request_id="r1")

    assert here.service.book("sales-call", at("10:00"), KIM, request_id="r1") == made
    with nothing_changes(here, RequestReusedError, "its own"):
        here.service.book("sales-call", at("11:00"), KIM, request_id="r1")
    with nothing_changes(here, RequestReusedError):
        here.service.cancel(made.appointment.id, request_id="r1")
    here.service.cancel(made.appointment.id, request_id="r2")
    again = here.service.cancel(made.appointment.id, request_id="r2").appointment
    assert again.status is Status.CANCELLED
    # The first answer stays the first answer, whatever became of it since.
    assert here.service.book("sales-call", at("10:00"), KIM, request_id="r1") == made


def test_a_refusal_is_decided_afresh(here: Office) -> None:
    """S4: only what was done is remembered."""
    here.service.save_calendar(calendar())
    other = here.service.book("sales-call", at("10:00"), LOU).appointment
    with nothing_changes(here, SlotUnavailableError):
        here.service.book("sales-call", at("10:00"), KIM, request_id="r1")
    here.service.cancel(other.id)

    assert here.service.book("sales-call", at("10:00"), KIM, request_id="r1").appointment


def test_a_stale_version(here: Office) -> None:
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.edit(made.id, title="Another")

    attempts: list[Callable[[], object]] = [
        lambda: here.service.edit(made.id, title="A third", version=1),
        lambda: here.service.cancel(made.id, version=1),
        lambda: here.service.mark(made.id, Status.SHOWED, version=1),
    ]
    for attempt in attempts:
        with nothing_changes(here, StaleVersionError, "read it again"):
            attempt()


def test_a_request_whose_time_has_come(here: Office) -> None:
    """E2."""
    here.service.save_calendar(calendar(approval=True))
    asked = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.clock.set(at("10:00"))

    with nothing_changes(here, RequestPastError, "decline it"):
        here.service.approve(asked.id)
    assert here.service.decline(asked.id).appointment.status is Status.CANCELLED


# --- whatever a caller may pass -------------------------------------------------------------------

NO_START = [None, "10:00", 3, date(2026, 11, 23)]
TOO_FAR = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]


@pytest.mark.parametrize("command", ["book", "hold", "explain"])
def test_a_start_that_is_none(here: Office, command: str) -> None:
    here.service.save_calendar(calendar())
    asked = () if command == "explain" else (KIM,)
    ask = getattr(here.service, command)

    for start in NO_START:
        with nothing_changes(here, WrongTypeError, "start must be an aware datetime"):
            ask("sales-call", start, *asked)
    for start in TOO_FAR:
        with nothing_changes(here, OutOfRangeError):
            ask("sales-call", start, *asked)
    with nothing_changes(here, NaiveDatetimeError, "2026-11-23T10:00:00 has no time zone"):
        ask("sales-call", datetime(2026, 11, 23, 10), *asked)


@pytest.mark.parametrize("command", ["offers", "finder"])
@pytest.mark.parametrize("window", [None, "2026-11-23", at("10:00")])
def test_a_window_that_is_none(here: Office, command: str, window: Any) -> None:
    here.service.save_calendar(calendar())
    with pytest.raises(WrongTypeError, match="window must be an Interval"):
        getattr(here.service, command)("sales-call", window)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"location": "room 5"}, "location must be a MeetingLocation"),
        ({"shown": None}, "shown must be Shown"),
        ({"shown": (1, EUROS)}, "shown must be Shown"),
    ],
    ids=str,
)
def test_details_of_the_wrong_kind(here: Office, asked: dict[str, Any], message: str) -> None:
    here.service.save_calendar(calendar())
    with nothing_changes(here, WrongTypeError, message):
        here.service.book("sales-call", at("10:00"), KIM, **asked)


def test_a_place_that_nobody_has_chosen(here: Office) -> None:
    """A5: an appointment takes place somewhere, also after it is edited."""
    here.service.save_calendar(calendar())
    later = MeetingLocation(LocationKind.BOOKER)
    with nothing_changes(here, ConfigurationError, "pass the one they chose"):
        here.service.book("sales-call", at("10:00"), KIM, location=later)
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    with nothing_changes(here, ConfigurationError, "pass the one they chose"):
        here.service.edit(made.id, location=later)


@pytest.mark.parametrize("command", ["appointment", "cancel", "approve", "decline", "retry"])
def test_an_id_that_nothing_can_have(here: Office, command: str) -> None:
    """What a database would choke on is unknown, as any other id that was never given out."""
    ask = getattr(here.service, command)

    for odd in ("a\x00", "\ud800", "x" * 10_000, ""):
        with pytest.raises(UnknownBookingError):
            ask(odd)
    for wrong in (None, 5, ["a1"]):
        with pytest.raises(WrongTypeError, match="must be text"):
            ask(wrong)


def test_a_slug_that_nothing_can_have(here: Office) -> None:
    for odd in ("a\x00", "\ud800", "x" * 10_000, ""):
        with pytest.raises(UnknownCalendarError):
            here.service.offers(odd, MONDAY)
        with pytest.raises(UnknownCalendarError):
            here.service.book(odd, at("10:00"), KIM)
    for wrong in (None, 5, ["sales-call"], b"sales-call"):
        with pytest.raises(WrongTypeError, match="slug must be text"):
            here.service.book(wrong, at("10:00"), KIM)


@pytest.mark.parametrize("refund", [5, "5 EUR", 5.0])
def test_a_refund_that_is_no_money(at_once: Office, refund: Any) -> None:
    here = at_once
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)

    with nothing_changes(here, WrongTypeError, "refund must be Money"):
        here.service.cancel(held.hold.id, refund=refund)


@pytest.mark.parametrize("status", [[], "no-show", None])
def test_a_mark_that_is_no_status(here: Office, status: Any) -> None:
    """A text that looks like one is told what it has to be."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    with nothing_changes(here, WrongTypeError, "status must be a Status, such as Status.NO_SHOW"):
        here.service.mark(made.id, status)


def test_a_mark_that_is_none(here: Office) -> None:
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    with nothing_changes(here, InvalidValueError, "showed, no-show, invalid"):
        here.service.mark(made.id, Status.CONFIRMED)


def test_a_version_as_a_form_sends_it(here: Office) -> None:
    """As text it would never be the one that is stored, and reading again would not help."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    text: Any = "1"
    attempts: list[Callable[[], object]] = [
        lambda: here.service.cancel(made.id, version=text),
        lambda: here.service.edit(made.id, title="Another", version=text),
        lambda: here.service.reschedule(made.id, at("11:00"), version=text),
        lambda: here.service.mark(made.id, Status.SHOWED, version=text),
        lambda: here.service.save_calendar(calendar(), version=text),
        lambda: Shown(version=text),
    ]
    for attempt in attempts:
        with nothing_changes(here, WrongTypeError, "version must be a whole number"):
            attempt()
    price: Any = 50
    with pytest.raises(WrongTypeError, match="price must be Money"):
        Shown(price=price)


@pytest.mark.parametrize(
    ("limit", "error"),
    [
        (1.5, WrongTypeError),
        (None, WrongTypeError),
        (-1, InvalidValueError),
        (2**70, InvalidValueError),
    ],
)
def test_a_limit_that_cannot_be(here: Office, limit: Any, error: type[Any]) -> None:
    """The same on each store, none of which has to make sense of it."""
    here.service.save_calendar(calendar())
    for command in (here.service.settle, here.service.deliver):
        with nothing_changes(here, error, "limit"):
            command(limit=limit)


@pytest.mark.parametrize("notice", [None, b"body", {"body": b""}])
def test_a_notice_that_is_none(here: Office, notice: Any) -> None:
    with pytest.raises(WrongTypeError, match="a notice must be a Notice"):
        here.service.payment_happened(notice)
