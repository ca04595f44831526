"""The way of a booking through the ports, as a real one went.

Lives here: a booking that is paid for, made with fakes that are listened to, and its picture.
Must not live here: what a command calls, and when; that is what was heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from collective_booking import BookingService
from collective_booking.adapters.memory import MemoryStore
from collective_booking.drafts import Draft
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider
from collective_booking.testing.samples import EUROS, HOST, KIM, MONDAY, NOW, at, calendar
from docs.pictures.paper import MARGIN, WIDTH, Paper

_LANES: Final = {"store": 274.0, "provider": 327.0, "gateway": 384.0, "notifier": 438.0}
_TOP, _ROW, _GAP = 142, 24, 14

_READ_AGAIN: Final = {"hold", "appointment", "outcome", "unfinished", "forget"}
"""Where a command reads what the store has of it; left out, for they decide nothing."""


_PLAIN: Final = {
    "calendar": "the calendar",
    "taken": "what is booked or held",
    "interpret": "what has been paid",
    "take_effects": "the messages that are due",
    "attempted": "that it is delivered",
}
"""In words of everyday what else is called; the name of a method says it to those who know it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a port: whose, what it is about in a few words, and whether it is a commit."""

    lane: str
    words: str
    commits: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One call of the application: its name, what was called because of it, what it answered."""

    name: str
    calls: tuple[Call, ...]
    answer: str


class _Heard:
    """A port that writes down what it is asked."""

    def __init__(self, lane: str, port: object, heard: list[Call]) -> None:
        self._lane, self._port, self._heard = lane, port, heard

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, name)

    def _call(self, name: str, *arguments: Any) -> Any:
        answer = getattr(self._port, name)(*arguments)
        if name not in _READ_AGAIN and answer != ():
            self._heard.append(Call(self._lane, _words(name, arguments), name == "commit"))
        return answer


def _words(name: str, arguments: tuple[Any, ...]) -> str:
    """What a call is about, in a few words."""
    match name, arguments:
        case "commit", (Draft() as draft, *_):
            return ", ".join(_written(draft))
        case "availability", (members, _):
            return f"availability of {', '.join(member.id for member in members)}"
        case "authorise", (charge,):
            return f"authorise {charge.money}"
        case "capture", (_, money, _):
            return f"capture {money}"
        case "send", (message,):
            return f"send to the {message.audience}"
        case "put", (copy,):
            return f"put the copy of {copy.member.id}"
        case _:
            return _PLAIN.get(name, name)


def _written(draft: Draft) -> Iterable[str]:
    if draft.appointment is not None:
        yield f"appointment {draft.appointment.status}"
    elif draft.hold is not None:
        yield f"hold {draft.hold.state}"
        if draft.hold.payment is not None:
            yield f"payment {draft.hold.payment.state}"
    if draft.effects:
        yield f"{len(draft.effects)} messages"


def commands() -> tuple[Command, ...]:
    """A booking from the offer to everybody's calendar, command by command.

    >>> [command.name for command in commands()]
    ['offers', 'hold', 'begin_payment', 'payment_happened', 'deliver']
    """
    heard: list[Call] = []
    gateway = FakeGateway()
    service = BookingService(
        _Heard("store", MemoryStore(), heard),
        secret=b"a secret of this picture alone",
        host=HOST,
        provider=_Heard("provider", FakeProvider(), heard),
        notifier=_Heard("notifier", FakeNotifier(), heard),
        gateway=_Heard("gateway", gateway, heard),
        clock=FakeClock(NOW),
    )
    service.save_calendar(calendar(price=EUROS))
    made: list[Command] = []

    def told(name: str, command: Callable[[], Any], words: Callable[[Any], str]) -> Any:
        heard.clear()
        answer = command()
        made.append(Command(name, tuple(heard), words(answer)))
        return answer

    told(
        "offers",
        lambda: service.offers("sales-call", MONDAY),
        lambda slots: f"{len(slots)} slots",
    )
    held = told(
        "hold",
        lambda: service.hold("sales-call", at("10:00"), KIM),
        lambda held: f"a token, until {held.hold.expires:%H:%M}",
    )
    told(
        "begin_payment",
        lambda: service.begin_payment(held.token),
        lambda _: "a link for the payer",
    )
    told(
        "payment_happened",
        lambda: service.payment_happened(gateway.pay(held.hold.id)),
        lambda attempt: f"{attempt.outcome}",
    )
    told(
        "deliver",
        service.deliver,
        lambda delivery: f"{len(delivery.delivered)} delivered",
    )
    return tuple(made)


def draw() -> str:
    """Each port has a lane, with a mark where it is asked; time runs downwards."""
    made = commands()
    rows = sum(len(command.calls) + 2 for command in made)
    height = _TOP + rows * _ROW + len(made) * _GAP + 6
    paper = Paper("booking", "The way of a booking", _told(made), WIDTH, height)
    paper.text(MARGIN, 36, "The way of a booking", size=20, bold=True)
    paper.text(MARGIN, 58, "What your application calls, what it asks of which", "quiet")
    paper.text(MARGIN, 75, "port, and what comes back; as it was recorded.", "quiet")
    _mark(paper, MARGIN + 6, 93, commits=True)
    paper.text(MARGIN + 18, 97, "commits to the store", "quiet", size=12)
    _mark(paper, MARGIN + 166, 93, commits=False)
    paper.text(MARGIN + 178, 97, "asks, or tells", "quiet", size=12)
    for lane, x in _LANES.items():
        paper.text(x, _TOP - 16, lane, size=11, anchor="middle", bold=True)
    y = float(_TOP)
    for command in made:
        y = _command(paper, command, y)
    return paper.svg()


def _told(made: Iterable[Command]) -> str:
    return " ".join(
        f"{command.name}: {'; '.join(map(_spoken, command.calls))}; answers {command.answer}."
        for command in made
    )


def _spoken(call: Call) -> str:
    return f"{call.lane}: {'commit ' * call.commits}{call.words}"


def _command(paper: Paper, command: Command, top: float) -> float:
    """One command from *top* down; where the next one begins."""
    bottom = top + (len(command.calls) + 2) * _ROW
    paper.rect(MARGIN, top, WIDTH - 2 * MARGIN, bottom - top, "faint", round_by=6)
    paper.text(MARGIN + 10, top + 17, f"{command.name}()", size=13, bold=True)
    for x in _LANES.values():
        paper.path(f"M{x:g} {top + _ROW:g}V{bottom - _ROW:g}", "quiet", width=1, opacity=0.35)
    y = top + _ROW
    for call in command.calls:
        _mark(paper, _LANES[call.lane], y + _ROW / 2, commits=call.commits)
        paper.text(MARGIN + 18, y + 16, call.words, size=12)
        y += _ROW
    paper.text(MARGIN + 10, y + 16, f"answers {command.answer}", "quiet", size=12)
    return bottom + _GAP


def _mark(paper: Paper, x: float, y: float, *, commits: bool) -> None:
    """Told apart without colour too: a commit is square."""
    if commits:
        paper.rect(x - 6, y - 6, 12, 12, "green", round_by=2)
    else:
        paper.dot(x, y, 5, "slate")
