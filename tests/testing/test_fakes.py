"""The fakes keep their ports' promises, and break exactly those that a test asks them to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from collective_booking.adapters.memory import MemoryStore
from collective_booking.appointments import Appointment, Happening, Status, booked
from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import (
    ForeignNotificationError,
    ForgedNotificationError,
    NaiveDatetimeError,
    UndeliverableError,
)
from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from collective_booking.messages import Audience, MemberCopy, Message
from collective_booking.money import Money
from collective_booking.payments import Charge, Notice, PaymentState
from collective_booking.ports import CalendarProvider, Clock, Notifier, PaymentGateway
from collective_booking.service import AsyncBookingService, BookingService
from collective_booking.snapshots import Snapshot
from collective_booking.testing import (
    FakeClock,
    FakeGateway,
    FakeNotifier,
    FakeProvider,
    Fault,
    Faults,
    awaited,
)
from tests.bookings import ANA, BEN, EUROS, HOST, KIM, NOW, SECRET, at, calendar, slot

PART = Money(2000, "EUR")


def charge(hold: str = "h", money: Money = EUROS, key: str | None = None) -> Charge:
    return Charge(
        tenant="default",
        hold=hold,
        money=money,
        description="A call",
        name="Kim",
        email="kim@example.com",
        key=key or f"{hold}/authorising",
    )


def appointment(version: int = 1) -> Appointment:
    snapshot = Snapshot(calendar=calendar(), version=1, owner="ana")
    made = Appointment(
        tenant="default",
        id="a1",
        uid=f"a1@{HOST}",
        snapshot=snapshot,
        slot=snapshot.slot(at("10:00")),
        contact=KIM,
        status=Status.CONFIRMED,
        title="Sales call",
    )
    return replace(booked(made, NOW), version=version)


def copy(version: int = 1, who: Member = ANA, text: bytes = b"") -> MemberCopy:
    return MemberCopy(
        key=f"default/a1/{version}/copy:{who.id}",
        member=who,
        appointment=appointment(version),
        icalendar=text or f"version {version}".encode(),
    )


def message(key: str = "k", email: str = "kim@example.com") -> Message:
    return Message(
        key=key,
        audience=Audience.BOOKER,
        name="Kim",
        email=email,
        happening=Happening.BOOKED,
        appointment=appointment(),
    )


def at_the_same_time(calls: int, call: Callable[[int], Any]) -> list[Any]:
    gate = Barrier(calls)

    def one(number: int) -> Any:
        gate.wait()
        return call(number)

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(one, range(calls)))


def test_each_fake_has_the_shape_of_its_port() -> None:
    """The type checker holds them to the ports; a host's tests lean on nothing else."""
    gateway: PaymentGateway = FakeGateway()
    provider: CalendarProvider = FakeProvider()
    notifier: Notifier = FakeNotifier()
    clock: Clock = FakeClock(NOW)

    assert all((gateway, provider, notifier, clock))


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error", "acted"),
    [
        (Fault.NONE, None, 1),
        (Fault.BEFORE, ConnectionError, 0),
        (Fault.LOST, TimeoutError, 0),
        (Fault.AFTER, TimeoutError, 1),
        (Fault.TWICE, None, 2),
    ],
)
def test_a_fault_says_whether_it_acted_to_the_test_alone(
    fault: Fault, error: type[Exception] | None, acted: int
) -> None:
    """A time-out must look the same whether or not it acted: no answer means unknown (M2)."""
    faults, done = Faults(), list[int]()
    faults.plan("send", fault)

    if error is None:
        faults.through("send", lambda: done.append(1))
    else:
        with pytest.raises(error):
            faults.through("send", lambda: done.append(1))
    assert len(done) == acted


def test_a_lost_call_and_a_lost_answer_read_alike() -> None:
    """A host that told them apart by their text would pass its tests and fail in the world."""
    faults, told = Faults(), list[str]()
    faults.plan("send", Fault.LOST, Fault.AFTER)

    for _ in range(2):
        with pytest.raises(TimeoutError) as caught:
            faults.through("send", lambda: None)
        told.append(str(caught.value))

    assert told[0] == told[1]


