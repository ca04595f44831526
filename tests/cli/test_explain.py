"""`explain`: why one start is refused, and what blocks a window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Run, Told
from tests.cli.teams import NOW, in_toml, team


def test_a_start_that_can_be_booked_is_a_yes(run: Run) -> None:
    """The exit code alone must do for a script."""
    told = run("explain", "team.toml", "2026-11-23T09:00:00Z", *NOW)

    assert told == Told(0, "Mon 23 Nov 2026 09:00 (Europe/London) can be booked.\n", "")


def test_every_reason_names_who_and_when_in_the_time_that_is_shown(run: Run) -> None:
    """Whoever reads this wants to move something, so they must know what and whose."""
    told = run("explain", "team.toml", "2026-11-23T08:40+00:00", *NOW)

    assert told == Told(
        1,
        "Mon 23 Nov 2026 08:40 (Europe/London) is refused:\n"
        "  this time is too soon to be booked   until Mon 23 Nov 09:00\n"
        "  Ana is outside opening hours         Fri 20 Nov 11:00 – Mon 23 Nov 09:00\n"
        "  Ben is outside opening hours         Fri 20 Nov 17:00 – Mon 23 Nov 09:00\n",
        "",
    )


def test_what_blocks_is_shown_whole_and_by_the_clock_asked_for(run: Run) -> None:
    """A busy hour cut at the slot's edge would look like another event."""
    told = run("explain", "team.toml", "2026-11-23T10:00Z", *NOW, "--timezone", "Asia/Tokyo")

    assert told.code == 1
    assert "Mon 23 Nov 2026 19:00 (Asia/Tokyo) is refused:" in told.out
    assert "Ana is busy   19:00–19:30" in told.out


def test_a_start_off_the_grid_is_refused_with_its_neighbours(run: Run) -> None:
    """It is no bad input: somebody may type any time, and deserves a reason."""
    told = run("explain", "team.toml", "2026-11-24T09:10Z", *NOW)

    assert told.code == 1
    assert "this time is not one of the times that are offered   09:00–09:30" in told.out


def test_far_ahead_and_long_ago_have_reasons_too(run: Run) -> None:
    """Any start gets an answer, also those that no list could hold."""
    ahead = run("explain", "team.toml", "2027-06-01T08:00Z", *NOW)
    past = run("explain", "team.toml", "2020-06-01T08:00Z", *NOW)

    assert "is too far ahead to be booked   from Thu 24 Dec 00:00" in ahead.out
    assert "is too soon to be booked   until Mon 23 Nov 09:00" in past.out
    assert (ahead.code, past.code) == (1, 1)


def test_the_json_of_a_start_has_its_reasons_in_utc(run: Run) -> None:
    """Ends that lie beyond all calendars are null: nobody wants to parse the year 1."""
    told = run("explain", "team.toml", "2026-11-23T08:30Z", *NOW, "--json", "--first", "2")

    assert told.code == 1
    assert told.document == {
        "start": "2026-11-23T08:30:00Z",
        "calendar": "sales-call",
        "accepted": False,
        "verified": True,
        "reasons": [
            {"what": "notice", "who": None, "start": None, "end": "2026-11-23T09:00:00Z"},
            {
                "what": "hours",
                "who": "ana",
                "start": "2026-11-20T11:00:00Z",
                "end": "2026-11-23T09:00:00Z",
            },
        ],
        "notes": [],
    }


def test_a_hidden_start_is_a_yes_with_a_note(run: Run, folder: Path) -> None:
    """Listings leave it out to look busy; whoever asks for it gets it (N5)."""
    (folder / "team.toml").write_text(in_toml(team(look_busy=99)), "utf-8")

    told = run("explain", "team.toml", "2026-11-23T09:00Z", *NOW)

    assert told.code == 0
    assert "can be booked:\n  this time is left out of listings to look busy\n" in told.out


def test_a_calendar_that_cannot_be_read_is_named_with_the_place(run: Run, folder: Path) -> None:
    """Unknown is not busy: this one is mended with an editor (F3)."""
    (folder / "ana.ics").write_text("no calendar at all", "utf-8")
    (folder / "team.toml").write_text(in_toml(team({"calendars": ["ana.ics"]})), "utf-8")

    told = run("explain", "team.toml", "2026-11-24T09:00Z", *NOW)

    assert told.code == 1
    assert "Ana cannot be looked up (unreadable" in told.out
    assert "ana.ics" in told.out


def test_a_window_is_explained_by_member_most_blocking_first(run: Run) -> None:
    """Whoever blocks most alone comes first: without them most time would open (X2)."""
    told = run("explain", "team.toml", *NOW, "--to", "2026-11-23")

    who = [
        line.split()[0] for line in told.out.splitlines() if line.startswith("  ") and "█" in line
    ]
    assert told.out.startswith("What blocks Sales call from Mon 23 Nov 07:00 to Tue 24 Nov 00:00")
    assert who == ["Ana"]
    assert "notice 2h" in told.out
    assert told.out.endswith("\n3 times left.\nWithout Ana: 13 more times.\n")
    assert told.code == 0


def test_a_window_without_a_start_is_a_no(run: Run) -> None:
    """The same answer as of `slots`, to the same question."""
    told = run("explain", "team.toml", *NOW, "--from", "2026-11-28", "--to", "2026-11-28")

    assert told.code == 1
    assert told.out.endswith("\nNo time is left.\n")


def test_a_window_says_how_many_times_are_hidden(run: Run, folder: Path) -> None:
    """Nobody blocks them, so no row of the table accounts for them (N5)."""
    (folder / "team.toml").write_text(in_toml(team(look_busy=50)), "utf-8")

    told = run("explain", "team.toml", *NOW, "--to", "2026-11-24")
    document = run("explain", "team.toml", *NOW, "--to", "2026-11-24", "--json").document

    offered, hidden = document["offered"], document["hidden"]
    assert (offered + hidden, told.code) == (7, 0)
    assert f"\n{offered} times left. {hidden} more times are hidden to look busy.\n" in told.out


def test_the_json_of_a_window_counts_in_seconds(run: Run) -> None:
    """Amounts are to be compared, and nobody compares `1h30m`."""
    asked = ("--from", "2026-11-24", "--to", "2026-11-24", "--json")

    told = run("explain", "team.toml", *NOW, *asked, "--first", "1")

    assert (told.code, told.document["offered"]) == (0, 4)
    assert told.document["blockages"] == [
        {
            "who": "ana",
            "blocked_seconds": 22 * 3600 + 30 * 60,
            "alone_seconds": 6 * 3600,
            "by": {"hours": 22 * 3600 + 30 * 60},
        }
    ]
    assert told.document["releases"] == [{"members": ["ana"], "starts": 12}]


@pytest.mark.parametrize("kind", ["toml", "json"])
def test_toml_and_json_are_explained_alike(run: Run, kind: str) -> None:
    """The keys are the same, so the answers are."""
    told = run("explain", f"team.{kind}", "2026-11-23T10:00Z", *NOW, "--json")

    assert [reason["who"] for reason in told.document["reasons"]] == ["ana"]
    assert json.loads(told.out) == told.document
