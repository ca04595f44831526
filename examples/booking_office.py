"""What the booking pages in Django, Flask and FastAPI have in common.

Lives here: a team with two calendars, a visitor's days of times and zones, letters with a link, and
which HTTP status an error is.
Must not live here: any web framework. Each page is in a folder beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from html import escape
from http import HTTPStatus
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import collective_booking as cb
from collective_booking.adapters.sql import SqlStore
from collective_booking.letters import Letter, Words, letter_of
from collective_booking.ports import Clock
from collective_booking.service import SystemClock

# --- a team --------------------------------------------------------------------------------------

HOURS: Final = cb.OpeningHours.parse("Mon-Fri 09:00-17:00")
ANA: Final = cb.Member("ana", timezone="Europe/Madrid", hours=HOURS, email="ana@example.com")
BEN: Final = cb.Member("ben", timezone="America/New_York", hours=HOURS, email="ben@example.com")
CALL: Final = cb.CollectiveCalendar(
    name="Sales call",
    slug="sales-call",
    timezone="Europe/Madrid",
    duration=timedelta(minutes=30),
    members=(ANA, BEN),
)
WORKSHOP: Final = cb.CollectiveCalendar(
    name="Workshop",
    slug="workshop",
    timezone="Europe/Madrid",
    duration=timedelta(minutes=60),
    price=cb.Money(9000, "EUR"),
    members=(ANA, BEN),
)
CALENDARS: Final = (CALL, WORKSHOP)
FAR: Final = timedelta(days=14)
"""How far ahead a page shows times."""


@dataclass(frozen=True, slots=True)
class Office:
    """A service, and what a page needs of the store and the clock behind it."""

    service: cb.BookingService
    store: SqlStore
    clock: Clock

    @classmethod
    def open(cls, store: SqlStore, *, clock: Clock | None = None, **ports: Any) -> Office:
        """An office over *store*, whose tables are made and whose calendars are saved if need be.

        *ports* are the other arguments of `BookingService`.
        """
        clock = clock or SystemClock()
        store.create()
        service = cb.BookingService(store, clock=clock, **ports)
        for calendar in CALENDARS:
            service.save_calendar(calendar)
        return cls(service, store, clock)

    def times(self, slug: str, here: ZoneInfo, *, moving: cb.Appointment | None = None) -> Days:
        """The times of calendar *slug*, or where to *moving* can be moved: not where it is."""
        now = self.clock.now()
        window = cb.Interval(now, now + FAR)
        slots = self.service.offers(slug, window, moving=moving.id if moving else None)
        return days((slot for slot in slots if not moving or slot.start != moving.start), here)

    def hold(self, token: str) -> cb.Hold:
        """The hold that *token* was given out for, as it is now."""
        return self.store.hold(self.service.tenant, self.service.hold_id(token))


# --- times ---------------------------------------------------------------------------------------

Days = dict[date, list[datetime]]
"""The starts of each date, as a visitor's clock shows them."""


def days(slots: Iterable[cb.Slot], here: ZoneInfo) -> Days:
    """*slots* by the date on which they start in zone *here*; other zones change no time."""
    local = (slot.start.astimezone(here) for slot in slots)
    return {day: list(starts) for day, starts in groupby(local, key=datetime.date)}


def zones(here: str) -> dict[str, list[str]]:
    """The zones that a visitor can choose from, by region: those named for a place, and *here*.

    >>> list(zones("Europe/Madrid"))[:3], zones("CET")["Other"]
    (['UTC', 'Africa', 'America'], ['CET'])
    """
    regions = _regions()
    listed = any(here in names for names in regions.values())
    return regions if listed else {**regions, "Other": [here]}


@cache
def _regions() -> dict[str, list[str]]:
    regions: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region not in {"Etc", "SystemV", "posix", "right"}:
            regions.setdefault(region, []).append(name)
    return {"UTC": ["UTC"], **regions}


# --- letters -------------------------------------------------------------------------------------


def words_with_link(page: Callable[[str], str]) -> Words:
    """The usual letters; the booker's leads to the *page* of their token, while it can be managed.

    >>> from collective_booking.testing.samples import message
    >>> words = words_with_link(lambda token: f"https://book.example.com/{token}")
    >>> words(message(cb.Audience.BOOKER)).text.splitlines()[-2:]
    ['To look at it, move it or cancel it:', 'https://book.example.com/a-token']
    """

    def letter(message: cb.Message) -> Letter:
        usual = letter_of(replace(message, token=""))
        if not (message.token and message.appointment.status.active):
            return usual
        link, told = page(message.token), "To look at it, move it or cancel it"
        linked = f'<p><a href="{escape(link)}">{told}</a></p></body>'
        return Letter(
            usual.subject,
            f"{usual.text}\n\n{told}:\n{link}",
            usual.html.replace("</body>", linked),
        )

    return letter


