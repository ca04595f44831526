"""Holds and appointments as plain data, for a column of JSON, and back.

Lives here: how each of their values is written down and read.
Must not live here: the calendar of their snapshot, which a store keeps once for each of its
versions; columns, JSON itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collective_booking.appointments import Appointment, Change, Happening, Status
from collective_booking.contacts import Contact
from collective_booking.drafts import StoredCalendar
from collective_booking.holds import Hold, HoldState
from collective_booking.intervals import Interval
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.moments import to_datetime, to_microseconds
from collective_booking.money import Money
from collective_booking.payments import Payment, PaymentState
from collective_booking.snapshots import Snapshot

Record = Mapping[str, Any]


def write_appointment(appointment: Appointment) -> dict[str, Any]:
    """*appointment* as data, all but the calendar of its snapshot."""
    return {
        **_shared(appointment),
        "uid": appointment.uid,
        "status": str(appointment.status),
        "sequence": appointment.sequence,
        "paid": _money(appointment.paid),
        "history": [
            [each.version, to_microseconds(each.at), str(each.happening), each.note]
            for each in appointment.history
        ],
    }


def read_appointment(tenant: str, record: Record, stored: StoredCalendar) -> Appointment:
    """The appointment that *record* holds, whose snapshot is of *stored*."""
    return Appointment(
        tenant=tenant,
        **_read_shared(record, stored),
        uid=record["uid"],
        status=Status(record["status"]),
        sequence=record["sequence"],
        paid=_read_money(record["paid"]),
        history=tuple(
            Change(version, to_datetime(at), Happening(happening), note)
            for version, at, happening, note in record["history"]
        ),
    )


def write_hold(hold: Hold) -> dict[str, Any]:
    """*hold* as data, all but the calendar of its snapshot."""
    return {
        **_shared(hold),
        "made": to_microseconds(hold.made),
        "expires": to_microseconds(hold.expires),
        "state": str(hold.state),
        "payment": hold.payment and _payment(hold.payment),
    }


def read_hold(tenant: str, record: Record, stored: StoredCalendar) -> Hold:
    """The hold that *record* holds, whose snapshot is of *stored*."""
    return Hold(
        tenant=tenant,
        **_read_shared(record, stored),
        made=to_datetime(record["made"]),
        expires=to_datetime(record["expires"]),
        state=HoldState(record["state"]),
        payment=record["payment"] and _read_payment(record["payment"]),
    )


# --- what both have ------------------------------------------------------------------------------


def _shared(subject: Hold | Appointment) -> dict[str, Any]:
    snapshot, contact, location = subject.snapshot, subject.contact, subject.location
    return {
        "id": subject.id,
        "version": subject.version,
        "slot": subject.slot.bounds,
        "owner": snapshot.owner,
        "organizer": snapshot.organizer,
        "assign_contact": snapshot.assign_contact,
        "contact": [contact.name, contact.email, contact.phone, contact.timezone],
        "title": subject.title,
        "notes": subject.notes,
        "location": location and [str(location.kind), location.value],
        "verified": subject.verified,
    }


def _read_shared(record: Record, stored: StoredCalendar) -> dict[str, Any]:
    return {
        **{name: record[name] for name in ("id", "version", "title", "notes", "verified")},
        "snapshot": Snapshot(
            calendar=stored.calendar,
            version=stored.version,
            owner=record["owner"],
            organizer=record["organizer"],
            assign_contact=record["assign_contact"],
        ),
        "slot": _interval(*record["slot"]),
        "contact": Contact(*record["contact"]),  # those written before had no zone
        "location": record["location"] and _location(*record["location"]),
    }


def _interval(start: int, end: int) -> Interval:
    return Interval(to_datetime(start), to_datetime(end))


def _location(kind: str, value: str) -> MeetingLocation:
    return MeetingLocation(LocationKind(kind), value)


# --- money ---------------------------------------------------------------------------------------


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "money": _money(payment.money),
        "state": str(payment.state),
        "reference": payment.reference,
        "action": payment.action,
        "received": _money(payment.received),
        "refund": _money(payment.refund),
        "failures": payment.failures,
        "again": payment.again and to_microseconds(payment.again),
    }


def _read_payment(record: Record) -> Payment:
    return Payment(
        money=Money(*record["money"]),
        state=PaymentState(record["state"]),
        reference=record["reference"],
        action=record["action"],
        received=_read_money(record["received"]),
        refund=_read_money(record["refund"]),
        failures=record["failures"],
        again=None if record["again"] is None else to_datetime(record["again"]),
    )


def _money(money: Money | None) -> list[Any] | None:
    return None if money is None else [money.amount, money.currency]


def _read_money(record: list[Any] | None) -> Money | None:
    return None if record is None else Money(*record)
