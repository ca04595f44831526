"""Members' calendars in memory.

Lives here: `FakeProvider`.
Must not live here: reading files, the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collective_booking.availability import Availability, Unknown
from collective_booking.errors import UndeliverableError
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from collective_booking.testing.faults import Faults


class FakeProvider:
    """A `CalendarProvider` for tests.

    `availability_of` is what it says of each member, clipped to the window; whoever is missing has
    nothing in their calendar. `copies` holds each member's copies by UID, `asked` every window that
    it was asked about. Whoever is in `broken` makes each call fail, and whoever is in `closed` can
    never get a copy. `faults.plan("put", ...)` lets the next calls go wrong.
    """

    def __init__(self, availability: Mapping[str, Availability] | None = None) -> None:
        self.availability_of: dict[str, Availability] = dict(availability or {})
        self.faults: Faults = Faults()
        self.broken: set[str] = set()
        self.closed: set[str] = set()
        self.copies: dict[str, dict[str, MemberCopy]] = {}
        self.keys: list[str] = []
        self.asked: list[tuple[tuple[str, ...], Interval]] = []

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What it knows of *members*; see `ports.CalendarProvider`."""
        ids = tuple(member.id for member in members)
        self.asked.append((ids, window))
        if self.broken.intersection(ids):
            raise ConnectionError("the calendars cannot be reached")
        known = {
            id_: _clipped(self.availability_of.get(id_, Availability()), window) for id_ in ids
        }
        return self.faults.through("availability", lambda: known)

    def put(self, copy: MemberCopy) -> None:
        """Keep *copy*; see `ports.CalendarProvider`."""
        self._act("put", copy)

    def update(self, copy: MemberCopy) -> None:
        """Change a copy; see `ports.CalendarProvider`."""
        self._act("update", copy)

    def remove(self, copy: MemberCopy) -> None:
        """Lose a copy; see `ports.CalendarProvider`."""
        self._act("remove", copy)

    def _act(self, method: str, copy: MemberCopy) -> None:
        if copy.member.id in self.closed:
            raise UndeliverableError(f"the calendar of {copy.member.id} takes nothing")
        if copy.member.id in self.broken:
            raise ConnectionError("the calendar cannot be reached")
        self.faults.through(method, lambda: self._done(method, copy))

    def _done(self, method: str, copy: MemberCopy) -> None:
        self.keys.append(copy.key)
        own = self.copies.setdefault(copy.member.id, {})
        own.pop(copy.appointment.uid, None)
        if method != "remove":
            own[copy.appointment.uid] = copy


def _clipped(known: Availability, window: Interval) -> Availability:
    within = IntervalSet([window])
    gaps = tuple(
        Unknown(stretch, gap.cause, gap.detail, gap.source, gap.item, gap.line, gap.uid)
        for gap in known.unknown
        for stretch in IntervalSet([gap.interval]) & within
    )
    return Availability(known.busy & within, known.tentative & within, gaps)
