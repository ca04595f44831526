"""Find the times that suit every member of a team, and book one of them.

Lives here: the front door, which re-exports what hosts use.
Must not live here: logic, or an import that costs a host something it did not ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collective_booking.appointments import Appointment, Change, Happening, Status
from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import (
    CollectiveCalendar,
    Ownership,
    OwnershipPolicy,
    decide_ownership,
    primary_ownership,
)
from collective_booking.contacts import Contact
from collective_booking.documents import from_dict, json_schema, to_dict
from collective_booking.durations import format_duration, parse_duration
from collective_booking.effects import Channel, Effect
from collective_booking.errors import (
    AsyncPortError,
    CalendarChangedError,
    CollectiveBookingError,
    ConfigurationError,
    DuplicateMemberError,
    EmptyIntervalError,
    FixedForEverError,
    ForeignNotificationError,
    ForgedNotificationError,
    HoldExpiredError,
    IllegalStepError,
    InvalidTokenError,
    InvalidValueError,
    MailUnavailableError,
    MissingPortError,
    NaiveDatetimeError,
    NoChangeError,
    NothingToPayError,
    OptionalOwnerError,
    OutOfRangeError,
    OwnTransactionError,
    PaymentRequiredError,
    PrimaryOwnerRemovalError,
    Problem,
    ProviderUnavailableError,
    RepeatedIdError,
    RequestPastError,
    RequestReusedError,
    RetryTransactionError,
    RosterSizeError,
    StaleVersionError,
    UndeliverableError,
    UnguardedStoreError,
    UnknownBookingError,
    UnknownCalendarError,
    UnknownMemberError,
    UnknownZoneError,
    UnreadableTextError,
    WrongTypeError,
)
from collective_booking.holds import Hold, HoldState
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import ALWAYS, NEVER, Interval, IntervalSet
from collective_booking.members import LocationKind, MeetingLocation, Member, OnUnknown
from collective_booking.messages import Audience, MemberCopy, Message
from collective_booking.money import CurrencyMismatchError, Money, PriceChangedError
from collective_booking.payments import (
    Charge,
    Notice,
    Payment,
    PaymentAnswer,
    PaymentNews,
    PaymentState,
)
from collective_booking.reasons import (
    Blockage,
    Explanation,
    NearMiss,
    Reason,
    Release,
    SlotUnavailableError,
    What,
    WindowExplanation,
)
from collective_booking.settings import Anchor, BufferMode, HoursMode, Tentative
from collective_booking.slots import Admission, Slot, SlotFinder
from collective_booking.snapshots import Snapshot
from collective_booking.views import View
from collective_booking.walls import Row

if TYPE_CHECKING:
    from collective_booking.service import AsyncBookingService, BookingService
    from collective_booking.workflows.booking import Shown
    from collective_booking.workflows.delivering import Delivery
    from collective_booking.workflows.desk import Attempt, Booking, Held

__all__: list[str] = [
    "ALWAYS",
    "NEVER",
    "Admission",
    "Anchor",
    "Appointment",
    "AsyncBookingService",
    "AsyncPortError",
    "Attempt",
    "Audience",
    "Availability",
    "Blockage",
    "Booking",
    "BookingService",
    "BufferMode",
    "CalendarChangedError",
    "Cause",
    "Change",
    "Channel",
    "Charge",
    "Claim",
    "CollectiveBookingError",
    "CollectiveCalendar",
    "ConfigurationError",
    "Contact",
    "Counted",
    "CurrencyMismatchError",
    "DateRange",
    "Delivery",
    "DuplicateMemberError",
    "Effect",
    "EmptyIntervalError",
    "Explanation",
    "FixedForEverError",
    "ForeignNotificationError",
    "ForgedNotificationError",
    "Happening",
    "Held",
    "Hold",
    "HoldExpiredError",
    "HoldState",
    "HoursMode",
    "IllegalStepError",
    "Interval",
    "IntervalSet",
    "InvalidTokenError",
    "InvalidValueError",
    "LocationKind",
    "MailUnavailableError",
    "MeetingLocation",
    "Member",
    "MemberCopy",
    "Message",
    "MissingPortError",
    "Money",
    "NaiveDatetimeError",
    "NearMiss",
    "NoChangeError",
    "NothingToPayError",
    "Notice",
    "OnUnknown",
    "OpeningHours",
    "OptionalOwnerError",
    "OutOfRangeError",
    "OwnTransactionError",
    "Ownership",
    "OwnershipPolicy",
    "Payment",
    "PaymentAnswer",
    "PaymentNews",
    "PaymentRequiredError",
    "PaymentState",
    "PriceChangedError",
    "PrimaryOwnerRemovalError",
    "Problem",
    "ProviderUnavailableError",
    "Reason",
    "Release",
    "RepeatedIdError",
    "RequestPastError",
    "RequestReusedError",
    "RetryTransactionError",
    "RosterSizeError",
    "Row",
    "Shown",
    "Slot",
    "SlotFinder",
    "SlotUnavailableError",
    "Snapshot",
    "StaleVersionError",
    "Status",
    "Tentative",
    "UndeliverableError",
    "UnguardedStoreError",
    "Unknown",
    "UnknownBookingError",
    "UnknownCalendarError",
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


# What runs bookings loads asyncio and logging, which a host that only looks for times need not pay.
_LATER: dict[str, str] = {
    "AsyncBookingService": "collective_booking.service",
    "BookingService": "collective_booking.service",
    "Shown": "collective_booking.workflows.booking",
    "Delivery": "collective_booking.workflows.delivering",
    "Attempt": "collective_booking.workflows.desk",
    "Booking": "collective_booking.workflows.desk",
    "Held": "collective_booking.workflows.desk",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
