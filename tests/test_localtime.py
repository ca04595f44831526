"""Zones by name, and what their walls show: one story each."""

from __future__ import annotations

import pickle
import re
import struct
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import pytest

from collective_booking import localtime
from collective_booking.errors import OutOfRangeError, UnknownZoneError, WrongTypeError
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import (
    DAY,
    FIRST,
    LAST,
    MINUTE,
    a_local_date,
    days,
    first_instant,
    instants,
    local_dates,
    local_day,
    offset_at,
    offsets,
    to_date,
    to_day,
    zone,
)
from collective_booking.moments import to_datetime, to_microseconds

HOUR: Final = 60 * MINUTE
PLACES: Final = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")


def at(*fields: int) -> int:
    return to_microseconds(datetime(*fields, tzinfo=UTC))  # type: ignore[misc, arg-type]  # fields vary


# --- names ----------------------------------------------------------------------------------------


def test_every_name_of_the_database_is_a_zone() -> None:
    """Whichever the host stores, deprecated names included."""
    names = available_timezones() - {"localtime", "Factory"}

    assert {zone(name).key for name in names} == names


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Europe", id="a folder"),
        pytest.param("E" * 300, id="longer than a file name may be"),
        pytest.param("Europe/\0", id="NUL"),
        pytest.param("../etc/passwd", id="a path out of the database"),
        pytest.param("/etc/localtime", id="an absolute path"),
        pytest.param("Europe//Berlin", id="a path in disguise"),
        pytest.param("tzdata.zi", id="a file that is no zone"),
        pytest.param("\ud800", id="no text that a file name could be"),
        pytest.param("", id="nothing"),
        pytest.param(" ", id="a space"),
        pytest.param("localtime", id="whatever the machine is set to"),
        pytest.param("posixrules", id="an implementation detail"),
        pytest.param("Factory", id="a machine nobody set up"),
        pytest.param("right/UTC", id="counting leap seconds"),
        pytest.param("+02:00", id="an offset"),
        pytest.param("Mars/Olympus_Mons", id="another planet"),
    ],
)
def test_a_name_that_is_no_zone_has_one_error_of_ours(name: str) -> None:
    """`zoneinfo` alone answers these with OSError, ValueError, KeyError, or the wrong zone."""
    with pytest.raises(UnknownZoneError) as caught:
        zone(name)

    assert caught.value.name == name
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("europe/berlin", ("Europe/Berlin",)),
        ("EUROPE/BERLIN", ("Europe/Berlin",)),
        ("Berlin", ("Europe/Berlin",)),
        ("new_york", ("America/New_York",)),
        ("America/New York", ("America/New_York",)),
        (" Asia/Kathmandu ", ("Asia/Kathmandu",)),
        ("Europe/Belrin", ("Europe/Berlin",)),
        ("utc", ("UTC",)),
        ("W. Europe Standard Time", ()),
        ("localtime", ()),
    ],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(
    name: str, meant: tuple[str, ...]
) -> None:
    """The person who typed it should not have to look the list up."""
    with pytest.raises(UnknownZoneError) as caught:
        zone(name)

    assert caught.value.similar[:1] == meant


def test_the_hint_is_part_of_the_message() -> None:
    with pytest.raises(UnknownZoneError) as caught:
        zone("europe/berlin")

    assert str(caught.value) == (
        "there is no time zone 'europe/berlin': did you mean Europe/Berlin? "
        "(names look like 'Europe/Madrid')"
    )


@pytest.mark.parametrize("name", [None, 1, b"UTC", ["UTC"], ZoneInfo("UTC")])
def test_a_zone_is_named_by_text(name: Any) -> None:
    """A list could not even be looked up in a cache."""
    with pytest.raises(WrongTypeError, match=r"^a time zone must be a name like 'Europe/Madrid', "):
        zone(name)


