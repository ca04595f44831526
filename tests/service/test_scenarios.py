"""What broke real booking systems when they booked, as stories with known ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from collective_booking.adapters.folder import FolderOutbox
from collective_booking.adapters.ics import IcsProvider
from collective_booking.appointments import Status
from collective_booking.availability import Availability
from collective_booking.contacts import Contact
from collective_booking.errors import (
    FixedForEverError,
    PrimaryOwnerRemovalError,
    StaleVersionError,
    UnknownBookingError,
)
from collective_booking.holds import HoldState
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.messages import Audience
from collective_booking.reasons import SlotUnavailableError, What
from collective_booking.testing import Fault
from tests.bookings import (
    ANA,
    BEN,
    CLEO,
    DAN,
    EUROS,
    HOST,
    KIM,
    LOU,
    MONDAY,
    NOW,
    Office,
    at,
    calendar,
    member,
    slot,
)

HOUR = timedelta(hours=1)


def kinds(error: SlotUnavailableError) -> set[tuple[What, str | None]]:
    return {(reason.what, reason.who) for reason in error.reasons}


def test_a_booking_blocks_every_member_in_every_calendar(here: Office) -> None:
    """P3: a person in two teams is one person, whichever team is booked (F7)."""
    here.service.save_calendar(calendar(ANA, BEN, CLEO))
    here.service.save_calendar(calendar(BEN, DAN, slug="support"))
    made = here.service.book("sales-call", at("10:00"), KIM).appointment

    assert "10:00" not in here.listed("support")
    (reason,) = here.service.explain("support", at("10:00")).reasons
    assert (reason.what, reason.who, reason.claim) == (What.APPOINTMENT, "ben", made.id)


def test_notice_holds_for_a_start_that_is_posted_directly(here: Office) -> None:
    """P31: what is not offered cannot be booked around the page (N1, L1)."""
    here.service.save_calendar(calendar(notice=timedelta(hours=2), interval=timedelta(minutes=15)))
    here.clock.set(at("08:00"))

    assert here.listed()[0] == "10:00"
    with pytest.raises(SlotUnavailableError) as refused:
        here.service.book("sales-call", at("09:45"), KIM)
    assert kinds(refused.value) == {(What.NOTICE, None)}
    assert here.service.book("sales-call", at("10:00"), KIM).appointment.start == at("10:00")


def test_the_horizon_holds_for_a_start_that_is_posted_directly(here: Office) -> None:
    """P35."""
    here.service.save_calendar(calendar(horizon_days=2))

    with pytest.raises(SlotUnavailableError) as refused:
        here.service.book("sales-call", at("09:00") + timedelta(days=91), KIM)
    assert (What.HORIZON, None) in kinds(refused.value)


def test_a_daily_cap_counts_by_the_calendar_day(here: Office) -> None:
    """P37: 16:00 in Brisbane is six in the morning in UTC, and fills the Brisbane day (N3)."""
    around = OpeningHours.parse("Mon-Sun 00:00-24:00")
    people = [member(each, hours=around) for each in ("ana", "ben")]
    here.service.save_calendar(calendar(*people, timezone="Australia/Brisbane", max_per_day=1))
    here.service.book("sales-call", datetime(2026, 11, 24, 6, tzinfo=UTC), KIM)

    tuesday = Interval(at("14:00", 23), at("14:00", 24))
    wednesday = Interval(at("14:00", 24), at("14:00", 25))
    assert here.listed(window=tuesday) == []
    assert len(here.listed(window=wednesday)) == 24


def test_a_cap_counts_no_booking_against_itself(here: Office) -> None:
    """P38: its only booking may move within the day."""
    here.service.save_calendar(calendar(max_per_day=1))
    made = here.service.book("sales-call", at("10:00"), KIM).appointment

    assert here.service.reschedule(made.id, at("14:00")).appointment.start == at("14:00")
    with pytest.raises(SlotUnavailableError) as refused:
        here.service.book("sales-call", at("11:00"), LOU)
    assert kinds(refused.value) == {(What.CAP, None)}


def test_all_members_are_asked_about_in_one_call(here: Office) -> None:
    """P43: a hundred calendars are one question, about the time that slots can touch (F3)."""
    crowd = [member(f"m{number}") for number in range(100)]
    quarter = timedelta(minutes=15)
    here.service.save_calendar(calendar(*crowd, buffer_before=quarter, buffer_after=2 * quarter))
    window = Interval(NOW, NOW + timedelta(days=60))

    here.service.offers("sales-call", window)

    ((asked, about),) = here.provider.asked
    assert len(asked) == 100
    assert about == Interval(window.start - quarter, window.end + HOUR + 2 * quarter)


def test_of_two_who_only_break_a_buffer_one_is_refused(here: Office) -> None:
    """P44: buffers are asked under the lock too, whatever was listed before (S1)."""
    half = timedelta(minutes=30)
    here.service.save_calendar(calendar(ANA, BEN, buffer_after=half))
    here.service.save_calendar(calendar(ANA, CLEO, slug="support", duration=half))
    made = here.service.book("sales-call", at("10:00"), KIM).appointment

    with pytest.raises(SlotUnavailableError) as refused:
        here.service.book("support", at("11:00"), LOU)
    assert [(r.what, r.who, r.claim) for r in refused.value.reasons] == [
        (What.BUFFER, "ana", made.id)
    ]


def test_a_late_payer_gets_the_money_back_and_not_the_time(here: Office) -> None:
    """P45: the hold lapsed, somebody else has booked and paid; one appointment in all."""
    here.service.save_calendar(calendar(price=EUROS))
    first = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(first.token)
    here.clock.advance(timedelta(minutes=5))
    assert "10:00" not in here.listed()
    here.clock.advance(timedelta(minutes=5))
    second = here.service.hold("sales-call", at("10:00"), LOU)
    here.service.begin_payment(second.token)
    booked = here.service.payment_happened(here.gateway.pay(second.hold.id))
    here.clock.advance(timedelta(minutes=2))

    late = here.service.payment_happened(here.gateway.pay(first.hold.id))

    assert booked.outcome is HoldState.BOOKED
    assert late.outcome is HoldState.RELEASED
    assert here.gateway.charged(first.hold.id) == 0
    assert not here.gateway.reserved(first.hold.id)
    assert here.gateway.moves(second.hold.id) == (1, 0)
    assert [each.contact for each in here.service.agenda(MONDAY)] == [LOU]


def test_a_late_payment_that_was_taken_at_once_is_refunded_once(capturing: Office) -> None:
    """P45, with a gateway that cannot reserve (M1)."""
    here = capturing
    here.service.save_calendar(calendar(price=EUROS))
    first = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(first.token)
    here.clock.advance(timedelta(minutes=10))
    second = here.service.hold("sales-call", at("10:00"), LOU)
    here.service.begin_payment(second.token)
    here.service.payment_happened(here.gateway.pay(second.hold.id))

    notice = here.gateway.pay(first.hold.id)
    ends = [here.service.payment_happened(notice).outcome for _ in range(3)]

    assert ends == [HoldState.REFUNDED] * 3
    assert here.gateway.moves(first.hold.id) == (1, 1)
    assert here.gateway.moves(second.hold.id) == (1, 0)


def test_a_late_payer_gets_the_time_if_it_is_still_free(here: Office) -> None:
    """A lapsed hold is claimed anew from its snapshot, though notice would forbid it now (M1)."""
    here.service.save_calendar(calendar(price=EUROS, notice=timedelta(hours=3)))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    here.clock.advance(timedelta(minutes=12))

    attempt = here.service.payment_happened(here.gateway.pay(held.hold.id))

    assert attempt.outcome is HoldState.BOOKED
    assert here.gateway.charged(held.hold.id) == EUROS.amount


def test_a_declined_payment_frees_the_time_at_once_and_tells_nobody(here: Office) -> None:
    """P46."""
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)

    attempt = here.service.payment_happened(here.gateway.refuse(held.hold.id))

    assert attempt.outcome is HoldState.RELEASED
    assert "10:00" in here.listed()
    assert here.service.deliver().delivered == ()
    assert here.service.agenda(MONDAY) == ()


@pytest.mark.parametrize("pays", [True, False])
def test_who_has_acted_is_not_asked_to_act_again(here: Office, pays: bool) -> None:
    """A host that sends payers to `action` would send them to a payment that is over (M2)."""
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    assert here.service.begin_payment(held.token).action is not None

    act = here.gateway.pay if pays else here.gateway.refuse
    here.service.payment_happened(act(held.hold.id))

    assert here.service.begin_payment(held.token).action is None
    assert here.service.attempt(held.token).action is None


def test_an_abandoned_payment_frees_the_time_when_the_hold_lapses(here: Office) -> None:
    """P46: and nothing is left reserved for ever."""
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    assert "10:00" not in here.listed()
    here.clock.advance(timedelta(minutes=10))
    assert "10:00" in here.listed()

    here.clock.advance(HOUR)
    (attempt,) = here.service.deliver().attempts

    assert attempt.outcome is HoldState.RELEASED
    assert ("void", f"default/{held.hold.id}/voiding") in here.gateway.calls
    assert here.notifier.sent == []


def test_a_confirmation_told_three_times_books_once(here: Office) -> None:
    """P47: one appointment, one charge, one e-mail, as many copies as members."""
    here.service.save_calendar(calendar(ANA, BEN, CLEO, price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)
    notice = here.gateway.pay(held.hold.id)

    attempts = [here.service.payment_happened(notice) for _ in range(3)]
    here.service.deliver()

    assert {each.booking.appointment.id for each in attempts} == {held.hold.id}
    assert here.gateway.moves(held.hold.id) == (1, 0)
    assert len(here.notifier.to(Audience.OWNER)) == 1
    assert {who: len(copies) for who, copies in here.provider.copies.items()} == {
        "ana": 1,
        "ben": 1,
        "cleo": 1,
    }


@pytest.mark.parametrize("blocks", [True, False])
def test_of_two_requests_for_one_time_one_is_approved(here: Office, blocks: bool) -> None:
    """P48: whether a request keeps the time is a switch; either way only one is approved."""
    here.service.save_calendar(calendar(approval=True, pending_blocks=blocks))
    first = here.service.book("sales-call", at("10:00"), KIM).appointment
    assert first.status is Status.PENDING

    if blocks:
        with pytest.raises(SlotUnavailableError):
            here.service.book("sales-call", at("10:00"), LOU)
        return
    second = here.service.book("sales-call", at("10:00"), LOU).appointment
    assert here.service.approve(first.id).appointment.status is Status.CONFIRMED
    with pytest.raises(SlotUnavailableError) as refused:
        here.service.approve(second.id)
    assert kinds(refused.value) == {(What.APPOINTMENT, "ana"), (What.APPOINTMENT, "ben")}
    assert here.service.appointment(second.id).appointment == second


def test_one_event_is_told_to_everybody_once(here: Office) -> None:
    """P49: four members, one booker: one e-mail, four copies of one UID, one message."""
    here.service.save_calendar(calendar(ANA, BEN, CLEO, DAN))
    made = here.service.book("sales-call", at("10:00"), KIM).appointment

    here.service.deliver()

    (to_owner,) = here.notifier.to(Audience.OWNER)
    (to_booker,) = here.notifier.to(Audience.BOOKER)
    assert (to_owner.email, to_booker.email) == ("ana@example.com", "kim@example.com")
    assert to_owner.invitation is None  # her calendar has its copy
    assert to_booker.invitation is not None
    copies = [list(own) for own in here.provider.copies.values()]
    assert copies == [[made.uid]] * 4
    assert here.service.deliver().delivered == ()


def test_a_member_without_a_calendar_is_reported(here: Office) -> None:
    """P50: the booking stands, and the gap is told."""
    here.service.save_calendar(calendar(ANA, BEN, CLEO, member("dan", calendar=None)))

    made = here.service.book("sales-call", at("10:00"), KIM)
    here.service.deliver()

    assert made.unreached == ("dan",)
    assert sorted(here.provider.copies) == ["ana", "ben", "cleo"]


def test_what_cannot_be_told_leaves_the_appointment_standing(here: Office) -> None:
    """P51: the failure is kept with its reason, and tried again; nothing is booked twice (E3)."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.notifier.faults.plan("send", Fault.BEFORE, Fault.BEFORE)

    report = here.service.deliver()

    assert len(report.failed) == 2
    assert {each.key for each in here.service.undelivered()} == {e.key for e in report.failed}
    assert all("ConnectionError" in each.failure for each in here.service.undelivered())
    assert here.service.agenda(MONDAY) == (made,)
    here.clock.advance(timedelta(minutes=2))
    assert len(here.service.deliver().delivered) == 2
    assert here.service.undelivered() == ()


