"""What a store owes about calendars: versions, and whom a change concerns (A4).

Lives here: the duties of `save_calendar` and `calendar`, and that a draft is judged by a version.
Must not live here: claims.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from collective_booking.appointments import Happening
from collective_booking.errors import CalendarChangedError, UnknownCalendarError
from collective_booking.testing.contracts.calling import refusal
from collective_booking.testing.contracts.stores.base import StoreContract
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    book,
    commit,
    ending,
    saved,
)
from collective_booking.testing.samples import (
    ANA,
    BEN,
    CLEO,
    NOW,
    appointment,
    at,
    calendar,
)


class CalendarDuties(StoreContract):
    """Each change is a version, and nobody overwrites what they have not read."""

    def test_a_calendar_comes_back_as_it_was_stored(self) -> None:
        """With each of its settings, and its version."""
        store = self.opened()
        made = calendar(ANA, BEN, CLEO, notice=timedelta(hours=2), max_per_day=3)
        stored = store.save_calendar(TENANT, made, None, NOW)

        assert (stored.changed, stored.stored.version, stored.kept) == (True, 1, ())
        assert store.calendar(TENANT, "sales-call").calendar == made
        assert store.calendar(TENANT, "sales-call").version == 1

    def test_a_calendar_that_is_not_there_is_said_to_be_missing(self) -> None:
        """None would be a calendar to somebody who does not look."""
        store = self.opened()
        refusal(UnknownCalendarError, store.calendar, TENANT, "sales-call")

    def test_each_change_is_a_version_and_no_change_is_none(self) -> None:
        """Saving what is stored already makes nobody judge anew."""
        store = self.opened()
        store.save_calendar(TENANT, calendar(), None, NOW)
        again = store.save_calendar(TENANT, calendar(), None, NOW)
        changed = store.save_calendar(TENANT, calendar(name="Demo"), None, NOW)

        assert (again.changed, again.stored.version) == (False, 1)
        assert (changed.changed, changed.stored.version) == (True, 2)
        assert store.calendar(TENANT, "sales-call").calendar.name == "Demo"

    def test_who_read_another_version_may_not_overwrite(self) -> None:
        """Two who edit one calendar: the second is told, and nothing is lost."""
        store = self.opened()
        store.save_calendar(TENANT, calendar(), None, NOW)

        demo = calendar(name="Demo")
        refusal(CalendarChangedError, store.save_calendar, TENANT, demo, 0, NOW)
        refusal(CalendarChangedError, store.save_calendar, TENANT, demo, 2, NOW)
        assert store.calendar(TENANT, "sales-call").calendar.name == "Sales call"

    def test_version_0_says_that_there_is_none_yet(self) -> None:
        """A slug is unique per tenant (O4): who makes a calendar must not overwrite one."""
        store = self.opened()
        refusal(CalendarChangedError, store.save_calendar, TENANT, calendar(), 1, NOW)
        refusal(UnknownCalendarError, store.calendar, TENANT, "sales-call")

        assert store.save_calendar(TENANT, calendar(), 0, NOW).stored.version == 1
        assert store.save_calendar(TENANT, calendar(name="Demo"), 1, NOW).stored.version == 2

    def test_tenants_have_calendars_of_their_own(self) -> None:
        """S6."""
        store = self.opened()
        store.save_calendar(TENANT, calendar(), 0, NOW)
        store.save_calendar("other", calendar(name="Theirs"), 0, NOW)

        assert store.calendar(TENANT, "sales-call").calendar.name == "Sales call"
        assert store.calendar("other", "sales-call").calendar.name == "Theirs"

    def test_an_appointment_keeps_the_calendar_it_was_booked_by(self) -> None:
        """A1: later changes never reach it."""
        store = self.opened()
        made = book(store, saved(store, calendar(ANA, BEN, CLEO)))
        saved(store, calendar(ANA, BEN, duration=timedelta(minutes=15), name="Demo"))

        assert store.appointment(TENANT, made.id) == made
        assert len(store.appointment(TENANT, made.id).members) == 3

    # --- who is kept by whom (A4) -----------------------------------------------------------------

    def test_appointments_that_keep_a_removed_member_are_told(self) -> None:
        """The host has to decide what becomes of them; nobody is dropped silently."""
        store = self.opened()
        three = saved(store, calendar(ANA, BEN, CLEO))
        later = book(store, three, "14:00", id="a2")
        first = book(store, three, "10:00", id="a1")
        book(store, saved(store, calendar(ANA, BEN)), "16:00", id="a3")

        told = store.save_calendar(TENANT, calendar(ANA, BEN, name="Demo"), None, NOW)

        assert told.kept == (first, later)

    def test_they_are_told_even_if_the_calendar_was_saved_so_before(self) -> None:
        """A crash after saving must not lose the report."""
        store = self.opened()
        made = book(store, saved(store, calendar(ANA, BEN, CLEO)))
        saved(store, calendar(ANA, BEN))

        assert store.save_calendar(TENANT, calendar(ANA, BEN), None, NOW).kept == (made,)

    def test_what_is_over_or_cancelled_concerns_nobody(self) -> None:
        """Only what has not ended at that instant and still stands."""
        store = self.opened()
        three = saved(store, calendar(ANA, BEN, CLEO))
        over = book(store, three, "10:00", id="a1")
        gone = book(store, three, "14:00", id="a2")
        store.commit(ending(gone))

        def kept(now: str) -> tuple[str, ...]:
            told = store.save_calendar(TENANT, calendar(ANA, BEN), None, at(now))
            return tuple(each.id for each in told.kept)

        assert kept("10:59") == (over.id,)
        assert kept("11:00") == ()

    def test_a_member_who_only_changes_has_not_left(self) -> None:
        """They are known by their id; the appointment keeps them as they were (A1)."""
        store = self.opened()
        made = book(store, saved(store, calendar(ANA, BEN)))
        renamed = calendar(ANA, replace(BEN, name="Benjamin", required=False))

        assert store.save_calendar(TENANT, renamed, None, NOW).kept == ()
        assert store.appointment(TENANT, made.id).members[1] == BEN

    def test_another_calendars_appointments_are_not_its_own(self) -> None:
        """Its roster says nothing of theirs."""
        store = self.opened()
        book(store, saved(store, calendar(ANA, BEN, CLEO)))

        told = store.save_calendar(TENANT, calendar(ANA, BEN, slug="demo"), None, NOW)

        assert told.kept == ()

    # --- a draft names the version it was judged by (S1) ------------------------------------------

    def test_who_judged_by_another_version_judges_anew(self) -> None:
        """Else somebody could be booked who has just been taken off the roster."""
        store = self.opened()
        before = saved(store, calendar(ANA, BEN, CLEO))
        after = saved(store, calendar(ANA, BEN))

        refusal(CalendarChangedError, commit, store, appointment(snapshot=before))
        assert commit(store, appointment(snapshot=after)) is None

    def test_a_calendar_that_is_not_stored_books_nothing(self) -> None:
        """There is no version that it could have been judged by."""
        store = self.opened()
        saved(store, calendar(slug="other"))

        refusal(CalendarChangedError, commit, store, appointment())

    def test_what_is_not_judged_names_no_version(self) -> None:
        """A cancellation must work whatever became of the calendar."""
        store = self.opened()
        made = book(store, saved(store, calendar()))
        saved(store, calendar(name="Demo"))

        assert store.commit(ending(made)) is None
        assert store.appointment(TENANT, made.id).happened is Happening.CANCELLED
