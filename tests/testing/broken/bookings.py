"""Stores, each of which breaks one promise about what is booked beside what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import get_ident
from typing import Any, TypeVar

from collective_booking.adapters.memory import MemoryStore
from collective_booking.appointments import Appointment
from collective_booking.availability import Claim
from collective_booking.drafts import Draft, Outcome, SavedCalendar, Tenure
from collective_booking.errors import RepeatedIdError, StaleVersionError
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.slots import Admission
from collective_booking.testing.contracts import BookingStoreContract as Duty
from tests.testing.broken.table import broken
from tests.testing.hosts import OfStore

breaks = broken(OfStore)

Made = TypeVar("Made", Appointment | None, Hold | None)


class Writing(MemoryStore):
    """Writes another draft than it was given, or by another admission."""

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        return super().commit(self.another(draft), self.admission(draft, admit))

    def another(self, draft: Draft) -> Draft:
        return draft

    def admission(self, draft: Draft, admit: Admission | None) -> Admission | None:
        return admit

    def force(self, draft: Draft) -> None:
        """Write *draft*, whatever speaks against it."""
        own = self._of(draft.tenant)
        self._write(own, draft, self._occupied(own, draft))


# --- booking --------------------------------------------------------------------------------------


@breaks(
    Duty.test_a_booking_is_there_with_all_that_belongs_to_it,
    Duty.test_a_hold_keeps_the_time_until_it_lapses,
)
class ClaimsNothing(MemoryStore):
    @staticmethod
    def _occupied(own: Any, draft: Draft) -> None:
        return None


@breaks(
    Duty.test_a_booking_is_there_with_all_that_belongs_to_it,
    Duty.test_a_hold_keeps_the_time_until_it_lapses,
)
class ForgetsWhereTheBookerLives(Writing):
    """A column was forgotten, and every letter is on the calendar's clock from then on."""

    def another(self, draft: Draft) -> Draft:
        return replace(draft, appointment=_nowhere(draft.appointment), hold=_nowhere(draft.hold))


def _nowhere(made: Made) -> Made:
    return made and replace(made, contact=replace(made.contact, timezone=None))


class LetsAllIn(Writing):
    """Neither asks whether it may, nor has a guard."""

    def admission(self, draft: Draft, admit: Admission | None) -> None:
        return None

    @staticmethod
    def _guard(own: Any, draft: Draft, occupied: Any) -> None:
        return None


breaks(
    Duty.test_of_two_who_want_one_time_the_second_learns_who_has_it,
    Duty.test_all_members_or_none,
    Duty.test_a_hold_keeps_the_time_until_it_lapses,
    Duty.test_of_many_who_want_one_time_one_gets_it,
    Duty.test_what_ends_while_others_want_its_time_goes_to_one_of_them,
)(LetsAllIn)


@breaks(
    Duty.test_an_admission_that_lets_everything_in_cannot_overlap,
    Duty.test_the_guard_says_that_a_hold_is_in_the_way,
    Duty.test_the_guard_refuses_a_move_onto_somebody,
)
class NoGuard(MemoryStore):
    @staticmethod
    def _guard(own: Any, draft: Draft, occupied: Any) -> None:
        return None


@breaks(
    Duty.test_a_stored_buffer_reaches_what_the_slots_do_not,
    Duty.test_a_buffer_of_ones_own_reaches_what_the_slots_do_not,
    Duty.test_whoever_shares_one_member_looks_as_far_as_that_ones_claims_reach,
    Duty.test_a_cap_is_judged_by_what_counts_under_the_lock,
    Duty.test_of_many_who_want_the_last_place_under_a_cap_one_gets_it,
)
class OnlyTheGuard(Writing):
    def admission(self, draft: Draft, admit: Admission | None) -> None:
        return None


@breaks(Duty.test_the_guard_lets_neighbours_touch)
class KeepsNeighboursApart(MemoryStore):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        slot = draft.subject.slot
        near = self.taken(draft.tenant, "", ["ana", "ben"], _around(slot), draft.now).claims
        return draft.outcome if near else super().commit(draft, admit)


def _around(slot: Interval) -> Interval:
    minute = timedelta(minutes=1)
    return Interval(slot.start - minute, slot.end + minute)


class Admitting(Writing):
    """Asks about other claims than are in the way."""

    def admission(self, draft: Draft, admit: Admission | None) -> Admission | None:
        return admit and (lambda claims, counted: admit(self.claims(draft, claims), counted))

    def claims(self, draft: Draft, claims: Iterable[Claim]) -> Sequence[Claim]:
        raise NotImplementedError


@breaks(Duty.test_shared_claims_are_never_in_the_way)
class AsksAboutSharedClaims(Admitting):
    def claims(self, draft: Draft, claims: Iterable[Claim]) -> Sequence[Claim]:
        members = [each.id for each in draft.subject.snapshot.calendar.members]
        return self.taken(draft.tenant, "", members, draft.subject.slot, draft.now).claims


