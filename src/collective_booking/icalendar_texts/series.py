"""One UID: an event, the dates and rules it repeats by, and what replaces parts of it.

Lives here: occurrences, exceptions, overrides.
Must not live here: how a rule is expanded, a zone found, or a single event read.

An exception (EXDATE, RECURRENCE-ID) that cannot be read frees nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from collective_booking.availability import Cause
from collective_booking.icalendar_texts.clocks import (
    EARLIEST,
    LATEST,
    NOTHING,
    WHOLE_DAY,
    Length,
    Moment,
)
from collective_booking.icalendar_texts.events import Event, Item, newest, standing
from collective_booking.icalendar_texts.findings import Findings, Standing
from collective_booking.icalendar_texts.limits import Budget, Unreadable
from collective_booking.icalendar_texts.lines import Component, Property
from collective_booking.icalendar_texts.rules import FOREIGN, Rule
from collective_booking.icalendar_texts.zones import Until, until
from collective_booking.localtime import DAY
from collective_booking.moments import BEGINNING, END, to_datetime

_REPEATING: Final = frozenset({"RRULE", "RDATE"})
_WEIGHT: Final = 1000
"""How many characters of a line of dates cost as much to take apart as one candidate."""


class Override(NamedTuple):
    """An event, or nothing, in place of the occurrence at `of`, or of that one and all later."""

    event: Event | None
    of: Moment
    future: bool

    def moved(self, moment: Moment) -> Moment:
        """Where it puts the occurrence of *moment*: as much later by the clock as its own."""
        assert self.event is not None  # what is gone moves nowhere
        start = self.event.start
        clock = moment.seen_in(start.zone) + (start.clock - self.of.seen_in(start.zone))
        if start.all_day:
            clock = clock.replace(hour=0, minute=0, second=0)
        return Moment(clock, start.zone, start.all_day)


class _Moments:
    """Moments to look others up in: times by their instant, dates by the date on the clock."""

    def __init__(self) -> None:
        self._keys: set[object] = set()
        self._dates: set[date] = set()

    def add(self, moment: Moment) -> None:
        if moment.all_day:
            self._dates.add(moment.clock.date())
        else:
            self._keys.add(moment.key())

    def __contains__(self, moment: Moment) -> bool:
        if self._dates and moment.clock.date() in self._dates:
            return True
        return bool(self._keys) and moment.key() in self._keys


def take_series(
    items: Sequence[Item], findings: Findings, budget: Budget, address: str | None
) -> None:
    """Note all that the items of one UID say about the window."""
    masters: list[Item] = []
    parts: list[Item] = []
    for item in items:
        (parts if "RECURRENCE-ID" in item.component.properties else masters).append(item)
    if not masters:
        # Lotus Notes writes a whole series as the future of its first occurrence.
        parts, whole = [], parts
        for item in whole:
            repeats = bool(_REPEATING & item.component.properties.keys())
            (masters if repeats else parts).append(item)
    overrides = list(_overrides(parts, findings, address)) if parts else []
    futures = [each.event for each in overrides if each.future and each.event]
    earliest = min((event.since() for event in futures), default=END)
    for master in newest(masters):
        how = standing(master, address)
        if how is Standing.FREE and not futures:
            continue
        try:
            event = Event.read(master, how)
        except Unreadable as doubt:
            _lost(master, doubt, findings)
            continue
        if overrides or _REPEATING & master.component.properties.keys():
            try:
                _Series(event, overrides, findings, budget).take()
            except Unreadable as spent:
                # Not even what it puts elsewhere is earlier than this.
                since = earliest if how is Standing.FREE else min(event.since(), earliest)
                findings.doubt(master.component, spent, since)
        else:
            event.take(findings, event.start, event.length)
        event.tell_doubts(findings)
    if not masters:
        alone = Unreadable("it changes a series whose rule is not here")
        for override in overrides:
            if override.future and override.event:
                override.event.tell_doubts(findings, [alone])


def _lost(item: Item, doubt: Unreadable, findings: Findings) -> None:
    """Note the doubt about an event that starts nobody knows when."""
    end: int | None = None
    repeats = (_REPEATING | {"RECURRENCE-ID"}) & item.component.properties.keys()
    if not repeats and not item.component.flaws:
        try:
            if line := item.component.one("DTEND"):
                moment = item.zones.moment(line)
                end = moment.instant() + moment.zone.slack
        except Unreadable:
            end = None
    findings.doubt(item.component, doubt, None, end)


def _overrides(
    items: Iterable[Item], findings: Findings, address: str | None
) -> Iterator[Override]:
    """The versions of single occurrences that count; each is noted as an event of its own."""
    versions: dict[tuple[bool, object, str], tuple[Moment, list[Item]]] = {}
    for item in items:
        line = item.component.properties["RECURRENCE-ID"][0]
        try:
            of = item.zones.moment(line)
            reach = _reach(item.component)
        except Unreadable as doubt:
            # Nobody knows what it replaces: so it replaces nothing, and stands beside the rest.
            doubts = [doubt] if ";RANGE" in line.text.upper() else []
            _take_alone(item, standing(item, address), findings, doubts)
            continue
        versions.setdefault((of.all_day, of.key(), reach), (of, []))[1].append(item)
    for (_, _, reach), (of, found) in versions.items():
        for item in newest(found):
            how = standing(item, address)
            event = _take_alone(item, how, findings)
            if event or how is Standing.FREE:
                yield Override(event, of, future=bool(reach))


def _reach(component: Component) -> str:
    """The RANGE of a RECURRENCE-ID: "THISANDFUTURE", or "" for one occurrence alone."""
    reach = component.properties["RECURRENCE-ID"][0].parts()[0].get("RANGE", "")
    if reach and (not isinstance(reach, str) or reach.upper() != "THISANDFUTURE"):
        raise Unreadable("RECURRENCE-ID has a RANGE that nobody knows", line=component.line)
    return "THISANDFUTURE" if reach else ""


def _take_alone(
    item: Item, how: Standing, findings: Findings, doubts: Iterable[Unreadable] = ()
) -> Event | None:
    """Note one version of an occurrence; None if it takes no time, or nobody knows when."""
    if how is Standing.FREE:
        return None
    try:
        event = Event.read(item, how)
    except Unreadable as doubt:
        _lost(item, doubt, findings)
        return None
    event.take(findings, event.start, event.length)
    if _REPEATING & item.component.properties.keys():
        doubts = [*doubts, Unreadable("a rule inside one occurrence of another")]
    event.tell_doubts(findings, doubts)
    return event


class _Series:
    """An event that repeats, between the overrides that change it from some occurrence on.

    Both its making and its `take` raise `Unreadable` once the budget is spent, and never else.
    """

    def __init__(
        self, event: Event, overrides: Iterable[Override], findings: Findings, budget: Budget
    ) -> None:
        self.event = event
        self.findings = findings
        self.budget = budget
        self.gone = _Moments()
        self.rules: dict[Property, tuple[Rule, Until] | Unreadable] = {}
        futures: list[tuple[int, Override]] = []
        for override in overrides:
            budget.spend()
            self.gone.add(override.of)
            if override.future:
                futures.append((self._from(override.of).instant(), override))
        self.futures = sorted(futures, key=lambda pair: pair[0])
        for line in event.item.component.all("EXDATE"):
            try:
                excepted = event.item.zones.moments(line)
            except Unreadable:
                continue  # what cannot be read frees nothing
            for moment in excepted:
                self.gone.add(moment)

    def take(self) -> None:
        """Note every occurrence that can reach into the window."""
        bounds = [BEGINNING, *(since for since, _ in self.futures), END]
        versions: list[Override | None] = [None, *(override for _, override in self.futures)]
        for since, before, version in zip(bounds, bounds[1:], versions, strict=False):
            shown = version.event if version else self.event
            if shown is None or shown.standing is Standing.FREE:
                continue
            if shown.length == NOTHING and "RDATE" not in self.event.item.component.properties:
                continue  # however often it happens, it takes no time (F4)
            if version:
                self.budget.spend()
            doubts: list[Unreadable] = []
            try:
                self._take_stretch(since, before, version, shown, doubts)
            except FOREIGN:
                doubts.append(Unreadable("it goes beyond all dates"))
            finally:
                shown.tell(self.findings, doubts)

    def _take_stretch(
        self,
        since: int,
        before: int,
        version: Override | None,
        shown: Event,
        doubts: list[Unreadable],
    ) -> None:
        """Note the occurrences from *since* until *before*, as *version* shows them.

        What cannot be read of the dates and rules joins the *doubts*; the rest still counts.
        """
        margin, delay = DAY + self.event.start.zone.slack, timedelta()
        if version:
            version = version._replace(of=self._from(version.of))
            delay = shown.start.clock - version.of.seen_in(shown.start.zone)
            margin += DAY + shown.start.zone.slack
        reach = shown.length.most() + margin + shown.ends_in.slack
        low = max(clock_at(self.findings.start - reach, -delay), clock_at(since - margin))
        high = min(clock_at(self.findings.end + margin, -delay), clock_at(before + margin))
        if high < max(self.event.start.clock, low) and not self.event.item.component.all("RDATE"):
            return  # outside the window; only dates may have a length of their own
        for moment, length in self._occurrences(low, high, doubts):
            if since <= moment.instant() < before and moment not in self.gone:
                shown_at = version.moved(moment) if version else moment
                shown.take(self.findings, shown_at, length or shown.length)

    def _from(self, of: Moment) -> Moment:
        """A RECURRENCE-ID that is only a date means the occurrence on that date."""
        start = self.event.start
        if of.all_day and not start.all_day:
            return Moment(datetime.combine(of.clock, start.clock.time()), start.zone)
        return of

    def _occurrences(
        self, low: datetime, high: datetime, doubts: list[Unreadable]
    ) -> Iterator[tuple[Moment, Length | None]]:
        """The start, and what the dates and rules add; a length where it has one of its own."""
        component = self.event.item.component
        yield self.event.start, None
        for line in (*component.all("RDATE"), *component.all("RRULE")):
            try:
                self.budget.spend()
                if line.name == "RDATE":
                    yield from self._dates(line)
                else:
                    yield from self._repetitions(line, low, high)
            except Unreadable as doubt:
                reason = Unreadable(doubt.detail, doubt.cause, line.line)
                if doubt.cause is Cause.BUDGET:
                    raise reason from doubt
                doubts.append(reason)

    def _repetitions(
        self, line: Property, low: datetime, high: datetime
    ) -> Iterator[tuple[Moment, None]]:
        start = self.event.start
        rule, ends = self._rule(line)
        for clock in rule.clocks(start.clock, low, min(high, ends.latest), self.budget):
            moment = start._replace(clock=clock)
            if ends(moment):
                yield moment, None

    def _rule(self, line: Property) -> tuple[Rule, Until]:
        """What a line of RRULE says; it is read once, however many stretches ask."""
        known = self.rules.get(line)
        if known is None:
            try:
                rule = Rule.parse(line.value())
                known = rule, until(rule, self.event.start.zone)
            except Unreadable as doubt:
                known = doubt
            self.rules[line] = known
        if isinstance(known, Unreadable):
            raise Unreadable(known.detail, known.cause)
        return known

    def _dates(self, line: Property) -> Iterator[tuple[Moment, Length | None]]:
        self.budget.spend(len(line.text) // _WEIGHT)
        for found in self.event.item.zones.periods(line):
            self.budget.spend()
            if isinstance(found, Unreadable):
                raise found
            if isinstance(found, Moment):
                # A date beside times of day: the event is somewhere on that date.
                somewhere = found.all_day and not self.event.start.all_day
                yield found, WHOLE_DAY if somewhere else None
            elif found[1] < NOTHING:
                raise Unreadable("RDATE has a period that ends before it starts", line=line.line)
            else:
                yield found


def clock_at(instant: int, later: timedelta = timedelta()) -> datetime:
    """The clock of UTC at *instant* and *later*, or the nearest there is."""
    try:
        return to_datetime(max(min(instant, END), BEGINNING)).replace(tzinfo=None) + later
    except OverflowError:
        return LATEST if later > timedelta() else EARLIEST
