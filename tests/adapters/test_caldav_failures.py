"""CalDAV servers that refuse, hang, break off, redirect or talk nonsense.

Whatever a server does, no time becomes free by it, nobody else's calendar is lost with it, nothing
is written that was not meant, and no password goes anywhere else.
"""

from __future__ import annotations

import pickle
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import pytest

from collective_booking.adapters.caldav import CalDavError, CalDavProvider
from collective_booking.adapters.caldav.line import TooLargeError
from collective_booking.availability import Availability, Cause
from collective_booking.errors import InvalidValueError, UndeliverableError, WrongTypeError
from collective_booking.icalendar_texts import Limits
from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from tests.adapters.caldav_hosts import SUFFIX, WHY, copy_for, event
from tests.bookings import MONDAY, appointment, at, member, slot
from tests.servers.scripted import Asked, Drip, Hang, Reply, Script, ScriptedServer, scripted

caldav = pytest.importorskip("caldav.davclient", reason=WHY)

CERTIFICATES: Final = Path(__file__).parent / "certificates"
ANA: Final = member("ana", calendar="ana/")
BEN: Final = member("ben", calendar="ben/")
CALL: Final = event("DTSTART:20261123T100000Z", "DTEND:20261123T110000Z")
BUSY: Final = IntervalSet([slot("10:00", "11:00")])
SOON: Final = timedelta(seconds=0.5)


def told(*objects: str, status: int = 207) -> Reply:
    """A multi-status answer with these responses in it."""
    spaces = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    return Reply(status, f"<multistatus {spaces}>{''.join(objects)}</multistatus>".encode())


def shown(text: str = CALL, href: str = "/ana/theirs.ics", etag: str = '"1"') -> str:
    """One object as a server shows it."""
    inside = f"<getetag>{escape(etag)}</getetag><C:calendar-data>{escape(text)}</C:calendar-data>"
    status = "<status>HTTP/1.1 200 OK</status>"
    properties = f"<propstat><prop>{inside}</prop>{status}</propstat>"
    return f"<response><href>{href}</href>{properties}</response>"


def hidden(status: str, href: str = "/ana/theirs.ics") -> str:
    """One object that a server names, and does not show."""
    return f"<response><href>{href}</href><status>HTTP/1.1 {status}</status></response>"


def provider_on(server: ScriptedServer, **changes: Any) -> CalDavProvider:
    told: dict[str, Any] = {"own_suffix": SUFFIX} | changes
    return CalDavProvider(lambda _: caldav.DAVClient(server.url), **told)


def only_for_ana(script: Script) -> Script:
    """Whatever *script* does to Ana; Ben's calendar has a call at ten."""

    def answer(asked: Asked) -> Reply | Hang | Drip:
        return script(asked) if asked.path.startswith("/ana/") else told(shown(href="/ben/1.ics"))

    return answer


def known_after(script: Script, **changes: Any) -> Availability:
    """What is known of Ana when her server follows *script*. Ben's call is always known."""
    with scripted(only_for_ana(script)) as server:
        known = provider_on(server, **changes).availability([ANA, BEN], MONDAY)

    assert (known["ben"].busy, known["ben"].unknown) == (BUSY, ())
    return known["ana"]


def assert_unknown(known: Availability, *words: str, cause: Cause = Cause.SERVICE) -> None:
    (unknown,) = known.unknown
    assert (unknown.interval, unknown.cause) == (MONDAY, cause)
    assert all(word in str(unknown) for word in words), str(unknown)


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
    provider = CalDavProvider(lambda _: None, own_suffix=SUFFIX)  # type: ignore[arg-type,return-value]

    assert_unknown(provider.availability([ANA], MONDAY)["ana"], "WrongTypeError")
    with pytest.raises(WrongTypeError):
        provider.put(copy_for(ANA, appointment()))


def test_a_host_that_has_no_login_for_one_member_still_knows_the_others() -> None:
    """Vaults lose passwords; that is one member's trouble."""

    def client(asked: Member) -> Any:
        return {"ben": caldav.DAVClient(server.url)}[asked.id]

    with scripted(lambda _: told(shown(href="/ben/1.ics"))) as server:
        known = CalDavProvider(client, own_suffix=SUFFIX).availability([ANA, BEN], MONDAY)

    assert_unknown(known["ana"], "KeyError")
    assert known["ben"].busy == BUSY


