"""The page about the command explains all of it, and its example is worth showing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from collective_booking.cli import main, teamfile
from tests.cli.command import Told

PROJECT: Final = Path(__file__).parents[2]
PAGE: Final = (PROJECT / "docs" / "command.md").read_text("utf-8")
TEAM: Final = "examples/sales_call/team.toml"
NOW: Final = ("--now", "2026-11-23T07:00:00Z")


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def test_the_page_explains_every_key_of_a_team_file() -> None:
    """A key that only the schema knows will never be used."""
    schema: dict[str, Any] = teamfile.schema()
    own, member = schema["properties"], schema["properties"]["members"]["items"]["properties"]
    about_the_team, about_a_member = PAGE.split("Of each member:")

    for part, keys in ((about_the_team, own), (about_a_member, member)):
        explained = {
            key
            for line in part.splitlines()
            if line.startswith("| `")
            for key in re.findall(r"`([a-z_]+)`", line.split("|")[1])
        }
        assert set(keys) <= explained


def test_the_page_and_the_schema_agree_on_what_is_required() -> None:
    """Whoever follows the table gets a file that can be read."""
    required: list[str] = teamfile.schema()["required"]

    for key in required:
        assert re.search(rf"\| `{key}` .*\| required +\|", PAGE), key


def test_the_example_team_is_worth_showing(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the first thing a newcomer sees of the library: it must be whole, and show much."""
    code = main(["slots", TEAM, *NOW])
    slots = Told(code, *capsys.readouterr())
    code = main(["check", TEAM, *NOW])
    check = Told(code, *capsys.readouterr())

    assert (slots.code, check.code) == (0, 0)
    assert 20 < len(re.findall(r"\d\d:\d\d", slots.out)) < 60
    assert check.out.endswith("\nNothing is wrong.\n")


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("2026-11-25T14:30:00Z", "Ana is busy"),  # the stand-up that was moved
        ("2026-11-27T15:00:00Z", "Ana is busy (tentative)"),
        ("2026-12-01T14:00:00Z", "Ben is busy"),  # two days away
        ("2026-11-26T15:00:00Z", "Grace is busy"),  # a holiday where she lives
        ("2026-11-25T16:30:00Z", "Grace is busy"),  # a series in the zone of a Windows machine
    ],
)
def test_the_example_has_what_real_calendars_have(
    capsys: pytest.CaptureFixture[str], start: str, reason: str
) -> None:
    """A demo on tidy data would show nothing."""
    code = main(["explain", TEAM, start, *NOW])

    assert code == 1
    assert reason in capsys.readouterr().out


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-24T16:15:00Z",  # a review of Ana's that was called off
        "2026-11-24T14:00:00Z",  # a webinar that Grace declined; Priya is busy, and may be
    ],
)
def test_the_example_has_what_does_not_count(
    capsys: pytest.CaptureFixture[str], start: str
) -> None:
    """Cancelled, transparent, declined and optional take no time (F4, F5)."""
    assert main(["explain", TEAM, start, *NOW]) == 0
    assert "can be booked" in capsys.readouterr().out