def test_faults_are_for_one_method_and_for_so_many_calls() -> None:
    """A test that breaks one thing has to know that nothing else is broken."""
    faults = Faults()
    faults.plan("send", *[Fault.BEFORE] * 2)

    assert faults.through("put", lambda: "done") == "done"
    for _ in range(2):
        with pytest.raises(ConnectionError):
            faults.through("send", lambda: "done")
    assert faults.through("send", lambda: "done") == "done"


def test_threads_share_faults_and_each_fault_strikes_once() -> None:
    """Otherwise a test with threads would count failures that were never planned."""
    faults = Faults()
    faults.plan("send", *[Fault.BEFORE] * 5)

    def call(_: int) -> str:
        try:
            return faults.through("send", lambda: "done")
        except ConnectionError:
            return "failed"

    assert sorted(at_the_same_time(16, call)) == ["done"] * 11 + ["failed"] * 5


# --- the gateway: money ---------------------------------------------------------------------------


def test_a_payment_waits_for_its_payer() -> None:
    """The usual way: the payer is sent somewhere, the money is reserved there, and taken later."""
    gateway = FakeGateway()

    asked = gateway.authorise(charge())
    assert (asked.state, gateway.charged("h")) == (PaymentState.PENDING, 0)
    assert asked.action is not None
    gateway.pay("h")
    assert gateway.reserved("h")
    taken = gateway.capture(asked.reference, EUROS, "c")

    assert taken.state is PaymentState.CAPTURED
    assert taken.action is None
    assert (gateway.charged("h"), gateway.moves("h")) == (5000, (1, 0))
    assert not gateway.reserved("h")


@pytest.mark.parametrize(
    ("gateway", "state", "charged"),
    [
        (FakeGateway(at_once=True), PaymentState.AUTHORISED, 0),
        (FakeGateway(at_once=True, captures=True), PaymentState.CAPTURED, 5000),
    ],
)
def test_some_gateways_need_nobody_to_act(
    gateway: FakeGateway, state: PaymentState, charged: int
) -> None:
    """A stored card is authorised, or even charged, within the first call (M1)."""
    answer = gateway.authorise(charge())

    assert (answer.state, answer.action) == (state, None)
    assert gateway.charged("h") == charged


def test_a_gateway_that_cannot_reserve_takes_the_money_when_the_payer_pays() -> None:
    """It joins after capture (M1); capturing once more takes nothing more."""
    gateway = FakeGateway(captures=True)
    reference = gateway.authorise(charge()).reference
    gateway.pay("h")

    assert gateway.charged("h") == 5000
    assert gateway.capture(reference, EUROS, "c").state is PaymentState.CAPTURED
    assert gateway.moves("h") == (1, 0)


def test_references_are_the_same_in_every_run() -> None:
    """A test that fails must fail again in the same way."""
    runs = [
        [each.authorise(charge(hold)).reference for hold in ("h1", "h2")]
        for each in (FakeGateway(), FakeGateway())
    ]

    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2


def test_what_goes_back_is_counted_and_is_never_more_than_was_taken() -> None:
    """Money that nobody has taken must not appear in a test either."""
    gateway = FakeGateway(at_once=True)
    reference = gateway.authorise(charge()).reference
    gateway.capture(reference, EUROS, "c")

    assert gateway.refund(reference, PART, "r1").state is PaymentState.REFUNDED
    assert (gateway.returned("h"), gateway.net("h"), gateway.moves("h")) == (2000, 3000, (1, 1))
    with pytest.raises(ValueError, match="more would go back"):
        gateway.refund(reference, EUROS, "r2")
    with pytest.raises(ValueError, match="more would go back"):
        gateway.refund(reference, Money(1, "USD"), "r3")
    assert gateway.net("h") == 3000


@pytest.mark.parametrize("money", [Money(5001, "EUR"), Money(5000, "USD")])
def test_no_more_is_taken_than_was_reserved(money: Money) -> None:
    """Real gateways refuse it, so a host that tries must hear of it in its tests."""
    gateway = FakeGateway(at_once=True)
    reference = gateway.authorise(charge()).reference

    with pytest.raises(ValueError, match="is reserved"):
        gateway.capture(reference, money, "c")
    assert gateway.charged("h") == 0


@pytest.mark.parametrize("pays", [True, False])
def test_letting_go_ends_a_payment_before_any_money_moves(pays: bool) -> None:
    """Also one whose payer has not acted: who comes later pays nothing."""
    gateway = FakeGateway()
    reference = gateway.authorise(charge()).reference
    if pays:
        gateway.pay("h")

    assert gateway.void(reference, "v").state is PaymentState.VOIDED
    gateway.pay("h")
    assert gateway.capture(reference, EUROS, "c").state is PaymentState.VOIDED
    assert (gateway.moves("h"), gateway.reserved("h")) == ((0, 0), False)


