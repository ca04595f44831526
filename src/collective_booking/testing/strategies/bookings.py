"""What is booked, held and paid to draw, as a service would have made it.

Lives here: strategies for appointments, holds, payments, and for what ports are given and answer.
Must not live here: the teams they are of.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.appointments import NEXT, Appointment, Change, Happening, Status, booked
from collective_booking.calendars import CollectiveCalendar
from collective_booking.contacts import Contact
from collective_booking.effects import MAX_ATTEMPTS, Channel, Effect
from collective_booking.holds import MOVES, OUTCOMES, Hold, HoldState
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.messages import MemberCopy, Message, copy_of, message_of
from collective_booking.payments import (
    ANSWERED,
    ANSWERS,
    Charge,
    Notice,
    Payment,
    PaymentAnswer,
    PaymentNews,
    PaymentState,
)
from collective_booking.settings import MAX_MEMBERS
from collective_booking.snapshots import Snapshot
from collective_booking.testing.strategies.teams import (
    calendars,
    emails,
    locations,
    money,
    names,
)
from collective_booking.testing.strategies.times import (
    minutes,
    reused,
    spelled_out,
    starts,
    zone_names,
)
from collective_booking.workflows.booking import Shown

_ENDED: Final = {
    HoldState.BOOKED: (PaymentState.CAPTURED, PaymentState.REFUNDING, PaymentState.REFUNDED),
    HoldState.RELEASED: (PaymentState.DECLINED, PaymentState.VOIDED),
    HoldState.REFUNDED: (PaymentState.REFUNDED,),
}
_STANDINGS: Final = (
    *((hold, payment) for hold, payment in MOVES if hold not in OUTCOMES),
    *((hold, payment) for hold, payments in _ENDED.items() for payment in payments),
)
"""Where a hold that is paid for and its payment can stand together (M2)."""

_UNPAID: Final = (HoldState.HELD, HoldState.BOOKED, HoldState.RELEASED)


# --- who books, and what is kept of it -----------------------------------------------------------


@reused
def contacts() -> SearchStrategy[Contact]:
    """Bookers, with and without a number to call, and a zone that they live by."""
    phones = st.none() | st.just("+34 600 000 000")
    zones = st.none() | zone_names()
    return st.builds(Contact, name=names(), email=emails(), phone=phones, timezone=zones)


@reused
def snapshots() -> SearchStrategy[Snapshot]:
    """What appointments keep for ever, owned by any required member."""
    made = st.builds(
        _snapshot,
        calendars(),
        st.integers(0, MAX_MEMBERS),
        version=st.integers(1, 99),
        organizer=st.none() | st.just("bookings@example.com"),
        assign_contact=st.booleans(),
    )
    return made.flatmap(spelled_out)


def _snapshot(calendar: CollectiveCalendar, place: int, **told: Any) -> Snapshot:
    owners = [each.id for each in calendar.members if each.required]
    return Snapshot(calendar=calendar, owner=owners[place % len(owners)], **told)


@reused
def _details() -> SearchStrategy[dict[str, Any]]:
    """What holds and appointments have in common."""
    own = st.fixed_dictionaries(
        {
            "tenant": st.just("default") | names(),
            "id": st.just("a1") | names(),
            "contact": contacts(),
            "title": st.just("Sales call") | names(),
            "notes": st.lists(names(), max_size=3).map("\n".join),
            "verified": st.booleans(),
        }
    )
    chosen = locations().filter(lambda place: place.kind is not LocationKind.BOOKER)  # A5
    return st.builds(_of, snapshots(), starts(), st.none() | chosen, own)


def _of(
    snapshot: Snapshot, start: datetime, location: MeetingLocation | None, own: dict[str, Any]
) -> dict[str, Any]:
    place = snapshot.location
    if place is None or place.kind is LocationKind.BOOKER:
        place = location
    return {"snapshot": snapshot, "slot": snapshot.slot(start), "location": place, **own}


def _ahead() -> SearchStrategy[timedelta]:
    """How long before its start something is booked; to the microsecond, as clocks are."""
    return st.timedeltas(timedelta(), timedelta(days=60))


# --- appointments --------------------------------------------------------------------------------


@reused
def appointments() -> SearchStrategy[Appointment]:
    """Appointments after any life they may have had, step by legal step (A7)."""
    steps = st.fixed_dictionaries(
        {
            "place": st.integers(0, len(Happening)),
            "after": st.timedeltas(timedelta(), timedelta(days=1)),
            "moved": minutes(1),
            "text": names(),
            "verified": st.booleans(),
        }
    )
    made = st.builds(_lived, _details(), _ahead(), st.lists(steps, max_size=4))
    return made.flatmap(spelled_out)


def _lived(told: dict[str, Any], ahead: timedelta, steps: list[dict[str, Any]]) -> Appointment:
    calendar = told["snapshot"].calendar
    at = told["slot"].start - ahead
    first = Appointment(
        **told,
        uid=f"{told['id']}@booking.example.com",
        status=Status.PENDING if calendar.approval else Status.CONFIRMED,
        paid=calendar.price,
    )
    made = booked(first, at)
    for step in steps:
        at += step["after"]
        legal = [happening for status, happening in NEXT if status is made.status]
        if legal:
            made = _after(made, legal[step["place"] % len(legal)], at, step)
    return made


def _after(
    made: Appointment, happening: Happening, at: datetime, step: dict[str, Any]
) -> Appointment:
    if happening is Happening.MOVED:
        return made.moved(made.start + step["moved"], at, verified=step["verified"])
    if happening is Happening.EDITED:
        return made.edited(at, notes=f"{made.notes}\n{step['text']}")
    return made.stepped(happening, at, note=step["text"])


@reused
def changes_made() -> SearchStrategy[Change]:
    """Single lines of histories."""
    return st.builds(
        Change,
        version=st.integers(1, 99),
        at=starts(),
        happening=st.sampled_from(Happening),
        note=st.just("") | names(),
    )


# --- holds and payments --------------------------------------------------------------------------


@reused
def payments(state: PaymentState | None = None) -> SearchStrategy[Payment]:
    """Payments wherever they can stand, or in *state*; some were of another amount (M3)."""
    if state is None:
        return st.sampled_from(PaymentState).flatmap(payments)
    pending = state is PaymentState.PENDING
    unasked = state is PaymentState.AUTHORISING
    told: dict[str, SearchStrategy[Any]] = {
        "money": money(1),
        "state": st.just(state),
        "reference": st.none() if unasked else names(),
        "action": st.just("https://pay.example.com/1") if pending else st.none(),
        "received": st.none() | money(1),
        "refund": st.none() | money(1),
    }
    made = st.builds(Payment, **told)
    if state not in ANSWERED:
        return made
    return made | st.builds(Payment, **told, failures=st.integers(1, 20), again=starts())


@reused
def holds() -> SearchStrategy[Hold]:
    """Holds, free ones and paid ones, wherever they and their payments can stand together."""
    unpaid = st.tuples(st.sampled_from(_UNPAID), st.none())
    paid = st.sampled_from(_STANDINGS).flatmap(
        lambda stands: st.tuples(st.just(stands[0]), payments(stands[1]))
    )
    made = st.builds(_held, _details(), _ahead(), unpaid | paid, version=st.integers(1, 99))
    return made.flatmap(spelled_out)


def _held(
    told: dict[str, Any],
    ahead: timedelta,
    stands: tuple[HoldState, Payment | None],
    version: int,
) -> Hold:
    made = told["slot"].start - ahead
    expires = made + told["snapshot"].calendar.hold
    state, payment = stands
    return Hold(**told, made=made, expires=expires, state=state, version=version, payment=payment)


# --- what gateways are given, and answer ---------------------------------------------------------


@reused
def charges() -> SearchStrategy[Charge]:
    """What gateways are asked to authorise."""
    return st.builds(
        Charge,
        tenant=st.just("default"),
        hold=names(),
        money=money(1),
        description=names(),
        name=names(),
        email=emails(),
        key=names(),
    )


@reused
def payment_answers() -> SearchStrategy[PaymentAnswer]:
    """What gateways may answer; a payer who has to act gets an action."""
    told = {"reference": names(), "money": money(1)}
    pending = st.builds(
        PaymentAnswer,
        state=st.just(PaymentState.PENDING),
        action=st.just("https://pay.example.com/1"),
        **told,
    )
    settled = st.sampled_from(sorted(ANSWERS - {PaymentState.PENDING}))
    return pending | st.builds(PaymentAnswer, state=settled, **told)


@reused
def payment_news() -> SearchStrategy[PaymentNews]:
    """What genuine notifications say."""
    return st.builds(
        PaymentNews,
        id=names(),
        hold=names(),
        reference=names(),
        state=st.sampled_from(sorted(ANSWERS)),
        money=money(1),
    )


@reused
def notices() -> SearchStrategy[Notice]:
    """Notifications as they come in: whatever anybody may send."""
    headers = st.dictionaries(st.sampled_from(["signature", "Content-Type"]), st.text(max_size=20))
    return st.builds(Notice, body=st.binary(max_size=200), headers=headers)


# --- what calendars and notifiers are given ------------------------------------------------------


@reused
def effects() -> SearchStrategy[Effect]:
    """Items of the outbox, fresh ones and often tried ones."""
    return st.builds(
        _effect,
        appointments(),
        st.sampled_from(Channel),
        st.integers(0, MAX_MEMBERS),
        attempts=st.integers(0, MAX_ATTEMPTS),
        reached=st.booleans(),
        missed=st.booleans(),
        overtaken=st.booleans(),
    )


def _effect(of: Appointment, channel: Channel, place: int, attempts: int, **told: bool) -> Effect:
    recipients = {
        Channel.COPY: of.members[place % len(of.members)].id,
        Channel.OWNER: of.owner.id,
    }
    return Effect(
        tenant=of.tenant,
        appointment=of.id,
        version=of.version,
        channel=channel,
        recipient=recipients.get(channel, ""),
        attempts=attempts,
        failure="ConnectionError: it is away" if attempts else "",
        **told,
    )


def _icalendar(of: Appointment) -> bytes:
    from collective_booking.invitations import invitation  # noqa: PLC0415  # loads icalendar

    return invitation(of)


@reused
def member_copies() -> SearchStrategy[MemberCopy]:
    """Copies of appointments for members' own calendars, with their iCalendar bytes."""

    def made(of: Appointment, place: int) -> MemberCopy:
        return copy_of(_effect(of, Channel.COPY, place, attempts=0), of, _icalendar(of))

    return st.builds(made, appointments(), st.integers(0, MAX_MEMBERS))


@reused
def messages() -> SearchStrategy[Message]:
    """Messages to the owner, to the booker and to the host, with and without an invitation."""

    def made(of: Appointment, channel: Channel, token: str) -> Message:
        return message_of(_effect(of, channel, 0, attempts=0), of, _icalendar(of), token)

    written = [channel for channel in Channel if channel is not Channel.COPY]
    return st.builds(made, appointments(), st.sampled_from(written), names())


@reused
def shown() -> SearchStrategy[Shown]:
    """What a booker may have been shown."""
    return st.builds(Shown, version=st.none() | st.integers(1, 99), price=st.none() | money(1))
