"""CalDAV servers that refuse, hang, break off or talk nonsense, while calendars are read.

Whatever a server does, no time becomes free by it, and nobody else's calendar is lost with it.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest

from collective_booking.adapters.caldav import CalDavError, CalDavProvider
from collective_booking.adapters.caldav.connection import Reply as Told
from collective_booking.adapters.caldav.connection import TooLargeError, refusal
from collective_booking.availability import Availability, Cause
from collective_booking.errors import InvalidValueError, WrongTypeError
from collective_booking.icalendar_texts import Limits
from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from tests.adapters.caldav_hosts import WHY, copy_for, event
from tests.adapters.caldav_scripts import (
    ANA,
    BEN,
    BUSY,
    SOON,
    assert_unknown,
    hidden,
    known_after,
    scripted_provider,
    shown,
    told,
)
from tests.bookings import HOST, MONDAY, appointment, at, member, slot
from tests.servers.scripted import Drip, Hang, Reply, Script, scripted

caldav = pytest.importorskip("caldav.davclient", reason=WHY)


@pytest.mark.parametrize("status", [403, 503])
def test_what_a_server_says_commands_no_terminal(status: int) -> None:
    """A refusal is logged and listed: it must not repaint the screen of whoever reads it."""
    said = str(refusal(Told(status, {"retry-after": "\x1b[31m \u202elive"}, b"")))

    assert said.isprintable()
    assert "live" in said


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", [200, 204, 400, 401, 403, 404, 409, 412, 429, 500, 501, 503, 507]
)
def test_who_is_refused_knows_nothing_and_says_why(status: int) -> None:
    """An empty answer is no empty calendar; and the reason tells a host what to look at."""
    known = known_after(lambda _: Reply(status))

    assert_unknown(known, f"HTTP status {status}", "/ana/")


def test_a_reason_tells_what_the_server_misses_and_when_to_come_back() -> None:
    body = b'<error xmlns="DAV:"><need-privileges/></error>'

    assert_unknown(known_after(lambda _: Reply(403, body)), "need-privileges")
    assert_unknown(known_after(lambda _: Reply(429, b"", {"Retry-After": "120"})), "after 120")


@pytest.mark.parametrize("script", [Hang(), Drip()], ids=["never answers", "answers for ever"])
def test_a_server_that_keeps_waiting_is_waited_for_no_longer(script: Hang | Drip) -> None:
    """A search ends, whatever one of a hundred servers does."""
    assert_unknown(known_after(lambda _: script, timeout=SOON))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(207, told(shown()).body, longer=10),
        Reply(207, told(shown()).body[:-20]),
        Reply(207, b""),
        Reply(207, b"<html><body>Please log in</body></html>"),
        Reply(207, b"Please log in & go on"),
        Reply(207, b'<!DOCTYPE m [<!ENTITY a "b">]>' + told(shown()).body),
    ],
    ids=["broken off", "cut short", "nothing", "a page", "no XML", "with entities"],
)
def test_half_an_answer_is_none(reply: Reply) -> None:
    """The other half may hold the event that nobody may book over."""
    assert_unknown(known_after(lambda _: reply))


def test_a_connection_that_breaks_once_is_made_again() -> None:
    """Servers drop some of those who come all at once; a search need not fail for that."""
    replies = iter([Reply(207, b"<", longer=9)])
    known = known_after(lambda _: next(replies, told(shown())))

    assert (known.busy, known.unknown) == (BUSY, ())


def test_an_answer_that_is_too_large_is_not_read() -> None:
    """How much is read is up to the host, not to the server."""
    known = known_after(lambda _: told(shown(), " " * 9000), limits=Limits(size=8000))

    assert_unknown(known, "more than 8000 bytes", cause=Cause.BUDGET)


@pytest.mark.parametrize("status", ["507 Insufficient Storage", "403 Forbidden", "404 Not Found"])
def test_what_a_server_names_and_does_not_show_may_be_anything(status: str) -> None:
    """A server that had enough (507) says so beside what it found: the rest is not free."""
    known = known_after(lambda _: told(shown(), hidden(status, "/ana/")))

    assert known.busy == BUSY
    assert {(each.interval, each.cause) for each in known.unknown} == {(MONDAY, Cause.SERVICE)}
    assert status in str(known.unknown[0])


def test_a_property_that_is_refused_is_not_an_empty_one() -> None:
    refused = (
        "<response><href>/ana/1.ics</href><propstat><prop><C:calendar-data/></prop>"
        "<status>HTTP/1.1 403 Forbidden</status></propstat></response>"
    )
    assert_unknown(known_after(lambda _: told(refused)), "403 Forbidden", "/ana/1.ics")


def test_an_event_that_cannot_be_read_makes_its_time_unknown_alone() -> None:
    """As in a file: the rest of the calendar still counts."""
    torn = event("DTSTART:20261123T150000Z", "DTEND:after lunch", uid="torn")
    known = known_after(lambda _: told(shown(), shown(torn, "/ana/torn.ics")))

    assert known.busy == BUSY
    (unknown,) = known.unknown
    assert (unknown.interval.start, unknown.source) == (at("15:00"), "/ana/torn.ics")


def test_what_repeats_is_counted_for_the_whole_calendar() -> None:
    """A server hands it out in pieces; a thousand of them may not cost a thousandfold."""
    daily = [
        shown(
            event("DTSTART:20261101T080000Z", "DURATION:PT1M", "RRULE:FREQ=DAILY", uid=f"d{n}"),
            f"/ana/{n}.ics",
        )
        for n in range(9)
    ]
    known = known_after(lambda _: told(*daily), limits=Limits(instances=20))

    assert {each.cause for each in known.unknown} == {Cause.BUDGET}


def test_a_host_that_makes_no_client_is_told_so() -> None:
    """In the reason while searching, and by an error when something is to be written."""
    provider = CalDavProvider(lambda _: None, host=HOST)  # type: ignore[arg-type,return-value]  # a slip

    assert_unknown(provider.availability([ANA], MONDAY)["ana"], "a caldav.DAVClient")
    with pytest.raises(WrongTypeError):
        provider.put(copy_for(ANA, appointment()))


def test_a_host_that_has_no_login_for_one_member_still_knows_the_others() -> None:
    """Vaults lose passwords; that is one member's trouble."""

    def client(asked: Member) -> Any:
        return {"ben": caldav.DAVClient(server.url)}[asked.id]

    with scripted(lambda _: told(shown(href="/ben/1.ics"))) as server:
        known = CalDavProvider(client, host=HOST).availability([ANA, BEN], MONDAY)

    assert_unknown(known["ana"], "the function that makes clients failed: KeyError")
    assert known["ben"].busy == BUSY


