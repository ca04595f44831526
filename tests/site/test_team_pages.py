"""Behind the password: who owns what, and why a day is empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from examples.booking_site.app import create_app
from examples.booking_site.settings import Settings
from tests.site.running import PASSWORD, Running, running
from tests.site.visitors import Visitor

PLACES = ["/admin", "/admin/sales-call", "/admin/sales-call/week.svg"]


@pytest.mark.parametrize("place", PLACES)
def test_nobody_gets_in_without_the_password(kim: Visitor, place: str) -> None:
    """These pages name people and say when they are busy."""
    page = kim.get(place)

    assert page.address.endswith("/admin/login")


def test_a_wrong_password_is_told_and_opens_nothing(kim: Visitor) -> None:
    page = kim.log_in("guessed")

    assert page.status == 401
    assert page.links["This is not the password."] == "#password"
    assert kim.get("/admin").address.endswith("/login")


def test_the_right_password_opens_until_one_leaves(kim: Visitor) -> None:
    office = kim.log_in(PASSWORD)
    left = kim.send(office, "/logout")

    assert "Calendars" in office.text
    assert left.address.endswith("/login")
    assert kim.get("/admin").address.endswith("/login")


def test_a_badge_runs_out(site: Running, team: Visitor) -> None:
    """A laptop that was lost must not open these pages for ever."""
    assert "/login" not in team.get("/admin").address

    site.clock.advance(timedelta(hours=13))

    assert "/login" in team.get("/admin").address


def test_a_badge_cannot_be_made_or_prolonged(site: Running, team: Visitor) -> None:
    badge = team.http.cookies["team"].strip('"')
    end, _, code = badge.partition(".")

    for forged in (f"{int(end) + 9999}.{code}", f"{end}.", "9" * 30, f"٣.{code}", badge + "0"):
        cookie = [(b"Cookie", f"team={forged}".encode())]
        assert httpx.get(f"{site.address}/admin", headers=cookie).status_code == 303, forged


def test_another_password_takes_everybodys_badge(site: Running, team: Visitor) -> None:
    """When somebody leaves the team the password is changed, and that must be enough."""
    badge = team.http.cookies["team"].strip('"')
    settings = Settings(folder=site.folder, password="another")
    other = create_app(settings, clock=site.clock).state.site

    assert site.app.state.site.seals.admits(badge, site.clock.now())
    assert not other.seals.admits(badge, site.clock.now())
    other.close()


def test_a_new_owner_owns_what_comes_and_not_what_is(site: Running, team: Visitor) -> None:
    """What is booked was promised by somebody, who stays its host (O2, A2)."""
    times = team.get("/sales-call?day=2026-11-30").times
    team.book("sales-call", times[0])

    page = team.send(team.get("/admin/sales-call?day=2026-12-02"), "/owner", member="ben")
    team.book("sales-call", times[-1])

    assert page.status == 200
    assert "Ben is the owner now." in page.text
    assert "Wednesday 2 December" in page.text  # the day that was looked at stays
    assert site.service.calendar("sales-call").calendar.owner == "ben"
    assert [each.owner.id for each in site.booked()] == ["ana", "ben"]


def test_who_cannot_own_is_not_made_owner(site: Running, team: Visitor) -> None:
    """The page offers it to nobody it would refuse; a form made by hand is refused (O2)."""
    page = team.get("/admin/sales-call")

    offered = {given["value"] for tag, given in page.tags if given.get("name") == "member"}
    refused = team.send(page, "/owner", member="priya")

    assert offered == {"ben", "grace"}
    assert refused.status == 409
    assert site.service.calendar("sales-call").calendar.owner == "ana"


def test_an_empty_day_says_who_makes_it_empty(team: Visitor) -> None:
    """Ben is at a workshop all Wednesday, and without him there would be times (X2)."""
    page = team.get("/admin/sales-call?day=2026-12-02")

    first = next(given for tag, given in page.tags if given.get("scope") == "row")
    assert "Wednesday 2 December: no times" in page.text
    assert "Without Ben, 8 more times" in page.text
    assert page.text.index("Ben 1h35m") < page.text.index("Grace 0m")
    assert first


def test_a_day_that_has_times_counts_them_as_the_booker_does(team: Visitor) -> None:
    """Two pages of one site that disagree help nobody (L1)."""
    offered = team.get("/sales-call?day=2026-11-30").times

    page = team.get("/admin/sales-call?day=2026-11-30")

    assert f"Monday 30 November: {len(offered)} times" in page.text


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-01", "2020-01-07"])
def test_a_day_that_is_past_says_so_and_shows_what_was_booked(
    site: Running, team: Visitor, day: str
) -> None:
    """Nobody should have to guess why there are no times on it, or be told of a broken address."""
    team.book("sales-call", team.get("/sales-call").times[0])

    page = team.get(f"/admin/sales-call?day={day}")

    assert page.status == 200
    assert "is past" in page.text
    assert "Nothing can be booked on it any more." in page.text
    assert "Blocks alone" not in page.text
    assert "Kim Lee" in page.text
    assert "Monday 23 November: " in team.get(page.links["Look at today"]).text
    (picked,) = (given for tag, given in page.tags if given.get("type") == "date")
    assert picked["min"] == "2026-11-23"


def test_what_goes_wrong_on_the_teams_pages_leads_back_to_them(team: Visitor) -> None:
    """A visitor's page is no way on for somebody who was about to change the owner."""
    unreadable = team.get("/admin/sales-call?day=never")
    refused = team.send(team.get("/admin/sales-call"), "/owner", member="priya")

    for page in (unreadable, refused):
        assert page.links["The team's page"] == "/admin/sales-call"
        assert page.links["All of the team's calendars"] == "/admin"
        assert "Choose a time" not in page.links
    assert (unreadable.status, refused.status) == (400, 409)


def test_the_week_is_drawn(team: Visitor) -> None:
    picture = team.http.get("/admin/sales-call/week.svg?day=2026-12-02")

    assert picture.headers["content-type"] == "image/svg+xml"
    assert "Wed 2 Dec" in picture.text


def test_what_a_booker_sees_names_nobody_who_blocks(
    site: Running, visit: Callable[[], Visitor]
) -> None:
    """The same empty day, seen from outside (X1)."""
    page = visit().get("/sales-call/book?start=2026-12-02T14:00:00Z")

    assert page.status == 409
    assert "This time is not available." in page.text
    assert "Ben" not in page.text


def test_what_the_team_changed_outlives_a_restart(site: Running, team: Visitor) -> None:
    """The example's own calendars are saved once, not over what was made of them."""
    team.send(team.get("/admin/sales-call"), "/owner", member="grace")
    team.book("sales-call", team.get("/sales-call").times[0])

    with running(site.folder) as again:
        assert again.service.calendar("sales-call").calendar.owner == "grace"
        assert again.booked() == site.booked()
