"""What a visitor reads when something cannot be done.

Lives here: a sentence and a status for each error of the library that a visitor can cause, and the
page that says it.
Must not live here: which problem a form has (that is `forms`), logging.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from collective_booking import (
    CalendarChangedError,
    CollectiveBookingError,
    ConfigurationError,
    ForeignNotificationError,
    ForgedNotificationError,
    HoldExpiredError,
    IllegalStepError,
    InvalidTokenError,
    InvalidValueError,
    NoChangeError,
    OptionalOwnerError,
    OutOfRangeError,
    PriceChangedError,
    RequestReusedError,
    RetryTransactionError,
    StaleVersionError,
    UnknownBookingError,
    UnknownCalendarError,
    UnknownMemberError,
    UnreadableTextError,
)
from examples.booking_office import SENTENCES as TOLD
from examples.booking_site.security import HEADERS
from examples.booking_site.site import Site, address_of, site_of, to

NOTIFIED: Final = "/webhook"
"""Where a program tells something: it reads the status of the answer, and goes nowhere else."""
_NOT_HERE: Final = TOLD[UnknownBookingError]
_UNREADABLE: Final = "This address cannot be read. Was the link copied whole?"
_UNREADABLE_FORM: Final = "This form cannot be read. Please begin with a time again."
_BUSY: Final = "Too many want something at this moment. Please try again."
_OURS: Final = "Something went wrong here, and it is not your fault. Please try again later."

STATUSES: Final[dict[type[CollectiveBookingError], int]] = {
    UnknownCalendarError: 404,
    UnknownBookingError: 404,
    UnknownMemberError: 404,
    StaleVersionError: 409,
    IllegalStepError: 409,
    NoChangeError: 409,
    HoldExpiredError: 409,
    RequestReusedError: 409,
    PriceChangedError: 409,
}
"""Those of the errors that all of the examples tell in the same words."""

SENTENCES: Final[dict[type[CollectiveBookingError], tuple[int, str]]] = {
    ConfigurationError: (400, _UNREADABLE_FORM),
    InvalidTokenError: (404, _NOT_HERE),
    UnreadableTextError: (400, _UNREADABLE),
    OutOfRangeError: (400, _UNREADABLE),
    InvalidValueError: (400, _UNREADABLE),
    ForgedNotificationError: (400, "This is no notification of the payment service."),
    ForeignNotificationError: (200, "This is about no payment here."),
    OptionalOwnerError: (409, "An optional member cannot own a calendar."),
    RetryTransactionError: (503, _BUSY),
    CalendarChangedError: (409, "The calendar has changed meanwhile. Please choose a time again."),
    **{kind: (status, TOLD[kind]) for kind, status in STATUSES.items()},
}
"""What a visitor can do nothing about is not in it, and becomes a plain failure of the site."""


BY_NAME: Final = {kind.__name__: told for kind, told in SENTENCES.items()}

router = APIRouter()


def explain_problems(app: FastAPI) -> None:
    """Let *app* answer with a page whatever goes wrong."""
    for kind in SENTENCES:
        app.add_exception_handler(kind, _saying(kind))
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _as_it_says)
    app.add_exception_handler(Exception, _failed)
    app.include_router(router)


@router.get("/problem/{name}")
def problem(name: str, request: Request, at: str = "") -> Response:
    """What went wrong where a form of the page *at* was sent.

    A page of its own, since an answer to a POST could not be gone back to.
    """
    status, sentence = BY_NAME.get(name, (404, _NOT_HERE))
    return _page(request, status, sentence, at)


def _saying(kind: type[CollectiveBookingError]) -> Callable[[Request, Exception], Response]:
    status, sentence = SENTENCES[kind]

    def answer(request: Request, _: Exception) -> Response:
        if request.method == "POST" and request.url.path != NOTIFIED:
            return to(address_of(f"/problem/{kind.__name__}", None, at=request.url.path))
        return _page(request, status, sentence)

    return answer


def _unreadable(request: Request, _: Exception) -> Response:
    return _page(request, 400, _UNREADABLE)


def _as_it_says(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.headers and "Location" in error.headers:
        return Response(status_code=error.status_code, headers=dict(error.headers))
    sentence = _NOT_HERE if error.status_code == 404 else error.detail
    return _page(request, error.status_code, sentence)


def _failed(request: Request, _: Exception) -> Response:
    """The site's own failure, which the server logs; it is answered outside of all else."""
    answer = _page(request, 500, _OURS)
    answer.headers.update(HEADERS)
    return answer


def _page(request: Request, status: int, sentence: str, at: str = "") -> Response:
    site = site_of(request)
    ways = _ways_on(site, at or request.url.path)
    return site.show(request, "problem.html", status, sentence=sentence, ways=ways)


def _ways_on(site: Site, at: str) -> dict[str, str]:
    """Where whoever meets a problem *at* a page can go on: to what it is about, and to the rest.

    *at* may be anybody's words: each way is made of what is known here.
    """
    about, _, rest = at.strip("/").partition("/")
    what = rest.partition("/")[0]
    if about == "admin":
        of_the_team = {"The team's page": f"/admin/{what}"} if what in site.slugs else {}
        return {**of_the_team, "All of the team's calendars": "/admin"}
    ways = {"All calendars": "/"}
    if about in site.slugs:
        return {"Choose a time": f"/{about}"} | ways
    if about == "booking":
        with suppress(CollectiveBookingError):
            site.service.appointment_id(what)
            return {"Your booking": f"/booking/{what}"} | ways
    return ways
