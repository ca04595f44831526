"""Members who have left: what is booked with them goes on heeding their calendars (A3, F3)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calendars import event
from tests.cli.command import Run
from tests.cli.teams import NOW, TEAM, TEN, TEN_THIRTY, WHO, in_toml, team

HALF: str = "2026-11-24T10:00:00Z"
"""A start at which Eve is busy in each of these tests."""
BUSY = [HALF, "2026-11-24T10:30:00Z"]


def with_eve(folder: Path, **eve: Any) -> None:
    """Write a team of Ana, Ben and Eve, of whom Eve is asked in a way of hers."""
    document = team({"busy": []})
    document["members"].append({**TEAM["members"][1], "id": "eve", "name": "Eve", **eve})
    (folder / "team.toml").write_text(in_toml(document), "utf-8")


def calendars_of_eve(folder: Path) -> list[str]:
    """Two files of hers; the second has the event that matters."""
    (folder / "a.ics").write_text(event("20261123T100000Z", "20261123T110000Z"), "utf-8")
    (folder / "b.ics").write_text(event("20261124T100000Z", "20261124T103000Z"), "utf-8")
    return ["a.ics", "b.ics"]


@pytest.mark.parametrize("known_by", ["calendars", "busy", "both"])
def test_whoever_has_left_is_not_booked_over(run: Run, folder: Path, known_by: str) -> None:
    """They still come to what was booked, so all that was known of them has to stay known."""
    listed = {"calendars": calendars_of_eve(folder)} if known_by != "busy" else {}
    written = {"busy": [BUSY]} if known_by != "calendars" else {}
    with_eve(folder, **listed, **written)
    booked = run("book", "team.toml", TEN, *WHO, *NOW, "--json")
    before = run("reschedule", "team.toml", booked.id, HALF, *NOW)

    left = run("remove-member", "team.toml", "eve", *NOW)
    after = run("reschedule", "team.toml", booked.id, HALF, *NOW)
    moved = run("reschedule", "team.toml", booked.id, TEN_THIRTY, *NOW)

    assert (before.code, left.code, after.code, moved.code) == (1, 0, 1, 0)
    assert before.out == after.out
    assert "Eve is busy   10:00–10:30" in after.out
    assert "members   Ana, Ben and Eve" in moved.out


def test_what_they_were_known_by_last_counts_not_what_it_was_when_booked(
    run: Run, folder: Path
) -> None:
    """Calendars change their names between a booking and a farewell."""
    (folder / "old.ics").write_text(event("20261123T100000Z", "20261123T110000Z"), "utf-8")
    with_eve(folder, calendars=["old.ics"])
    booked = run("book", "team.toml", TEN, *WHO, *NOW, "--json")
    with_eve(folder, calendars=calendars_of_eve(folder))

    run("remove-member", "team.toml", "eve", *NOW)
    told = run("reschedule", "team.toml", booked.id, HALF, *NOW)

    assert told.code == 1
    assert "Eve is busy" in told.out


def test_a_calendar_that_is_gone_makes_them_unknown_and_says_so(run: Run, folder: Path) -> None:
    """Nobody tidies up for those who have left; what cannot be read is not free (F3)."""
    with_eve(folder, calendars=calendars_of_eve(folder))
    booked = run("book", "team.toml", TEN, *WHO, *NOW, "--json")
    run("remove-member", "team.toml", "eve", *NOW)
    (folder / "b.ics").unlink()

    told = run("reschedule", "team.toml", booked.id, TEN_THIRTY, *NOW)

    assert told.code == 1
    said = " ".join(told.out.split())
    assert "Eve cannot be looked up" in said
    assert "b.ics" in said


def test_what_only_an_application_can_follow_stays_unknown(run: Run, folder: Path) -> None:
    """Busy times in the file are not all that such a calendar has."""
    with_eve(folder, calendar="https://calendar.example.com/eve", busy=[BUSY])

    told = run("book", "team.toml", TEN, *WHO, *NOW)

    assert told.code == 1
    assert "Eve cannot be looked up" in told.out


def test_who_has_left_takes_part_without_any_calendar_too(run: Run, folder: Path) -> None:
    """They never had one, so nothing of theirs is unknown."""
    with_eve(folder)
    booked = run("book", "team.toml", TEN, *WHO, *NOW, "--json")
    run("remove-member", "team.toml", "eve", *NOW)

    assert run("reschedule", "team.toml", booked.id, HALF, *NOW).code == 0


def test_whoever_comes_back_is_asked_as_the_file_says_now(run: Run, folder: Path) -> None:
    """What was remembered is for those who are away."""
    with_eve(folder, busy=[BUSY])
    booked = run("book", "team.toml", TEN, *WHO, *NOW, "--json")
    run("remove-member", "team.toml", "eve", *NOW)
    with_eve(folder)

    assert run("reschedule", "team.toml", booked.id, HALF, *NOW).code == 0


def test_a_folder_is_moved_with_all_that_it_remembers(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are remembered as seen from the team's folder, wherever that is."""
    place = folder / "here"
    place.mkdir()
    with_eve(place, calendars=calendars_of_eve(place))
    booked = run("book", "here/team.toml", TEN, *WHO, *NOW, "--json")
    run("remove-member", "here/team.toml", "eve", *NOW)
    place.rename(folder / "there")
    monkeypatch.chdir(folder / "there")

    told = run("reschedule", "team.toml", booked.id, HALF, *NOW)

    assert told.code == 1
    assert "Eve is busy" in told.out


