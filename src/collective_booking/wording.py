"""How a value, or what a stranger wrote, can stand in a message: short, on one line, harmless.

Lives here: that, for errors, reasons and logs alike.
Must not live here: what a message says; what may be stored (that is `checks`).
"""

from __future__ import annotations

from enum import StrEnum
from reprlib import Repr
from typing import Final
from unicodedata import category

_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = 80
# Joiners, and marks of direction: names are written with them. Unlike embeddings and overrides,
# these reach no further than their neighbours.
_HARMLESS: Final = frozenset("\u200c\u200d\u200e\u200f\u061c")


def shown(value: object) -> str:
    """*value* as a message can show it: short, on one line.

    >>> shown("x" * 100)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
    """
    return on_one_line(_SHORT.repr(str(value) if isinstance(value, StrEnum) else value))


def on_one_line(text: str) -> str:
    """*text* on one line, without what a terminal or a log might obey: strangers write some of it.

    >>> on_one_line("gone\\x1b[2J, and \\u202etxt.exe")
    'gone?[2J, and ?txt.exe'
    """
    return text if text.isprintable() else "".join(map(_harmless, text))


def _harmless(letter: str) -> str:
    if letter.isprintable() or letter in _HARMLESS or category(letter) == "Zs":
        return letter
    return " " if letter.isspace() else "?"  # ends of lines and tabs part words
