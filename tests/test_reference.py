"""The reference has every public name, and what it cites, names and raises leads somewhere."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType
from typing import Final

import collective_booking
from docs import docstrings, errors_table
from tests.public_face import Public, installed, offered, public_things

DOCS: Final = Path(__file__).parent.parent / "docs"
PAGES: Final = sorted(DOCS.glob("reference-*.md"))
DIRECTIVE: Final = re.compile(r"^\.\. auto(module|class):: (\S+)$", re.MULTILINE)

NAMED: Final = {
    kind: {
        name
        for page in PAGES
        for found, name in DIRECTIVE.findall(page.read_text("utf-8"))
        if found == kind
    }
    for kind in ("module", "class")
}


def shown_with(module: ModuleType) -> Iterator[Public]:
    """What a page shows that shows all of *module*: what loads later is not among it."""
    return (each for each in offered(module) if each.name.rpartition(".")[2] in dir(module))


SHOWN: Final = {
    id(each.thing)
    for name in NAMED["module"]
    if (module := installed(name)) is not None
    for each in shown_with(module)
}


ALONE: Final = {id(resolve_name(name)) for name in NAMED["class"]}


def test_every_public_name_is_in_the_reference() -> None:
    """What is promised and not found there is found by reading the source."""
    assert SHOWN
    assert not {each.name for each in public_things() if not is_told(each)}


def test_every_page_of_the_reference_is_on_its_first_page() -> None:
    """A page that nothing leads to is not read."""
    first = (DOCS / "reference.md").read_text("utf-8")

    assert not [page.stem for page in PAGES if f"({page.name})" not in first]


def test_every_error_is_in_the_table_of_errors() -> None:
    """Whoever meets one looks it up there."""
    told = {type(error).__name__ for rows in errors_table.TABLE.values() for error in rows}

    assert told == {
        name
        for name in collective_booking.__all__
        if name.endswith("Error") and name != "CollectiveBookingError"
    }


def test_the_table_of_errors_is_what_its_code_draws() -> None:
    """`python -m docs.errors_table` writes it anew."""
    page = errors_table.PAGE.read_text("utf-8")

    assert errors_table.drawn(page) == page


def test_the_examples_of_how_docstrings_are_linked_run() -> None:
    """They are outside of the package, where the test run does not look for examples."""
    assert doctest.testmod(docstrings).attempted
    assert doctest.testmod(docstrings).failed == 0


def test_rules_that_are_cited_together_are_links_each() -> None:
    """`(T3 to T5)` leads to both of its ends."""
    assert docstrings.linked(["As it is (T3 to T5), and (F3, F4)."]) == [
        "As it is (:ref:`T3 <t3>` to :ref:`T5 <t5>`), and (:ref:`F3 <f3>`, :ref:`F4 <f4>`)."
    ]


def test_what_is_no_citation_stays_as_it_is() -> None:
    """A card of paper is no rule of ours, and code in a text is nobody's name."""
    for line in (
        "On paper (A4, folded).",
        "``Interval`` as it is typed.",
        ":class:`Interval`",
        "`x`",
    ):
        assert docstrings.linked([line]) == [line]


def test_an_example_is_not_touched() -> None:
    """It is what one types in; after an empty line the prose goes on."""
    example = ["    >>> f('(T1)')", "    '(T1) `Interval`'", "", "    See (T1)."]

    assert docstrings.linked(example)[:3] == example[:3]
    assert docstrings.linked(example)[3] == "    See (:ref:`T1 <t1>`)."


def test_errors_are_fields_with_all_that_is_said_of_them() -> None:
    """Of two errors the second is listed as well, and prose after them is none."""
    told = docstrings.linked(
        [
            "Raises:",
            "    OSError: the folder",
            "        is not there.",
            "    InvalidValueError: no (F3).",
            "",
            "Afterwards: nothing.",
        ]
    )

    assert told == [
        ":raises OSError: the folder",
        "        is not there.",
        ":raises ~collective_booking.errors.InvalidValueError: no (:ref:`F3 <f3>`).",
        "",
        "Afterwards: nothing.",
    ]


def is_told(public: Public) -> bool:
    """Whether a page shows it: with all of its module, or by itself."""
    return id(public.thing) in SHOWN or id(public.thing) in ALONE