def test_an_appointment_of_another_team_is_refused_by_name(run: Run, folder: Path) -> None:
    """By the wrong file its members would be looked up in the wrong calendars."""
    other = {**team(name="Support", slug="support"), "members": TEAM["members"][::-1]}
    (folder / "support.toml").write_text(in_toml(other), "utf-8")
    booked = run("book", "team.toml", TEN, *WHO, *NOW, "--json")

    for command in (("reschedule", HALF), ("cancel",), ("approve",), ("decline",)):
        told = run(command[0], "support.toml", booked.id, *command[1:], *NOW)
        assert (told.code, told.out) == (2, "")
        assert "is of Sales call (sales-call), not of Support: name the team file of" in told.err
    assert run("agenda", "team.toml", *NOW, "--json").document["appointments"] == [
        booked.document["appointment"]
    ]


def test_two_files_cannot_keep_one_calendar(run: Run, folder: Path) -> None:
    """Each would undo what the other says, with every command (O4)."""
    (folder / "copy.toml").write_text(in_toml(team(duration="1h")), "utf-8")
    run("book", "team.toml", TEN, *WHO, *NOW)

    told = run("agenda", "copy.toml", *NOW)
    apart = run("agenda", "copy.toml", *NOW, "--db", "copy.sqlite")

    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("copy.toml: slug: 'sales-call' is that of team.toml too: give one")
    assert (apart.code, apart.out) == (0, "Nothing is booked.\n")
    assert run("check", "copy.toml", *NOW).err == told.err
    assert run("check", "team.toml", *NOW).code == 0


def test_checking_a_team_writes_nothing(run: Run, folder: Path) -> None:
    """A database that others have begun has no list of teams yet, and need not get one."""
    with closing(sqlite3.connect(folder / "bookings.sqlite")) as connection:
        connection.execute("CREATE TABLE others (something TEXT)")
    before = (folder / "bookings.sqlite").read_bytes()

    assert run("check", "team.toml", *NOW).code == 0
    assert (folder / "bookings.sqlite").read_bytes() == before


def test_a_file_that_is_broken_for_the_moment_keeps_its_calendar(run: Run, folder: Path) -> None:
    """Somebody is just editing it; another file must not slip in between."""
    (folder / "copy.toml").write_text(in_toml(TEAM), "utf-8")
    run("book", "team.toml", TEN, *WHO, *NOW)
    (folder / "team.toml").write_text("name = ", "utf-8")

    told = run("agenda", "copy.toml", *NOW)

    assert (told.code, told.out) == (2, "")
    assert "is that of team.toml too" in told.err


def test_a_database_of_another_making_is_named(run: Run, folder: Path) -> None:
    """Not a traceback, but the file that is to be put right."""
    with closing(sqlite3.connect(folder / "bookings.sqlite")) as connection:
        connection.execute("CREATE TABLE cli_teams (something TEXT)")

    told = run("agenda", "team.toml", *NOW)

    assert (told.code, told.out) == (2, "")
    assert told.err == "bookings.sqlite: cannot be used: no such column: file\n"


@pytest.mark.parametrize("how", ["renamed", "given another slug", "linked"])
def test_a_file_may_take_the_place_of_another(run: Run, folder: Path, how: str) -> None:
    """Nobody else has the slug then, and what is booked belongs to the slug."""
    run("book", "team.toml", TEN, *WHO, *NOW)
    if how == "renamed":
        (folder / "team.toml").rename(folder / "sales.toml")
    elif how == "linked":
        (folder / "sales.toml").symlink_to("team.toml")
    else:
        (folder / "sales.toml").write_text(in_toml(TEAM), "utf-8")
        (folder / "team.toml").write_text(in_toml(team(slug="older")), "utf-8")

    told = run("agenda", "sales.toml", *NOW, "--json")

    assert len(told.document["appointments"]) == 1
