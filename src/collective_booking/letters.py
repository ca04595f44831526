"""What happened to an appointment, in words for the person who is told.

Lives here: `Letter`, and `letter_of`, the words that are used where a host brings none of its own.
Must not live here: the e-mail around them, who is told, any clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from collective_booking.appointments import Happening
from collective_booking.checks import MAX_TEXT, Rules, prose, text
from collective_booking.hours import DAYS
from collective_booking.intervals import Interval
from collective_booking.localtime import zone
from collective_booking.messages import Audience, Message
from collective_booking.wording import on_one_line

MAX_LETTER: Final = 1_000_000
"""The most characters of a letter: more than any mailbox wants to have."""

HEADLINES: Final[Mapping[Happening, str]] = {
    Happening.REQUESTED: "Requested",
    Happening.BOOKED: "Booked",
    Happening.APPROVED: "Approved",
    Happening.DECLINED: "Declined",
    Happening.MOVED: "Moved",
    Happening.EDITED: "Changed",
    Happening.CANCELLED: "Cancelled",
    Happening.SHOWED: "Took place",
    Happening.NO_SHOW: "Nobody came",
    Happening.INVALIDATED: "Entered in error",
    Happening.MEMBER_DECLINED: "A member declined",
}
_NOTED: Final = {
    Happening.EDITED: "Changed",
    Happening.MEMBER_DECLINED: "Who",
}
"""What the note in an appointment's history says, where it is for people."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a recipient reads: a subject of one line, the text, and the same as HTML or nothing.

    Raises:
        ConfigurationError: it cannot be written so; it lists everything that is wrong.

    >>> Letter("Booked: Sales call", "See you on Monday.").html
    ''
    """

    subject: str
    text: str
    html: str = ""

    def __post_init__(self) -> None:
        LETTER_RULES.settle(self, "the letter")


LETTER_RULES: Final = Rules(
    {"subject": text(MAX_TEXT), "text": prose(MAX_LETTER), "html": prose(MAX_LETTER)}, {}
)

Words = Callable[[Message], Letter]
"""How a message becomes a letter. The same message must become the same letter each time (E1)."""


def letter_of(message: Message) -> Letter:
    """The words for *message*, in English: what happened, when, where and with whom.

    Times are by the recipient's own clock, where it is known, and below it by the calendar's, if
    that shows another time. Everything that people wrote is escaped in the HTML.

    >>> from dataclasses import replace
    >>> from collective_booking.testing.samples import BEN, appointment, calendar, member, message
    >>> call, team = appointment(), calendar(member("ana", timezone="Asia/Tokyo"), BEN)
    >>> call = replace(call, snapshot=replace(call.snapshot, calendar=team))
    >>> for line in letter_of(message(Audience.OWNER, call)).text.splitlines()[2:4]:
    ...     print(line)
    When:   Mon 2026-11-23 19:00 to 20:00 (Asia/Tokyo, UTC+09:00)
            Mon 2026-11-23 10:00 to 11:00 (UTC, UTC+00:00)
    """
    # What people wrote must not turn the rest of a line around.
    headline = on_one_line(f"{HEADLINES[message.happening]}: {message.appointment.title}")
    told = ((label, [*map(on_one_line, lines)]) for label, lines in _facts(message))
    facts = [(label, lines) for label, lines in told if any(lines)]
    return Letter(headline, _as_text(headline, facts), _as_html(headline, facts))


# --- what there is to tell -----------------------------------------------------------------------


def _facts(message: Message) -> Iterator[tuple[str, Sequence[str]]]:
    appointment, zones = message.appointment, _zones(message)
    note = appointment.history[-1].note
    yield "When", _times(appointment.slot, zones)
    if message.happening is Happening.MOVED and note:
        yield "Before", _times(Interval.from_isoformat(note), zones)
    yield "Where", [appointment.location.value if appointment.location else ""]
    yield "With", [f"{appointment.contact.name} <{appointment.contact.email}>"]
    yield "Team", [", ".join(each.name for each in appointment.members)]
    yield "Status", [appointment.status]
    if message.happening in _NOTED:
        yield _NOTED[message.happening], [note]
    if message.happening is Happening.CANCELLED and note:
        yield "Refund", [f"{note}, on its way"]  # asked of the gateway, whose answer may be out
    yield "Notes", appointment.notes.split("\n")
    if appointment.status.active:
        yield "To manage it, use this token", [message.token]


def _zones(message: Message) -> list[str]:
    """The recipient's own zones, as far as they are known, and the calendar's."""
    return [*_own_zones(message), message.appointment.snapshot.calendar.timezone]


def _own_zones(message: Message) -> Iterator[str]:
    """What they said when they booked; where they are a member (A6), what is known of that one."""
    contact, owner = message.appointment.contact, message.appointment.owner
    recipients = {
        Audience.OWNER: [owner],
        Audience.BOOKER: [*filter(contact.is_same_person, message.appointment.members)],
        Audience.HOST: [],
    }[message.audience]
    booked = message.audience is Audience.BOOKER or any(map(contact.is_same_person, recipients))
    if booked and contact.timezone is not None:
        yield contact.timezone
    yield from (each.timezone for each in recipients)


def _times(slot: Interval, zones: Sequence[str]) -> list[str]:
    """*slot* by the clocks of *zones*, each clock that shows another time than those before it."""
    shown: dict[tuple[datetime, datetime], str] = {}
    for name in zones:
        start, end = (each.astimezone(zone(name)) for each in (slot.start, slot.end))
        wall = start.replace(tzinfo=None), end.replace(tzinfo=None)
        shown.setdefault(wall, _stretch(start, end, name))
    return [*shown.values()]


def _stretch(start: datetime, end: datetime, name: str) -> str:
    until = f"{end:%H:%M}" if start.date() == end.date() else _moment(end)
    offsets = dict.fromkeys([_offset(start), _offset(end)])  # two, if clocks change meanwhile
    return f"{_moment(start)} to {until} ({name}, {' to '.join(offsets)})"


def _moment(moment: datetime) -> str:
    # By name and not as %a: that depends on what locale a host has set.
    return f"{DAYS[moment.weekday()]} {moment:%Y-%m-%d %H:%M}"


def _offset(moment: datetime) -> str:
    written = f"{moment:%z}"
    return f"UTC{written[:3]}:{written[3:5]}"


# --- as text, and as HTML ------------------------------------------------------------------------


def _as_text(headline: str, facts: Sequence[tuple[str, Sequence[str]]]) -> str:
    rows = [
        f"{f'{label}:' if place == 0 else '':<7} {line}".rstrip()
        for label, lines in facts
        for place, line in enumerate(lines)
    ]
    return "\n".join([headline, "", *rows])


def _as_html(headline: str, facts: Sequence[tuple[str, Sequence[str]]]) -> str:
    rows = [
        f'<tr><th align="left" valign="top">{escape(label)}</th>'
        f"<td>{'<br>'.join(map(escape, lines))}</td></tr>"
        for label, lines in facts
    ]
    head = f'<head><meta charset="utf-8"><title>{escape(headline)}</title></head>'
    body = ["<body>", f"<p><b>{escape(headline)}</b></p>", "<table>", *rows, "</table>", "</body>"]
    return "\n".join(["<!doctype html>", '<html lang="en">', head, *body, "</html>"])