def test_nobody_asks_about_nobody() -> None:
    with scripted(lambda _: told()) as server:
        assert provider_on(server).availability([], MONDAY) == {}
        alone = provider_on(server).availability([member("ana", calendar=None)], MONDAY)

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
        known = provider_on(server, whole_calendars=True).availability([ANA], MONDAY)["ana"]

    assert known.busy == BUSY
    assert not any(b"range" in asked.body for asked in server.asked)


# --- the server's own free/busy ------------------------------------------------------------------


def report(*lines: str) -> Reply:
    around = ("BEGIN:VCALENDAR", "BEGIN:VFREEBUSY", *lines, "END:VFREEBUSY", "END:VCALENDAR")
    return Reply(200, "\r\n".join(around).encode(), {"Content-Type": "text/calendar"})


def free_busy_after(reply: Reply) -> Availability:
    with scripted(lambda _: reply) as server:
        return provider_on(server, free_busy=True).availability([ANA], MONDAY)["ana"]


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


# --- redirects and logins ------------------------------------------------------------------------

AUTHORIZED: Final = f"Basic {b64encode(b'ana:secret').decode()}"


def logging_in(server: ScriptedServer, auth: str | None = "basic") -> CalDavProvider:
    def client(_: Member) -> Any:
        return caldav.DAVClient(server.url, username="ana", password="secret", auth_type=auth)

    return CalDavProvider(client, own_suffix=SUFFIX)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_on_the_same_server_a_redirect_is_followed_as_it_was_asked(status: int) -> None:
    """HTTP libraries turn a redirected PUT into a GET, which succeeds and has written nothing."""

    def script(asked: Asked) -> Reply:
        if asked.path.startswith("/ana/"):
            return Reply(status, b"", {"Location": asked.path.replace("/ana/", "/people/ana/")})
        return Reply(201) if asked.method == "PUT" else told()

    with scripted(script) as server:
        logging_in(server).put(copy_for(ANA, appointment()))

    (stored,) = [each for each in server.asked if each.path.startswith("/people/") and each.body][
        -1:
    ]
    assert stored.method == "PUT"
    assert b"UID:a1@booking.example.com" in stored.body
    assert stored.headers["authorization"] == AUTHORIZED


def test_a_redirect_that_goes_round_in_circles_ends() -> None:
    assert_unknown(known_after(lambda _: Reply(302, b"", {"Location": "/ana/"})), "and on")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_carries_a_login_to_another_server(status: int) -> None:
    """Whoever can make a server redirect would get everybody's password."""
    with scripted(lambda _: told(shown())) as other:
        elsewhere = Reply(status, b"", {"Location": f"{other.url}ana/"})
        with scripted(lambda _: elsewhere) as server:
            known = logging_in(server).availability([ANA], MONDAY)["ana"]
            with pytest.raises(UndeliverableError, match="alone may see its credentials"):
                logging_in(server).put(copy_for(ANA, appointment()))

    assert_unknown(known, "alone may see its credentials")
    assert other.asked == []


@pytest.mark.parametrize(
    "reference",
    ["https://127.0.0.1/ana/", "//elsewhere.example.com/ana/", "http://[::1/", "http://a:99999/"],
)
def test_a_member_cannot_name_another_server(reference: str) -> None:
    """Members may type the address of their calendar; the host's login is not for all the world."""
    elsewhere = member("ana", calendar=reference)
    with scripted(lambda _: told(shown())) as server:
        known = logging_in(server).availability([elsewhere], MONDAY)["ana"]

    assert [each.interval for each in known.unknown] == [MONDAY]
    assert server.asked == []


def test_a_login_in_the_address_is_refused_and_not_repeated() -> None:
    """Addresses are written into logs and reasons, where a password must not be."""
    with scripted(lambda _: told(shown())) as server:
        leaky = member("ana", calendar=server.url.replace("//", "//ana:hunter2@"))
        known = provider_on(server).availability([leaky], MONDAY)["ana"]

    assert_unknown(known, "without login")
    assert "hunter2" not in str(known)
    assert server.asked == []


