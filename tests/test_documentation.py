"""What the documentation shows is what happens, and what the code cites can be looked up."""

from __future__ import annotations

import doctest
import gc
import re
from pathlib import Path
from typing import Final

import pytest

from collective_booking.cli import main
from docs.docstrings import RULE
from tests.pages import PAGES, PROJECT, blocks_of, examples_of, module_of

RULES: Final = PROJECT / "docs" / "rules.md"

# `# G1`, `(F3, F4)`, `rule T4`: how code, docstrings and tests point at a rule.
CITED: Final = re.compile(rf"(?:# |\(|rules? |, |and )({RULE})\b")


def name_of(page: Path) -> str:
    """Its path in the project."""
    return page.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_examples_of_a_page_do_what_it_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody forgives documentation an example that fails when it is typed in."""
    monkeypatch.chdir(tmp_path)  # where a reader begins: in an empty folder
    examples = doctest.DocTestParser().get_doctest(
        examples_of(page), {"__name__": "__main__"}, page.name, str(page), 0
    )
    told: list[str] = []

    gc.freeze()  # all that was there before: looking through that costs a second a page
    doctest.DocTestRunner().run(examples, out=told.append)
    gc.collect()  # what it leaves open is told here, and not of the next page
    gc.unfreeze()

    assert not told, "".join(told)


def test_no_example_is_hidden() -> None:
    """A fence that does not close, or a prompt without its space, would be run by nobody."""
    parser = doctest.DocTestParser()
    for page in PAGES:
        prompts = re.findall(r"^ *>>>", page.read_text("utf-8"), re.MULTILINE)
        assert len(parser.get_examples(examples_of(page))) == len(prompts), page.name


def test_what_a_page_says_to_copy_can_be_had_from_it() -> None:
    """Who has installed the package has no clone: each example of one file is linked somewhere."""
    download = re.compile(r"\{download\}`[^`<]* <\.\./examples/(\w+\.py)>`")
    linked = {name for page in PAGES for name in download.findall(page.read_text("utf-8"))}
    alone = {file.name for file in (PROJECT / "examples").glob("*.py")}

    assert linked == alone - {"booking_office.py"}  # which the three framework examples share


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_is_run_by_somebody(page: Path) -> None:
    """What is only shown rots: it is an example, a line for a shell, or part of a tested file."""
    for block in blocks_of(page):
        kind, _, argument = block.kind.partition(" ")
        if kind == "python":
            assert block.lines[0].startswith(">>> "), f"{block} is run by nobody"
        elif kind == "{literalinclude}":
            _named_by_a_test((page.parent / argument).resolve())
        elif kind == "text":
            assert page.name == "performance.md", f"{block} is compared by nobody"
        else:  # lines of a shell are in `test_typed_lines`
            assert kind in {"console", "{eval-rst}", "{include}", "{toctree}"}, f"{block}: {kind}"


# Whose files are run as a whole by one test.
RUN_WHOLE: Final = {
    "examples/host_application/": "tests/examples/test_host_application.py",
    "examples/booking_django/": "tests/examples/test_django.py",
    "examples/booking_fastapi/": "tests/examples/test_fastapi.py",
    "examples/booking_flask/": "tests/examples/test_flask.py",
    "examples/alembic/": "tests/adapters/test_sql_alembic.py",
    "examples/use_cases/": "tests/examples/test_use_cases.py",
    "examples/sales_call/": "tests/cli/test_the_page.py",
}


def _named_by_a_test(shown: Path) -> None:
    assert shown.is_file(), shown
    place = shown.relative_to(PROJECT).as_posix()
    whole = [PROJECT / test for folder, test in RUN_WHOLE.items() if place.startswith(folder)]
    if whole:
        assert whole[0].is_file(), f"{place}: who runs it?"
        return
    names = re.compile(re.escape(shown.name) + "|" + re.escape(place[:-3].replace("/", ".")))
    tests = (PROJECT / "tests").rglob("test_*.py")
    assert any(names.search(each.read_text("utf-8")) for each in tests), f"{place}: who runs it?"


def test_what_is_typed_in_is_what_is_type_checked(tmp_path: Path) -> None:
    """`make lint` reads pages as modules; a line that got lost would be checked by nobody."""
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n\n```python\n>>> for name in ('ana',\n...              'ben'):\n"
        "...     print(name)\nana\nben\n\n```\n\n```console\n$ ls\n```\n"
    )

    written = module_of(page).splitlines()

    assert written[0] == "_: object = None"
    assert written[3:6] == ["for name in ('ana',", "             'ben'):", "    print(name)"]
    assert not any(written[1:3] + written[6:])


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
