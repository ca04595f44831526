"""The states of an appointment, and what leads from one to the next (A7).

Lives here: where each state stands on the paper, and along which way the lines run.
Must not live here: which steps there are; those are `appointments.NEXT`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from collective_booking import Happening, Snapshot, Status
from collective_booking.appointments import NEXT
from collective_booking.testing.samples import appointment, calendar
from docs.pictures.paper import MARGIN, WIDTH, Paper

_BOX = 172
_LEFT, _RIGHT = 28, 268
_TOP, _SECOND, _THIRD, _FLOOR = 140, 330, 486, 640
_FRAME: Final = (MARGIN, 76, WIDTH - 2 * MARGIN, 514)


class Way(NamedTuple):
    """A line from one state to another, and where its words stand."""

    shape: str
    words: tuple[float, float]
    anchor: str = "start"


_PLACES: Final[Mapping[Status, tuple[float, float]]] = {
    Status.PENDING: (_LEFT, _TOP),
    Status.CONFIRMED: (_RIGHT, _TOP),
    Status.CANCELLED: (_LEFT, _SECOND),
    Status.SHOWED: (_RIGHT, _SECOND),
    Status.NO_SHOW: (_RIGHT, _THIRD),
    Status.INVALID: (_LEFT, _FLOOR),
}
_WAYS: Final[Mapping[tuple[Status, Status], Way]] = {
    (Status.PENDING, Status.CONFIRMED): Way("M200 178H266", (233, 170), "middle"),
    (Status.PENDING, Status.CANCELLED): Way("M52 246V328", (60, 302)),
    (Status.CONFIRMED, Status.CANCELLED): Way(
        "M268 226H240Q232 226 232 234V358Q232 366 224 366H202", (240, 302)
    ),
    (Status.CONFIRMED, Status.SHOWED): Way("M320 263V328", (328, 302)),
    (Status.CONFIRMED, Status.NO_SHOW): Way(
        "M440 196H444Q452 196 452 204V522Q452 530 447 530H442", (446, 302), "end"
    ),
    (Status.SHOWED, Status.NO_SHOW): Way("M418 419V484", (410, 458), "end"),
    (Status.NO_SHOW, Status.SHOWED): Way("M290 486V421", (298, 458)),
}
_BEGINS: Final = {Happening.REQUESTED: Status.PENDING, Happening.BOOKED: Status.CONFIRMED}
"""How a life begins; that is decided in `appointments.booked`, which a test asks."""
_STAYS: Final = {
    Happening.MOVED: "can be moved",
    Happening.EDITED: "can be edited",
    Happening.MEMBER_DECLINED: "a member can decline",
}
"""What can happen to an appointment and leaves it in its state."""
_LEGEND: Final = (
    ("takes time", "no other meeting can have its required members"),
    ("may take time", "where the setting pending_blocks says so"),
    ("counts to caps", "to the most that there may be in a day, a week or a month"),
    ("can be …", "what changes it, and leaves it in its state"),
)

Steps = Mapping[tuple[Status, Status], Sequence[Happening]]


def steps() -> Steps:
    """What leads from one state to another, by the table itself.

    >>> steps()[Status.PENDING, Status.CONFIRMED]
    [<Happening.APPROVED: 'approved'>]
    """
    found: dict[tuple[Status, Status], list[Happening]] = defaultdict(list)
    for (status, happening), after in NEXT.items():
        found[status, after].append(happening)
    return found


def draw() -> str:
    """The states as boxes, the steps as arrows; what leaves a state as it is stands in its box."""
    found = steps()
    paper = Paper("appointment", "The states of an appointment", _told(found), WIDTH, 884)
    paper.text(MARGIN, 36, "The states of an appointment", size=20, bold=True)
    paper.text(MARGIN, 58, "What is not drawn is an error, and changes nothing", "quiet")
    paper.rect(*_FRAME, "paper", stroke="quiet", round_by=14)
    for happening, status in _BEGINS.items():
        _beginning(paper, happening, status)
    for (status, after), happenings in found.items():
        if status is not after and after is not Status.INVALID:
            _step(paper, _WAYS[status, after], happenings)
    _errors(paper, found)
    for status, at in _PLACES.items():
        _state(paper, status, at, found.get((status, status), ()))
    y = _FLOOR + 104.0
    for words, meaning in _LEGEND:
        paper.text(MARGIN, y, words, size=13)
        y = paper.prose(MARGIN + 112, y, meaning, "quiet", right=WIDTH - MARGIN) + 5
    return paper.svg()


def _told(found: Steps) -> str:
    return " ".join(
        [
            *(
                f"{happening.capitalize()}, it is {status}."
                for happening, status in _BEGINS.items()
            ),
            *(
                f"{status} becomes {after} when it is {_listed(happenings)}."
                if status is not after
                else f"{status}: {', '.join(map(_STAYS.__getitem__, happenings))}."
                for (status, after), happenings in found.items()
            ),
        ]
    )


def _listed(happenings: Sequence[Happening]) -> str:
    return ", ".join(happenings)


def _beginning(paper: Paper, happening: Happening, status: Status) -> None:
    """Where a life begins."""
    x, y = _PLACES[status]
    paper.dot(x + 24, y - 44, 6, "ink")
    paper.path(f"M{x + 24:g} {y - 38:g}V{y - 2:g}", "slate", width=1.8, arrow=True)
    paper.text(x + 38, y - 36, happening, size=13)


def _step(paper: Paper, way: Way, happenings: Sequence[Happening]) -> None:
    paper.path(way.shape, "slate", width=1.8, arrow=True)
    paper.text(*way.words, _listed(happenings), size=13, anchor=way.anchor)


def _errors(paper: Paper, found: Steps) -> None:
    """One arrow from the frame around all other states, where they all lead to the last one."""
    wrong = {status: how for (status, after), how in found.items() if after is Status.INVALID}
    (how,) = {tuple(happenings) for happenings in wrong.values()}
    assert wrong.keys() == _PLACES.keys() - {Status.INVALID}, "draw it from each state"
    _, top, _, height = _FRAME
    paper.path(f"M52 {top + height}V{_FLOOR - 2}", "slate", width=1.8, arrow=True)
    paper.text(60, (top + height + _FLOOR) / 2 + 4, f"{_listed(how)}, from any state above")


def _state(
    paper: Paper, status: Status, at: tuple[float, float], happenings: Sequence[Happening]
) -> None:
    (x, y), height = at, 72 + 17 * len(happenings)
    fill, stroke = ("mint", "green") if status.counts else ("faint", "quiet")
    paper.rect(x, y, _BOX, height, fill, stroke=stroke, round_by=8)
    paper.text(x + 12, y + 24, status, size=16, bold=True)
    counts = "counts to caps" if status.counts else "counts to no caps"
    paper.text(x + 12, y + 43, _claims(status), "quiet", size=12)
    paper.text(x + 12, y + 59, counts, "quiet", size=12)
    for line, happening in enumerate(happenings):
        paper.text(x + 12, y + 79 + 17 * line, _STAYS[happening], "green", size=12)


def _claims(status: Status) -> str:
    """Whether an appointment that stands so takes its members' time; some only if it is wished."""
    wished, unwished = (
        appointment(
            status,
            snapshot=Snapshot(calendar=calendar(pending_blocks=blocks), version=1, owner="ana"),
        ).claims_time
        for blocks in (True, False)
    )
    if wished != unwished:
        return "may take time"
    return "takes time" if wished else "takes no time"
