"""`slots`: which are listed, for which window, and how they read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collective_booking.availability import Availability
from collective_booking.documents import from_dict
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.slots import SlotFinder
from tests.cli.command import Run, Told
from tests.cli.teams import NOW, TEAM, in_toml, team


def starts(told: Told) -> list[str]:
    return [slot["start"] for slot in told.document["slots"]]


def test_the_times_are_listed_by_day_with_a_line_that_sums_them_up(run: Run) -> None:
    """This is the page that somebody reads to a caller on the phone."""
    told = run("slots", "team.toml", *NOW, "--to", "2026-11-24")

    assert told == Told(
        0,
        "Sales call, 30m\n"
        "Times in Europe/London (UTC)\n"
        "\n"
        "  Mon 23 Nov 2026   09:00  09:30  10:30\n"
        "  Tue 24 Nov        09:00  09:30  10:00  10:30\n"
        "\n"
        "7 times until Wed 25 Nov 00:00 suit Ana and Ben.\n"
        "Mon 23 Nov 09:00 is 10:00 for Ana.\n",
        "",
    )


@pytest.mark.parametrize("columns", [18, 24, 30])
def test_a_narrow_terminal_never_cuts_a_time(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Half a time is no answer; the rest of the page may wrap as it must."""
    monkeypatch.setenv("COLUMNS", str(columns))

    told = run("slots", "team.toml", *NOW, "--to", "2026-11-24")

    for time in ("09:00", "09:30", "10:00", "10:30"):
        assert time in told.out


def test_json_is_in_utc_whichever_zone_is_shown(run: Run) -> None:
    """A script must not have to guess what a person in front of it prefers."""
    told = run("slots", "team.toml", *NOW, "--first", "1", "--timezone", "Asia/Tokyo", "--json")

    assert told.document["slots"] == [
        {"start": "2026-11-23T09:00:00Z", "end": "2026-11-23T09:30:00Z", "verified": True}
    ]
    assert told.document["window"] == {
        "start": "2026-11-23T07:00:00Z",
        "end": "2026-12-07T07:00:00Z",
    }
    assert (told.code, told.err) == (0, "")


def test_json_says_what_the_library_says(run: Run) -> None:
    """The command decides nothing about free time."""
    now = datetime(2026, 11, 23, 7, tzinfo=UTC)
    members = [{k: v for k, v in each.items() if k != "busy"} for each in TEAM["members"]]
    busy = IntervalSet.from_isoformat("2026-11-23T10:00Z/2026-11-23T10:30Z")
    finder = SlotFinder(
        calendar=from_dict({**TEAM, "members": members}),
        availability={"ana": Availability(busy=busy)},
        now=now,
    )

    told = run("slots", "team.toml", *NOW, "--json")

    expected = finder.offers(Interval(now, now + timedelta(days=14)))
    assert len(expected) > 30
    assert starts(told) == [f"{slot.start:%Y-%m-%dT%H:%M:%SZ}" for slot in expected]


@pytest.mark.parametrize(
    ("options", "first", "last", "count"),
    [
        (["--to", "2026-11-23"], "2026-11-23T09:00:00Z", "2026-11-23T10:30:00Z", 3),
        (["--from", "2026-11-24", "--to", "2026-11-24"], "2026-11-24T09:00:00Z", None, 4),
        (["--from", "2026-11-24T09:30Z", "--to", "2026-11-24"], "2026-11-24T09:30:00Z", None, 3),
        (["--to", "2026-11-23T10:30:00Z"], "2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z", 2),
        (["--to", "2026-11-23T11:30:01+01:00"], "2026-11-23T09:00:00Z", None, 3),
        (["--from", "2026-11-24"], "2026-11-24T09:00:00Z", "2026-12-07T10:30:00Z", 40),
        (["--from", "2026-11-24T10:00Z"], "2026-11-24T10:00:00Z", "2026-12-08T09:30:00Z", 40),
        ([], "2026-11-23T09:00:00Z", "2026-12-04T10:30:00Z", 39),
        (["--first", "2"], "2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z", 2),
        (["--now", "2026-11-23T07:30Z", "--first", "1"], "2026-11-23T09:30:00Z", None, 1),
        (["--now", "2026-11-25", "--first", "1"], "2026-11-25T09:00:00Z", None, 1),
    ],
)
def test_a_date_is_whole_an_instant_is_exact_and_a_slot_counts_by_its_start(
    run: Run, options: list[str], first: str, last: str | None, count: int
) -> None:
    """Off by one at the end of a range is a day that nobody can book."""
    found = starts(run("slots", "team.toml", *NOW, *options, "--json"))

    assert (found[0], len(found)) == (first, count)
    assert last in {None, found[-1]}


