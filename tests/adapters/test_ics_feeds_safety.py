"""Feeds whose URLs come from strangers: where they may lead, and what nobody may hear of them."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from threading import Event
from time import monotonic

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collective_booking.adapters.ics import Feeds, IcsProvider
from collective_booking.adapters.ics.addresses import is_public
from collective_booking.adapters.ics.fetching import Patience, Reply, converse
from collective_booking.adapters.ics.urls import NotFetched, Url, is_url
from tests.bookings import HOST
from tests.icalendar_texts.texts import MARCH, times
from tests.servers.feeds import (
    NINE_TO_TEN,
    SECRET,
    FeedServer,
    feed,
    feed_server,
    feeds,
    known,
    moved,
    reader_of,
    status,
    why_unknown,
)
from tests.servers.tls import trusting

CALL = times("02 09:00-10:00")
NOT_PUBLIC = (
    "service failed: its host is in a network that is not public, and not among the allowed ones"
)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as made:
        yield made


# --- which machines ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_no_address_that_is_not_public_is_connected_to(address: str) -> None:
    """Behind such addresses stand machines that trust whoever comes from the same network."""
    assert not is_public(ip_address(address))
    told = why_unknown("https://calendars.test/", feeds(allow=[], resolve=lambda *_: [address]))
    assert told == NOT_PUBLIC


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_what_feeds_are_for(address: str) -> None:
    """A rule that refuses too much is soon switched off."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "127.1", "0"]
)
def test_this_machine_is_refused_by_whatever_name(server: FeedServer, host: str) -> None:
    """The system knows many ways of writing an address; judged is what it makes of them."""
    server.answers["/ana.ics"] = feed()

    told = why_unknown(server.url(host=host), Feeds(tls=trusting()))
    assert told in {NOT_PUBLIC, "service failed: its host is not known"}
    assert server.asked == []


def test_the_address_that_was_judged_is_the_one_connected_to(server: FeedServer) -> None:
    """Whoever owns a name may let it mean something else at the second look: there is none."""
    server.answers["/ana.ics"] = feed()
    looks = []

    def resolve(host: str, port: int) -> list[str]:
        looks.append(host)
        return ["127.0.0.1"] if len(looks) == 1 else ["10.0.0.1"]

    assert known(server.url(), feeds(resolve=resolve)).busy == CALL
    assert looks == ["calendars.test"]


def test_a_name_with_public_and_other_addresses_leads_to_the_public_ones() -> None:
    """Mixing them is the other way to get past a look at the first."""
    refused = Feeds(resolve=lambda *_: ["10.0.0.1", "::1"])
    with feed_server() as server:
        server.answers["/ana.ics"] = feed()
        mixed = feeds(resolve=lambda *_: ["10.0.0.1", "127.0.0.1", "::1"])
        assert known(server.url(), mixed).busy == CALL
    assert why_unknown("https://calendars.test/", refused) == NOT_PUBLIC


def test_the_next_address_is_tried_where_one_does_not_answer(server: FeedServer) -> None:
    """Many hosts have an IPv6 address that this network cannot reach."""
    server.answers["/ana.ics"] = feed()
    using = feeds(allow=["127.0.0.0/8", "::1/128"], resolve=lambda *_: ["::1", "127.0.0.1"])

    assert known(server.url(), using).busy == CALL


def test_a_resolver_that_never_answers_is_left() -> None:
    """That of the system knows no limit of its own."""
    never = Event()

    def resolve(host: str, port: int) -> list[str]:
        never.wait()
        return []

    told = why_unknown(
        "https://calendars.test/",
        feeds(resolve=resolve, connect=timedelta(seconds=0.1)),
    )
    never.set()
    assert told == "service failed: its host was not found in time"


@pytest.mark.parametrize(
    ("found", "told"),
    [([], "its host has no address"), (["rubbish"], "its host is not known")],
)
def test_a_name_without_an_address_is_nowhere(found: list[str], told: str) -> None:
    """Names are mistyped, and hosts disappear."""
    using = feeds(resolve=lambda *_: found)

    assert why_unknown("https://calendars.test/", using) == f"service failed: {told}"


