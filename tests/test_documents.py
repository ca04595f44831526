"""Calendars as documents: what is read, what is written, and what a mistake is answered with."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from collective_booking.calendars import CollectiveCalendar
from collective_booking.documents import CALENDAR, MEMBER, from_dict, json_schema, to_dict
from collective_booking.errors import ConfigurationError
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.members import (
    MEMBER_RULES,
    LocationKind,
    MeetingLocation,
    Member,
    OnUnknown,
)
from collective_booking.money import Money
from collective_booking.settings import CALENDAR_RULES, Anchor, BufferMode, HoursMode, Tentative

TEAM: Final = """
format = 1
name = "Sales call"
slug = "sales-call"
timezone = "Europe/London"
duration = "30m"
interval = "15m"
buffer_before = "5m"
buffer_after = "PT10M"
buffer_mode = "sum"
notice = "4h"
notice_days = 1
horizon_days = 60
anchor = "clock"
anchor_offset = "5m"
hours = ["Mon-Fri 08:00-20:00"]
overrides = { "2026-12-24" = ["08:00-12:00"] }
hours_mode = "replace"
owner = "ben"
max_per_day = 4
max_per_week = 10
max_per_month = 30
look_busy = 20
tentative = "free"
assign_contact = false
approval = false
pending_blocks = false
hold = "20m"
location = { kind = "video", value = "https://meet.example.com/sales" }
price = { amount = 5000, currency = "EUR" }

[[members]]
id = "ana"
name = "Ana"
email = "ana@example.com"
timezone = "Europe/Madrid"
hours = ["Mon-Fri 09:00-13:00", "Mon-Fri 14:00-18:00"]
overrides = { "2026-12-24" = ["09:00-12:00"], "2026-12-25" = [] }
time_off = ["2026-12-28/2026-12-31", 2026-10-05]
required = false
ignore_busy = true
on_unknown = "open"
location = { kind = "booker" }
calendar = "work"

[[members]]
id = "ben"
timezone = "Europe/Berlin"
ignore_hours = true