def test_dates_are_those_of_the_calendar_wherever_times_are_shown(run: Run) -> None:
    """A slot belongs to the date on which the calendar has it start, whoever looks (N2)."""
    asked = ("--from", "2026-11-24", "--to", "2026-11-24", "--timezone", "America/Los_Angeles")

    told = run("slots", "team.toml", *NOW, *asked)

    assert "Times in America/Los_Angeles (UTC-8)" in told.out
    assert "Tue 24 Nov 2026   01:00  01:30  02:00  02:30" in told.out
    assert "Tue 24 Nov 01:00 is 09:00 for Ben, 10:00 for Ana." in told.out


def test_without_any_slot_the_answer_says_what_blocks_most(run: Run) -> None:
    """An empty list is where questions begin."""
    told = run("slots", "team.toml", *NOW, "--from", "2026-11-28", "--to", "2026-11-29")

    assert told.code == 1
    assert told.out.startswith("No time suits everyone from Sat 28 Nov 00:00 to Mon 30 Nov 00:00")
    assert "Ana" in told.out
    assert "hours 48h" in told.out
    assert "explain" in told.out.splitlines()[-1]


def test_without_any_slot_json_has_an_empty_list_and_what_blocks(run: Run) -> None:
    """The shape stays the same, so a loop over the slots just does nothing."""
    told = run("slots", "team.toml", *NOW, "--from", "2026-11-28", "--to", "2026-11-28", "--json")

    assert told.code == 1
    assert told.document["slots"] == []
    assert told.document["blockages"][0] == {
        "who": "ana",
        "blocked_seconds": 86_400,
        "alone_seconds": 0,
        "by": {"hours": 86_400},
    }


def test_times_that_are_only_hidden_are_not_said_to_suit_nobody(run: Run, folder: Path) -> None:
    """They can be booked by whoever asks for one; a list just leaves them out (N5)."""
    (folder / "team.toml").write_text(in_toml(team(look_busy=99)), "utf-8")

    told = run("slots", "team.toml", *NOW, "--to", "2026-11-23")
    as_json = run("slots", "team.toml", *NOW, "--to", "2026-11-23", "--json")

    said = " ".join(told.out.split())
    assert said.startswith("No time is listed from Mon 23 Nov 07:00 to Tue 24 Nov 00:00")
    assert "(Europe/London): 3 times are hidden to look busy. " in said
    assert (as_json.document["slots"], as_json.document["hidden"]) == ([], 3)
    assert (told.code, as_json.code) == (1, 1)


def test_the_doubled_hour_is_told_apart(run: Run, folder: Path) -> None:
    """Two rows of 02:00 on one night are two different appointments (T3)."""
    night = {"timezone": "Europe/Berlin", "hours": ["daily 02:00-03:00"], "busy": []}
    document = team(night, timezone="Europe/Berlin")
    document["members"][1] |= {"ignore_hours": True}
    (folder / "night.toml").write_text(in_toml(document), "utf-8")

    told = run("slots", "night.toml", "--now", "2026-10-24", "--from", "2026-10-25")

    assert "Times in Europe/Berlin (UTC+2, from Sun 25 Oct UTC+1)" in told.out
    assert "02:00+02:00  02:30+02:00  02:00+01:00  02:30+01:00" in told.out


