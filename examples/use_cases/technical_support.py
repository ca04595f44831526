"""Technical support: somebody is waiting, so notice is counted in minutes.

Two engineers are on duty together. A caller may come in a quarter of an hour, and the call is held
while they describe what is broken, so that nobody else takes it meanwhile.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.testing import FakeClock, FakeProvider

around_the_clock = cb.OpeningHours.parse("Mon-Sun 00:00-24:00")
support = cb.CollectiveCalendar(
    name="Technical support",
    slug="support",
    timezone="UTC",
    duration=timedelta(minutes=20),
    interval=timedelta(minutes=5),
    notice=timedelta(minutes=15),
    hold=timedelta(minutes=5),
    members=tuple(
        cb.Member(id, timezone="UTC", hours=around_the_clock, email=f"{id}@example.com")
        for id in ("network", "database")
    ),
)
clock = FakeClock(datetime(2026, 11, 28, 2, 41, tzinfo=UTC))  # a Saturday night
service = cb.BookingService(
    MemoryStore(),
    secret=b"an example, and no secret at all",
    host="booking.example.com",
    provider=FakeProvider(),
    clock=clock,
    new_id=(f"call-{number}" for number in count(1)).__next__,
)
service.save_calendar(support)
tonight = cb.Interval(clock.now(), clock.now() + timedelta(hours=1))


def listed() -> str:
    return " ".join(f"{slot.start:%H:%M}" for slot in service.offers("support", tonight))


print(f"{clock.now():%H:%M}  {listed()}")
soonest = service.offers("support", tonight)[0].start
held = service.hold("support", soonest, cb.Contact("Kim", "kim@example.net"))
print(f"{clock.now():%H:%M}  {soonest:%H:%M} is held; left are {listed()}")
try:
    service.book("support", soonest, cb.Contact("Lou", "lou@example.net"))
except cb.SlotUnavailableError as error:
    print(f"       Lou is told: {' '.join(error.for_booker())}")

clock.advance(timedelta(minutes=3))
booking = service.confirm(held.token)
print(f"{clock.now():%H:%M}  Kim's call is {booking.appointment.status}")
clock.advance(timedelta(minutes=4))
print(f"{clock.now():%H:%M}  {service.explain('support', soonest + timedelta(minutes=5))}")
