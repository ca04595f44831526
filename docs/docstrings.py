"""Docstrings as the reference shows them: what they cite, name and raise leads somewhere.

Lives here: the rewriting of a docstring's lines and of a signature, and the hooks by which Sphinx
calls them.
Must not live here: Sphinx itself, so that the rewriting can be tested without it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import collective_booking
from collective_booking import async_ports, ports

RULE: Final = "[TGFNLOXAMES][1-9]"
"""How a rule is cited: the letter of its family, and its number."""
_CITED: Final = re.compile(rf"\({RULE}(?:(?:, | to | and ){RULE})*\)")
_NAMED: Final = re.compile(r"(?<![`:\w])`(?:ports\.)?(\w+)`(?!`)")
_RAISED: Final = re.compile(r" {4}(\w+): ")
_EXAMPLE: Final = ">>> "
_HOUSE: Final = ("Lives here:", "Must not live here:")
"""How the paragraph begins that tells whoever works on a module what belongs into it."""


def _targets() -> Mapping[str, str]:
    """Where the reference keeps each public class and function, by the name people write."""
    doors = {name: getattr(collective_booking, name) for name in collective_booking.__all__}
    owed = vars(ports) | vars(async_ports)
    protocols = {name: each for name, each in owed.items() if inspect.isclass(each)}
    return {
        name: f"{each.__module__}.{name}"
        for name, each in (protocols | doors).items()
        if (inspect.isclass(each) or inspect.isfunction(each)) and each.__name__ == name
    }


TARGETS: Final = _targets()


def linked(lines: Sequence[str]) -> list[str]:
    """The *lines* of a docstring with links in them; examples stay as they are.

    >>> linked(["Half-open (T1, T2)."])
    ['Half-open (:ref:`T1 <t1>`, :ref:`T2 <t2>`).']
    >>> linked(["See `ports.Clock`.", "", ">>> print('(T1)')", "(T1)"])
    ['See :py:obj:`~collective_booking.ports.Clock`.', '', ">>> print('(T1)')", '(T1)']
    >>> linked(["Raises:", "    InvalidTokenError: it is forged."])
    [':raises ~collective_booking.errors.InvalidTokenError: it is forged.']
    """
    return [
        line if shown else _NAMED.sub(_name, _CITED.sub(_rules, line))
        for line, shown in _with_examples_marked(list(_fields(lines)))
    ]


def for_readers(lines: Sequence[str]) -> list[str]:
    """The *lines* of a module's docstring, without the paragraph for those who work on it.

    >>> for_readers(["Dates.", "", "Lives here: dates.", "Must not live here: zones,", "clocks."])
    ['Dates.', '']
    >>> for_readers(["Dates.", "", "Lives here: dates.", "", "They are half-open.", ""])
    ['Dates.', '', 'They are half-open.', '']
    """
    return list(_without_house(lines))


def _without_house(lines: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        inside = inside or line.startswith(_HOUSE)
        if not inside:
            yield line
        inside = inside and bool(line)  # the empty line that ends it goes with it


def _with_examples_marked(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to an example, which ends with an empty line."""
    inside = False
    for line in lines:
        inside = line.lstrip().startswith(_EXAMPLE) or (inside and bool(line.strip()))
        yield line, inside


def _fields(lines: Sequence[str]) -> Iterator[str]:
    """*lines*, in which what stands under `Raises:` has become fields that Sphinx knows."""
    inside = False
    for line in lines:
        if line == "Raises:":
            inside = True
            continue
        inside = inside and (line.startswith("    ") or not line)
        raised = _RAISED.match(line) if inside else None
        if raised is not None:
            target = TARGETS.get(raised[1])
            yield f":raises {f'~{target}' if target else raised[1]}: {line[raised.end() :]}"
        else:
            yield line


def _rules(cited: re.Match[str]) -> str:
    return re.sub(RULE, lambda rule: f":ref:`{rule[0]} <{rule[0].lower()}>`", cited[0])


def _name(named: re.Match[str]) -> str:
    target = TARGETS.get(named[1])
    return named[0] if target is None else f":py:obj:`~{target}`"


def signed(thing: object, signature: str | None) -> str | None:
    """The *signature* of *thing* as one can call it: nobody makes a protocol.

    >>> signed(ports.Clock, "(*args, **kwargs)")
    ''
    >>> signed(collective_booking.SlotFinder, "(*, availability: Mapping = <factory>)")
    '(*, availability: Mapping = ...)'
    """
    if getattr(thing, "_is_protocol", False):
        return ""
    return signature and signature.replace("<factory>", "...")


class App(Protocol):
    """What of Sphinx is used here."""

    def connect(self, event: str, callback: Callable[..., object]) -> object:
        """Call *callback* at each *event*."""
        ...


def _process(_app: App, what: str, _name: str, _of: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = linked(for_readers(lines) if what == "module" else lines)


def _sign(
    _app: App, _what: str, _name: str, of: Any, _options: Any, signature: str | None, to: str | None
) -> tuple[str | None, str | None]:
    return signed(of, signature), to


def setup(app: App) -> dict[str, bool]:
    """Let autodoc ask for each docstring and signature."""
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-process-signature", _sign)
    return {"parallel_read_safe": True}