# --- local dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("Europe/Berlin", date(2026, 10, 5), "2026-10-04T22:00:00Z/2026-10-05T22:00:00Z"),
        # 23 and 25 hours
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00:00Z/2026-10-25T23:00:00Z"),
        # no midnight: at 24:00 it is 01:00
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00:00Z/2026-04-24T21:00:00Z"),
        # midnight twice: at 01:00 it is 00:00
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00Z/2026-11-02T05:00:00Z"),
        # no such date
        ("Pacific/Apia", date(2011, 12, 30), ""),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00:00Z/2011-12-31T10:00:00Z"),
        # at 00:01 of the 29th it is 23:01 of the 28th again
        (
            "America/St_Johns",
            date(2006, 10, 28),
            "2006-10-28T02:30:00Z/2006-10-29T02:30:00Z,2006-10-29T02:31:00Z/2006-10-29T03:30:00Z",
        ),
    ],
)
def test_a_local_date_is_all_the_time_that_shows_it(name: str, day: date, expected: str) -> None:
    """Nothing is raised, whatever the clocks did that day."""
    assert local_dates(name, day, day) == IntervalSet.from_isoformat(expected)


def test_a_date_that_was_skipped_begins_with_the_next_one() -> None:
    """An anchor at the start of a date must lie somewhere (G2)."""
    skipped, following = to_day(date(2011, 12, 30)), to_day(date(2011, 12, 31))

    assert first_instant("Pacific/Apia", skipped) == first_instant("Pacific/Apia", following)
    assert local_day("Pacific/Apia", first_instant("Pacific/Apia", skipped)) == following


def test_a_date_that_came_back_begins_the_first_time() -> None:
    """The minute of the 29th before the clocks went back to the 28th is the 29th's first."""
    first = first_instant("America/St_Johns", to_day(date(2006, 10, 29)))

    assert first == at(2006, 10, 29, 2, 30)


def test_dates_the_wrong_way_round_are_no_time() -> None:
    """A notice of no days skips from today to yesterday."""
    assert not days("Europe/Berlin", 20_000, 19_999)


# --- instants -------------------------------------------------------------------------------------


def test_spans_that_touch_stay_apart() -> None:
    """They are two anchors (T5)."""
    midnight = to_day(date(2026, 3, 29)) * DAY
    starts, ends = instants(
        "Europe/Berlin", [midnight, midnight + HOUR], [midnight + HOUR, midnight + 4 * HOUR]
    )

    assert list(map(to_datetime, starts)) == [
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 0, tzinfo=UTC),
    ]
    assert to_datetime(ends[1]) == datetime(2026, 3, 29, 2, tzinfo=UTC)


def test_no_spans_are_no_instants() -> None:
    assert instants("Europe/Berlin", [], []) == ([], [])


# --- the years that are supported -----------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES)
def test_the_first_and_the_last_supported_date_are_whole(name: str) -> None:
    """Also where they begin before, or end after, the supported years of UTC."""
    for day in (date(1900, 1, 1), date(2199, 12, 31)):
        shown = local_dates(name, day, day)

        assert shown.total == timedelta(days=1)
        for edge, tick in ((shown.starts[0], -1), (shown.ends[0], 0)):
            inside, outside = (edge, edge + tick) if tick else (edge - 1, edge)
            for instant, same in ((inside, True), (outside, False)):
                local = to_datetime(instant).astimezone(ZoneInfo(name)).date()
                assert (local == day) is same


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 1), date.min, date.max])
def test_a_date_beyond_the_supported_years_is_refused_in_every_zone(name: str, day: date) -> None:
    """Rather than cut short in some zones, and not in those whose clocks never change."""
    with pytest.raises(OutOfRangeError) as caught:
        local_dates(name, min(day, date(2026, 1, 1)), max(day, date(2026, 1, 1)))

    assert str(caught.value) == f"{day} is out of range: stay within the years 1900 to 2199"


@pytest.mark.parametrize("instant", [FIRST - 1, LAST, at(1, 1, 1), at(9999, 12, 31)])
def test_an_instant_beyond_the_supported_years_is_refused(instant: int) -> None:
    for ask in (offset_at, local_day):
        with pytest.raises(OutOfRangeError, match="stay within the years 1900 to 2199"):
            ask("Europe/Berlin", instant)
    assert local_day("Europe/Berlin", FIRST) == to_day(date(1900, 1, 1))
    assert local_day("Europe/Berlin", LAST - 1) == to_day(date(2200, 1, 1))