def test_no_proxy_is_taken_from_the_environment(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would resolve the name again, from inside of another network."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    server.answers["/ana.ics"] = feed()

    assert known(server.url()).busy == CALL


# --- encryption ----------------------------------------------------------------------------------


def test_a_certificate_of_nobody_known_is_refused(server: FeedServer) -> None:
    """Whoever stands on the way could hand out any calendar."""
    told = why_unknown(server.url(SECRET), feeds(tls=None))

    assert told.startswith("service failed: its certificate is not valid: ")
    assert server.asked == []


def test_a_certificate_of_another_host_is_refused(server: FeedServer) -> None:
    """Connecting to an address must not forget which name it was for."""
    told = why_unknown(server.url(host="other.test"))

    assert told.startswith("service failed: its certificate is not valid: Hostname mismatch")


@pytest.mark.parametrize(
    "url",
    [
        "http://calendars.test/ana.ics",
        "ftp://calendars.test/ana.ics",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
    ],
)
def test_only_https_is_followed(url: str) -> None:
    """The rest is readable to everybody on the way, or no feed at all."""
    assert why_unknown(url) == "service failed: only https feeds are read"


def test_plain_http_is_read_where_it_was_allowed() -> None:
    """A machine in one's own network may have no certificate."""
    with feed_server("http") as server:
        server.answers["/ana.ics"] = feed()
        assert known(server.url(), feeds(allow_http=True)).busy == CALL
        assert why_unknown(server.url()) == "service failed: only https feeds are read"


def test_a_server_that_speaks_no_tls_is_no_https_server() -> None:
    """A wrong port is a failure like any other."""
    with feed_server("http") as server:
        told = why_unknown(server.url(scheme="https"))
    assert told.startswith("service failed: the connection failed")


# --- redirections --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_feed_that_has_moved_is_followed(server: FeedServer, code: int) -> None:
    """Also to another host, whose name is then the one that is checked and asked for."""
    server.answers["/ana.ics"] = moved("there/now.ics?a=b", code)
    server.answers["/there/now.ics?a=b"] = moved(server.url("/new.ics", host="moved.test"), code)
    server.answers["/new.ics"] = feed()

    assert known(server.url()).busy == CALL
    assert [asked[1]["Host"].partition(":")[0] for asked in server.asked] == [
        "calendars.test",
        "calendars.test",
        "moved.test",
    ]


def test_no_redirection_leads_where_a_url_may_not(server: FeedServer) -> None:
    """Every host on the way is judged, not only the one that was entered."""
    places = {"calendars.test": "127.0.0.1", "inside.test": "10.0.0.1"}
    server.answers["/ana.ics"] = moved("https://inside.test/admin")

    told = why_unknown(server.url(), feeds(resolve=lambda host, _: [places[host]]))
    assert told == NOT_PUBLIC


@pytest.mark.parametrize("location", ["http://calendars.test/", "HTTP://[::1]/"])
def test_no_redirection_gives_up_encryption(server: FeedServer, location: str) -> None:
    """Not even where plain http is allowed: the URL would be told to everybody on the way."""
    server.answers["/ana.ics"] = moved(location)

    told = why_unknown(server.url(), feeds(allow_http=True))
    assert told == "service failed: it redirects from https to http"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "https://", "//[", "javascript:1", "http://calendars.test/"]
)
def test_no_redirection_leads_to_what_is_no_feed(server: FeedServer, location: str) -> None:
    """A file of this machine, a script, nothing at all."""
    server.answers[SECRET] = moved(location)

    assert why_unknown(server.url(SECRET)).startswith("service failed: it redirects ")


def test_redirections_end(server: FeedServer) -> None:
    """Two servers may each send to the other."""
    server.answers["/ana.ics"] = moved("/ben.ics")
    server.answers["/ben.ics"] = moved("/ana.ics")

    assert why_unknown(server.url()) == "service failed: it redirects more than 5 times"
    assert len(server.asked) == 6


def test_a_redirection_to_nowhere_is_an_answer_like_any_other(server: FeedServer) -> None:
    """The header that says where is missing."""
    server.answers["/ana.ics"] = status(302)

    assert why_unknown(server.url()) == "service failed: it answers with HTTP status 302"


