"""The pictures of the documentation show what the library does now, to everybody."""

from __future__ import annotations

import doctest
from types import ModuleType
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from collective_booking.appointments import NEXT
from collective_booking.holds import MOVES
from docs.pictures import PICTURES, appointment, booking, clock_change, paper, payment, place

SVG: Final = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_its_code_draws(name: str) -> None:
    """A picture drawn once would go on showing what the library no longer does.

    `python -m docs.pictures` draws them anew.
    """
    assert place(name).read_text("utf-8") == PICTURES[name]()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_told_to_those_who_cannot_see_it(name: str) -> None:
    """A screen reader has the title and the description, and nothing else."""
    svg = ET.fromstring(PICTURES[name]())
    told = {element.get("id"): element.text for element in svg.iter() if element.get("id")}

    assert svg.get("role") == "img"
    assert all(told[id_] for id_ in svg.get("aria-labelledby", "").split())
    assert svg[0].tag == f"{SVG}title"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_fits_on_its_paper(name: str) -> None:
    """Nothing stands outside, however long a name has become; letters are taken as wide ones."""
    svg = ET.fromstring(PICTURES[name]())
    width = float(svg.get("width", "0"))

    for text in svg.iter(f"{SVG}text"):
        long = len(text.text or "") * float(text.get("font-size", "0")) * 0.62
        x = float(text.get("x", "0"))
        left = {"start": x, "middle": x - long / 2, "end": x - long}[
            text.get("text-anchor", "start")
        ]

        assert left >= 0, text.text
        assert left + long <= width, text.text


def test_every_step_of_an_appointment_is_in_its_picture() -> None:
    """A step that somebody adds to the table has to be drawn, or nothing is."""
    words = drawn_words("appointment")

    assert not [happening for _, happening in NEXT if happening not in words]


def test_every_move_of_an_attempt_is_in_its_picture() -> None:
    """What follows where a hold and its payment stand is what the table says."""
    words = drawn_words("payment").split()

    assert {*MOVES.values()} <= set(words)


@pytest.mark.parametrize("module", [appointment, booking, clock_change, paper, payment])
def test_the_examples_in_the_code_of_pictures_run(module: ModuleType) -> None:
    """They are outside of the package, where the test run does not look for examples."""
    told = doctest.testmod(module)

    assert told.attempted
    assert told.failed == 0


def drawn_words(name: str) -> str:
    svg = ET.fromstring(PICTURES[name]())
    return " ".join(text.text or "" for text in svg.iter(f"{SVG}text"))
