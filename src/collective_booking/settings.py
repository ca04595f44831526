"""Which settings a calendar has, and what each of them may be.

Lives here: the choices that settings offer, their limits, and the rules that a calendar is held to,
each written once.
Must not live here: the calendar itself, and what follows from a setting.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Final

from collective_booking.checks import (
    MAX_DAYS,
    MAX_NAME,
    Refused,
    Rules,
    count,
    did_you_mean,
    instance_of,
    list_of,
    minutes,
    one_of,
    optional,
    text,
    yes_or_no,
)
from collective_booking.durations import format_duration
from collective_booking.errors import Problem
from collective_booking.hours import OpeningHours
from collective_booking.members import HOURS, LOCATION, Member, zone_name
from collective_booking.money import Money
from collective_booking.wording import shown

MIN_MEMBERS: Final = 2
"""One person's availability is no collective calendar (O1)."""
MAX_MEMBERS: Final = 100
"""The product's limit on a roster (O1); the search itself would bear more."""

MAX_SLUG: Final = 100
SLUG_PATTERN: Final = "[a-z0-9]+(?:-[a-z0-9]+)*"


class BufferMode(StrEnum):
    """How the buffers of two meetings share the time between them (F2).

    >>> from collective_booking.testing.samples import KIM, at, calendar, slot
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> quarter = timedelta(minutes=15)
    >>> apart = {"interval": quarter, "buffer_before": quarter, "buffer_after": quarter}
    >>> for mode in BufferMode:
    ...     service = sandbox(calendar(**apart, buffer_mode=mode))
    ...     until_eleven = service.book("sales-call", at("10:00"), KIM)
    ...     print(mode, service.offers("sales-call", slot("11:00", "12:00"))[0].start.time())
    max 11:15:00
    sum 11:30:00
    """

    MAX = "max"
    """Each buffer is free of the other meeting: the longer of the two decides."""
    SUM = "sum"
    """Each buffer is free of the other's buffer too: they add up."""


class Anchor(StrEnum):
    """Where the grid of starts begins (G1, G2).

    >>> from collective_booking.testing.samples import ANA, MONDAY, calendar, member
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> late = member("ben", hours=OpeningHours.parse("Mon 09:20-12:00"))
    >>> for anchor in Anchor:
    ...     offers = sandbox(calendar(ANA, late, anchor=anchor)).offers("sales-call", MONDAY)
    ...     print(anchor, *(f"{slot.start:%H:%M}" for slot in offers))
    window 09:20 10:20
    clock 10:00 11:00
    """

    WINDOW = "window"
    """Where the latest of the windows opens that a start lies in."""
    CLOCK = "clock"
    """At the first instant of the local date, plus the calendar's offset."""


class HoursMode(StrEnum):
    """What the calendar's own hours do to its members' (F1).

    >>> from collective_booking.testing.samples import MONDAY, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> early = OpeningHours.parse("Mon 07:00-11:00")  # the members are in from nine
    >>> for mode in HoursMode:
    ...     service = sandbox(calendar(hours=early, hours_mode=mode))
    ...     print(mode, *(f"{each.start:%H:%M}" for each in service.offers("sales-call", MONDAY)))
    intersect 09:00 10:00
    replace 07:00 08:00 09:00 10:00
    """

    INTERSECT = "intersect"
    """A slot lies inside both."""
    REPLACE = "replace"
    """They stand in for the members' hours."""


class Tentative(StrEnum):
    """What tentative events count as (F4).

    >>> from collective_booking import Availability, IntervalSet
    >>> from collective_booking.testing import FakeProvider
    >>> from collective_booking.testing.samples import at, calendar, slot
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> perhaps = Availability(tentative=IntervalSet([slot("10:00", "11:00")]))
    >>> for choice in Tentative:
    ...     service = sandbox(calendar(tentative=choice), provider=FakeProvider({"ana": perhaps}))
    ...     print(choice, service.explain("sales-call", at("10:00")).accepted)
    busy False
    free True
    """

    BUSY = "busy"
    FREE = "free"


# --- what each of them may be ---------------------------------------------------------------------


def _slug(value: object) -> str:
    slug = instance_of(str, "text")(value)
    if not re.fullmatch(SLUG_PATTERN, slug) or len(slug) > MAX_SLUG:
        plain = unicodedata.normalize("NFKD", slug).encode("ascii", "ignore").decode().lower()
        proposed = "-".join(re.findall("[a-z0-9]+", plain))[:MAX_SLUG].strip("-") or "sales-call"
        raise Refused(
            f"{shown(slug)} cannot stand in a web address: use lower-case letters, digits and "
            f"single hyphens, at most {MAX_SLUG} in all, such as {proposed!r}"
        )
    return slug


