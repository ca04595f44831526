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
from docs.pictures.paper import Paper

_WIDTH, _HEIGHT = 1120, 516
_BOX, _TALL = 268, 78
_TOP, _MIDDLE, _FLOOR = 96, 262, 430


class Way(NamedTuple):
    """A line from one state to another, and where its words stand."""

    shape: str
    words: tuple[float, float]
    anchor: str = "start"


_PLACES: Final[Mapping[Status, tuple[float, float]]] = {
    Status.PENDING: (24, _TOP),
    Status.CONFIRMED: (400, _TOP),
    Status.SHOWED: (800, _TOP),
    Status.NO_SHOW: (800, _MIDDLE),
    Status.CANCELLED: (170, _MIDDLE),
    Status.INVALID: (24, _FLOOR),
}
_WAYS: Final[Mapping[tuple[Status, Status], Way]] = {
    (Status.PENDING, Status.CONFIRMED): Way("M292 135H398", (345, 126), "middle"),
    (Status.PENDING, Status.CANCELLED): Way("M230 174V260", (238, 222)),
    (Status.CONFIRMED, Status.CANCELLED): Way("M478 174V289Q478 301 466 301H440", (486, 222)),
    (Status.CONFIRMED, Status.SHOWED): Way("M668 124H798", (734, 115), "middle"),
    (Status.CONFIRMED, Status.NO_SHOW): Way(
        "M668 146H700Q712 146 712 158V289Q712 301 724 301H798", (756, 292), "middle"
    ),
    (Status.SHOWED, Status.NO_SHOW): Way("M960 174V260", (968, 222)),
    (Status.NO_SHOW, Status.SHOWED): Way("M920 262V176", (912, 222), "end"),
    (Status.PENDING, Status.INVALID): Way("M90 174V428", (98, 414)),
    (Status.CANCELLED, Status.INVALID): Way("M304 340V428", (312, 414)),
    (Status.CONFIRMED, Status.INVALID): Way("M590 174V428", (598, 414)),
    (Status.NO_SHOW, Status.INVALID): Way("M864 340V428", (872, 414)),
    (Status.SHOWED, Status.INVALID): Way(
        "M1068 135H1072Q1084 135 1084 147V428", (1076, 414), "end"
    ),
}

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
    paper = Paper("appointment", "The states of an appointment", _told(found), _WIDTH, _HEIGHT)
    paper.text(24, 42, "The states of an appointment", size=20, bold=True)
    paper.text(24, 64, "What is not drawn is an error, and changes nothing", "quiet")
    for (status, after), happenings in found.items():
        if status is not after:
            _step(paper, _WAYS[status, after], happenings)
    for status, at in _PLACES.items():
        _state(paper, status, at, found.get((status, status), ()))
    return paper.svg()


def _told(found: Steps) -> str:
    return " ".join(
        f"{status} becomes {after} when it is {_listed(happenings)}."
        if status is not after
        else f"{status} stays when it is {_listed(happenings)}."
        for (status, after), happenings in found.items()
    )


def _listed(happenings: Sequence[Happening]) -> str:
    return ", ".join(happenings)


def _step(paper: Paper, way: Way, happenings: Sequence[Happening]) -> None:
    error = Happening.INVALIDATED in happenings
    stroke = "quiet" if error else "slate"
    paper.path(way.shape, stroke, width=1.2 if error else 1.8, dashed=error, arrow=True)
    x, y = way.words
    paper.text(x, y, _listed(happenings), "quiet" if error else "ink", size=12, anchor=way.anchor)


def _state(
    paper: Paper, status: Status, at: tuple[float, float], happenings: Sequence[Happening]
) -> None:
    (x, y), width, height = at, _BOX, _TALL
    if status is Status.INVALID:  # every line ends on it
        width, height = _WIDTH - 2 * 24, 56
    fill, stroke = ("mint", "green") if status.counts else ("faint", "quiet")
    paper.rect(x, y, width, height, fill, stroke=stroke, round_by=8)
    paper.text(x + 16, y + 27, status, size=16, bold=True)
    counts = "counts to caps" if status.counts else "counts nowhere"
    paper.text(x + 16, y + 45, f"{_claims(status)}, {counts}", "quiet", size=10.5)
    if happenings:
        paper.text(x + 16, y + 63, f"stays: {_listed(happenings)}", "green", size=10.5)


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
        return "claims time by setting"
    return "claims time" if wished else "claims no time"
