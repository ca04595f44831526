"""What a command hands back: an answer to print, or the problems that prevent one.

Lives here: `Answer`, `BadInput`, and answers as JSON.
Must not live here: printing, files, words for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli.words import known_ends
from collective_booking.errors import Problem
from collective_booking.intervals import Interval
from collective_booking.moments import isoformat
from collective_booking.reasons import Blockage, Explanation, Reason, Release, WindowExplanation
from collective_booking.slots import Slot

if TYPE_CHECKING:
    from rich.console import RenderableType

YES: Final = 0
NO: Final = 1
BAD_INPUT: Final = 2

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """An exit code and what to print: a document where JSON was asked for, else `told`."""

    code: int
    told: Sequence[RenderableType] = ()
    document: Document | None = None


class BadInput(Exception):  # noqa: N818  # the answer's other form: it never leaves the command
    """The input cannot be used; each problem becomes one line, all of them at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)


def slots_document(
    calendar: CollectiveCalendar,
    window: Interval,
    slots: Iterable[Slot],
    why: WindowExplanation | None = None,
) -> Document:
    """The slots, in UTC; with why there are none, where there are none."""
    return {
        "slots": [
            {
                "start": isoformat(slot.start),
                "end": isoformat(slot.end),
                "verified": slot.verified,
            }
            for slot in slots
        ],
        "calendar": calendar.slug,
        "window": _interval(window),
        **(_why(why) if why else {}),
    }


def window_document(calendar: CollectiveCalendar, why: WindowExplanation) -> Document:
    """What blocks a window, most blocking first."""
    return {
        "offered": why.offered,
        "calendar": calendar.slug,
        "window": _interval(why.window),
        **_why(why),
    }


def start_document(calendar: CollectiveCalendar, explanation: Explanation) -> Document:
    """Whether a start can be booked, and why not."""
    return {
        "start": isoformat(explanation.start),
        "calendar": calendar.slug,
        "accepted": explanation.accepted,
        "verified": explanation.verified,
        "reasons": [_reason(reason) for reason in explanation.reasons],
        "notes": [_reason(reason) for reason in explanation.notes],
    }


def problems_document(problems: Iterable[Problem], *, of_slots: bool) -> Document:
    """What is wrong with the input; *of_slots*, also no slots, for who looks for nothing else."""
    told = [{"place": each.place, "message": each.message} for each in problems]
    return {"slots": [], "problems": told} if of_slots else {"problems": told}


def _why(explanation: WindowExplanation) -> Document:
    return {
        "hidden": explanation.hidden,
        "blockages": [_blockage(each) for each in explanation.blockages],
        "releases": [_release(each) for each in explanation.releases],
    }


def _interval(interval: Interval) -> Document:
    return {"start": isoformat(interval.start), "end": isoformat(interval.end)}


def _known_ends(interval: Interval) -> Document:
    """An interval of which an end that lies beyond all time is null."""
    start, end = known_ends(interval)
    return {"start": start and isoformat(start), "end": end and isoformat(end)}


def _reason(reason: Reason) -> Document:
    told: dict[str, object] = {"what": str(reason.what), "who": reason.who}
    if reason.interval:
        told |= _known_ends(reason.interval)
    if reason.detail:
        told["detail"] = reason.detail
    return told


def _release(release: Release) -> Document:
    return {"members": sorted(release.members), "starts": release.starts}


def _blockage(blockage: Blockage) -> Document:
    return {
        "who": blockage.who,
        "blocked_seconds": int(blockage.blocked.total_seconds()),
        "alone_seconds": int(blockage.alone.total_seconds()),
        "by": {str(what): int(amount.total_seconds()) for what, amount in blockage.by},
    }
