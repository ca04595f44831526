"""The public face: every module, class, function and method that a host may use.

Reached as a host reaches it, from what public modules offer on to the methods and properties of
their classes; so no list of names has to be kept.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Final, get_args, get_type_hints

ROOT: Final = "collective_booking"
DOORS: Final = (
    "",
    "async_ports",
    "drafts",
    "effects",
    "invitations",
    "letters",
    "lookups",
    "mail",
    "ports",
    "service",
    "testing.contracts",
)
OPEN_ROOMS: Final = ("adapters", "testing")
"""Every module in these is for hosts; a package by its front."""


@dataclass(frozen=True, slots=True)
class Public:
    """A public thing, by the name that a host calls it."""

    name: str
    thing: Any

    @property
    def doc(self) -> str:
        """What `help()` says of it."""
        return inspect.getdoc(self.thing) or ""


def public_modules() -> tuple[ModuleType, ...]:
    """The front door, the other doors and what is in the open rooms.

    An adapter whose extra is not installed here is judged where it is.
    """
    names = [f"{ROOT}.{door}".rstrip(".") for door in DOORS]
    for room in OPEN_ROOMS:
        package = import_module(f"{ROOT}.{room}")
        names += [package.__name__]
        names += [
            f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)
        ]
    return tuple(module for name in dict.fromkeys(names) if (module := installed(name)))


def installed(name: str) -> ModuleType | None:
    """The module *name*; None for an adapter whose extra is not installed here."""
    try:
        return import_module(name)
    except ImportError:
        if name.startswith(f"{ROOT}.adapters."):
            return None
        raise


def offered(module: ModuleType) -> Iterator[Public]:
    """What *module* offers: the names of its `__all__`, else those that it defines itself."""
    if hasattr(module, "__all__"):
        yield from (
            Public(f"{module.__name__}.{name}", getattr(module, name)) for name in module.__all__
        )
        return
    for name, thing in vars(module).items():
        if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__:
            yield Public(f"{module.__name__}.{name}", thing)


def public_things() -> tuple[Public, ...]:
    """Every class and function that hosts can reach, each once, by the first name found for it.

    What methods and functions answer with is reached too, wherever it lives.
    """
    found: dict[int, Public] = {}
    ahead = [each for module in public_modules() for each in offered(module)]
    for each in ahead:
        if id(each.thing) in found or not _is_described(each.thing):
            continue
        found[id(each.thing)] = each
        called = public_members(each) if inspect.isclass(each.thing) else [each]
        ahead += [answer for one in called for answer in _answers(one.thing)]
    return tuple(found.values())


def _is_described(thing: object) -> bool:
    return inspect.isclass(thing) or inspect.isfunction(thing)


def _answers(thing: Any) -> Iterator[Public]:
    """Our own classes among what *thing*, a function or property, is said to return."""
    try:
        hints = get_type_hints(inspect.unwrap(function_of(thing)))
    except NameError:  # a name that only type checkers import
        return
    yield from _classes(hints.get("return"))


def _classes(hint: Any) -> Iterator[Public]:
    if inspect.isclass(hint) and hint.__module__.startswith(f"{ROOT}."):
        yield Public(f"{hint.__module__}.{hint.__name__}", hint)
    for part in get_args(hint):
        yield from _classes(part)


def function_of(thing: Any) -> Any:
    """The function behind a method or a property."""
    return thing.fget if isinstance(thing, property) else thing


def public_members(public: Public) -> Iterator[Public]:
    """The methods and properties that a class defines itself."""
    for name, thing in vars(public.thing).items():
        if not name.startswith("_") and (inspect.isroutine(thing) or isinstance(thing, property)):
            yield Public(f"{public.name}.{name}", getattr(public.thing, name))
