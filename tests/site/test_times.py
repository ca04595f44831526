"""How slots become days on a visitor's clock: the clock changes, and no instant does."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

import examples.booking_site
from collective_booking import Slot
from collective_booking.localtime import zone
from examples.booking_office import zones
from examples.booking_site import times

ZONES = st.sampled_from(sorted(name for names in zones("UTC").values() for name in names))
STARTS = st.lists(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
        lambda moment: moment.replace(tzinfo=UTC, second=0, microsecond=0)
    ),
    unique=True,
    max_size=30,
).map(sorted)
MODULES = [
    each.name for each in iter_modules(examples.booking_site.__path__) if each.name != "__main__"
]


def slots(starts: list[datetime]) -> list[Slot]:
    return [Slot(start, start + timedelta(minutes=30)) for start in starts]


@given(starts=STARTS, name=ZONES)
def test_no_zone_adds_or_loses_a_time(starts: list[datetime], name: str) -> None:
    """P24: it says where a time stands, and never which there are."""
    days = times.by_day(slots(starts), name)

    assert [time.start for day in sorted(days) for time in days[day]] == starts


@given(starts=STARTS, name=ZONES)
def test_a_time_stands_on_the_day_that_the_clock_shows(starts: list[datetime], name: str) -> None:
    for day, found in times.by_day(slots(starts), name).items():
        for time in found:
            shown = time.start.astimezone(zone(name))
            assert (shown.date(), f"{shown:%H:%M}") == (day, time.label[:5])


@given(first=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), name=ZONES)
def test_no_two_times_of_a_day_read_alike(first: datetime, name: str) -> None:
    """Where clocks go back an hour comes twice, and who clicks must know on which of them."""
    begin = first.replace(tzinfo=UTC, minute=0, second=0, microsecond=0)
    starts = [begin + place * timedelta(minutes=30) for place in range(60)]

    for found in times.by_day(slots(starts), name).values():
        labels = [time.label for time in found]
        assert len(set(labels)) == len(labels)


@given(starts=STARTS)
def test_a_code_leads_back_to_its_time(starts: list[datetime]) -> None:
    assert [times.start_of(times.code_of(start)) for start in starts] == starts


def test_a_sheet_begins_with_the_first_day_that_has_times() -> None:
    """Who comes on a Sunday should not look at an empty Monday."""
    start = datetime(2026, 11, 26, 14, tzinfo=UTC)

    sheet = times.sheet_of(slots([start]), "Europe/London", date(2026, 11, 23))
    asked = times.sheet_of(slots([start]), "Europe/London", date(2026, 11, 23), date(2026, 11, 24))

    assert sheet.chosen is not None
    assert sheet.chosen.date == date(2026, 11, 26)
    assert asked.chosen == times.Day(date(2026, 11, 24), ())
    assert [len(week) for week in sheet.weeks] == [7] * 4


def test_sheets_are_turned_from_this_week_to_the_horizon() -> None:
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    this_week, next_sheet = date(2026, 11, 23), date(2026, 12, 21)

    assert times.turned(this_week, now, "UTC", 60) == (None, next_sheet)
    assert times.turned(next_sheet, now, "UTC", 60) == (this_week, date(2027, 1, 18))
    assert times.turned(date(2027, 1, 18), now, "UTC", 60) == (next_sheet, None)
    assert times.turned(this_week, now, "UTC", 20) == (None, None)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_its_docstrings_are_so(name: str) -> None:
    """The modules of an example are read more than any others."""
    module = import_module(f"examples.booking_site.{name}")

    assert doctest.testmod(module).failed == 0
