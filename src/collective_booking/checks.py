"""How configuration is checked: every problem at once, every rule written once.

Lives here: `Rules`, which examine named values and find everything that is wrong with them, and the
readers that such rules are made of.
Must not live here: which settings there are, and what each of them may be.

A reader takes one value and gives it back in its normal form, or refuses it. A check looks at
several values together, and is left out as soon as one of them is missing or was refused; so the
same rules serve a constructor, which has all values, and a document, of which some cannot be read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from inspect import iscoroutinefunction
from typing import Any, Final, TypeVar

from collective_booking.durations import format_duration
from collective_booking.errors import CollectiveBookingError, ConfigurationError, Problem
from collective_booking.wording import shown

Reader = Callable[[Any], object]
Check = Callable[..., Iterator[Problem]]

T = TypeVar("T")

MAX_NAME: Final = 200
"""The most characters of a name or an id: more would not fit into any list of people."""
MAX_TEXT: Final = 1_000
"""The most characters a text may have: far more than a link or an address needs."""
MAX_PROSE: Final = 10_000
"""The most characters of a text of several lines, such as notes."""
MAX_DAYS: Final = 3_660
"""Ten years: the longest notice, horizon or duration that can be meant."""

_MINUTE: Final = timedelta(minutes=1)
# Control characters, lone surrogates, line and paragraph separators: they break headers and files.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def is_one_line(text: str) -> bool:
    """Whether nothing in *text* breaks a line, a header or a file.

    >>> is_one_line("Ana\\u3000Ruiz"), is_one_line("Ana\\nRuiz")
    (True, False)
    """
    return text.isprintable() or _UNPRINTABLE.isdisjoint(map(unicodedata.category, text))


class Refused(Exception):  # noqa: N818  # not an error yet: it becomes a problem with a place
    """Why one value cannot be used, and what can."""


def examine(
    readers: Mapping[str, Reader], values: Mapping[str, object]
) -> tuple[dict[str, Any], list[Problem]]:
    """What each of *values* reads as, and what is wrong with the others.

    >>> examine({"first": count(1), "last": count(1)}, {"first": 0, "last": 3})
    ({'last': 3}, [Problem(place='first', message='must be 1 or more, not 0')])
    """
    usable: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in values.items():
        try:
            usable[name] = readers[name](value)
        except (Refused, CollectiveBookingError) as refusal:
            problems += _placed(name, refusal)
    return usable, problems


@dataclass(frozen=True, slots=True)
class Rules:
    """The readers of single values, by name, and the checks of several, with the names they need.

    >>> def in_order(first: int, last: int) -> Iterator[Problem]:
    ...     if first > last:
    ...         yield Problem("last", f"must be {first} or more")
    >>> rules = Rules({"first": count(1), "last": count(1)}, {in_order: ("first", "last")})
    >>> rules.examine({"first": 5, "last": 3})[1]
    [Problem(place='last', message='must be 5 or more')]
    """

    readers: Mapping[str, Reader]
    checks: Mapping[Check, tuple[str, ...]]

    def examine(self, values: Mapping[str, object]) -> tuple[dict[str, Any], list[Problem]]:
        """The usable ones of *values*, in normal form, and everything that is wrong."""
        usable, problems = examine(self.readers, values)
        for check, needed in self.checks.items():
            if all(name in usable for name in needed):
                problems += check(*(usable[name] for name in needed))
        return usable, problems

    def settle(self, made: object, kind: str, name: object = None) -> None:
        """Bring the fields of the frozen *made* into normal form.

        Raises:
            ConfigurationError: they cannot be used; it lists every problem, of *kind* and *name*.
        """
        given = {field: getattr(made, field) for field in self.readers}
        usable, problems = self.examine(given)
        if problems:
            raise ConfigurationError(kind if name is None else f"{kind} {shown(name)}", problems)
        for field, value in usable.items():
            if value is not given[field]:
                object.__setattr__(made, field, value)


def _placed(place: str, refusal: Exception) -> list[Problem]:
    """What *refusal* says of the value at *place*: one problem, or the several that it lists."""
    if not isinstance(refusal, ConfigurationError):
        return [Problem(place, str(refusal))]
    inner = ((each.place, each.message) for each in refusal.problems)
    return [
        Problem(place + ("." if further[:1] not in {"", "["} else "") + further, message)
        for further, message in inner
    ]


# --- readers -------------------------------------------------------------------------------------


def text(most: int = MAX_TEXT) -> Reader:
    """One line of text, not empty, without control characters, of at most *most* characters."""

    def read(value: object) -> str:
        plain = _a_text(value)
        if not plain.strip():
            raise Refused("must not be empty")
        if len(plain) > most:
            raise Refused(f"must have at most {most} characters, not {len(plain)}")
        if plain != plain.strip():
            raise Refused(f"must not begin or end with a space: {shown(plain)}")
        if not is_one_line(plain):
            raise Refused(f"must be one line without control characters, not {shown(plain)}")
        return plain

    return read


def prose(most: int) -> Reader:
    """Text of any number of lines, perhaps none, of at most *most* characters.

    Whatever ends a line somewhere, such as a soft break of a word processor, ends one here.

    >>> prose(100)("One,\\x0btwo.\\r\\n")
    'One,\\ntwo.'
    """

    def read(value: object) -> str:
        plain = "\n".join(_a_text(value).splitlines()).strip()
        if len(plain) > most:
            raise Refused(f"must have at most {most} characters, not {len(plain)}")
        if not is_one_line(joined := plain.replace("\n", "").replace("\t", "")):
            odd = next(letter for letter in joined if not is_one_line(letter))
            raise Refused(f"must have no control characters, and {odd!a} is one")
        return plain

    return read


def matching(pattern: str, advice: str, most: int = MAX_TEXT) -> Reader:
    """Text of a certain shape; *advice* says which."""
    line = text(most)

    def read(value: object) -> str:
        plain = str(line(value))
        if not re.fullmatch(pattern, plain, re.ASCII):
            raise Refused(f"{shown(plain)} cannot be used: {advice}")
        return plain

    return read


def function(does: str) -> Reader:
    """A function that *does* what is said, and not a coroutine, which nobody here would await."""

    def read(value: object) -> object:
        if not callable(value):
            raise Refused(f"must be a function that {does}, not {shown(value)}")
        if iscoroutinefunction(value) or iscoroutinefunction(getattr(value, "__call__", None)):  # noqa: B004
            raise Refused(f"must not be async: nobody would await the coroutine that {does}")
        return value

    return read


def minutes(least: int) -> Reader:
    """A `timedelta` of whole minutes, *least* or more."""

    def read(value: object) -> timedelta:
        length = _a_length(value)
        if length % _MINUTE:
            raise Refused(f"must be in whole minutes, not {_length(length)}")
        if length < least * _MINUTE:
            raise Refused(f"must be {least}m or more, not {_length(length)}")
        if length > timedelta(days=MAX_DAYS):
            raise Refused(f"must be {MAX_DAYS}d or less, not {_length(length)}")
        return length

    return read


def count(least: int, most: int | None = None) -> Reader:
    """A whole number from *least* to *most*."""

    def read(value: object) -> int:
        # True is an int to Python, and a mistake to everybody else.
        if type(value) is not int:
            raise Refused(f"must be a whole number, not {shown(value)}")
        if value < least or (most is not None and value > most):
            asked = f"{least} or more" if most is None else f"{least} to {most}"
            raise Refused(f"must be {asked}, not {shown(value)}")
        return value

    return read


def yes_or_no(value: object) -> bool:
    """Read a truth value, and nothing that merely resembles one."""
    if not isinstance(value, bool):
        raise Refused(f"must be true or false, not {shown(value)}")
    return value


def one_of(choices: type[StrEnum]) -> Reader:
    """A member of *choices*, or its text."""

    def read(value: object) -> StrEnum:
        try:
            return choices(_a_text(value))
        except ValueError:
            listed = ", ".join(repr(str(choice)) for choice in choices)
            message = f"must be one of {listed}, not {shown(value)}{did_you_mean(value, choices)}"
            raise Refused(message) from None

    return read


def instance_of(kind: type[T], expected: str) -> Callable[[object], T]:
    """A value of type *kind*; *expected* says it in words."""

    def read(value: object) -> T:
        if not isinstance(value, kind):
            raise Refused(f"must be {expected}, not {type(value).__name__}: {shown(value)}")
        return value

    return read


_a_text: Final = instance_of(str, "text")
_a_length: Final = instance_of(timedelta, "a timedelta")


def optional(reader: Reader) -> Reader:
    """None, or what *reader* reads."""
    return lambda value: None if value is None else reader(value)


def list_of(reader: Callable[[Any], T], expected: str) -> Callable[[object], tuple[T, ...]]:
    """Any iterable but text, each element read by *reader*; *expected* says what they are."""

    def read(value: object) -> tuple[T, ...]:
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise Refused(f"must be a list of {expected}, not {shown(value)}")
        places = {f"[{place}]": each for place, each in enumerate(value)}
        usable, problems = examine(dict.fromkeys(places, reader), places)
        if problems:
            raise ConfigurationError("the list", problems)
        return tuple(usable.values())

    return read


# --- words ---------------------------------------------------------------------------------------


def did_you_mean(value: object, choices: Iterable[str]) -> str:
    """`; did you mean 'interval'?` where one of *choices* is close, else nothing."""
    close = get_close_matches(str(value)[:64], [*map(str, choices)], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _length(length: timedelta) -> str:
    if length.microseconds:
        return str(length)
    return format_duration(length) if length >= timedelta() else f"-{format_duration(-length)}"
