"""The pages of the documentation, and the examples in them.

Lives here: finding examples, and writing them out as modules that a type checker can read, each
line where the page has it: `python -m tests.pages FOLDER`.
Must not live here: running them.
"""

from __future__ import annotations

import re
import sys
from doctest import DocTestParser
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parent.parent
PAGES: Final = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")])

FENCED: Final = re.compile(r"^```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)


def examples_of(page: Path) -> str:
    """The interactive examples of *page*, each on the line it has there; all else blank."""
    text = page.read_text("utf-8")
    kept = [""] * (text.count("\n") + 1)
    for fenced in FENCED.finditer(text):
        if ">>> " in fenced[0]:
            lines = fenced[0].splitlines()[1:-1]
            first = text.count("\n", 0, fenced.start()) + 1
            kept[first : first + len(lines)] = lines
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
