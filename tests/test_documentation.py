"""What the documentation shows is what happens, and what the code cites can be looked up."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Final

import pytest

from collective_booking.cli import main

PROJECT: Final = Path(__file__).parent.parent
PAGES: Final = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")])
RULES: Final = PROJECT / "docs" / "rules.md"

FENCED: Final = re.compile(r"^```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)
# `# G1`, `(F3, F4)`, `rule T4`: how code, docstrings and tests point at a rule.
CITED: Final = re.compile(r"(?:# |\(|rules? |, |and )([TGFNLOXAMES]\d)\b")


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_do_what_it_says(page: Path) -> None:
    """Nobody forgives documentation an example that fails when it is typed in."""
    examples = doctest.DocTestParser().get_doctest(
        examples_of(page), {"__name__": "__main__"}, page.name, str(page), 0
    )
    told: list[str] = []

    doctest.DocTestRunner().run(examples, out=told.append)

    assert not told, "".join(told)


def test_every_rule_that_is_cited_can_be_looked_up() -> None:
    """A letter and a number in the margin help only those who can find what they mean."""
    written = set(re.findall(r"^### ([A-Z]\d):", RULES.read_text("utf-8"), re.MULTILINE))
    cited = {
        (rule, str(path.relative_to(PROJECT)))
        for folder in ("src", "tests", "examples", "benchmarks")
        for path in sorted(PROJECT.glob(f"{folder}/**/*.py"))
        for rule in CITED.findall(path.read_text("utf-8"))
    }

    assert written
    assert not {(rule, where) for rule, where in cited if rule not in written}


def test_the_picture_in_the_readme_is_what_the_command_draws(tmp_path: Path) -> None:
    """A picture drawn once would go on showing what the library no longer does."""
    drawn = tmp_path / "week.svg"
    team = str(PROJECT / "examples" / "sales_call" / "team.toml")

    main(["show", team, "--now", "2026-11-23T07:00:00Z", "--svg", str(drawn)])

    assert drawn.read_text("utf-8") == (PROJECT / "docs" / "week.svg").read_text("utf-8")
