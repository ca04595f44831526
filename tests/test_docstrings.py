"""Whoever asks `help()` is answered: every public thing explains itself, its errors and its use."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from doctest import DocTestParser
from enum import Enum
from typing import Any, Final

import collective_booking
from collective_booking import CollectiveBookingError
from tests.public_face import (
    Public,
    function_of,
    public_members,
    public_modules,
    public_things,
)

THINGS: Final = public_things()
CLASSES: Final = [each for each in THINGS if inspect.isclass(each.thing)]
MEMBERS: Final = [member for each in CLASSES for member in public_members(each)]
CALLED: Final = [*(each for each in THINGS if not inspect.isclass(each.thing)), *MEMBERS]
PARSER: Final = DocTestParser()
OURS: Final = {
    name
    for name in collective_booking.__all__
    if inspect.isclass(thing := getattr(collective_booking, name))
    and issubclass(thing, CollectiveBookingError)
}


def names(some: Iterable[Public]) -> set[str]:
    return {each.name for each in some}


def test_there_is_a_public_face() -> None:
    """A walk that finds nothing would find nothing wrong."""
    assert {module.__name__ for module in public_modules()} >= {
        "collective_booking",
        "collective_booking.adapters.ics",
        "collective_booking.ports",
        "collective_booking.service",
        "collective_booking.testing",
    }
    assert names(THINGS) >= {"collective_booking.SlotFinder", "collective_booking.from_dict"}
    assert names(MEMBERS) >= {"collective_booking.SlotFinder.offers"}


def test_every_public_module_says_what_lives_in_it() -> None:
    """Its first line heads a part of the reference."""
    silent = {
        module.__name__
        for module in public_modules()
        if "Must not live here:" not in (module.__doc__ or "")
    }

    assert not silent


def test_every_public_thing_has_a_docstring() -> None:
    """What is not said here is guessed."""
    assert not names(each for each in (*THINGS, *MEMBERS) if not each.doc)


def test_the_errors_that_something_raises_itself_are_listed() -> None:
    """Who has to catch them must not read the source for it.

    An implementation of a port owes what the port's prose says, and refers to it.
    """
    unsaid = {
        f"{each.name} raises {error}"
        for each in CALLED
        if "see `ports." not in each.doc
        for error in raised_by(each.thing)
        if error not in each.doc
    }

    assert not unsaid


def test_every_class_that_checks_its_values_says_what_it_raises() -> None:
    """A value that exists is valid, and so making one can fail."""
    assert not names(each for each in CLASSES if checks(each.thing) and "Raises:" not in each.doc)


def test_every_public_class_shows_how_it_is_used() -> None:
    """One line that can be typed in teaches more than ten that describe it."""
    assert not names(
        each for each in CLASSES if not is_plain(each.thing) and ">>> " not in each.doc
    )


def test_every_name_of_the_front_door_shows_how_it_is_used() -> None:
    """Choices and errors too: which values there are, and what a message says to do.

    Its own docstring counts: `help()` would show an error what the root says.
    """
    things = {name: getattr(collective_booking, name) for name in collective_booking.__all__}

    assert not {
        name
        for name, thing in things.items()
        if (inspect.isclass(thing) or inspect.isfunction(thing))
        and ">>> " not in (thing.__doc__ or "")
    }


def test_every_public_method_shows_how_it_is_used() -> None:
    """In its own docstring or its class's: what it answers with is seen, and not guessed.

    An implementation of a port is shown at the port, and contracts and games are inherited whole.
    """
    assert not names(
        each
        for kind in CLASSES
        if not is_inherited(kind.thing)
        for each in public_members(kind)
        if "see `ports." not in each.doc and not is_used(each, kind)
    )


def test_every_public_function_shows_how_it_is_used() -> None:
    """Wherever it lives; those of the front door are asked for above."""
    functions = [each for each in THINGS if not inspect.isclass(each.thing)]

    assert functions
    assert not names(each for each in functions if not is_used(each, each))


def is_used(called: Public, owner: Public) -> bool:
    """Whether an example of *called*, or of the *owner* it belongs to, calls it or reads it."""
    name = re.escape(called.name.rpartition(".")[2])
    shown = (example for doc in (called.doc, owner.doc) for example in PARSER.get_examples(doc))
    return any(re.search(rf"\.{name}\b|\b{name}\(", each.source) for each in shown)


def checks(kind: type[Any]) -> bool:
    """Whether making one of *kind* can fail with an error of ours."""
    check = vars(kind).get("__post_init__")
    return check is not None and (".settle(" in inspect.getsource(check) or bool(raised_by(check)))


def is_plain(kind: type[Any]) -> bool:
    """What needs no example of its own: choices, errors, and what is shown by what fulfils it."""
    protocol = getattr(kind, "_is_protocol", False)
    return issubclass(kind, Enum | BaseException) or protocol or is_inherited(kind)


def is_inherited(kind: type[Any]) -> bool:
    """Whether hosts inherit it whole, and pytest or Hypothesis calls what is in it."""
    return kind.__name__.endswith(("Contract", "Machine"))


def raised_by(thing: Any) -> set[str]:
    """Which of our errors stand behind a `raise` in *thing* itself."""
    function = inspect.unwrap(function_of(thing))
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return OURS.intersection(_raised(tree))


def _raised(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(error, ast.Name):
                yield error.id
