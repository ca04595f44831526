"""Copies of feeds: how many are kept, and when an old one stands in for what cannot be fetched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from collective_booking.adapters.ics import IcsProvider, StaleCopy
from collective_booking.adapters.ics.feeds import Copy
from collective_booking.adapters.ics.urls import Url
from collective_booking.testing import FakeClock
from tests.bookings import HOST, NOW
from tests.icalendar_texts.texts import MARCH, times
from tests.servers.feeds import (
    NINE_TO_TEN,
    FeedServer,
    feed,
    feed_server,
    feeds,
    known,
    reader_of,
    status,
    unchanging,
    why_unknown,
)

CALL = times("02 09:00-10:00")


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as made:
        yield made


# --- old copies ----------------------------------------------------------------------------------


def test_an_old_copy_is_not_used_unless_that_was_allowed(server: FeedServer) -> None:
    """What was free an hour ago may be taken now (F3)."""
    server.answers["/ana.ics"] = feed()
    using = feeds()
    known(server.url(), using)
    server.answers["/ana.ics"] = status(500)

    assert why_unknown(server.url(), using) == "service failed: it answers with HTTP status 500"


def test_an_old_copy_stands_in_for_as_long_as_it_may_and_that_is_said(server: FeedServer) -> None:
    """Some would rather offer by an hour-old calendar than offer nothing; they have to know."""
    server.answers["/ana.ics"] = feed()
    clock, told = FakeClock(NOW), list[StaleCopy]()
    using = feeds(stale_for=timedelta(hours=1), tell=told.append, clock=clock)
    known(server.url(), using)
    assert told == []

    server.answers["/ana.ics"] = status(500)
    clock.advance(timedelta(hours=1))
    assert known(server.url(), using).busy == CALL
    (said,) = told
    assert (said.member, said.fetched) == ("ana", NOW)
    assert str(said) == (
        f"ana: feed at calendars.test:{server.port} as it was at 2026-11-23 07:00 UTC, "
        "for now it answers with HTTP status 500"
    )

    clock.advance(timedelta(seconds=1))
    assert why_unknown(server.url(), using) == "service failed: it answers with HTTP status 500"


def test_found_unchanged_is_as_good_as_fetched(server: FeedServer) -> None:
    """The age of a copy counts from when its server last stood by it."""
    server.answers["/ana.ics"] = unchanging()
    clock, told = FakeClock(NOW), list[StaleCopy]()
    using = feeds(stale_for=timedelta(hours=1), tell=told.append, clock=clock)
    known(server.url(), using)
    clock.advance(timedelta(hours=1))
    known(server.url(), using)
    server.answers["/ana.ics"] = status(500)
    clock.advance(timedelta(hours=1))

    assert known(server.url(), using).busy == CALL
    assert [each.fetched for each in told] == [NOW + timedelta(hours=1)]


def test_who_cannot_be_told_of_an_old_copy_costs_nobody_the_answer(
    server: FeedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A pager that is down must not close the week; the log says what it would have said."""
    server.answers["/ana.ics"] = feed()
    tried: list[str] = []

    def pager(copy: StaleCopy) -> None:
        tried.append(copy.member)
        raise RuntimeError("down")

    using = feeds(stale_for=timedelta(hours=1), tell=pager, clock=FakeClock(NOW))
    provider = IcsProvider(host=HOST, feeds=using)
    team = [reader_of(server.url(), id_) for id_ in ("ana", "ben")]
    provider.availability(team, MARCH)
    server.answers["/ana.ics"] = status(500)

    found = provider.availability(team, MARCH)
    assert [found[id_].busy for id_ in ("ana", "ben")] == [CALL, CALL]
    assert tried == ["ana", "ben"]
    assert f"of ana: feed at calendars.test:{server.port} as it was" in caplog.messages[0]


# --- how many ------------------------------------------------------------------------------------


def test_copies_are_bounded(server: FeedServer) -> None:
    """A thousand members' feeds must not fill the memory; what is let go is fetched whole again."""
    server.answers["/ana.ics"] = unchanging()
    using = feeds(memory=len(NINE_TO_TEN) - 1)
    known(server.url(), using)

    assert known(server.url(), using).busy == CALL
    assert server.asked[-1][1]["If-None-Match"] is None


@pytest.mark.parametrize(
    ("path", "marks"),
    [
        pytest.param("/", {}, id="nothing"),
        pytest.param("/" + "u" * 900, {}, id="a URL"),
        pytest.param("/", {"ETag": '"' + "e" * 900 + '"'}, id="an ETag"),
        pytest.param("/", {"Last_Modified": "Mon, " + "d" * 900}, id="a date"),
    ],
)
def test_copies_of_nothing_are_bounded_too(
    server: FeedServer, path: str, marks: dict[str, str]
) -> None:
    """An empty body weighs little, and what is kept beside it does weigh."""
    using = feeds(memory=10_000, fresh_for=timedelta(hours=1), clock=FakeClock(NOW))
    urls = [f"{path}{place}.ics" for place in range(10)]
    for each in urls:
        server.answers[each] = feed(b"", **marks)
        known(server.url(each), using)
    known(server.url(urls[-1]), using)
    assert len(server.asked) == 10

    known(server.url(urls[0]), using)
    assert len(server.asked) == 11


def test_all_of_a_copy_weighs() -> None:
    """What did not count could be sent without end."""
    where = Url.parse("https://kim:secret@cal.example.com/basic.ics")
    bare = Copy(b"", NOW, where, None, None).weight_under("")

    assert bare > len("cal.example.com/basic.ics") + len(str(where.authorization))
    assert Copy(b"12", NOW, where, "345", "6789").weight_under("01234") == bare + 14


def test_a_mark_that_is_too_long_is_not_kept(server: FeedServer) -> None:
    """The feed is read all the same, only whole each time."""
    for name, kept in (("fits", 1_000), ("no", 1_001)):
        etag = '"' + "e" * (kept - 2) + '"'
        server.answers[f"/{name}.ics"] = feed(ETag=etag, Last_Modified=etag)
        using = feeds()
        assert known(server.url(f"/{name}.ics"), using).busy == CALL
        known(server.url(f"/{name}.ics"), using)
        sent = etag if name == "fits" else None
        assert server.asked[-1][1]["If-None-Match"] == sent
        assert server.asked[-1][1]["If-Modified-Since"] == sent
