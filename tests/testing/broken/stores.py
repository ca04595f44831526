"""Stores, each of which breaks one promise about calendars, or about reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from collective_booking.adapters.memory import MemoryStore
from collective_booking.appointments import Appointment
from collective_booking.availability import Claim
from collective_booking.calendars import CollectiveCalendar
from collective_booking.drafts import (
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Taken,
)
from collective_booking.effects import Effect
from collective_booking.errors import UnknownBookingError, UnknownCalendarError
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.testing.contracts import BookingStoreContract as Duty
from tests.bookings import calendar, hold
from tests.testing.broken.table import broken
from tests.testing.hosts import OfStore

breaks = broken(OfStore)


# --- calendars ------------------------------------------------------------------------------------


class Saving(MemoryStore):
    """Tells of what was saved as `told_of` says."""

    def save_calendar(self, *asked: Any, **named: Any) -> SavedCalendar:
        return self.told_of(super().save_calendar(*asked, **named))

    def told_of(self, saved: SavedCalendar) -> SavedCalendar:
        raise NotImplementedError


@breaks(Duty.test_a_calendar_comes_back_as_it_was_stored)
class LosesSettings(MemoryStore):
    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        found = super().calendar(tenant, slug)
        return replace(found, calendar=replace(found.calendar, max_per_day=None))


@breaks(
    Duty.test_a_calendar_that_is_not_there_is_said_to_be_missing,
    Duty.test_version_0_says_that_there_is_none_yet,
)
class InventsCalendars(MemoryStore):
    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        try:
            return super().calendar(tenant, slug)
        except UnknownCalendarError:
            return StoredCalendar(calendar(), 1)


@breaks(Duty.test_each_change_is_a_version_and_no_change_is_none)
class CountsEverySave(Saving):
    def told_of(self, saved: SavedCalendar) -> SavedCalendar:
        return replace(saved, changed=True)


@breaks(
    Duty.test_who_read_another_version_may_not_overwrite,
    Duty.test_version_0_says_that_there_is_none_yet,
    Duty.test_of_many_who_save_one_version_one_does,
)
class IgnoresVersions(MemoryStore):
    def save_calendar(
        self, tenant: str, calendar: CollectiveCalendar, version: int | None, now: datetime
    ) -> SavedCalendar:
        return super().save_calendar(tenant, calendar, None, now)


@breaks(
    Duty.test_tenants_have_calendars_of_their_own,
    Duty.test_one_id_in_two_tenants_is_two_people_and_two_things,
    Duty.test_a_request_is_one_per_tenant,
    Duty.test_each_tenant_has_an_outbox_of_its_own,
)
class ReadsOfAnyTenant(MemoryStore):
    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        return super().calendar(list(self._tenants)[-1], slug)

    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        return super().appointment(next(iter(self._tenants)), id, version)

    def outcome(self, tenant: str, request: Request) -> Outcome | None:
        known = self._of(next(iter(self._tenants))).outcomes.get(request.id)
        return known and known[1]

    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        return super().take_effects(next(iter(self._tenants)), now, until, limit)


@breaks(Duty.test_an_appointment_keeps_the_calendar_it_was_booked_by)
class ReadsTodaysCalendar(MemoryStore):
    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        found = super().appointment(tenant, id, version)
        today = self.calendar(tenant, found.calendar).calendar
        return replace(found, snapshot=replace(found.snapshot, calendar=today))


@breaks(
    Duty.test_appointments_that_keep_a_removed_member_are_told,
    Duty.test_they_are_told_even_if_the_calendar_was_saved_so_before,
)
class TellsOfNobody(Saving):
    def told_of(self, saved: SavedCalendar) -> SavedCalendar:
        return replace(saved, kept=())


@breaks(Duty.test_they_are_told_even_if_the_calendar_was_saved_so_before)
class TellsOfChanges(Saving):
    def told_of(self, saved: SavedCalendar) -> SavedCalendar:
        return saved if saved.changed else replace(saved, kept=())


def _standing(own: Any) -> list[Appointment]:
    return [versions[-1] for versions in own.appointments.values()]


@breaks(Duty.test_what_is_over_or_cancelled_concerns_nobody)
class TellsOfThePast(MemoryStore):
    @staticmethod
    def _kept(own: Any, calendar: CollectiveCalendar, now: datetime) -> tuple[Appointment, ...]:
        roster = {each.id for each in calendar.members}
        return tuple(e for e in _standing(own) if {m.id for m in e.members} - roster)


@breaks(Duty.test_a_member_who_only_changes_has_not_left)
class TellsOfRenaming(MemoryStore):
    @staticmethod
    def _kept(own: Any, calendar: CollectiveCalendar, now: datetime) -> tuple[Appointment, ...]:
        return tuple(e for e in _standing(own) if not {*e.members} <= {*calendar.members})


@breaks(Duty.test_another_calendars_appointments_are_not_its_own)
class TellsOfOthers(MemoryStore):
    @staticmethod
    def _kept(own: Any, calendar: CollectiveCalendar, now: datetime) -> tuple[Appointment, ...]:
        mine = [replace(each.snapshot, calendar=calendar) for each in _standing(own)]
        return tuple(e for e, m in zip(_standing(own), mine, strict=True) if e.snapshot != m)


# --- reading --------------------------------------------------------------------------------------


@breaks(Duty.test_what_is_not_there_is_said_to_be_missing)
class InventsHolds(MemoryStore):
    def hold(self, tenant: str, id: str) -> Hold:
        try:
            return super().hold(tenant, id)
        except UnknownBookingError:
            return hold(id=id)


@breaks(Duty.test_appointments_come_by_start_and_then_by_id)
class LatestFirst(MemoryStore):
    def appointments(
        self, tenant: str, window: Interval, slug: str | None = None
    ) -> tuple[Appointment, ...]:
        return super().appointments(tenant, window, slug)[::-1]


class Telling(MemoryStore):
    """Tells of what is taken as `told` says."""

    def taken(
        self, tenant: str, slug: str, members: Sequence[str], window: Interval, now: datetime
    ) -> Taken:
        return self.told(super().taken(tenant, slug, members, window, now), slug, window)

    def told(self, taken: Taken, slug: str, window: Interval) -> Taken:
        raise NotImplementedError


@breaks(Duty.test_what_is_taken_is_told_of_every_calendar)
class OfOneCalendar(Telling):
    def told(self, taken: Taken, slug: str, window: Interval) -> Taken:
        occupied = [own.occupied for own in self._tenants.values()]
        mine = {id_ for own in occupied for id_, each in own.items() if each.calendar == slug}
        return replace(taken, claims=tuple(each for each in taken.claims if each.id in mine))


@breaks(Duty.test_what_is_taken_comes_back_whole)
class LosesBuffers(Telling):
    def told(self, taken: Taken, slug: str, window: Interval) -> Taken:
        bare = [Claim(each.id, each.member, each.interval) for each in taken.claims]
        return replace(taken, claims=tuple(bare))


@breaks(Duty.test_claims_are_read_as_far_as_the_largest_buffer_reaches)
class OfTheWindowAlone(Telling):
    def told(self, taken: Taken, slug: str, window: Interval) -> Taken:
        near = [
            each
            for each in taken.claims
            if each.interval.start < window.end and window.start < each.interval.end
        ]
        return replace(taken, claims=tuple(near))


@breaks(Duty.test_a_month_around_is_counted)
class CountsTheWindow(Telling):
    def told(self, taken: Taken, slug: str, window: Interval) -> Taken:
        inside = [each for each in taken.counted if window.start <= each.start < window.end]
        return replace(taken, counted=tuple(inside))


@breaks(Duty.test_texts_of_all_the_world_come_back)
class OnlyAscii(MemoryStore):
    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        found = super().appointment(tenant, id, version)
        return replace(found, title=found.title.encode("ascii", "replace").decode())


@breaks(Duty.test_a_snapshot_is_of_the_version_that_was_stored)
class ForgetsWhichVersion(MemoryStore):
    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        found = super().appointment(tenant, id, version)
        return replace(found, snapshot=replace(found.snapshot, version=1))


class LosesTheOutbox(MemoryStore):
    """Says that it outlives a crash."""

    def reopened(self) -> MemoryStore:
        for own in self._tenants.values():
            own.outbox.clear()
        return self


class OfDurable(OfStore):
    durable = True

    def reopened(self, store: Any) -> Any:
        return store.reopened()


broken(OfDurable)(Duty.test_what_is_written_is_there_after_a_crash)(LosesTheOutbox)