def test_a_booker_who_is_a_member_is_one_attendee(here: Office) -> None:
    """P52: no conflict with oneself, and it can be cancelled."""
    here.service.save_calendar(calendar())
    ben = type(KIM)("Ben", "BEN@example.com")

    made = here.service.book("sales-call", at("10:00"), ben).appointment
    here.service.deliver()

    copy = here.provider.copies["ana"][made.uid].icalendar.replace(b"\r\n ", b"")
    assert copy.count(b"ATTENDEE") == 2
    assert here.service.cancel(made.id).appointment.status is Status.CANCELLED


def test_an_owner_who_books_gets_the_owners_mail_alone(here: Office) -> None:
    """E2."""
    here.service.save_calendar(calendar())
    here.service.book("sales-call", at("10:00"), type(KIM)("Ana", "ana@example.com"))

    here.service.deliver()

    assert [each.audience for each in here.notifier.received] == [Audience.OWNER]


def test_an_appointment_may_move_over_itself(here: Office, tmp_path: Path) -> None:
    """P53: it does not block itself, nor do the copies of it in its members' calendars (F6)."""
    calendars = tmp_path / "calendars"
    people = [member(id_, calendar=id_) for id_ in ("ana", "ben")]
    for each in people:
        (calendars / each.id).mkdir(parents=True)

    def reading(host: str) -> Office:
        folders = IcsProvider(calendars, host=host, copies=FolderOutbox(calendars))
        return replace(here, service=here.another(provider=folders))

    ours, blind = reading(HOST), reading("elsewhere.example.com")
    ours.service.save_calendar(calendar(*people, interval=timedelta(minutes=15)))
    made = ours.service.book("sales-call", at("11:30"), KIM).appointment
    assert "11:45" not in ours.listed()
    assert "11:45" in blind.listed(moving=made.id)
    ours.service.deliver()

    assert "11:45" not in blind.listed(moving=made.id)  # the copies are there, and seen as busy
    assert "11:45" in ours.listed(moving=made.id)
    assert ours.service.reschedule(made.id, at("11:45")).appointment.start == at("11:45")


