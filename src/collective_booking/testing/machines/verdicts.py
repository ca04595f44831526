"""What may never be, whatever is done: looked at from outside, by rules that are written once more.

Lives here: `Verdicts`, which judges after every step and at the end of each game.
Must not live here: a question to the code that is being judged how it decides.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import TypeAlias

from hypothesis.stateful import invariant

from collective_booking.holds import OUTCOMES, Hold, HoldState
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.settings import BufferMode
from collective_booking.testing.machines.scene import EVERYTHING, TAKES_PLACE, Live, Scene, Seen
from collective_booking.testing.samples import EUROS, HOST

_Copy: TypeAlias = tuple[str, Interval, str]
"""An appointment in somebody's calendar: its UID, when it is, what it is called."""


class Verdicts(Scene):
    """The judge of a game."""

    # --- after every step -----------------------------------------------------------------------

    @invariant()
    def nothing_is_that_may_not_be(self) -> None:
        """Each of these, of one look: nothing happens between them."""
        seen = self.look()
        self.nobody_is_in_two_places(seen)
        self.an_appointment_keeps_its_people(seen)
        self.money_moves_once_and_says_which(seen)

    def nobody_is_in_two_places(self, seen: Seen) -> None:
        """No required member meets twice at a time; buffers and caps hold too (F2, F7, N3)."""
        after = self.live(seen)
        for one, other in combinations(after.values(), 2):
            both = sorted(one.people & other.people)
            apart = one.slot.end <= other.slot.start or other.slot.end <= one.slot.start
            assert apart or not both, f"{one} and {other} both take the time of {both} (F7)"
        for each in after.values():
            if each != self.before.get(each.id):
                self._is_kept_apart(each, after)
                self._is_within_its_cap(each, after, seen)
        self.before = after

    def _is_kept_apart(self, new: Live, after: dict[str, Live]) -> None:
        """Buffers, by the mode of the one that came last (F2)."""
        own = new.snapshot.calendar
        for other in after.values():
            if other.id == new.id or not new.people & other.people:
                continue
            if self.before.get(other.id) != other:
                continue  # it came in the same step, and is asked itself
            first, then = sorted((new, other), key=lambda each: each.slot.start)
            after_first = first.snapshot.calendar.buffer_after
            before_then = then.snapshot.calendar.buffer_before
            both = own.buffer_mode is BufferMode.SUM
            needed = after_first + before_then if both else max(after_first, before_then)
            between = then.slot.start - first.slot.end
            told = f"between {first} and {then} there are {between}, not {needed} (F2)"
            assert between >= needed, told

    def _is_within_its_cap(self, new: Live, after: dict[str, Live], seen: Seen) -> None:
        """The day's cap, as it is today (N3)."""
        slug = new.snapshot.calendar.slug
        most = self.service.calendar(slug).calendar.max_per_day
        if most is None or (new.id in self.before and self.before[new.id].slot == new.slot):
            return
        day = new.slot.start.date()
        booked = [each for each in seen.agenda if each.calendar == slug]
        counted = {each.id for each in booked if each.status.counts and each.start.date() == day}
        counted |= {
            each.id
            for each in after.values()
            if each.snapshot.calendar.slug == slug and each.slot.start.date() == day
        }
        counted |= {new.id}
        told = f"{slug} may have {most} on {day}, and has {sorted(counted)} (N3)"
        assert len(counted) <= most, told

    def an_appointment_keeps_its_people(self, seen: Seen) -> None:
        """Owner, members and UID are those of its first version, for ever (A2, E5)."""
        for each in seen.agenda:
            first = self.store.appointment(self.tenant, each.id, 1)
            for what in ("owner", "members", "uid"):
                was, now = getattr(first, what), getattr(each, what)
                assert now == was, f"{each!r}: {what} was {was!r}, and is {now!r} (A2, E5)"
            required = [member for member in each.members if member.required]
            assert each.owner in required, f"{each!r}: {each.owner!r} is not required (O2)"

    def money_moves_once_and_says_which(self, seen: Seen) -> None:
        """Each attempt ends booked, released or refunded, and the money agrees (M2, M3, M5)."""
        booked = {each.id for each in seen.agenda}
        for hold in seen.holds:
            there = hold.id in booked
            told = f"{hold!r} is {'' if there else 'not '}in the agenda (M2)"
            assert there == (hold.state is HoldState.BOOKED), told
            self._has_what_is_due(hold)
            # Released: somebody may have paid after all was over, and nobody has told us yet.
            moved = self._moves_of(hold.id)
            if moved is not None:
                taken, given_back = moved
                told = f"{hold!r}: payments taken: {taken}, given back: {given_back} (M2, M5)"
                assert given_back <= taken <= 1, told

    def _has_what_is_due(self, hold: Hold) -> None:
        """What the host has of it, while it goes on and after it (M2, M3, M5)."""
        has, whole = self.money_of(hold), EUROS.amount
        assert 0 <= has <= whole, f"{hold!r}: the host has {has}, and {whole} is the price (M3)"
        if hold.state is HoldState.BOOKED and hold.snapshot.calendar.price:
            due = {whole, whole - self.refunds.get(hold.id, 0)}
            assert has in due, f"{hold!r}: the host has {has}, not one of {sorted(due)} (M3, M5)"
        elif hold.state is HoldState.REFUNDED:
            assert has == 0, f"{hold!r}: the host still has {has} (M2)"

    def _moves_of(self, hold: str) -> tuple[int, int] | None:
        reference = self.references.get(hold)
        return self.moves(self.gateway, reference) if reference else None

    # --- at the end -----------------------------------------------------------------------------

    def teardown(self) -> None:
        """Heal everything, let time pass, deliver: nothing is left open, and all agree."""
        if not hasattr(self, "service"):
            return
        self.faults.heal()
        for notice in list(self.notices(self.gateway)):
            self.service.payment_happened(notice)
        self.clock.advance(timedelta(hours=3))
        for _ in range(3):
            self.service.deliver()
            self.clock.advance(timedelta(days=1))
        waiting = self.service.undelivered()
        assert not waiting, f"nothing fails any more, and these wait still: {waiting} (E1)"
        for hold in self.all_holds():
            self._has_ended(hold)
        self._calendars_agree()

    def _has_ended(self, hold: Hold) -> None:
        """Its attempt is over, and its money is where that says (M2, M5)."""
        assert hold.state in OUTCOMES, f"{hold!r} has come to no end (M2)"
        assert hold.wakes is None, f"{hold!r} has ended, and goes on at {hold.wakes} (M2)"
        paid = hold.snapshot.calendar.price is not None and hold.state is HoldState.BOOKED
        due = EUROS.amount - self.refunds.get(hold.id, 0) if paid else 0
        has = self.money_of(hold)
        assert has == due, f"{hold!r} has ended: the host has {has}, not {due} (M2, M5)"
        reference = self.references.get(hold.id)
        reserved = reference and self.reserved(self.gateway, reference)
        assert not reserved, f"{hold!r} has ended, and its money is still reserved (M2)"

    def _calendars_agree(self) -> None:
        """Who has a calendar finds in it what takes place, as it is now, and nothing else (E2)."""
        people = {}
        expected: dict[str, set[_Copy]] = {}
        for each in self.service.agenda(EVERYTHING):
            for person in each.members:
                people[person.id] = person
                if person.calendar and each.status in TAKES_PLACE:
                    told = (each.uid, each.slot, each.title)
                    expected.setdefault(person.id, set()).add(told)
        for id_, person in people.items():
            if person.calendar:
                self._calendar_agrees(person, expected.get(id_, set()))

    def _calendar_agrees(self, person: Member, due: set[_Copy]) -> None:
        copies = self.copies_of(self.provider, person).items()
        own = {(uid, copy.slot, copy.title) for uid, copy in copies if uid.endswith(f"@{HOST}")}
        lacks, more = _listed(due - own), _listed(own - due)
        told = f"{person.id}'s calendar lacks {lacks}, and has {more} beside what is due (E2)"
        assert own == due, told


def _listed(copies: set[_Copy]) -> str:
    named = [f"{title!r} {slot} ({uid})" for uid, slot, title in sorted(copies)]
    return ", ".join(named) or "nothing"
