"""The command as a program: processes, streams, terminals, what is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from collective_booking import cli
from tests.cli.command import Run, run_apart
from tests.cli.teams import NOW, TEAM, in_toml, team

COMMANDS: Final = (
    "agenda",
    "approve",
    "book",
    "cancel",
    "check",
    "decline",
    "deliver",
    "explain",
    "make-owner",
    "remove-member",
    "reschedule",
    "schema",
    "show",
    "slots",
)


def test_the_module_is_the_command(folder: Path) -> None:
    """Where scripts are not on the path, `python -m` still is."""
    told = run_apart("slots", "team.toml", *NOW, "--first", "1", cwd=folder)

    assert told.code == 0
    assert "Mon 23 Nov 2026   09:00" in told.out
    assert told.err == ""


def test_without_the_extra_one_line_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library is often installed without its command."""
    monkeypatch.setattr(cli, "find_spec", lambda name: None)

    code = cli.main(["slots", "team.toml"])

    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert told.err == (
        "collective-booking: the command needs click, rich, sqlalchemy and tomlkit: "
        "pip install 'collective-booking[cli]'\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(run: Run, command: str) -> None:
    """An example is read first, and copied."""
    told = run(command, "--help")

    assert told.code == 0
    assert f"\n    collective-booking {command}" in told.out
    assert max(map(len, told.out.splitlines())) <= 80


def test_the_help_lists_the_commands_and_the_exit_codes(run: Run) -> None:
    """Scripts are written by people who read this far."""
    told = run("--help")

    assert told.code == 0
    assert all(f"\n  {command} " in told.out for command in COMMANDS)
    assert "Exit codes: 0 yes; 1" in told.out


def test_the_version_is_that_of_the_package(run: Run) -> None:
    """The first question of every bug report."""
    assert run("--version").out.startswith("collective-booking 0.")


def test_where_there_is_no_terminal_there_are_no_colours(folder: Path) -> None:
    """Escape codes in a log or a pipe are noise."""
    for command in ("slots", "explain", "check", "show"):
        assert "\x1b" not in run_apart(command, "team.toml", *NOW, cwd=folder).out


def test_colours_are_for_those_who_want_them(folder: Path) -> None:
    """`NO_COLOR` wins, even over a terminal that has them."""
    asked = ("slots", "team.toml", *NOW)
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}

    coloured = run_apart(*asked, cwd=folder, **terminal)
    plain = run_apart(*asked, cwd=folder, NO_COLOR="1", **terminal)

    assert "\x1b[32m" in coloured.out
    assert "\x1b[3" not in plain.out


@pytest.mark.parametrize("command", ["slots", "show", "explain", "check"])
def test_a_stream_that_holds_only_ascii_gets_ascii(folder: Path, command: str) -> None:
    """Old terminals, and pipes under the C locale, must not end in a traceback."""
    (folder / "team.toml").write_text(in_toml(team({"name": "Zoë"})), "utf-8")

    told = run_apart(command, "team.toml", *NOW, cwd=folder, PYTHONIOENCODING="ascii")

    assert told.code == 0
    assert told.out.isascii()
    assert "Zo?" in told.out


def test_the_strip_reads_in_ascii_too(folder: Path) -> None:
    """Every letter has a plain one in its place, and no two the same."""
    told = run_apart("show", "team.toml", *NOW, cwd=folder, PYTHONIOENCODING="ascii")

    assert "Ana         ------###---\n" in told.out
    assert "everyone    ******   ***\n" in told.out


def test_the_system_zone_changes_nothing(folder: Path) -> None:
    """A server in another country must not offer other times."""
    asked = ("slots", "team.toml", *NOW)

    here, there = (run_apart(*asked, cwd=folder, TZ=zone) for zone in ("UTC", "Asia/Tokyo"))

    assert here == there


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
@pytest.mark.parametrize("arguments", [("slots", "team.toml", *NOW), ("--help",), ("schema",)])
def test_a_reader_that_has_seen_enough_is_no_error(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    """`| head -1` is how people look at the first slot."""
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [sys.executable, "-m", "collective_booking", *arguments],
        cwd=folder,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )

    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_full_disk_is_told_in_one_line(folder: Path) -> None:
    """A cut-off list must not look like the whole one."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "collective_booking", "slots", "team.toml", *NOW],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 2
    assert done.stderr.decode() == "stdout: cannot be written: No space left on device\n"


def test_help_loads_neither_the_parser_nor_the_painter(folder: Path) -> None:
    """Asking for help, or for JSON, must not wait for what it does not use."""
    script = (
        "import sys; from collective_booking.cli import main; code = main(sys.argv[1:]);"
        "print(*({'icalendar', 'rich', 'dateutil', 'asyncio'} & set(sys.modules)), file=sys.stderr)"
    )
    for arguments in (["--help"], ["slots", "team.toml", *NOW, "--json"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == "\n"
    assert not any("calendars" in member for member in TEAM["members"])


def test_the_clock_is_read_in_one_place() -> None:
    """With `--now`, every answer can be had again, and every bug report tried (N6)."""
    rooms = Path(cli.__file__).parent.glob("*.py")

    looks = re.compile(r"datetime\.now|\.today\(|\.utcnow\(|time\.time\(")
    found = {room.name: len(looks.findall(room.read_text("utf-8"))) for room in rooms}

    assert {room: count for room, count in found.items() if count} == {"when.py": 1}
