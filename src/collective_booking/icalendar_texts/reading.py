"""From a text to the `Availability` of the member whose calendar it is.

Lives here: the doors of the room, and what belongs to a whole calendar.
Must not live here: where a text comes from, what single components mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple

from collective_booking import localtime
from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import InvalidValueError, WrongTypeError, require
from collective_booking.icalendar_texts.clocks import Zone
from collective_booking.icalendar_texts.events import Item, by_uid, plain_address
from collective_booking.icalendar_texts.findings import Findings
from collective_booking.icalendar_texts.freebusy import take_availability, take_free_busy
from collective_booking.icalendar_texts.limits import Allowance, Limits, Unreadable
from collective_booking.icalendar_texts.lines import Component, parse
from collective_booking.icalendar_texts.series import take_series
from collective_booking.icalendar_texts.zones import Zones
from collective_booking.intervals import ALWAYS, NEVER, Interval, IntervalSet

DEFAULTS: Final = Limits()
_HOLDING: Final = frozenset(
    {"VCALENDAR", "VAVAILABILITY", "AVAILABLE", "VEVENT inside", "VFREEBUSY inside"}
)
_AFTERWARDS: Final = timedelta(days=400)


class Question(NamedTuple):
    """What is asked about a calendar, checked once."""

    window: Interval
    timezone: str
    address: str | None
    limits: Limits
    own_suffix: str | None

    def is_own(self, item: Item) -> bool:
        """Whether *item* is a copy of one of our own appointments (F6).

        Suffixes are domains, whose case does not count, though a UID is text whose case does. Where
        a damaged file has run events into one, all of them have to be ours: another one's time is
        not ours to leave out.
        """
        if self.own_suffix is None:
            return False
        ending = self.own_suffix.casefold()
        try:
            uids = [line.value() for line in item.component.all("UID")]
        except Unreadable:
            return False
        return bool(uids) and all(uid.casefold().endswith(ending) for uid in uids)


class Answer(NamedTuple):
    """What one text knows, and about which time it speaks at all."""

    availability: Availability
    told: IntervalSet = ALWAYS


def read(
    text: str | bytes,
    window: Interval,
    *,
    timezone: str,
    address: str | None = None,
    source: str | None = None,
    limits: Limits = DEFAULTS,
    own_suffix: str | None = None,
) -> Availability:
    """The member's busy, tentative and unknown time in *window*, from iCalendar *text* (F3, F4).

    *timezone* is the member's, an IANA name: dates are theirs, and times without a zone too, unless
    the calendar has a valid X-WR-TIMEZONE. *address* is the member's e-mail address: an event that
    the attendee with this address has declined is free. *source* is what reasons call the text.
    Events whose UID ends in *own_suffix*, such as `@booking.example.com`, are copies of the host's
    own appointments, and left out: of those the store knows better (F6).

    Whatever cannot be read makes the time it may cover unknown, never free; nothing is raised for
    it. `docs/calendars.md` tells what counts as what.

    Raises:
        UnknownZoneError: *timezone* is no time zone.
        WrongTypeError: an argument of the wrong type.

    >>> week = Interval.from_isoformat("2026-03-02T00:00Z/2026-03-09T00:00Z")
    >>> calendar = '''BEGIN:VCALENDAR
    ... BEGIN:VEVENT
    ... UID:standup
    ... DTSTART;TZID=Europe/Berlin:20100104T093000
    ... DURATION:PT15M
    ... RRULE:FREQ=WEEKLY;BYDAY=MO,WE
    ... END:VEVENT
    ... BEGIN:VEVENT
    ... UID:flight
    ... DTSTART;TZID=Mars/Olympus:20260305T120000
    ... DTEND;TZID=Mars/Olympus:20260305T140000
    ... END:VEVENT
    ... END:VCALENDAR'''
    >>> known = read(calendar, week, timezone="Europe/Berlin")
    >>> print(known.busy)
    2026-03-02T08:30:00Z/2026-03-02T08:45:00Z,2026-03-04T08:30:00Z/2026-03-04T08:45:00Z
    >>> print(known.unknown[0])
    unknown time zone: time zone 'Mars/Olympus' (VEVENT, line 8, UID flight)
    """
    require("a calendar", text, str | bytes, "text, or bytes of UTF-8")
    question = question_about(window, timezone, address, limits, own_suffix)
    return whole(question, [read_text(text, question, source)])


def question_about(
    window: Interval,
    timezone: str,
    address: str | None = None,
    limits: Limits = DEFAULTS,
    own_suffix: str | None = None,
) -> Question:
    """What `read` asks, checked once for however many texts are asked.

    Raises:
        UnknownZoneError: *timezone* is no time zone.
        WrongTypeError: an argument of the wrong type.
        InvalidValueError: an *own_suffix* that is no `@` and a domain.
    """
    require("a window", window, Interval, "an Interval")
    require("limits", limits, Limits, "Limits")
    if address is not None and not isinstance(address, str):
        raise WrongTypeError("an address", address, "an e-mail address as text")
    require("own_suffix", own_suffix, str | None, "the end of our own UIDs, as text")
    if own_suffix is not None and not (own_suffix[:1] == "@" and own_suffix[1:]):
        # Without the sign it would also be the end of a domain that is somebody else's.
        raise InvalidValueError("own_suffix", own_suffix, "write one like @booking.example.com")
    localtime.zone(timezone)
    asked = plain_address(address or "") or None
    return Question(window, timezone, asked, limits, own_suffix)


def whole(question: Question, answers: Iterable[Answer]) -> Availability:
    """All answers together; time of the window that none of them speaks about is unknown."""
    held = list(answers)
    told = IntervalSet.union_of(answer.told for answer in held)
    silent = IntervalSet([question.window]) - told if held else NEVER
    quiet = [
        Unknown(stretch, Cause.NO_ANSWER, "beyond what the free/busy report covers")
        for stretch in silent
    ]
    known = Availability.union_of(answer.availability for answer in held)
    return replace(known, unknown=(*known.unknown, *quiet))


# --- one text ------------------------------------------------------------------------------------


def read_text(
    text: str | bytes,
    question: Question,
    source: str | None,
    allowance: Allowance | None = None,
) -> Answer:
    """What one *text* answers; reasons call it *source*.

    Texts that are one calendar together share an *allowance*; each other has one of its own.
    """
    findings = Findings(question.window, source)
    window, limits = question.window, question.limits
    if window.start.year < limits.first_year or window.end.year > limits.last_year:
        years = f"{limits.first_year} to {limits.last_year}"
        findings.doubt(None, Unreadable(f"beyond the years {years}", Cause.BUDGET))
        return Answer(findings.availability())
    try:
        tree = parse(text, limits)
    except Unreadable as doubt:
        findings.doubt(None, doubt)
        return Answer(findings.availability())
    for flaw in tree.flaws:
        findings.doubt(None, flaw)
    return _take_all(tree.components, question, findings, allowance or Allowance(limits))


def _take_all(
    components: list[Component], question: Question, findings: Findings, allowance: Allowance
) -> Answer:
    budget, zone_budget = allowance.events, allowance.zones
    home = Zone(localtime.zone(question.timezone), question.timezone)
    horizon = (question.window.end + _AFTERWARDS).replace(tzinfo=None)
    # Components outside every VCALENDAR, as servers hand them out, are a calendar together.
    bare = Zones(home, None, horizon, zone_budget)
    for component in components:
        bare.define(component)
    events: list[Item] = []
    reports: list[Item] = []
    offers: list[Item] = []
    for top in components:
        is_calendar = top.name == "VCALENDAR"
        zones = Zones(home, top, horizon, zone_budget) if is_calendar else bare
        cancelled = is_calendar and top.word("METHOD") == "CANCEL"
        for component in _all_under(top):
            item = Item(component, zones, cancelled)
            if component.name == "VEVENT" and question.is_own(item):
                continue  # however broken: nothing of it counts
            if component.flaws and _holds_time(component):
                for flaw in component.flaws:
                    findings.doubt(None, flaw)
            if component.name == "VEVENT":
                events.append(item)
            elif component.name == "VFREEBUSY":
                reports.append(item)
            elif component.name == "VAVAILABILITY":
                offers.append(item)
    for series in by_uid(events):
        take_series(series, findings, budget, question.address)
    told = [take_free_busy(report, findings) for report in reports]
    if offers:
        take_availability(offers, findings, budget)
    only_reports = bool(reports) and not events and not offers
    known = findings.availability()
    if reports and question.own_suffix is not None:  # they carry no UIDs
        known = replace(known, sees_own_copies=True)
    return Answer(known, IntervalSet.union_of(told) if only_reports else ALWAYS)


def _holds_time(component: Component) -> bool:
    """Whether what is lost in *component* itself may be about any time."""
    names = {component.name, *(f"{child.name} inside" for child in component.children)}
    return not names.isdisjoint(_HOLDING)


def _all_under(top: Component) -> Iterator[Component]:
    """*top* and everything in it, in order; a component that its writer put astray counts too."""
    waiting = [top]
    while waiting:
        component = waiting.pop()
        yield component
        waiting.extend(reversed(component.children))
