"""Paid tutoring late in the evening: hours that run past midnight, and money before the booking.

A lesson with two tutors costs 40 euros. It is held while the parent pays; one who pays in time gets
the lesson, and of one who pays too late nothing is taken.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider

ATHENS = ZoneInfo("Europe/Athens")
evenings = cb.OpeningHours.parse("Mon-Thu 21:30-00:30")
lesson = cb.CollectiveCalendar(
    name="Mathematics and physics",
    slug="lesson",
    timezone="Europe/Athens",
    duration=timedelta(minutes=60),
    interval=timedelta(minutes=30),
    hold=timedelta(minutes=10),
    price=cb.Money(4000, "EUR"),
    members=tuple(
        cb.Member(id, timezone="Europe/Athens", hours=evenings, email=f"{id}@example.com")
        for id in ("mathematics", "physics")
    ),
)
clock, gateway = FakeClock(datetime(2026, 11, 23, 12, tzinfo=UTC)), FakeGateway()
service = cb.BookingService(
    MemoryStore(),
    secret=b"an example, and no secret at all",
    host="booking.example.com",
    provider=FakeProvider(),
    notifier=FakeNotifier(),
    gateway=gateway,
    clock=clock,
    new_id=(f"lesson-{number}" for number in count(1)).__next__,
)
service.save_calendar(lesson)
monday = lesson.window(clock.now().date(), clock.now().date())


def listed() -> str:
    slots = service.offers("lesson", monday)
    return " ".join(f"{slot.start.astimezone(ATHENS):%H:%M}" for slot in slots)


print(f"Monday evening: {listed()}")
last = service.offers("lesson", monday)[-1]
ends = last.end.astimezone(ATHENS)
print(f"the last one ends on {ends:%A at %H:%M}")

late = service.hold("lesson", last.start, cb.Contact("Kim", "kim@example.net"))
attempt = service.begin_payment(late.token)
print(f"Kim is sent to {attempt.action}; left: {listed()}")

clock.advance(timedelta(minutes=11))  # Kim is looking for the card
prompt = service.hold("lesson", last.start, cb.Contact("Lou", "lou@example.net"))
service.begin_payment(prompt.token)
attempt = service.payment_happened(gateway.pay(prompt.hold.id))
assert attempt.booking is not None
print(f"Lou pays {attempt.booking.appointment.paid}: {attempt.outcome}")

attempt = service.payment_happened(gateway.pay(late.hold.id))
taken = gateway.charged(late.hold.id) / 100
print(f"Kim pays too late, the lesson is Lou's: {attempt.outcome}; {taken:.2f} EUR were taken")

back = service.cancel(prompt.hold.id, refund=cb.Money(2000, "EUR"))
print(f"Lou cancels and gets half back: {gateway.net(prompt.hold.id) / 100:.2f} EUR stay")
