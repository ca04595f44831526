"""Feeds over the network: what is fetched, what is not fetched again, and what is never free."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collective_booking.adapters.ics import Feeds, IcsProvider, Limits
from collective_booking.availability import Cause
from collective_booking.errors import (
    CollectiveBookingError,
    ConfigurationError,
    InvalidValueError,
    WrongTypeError,
)
from collective_booking.testing import FakeClock
from tests.bookings import HOST, NOW
from tests.icalendar_texts.texts import MARCH, calendar, event, times
from tests.servers.feeds import (
    NINE_TO_TEN,
    SECRET,
    FeedServer,
    dripping,
    feed,
    feed_server,
    feeds,
    known,
    moved,
    packed,
    raw,
    reader_of,
    silent,
    status,
    unchanging,
    why_unknown,
)

CALL = times("02 09:00-10:00")
SHORT = timedelta(seconds=0.5)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as made:
        yield made


# --- what is read --------------------------------------------------------------------------------


def test_a_feed_is_read_over_https(server: FeedServer) -> None:
    """The plain case, which everything below varies."""
    server.answers["/ana.ics"] = feed()

    found = known(server.url())
    assert (found.busy, found.unknown) == (CALL, ())


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "HTTPS"])
def test_webcal_is_another_name_of_https(server: FeedServer, scheme: str) -> None:
    """That is what "subscribe" buttons hand out."""
    server.answers["/ana.ics"] = feed()

    assert known(server.url(scheme=scheme)).busy == CALL


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "text/html; charset=x"])
def test_a_feed_is_what_it_holds_and_not_what_it_is_called(server: FeedServer, kind: str) -> None:
    """Simple servers know no type for .ics, and say anything."""
    server.answers["/ana.ics"] = feed(Content_Type=kind)

    assert known(server.url()).busy == CALL


def test_a_feed_may_come_packed_or_in_chunks(server: FeedServer) -> None:
    """Both are ways of HTTP to send the same bytes."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in NINE_TO_TEN.splitlines(True))
    server.answers["/packed.ics"] = packed(NINE_TO_TEN)
    server.answers["/chunks.ics"] = raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    )

    assert known(server.url("/packed.ics")).busy == CALL
    assert known(server.url("/chunks.ics")).busy == CALL


def test_who_has_no_member_sees_what_a_secret_url_holds(server: FeedServer) -> None:
    """The query and the password are part of where the feed is; nobody else hears of them."""
    server.answers[SECRET] = feed()
    url = server.url(SECRET).replace("://", "://kim:p%40ss@")

    assert known(url).busy == CALL
    (asked,) = server.asked
    assert asked[1]["Authorization"] == "Basic a2ltOnBAc3M="
    assert "kim" not in asked[0]
    assert asked[1]["Host"] == f"calendars.test:{server.port}"


def test_two_members_with_one_feed_are_one_request(server: FeedServer) -> None:
    """A room's or a family's calendar; each member is told of it by their own zone and address."""
    server.answers["/ana.ics"] = feed(calendar(event("DTSTART;VALUE=DATE:20260302")).encode())
    provider = IcsProvider(host=HOST, feeds=feeds())
    team = [reader_of(server.url()), reader_of(server.url(), "ben")]

    found = provider.availability(team, MARCH)
    assert found["ana"] == found["ben"]
    assert len(server.asked) == 1


# --- what is not fetched again -------------------------------------------------------------------


@pytest.mark.parametrize(
    "marks", [{"etag": 'W/"7"'}, {"etag": "", "modified": "Mon, 02 Mar 2026 08:00:00 GMT"}]
)
def test_what_has_not_changed_is_not_sent_again(server: FeedServer, marks: dict[str, Any]) -> None:
    """The second time, the server says so in a line (RFC 9110, 13.1)."""
    server.answers["/ana.ics"] = unchanging(**marks)
    using = feeds()

    assert known(server.url(), using).busy == CALL
    server.answers["/ana.ics"] = unchanging(b"nobody may see this", **marks)
    assert known(server.url(), using).busy == CALL
    assert len(server.asked) == 2


def test_what_has_changed_is_news(server: FeedServer) -> None:
    """A copy is never preferred to what the server has now."""
    server.answers["/ana.ics"] = unchanging()
    using = feeds()
    known(server.url(), using)
    later = NINE_TO_TEN.replace(b"T09", b"T11").replace(b"T10", b"T12")
    server.answers["/ana.ics"] = unchanging(later, etag='"2"')

    assert known(server.url(), using).busy == times("02 11:00-12:00")


