"""Stores, each of which breaks one promise about holds, requests, or the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from collective_booking.adapters.memory import MemoryStore
from collective_booking.drafts import Draft, Outcome, Request
from collective_booking.effects import Attempted, Effect
from collective_booking.errors import (
    HoldExpiredError,
    StaleVersionError,
    UnknownBookingError,
)
from collective_booking.reasons import SlotUnavailableError
from collective_booking.slots import Admission
from collective_booking.testing.contracts import BookingStoreContract as Duty
from tests.bookings import NOW
from tests.testing.broken.bookings import LetsAllIn, Occupying, Writing
from tests.testing.broken.table import broken
from tests.testing.hosts import OfStore

breaks = broken(OfStore)

# --- holds ----------------------------------------------------------------------------------------


@breaks(Duty.test_a_lapsed_hold_takes_nothing_and_is_there_still)
class NeverLapses(Occupying):
    @staticmethod
    def held(draft: Draft, before: Any, now: Any) -> Any:
        return now and replace(now, until=None)


@breaks(
    Duty.test_a_confirmed_hold_is_an_appointment_for_good,
    Duty.test_a_hold_that_settles_does_not_lapse,
    Duty.test_a_lapsed_hold_is_revived_if_its_time_is_free,
)
class AlwaysLapses(Occupying):
    @staticmethod
    def held(draft: Draft, before: Any, now: Any) -> Any:
        return replace(now, until=draft.hold.expires) if now and draft.hold else now


@breaks(
    Duty.test_a_lapsed_hold_cannot_be_confirmed,
    Duty.test_a_hold_whose_time_went_to_somebody_else_cannot_be_confirmed,
    Duty.test_a_hold_that_lost_one_member_is_lost,
)
class ConfirmsWhatLapsed(Writing):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        try:
            return super().commit(draft, admit)
        except HoldExpiredError:
            self.force(draft)
            return None


@breaks(Duty.test_what_was_refused_frees_nobody)
class FreesFirst(MemoryStore):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        members = draft.subject.snapshot.calendar.members
        self._of(draft.tenant).free_lapsed(members, draft.now)
        try:
            return super().commit(draft, admit)
        except HoldExpiredError:
            return draft.outcome


@breaks(Duty.test_unfinished_holds_come_when_they_need_something)
class AllAreUnfinished(MemoryStore):
    def unfinished(self, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
        return super().unfinished(tenant, now + timedelta(days=1), limit)


@breaks(Duty.test_an_attempt_whose_payment_is_intended_is_unfinished_at_once)
class WaitsUntilItLapses(MemoryStore):
    def unfinished(self, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
        found = super().unfinished(tenant, now, limit)
        return tuple(each for each in found if self.hold(tenant, each).expires <= now)


# --- requests and news ----------------------------------------------------------------------------


@breaks(
    Duty.test_a_request_is_carried_out_once,
    Duty.test_a_request_answers_what_it_did_and_not_what_became_of_it,
    Duty.test_one_request_at_once_is_carried_out_once,
)
class ForgetsRequests(LetsAllIn):
    def another(self, draft: Draft) -> Draft:
        return replace(draft, request=None)


@breaks(Duty.test_something_else_under_the_same_request_is_an_error)
class KnowsRequestsById(MemoryStore):
    def outcome(self, tenant: str, request: Request) -> Outcome | None:
        known = self._of(tenant).outcomes.get(request.id)
        return known and known[1]


@breaks(Duty.test_a_refusal_is_decided_afresh)
class RemembersRefusals(MemoryStore):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        try:
            return super().commit(draft, admit)
        except SlotUnavailableError:
            if draft.request:
                known = (draft.request.fingerprint, draft.outcome, draft.now)
                self._of(draft.tenant).outcomes[draft.request.id] = known
            raise


@breaks(
    Duty.test_news_are_taken_in_once,
    Duty.test_the_same_news_at_once_are_taken_in_once,
)
class ForgetsNews(Writing):
    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        try:
            return super().commit(replace(draft, news=None), admit)
        except StaleVersionError:
            return None


@breaks(Duty.test_old_requests_and_news_are_forgotten)
class NeverForgets(MemoryStore):
    def forget(self, tenant: str, before: datetime) -> None:
        pass


# --- taking effects -------------------------------------------------------------------------------


class Taking(MemoryStore):
    """Gives what `taken` says of what is due."""

    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        return self.taken_of(tenant, super().take_effects(tenant, now, until, limit))

    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        raise NotImplementedError


@breaks(Duty.test_effects_are_due_with_what_they_are_of)
class LosesCopies(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(each for each in due if each.channel != "copy")


@breaks(Duty.test_what_is_taken_is_leased, Duty.test_many_takers_at_once_get_each_effect_once)
class GivesEachTwice(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._given: set[str] = set()

    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        with self._lock:
            found = super().take_effects(tenant, now, until, limit)
            for each in found:
                if each.key not in self._given:
                    self._given.add(each.key)
                    self._of(tenant).outbox[each.key].due = now
            return found


@breaks(Duty.test_who_crashes_gives_back_what_they_took)
class LeasesForGood(MemoryStore):
    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        return super().take_effects(tenant, now, until + timedelta(days=1), limit)


@breaks(Duty.test_the_earliest_due_come_first)
class ByTheirNames(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(sorted(due, key=lambda each: each.key))


@breaks(Duty.test_messages_to_one_address_keep_their_order)
class AllAtOnce(MemoryStore):
    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        due = [each for each in self._of(tenant).outbox.values() if each.due <= now]
        for each in due:
            each.due = until
        return tuple(each.effect for each in due)


@breaks(Duty.test_who_fails_holds_up_nobody_else)
class OneVersionAtATime(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        waiting = [each for each in self._of(tenant).outbox.values() if each.state == "waiting"]
        first = min((each.effect.version for each in waiting), default=0)
        return tuple(each for each in due if each.version == first)


@breaks(Duty.test_other_appointments_wait_for_nobody)
class OneAppointmentAtATime(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(each for each in due if each.appointment == due[0].appointment)


@breaks(Duty.test_a_later_message_knows_that_an_earlier_one_arrived)
class ForgetsWhoWasReached(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(replace(each, reached=False) for each in due)


@breaks(Duty.test_nobody_is_reached_by_what_others_got)
class ReachesAllByOne(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        any_of_them = any(each.reached for each in due)
        return tuple(replace(each, reached=any_of_them) for each in due)


@breaks(Duty.test_a_later_message_knows_that_the_last_one_was_lost)
class ForgetsWhatWasMissed(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(replace(each, missed=False) for each in due)


@breaks(Duty.test_only_the_last_one_tells_whether_something_was_missed)
class NeverForgivesALoss(Taking):
    def taken_of(self, tenant: str, due: tuple[Effect, ...]) -> tuple[Effect, ...]:
        dead = [each.effect for each in self._of(tenant).outbox.values() if each.state == "dead"]
        lost = {(each.appointment, each.address) for each in dead}
        return tuple(replace(e, missed=(e.appointment, e.address) in lost) for e in due)


# --- what came of them ----------------------------------------------------------------------------


@breaks(Duty.test_what_was_delivered_is_never_due_again)
class ForgetsDeliveries(MemoryStore):
    def attempted(self, attempted: Attempted) -> None:
        if not attempted.delivered:
            super().attempted(attempted)


@breaks(Duty.test_what_fails_is_due_again_when_it_should_be)
class TriesAgainAtOnce(MemoryStore):
    def attempted(self, attempted: Attempted) -> None:
        super().attempted(replace(attempted, again=attempted.again and NOW))


@breaks(Duty.test_what_has_failed_is_told_with_its_reason)
class ForgetsReasons(MemoryStore):
    def undelivered(self, tenant: str) -> tuple[Effect, ...]:
        return tuple(replace(each, failure="failed") for each in super().undelivered(tenant))


@breaks(Duty.test_a_dead_letter_is_not_due_until_somebody_asks_for_it)
class NeverGivesUp(MemoryStore):
    def attempted(self, attempted: Attempted) -> None:
        again = NOW if attempted.dead else attempted.again
        super().attempted(replace(attempted, again=again))


@breaks(Duty.test_what_waits_after_a_failure_can_be_hurried)
class NeverHurries(MemoryStore):
    def retry(self, tenant: str, key: str, now: datetime) -> None:
        pass


@breaks(Duty.test_only_what_has_failed_can_be_retried)
class RetriesAnything(MemoryStore):
    def retry(self, tenant: str, key: str, now: datetime) -> None:
        try:
            super().retry(tenant, key, now)
        except UnknownBookingError:
            return


@breaks(Duty.test_who_comes_late_changes_nothing)
class BelievesTheLast(MemoryStore):
    def attempted(self, attempted: Attempted) -> None:
        item = self._of(attempted.effect.tenant).outbox[attempted.effect.key]
        item.state = type(item.state)("waiting")
        super().attempted(attempted)
