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
from docs.pictures.paper import Paper

_APPLICATION, _SERVICE = "your application", "service"
_LANES: Final = {
    _APPLICATION: 84.0,
    _SERVICE: 262.0,
    "store": 512.0,
    "provider": 628.0,
    "gateway": 736.0,
    "notifier": 844.0,
}
_WIDTH, _TOP, _ROW, _GAP = 900, 124, 27, 16

_READ_AGAIN: Final = {"hold", "appointment", "outcome", "unfinished", "forget"}
"""Where a command reads what the store has of it; left out, for they decide nothing."""


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
        case "take_effects", _:
            return "take_effects that are due"
        case _:
            return name


def _written(draft: Draft) -> Iterable[str]:
    if draft.appointment is not None:
        yield f"appointment {draft.appointment.status}"
    elif draft.hold is not None:
        yield f"hold {draft.hold.state}"
        if draft.hold.payment is not None:
            yield f"payment {draft.hold.payment.state}"
    if draft.effects:
        yield f"{len(draft.effects)} effects"


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
    """Everybody has a lane; time runs downwards."""
    made = commands()
    rows = sum(len(command.calls) + 2 for command in made)
    height = _TOP + rows * _ROW + len(made) * _GAP + 20
    paper = Paper("booking", "The way of a booking", _told(made), _WIDTH, height)
    paper.text(24, 42, "The way of a booking", size=20, bold=True)
    subtitle = "What each command asks of the ports, as it was recorded; a green arrow is a commit"
    paper.text(24, 64, subtitle, "quiet")
    for lane, x in _LANES.items():
        paper.path(f"M{x:g} {_TOP - 14}V{height - 20}", "quiet", width=1, opacity=0.35)
        paper.text(x, _TOP - 22, lane, size=13, anchor="middle", bold=True)
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
    asked, service = _LANES[_APPLICATION], _LANES[_SERVICE]
    bottom = top + (len(command.calls) + 1) * _ROW
    y = top + _ROW / 2
    paper.rect(service - 4, y, 8, bottom - top, "mint", stroke="green", round_by=2)
    paper.path(f"M{asked:g} {y:g}H{service - 6:g}", "slate", width=1.8, arrow=True)
    paper.text(asked + 10, y - 6, command.name, size=13, bold=True)
    for call in command.calls:
        y += _ROW
        colour, x = "green" if call.commits else "slate", _LANES[call.lane]
        paper.path(f"M{service + 4:g} {y:g}H{x - 2:g}", colour, width=1.5, arrow=True)
        paper.text(service + 12, y - 6, call.words, size=12)
    y += _ROW
    paper.path(f"M{service - 4:g} {y:g}H{asked + 2:g}", "quiet", dashed=True, arrow=True)
    paper.text(asked + 10, y - 6, command.answer, "quiet", size=12)
    return y + _ROW / 2 + _GAP
