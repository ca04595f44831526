"""The public names are a promise, so a change to them has to be meant."""

from __future__ import annotations

import inspect

import pytest

import collective_booking

PROMISED: set[str] = {
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
}

ALIASES = {"Admission"}
"""Other names for types: no text can be attached to them, so it stands on the page alone."""


def test_the_public_names_are_the_promised_ones() -> None:
    """Taking a name away breaks hosts; adding one by accident binds us."""
    assert set(collective_booking.__all__) == PROMISED


def test_the_public_names_are_listed_once() -> None:
    """A name that stands twice was pasted, and the other one forgotten."""
    assert len(collective_booking.__all__) == len(set(collective_booking.__all__))


@pytest.mark.parametrize("name", sorted(PROMISED - ALIASES))
def test_a_public_name_explains_itself(name: str) -> None:
    """`help()` is the documentation that is always at hand."""
    thing = getattr(collective_booking, name)

    assert inspect.getdoc(thing), name


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_a_public_name_is_part_of_what_dir_shows(name: str) -> None:
    """Completion in an editor or a shell works from this list."""
    assert name in dir(collective_booking)
