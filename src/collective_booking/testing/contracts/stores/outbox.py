"""What a store owes about its outbox: order, leases, tries, and who was reached (E1).

Lives here: the duties of `take_effects`, `attempted`, `undelivered` and `retry`.
Must not live here: who is told what, delivering.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from collective_booking.appointments import Appointment
from collective_booking.drafts import Tenure
from collective_booking.effects import Attempted, Effect, effects_of
from collective_booking.errors import UnknownBookingError
from collective_booking.ports import BookingStore
from collective_booking.testing.contracts.calling import only, refusal
from collective_booking.testing.contracts.stores.base import StoreContract
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    book,
    booking,
    ending,
    saved,
)
from collective_booking.testing.samples import (
    NOW,
    calendar,
)

SOON: Final = NOW + timedelta(minutes=5)
"""When a lease that began now has ended."""
FOUR: Final = [("booker", 1), ("copy:ana", 1), ("copy:ben", 1), ("owner:ana", 1)]
"""Who has to hear of a booking, each with the version of it."""


def take(
    store: BookingStore, now: datetime = NOW, limit: int = 100, tenant: str = TENANT
) -> list[Effect]:
    """What is due at *now*, leased for five minutes."""
    return list(store.take_effects(tenant, now, now + timedelta(minutes=5), limit))


def told(effects: list[Effect]) -> list[tuple[str, int]]:
    """Whom *effects* reach, each with the version they tell of."""
    return sorted((each.address, each.version) for each in effects)


def edit(store: BookingStore, made: Appointment, title: str) -> Appointment:
    """Give *made* another title, of which everybody has to hear."""
    after = made.edited(NOW, title=title)
    effects = effects_of(after)
    store.commit(booking(after, judged=None, tenure=Tenure.SAME, effects=effects))
    return after


def to_booker(effects: list[Effect]) -> Effect:
    """The one of *effects* that is the booker's."""
    return only([each for each in effects if each.address == "booker"])