def test_what_was_taken_cannot_be_let_go() -> None:
    """VOIDED would say that no money has moved (M2)."""
    gateway = FakeGateway(at_once=True, captures=True)
    reference = gateway.authorise(charge()).reference

    assert gateway.void(reference, "v1").state is PaymentState.CAPTURED
    gateway.refund(reference, EUROS, "r")
    assert gateway.void(reference, "v2").state is PaymentState.REFUNDED


def test_a_declined_payment_can_be_paid_with_another_card() -> None:
    """Notifications say DECLINED first and then that it is paid."""
    gateway = FakeGateway()
    gateway.authorise(charge())

    assert gateway.interpret(gateway.refuse("h")).state is PaymentState.DECLINED
    assert gateway.interpret(gateway.pay("h")).state is PaymentState.AUTHORISED


def test_who_has_paid_cannot_refuse_any_more_and_pays_only_once() -> None:
    """DECLINED promises that no money has moved; the ledger must not contradict the news."""
    gateway = FakeGateway(captures=True)
    gateway.authorise(charge())
    gateway.pay("h")

    assert gateway.interpret(gateway.refuse("h")).state is PaymentState.CAPTURED
    news = gateway.interpret(gateway.pay("h", PART))
    assert (news.money, gateway.charged("h"), gateway.moves("h")) == (EUROS, 5000, (1, 0))


@pytest.mark.parametrize("captures", [True, False])
def test_an_authorisation_can_be_declined(captures: bool) -> None:
    """Whatever the gateway would have done else: nothing is reserved and nothing moves."""
    gateway = FakeGateway(at_once=True, captures=captures)
    gateway.declining.add("authorise")

    assert gateway.authorise(charge()).state is PaymentState.DECLINED
    assert (gateway.moves("h"), gateway.reserved("h")) == ((0, 0), False)


def test_a_capture_can_be_declined_but_not_after_the_money_has_moved() -> None:
    """An authorisation may run out; what was taken stays taken until it is given back."""
    gateway = FakeGateway(at_once=True)
    first, second = (gateway.authorise(charge(hold)).reference for hold in ("h1", "h2"))
    gateway.capture(first, EUROS, "c1")
    gateway.declining.update({"capture", "refund"})

    assert gateway.capture(first, EUROS, "c2").state is PaymentState.CAPTURED
    assert gateway.capture(second, EUROS, "c3").state is PaymentState.DECLINED
    assert gateway.refund(first, EUROS, "r").state is PaymentState.REFUNDED
    assert (gateway.moves("h1"), gateway.moves("h2")) == ((1, 1), (0, 0))


def test_a_payer_can_be_named_by_hold_or_by_reference() -> None:
    """What a return page carries is the gateway's reference."""
    gateway = FakeGateway()
    reference = gateway.authorise(charge()).reference

    assert gateway.interpret(gateway.pay(reference)).hold == "h"


# --- the gateway: keys ----------------------------------------------------------------------------


def test_under_one_key_it_acts_once_and_answers_the_same() -> None:
    """Repeating is how the library finds out what an unanswered call has done (M4)."""
    gateway = FakeGateway(at_once=True)
    first = gateway.authorise(charge())
    taken = gateway.capture(first.reference, EUROS, "c")
    back = gateway.refund(first.reference, EUROS, "r")
    told = len(gateway.notices)

    assert gateway.authorise(charge()) == first
    assert gateway.capture(first.reference, EUROS, "c") == taken
    assert gateway.refund(first.reference, EUROS, "r") == back
    assert gateway.moves("h") == (1, 1)
    assert len(gateway.notices) == told


def test_the_recorded_answer_stays_though_the_payment_went_on() -> None:
    """So do strict gateways: what has happened since comes as a notification."""
    gateway = FakeGateway()
    first = gateway.authorise(charge())
    gateway.pay("h")

    assert gateway.authorise(charge()) == first
    assert first.state is PaymentState.PENDING