@breaks(Duty.test_the_longest_appointment_is_seen_from_its_middle)
class LooksAFewHoursBack(Admitting, NoGuard):
    def claims(self, draft: Draft, claims: Iterable[Claim]) -> Sequence[Claim]:
        since = draft.subject.slot.start - timedelta(hours=2)
        return [each for each in claims if each.interval.start >= since]


@breaks(Duty.test_a_shared_claim_meets_an_exclusive_one)
class OneClaimOfEachMember(MemoryStore):
    @staticmethod
    def _write(own: Any, draft: Draft, occupied: Any) -> None:
        MemoryStore._write(own, draft, occupied)
        mine = {claim.member for claim in draft.claims}
        for id_, each in own.occupied.items():
            if id_ != draft.subject.id:
                left = tuple(claim for claim in each.claims if claim.member not in mine)
                own.occupied[id_] = replace(each, claims=left)


@breaks(
    Duty.test_what_is_refused_leaves_nothing_behind,
    Duty.test_what_breaks_leaves_nothing_behind,
    Duty.test_a_move_that_is_refused_leaves_all_as_it_was,
)
class WritesFirst(Writing):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        try:
            return super().commit(draft, admit)
        except Exception:
            self.force(draft)
            raise


@breaks(
    Duty.test_who_judged_by_another_version_judges_anew,
    Duty.test_a_calendar_that_is_not_stored_books_nothing,
)
class JudgesNothing(Writing):
    def another(self, draft: Draft) -> Draft:
        return replace(draft, judged=None)


@breaks(Duty.test_whoever_books_while_a_member_leaves_is_told_of)
class TellsOfNobodyAndJudgesNothing(JudgesNothing):
    def save_calendar(self, *asked: Any, **named: Any) -> SavedCalendar:
        return replace(super().save_calendar(*asked, **named), kept=())


@breaks(Duty.test_what_is_not_judged_names_no_version)
class JudgesAll(MemoryStore):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        snapshot = draft.subject.snapshot
        if self.calendar(draft.tenant, draft.subject.calendar).version != snapshot.version:
            return None
        return super().commit(draft, admit)


# --- changing -------------------------------------------------------------------------------------


class Occupying(MemoryStore):
    """Takes what `held` says, where the draft says something else."""

    @classmethod
    def _occupied(cls, own: Any, draft: Draft) -> Any:
        before = own.occupied.get(draft.subject.id)
        return cls.held(draft, before, MemoryStore._occupied(own, draft))

    @staticmethod
    def held(draft: Draft, before: Any, now: Any) -> Any:
        raise NotImplementedError


@breaks(Duty.test_a_move_takes_the_new_time_and_frees_the_old)
class KeepsTheOldTime(Occupying):
    @staticmethod
    def held(draft: Draft, before: Any, now: Any) -> Any:
        return replace(now, claims=(*before.claims, *now.claims)) if before and now else now


@breaks(Duty.test_an_edit_touches_no_time, Duty.test_a_step_of_a_payment_leaves_the_claims_alone)
class FreesWhatStays(Occupying):
    @staticmethod
    def held(draft: Draft, before: Any, now: Any) -> Any:
        return None if draft.tenure is Tenure.SAME else now


@breaks(Duty.test_what_ends_gives_everything_back, Duty.test_a_released_hold_gives_the_time_back)
class NeverFrees(Occupying):
    @staticmethod
    def held(draft: Draft, before: Any, now: Any) -> Any:
        return before if draft.tenure is Tenure.ENDED else now


@breaks(Duty.test_a_request_may_count_and_take_no_time)
class CountsOnlyClaims(Occupying):
    @staticmethod
    def held(draft: Draft, before: Any, now: Any) -> Any:
        return now if now and now.claims else None


@breaks(Duty.test_what_is_moved_does_not_count_against_itself)
class CountsItself(MemoryStore):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        moving = draft.capped and draft.subject.version > 1
        return draft.outcome if moving else super().commit(draft, admit)


@breaks(
    Duty.test_of_two_who_change_one_version_the_second_is_stale,
    Duty.test_of_two_steps_of_one_hold_the_second_is_stale,
    Duty.test_an_id_that_is_taken_is_not_taken_again,
    Duty.test_the_id_of_a_hold_is_not_taken_either,
    Duty.test_of_many_who_change_one_version_one_does,
)
class Overwrites(Writing):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        try:
            return super().commit(draft, admit)
        except (RepeatedIdError, StaleVersionError):
            self.force(draft)
            return None


@breaks(Duty.test_every_version_can_be_read_again)
class ReadsTheLatest(MemoryStore):
    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        return super().appointment(tenant, id)


# --- many at once ---------------------------------------------------------------------------------


@breaks(Duty.test_those_who_want_different_times_all_get_them)
class OneThread(MemoryStore):
    """For one thread alone, as connections of some libraries are."""

    def __init__(self) -> None:
        super().__init__()
        self._mine = get_ident()

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        if get_ident() != self._mine:
            raise RuntimeError("made in another thread")
        return super().commit(draft, admit)
