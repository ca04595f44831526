"""What a store owes when it writes a draft: all of it or nothing, decided under its lock (S1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from collective_booking.appointments import Happening, Snapshot, Status
from collective_booking.availability import Claim
from collective_booking.drafts import Outcome, Request, Tenure
from collective_booking.effects import Effect
from collective_booking.errors import (
    HoldExpiredError,
    RequestReusedError,
    StaleVersionError,
    UnknownBookingError,
)
from collective_booking.holds import HoldState
from collective_booking.payments import Payment
from collective_booking.ports import BookingStore
from collective_booking.reasons import SlotUnavailableError, What
from tests.bookings import (
    ANA,
    BEN,
    CLEO,
    DAN,
    EUROS,
    MONDAY,
    NOW,
    appointment,
    at,
    calendar,
    member,
    slot,
)
from tests.store.office import (
    TENANT,
    admits,
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

LATER = NOW + timedelta(minutes=10)
"""When a hold that was made now has lapsed."""


def taken_by(refused: pytest.ExceptionInfo[SlotUnavailableError]) -> list[tuple[str, Any, Any]]:
    return sorted((str(each.what), each.who, each.claim) for each in refused.value.reasons)


def outbox(store: BookingStore, tenant: str = TENANT) -> tuple[Effect, ...]:
    return store.take_effects(tenant, NOW, NOW, 100)


# --- booking -------------------------------------------------------------------------------------


def test_a_booking_is_there_with_all_that_belongs_to_it(store: BookingStore) -> None:
    """The appointment, every member's time, its place under the caps, and the outbox."""
    made = book(store, saved(store, calendar()))

    assert store.appointment(TENANT, "a1") == made
    assert claimed(store) == {("ana", "10:00", "a1"), ("ben", "10:00", "a1")}
    assert counted(store) == {"a1"}
    assert sorted(each.address for each in outbox(store)) == [
        "booker",
        "copy:ana",
        "copy:ben",
        "owner:ana",
    ]


