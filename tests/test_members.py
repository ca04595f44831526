"""Members and where they meet: valid by construction, and all that is wrong told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from collective_booking.errors import ConfigurationError
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.members import MeetingLocation, Member, OnUnknown

OFFICE: Final = OpeningHours.parse("Mon-Fri 09:00-17:00")
ANA: Final = Member("ana", timezone="Europe/Madrid", hours=OFFICE)
OPTIONAL_DAN: Final = Member("dan", timezone="Europe/Paris", hours=OFFICE, required=False)


def problems_of_member(**settings: Any) -> list[str]:
    known: dict[str, Any] = {"id": "ana", "timezone": "Europe/Madrid", "hours": OFFICE}
    with pytest.raises(ConfigurationError) as caught:
        Member(**(known | settings))
    return list(map(str, caught.value.problems))


def test_a_member_needs_little() -> None:
    """An id, a zone and hours are enough to be asked for time."""
    assert (ANA.name, ANA.required, ANA.on_unknown) == ("ana", True, OnUnknown.CLOSED)
    assert str(replace(ANA, name="Ana Gil")) == "Ana Gil"


@pytest.mark.parametrize(
    ("settings", "heeds_busy", "heeds_hours"),
    [
        ({}, True, True),
        ({"ignore_busy": True}, False, True),
        ({"ignore_hours": True}, True, False),
        ({"required": False}, False, False),
    ],
)
def test_what_counts_of_a_member(
    settings: dict[str, Any], heeds_busy: bool, heeds_hours: bool
) -> None:
    """An optional member never blocks; two switches refine a required one (F5)."""
    member = replace(ANA, **settings)

    assert (member.heeds_busy, member.heeds_hours) == (heeds_busy, heeds_hours)


def test_a_member_without_hours_must_say_that_hours_do_not_matter() -> None:
    """Nobody is booked at night because somebody forgot to write down their hours (T5)."""
    assert problems_of_member(hours=None) == [
        "hours: are missing: give weekly hours, or set ignore_hours"
    ]
    assert Member("ana", timezone="UTC", ignore_hours=True).hours is None


def test_everything_wrong_with_a_member_is_told_at_once() -> None:
    """A form shows all its mistakes, not one after each press of the button."""
    assert problems_of_member(
        id="",
        timezone="Europe/Madird",
        name="Ana\nGil",
        email="ana at example.com",
        hours="Mon-Fri 09:00-17:00",
        time_off=[DateRange(date(2026, 1, 1), date(2026, 1, 2)), "2026-12-24"],
        required="no",
        ignore_busy=1,
        on_unknown="perhaps",
        location="https://meet.example.com/ana",
        calendar=" work",
    ) == [
        "id: must not be empty",
        (
            "timezone: there is no time zone 'Europe/Madird': did you mean Europe/Madrid? "
            "(names look like 'Europe/Madrid')"
        ),
        "name: must be one line without control characters, not 'Ana\\nGil'",
        "email: 'ana at example.com' cannot be used: write an address like ana@example.com",
        (
            "hours: must be opening hours, made with OpeningHours.parse, not str: "
            "'Mon-Fri 09:00-17:00'"
        ),
        "time_off[1]: must be a range of dates, not str: '2026-12-24'",
        "required: must be true or false, not 'no'",
        "ignore_busy: must be true or false, not 1",
        "on_unknown: must be one of 'closed', 'open', not 'perhaps'",
        "location: must be a MeetingLocation, not str: 'https://meet.example.com/ana'",
        "calendar: must not begin or end with a space: ' work'",
    ]


def test_time_off_is_kept_in_order() -> None:
    """Two hosts that say the same have equal members, whatever order they say it in."""
    autumn, winter = DateRange.parse("2026-10-05"), DateRange.parse("2026-12-28/2026-12-31")
    told: Any = [winter, autumn, winter]  # a list is taken too, and kept as a tuple

    assert replace(ANA, time_off=told).time_off == (autumn, winter)


def test_a_member_is_told_in_one_line() -> None:
    """What one sees in a debugger is what differs from the default."""
    assert repr(OPTIONAL_DAN) == (
        "Member('dan', timezone='Europe/Paris', "
        "hours=OpeningHours.parse('Mon-Fri 09:00-17:00'), required=False)"
    )


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("address", "", "must not be empty"),
        ("phone", "call me", "write a number like"),
        ("video", "meet.example.com/sales", "is no link"),
        ("video", "ftp://meet.example.com", "is no link"),
        ("video", "https://", "is no link"),
        ("video", "https://[", "is no link"),
        ("video", "https://meet example.com", "is no link"),
        ("conference", "Google Meet", "write a kind like google-meet"),
        ("custom", "  ", "must not be empty"),
        ("booker", "at home", "must be empty, for the booker chooses"),
        ("moon", "Tycho", "must be one of 'address', 'phone'"),
    ],
)
def test_a_location_is_complete_for_its_kind(kind: Any, value: str, message: str) -> None:
    """An invitation never says "video" without a link to follow."""
    with pytest.raises(ConfigurationError, match=message):
        MeetingLocation(kind, value)
