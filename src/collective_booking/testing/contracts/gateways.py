"""What a payment gateway owes.

Lives here: `PaymentGatewayContract`.
Must not live here: any payment service.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from collective_booking.errors import ForeignNotificationError, ForgedNotificationError
from collective_booking.money import Money
from collective_booking.payments import Notice, PaymentAnswer, PaymentNews, PaymentState
from collective_booking.testing import samples
from collective_booking.testing.contracts.calling import Contract, answers
from collective_booking.testing.samples import EUROS

_PART: Final = Money(2000, "EUR")
_NEXT_DIGIT: Final = bytes.maketrans(b"0123456789", b"1234567890")
_NEXT_SIGN: Final = str.maketrans("0123456789", "1234567890")


class PaymentGatewayContract(Contract):
    """Subclass this in your tests of a `PaymentGateway`, and say how it is made.

    `payer_acts` is False where `authorise` alone reserves the money, as of a stored card.
    `reserves` is False of a gateway that takes the money where others reserve it. `tells_of_others`
    is True where the payment service also tells of payments that the gateway has not begun, as of a
    shop with the same account; then say what `foreign_notice` is. That a DECLINED payment stays so,
    and that another amount than was asked is told, are duties too, which this contract cannot see:
    no two payment services let a payer do either in the same way.

    >>> from collective_booking.testing import FakeGateway
    >>> class TestFakeGateway(PaymentGatewayContract):
    ...     def make_gateway(self):
    ...         return FakeGateway()
    ...
    ...     def pay(self, gateway, reference):
    ...         return gateway.pay(reference)
    ...
    ...     def kept(self, gateway, reference):
    ...         return gateway.net(reference)
    >>> TestFakeGateway().test_what_is_captured_is_taken()
    """

    payer_acts: bool = True
    reserves: bool = True
    tells_of_others: bool = False

    # --- what the host says ---------------------------------------------------------------------

    def make_gateway(self) -> Any:
        """A gateway that knows of no payment yet."""
        raise NotImplementedError("say in your class how your gateway is made: write make_gateway")

    def pay(self, gateway: Any, reference: str) -> Notice:
        """Let the payer of the payment *reference* pay; the notification of it as it comes in.

        Where no payer acts, the notification that it is reserved, or taken. Of its headers, give
        those alone that make it genuine.
        """
        raise NotImplementedError("say in your class how a payer pays: write pay")

    def kept(self, gateway: Any, reference: str) -> int:
        """What was taken under *reference* and not given back, in minor units.

        Seen by another way than the gateway, and not what is only reserved.
        """
        raise NotImplementedError("say in your class how to see what was taken: write kept")

    def foreign_notice(self, gateway: Any) -> Notice:
        """A genuine notification about what this gateway has not begun; see `tells_of_others`."""
        raise NotImplementedError(
            "say in your class how another's payment is told: write foreign_notice"
        )

    # --- authorising ----------------------------------------------------------------------------

    def test_a_payment_begins(self) -> None:
        """PENDING with an action where the payer must act, else it is reserved, or taken."""
        gateway = self.make_gateway()
        begun = self.authorise(gateway)

        assert begun.state is (PaymentState.PENDING if self.payer_acts else self.paid)
        assert begun.reference
        assert begun.money == EUROS
        assert (begun.action is not None) is self.payer_acts
        assert self.kept(gateway, begun.reference) == (0 if self.payer_acts else self.taken)

    def test_authorising_again_begins_no_second_payment(self) -> None:
        """Again until it has answered: under one key it acts once (M4)."""
        gateway = self.make_gateway()
        first = self.authorise(gateway)

        assert self.authorise(gateway) == first

    def test_authorising_again_after_the_payer_has_paid_takes_nothing_more(self) -> None:
        """The answer is the first one, or where it stands now; never another payment."""
        gateway = self.make_gateway()
        first = self.authorise(gateway)
        self.pay(gateway, first.reference)
        again = self.authorise(gateway)

        assert again.reference == first.reference
        assert again.state in {first.state, self.paid}
        assert self.kept(gateway, first.reference) == self.taken

    def test_each_hold_is_paid_for_by_itself(self) -> None:
        """What is taken for one leaves the other alone."""
        gateway = self.make_gateway()
        one, other = self.authorise(gateway, "h1"), self.authorise(gateway, "h2")
        self.pay(gateway, one.reference)
        self.capture(gateway, one.reference)

        assert one.reference != other.reference
        expected = 0 if self.payer_acts else self.taken
        assert self.kept(gateway, other.reference) == expected

    # --- capturing ------------------------------------------------------------------------------

    def test_what_is_reserved_has_not_moved(self) -> None:
        """The payer has paid, and the time is not theirs yet: the money only waits."""
        gateway = self.make_gateway()
        reference = self.reserve(gateway)

        assert self.kept(gateway, reference) == self.taken

    def test_what_is_captured_is_taken(self) -> None:
        """It answers CAPTURED and how much it was, and all of it has moved."""
        gateway = self.make_gateway()
        reference = self.reserve(gateway)
        answer = self.capture(gateway, reference)

        assert (answer.state, answer.reference) == (PaymentState.CAPTURED, reference)
        assert answer.money == EUROS
        assert self.kept(gateway, reference) == EUROS.amount

    def test_capturing_again_takes_nothing_more(self) -> None:
        """The same call is made again until it answers: it acts once, and says the same (M2)."""
        gateway = self.make_gateway()
        reference = self.reserve(gateway)
        first = self.capture(gateway, reference)

        assert self.capture(gateway, reference) == first
        assert self.kept(gateway, reference) == EUROS.amount

    def test_threads_with_one_key_take_the_money_once(self) -> None:
        """Two machines that resume one attempt at the same time are the usual case."""
        gateway = self.make_gateway()
        reference = self.reserve(gateway)
        told = answers(self.at_once([lambda: self.capture(gateway, reference)] * 8))

        assert {each.state for each in told} == {PaymentState.CAPTURED}
        assert self.kept(gateway, reference) == EUROS.amount

    # --- letting go -----------------------------------------------------------------------------

    def test_what_is_reserved_can_be_let_go(self) -> None:
        """VOIDED promises that no money moves; what was taken at once is told as CAPTURED."""
        gateway = self.make_gateway()
        reference = self.reserve(gateway)
        answer = self.void(gateway, reference)

        assert answer.state is (PaymentState.VOIDED if self.reserves else PaymentState.CAPTURED)
        assert self.kept(gateway, reference) == self.taken

    def test_who_pays_after_it_was_let_go_pays_nothing(self) -> None:
        """Also called for a payment whose payer has not acted: no more is taken for it."""
        gateway = self.make_gateway()
        reference = self.authorise(gateway).reference
        answer = self.void(gateway, reference)
        late = self._paid_late(gateway, reference)

        taken = not self.payer_acts and not self.reserves
        assert answer.state is (PaymentState.CAPTURED if taken else PaymentState.VOIDED)
        assert late in {None, answer.state}
        assert self.kept(gateway, reference) == (EUROS.amount if taken else 0)

    def test_letting_go_again_says_the_same(self) -> None:
        """Under one key it acts once."""
        gateway = self.make_gateway()
        reference = self.reserve(gateway)

        assert self.void(gateway, reference) == self.void(gateway, reference)

    def test_what_was_taken_cannot_be_let_go(self) -> None:
        """It answers CAPTURED, so that the money is refunded: VOIDED would keep it in silence."""
        gateway = self.make_gateway()
        reference = self.reserve(gateway)
        self.capture(gateway, reference)
        answer = self.void(gateway, reference)

        assert (answer.state, answer.money) == (PaymentState.CAPTURED, EUROS)
        assert self.kept(gateway, reference) == EUROS.amount

    # --- giving back ----------------------------------------------------------------------------

    def test_what_was_taken_can_be_given_back(self) -> None:
        """All of it goes back."""
        gateway = self.make_gateway()
        reference = self.taken_under(gateway)
        answer = self.refund(gateway, reference, EUROS)

        assert (answer.state, answer.reference) == (PaymentState.REFUNDED, reference)
        assert self.kept(gateway, reference) == 0

    def test_a_part_can_be_given_back(self) -> None:
        """The host states how much: neither all of it goes back, nor nothing (M5)."""
        gateway = self.make_gateway()
        reference = self.taken_under(gateway)
        answer = self.refund(gateway, reference, _PART)

        assert answer.state is PaymentState.REFUNDED
        assert self.kept(gateway, reference) == EUROS.amount - _PART.amount

    def test_giving_back_again_gives_nothing_more(self) -> None:
        """Under one key it acts once; of a part, a second one could be taken by mistake."""
        gateway = self.make_gateway()
        reference = self.taken_under(gateway)
        first = self.refund(gateway, reference, _PART)

        assert self.refund(gateway, reference, _PART) == first
        assert self.kept(gateway, reference) == EUROS.amount - _PART.amount

    # --- notifications --------------------------------------------------------------------------

    def test_a_genuine_notification_tells_of_the_payment(self) -> None:
        """Which payment of which hold, its state, and how much."""
        gateway = self.make_gateway()
        begun = self.authorise(gateway)
        news = self.interpret(gateway, self.pay(gateway, begun.reference))

        assert (news.hold, news.reference) == ("h1", begun.reference)
        assert (news.state, news.money) == (self.paid, EUROS)

    def test_a_repeated_notification_is_known_by_its_id(self) -> None:
        """Called as often as it comes in: the same notification says the same (M4)."""
        gateway = self.make_gateway()
        notice = self.pay(gateway, self.authorise(gateway).reference)

        assert self.interpret(gateway, notice) == self.interpret(gateway, notice)

    def test_other_notifications_have_other_ids(self) -> None:
        """Of two with one id, the second would be thrown away as a repetition."""
        gateway = self.make_gateway()
        notices = [
            self.pay(gateway, self.authorise(gateway, hold).reference) for hold in ("h1", "h2")
        ]

        assert len({self.interpret(gateway, each).id for each in notices}) == 2

    def test_a_late_notification_is_genuine_still(self) -> None:
        """What has happened since is for the library to weigh, not a forgery."""
        gateway = self.make_gateway()
        begun = self.authorise(gateway)
        notice = self.pay(gateway, begun.reference)
        self.capture(gateway, begun.reference)
        self.refund(gateway, begun.reference, EUROS)

        try:
            news = self.interpret(gateway, notice)
        except ForgedNotificationError as refused:
            raise AssertionError("it is late, and not forged") from refused
        assert news.reference == begun.reference

    def test_what_is_not_genuine_is_refused(self) -> None:
        """Anybody can write to a webhook."""
        gateway = self.make_gateway()
        notice = self.pay(gateway, self.authorise(gateway).reference)

        for forged in forgeries(notice):
            try:
                news = self.interpret(gateway, forged)
            except ForgedNotificationError:
                continue
            raise AssertionError(f"{forged} was taken for genuine: {news}")

    def test_what_others_are_paid_is_no_forgery(self) -> None:
        """Whoever is answered with an error sends it again, and gives the webhook up in the end."""
        if not self.tells_of_others:
            return
        gateway = self.make_gateway()
        notice = self.foreign_notice(gateway)

        try:
            news = self.interpret(gateway, notice)
        except ForeignNotificationError:
            return
        except ForgedNotificationError as refused:
            raise AssertionError("it is genuine, and not for us") from refused
        raise AssertionError(f"it was taken for a payment of ours: {news}")

    # --- the states to expect -------------------------------------------------------------------

    @property
    def paid(self) -> PaymentState:
        """What a payment is once its payer has paid."""
        return PaymentState.AUTHORISED if self.reserves else PaymentState.CAPTURED

    @property
    def taken(self) -> int:
        """How much has moved then, in minor units."""
        return 0 if self.reserves else EUROS.amount

    # --- calling --------------------------------------------------------------------------------

    def authorise(self, gateway: Any, hold: str = "h1") -> PaymentAnswer:
        """Begin the payment of *hold*, under its key."""
        return self._answer(gateway.authorise, samples.charge(hold))

    def reserve(self, gateway: Any) -> str:
        """Begin a payment and let its payer pay; its reference."""
        reference = self.authorise(gateway).reference
        self.pay(gateway, reference)
        return reference

    def taken_under(self, gateway: Any) -> str:
        """A payment that was paid and captured; its reference."""
        reference = self.reserve(gateway)
        self.capture(gateway, reference)
        return reference

    def capture(self, gateway: Any, reference: str) -> PaymentAnswer:
        """Take what is reserved under *reference*, under one key."""
        return self._answer(gateway.capture, reference, EUROS, f"{reference}/capturing")

    def void(self, gateway: Any, reference: str) -> PaymentAnswer:
        """Let it go, under one key."""
        return self._answer(gateway.void, reference, f"{reference}/voiding")

    def refund(self, gateway: Any, reference: str, money: Money) -> PaymentAnswer:
        """Give *money* of it back, under one key."""
        return self._answer(gateway.refund, reference, money, f"{reference}/refunding")

    def interpret(self, gateway: Any, notice: Notice) -> PaymentNews:
        """What *notice* says."""
        news: PaymentNews = self.call(gateway.interpret, notice)
        return news

    def _paid_late(self, gateway: Any, reference: str) -> PaymentState | None:
        """What paying comes to that was let go; None where the payment page refuses."""
        try:
            notice = self.pay(gateway, reference)
        except Exception:  # noqa: BLE001  # each service refuses in its own words
            return None
        return self.interpret(gateway, notice).state

    def _answer(self, method: Any, /, *args: Any) -> PaymentAnswer:
        answer: PaymentAnswer = self.call(method, *args)
        return answer


def forgeries(notice: Notice) -> Iterator[Notice]:
    """What somebody might make of a genuine *notice*."""
    yield replace(notice, body=notice.body.translate(_NEXT_DIGIT))
    yield replace(notice, body=b"")
    signed = {name: value.translate(_NEXT_SIGN) for name, value in notice.headers.items()}
    if signed != notice.headers:
        yield replace(notice, headers=signed)
        yield Notice(body=notice.body)
