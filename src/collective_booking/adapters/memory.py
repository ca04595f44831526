"""A store that forgets everything when its process ends: for tests and small scripts.

Lives here: `MemoryStore`, plain dictionaries under one lock.
Must not live here: any decision (that is `drafts.decide`), anything that outlives the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock

from collective_booking.appointments import Appointment
from collective_booking.availability import Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Taken,
    Tenure,
    counted_around,
    decide,
    overlap,
    same_request,
)
from collective_booking.effects import Attempted, Effect, Fate, among
from collective_booking.errors import (
    CalendarChangedError,
    UnknownBookingError,
    UnknownCalendarError,
)
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.moments import ZERO
from collective_booking.slots import Admission


@dataclass(frozen=True, slots=True)
class _Occupied:
    """What one hold or appointment takes: claims of members, and a place under a calendar's caps.

    It is live until `until`; for good where that is None.
    """

    calendar: str
    claims: tuple[Claim, ...]
    counted: Counted | None
    until: datetime | None

    def is_live(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(slots=True)
class _Item:
    """An effect in the outbox, how far it is, and when it may be tried."""

    effect: Effect
    due: datetime
    state: Fate = Fate.WAITING

    def is_of(self, other: Effect) -> bool:
        mine = self.effect
        return (mine.appointment, mine.address) == (other.appointment, other.address)


@dataclass(slots=True)
class _Tenant:
    """Everything of one tenant (S6)."""

    calendars: dict[str, StoredCalendar] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    appointments: dict[str, list[Appointment]] = field(default_factory=dict)
    occupied: dict[str, _Occupied] = field(default_factory=dict)
    outcomes: dict[str, tuple[str, Outcome, datetime]] = field(default_factory=dict)
    news: dict[str, datetime] = field(default_factory=dict)
    outbox: dict[str, _Item] = field(default_factory=dict)

    def live(self, now: datetime) -> Iterator[tuple[str, _Occupied]]:
        return ((id_, each) for id_, each in self.occupied.items() if each.is_live(now))

    def claims(self, members: Iterable[str], window: Interval, now: datetime) -> tuple[Claim, ...]:
        """The live claims of *members* as near to *window* as the largest buffer reaches."""
        named = set(members)
        found = [each for _, taken in self.live(now) for each in taken.claims]
        mine = [claim for claim in found if claim.member in named]
        reach = max((max(each.buffer_before, each.buffer_after) for each in mine), default=ZERO)
        near = window.pad(reach, reach)
        return tuple(claim for claim in mine if _meet(claim.interval, near))

    def free_lapsed(self, members: Iterable[Member], now: datetime) -> None:
        """Delete the claims of lapsed holds on *members*: by any clock they are gone now (S3)."""
        free = {member.id for member in members}
        for id_, each in self.occupied.items():
            if not each.is_live(now):
                left = tuple(claim for claim in each.claims if claim.member not in free)
                self.occupied[id_] = replace(each, claims=left)

    def counted(self, slug: str, window: Interval, now: datetime) -> tuple[Counted, ...]:
        around = counted_around(window)
        found = [each.counted for _, each in self.live(now) if each.calendar == slug]
        return tuple(each for each in found if each and around.start <= each.start < around.end)


def _meet(one: Interval, other: Interval) -> bool:
    return one.start < other.end and other.start < one.end


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What `decide` reads of one tenant at the time of one draft."""

    tenant: _Tenant
    now: datetime

    def outcome(self, request: Request) -> tuple[str, Outcome] | None:
        known = self.tenant.outcomes.get(request.id)
        return known and known[:2]

    def has_news(self, id: str) -> bool:
        return id in self.tenant.news

    def calendar_version(self, slug: str) -> int | None:
        stored = self.tenant.calendars.get(slug)
        return stored.version if stored else None

    def hold_version(self, id: str) -> int:
        hold = self.tenant.holds.get(id)
        return hold.version if hold else 0

    def appointment_version(self, id: str) -> int:
        return len(self.tenant.appointments.get(id, ()))

    def claimed(self, id: str) -> int:
        found = self.tenant.occupied.get(id)
        return len(found.claims) if found and found.is_live(self.now) else 0

    def claims(self, subject: Hold | Appointment) -> Iterable[Claim]:
        calendar = subject.snapshot.calendar
        members = [member.id for member in calendar.members]
        reach = max(calendar.buffer_before, calendar.buffer_after)
        return list(self.tenant.claims(members, subject.slot.pad(reach, reach), self.now))

    def counted(self, subject: Hold | Appointment) -> Iterable[Counted]:
        return list(self.tenant.counted(subject.calendar, subject.slot, self.now))


