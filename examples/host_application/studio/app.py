"""What the studio's web pages call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import collective_booking as cb
from collective_booking.adapters.sql import SqlStore
from studio.calendars import JsonCalendars
from studio.letters import Letters
from studio.till import Till

HOST = "studio.example.com"
HERE = ZoneInfo("Europe/Lisbon")
OPEN = cb.OpeningHours.parse("Tue-Sat 10:00-18:00")

PORTRAIT = cb.CollectiveCalendar(
    name="Portrait",
    slug="portrait",
    timezone=HERE.key,
    duration=timedelta(minutes=90),
    buffer_after=timedelta(minutes=30),  # to tidy up
    price=cb.Money(12_000, "EUR"),
    members=(
        cb.Member("rita", timezone=HERE.key, hours=OPEN, email="rita@example.com", calendar="rita"),
        cb.Member("tom", timezone=HERE.key, hours=OPEN, email="tom@example.com", calendar="tom"),
    ),
)


def open_studio(folder: Path, store: SqlStore, secret: bytes) -> cb.BookingService:
    """The service over *store*, with the studio's own calendars, letters and till."""
    service = cb.BookingService(
        store,
        secret=secret,
        host=HOST,
        provider=JsonCalendars(folder, HOST),
        notifier=Letters(folder / "letters.jsonl"),
        gateway=Till(secret),
    )
    service.save_calendar(PORTRAIT)
    return service


def times(service: cb.BookingService, day: date) -> list[str]:
    """The times of *day* that suit both, as the clock on the studio's wall shows them."""
    window = PORTRAIT.window(day, day)
    offers = service.offers(PORTRAIT.slug, window)
    return [f"{slot.start.astimezone(HERE):%H:%M}" for slot in offers]


def reserve(service: cb.BookingService, start: datetime, contact: cb.Contact) -> tuple[str, str]:
    """Keep *start* for *contact*: the token of the hold, and what they have to do now."""
    held = service.hold(PORTRAIT.slug, start, contact)
    attempt = service.begin_payment(held.token)
    return held.token, attempt.action or ""


def webhook(service: cb.BookingService, notice: cb.Notice) -> str:
    """What became of the booking that *notice* is about."""
    attempt = service.payment_happened(notice)
    return str(attempt.outcome or "waiting")


def diary(appointments: Iterable[cb.Appointment]) -> str:
    """The page on the wall: a line for each, whoever comes and whatever they are called."""
    lines = (
        f"{each.start.astimezone(HERE):%d %b %H:%M}  {each.title}, {each.contact.name}"
        f" ({each.status}{', unpaid' if each.paid is None else ''})"
        for each in sorted(appointments, key=lambda each: each.start)
    )
    return "\n".join(lines)