def test_a_password_goes_to_its_own_host_alone(server: FeedServer) -> None:
    """Whoever may redirect must not learn what opens another host."""
    server.answers["/ana.ics"] = moved("/here.ics")
    server.answers["/here.ics"] = moved(server.url("/new.ics", host="moved.test"))
    server.answers["/new.ics"] = feed()

    assert known(server.url().replace("://", "://kim:pass@")).busy == CALL
    assert ["Authorization" in asked[1] for asked in server.asked] == [True, True, False]


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://user-5ecret:5ecret@calendars.test:1" + SECRET,
        "https://calendars.test:99999" + SECRET,
        "https://" + "5ecret" * 20 + ".test/",
        "https://5ecret@/",
        "https:///5ecret",
        "https://[5ecret/",
        "http://calendars.test" + SECRET,
        "https://calendars.test/" + "5ecret" * 80,
        "https://calendars.test:5ecret/",
    ],
)
def test_reasons_tell_no_more_of_a_url_than_its_host(url: str) -> None:
    """Whoever has the URL of a feed has the calendar; reasons are shown to many."""
    using = Feeds(resolve=lambda *_: ["127.0.0.1"], connect=timedelta(seconds=1))
    found = IcsProvider(host=HOST, feeds=using).availability([reader_of(url)], MARCH)["ana"]

    (gap,) = found.unknown
    assert gap.interval == MARCH
    assert "5ecret" not in f"{gap!r} {using!r}"


def test_a_url_that_was_read_shows_only_its_host() -> None:
    """It may be in a traceback that somebody sends to a stranger."""
    url = Url.parse("webcal://kim:pass@Calendars.TEST:8443" + SECRET)

    assert f"{url} {url!r}" == "feed at calendars.test:8443 feed at calendars.test:8443"
    assert (url.scheme, url.port, url.target) == ("https", 8443, SECRET)


def test_what_a_url_cannot_say_is_said_for_it() -> None:
    """Addresses are copied from where spaces and letters of all scripts are shown as they are."""
    url = Url.parse(" https://bücher.test/Meine Termine/ü.ics?q=ß%20x#part ")

    assert url.host == "xn--bcher-kva.test"
    assert url.target == "/Meine%20Termine/%C3%BC.ics?q=%C3%9F%20x"
    assert Url.parse("https://[2606:4700::1]/").authority == "[2606:4700::1]"
    assert Url.parse("https://a/b\r\nX: y").target == "/bX:%20y"


def test_no_url_is_longer_than_a_request_may_be() -> None:
    """A redirection may name anything, and servers refuse what is endless."""
    with pytest.raises(NotFetched, match="it redirects to something that is no https feed"):
        Url.parse("https://calendars.test/").follow("/" + "5ecret" * 9999)


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("https://a/b.ics", True),
        ("webcal://a", True),
        ("x-odd+1.2://a", True),
        ("ana.ics", False),
        ("C:/ana.ics", False),
        ("team:ana.ics", False),
        ("", False),
    ],
)
def test_a_reference_is_a_url_or_the_name_of_a_file(reference: str, told: bool) -> None:
    """Nothing is both, so nothing that looks like a URL is ever opened as a file."""
    assert is_url(reference) is told


# --- law -----------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 302 Moved\r\nLocation: /\r\n",
        b"Content-Length: ",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"5\r\nBEGIN\r\n",
        b"0\r\n\r\n",
        b"\x1f\x8b\x08\x00",
        NINE_TO_TEN,
    ]
)


@given(sent=st.lists(PIECES | st.binary(max_size=9), max_size=9).map(b"".join))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nBEGIN")
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nBEGIN")
def test_whatever_a_server_sends_is_an_answer_or_none(sent: bytes) -> None:
    """Nothing that comes over the network is an error of the program."""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(sent)
        there.shutdown(socket.SHUT_WR)
        try:
            url, patience = Url.parse("https://calendars.test/"), Patience(9, 9, monotonic() + 9)
            reply = converse(here, url, {}, patience, 1000)
        except NotFetched:
            return
        assert isinstance(reply, Reply)
        assert len(reply.body) <= 1000


def test_tls_is_as_strict_as_python_makes_it() -> None:
    """No setting of ours is looser than the defaults of this Python."""
    made = Feeds()._tls

    assert (made.check_hostname, made.verify_mode) == (True, ssl.CERT_REQUIRED)
