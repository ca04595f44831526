"""The fake gateway: whose money is where, one act a key, and news that nobody can forge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from collective_booking.errors import ForeignNotificationError, ForgedNotificationError
from collective_booking.money import Money
from collective_booking.payments import Notice, PaymentState
from collective_booking.testing import FakeGateway, Fault
from tests.bookings import EUROS, charge
from tests.testing.calls import PART, at_the_same_time

# --- money ----------------------------------------------------------------------------------------


def test_a_payment_waits_for_its_payer() -> None:
    """The usual way: the payer is sent somewhere, the money is reserved there, and taken later."""
    gateway = FakeGateway()

    asked = gateway.authorise(charge())
    assert (asked.state, gateway.charged("h1")) == (PaymentState.PENDING, 0)
    assert asked.action is not None
    gateway.pay("h1")
    assert gateway.reserved("h1")
    taken = gateway.capture(asked.reference, EUROS, "c")

    assert taken.state is PaymentState.CAPTURED
    assert taken.action is None
    assert (gateway.charged("h1"), gateway.moves("h1")) == (5000, (1, 0))
    assert not gateway.reserved("h1")


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
    assert gateway.charged("h1") == charged


def test_a_gateway_that_cannot_reserve_takes_the_money_when_the_payer_pays() -> None:
    """It joins after capture (M1); capturing once more takes nothing more."""
    gateway = FakeGateway(captures=True)
    reference = gateway.authorise(charge()).reference
    gateway.pay("h1")

    assert gateway.charged("h1") == 5000
    assert gateway.capture(reference, EUROS, "c").state is PaymentState.CAPTURED
    assert gateway.moves("h1") == (1, 0)


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
    assert (gateway.returned("h1"), gateway.net("h1"), gateway.moves("h1")) == (2000, 3000, (1, 1))
    with pytest.raises(ValueError, match="more would go back"):
        gateway.refund(reference, EUROS, "r2")
    with pytest.raises(ValueError, match="more would go back"):
        gateway.refund(reference, Money(1, "USD"), "r3")
    assert gateway.net("h1") == 3000


@pytest.mark.parametrize("money", [Money(5001, "EUR"), Money(5000, "USD")])
def test_no_more_is_taken_than_was_reserved(money: Money) -> None:
    """Real gateways refuse it, so a host that tries must hear of it in its tests."""
    gateway = FakeGateway(at_once=True)
    reference = gateway.authorise(charge()).reference

    with pytest.raises(ValueError, match="is reserved"):
        gateway.capture(reference, money, "c")
    assert gateway.charged("h1") == 0


@pytest.mark.parametrize("pays", [True, False])
def test_letting_go_ends_a_payment_before_any_money_moves(pays: bool) -> None:
    """Also one whose payer has not acted: who comes later pays nothing."""
    gateway = FakeGateway()
    reference = gateway.authorise(charge()).reference
    if pays:
        gateway.pay("h1")

    assert gateway.void(reference, "v").state is PaymentState.VOIDED
    gateway.pay("h1")
    assert gateway.capture(reference, EUROS, "c").state is PaymentState.VOIDED
    assert (gateway.moves("h1"), gateway.reserved("h1")) == ((0, 0), False)


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

    assert gateway.interpret(gateway.refuse("h1")).state is PaymentState.DECLINED
    assert gateway.interpret(gateway.pay("h1")).state is PaymentState.AUTHORISED


def test_who_has_paid_cannot_refuse_any_more_and_pays_only_once() -> None:
    """DECLINED promises that no money has moved; the ledger must not contradict the news."""
    gateway = FakeGateway(captures=True)
    gateway.authorise(charge())
    gateway.pay("h1")

    assert gateway.interpret(gateway.refuse("h1")).state is PaymentState.CAPTURED
    news = gateway.interpret(gateway.pay("h1", PART))
    assert (news.money, gateway.charged("h1"), gateway.moves("h1")) == (EUROS, 5000, (1, 0))


@pytest.mark.parametrize("captures", [True, False])
def test_an_authorisation_can_be_declined(captures: bool) -> None:
    """Whatever the gateway would have done else: nothing is reserved and nothing moves."""
    gateway = FakeGateway(at_once=True, captures=captures)
    gateway.declining.add("authorise")

    assert gateway.authorise(charge()).state is PaymentState.DECLINED
    assert (gateway.moves("h1"), gateway.reserved("h1")) == ((0, 0), False)


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

    assert gateway.interpret(gateway.pay(reference)).hold == "h1"


# --- keys -----------------------------------------------------------------------------------------


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
    assert gateway.moves("h1") == (1, 1)
    assert len(gateway.notices) == told


def test_the_recorded_answer_stays_though_the_payment_went_on() -> None:
    """So do strict gateways: what has happened since comes as a notification."""
    gateway = FakeGateway()
    first = gateway.authorise(charge())
    gateway.pay("h1")

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
    assert (gateway.moves("h1"), gateway.moves("other")) == ((1, 0), (0, 0))


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("method", ["authorise", "capture", "void", "refund"])
def test_whatever_goes_wrong_repeating_under_the_key_acts_once(method: str, fault: Fault) -> None:
    """The promise on which the whole of M2 rests, for each method and each fault."""
    gateway = FakeGateway(at_once=True)
    steps: dict[str, Callable[[], Any]] = {
        "authorise": lambda: gateway.authorise(charge()),
        "capture": lambda: gateway.capture("pay-h1-1", EUROS, "c"),
        "refund": lambda: gateway.refund("pay-h1-1", EUROS, "r"),
        "void": lambda: gateway.void("pay-h1-1", "v"),
    }
    gateway.faults.plan(method, fault)

    for name in ("authorise", *({"void": ["void"]}.get(method, ["capture", "refund"]))):
        try:
            steps[name]()
        except (ConnectionError, TimeoutError):
            assert name == method
            steps[name]()

    expected = (0, 0) if method == "void" else (1, 1)
    assert gateway.moves("h1") == expected
    assert gateway.net("h1") == 0
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


# --- notifications --------------------------------------------------------------------------------


def test_whatever_happens_makes_a_notification() -> None:
    """A host can follow a payment by its notifications alone."""
    gateway = FakeGateway()
    reference = gateway.authorise(charge()).reference
    gateway.pay("h1")
    gateway.capture(reference, EUROS, "c")
    gateway.refund(reference, EUROS, "r")

    news = [gateway.interpret(each) for each in gateway.notices]
    assert [each.state.value for each in news] == ["pending", "authorised", "captured", "refunded"]
    assert {(each.hold, each.reference, each.money) for each in news} == {("h1", reference, EUROS)}


def test_a_notification_keeps_its_id_and_no_other_has_it() -> None:
    """By its id a repetition is told (M4), also when the test has taken the former ones away."""
    gateway = FakeGateway()
    gateway.authorise(charge())
    first = gateway.notices.pop()
    gateway.pay("h1")
    second = gateway.notices.pop()

    assert gateway.interpret(first).id == gateway.interpret(first).id
    assert gateway.interpret(first).id != gateway.interpret(second).id


def test_a_payment_of_another_amount_is_told_as_it_was_paid() -> None:
    """The library has to find out by itself that this is not what it asked for (M3)."""
    gateway = FakeGateway(captures=True)
    gateway.authorise(charge())

    assert gateway.interpret(gateway.pay("h1", PART)).money == PART
    assert gateway.charged("h1") == 2000


def test_a_payment_in_another_currency_is_told_as_it_was_paid() -> None:
    """Five thousand yen are not fifty euros (M3)."""
    gateway = FakeGateway(captures=True)
    gateway.authorise(charge())

    assert gateway.interpret(gateway.pay("h1", Money(5000, "JPY"))).money == Money(5000, "JPY")


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


@pytest.mark.parametrize("act", ["pay", "refuse"])
def test_a_payment_that_nobody_has_begun_says_so(act: str) -> None:
    """A test that forgets a step is told which."""
    with pytest.raises(ValueError, match="nobody has begun to pay for 'h1': begin the payment"):
        getattr(FakeGateway(), act)("h1")
