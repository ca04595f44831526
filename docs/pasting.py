"""Examples as they are pasted: the prompt of Python 3.11 wants an empty line after indented ones.

Lives here: where such a line is missing, which prompts the copy button leaves out, and the hook by
which Sphinx asks.
Must not live here: the text of docstrings (that is `docstrings`).
"""

from __future__ import annotations

from codeop import compile_command
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from typing import Any, Final, Protocol

PROMPTS: Final = r">>> |\.\.\. |\.\.\.$|\$ "
"""What the copy button leaves out; of a bare `...` an empty line is left."""


def pasteable(example: str) -> str:
    r"""*example* with a bare `...` behind each indented block, and none inside of it.

    >>> pasteable(">>> for each in 'ab':\n...     print(each)\n>>> 1 + 1").split("\n")
    [">>> for each in 'ab':", '...     print(each)', '...', '>>> 1 + 1']
    >>> pasteable(">>> class A:\n...     x = 1\n...\n...     y = 2").split("\n")
    ['>>> class A:', '...     x = 1', '...     ', '...     y = 2']
    """
    lines = example.split("\n")
    inside = [_kept_open(line, following) for line, following in pairwise([*lines, ""])]
    return "\n".join(_with_ends(inside))


def _kept_open(line: str, following: str) -> str:
    """An empty *line* inside of a block, indented as what follows: a prompt would end it there."""
    if line.rstrip() != "..." or not following.startswith("... "):
        return line
    return following[: len(following) - len(following[4:].lstrip())]


def _with_ends(lines: Sequence[str]) -> Iterator[str]:
    typed: list[str] = []
    for line in lines:
        if not line.startswith("..."):
            if _waits(typed):
                yield "..."
            typed = []
        if line.startswith((">>> ", "...")):
            typed.append(line[4:])
        yield line


def _waits(typed: Sequence[str]) -> bool:
    """Whether a prompt that was given all these lines still waits for more."""
    with suppress(SyntaxError, ValueError, OverflowError):
        return compile_command("\n".join(typed)) is None
    return False


class App(Protocol):
    """What of Sphinx is used here."""

    def connect(self, event: str, callback: Callable[..., object]) -> object:
        """Call *callback* at each *event*."""
        ...


def _process(_app: App, doctree: Any) -> None:
    nodes: Any = import_module("docutils.nodes")  # there where documentation is built
    for kind in (nodes.literal_block, nodes.doctest_block):
        for block in doctree.findall(kind):
            text = block.astext()
            if text.startswith(">>> "):
                block.rawsource = pasteable(text)
                block.children = [nodes.Text(block.rawsource)]


def setup(app: App) -> dict[str, bool]:
    """Let each example be asked about once it has been read."""
    app.connect("doctree-read", _process)
    return {"parallel_read_safe": True}
