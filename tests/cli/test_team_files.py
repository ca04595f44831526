"""What a team file holds, in whichever way it is written."""

from __future__ import annotations

import json
import tomllib
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli import main, teamfile
from collective_booking.cli.answers import BadInput
from collective_booking.documents import to_dict
from collective_booking.intervals import Interval
from collective_booking.moments import isoformat
from collective_booking.slots import SlotFinder
from collective_booking.testing.strategies import calendars
from tests.cli.command import Run
from tests.cli.teams import NOW, TEAM, in_toml, team

MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)


def slots_of(path: Path) -> list[str]:
    """What the command lists of the file at *path*."""
    with redirect_stdout(StringIO()) as printed:
        main(["slots", str(path), "--now", isoformat(MONDAY), "--json"])
    return [slot["start"] for slot in json.loads(printed.getvalue())["slots"]]


@given(calendar=calendars())
@settings(max_examples=25)
def test_a_team_file_made_from_a_calendar_has_the_same_slots(
    tmp_path_factory: pytest.TempPathFactory, calendar: CollectiveCalendar
) -> None:
    """A document is a calendar, in JSON and in TOML, and the command adds nothing to it."""
    finder = SlotFinder(calendar=calendar, now=MONDAY)
    offered = [
        isoformat(slot.start)
        for slot in finder.offers(Interval(MONDAY, MONDAY + timedelta(days=14)))
    ]
    folder = tmp_path_factory.mktemp("team")
    document: dict[str, Any] = to_dict(calendar)
    (folder / "team.json").write_text(json.dumps(document), "utf-8")
    (folder / "team.toml").write_text(in_toml(document), "utf-8")

    assert slots_of(folder / "team.json") == slots_of(folder / "team.toml") == offered


def test_the_dates_and_times_of_toml_itself_may_be_used(run: Run, folder: Path) -> None:
    """In TOML they need no quotes, and editors colour them."""
    written = in_toml(team({"time_off": ["2026-11-24"]}))
    unquoted = written.replace('"2026-11-24"', "2026-11-24")
    for text in TEAM["members"][0]["busy"][0]:
        unquoted = unquoted.replace(f'"{text}"', text)
    (folder / "quoted.toml").write_text(written, "utf-8")
    (folder / "unquoted.toml").write_text(unquoted, "utf-8")

    assert written != unquoted
    assert run("slots", "quoted.toml", *NOW).out == run("slots", "unquoted.toml", *NOW).out


def test_a_file_without_a_suffix_is_what_it_looks_like(run: Run, folder: Path) -> None:
    """Pipes and temporary files have no suffix."""
    (folder / "one").write_bytes(b"\xef\xbb\xbf" + in_toml(TEAM).replace("\n", "\r\n").encode())
    (folder / "two").write_text(f"\n {json.dumps(TEAM)}", "utf-8")

    assert run("slots", "one", *NOW).out == run("slots", "two", *NOW).out
    assert run("slots", "one", *NOW).code == 0


def test_a_member_with_calendars_is_known_to_have_one(folder: Path) -> None:
    """Time of theirs that nobody looked up is unknown, and not free (F3)."""
    (folder / "ana.ics").touch()
    (folder / "team.json").write_text(json.dumps(team({"calendars": ["ana.ics"]})), "utf-8")

    calendar = teamfile.load("team.json").calendar

    assert [member.calendar for member in calendar.members] == ["ana.ics", None]


def test_the_schema_accepts_what_is_read_and_refuses_what_is_not(run: Run, folder: Path) -> None:
    """An editor that follows it must neither nag about a good file nor praise a bad one."""
    told = run("schema")
    check = Draft202012Validator(told.document)
    (folder / "ana.ics").touch()
    good = team({"calendars": ["ana.ics"]})
    bad = [team({"calendars": "ana.ics"}), team({"busy": [["2026-11-23"]]}), team({"bussy": []})]

    assert told.code == 0
    assert check.is_valid(good)
    assert not any(map(check.is_valid, bad))
    for place, document in enumerate([good, *bad]):
        path = folder / f"{place}.json"
        path.write_text(json.dumps(document), "utf-8")
        if place:
            with pytest.raises(BadInput):
                teamfile.load(str(path))
        else:
            teamfile.load(str(path))


def test_the_tests_write_toml_that_says_the_same() -> None:
    """Every comparison of TOML and JSON here leans on it."""
    assert tomllib.loads(in_toml(TEAM)) == TEAM