def test_what_a_host_says_in_an_error_is_not_told() -> None:
    """Words of others may hold keys, and reasons are shown to people."""

    def client(_: Member) -> Any:
        raise ConnectionError("no answer from https://vault:secret@vault.example.com/")

    provider = CalDavProvider(client, host=HOST)
    known = provider.availability([ANA], MONDAY)["ana"]
    with pytest.raises(CalDavError) as caught:
        provider.put(copy_for(ANA, appointment()))

    assert_unknown(known, "the function that makes clients failed: ConnectionError")
    assert "secret" not in f"{known}{caught.value}"


def test_what_a_host_makes_instead_of_a_client_is_not_told() -> None:
    """A login in pieces, say: what kind of thing it is will do."""
    made: Any = ("ana", "secret")
    known = CalDavProvider(lambda _: made, host=HOST).availability([ANA], MONDAY)["ana"]

    assert_unknown(known, "must be a caldav.DAVClient", "tuple")
    assert "secret" not in str(known)


def test_a_client_whose_url_is_none_is_told_so() -> None:
    """A host that forgets "https://" finds out what is missing, and not which library minds."""
    login = {"username": "ana", "password": "secret"}
    provider = CalDavProvider(
        lambda _: caldav.DAVClient("dav.example.com/calendars/", **login), host=HOST
    )

    assert_unknown(provider.availability([ANA], MONDAY)["ana"], "begin with https://")
    with pytest.raises(CalDavError, match="begin with https://"):
        provider.put(copy_for(ANA, appointment()))


def test_nobody_asks_about_nobody() -> None:
    with scripted(lambda _: told()) as server:
        assert scripted_provider(server).availability([], MONDAY) == {}
        alone = scripted_provider(server).availability([member("ana", calendar=None)], MONDAY)

    assert alone == {"ana": Availability()}
    assert server.asked == []


# --- what range queries miss ---------------------------------------------------------------------

WEEKLY: Final = event(
    "DTSTART:20200106T140000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", uid="weekly"
)


def by_condition(answers: Mapping[bytes, Reply]) -> Script:
    """Answer by the first of these texts that the request has in it."""
    return lambda asked: next(reply for text, reply in answers.items() if text in asked.body)