def test_an_unverified_time_is_marked(run: Run, folder: Path) -> None:
    """Whoever offers it must know that a calendar could not be read (F3)."""
    (folder / "ana.ics").write_text("no calendar at all", "utf-8")
    document = team({"calendars": ["ana.ics"], "on_unknown": "open"})
    (folder / "team.json").write_text(json.dumps(document), "utf-8")

    told = run("slots", "team.json", *NOW, "--first", "1")
    as_json = run("slots", "team.json", *NOW, "--first", "1", "--json")

    assert "09:00?" in told.out
    assert "? free only if a calendar that cannot be read is" in told.out
    assert as_json.document["slots"][0]["verified"] is False


@pytest.mark.parametrize("busy", [[], [["2026-11-23T10:00:00Z", "2026-11-23T10:30:00Z"]]])
@pytest.mark.parametrize("on_unknown", ["open", "closed"])
def test_busy_times_do_not_stand_for_a_calendar_that_nobody_can_follow(
    run: Run, folder: Path, busy: list[list[str]], on_unknown: str
) -> None:
    """They are what somebody typed; all the rest of that calendar is unknown (F3)."""
    member = {"calendar": "google:123", "busy": busy, "on_unknown": on_unknown}
    (folder / "team.json").write_text(json.dumps(team(member)), "utf-8")

    told = run("slots", "team.json", *NOW, "--to", "2026-11-23", "--json")
    why = run("explain", "team.json", "2026-11-23T09:00Z", *NOW)

    offered = [slot["verified"] for slot in told.document["slots"]]
    assert offered == ([False] * (4 - len(busy)) if on_unknown == "open" else [])
    assert "Ana cannot be looked up (no answer)\n" in why.out
    assert "google" not in told.out + why.out


def test_of_a_hundred_nobody_lists_the_names(run: Run, folder: Path) -> None:
    """A summary that fills the screen sums nothing up."""
    document = team()
    document["members"] += [
        {**TEAM["members"][1], "id": f"m{number}", "name": f"M {number}"} for number in range(98)
    ]
    (folder / "many.json").write_text(json.dumps(document), "utf-8")

    told = run("slots", "many.json", *NOW, "--first", "2")

    assert "The first 2 times, until Mon 23 Nov 09:30, suit all 100 members." in told.out
    assert "Mon 23 Nov 09:00 is 10:00 in Europe/Madrid." in told.out


def test_an_optional_member_is_named_apart(run: Run, folder: Path) -> None:
    """They never block, so they are not among those whom a time suits (F5)."""
    document = team()
    document["members"].append({**TEAM["members"][1], "id": "c", "name": "Cleo", "required": False})
    (folder / "team.json").write_text(json.dumps(document), "utf-8")

    told = run("slots", "team.json", *NOW, "--first", "1")

    assert "The first time, Mon 23 Nov 09:00, suits Ana and Ben; Cleo may come or not." in told.out


def test_what_lies_just_outside_the_window_counts(run: Run, folder: Path) -> None:
    """A buffer reaches over the edge of the window, and so does the last slot (F3)."""
    before, after = ["2026-11-24T08:50:00Z", "2026-11-24T09:25:00Z"], "2026-11-24T10:35:00Z"
    document = team(
        {"busy": [before, [after, "2026-11-24T10:40:00Z"]]},
        buffer_before="10m",
        buffer_after="10m",
    )
    (folder / "team.json").write_text(json.dumps(document), "utf-8")
    window = ("--from", "2026-11-24T09:30:00Z", "--to", "2026-11-24T10:00:01Z")

    told = run("slots", "team.json", *NOW, *window, "--json")

    assert (told.code, told.document["slots"]) == (1, [])
    assert told.document["blockages"][0]["by"] == {"busy": 601}  # 09:30 to 09:35, and from 09:55 on


def test_any_order_of_asking_gives_the_same_times(run: Run) -> None:
    """The window selects starts and moves nothing, so two halves make the whole (L1)."""
    days = ("--from", "2026-11-23", "--to", "2026-11-24T09:45Z")
    rest = ("--from", "2026-11-24T09:45Z", "--to", "2026-11-27")

    whole, early, late = (
        starts(run("slots", "team.toml", *NOW, *window, "--json"))
        for window in (("--to", "2026-11-27"), days, rest)
    )

    assert whole == early + late
