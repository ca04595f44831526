"""Changing a team file, and keeping what people wrote around the settings.

Lives here: the text of a team file with another owner, or without a member.
Must not live here: reading team files (that is `teamfile`), what a roster may be.
"""

from __future__ import annotations

import json
import os
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import tomlkit

from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli.answers import BadInput
from collective_booking.cli.teamfile import Team, read
from collective_booking.errors import Problem

_NAME: Final = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_PATH: Final = rf"\s*({_NAME})((?:\s*\.\s*{_NAME})*)\s*"
_HEADER: Final = re.compile(rf"\s*(?:\[\[{_PATH}\]\]|\[{_PATH}\])\s*(?:#.*)?", re.ASCII)
_OWNER: Final = re.compile(r"""(\s*["']?owner["']?\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')""")


def remove_member(team: Team, member: str) -> Team:
    """The team without *member*, and its file rewritten so."""
    after = team.calendar.remove_member(member)
    place = [each.id for each in team.calendar.members].index(member)
    return _rewritten(
        team, after, lambda text: _without(text, place), lambda table: _pop(table, place)
    )


def make_owner(team: Team, member: str) -> Team:
    """The team with *member* as its owner, and its file rewritten so."""
    after = team.calendar.make_owner(member)
    return _rewritten(
        team, after, lambda text: _owned(text, member), lambda table: _own(table, member)
    )


def _rewritten(
    team: Team,
    expected: CollectiveCalendar,
    in_toml: Callable[[str], str],
    in_json: Callable[[dict[str, Any]], None],
) -> Team:
    """Write the file with what it must say, *expected*; where it would not, nothing changes.

    Ends of lines stay as they are, and so does a mark of the byte order. Where the file is a link,
    the file that it leads to is written.
    """
    path = Path(team.path).resolve()
    try:
        data = path.read_bytes()
        mark = data[: len(BOM_UTF8)] if data.startswith(BOM_UTF8) else b""
        before = data.removeprefix(mark).decode()
        is_json = before.lstrip()[:1] == "{"
        after = _in_json(before, in_json) if is_json else in_toml(before)
        made = _expected(team, expected, after)
        _write(path, mark + after.encode())
    except OSError as error:
        raise BadInput([Problem(team.path, f"cannot be written: {error.strerror}")]) from None
    return made


def _expected(team: Team, expected: CollectiveCalendar, written: str) -> Team:
    """The team that is *written*: *expected*, with everybody's calendars and busy times as before.

    Raises:
        BadInput: it is another one.
    """
    try:
        made = read(team.path, written)
    except BadInput:
        made = None
    if (
        made is None
        or made.calendar != expected
        or any(made.sources_of(each) != team.sources_of(each) for each in expected.members)
    ):
        told = "is written in a way that cannot be changed here: change it in an editor"
        raise BadInput([Problem(team.path, told)])
    return made


def _write(path: Path, data: bytes) -> None:
    """Write the file whole, or not at all."""
    beside = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        beside.write_bytes(data)
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


# --- JSON ----------------------------------------------------------------------------------------


def _in_json(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    table = json.loads(text)
    change(table)
    written = json.dumps(table, indent=2, ensure_ascii=False) + "\n"
    return written.replace("\n", _line_end(text))


def _pop(table: dict[str, Any], place: int) -> None:
    del table["members"][place]


def _own(table: dict[str, Any], member: str) -> None:
    table["owner"] = member


# --- TOML ----------------------------------------------------------------------------------------


class _Header(NamedTuple):
    """A line that begins a table: which key of the whole it is in, and whether it is deeper."""

    line: int
    key: str
    is_deeper: bool


def _owned(text: str, member: str) -> str:
    """*text* with *member* as the owner; a new line of it goes after the last top-level key."""
    owner = tomlkit.item(member).as_string()
    lines = text.splitlines(keepends=True)
    place = next((header.line for header in _headers(lines)), len(lines))
    for number, line in enumerate(lines[:place]):
        if match := _OWNER.match(line):
            lines[number] = f"{match[1]}{owner}{line[match.end() :]}"
            return "".join(lines)
    while place and not lines[place - 1].partition("#")[0].strip():
        place -= 1  # a comment there is about the table below it
    above = "".join(lines[:place])
    end = _line_end(text)
    gap = "" if above.endswith("\n") else end
    return "".join([above, f"{gap}owner = {owner}{end}", *lines[place:]])


def _without(text: str, place: int) -> str:
    """*text* without its table of the member at *place*, and the comments right above it.

    Lines are cut where every member has a table of their own; where they do not, the list that
    holds them all is changed.
    """
    lines = text.splitlines(keepends=True)
    headers = [each for each in _headers(lines) if not (each.key == "members" and each.is_deeper)]
    members = [number for number, each in enumerate(headers) if each.key == "members"]
    if not members:
        document: Any = tomlkit.parse(text)
        del document["members"][place]
        return tomlkit.dumps(document)
    begins = [*(_above(lines, each.line) for each in headers), len(lines)]
    first = members[place]
    return "".join(lines[: begins[first]] + lines[begins[first + 1] :])


def _headers(lines: Sequence[str]) -> Iterator[_Header]:
    """The lines that look as if a table began there; what they make is read again afterwards."""
    for number, line in enumerate(lines):
        if match := _HEADER.fullmatch(line.rstrip("\r\n")):
            key, deeper = filter(lambda group: group is not None, match.groups())
            yield _Header(number, key.strip("\"'"), bool(deeper))


def _above(lines: Sequence[str], header: int) -> int:
    """Where the comments begin that stand right above the line *header*."""
    while header and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header