def _roster_is_whole(members: tuple[Member, ...]) -> Iterator[Problem]:  # O1, O2
    if not MIN_MEMBERS <= len(members) <= MAX_MEMBERS:
        message = f"must be {MIN_MEMBERS} to {MAX_MEMBERS} people, not {len(members)}"
        yield Problem("members", message)
    seen: dict[str, int] = {}
    for place, member in enumerate(members):
        if seen.setdefault(member.id, place) != place:
            message = f"{shown(member.id)} is members[{seen[member.id]}] already"
            yield Problem(f"members[{place}].id", message)
    if members and not any(member.required for member in members):
        yield Problem("members", "must have one who is required, to be the primary owner")


def _owner_is_required_member(owner: str, members: tuple[Member, ...]) -> Iterator[Problem]:  # O2
    roster = {member.id: member for member in members}
    if owner and owner not in roster:
        listed = ", ".join(list(roster)[:10]) + (", ..." if len(roster) > 10 else "")
        hint = did_you_mean(owner, roster)
        yield Problem("owner", f"{shown(owner)} is no member; the members are {listed}{hint}")
    elif owner and not roster[owner].required:
        yield Problem("owner", f"{shown(owner)} is optional: make them required, or name another")


def _own_hours_replace(
    hours: OpeningHours | None, hours_mode: HoursMode
) -> Iterator[Problem]:  # F1
    if hours_mode is HoursMode.REPLACE and hours is None:
        yield Problem("hours", "are missing: hours_mode 'replace' puts them in the members' place")


def _offset_is_by_clock(anchor: Anchor, anchor_offset: timedelta) -> Iterator[Problem]:  # G2
    if anchor_offset and anchor is not Anchor.CLOCK:
        yield Problem("anchor_offset", "only shifts the grid of anchor 'clock': set that too")


def _notice_can_be_met(notice: timedelta, horizon_days: int | None) -> Iterator[Problem]:  # N4
    if horizon_days is not None and notice >= timedelta(days=horizon_days + 1):
        yield Problem(
            "notice",
            f"{format_duration(notice)} is never met within horizon_days {horizon_days}: "
            "shorten the notice or widen the horizon",
        )


def _notice_days_can_be_met(notice_days: int, horizon_days: int | None) -> Iterator[Problem]:  # N4
    if horizon_days is not None and notice_days > horizon_days:
        yield Problem("notice_days", f"must be at most horizon_days, {horizon_days}")


def _price_is_settled(price: Money | None, approval: bool) -> Iterator[Problem]:  # noqa: FBT001
    if price is not None and price.amount <= 0:
        yield Problem("price", "must be more than nothing: leave it out where a meeting is free")
    if price is not None and approval:
        yield Problem("price", "cannot be combined with approval: drop one of the two")


CALENDAR_RULES: Final = Rules(
    {
        "name": text(MAX_NAME),
        "slug": _slug,
        "timezone": zone_name,
        "duration": minutes(1),
        "members": list_of(instance_of(Member, "a Member"), "members"),
        "interval": optional(minutes(1)),
        "buffer_before": minutes(0),
        "buffer_after": minutes(0),
        "buffer_mode": one_of(BufferMode),
        "notice": minutes(0),
        "notice_days": count(0, MAX_DAYS),
        "horizon_days": optional(count(0, MAX_DAYS)),
        "anchor": one_of(Anchor),
        "anchor_offset": minutes(0),
        "hours": HOURS,
        "hours_mode": one_of(HoursMode),
        "owner": instance_of(str, "a member's id"),
        "max_per_day": optional(count(1)),
        "max_per_week": optional(count(1)),
        "max_per_month": optional(count(1)),
        "look_busy": count(0, 99),
        "tentative": one_of(Tentative),
        "assign_contact": yes_or_no,
        "approval": yes_or_no,
        "pending_blocks": yes_or_no,
        "hold": minutes(1),
        "location": LOCATION,
        "price": optional(instance_of(Money, "Money")),
    },
    {
        _roster_is_whole: ("members",),
        _owner_is_required_member: ("owner", "members"),
        _own_hours_replace: ("hours", "hours_mode"),
        _offset_is_by_clock: ("anchor", "anchor_offset"),
        _notice_can_be_met: ("notice", "horizon_days"),
        _notice_days_can_be_met: ("notice_days", "horizon_days"),
        _price_is_settled: ("price", "approval"),
    },
)
