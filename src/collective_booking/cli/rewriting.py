"""Changing a team file, and keeping what people wrote around the settings.

Lives here: the text of a team file with another owner, or without a member.
Must not live here: reading team files (that is `teamfile`), what a roster may be.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import tomlkit

from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli.answers import BadInput
from collective_booking.cli.teamfile import Team, load, text_of
from collective_booking.errors import Problem

_HEADER: Final = re.compile(r"\s*\[\[\s*members\s*\]\]\s*(#.*)?")


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
    """Write the file, and read it again: what it says must be *expected*, or nothing changes."""
    path = Path(team.path)
    before = text_of(team.path)
    if before.lstrip()[:1] == "{":
        table = json.loads(before)
        in_json(table)
        after = json.dumps(table, indent=2, ensure_ascii=False) + "\n"
    else:
        after = in_toml(before)
    beside = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        beside.write_text(after, "utf-8")
        beside.chmod(path.stat().st_mode)
        if load(str(beside)).calendar != expected:
            raise BadInput([Problem(team.path, "is written in a way that cannot be changed here")])
        beside.replace(path)
    except OSError as error:
        raise BadInput([Problem(team.path, f"cannot be written: {error.strerror}")]) from None
    finally:
        beside.unlink(missing_ok=True)
    return load(team.path)


# --- JSON ----------------------------------------------------------------------------------------


def _pop(table: dict[str, Any], place: int) -> None:
    del table["members"][place]


def _own(table: dict[str, Any], member: str) -> None:
    table["owner"] = member


# --- TOML ----------------------------------------------------------------------------------------


def _owned(text: str, member: str) -> str:
    document = tomlkit.parse(text)
    document["owner"] = member
    return tomlkit.dumps(document)


def _without(text: str, place: int) -> str:
    """*text* without its table of the member at *place*, and the comments right above it.

    Lines are cut where every member has a table of their own; where they do not, the list that
    holds them all is changed.
    """
    lines = text.splitlines(keepends=True)
    headers = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\n"))]
    if not headers:
        document: Any = tomlkit.parse(text)
        del document["members"][place]
        return tomlkit.dumps(document)
    begins = [_above(lines, number) for number in headers]
    end = begins[place + 1] if place + 1 < len(begins) else len(lines)
    return "".join(lines[: begins[place]] + lines[end:])


def _above(lines: list[str], header: int) -> int:
    """Where the comments begin that stand right above the line *header*."""
    while header and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header
