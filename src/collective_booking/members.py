"""Who meets, and where: members of a team, and meeting locations.

Lives here: `Member`, `MeetingLocation`, and what makes each of them complete.
Must not live here: the team they form, their busy time, anything a calendar decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, fields
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from collective_booking.checks import (
    MAX_NAME,
    Refused,
    Rules,
    instance_of,
    list_of,
    matching,
    one_of,
    optional,
    text,
    yes_or_no,
)
from collective_booking.errors import Problem
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.localtime import zone
from collective_booking.wording import shown

_ADDRESS: Final = r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+"
_NUMBER: Final = r"\+?[0-9 ()./*#,;-]*[0-9](?: ?(?:ext\.?|x) ?[0-9]+)?"
_CONFERENCE: Final = "[a-z0-9]+(?:[-_.][a-z0-9]+)*"
PHONE: Final = matching(_NUMBER, "write a number like +34 600 000 000")
EMAIL: Final = matching(_ADDRESS, "write an address like ana@example.com", 254)
_DATE_RANGES: Final = list_of(instance_of(DateRange, "a range of dates"), "ranges of dates")


# --- where ---------------------------------------------------------------------------------------


class LocationKind(StrEnum):
    """What a meeting location is, and so what its value says.

    Its text does as well; a value that does not suit it is refused.

    >>> MeetingLocation("phone", "+34 600 000 000").kind
    <LocationKind.PHONE: 'phone'>
    >>> MeetingLocation(LocationKind.VIDEO, "room 4")
    Traceback (most recent call last):
    collective_booking.errors.ConfigurationError: ...
    """

    ADDRESS = "address"
    """A place to go to."""
    PHONE = "phone"
    """A number to call."""
    VIDEO = "video"
    """A link to follow, http or https."""
    CONFERENCE = "conference"
    """A conference that the host creates; the value is its kind, such as `google-meet`."""
    CUSTOM = "custom"
    """Whatever the text says."""
    BOOKER = "booker"
    """The booker's choice; there is no value yet."""


def _location_is_complete(kind: LocationKind, value: str) -> Iterator[Problem]:
    if kind is LocationKind.BOOKER:
        if value:
            yield Problem("value", f"must be empty, for the booker chooses, not {shown(value)}")
        return
    readers = {
        LocationKind.PHONE: PHONE,
        LocationKind.VIDEO: _link,
        LocationKind.CONFERENCE: matching(_CONFERENCE, "write a kind like google-meet"),
    }
    try:
        readers.get(kind, text())(value)
    except Refused as refusal:
        yield Problem("value", str(refusal))


def _link(value: object) -> str:
    link = str(text()(value))
    try:
        parts = urlsplit(link)
        whole = parts.scheme in {"http", "https"} and parts.hostname
    except ValueError:
        whole = None
    if not whole or re.search(r"\s", link):
        raise Refused(f"{shown(link)} is no link: write one like https://meet.example.com/sales")
    return link


LOCATION_RULES: Final = Rules(
    {"kind": one_of(LocationKind), "value": instance_of(str, "text")},
    {_location_is_complete: ("kind", "value")},
)


@dataclass(frozen=True, slots=True)
class MeetingLocation:
    """Where a meeting takes place, complete for its kind.

    Raises:
        ConfigurationError: the value is not what the kind asks for.

    >>> MeetingLocation(LocationKind.VIDEO, "https://meet.example.com/sales").kind.value
    'video'
    """

    kind: LocationKind
    value: str = ""

    def __post_init__(self) -> None:
        LOCATION_RULES.settle(self, "the location")


# --- who -----------------------------------------------------------------------------------------


class OnUnknown(StrEnum):
    """What a member's unknown time means for a slot (F3).

    >>> from collective_booking import Availability, SlotFinder
    >>> from collective_booking.testing.samples import ANA, BEN, NOW, at, calendar, member
    >>> for choice in OnUnknown:  # nothing is known of Cleo
    ...     team = calendar(ANA, BEN, member("cleo", on_unknown=choice))
    ...     told = {"ana": Availability(), "ben": Availability()}
    ...     answer = SlotFinder(calendar=team, availability=told, now=NOW).explain(at("10:00"))
    ...     print(choice, answer.accepted, answer.verified)
    closed False True
    open True False
    """

    CLOSED = "closed"
    """It blocks, as busy time does."""
    OPEN = "open"
    """It does not block; the slot is then unverified."""