def test_explaining_a_move_leaves_out_what_is_moved_and_nothing_else(here: Office) -> None:
    """What is refused is told before anybody tries: the answer is the move's own (F6, L1, X1)."""
    here.service.save_calendar(calendar(ANA, BEN, CLEO, interval=timedelta(minutes=30)))
    first = here.service.book("sales-call", at("10:00"), KIM).appointment
    second = here.service.book("sales-call", at("13:00"), KIM).appointment
    here.service.save_calendar(calendar(ANA, BEN, interval=timedelta(minutes=30)))

    def refusing(start: str, **asked: str) -> set[tuple[str, str | None]]:
        reasons = here.service.explain("sales-call", at(start), **asked).reasons
        return {(each.who or "", each.claim) for each in reasons}

    assert refusing("10:30") == {("ana", first.id), ("ben", first.id)}
    assert refusing("10:30", moving=first.id) == set()
    # Who has left the team is still in the meeting (A3).
    others = {(who, first.id) for who in ("ana", "ben", "cleo")}
    assert refusing("10:30", moving=second.id) == others
    with pytest.raises(SlotUnavailableError):
        here.service.reschedule(second.id, at("10:30"))
    assert here.service.reschedule(first.id, at("10:30")).appointment.start == at("10:30")
    with pytest.raises(UnknownBookingError):
        refusing("10:30", moving="nope")


