"""Onboarding a client: hours of one special date, and moving it after somebody has left.

The workshop opens on a Saturday by way of date overrides. Later a consultant leaves the team: the
appointment keeps them, for it was made with the people who promised to be there, and it is moved to
a time that suits all of those.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.testing import FakeClock, FakeNotifier, FakeProvider

saturday = date(2026, 11, 28)
hours = cb.OpeningHours.parse("Tue-Wed 10:00-16:00", overrides={saturday: ["10:00-13:00"]})
onboarding = cb.CollectiveCalendar(
    name="Onboarding workshop",
    slug="onboarding",
    timezone="Europe/London",
    duration=timedelta(hours=2),
    interval=timedelta(hours=1),
    members=tuple(
        cb.Member(
            id,
            timezone="Europe/London",
            hours=hours,
            email=f"{id}@example.com",
            calendar=f"{id}.ics",
        )
        for id in ("lead", "consultant", "engineer")
    ),
)
tuesday = datetime(2026, 12, 1, 10, tzinfo=UTC)
elsewhere = cb.IntervalSet([cb.Interval(tuesday, tuesday + timedelta(hours=2))])
provider = FakeProvider({"consultant": cb.Availability(elsewhere)})
service = cb.BookingService(
    MemoryStore(),
    secret=b"an example, and no secret at all",
    host="booking.example.com",
    provider=provider,
    notifier=FakeNotifier(),
    clock=FakeClock(datetime(2026, 11, 23, 7, tzinfo=UTC)),
    new_id=(f"workshop-{number}" for number in count(1)).__next__,
)
service.save_calendar(onboarding)


def listed(first: date, moving: str | None = None) -> str:
    window = onboarding.window(first, first)
    slots = service.offers("onboarding", window, moving=moving)
    return " ".join(f"{slot.start:%H:%M}" for slot in slots) or "nothing"


print(f"Saturday, opened specially: {listed(saturday)}; Sunday: {listed(date(2026, 11, 29))}")
start = service.offers("onboarding", onboarding.window(saturday, saturday))[0].start
made = service.book("onboarding", start, cb.Contact("Kim", "kim@example.net")).appointment
service.deliver()
print(f"booked for {made.start:%A %H:%M} with {', '.join(map(str, made.members))}")

left = service.remove_member("onboarding", "consultant")
print(f"the consultant leaves; {', '.join(each.title for each in left.kept)} keeps them")

print(f"for a new client Tuesday has {listed(tuesday.date())}")
print(f"to move Kim's workshop there: {listed(tuesday.date(), moving=made.id)}")
try:
    service.reschedule(made.id, tuesday)
except cb.SlotUnavailableError as error:
    print(error)
moved = service.reschedule(made.id, tuesday + timedelta(hours=2)).appointment
service.deliver()
print(f"moved to {moved.start:%A %H:%M} with {', '.join(map(str, moved.members))}")
copies = provider.copies["consultant"].values()
print(f"one UID, sequence {next(iter(copies)).appointment.sequence} in every calendar")