def zone_name(value: object) -> str:
    """Read the name of a time zone that exists."""
    return zone(instance_of(str, "a name like 'Europe/Madrid'")(value)).key


def _time_off(value: object) -> tuple[DateRange, ...]:
    return tuple(sorted(set(_DATE_RANGES(value))))


def _has_hours(hours: OpeningHours | None, ignore_hours: bool) -> Iterator[Problem]:  # noqa: FBT001
    if hours is None and not ignore_hours:
        yield Problem("hours", "are missing: give weekly hours, or set ignore_hours")


def _chosen(value: object) -> MeetingLocation:
    location = instance_of(MeetingLocation, "a MeetingLocation")(value)
    if location.kind is LocationKind.BOOKER:
        raise Refused("is the booker's choice: pass the one they chose")
    return location


CHOSEN_LOCATION: Final = optional(_chosen)
"""Where a hold or an appointment takes place: what was left to the booker has been chosen (A5)."""
HOURS: Final = optional(instance_of(OpeningHours, "opening hours, made with OpeningHours.parse"))
LOCATION: Final = optional(instance_of(MeetingLocation, "a MeetingLocation"))

MEMBER_RULES: Final = Rules(
    {
        "id": text(MAX_NAME),
        "timezone": zone_name,
        "name": lambda value: value if value == "" else text(MAX_NAME)(value),
        "email": optional(EMAIL),
        "hours": HOURS,
        "time_off": _time_off,
        "required": yes_or_no,
        "ignore_busy": yes_or_no,
        "ignore_hours": yes_or_no,
        "on_unknown": one_of(OnUnknown),
        "location": LOCATION,
        "calendar": optional(text()),
    },
    {_has_hours: ("hours", "ignore_hours")},  # T5
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whose time a collective calendar needs, or (not `required`) merely invites (F5).

    `timezone` is an IANA name; `hours` are local to it, and may be missing only where
    `ignore_hours` is set (T5). `time_off` holds whole local dates. `location` is where they meet
    when they own a calendar that has no location. `calendar` is the host's reference to their
    calendar; None means that no external busy time is known of them.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> hours = OpeningHours.parse("Mon-Fri 09:00-17:00")
    >>> Member("ana", timezone="Europe/Madrid", hours=hours)
    Member('ana', timezone='Europe/Madrid', hours=OpeningHours.parse('Mon-Fri 09:00-17:00'))

    An optional member's busy time and hours do not count, whatever else is set.

    >>> from collective_booking.testing.samples import member
    >>> guest, boss = member("cleo", required=False), member("dan", ignore_hours=True)
    >>> [(each.heeds_busy, each.heeds_hours) for each in (guest, boss)]
    [(False, False), (True, False)]
    """

    id: str
    """What names them within a tenant: one id is one person, in every calendar (S6)."""
    _: KW_ONLY
    timezone: str
    """An IANA name, such as `Europe/Madrid`."""
    name: str = ""
    """What people call them; left out, the id."""
    email: str | None = None
    """Where they are written to; None gets no e-mail."""
    hours: OpeningHours | None = None
    """When they can meet, on the walls of their zone (T3)."""
    time_off: tuple[DateRange, ...] = ()
    """Whole local dates on which they are away, whatever else is set (T4)."""
    required: bool = True
    """Whether nobody meets without them; an optional member never blocks (F5)."""
    ignore_busy: bool = False
    """Whether they meet though they are busy (F5)."""
    ignore_hours: bool = False
    """Whether they meet outside of their hours (F5)."""
    on_unknown: OnUnknown = OnUnknown.CLOSED
    """Whether time of which nothing is known blocks (F3)."""
    location: MeetingLocation | None = None
    """Where they meet, when they own a calendar that has no location (A5)."""
    calendar: str | None = None
    """The host's reference to their calendar, handed to providers as it is; None is none (E2)."""

    def __post_init__(self) -> None:
        MEMBER_RULES.settle(self, "member", self.id)
        object.__setattr__(self, "name", self.name or self.id)

    @property
    def heeds_busy(self) -> bool:
        """Whether their busy time blocks, and they are claimed for themselves alone (F5, F7)."""
        return self.required and not self.ignore_busy

    @property
    def heeds_hours(self) -> bool:
        """Whether their hours count."""
        return self.required and not self.ignore_hours

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        told = (
            f", {each.name}={getattr(self, each.name)!r}"
            for each in fields(self)[1:]
            if getattr(self, each.name) != (self.id if each.name == "name" else each.default)
        )
        return f"Member({self.id!r}{''.join(told)})"
