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
from typing import Any, Final

ROOT: Final = "collective_booking"
DOORS: Final = ("", "invitations", "lookups", "ports", "service", "testing.contracts")
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

    An adapter whose extra is not installed here cannot be judged here.
    """
    names = [f"{ROOT}.{door}".rstrip(".") for door in DOORS]
    for room in OPEN_ROOMS:
        package = import_module(f"{ROOT}.{room}")
        names += [package.__name__]
        names += [
            f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)
        ]
    return tuple(module for name in dict.fromkeys(names) if (module := _module(name)))


def _module(name: str) -> ModuleType | None:
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
    """Every class and function that hosts can reach, each once, by the first name found for it."""
    found: dict[int, Public] = {}
    for module in public_modules():
        for each in offered(module):
            if inspect.isclass(each.thing) or inspect.isfunction(each.thing):
                found.setdefault(id(each.thing), each)
    return tuple(found.values())


def public_members(public: Public) -> Iterator[Public]:
    """The methods and properties that a class defines itself."""
    for name, thing in vars(public.thing).items():
        if not name.startswith("_") and (inspect.isroutine(thing) or isinstance(thing, property)):
            yield Public(f"{public.name}.{name}", getattr(public.thing, name))
