"""Views: what the clock on the wall shows of a window, and the picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.localtime import MINUTE
from collective_booking.testing.strategies import ZONE_NAMES, names
from collective_booking.views import HOUR, Row, View, on_date

SVG: Final = "{http://www.w3.org/2000/svg}"
WEEK: Final = Interval.from_isoformat("2026-11-23T00:00Z/2026-11-30T00:00Z")
MORNING: Final = IntervalSet.from_isoformat("2026-11-23T09:00Z/2026-11-23T12:00Z")
CALL: Final = IntervalSet.from_isoformat("2026-11-23T10:00Z/2026-11-23T10:30Z")


def view(
    *rows: Row,
    title: str = "Sales call",
    timezone: str = "UTC",
    window: Interval = WEEK,
    common: IntervalSet = NEVER,
) -> View:
    return View(title, timezone, window, rows, common)


def row(name: str, opened: IntervalSet = MORNING, busy: IntervalSet = NEVER) -> Row:
    return Row(name, opened, busy, NEVER)


def drawn(picture: View) -> ET.Element:
    return ET.fromstring(picture.to_svg())


def written(picture: View) -> list[str]:
    """The labels, as they are read."""
    return [each.text or "" for each in drawn(picture).iter(f"{SVG}text")]


def sides(picture: View) -> Iterator[tuple[float, float]]:
    """Where the rectangles begin and end, from left to right."""
    for each in drawn(picture).iter(f"{SVG}rect"):
        yield float(each.get("x", "")), float(each.get("x", "")) + float(each.get("width", ""))


# --- walls ----------------------------------------------------------------------------------------


def test_a_doubled_hour_is_shown_over_itself() -> None:
    """The wall has 24 hours for 25, so 02:00 to 03:00 stands for both (T3)."""
    night = Interval.from_isoformat("2026-10-24T22:00Z/2026-10-25T23:00Z")
    once, again = (
        IntervalSet.from_isoformat(f"2026-10-25T{hour}:00Z/2026-10-25T{hour}:30Z")
        for hour in ("00", "01")
    )
    seen = view(timezone="Europe/Berlin", window=night)

    assert on_date(seen.on_walls(once), date(2026, 10, 25)) == [(2 * HOUR, 2 * HOUR + 30 * MINUTE)]
    assert seen.on_walls(once) == seen.on_walls(again) == seen.on_walls(once | again)


def test_a_skipped_hour_stays_empty() -> None:
    """Nobody is open then, and nobody is busy (T3)."""
    night = Interval.from_isoformat("2026-03-28T23:00Z/2026-03-29T22:00Z")
    seen = view(timezone="Europe/Berlin", window=night)

    shown = on_date(seen.on_walls(IntervalSet([night])), date(2026, 3, 29))

    assert shown == [(0, 2 * HOUR), (3 * HOUR, 24 * HOUR)]


def test_a_date_that_never_was_is_shown_as_empty() -> None:
    """Apia went from the 29th to the 31st; the picture keeps the gap."""
    days = Interval.from_isoformat("2011-12-29T12:00Z/2011-12-31T12:00Z")
    seen = view(row("Ana", IntervalSet([days])), timezone="Pacific/Apia", window=days)

    assert date(2011, 12, 30) in seen.dates()
    assert on_date(seen.on_walls(IntervalSet([days])), date(2011, 12, 30)) == []
    assert "Fri 30 Dec 0m" in written(seen)


@pytest.mark.parametrize(
    ("opened", "hours"),
    [
        (MORNING, (9, 12)),
        (IntervalSet.from_isoformat("2026-11-23T09:10Z/2026-11-23T11:50Z"), (9, 12)),
        (IntervalSet.from_isoformat("2026-11-23T22:00Z/2026-11-24T02:00Z"), (0, 24)),
        (NEVER, (0, 24)),
        (IntervalSet([WEEK]), (0, 24)),
    ],
)
def test_the_hours_drawn_are_those_in_which_somebody_opens(
    opened: IntervalSet, hours: tuple[int, int]
) -> None:
    """Nights would take two thirds of the picture."""
    assert view(row("Ana", opened)).hours() == hours


def test_who_never_closes_has_no_say_in_the_hours_drawn() -> None:
    """One member who ignores hours must not squeeze everybody else's days."""
    always = row("Ben", IntervalSet([WEEK]))
    optional = Row("Cleo", IntervalSet([WEEK]) - MORNING, NEVER, NEVER, required=False)

    assert view(row("Ana"), always, optional).hours() == (9, 12)


def test_time_off_gives_no_say_in_the_hours_drawn_either() -> None:
    """Who never closes but on one date would have every night drawn."""
    tuesday = IntervalSet.from_isoformat("2026-11-23T23:00Z/2026-11-24T23:00Z")

    assert view(row("opening hours"), row("Ana", IntervalSet([WEEK]) - tuesday)).hours() == (9, 12)


# --- the picture ----------------------------------------------------------------------------------


