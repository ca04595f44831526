"""`check`: a team that is fine, and calendars that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.cli.command import Run, Told
from tests.cli.teams import NOW, in_toml, team

MEETING: Final = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//tests//EN
BEGIN:VEVENT
UID:one@example.com
DTSTAMP:20261101T000000Z
DTSTART:20261124T090000Z
DTEND:20261124T100000Z
END:VEVENT
BEGIN:VEVENT
UID:two@example.com
DTSTAMP:20261101T000000Z
DTSTART:{start}
DTEND:20261125T100000Z
STATUS:TENTATIVE
END:VEVENT
END:VCALENDAR
"""


def write(folder: Path, name: str, start: str = "20261125T090000Z") -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(MEETING.format(start=start).replace("\n", "\r\n"), "utf-8")


@pytest.fixture
def with_calendar(folder: Path) -> Path:
    """A folder whose Ana keeps her calendar in a file."""
    write(folder, "ana.ics")
    (folder / "team.toml").write_text(in_toml(team({"calendars": ["ana.ics"]})), "utf-8")
    return folder


def test_a_team_that_is_fine_is_told_in_a_sentence(run: Run) -> None:
    """Reading it back is how one finds out that a setting does not say what was meant."""
    told = run("check", "team.toml", *NOW)

    assert told == Told(
        0,
        "Sales call: 30m, every 30m, with Ana and Ben in 2 time zones. Ana owns it.\n"
        "Ben has no calendar: busy never, as far as anybody knows.\n"
        "Nothing is wrong.\n",
        "",
    )


def test_a_price_is_told_with_what_follows_from_it(run: Run, folder: Path) -> None:
    """Its times are listed here, and booked elsewhere (M1): better heard early."""
    priced = team(price={"amount": 5000, "currency": "EUR"})
    (folder / "team.toml").write_text(in_toml(priced), "utf-8")

    told = run("check", "team.toml", *NOW)

    assert "It costs 50.00 EUR: only an application books what is paid for first.\n" in told.out
    assert told.code == 0


def test_each_calendar_is_read_and_summed_up(run: Run, with_calendar: Path) -> None:
    """Nought hours busy is how one notices the wrong file."""
    told = run("check", "team.toml", *NOW)

    rows = [line.split() for line in told.out.splitlines()]
    assert ["calendar", "busy", "tentative", "unknown"] in rows
    assert ["Ana", "ana.ics", "1h", "1h", "0m"] in rows
    assert told.code == 0


def test_an_item_that_cannot_be_read_has_its_place_and_is_a_no(
    run: Run, with_calendar: Path
) -> None:
    """The file, the component, the line and the UID: enough to find it in an editor."""
    write(with_calendar, "ana.ics", start="yesterday")

    told = run("check", "team.toml", *NOW)

    said = " ".join(told.out.split())
    assert told.code == 1
    assert "(ana.ics, VEVENT, line" in said
    assert "UID two@example.com)" in said
    assert said.endswith("1 item cannot be read.")


def test_a_folder_is_read_whole(run: Run, folder: Path) -> None:
    """Some programs keep one event a file."""
    write(folder, "ana/one.ics")
    write(folder, "ana/two.ics", start="tomorrow")
    (folder / "team.toml").write_text(in_toml(team({"calendars": ["ana"]})), "utf-8")

    told = run("check", "team.toml", *NOW)

    assert told.code == 1
    assert "two.ics" in told.out


def test_a_calendar_may_be_shared(run: Run, with_calendar: Path) -> None:
    """A team's common absences live in one file, read by each member's own clock."""
    document = team({"calendars": ["ana.ics"]})
    document["members"][1]["calendars"] = ["ana.ics"]
    (with_calendar / "team.toml").write_text(in_toml(document), "utf-8")

    told = run("check", "team.toml", *NOW)

    assert told.out.count(" ana.ics ") == 2
    assert told.code == 0


def test_a_team_file_finds_its_calendars_from_anywhere(
    run: Run, with_calendar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their paths are relative to the team file, wherever the command is run."""
    monkeypatch.chdir("/")

    told = run("slots", str(with_calendar / "team.toml"), *NOW, "--from", "2026-11-24", "--json")

    assert told.document["slots"][0]["start"] == "2026-11-24T10:00:00Z"


@pytest.mark.parametrize("busy", [[], [["2026-11-23T10:00:00Z", "2026-11-23T10:30:00Z"]]])
def test_a_reference_that_nobody_here_can_follow_is_a_no(
    run: Run, folder: Path, busy: list[list[str]]
) -> None:
    """Whatever else the file says of that member, until somebody lists the files (F3)."""
    document = team({"calendar": "google:123", "busy": busy})
    (folder / "team.toml").write_text(in_toml(document), "utf-8")

    told = run("check", "team.toml", *NOW)

    said = " ".join(told.out.split())
    assert "Ana: calendar names one, but calendars lists no file: all their time is unknown" in said
    assert said.endswith("1 calendar cannot be followed.")
    assert told.code == 1


def test_what_is_wrong_is_counted_by_its_kind(run: Run, with_calendar: Path) -> None:
    """An editor mends the one, and the other needs a file."""
    write(with_calendar, "ana.ics", start="yesterday")
    document = team({"calendars": ["ana.ics"]})
    document["members"][1]["calendar"] = "work"
    (with_calendar / "team.toml").write_text(in_toml(document), "utf-8")

    told = run("check", "team.toml", *NOW)

    assert told.out.endswith("1 item cannot be read. 1 calendar cannot be followed.\n")
    assert told.code == 1