def test_no_reason_repeats_what_an_http_library_says() -> None:
    """It shows the header that it cannot send, and with it the password."""

    def client(_: Member) -> Any:
        return caldav.DAVClient(server.url, headers={"Authorization": "Bearer hunter2\r\n"})

    with scripted(lambda _: told()) as server:
        provider = CalDavProvider(client, own_suffix=SUFFIX)
        known = provider.availability([ANA], MONDAY)["ana"]
        with pytest.raises(CalDavError) as caught:
            provider.put(copy_for(ANA, appointment()))

    assert_unknown(known)
    assert "hunter2" in str(caught.value.__cause__)
    assert "hunter2" not in f"{known} {caught.value}"


@pytest.mark.parametrize("trusted", [True, False])
def test_only_a_server_that_somebody_vouches_for_gets_a_login(trusted: bool) -> None:
    """Certificates are checked, against the authorities that the host's client trusts."""
    authority = str(CERTIFICATES / "authority.pem") if trusted else True

    def client(_: Member) -> Any:
        login = {"username": "ana", "password": "secret", "auth_type": "basic"}
        return caldav.DAVClient(server.url, ssl_verify_cert=authority, **login)

    with scripted(lambda _: told(shown()), CERTIFICATES / "server.pem") as server:
        known = CalDavProvider(client, own_suffix=SUFFIX).availability([ANA], MONDAY)["ana"]

    if trusted:
        assert (known.busy, known.unknown) == (BUSY, ())
    else:
        assert_unknown(known, "SSLError")
        assert server.asked == []


def test_an_address_may_be_whole() -> None:
    with scripted(lambda _: told(shown())) as server:
        whole = member("ana", calendar=f"{server.url}ana")
        known = provider_on(server).availability([whole], MONDAY)["ana"]

    assert known.busy == BUSY
    assert {each.path for each in server.asked} == {"/ana/"}


def test_who_is_asked_for_a_login_gives_it_once() -> None:
    """And a wrong one ends there, instead of knocking until the account is locked."""

    def script(asked: Asked) -> Reply:
        if asked.headers.get("authorization") == AUTHORIZED:
            return told(shown())
        return Reply(401, b"", {"WWW-Authenticate": 'Basic realm="calendars"'})

    with scripted(script) as server:
        known = logging_in(server, None).availability([ANA], MONDAY)["ana"]
        assert known.busy == BUSY
    with scripted(lambda _: script(Asked("", "", {}, b""))) as server:
        known = logging_in(server, None).availability([ANA], MONDAY)["ana"]
        assert_unknown(known, "HTTP status 401")
        assert len(server.asked) == 2


def test_a_digest_is_given_where_one_is_asked_for() -> None:
    """Then not even the server learns the password; the body goes along with the second try."""

    def script(asked: Asked) -> Reply:
        if not asked.headers.get("authorization", "").startswith('Digest username="ana"'):
            challenge = 'Digest realm="calendars", nonce="n0nce", qop="auth", algorithm=MD5'
            return Reply(401, b"", {"WWW-Authenticate": challenge})
        return told(shown()) if b"calendar-query" in asked.body else Reply(400)

    with scripted(script) as server:
        known = logging_in(server, None).availability([ANA], MONDAY)["ana"]

    assert (known.busy, known.unknown) == (BUSY, ())


# --- writing -------------------------------------------------------------------------------------


def writing(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Script:
    """Nothing is there, and what is to be put there gets that *status*."""
    reply = Reply(status, body, headers or {})
    return lambda asked: reply if asked.method in {"PUT", "DELETE"} else told()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 415, 501])
def test_a_calendar_that_is_not_ours_to_read_is_not_tried_for_two_days(status: int) -> None:
    """A dead letter at once, which the host sees while it still matters."""
    with scripted(lambda _: Reply(status)) as server, pytest.raises(UndeliverableError):
        provider_on(server).put(copy_for(ANA, appointment()))


@pytest.mark.parametrize("status", [400, 403, 409, 413, 415, 501])
def test_a_copy_that_can_never_be_stored_is_not_tried_for_two_days(status: int) -> None:
    with scripted(writing(status)) as server, pytest.raises(UndeliverableError):
        provider_on(server).put(copy_for(ANA, appointment()))


