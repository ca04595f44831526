"""What an installer reads from this project is what the project says of itself."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

PROJECT: Final = Path(__file__).parent.parent
PYPROJECT: Final[dict[str, Any]] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
EXTRAS: Final[dict[str, list[str]]] = PYPROJECT["project"]["optional-dependencies"]
GROUPS: Final[dict[str, list[str]]] = PYPROJECT["dependency-groups"]
FOR_USERS: Final = {"caldav", "cli", "postgres", "sql", "testing"}


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def plain(requirements: list[str]) -> set[str]:
    """The requirements without extras of their own: with them is at least what is without."""
    return {re.sub(r"\[.*?\]", "", requirement) for requirement in requirements}


def layers() -> list[str]:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    return next(contract["layers"] for contract in contracts if contract["type"] == "layers")


def test_a_host_takes_on_exactly_three_dependencies() -> None:
    """Each one more is something every host must audit, so it has to be meant."""
    assert PYPROJECT["project"]["dependencies"] == [
        "python-dateutil>=2.9,<5",
        "tzdata",
        "icalendar>=7.3,<8",
    ]


def test_every_development_extra_is_a_dependency_group_too() -> None:
    """Old installers know only extras, new ones prefer groups: nobody may get fewer tools."""
    assert set(GROUPS) == set(EXTRAS) - FOR_USERS


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_group_and_its_extra_ask_for_the_same(group: str) -> None:
    """Two lists of one thing drift apart unless something compares them."""
    assert GROUPS[group] == EXTRAS[group]


@pytest.mark.parametrize("extra", sorted(FOR_USERS - {"caldav"}))
def test_the_tests_bring_what_users_can_ask_for(extra: str) -> None:
    """All of it is tested in the same environment, so every extra must be part of it.

    But for `caldav`, which cannot be beside python-dateutil 4: `make test` asks for it by itself.
    """
    assert plain(EXTRAS[extra]) <= plain(EXTRAS["test"])


def test_the_tests_bring_what_the_booking_site_is_made_of() -> None:
    """It is tested wherever the library is, so that the example never falls behind it."""
    assert plain(EXTRAS["site"]) <= plain(EXTRAS["test"])


def test_the_peers_of_the_benchmark_reach_nobody_else() -> None:
    """They are there to be compared with; neither users nor tests may come to lean on them."""
    peers = {name_of(requirement) for requirement in EXTRAS["bench"]}
    others = {
        name_of(requirement)
        for extra, requirements in EXTRAS.items()
        if extra != "bench"
        for requirement in requirements
    }

    assert not peers & others


def test_every_room_below_the_ports_is_held_to_be_pure() -> None:
    """A new room finds its floor in one contract; the other one must hear of it as well."""
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    pure = next(contract for contract in contracts if contract["type"] == "forbidden")
    rooms = layers()
    below = rooms[rooms.index("ports") + 1 :]

    assert pure["source_modules"] == [f"collective_booking.{room}" for room in below]


def test_every_pure_room_but_two_is_held_to_know_no_icalendar() -> None:
    """The list of a third contract, of which a new room must hear as well."""
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    pure, wordless = [each for each in contracts if each["type"] == "forbidden"][:2]
    ours = {f"collective_booking.{room}" for room in ("invitations", "icalendar_texts")}

    assert set(wordless["source_modules"]) == set(pure["source_modules"]) - ours


def test_the_table_of_rooms_is_the_order_of_the_rooms() -> None:
    """It is where a newcomer looks for the place of a change."""
    page = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    told = re.findall(r"^\| `(\w+)` ", page, re.MULTILINE)

    assert told == [room for room in layers() if room != "__main__"]
