"""What keeps strangers, other sites and scripts out."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from fastapi.routing import APIRoute

from examples.booking_site.app import ROUTERS
from examples.booking_site.logs import WithoutTokens
from examples.booking_site.security import HEADERS, Seals
from tests.site.running import Running
from tests.site.visitors import Visitor

NO_FORM = {"/webhook"}
"""What is sent by no form: the payment service's own signature is checked there."""


def test_every_form_that_changes_something_needs_its_seal(team: Visitor) -> None:
    """Another site can make a browser send a form with all its cookies; it cannot know the seal."""
    routes = [route for router in ROUTERS for route in router.routes]
    posts = [
        route.path for route in routes if isinstance(route, APIRoute) and route.methods == {"POST"}
    ]
    posts = [path for path in posts if path not in NO_FORM]

    assert len(posts) == 8
    for path in posts:
        place = path.replace("{slug}", "sales-call").replace("{token}", "any")
        for seal in ({}, {"seal": ""}, {"seal": "0" * 64}):
            assert team.http.post(place, data=seal).status_code == 403, (place, seal)


def test_a_seal_is_one_browsers(site: Running, visit: Callable[[], Visitor]) -> None:
    """A seal that worked elsewhere could be taken from a page of one's own."""
    kim, mallory = visit(), visit()
    form = mallory.get(f"/sales-call/book?start={mallory.get('/sales-call').times[0]}")
    kim.get("/")

    refused = kim.send(form, "/book", name="Kim Lee", email="kim@example.com")

    assert refused.status == 403
    assert "This form has run out" in refused.text
    assert site.booked() == []


@pytest.mark.parametrize(
    "place", ["/", "/sales-call", "/nowhere", "/booking/forged", "/admin", "/static/site.css"]
)
def test_every_answer_carries_the_headers(kim: Visitor, place: str) -> None:
    """One page without them is the one that will be attacked."""
    answer = kim.http.get(place)

    expected = HEADERS | ({"Cache-Control": "no-cache"} if place.startswith("/static/") else {})
    assert {name: answer.headers.get(name) for name in HEADERS} == expected


@pytest.mark.parametrize("place", ["/static/site.css", "/static/htmx/htmx.min.js"])
def test_a_file_is_sent_once(kim: Visitor, place: str) -> None:
    """On a train ten pages cost one script; and after a release nobody runs the old one."""
    first = kim.http.get(place)
    again = kim.http.get(place, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_nothing_comes_from_elsewhere_and_nothing_runs_inside_a_page(team: Visitor) -> None:
    """Else the strict policy would break the page instead of an attack."""
    start = team.get("/sales-call").times[0]
    done = team.book("sales-call", start)
    places = ["/", "/sales-call", f"/sales-call/book?start={team.get('/sales-call').times[0]}"]
    places += [done.address, f"{done.address}/move", f"{done.address}/cancel"]
    places += ["/admin", "/admin/sales-call", "/admin/login"]

    for place in places:
        page = team.get(place)
        assert page.status == 200, place
        for tag, given in page.tags:
            # What a link leads to is there only for who follows it.
            linked = given.get("src", "/" if tag == "a" else given.get("href", "/"))
            assert linked.startswith(("/", "#", "http://127.0.0.1")), (place, tag, given)
            assert "style" not in given, (place, tag, given)
            assert not [name for name in given if name.startswith("on")], (place, tag, given)
            assert tag != "style", place
            assert tag != "script" or given.get("src"), (place, given)


def test_cookies_are_for_this_site_alone(team: Visitor) -> None:
    told = team.http.get("/sales-call?zone=Europe/Madrid").headers.get_list("set-cookie")
    login = team.send(team.get("/admin/login"), "/login", password="x")

    assert told
    assert all("HttpOnly" in each and "SameSite=lax" in each for each in told)
    assert "team" not in login.answer.headers.get("set-cookie", "")


def test_a_password_is_not_compared_by_its_beginning() -> None:
    seals = Seals(b"an example, and no secret at all", "open sesame")

    assert seals.is_password("open sesame")
    assert not any(seals.is_password(each) for each in ("", "open", "open sesame ", "\udcff"))


@pytest.mark.parametrize(
    ("visited", "written"),
    [
        ("/booking/a1.c0de", "/booking/a1.***"),
        ("/pay/h1.c0de/release", "/pay/h1.***/release"),
        ("/test-payment/h1.c0de?zone=UTC", "/test-payment/h1.***?zone=UTC"),
        ("/problem/x?at=/booking/a1.c0de/move", "/problem/x?at=/booking/a1.***/move"),
        ("/problem/x?at=%2Fbooking%2Fa1.c0de", "/problem/x?at=%2Fbooking%2Fa1.***"),
        ("/sales-call?zone=UTC&day=2026-11-30", "/sales-call?zone=UTC&day=2026-11-30"),
    ],
)
def test_no_log_keeps_what_opens_a_booking(visited: str, written: str) -> None:
    """It is read by more people than mail is; the id stays, to find what somebody asks about."""
    record = logging.makeLogRecord({"msg": '%s "%s" %d', "args": ("127.0.0.1", visited, 200)})

    assert WithoutTokens().filter(record)
    assert record.getMessage() == f'127.0.0.1 "{written}" 200'