def test_a_refusal_says_which_condition_was_not_met() -> None:
    body = b'<D:error xmlns:D="DAV:"><C:max-resource-size xmlns:C="urn:x"/></D:error>'
    with (
        scripted(writing(403, body=body)) as server,
        pytest.raises(UndeliverableError, match="403, max-resource-size"),
    ):
        provider_on(server).put(copy_for(ANA, appointment()))


@pytest.mark.parametrize("status", [401, 408, 423, 425, 429, 500, 502, 503, 507])
def test_what_may_pass_is_tried_again(status: int) -> None:
    """A rush, a repair, a password that somebody will correct."""
    with scripted(writing(status)) as server, pytest.raises(CalDavError) as caught:
        provider_on(server).put(copy_for(ANA, appointment()))

    assert caught.value.status == status
    assert server.methods().count("PUT") == 1  # how often and when is the outbox's to say


@pytest.mark.parametrize("script", [Hang(), Reply(201, longer=5)], ids=["hangs", "breaks off"])
def test_no_answer_to_a_copy_is_not_taken_for_success(script: Hang | Reply) -> None:
    def answer(asked: Asked) -> Reply | Hang | Drip:
        return script if asked.method == "PUT" else told()

    with scripted(answer) as server, pytest.raises(CalDavError):
        provider_on(server, timeout=SOON).put(copy_for(ANA, appointment()))


def test_a_copy_that_somebody_always_changes_first_is_left_for_later() -> None:
    """Another program and we could write by turns for ever; the outbox comes back in a minute."""
    with scripted(writing(412)) as server, pytest.raises(CalDavError, match="keeps changing"):
        provider_on(server).put(copy_for(ANA, appointment()))

    assert server.methods().count("PUT") == 3


def test_a_copy_is_only_replaced_as_it_was_seen() -> None:
    """If-Match, so that a change in between is not lost; and a new one replaces nothing."""
    there = shown(event("DTSTART:20261123T100000Z", uid="a1@booking.example.com"), etag='"7"')
    with scripted(lambda asked: Reply(204) if asked.method == "PUT" else told(there)) as server:
        provider_on(server).put(copy_for(ANA, appointment()))
        put = server.asked[-1]
    assert (put.path, put.headers["if-match"]) == ("/ana/theirs.ics", '"7"')

    with scripted(writing(201)) as server:
        provider_on(server).put(copy_for(ANA, appointment()))
        put = server.asked[-1]
    assert put.headers["if-none-match"] == "*"
    assert put.headers["content-type"].startswith("text/calendar")


def test_a_copy_goes_without_an_answer_to_anybody() -> None:
    """Servers mail "declined" to the organizer when an attendee deletes, unless told (RFC 6638)."""
    there = shown(event("DTSTART:20261123T100000Z", uid="a1@booking.example.com"))
    with scripted(lambda asked: Reply(204) if asked.method == "DELETE" else told(there)) as server:
        provider_on(server).remove(copy_for(ANA, appointment()))

    assert server.asked[-1].headers["schedule-reply"] == "F"


def test_a_server_that_cannot_look_for_a_uid_gets_its_copy_anyway() -> None:
    def script(asked: Asked) -> Reply:
        if asked.method == "PUT":
            return Reply(201)
        return told() if b"multiget" in asked.body else Reply(403)

    with scripted(script) as server:
        provider_on(server).put(copy_for(ANA, appointment()))
    assert server.methods() == ["REPORT", "REPORT", "PUT"]


def test_a_member_without_a_calendar_gets_nothing_for_ever() -> None:
    ana = member("ana", calendar=None)
    with (
        scripted(lambda _: told()) as server,
        pytest.raises(UndeliverableError, match="ana has no"),
    ):
        provider_on(server).put(copy_for(ana, appointment()))
    assert server.asked == []


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
        ({"own_suffix": ""}, InvalidValueError),
        ({"own_suffix": None}, WrongTypeError),
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
    told: dict[str, Any] = {"client": lambda _: None, "own_suffix": SUFFIX}
    with pytest.raises(error):
        CalDavProvider(**told | changes)
