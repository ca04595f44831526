"""What an attempt to book against payment needs next, and how three attempts went (M1, M2).

Lives here: the table `holds.MOVES` as a picture, and three ways through it.
Must not live here: any step; the ways are those of bookings that are made here, with fakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from collective_booking import BookingService, HoldState, PaymentState
from collective_booking.adapters.memory import MemoryStore
from collective_booking.drafts import Draft, Outcome
from collective_booking.holds import MOVES, Move
from collective_booking.slots import Admission
from collective_booking.testing import FakeClock, FakeGateway, FakeProvider
from collective_booking.testing.samples import EUROS, HOST, KIM, LOU, NOW, at, calendar
from docs.pictures.paper import Paper

_COLUMNS: Final = tuple(PaymentState)
_ROWS: Final = (HoldState.HELD, HoldState.SETTLING, HoldState.UNWINDING)
_ENDS: Final = (HoldState.BOOKED, HoldState.RELEASED, HoldState.REFUNDED)
_LOOKS: Final = {
    Move.WAIT: "faint",
    Move.CALL: "blue",
    Move.CLAIM: "mint",
    Move.CAPTURE: "mint",
    Move.BOOK: "mint",
    Move.UNWIND: "sand",
    Move.RELEASE: "sand",
    Move.REFUND: "sand",
    Move.REST: "paper",
}

_LEFT, _TOP, _WIDE, _TALL = 104, 118, 77, 86
_BOTTOM: Final = _TOP + len(_ROWS) * _TALL
_ASIDE: Final = 24
"""Lines keep clear of the words, which stand on the left."""
_WIDTH, _HEIGHT = 890, _BOTTOM + 144

Step = tuple[HoldState, PaymentState]


class Way(NamedTuple):
    """How one attempt went, and how far beside the middle of the cells its line runs."""

    words: str
    colour: str
    steps: Sequence[Step]
    beside: float


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
    """The table, its ends, and the three ways through it."""
    ways = (
        Way("paid in time", "green", paid_in_time(), -9),
        Way("paid too late: somebody else has the time", "amber", paid_too_late(), 0),
        Way("too late, and the money has moved", "slate", paid_too_late(captures=True), 9),
    )
    paper = Paper("payment", "What an attempt to pay needs next", _told(ways), _WIDTH, _HEIGHT)
    paper.text(24, 42, "What an attempt to pay needs next", size=20, bold=True)
    paper.text(24, 64, "By where its hold stands, and its payment", "quiet")
    for column, payment in enumerate(_COLUMNS):
        paper.text(_across(column), _TOP - 12, payment, size=11, anchor="middle", bold=True)
    for row, hold in enumerate(_ROWS):
        paper.text(24, _TOP + (row + 0.5) * _TALL + 4, hold, size=13, bold=True)
        for column, payment in enumerate(_COLUMNS):
            _cell(paper, row, column, MOVES.get((hold, payment), Move.REST))
    for hold in _ENDS:
        x, y = _end(hold)
        paper.rect(x - 56, y - 18, 112, 36, "faint", stroke="quiet", round_by=18)
        paper.text(x, y + 5, hold, size=14, anchor="middle", bold=True)
    x = 24.0
    for way in ways:
        _draw_way(paper, way)
        paper.path(f"M{x:g} {_HEIGHT - 34}h28", way.colour, width=3)
        paper.text(x + 36, _HEIGHT - 30, way.words, "quiet", size=12)
        x += 60 + len(way.words) * 6.6
    return paper.svg()


def _told(ways: Sequence[Way]) -> str:
    table = (
        f"Hold {hold}, payment {payment}: {move}."
        for (hold, payment), move in MOVES.items()
        if hold in _ROWS
    )
    walked = (
        f"{way.words.capitalize()}: "
        + ", ".join(f"{hold} with payment {payment}" for hold, payment in way.steps)
        + "."
        for way in ways
    )
    return " ".join([*walked, *table])


def _cell(paper: Paper, row: int, column: int, move: Move) -> None:
    x, y = _LEFT + column * _WIDE, _TOP + row * _TALL
    paper.rect(x + 2, y + 2, _WIDE - 4, _TALL - 4, _LOOKS[move], round_by=5)
    if move is not Move.REST:
        paper.text(x + 8, y + 18, move, size=11)


def _across(column: int) -> float:
    return _LEFT + (column + 0.5) * _WIDE


def _end(hold: HoldState) -> tuple[float, float]:
    """Where an attempt ends: below the column that most often leads there."""
    below = {
        HoldState.BOOKED: PaymentState.CAPTURED,
        HoldState.RELEASED: PaymentState.VOIDED,
        HoldState.REFUNDED: PaymentState.REFUNDED,
    }
    return _across(_COLUMNS.index(below[hold])), _BOTTOM + 58


def _point(step: Step, beside: float) -> tuple[float, float]:
    hold, payment = step
    if hold in _ENDS:
        x, y = _end(hold)
        return x + beside + _ASIDE, y - 20
    x, y = _across(_COLUMNS.index(payment)), _TOP + (_ROWS.index(hold) + 0.5) * _TALL
    return x + beside + _ASIDE, y + 14 + 1.4 * beside


def _draw_way(paper: Paper, way: Way) -> None:
    """From step to step: down where the hold changes, then across."""
    for before, after in pairwise(way.steps):
        (x, y), (to_x, to_y) = _point(before, way.beside), _point(after, way.beside)
        ends = after[0] in _ENDS
        down = f"V{to_y:g}" * (y != to_y)
        across = f"H{to_x:g}" * (x != to_x)  # an arrow points where its last stretch does
        paper.path(f"M{x:g} {y:g}{down}{across}", way.colour, width=2.5, arrow=ends)
    for step in way.steps[:-1]:
        paper.dot(*_point(step, way.beside), 4.5, way.colour)
