"""The team's own pages: who is on it, who owns it, what is booked, and why a day is empty.

Lives here: the routes behind the password.
Must not live here: anything that a booker sees; these pages name members.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from collective_booking import CollectiveCalendar, SlotFinder
from examples.booking_site.security import ADMIN, sealed
from examples.booking_site.site import Here, Site, to
from examples.booking_site.times import Day, date_of, monday_of, today

LOGGED_IN: Final = timedelta(hours=12)
_DAY: Final = timedelta(days=1)
_AHEAD: Final = timedelta(days=14)


def only_the_team(request: Request, site: Here) -> None:
    """Send everybody to the password who has not given it."""
    if not site.seals.admits(request.cookies.get(ADMIN, ""), site.now()):
        raise HTTPException(303, headers={"Location": "/admin/login"})


door = APIRouter(prefix="/admin")
router = APIRouter(prefix="/admin", dependencies=[Depends(only_the_team)])


@door.get("/login")
def ask(request: Request, site: Here) -> Response:
    """The password, please; once more, where another was given."""
    wrong = "wrong" in request.query_params
    return site.show(request, "login.html", 401 if wrong else 200, wrong=wrong)


@door.post("/login", dependencies=[Depends(sealed)])
def enter(request: Request, site: Here, password: Annotated[str, Form()] = "") -> Response:
    """Let in who knows it."""
    if not site.seals.is_password(password):
        return to("/admin/login?wrong=yes")
    answer = to("/admin")
    answer.set_cookie(
        ADMIN,
        site.seals.badge(site.now() + LOGGED_IN),
        max_age=int(LOGGED_IN.total_seconds()),
        path="/admin",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout", dependencies=[Depends(sealed)])
def leave() -> Response:
    """Forget the password in this browser."""
    answer = to("/admin/login")
    answer.delete_cookie(ADMIN, path="/admin")
    return answer


@router.get("")
def office(request: Request, site: Here) -> Response:
    """Every calendar, and what could not be told to whom."""
    calendars = [site.service.calendar(slug).calendar for slug in site.slugs]
    undelivered = site.service.undelivered()
    return site.show(request, "office.html", calendars=calendars, undelivered=undelivered)


@router.get("/{slug}")
def team(slug: str, request: Request, site: Here) -> Response:
    """A team, what is booked of it, and what blocks a day (X2)."""
    calendar = site.service.calendar(slug).calendar
    day, now = _day(site, calendar, request), today(site.now(), calendar.timezone)
    window = calendar.window(day, day)
    soon = calendar.window(min(day, now), max(day, now) + _AHEAD)
    return site.show(
        request,
        "team.html",
        calendar=calendar,
        made=request.query_params.get("made") == calendar.owner,
        day=Day(day, ()),
        today=now,
        monday=monday_of(day),
        why=_finder(site, calendar, day).explain_window(window),
        length=window.end - window.start,
        agenda=site.service.agenda(soon, slug=slug),
        names={None: "The calendar itself", **{each.id: each.name for each in calendar.members}},
    )


@router.get("/{slug}/week.svg")
def week(slug: str, request: Request, site: Here) -> Response:
    """The week around a day as a picture."""
    calendar = site.service.calendar(slug).calendar
    monday = monday_of(_day(site, calendar, request))
    window = calendar.window(monday, monday + 6 * _DAY)
    picture = site.service.finder(slug, window).view(window).to_svg()
    # The picture brings a style of its own; as an image it can do nothing else.
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(picture, media_type="image/svg+xml", headers=policy)


@router.post("/{slug}/owner", dependencies=[Depends(sealed)])
def make_owner(
    slug: str, request: Request, site: Here, member: Annotated[str, Form()] = ""
) -> Response:
    """Make a member the owner of what is booked from now on (O2)."""
    site.service.make_owner(slug, member)
    asked = {"day": request.query_params.get("day", ""), "made": member}
    return to(f"/admin/{slug}?{urlencode(asked)}")


def _day(site: Site, calendar: CollectiveCalendar, request: Request) -> date:
    asked = date_of(request.query_params.get("day"))
    return asked or today(site.now(), calendar.timezone) + _DAY


def _finder(site: Site, calendar: CollectiveCalendar, day: date) -> SlotFinder:
    return site.service.finder(calendar.slug, calendar.window(day, day))
