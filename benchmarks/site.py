"""What the first page of the booking site costs, beside the finder's own answer in it.

A hundred members, and the four weeks that a visitor sees first. Both sides make busy times of the
same plain data: the finder, with the calendar in hand, lists the slots; the site answers a request,
with its database, the days in the visitor's zone, and the HTML.

Lives here: the two works, and that they have one answer.
Must not live here: judging; the sending of bytes, for no network is measured.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from fastapi import FastAPI

from benchmarks.measure import cpu, milliseconds, table, times_as_much
from benchmarks.peers.ours import finder, moment
from benchmarks.work import Work, office
from collective_booking import (
    Availability,
    CollectiveCalendar,
    Interval,
    IntervalSet,
    Member,
    Slot,
    SlotFinder,
)
from collective_booking.testing import FakeClock, FakeNotifier, FakeProvider
from examples.booking_site.app import create_app
from examples.booking_site.settings import Settings
from examples.booking_site.times import sheet_of, window_of

ZONE: Final = "America/New_York"
"""The visitor's; clocks change there within the four weeks."""
DAYS: Final = 42


class PlainCalendars(FakeProvider):
    """Busy times as a host has them, plain data, made into answers at every question."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._people = {each.id: each.busy for each in work.people}

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """Those of *members*, clipped to the window."""
        return {
            member.id: Availability(_times(self._people[member.id]).clip(window))
            for member in members
        }


def _times(busy: Sequence[tuple[int, int]]) -> IntervalSet:
    return IntervalSet.from_microseconds(*zip(*busy, strict=True))


def site(work: Work, folder: Path) -> FastAPI:
    """The booking site with one calendar, whose members' calendars say what *work* does."""
    calendar = finder(work).calendar
    asked = [
        Member(each.id, timezone=each.timezone, hours=each.hours, calendar=each.id)
        for each in calendar.members
    ]
    for member in asked:
        calendar = calendar.replace_member(member)
    return create_app(
        Settings(folder=folder, password="a benchmark's"),
        calendars=[calendar],
        provider=PlainCalendars(work),
        notifier=FakeNotifier(),
        clock=FakeClock(moment(work.now)),
    )


def first_page(app: FastAPI) -> str:
    """What a visitor gets who comes for the first time."""

    async def get() -> str:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as visitor:
            answer = await visitor.get("/work", params={"zone": ZONE})
            answer.raise_for_status()
            return answer.text

    return asyncio.run(get())


def own_answer(work: Work, calendar: CollectiveCalendar) -> list[Slot]:
    """The slots of the same four weeks, from the finder alone."""
    busy = {each.id: Availability(_times(each.busy)) for each in work.people}
    alone = SlotFinder(calendar=calendar, availability=busy, now=moment(work.now))
    return alone.offers(_window(work))


def _window(work: Work) -> Interval:
    window = window_of(_monday(work), ZONE, moment(work.now))
    assert window is not None
    return window


def _monday(work: Work) -> date:
    return moment(work.first).date()


def shown(page: str) -> tuple[list[int], list[str]]:
    """What a page says: how many times each day has that has any, and the times of one day."""
    counts = re.findall(r'class="count">(\d+)<', page)
    starts = re.findall(r'class="start" href="[^"]*start=([^"]*)"', page)
    return [int(count) for count in counts], starts


def refuse_another_answer(work: Work, app: FastAPI) -> int:
    """Hold the page to the finder's answer, and say how many slots that is.

    Raises:
        AssertionError: they differ, or there is nothing to see.
    """
    slots = own_answer(work, finder(work).calendar)
    sheet = sheet_of(slots, ZONE, _monday(work))
    assert sheet.chosen is not None
    expected = [len(day.times) for day in sheet.days if day.times]
    assert shown(first_page(app)) == (expected, [time.code for time in sheet.chosen.times])
    assert sum(expected) > len(expected), "hardly anybody is ever free together"
    return len(slots)


def section(*, quick: bool) -> Iterator[str]:
    """The table, as pieces of markdown."""
    yield "### The first page of the booking site"
    work = office("site", 100, DAYS)
    calendar = finder(work).calendar
    with TemporaryDirectory() as folder:
        app = site(work, Path(folder))
        slots = refuse_another_answer(work, app)
        jobs: tuple[Callable[[], object], ...] = (
            lambda: own_answer(work, calendar),
            lambda: first_page(app),
        )
        rows = []
        for title, cold in (("with empty caches", True), ("the next visitor", False)):
            rounds = [[cpu(job, cold=cold) for job in jobs] for _ in range(3 if quick else 25)]
            own, page = zip(*rounds, strict=True)
            ratio = f"{times_as_much(page, own):.2f}"
            rows.append((title, milliseconds(median(own)), milliseconds(median(page)), ratio))
        app.state.site.close()
    yield f"100 members, four weeks, {work.meetings:,} busy times, {slots} slots."
    yield table(("", "finder, CPU ms", "page, CPU ms", "the page takes, of its"), rows)


if __name__ == "__main__":
    print("\n\n".join(section(quick="--quick" in sys.argv)))