@pytest.mark.parametrize(
    "other",
    [
        lambda gateway, reference: gateway.capture(reference, PART, "k"),
        lambda gateway, reference: gateway.capture("pay-other-2", EUROS, "k"),
        lambda gateway, reference: gateway.refund(reference, EUROS, "k"),
        lambda gateway, reference: gateway.void(reference, "k"),
        lambda gateway, reference: gateway.authorise(charge(key="k")),
    ],
    ids=["amount", "reference", "refund", "void", "authorise"],
)
def test_another_call_under_the_same_key_is_an_error(
    other: Callable[[FakeGateway, str], object],
) -> None:
    """A key made too carelessly would go unnoticed with a gateway that is not strict (M4)."""
    gateway = FakeGateway(at_once=True)
    reference = gateway.authorise(charge()).reference
    gateway.authorise(charge("other"))
    gateway.capture(reference, EUROS, "k")

    with pytest.raises(ValueError, match="used for something else"):
        other(gateway, reference)
    assert (gateway.moves("h"), gateway.moves("other")) == ((1, 0), (0, 0))


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("method", ["authorise", "capture", "void", "refund"])
def test_whatever_goes_wrong_repeating_under_the_key_acts_once(method: str, fault: Fault) -> None:
    """The promise on which the whole of M2 rests, for each method and each fault."""
    gateway = FakeGateway(at_once=True)
    steps: dict[str, Callable[[], Any]] = {
        "authorise": lambda: gateway.authorise(charge()),
        "capture": lambda: gateway.capture("pay-h-1", EUROS, "c"),
        "refund": lambda: gateway.refund("pay-h-1", EUROS, "r"),
        "void": lambda: gateway.void("pay-h-1", "v"),
    }
    gateway.faults.plan(method, fault)

    for name in ("authorise", *({"void": ["void"]}.get(method, ["capture", "refund"]))):
        try:
            steps[name]()
        except (ConnectionError, TimeoutError):
            assert name == method
            steps[name]()

    expected = (0, 0) if method == "void" else (1, 1)
    assert gateway.moves("h") == expected
    assert gateway.net("h") == 0
    failing = fault in {Fault.BEFORE, Fault.AFTER, Fault.LOST}
    assert [name for name, _ in gateway.calls].count(method) == 1 + failing


def test_questions_can_be_asked_while_others_pay() -> None:
    """The ledger is one thing for all threads, also for the one that only looks."""
    gateway = FakeGateway(at_once=True, captures=True)

    def call(number: int) -> int:
        for each in range(50):
            gateway.authorise(charge(f"h{number}-{each}"))
            gateway.charged("h0-0")
        return sum(gateway.charged(f"h{number}-{each}") for each in range(50))

    assert at_the_same_time(8, call) == [50 * 5000] * 8
    ids = [gateway.interpret(each).id for each in gateway.notices]
    assert len(set(ids)) == len(ids) == 400


# --- the gateway: notifications -------------------------------------------------------------------


def test_whatever_happens_makes_a_notification() -> None:
    """A host can follow a payment by its notifications alone."""
    gateway = FakeGateway()
    reference = gateway.authorise(charge()).reference
    gateway.pay("h")
    gateway.capture(reference, EUROS, "c")
    gateway.refund(reference, EUROS, "r")

    news = [gateway.interpret(each) for each in gateway.notices]
    assert [each.state.value for each in news] == ["pending", "authorised", "captured", "refunded"]
    assert {(each.hold, each.reference, each.money) for each in news} == {("h", reference, EUROS)}


def test_a_notification_keeps_its_id_and_no_other_has_it() -> None:
    """By its id a repetition is told (M4), also when the test has taken the former ones away."""
    gateway = FakeGateway()
    gateway.authorise(charge())
    first = gateway.notices.pop()
    gateway.pay("h")
    second = gateway.notices.pop()

    assert gateway.interpret(first).id == gateway.interpret(first).id
    assert gateway.interpret(first).id != gateway.interpret(second).id


def test_a_payment_of_another_amount_is_told_as_it_was_paid() -> None:
    """The library has to find out by itself that this is not what it asked for (M3)."""
    gateway = FakeGateway(captures=True)
    gateway.authorise(charge())

    assert gateway.interpret(gateway.pay("h", PART)).money == PART
    assert gateway.charged("h") == 2000