def test_marks_are_told_to_nobody_but_who_gave_them(server: FeedServer) -> None:
    """Another server's "unchanged" would be about another thing."""
    server.answers["/ana.ics"] = moved("/there.ics")
    server.answers["/there.ics"] = unchanging()
    using = feeds()
    known(server.url(), using)
    server.answers["/ana.ics"] = unchanging(NINE_TO_TEN.replace(b"T10", b"T11"))

    assert known(server.url(), using).busy == times("02 09:00-11:00")


def test_unchanged_since_never_is_no_answer(server: FeedServer) -> None:
    """Nobody has asked whether anything was new."""
    server.answers["/ana.ics"] = status(304)

    assert why_unknown(server.url()) == "service failed: it answers with HTTP status 304"


def test_a_fresh_copy_is_used_without_asking(server: FeedServer) -> None:
    """A page that is looked at ten times a minute need not ask ten times, if the host says so."""
    server.answers["/ana.ics"] = unchanging()
    clock = FakeClock(NOW)
    using = feeds(fresh_for=timedelta(minutes=1), clock=clock)
    known(server.url(), using)
    clock.advance(timedelta(minutes=1))
    assert known(server.url(), using).busy == CALL
    assert len(server.asked) == 1

    clock.advance(timedelta(seconds=1))
    known(server.url(), using)
    assert len(server.asked) == 2


def test_after_a_clock_was_set_back_nothing_is_fresh(server: FeedServer) -> None:
    """A copy from the future would else be young for ever."""
    server.answers["/ana.ics"] = unchanging()
    clock = FakeClock(NOW)
    using = feeds(fresh_for=timedelta(minutes=1), clock=clock)
    known(server.url(), using)
    clock.advance(-timedelta(seconds=1))
    known(server.url(), using)

    assert len(server.asked) == 2


# --- what fails ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [204, 401, 403, 404, 410, 429, 500, 503])
def test_any_other_answer_is_none(server: FeedServer, code: int) -> None:
    """What the page of an error says is nobody's calendar (F3)."""
    server.answers[SECRET] = status(code, NINE_TO_TEN if code != 204 else b"")

    assert why_unknown(server.url(SECRET)) == f"service failed: it answers with HTTP status {code}"


@pytest.mark.parametrize("body", [b"<html>Please log in: 5ecret</html>", b"", b"\x00\xff" * 99])
def test_what_is_no_calendar_is_not_an_empty_one(server: FeedServer, body: bytes) -> None:
    """Where one has to log in, a feed becomes a page, and the status is 200."""
    server.answers[SECRET] = feed(body, Content_Type="text/html")

    (gap, *_) = known(server.url(SECRET)).unknown
    assert (gap.cause, gap.interval) == (Cause.UNREADABLE, MARCH)
    assert gap.source == f"feed at calendars.test:{server.port}"


HEAD = b"HTTP/1.1 200 OK\r\n"
FEW = NINE_TO_TEN[:-8]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        HEAD + b"Content-Length: 9999\r\n\r\n" + NINE_TO_TEN,
        HEAD + b"Content-Length: 9999\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(FEW),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n" + NINE_TO_TEN,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"z" * 70_000,
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(NINE_TO_TEN)[:-9],
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + NINE_TO_TEN,
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(NINE_TO_TEN) * 2,
        HEAD + b"Content-Encoding: br\r\n\r\n" + NINE_TO_TEN,
        HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n" + NINE_TO_TEN,
        HEAD + b"X: y\r\n" * 200 + b"\r\n" + NINE_TO_TEN,
    ],
)
def test_half_an_answer_is_none(server: FeedServer, sent: bytes) -> None:
    """The half that is missing may hold what makes somebody busy."""
    server.answers["/ana.ics"] = raw(sent)

    assert why_unknown(server.url()).startswith("service failed: ")


def test_a_text_that_simply_ends_is_found_out_by_its_reader(server: FeedServer) -> None:
    """Without a length, HTTP cannot tell; a calendar that does not end can."""
    server.answers["/ana.ics"] = raw(HEAD + b"\r\n" + FEW)

    assert MARCH in [gap.interval for gap in known(server.url()).unknown]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(b"", id="before the status"),
        pytest.param(HEAD + b"X: ", id="in the headers"),
        pytest.param(HEAD + b"\r\n", id="in the body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", id="in a chunk's size"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="after promises"),
    ],
)
def test_whoever_drips_is_left_when_time_is_up(server: FeedServer, first: bytes) -> None:
    """No byte of it is late, and yet it would keep a booker waiting for ever."""
    server.answers["/ana.ics"] = dripping(server, first)

    told = why_unknown(server.url(), feeds(total=SHORT))
    assert told == "service failed: it does not answer in time"


