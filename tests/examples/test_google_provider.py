"""Google's calendars: what counts in them, in how many questions, and how copies are kept."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from collective_booking.adapters.memory import MemoryStore
from collective_booking.availability import Availability, Cause
from collective_booking.errors import InvalidValueError, ProviderUnavailableError
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.messages import MemberCopy
from collective_booking.reasons import SlotUnavailableError, What
from collective_booking.service import BookingService
from collective_booking.testing import FakeClock, FakeNotifier
from examples.google_provider import GOOGLE, GoogleError, GoogleProvider
from tests.bookings import HOST, KIM, MONDAY, NOW, SECRET, appointment, at, calendar, slot
from tests.examples.google_double import GoogleDouble
from tests.examples.vendors import always, google, person, recorded

HALF_AN_HOUR = timedelta(minutes=30)


def known(name: str, window: Interval = MONDAY, **changes: Any) -> Availability:
    provider = google(always(recorded("google", name)))
    return provider.availability([person("ana", **changes)], window)["ana"]


# --- what counts (F4, F6) -------------------------------------------------------------------------


def test_events_count_as_in_any_calendar() -> None:
    """Declined, transparent, cancelled and of no length are free; our own copies are left out."""
    told = known("events")

    assert told.busy == IntervalSet([slot("08:00", "08:15"), slot("10:30", "11:00")])
    assert told.tentative == IntervalSet([slot("09:30", "10:15")])
    assert (told.unknown, told.sees_own_copies) == ((), False)


def test_whole_dates_are_those_of_the_member() -> None:
    """In Auckland, 24 November begins while it is still Monday in Europe."""
    monday = Interval(at("07:00"), at("21:00"))

    assert known("holiday", monday).busy == IntervalSet()
    abroad = known("holiday", monday, timezone="Pacific/Auckland")
    assert abroad.busy == IntervalSet([Interval(at("11:00"), at("21:00"))])


def test_a_damaged_event_makes_unknown_and_hides_no_other() -> None:
    told = known("damaged")

    assert told.busy == IntervalSet([slot("09:00", "10:00")])
    assert [(each.interval, each.cause) for each in told.unknown] == [
        (MONDAY, Cause.UNREADABLE)
    ] * 2


def test_whoever_shares_free_or_busy_alone_may_show_our_own_copies() -> None:
    """Such a reader is told of no property, so a reason has to say that it may be our copy (F6)."""
    answer = httpx.Response(200, json={"accessRole": "freeBusyReader"})
    provider = google(always(answer))

    assert provider.availability([person("ana")], MONDAY)["ana"].sees_own_copies


def test_no_title_is_asked_for() -> None:
    double = GoogleDouble({"ana@example.com": IntervalSet()})
    google(double).availability([person("ana")], MONDAY)

    (asked,) = double.seen
    assert not {"summary", "description"} & set(asked.url.params["fields"].split(","))


def test_each_calendar_of_a_free_busy_answer_may_fail_by_itself() -> None:
    answer = always(recorded("google", "free_busy"))
    team = [person(id_) for id_ in ("ana", "ben", "cleo", "dan", "eva")]
    told = google(answer, free_busy=True).availability(team, MONDAY)

    assert told["ana"].busy == IntervalSet([slot("09:00", "09:30"), slot("13:00", "14:00")])
    assert told["ana"].sees_own_copies
    failed = {id_: [str(each) for each in told[id_].unknown] for id_ in ("ben", "cleo", "dan")}
    assert failed == {
        "ben": ["service failed: Google answers notFound (Google Calendar)"],
        "cleo": ["service failed: Google answers internalError (Google Calendar)"],
        "dan": ["unreadable: Google says nothing of this calendar (Google Calendar)"],
    }
    assert told["eva"].unknown == told["dan"].unknown  # who is not in the answer at all


# --- in how many questions ------------------------------------------------------------------------


def test_free_or_busy_is_asked_in_batches_of_what_google_takes() -> None:
    """120 members over 100 days: three batches of at most 50, each in two stretches."""
    members = [person(f"m{number}") for number in range(120)]
    double = GoogleDouble({str(each.calendar): IntervalSet() for each in members})
    window = Interval(NOW, NOW + timedelta(days=100))
    told = google(double, free_busy=True).availability(members, window)

    sizes = sorted(len(json.loads(each.content)["items"]) for each in double.seen)
    assert sizes == [20, 20, 50, 50, 50, 50]
    assert not any(each.unknown for each in told.values())


def test_a_batch_that_fails_hides_no_other() -> None:
    """A hundred members may not be unknown because one question about fifty went wrong (F3)."""
    members = [person(f"m{number:02}") for number in range(60)]
    double = GoogleDouble({str(each.calendar): IntervalSet() for each in members})

    def limited(request: httpx.Request) -> httpx.Response:
        first = b'"m00@example.com"' in request.content
        return recorded("google", "too_many") if first else double(request)

    told = google(limited, free_busy=True).availability(members, MONDAY)
    assert [str(each) for each in told["m49"].unknown] == [
        "service failed: Google answers 429 (rateLimitExceeded), and asks to wait 30 s"
    ]
    assert told["m50"].unknown == ()


def test_parts_of_a_second_are_asked_about_too() -> None:
    """Google leaves them out, and what is not asked about must not be free."""
    double = GoogleDouble({"ana@example.com": IntervalSet()})
    moment = timedelta(microseconds=1)
    window = Interval(at("09:00") + moment, at("10:00") + moment)
    google(double).availability([person("ana")], window)

    (asked,) = double.seen
    assert asked.url.params["timeMin"] == "2026-11-23T09:00:00+00:00"
    assert asked.url.params["timeMax"] == "2026-11-23T10:00:01+00:00"


def test_pages_without_end_are_no_answer() -> None:
    page = httpx.Response(200, json={"accessRole": "owner", "nextPageToken": "more"})

    with pytest.raises(ProviderUnavailableError, match="more than 100 pages"):
        google(always(page)).availability([person("ana")], MONDAY)


# --- copies ---------------------------------------------------------------------------------------


def office(provider: GoogleProvider) -> BookingService:
    service = BookingService(
        MemoryStore(),
        secret=SECRET,
        host=HOST,
        provider=provider,
        notifier=FakeNotifier(),
        clock=FakeClock(NOW),
    )
    service.save_calendar(calendar(person("ana"), person("ben"), interval=HALF_AN_HOUR))
    return service


def double_of_the_office() -> GoogleDouble:
    return GoogleDouble({"ana@example.com": IntervalSet(), "ben@example.com": IntervalSet()})


def test_a_meeting_can_be_moved_into_its_own_time() -> None:
    """Its copies are in everybody's calendar, and are not in its way (F6)."""
    double = double_of_the_office()
    service = office(google(double))
    made = service.book("sales-call", at("10:00"), KIM).appointment
    service.deliver()
    service.reschedule(made.id, at("10:30"))
    service.deliver()

    (kept,) = double.standing("ben@example.com")
    assert (kept["start"]["dateTime"], kept["summary"]) == (at("10:30").isoformat(), made.title)
    service.cancel(made.id)
    service.deliver()
    assert double.standing("ana@example.com") == double.standing("ben@example.com") == []


