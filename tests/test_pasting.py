"""What the copy button gives can be pasted into a prompt, block by block, without a thought."""

from __future__ import annotations

import doctest
import re
from code import InteractiveConsole
from types import CodeType
from typing import Final

import pytest

from docs import pasting
from tests.pages import PAGES, Block, blocks_of
from tests.public_face import public_members, public_things

PROMPT: Final = re.compile(f"({pasting.PROMPTS})(.*)")
BLOCKS: Final = [each for page in PAGES for each in blocks_of(page) if each.is_example]
DOCSTRINGS: Final = {
    each.name: each.doc
    for thing in public_things()
    for each in (thing, *(public_members(thing) if isinstance(thing.thing, type) else ()))
}


class Prompt(InteractiveConsole):
    """A prompt that understands what is typed, and runs none of it."""

    def runcode(self, code: CodeType) -> None:
        """Leave it."""

    def showsyntaxerror(self, *_: object, **__: object) -> None:
        """Tell the test."""
        raise AssertionError("\n".join(self.buffer))


def copied(example: str) -> list[str]:
    """The lines that the copy button gives of *example*, as a page shows it."""
    shown = (PROMPT.match(line) for line in pasting.pasteable(example).split("\n"))
    return [line[2] for line in shown if line]


def paste(example: str) -> None:
    """Paste *example*, and press enter."""
    prompt = Prompt()
    waits = [prompt.push(line) for line in [*copied(example), ""]]

    assert not waits[-1]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_example_of_a_page_can_be_pasted(block: Block) -> None:
    """On Python 3.11 and 3.12, whose prompts are the strict ones."""
    paste("\n".join(block.lines))


def test_every_example_of_the_reference_can_be_pasted() -> None:
    """Its docstrings have the button too; a block ends with an empty line."""
    blocks = [
        block
        for doc in DOCSTRINGS.values()
        for block in doc.split("\n\n")
        if block.startswith(">>> ")
    ]

    assert len(blocks) > 200
    for block in blocks:
        paste(block)


def test_an_indented_block_without_its_end_is_noticed() -> None:
    """Or the tests above could not fail."""
    prompt = Prompt()
    for line in ("for each in 'ab':", "    print(each)"):
        prompt.push(line)

    with pytest.raises(AssertionError, match="print"):
        prompt.push("print('done')")


def test_the_examples_of_how_they_are_made_so_run() -> None:
    """They are outside of the package, where the test run does not look for examples."""
    assert doctest.testmod(pasting).attempted
    assert doctest.testmod(pasting).failed == 0
