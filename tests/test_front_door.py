"""The public names are a promise, so a change to them has to be meant."""

from __future__ import annotations

import inspect

import pytest

import collective_booking

PROMISED: set[str] = set()


def test_the_public_names_are_the_promised_ones() -> None:
    """Taking a name away breaks hosts; adding one by accident binds us."""
    assert set(collective_booking.__all__) == PROMISED


def test_the_public_names_are_listed_once_and_in_order() -> None:
    """The list is read by people, who look for a name where it belongs."""
    assert list(collective_booking.__all__) == sorted(set(collective_booking.__all__))


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_public_name_explains_itself(name: str) -> None:
    """`help()` is the documentation that is always at hand."""
    thing = getattr(collective_booking, name)

    assert inspect.getdoc(thing), name


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_public_name_is_part_of_what_dir_shows(name: str) -> None:
    """Completion in an editor or a shell works from this list."""
    assert name in dir(collective_booking)