def test_free_or_busy_alone_keeps_a_meeting_out_of_its_own_time() -> None:
    """What the other way of reading costs, and the reason tells it."""
    service = office(google(double_of_the_office(), free_busy=True))
    made = service.book("sales-call", at("10:00"), KIM).appointment
    service.deliver()

    with pytest.raises(SlotUnavailableError) as caught:
        service.reschedule(made.id, at("10:30"))
    assert {each.what for each in caught.value.reasons} == {What.BUSY}
    assert "perhaps our own copy" in str(caught.value.reasons[0])
    assert service.reschedule(made.id, at("11:00")).appointment.start == at("11:00")


def test_a_limit_that_google_calls_forbidden_passes() -> None:
    """It answers 403 to too many questions, too; that may lose no invitation."""
    provider = google(always(recorded("google", "rate_limit")))
    copy = MemberCopy(key="a key", member=person("ana"), appointment=appointment(), icalendar=b"")

    with pytest.raises(GoogleError, match="userRateLimitExceeded"):
        provider.put(copy)


def test_words_of_strangers_are_no_html() -> None:
    """Google shows a description as HTML."""
    double = double_of_the_office()
    service = office(google(double))
    service.book("sales-call", at("10:00"), KIM, notes="<a href='x'>cheap</a> & more")
    service.deliver()

    (kept,) = double.standing("ana@example.com")
    assert "&lt;a href='x'&gt;cheap&lt;/a&gt; &amp; more" in kept["description"]


@pytest.mark.parametrize("host", ["", "bookings@example.com", "@example.com"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    """By an empty suffix, every event would be our own, and everybody free."""
    with httpx.Client(base_url=GOOGLE) as client, pytest.raises(InvalidValueError, match="domain"):
        GoogleProvider(client, host)