def test_offsets_of_ten_thousand_years_are_refused() -> None:
    """Each look at a clock costs time, so somebody else's typo must not ask for a million."""
    with pytest.raises(OutOfRangeError, match=r"0001-01-01 .* is out of range"):
        offsets("Europe/Berlin", at(1, 1, 1), at(9999, 1, 1))


@pytest.mark.parametrize("value", ["2026-12-24", None, 20261224, datetime(2026, 12, 24)])
def test_a_local_date_has_no_time_of_day(value: Any) -> None:
    """A datetime is a date to Python; its hour would be lost without a word."""
    with pytest.raises(WrongTypeError, match=r"^first must be a date without a time of day, not "):
        a_local_date(value, "first")


def test_numbers_of_dates_count_from_1970() -> None:
    assert to_day(date(1970, 1, 2)) == 1
    assert to_date(-1) == date(1969, 12, 31)


# --- what the looks at a zone rely on -------------------------------------------------------------


def installed() -> list[tuple[str, Traversable]]:
    """Where `zoneinfo` may read from: the machine's own databases, and the package's."""
    machine = [(folder, Path(folder)) for folder in TZPATH if Path(folder).is_dir()]
    return [*machine, ("tzdata", files("tzdata").joinpath("zoneinfo"))]


@pytest.mark.parametrize("database", [pytest.param(place, id=name) for name, place in installed()])
def test_no_zone_changes_there_and_back_between_two_looks(database: Traversable) -> None:
    """Such a pair would be overlooked; nothing else would notice, as most tests look likewise."""
    listed = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    zones = {name: database.joinpath(*name.split("/")) for name in listed}
    zones = {name: file for name, file in zones.items() if file.is_file()}
    assert len(zones) > 300

    for name, file in zones.items():
        changes, rule = changes_in(file.read_bytes())
        if "," in rule:  # for ever after: from and to, in two months that are not neighbours
            begins, ends = map(int, re.findall(r",M(\d+)\.", rule))
            assert 2 <= abs(begins - ends) <= 10, (name, rule)
            with file.open("rb") as opened:
                changes += changes_seen(ZoneInfo.from_file(opened), changes[-1:])
        for early, late in pairwise(changes):
            assert late - early > localtime._LOOK, (name, early)


def changes_in(tzif: bytes) -> tuple[list[datetime], str]:
    """The changes of offset since 1899 that a TZif file lists (RFC 8536), and its last line."""
    counts = ">20x6l"
    checks, standards, leaps, times, types, letters = struct.unpack_from(counts, tzif)
    # The first block is for readers of 32 bits; the same follows in 64.
    second = 44 + 5 * times + 6 * types + letters + 8 * leaps + standards + checks
    checks, standards, leaps, times, types, letters = struct.unpack_from(counts, tzif, second)
    place = second + 44
    seconds = struct.unpack_from(f">{times}q", tzif, place)
    kinds = tzif[place + 8 * times : place + 9 * times]
    place += 9 * times
    ahead = [struct.unpack_from(">l2x", tzif, place + 6 * kind)[0] for kind in range(types)]
    place += 6 * types + letters + 12 * leaps + standards + checks
    offsets_then = [ahead[0], *(ahead[kind] for kind in kinds)]
    changes = [
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment)
        for moment, (before, after) in zip(seconds, pairwise(offsets_then), strict=True)
        if before != after and moment * localtime.SECOND >= FIRST - 365 * DAY
    ]
    return changes, tzif[place:].decode().strip()


def changes_seen(place: ZoneInfo, last_listed: list[datetime]) -> list[datetime]:
    """The changes in the two years after the last one that is listed, to within six hours."""
    moment = last_listed[0] if last_listed else to_datetime(FIRST)
    looks = [moment + timedelta(hours=6 * step) for step in range(2 * 366 * 4)]
    shown = [look.astimezone(place).utcoffset() for look in looks]
    return [
        look
        for look, (before, after) in zip(looks[1:], pairwise(shown), strict=True)
        if before != after
    ]
