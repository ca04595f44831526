"""Lengths of time as people write them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from collective_booking.durations import DURATION_PATTERN, format_duration, parse_duration
from collective_booking.errors import InvalidValueError, UnreadableTextError, WrongTypeError


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("1h", 60),
        ("1h30m", 90),
        ("90m", 90),
        ("2d", 2 * 24 * 60),
        ("1d2h3m", 26 * 60 + 3),
        ("0m", 0),
        ("PT30M", 30),
        ("PT1H30M", 90),
        ("PT48H", 48 * 60),
        ("PT1800S", 30),
    ],
)
def test_a_length_says_its_units(text: str, minutes: int) -> None:
    """A day is always 24 hours here, whatever the clocks do on it."""
    assert parse_duration(text) == timedelta(minutes=minutes)
    assert re.search(DURATION_PATTERN, text)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("30", "it has no unit"),
        ("1.5", "it has no unit"),
        ("P1D", "not always 24 hours"),
        ("P1W", "not always 24 hours"),
        ("P1DT2H", "not always 24 hours"),
        ("", "write 30m"),
        ("PT", "write 30m"),
        ("1.5h", "write 30m"),
        ("30m1h", "write 30m"),
        ("-30m", "write 30m"),
        ("30 m", "write 30m"),
        ("30m\n", "write 30m"),
        ("half an hour", "write 30m"),
        ("٣٠m", "write 30m"),
        ("1" * 5000 + "m", "write 30m"),
    ],
)
def test_what_could_mean_two_things_is_refused(text: str, advice: str) -> None:
    """A wrong guess would book people for 30 hours instead of 30 minutes."""
    with pytest.raises(UnreadableTextError, match=advice):
        parse_duration(text)


def test_a_number_is_no_length() -> None:
    """The type checker says so too; not every host has one."""
    with pytest.raises(WrongTypeError, match="a text like '30m'"):
        parse_duration(30)  # type: ignore[arg-type]


def test_a_length_has_one_text() -> None:
    """Documents that say the same are the same, so that a diff shows what changed."""
    texts = [format_duration(timedelta(minutes=count)) for count in (0, 5, 60, 90, 1440, 1501)]

    assert texts == ["0m", "5m", "1h", "1h30m", "1d", "1d1h1m"]
    assert format_duration(timedelta(seconds=90)) == "1m30s"


@pytest.mark.parametrize("length", [timedelta(minutes=-5), timedelta(microseconds=1)])
def test_a_length_without_a_text_is_refused(length: timedelta) -> None:
    """Nothing is rounded on the way to a document."""
    with pytest.raises(InvalidValueError, match="whole seconds"):
        format_duration(length)
