"""What a store owes when what is booked changes: it moves, is edited, ends (A3, A7).

Lives here: the duties about claims that change hands, and about versions.
Must not live here: booking it in the first place.
"""

from __future__ import annotations

from collective_booking.appointments import Happening, Status
from collective_booking.drafts import Tenure
from collective_booking.errors import RepeatedIdError, StaleVersionError, UnknownBookingError
from collective_booking.holds import HoldState
from collective_booking.reasons import SlotUnavailableError, What
from collective_booking.testing.contracts.calling import refusal
from collective_booking.testing.contracts.stores.base import StoreContract
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    anything,
    book,
    booking,
    claimed,
    commit,
    confirming,
    counted,
    ending,
    holding,
    keep,
    saved,
)
from collective_booking.testing.samples import (
    ANA,
    BEN,
    NOW,
    at,
    calendar,
)


class ChangeDuties(StoreContract):
    """Whatever fails, what stands stays; and each version can be read again."""

    # --- moving, editing, ending ------------------------------------------------------------------

    def test_a_move_takes_the_new_time_and_frees_the_old(self) -> None:
        """It does not block itself (F6)."""
        store = self.opened()
        made = book(store, saved(store, calendar()))
        moved = made.moved(at("10:30"), NOW)

        assert commit(store, moved) is None
        assert claimed(store) == {("ana", "10:30", "a1"), ("ben", "10:30", "a1")}
        assert store.appointment(TENANT, "a1") == moved

    def test_a_move_that_is_refused_leaves_all_as_it_was(self) -> None:
        """Whatever fails, the original stands (A3)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        made = book(store, snapshot)
        book(store, snapshot, "14:00", id="a2")

        refusal(SlotUnavailableError, commit, store, made.moved(at("14:00"), NOW))
        assert store.appointment(TENANT, "a1") == made
        assert ("ana", "10:00", "a1") in claimed(store)

    def test_what_is_moved_does_not_count_against_itself(self) -> None:
        """N3: a full day can still be rearranged."""
        store = self.opened()
        snapshot = saved(store, calendar(max_per_day=1))
        made = book(store, snapshot)

        refused = refusal(SlotUnavailableError, book, store, snapshot, "14:00", id="a2")
        assert {each.what for each in refused.reasons} == {What.CAP}
        assert commit(store, made.moved(at("14:00"), NOW)) is None

    def test_an_edit_touches_no_time(self) -> None:
        """Nobody is asked again whether they are free."""
        store = self.opened()
        made = book(store, saved(store, calendar()))
        edited = made.edited(NOW, title="Demo")

        store.commit(booking(edited, judged=None, tenure=Tenure.SAME))

        assert store.appointment(TENANT, "a1").title == "Demo"
        assert len(claimed(store)) == 2
        assert counted(store) == {"a1"}

    def test_what_ends_gives_everything_back(self) -> None:
        """The members' time, and its place under the caps (A7)."""
        store = self.opened()
        snapshot = saved(store, calendar(max_per_day=1))
        for number, happening in enumerate((Happening.CANCELLED, Happening.INVALIDATED)):
            made = book(store, snapshot, id=f"a{number}")
            assert counted(store) == {made.id}

            store.commit(ending(made, happening))
            assert claimed(store) == set()
            assert counted(store) == set()

    def test_a_request_may_count_and_take_no_time(self) -> None:
        """A7: `pending_blocks` off."""
        store = self.opened()
        asking = calendar(ANA, BEN, pending_blocks=False, approval=True, max_per_day=2)
        snapshot = saved(store, asking)
        first = book(store, snapshot, id="a1", status=Status.PENDING)
        book(store, snapshot, id="a2", status=Status.PENDING)

        assert claimed(store) == set()
        assert counted(store) == {"a1", "a2"}
        approved = first.stepped(Happening.APPROVED, NOW)
        store.commit(booking(approved), anything)
        assert claimed(store) == {("ana", "10:00", "a1"), ("ben", "10:00", "a1")}

    # --- versions ---------------------------------------------------------------------------------

    def test_of_two_who_change_one_version_the_second_is_stale(self) -> None:
        """A3: whatever fails, what stands stays."""
        store = self.opened()
        made = book(store, saved(store, calendar()))
        store.commit(booking(made.edited(NOW, title="Demo"), judged=None, tenure=Tenure.SAME))

        refusal(StaleVersionError, commit, store, made.moved(at("14:00"), NOW))
        refusal(StaleVersionError, store.commit, ending(made))
        assert ("ana", "10:00", "a1") in claimed(store)

    def test_of_two_steps_of_one_hold_the_second_is_stale(self) -> None:
        """Any number of machines settle at once; each step is taken once."""
        store = self.opened()
        kept = keep(store, saved(store, calendar()))
        store.commit(confirming(kept))

        refusal(
            StaleVersionError,
            store.commit,
            holding(kept.stepped(state=HoldState.RELEASED), judged=None, tenure=Tenure.ENDED),
        )
        assert len(claimed(store)) == 2

    def test_an_id_that_is_taken_is_not_taken_again(self) -> None:
        """It would be another's appointment that is overwritten, or whose members are freed."""
        store = self.opened()
        snapshot = saved(store, calendar())
        made = book(store, snapshot)

        refusal(RepeatedIdError, book, store, snapshot, "14:00", title="Demo")
        refusal(RepeatedIdError, keep, store, snapshot, "14:00", id="a1")
        assert store.appointment(TENANT, "a1") == made
        assert claimed(store) == {("ana", "10:00", "a1"), ("ben", "10:00", "a1")}

    def test_the_id_of_a_hold_is_not_taken_either(self) -> None:
        """It is the id of the appointment that the hold becomes."""
        store = self.opened()
        snapshot = saved(store, calendar())
        kept = keep(store, snapshot)

        refusal(RepeatedIdError, keep, store, snapshot, "14:00")
        refusal(RepeatedIdError, book, store, snapshot, "14:00", id=kept.id)
        assert store.hold(TENANT, kept.id) == kept
        assert claimed(store) == {("ana", "10:00", kept.id), ("ben", "10:00", kept.id)}

    def test_every_version_can_be_read_again(self) -> None:
        """A message delivered late tells of the appointment as it was then."""
        store = self.opened()
        made = book(store, saved(store, calendar()))
        moved = made.moved(at("14:00"), NOW)
        commit(store, moved)

        assert store.appointment(TENANT, "a1", 1) == made
        assert store.appointment(TENANT, "a1", 2) == store.appointment(TENANT, "a1") == moved
        refusal(UnknownBookingError, store.appointment, TENANT, "a1", 3)
        refusal(UnknownBookingError, store.appointment, TENANT, "a2", 1)
