"""Files, folders and feeds as the calendars of members, and what a service makes of them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from collective_booking.adapters.folder import FolderOutbox
from collective_booking.adapters.ics import Feeds, IcsProvider, Limits, kept, read_file
from collective_booking.adapters.ics.kept import Answers, Kept
from collective_booking.adapters.memory import MemoryStore
from collective_booking.availability import Availability, Cause
from collective_booking.errors import InvalidValueError, WrongTypeError
from collective_booking.icalendar_texts import question_about, read_text
from collective_booking.intervals import NEVER, Interval
from collective_booking.members import Member
from collective_booking.ports import CalendarProvider
from collective_booking.reasons import SlotUnavailableError
from collective_booking.service import AsyncBookingService, BookingService
from collective_booking.testing import FakeClock, FakeNotifier, FakeProvider, awaited
from tests.bookings import HOST, KIM, MONDAY, NOW, SECRET, at, member
from tests.bookings import calendar as team_of
from tests.icalendar_texts.texts import MARCH, calendar, event, times
from tests.servers.feeds import NINE_TO_TEN, feed, feed_server, feeds, reader_of

CALL = times("02 09:00-10:00")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "calendars"
    made.mkdir()
    (made / "ana.ics").write_bytes(NINE_TO_TEN)
    return made


@pytest.fixture
def provider(root: Path) -> IcsProvider:
    return IcsProvider(root, host=HOST)


def asked(provider: IcsProvider, name: str | None, **changes: Any) -> Availability:
    """What it says of Ana, whose calendar has that *name*."""
    ana = Member("ana", timezone="UTC", ignore_hours=True, calendar=name, **changes)
    return provider.availability([ana], MARCH)["ana"]


def why(provider: IcsProvider, name: str) -> str:
    """Why nothing is known of her in all of March."""
    found = asked(provider, name)
    (gap,) = found.unknown
    assert (found.busy, gap.interval, gap.cause) == (NEVER, MARCH, Cause.UNREADABLE)
    return gap.detail


# --- files ---------------------------------------------------------------------------------------


def test_a_file_is_found_in_the_folder_of_calendars(provider: IcsProvider) -> None:
    """The plain case: a reference is a name."""
    found = asked(provider, "ana.ics")

    assert (found.busy, found.unknown) == (CALL, ())


def test_a_folder_of_files_is_one_calendar(root: Path, provider: IcsProvider) -> None:
    """What an export leaves, or one file for each event."""
    (root / "ben").mkdir()
    (root / "ben" / "work.ics").write_bytes(NINE_TO_TEN)
    (root / "ben" / "home.ics").write_bytes(NINE_TO_TEN.replace(b"T10", b"T11"))

    assert asked(provider, "ben").busy == times("02 09:00-11:00")


def test_each_member_is_read_by_their_own_zone_and_address(
    root: Path, provider: IcsProvider
) -> None:
    """A day off is theirs, and so is a refusal."""
    day = event("DTSTART;VALUE=DATE:20260302")
    no = event(
        "DTSTART:20260303T090000Z",
        "DURATION:PT1H",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.com",
        uid="2",
    )
    (root / "both.ics").write_text(calendar(day, no))
    ana = member("ana", timezone="Asia/Tokyo", calendar="both.ics")
    ben = member("ben", timezone="UTC", calendar="both.ics")

    found = provider.availability([ana, ben], MARCH)
    assert found["ana"].busy == times("2026-03-01T15:00Z/2026-03-02T15:00Z")
    assert found["ben"].busy == times("2026-03-02T00:00Z/2026-03-03T00:00Z", "03 09:00-10:00")


def test_a_missing_file_is_unknown_and_not_empty(provider: IcsProvider) -> None:
    """A name that was mistyped must not offer all of somebody's time."""
    assert why(provider, "anna.ics") == "No such file or directory"


@pytest.mark.parametrize(
    "name",
    ["../ana.ics", "sub/../../ana.ics", "../calendars-of-others/ana.ics", "/etc/hosts", ".."],
)
def test_no_name_leads_out_of_the_folder(root: Path, name: str) -> None:
    """References come from databases, and into these from strangers."""
    others = root.with_name("calendars-of-others")
    others.mkdir()
    for place in (root.parent, others):
        (place / "ana.ics").write_bytes(NINE_TO_TEN)

    told = why(IcsProvider(root, host=HOST), name)
    assert told == "it leads out of the folder of calendars"


