"""Folders and feeds keep what a calendar provider promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from collective_booking.adapters.folder import FolderOutbox
from collective_booking.adapters.ics import IcsProvider
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.testing import samples
from collective_booking.testing.contracts import (
    BusyTimesContract,
    CalendarProviderContract,
    KeptCopy,
)
from tests.bookings import HOST
from tests.icalendar_texts.texts import calendar, event
from tests.servers.feeds import feed, feed_server, feeds


def holding(busy: IntervalSet) -> bytes:
    """A calendar with an event for each stretch of *busy*."""
    return calendar(*(_event(each) for each in busy)).encode()


def _event(stretch: Interval) -> str:
    start, end = (f"{each:%Y%m%dT%H%M%SZ}" for each in (stretch.start, stretch.end))
    return event(f"DTSTART:{start}", f"DTEND:{end}", uid=start)


def _uid(icalendar: bytes) -> str:
    (found,) = Calendar.from_ical(icalendar.decode()).walk("VEVENT")
    return str(found["UID"])


class TestFoldersThatAreWrittenToo(CalendarProviderContract):
    @pytest.fixture(autouse=True)
    def _in_a_folder(self, tmp_path: Path) -> None:
        self.root = tmp_path / "calendars"

    def member(self, id: str) -> Member:
        return samples.member(id, calendar=id)

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        for id_, times in busy.items():
            (self.root / id_).mkdir(parents=True)
            (self.root / id_ / "their own.ics").write_bytes(holding(times))
        return IcsProvider(self.root, host=HOST, copies=FolderOutbox(self.root))

    def copies_of(self, provider: Any, member: Member) -> Mapping[str, KeptCopy]:
        names = (self.root / member.id).glob("[!.]*.ics")
        kept = [each for each in names if not each.stem.endswith((".cancelled", "their own"))]
        return {_uid(each.read_bytes()): KeptCopy.read(each.read_bytes()) for each in kept}

    def out_of_reach(self, provider: Any) -> Member:
        (self.root / "nobody").write_text("a file, where their folder would be")
        return super().out_of_reach(provider)


class TestFiles(BusyTimesContract):
    @pytest.fixture(autouse=True)
    def _in_a_folder(self, tmp_path: Path) -> None:
        self.root = tmp_path

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        for id_, times in busy.items():
            (self.root / f"{id_}.ics").write_bytes(holding(times))
        return IcsProvider(self.root, host=HOST)


class TestFeeds(BusyTimesContract):
    @pytest.fixture(autouse=True)
    def _beside_a_server(self) -> Iterator[None]:
        with feed_server() as self.server:
            yield

    def member(self, id: str) -> Member:
        return samples.member(id, calendar=self.server.url(f"/{id}.ics"))

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        for id_, times in busy.items():
            self.server.answers[f"/{id_}.ics"] = feed(holding(times))
        return IcsProvider(host=HOST, feeds=feeds())
