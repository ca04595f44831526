"""Find the times that suit every member of a team.

Lives here: the front door, which re-exports what hosts use.
Must not live here: logic, or an import that costs a host something it did not ask for.
"""

from __future__ import annotations

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import (
    CollectiveCalendar,
    Ownership,
    OwnershipPolicy,
    decide_ownership,
    primary_ownership,
)
from collective_booking.documents import from_dict, json_schema, to_dict
from collective_booking.durations import format_duration, parse_duration
from collective_booking.errors import (
    CollectiveBookingError,
    ConfigurationError,
    DuplicateMemberError,
    EmptyIntervalError,
    InvalidValueError,
    NaiveDatetimeError,
    OptionalOwnerError,
    OutOfRangeError,
    PrimaryOwnerRemovalError,
    Problem,
    RosterSizeError,
    UnknownMemberError,
    UnknownZoneError,
    UnreadableTextError,
    WrongTypeError,
)
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import ALWAYS, NEVER, Interval, IntervalSet
from collective_booking.members import LocationKind, MeetingLocation, Member, OnUnknown
from collective_booking.money import CurrencyMismatchError, Money
from collective_booking.reasons import Blockage, Explanation, Reason, What, WindowExplanation
from collective_booking.settings import Anchor, BufferMode, HoursMode, Tentative
from collective_booking.slots import Slot, SlotFinder
from collective_booking.views import Row, View

__all__: list[str] = [
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
]