def test_the_picture_says_who_when_and_in_which_zone() -> None:
    """A picture that travels without its page must explain itself."""
    labels = written(view(row("Ana", busy=CALL), row("Ben"), common=MORNING - CALL))

    assert labels[:2] == ["Sales call", "Mon 23 Nov to Sun 29 Nov 2026, UTC time"]
    assert {"Ana", "Ben", "everyone", "Mon 23 Nov", "Sun 29 Nov", "9", "10", "11"} <= set(labels)
    assert labels[-5:] == ["open", "busy", "unknown", "closed", "suits everyone"]


def test_the_picture_can_be_heard() -> None:
    """A screen reader gets the answer in words, under ids that no other picture has."""
    one = drawn(view(row("Ana"), common=MORNING))
    other = drawn(view(row("Ana"), common=MORNING, title="Board"))

    title, told = one.find(f"{SVG}title"), one.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert one.get("role") == "img"
    assert one.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert told.text is not None
    assert told.text.endswith("Mon 23 Nov 09:00–12:00 suits everyone.")
    assert one.get("aria-labelledby") != other.get("aria-labelledby")


def test_a_picture_of_nothing_says_so() -> None:
    """Silence would sound like a picture that failed to load."""
    told = drawn(view(row("Ana"))).findtext(f"{SVG}desc")

    assert told is not None
    assert told.endswith("Nothing suits everyone.")


@given(name=names())
def test_any_name_can_be_drawn(name: str) -> None:
    """Names hold `<` and `&`, and letters of any script."""
    picture = view(row(name), title=f'<b>&"{name}')

    assert written(picture)[0] == f'<b>&"{name}'
    assert len(list(sides(picture))) > 7


def test_control_characters_do_not_break_the_picture() -> None:
    """XML cannot hold them at all, not even escaped."""
    assert {"a�b", "c�d"} <= set(written(view(row("a\0b"), row("c\uffffd"))))


def test_a_long_name_is_cut_and_kept_as_a_tip() -> None:
    """The picture keeps its shape; whoever points at the name reads all of it."""
    name = "Ana María de los Ángeles Fernández de Castro"
    labels = drawn(view(row(name))).iter(f"{SVG}text")

    (label,) = (each for each in labels if (each.text or "").endswith("…"))

    assert label.text == "Ana María de los Ángele…"
    assert label.findtext(f"{SVG}title") == name


@pytest.mark.parametrize("timezone", ZONE_NAMES)
@pytest.mark.parametrize("days", [1, 2, 7, 15])
def test_nothing_is_drawn_outside_the_picture(timezone: str, days: int) -> None:
    """Wherever midnight falls, and however many weeks it takes."""
    start = datetime(2026, 10, 20, 5, 17, tzinfo=UTC)
    window = Interval(start, start + timedelta(days=days, hours=-3))
    whole = IntervalSet([window])
    picture = view(row("Ana", whole, whole), timezone=timezone, window=window, common=whole)

    assert all(0 <= left < right <= 1120.01 for left, right in sides(picture))


def test_days_stand_side_by_side_and_weeks_below_each_other() -> None:
    """A week is read like a line, and the next one like the next line."""
    window = Interval.from_isoformat("2026-11-23T00:00Z/2026-12-07T00:00Z")
    labels = [
        each
        for each in drawn(view(row("Ana"), window=window)).iter(f"{SVG}text")
        if (each.text or "").startswith(("Mon", "Tue")) and each.get("font-weight") == "600"
    ]

    mondays, tuesdays = labels[::2], labels[1::2]
    assert [each.text for each in mondays] == ["Mon 23 Nov", "Mon 30 Nov"]
    assert [each.get("x") for each in mondays] == [mondays[0].get("x")] * 2
    assert all(
        float(tuesday.get("x", "")) > float(monday.get("x", ""))
        for monday, tuesday in zip(mondays, tuesdays, strict=True)
    )
    assert all(float(a.get("y", "")) < float(b.get("y", "")) for a, b in pairwise(mondays))


def test_a_hundred_members_still_make_a_picture() -> None:
    """Rows become thin, names stay, and it fits on a page or two."""
    many = [row(f"Member {number}", busy=CALL) for number in range(100)]
    picture = view(*many, common=MORNING - CALL)

    assert {f"Member {number}" for number in range(100)} <= set(written(picture))
    assert float(drawn(picture).get("height", "")) < 1_500
    assert len(picture.to_svg()) < 250_000


def test_a_notebook_shows_the_picture() -> None:
    """The last line of a cell is enough."""
    picture = view(row("Ana"))

    assert picture._repr_html_() == picture.to_svg()


def test_an_optional_member_is_drawn_faintly() -> None:
    """They are in the picture, and not in the way (F5)."""
    firm, faint = (
        drawn(view(Row("Ana", MORNING, CALL, NEVER, required=required)))
        for required in (True, False)
    )

    assert not [each for each in firm.iter(f"{SVG}path") if each.get("opacity")]
    assert [each for each in faint.iter(f"{SVG}path") if each.get("opacity")]
