"""Members' calendars in memory.

Lives here: `FakeProvider`.
Must not live here: reading files, the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

from collective_booking.availability import Availability
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

    `keys` are those of all copies it acted on, in order. `violations` tells of calls that the port
    promises never to make: an update or removal before any put has succeeded, an older version
    after a newer one, other bytes under the same key.

    It leaves out the copies that were put into it, as a provider does that knows their UIDs. With
    *sees_own_copies* it cannot tell them from other busy time, and says so (F6).

    >>> from collective_booking.intervals import Interval, IntervalSet
    >>> from collective_booking.members import Member
    >>> call = IntervalSet.from_isoformat("2026-11-23T09:00Z/2026-11-23T11:00Z")
    >>> provider = FakeProvider({"ana": Availability(busy=call)})
    >>> window = Interval.from_isoformat("2026-11-23T10:00Z/2026-11-23T12:00Z")
    >>> ana = Member("ana", timezone="UTC", calendar="ana.ics", ignore_hours=True)
    >>> known = provider.availability([ana], window)
    >>> str(known["ana"].busy.total), len(provider.asked)
    ('1:00:00', 1)
    >>> provider.repeated, provider.violations  # nobody has put anything yet
    ([], [])
    """

    def __init__(
        self,
        availability: Mapping[str, Availability] | None = None,
        *,
        sees_own_copies: bool = False,
    ) -> None:
        self.availability_of: dict[str, Availability] = dict(availability or {})
        self.faults: Faults = Faults()
        self.broken: set[str] = set()
        self.closed: set[str] = set()
        self.copies: dict[str, dict[str, MemberCopy]] = {}
        self.keys: list[str] = []
        self.violations: list[str] = []
        self.asked: list[tuple[tuple[str, ...], Interval]] = []
        self._sees_own_copies = sees_own_copies
        self._bytes: dict[str, bytes] = {}
        self._arrived: dict[tuple[str, str], dict[str, int]] = {}
        self._lock = Lock()

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What it knows of *members*; see `ports.CalendarProvider`."""
        ids = tuple(member.id for member in members)
        self.asked.append((ids, window))
        if self.broken.intersection(ids):
            raise ConnectionError("the calendars cannot be reached")
        return self.faults.through(
            "availability", lambda: {id_: self._known(id_).within(window) for id_ in ids}
        )

    def put(self, copy: MemberCopy) -> None:
        """Keep *copy*; see `ports.CalendarProvider`."""
        self._act("put", copy)

    def update(self, copy: MemberCopy) -> None:
        """Change a copy; see `ports.CalendarProvider`."""
        self._act("update", copy)

    def remove(self, copy: MemberCopy) -> None:
        """Lose a copy; see `ports.CalendarProvider`."""
        self._act("remove", copy)

    @property
    def repeated(self) -> list[str]:
        """The keys of copies that it acted on before, once for each repetition."""
        return [key for at, key in enumerate(self.keys) if key in self.keys[:at]]

    def _known(self, id: str) -> Availability:
        told = self.availability_of.get(id, Availability())
        if not self._sees_own_copies:
            return told
        with self._lock:
            own = [copy.appointment.slot for copy in self.copies.get(id, {}).values()]
        return told | Availability(busy=IntervalSet(own), sees_own_copies=True)

    def _act(self, method: str, copy: MemberCopy) -> None:
        with self._lock:
            self._judge(method, copy)
        if copy.member.id in self.closed:
            raise UndeliverableError(f"the calendar of {copy.member.id} takes nothing")
        if copy.member.id in self.broken:
            raise ConnectionError("the calendar cannot be reached")
        self.faults.through(method, lambda: self._done(method, copy))
        with self._lock:  # only now does the caller know
            place = (copy.member.id, copy.appointment.uid)
            self._arrived.setdefault(place, {})[copy.key] = copy.appointment.version

    def _judge(self, method: str, copy: MemberCopy) -> None:
        """Note what is against the prose of the port; a repetition after a crash is not."""
        if self._bytes.setdefault(copy.key, copy.icalendar) != copy.icalendar:
            self.violations.append(f"{method} {copy.key}: other bytes under the same key")
        arrived = self._arrived.get((copy.member.id, copy.appointment.uid), {})
        if copy.key in arrived:
            return
        if method != "put" and not arrived:
            self.violations.append(f"{method} {copy.key}: nothing was put before")
        if any(copy.appointment.version <= version for version in arrived.values()):
            self.violations.append(f"{method} {copy.key}: it is older than what is there")

    def _done(self, method: str, copy: MemberCopy) -> None:
        with self._lock:
            self.keys.append(copy.key)
            own = self.copies.setdefault(copy.member.id, {})
            own.pop(copy.appointment.uid, None)
            if method != "remove":
                own[copy.appointment.uid] = copy