[[members]]
id = "cleo"
timezone = "Europe/Paris"
hours = ["daily 22:00-02:00"]
"""
"""Every setting once."""

SCHEMA: Final = json_schema()
PUBLISHED: Final = Path(__file__).parent.parent / "docs" / "calendar.schema.json"


def valid(document: object) -> bool:
    """What an editor says that knows the schema."""
    checker = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return bool(checker.is_valid(document))


def a_document(**changes: Any) -> dict[str, Any]:
    """The smallest document there is, with *changes*."""
    member = {"timezone": "UTC", "hours": ["Mon-Fri 09:00-17:00"]}
    return {
        "name": "Call",
        "slug": "call",
        "timezone": "UTC",
        "duration": "30m",
        "members": [{"id": "ana", **member}, {"id": "ben", **member}],
    } | changes


def a_member(**changes: Any) -> dict[str, Any]:
    return {"id": "cleo", "timezone": "UTC", "hours": []} | changes


def problems_of(document: Any) -> list[str]:
    """What is wrong with *document*, as its author reads it."""
    with pytest.raises(ConfigurationError) as caught:
        from_dict(document)
    return list(map(str, caught.value.problems))


def problems_with(**changes: Any) -> list[str]:
    return problems_of(a_document(**changes))


def problems_with_member(**changes: Any) -> list[str]:
    members = [*a_document()["members"], a_member(**changes)]
    return problems_with(members=members)


# --- reading -------------------------------------------------------------------------------------


def test_a_document_can_say_everything() -> None:
    """What a calendar can be, a team can write down."""
    assert from_dict(tomllib.loads(TEAM)) == CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone="Europe/London",
        duration=timedelta(minutes=30),
        members=(
            Member(
                "ana",
                timezone="Europe/Madrid",
                name="Ana",
                email="ana@example.com",
                hours=OpeningHours.parse(
                    "Mon-Fri 09:00-13:00",
                    "Mon-Fri 14:00-18:00",
                    overrides={"2026-12-24": ["09:00-12:00"], "2026-12-25": []},
                ),
                time_off=(
                    DateRange(date(2026, 10, 5), date(2026, 10, 5)),
                    DateRange(date(2026, 12, 28), date(2026, 12, 31)),
                ),
                required=False,
                ignore_busy=True,
                on_unknown=OnUnknown.OPEN,
                location=MeetingLocation(LocationKind.BOOKER),
                calendar="work",
            ),
            Member("ben", timezone="Europe/Berlin", ignore_hours=True),
            Member("cleo", timezone="Europe/Paris", hours=OpeningHours.parse("daily 22:00-02:00")),
        ),
        interval=timedelta(minutes=15),
        buffer_before=timedelta(minutes=5),
        buffer_after=timedelta(minutes=10),
        buffer_mode=BufferMode.SUM,
        notice=timedelta(hours=4),
        notice_days=1,
        horizon_days=60,
        anchor=Anchor.CLOCK,
        anchor_offset=timedelta(minutes=5),
        hours=OpeningHours.parse("Mon-Fri 08:00-20:00", overrides={"2026-12-24": ["08:00-12:00"]}),
        hours_mode=HoursMode.REPLACE,
        owner="ben",
        max_per_day=4,
        max_per_week=10,
        max_per_month=30,
        look_busy=20,
        tentative=Tentative.FREE,
        assign_contact=False,
        pending_blocks=False,
        hold=timedelta(minutes=20),
        location=MeetingLocation(LocationKind.VIDEO, "https://meet.example.com/sales"),
        price=Money(5000, "EUR"),
    )


def test_every_setting_has_a_key_and_every_key_a_setting() -> None:
    """A setting added later cannot be forgotten here."""
    assert set(CALENDAR.keys) == {*CALENDAR_RULES.readers, "format", "overrides"}
    assert set(MEMBER.keys) == {*MEMBER_RULES.readers, "overrides"}
    assert set(tomllib.loads(TEAM)) == set(CALENDAR.keys)


# --- problems ------------------------------------------------------------------------------------


def test_an_empty_document_is_told_what_it_needs() -> None:
    """Whoever starts a team file learns from the first answer how to go on."""
    assert problems_of({}) == [
        "name: is missing: what people call this meeting",
        "slug: is missing: its name in web addresses, such as sales-call",
        "timezone: is missing: the IANA name of the calendar's zone, such as Europe/London",
        "duration: is missing: how long a meeting takes, such as 30m or 1h30m; 1d is 24 hours",
        "members: is missing: who meets, in order",
    ]


def test_everything_wrong_is_told_at_once_in_the_order_of_the_keys() -> None:
    """What cannot be read and what cannot be so are one list, each with its place."""
    document = a_document(
        slug="Call!",
        duration=30,
        intervall="15m",
        notice="P1D",
        anchor="wall",
        hours=["Mon-Fri 09:00-17:00", "Mon-Fry 09:00-17:00"],
        overrides={"2026-12-24": ["09:00-12:00", "noon"], "2026-13-01": [], "2026-12-25": "no"},
        owner="anna",
        max_per_day=None,
        location={"kind": "video", "value": "meet.example.com"},
        price={"amount": 50.0, "currency": "eur"},
    )
    document["members"] += [
        a_member(timezone="Mars", hours=["nine to five"], location={"kind": "phone", "nr": 1}),
        {"id": "dan", "timezone": "UTC"},
    ]

    assert problems_of(document) == [
        "intervall: is no setting; did you mean 'interval'?",
        (
            "slug: 'Call!' cannot stand in a web address: use lower-case letters, digits and "
            "single hyphens, at most 100 in all, such as 'call'"
        ),
        "duration: 30 has no unit: write '30m' if it counts minutes",
        (
            "notice: cannot read 'P1D' as a duration: days and weeks of ISO 8601 are not always "
            "24 hours long; write 1d for 24 hours"
        ),
        "anchor: must be one of 'window', 'clock', not 'wall'",
        (
            "hours[1]: cannot read 'Mon-Fry 09:00-17:00' as a rule of weekly hours: 'Fry' is no "
            "day; use Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily"
        ),
        (
            "overrides.2026-12-24[1]: cannot read 'noon' as a span of hours: write '09:00-17:00'; "
            "a start is at most 23:59, an end at most 24:00"
        ),
        "overrides.2026-13-01: cannot read '2026-13-01' as a date: write it as 2026-12-24",
        "overrides.2026-12-25: must be a list of times such as '09:00-12:00', not 'no'",
        "owner: 'anna' is no member; the members are ana, ben, cleo, dan; did you mean 'ana'?",
        "max_per_day: must not be null: leave the key out instead",
        (
            "location.value: 'meet.example.com' is no link: write one like "
            "https://meet.example.com/sales"
        ),
        (
            "price.amount: amount must be an int of minor units (5000 for 50.00 EUR), "
            "not float: 50.0"
        ),
        (
            "price.currency: currency cannot be 'eur': ISO 4217 codes are three capital letters: "
            "write EUR"
        ),
        (
            "members[2].timezone: there is no time zone 'Mars': see the IANA list "
            "(names look like 'Europe/Madrid')"
        ),
        (
            "members[2].hours[0]: cannot read 'nine to five' as a rule of weekly hours: 'nine' is "
            "no day; use Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily"
        ),
        "members[2].location.nr: is no setting",
        "members[2].location.value: must not be empty",
        "members[3].hours: are missing: give weekly hours, or set ignore_hours",
    ]


def test_the_error_names_the_calendar_where_it_can() -> None:
    """A log of a hundred imported calendars says which of them is broken."""
    with pytest.raises(ConfigurationError, match=r"^calendar 'call' has 1 problem:"):
        from_dict(a_document(duration="0m"))
    with pytest.raises(ConfigurationError, match=r"^the calendar has 1 problem:"):
        from_dict(a_document(slug=7))


@pytest.mark.parametrize("document", [[], "name", None, 7])
def test_what_is_no_table_is_no_calendar(document: Any) -> None:
    """JSON can hold anything at its top."""
    assert problems_of(document) == [f"must be a table of settings, not {document!r}"]


@pytest.mark.parametrize("version", [0, 2, "1", True, 1.0])
def test_another_format_is_refused(version: Any) -> None:
    """A newer document may mean something that is not known here."""
    assert problems_with(format=version) == [
        f"format: must be 1, the only one that is known here, not {version!r}"
    ]
    assert from_dict(a_document(format=1)) == from_dict(a_document())


@pytest.mark.parametrize(
    ("length", "message"),
    [
        (30, "duration: 30 has no unit: write '30m' if it counts minutes"),
        (True, "duration: must be a text such as '30m', not bool: True"),
        ("0m", "duration: must be 1m or more, not 0m"),
        ("90s", "duration: must be in whole minutes, not 1m30s"),
        ("4000d", "duration: must be 3660d or less, not 4000d"),
        (["30m"], "duration: must be a text such as '30m', not list: ['30m']"),
    ],
)
def test_a_length_that_is_none_is_answered_with_what_would_be(length: Any, message: str) -> None:
    """The most frequent mistake in a team file is a number without a unit."""
    assert problems_with(duration=length) == [message]


def test_overrides_need_something_to_override() -> None:
    """Whether the other dates are open or closed is not for us to guess."""
    overrides = {"2026-12-24": ["09:00-12:00"]}
    member = {"id": "cleo", "timezone": "UTC", "overrides": overrides}

    assert problems_with(members=[*a_document()["members"], member]) == [
        "members[2].hours: are missing: overrides change them; [] opens those dates alone"
    ]
    assert problems_with(overrides=overrides) == [
        "hours: are missing: overrides change them; [] opens those dates alone"
    ]
    alone = from_dict(a_document(hours=[], overrides=overrides))
    assert alone.hours == OpeningHours.parse(overrides=overrides)


def test_a_member_that_cannot_be_read_hides_no_other_mistake() -> None:
    """The owner and the size of the roster are asked of what can be read."""
    assert problems_with(members=[a_member(timezone="Mars")], owner="clio") == [
        "owner: 'clio' is no member; the members are cleo; did you mean 'cleo'?",
        (
            "members[0].timezone: there is no time zone 'Mars': see the IANA list "
            "(names look like 'Europe/Madrid')"
        ),
        "members: must be 2 to 100 people, not 1",
    ]


@pytest.mark.parametrize(
    ("member", "messages"),
    [
        ({"required": "no"}, ["required: must be true or false, not 'no'"]),
        ({"calendars": ["ana.ics"]}, ["calendars: is no setting; did you mean 'calendar'?"]),
        (
            {"time_off": ["2026-12-31/2026-12-28"]},
            [
                (
                    "time_off[0]: a range of dates cannot be '2026-12-31/2026-12-28': "
                    "put the earlier date first"
                )
            ],
        ),
        (
            {"time_off": "2026-12-31"},
            [
                (
                    "time_off: must be a list of dates such as '2026-12-28/2026-12-31', "
                    "not '2026-12-31'"
                )
            ],
        ),
        (
            {"time_off": [7]},
            ["time_off[0]: must be a text such as '2026-12-28/2026-12-31', not int: 7"],
        ),
        (
            {"hours": "Mon-Fri 09:00-17:00"},
            [
                (
                    "hours: must be a list of rules such as 'Mon-Fri 09:00-17:00', "
                    "not 'Mon-Fri 09:00-17:00'"
                )
            ],
        ),
        (
            {"overrides": ["2026-12-24"]},
            ["overrides: must be a table of dates, not ['2026-12-24']"],
        ),
        (
            {"overrides": {20261224: []}},
            ["overrides.20261224: must be a date such as '2026-12-24', not int: 20261224"],
        ),
        ({"location": "here"}, ["location: must be a table of settings, not 'here'"]),
        ({"location": {}}, ["location.kind: is missing: what the value is"]),
        ({"id": ""}, ["id: must not be empty"]),
    ],
)
def test_a_mistake_in_a_member_is_found_in_its_place(
    member: dict[str, Any], messages: list[str]
) -> None:
    """With a hundred members, the place is half of the answer."""
    assert problems_with_member(**member) == [f"members[2].{message}" for message in messages]


def test_hostile_documents_are_answered_like_others() -> None:
    """A form in the web is filled in by anybody."""
    assert problems_of({**a_document(), "x" * 10_000: 1})
    assert problems_with(members=[[[]]], owner={"a": 1}, name={}, price=[], location=7)
    assert problems_with(members="ana")
    assert problems_with(members={"ana": {}})
    assert problems_with(duration="9" * 5_000 + "m")


# --- writing -------------------------------------------------------------------------------------


def test_what_is_so_by_default_is_not_written() -> None:
    """A document stays as short as its team's wishes, and a default may improve."""
    document = a_document()

    assert to_dict(from_dict(document)) == {"format": 1, **document}


