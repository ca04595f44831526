"""A team meeting that one of the team calls: whoever books is also a member.

The booker is one attendee and not two, and their own seat in the meeting is no conflict. They can
move it and cancel it, as any booker can.
"""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.testing import FakeClock, FakeNotifier, FakeProvider

office = cb.OpeningHours.parse("Mon-Fri 09:00-17:00")
team = cb.CollectiveCalendar(
    name="Team meeting",
    slug="team-meeting",
    timezone="Europe/Lisbon",
    duration=timedelta(minutes=30),
    members=tuple(
        cb.Member(id, timezone=zone, hours=office, email=f"{id}@example.com", calendar=f"{id}.ics")
        for id, zone in (("ana", "Europe/Lisbon"), ("ben", "Europe/Paris"), ("cleo", "Asia/Dubai"))
    ),
)
provider, notifier = FakeProvider(), FakeNotifier()
service = cb.BookingService(
    MemoryStore(),
    secret=b"an example, and no secret at all",
    host="booking.example.com",
    provider=provider,
    notifier=notifier,
    clock=FakeClock(datetime(2026, 11, 23, 7, tzinfo=UTC)),
)
service.save_calendar(team)

start = datetime(2026, 11, 24, 10, tzinfo=UTC)
booking = service.book("team-meeting", start, cb.Contact("Ben", "ben@example.com"))
service.deliver()

(event,) = Calendar.from_ical(provider.copies["cleo"][booking.appointment.uid].icalendar).events
attendees = [str(each).removeprefix("mailto:") for each in event.attendees]
print(f"{booking.appointment.title} on {start:%A at %H:%M} UTC, owner {booking.appointment.owner}")
print(f"{len(attendees)} attendees: {', '.join(attendees)}")
for message in notifier.received:
    print(f"one message to the {message.audience}: {message.email}")
print(f"a copy in the calendars of {', '.join(sorted(provider.copies))}")

moved = service.reschedule(service.appointment_id(booking.token), start + timedelta(minutes=30))
print(f"Ben moves it by half an hour, over itself: {moved.appointment.start:%H:%M} UTC")
gone = service.cancel(moved.appointment.id)
print(f"and then it is {gone.appointment.status}")
