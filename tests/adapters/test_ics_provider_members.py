"""What a host tells of its members' calendars: what is wrong with one of them harms nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from collective_booking.adapters.ics import IcsProvider
from collective_booking.availability import Availability
from collective_booking.members import Member
from tests.bookings import HOST, member
from tests.icalendar_texts.texts import MARCH, times
from tests.servers.feeds import NINE_TO_TEN, feeds

CALL = times("02 09:00-10:00")
ROWS: Final[Mapping[str, list[str]]] = {}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "ana.ics").write_bytes(NINE_TO_TEN)
    return tmp_path


def knows(root: Path, calendars: Callable[[Member], Iterable[str]]) -> Mapping[str, Availability]:
    """What it knows of Ana and of Ben, whose *calendars* these are."""
    provider = IcsProvider(root, host=HOST, feeds=feeds(), calendars=calendars)
    return provider.availability([member("ana"), member("ben")], MARCH)


@pytest.mark.parametrize("given", ["ana.ics", b"ana", [None], [b"ana.ics"], ["ana.ics", 1]])
def test_what_is_no_list_of_texts_makes_its_member_unknown(root: Path, given: Any) -> None:
    """Of one text Python would take each letter for a calendar; and nobody else may suffer."""
    places: dict[str, Any] = {"ana": ["ana.ics"], "ben": given}
    found = knows(root, lambda each: places[each.id])

    assert (found["ana"].busy, found["ana"].unknown) == (CALL, ())
    (gap,) = found["ben"].unknown
    assert str(gap) == "unreadable: calendars= has to give a list of texts"


def in_turn() -> Iterator[str]:
    yield "ana.ics"
    raise OSError("https://cal.example.com/private-5ecret")


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        (lambda: ROWS["https://cal.example.com/private-5ecret"], "KeyError"),
        (in_turn, "OSError"),
        (lambda: None, "TypeError"),
    ],
)
def test_a_member_whose_calendars_nobody_can_tell_is_unknown_alone(
    root: Path, failing: Callable[[], Any], error: str
) -> None:
    """One row that is missing in a host's table must not close a team's week (F3)."""
    found = knows(root, lambda each: ["ana.ics"] if each.id == "ana" else failing())

    assert (found["ana"].busy, found["ana"].unknown) == (CALL, ())
    (gap,) = found["ben"].unknown
    assert (gap.interval, str(gap)) == (MARCH, f"service failed: calendars= failed: {error}")


@pytest.mark.parametrize(
    "url",
    [
        "https://cal.example.com/\udc80",
        "https://cal.example.com/?\ud800",
        "https://\udc80.example.com/",
        "https://kim:\udc80@cal.example.com/",
    ],
)
def test_a_url_that_is_no_text_makes_its_member_unknown(root: Path, url: str) -> None:
    """Half a character, from a table that was decoded leniently, is no reason to fail."""
    found = knows(root, lambda each: ["ana.ics"] if each.id == "ana" else [url])

    assert (found["ana"].busy, found["ana"].unknown) == (CALL, ())
    (gap,) = found["ben"].unknown
    assert str(gap) == "service failed: this is no URL of a feed (feed)"