def test_a_payment_in_another_currency_is_told_as_it_was_paid() -> None:
    """Five thousand yen are not fifty euros (M3)."""
    gateway = FakeGateway(captures=True)
    gateway.authorise(charge())

    assert gateway.interpret(gateway.pay("h", Money(5000, "JPY"))).money == Money(5000, "JPY")


@pytest.mark.parametrize(
    "forge",
    [
        lambda notice: replace(notice, body=notice.body.replace(b"5000", b"5001")),
        lambda notice: replace(notice, body=b""),
        lambda notice: Notice(body=notice.body),
        lambda notice: replace(notice, headers={"signature": "0" * 64}),
        lambda notice: replace(notice, headers={"signature": "ünsigned"}),
        lambda notice: FakeGatewayOfAnother().notice,
    ],
    ids=["body", "empty", "unsigned", "signature", "no ascii", "other secret"],
)
def test_what_is_not_genuine_is_refused(forge: Callable[[Notice], Notice]) -> None:
    """Anybody can write to a webhook."""
    gateway = FakeGateway()
    gateway.authorise(charge())

    with pytest.raises(ForgedNotificationError):
        gateway.interpret(forge(gateway.notices[0]))


class FakeGatewayOfAnother:
    """A payment of the same hold, at a gateway with another secret."""

    @property
    def notice(self) -> Notice:
        gateway = FakeGateway(secret=b"another's")
        gateway.authorise(charge())
        return gateway.notices[0]


def test_a_genuine_notification_of_an_unknown_payment_is_refused() -> None:
    """Two hosts of one payment service share its webhooks more often than they think."""
    other = FakeGateway()
    other.authorise(charge())

    with pytest.raises(ForeignNotificationError):
        FakeGateway().interpret(other.notices[0])


# --- calendars ------------------------------------------------------------------------------------


def test_an_answer_is_clipped_to_the_window_and_loses_nothing_else() -> None:
    """What lies outside the window was not asked for; how a gap came about was (F3, F6)."""
    gap = Unknown(slot("09:00", "12:00"), Cause.UNREADABLE, "odd", "ana.ics", "VEVENT", 7, "u1")
    known = Availability(
        busy=IntervalSet([slot("08:00", "10:30")]),
        tentative=IntervalSet([slot("11:30", "13:00"), slot("14:00", "15:00")]),
        unknown=(gap, replace(gap, interval=slot("15:00", "16:00"))),
        sees_own_copies=True,
    )
    window = slot("10:00", "12:00")

    told = FakeProvider({"ana": known}).availability([ANA, BEN], window)

    assert told["ana"] == Availability(
        busy=IntervalSet([slot("10:00", "10:30")]),
        tentative=IntervalSet([slot("11:30", "12:00")]),
        unknown=(replace(gap, interval=window),),
        sees_own_copies=True,
    )
    assert told["ben"] == Availability()


def test_every_question_is_counted() -> None:
    """One call for each search is a promise to whoever pays for the calendar service."""
    provider = FakeProvider()
    provider.availability([ANA, BEN], slot("09:00", "10:00"))

    assert provider.asked == [(("ana", "ben"), slot("09:00", "10:00"))]


def test_a_calendar_can_be_unreachable_for_some_and_for_some_calls() -> None:
    """A provider asks for all at once, so one who is broken breaks the answer for all (F3)."""
    provider = FakeProvider()
    provider.broken.add("ben")
    provider.faults.plan("availability", Fault.LOST)

    with pytest.raises(ConnectionError):
        provider.availability([ANA, BEN], slot("09:00", "10:00"))
    with pytest.raises(TimeoutError):
        provider.availability([ANA], slot("09:00", "10:00"))
    assert provider.availability([ANA], slot("09:00", "10:00")) == {"ana": Availability()}


def test_copies_are_kept_for_each_member_by_their_uid() -> None:
    """One UID, one copy: what is put again replaces what was there (E2)."""
    provider = FakeProvider()
    uid = appointment().uid
    provider.put(copy(1))
    provider.put(copy(1, BEN))
    provider.update(copy(2))

    assert provider.copies == {"ana": {uid: copy(2)}, "ben": {uid: copy(1, BEN)}}
    provider.remove(copy(3))
    assert provider.copies["ana"] == {}
    assert provider.violations == []


def test_some_take_no_copy_and_some_not_now() -> None:
    """The one becomes a dead letter at once, the other is tried again (E1)."""
    provider = FakeProvider()
    provider.closed.add("ana")
    provider.broken.add("ben")

    with pytest.raises(UndeliverableError):
        provider.put(copy(1))
    with pytest.raises(ConnectionError):
        provider.put(copy(1, BEN))
    assert provider.copies == {}


