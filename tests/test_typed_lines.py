"""What a page has one type into a shell does what it says: every line is typed in here.

Lives here: how each kind of line is tried, and that none is left out.
Must not live here: examples in Python (that is `test_documentation`).
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from itertools import takewhile
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest
from packaging.requirements import Requirement

from collective_booking.adapters.sql import SqlStore
from collective_booking.cli import main
from tests.pages import PAGES, PROJECT, Block, blocks_of
from tests.servers.processes import HOME, running

PROGRAMS: Final = sysconfig.get_path("scripts")
DECLARED: Final = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
SHELLS: Final = [block for page in PAGES for block in blocks_of(page) if block.kind == "console"]


@dataclass(frozen=True)
class Reader:
    """Who types: the folder they are in, and a database if they need one."""

    folder: Path
    database: Callable[[], str]


# --- each kind of line ---------------------------------------------------------------------------


def installs(line: str, reader: Reader) -> None:
    """Nothing is fetched: the name and each extra are ours, or are here as the tests' own."""
    for word in shlex.split(line, comments=True)[2:]:
        if word == "-e":
            continue
        name, _, extras = word.rstrip("]").partition("[")
        if name in {".", DECLARED["name"]}:
            assert set(extras.split(",")) - {""} <= DECLARED["optional-dependencies"].keys()
        else:
            distribution(Requirement(word).name)  # raises where it is not there


def makes(line: str, reader: Reader) -> None:
    """The target is there; what it does is the gate's, or takes too long to be done here."""
    said = shell(f"{line.partition('#')[0]} --dry-run", PROJECT)
    assert said.strip()
    assert "Nothing to be done" not in said  # which it says of a folder that has the target's name


def runs(line: str, reader: Reader) -> None:
    """It ends well."""
    shell(line, reader.folder)


def collects(line: str, reader: Reader) -> None:
    """The tests are found from there; they are run by `tests/examples/test_host_application.py`."""
    assert "tests collected" in shell(
        f"{line} --collect-only -q -p no:cacheprovider", reader.folder
    )


def moves(line: str, reader: Reader) -> None:
    """With a database of ours in the place of the reader's."""
    theirs = "postgresql+psycopg://user@server/bookings"
    assert theirs in line
    shutil.copy(reader.folder / "examples" / "move_to_postgresql.py", reader.folder)
    SqlStore.open(reader.folder / "bookings.sqlite").close()
    ours = line.replace(theirs, shlex.quote(reader.database()))
    assert "cb_appointments" in shell(ours, reader.folder)


def serves(line: str, reader: Reader) -> None:
    """It answers where the comment beside it says, on a port that is free."""
    command, _, address = line.partition("#")
    place = address.strip().partition("://")[2].partition("/")[2]
    told = "{port} --noreload" if "runserver" in command else "--port {port}"

    def at(port: int) -> list[str]:
        return [
            "env",
            "-C",
            str(reader.folder),
            f"PATH={path()}",
            *shlex.split(f"{command} {told.format(port=port)}"),
        ]

    with running(at) as port, urlopen(f"http://{HOME}:{port}/{place}", timeout=60) as answer:
        assert answer.status == 200
        assert answer.read()


def path() -> str:
    """Where programs are found: first of all in the environment of the tests."""
    return f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"


def shell(line: str, folder: Path) -> str:
    """What *line* says, typed into a shell in *folder*."""
    told = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": path(), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


KINDS: Final[dict[str, Callable[[str, Reader], None]]] = {
    "pip install ": installs,
    "make ": makes,
    "mkdir tutorial && cd tutorial && python": runs,
    "python -c ": runs,
    "cp -r examples/sales_call ": runs,
    "python -m examples.booking_django migrate": runs,
    "python -m examples.booking_django runserver": serves,
    "python -m examples.booking_django deliver_bookings": runs,
    "flask --app examples.booking_flask run": serves,
    "flask --app examples.booking_flask deliver": runs,
    "uvicorn examples.booking_fastapi:app": serves,
    "python move_to_postgresql.py ": moves,
    "cd examples/host_application && python -m pytest": collects,
}
"""How a line is tried, by what it begins with."""

OURS: Final = "collective-booking "
"""Our command, whose answers are compared with what is shown."""


# --- all of them ---------------------------------------------------------------------------------


def typed(block: Block) -> Iterator[tuple[str, str]]:
    """The lines of *block* that are typed, each with what the page shows as the answer."""
    lines = list(block.lines)
    while lines:
        line = lines.pop(0)
        assert line.startswith("$ "), f"{block}: answers nothing: {line}"
        shown = list(takewhile(lambda each: not each.startswith("$ "), lines))
        del lines[: len(shown)]
        yield line.removeprefix("$ "), "".join(f"{each}\n" for each in shown)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what a reader has and may write into, as the folder of now."""
    unwanted = shutil.ignore_patterns("__pycache__", ".*", "*.sqlite*")
    shutil.copytree(PROJECT / "examples", tmp_path / "examples", ignore=unwanted)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("block", SHELLS, ids=str)
def test_a_line_does_what_the_page_says(
    block: Block,
    checkout: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nobody trusts the rest of a page whose first line fails; a line of a new kind fails here."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    reader = Reader(checkout, lambda: str(request.getfixturevalue("postgres_url")))
    for line, shown in typed(block):
        if line.startswith(OURS):
            answers(line.removeprefix(OURS), shown, capsys)
            continue
        (kind,) = (kind for kind in KINDS if line.startswith(kind))
        assert not shown, f"{block}: who compares what is shown?"
        KINDS[kind](line, reader)


def answers(arguments: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says what is shown, to the letter; where nothing is shown, it says something."""
    code = main(shlex.split(arguments, comments=True))

    told = capsys.readouterr()
    assert not told.err
    assert told.out == shown if shown else told.out.strip()
    assert code in {0, 1}, "that is for what was typed in wrongly"


def test_the_lines_are_found() -> None:
    """All of them, for a fence that broke would hide some; and of each kind there is one."""
    lines = [line for block in SHELLS for line, _ in typed(block)]
    prompts = [re.findall(r"^ *\$ ", page.read_text("utf-8"), re.MULTILINE) for page in PAGES]
    assert len(lines) == sum(map(len, prompts))
    asked = {line.split()[1] for line in lines if line.startswith(OURS)}

    assert asked >= {"slots", "explain", "check", "show", "book"}
    assert {kind for kind in KINDS if any(line.startswith(kind) for line in lines)} == KINDS.keys()
