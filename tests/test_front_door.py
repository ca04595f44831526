"""The public names are a promise, so a change to them has to be meant."""

from __future__ import annotations

import inspect

import pytest

import collective_booking

PROMISED: set[str] = {
    "ALWAYS",
    "NEVER",
    "Anchor",
    "Availability",
    "Blockage",
    "BufferMode",
    "Cause",
    "Claim",
    "CollectiveBookingError",
    "CollectiveCalendar",
    "ConfigurationError",
    "Counted",
    "CurrencyMismatchError",
    "DateRange",
    "DuplicateMemberError",
    "EmptyIntervalError",
    "Explanation",
    "HoursMode",
    "Interval",
    "IntervalSet",
    "InvalidValueError",
    "LocationKind",
    "MeetingLocation",
    "Member",
    "Money",
    "NaiveDatetimeError",
    "OnUnknown",
    "OpeningHours",
    "OptionalOwnerError",
    "OutOfRangeError",
    "Ownership",
    "OwnershipPolicy",
    "PrimaryOwnerRemovalError",
    "Problem",
    "Reason",
    "RosterSizeError",
    "Row",
    "Slot",
    "SlotFinder",
    "Tentative",
    "Unknown",
    "UnknownMemberError",
    "UnknownZoneError",
    "UnreadableTextError",
    "View",
    "What",
    "WindowExplanation",
    "WrongTypeError",
    "decide_ownership",
    "format_duration",
    "from_dict",
    "json_schema",
    "parse_duration",
    "primary_ownership",
    "to_dict",
}


def test_the_public_names_are_the_promised_ones() -> None:
    """Taking a name away breaks hosts; adding one by accident binds us."""
    assert set(collective_booking.__all__) == PROMISED


def test_the_public_names_are_listed_once() -> None:
    """A name that stands twice was pasted, and the other one forgotten."""
    assert len(collective_booking.__all__) == len(set(collective_booking.__all__))


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_public_name_explains_itself(name: str) -> None:
    """`help()` is the documentation that is always at hand."""
    thing = getattr(collective_booking, name)

    assert inspect.getdoc(thing), name


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_public_name_is_part_of_what_dir_shows(name: str) -> None:
    """Completion in an editor or a shell works from this list."""
    assert name in dir(collective_booking)