class OutboxDuties(StoreContract):
    """Each message at least once, in order per appointment and recipient, with what came of it."""

    # --- taking -----------------------------------------------------------------------------------

    def test_effects_are_due_with_what_they_are_of(self) -> None:
        """They were written in the transaction of the booking."""
        store, made = self.booked()
        taken = take(store)

        assert sorted(taken, key=lambda each: each.key) == sorted(
            effects_of(made), key=lambda each: each.key
        )

    def test_what_is_taken_is_leased(self) -> None:
        """No two deliverers send one message, as long as neither crashes."""
        store, _ = self.booked()
        first, second, third = take(store, limit=2), take(store), take(store)

        assert len(first) == 2
        assert told(first + second) == FOUR
        assert third == []

    def test_who_crashes_gives_back_what_they_took(self) -> None:
        """A lease ends by itself, and the effect is the same as before, so keys still match."""
        store, _ = self.booked()
        first = take(store)

        assert take(store, SOON - timedelta(microseconds=1)) == []
        assert take(store, SOON) == first

    def test_what_was_delivered_is_never_due_again(self) -> None:
        """However late it is."""
        store, _ = self.booked()
        for each in take(store):
            store.attempted(Attempted(effect=each))

        assert take(store, NOW + timedelta(days=400)) == []
        assert store.undelivered(TENANT) == ()

    def test_the_earliest_due_come_first(self) -> None:
        """Else who fails again and again could hold up all the others."""
        store, _ = self.booked()
        late = only(take(store, limit=1))
        store.attempted(Attempted(effect=late, failure="no answer", again=NOW + timedelta(hours=1)))

        found = take(store, NOW + timedelta(hours=2))
        assert found[-1].key == late.key
        assert len(found) == 4

    def test_each_tenant_has_an_outbox_of_its_own(self) -> None:
        """Who delivers for one tenant has the ports of that tenant alone (S6)."""
        store, _ = self.booked()
        assert take(store, tenant="other") == []

    # --- order (E1) -------------------------------------------------------------------------------

    def test_messages_to_one_address_keep_their_order(self) -> None:
        """A CANCEL before its REQUEST would leave a meeting in a calendar for ever."""
        store, made = self.booked()
        edit(store, made, "Demo")
        first = take(store)

        assert told(first) == FOUR
        assert take(store, SOON - timedelta(seconds=1)) == []
        store.attempted(Attempted(effect=to_booker(first)))
        assert told(take(store)) == [("booker", 2)]

    def test_who_fails_holds_up_nobody_else(self) -> None:
        """Order is kept per recipient: others go on."""
        store, made = self.booked()
        edit(store, made, "Demo")
        for each in take(store):
            failed = each.address == "copy:ben"
            again = SOON if failed else None
            store.attempted(Attempted(effect=each, failure="closed" * failed, again=again))

        assert told(take(store)) == [("booker", 2), ("copy:ana", 2), ("owner:ana", 2)]
        assert told(take(store, SOON)) == [
            ("booker", 2),
            ("copy:ana", 2),
            ("copy:ben", 1),
            ("owner:ana", 2),
        ]

    def test_other_appointments_wait_for_nobody(self) -> None:
        """Order is kept per appointment."""
        store = self.opened()
        snapshot = saved(store, calendar())
        edit(store, book(store, snapshot), "Demo")
        book(store, snapshot, "14:00", id="a2")

        assert {(each.appointment, each.version) for each in take(store)} == {("a1", 1), ("a2", 1)}

    # --- what came of the earlier ones ------------------------------------------------------------

    def test_a_later_message_knows_that_an_earlier_one_arrived(self) -> None:
        """An update for whom has a copy, a whole one for others."""
        store, made = self.booked()
        edit(store, made, "Demo")
        first = to_booker(take(store))
        assert (first.reached, first.missed) == (False, False)
        store.attempted(Attempted(effect=first))

        second = to_booker(take(store))
        assert (second.version, second.reached, second.missed) == (2, True, False)

    def test_a_later_message_knows_that_the_last_one_was_lost(self) -> None:
        """After a dead letter the next is a full one (E1), and it is not held up."""
        store, made = self.booked()
        edit(store, edit(store, made, "Demo"), "Talk")
        store.attempted(Attempted(effect=to_booker(take(store))))
        store.attempted(Attempted(effect=to_booker(take(store)), failure="no such address"))

        third = to_booker(take(store))
        assert (third.version, third.reached, third.missed) == (3, True, True)

    def test_only_the_last_one_tells_whether_something_was_missed(self) -> None:
        """What arrived after it was whole again."""
        store, made = self.booked()
        edit(store, edit(store, made, "Demo"), "Talk")
        store.attempted(Attempted(effect=to_booker(take(store)), failure="no such address"))
        store.attempted(Attempted(effect=to_booker(take(store))))

        third = to_booker(take(store))
        assert (third.version, third.reached, third.missed) == (3, True, False)

    def test_nobody_is_reached_by_what_others_got(self) -> None:
        """Each address has a history of its own."""
        store, made = self.booked()
        store.commit(ending(made))
        for each in take(store):
            failure = "" if each.address == "owner:ana" else "no such address"
            store.attempted(Attempted(effect=each, failure=failure))

        assert {each.address: each.reached for each in take(store)} == {
            "booker": False,
            "copy:ana": False,
            "copy:ben": False,
            "owner:ana": True,
        }

    # --- failing ----------------------------------------------------------------------------------

    def test_what_fails_is_due_again_when_it_should_be(self) -> None:
        """With its tries, so that the next pause is longer."""
        store, _ = self.booked()
        again = NOW + timedelta(minutes=90)
        store.attempted(Attempted(effect=to_booker(take(store)), failure="no answer", again=again))

        assert "booker" not in {each.address for each in take(store, again - timedelta(seconds=1))}
        found = only(take(store, again))
        assert (found.address, found.attempts, found.failure) == ("booker", 1, "no answer")

    def test_what_has_failed_is_told_with_its_reason(self) -> None:
        """Dead or not; what nobody has tried yet is no failure."""
        store, _ = self.booked()
        taken = {each.address: each for each in take(store)}
        store.attempted(Attempted(effect=taken["booker"], failure="no answer", again=SOON))
        store.attempted(Attempted(effect=taken["copy:ben"], failure="gone"))
        store.attempted(Attempted(effect=taken["copy:ana"]))

        assert [(each.address, each.failure) for each in store.undelivered(TENANT)] == [
            ("booker", "no answer"),
            ("copy:ben", "gone"),
        ]
        assert store.undelivered("other") == ()

    def test_a_dead_letter_is_not_due_until_somebody_asks_for_it(self) -> None:
        """A person has found out why, and says so; its tries are kept."""
        store, _ = self.booked()
        dead = to_booker(take(store))
        store.attempted(Attempted(effect=dead, failure="no such address"))
        later = NOW + timedelta(days=400)
        assert "booker" not in {each.address for each in take(store, later)}

        store.retry(TENANT, dead.key, later)

        again = to_booker(take(store, later))
        assert (again.key, again.attempts) == (dead.key, 1)
        store.attempted(Attempted(effect=again))
        assert store.undelivered(TENANT) == ()

    def test_what_waits_after_a_failure_can_be_hurried(self) -> None:
        """Nobody has to wait out a pause of twelve hours."""
        store, _ = self.booked()
        waiting = to_booker(take(store))
        again = NOW + timedelta(hours=12)
        store.attempted(Attempted(effect=waiting, failure="no answer", again=again))

        store.retry(TENANT, waiting.key, SOON)

        assert to_booker(take(store, SOON)).key == waiting.key

    def test_only_what_has_failed_can_be_retried(self) -> None:
        """Least of all what was delivered: it would arrive twice."""
        store, _ = self.booked()
        taken = to_booker(take(store))
        for key in ("nothing", taken.key):
            refusal(UnknownBookingError, store.retry, TENANT, key, NOW)
        store.attempted(Attempted(effect=taken, failure="no answer", again=NOW))
        refusal(UnknownBookingError, store.retry, "other", taken.key, NOW)
        store.attempted(Attempted(effect=to_booker(take(store))))
        refusal(UnknownBookingError, store.retry, TENANT, taken.key, NOW)

    def test_who_comes_late_changes_nothing(self) -> None:
        """Their lease had ended, and another deliverer was faster."""
        store, _ = self.booked()
        slow = to_booker(take(store))
        store.attempted(Attempted(effect=to_booker(take(store, SOON))))

        store.attempted(Attempted(effect=slow, failure="no answer", again=SOON))

        assert store.undelivered(TENANT) == ()
        assert "booker" not in {each.address for each in take(store, NOW + timedelta(days=1))}