def test_a_copy_whose_answer_is_lost_is_there_and_its_repetition_is_told() -> None:
    """At least once is not exactly once: this is what receivers have keys for (E1)."""
    provider = FakeProvider()
    provider.faults.plan("put", Fault.AFTER)

    with pytest.raises(TimeoutError):
        provider.put(copy(1))
    assert appointment().uid in provider.copies["ana"]
    provider.put(copy(1))

    assert provider.keys == [copy(1).key] * 2
    assert provider.repeated == [copy(1).key]
    assert provider.violations == []


@pytest.mark.parametrize("method", ["update", "remove"])
def test_changing_what_was_never_put_is_a_violation(method: str) -> None:
    """A put that only seems to have failed does not count: its caller could not know (E1)."""
    provider = FakeProvider()
    provider.faults.plan("put", Fault.AFTER)
    with pytest.raises(TimeoutError):
        provider.put(copy(1))

    getattr(provider, method)(copy(2))

    (told,) = provider.violations
    assert told.startswith(f"{method} {copy(2).key}")


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_copy_after_a_newer_one_is_a_violation(version: int) -> None:
    """Messages keep their order (E1); only a repetition may come late, after a crash."""
    provider = FakeProvider()
    provider.put(copy(version))
    provider.update(copy(3))
    provider.update(copy(version))
    assert provider.violations == []

    provider.put(copy(2 if version == 1 else 1))

    assert len(provider.violations) == 1


def test_other_bytes_under_one_key_are_a_violation() -> None:
    """A receiver that tells repetitions by their keys would never see the second ones."""
    provider = FakeProvider()
    provider.put(copy(1))
    provider.put(copy(1, text=b"other"))

    (told,) = provider.violations
    assert "other bytes" in told


def test_copies_are_left_out_unless_the_service_cannot_tell_them() -> None:
    """For our own appointments the store is the truth; free/busy services cannot know (F6)."""
    for sees in (False, True):
        provider = FakeProvider(sees_own_copies=sees)
        provider.put(copy(1))
        known = provider.availability([ANA, BEN], slot("10:30", "12:00"))

        seen = IntervalSet([slot("10:30", "11:00")] if sees else [])
        assert known["ana"] == Availability(busy=seen, sees_own_copies=sees)
        assert known["ben"] == Availability(sees_own_copies=sees)


def test_threads_lose_no_copy() -> None:
    """Every method may be called from several threads at once."""
    provider = FakeProvider()

    def call(number: int) -> None:
        for each in range(50):
            key = f"{number}-{each}"
            made = replace(appointment(), id=key, uid=f"{key}@{HOST}")
            provider.put(replace(copy(1), key=key, appointment=made))

    at_the_same_time(8, call)

    assert len(provider.copies["ana"]) == len(set(provider.keys)) == 400
    assert provider.violations == provider.repeated == []


# --- messages -------------------------------------------------------------------------------------


def test_messages_are_kept_in_order_and_shown_once_for_each_key() -> None:
    """The recipient sees one letter, whatever the outbox had to try."""
    notifier = FakeNotifier()
    notifier.faults.plan("send", Fault.AFTER)
    with pytest.raises(TimeoutError):
        notifier.send(message("k1"))
    for key in ("k2", "k1"):
        notifier.send(message(key))

    assert [each.key for each in notifier.sent] == ["k1", "k2", "k1"]
    assert [each.key for each in notifier.received] == ["k1", "k2"]
    assert notifier.to(Audience.BOOKER) == notifier.received
    assert notifier.to(Audience.OWNER) == []


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.LOST])
def test_a_message_that_failed_before_was_not_sent(fault: Fault) -> None:
    """Whoever reads `sent` must be able to trust it."""
    notifier = FakeNotifier()
    notifier.faults.plan("send", fault)

    with pytest.raises(OSError, match="send"):
        notifier.send(message())
    assert notifier.sent == []


def test_some_can_never_be_reached() -> None:
    """The others are, all the same."""
    notifier = FakeNotifier()
    notifier.unreachable.add("kim@example.com")

    with pytest.raises(UndeliverableError):
        notifier.send(message())
    notifier.send(message(email="lou@example.com"))
    assert [each.email for each in notifier.sent] == ["lou@example.com"]


