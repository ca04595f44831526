"""One event: whether it makes busy, when, how long, and which version of it counts.

Lives here: F4, and what a single VEVENT (or AVAILABLE) says of itself.
Must not live here: how it repeats.

What cannot be read becomes a doubt about the stretch it may cover. A start that cannot be read may
be anywhere; an end or a rule that cannot, anywhere from the start on; a zone that nobody knows, a
day earlier or later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from collective_booking.icalendar_texts.clocks import (
    NOTHING,
    WHOLE_DAY,
    Length,
    Moment,
    Zone,
    length_between,
)
from collective_booking.icalendar_texts.findings import Findings, Standing
from collective_booking.icalendar_texts.limits import Unreadable
from collective_booking.icalendar_texts.lines import Component
from collective_booking.icalendar_texts.values import read_duration, read_whole
from collective_booking.icalendar_texts.zones import Zones


class Item(NamedTuple):
    """A component with the zones of its calendar; `cancelled` if the whole calendar cancels."""

    component: Component
    zones: Zones
    cancelled: bool = False


# --- what one component says ---------------------------------------------------------------------


def standing(item: Item, address: str | None) -> Standing:
    """Whether the item makes the member at *address* (lower case) busy.

    A member who answered "maybe" is tentative. One who has not answered is busy: an invitation
    that stands in the calendar keeps its time until it is declined.
    """
    component = item.component
    status = component.word("STATUS")
    if item.cancelled or status == "CANCELLED" or component.word("TRANSP") == "TRANSPARENT":
        return Standing.FREE
    answers = set(_answers(component, address)) if address else set()
    if answers == {"DECLINED"}:
        return Standing.FREE
    if status == "TENTATIVE" or (answers and answers <= {"DECLINED", "TENTATIVE"}):
        return Standing.TENTATIVE
    return Standing.BUSY


def _answers(component: Component, address: str) -> Iterator[str]:
    """What the attendee at *address* answered; several lines may be about one."""
    for line in component.all("ATTENDEE"):
        if address not in line.text.casefold():
            continue
        try:
            parameters, value = line.parts()
        except Unreadable:
            continue
        named = (value, parameters.get("EMAIL"))
        if any(isinstance(each, str) and plain_address(each) == address for each in named):
            answer = parameters.get("PARTSTAT", "")
            yield answer.upper() if isinstance(answer, str) else ""


def plain_address(text: str) -> str:
    """An e-mail address without `mailto:`, in the form in which two of them are compared."""
    return text.strip().casefold().removeprefix("mailto:").strip()


@dataclass(slots=True)
class Event:
    """A component whose start can be read: when, how long, and why it may be more than that."""

    item: Item
    standing: Standing
    start: Moment
    length: Length
    ends_in: Zone
    doubts: list[Unreadable] = field(default_factory=list)

    @classmethod
    def read(cls, item: Item, standing: Standing) -> Event:
        """What *item* says of itself.

        Raises:
            Unreadable: it does not say when it starts.
        """
        component = item.component
        line = component.one("DTSTART")
        if line is None:
            raise Unreadable("it has no DTSTART")
        start = item.zones.moment(line)
        event = cls(item, standing, start, NOTHING, start.zone, list(component.flaws))
        try:
            event._read_length()
        except Unreadable as doubt:
            event.doubts.append(doubt)
        return event

    def _read_length(self) -> None:
        component, start = self.item.component, self.start
        if line := component.one("DTEND"):
            end = self.item.zones.moment(line)
            self.ends_in = end.zone
            self.length = length_between(start, end)
            if start.all_day and end.clock == start.clock:
                # Written by those who take DTEND for the last day: a whole day is meant.
                self.length = WHOLE_DAY
            elif end.zone is not start.zone and (end.zone.slack or start.zone.slack):
                self.length = Length(0, max(self.length.exact, 1))
            elif self.length < NOTHING:
                self.length = NOTHING
                raise Unreadable("it ends before it starts", line=line.line)
        elif line := component.one("DURATION"):
            try:
                self.length = read_duration(line.value())
            except Unreadable as doubt:
                raise Unreadable(f"DURATION is {doubt.detail}", line=line.line) from doubt
        elif start.all_day:
            self.length = WHOLE_DAY

    def take(self, findings: Findings, moment: Moment, length: Length) -> None:
        """Note the occurrence of this event at *moment*."""
        start, end = moment.instant(), length.end_of(moment)
        if end <= start or self.standing is Standing.FREE:
            return
        unknown = moment.zone if moment.zone.slack else self.ends_in
        if unknown.slack:
            doubt = Unreadable(unknown.doubt, unknown.cause)
            findings.doubt(self.item.component, doubt, start - unknown.slack, end + unknown.slack)
        else:
            findings.take(self.standing, start, end)

    def tell_doubts(self, findings: Findings, extra: Iterable[Unreadable] = ()) -> None:
        """Note that from its start on nobody can tell, if there is any reason for that."""
        self.tell(findings, (*self.doubts, *extra))

    def tell(self, findings: Findings, doubts: Iterable[Unreadable]) -> None:
        """Note these *doubts* alone, from its start on."""
        if self.standing is not Standing.FREE:
            since = self.since()
            for doubt in doubts:
                findings.doubt(self.item.component, doubt, since)

    def since(self) -> int:
        """The earliest instant at which it may start."""
        return self.start.instant() - self.start.zone.slack


# --- versions ------------------------------------------------------------------------------------


def by_uid(items: Iterable[Item]) -> Iterable[list[Item]]:
    """The items in groups that share a UID; one without a UID is a group of its own."""
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(item.component.uid() or item.component, []).append(item)
    return groups.values()


def newest(items: Sequence[Item]) -> list[Item]:
    """The items that no other one supersedes: highest SEQUENCE, then DTSTAMP.

    What does not say its version supersedes nothing and is superseded by nothing; of equals, all
    count.
    """
    if len(items) < 2:
        return list(items)
    versions = [(_sequence(item), _stamp(item)) for item in items]
    highest = max((sequence for sequence, _ in versions if sequence is not None), default=None)
    latest = max(
        (stamp for sequence, stamp in versions if sequence == highest and stamp is not None),
        default=None,
    )
    return [
        item
        for item, (sequence, stamp) in zip(items, versions, strict=True)
        if sequence is None or (sequence == highest and stamp in {None, latest})
    ]


def _sequence(item: Item) -> int | None:
    if item.component.flaws:
        return None  # what is lost may have been its version, or that it replaces one occurrence
    try:
        line = item.component.one("SEQUENCE")
        return read_whole(line.value()) if line else 0
    except Unreadable:
        return None


def _stamp(item: Item) -> int | None:
    try:
        line = item.component.one("DTSTAMP")
        return item.zones.moment(line).instant() if line else None
    except Unreadable:
        return None