def test_whoever_says_nothing_is_left_sooner(server: FeedServer) -> None:
    """There is no need to wait for all of the time where nothing comes."""
    server.answers["/ana.ics"] = silent(server)

    told = why_unknown(server.url(), feeds(read=SHORT))
    assert told == "service failed: it does not answer in time"


def test_a_hundred_feeds_that_say_nothing_take_no_longer_than_one(server: FeedServer) -> None:
    """Those whose turn does not come within `total` are unknown as well, and nobody waits."""
    for place in range(100):
        server.answers[f"/{place}.ics"] = silent(server)
    team = [reader_of(server.url(f"/{place}.ics"), f"m{place}") for place in range(100)]
    provider = IcsProvider(host=HOST, feeds=feeds(total=SHORT))

    found = provider.availability(team, MARCH)
    gaps = [gap for each in found.values() for gap in each.unknown]
    assert [(gap.cause, gap.interval) for gap in gaps] == [(Cause.SERVICE, MARCH)] * 100
    assert "there was no time left to ask it" in {gap.detail for gap in gaps}
    assert len(server.asked) < 100


@pytest.mark.parametrize("announced", [True, False])
def test_no_more_is_read_than_the_limit(server: FeedServer, announced: bool) -> None:
    """Whether or not the server says how much it will be."""
    body = NINE_TO_TEN + b"X" * 1000
    length = b"Content-Length: %d\r\n" % len(body) if announced else b""
    server.answers["/ana.ics"] = raw(HEAD + length + b"\r\n" + body)
    provider = IcsProvider(host=HOST, feeds=feeds(), limits=Limits(size=1000))

    (gap,) = provider.availability([reader_of(server.url())], MARCH)["ana"].unknown
    assert (gap.cause, gap.detail) == (Cause.BUDGET, "more than 1000 bytes")


def test_a_bomb_is_not_unpacked(server: FeedServer) -> None:
    """50 kB that become 50 MB: what counts is what is unpacked, and no more of it is."""
    server.answers["/ana.ics"] = packed(bytes(50_000_000))

    assert why_unknown(server.url()) == "too much to read: more than 5000000 bytes"


def test_bytes_that_unpack_to_nothing_count_too(server: FeedServer) -> None:
    """Empty blocks without end unpack to no byte at all."""
    nothing = gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 200_000
    server.answers["/ana.ics"] = feed(nothing, Content_Encoding="gzip")
    provider = IcsProvider(host=HOST, feeds=feeds(), limits=Limits(size=100_000))

    (gap,) = provider.availability([reader_of(server.url())], MARCH)["ana"].unknown
    assert gap.cause is Cause.BUDGET


def test_a_failed_feed_is_unknown_for_its_member_alone(server: FeedServer, tmp_path: Path) -> None:
    """A team of a hundred has a broken feed every day."""
    server.answers["/ana.ics"] = feed()
    (tmp_path / "cleo.ics").write_bytes(NINE_TO_TEN)
    provider = IcsProvider(tmp_path, host=HOST, feeds=feeds())
    team = [
        reader_of(server.url()),
        reader_of(server.url("/none.ics"), "ben"),
        reader_of("cleo.ics", "cleo"),
        reader_of("https://[broken", "dan"),
    ]

    found = provider.availability(team, MARCH)
    assert [found[id_].busy == CALL for id_ in ("ana", "ben", "cleo", "dan")] == [
        True,
        False,
        True,
        False,
    ]
    assert [len(found[id_].unknown) for id_ in ("ana", "ben", "cleo", "dan")] == [0, 1, 0, 1]


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"stale_for": timedelta(hours=1)}, ConfigurationError, "tell: is missing"),
        ({"fresh_for": -timedelta(hours=1)}, ConfigurationError, "fresh_for: cannot be negative"),
        ({"total": timedelta()}, ConfigurationError, "total: must be more than 0"),
        ({"connect": 5}, WrongTypeError, "connect must be a timedelta"),
        ({"allow": "10.0.0.0/8"}, InvalidValueError, "give a list of networks"),
        ({"allow": ["10.0.0.1/8"]}, InvalidValueError, "write a network such as 10.1.0.0/16"),
        ({"memory": -1}, InvalidValueError, "it is a number of bytes"),
        ({"allow_http": 1}, WrongTypeError, "true or false"),
        ({"tls": True}, WrongTypeError, "an SSLContext"),
        ({"resolve": ["127.0.0.1"]}, WrongTypeError, "a function"),
        ({"tell": "somebody"}, WrongTypeError, "a function"),
    ],
)
def test_settings_are_checked_where_they_are_given(
    settings: dict[str, Any], error: type[CollectiveBookingError], told: str
) -> None:
    """A wrong limit must not wait for the first feed that is too slow."""
    with pytest.raises(error, match=told):
        Feeds(**settings)
