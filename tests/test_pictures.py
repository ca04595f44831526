"""The pictures of the documentation show what the library does now, to everybody."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from collective_booking.appointments import NEXT, Status, booked
from collective_booking.holds import MOVES
from collective_booking.testing import samples
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
    width, height = (float(svg.get(side, "0")) for side in ("width", "height"))

    for words, left, top, right, bottom in written(svg, letters=paper.WIDEST_LETTER):
        assert left >= 0, words
        assert top >= 0, words
        assert right <= width, words
        assert bottom <= height, words


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_can_be_read_on_a_telephone(name: str) -> None:
    """There it is 360 wide, and whatever is made for a wide page becomes too small to read."""
    svg = ET.fromstring(PICTURES[name]())
    small = 360 / float(svg.get("width", "0"))

    assert all(float(text.get("font-size", "0")) * small >= 8 for text in svg.iter(f"{SVG}text"))


@pytest.mark.parametrize("name", ["appointment", "booking", "payment"])
def test_no_line_runs_through_words(name: str) -> None:
    """A word that is crossed out reads as one that does not hold."""
    svg = ET.fromstring(PICTURES[name]())
    lines = [piece for path in svg.iterfind(f"{SVG}path") for piece in pieces(path.get("d", ""))]
    crossed = [
        words
        for words, left, top, right, bottom in written(svg, letters=0.55)
        for (x, y), (to_x, to_y) in lines
        if min(x, to_x) < right and max(x, to_x) > left
        if min(y, to_y) < bottom and max(y, to_y) > top
    ]

    assert not crossed


def test_every_step_of_an_appointment_is_in_its_picture() -> None:
    """A step that somebody adds to the table has to be drawn, or nothing is."""
    words = drawn_words("appointment")

    told = {appointment._STAYS.get(happening, happening) for _, happening in NEXT}
    assert not [each for each in told if each not in words]
    assert appointment.steps().keys() >= appointment._WAYS.keys()


def test_a_life_begins_in_its_picture_as_it_does() -> None:
    """An entry is no step from a state, so the table does not have it."""
    begun = {
        booked(samples.appointment(status), samples.NOW).happened: status
        for status in Status
        if status.active
    }

    assert begun == appointment._BEGINS
    assert all(happening in drawn_words("appointment") for happening in begun)


def test_every_move_of_an_attempt_is_in_its_picture() -> None:
    """What follows where a hold and its payment stand is what the table says."""
    words = drawn_words("payment").split()

    assert {*MOVES.values()} <= set(words)


def test_every_word_of_an_attempt_is_explained() -> None:
    """Whoever meets *unwind* in a cell finds below what that does."""
    words = drawn_words("payment")

    assert {*MOVES.values()} == payment._MOVES.keys()
    assert {payment_state for _, payment_state in MOVES} == payment._ROWS.keys()
    assert all(meaning.split(";")[0][:20] in words for _, meaning in payment._MOVES.values())


def test_three_attempts_can_be_followed_to_their_ends() -> None:
    """Each stop has a number, and none is left out."""
    stops = {
        word for word in drawn_words("payment").split() if word[:1] in "ABC" and word[1:].isdigit()
    }

    assert {"A7", "B6", "C6"} <= stops
    assert len(stops) == 7 + 6 + 6


@pytest.mark.parametrize("module", [appointment, booking, clock_change, paper, payment])
def test_the_examples_in_the_code_of_pictures_run(module: ModuleType) -> None:
    """They are outside of the package, where the test run does not look for examples."""
    told = doctest.testmod(module)

    assert told.attempted
    assert told.failed == 0


def drawn_words(name: str) -> str:
    svg = ET.fromstring(PICTURES[name]())
    return " ".join(text.text or "" for text in svg.iter(f"{SVG}text"))


def written(svg: ET.Element, *, letters: float) -> Iterator[tuple[str, float, float, float, float]]:
    """Each line of words with its left, top, right and bottom."""
    for text in svg.iter(f"{SVG}text"):
        words, size = text.text or "", float(text.get("font-size", "0"))
        long, x, y = (
            len(words) * size * letters,
            float(text.get("x", "0")),
            float(text.get("y", "0")),
        )
        left = {"start": x, "middle": x - long / 2, "end": x - long}[
            text.get("text-anchor", "start")
        ]
        yield words, left, y - size * 0.75, left + long, y + size * 0.2


def pieces(shape: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight stretches of a line; what bends is taken as straight, as it bends little."""
    x = y = 0.0
    corners: list[tuple[float, float]] = []
    for verb, told in re.findall(r"([MHVQh])([-\d. ]+)", shape):
        numbers = [float(number) for number in told.split()]
        match verb:
            case "H":
                x = numbers[0]
            case "h":
                x += numbers[0]
            case "V":
                y = numbers[0]
            case _:
                x, y = numbers[-2:]
        corners.append((x, y))
    yield from pairwise(corners)
