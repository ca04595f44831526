"""An interview over three time zones; one of the three drops out, and it takes place all the same.

All three must be there, each in office hours of their own. Once it is booked, the engineer in New
York falls ill for the week. What stands in the way, and what would open without whom, is told; an
appointment keeps its people, so that it is cancelled and booked anew with somebody who steps in.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.testing import FakeClock, FakeNotifier, FakeProvider

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
OFFICE = cb.OpeningHours.parse("Mon-Fri 09:00-17:30")
KIM = cb.Contact("Kim Lee", "kim@example.com")


def person(who: str, timezone: str) -> cb.Member:
    return cb.Member(who, timezone=timezone, hours=OFFICE, calendar=f"{who}.ics")


engineer = person("engineer", "America/New_York")
interview = cb.CollectiveCalendar(
    name="Interview",
    slug="interview",
    timezone="Europe/Berlin",
    duration=timedelta(minutes=45),
    interval=timedelta(minutes=30),
    buffer_after=timedelta(minutes=15),  # to write down what one thinks
    members=(person("manager", "Europe/Berlin"), engineer, person("recruiter", "Europe/London")),
)
week = interview.window(date(2026, 11, 23), date(2026, 11, 27))
busy = cb.IntervalSet.from_isoformat(
    "2026-11-23T14:00Z/2026-11-23T17:00Z,2026-11-24T14:30Z/2026-11-24T15:00Z"
)
service = cb.BookingService(
    MemoryStore(),
    secret=b"an example, and no secret at all",
    host="booking.example.com",
    provider=FakeProvider({"manager": cb.Availability(busy)}),
    notifier=FakeNotifier(),
    clock=FakeClock(NOW),
)


def clocks(start: datetime, members: tuple[cb.Member, ...]) -> str:
    """What *start* is on the wall of each."""
    return ", ".join(f"{start.astimezone(ZoneInfo(m.timezone)):%H:%M} for {m.id}" for m in members)


def book_the_first() -> cb.Appointment:
    """Print what suits everybody, and book the first of it for Kim."""
    members = service.calendar("interview").calendar.members
    slots = service.offers("interview", week)
    print(f"{len(slots)} times suit all of {', '.join(member.id for member in members)}")
    for slot in slots[:3]:
        print(f"  {slot.start:%A}: {clocks(slot.start, members)}")
    appointment = service.book("interview", slots[0].start, KIM).appointment
    print(f"Kim has the first: {appointment.start:%A %H:%M} UTC, {appointment.status}")
    return appointment


service.save_calendar(interview)
booked = book_the_first()

print("\nThe engineer falls ill, and is off until Friday:")
ill = replace(engineer, time_off=(cb.DateRange(date(2026, 11, 23), date(2026, 11, 27)),))
service.save_calendar(interview.replace_member(ill))
finder = service.finder("interview", week, moving=booked.id)
print(finder.explain(booked.start))
print(finder.explain_window(week))

print("\nThe appointment keeps its people, so it is cancelled; a colleague in Lisbon steps in:")
print(f"the first: {service.cancel(booked.id).appointment.status}")
service.save_calendar(
    interview.remove_member("engineer").add_member(person("colleague", "Europe/Lisbon"))
)
book_the_first()
