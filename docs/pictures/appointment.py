"""The states of an appointment, and what leads from one to the next (A7).

Lives here: where each state stands on the paper, and along which way the lines run.
Must not live here: which steps there are; those are `appointments.NEXT`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Final, NamedTuple

from collective_booking import Happening, Snapshot, Status
from collective_booking.appointments import NEXT
from collective_booking.testing.samples import appointment, calendar
from docs.pictures.paper import Paper

_WIDTH, _HEIGHT = 900, 556
_BOX, _TALL = 214, 98
_TOP, _MIDDLE, _FLOOR = 96, 280, 468


class Way(NamedTuple):
    """A line from one state to another, and where its words stand."""

    shape: str
    words: tuple[float, float]
    anchor: str = "start"


_PLACES: Final[Mapping[Status, tuple[float, float]]] = {
    Status.PENDING: (24, _TOP),
    Status.CONFIRMED: (334, _TOP),
    Status.SHOWED: (644, _TOP),
    Status.NO_SHOW: (644, _MIDDLE),
    Status.CANCELLED: (136, _MIDDLE),
    Status.INVALID: (24, _FLOOR),
}
_WAYS: Final[Mapping[tuple[Status, Status], Way]] = {
    (Status.PENDING, Status.CONFIRMED): Way("M238 145H332", (285, 136), "middle"),
    (Status.PENDING, Status.CANCELLED): Way("M186 194V278", (194, 240)),
    (Status.CONFIRMED, Status.CANCELLED): Way("M396 194V317Q396 329 384 329H352", (404, 240)),
    (Status.CONFIRMED, Status.SHOWED): Way("M548 128H642", (595, 119), "middle"),
    (Status.CONFIRMED, Status.NO_SHOW): Way(
        "M548 162H560Q572 162 572 174V317Q572 329 584 329H642", (608, 320), "middle"
    ),
    (Status.SHOWED, Status.NO_SHOW): Way("M772 194V278", (780, 240)),
    (Status.NO_SHOW, Status.SHOWED): Way("M732 280V196", (724, 240), "end"),
    (Status.PENDING, Status.INVALID): Way("M72 194V466", (80, 452)),
    (Status.CANCELLED, Status.INVALID): Way("M243 378V466", (251, 452)),
    (Status.CONFIRMED, Status.INVALID): Way("M490 194V466", (498, 452)),
    (Status.NO_SHOW, Status.INVALID): Way("M684 378V466", (692, 452)),
    (Status.SHOWED, Status.INVALID): Way("M858 145H861Q870 145 870 154V466", (862, 452), "end"),
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
    paper.text(x, y, _listed(happenings), "quiet" if error else "ink", size=13, anchor=way.anchor)


def _state(
    paper: Paper, status: Status, at: tuple[float, float], happenings: Sequence[Happening]
) -> None:
    (x, y), width, height = at, _BOX, _TALL
    if status is Status.INVALID:  # every line ends on it
        width, height = _WIDTH - 2 * 24, 64
    fill, stroke = ("mint", "green") if status.counts else ("faint", "quiet")
    paper.rect(x, y, width, height, fill, stroke=stroke, round_by=8)
    paper.text(x + 14, y + 27, status, size=17, bold=True)
    counts = "counts to caps" if status.counts else "counts nowhere"
    paper.text(x + 14, y + 47, f"{_claims(status)}, {counts}", "quiet", size=12)
    for line, words in enumerate(_lines(happenings)):
        paper.text(x + 14, y + 67 + 16 * line, words, "green", size=12)


def _lines(happenings: Sequence[Happening]) -> Sequence[str]:
    """What leaves a state as it is, in lines that fit into its box."""
    if not happenings:
        return ()
    return wrap(f"stays: {_listed(happenings)}", 26)


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
        return "may claim time"
    return "claims time" if wished else "claims no time"