def test_a_document_is_written_in_one_way() -> None:
    """Keys keep an order and lengths a form, so that a diff shows what changed."""
    written = to_dict(from_dict(tomllib.loads(TEAM)))

    assert json.loads(json.dumps(written)) == written
    assert list(written) == [key for key in CALENDAR.keys if key in written]
    assert written["buffer_after"] == "10m"
    assert written["overrides"] == {"2026-12-24": ["08:00-12:00"]}
    assert from_dict(written) == from_dict(tomllib.loads(TEAM))


def test_an_owner_that_follows_from_the_roster_is_not_written() -> None:
    """Only a choice is a choice (O2)."""
    calendar = from_dict(a_document())

    assert "owner" not in to_dict(calendar)
    assert to_dict(calendar.make_owner("ben"))["owner"] == "ben"


# --- the schema ----------------------------------------------------------------------------------


def test_the_schema_is_one_and_accepts_what_is_read() -> None:
    """An editor that knows it completes and checks a team file while it is typed."""
    Draft202012Validator.check_schema(SCHEMA)

    assert valid(a_document())
    assert valid(to_dict(from_dict(tomllib.loads(TEAM))))


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": 30},
        {"duration": "P1D"},
        {"duration": ""},
        {"slug": "Sales Call"},
        {"name": ""},
        {"look_busy": 100},
        {"max_per_day": 0},
        {"max_per_day": None},
        {"anchor": "wall"},
        {"approval": "no"},
        {"members": [a_member()]},
        {"members": [a_member(), a_member(id="dan", hours=None)]},
        {"members": [a_member(), {"id": "dan", "timezone": "UTC"}]},
        {"members": [a_member(), a_member(id="dan", colour="red")]},
        {"overrides": {"2026-13-01": []}, "hours": []},
        {"location": {"value": "here"}},
        {"price": {"amount": 50.5, "currency": "EUR"}},
        {"price": {"amount": 50, "currency": "eur"}},
        {"format": 2},
        {"intervall": "15m"},
    ],
)
def test_the_schema_refuses_what_is_refused(changes: Mapping[str, Any]) -> None:
    """It finds most mistakes before we do, and none that is not one."""
    document = a_document(**changes)

    assert not valid(document)
    assert problems_of(document)


def test_every_key_explains_itself() -> None:
    """The schema is the reference of the format; an editor shows it beside the cursor."""
    told = [CALENDAR.schema(), MEMBER.schema()]

    for schema in told:
        properties: Any = schema["properties"]
        assert all(each["description"].endswith(".") for each in properties.values())


def test_the_published_schema_is_the_one_that_is_used() -> None:
    """Write it anew with `python -m tests.test_documents` after a change."""
    assert json.loads(PUBLISHED.read_text("utf-8")) == SCHEMA


if __name__ == "__main__":
    PUBLISHED.write_text(json.dumps(SCHEMA, indent=2) + "\n", "utf-8")
