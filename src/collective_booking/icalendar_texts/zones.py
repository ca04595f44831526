"""Which zone a TZID means, and so which moment a line means.

Lives here: the ways from a name to a zone, VTIMEZONE, and the reading of lines that hold moments.
Must not live here: what happens at those moments.

A name is looked up in this order. (1) The IANA database, exactly or but for case and blanks: its
rules are kept up to date, while the copy that a file carries is often cut short or years old; that
is also how icalendar and Thunderbird decide. (2) The VTIMEZONE of that name in the same calendar:
the writer's own definition of the writer's own name. (3) An IANA name behind a vendor's prefix, as
in `/mozilla.org/20050126_1/Europe/Berlin`. (4) A Windows name, by CLDR's table: last, because one
such name stands for several zones. What nobody knows stays unknown; it never becomes floating.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from collective_booking import localtime
from collective_booking.availability import Cause
from collective_booking.errors import UnknownZoneError
from collective_booking.icalendar_texts.clocks import (
    EPOCH,
    LATEST,
    ONE_DAY,
    Length,
    Moment,
    Zone,
    length_between,
)
from collective_booking.icalendar_texts.limits import Budget, Unreadable
from collective_booking.icalendar_texts.lines import Component, Parameters, Property
from collective_booking.icalendar_texts.rules import Rule
from collective_booking.icalendar_texts.values import read_clock, read_duration, read_offset
from collective_booking.moments import MICROSECOND

UTC_ZONE: Final = Zone(UTC)
_UTC_NAMES: Final = frozenset({"UTC", "GMT", "Zulu"})
_EXCHANGE_UTC: Final = "tzone://microsoft/utc"
# Before this year, a VTIMEZONE's first offset holds: Outlook's begin in 1601.
_FIRST_ONSET: Final = datetime(1900, 1, 1)  # noqa: DTZ001  # a clock

Period = tuple[Moment, Length]


class Zones:
    """The zones that one VCALENDAR can name, each worked out when it is first asked for.

    `home` is the member's zone. Dates are read in it always: a day off is the member's own day,
    whoever made the file (F4). Floating times are read in it too, unless the calendar has a valid
    X-WR-TIMEZONE.
    """

    __slots__ = ("_budget", "_components", "_horizon", "_known", "_told", "floating", "home")

    def __init__(
        self, home: Zone, calendar: Component | None, horizon: datetime, budget: Budget
    ) -> None:
        self.home: Zone = home
        self.floating: Zone = home
        self._horizon = horizon
        self._budget = budget
        self._known: dict[str, Zone] = {}
        # Home itself under its own name, so that its midnights are worked out once.
        self._told: dict[str, Zone] = {home.iana: home} if home.iana else {}
        self._components: dict[str, Component] = {}
        for component in calendar.children if calendar else ():
            self.define(component)
        if calendar and (named := calendar.all("X-WR-TIMEZONE")):
            self._choose_floating(named[0])

    def define(self, component: Component) -> None:
        """Take note of *component* if it is a VTIMEZONE; the first of a name counts."""
        if component.name == "VTIMEZONE" and (named := component.all("TZID")):
            try:
                self._components.setdefault(_plain(named[0].value()), component)
            except Unreadable:
                return

    def _choose_floating(self, line: Property) -> None:
        try:
            zone = self.named(line.value())
        except Unreadable:
            return
        self.floating = self.home if zone.slack else zone

    # --- names ----------------------------------------------------------------------------------

    def named(self, tzid: str) -> Zone:
        """The zone called *tzid*; an unknown one, with its slack, if nobody knows it."""
        known = self._known.get(tzid)
        if known is None:
            known = self._known[tzid] = self._look_up(_plain(tzid))
        return known

    def _look_up(self, name: str) -> Zone:
        if iana := _iana(name):
            return self._iana_zone(iana)
        doubt = Unreadable(f"time zone {name[:60]!r}", Cause.ZONE)
        if component := self._components.get(name):
            try:
                return Zone(self._defined(component))
            except Unreadable as found:
                cause = Cause.BUDGET if found.cause is Cause.BUDGET else Cause.ZONE
                doubt = Unreadable(f"time zone {name[:60]!r}: {found.detail}", cause)
        if iana := _behind_prefix(name) or _iana(_windows_names().get(name.casefold())):
            return self._iana_zone(iana)
        return Zone.unknown(doubt.detail, doubt.cause)

    def _iana_zone(self, name: str) -> Zone:
        if name in _UTC_NAMES:
            return UTC_ZONE
        if name not in self._told:
            self._told[name] = Zone(localtime.zone(name), name)
        return self._told[name]

    # --- lines ----------------------------------------------------------------------------------

    def moment(self, line: Property) -> Moment:
        """The one moment that *line* holds.

        Raises:
            Unreadable: it holds none.
        """
        parameters, value = line.parts()
        return self._placed(value, parameters, line)

    def moments(self, line: Property) -> list[Moment]:
        """The moments that *line* holds, parted by commas; of periods, their starts.

        Raises:
            Unreadable: one of them is none.
        """
        parameters, value = line.parts()
        return [
            self._placed(each.partition("/")[0], parameters, line)
            for each in value.split(",")
            if each.strip()
        ]

    def periods(self, line: Property) -> Iterator[Moment | Period | Unreadable]:
        """Each value of *line* by itself: a moment, a period, or why it is neither."""
        try:
            parameters, value = line.parts()
        except Unreadable as doubt:
            yield doubt
            return
        for each in value.split(","):
            if not each.strip():
                continue
            try:
                yield self._period(each, parameters, line)
            except Unreadable as doubt:
                yield doubt

    def _period(self, text: str, parameters: Parameters, line: Property) -> Moment | Period:
        first, slash, second = text.partition("/")
        start = self._placed(first, parameters, line)
        if not slash:
            return start
        second = second.strip()
        if second[:1] in "Pp+-" and second:
            return start, read_duration(second)
        return start, length_between(start, self._placed(second, parameters, line))

    def _placed(self, text: str, parameters: Parameters, line: Property) -> Moment:
        try:
            written = read_clock(text.strip())
        except Unreadable as doubt:
            raise Unreadable(f"{line.name} is {doubt.detail}", line=line.line) from doubt
        if written.all_day:
            return Moment(written.clock, self.home, all_day=True)
        if written.utc:
            return Moment(written.clock, UTC_ZONE)
        tzid = parameters.get("TZID")
        if tzid is None:
            return Moment(written.clock, self.floating)
        return Moment(written.clock, self.named(tzid if isinstance(tzid, str) else ",".join(tzid)))

    # --- VTIMEZONE ------------------------------------------------------------------------------

    def _defined(self, component: Component) -> tzinfo:
        """The zone that a VTIMEZONE defines.

        Raises:
            Unreadable: any part of it cannot be read; half a zone is no zone.
        """
        changes: list[tuple[int, timedelta, timedelta]] = []
        for observance in component.children:
            if observance.name in {"STANDARD", "DAYLIGHT"}:
                changes += self._onsets(observance)
        for flaw in component.flaws:
            raise flaw
        if not changes:
            raise Unreadable("it has no STANDARD and no DAYLIGHT", line=component.line)
        return _DefinedZone(changes)

    def _onsets(self, observance: Component) -> Iterator[tuple[int, timedelta, timedelta]]:
        before, after = (
            read_offset(_needed(observance, name).value())
            for name in ("TZOFFSETFROM", "TZOFFSETTO")
        )
        for flaw in observance.flaws:
            raise flaw
        old = Zone(timezone(before))
        first = read_clock(_needed(observance, "DTSTART").value()).clock
        clocks = {first}
        for line in observance.all("RDATE"):
            values = [each.partition("/")[0] for each in line.value().split(",") if each.strip()]
            self._budget.spend(len(values))
            clocks.update(read_clock(value.strip()).clock for value in values)
        for line in observance.all("RRULE"):
            rule = Rule.parse(line.value())
            ends = until(rule, old)
            for clock in rule.clocks(first, _FIRST_ONSET, self._horizon, self._budget):
                if ends(Moment(clock, old)):
                    clocks.add(clock)
        for clock in clocks:
            yield old.instant(clock), before, after


class Until:
    """Whether a moment is not past a rule's UNTIL, in whichever of its three forms that is."""

    __slots__ = ("_clock", "_instant", "latest")

    def __init__(self, text: str | None, zone: Zone) -> None:
        self._clock = LATEST
        self._instant = None
        self.latest: datetime = LATEST
        if text is None:
            return
        written = read_clock(text)
        self._clock = written.clock
        if written.all_day:
            self._clock = written.clock.replace(hour=23, minute=59, second=59)
        if written.utc:
            self._instant = UTC_ZONE.instant(written.clock) + zone.slack
        # No zone's clock is further than a day from UTC's.
        self.latest = min(self._clock, LATEST - 2 * ONE_DAY) + 2 * ONE_DAY

    def __call__(self, moment: Moment) -> bool:
        """Whether *moment* still belongs to the rule."""
        if self._instant is None:
            return moment.clock <= self._clock
        if moment.instant() <= self._instant:
            return True
        # A UTC time as the end of a series of dates: some mean its date as it is written.
        return moment.all_day and moment.clock <= self._clock


