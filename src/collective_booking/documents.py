"""Calendars as documents: what a team file, a column of JSON or a web form holds.

Lives here: `to_dict`, `from_dict` and the JSON Schema of what they write and read.
Must not live here: files, TOML, and what a calendar may be: `calendars` and `members` say that, and
their rules are asked here too, so that a document reports what cannot be read and what cannot be so
at once.

Each key stands once, in a table: how it is read, how it is written, its schema, its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import (
    MAX_DAYS,
    MAX_NAME,
    MAX_TEXT,
    Reader,
    Refused,
    Rules,
    did_you_mean,
    examine,
    instance_of,
    list_of,
)
from collective_booking.durations import DURATION_PATTERN, format_duration, parse_duration
from collective_booking.errors import ConfigurationError, Problem, require
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.members import (
    LOCATION_RULES,
    MEMBER_RULES,
    LocationKind,
    MeetingLocation,
    Member,
    OnUnknown,
)
from collective_booking.money import Money
from collective_booking.settings import (
    CALENDAR_RULES,
    MAX_MEMBERS,
    MAX_SLUG,
    MIN_MEMBERS,
    SLUG_PATTERN,
    Anchor,
    BufferMode,
    HoursMode,
    Tentative,
)
from collective_booking.wording import shown

FORMAT: Final = 1
"""The version of the format that is written, and the only one that is read."""

Json = Mapping[str, object]


# --- how values are written ----------------------------------------------------------------------


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of value is written down, and read; whether it may be so is asked later."""

    schema: Json
    read: Reader = _as_it_is
    write: Callable[[Any], object] = _as_it_is


def _text(most: int, **more: object) -> Form:
    return Form({"type": "string", "minLength": 1, "maxLength": most, **more})


def _count(least: int, most: int | None = None) -> Form:
    limit = {} if most is None else {"maximum": most}
    return Form({"type": "integer", "minimum": least, **limit})


def _choice(choices: type[StrEnum]) -> Form:
    return Form({"enum": [str(choice) for choice in choices]}, write=str)


def _duration(value: object) -> timedelta:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Refused(f"{value} has no unit: write '{value}m' if it counts minutes")
    return parse_duration(instance_of(str, "a text such as '30m'")(value))


def _rule(value: object) -> str:
    rule = instance_of(str, "a text such as 'Mon-Fri 09:00-17:00'")(value)
    OpeningHours.parse(rule)
    return rule


def _overrides(value: object) -> dict[str, tuple[str, ...]]:
    dated = _table(value, "a table of dates")
    entries = {str(day): (day, texts) for day, texts in dated.items()}
    usable, problems = examine(dict.fromkeys(entries, _override), entries)
    if problems:
        raise ConfigurationError("the overrides", problems)
    return dict(usable.values())


def _override(entry: tuple[object, object]) -> tuple[str, tuple[str, ...]]:
    day = instance_of(str, "a date such as '2026-12-24'")(entry[0])
    OpeningHours.parse(overrides={day: ()})  # refuses what is no date

    def read(value: object) -> str:
        times = instance_of(str, "a text such as '09:00-12:00'")(value)
        OpeningHours.parse(overrides={day: [times]})
        return times

    return day, list_of(read, "times such as '09:00-12:00'")(entry[1])


def _dates(value: object) -> DateRange:
    if type(value) is date:  # TOML has dates of its own
        return DateRange(value, value)
    return DateRange.parse(instance_of(str, "a text such as '2026-12-28/2026-12-31'")(value))


def _list_schema(items: Json) -> Json:
    return {"type": "array", "items": items}


ZONE: Final = _text(MAX_NAME)
SWITCH: Final = Form({"type": "boolean"})
DURATION: Final = Form({"type": "string", "pattern": DURATION_PATTERN}, _duration, format_duration)
RULES: Final = Form(
    _list_schema({"type": "string", "examples": ["Mon-Fri 09:00-17:00", "daily 22:00-02:00"]}),
    list_of(_rule, "rules such as 'Mon-Fri 09:00-17:00'"),
    OpeningHours.rules,
)
OVERRIDES: Final = Form(
    {
        "type": "object",
        "propertyNames": {"format": "date"},
        "additionalProperties": _list_schema({"type": "string", "examples": ["09:00-12:00"]}),
    },
    _overrides,
    OpeningHours.override_rules,
)
TIME_OFF: Final = Form(
    _list_schema({"type": "string", "examples": ["2026-12-28/2026-12-31", "2026-12-25"]}),
    list_of(_dates, "dates such as '2026-12-28/2026-12-31'"),
    lambda ranges: [str(away) for away in ranges],
)