@pytest.mark.parametrize("status", [400, 403, 415, 501])
def test_a_server_that_cannot_look_for_what_repeats_is_asked_for_everything(status: int) -> None:
    """Else a weekly meeting that its range query does not know would be free time."""
    script = by_condition(
        {
            b"time-range": told(shown()),
            b"prop-filter": Reply(status),
            b"comp-filter": told(shown(), shown(WEEKLY, "/ana/weekly.ics")),
        }
    )
    known = known_after(script)

    assert known.busy == BUSY | IntervalSet([slot("14:00", "15:00")])


def test_a_server_that_does_not_find_what_it_has_just_shown_is_asked_for_everything() -> None:
    """It shows a weekly event in the range, and then knows none that repeats: what else is lost?"""
    daily = event("DTSTART:20200101T160000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", uid="daily")
    script = by_condition(
        {
            b"time-range": told(shown(WEEKLY, "/ana/weekly.ics")),
            b"prop-filter": told(),
            b"comp-filter": told(shown(WEEKLY, "/ana/weekly.ics"), shown(daily, "/ana/daily.ics")),
        }
    )
    known = known_after(script)

    assert known.busy == IntervalSet([slot("14:00", "15:00"), slot("16:00", "17:00")])


def test_a_server_that_is_not_trusted_is_asked_for_no_range() -> None:
    with scripted(lambda _: told(shown())) as server:
        known = scripted_provider(server, whole_calendars=True).availability([ANA], MONDAY)["ana"]

    assert known.busy == BUSY
    assert not any(b"range" in asked.body for asked in server.asked)


# --- the server's own free/busy ------------------------------------------------------------------


def report(*lines: str) -> Reply:
    around = ("BEGIN:VCALENDAR", "BEGIN:VFREEBUSY", *lines, "END:VFREEBUSY", "END:VCALENDAR")
    return Reply(200, "\r\n".join(around).encode(), {"Content-Type": "text/calendar"})


def free_busy_after(reply: Reply) -> Availability:
    with scripted(lambda _: reply) as server:
        return scripted_provider(server, free_busy=True).availability([ANA], MONDAY)["ana"]


def test_each_type_of_free_busy_is_what_it_says() -> None:
    """FBTYPE (RFC 5545, 3.2.9): free is free, tentative is apart, all else is busy."""
    known = free_busy_after(
        report(
            "FREEBUSY:20261123T090000Z/PT30M",
            "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261123T100000Z/20261123T103000Z",
            "FREEBUSY;FBTYPE=X-ELSEWHERE:20261123T110000Z/PT30M",
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261123T120000Z/PT30M",
            "FREEBUSY;FBTYPE=FREE:20261123T130000Z/PT30M",
        )
    )
    halves = [slot(f"{hour}:00", f"{hour}:30") for hour in (9, 10, 11)]
    assert known.busy == IntervalSet(halves)
    assert known.tentative == IntervalSet([slot("12:00", "12:30")])
    assert known.sees_own_copies


def test_a_report_about_less_than_was_asked_leaves_the_rest_unknown() -> None:
    """Servers look ahead only so far; beyond that nobody has said "free"."""
    known = free_busy_after(report("DTSTART:20261123T070000Z", "DTEND:20261123T150000Z"))

    (unknown,) = known.unknown
    assert (unknown.interval.start, unknown.interval.end) == (at("15:00"), MONDAY.end)


@pytest.mark.parametrize("reply", [Reply(200, b"<html/>"), Reply(200, b""), Reply(207), Reply(403)])
def test_what_is_no_report_says_nothing(reply: Reply) -> None:
    known = free_busy_after(reply)

    assert [each.interval for each in known.unknown] == [MONDAY]


# --- what hosts get wrong ------------------------------------------------------------------------


@pytest.mark.parametrize("error", [CalDavError("HTTP status 503", 503), TooLargeError(5)])
def test_an_error_survives_a_journey(error: CalDavError) -> None:
    """Task queues pickle them."""
    again = pickle.loads(pickle.dumps(error))

    assert (vars(again), str(again)) == (vars(error), str(error))
    assert "try again later" in str(error)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client": "https://cal.example.com/"}, WrongTypeError),
        ({"host": ""}, InvalidValueError),
        ({"host": None}, WrongTypeError),
        ({"timeout": 20}, WrongTypeError),
        ({"timeout": timedelta()}, InvalidValueError),
        ({"free_busy": 1}, WrongTypeError),
        ({"whole_calendars": None}, WrongTypeError),
        ({"limits": 5}, WrongTypeError),
    ],
)
def test_a_host_is_told_what_it_passed_by_mistake(
    changes: dict[str, Any], error: type[Exception]
) -> None:
    """Where it is passed, and not at the first search at night."""
    told: dict[str, Any] = {"client": lambda _: None, "host": HOST}
    with pytest.raises(error):
        CalDavProvider(**told | changes)
