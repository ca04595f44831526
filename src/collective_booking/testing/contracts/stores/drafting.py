"""Drafts for stores, written as short as a story: who books what, by which version of what.

Lives here: what a workflow would write, made by hand, and looking at what came of it.
Must not live here: any duty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from collective_booking.appointments import Appointment, Happening
from collective_booking.availability import Availability, Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.drafts import Draft, Outcome, Tenure
from collective_booking.effects import effects_of
from collective_booking.holds import Hold, HoldState
from collective_booking.ports import BookingStore
from collective_booking.reasons import AFRESH, Reason
from collective_booking.slots import Admission, SlotFinder
from collective_booking.snapshots import Snapshot
from collective_booking.testing.samples import NOW, appointment, at, hold

TENANT: Final = "default"


def saved(store: BookingStore, wanted: CollectiveCalendar, tenant: str = TENANT) -> Snapshot:
    """*wanted* stored, and the snapshot of what is booked through it now."""
    stored = store.save_calendar(tenant, wanted, None, NOW).stored
    return Snapshot(calendar=stored.calendar, version=stored.version, owner=stored.calendar.owner)


def admits(snapshot: Snapshot, start: datetime, moving: str | None = None) -> Admission:
    """What a workflow gives its store: whether the time is free, and fits under the caps."""
    free = {member.id: Availability() for member in snapshot.calendar.members}
    finder = SlotFinder(calendar=snapshot.calendar, now=NOW, availability=free, moving=moving)
    return finder.admission(start, only=AFRESH)


def anything(_claims: Iterable[Claim], _counted: Iterable[Counted]) -> tuple[Reason, ...]:
    """An admission with a bug: it lets everything in."""
    return ()


def booking(made: Appointment, **changes: Any) -> Draft:
    """The draft that books *made*, or its next version, and tells everybody."""
    told: dict[str, Any] = {
        "tenant": made.tenant,
        "now": NOW,
        "appointment": made,
        "judged": made.snapshot.version,
        "capped": made.snapshot.calendar.is_capped,
        "tenure": Tenure.ANEW,
        "effects": effects_of(made),
    }
    return Draft(**told | changes)


def holding(kept: Hold, **changes: Any) -> Draft:
    """The draft that keeps a time."""
    told: dict[str, Any] = {
        "tenant": kept.tenant,
        "now": NOW,
        "hold": kept,
        "judged": kept.snapshot.version,
        "capped": kept.snapshot.calendar.is_capped,
        "tenure": Tenure.ANEW,
    }
    return Draft(**told | changes)


def confirming(kept: Hold, **changes: Any) -> Draft:
    """The draft by which a hold becomes an appointment; nothing is asked again."""
    made = appointment(id=kept.id, snapshot=kept.snapshot, start=kept.slot.start)
    told: dict[str, Any] = {
        "hold": kept.stepped(state=HoldState.BOOKED),
        "judged": None,
        "tenure": Tenure.FOR_GOOD,
    }
    return booking(made, **told | changes)


def ending(made: Appointment, happening: Happening = Happening.CANCELLED, **changes: Any) -> Draft:
    """The draft by which an appointment ends, and its time is free."""
    after = made.stepped(happening, NOW)
    told = {"judged": None, "tenure": Tenure.ENDED, "effects": effects_of(after, made.status)}
    return booking(after, **told | changes)


def book(
    store: BookingStore, snapshot: Snapshot, clock: str = "10:00", **changes: Any
) -> Appointment:
    """Book that Monday at *clock*, if it is free."""
    made = appointment(snapshot=snapshot, start=at(clock), **changes)
    commit(store, made)
    return made


def commit(store: BookingStore, made: Appointment, **changes: Any) -> Outcome | None:
    """Book *made*, if its time is free."""
    return store.commit(booking(made, **changes), admits(made.snapshot, made.start, made.id))


def keep(store: BookingStore, snapshot: Snapshot, clock: str = "10:00", **changes: Any) -> Hold:
    """Hold that Monday at *clock*, if it is free."""
    kept = hold(snapshot=snapshot, start=at(clock), **changes)
    store.commit(holding(kept), admits(snapshot, kept.slot.start))
    return kept


def claimed(store: BookingStore, *members: str, now: datetime = NOW) -> set[tuple[str, str, str]]:
    """Whose time is taken on that Monday, from when, and by what."""
    window = replace(appointment().slot, start=at("00:00"), end=at("23:00"))
    found = store.taken(TENANT, "sales-call", members or ("ana", "ben"), window, now)
    return {(each.member, f"{each.interval.start:%H:%M}", each.id) for each in found.claims}


def counted(store: BookingStore, slug: str = "sales-call", now: datetime = NOW) -> set[str]:
    """What counts to the caps of *slug*."""
    return {each.id for each in store.taken(TENANT, slug, (), appointment().slot, now).counted}