# --- errors --------------------------------------------------------------------------------------

STATUSES: Final[Mapping[type[cb.CollectiveBookingError], HTTPStatus]] = {
    # There is no such thing here, or nothing that this token opens.
    cb.InvalidTokenError: HTTPStatus.NOT_FOUND,
    cb.UnknownBookingError: HTTPStatus.NOT_FOUND,
    cb.UnknownCalendarError: HTTPStatus.NOT_FOUND,
    cb.UnknownMemberError: HTTPStatus.NOT_FOUND,
    # Somebody was faster, or something has changed meanwhile: show it anew.
    cb.CalendarChangedError: HTTPStatus.CONFLICT,
    cb.DuplicateMemberError: HTTPStatus.CONFLICT,
    cb.IllegalStepError: HTTPStatus.CONFLICT,
    cb.NoChangeError: HTTPStatus.CONFLICT,
    cb.PriceChangedError: HTTPStatus.CONFLICT,
    cb.RequestPastError: HTTPStatus.CONFLICT,
    cb.RequestReusedError: HTTPStatus.CONFLICT,
    cb.SlotUnavailableError: HTTPStatus.CONFLICT,
    cb.StaleVersionError: HTTPStatus.CONFLICT,
    cb.HoldExpiredError: HTTPStatus.GONE,
    cb.PaymentRequiredError: HTTPStatus.PAYMENT_REQUIRED,
    cb.ForgedNotificationError: HTTPStatus.BAD_REQUEST,
    # An error would be sent again for days, and there is nothing to be done about it here.
    cb.ForeignNotificationError: HTTPStatus.OK,
    # Ask again in a moment.
    cb.ProviderUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    cb.RetryTransactionError: HTTPStatus.SERVICE_UNAVAILABLE,
    # Nothing that a visitor sends makes these: something is wrong with the host.
    cb.AsyncPortError: HTTPStatus.INTERNAL_SERVER_ERROR,
    cb.MailUnavailableError: HTTPStatus.INTERNAL_SERVER_ERROR,
    cb.MissingPortError: HTTPStatus.INTERNAL_SERVER_ERROR,
    cb.OwnTransactionError: HTTPStatus.INTERNAL_SERVER_ERROR,
    cb.RepeatedIdError: HTTPStatus.INTERNAL_SERVER_ERROR,
    cb.UndeliverableError: HTTPStatus.INTERNAL_SERVER_ERROR,
    cb.UnguardedStoreError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""What each error means to whoever has sent the request; any other one is about what was sent."""


def status_of(error: cb.CollectiveBookingError) -> HTTPStatus:
    """The HTTP status that tells *error*."""
    known = (STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return next(known, HTTPStatus.UNPROCESSABLE_ENTITY)


_NOT_HERE: Final = "There is nothing at this address. Was the link copied whole?"

SENTENCES: Final[Mapping[type[cb.CollectiveBookingError], str]] = {
    cb.UnknownBookingError: _NOT_HERE,
    cb.UnknownCalendarError: _NOT_HERE,
    cb.UnknownMemberError: _NOT_HERE,
    cb.HoldExpiredError: "The time is no longer held for you. Please choose one again.",
    cb.IllegalStepError: "This booking has ended, or begun: it cannot be changed any more.",
    cb.NoChangeError: "The booking is at this time already: there is nothing to change.",
    cb.PriceChangedError: "The price has changed meanwhile. Please choose your time again.",
    cb.RequestReusedError: "This was sent before, with other answers. Begin with a time.",
    cb.StaleVersionError: (
        "Somebody has changed this booking meanwhile. Look at it anew, then try again."
    ),
}
"""What a visitor reads of errors whose own words are for whoever writes the application."""


def told(error: cb.CollectiveBookingError) -> str:
    """What a visitor may read of *error*: no member's name, and nothing of the host's own (X1)."""
    if isinstance(error, cb.SlotUnavailableError):
        return " ".join(error.for_booker())
    if type(error) in SENTENCES:
        return SENTENCES[type(error)]
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "This does not work at the moment. Please try again in a while."
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
