"""What may never be, whatever is done: looked at from outside, by rules that are written once more.

Lives here: `Verdicts`, which judges after every step and at the end of each game.
Must not live here: a question to the code that is being judged how it decides.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

from hypothesis.stateful import invariant

from collective_booking.holds import OUTCOMES, HoldState
from collective_booking.intervals import Interval
from collective_booking.settings import BufferMode
from collective_booking.testing.machines.scene import EVERYTHING, TAKES_PLACE, Live, Scene
from collective_booking.testing.samples import EUROS, HOST


class Verdicts(Scene):
    """The judge of a game."""

    # --- after every step -----------------------------------------------------------------------

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        """No required member meets twice at a time; buffers and caps hold too (F2, F7, N3)."""
        after = self.live()
        for one, other in combinations(after.values(), 2):
            if one.people & other.people:
                assert one.slot.end <= other.slot.start or other.slot.end <= one.slot.start
        for each in after.values():
            if each != self.before.get(each.id):
                self._is_kept_apart(each, after)
                self._is_within_its_cap(each, after)
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
            assert then.slot.start - first.slot.end >= needed

    def _is_within_its_cap(self, new: Live, after: dict[str, Live]) -> None:
        """The day's cap, as it is today (N3)."""
        slug = new.snapshot.calendar.slug
        most = self.service.calendar(slug).calendar.max_per_day
        if most is None or (new.id in self.before and self.before[new.id].slot == new.slot):
            return
        day = new.slot.start.date()
        booked = [each for each in self.service.agenda(EVERYTHING) if each.calendar == slug]
        counted = {each.id for each in booked if each.status.counts and each.start.date() == day}
        counted |= {
            each.id
            for each in after.values()
            if each.snapshot.calendar.slug == slug and each.slot.start.date() == day
        }
        assert len(counted | {new.id}) <= most

    @invariant()
    def an_appointment_keeps_its_people(self) -> None:
        """Owner, members and UID are those of its first version, for ever (A2, E5)."""
        for each in self.service.agenda(EVERYTHING):
            first = self.store.appointment(self.tenant, each.id, 1)
            assert (each.owner, each.members, each.uid) == (first.owner, first.members, first.uid)
            assert each.owner.required
            assert each.owner in each.members

    @invariant()
    def money_moves_once_and_says_which(self) -> None:
        """Each attempt ends booked, released or refunded, and the money agrees (M2, M3, M5)."""
        booked = {each.id for each in self.service.agenda(EVERYTHING)}
        for hold in self.all_holds():
            has = self.money_of(hold)
            assert 0 <= has <= EUROS.amount
            assert (hold.state is HoldState.BOOKED) == (hold.id in booked)
            if hold.state is HoldState.BOOKED and hold.snapshot.calendar.price:
                assert has in {EUROS.amount, EUROS.amount - self.refunds.get(hold.id, 0)}
            elif hold.state is HoldState.REFUNDED:
                assert has == 0
            # Released: somebody may have paid after all was over, and nobody has told us yet.
            moved = self._moves_of(hold.id)
            if moved is not None:
                taken, given_back = moved
                assert given_back <= taken <= 1

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
        assert self.service.undelivered() == ()
        for hold in self.all_holds():
            assert hold.state in OUTCOMES
            assert hold.wakes is None
            paid = hold.snapshot.calendar.price is not None and hold.state is HoldState.BOOKED
            expected = EUROS.amount - self.refunds.get(hold.id, 0) if paid else 0
            assert self.money_of(hold) == expected
            reference = self.references.get(hold.id)
            assert not (reference and self.reserved(self.gateway, reference))
        self._calendars_agree()

    def _calendars_agree(self) -> None:
        """Who has a calendar finds in it what takes place, as it is now, and nothing else (E2)."""
        people = {}
        expected: dict[str, set[tuple[str, Interval, str]]] = {}
        for each in self.service.agenda(EVERYTHING):
            for person in each.members:
                people[person.id] = person
                if person.calendar and each.status in TAKES_PLACE:
                    told = (each.uid, each.slot, each.title)
                    expected.setdefault(person.id, set()).add(told)
        for id_, person in people.items():
            if person.calendar:
                copies = self.copies_of(self.provider, person).items()
                own = {
                    (uid, copy.slot, copy.title) for uid, copy in copies if uid.endswith(f"@{HOST}")
                }
                assert own == expected.get(id_, set())