def test_a_move_keeps_the_people_it_was_booked_with(here: Office) -> None:
    """P54: the calendar has other members and another owner now; the appointment has not."""
    here.service.save_calendar(calendar(ANA, BEN))
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.deliver()
    here.service.save_calendar(calendar(BEN, CLEO))
    here.provider.availability_of["cleo"] = Availability(busy=IntervalSet([slot("09:00", "17:00")]))
    here.provider.availability_of["ana"] = Availability(busy=IntervalSet([slot("13:00", "14:00")]))

    with pytest.raises(SlotUnavailableError) as refused:
        here.service.reschedule(made.id, at("13:00"))
    assert kinds(refused.value) == {(What.BUSY, "ana")}
    moved = here.service.reschedule(made.id, at("14:00")).appointment
    here.service.deliver()

    assert moved.owner.id == "ana"
    assert (moved.uid, moved.organizer) == (made.uid, made.organizer)
    assert moved.sequence == made.sequence + 1
    assert sorted(here.provider.copies) == ["ana", "ben"]
    assert here.provider.copies["ben"][made.uid].appointment == moved


def test_a_stale_link_moves_nothing(here: Office) -> None:
    """P55."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.reschedule(made.id, at("11:00"), version=made.version)

    with pytest.raises(StaleVersionError):
        here.service.reschedule(made.id, at("12:00"), version=made.version)
    (only,) = here.service.agenda(MONDAY)
    assert only.start == at("11:00")


def test_a_move_that_fails_loses_nothing(here: Office) -> None:
    """P56."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.book("sales-call", at("11:00"), LOU)

    with pytest.raises(SlotUnavailableError):
        here.service.reschedule(made.id, at("11:00"))
    assert here.service.appointment(made.id).appointment == made
    assert "10:00" not in here.listed()


