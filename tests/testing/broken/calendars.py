"""Calendar providers, each of which breaks one promise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import get_ident
from typing import Any

from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from collective_booking.testing import FakeProvider
from collective_booking.testing.contracts import CalendarProviderContract as Duty
from tests.bookings import HOST
from tests.testing.broken.table import broken
from tests.testing.hosts import OfProvider

breaks = broken(OfProvider)
Told = Mapping[str, Availability]


class OneThread(FakeProvider):
    """For one thread alone, as connections of some libraries are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mine = get_ident()

    def _judge(self, method: str, copy: MemberCopy) -> None:
        self._only_mine()
        super()._judge(method, copy)

    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        self._only_mine()
        return super().availability(members, window)

    def _only_mine(self) -> None:
        if get_ident() != self._mine:
            raise RuntimeError("made in another thread")


breaks(Duty.test_threads_get_their_own_answers, Duty.test_threads_lose_no_copy)(OneThread)

# --- busy time ------------------------------------------------------------------------------------


@breaks(Duty.test_everybody_who_is_asked_about_is_told_of)
class ForgetsTheLast(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        return super().availability(members[:-1], window)


@breaks(Duty.test_busy_time_is_told_as_it_is)
class FillsGaps(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        told = super().availability(members, window)
        return {id_: replace(known, busy=_hull(known.busy)) for id_, known in told.items()}


def _hull(busy: IntervalSet) -> IntervalSet:
    parts = list(busy)
    return IntervalSet([Interval(parts[0].start, parts[-1].end)]) if parts else busy


@breaks(Duty.test_an_empty_calendar_is_free)
class DistrustsSilence(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        nothing = Availability(unknown=(Unknown(window, Cause.NO_ANSWER),))
        told = super().availability(members, window)
        return {id_: known if known.busy else nothing for id_, known in told.items()}


@breaks(Duty.test_nobody_is_busy_with_what_others_do)
class MixesMembers(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        told = super().availability(members, window)
        return dict.fromkeys(told, Availability.union_of(told.values()))


@breaks(Duty.test_a_large_team_is_told_of_whole)
class OneBatch(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        rest = {member.id: Availability() for member in members[20:]}
        return {**super().availability(members[:20], window), **rest}


@breaks(Duty.test_a_calendar_that_cannot_be_read_is_not_free)
class UnreadIsFree(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        try:
            return super().availability(members, window)
        except ConnectionError:
            return {member.id: Availability() for member in members}


@breaks(Duty.test_an_answer_is_clipped_to_the_window)
class TellsTheWholeDay(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        day = window.start.replace(hour=0)
        return super().availability(members, Interval(day, day + timedelta(days=1)))


@breaks(Duty.test_what_spans_the_window_fills_it)
class OnlyWhatBeginsInside(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        told = super().availability(members, window)
        return {id_: replace(known, busy=self._begun(id_, window)) for id_, known in told.items()}

    def _begun(self, id: str, window: Interval) -> IntervalSet:
        busy = self.availability_of[id].busy
        inside = [each for each in busy if window.start <= each.start < window.end]
        return IntervalSet(inside) & IntervalSet([window])


@breaks(Duty.test_what_only_touches_the_window_is_not_in_it)
class AMinuteTooMuch(FakeProvider):
    def _known(self, id: str) -> Availability:
        known, minute = super()._known(id), timedelta(minutes=1)
        wider = [Interval(each.start - minute, each.end + minute) for each in known.busy]
        return replace(known, busy=IntervalSet(wider))


@breaks(Duty.test_a_long_window_is_covered_to_its_end)
class TwoMonthsAtMost(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        end = min(window.end, window.start + timedelta(days=62))
        return super().availability(members, Interval(window.start, end))


@breaks(Duty.test_asking_again_changes_nothing)
class AnswersOnce(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        told = super().availability(members, window)
        self.availability_of.clear()
        return told


@breaks(Duty.test_it_says_whether_it_can_tell_our_own_copies)
class SaysThatItCannotTell(FakeProvider):
    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        told = super().availability(members, window)
        return {id_: replace(known, sees_own_copies=True) for id_, known in told.items()}


# --- copies ---------------------------------------------------------------------------------------


class Careless(FakeProvider):
    """Acts on `self.own(copy)`, the copies of one member, without a look at anything else."""

    def own(self, copy: MemberCopy) -> dict[str, MemberCopy]:
        return self.copies.setdefault(copy.member.id, {})


@breaks(Duty.test_a_copy_that_was_put_is_there)
class PutsUntitled(FakeProvider):
    def put(self, copy: MemberCopy) -> None:
        super().put(replace(copy, icalendar=copy.icalendar.replace(b"Sales call", b"Busy")))


@breaks(Duty.test_a_copy_is_found_by_its_uid)
class NamesAnew(Careless):
    def put(self, copy: MemberCopy) -> None:
        self.own(copy)[f"event-{copy.appointment.id}"] = copy


@breaks(Duty.test_the_same_copy_again_is_still_one)
class PutsEachTime(Careless):
    def put(self, copy: MemberCopy) -> None:
        own = self.own(copy)
        own[f"{copy.appointment.uid}{len(own) or ''}"] = copy


@breaks(Duty.test_putting_replaces_what_is_there)
class KeepsTheFirst(Careless):
    def put(self, copy: MemberCopy) -> None:
        self.own(copy).setdefault(copy.appointment.uid, copy)


@breaks(Duty.test_each_member_has_a_copy_of_their_own)
class PutsForEverybody(FakeProvider):
    def put(self, copy: MemberCopy) -> None:
        for member in copy.appointment.members:
            super().put(replace(copy, member=member))


@breaks(Duty.test_appointments_are_kept_apart)
class FileNames(Careless):
    def put(self, copy: MemberCopy) -> None:
        own = self.own(copy)
        name = _file_name(copy.appointment.uid)
        for uid in [each for each in own if _file_name(each) == name]:
            del own[uid]
        own[copy.appointment.uid] = copy


def _file_name(uid: str) -> str:
    return re.sub(r"[^a-z0-9@]", "_", uid)


@breaks(Duty.test_a_copy_that_cannot_be_kept_is_an_error)
class SaysNothing(FakeProvider):
    def put(self, copy: MemberCopy) -> None:
        if copy.member.id not in self.broken:
            super().put(copy)


@breaks(Duty.test_an_update_changes_the_copy, Duty.test_an_update_repeated_changes_nothing)
class NeverUpdates(FakeProvider):
    def update(self, copy: MemberCopy) -> None:
        pass


@breaks(Duty.test_an_update_raises_the_sequence)
class NoSequence(FakeProvider):
    def update(self, copy: MemberCopy) -> None:
        super().update(
            replace(copy, icalendar=copy.icalendar.replace(b"SEQUENCE:1", b"SEQUENCE:0"))
        )


@breaks(Duty.test_a_copy_that_its_owner_deleted_is_put_anew)
class UpdatesWhatIsThere(Careless):
    def update(self, copy: MemberCopy) -> None:
        if copy.appointment.uid in self.own(copy):
            super().update(copy)


@breaks(Duty.test_a_removed_copy_is_gone)
class NeverRemoves(FakeProvider):
    def remove(self, copy: MemberCopy) -> None:
        pass


@breaks(Duty.test_removing_what_is_gone_is_no_failure)
class PutsCancellations(Careless):
    def remove(self, copy: MemberCopy) -> None:
        own = self.own(copy)
        if own.pop(copy.appointment.uid, copy).key == copy.key:
            own[copy.appointment.uid] = copy


@breaks(Duty.test_removing_takes_nothing_else_along)
class RemovesAll(FakeProvider):
    def remove(self, copy: MemberCopy) -> None:
        self.copies.clear()


@breaks(Duty.test_words_of_strangers_are_only_words)
class TakesNotesForEvents(Careless):
    def put(self, copy: MemberCopy) -> None:
        super().put(copy)
        if "BEGIN:VEVENT" in copy.appointment.notes:
            self.own(copy)[f"other@{HOST}"] = copy


# --- both -----------------------------------------------------------------------------------------


class Remembers(FakeProvider):
    """Keeps the times of copies among busy time, and never says so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: list[Interval] = []

    def availability(self, members: Sequence[Member], window: Interval) -> Told:
        told = super().availability(members, window)
        seen = Availability(busy=IntervalSet(self.seen))
        return {id_: known | seen for id_, known in told.items()}


@breaks(
    Duty.test_our_own_copies_make_nobody_busy,
    Duty.test_a_moved_copy_leaves_nothing_behind,
    Duty.test_a_removed_copy_leaves_the_time_free,
)
class KeepsOldTimes(Remembers):
    def put(self, copy: MemberCopy) -> None:
        super().put(copy)
        self.seen.append(copy.appointment.slot)


@breaks(Duty.test_a_member_keeps_their_own_busy_time)
class EmptiesCalendars(FakeProvider):
    def remove(self, copy: MemberCopy) -> None:
        super().remove(copy)
        self.availability_of[copy.member.id] = Availability(busy=NEVER)