class MemoryStore:
    """A `BookingStore` in the memory of one process; every method is safe from any thread.

    >>> MemoryStore().calendar("default", "call")
    Traceback (most recent call last):
    collective_booking.errors.UnknownCalendarError: no calendar 'call' is stored: save it first
    """

    def __init__(self) -> None:
        self._tenants: dict[str, _Tenant] = {}
        self._lock = RLock()

    def _of(self, tenant: str) -> _Tenant:
        return self._tenants.setdefault(tenant, _Tenant())

    # --- calendars ------------------------------------------------------------------------------

    def save_calendar(
        self, tenant: str, calendar: CollectiveCalendar, version: int | None, now: datetime
    ) -> SavedCalendar:
        """Store *calendar*; see `ports.BookingStore`."""
        with self._lock:
            own = self._of(tenant)
            before = own.calendars.get(calendar.slug)
            if version is not None and version != (before.version if before else 0):
                raise CalendarChangedError(calendar.slug)
            kept = self._kept(own, calendar, now)
            if before is not None and before.calendar == calendar:
                return SavedCalendar(before, changed=False, kept=kept)
            stored = StoredCalendar(calendar, before.version + 1 if before else 1)
            own.calendars[calendar.slug] = stored
            return SavedCalendar(stored, changed=True, kept=kept)

    @staticmethod
    def _kept(own: _Tenant, calendar: CollectiveCalendar, now: datetime) -> tuple[Appointment, ...]:
        roster = {member.id for member in calendar.members}
        latest = (versions[-1] for versions in own.appointments.values())
        found = [
            each
            for each in latest
            if each.calendar == calendar.slug
            and each.status.active
            and each.end > now
            and not roster.issuperset(member.id for member in each.members)
        ]
        return tuple(sorted(found, key=lambda each: (each.start, each.id)))

    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        """Read a calendar; see `ports.BookingStore`."""
        with self._lock:
            stored = self._of(tenant).calendars.get(slug)
        if stored is None:
            raise UnknownCalendarError(slug)
        return stored

    def taken(
        self, tenant: str, slug: str, members: Sequence[str], window: Interval, now: datetime
    ) -> Taken:
        """Read what is taken; see `ports.BookingStore`."""
        with self._lock:
            own = self._of(tenant)
            return Taken(own.claims(members, window, now), own.counted(slug, window, now))

    # --- writing --------------------------------------------------------------------------------

    def outcome(self, tenant: str, request: Request) -> Outcome | None:
        """Read what a request came to; see `ports.BookingStore`."""
        with self._lock:
            known = self._of(tenant).outcomes.get(request.id)
        return known and same_request(request, *known[:2])

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        """Write *draft* if it may be; see `ports.BookingStore`."""
        with self._lock:
            own = self._of(draft.tenant)
            if known := decide(draft, admit, _Ledger(own, draft.now)):
                return known
            occupied = self._occupied(own, draft)
            self._guard(own, draft, occupied)
            self._write(own, draft, occupied)
            return None

    @staticmethod
    def _occupied(own: _Tenant, draft: Draft) -> _Occupied | None:
        """What the subject of *draft* takes from now on."""
        before = own.occupied.get(draft.subject.id)
        claims = draft.claims
        if draft.tenure is Tenure.SAME:
            claims = before.claims if before else ()
        elif draft.tenure is Tenure.ENDED:
            claims = ()
        if not claims and draft.counted is None:
            return None
        return _Occupied(draft.subject.calendar, claims, draft.counted, draft.until)

    @staticmethod
    def _guard(own: _Tenant, draft: Draft, occupied: _Occupied | None) -> None:
        """The last word on bare overlap, whatever was admitted (S2)."""
        if draft.tenure is not Tenure.ANEW or occupied is None:
            return
        others = [(id_, each) for id_, each in own.live(draft.now) if id_ != draft.subject.id]
        theirs = [claim for _, each in others for claim in each.claims if claim.exclusive]
        mine = {claim.member for claim in occupied.claims if claim.exclusive}
        met = [
            each
            for each in theirs
            if each.member in mine and _meet(each.interval, draft.subject.slot)
        ]
        if met:
            raise overlap(draft.subject.slot, met)

    @staticmethod
    def _write(own: _Tenant, draft: Draft, occupied: _Occupied | None) -> None:
        if draft.tenure is not Tenure.SAME:
            own.free_lapsed(draft.subject.snapshot.calendar.members, draft.now)
        own.occupied.pop(draft.subject.id, None)
        if occupied is not None:
            own.occupied[draft.subject.id] = occupied
        if draft.hold is not None:
            own.holds[draft.hold.id] = draft.hold
        if draft.appointment is not None:
            own.appointments.setdefault(draft.appointment.id, []).append(draft.appointment)
        if draft.request is not None:
            known = (draft.request.fingerprint, draft.outcome, draft.now)
            own.outcomes[draft.request.id] = known
        if draft.news is not None:
            own.news[draft.news] = draft.now
        for effect in draft.effects:
            own.outbox[effect.key] = _Item(effect, draft.now)

    # --- reading --------------------------------------------------------------------------------

    def hold(self, tenant: str, id: str) -> Hold:
        """Read a hold; see `ports.BookingStore`."""
        with self._lock:
            found = self._of(tenant).holds.get(id)
        if found is None:
            raise UnknownBookingError(id, "hold")
        return found

    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        """Read an appointment; see `ports.BookingStore`."""
        with self._lock:
            versions = self._of(tenant).appointments.get(id, [])
            found = [each for each in versions if version in {None, each.version}]
        if not found:
            raise UnknownBookingError(id, "appointment")
        return found[-1]

    def appointments(
        self, tenant: str, window: Interval, slug: str | None = None
    ) -> tuple[Appointment, ...]:
        """Read appointments; see `ports.BookingStore`."""
        with self._lock:
            latest = [versions[-1] for versions in self._of(tenant).appointments.values()]
        found = [
            each
            for each in latest
            if window.start <= each.start < window.end and slug in {None, each.calendar}
        ]
        return tuple(sorted(found, key=lambda each: (each.start, each.id)))

    def unfinished(self, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
        """Read which holds need something; see `ports.BookingStore`."""
        with self._lock:
            holds = self._of(tenant).holds.values()
            due = sorted((each.wakes, each.id) for each in holds if each.wakes is not None)
        return tuple(id_ for wakes, id_ in due if wakes <= now)[:limit]

    # --- the outbox -----------------------------------------------------------------------------

    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        """Lease effects that are due; see `ports.BookingStore`."""
        with self._lock:
            items = list(self._of(tenant).outbox.values())
            first = [each for each in items if _is_first(each, items) and each.due <= now]
            chosen = sorted(first, key=lambda each: (each.due, each.effect.key))[:limit]
            for each in chosen:
                each.due = until
            return tuple(_among(each, items) for each in chosen)

    def attempted(self, attempted: Attempted) -> None:
        """Record a try; see `ports.BookingStore`."""
        effect = attempted.effect
        with self._lock:
            item = self._of(effect.tenant).outbox.get(effect.key)
            if item is None or item.state is not Fate.WAITING:
                return  # another deliverer, whose lease had ended, was faster
            item.effect = among(attempted.after, ())  # what came of the others is asked anew
            if attempted.delivered:
                item.state = Fate.DELIVERED
            elif attempted.again is None:
                item.state = Fate.DEAD
            else:
                item.due = attempted.again

    def undelivered(self, tenant: str) -> tuple[Effect, ...]:
        """Read what has failed; see `ports.BookingStore`."""
        with self._lock:
            items = self._of(tenant).outbox.values()
            found = [each.effect for each in items if each.state is not Fate.DELIVERED]
        return tuple(sorted((each for each in found if each.failure), key=lambda each: each.key))

    def retry(self, tenant: str, key: str, now: datetime) -> None:
        """Make a failed effect due; see `ports.BookingStore`."""
        with self._lock:
            item = self._of(tenant).outbox.get(key)
            if item is None or item.state is Fate.DELIVERED or not item.effect.failure:
                raise UnknownBookingError(key, "undelivered effect")
            item.state, item.due = Fate.WAITING, now

    def forget(self, tenant: str, before: datetime) -> None:
        """Delete what need not be remembered; see `ports.BookingStore`."""
        with self._lock:
            own = self._of(tenant)
            own.outcomes = {k: v for k, v in own.outcomes.items() if v[2] >= before}
            own.news = {id_: at for id_, at in own.news.items() if at >= before}


def _is_first(item: _Item, items: Iterable[_Item]) -> bool:
    """Whether no earlier message of the same appointment to the same address is on its way."""
    mine = item.effect
    return item.state is Fate.WAITING and not any(
        each.state is Fate.WAITING and each.is_of(mine) and each.effect.version < mine.version
        for each in items
    )


def _among(item: _Item, items: Iterable[_Item]) -> Effect:
    """The effect, with what came of the others to the same address (E1)."""
    mine = item.effect
    others = (each for each in items if each.is_of(mine) and each is not item)
    return among(mine, ((each.effect.version, each.state) for each in others))