# --- documents: which keys there are -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """How a value is written as a table: its keys, and the rules that the value itself obeys."""

    made: type[Any]
    rules: Rules
    keys: Mapping[str, tuple[Form, str]]
    schema_more: Json = field(default_factory=dict)

    def defaults(self) -> dict[str, Any]:
        """What a value has where its document says nothing."""
        return {
            each.name: each.default for each in fields(self.made) if each.default is not MISSING
        }

    def required(self) -> list[str]:
        """The keys that no document may leave out."""
        optional = {"format", "overrides", *self.defaults()}
        return [name for name in self.keys if name not in optional]

    def examine(self, source: object) -> tuple[dict[str, Any], list[Problem]]:
        """The usable values of *source*, and everything that is wrong with it."""
        table = _table(source, "a table of settings")
        problems = [
            Problem(str(name), f"is no setting{did_you_mean(name, self.keys)}")
            for name in table
            if name not in self.keys
        ]
        problems += [
            Problem(name, f"is missing: {self.keys[name][1]}")
            for name in self.required()
            if name not in table
        ]
        readers = {name: _unless_null(form.read) for name, (form, _) in self.keys.items()}
        given = {name: table[name] for name in self.keys if name in table}
        read, unreadable = examine(readers, given)
        values = {name: default for name, default in self.defaults().items() if name not in given}
        problems += [*unreadable, *_take_hours(read, given, values)]
        values |= {name: value for name, value in read.items() if name in self.rules.readers}
        usable, wrong = self.rules.examine(values)
        return usable, self.in_order(problems + wrong)

    def in_order(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems in the order of the keys, after those of keys that are none."""
        places = {name: place for place, name in enumerate(self.keys)}
        return sorted(problems, key=lambda each: places.get(re.split(r"[.\[]", each.place)[0], -1))

    def read(self, source: object) -> Any:
        """The value that *source* describes; its problems have places within it."""
        usable, problems = self.examine(source)
        if problems:
            raise ConfigurationError("the table", problems)
        return self.made(**usable)

    def write(self, value: object) -> dict[str, object]:
        """The document of *value*, without what is so by default."""
        defaults, written = self.defaults(), {}
        for name, (form, _) in self.keys.items():
            held = getattr(value, "hours" if name == "overrides" else name, None)
            if held is not None and held != defaults.get(name, MISSING):
                written[name] = form.write(held)
        if not written.get("overrides", True):
            del written["overrides"]
        return written

    def schema(self) -> dict[str, object]:
        """The JSON Schema of this document."""
        defaults = {name: held for name, held in self.defaults().items() if held not in (None, "")}
        return {
            "type": "object",
            "required": self.required(),
            "additionalProperties": False,
            "properties": {
                name: {
                    **form.schema,
                    "description": f"{meaning[0].upper()}{meaning[1:]}.",
                    **({"default": form.write(defaults[name])} if name in defaults else {}),
                }
                for name, (form, meaning) in self.keys.items()
            },
            **self.schema_more,
        }

    def form(self) -> Form:
        """This document inside another."""
        return Form(self.schema(), self.read, self.write)


def _table(value: object, expected: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise Refused(f"must be {expected}, not {shown(value)}")
    return value


def _unless_null(read: Reader) -> Reader:
    def reader(value: object) -> object:
        if value is None:
            raise Refused("must not be null: leave the key out instead")
        return read(value)

    return reader


def _take_hours(
    read: dict[str, Any], given: Mapping[str, object], values: dict[str, Any]
) -> Iterator[Problem]:
    """Make one value of the two keys that hours are written in."""
    overrides = read.pop("overrides", {})
    if "hours" in read:
        read["hours"] = OpeningHours.parse(*read["hours"], overrides=overrides)
    elif "overrides" in given and "hours" not in given:
        del values["hours"]
        yield Problem("hours", "are missing: overrides change them; [] opens those dates alone")


LOCATION: Final = Document(
    MeetingLocation,
    LOCATION_RULES,
    {
        "kind": (_choice(LocationKind), "what the value is"),
        "value": (
            Form({"type": "string", "maxLength": MAX_TEXT}),
            "an address, a number, a link, a kind of conference; nothing if the booker chooses",
        ),
    },
)
PRICE: Final = Document(
    Money,
    # Money itself is asked about either half, so that both may be wrong at once.
    Rules(
        {
            "amount": lambda amount: Money(amount, "EUR").amount,
            "currency": lambda currency: Money(1, currency).currency,
        },
        {},
    ),
    {
        "amount": (_count(1), "how many minor units, such as 5000 for 50.00 EUR"),
        "currency": (
            Form({"type": "string", "pattern": "^[A-Z]{3}$"}),
            "the code of a currency (ISO 4217), such as EUR",
        ),
    },
)
MEMBER: Final = Document(
    Member,
    MEMBER_RULES,
    {
        "id": (_text(MAX_NAME), "what the host calls this member"),
        "name": (_text(MAX_NAME), "what people call them; by default the id"),
        "email": (_text(254), "where they are written to"),
        "timezone": (ZONE, "the IANA name of the zone they live by, such as Europe/Madrid"),
        "hours": (RULES, "the weekly hours in which they can meet, on their own clock"),
        "overrides": (OVERRIDES, "local dates that have other hours, or none"),
        "time_off": (TIME_OFF, "local dates on which they are away, the last one included"),
        "required": (SWITCH, "false: they are invited, and never block"),
        "ignore_busy": (SWITCH, "their calendar does not block"),
        "ignore_hours": (SWITCH, "their hours do not count"),
        "on_unknown": (_choice(OnUnknown), "whether time of which nothing is known is closed"),
        "location": (LOCATION.form(), "where they meet if the calendar they own says nothing"),
        "calendar": (_text(MAX_TEXT), "the host's reference to their calendar"),
    },
    {
        "anyOf": [
            {"required": ["hours"]},
            {"required": ["ignore_hours"], "properties": {"ignore_hours": {"const": True}}},
        ]
    },
)


def _write_member(member: Member) -> dict[str, object]:
    written = MEMBER.write(member)
    if member.name == member.id:
        del written["name"]
    return written


MEMBERS: Final = Form(
    {"type": "array", "minItems": MIN_MEMBERS, "maxItems": MAX_MEMBERS, "items": MEMBER.schema()},
    list_of(MEMBER.read, "members"),
    lambda members: [_write_member(member) for member in members],
)


def _format(value: object) -> int:
    if type(value) is not int or value != FORMAT:
        raise Refused(f"must be {FORMAT}, the only one that is known here, not {shown(value)}")
    return value


CALENDAR: Final = Document(
    CollectiveCalendar,
    CALENDAR_RULES,
    {
        "format": (Form({"const": FORMAT}, _format), "the version of this format"),
        "name": (_text(MAX_NAME), "what people call this meeting"),
        "slug": (
            _text(MAX_SLUG, pattern=f"^{SLUG_PATTERN}$"),
            "its name in web addresses, such as sales-call",
        ),
        "timezone": (ZONE, "the IANA name of the calendar's zone, such as Europe/London"),
        "duration": (DURATION, "how long a meeting takes, such as 30m or 1h30m; 1d is 24 hours"),
        "interval": (DURATION, "how far apart starts are; by default the duration"),
        "buffer_before": (DURATION, "what stays free before a meeting"),
        "buffer_after": (DURATION, "what stays free after a meeting"),
        "buffer_mode": (_choice(BufferMode), "whether the buffers of two meetings add up"),
        "notice": (DURATION, "how long before its start a meeting is booked at the latest"),
        "notice_days": (_count(0, MAX_DAYS), "how many dates before its own, at the latest"),
        "horizon_days": (_count(0, MAX_DAYS), "how many dates ahead bookings are taken"),
        "anchor": (_choice(Anchor), "whether starts count from opening hours or from midnight"),
        "anchor_offset": (DURATION, "how long after midnight, with anchor clock"),
        "hours": (RULES, "the calendar's own weekly hours"),
        "overrides": (OVERRIDES, "local dates that have other hours, or none"),
        "hours_mode": (_choice(HoursMode), "whether they replace the hours of the members"),
        "owner": (_text(MAX_NAME), "the id of the primary owner; else the first required member"),
        "max_per_day": (_count(1), "how many meetings a day of the calendar's zone takes"),
        "max_per_week": (_count(1), "how many meetings a week takes, from Monday"),
        "max_per_month": (_count(1), "how many meetings a month takes"),
        "look_busy": (_count(0, 99), "how many percent of the free starts are not listed"),
        "tentative": (_choice(Tentative), "what tentative events count as"),
        "assign_contact": (SWITCH, "whether the booker's contact is assigned to the owner"),
        "approval": (SWITCH, "whether the host approves each booking"),
        "pending_blocks": (SWITCH, "whether a booking takes its time until it is approved"),
        "hold": (DURATION, "how long a time is kept for a booker who pays"),
        "location": (LOCATION.form(), "where the meeting takes place"),
        "price": (PRICE.form(), "what a booking costs"),
        "members": (MEMBERS, "who meets, in order"),
    },
)


# --- the three things one does with them ---------------------------------------------------------


def to_dict(calendar: CollectiveCalendar) -> dict[str, object]:
    """*calendar* as plain data that JSON and TOML can hold, without what is so by default.

    >>> members = tuple(Member(id, timezone="UTC", ignore_hours=True) for id in ("ana", "ben"))
    >>> half_hour = timedelta(minutes=30)
    >>> call = CollectiveCalendar(
    ...     name="Call", slug="call", timezone="UTC", duration=half_hour, members=members
    ... )
    >>> to_dict(call)["duration"], from_dict(to_dict(call)) == call
    ('30m', True)
    """
    require("calendar", calendar, CollectiveCalendar, "a CollectiveCalendar")
    written = {"format": FORMAT, **CALENDAR.write(calendar)}
    if calendar.owner == next(each.id for each in calendar.members if each.required):
        del written["owner"]
    return written


def from_dict(document: Mapping[str, object]) -> CollectiveCalendar:
    """The calendar that *document* describes, be it from JSON, from TOML or from `to_dict`.

    Raises:
        ConfigurationError: everything that is wrong, each with its place, such as
            `members[1].hours[0]`.

    >>> from_dict({"name": "Call", "slug": "call", "timezone": "UTC", "duration": 9, "members": []})
    Traceback (most recent call last):
    collective_booking.errors.ConfigurationError: calendar 'call' has 2 problems:
      duration: 9 has no unit: write '9m' if it counts minutes
      members: must be 2 to 100 people, not 0
    """
    try:
        usable, problems = CALENDAR.examine(document)
    except Refused as refusal:
        raise ConfigurationError("the calendar", [Problem("", str(refusal))]) from None
    if "members" not in usable and (roster := _sketch(document.get("members"))):
        known = {"members": roster, "owner": usable.get("owner", "")}
        problems = CALENDAR.in_order(problems + CALENDAR_RULES.examine(known)[1])
    if problems:
        subject = f"calendar {shown(usable['slug'])}" if "slug" in usable else "the calendar"
        raise ConfigurationError(subject, problems)
    return CollectiveCalendar(**usable)


def json_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of the documents, to check them and to help write them.

    What only the calendar as a whole can tell (an owner who is no member) is left to `from_dict`.

    >>> json_schema()["title"]
    'A collective calendar'
    """
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A collective calendar",
        **CALENDAR.schema(),
    }
    return deepcopy(whole)  # the caller's own, to add to


def _sketch(members: object) -> tuple[Member, ...]:
    """A roster that has problems, as far as its size and its owner can be asked all the same."""
    try:
        known = [usable for usable, _ in list_of(MEMBER.examine, "members")(members)]
        return tuple(
            Member(each["id"], timezone="UTC", ignore_hours=True, required=each["required"])
            for each in known
        )
    except (Refused, ConfigurationError, KeyError):
        return ()
