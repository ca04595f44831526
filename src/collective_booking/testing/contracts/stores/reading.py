"""What a store owes when it is read.

Lives here: the duties of `taken`, `appointments` and the like, and that all comes back as it went.
Must not live here: what may be written.
"""

from __future__ import annotations

from datetime import timedelta

from collective_booking.appointments import Happening
from collective_booking.availability import Claim
from collective_booking.drafts import Outcome, Request
from collective_booking.effects import effects_of
from collective_booking.errors import UnknownBookingError, UnknownCalendarError
from collective_booking.snapshots import Snapshot
from collective_booking.testing.contracts.calling import refusal
from collective_booking.testing.contracts.stores.base import HOUR, StoreContract, outbox
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    anything,
    book,
    booking,
    claimed,
    commit,
    counted,
    ending,
    keep,
    saved,
)
from collective_booking.testing.samples import (
    ANA,
    BEN,
    CLEO,
    DAN,
    MONDAY,
    NOW,
    appointment,
    at,
    calendar,
    member,
    slot,
)


class ReadingDuties(StoreContract):
    """Everything comes back whole, in order, of one tenant alone; and is there after a crash."""

    # --- reading ----------------------------------------------------------------------------------

    def test_what_is_not_there_is_said_to_be_missing(self) -> None:
        """By an error of its own; a list of nothing is no error."""
        store = self.opened()
        refusal(UnknownBookingError, store.hold, TENANT, "h1")
        refusal(UnknownBookingError, store.appointment, TENANT, "a1")
        assert store.appointments(TENANT, MONDAY) == ()

    def test_appointments_come_by_start_and_then_by_id(self) -> None:
        """Whatever their status; those that start in the window, its end not among them."""
        store = self.opened()
        one = saved(store, calendar(ANA, BEN))
        other = saved(store, calendar(CLEO, DAN, slug="demo"))
        late = book(store, one, "12:00", id="a1")
        third = book(store, other, "10:00", id="a3")
        second = book(store, one, "10:00", id="a2")
        store.commit(ending(third))
        gone = third.stepped(Happening.CANCELLED, NOW)

        assert store.appointments(TENANT, slot("10:00", "12:01")) == (second, gone, late)
        assert store.appointments(TENANT, slot("10:00", "12:00")) == (second, gone)
        assert store.appointments(TENANT, slot("10:30", "12:00")) == ()
        assert store.appointments(TENANT, MONDAY, "demo") == (gone,)
        assert store.appointments("other", MONDAY) == ()

    def test_what_is_taken_is_told_of_every_calendar(self) -> None:
        """F7: claims of whom was asked about, counts of the one calendar."""
        store = self.opened()
        book(store, saved(store, calendar(ANA, BEN)))
        book(store, saved(store, calendar(BEN, CLEO, slug="demo")), "14:00", id="a2")

        assert claimed(store, "ben") == {("ben", "10:00", "a1"), ("ben", "14:00", "a2")}
        assert counted(store, "sales-call") == {"a1"}
        assert counted(store, "demo") == {"a2"}
        assert store.taken("other", "sales-call", ["ben"], MONDAY, NOW).claims == ()

    def test_what_is_taken_comes_back_whole(self) -> None:
        """The finder needs buffers and kind as they were claimed."""
        store = self.opened()
        before, after = timedelta(minutes=5), timedelta(minutes=20)
        relaxed = member("ben", required=False)
        made = calendar(ANA, relaxed, buffer_before=before, buffer_after=after)
        kept = keep(store, saved(store, made))

        found = store.taken(TENANT, "sales-call", ["ana", "ben"], kept.slot, NOW)
        assert set(found.claims) == {
            Claim("h1", "ana", kept.slot, before, after, exclusive=True, held=True),
            Claim("h1", "ben", kept.slot, before, after, exclusive=False, held=True),
        }

    def test_claims_are_read_as_far_as_the_largest_buffer_reaches(self) -> None:
        """Else a search would offer what booking refuses (L1)."""
        store = self.opened()
        book(store, saved(store, calendar(ANA, BEN, buffer_after=HOUR)))

        def seen(start: str, end: str) -> bool:
            return bool(store.taken(TENANT, "demo", ["ana"], slot(start, end), NOW).claims)

        assert seen("11:30", "12:30")
        assert not seen("12:00", "13:00")
        assert seen("09:30", "10:00")  # a buffer of any side

    def test_a_month_around_is_counted(self) -> None:
        """A cap of a month needs what starts up to 32 days before and after (N3)."""
        store = self.opened()
        snapshot = saved(store, calendar(max_per_month=9))
        made = appointment(snapshot=snapshot, start=at("10:00"))
        far = [made.start + timedelta(days=days) for days in (31, 33)]
        for id_, start in zip(("a1", "a2", "a3"), (made.start, *far), strict=True):
            store.commit(booking(appointment(id=id_, snapshot=snapshot, start=start)), anything)

        assert counted(store) == {"a1", "a2"}

    # --- all of it --------------------------------------------------------------------------------

    def test_texts_of_all_the_world_come_back(self) -> None:
        """Quotes, percent signs, emoji: nothing of them is a command."""
        store = self.opened()
        odd = "Robert'); DROP TABLE %s -- 😀 \\ ünï"
        made = book(store, saved(store, calendar()), title=odd, notes=f"{odd}\n{odd}")

        assert store.appointment(TENANT, "a1") == made

    def test_a_snapshot_is_of_the_version_that_was_stored(self) -> None:
        """A1."""
        store = self.opened()
        saved(store, calendar())
        second = saved(store, calendar(name="Demo"))
        made = book(store, second)

        assert made.snapshot == Snapshot(calendar=calendar(name="Demo"), version=2, owner="ana")
        assert store.appointment(TENANT, "a1").snapshot == second

    def test_what_is_written_is_there_after_a_crash(self) -> None:
        """All of it; or nothing, of a store that says that it forgets (`durable`)."""
        made_store = self.make_store()
        store = self.waiting(made_store)
        snapshot = saved(store, calendar())
        asked = Request("r1", "asked")
        made = appointment(snapshot=snapshot)
        commit(store, made, request=asked)
        kept = keep(store, snapshot, "14:00")

        found = self.waiting(self.reopened(made_store))
        if not self.durable:
            refusal(UnknownCalendarError, found.calendar, TENANT, "sales-call")
            assert (claimed(found), counted(found), outbox(found)) == (set(), set(), ())
            return
        assert found.calendar(TENANT, "sales-call").calendar == calendar()
        assert (found.appointment(TENANT, "a1"), found.hold(TENANT, "h1")) == (made, kept)
        assert found.outcome(TENANT, asked) == Outcome("a1", 1)
        assert (len(claimed(found)), counted(found)) == (4, {"a1", "h1"})
        assert sorted(each.key for each in outbox(found)) == sorted(
            each.key for each in effects_of(made)
        )
