"""The picture of a view, as those who get it see and hear it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.testing.strategies import ZONE_NAMES, names
from collective_booking.views import View
from collective_booking.walls import Row
from tests.windows import CALL, MORNING, row, view

SVG: Final = "{http://www.w3.org/2000/svg}"


def drawn(picture: View) -> ET.Element:
    return ET.fromstring(picture.to_svg())


def written(picture: View) -> list[str]:
    """The labels, as they are read."""
    return [each.text or "" for each in drawn(picture).iter(f"{SVG}text")]


def sides(picture: View) -> Iterator[tuple[float, float]]:
    """Where the rectangles begin and end, from left to right."""
    for each in drawn(picture).iter(f"{SVG}rect"):
        yield float(each.get("x", "")), float(each.get("x", "")) + float(each.get("width", ""))


def test_the_picture_says_who_when_and_in_which_zone() -> None:
    """A picture that travels without its page must explain itself."""
    labels = written(view(row("Ana", busy=CALL), row("Ben"), common=MORNING - CALL))

    assert labels[:2] == ["Sales call", "Mon 23 Nov to Sun 29 Nov 2026, UTC time"]
    assert {"Ana", "Ben", "everyone", "Mon 23 Nov", "Sun 29 Nov", "9", "10", "11"} <= set(labels)
    assert labels[-5:] == ["open", "busy", "unknown", "closed", "suits everyone"]


def test_every_colour_has_one_for_the_dark() -> None:
    """A white card on a dark page dazzles; and a colour left out is read on the wrong paper."""
    picture = drawn(view(row("Ana", busy=CALL), row("Ben"), common=MORNING))
    style = picture.findtext(f"{SVG}style") or ""
    used = {each.get(what, "") for each in picture.iter() for what in ("fill", "stroke")}

    assert "prefers-color-scheme: dark" in style
    for colour in (each for each in used if each.startswith("#")):
        assert f'#{picture.get("id")} [fill="{colour}"]' in style


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


def test_what_does_not_suit_an_optional_member_is_not_said_to_suit_everyone() -> None:
    """They are not asked, so the picture must not speak for them (F5)."""
    optional = Row("Ben", MORNING, CALL, NEVER, required=False)
    picture = view(row("Ana"), optional, common=MORNING)

    assert written(picture)[-2:] == ["optional", "suits all required"]
    assert "all required" in written(picture)
    assert "everyone" not in picture.to_svg()
