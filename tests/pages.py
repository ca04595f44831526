"""The pages of the documentation, and what stands in them to be typed or read.

Lives here: finding blocks, examples and lines for a shell, and writing the examples out as modules
that a type checker can read, each line where the page has it: `python -m tests.pages FOLDER`.
Must not live here: running them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from doctest import DocTestParser
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parent.parent
PAGES: Final = sorted(
    [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("examples/*/*.md")]
)

_FENCED: Final = re.compile(
    r"^(?P<indent> *)(?P<fence>```+)(?P<kind>[^\n]*)\n(?P<text>.*?)^ *(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: what it is said to be, its lines, and the line where they begin."""

    page: Path
    line: int
    kind: str
    lines: tuple[str, ...]

    @property
    def is_example(self) -> bool:
        """Whether it is typed into Python, as a reader would."""
        return any(line.startswith(">>> ") for line in self.lines)

    def __str__(self) -> str:
        return f"{self.page.relative_to(PROJECT).as_posix()}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """The fenced blocks of *page*, in order."""
    text = page.read_text("utf-8")
    for found in _FENCED.finditer(text):
        first = text.count("\n", 0, found.start("text")) + 1
        indent = len(found["indent"])
        lines = tuple(line[indent:] for line in found["text"].splitlines())
        yield Block(page, first, found["kind"].strip(), lines)


def examples_of(page: Path) -> str:
    """The interactive examples of *page*, each on the line it has there; all else blank."""
    kept = [""] * (page.read_text("utf-8").count("\n") + 1)
    for block in blocks_of(page):
        if block.is_example:
            kept[block.line - 1 : block.line - 1 + len(block.lines)] = block.lines
    return "\n".join(kept)


def module_of(page: Path) -> str:
    """What *page* has one type in, as a module, each line where the page has it."""
    told = examples_of(page)
    lines = [""] * (told.count("\n") + 1)
    lines[0] = "_: object = None"  # what a page throws away is of many types
    for example in DocTestParser().get_examples(told):
        source = example.source.splitlines()
        lines[example.lineno : example.lineno + len(source)] = source
    return "\n".join([*lines, ""])


def main(folder: Path) -> None:
    """Write the module of each page that has examples into *folder*, as `page_<name>.py`."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in PAGES:
        if ">>> " in examples_of(page):
            name = page.stem.lower().replace("-", "_")
            (folder / f"page_{name}.py").write_text(module_of(page), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