def test_of_two_who_want_one_time_the_second_learns_who_has_it(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    book(store, snapshot)

    with pytest.raises(SlotUnavailableError) as refused:
        book(store, snapshot, "10:30", id="a2")
    assert taken_by(refused) == [
        ("other appointment", "ana", "a1"),
        ("other appointment", "ben", "a1"),
    ]


def test_all_members_or_none(store: BookingStore) -> None:
    """One busy member of two calendars is enough: the others stay free."""
    book(store, saved(store, calendar(ANA, BEN)))
    other = saved(store, calendar(BEN, CLEO, slug="demo"))

    with pytest.raises(SlotUnavailableError) as refused:
        book(store, other, "10:30", id="a2")
    assert taken_by(refused) == [("other appointment", "ben", "a1")]
    assert claimed(store, "cleo") == set()
    book(store, other, "11:00", id="a2")
    assert claimed(store, "cleo") == {("cleo", "11:00", "a2")}


@pytest.mark.parametrize("error", [SlotUnavailableError, ZeroDivisionError])
def test_what_is_refused_leaves_nothing_behind(store: BookingStore, error: type[Exception]) -> None:
    """Nor does what breaks: half a booking is the worst of all."""
    snapshot = saved(store, calendar())
    if error is SlotUnavailableError:
        book(store, snapshot, id="a9")

    def broken(*_: object) -> tuple[()]:
        raise ZeroDivisionError

    admit = broken if error is ZeroDivisionError else admits(snapshot, at("10:00"))
    before = (claimed(store), counted(store), [each.key for each in outbox(store)])
    both = booking(appointment(snapshot=snapshot), request=Request("r1", "asked"), news="n1")
    with pytest.raises(error):
        store.commit(both, admit)

    assert (claimed(store), counted(store), [each.key for each in outbox(store)]) == before
    assert store.outcome(TENANT, Request("r1", "asked")) is None
    with pytest.raises(UnknownBookingError):
        store.appointment(TENANT, "a1")
    assert store.appointments(TENANT, MONDAY, "sales-call") in {(), (appointment(id="a9"),)}


def test_shared_claims_are_never_in_the_way(store: BookingStore) -> None:
    """An optional member, or one whose busy time is ignored, may sit in two meetings (F7)."""
    relaxed = member("cleo", ignore_busy=True)
    optional = member("dan", required=False)
    first = saved(store, calendar(ANA, relaxed, optional))
    second = saved(store, calendar(BEN, relaxed, optional, slug="demo"))
    told: list[Claim] = []

    def listening(claims: Any, counted: Any) -> tuple[()]:
        told.extend(claims)
        return ()

    book(store, first)
    store.commit(booking(appointment(id="a2", snapshot=second)), listening)

    assert told == []
    assert len(claimed(store, "cleo", "dan")) == 4


def test_a_shared_claim_meets_an_exclusive_one(store: BookingStore) -> None:
    """Cleo is required in one calendar and optional in the other."""
    strict = saved(store, calendar(ANA, CLEO))
    loose = saved(store, calendar(BEN, member("cleo", required=False), slug="demo"))

    book(store, loose)
    book(store, strict, id="a2")

    assert claimed(store, "cleo") == {("cleo", "10:00", "a1"), ("cleo", "10:00", "a2")}


def test_one_id_in_two_tenants_is_two_people_and_two_things(store: BookingStore) -> None:
    """S6."""
    mine, theirs = saved(store, calendar()), saved(store, calendar(), "other")
    made = book(store, mine)
    other = appointment(tenant="other", snapshot=theirs, title="Theirs")

    assert commit(store, other) is None
    assert store.appointment(TENANT, "a1") == made
    assert store.appointment("other", "a1") == other
    assert store.appointments("other", MONDAY) == (other,)
    assert {each.tenant for each in outbox(store, "other")} == {"other"}
    with pytest.raises(UnknownBookingError):
        store.appointment("third", "a1")


# --- buffers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["old", "new"])
def test_a_buffer_reaches_what_the_slots_do_not(store: BookingStore, whose: str) -> None:
    """What is read is widened by the slot's buffers and by the largest stored one (S1)."""
    hour = timedelta(hours=1)
    old = {"buffer_after": hour} if whose == "old" else {}
    new = {"buffer_before": hour} if whose == "new" else {}
    book(store, saved(store, calendar(ANA, BEN, **old)))
    snapshot = saved(store, calendar(ANA, BEN, slug="demo", **new))

    with pytest.raises(SlotUnavailableError) as refused:
        book(store, snapshot, "11:30", id="a2")
    assert {str(each.what) for each in refused.value.reasons} <= {"buffer", "other appointment"}
    book(store, snapshot, "12:00", id="a2")


def test_the_longest_appointment_is_seen_from_its_middle(store: BookingStore) -> None:
    """What is near is told by where it ends, however long before it began."""
    anybody = [member(id_, ignore_hours=True, hours=None) for id_ in ("ana", "ben")]
    long = calendar(*anybody, duration=timedelta(hours=10))
    book(store, saved(store, long), "01:00")
    short = saved(store, calendar(*anybody, duration=timedelta(minutes=5), slug="demo"))

    for clock in ("01:00", "06:00", "10:55"):
        with pytest.raises(SlotUnavailableError) as refused:
            book(store, short, clock, id="a2")
        assert {each.claim for each in refused.value.reasons} == {"a1"}


def test_whoever_shares_one_member_looks_as_far_as_that_ones_claims_reach(
    store: BookingStore,
) -> None:
    """Cleo has had as much before, Ben has not: his reach grows all the same."""
    hour = timedelta(hours=1)
    book(store, saved(store, calendar(CLEO, DAN, slug="first", buffer_after=hour)), "14:00")
    book(store, saved(store, calendar(BEN, CLEO, slug="second", buffer_after=hour)), id="a2")
    snapshot = saved(store, calendar(ANA, BEN, slug="third"))

    with pytest.raises(SlotUnavailableError) as refused:
        book(store, snapshot, "11:00", id="a3")
    assert taken_by(refused) == [("buffer", "ben", "a2")]


# --- the guard (S2) ------------------------------------------------------------------------------


def test_an_admission_that_lets_everything_in_cannot_overlap(store: BookingStore) -> None:
    """The last word is the store's own, and it still says who is in the way."""
    snapshot = saved(store, calendar())
    book(store, snapshot)

    with pytest.raises(SlotUnavailableError) as refused:
        store.commit(booking(appointment(id="a2", snapshot=snapshot, start=at("10:59"))), anything)
    assert taken_by(refused) == [
        ("other appointment", "ana", "a1"),
        ("other appointment", "ben", "a1"),
    ]
    assert counted(store) == {"a1"}


def test_the_guard_lets_neighbours_touch(store: BookingStore) -> None:
    """Half-open: eleven belongs to the second (T1)."""
    snapshot = saved(store, calendar())
    book(store, snapshot)

    assert (
        store.commit(booking(appointment(id="a2", snapshot=snapshot, start=at("11:00"))), anything)
        is None
    )


def test_the_guard_says_that_a_hold_is_in_the_way(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    keep(store, snapshot)

    with pytest.raises(SlotUnavailableError) as refused:
        store.commit(booking(appointment(snapshot=snapshot)), anything)
    assert {each.what for each in refused.value.reasons} == {What.HOLD}


def test_the_guard_refuses_a_move_onto_somebody(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    book(store, snapshot)
    second = book(store, snapshot, "14:00", id="a2")

    with pytest.raises(SlotUnavailableError):
        store.commit(booking(second.moved(at("10:30"), NOW)), anything)
    assert store.appointment(TENANT, "a2") == second
    assert ("ana", "14:00", "a2") in claimed(store)


# --- holds ---------------------------------------------------------------------------------------


def test_a_hold_keeps_the_time_until_it_lapses(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    kept = keep(store, snapshot)

    assert store.hold(TENANT, "h1") == kept
    assert claimed(store) == {("ana", "10:00", "h1"), ("ben", "10:00", "h1")}
    assert counted(store) == {"h1"}
    with pytest.raises(SlotUnavailableError) as refused:
        book(store, snapshot)
    assert {each.what for each in refused.value.reasons} == {What.HOLD}


def test_a_lapsed_hold_takes_nothing_and_is_there_still(store: BookingStore) -> None:
    """From the instant it expires (S3); its payment may have to be settled yet."""
    snapshot = saved(store, calendar())
    kept = keep(store, snapshot)
    just = LATER - timedelta(microseconds=1)

    assert claimed(store, now=just)
    assert counted(store, now=just) == {"h1"}
    assert claimed(store, now=LATER) == set()
    assert counted(store, now=LATER) == set()
    made = appointment(snapshot=snapshot)
    assert commit(store, made, now=LATER) is None
    assert store.hold(TENANT, "h1") == kept


def test_a_confirmed_hold_is_an_appointment_for_good(store: BookingStore) -> None:
    """It never stands in its own way, and does not lapse any more."""
    kept = keep(store, saved(store, calendar()))

    assert store.commit(confirming(kept)) is None
    assert store.hold(TENANT, "h1").state is HoldState.BOOKED
    assert store.appointment(TENANT, "h1").slot == kept.slot
    assert claimed(store, now=LATER) == {("ana", "10:00", "h1"), ("ben", "10:00", "h1")}
    assert counted(store, now=LATER) == {"h1"}
    (claim, *_) = store.taken(TENANT, "sales-call", ["ana"], kept.slot, LATER).claims
    assert not claim.held


def test_a_hold_that_settles_does_not_lapse(store: BookingStore) -> None:
    """Its money is on the way (M2)."""
    kept = keep(store, saved(store, calendar()))
    settling = kept.stepped(state=HoldState.SETTLING)

    store.commit(holding(settling, judged=None, tenure=Tenure.FOR_GOOD))

    assert claimed(store, now=LATER) == {("ana", "10:00", "h1"), ("ben", "10:00", "h1")}
    assert counted(store, now=LATER) == {"h1"}
    (claim, *_) = store.taken(TENANT, "sales-call", ["ana"], kept.slot, LATER).claims
    assert claim.held


def test_a_lapsed_hold_cannot_be_confirmed(store: BookingStore) -> None:
    kept = keep(store, saved(store, calendar()))

    with pytest.raises(HoldExpiredError):
        store.commit(confirming(kept, now=LATER))
    assert store.hold(TENANT, "h1") == kept
    with pytest.raises(UnknownBookingError):
        store.appointment(TENANT, "h1")


def test_a_hold_whose_time_went_to_somebody_else_cannot_be_confirmed(store: BookingStore) -> None:
    """By a clock that is behind it is live; by the one that freed its time it is not (S3)."""
    snapshot = saved(store, calendar())
    kept = keep(store, snapshot)
    commit(store, appointment(snapshot=snapshot), now=LATER)

    with pytest.raises(HoldExpiredError):
        store.commit(confirming(kept, now=LATER - timedelta(seconds=1)))
    assert claimed(store) == {("ana", "10:00", "a1"), ("ben", "10:00", "a1")}


def test_a_hold_that_lost_one_member_is_lost(store: BookingStore) -> None:
    """All members or none: Ben alone was booked elsewhere meanwhile."""
    kept = keep(store, saved(store, calendar(ANA, BEN)))
    demo = saved(store, calendar(BEN, CLEO, slug="demo"))
    commit(store, appointment(snapshot=demo, start=at("15:00")), now=LATER)

    with pytest.raises(HoldExpiredError):
        store.commit(confirming(kept, now=LATER - timedelta(seconds=1)))


def test_what_was_refused_frees_nobody(store: BookingStore) -> None:
    """The claims of lapsed holds are deleted in the same transaction, or not at all."""
    snapshot = saved(store, calendar())
    kept = keep(store, snapshot)
    book(store, snapshot, "14:00", id="a9")
    with pytest.raises(SlotUnavailableError):
        commit(store, appointment(snapshot=snapshot, start=at("14:00")), now=LATER)

    assert store.commit(confirming(kept, now=LATER - timedelta(seconds=1))) is None


def test_a_released_hold_gives_the_time_back(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    kept = keep(store, snapshot)

    released = kept.stepped(state=HoldState.RELEASED)
    store.commit(holding(released, judged=None, tenure=Tenure.ENDED))

    assert claimed(store) == set()
    assert counted(store) == set()
    assert store.hold(TENANT, "h1") == released
    book(store, snapshot)


def test_a_step_of_a_payment_leaves_the_claims_alone(store: BookingStore) -> None:
    """They lapse when they would have lapsed."""
    kept = keep(store, saved(store, calendar(price=EUROS)))
    paying = kept.stepped(payment=Payment(money=EUROS))

    store.commit(holding(paying, judged=None, tenure=Tenure.SAME))

    assert store.hold(TENANT, "h1") == paying
    assert len(claimed(store)) == 2
    assert claimed(store, now=LATER) == set()
    assert counted(store, now=LATER) == set()


def test_a_lapsed_hold_is_revived_if_its_time_is_free(store: BookingStore) -> None:
    """M1: claimed anew, from its snapshot."""
    snapshot = saved(store, calendar(price=EUROS))
    kept = keep(store, snapshot)
    settling = kept.stepped(state=HoldState.SETTLING)

    assert store.commit(holding(settling, now=LATER), admits(snapshot, kept.slot.start)) is None
    assert len(claimed(store, now=LATER + timedelta(days=1))) == 2


# --- moving, editing, ending ---------------------------------------------------------------------


def test_a_move_takes_the_new_time_and_frees_the_old(store: BookingStore) -> None:
    """It does not block itself (F6)."""
    made = book(store, saved(store, calendar()))
    moved = made.moved(at("10:30"), NOW)

    assert commit(store, moved) is None
    assert claimed(store) == {("ana", "10:30", "a1"), ("ben", "10:30", "a1")}
    assert store.appointment(TENANT, "a1") == moved


def test_a_move_that_is_refused_leaves_all_as_it_was(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    made = book(store, snapshot)
    book(store, snapshot, "14:00", id="a2")

    with pytest.raises(SlotUnavailableError):
        commit(store, made.moved(at("14:00"), NOW))
    assert store.appointment(TENANT, "a1") == made
    assert ("ana", "10:00", "a1") in claimed(store)


def test_what_is_moved_does_not_count_against_itself(store: BookingStore) -> None:
    """N3: a full day can still be rearranged."""
    snapshot = saved(store, calendar(max_per_day=1))
    made = book(store, snapshot)

    with pytest.raises(SlotUnavailableError) as refused:
        book(store, snapshot, "14:00", id="a2")
    assert {each.what for each in refused.value.reasons} == {What.CAP}
    assert commit(store, made.moved(at("14:00"), NOW)) is None


def test_an_edit_touches_no_time(store: BookingStore) -> None:
    made = book(store, saved(store, calendar()))
    edited = made.edited(NOW, title="Demo")

    store.commit(booking(edited, judged=None, tenure=Tenure.SAME))

    assert store.appointment(TENANT, "a1").title == "Demo"
    assert len(claimed(store)) == 2
    assert counted(store) == {"a1"}


@pytest.mark.parametrize("happening", [Happening.CANCELLED, Happening.INVALIDATED])
def test_what_ends_gives_everything_back(store: BookingStore, happening: Happening) -> None:
    snapshot = saved(store, calendar(max_per_day=1))
    made = book(store, snapshot)

    store.commit(ending(made, happening))

    assert claimed(store) == set()
    assert counted(store) == set()
    book(store, snapshot, id="a2")


def test_a_request_may_count_and_take_no_time(store: BookingStore) -> None:
    """A7: `pending_blocks` off."""
    asking = calendar(ANA, BEN, pending_blocks=False, approval=True, max_per_day=2)
    snapshot = saved(store, asking)
    first = book(store, snapshot, id="a1", status=Status.PENDING)
    book(store, snapshot, id="a2", status=Status.PENDING)

    assert claimed(store) == set()
    assert counted(store) == {"a1", "a2"}
    approved = first.stepped(Happening.APPROVED, NOW)
    store.commit(booking(approved), anything)
    assert claimed(store) == {("ana", "10:00", "a1"), ("ben", "10:00", "a1")}


# --- versions ------------------------------------------------------------------------------------


def test_of_two_who_change_one_version_the_second_is_stale(store: BookingStore) -> None:
    """A3: whatever fails, what stands stays."""
    made = book(store, saved(store, calendar()))
    store.commit(booking(made.edited(NOW, title="Demo"), judged=None, tenure=Tenure.SAME))

    with pytest.raises(StaleVersionError):
        commit(store, made.moved(at("14:00"), NOW))
    with pytest.raises(StaleVersionError):
        store.commit(ending(made))
    assert ("ana", "10:00", "a1") in claimed(store)


def test_of_two_steps_of_one_hold_the_second_is_stale(store: BookingStore) -> None:
    """Any number of machines settle at once; each step is taken once."""
    kept = keep(store, saved(store, calendar()))
    store.commit(confirming(kept))

    with pytest.raises(StaleVersionError):
        store.commit(
            holding(kept.stepped(state=HoldState.RELEASED), judged=None, tenure=Tenure.ENDED)
        )
    assert len(claimed(store)) == 2


def test_an_id_that_is_taken_is_not_taken_again(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    made = book(store, snapshot)

    with pytest.raises(StaleVersionError):
        book(store, snapshot, "14:00", title="Demo")
    assert store.appointment(TENANT, "a1") == made


def test_every_version_can_be_read_again(store: BookingStore) -> None:
    """A message delivered late tells of the appointment as it was then."""
    made = book(store, saved(store, calendar()))
    moved = made.moved(at("14:00"), NOW)
    commit(store, moved)

    assert store.appointment(TENANT, "a1", 1) == made
    assert store.appointment(TENANT, "a1", 2) == store.appointment(TENANT, "a1") == moved
    with pytest.raises(UnknownBookingError):
        store.appointment(TENANT, "a1", 3)
    with pytest.raises(UnknownBookingError):
        store.appointment(TENANT, "a2", 1)


# --- requests and news (S4, M4) ------------------------------------------------------------------


def test_a_request_is_carried_out_once(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    asked = Request("r1", "asked")
    made = appointment(snapshot=snapshot)
    commit(store, made, request=asked)
    again = appointment(id="a2", snapshot=snapshot)

    assert commit(store, again, request=asked) == Outcome("a1", 1)
    assert store.outcome(TENANT, asked) == Outcome("a1", 1)
    assert store.appointments(TENANT, MONDAY) == (made,)


def test_a_request_answers_what_it_did_and_not_what_became_of_it(store: BookingStore) -> None:
    asked = Request("r1", "asked")
    made = appointment(snapshot=saved(store, calendar()))
    commit(store, made, request=asked)
    store.commit(ending(made))

    assert store.outcome(TENANT, asked) == Outcome("a1", 1)


def test_something_else_under_the_same_request_is_an_error(store: BookingStore) -> None:
    snapshot = saved(store, calendar())
    commit(store, appointment(snapshot=snapshot), request=Request("r1", "asked"))
    other = Request("r1", "something else")

    with pytest.raises(RequestReusedError):
        store.outcome(TENANT, other)
    with pytest.raises(RequestReusedError):
        commit(store, appointment(id="a2", snapshot=snapshot, start=at("14:00")), request=other)
    assert counted(store) == {"a1"}


def test_a_request_is_one_per_tenant(store: BookingStore) -> None:
    commit(store, appointment(snapshot=saved(store, calendar())), request=Request("r1", "asked"))

    assert store.outcome("other", Request("r1", "something else")) is None


def test_a_refusal_is_decided_afresh(store: BookingStore) -> None:
    """The time may be free by the next try."""
    snapshot = saved(store, calendar())
    first = book(store, snapshot, id="a9")
    asked = Request("r1", "asked")
    with pytest.raises(SlotUnavailableError):
        commit(store, appointment(snapshot=snapshot), request=asked)
    store.commit(ending(first))

    assert commit(store, appointment(snapshot=snapshot), request=asked) is None


def test_news_are_taken_in_once(store: BookingStore) -> None:
    """The second time answers the same, and writes nothing."""
    kept = keep(store, saved(store, calendar()))
    told = holding(kept.stepped(), judged=None, tenure=Tenure.SAME, news="n1")

    assert store.commit(told) is None
    assert store.commit(told) == Outcome("h1", 2)
    assert store.commit(replace(told, hold=kept.stepped().stepped())) == Outcome("h1", 3)
    assert store.hold(TENANT, "h1").version == 2


def test_old_requests_and_news_are_forgotten(store: BookingStore) -> None:
    """Those of this tenant alone, and what was recorded at that instant is kept (S4)."""
    kept = keep(store, saved(store, calendar()))
    asked = Request("r1", "asked")
    step = holding(kept.stepped(), judged=None, tenure=Tenure.SAME, news="n1", request=asked)
    store.commit(step)

    store.forget(TENANT, NOW)
    store.forget("other", LATER)
    assert store.outcome(TENANT, asked) == Outcome("h1", 2)
    store.forget(TENANT, NOW + timedelta(microseconds=1))
    assert store.outcome(TENANT, asked) is None
    assert store.commit(replace(step, hold=kept.stepped().stepped())) is None


# --- reading -------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_to_be_missing(store: BookingStore) -> None:
    with pytest.raises(UnknownBookingError):
        store.hold(TENANT, "h1")
    with pytest.raises(UnknownBookingError):
        store.appointment(TENANT, "a1")
    assert store.appointments(TENANT, MONDAY) == ()


def test_appointments_come_by_start_and_then_by_id(store: BookingStore) -> None:
    """Whatever their status; those that start in the window, its end not among them."""
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


def test_what_is_taken_is_told_of_every_calendar(store: BookingStore) -> None:
    """F7: claims of whom was asked about, counts of the one calendar."""
    book(store, saved(store, calendar(ANA, BEN)))
    book(store, saved(store, calendar(BEN, CLEO, slug="demo")), "14:00", id="a2")

    assert claimed(store, "ben") == {("ben", "10:00", "a1"), ("ben", "14:00", "a2")}
    assert counted(store, "sales-call") == {"a1"}
    assert counted(store, "demo") == {"a2"}
    assert store.taken("other", "sales-call", ["ben"], MONDAY, NOW).claims == ()


def test_what_is_taken_comes_back_whole(store: BookingStore) -> None:
    """The finder needs buffers and kind as they were claimed."""
    before, after = timedelta(minutes=5), timedelta(minutes=20)
    relaxed = member("ben", required=False)
    made = calendar(ANA, relaxed, buffer_before=before, buffer_after=after)
    kept = keep(store, saved(store, made))

    found = store.taken(TENANT, "sales-call", ["ana", "ben"], kept.slot, NOW)
    assert set(found.claims) == {
        Claim("h1", "ana", kept.slot, before, after, exclusive=True, held=True),
        Claim("h1", "ben", kept.slot, before, after, exclusive=False, held=True),
    }


def test_claims_are_read_as_far_as_the_largest_buffer_reaches(store: BookingStore) -> None:
    """Else a search would offer what booking refuses (L1)."""
    hour = timedelta(hours=1)
    book(store, saved(store, calendar(ANA, BEN, buffer_after=hour)))

    def seen(start: str, end: str) -> bool:
        return bool(store.taken(TENANT, "demo", ["ana"], slot(start, end), NOW).claims)

    assert seen("11:30", "12:30")
    assert not seen("12:00", "13:00")
    assert seen("09:30", "10:00")  # a buffer of any side


def test_a_month_around_is_counted(store: BookingStore) -> None:
    snapshot = saved(store, calendar(max_per_month=9))
    made = appointment(snapshot=snapshot, start=at("10:00"))
    far = [made.start + timedelta(days=days) for days in (31, 33)]
    for id_, start in zip(("a1", "a2", "a3"), (made.start, *far), strict=True):
        store.commit(booking(appointment(id=id_, snapshot=snapshot, start=start)), anything)

    assert counted(store) == {"a1", "a2"}


# --- unfinished attempts (M2) --------------------------------------------------------------------


def test_unfinished_holds_come_when_they_need_something(store: BookingStore) -> None:
    """The earliest first; what has ended, never again."""
    snapshot = saved(store, calendar())
    late = keep(store, snapshot, "14:00", id="h2", expires=LATER + timedelta(minutes=5))
    keep(store, snapshot, "10:00", id="h1")

    assert store.unfinished(TENANT, NOW, 10) == ()
    assert store.unfinished(TENANT, LATER, 10) == ("h1",)
    assert store.unfinished(TENANT, late.expires, 10) == ("h1", "h2")
    assert store.unfinished(TENANT, late.expires, 1) == ("h1",)
    assert store.unfinished("other", late.expires, 10) == ()
    released = holding(late.stepped(state=HoldState.RELEASED), judged=None, tenure=Tenure.ENDED)
    store.commit(released)
    assert store.unfinished(TENANT, late.expires, 10) == ("h1",)


def test_an_attempt_whose_payment_is_intended_is_unfinished_at_once(store: BookingStore) -> None:
    """Whoever crashed before calling the gateway left nothing else behind."""
    kept = keep(store, saved(store, calendar(price=EUROS)))
    paying = kept.stepped(payment=Payment(money=EUROS))
    store.commit(holding(paying, judged=None, tenure=Tenure.SAME))

    assert store.unfinished(TENANT, NOW, 10) == ("h1",)


def test_texts_of_all_the_world_come_back(store: BookingStore) -> None:
    """Quotes, percent signs, emoji: nothing of them is a command."""
    odd = "Robert'); DROP TABLE %s -- 😀 \\ ünï"
    made = book(store, saved(store, calendar()), title=odd, notes=f"{odd}\n{odd}")

    assert store.appointment(TENANT, "a1") == made


def test_a_snapshot_is_of_the_version_that_was_stored(store: BookingStore) -> None:
    """A1."""
    saved(store, calendar())
    second = saved(store, calendar(name="Demo"))
    made = book(store, second)

    assert made.snapshot == Snapshot(calendar=calendar(name="Demo"), version=2, owner="ana")
    assert store.appointment(TENANT, "a1").snapshot == second
