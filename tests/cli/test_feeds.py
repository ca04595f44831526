"""Team files that name feeds: their time counts, and their URLs stay with whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collective_booking.adapters.ics import feeds as fetching
from tests.cli.command import Run
from tests.cli.teams import NOW, in_toml, team
from tests.icalendar_texts.texts import calendar, event
from tests.servers.feeds import SECRET, FeedServer, feed, feed_server, feeds

HALF_PAST_NINE = event("DTSTART:20261123T093000Z", "DTEND:20261123T100000Z")
TEN = event("DTSTART:20261123T100000Z", "DTEND:20261123T103000Z", uid="2")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    """A server that the command finds and trusts, as it does those of the public network."""
    monkeypatch.setattr(fetching, "Feeds", feeds)
    with feed_server() as made:
        made.answers[SECRET] = feed(calendar(HALF_PAST_NINE).encode())
        made.answers["/home.ics"] = feed(calendar(TEN).encode())
        yield made


@pytest.fixture
def team_file(folder: Path, server: FeedServer) -> Path:
    """A team whose Ana has two feeds at one host, and no busy time of her own."""
    urls = [server.url(SECRET), server.url("/home.ics", scheme="webcal")]
    (folder / "team.toml").write_text(in_toml(team({"calendars": urls, "busy": []})), "utf-8")
    return folder / "team.toml"


def test_the_time_in_feeds_is_not_offered(run: Run, team_file: Path) -> None:
    """Most calendars of real people are a URL and not a file."""
    told = run("slots", "team.toml", "--from", "2026-11-23", "--to", "2026-11-23", *NOW, "--json")

    starts = [each["start"] for each in told.document["slots"]]
    assert starts == ["2026-11-23T09:00:00Z", "2026-11-23T10:30:00Z"]


def test_check_tells_of_each_feed_by_its_host(
    run: Run, team_file: Path, server: FeedServer
) -> None:
    """Two at one host are two; what is shown may be seen by others, so no path of them is."""
    told = run("check", "team.toml", *NOW)
    assert told.out.count(f"feed at calendars.test:{server.port}") == 2
    assert told.code == 0

    del server.answers[SECRET]
    told = run("check", "team.toml", *NOW)
    said = " ".join(told.out.split())
    assert f"it answers with HTTP status 404 (feed at calendars.test:{server.port})" in said
    assert "5ecret" not in told.out + told.err
    assert said.endswith("1 item cannot be read.")
    assert told.code == 1


def test_what_is_in_a_feed_cannot_be_booked(run: Run, team_file: Path) -> None:
    """The times that are listed and those that can be booked are the same."""
    booker = ("--name", "Kim Lee", "--email", "kim@example.com")
    refused = run("book", "team.toml", "2026-11-23T09:30Z", *booker, *NOW)
    assert refused.code == 1
    assert "5ecret" not in refused.out + refused.err

    assert run("book", "team.toml", "2026-11-23T09:00Z", *booker, *NOW).code == 0


def test_the_command_connects_to_public_addresses_alone(run: Run, folder: Path) -> None:
    """A team file may come from somebody else, and this machine trusts itself."""
    document = team({"calendars": ["https://127.0.0.1:1/private-5ecret"]})
    (folder / "team.toml").write_text(in_toml(document), "utf-8")

    told = run("check", "team.toml", *NOW)
    said = " ".join(told.out.split())
    assert "its host is in a network that is not public" in said
    assert "5ecret" not in told.out + told.err
    assert told.code == 1


def test_other_addresses_than_https_are_refused_by_name(run: Run, folder: Path) -> None:
    """Told that there is no such file, nobody would think of the address."""
    told = team()
    told["members"][0]["calendars"] = ["http://intranet.example.com/ana.ics"]
    (folder / "team.toml").write_text(in_toml(told), "utf-8")

    refused = run("slots", "team.toml", *NOW)

    assert refused.code == 2
    assert "must be a file, a folder or an https feed" in refused.err
