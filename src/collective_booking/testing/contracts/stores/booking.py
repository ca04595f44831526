"""What a store owes when it books: all of it or nothing, decided under its lock (S1, S2).

Lives here: the duties about what is booked beside what.
Must not live here: holds, changes of what is booked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from collective_booking.availability import Claim
from collective_booking.drafts import Request
from collective_booking.errors import UnknownBookingError
from collective_booking.ports import BookingStore
from collective_booking.reasons import SlotUnavailableError, What
from collective_booking.slots import Admission
from collective_booking.snapshots import Snapshot
from collective_booking.testing.contracts.calling import refusal
from collective_booking.testing.contracts.stores.base import (
    HOUR,
    TEN,
    StoreContract,
    outbox,
    taken_by,
)
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    admits,
    anything,
    book,
    booking,
    claimed,
    commit,
    counted,
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
    TRAVELLER,
    appointment,
    at,
    calendar,
    member,
)


class BookingDuties(StoreContract):
    """All members or none, and the last word on overlap."""

    # --- booking ----------------------------------------------------------------------------------

    def test_a_booking_is_there_with_all_that_belongs_to_it(self) -> None:
        """The appointment, every member's time, its place under the caps, and the outbox."""
        store = self.opened()
        made = book(store, saved(store, calendar()), contact=TRAVELLER)

        assert store.appointment(TENANT, "a1") == made
        assert claimed(store) == {("ana", "10:00", "a1"), ("ben", "10:00", "a1")}
        assert counted(store) == {"a1"}
        assert sorted(each.address for each in outbox(store)) == [
            "booker",
            "copy:ana",
            "copy:ben",
            "owner:ana",
        ]

    def test_of_two_who_want_one_time_the_second_learns_who_has_it(self) -> None:
        """Exactly one gets it, and the other is told by whom each member is taken (S1)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        book(store, snapshot)

        refused = refusal(SlotUnavailableError, book, store, snapshot, "10:30", id="a2")
        assert taken_by(refused) == [
            ("other appointment", "ana", "a1"),
            ("other appointment", "ben", "a1"),
        ]

    def test_all_members_or_none(self) -> None:
        """One busy member of two calendars is enough: the others stay free."""
        store = self.opened()
        book(store, saved(store, calendar(ANA, BEN)))
        other = saved(store, calendar(BEN, CLEO, slug="demo"))

        refused = refusal(SlotUnavailableError, book, store, other, "10:30", id="a2")
        assert taken_by(refused) == [("other appointment", "ben", "a1")]
        assert claimed(store, "cleo") == set()
        book(store, other, "11:00", id="a2")
        assert claimed(store, "cleo") == {("cleo", "11:00", "a2")}

    def test_what_is_refused_leaves_nothing_behind(self) -> None:
        """All of it or nothing: half a booking is the worst of all."""
        store = self.opened()
        snapshot = saved(store, calendar())
        book(store, snapshot, id="a9")

        self._leaves_nothing_behind(store, snapshot, SlotUnavailableError, admits(snapshot, TEN))

    def test_what_breaks_leaves_nothing_behind(self) -> None:
        """Also what nobody has thought of: the error comes out as it is."""
        store = self.opened()
        snapshot = saved(store, calendar())

        def broken(*_: object) -> tuple[()]:
            raise ZeroDivisionError

        self._leaves_nothing_behind(store, snapshot, ZeroDivisionError, broken)

    @staticmethod
    def _leaves_nothing_behind(
        store: BookingStore, snapshot: Snapshot, error: type[Exception], admit: Admission
    ) -> None:
        def told() -> Any:
            found = store.appointments(TENANT, MONDAY)
            return claimed(store), counted(store), [each.key for each in outbox(store)], found

        before = told()
        both = booking(appointment(snapshot=snapshot), request=Request("r1", "asked"), news="n1")
        refusal(error, store.commit, both, admit)

        assert told() == before
        assert store.outcome(TENANT, Request("r1", "asked")) is None
        refusal(UnknownBookingError, store.appointment, TENANT, "a1")

    def test_shared_claims_are_never_in_the_way(self) -> None:
        """An optional member, or one whose busy time is ignored, may sit in two meetings (F7)."""
        store = self.opened()
        relaxed = member("cleo", ignore_busy=True)
        optional = member("dan", required=False)
        first = saved(store, calendar(ANA, relaxed, optional))
        second = saved(store, calendar(BEN, relaxed, optional, slug="demo"))
        told: list[Claim] = []

        def listening(claims: Any, _counted: Any) -> tuple[()]:
            told.extend(claims)
            return ()

        book(store, first)
        store.commit(booking(appointment(id="a2", snapshot=second)), listening)

        assert told == []
        assert len(claimed(store, "cleo", "dan")) == 4

    def test_a_shared_claim_meets_an_exclusive_one(self) -> None:
        """Cleo is required in one calendar and optional in the other."""
        store = self.opened()
        strict = saved(store, calendar(ANA, CLEO))
        loose = saved(store, calendar(BEN, member("cleo", required=False), slug="demo"))

        book(store, loose)
        book(store, strict, id="a2")

        assert claimed(store, "cleo") == {("cleo", "10:00", "a1"), ("cleo", "10:00", "a2")}

    def test_one_id_in_two_tenants_is_two_people_and_two_things(self) -> None:
        """S6."""
        store = self.opened()
        mine, theirs = saved(store, calendar()), saved(store, calendar(), "other")
        made = book(store, mine)
        other = appointment(tenant="other", snapshot=theirs, title="Theirs")

        assert commit(store, other) is None
        assert store.appointment(TENANT, "a1") == made
        assert store.appointment("other", "a1") == other
        assert store.appointments("other", MONDAY) == (other,)
        assert {each.tenant for each in outbox(store, "other")} == {"other"}
        refusal(UnknownBookingError, store.appointment, "third", "a1")
        keep(store, mine, "14:00")
        refusal(UnknownBookingError, store.hold, "other", "h1")

    # --- buffers ----------------------------------------------------------------------------------

    def test_a_stored_buffer_reaches_what_the_slots_do_not(self) -> None:
        """What is read is widened by the largest stored buffer (S1)."""
        store = self.opened()
        book(store, saved(store, calendar(ANA, BEN, buffer_after=HOUR)))
        snapshot = saved(store, calendar(ANA, BEN, slug="demo"))

        refusal(SlotUnavailableError, book, store, snapshot, "11:30", id="a2")
        book(store, snapshot, "12:00", id="a2")

    def test_a_buffer_of_ones_own_reaches_what_the_slots_do_not(self) -> None:
        """What is read is widened by the buffers of what is booked (S1)."""
        store = self.opened()
        book(store, saved(store, calendar()))
        snapshot = saved(store, calendar(slug="demo", buffer_before=HOUR))

        refusal(SlotUnavailableError, book, store, snapshot, "11:30", id="a2")
        book(store, snapshot, "12:00", id="a2")

    def test_the_longest_appointment_is_seen_from_its_middle(self) -> None:
        """What is near is told by where it ends, however long before it began."""
        store = self.opened()
        anybody = [member(id_, ignore_hours=True, hours=None) for id_ in ("ana", "ben")]
        long = calendar(*anybody, duration=timedelta(hours=10))
        book(store, saved(store, long), "01:00")
        short = saved(store, calendar(*anybody, duration=timedelta(minutes=5), slug="demo"))

        for clock in ("01:00", "06:00", "10:55"):
            refused = refusal(SlotUnavailableError, book, store, short, clock, id="a2")
            assert {each.claim for each in refused.reasons} == {"a1"}

    def test_whoever_shares_one_member_looks_as_far_as_that_ones_claims_reach(self) -> None:
        """Cleo has had as much before, Ben has not: his reach grows all the same."""
        store = self.opened()
        book(store, saved(store, calendar(CLEO, DAN, slug="first", buffer_after=HOUR)), "14:00")
        book(store, saved(store, calendar(BEN, CLEO, slug="second", buffer_after=HOUR)), id="a2")
        snapshot = saved(store, calendar(ANA, BEN, slug="third"))

        refused = refusal(SlotUnavailableError, book, store, snapshot, "11:00", id="a3")
        assert taken_by(refused) == [("buffer", "ben", "a2")]

    def test_a_cap_is_judged_by_what_counts_under_the_lock(self) -> None:
        """The calendar is locked for a capped draft alone, so that no two fill one place (N3)."""
        store = self.opened()
        snapshot = saved(store, calendar(max_per_day=1))
        book(store, snapshot)

        refused = refusal(SlotUnavailableError, book, store, snapshot, "14:00", id="a2")
        assert {each.what for each in refused.reasons} == {What.CAP}

    # --- the guard (S2) ---------------------------------------------------------------------------

    def test_an_admission_that_lets_everything_in_cannot_overlap(self) -> None:
        """The last word is the store's own, and it still says who is in the way."""
        store = self.opened()
        snapshot = saved(store, calendar())
        book(store, snapshot)

        refused = refusal(
            SlotUnavailableError,
            store.commit,
            booking(appointment(id="a2", snapshot=snapshot, start=at("10:59"))),
            anything,
        )
        assert taken_by(refused) == [
            ("other appointment", "ana", "a1"),
            ("other appointment", "ben", "a1"),
        ]
        assert counted(store) == {"a1"}

    def test_the_guard_lets_neighbours_touch(self) -> None:
        """Half-open: eleven belongs to the second (T1)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        book(store, snapshot)

        assert (
            store.commit(
                booking(appointment(id="a2", snapshot=snapshot, start=at("11:00"))), anything
            )
            is None
        )

    def test_the_guard_says_that_a_hold_is_in_the_way(self) -> None:
        """Whoever is too late reads the same reason, whichever of the two has refused them."""
        store = self.opened()
        snapshot = saved(store, calendar())
        keep(store, snapshot)

        refused = refusal(
            SlotUnavailableError,
            store.commit,
            booking(appointment(snapshot=snapshot)),
            anything,
        )
        assert {each.what for each in refused.reasons} == {What.HOLD}

    def test_the_guard_refuses_a_move_onto_somebody(self) -> None:
        """A move takes time too: it is refused, and the old time is claimed still."""
        store = self.opened()
        snapshot = saved(store, calendar())
        book(store, snapshot)
        second = book(store, snapshot, "14:00", id="a2")

        refusal(
            SlotUnavailableError,
            store.commit,
            booking(second.moved(at("10:30"), NOW)),
            anything,
        )
        assert store.appointment(TENANT, "a2") == second
        assert ("ana", "14:00", "a2") in claimed(store)
