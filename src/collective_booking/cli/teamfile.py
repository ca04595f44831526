"""A team file: a calendar as a document, with the calendars and busy times of its members.

Lives here: reading TOML and JSON into a `Team`, or into every problem with its place; the schema.
Must not live here: what the settings of a calendar may be (that is `documents`), reading calendars.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import Refused, did_you_mean, examine, list_of, text
from collective_booking.cli.answers import BadInput
from collective_booking.cli.when import instant
from collective_booking.documents import from_dict, json_schema
from collective_booking.errors import ConfigurationError, Problem
from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.wording import shown

MAX_SIZE: Final = 5_000_000
"""More bytes than a hundred members with ten years of time off write."""

_FEEDS: Final = ("https://", "webcal://", "webcals://")
_INSTANTS: Final = "two instants such as 2026-11-23T10:00:00Z, the start and the end"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where one member's busy time comes from: calendars, and what the team file says.

    Of `calendars`, each is the name of a file or folder beside the team file, or the URL of a feed.
    """

    calendars: tuple[str, ...] = ()
    busy: IntervalSet = NEVER


@dataclass(frozen=True, slots=True)
class Team:
    """What a team file holds; `sources` by the member's id, for those who have any."""

    path: str
    calendar: CollectiveCalendar
    sources: Mapping[str, Sources]

    def sources_of(self, member: Member) -> Sources:
        """Where the busy time of *member* comes from; nowhere, for who has no source."""
        return self.sources.get(member.id, Sources())

    def follows(self, member: Member) -> bool:
        """Whether files tell when *member* is busy: a reference alone, only an application can."""
        return member.calendar is None or bool(self.sources_of(member).calendars)


def load(path: str) -> Team:
    """Read the team file at *path*, TOML or JSON.

    Raises:
        BadInput: everything that is wrong with it.
    """
    return read(path, text_of(path))


def read(path: str, written: str) -> Team:
    """Read what is *written* in the team file at *path*, or would be.

    Raises:
        BadInput: everything that is wrong with it.
    """
    document = _table(path, written)
    members = document.get("members")
    problems: list[Problem] = []
    found: list[Sources] = []
    if isinstance(members, list):
        taken = [_take_sources(each, place, Path(path)) for place, each in enumerate(members)]
        found = [sources for _, sources, _ in taken]
        problems = [problem for _, _, each in taken for problem in each]
        document = {**document, "members": [member for member, _, _ in taken]}
    calendar = None
    try:
        calendar = from_dict(document)
    except ConfigurationError as error:
        problems = [*error.problems, *problems]
    if problems or calendar is None:
        raise BadInput(_in(path, problem) for problem in problems)
    ids = [member.id for member in calendar.members]
    pairs = zip(ids, found, strict=True)
    return Team(path, calendar, {id_: sources for id_, sources in pairs if sources != Sources()})


def schema() -> dict[str, Any]:
    """The JSON Schema of a team file: that of a calendar, and what its members have besides."""
    whole: dict[str, Any] = json_schema()
    whole["title"] = "A team file of collective-booking"
    whole["properties"]["members"]["items"]["properties"] |= {
        "calendars": {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "examples": ["ana.ics"]},
            "description": "Files and folders of iCalendar data, relative to the team file; URLs.",
        },
        "busy": {
            "type": "array",
            "items": {
                "type": "array",
                "items": {"type": "string", "format": "date-time"},
                "minItems": 2,
                "maxItems": 2,
            },
            "description": "Busy times, each from one instant to another.",
        },
    }
    return whole


# --- files ---------------------------------------------------------------------------------------


