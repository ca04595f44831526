"""An application's own table beside the bookings, in one database and one transaction with them.

Lives here: the leads, and the commands that keep a lead together with an appointment (S5).
Must not live here: pages.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, insert, select

from collective_booking import Attempt, Booking, BookingService, Notice
from collective_booking.adapters.sql import SqlStore
from examples.booking_office import Office

metadata = MetaData()
leads = Table(
    "leads",
    metadata,
    Column("appointment", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(320), nullable=False),
)


class Crm:
    """The leads in *engine*, and an office whose store is there too.

    *ports* are the arguments of `BookingService` but for its store.
    """

    def __init__(self, engine: Engine, **ports: Any) -> None:
        self.engine = engine
        self.office = Office.open(SqlStore(engine), **ports)
        self._ports = ports
        metadata.create_all(engine)

    def confirm(self, token: str) -> Booking:
        """Book what is held, and keep the lead: both, or neither."""
        with self.engine.begin() as connection:
            booking = self.within(connection).confirm(token)
            _keep_lead(connection, booking)
        return booking

    def within(self, connection: Connection) -> BookingService:
        """The service, for commands that are a part of the transaction of *connection*."""
        return BookingService(self.office.store.within(connection), **self._ports)

    def payment_happened(self, notice: Notice) -> Attempt:
        """Take in what the gateway tells, and keep the lead if that has booked.

        A payment has transactions of its own, which nothing can join: a gateway is called between
        them. So the lead comes after it. If that fails the answer is 500, and the gateway tells us
        again, and what is repeated changes nothing (M4).
        """
        attempt = self.office.service.payment_happened(notice)
        if attempt.booking:
            with self.engine.begin() as connection:
                _keep_lead(connection, attempt.booking)
        return attempt


def _keep_lead(connection: Connection, booking: Booking) -> None:
    """Insert the lead of *booking*, unless it is there."""
    appointment = booking.appointment
    known = select(leads.c.appointment).where(leads.c.appointment == appointment.id)
    if connection.scalar(known) is None:
        contact = appointment.contact
        values = {"appointment": appointment.id, "name": contact.name, "email": contact.email}
        connection.execute(insert(leads).values(values))
