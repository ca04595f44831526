"""A sales call, whose new contact belongs to the owner, and an owner who changes mid-pipeline.

What was booked under the first owner stays with them for ever; what is booked afterwards belongs to
the new one. The first owner can leave only once somebody else owns the calendar.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.testing import FakeClock, FakeNotifier, FakeProvider

office = cb.OpeningHours.parse("Mon-Fri 09:00-17:00")
sales = cb.CollectiveCalendar(
    name="Sales call",
    slug="sales-call",
    timezone="Europe/Madrid",
    duration=timedelta(minutes=30),
    location=cb.MeetingLocation(cb.LocationKind.VIDEO, "https://meet.example.com/sales"),
    members=tuple(
        cb.Member(id, timezone="Europe/Madrid", hours=office, email=f"{id}@example.com")
        for id in ("ana", "ben", "cleo")
    ),
)
notifier = FakeNotifier()
service = cb.BookingService(
    MemoryStore(),
    secret=b"an example, and no secret at all",
    host="booking.example.com",
    provider=FakeProvider(),
    notifier=notifier,
    clock=FakeClock(datetime(2026, 11, 23, 7, tzinfo=UTC)),
    new_id=(f"call-{number}" for number in count(1)).__next__,
)
service.save_calendar(sales)
ten = datetime(2026, 11, 24, 10, tzinfo=UTC)
pipeline: dict[str, str] = {}  # what a host's CRM would keep: which contact is whose


def call(name: str, start: datetime) -> cb.Appointment:
    contact = cb.Contact(name, f"{name.lower()}@example.net")
    appointment = service.book("sales-call", start, contact).appointment
    if appointment.assigned_to is not None:
        pipeline[contact.email] = appointment.assigned_to.id
    print(f"{name} is booked at {start:%H:%M} UTC, with {appointment.owner} as owner")
    return appointment


first = call("Kim", ten)

try:
    service.remove_member("sales-call", "ana")
except cb.PrimaryOwnerRemovalError as error:
    print(f"not yet: {error}")
service.make_owner("sales-call", "ben")
call("Lou", ten + timedelta(hours=1))

left = service.remove_member("sales-call", "ana")
kept = " and ".join(each.contact.name for each in left.kept)
print(f"Ana leaves the team; she keeps what was booked with her: {kept}")
moved = service.reschedule(first.id, ten + timedelta(hours=2)).appointment
print(f"moved to {moved.start:%H:%M} UTC, it is still {moved.owner}'s")
print(f"contacts: {', '.join(f'{email} -> {owner}' for email, owner in pipeline.items())}")

service.deliver()
told = [message.email for message in notifier.to(cb.Audience.OWNER)]
print(f"e-mail to owners: {', '.join(told)}")
