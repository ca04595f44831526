"""What an attempt to book against payment needs next, and how three attempts went (M1, M2).

Lives here: the table `holds.MOVES` as a picture, and three ways through it.
Must not live here: any step; the ways are those of bookings that are made here, with fakes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from collective_booking import BookingService, HoldState, PaymentState
from collective_booking.adapters.memory import MemoryStore
from collective_booking.drafts import Draft, Outcome
from collective_booking.holds import MOVES, Move
from collective_booking.slots import Admission
from collective_booking.testing import FakeClock, FakeGateway, FakeProvider
from collective_booking.testing.samples import EUROS, HOST, KIM, LOU, NOW, at, calendar
from docs.pictures.paper import MARGIN, WIDTH, Paper

Step = tuple[HoldState, PaymentState]

_COLUMNS: Final[Mapping[HoldState, tuple[str, str]]] = {
    HoldState.HELD: ("the time is kept", "until it expires"),
    HoldState.SETTLING: ("the time is the", "booker's for good"),
    HoldState.UNWINDING: ("the time is free", "for others again"),
}
_ROWS: Final[Mapping[PaymentState, str]] = {
    PaymentState.AUTHORISING: "to be reserved",
    PaymentState.PENDING: "the payer has to act",
    PaymentState.AUTHORISED: "money is reserved",
    PaymentState.CAPTURING: "to be taken",
    PaymentState.CAPTURED: "money has moved",
    PaymentState.VOIDING: "to be let go of",
    PaymentState.VOIDED: "reserved no more",
    PaymentState.REFUNDING: "to be given back",
    PaymentState.REFUNDED: "money is back",
    PaymentState.DECLINED: "no money moves",
}
_ENDS: Final[Mapping[HoldState, tuple[str, str]]] = {
    HoldState.BOOKED: ("an appointment,", "paid for"),
    HoldState.RELEASED: ("no appointment,", "nothing paid"),
    HoldState.REFUNDED: ("no appointment,", "money is back"),
}
_MOVES: Final[Mapping[Move, tuple[str, str]]] = {
    Move.WAIT: ("faint", "for the payer; once it is too late to pay, unwind"),
    Move.CALL: ("blue", "the gateway, for what is to be done: again, until it has answered"),
    Move.CLAIM: ("mint", "the time for good; if others have it by now, unwind"),
    Move.CAPTURE: ("mint", "the money: write down that it is to be taken"),
    Move.BOOK: ("mint", "the appointment; this is an end"),
    Move.UNWIND: ("sand", "free the time, and write down that the money is to go back"),
    Move.RELEASE: ("sand", "the hold; this is an end"),
    Move.REFUND: ("sand", "is done; this is an end"),
}
"""Each move's colour, and its name read on to a sentence."""

_LEFT, _TOP, _WIDE, _TALL = 146.0, 146.0, 106.0, 48.0
_END_TOP: Final = _TOP + len(_ROWS) * _TALL + 12
_BADGE: Final = 27


class Way(NamedTuple):
    """How one attempt went; its stops are called by its *letter*, and numbered."""

    letter: str
    words: str
    colour: str
    steps: Sequence[Step]


