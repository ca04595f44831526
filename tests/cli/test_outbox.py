"""The outbox that cannot be written: who waits, from when, and how they are told after all (E1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.command import Run, Told, run_apart
from tests.cli.teams import NOW, TEN, TEN_THIRTY, WHO

LATER = ("--now", "2026-11-23T07:10:00Z")
ADDRESSES = ["booker", "copy:ana"]
AGAIN = r"tried again by `deliver` from Mon 23 Nov (07:0[12](?::\d\d)?)"
"""One to two minutes later, spread by the key; on the full minute, seconds are not told."""


@pytest.fixture
def stuck(run: Run, folder: Path) -> Told:
    """A booking of which nobody could be told: a file is in the way of the outbox."""
    (folder / "outbox").write_text("in the way", "utf-8")
    return run("book", "team.toml", TEN, *WHO, *NOW, "--json")


def test_a_failing_outbox_is_told_in_words_and_not_in_tracebacks(folder: Path) -> None:
    """Six pages of Python before the answer hide that the time is booked."""
    (folder / "outbox").write_text("in the way", "utf-8")

    told = run_apart("book", "team.toml", TEN, *WHO, *NOW, cwd=folder)

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Booked: Sales call")
    assert re.search(f"is {AGAIN}: ", " ".join(told.out.split()))


def test_what_waits_for_a_later_try_is_not_called_nothing(run: Run, stuck: Told) -> None:
    """A cron job that hears that all is well stops looking."""
    told = run("deliver", "team.toml", *NOW)

    said = " ".join(told.out.split())
    assert told.code == 1
    assert said.startswith("2 wait, ")
    assert re.search(f"It is {AGAIN}: ", said)
    assert "Error: [Errno" in said


def test_whoever_comes_when_it_says_is_not_too_early(run: Run, folder: Path, stuck: Told) -> None:
    """The moment is told in whole seconds, and must not be rounded to one that is too soon."""
    (folder / "outbox").unlink()
    said = " ".join(run("deliver", "team.toml", *NOW).out.split())
    found = re.search(AGAIN, said)
    assert found

    told = run("deliver", "team.toml", "--now", f"2026-11-23T{found[1]}Z", "--json")

    assert told.document["delivered"]


def test_the_list_has_each_that_waits_with_its_key(run: Run, stuck: Told) -> None:
    """Nothing is tried by it, so it may be looked at as often as one likes."""
    listed = [run("deliver", "team.toml", *LATER, "--list", "--json") for _ in range(2)]
    told = run("deliver", "team.toml", *LATER, "--list")

    waiting = listed[1].document["undelivered"]
    assert listed[0] == listed[1]
    assert listed[0].code == told.code == 0
    assert sorted(each["address"] for each in waiting) == ADDRESSES
    assert {each["attempts"] for each in waiting} == {1}
    assert all(each["due"].startswith("2026-11-23T07:01:") for each in waiting)
    assert all(each["failure"] and stuck.id in each["key"] for each in waiting)
    assert all(each["key"] in told.out for each in waiting)
    assert len(re.findall(AGAIN, " ".join(told.out.split()))) == 2


def test_one_of_them_is_tried_at_once(run: Run, folder: Path, stuck: Told) -> None:
    """Whoever has mended the folder need not wait; the others keep their time."""
    (folder / "outbox").unlink()
    key = f"default/{stuck.id}/1/booker"

    told = run("deliver", "team.toml", *NOW, "--retry", key, "--json")

    assert told.document["delivered"] == [key]
    assert [each["address"] for each in told.document["undelivered"]] == ["copy:ana"]
    assert told.code == 1
    assert run("deliver", "team.toml", *LATER).out == "1 invitation in outbox.\n"
    assert run("deliver", "team.toml", *LATER) == Told(0, "Nothing waits.\n", "")
    assert run("deliver", "team.toml", *LATER, "--list").out == "Nothing waits.\n"


def test_what_is_given_up_is_named_and_can_be_tried_again(
    run: Run, folder: Path, stuck: Told
) -> None:
    """A dead letter that nobody can see or revive is a message that is lost."""
    days = [("--now", f"2026-11-{day}T07:00:00Z") for day in range(24, 31)]
    days += [("--now", f"2026-12-0{day}T07:00:00Z") for day in range(1, 5)]
    codes = [run("deliver", "team.toml", *day).code for day in days]
    last = days[-1]

    assert codes[:9] == [1] * 9
    assert codes[9:] == [0, 0]  # told as given up; nothing waits for this command any more
    quiet = run("deliver", "team.toml", *last).out
    assert quiet.startswith("2 are given up.\n`deliver --list` names them, and")
    listed = run("deliver", "team.toml", *last, "--list", "--json").document["undelivered"]
    assert [(each["attempts"], each["due"]) for each in listed] == [(10, None)] * 2
    assert "given up, after 10 tries" in run("deliver", "team.toml", *last, "--list").out

    (folder / "outbox").unlink()
    for each in listed:
        assert run("deliver", "team.toml", *last, "--retry", each["key"]).code == 0
    assert run("deliver", "team.toml", *last).out == "Nothing waits.\n"


def test_a_change_that_waits_for_what_came_before_it_waits_too(run: Run, stuck: Told) -> None:
    """It was never tried, and it is due no earlier than the message before it."""
    run("reschedule", "team.toml", stuck.id, TEN_THIRTY, *NOW)

    waiting = run("deliver", "team.toml", *NOW, "--list", "--json").document["undelivered"]

    assert sorted(each["attempts"] for each in waiting) == [0, 0, 1, 1]
    for address in ADDRESSES:
        alike = [each for each in waiting if each["address"] == address]
        assert len({(each["due"], each["failure"]) for each in alike}) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--retry", "nope"),
            "--retry: nothing that has failed has the key 'nope': `deliver --list`",
        ),
        (("--retry", ""), "--retry: must not be empty"),
        (("--retry", "nope", "--list"), "--retry: is no list: leave --list out"),
    ],
)
def test_a_retry_that_cannot_be_says_what_can(
    run: Run, options: tuple[str, ...], told: str
) -> None:
    """Keys are long, and mistyped."""
    answer = run("deliver", "team.toml", *NOW, *options)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(told)