def text_of(path: str) -> str:
    """What stands in the file at *path*, as text.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_SIZE + 1)
    except IsADirectoryError:
        raise _refusal(path, "this is a folder: name the team file in it") from None
    except FileNotFoundError:
        raise _refusal(path, "there is no such file") from None
    except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
        told = getattr(error, "strerror", None) or str(error)
        raise _refusal(path, f"cannot be read: {told}") from None
    if len(data) > MAX_SIZE:
        raise _refusal(path, f"has more than {MAX_SIZE:,} bytes: this is no team file")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refusal(f"{path}:{line}", "is not UTF-8: save it as such") from None


def _table(path: str, written: str) -> dict[str, Any]:
    """The table that *written* is, in JSON if it looks like that, else in TOML."""
    suffix = Path(path).suffix.lower()
    is_json = suffix == ".json" or (suffix != ".toml" and written.lstrip()[:1] in {"{", "["})
    try:
        table = _json(written) if is_json else tomllib.loads(written)
    except json.JSONDecodeError as error:
        raise _refusal(f"{path}:{error.lineno}:{error.colno}", f"JSON: {error.msg}") from None
    except tomllib.TOMLDecodeError as error:
        raise _toml_refusal(path, written, str(error)) from None
    except (ValueError, RecursionError) as error:
        deep = "is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise _refusal(path, deep) from None
    if not isinstance(table, dict):
        raise _refusal(path, f"must be a table of settings, not {shown(table)}")
    return {key: _as_json(value) for key, value in table.items()}


def _json(written: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        table = dict(pairs)
        if len(table) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"{shown(twice)} stands twice in one table")
        return table

    def never(constant: str) -> object:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(written, object_pairs_hook=once, parse_constant=never)


def _toml_refusal(path: str, written: str, told: str) -> BadInput:
    match = re.fullmatch(r"(?s)(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", told)
    if not match:
        return _refusal(path, f"TOML: {told}")
    message, line, column = match.groups()
    place = f"{line}:{column}" if line else str(written.rstrip().count("\n") + 1)
    return _refusal(f"{path}:{place}", f"TOML: {message}")


def _as_json(value: Any) -> Any:
    """The dates and times that TOML has become the text that JSON would hold."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    return list(map(_as_json, value)) if isinstance(value, list) else value


def _refusal(place: str, message: str) -> BadInput:
    return BadInput([Problem(place, message)])


def _in(path: str, problem: Problem) -> Problem:
    return Problem(": ".join(filter(None, (path, problem.place))), problem.message)


# --- what a member has besides the keys of a member -----------------------------------------------


def _take_sources(
    member: object, place: int, path: Path
) -> tuple[object, Sources, tuple[Problem, ...]]:
    """The *member* without the keys that only team files have, these keys, and their problems."""
    if not isinstance(member, dict):
        return member, Sources(), ()
    readers: dict[str, Callable[[Any], Any]] = {
        "calendars": list_of(_calendar(path), "files and folders"),
        "busy": lambda pairs: IntervalSet(list_of(_busy, "pairs of instants")(pairs)),
    }
    given = {key: member[key] for key in readers if key in member}
    read, wrong = examine(readers, given)
    rest = {key: value for key, value in member.items() if key not in readers}
    if read.get("calendars") and "calendar" not in rest:
        rest["calendar"] = given["calendars"][0]  # so that they are known to have one
    problems = (Problem(f"members[{place}].{each.place}", each.message) for each in wrong)
    return rest, Sources(**read), tuple(problems)


def _calendar(team: Path) -> Callable[[object], str]:
    """The reader of a feed's URL, or of the name of what is there, though it may be unreadable."""

    def read(value: object) -> str:
        name = str(text()(value))
        if name.lower().startswith(_FEEDS):
            return name
        if "://" in name:
            raise Refused(f"must be a file, a folder or an https feed, not {shown(name)}")
        place = team.parent / name
        try:
            there = place.exists()
        except OSError:
            there = False
        if there:
            return name
        try:
            near = did_you_mean(name, [each.name for each in place.parent.iterdir()])
        except OSError:
            near = ""
        raise Refused(
            f"there is no file or folder {shown(name)} in {shown(str(team.parent))}{near}"
        )

    return read


def _busy(value: object) -> Interval:
    if not isinstance(value, list) or len(value) != 2:
        raise Refused(f"must be {_INSTANTS}, not {shown(value)}")
    start, end = map(instant, value)
    if start >= end:
        raise Refused(f"ends at {value[1]}, before it has begun at {value[0]}")
    return Interval(start, end)
