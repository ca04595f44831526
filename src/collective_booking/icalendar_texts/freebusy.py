"""VFREEBUSY and VAVAILABILITY: components that say outright which time is taken.

Lives here: both, as stretches of the window.
Must not live here: events; an AVAILABLE is read as one, by the room that can.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from collective_booking.icalendar_texts.clocks import Moment
from collective_booking.icalendar_texts.events import Item, by_uid
from collective_booking.icalendar_texts.findings import Findings, Standing
from collective_booking.icalendar_texts.limits import Budget, Unreadable
from collective_booking.icalendar_texts.lines import Component, Property
from collective_booking.icalendar_texts.series import take_series
from collective_booking.icalendar_texts.values import read_duration, read_whole
from collective_booking.icalendar_texts.zones import Period
from collective_booking.intervals import NEVER, IntervalSet
from collective_booking.moments import BEGINNING, END

_STANDINGS: Final = {"FREE": Standing.FREE, "BUSY-TENTATIVE": Standing.TENTATIVE}
"""What a FBTYPE or BUSYTYPE means; any other is busy, as RFC 5545 asks for unknown ones."""


def take_free_busy(item: Item, findings: Findings) -> IntervalSet:
    """Note what a VFREEBUSY reports; the answer is the time that it reports about."""
    try:
        start, end = _range(item)
    except Unreadable as doubt:
        findings.doubt(item.component, doubt)
        start, end = BEGINNING, END
    for flaw in item.component.flaws:
        findings.doubt(item.component, flaw, start, end)
    for line in item.component.all("FREEBUSY"):
        try:
            how = _free_busy_type(line)
        except Unreadable as doubt:
            findings.doubt(item.component, doubt, start, end)
            continue
        if how is Standing.FREE:
            continue
        for found in item.zones.periods(line):
            if isinstance(found, Unreadable):
                reason = Unreadable(found.detail, found.cause, line.line)
                findings.doubt(item.component, reason, start, end)
            elif isinstance(found, Moment):
                # An instant without an end: from there on, as far as the report goes.
                reason = Unreadable("FREEBUSY has a time that is no period", line=line.line)
                findings.doubt(item.component, reason, found.instant() - found.zone.slack, end)
            else:
                _take_period(item, found, how, findings)
    return IntervalSet.from_microseconds([start], [end]) if start < end else NEVER


def _take_period(item: Item, period: Period, how: Standing, findings: Findings) -> None:
    moment, length = period
    start, end = moment.instant(), length.end_of(moment)
    if moment.zone.slack:
        doubt = Unreadable(moment.zone.doubt, moment.zone.cause)
        findings.doubt(item.component, doubt, start - moment.zone.slack, end + moment.zone.slack)
    elif end < start:
        findings.doubt(item.component, Unreadable("FREEBUSY has a period that runs backwards"))
    else:
        findings.take(how, start, end)


def _free_busy_type(line: Property) -> Standing:
    named = line.parts()[0].get("FBTYPE", "BUSY")
    return _STANDINGS.get(named.upper() if isinstance(named, str) else "", Standing.BUSY)


def take_availability(items: Sequence[Item], findings: Findings, budget: Budget) -> None:
    """Note the time that VAVAILABILITYs do not offer (RFC 7953).

    Each takes all of its range but what its AVAILABLEs offer. Where several overlap, the one of
    higher priority decides (1 is highest, 9 lowest but for none at all); among equals, busy wins.
    """
    busy, tentative = NEVER, NEVER
    ranked = sorted(items, key=_rank, reverse=True)
    for _, equals in groupby(ranked, key=_rank):
        told: list[IntervalSet] = []
        closed: list[IntervalSet] = []
        maybe: list[IntervalSet] = []
        for item in equals:
            try:
                start, end = _range(item)
            except Unreadable as doubt:
                findings.doubt(item.component, doubt)
                continue
            if start >= end:
                continue
            own = IntervalSet.from_microseconds([start], [end])
            taken = own - _offered(item, findings, budget)
            told.append(own)
            how = _STANDINGS.get(item.component.word("BUSYTYPE"), Standing.BUSY)
            (maybe if how is Standing.TENTATIVE else closed).append(taken)
        busy, tentative = (
            (lower - IntervalSet.union_of(told)) | IntervalSet.union_of(found)
            for lower, found in ((busy, closed), (tentative, maybe))
        )
    for how, time in ((Standing.BUSY, busy), (Standing.TENTATIVE, tentative)):
        for start, end in zip(time.starts, time.ends, strict=True):
            findings.take(how, start, end)


def _offered(item: Item, findings: Findings, budget: Budget) -> IntervalSet:
    """When the AVAILABLEs of *item* are; one that cannot be read offers nothing."""
    offered = Findings(findings.window)
    children = [child for child in item.component.children if child.name == "AVAILABLE"]
    for series in by_uid(Item(child, item.zones) for child in children):
        if all(map(_exceptions_are_known, series)):
            take_series(series, offered, budget, None)
    return offered.taken(Standing.BUSY)


def _exceptions_are_known(item: Item) -> bool:
    """Whether every EXDATE can be read: here a lost one would offer what is taken."""
    try:
        for line in item.component.all("EXDATE"):
            item.zones.moments(line)
    except Unreadable:
        return False
    return True


def _rank(item: Item) -> int:
    """Sorts the higher priorities to the front: 1 to 9, then whatever else, which is none."""
    try:
        line = item.component.one("PRIORITY")
        priority = read_whole(line.value()) if line else 0
        return priority if 1 <= priority <= 9 else 10
    except Unreadable:
        return 10


def _range(item: Item) -> tuple[int, int]:
    """From when to when a component speaks; without a start or an end, it is open there."""
    component = item.component
    start, end = BEGINNING, END
    first, last = component.one("DTSTART"), component.one("DTEND")
    length = component.one("DURATION")
    if first:
        moment = item.zones.moment(first)
        start = moment.instant()
        _refuse_unknown(component, moment.zone.doubt)
        if length and not last:
            end = read_duration(length.value()).end_of(moment)
    if last:
        moment = item.zones.moment(last)
        end = moment.instant()
        _refuse_unknown(component, moment.zone.doubt)
    return max(start, BEGINNING), min(end, END)


def _refuse_unknown(component: Component, doubt: str) -> None:
    if doubt:
        raise Unreadable(doubt, line=component.line)