# --- the clock ------------------------------------------------------------------------------------


def test_a_clock_moves_only_when_told() -> None:
    """Also backwards: clocks of machines do."""
    clock = FakeClock(NOW)
    assert clock.now() == clock.now() == NOW

    clock.advance(timedelta(hours=1))
    assert clock.now() == NOW + timedelta(hours=1)
    clock.set(NOW - timedelta(days=1))
    assert clock.now() == NOW - timedelta(days=1)
    with pytest.raises(NaiveDatetimeError):
        clock.set(NOW.replace(tzinfo=None))


# --- awaited --------------------------------------------------------------------------------------


def test_awaited_is_the_same_port_with_coroutines() -> None:
    """What the twin does is found at the fake itself, faults and all."""
    gateway = FakeGateway(at_once=True)
    twin = awaited(gateway)
    gateway.faults.plan("authorise", Fault.AFTER)

    with pytest.raises(TimeoutError):
        asyncio.run(twin.authorise(charge()))
    answer = asyncio.run(twin.authorise(charge()))
    assert answer.state is PaymentState.AUTHORISED
    assert gateway.calls == [("authorise", "h/authorising")] * 2


def test_with_a_pause_others_have_their_turn() -> None:
    """A coroutine that never waits would hide every race of an asynchronous host."""
    notifier = FakeNotifier()

    async def sends(twin: Any, who: str) -> None:
        for each in range(2):
            await twin.send(message(f"{who}{each}"))

    async def both(**asked: Any) -> None:
        twin = awaited(notifier, **asked)
        await asyncio.gather(sends(twin, "a"), sends(twin, "b"))

    asyncio.run(both())
    asyncio.run(both(pause=lambda: asyncio.sleep(0)))

    told = [each.key for each in notifier.sent]
    assert (told[:4], told[4:]) == (["a0", "a1", "b0", "b1"], ["a0", "b0", "a1", "b1"])


# --- together -------------------------------------------------------------------------------------


def ports(gateway: FakeGateway) -> dict[str, Any]:
    return {
        "provider": FakeProvider(),
        "notifier": FakeNotifier(),
        "gateway": gateway,
        "clock": FakeClock(NOW),
    }


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("method", ["authorise", "capture"])
def test_a_service_and_the_fakes_get_on(method: str, fault: Fault) -> None:
    """The smallest whole story: paid once, booked, told, whatever the gateway does."""
    fakes = ports(FakeGateway(at_once=True))
    gateway, provider = fakes["gateway"], fakes["provider"]
    service = BookingService(MemoryStore(), secret=SECRET, host=HOST, **fakes)
    service.save_calendar(calendar(price=EUROS))
    gateway.faults.plan(method, fault)
    held = service.hold("sales-call", at("10:00"), KIM)
    service.begin_payment(held.token)
    provider.faults.plan("put", Fault.LOST, Fault.AFTER)

    for _ in range(3):
        service.deliver()
        fakes["clock"].advance(timedelta(hours=1))

    (made,) = service.agenda(slot("08:00", "20:00"))
    assert gateway.moves(held.hold.id) == (1, 0)
    assert {who: list(own) for who, own in provider.copies.items()} == {
        "ana": [made.uid],
        "ben": [made.uid],
    }
    assert provider.violations == []
    assert len(fakes["notifier"].received) == 2


def test_an_asynchronous_service_and_pausing_fakes_get_on() -> None:
    """Ten bookers at once, every port really waits, and one of them gets the time."""
    fakes = ports(FakeGateway())
    twins = {
        name: awaited(port, pause=lambda: asyncio.sleep(0)) for name, port in fakes.items() if port
    }
    store = awaited(MemoryStore(), pause=lambda: asyncio.sleep(0))
    service = AsyncBookingService(store, secret=SECRET, host=HOST, **twins)

    async def ten() -> list[Any]:
        await service.save_calendar(calendar())
        tries = [service.book("sales-call", at("10:00"), KIM) for _ in range(10)]
        told = await asyncio.gather(*tries, return_exceptions=True)
        await service.deliver()
        return told

    told = asyncio.run(ten())

    assert sum(not isinstance(each, BaseException) for each in told) == 1
    assert len(fakes["provider"].copies) == 2
    assert fakes["provider"].violations == []
