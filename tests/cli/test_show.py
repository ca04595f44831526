"""`show`: the week in a terminal, and as a picture in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from tests.cli.command import Run, Told
from tests.cli.teams import NOW, TEAM, in_toml, team

MONDAY: Final = ("--to", "2026-11-23")


def test_a_day_is_a_strip_a_member_and_one_for_everyone(run: Run) -> None:
    """Each state has a letter of its own, so it reads without colours too."""
    told = run("show", "team.toml", *NOW, *MONDAY)

    assert told == Told(
        0,
        "Sales call, 30m\n"
        "Times in Europe/London (UTC)\n"
        "\n"
        "Mon 23 Nov  9     10    11    12    13    14    15    16\n"
        "Ana         ──────███───\n"
        "Ben         ────────────────────────────────────────────────\n"
        "everyone    ●●●●●●   ●●●\n"
        "\n"
        "── open   ██ busy   ?? unknown   ●● suits everyone   each is 10 minutes\n",
        "",
    )


def test_the_week_is_seven_days_from_today_and_closed_days_are_a_line(run: Run) -> None:
    """Whoever asks on a Thursday wants to see next Wednesday."""
    told = run("show", "team.toml", "--now", "2026-11-26T12:00Z")

    days = [line[:10] for line in told.out.splitlines() if line[:3] in {"Thu", "Sat", "Sun", "Wed"}]
    assert days == ["Thu 26 Nov", "Sat 28 Nov", "Sun 29 Nov", "Wed 2 Dec "]
    assert "Sun 29 Nov  nobody is open\n" in told.out


def test_every_line_fits_into_the_terminal(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A strip that wraps is no strip, however long the names and the hours."""
    document = team({"name": "Ana " * 40 + "!", "hours": ["daily 00:00-24:00"]})
    (folder / "team.json").write_text(json.dumps(document), "utf-8")

    for columns in (60, 80, 100, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        told = run("show", "team.json", *NOW)
        assert max(map(len, told.out.splitlines())) <= columns
        assert "Ana Ana Ana A…" in told.out


def test_unknown_time_is_shown_as_such(run: Run, folder: Path) -> None:
    """Neither free nor busy: somebody has to look at that calendar (F3)."""
    (folder / "ana.ics").write_text("no calendar at all", "utf-8")
    (folder / "team.toml").write_text(in_toml(team({"calendars": ["ana.ics"]})), "utf-8")

    told = run("show", "team.toml", *NOW, *MONDAY)

    assert "Ana         ??????███???" in told.out
    assert "●" not in told.out.replace("●● suits everyone", "")


def test_another_zone_moves_the_picture(run: Run) -> None:
    """The same week, by the clock of whoever looks."""
    told = run("show", "team.toml", *NOW, *MONDAY, "--timezone", "Asia/Tokyo")

    assert "Times in Asia/Tokyo (UTC+9)" in told.out
    assert "Mon 23 Nov  0" in told.out


def test_hours_that_replace_the_members_have_a_row_of_their_own(run: Run, folder: Path) -> None:
    """Members are drawn as they count: open, but for what is busy and their time off (F1)."""
    (folder / "team.toml").write_text(
        in_toml(
            team(
                {"time_off": ["2026-11-24/2026-11-24"]},
                hours=["Mon-Fri 09:00-12:00"],
                hours_mode="replace",
                interval="1h",
                duration="1h",
            )
        ),
        "utf-8",
    )

    told = run("show", "team.toml", *NOW, "--to", "2026-11-25")

    assert told.out.splitlines()[3:14] == [
        "Mon 23 Nov     9     10    11",
        "opening hours  ──────────────────",
        "Ana            ──────███─────────",
        "Ben            ──────────────────",
        "everyone       ●●●●●●      ●●●●●●",
        "",
        "Tue 24 Nov     9     10    11",
        "opening hours  ──────────────────",
        "Ana",
        "Ben            ──────────────────",
        "everyone",
    ]


def test_opening_hours_are_drawn_into_the_picture(run: Run, folder: Path) -> None:
    """Above the members, as in the terminal."""
    document = team(hours=["Mon-Fri 09:00-12:00"], hours_mode="replace")
    (folder / "team.toml").write_text(in_toml(document), "utf-8")

    run("show", "team.toml", *NOW, "--svg", "week.svg")

    labels = [each.text for each in ET.parse(folder / "week.svg").iter() if each.text]
    rows = [text for text in labels if text in {"opening hours", "Ana", "Ben", "everyone"}]
    assert rows == ["opening hours", "Ana", "Ben", "everyone"]


def test_of_a_large_team_the_strip_says_how_many_are_free(run: Run, folder: Path) -> None:
    """A hundred strips a day would be no picture."""
    document = team()
    document["members"] += [
        {**TEAM["members"][0], "id": f"m{number}", "name": f"M {number}"} for number in range(98)
    ]
    (folder / "many.json").write_text(json.dumps(document), "utf-8")

    told = run("show", "many.json", *NOW, *MONDAY)

    assert len(told.out.splitlines()) == 8
    assert "free        ██████   ███" in told.out
    assert "▁▁ few are free   ██ all are" in told.out


def test_a_day_on_which_clocks_change_says_how_long_it_is(run: Run) -> None:
    """The hours are those on the wall, and one of them is there twice."""
    told = run("show", "team.toml", "--now", "2026-10-19", "--timezone", "Europe/Berlin")

    assert "Sun 25 Oct 25h  nobody is open" in told.out


def test_the_picture_goes_into_a_file(run: Run, folder: Path) -> None:
    """For a page, a mail, a chat: it needs nothing around it."""
    told = run("show", "team.toml", *NOW, "--svg", "[bold]week.svg")

    assert told == Told(0, "[bold]week.svg is drawn.\n", "")
    picture = ET.parse(folder / "[bold]week.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Europe/London" in "".join(picture.itertext())