def test_the_old_time_is_free_again(here: Office) -> None:
    """P57."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.reschedule(made.id, at("11:00"))

    held = here.service.hold("sales-call", at("10:00"), LOU)
    assert here.service.confirm(held.token).appointment.start == at("10:00")


def test_a_changed_owner_concerns_the_future_alone(here: Office) -> None:
    """P58."""
    here.service.save_calendar(calendar(ANA, BEN, CLEO))
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    with pytest.raises(PrimaryOwnerRemovalError):
        here.service.remove_member("sales-call", "ana")
    here.service.make_owner("sales-call", "ben")
    report = here.service.remove_member("sales-call", "ana")
    later = here.service.book("sales-call", at("11:00"), LOU).appointment

    assert report.kept == (made,)  # A4
    assert here.service.appointment(made.id).appointment.owner.id == "ana"
    assert later.owner.id == "ben"
    for attempt in ({"owner": "ben"}, {"members": (BEN, CLEO)}):
        with pytest.raises(FixedForEverError):
            here.service.edit(made.id, **attempt)


def test_a_member_who_declines_cancels_it_for_nobody(here: Office) -> None:
    """P59: the host gets a signal, once."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.deliver()

    told, again = (here.service.member_declined(made.id, "ben").appointment for _ in range(2))
    here.service.deliver()

    assert told == again
    assert told.status is Status.CONFIRMED
    (signal,) = here.notifier.to(Audience.HOST)
    assert signal.appointment.history[-1].note == "ben"
    assert "10:00" not in here.listed()


def test_notifications_in_any_order_come_to_the_same(here: Office) -> None:
    """M4: paid, captured, and the beginning told last; whatever the order, it is booked once."""
    here.service.save_calendar(calendar(price=EUROS))
    for number, order in enumerate(permutations(range(3))):
        held = here.service.hold("sales-call", at(f"{9 + number}:00"), KIM)
        before = len(here.gateway.notices)
        here.service.begin_payment(held.token)
        paid = here.gateway.pay(held.hold.id)
        told = [here.gateway.notices[before], paid, here.gateway.notices[-1]]

        attempts = [here.service.payment_happened(told[each]) for each in order]

        assert attempts[-1].outcome is HoldState.BOOKED
        assert here.gateway.moves(held.hold.id) == (1, 0)


def test_a_page_can_ask_how_far_a_payment_is_and_change_nothing(here: Office) -> None:
    """Whoever comes back from paying, or reloads the page, is told where it stands."""
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    assert here.service.attempt(held.token).action is None
    begun = here.service.begin_payment(held.token)
    calls = list(here.gateway.calls)

    assert here.service.attempt(held.token) == begun
    assert here.gateway.calls == calls
    here.service.payment_happened(here.gateway.pay(held.hold.id))
    assert here.service.attempt(held.token).outcome is HoldState.BOOKED


def test_whoever_is_no_longer_the_booker_hears_that_it_is_off(here: Office) -> None:
    """E2: their calendar has it from us, and nobody else would take it out."""
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    here.service.deliver()

    here.service.edit(made.id, contact=LOU, notes="For Lou alone.")
    here.service.deliver()

    told = here.notifier.to(Audience.BOOKER)
    assert sorted((m.email, m.happening.value) for m in told) == [
        ("kim@example.com", "booked"),
        ("kim@example.com", "cancelled"),
        ("lou@example.com", "edited"),
    ]
    (off,) = (m for m in told if m.happening.value == "cancelled")
    assert off.invitation is not None
    assert b"METHOD:CANCEL" in off.invitation
    assert b"SEQUENCE:1" in off.invitation
    assert b"For Lou alone" not in off.invitation
    assert here.service.appointment(made.id).appointment.status.value == "confirmed"


def test_a_booker_who_has_another_name_or_is_a_member_stays_invited(here: Office) -> None:
    here.service.save_calendar(calendar())
    made = here.service.book("sales-call", at("10:00"), KIM).appointment
    own = here.service.book("sales-call", at("11:00"), Contact("Ben", "ben@example.com"))

    here.service.edit(made.id, contact=Contact("Kim Lee-Ray", "KIM@example.com"))
    here.service.edit(own.appointment.id, contact=LOU)
    here.service.deliver()

    assert not [m for m in here.notifier.received if m.happening.value == "cancelled"]