def until(rule: Rule, zone: Zone) -> Until:
    """The end of *rule*, whose start is in *zone*.

    Raises:
        Unreadable: UNTIL is no date and no time.
    """
    try:
        return Until(rule.until, zone)
    except Unreadable as doubt:
        raise Unreadable(f"UNTIL is {doubt.detail}") from doubt


class _DefinedZone(tzinfo):
    """The zone of a VTIMEZONE: which offset holds from which instant on."""

    def __init__(self, changes: Iterable[tuple[int, timedelta, timedelta]]) -> None:
        ordered = sorted(changes)
        self._instants = [instant for instant, _, _ in ordered]
        self._offsets = [ordered[0][1], *(after for _, _, after in ordered)]
        # The new offset holds from the first clock on that the old one did not show and the new
        # one does not show twice: a skipped time and a doubled one both keep the old offset (T5).
        self._clocks = [
            instant + max(old, new) // MICROSECOND
            for instant, old, new in zip(
                self._instants, self._offsets, self._offsets[1:], strict=False
            )
        ]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        if moment is None:
            return self._offsets[-1]
        clock = (moment.replace(tzinfo=None) - EPOCH) // MICROSECOND
        return self._offsets[bisect_right(self._clocks, clock)]

    def fromutc(self, moment: datetime) -> datetime:
        instant = (moment.replace(tzinfo=None) - EPOCH) // MICROSECOND
        return moment + self._offsets[bisect_right(self._instants, instant)]

    def dst(self, moment: datetime | None) -> None:
        """Nobody asks; the offset says all."""

    def tzname(self, moment: datetime | None) -> None:
        """Nobody asks; the offset says all."""


def _needed(component: Component, name: str) -> Property:
    line = component.one(name)
    if line is None:
        raise Unreadable(f"{component.name} has no {name}", line=component.line)
    return line


# --- tables of names -----------------------------------------------------------------------------


def _plain(tzid: str) -> str:
    return tzid.strip().strip('"').strip()


def _iana(name: str | None) -> str | None:
    """The IANA name that *name* is, but for case and blanks."""
    found = _iana_names().get(name.casefold().replace(" ", "_")) if name else None
    try:
        return localtime.zone(found).key if found else None
    except UnknownZoneError:  # the machine's own zone under another name
        return None


def _behind_prefix(name: str) -> str | None:
    """The IANA name at the end of a name that a vendor made globally unique."""
    if name.casefold() == _EXCHANGE_UTC:
        return "UTC"
    if not name.startswith(("/", "posix/")):
        return None
    parts = name.strip("/").split("/")
    # The longest IANA names have three parts; one part alone proves nothing, but for UTC.
    for count in (3, 2, 1):
        found = _iana("/".join(parts[-count:]))
        if found and ("/" in found or found in _UTC_NAMES):
            return found
    return None


@cache
def _iana_names() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows_names() -> Mapping[str, str]:
    return {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}
