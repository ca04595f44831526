"""A consultation with a surgeon and an anaesthetist, in a room that has to be cleaned.

Buffers keep appointments apart and do not shorten the day. The host approves each request. When a
calendar cannot be read, nothing is offered at that time: better no appointment than a wrong one.
"""

from datetime import UTC, date, datetime, timedelta

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.testing import FakeClock, FakeNotifier, FakeProvider

clinic = cb.OpeningHours.parse("Mon-Fri 08:00-12:00")
consultation = cb.CollectiveCalendar(
    name="Consultation before surgery",
    slug="consultation",
    timezone="Europe/Zurich",
    duration=timedelta(minutes=40),
    interval=timedelta(minutes=20),
    buffer_before=timedelta(minutes=5),
    buffer_after=timedelta(minutes=15),
    approval=True,
    location=cb.MeetingLocation(cb.LocationKind.ADDRESS, "1 Example Street, 2nd floor"),
    members=tuple(
        cb.Member(
            id,
            timezone="Europe/Zurich",
            hours=clinic,
            email=f"{id}@example.com",
            calendar=f"{id}.ics",
        )
        for id in ("surgeon", "anaesthetist")
    ),
)
monday = consultation.window(date(2026, 11, 23), date(2026, 11, 23))
lost = cb.Interval.from_isoformat("2026-11-23T09:00Z/2026-11-23T11:00Z")
provider = FakeProvider(
    {"surgeon": cb.Availability(unknown=(cb.Unknown(lost, cb.Cause.UNREADABLE, "line 812"),))}
)
notifier = FakeNotifier()
service = cb.BookingService(
    MemoryStore(),
    secret=b"an example, and no secret at all",
    host="booking.example.com",
    provider=provider,
    notifier=notifier,
    clock=FakeClock(datetime(2026, 11, 22, 17, tzinfo=UTC)),
)
service.save_calendar(consultation)


def listed() -> str:
    return " ".join(f"{slot.start:%H:%M}" for slot in service.offers("consultation", monday))


print(f"in UTC: {listed()}")
print(service.explain("consultation", datetime(2026, 11, 23, 9, 20, tzinfo=UTC)))

provider.availability_of.clear()  # the calendar has been mended
eight = datetime(2026, 11, 23, 7, tzinfo=UTC)
request = service.book("consultation", eight, cb.Contact("Kim", "kim@example.net")).appointment
assert request.location is not None
print(f"asked for: {request.start:%H:%M}, {request.status}, at {request.location.value}")
print(f"the cleaning keeps the next ones away: {listed()}")
service.deliver()
print(f"invitations so far: {len(provider.copies)}")
approved = service.approve(request.id).appointment
service.deliver()
print(f"{approved.status}; invitations: {', '.join(sorted(provider.copies))}")