def test_no_link_leads_out_of_the_folder(root: Path, provider: IcsProvider) -> None:
    """Nor do links, to a file, to a folder, and in a folder; links that stay in it do no harm."""
    outside = root.with_name("outside")
    outside.mkdir()
    (outside / "ana.ics").write_bytes(NINE_TO_TEN)
    (root / "file.ics").symlink_to(outside / "ana.ics")
    (root / "folder").symlink_to(outside)
    (root / "deep").mkdir()
    (root / "deep" / "link").symlink_to(outside)
    (root / "same.ics").symlink_to(root / "ana.ics")

    for name in ("file.ics", "folder", "deep", "folder/ana.ics"):
        assert why(provider, name) == "it leads out of the folder of calendars"
    assert asked(provider, "same.ics").busy == CALL
    assert asked(IcsProvider(root, host=HOST, confined=False), "folder").busy == CALL


@pytest.mark.parametrize("name", ["no\u2028where", "x" * 900, "~root", "a\0b", ""])
def test_odd_names_are_names_of_nothing(root: Path, name: str) -> None:
    """None of them may end the question for the others."""
    provider = IcsProvider(root / "none", host=HOST, calendars=lambda _: [name])

    assert why(provider, "odd")


def test_without_a_folder_no_file_is_read(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """Not even in the folder where the application happens to run."""
    monkeypatch.chdir(root)

    told = why(IcsProvider(host=HOST, feeds=Feeds()), "ana.ics")
    assert told == "no files are read here: give IcsProvider a root"


def test_without_feeds_no_url_is_fetched(provider: IcsProvider) -> None:
    """A host that reads files does not become one that follows links."""
    (gap,) = asked(provider, "https://calendars.test/private-5ecret").unknown

    assert str(gap) == (
        "service failed: no feeds are read here: give IcsProvider feeds= (feed at calendars.test)"
    )


# --- whose calendars -----------------------------------------------------------------------------


def test_a_member_may_have_several_calendars(root: Path) -> None:
    """Work and family, a file and a feed: whatever is in one of them takes the time."""
    with feed_server() as server:
        server.answers["/home.ics"] = feed(NINE_TO_TEN.replace(b"T10", b"T11"))
        places = {"ana": ["ana.ics", server.url("/home.ics"), server.url("/gone.ics")], "ben": []}
        provider = IcsProvider(
            root, host=HOST, feeds=feeds(), calendars=lambda each: places[each.id]
        )
        found = provider.availability([member("ana"), member("ben")], MARCH)

    assert found["ana"].busy == times("02 09:00-11:00")
    assert [gap.detail for gap in found["ana"].unknown] == ["it answers with HTTP status 404"]
    assert "ben" not in found  # so all of their time is unknown


def test_who_has_no_calendar_is_not_answered_for(provider: IcsProvider) -> None:
    """Nothing is known of them from here, neither busy nor free."""
    assert provider.availability([member("ana", calendar=None)], MARCH) == {}


# --- read once -----------------------------------------------------------------------------------


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The texts that are read anew from now on."""
    made: list[bytes] = []

    def noted(text: bytes, *arguments: Any) -> Any:
        made.append(text)
        return read_text(text, *arguments)

    monkeypatch.setattr(kept, "read_text", noted)
    return made


def test_what_has_not_changed_is_not_read_again(
    root: Path, provider: IcsProvider, readings: list[bytes]
) -> None:
    """Every page of a booking asks for the same calendars; reading them is most of the work."""
    first = asked(provider, "ana.ics")
    (root / "ana.ics").write_bytes(NINE_TO_TEN)  # touched, and the same

    assert asked(provider, "ana.ics") == first
    assert len(readings) == 1

    (root / "ana.ics").write_bytes(NINE_TO_TEN.replace(b"T10", b"T11"))
    assert asked(provider, "ana.ics").busy == times("02 09:00-11:00")
    assert len(readings) == 2


def test_a_booking_asks_no_more_than_the_page_before_it(
    root: Path, provider: IcsProvider, readings: list[bytes]
) -> None:
    """Each question is about other hours, and all of them lie in the same months."""
    (root / "ana.ics").write_bytes(NINE_TO_TEN)
    ana = reader_of("ana.ics")
    hour = Interval.from_isoformat("2026-03-02T09:30Z/2026-03-02T10:30Z")
    found = [provider.availability([ana], window)["ana"].busy for window in (MARCH, hour)]

    assert found == [CALL, times("02 09:30-10:00")]
    assert len(readings) == 1


def test_where_months_are_too_much_an_hour_may_be_read(root: Path) -> None:
    """What is kept for later must not cost an answer now."""
    every = event("DTSTART:20260302T090000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY")
    (root / "ana.ics").write_text(calendar(every))
    provider = IcsProvider(root, host=HOST, limits=Limits(instances=300))
    hour = Interval.from_isoformat("2026-03-02T09:30Z/2026-03-02T10:30Z")

    assert provider.availability([reader_of("ana.ics")], MARCH)["ana"].unknown
    found = provider.availability([reader_of("ana.ics")], hour)["ana"]
    assert (found.busy, found.unknown) == (times("02 10:00-10:01"), ())


@pytest.mark.parametrize(
    "window",
    [
        "2026-03-31T23:00Z/2026-04-01T00:00Z",
        "2026-12-31T23:00Z/2027-01-01T01:00Z",
        "1900-01-01T00:00Z/1900-01-02T00:00Z",
        "2199-12-31T00:00Z/2199-12-31T12:00Z",
        "0001-01-01T00:00Z/0001-01-02T00:00Z",
        "9999-12-31T00:00Z/9999-12-31T12:00Z",
    ],
)
def test_the_edges_of_months_and_of_time_change_no_answer(root: Path, window: str) -> None:
    """Where there are no whole months, what was asked is read."""
    hourly = event("DTSTART:18500101T000000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY")
    (root / "ana.ics").write_text(calendar(hourly))
    asked = Interval.from_isoformat(window)

    found = IcsProvider(root, host=HOST).availability([reader_of("ana.ics")], asked)["ana"]
    assert found == read_file(root / "ana.ics", asked, timezone="UTC")


@pytest.mark.parametrize(
    "changes", [{"timezone": "Asia/Tokyo"}, {"email": "ana@example.com"}, {"calendar": "same.ics"}]
)
def test_who_asks_otherwise_gets_another_answer(
    root: Path, provider: IcsProvider, readings: list[bytes], changes: dict[str, Any]
) -> None:
    """The same bytes mean other times to somebody else, and reasons name the file."""
    (root / "same.ics").write_bytes(NINE_TO_TEN)
    told: dict[str, Any] = {"timezone": "UTC", "ignore_hours": True, "calendar": "ana.ics"}
    for each in (told, told | changes, told):
        provider.availability([Member("ana", **each)], MARCH)

    assert len(readings) == 2


def test_answers_are_kept_within_a_bound(readings: list[bytes]) -> None:
    """The oldest goes first; what was used last stays."""
    texts = [calendar(event("DTSTART:20260302T090000Z", uid=each)).encode() for each in "abc"]
    question = question_about(MARCH, "UTC")
    answers = Answers(most=25)  # two of them weigh 22
    first, second = texts[:2]
    for text in (first, second, first, texts[2], first):
        answers.read_text(text, question, None)
    assert readings == texts

    answers.read_text(second, question, None)
    assert readings == [*texts, second]


def test_what_is_kept_adds_up_from_many_threads() -> None:
    """A count that goes wrong would let the bound slip."""
    kept = Kept[int](most=100)

    def work(seed: int) -> None:
        for place in range(500):
            key = (seed * place) % 37
            kept.keep(key, place, weight=key)
            kept.get(place % 37)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(1, 9)))

    weights = [weight for _, weight in kept._held.values()]
    assert kept._weight == sum(weights) <= 100
    kept.keep("heavy", 1, weight=101)
    assert (kept._weight, kept.get("heavy")) == (0, None)


# --- copies, and a service around it -------------------------------------------------------------


def test_it_is_what_a_service_asks_for(root: Path) -> None:
    """The shape alone, as the port promises."""
    provider: CalendarProvider = IcsProvider(root, host=HOST)

    assert provider.availability([], MARCH) == {}


def office(provider: IcsProvider, kind: Any = BookingService) -> Any:
    return kind(
        MemoryStore(),
        secret=SECRET,
        host=HOST,
        provider=provider,
        notifier=FakeNotifier(),
        clock=FakeClock(NOW),
    )


def test_copies_in_a_folder_are_put_there_and_not_read_as_busy(root: Path) -> None:
    """With its outbox in the same folder, a folder is a calendar to read and to write (F6)."""
    for who in ("ana", "ben"):
        (root / who).mkdir(exist_ok=True)
    service = office(IcsProvider(root, host=HOST, copies=FolderOutbox(root)))
    service.save_calendar(team_of(member("ana", calendar="ana"), member("ben", calendar="ben")))
    made = service.book("sales-call", at("10:00"), KIM).appointment
    service.deliver()
    assert {each.parent.name for each in root.rglob(f"{made.uid}*")} == {"ana", "ben"}

    free = {each.start for each in service.offers("sales-call", MONDAY, moving=made.id)}
    assert at("10:00") in free
    service.reschedule(made.id, at("12:00"))
    service.deliver()
    service.cancel(made.id)
    service.deliver()
    assert {each.name for each in root.rglob(f"{made.uid}*")} == {f"{made.uid}.cancelled.ics"}


def test_a_calendar_that_is_only_read_says_so_at_once(root: Path) -> None:
    """Nobody tries again for hours to write where nothing is ever written; it is reported (E3)."""
    service = office(IcsProvider(root, host=HOST))
    service.save_calendar(team_of(member("ana"), member("ben", calendar="ana.ics")))
    made = service.book("sales-call", at("10:00"), KIM).appointment
    service.deliver()

    told = {each.failure for each in service.undelivered()}
    assert told == {
        f"UndeliverableError: it can never be delivered: the calendar of {who} is only read: "
        "give IcsProvider copies="
        for who in ("ana", "ben")
    }
    assert service.appointment(made.id).appointment.status.value == "confirmed"


def test_a_service_is_told_what_stands_in_a_feed() -> None:
    """From a URL to a time that is refused, and back to one that is free."""
    busy = calendar(event("DTSTART:20261123T100000Z", "DTEND:20261123T110000Z")).encode()
    with feed_server() as server:
        server.answers["/ana.ics"] = feed(busy)
        server.answers["/ben.ics"] = feed(calendar().encode())
        team = [member(id_, calendar=server.url(f"/{id_}.ics")) for id_ in ("ana", "ben")]
        service = office(IcsProvider(host=HOST, feeds=feeds()))
        service.save_calendar(team_of(*team))

        with pytest.raises(SlotUnavailableError) as refused:
            service.book("sales-call", at("10:00"), KIM)
        assert [reason.who for reason in refused.value.reasons] == ["ana"]
        assert service.book("sales-call", at("11:00"), KIM).appointment


def test_an_awaited_service_asks_it_from_a_thread() -> None:
    """The network keeps no event loop waiting."""
    with feed_server() as server:
        server.answers["/ana.ics"] = feed(calendar().encode())
        team = [member(id_, calendar=server.url()) for id_ in ("ana", "ben")]
        service = office(IcsProvider(host=HOST, feeds=feeds()), AsyncBookingService)

        async def times_offered() -> int:
            await service.save_calendar(team_of(*team))
            return len(await service.offers("sales-call", MONDAY))

        assert asyncio.run(times_offered()) == 8


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"host": ""}, InvalidValueError),
        ({"host": None}, WrongTypeError),
        ({"root": 1}, WrongTypeError),
        ({"feeds": True}, WrongTypeError),
        ({"limits": 5}, WrongTypeError),
        ({"confined": 0}, WrongTypeError),
        ({"calendars": ["ana.ics"]}, WrongTypeError),
        ({"copies": awaited(FakeProvider())}, WrongTypeError),
    ],
)
def test_settings_are_checked_where_they_are_given(
    settings: dict[str, Any], error: type[Exception]
) -> None:
    """What is wrong with them must not wait for the first member."""
    with pytest.raises(error):
        IcsProvider(**{"host": HOST} | settings)