class _Watched(MemoryStore):
    """A store that remembers where its holds and their payments stood."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: dict[str, list[Step]] = {}

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        answer = super().commit(draft, admit)
        if draft.hold is not None and draft.hold.payment is not None:
            step = draft.hold.state, draft.hold.payment.state
            self.steps.setdefault(draft.hold.id, []).append(step)
        return answer


def paid_in_time() -> list[Step]:
    """The way of a booker who pays while the hold is live.

    >>> [f"{hold}/{payment}" for hold, payment in paid_in_time()][-1]
    'booked/captured'
    """
    return _way(FakeGateway(), lapses=False)


def paid_too_late(*, captures: bool = False) -> list[Step]:
    """The way of a booker who pays once the hold has lapsed and somebody else has the time.

    >>> [f"{hold}/{payment}" for hold, payment in paid_too_late()][-1]
    'released/voided'
    >>> [f"{hold}/{payment}" for hold, payment in paid_too_late(captures=True)][-1]
    'refunded/refunded'
    """
    return _way(FakeGateway(captures=captures), lapses=True)


def _way(gateway: FakeGateway, *, lapses: bool) -> list[Step]:
    """Where a hold and its payment stood, from step to step."""
    store, clock = _Watched(), FakeClock(NOW)
    service = BookingService(
        store,
        secret=b"a secret of this picture alone",
        host=HOST,
        provider=FakeProvider(),
        gateway=gateway,
        clock=clock,
    )
    service.save_calendar(calendar(price=EUROS))
    held = service.hold("sales-call", at("10:00"), KIM)
    service.begin_payment(held.token)
    if lapses:
        clock.set(held.hold.expires)
        service.hold("sales-call", at("10:00"), LOU)
    service.payment_happened(gateway.pay(held.hold.id))
    return store.steps[held.hold.id]


def draw() -> str:
    """The table, its ends, and where the three ways stop; no line has to cross a word."""
    ways = (
        Way("A", "paid in time", "green", paid_in_time()),
        Way("B", "paid too late, when somebody else has the time", "amber", paid_too_late()),
        Way(
            "C",
            "the same, where money is taken at once",
            "slate",
            paid_too_late(captures=True),
        ),
    )
    paper = Paper("payment", "What an attempt to pay needs next", _told(ways), WIDTH, 1126)
    paper.text(MARGIN, 36, "What an attempt to pay needs next", size=20, bold=True)
    paper.text(MARGIN, 58, "Find its hold above and its payment on the left:", "quiet")
    paper.text(MARGIN, 75, "where they meet stands what is done next.", "quiet")
    _table(paper)
    below = _ends(paper)
    for way in ways:
        _stops(paper, way)
    below = _attempts(paper, ways, below + 30)
    _legend(paper, below + 14)
    return paper.svg()


def _told(ways: Sequence[Way]) -> str:
    table = (
        f"Hold {hold}, payment {payment}: {move}."
        for (hold, payment), move in MOVES.items()
        if hold in _COLUMNS
    )
    walked = (
        f"{way.words.capitalize()}: "
        + ", ".join(f"{hold} with payment {payment}" for hold, payment in way.steps)
        + "."
        for way in ways
    )
    return " ".join([*walked, *table])


def _table(paper: Paper) -> None:
    for hold, words in _COLUMNS.items():
        x = _across(hold)
        paper.text(x + 4, _TOP - 42, hold, size=13, bold=True)
        for line, part in enumerate(words):
            paper.text(x + 4, _TOP - 25 + 15 * line, part, "quiet", size=11)
    for payment, meaning in _ROWS.items():
        y = _down(payment)
        paper.text(MARGIN, y + 21, payment, size=13, bold=True)
        paper.text(MARGIN, y + 37, meaning, "quiet", size=12)
        for hold in _COLUMNS:
            move = MOVES[hold, payment]
            colour, _ = _MOVES[move]
            paper.rect(_across(hold) + 2, y + 2, _WIDE - 4, _TALL - 4, colour, round_by=5)
            paper.text(_across(hold) + 9, y + 20, move, size=13)


def _ends(paper: Paper) -> float:
    """How an attempt can end, below the table; where that ends."""
    top = _END_TOP
    paper.text(MARGIN, top + 23, "the end", size=13, bold=True)
    for x, (hold, words) in zip(map(_across, _COLUMNS), _ENDS.items(), strict=True):
        paper.rect(x + 2, top, _WIDE - 4, 78, "paper", stroke="quiet", round_by=14)
        paper.text(x + 10, top + 22, hold, size=13, bold=True)
        for line, part in enumerate(words):
            paper.text(x + 10, top + 38 + 14 * line, part, "quiet", size=11)
    return top + 78


def _attempts(paper: Paper, ways: Sequence[Way], y: float) -> float:
    paper.text(MARGIN, y, "Three attempts that were made: follow the numbers", bold=True)
    for way in ways:
        y += 24
        _badge(paper, MARGIN, y - 12, way, 1)
        paper.text(MARGIN + _BADGE + 8, y, f"to {way.letter}{len(way.steps)}", size=13)
        paper.text(MARGIN + _BADGE + 56, y, way.words, "quiet", size=13)
    return y + 20


def _legend(paper: Paper, y: float) -> None:
    """What each word in the table means."""
    paper.text(MARGIN, y, "What is done next", bold=True)
    y += 22
    for move, (colour, meaning) in _MOVES.items():
        paper.rect(MARGIN, y - 13, 66, 18, colour, round_by=4)
        paper.text(MARGIN + 7, y, move, size=13)
        y = paper.prose(MARGIN + 76, y, meaning, "quiet", right=WIDTH - MARGIN) + 7


def _across(hold: HoldState) -> float:
    return _LEFT + list(_COLUMNS).index(hold) * _WIDE


def _down(payment: PaymentState) -> float:
    return _TOP + list(_ROWS).index(payment) * _TALL


def _stops(paper: Paper, way: Way) -> None:
    """A badge wherever the attempt came by; each attempt has a place of its own in a cell."""
    place = "ABC".index(way.letter)
    for number, (hold, payment) in enumerate(way.steps, start=1):
        if hold in _ENDS:
            x, y = _across(list(_COLUMNS)[list(_ENDS).index(hold)]), _END_TOP + 57
        else:
            x, y = _across(hold), _down(payment) + 26
        _badge(paper, x + 8 + place * (_BADGE + 2), y, way, number)


def _badge(paper: Paper, x: float, y: float, way: Way, number: int) -> None:
    paper.rect(x, y, _BADGE, 16, way.colour, round_by=8)
    words = f"{way.letter}{number}"
    paper.text(x + _BADGE / 2, y + 12, words, "paper", size=12, anchor="middle", bold=True)
