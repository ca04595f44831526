"""A calendar provider on the Google Calendar API (v3): one file, to be copied and made your own.

Lives here: `GoogleProvider`, over an `httpx.Client` of yours. Run as a script, it searches on an
answer that is written down below, and needs no network.
Must not live here: how to log in. The client brings that, for example as `httpx.Auth`.

Written after Google's documentation of `freebusy.query`, `events.list`, `events.insert`,
`events.patch`, `events.delete` and of its errors; it has not met a live account.
"""

from __future__ import annotations

from base64 import b32hexencode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from html import escape
from typing import Any, Final
from urllib.parse import quote

import httpx

from collective_booking import (
    Availability,
    Cause,
    CollectiveCalendar,
    Interval,
    IntervalSet,
    InvalidValueError,
    Member,
    OpeningHours,
    ProviderUnavailableError,
    SlotFinder,
    UndeliverableError,
    Unknown,
)
from collective_booking.appointments import Appointment
from collective_booking.localtime import local_dates
from collective_booking.lookups import look_up
from collective_booking.messages import MemberCopy

GOOGLE: Final = "https://www.googleapis.com/calendar/v3"
MAX_CALENDARS: Final = 50
"""So many calendars one free/busy query may name (`calendarExpansionMax`)."""
LONGEST_QUERY: Final = timedelta(days=60)
"""Google refuses long free/busy queries (`timeRangeTooLong`), and documents no limit: about 90."""
PAGE_SIZE: Final = 2500
MAX_PAGES: Final = 100
_UID: Final = "collectiveBookingUid"
"""A private property that holds our UID: who chooses an event's id cannot choose its `iCalUID`."""
_FIELDS: Final = (
    "nextPageToken,accessRole,items(status,transparency,start,end,iCalUID,"
    "attendees(self,responseStatus),extendedProperties/private)"
)
"""What is asked of an event: never its title."""
_QUIET: Final = {"sendUpdates": "none"}
_LIMITS: Final = frozenset(
    ["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"]
)
_GONE: Final = {404, 410}
_MALFORMED: Final = (AttributeError, KeyError, TypeError, ValueError)
_DAY: Final = timedelta(days=1)


class GoogleError(ProviderUnavailableError):
    """Google did not do what it was asked. `for_good` says that asking again will not help."""

    def __init__(self, detail: str, status: int = 0, *, for_good: bool = False) -> None:
        super().__init__(detail)
        self.status = status
        self.for_good = for_good

    def __str__(self) -> str:
        return self.detail


class GoogleProvider:
    """A `CalendarProvider` over Google calendars; `Member.calendar` is a calendar's id.

    *client* logs in, has a timeout, and `GOOGLE` as its `base_url`. *host* is that of the service:
    by it copies of its own are known, and left out (F6). That takes reading events, a request for
    each member. With *free_busy* it asks for free or busy alone: 50 members in a request, and a
    scope that shows no events; but it sees its own copies, so that a meeting cannot be moved to a
    time that overlaps the one it has.

    Raises:
        InvalidValueError: *host* is no domain.
    """

    def __init__(self, client: httpx.Client, host: str, *, free_busy: bool = False) -> None:
        if not host or "@" in host:
            raise InvalidValueError("host", host, "give the domain that the service has")
        self._client = client
        self._suffix = f"@{host}".casefold()
        self._free_busy = free_busy

    # --- reading --------------------------------------------------------------------------------

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What Google knows of *members*; see `ports.CalendarProvider`.

        Raises:
            ProviderUnavailableError: Google answers none of our questions.
        """
        if self._free_busy:
            return look_up(self._query, members, window, batch=MAX_CALENDARS, longest=LONGEST_QUERY)
        return look_up(self._events, members, window)

    def _query(self, members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
        """Busy times of up to 50 calendars; each may fail by itself."""
        calendars = sorted({_calendar(member) for member in members})
        query = _bounds(window) | {
            "calendarExpansionMax": MAX_CALENDARS,
            "items": [{"id": calendar} for calendar in calendars],
        }
        answer = self._call("POST", "/freeBusy", json=query).get("calendars")
        told = answer if isinstance(answer, dict) else {}
        return {member.id: _busy(told.get(_calendar(member)), window) for member in members}

    def _events(self, members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
        """The events of one member's calendar, as F4 counts them, without our own (F6)."""
        (member,) = members
        query = _bounds(window) | {
            "singleEvents": "true",
            "maxResults": PAGE_SIZE,
            "maxAttendees": 1,
            "fields": _FIELDS,
        }
        known: list[Availability] = []
        for page in self._pages(_path(member), query):
            if "accessRole" not in page:
                raise GoogleError("Google answers with no list of events")
            # Who may see free or busy alone is told of no property.
            blind = page["accessRole"] == "freeBusyReader"
            known.append(Availability(sees_own_copies=blind))
            known += [self._event(event, member, window) for event in _items(page)]
        return {member.id: Availability.union_of(known)}

    def _event(self, event: Any, member: Member, window: Interval) -> Availability:
        try:
            if self._is_own(event) or _is_free(event):
                return Availability()
            times = _times(event, member.timezone)
            return Availability(tentative=times) if _is_tentative(event) else Availability(times)
        except _MALFORMED:
            return _unknown(window, Cause.UNREADABLE, "an event that is none")

    def _is_own(self, event: Any) -> bool:
        """Whether it is a copy of ours, put there or come by mail (F6)."""
        uids = (event.get("iCalUID", ""), _private(event).get(_UID, ""))
        return any(uid.casefold().endswith(self._suffix) for uid in uids)

    # --- copies ---------------------------------------------------------------------------------

    def put(self, copy: MemberCopy) -> None:
        """Put a copy into a calendar, or change the one that is there by its UID.

        It names nobody as an attendee: Google would put it into their calendars too. The member's
        copy is an event of theirs alone, so there is nobody to send an e-mail to.
        """
        with _undeliverable():
            own = self._own(copy)
            while own and not self._unless_gone("PATCH", own[0], _body(copy.appointment)):
                del own[0]
            if not own:
                self._create(copy)
            for surplus in own[1:]:
                self._unless_gone("DELETE", surplus)

    def update(self, copy: MemberCopy) -> None:
        """Change a copy, or put it anew where it is gone; see `ports.CalendarProvider`."""
        self.put(copy)

    def remove(self, copy: MemberCopy) -> None:
        """Take a copy out of a calendar; see `ports.CalendarProvider`."""
        with _undeliverable():
            for own in self._own(copy):
                self._unless_gone("DELETE", own)

    def _own(self, copy: MemberCopy) -> list[str]:
        """The paths of the events that are copies of this appointment; deleted ones are not."""
        query = {
            "privateExtendedProperty": f"{_UID}={copy.appointment.uid}",
            "fields": "nextPageToken,items(id)",
        }
        path = _path(copy.member)
        pages = self._pages(path, query)
        try:
            return [
                f"{path}/{quote(each['id'], safe='')}" for page in pages for each in _items(page)
            ]
        except _MALFORMED as cause:
            raise GoogleError("Google lists an event without an id") from cause

    def _create(self, copy: MemberCopy) -> None:
        """Insert a copy. The id comes from its key, so that a repetition inserts nothing (E1)."""
        digest = blake2b(copy.key.encode(), digest_size=20).digest()
        body = _body(copy.appointment) | {"id": b32hexencode(digest).decode().lower()}
        try:
            self._call("POST", _path(copy.member), params=_QUIET, json=body)
        except GoogleError as failure:
            if failure.status != 409:
                raise

    def _unless_gone(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bool:
        """Change or delete an event, if it is there."""
        try:
            self._call(method, path, params=_QUIET, json=body)
        except GoogleError as failure:
            if failure.status in _GONE:
                return False
            raise
        return True

    # --- asking ---------------------------------------------------------------------------------

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """All pages of a list; any of them may be empty."""
        token: dict[str, Any] = {}
        for _ in range(MAX_PAGES):
            page = self._call("GET", path, params={**query, **token})
            yield page
            if not page.get("nextPageToken"):
                return
            token = {"pageToken": page["nextPageToken"]}
        raise GoogleError(f"Google has more than {MAX_PAGES} pages to tell")

    def _call(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        """What Google answers; *asked* as `httpx` takes it.

        Raises:
            GoogleError: it answers with an error, with no JSON object, or not at all.
        """
        try:
            response = self._client.request(method, path, **asked)
        except httpx.HTTPError as cause:
            raise GoogleError(f"Google does not answer ({type(cause).__name__})") from cause
        if not response.is_success:
            raise _refusal(response)
        return _json(response) if response.content else {}


# --- what Google says ----------------------------------------------------------------------------


def _refusal(response: httpx.Response) -> GoogleError:
    """An error by its status and reason; a limit may be a 403, and passes."""
    try:
        reasons = [str(each["reason"]) for each in _json(response)["error"]["errors"]]
    except (GoogleError, *_MALFORMED):
        reasons = []
    status = response.status_code
    passes = status in {401, 408, 409, 429} or (status == 403 and not _LIMITS.isdisjoint(reasons))
    told = f"Google answers {status}" + (f" ({', '.join(reasons)})" if reasons else "")
    if wait := response.headers.get("Retry-After"):
        told += f", and asks to wait {wait} s"
    return GoogleError(told, status, for_good=400 <= status < 500 and not passes)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError as cause:
        raise GoogleError("Google answers half, or no JSON at all") from cause
    if not isinstance(answer, dict):
        raise GoogleError("Google answers with no object")
    return answer


def _items(page: Mapping[str, Any]) -> list[Any]:
    items = page.get("items", [])
    if not isinstance(items, list):
        raise GoogleError("Google lists no list")
    return items


def _busy(told: Any, window: Interval) -> Availability:
    """One calendar of a free/busy answer. It holds our own copies, and cannot say which (F6)."""
    try:
        if errors := told.get("errors"):
            reasons = ", ".join(str(each["reason"]) for each in errors)
            return _unknown(window, Cause.SERVICE, f"Google answers {reasons}")
        times = [_moments(each["start"], each["end"]) for each in told["busy"]]
        busy = IntervalSet.from_pairs(each for each in times if each[0] != each[1])
    except _MALFORMED:
        return _unknown(window, Cause.UNREADABLE, "Google says nothing of this calendar")
    return Availability(busy, sees_own_copies=True)


def _is_free(event: Any) -> bool:
    cancelled = event.get("status") == "cancelled"
    return cancelled or event.get("transparency") == "transparent" or _response(event) == "declined"


def _is_tentative(event: Any) -> bool:
    return event.get("status") == "tentative" or _response(event) == "tentative"


def _response(event: Any) -> str:
    """What the member has answered to the invitation, if it is one."""
    own = [each for each in event.get("attendees", []) if each.get("self")]
    return str(own[0].get("responseStatus", "")) if own else ""


def _private(event: Any) -> dict[str, str]:
    private: dict[str, str] = event.get("extendedProperties", {}).get("private", {})
    return private


def _times(event: Any, timezone: str) -> IntervalSet:
    """When it is; whole dates are the member's (F4), and an event of no length takes no time."""
    start, end = event["start"], event["end"]
    if "date" in start:
        first, until = date.fromisoformat(start["date"]), date.fromisoformat(end["date"])
        return local_dates(timezone, first, until - _DAY)
    begin, finish = _moments(start["dateTime"], end["dateTime"])
    return IntervalSet() if begin == finish else IntervalSet([Interval(begin, finish)])


def _moments(start: str, end: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def _unknown(window: Interval, cause: Cause, detail: str) -> Availability:
    return Availability(unknown=(Unknown(window, cause, detail, source="Google Calendar"),))


# --- what Google is told -------------------------------------------------------------------------


def _bounds(window: Interval) -> dict[str, Any]:
    """The whole seconds around *window*: Google leaves parts of a second out."""
    end = window.end + timedelta(microseconds=999_999)
    return {
        "timeMin": window.start.replace(microsecond=0).isoformat(),
        "timeMax": end.replace(microsecond=0).isoformat(),
    }


def _calendar(member: Member) -> str:
    if member.calendar is None:
        raise InvalidValueError(f"the calendar of {member.id}", None, "give a Google calendar id")
    return member.calendar


def _path(member: Member) -> str:
    return f"/calendars/{quote(_calendar(member), safe='')}/events"


def _body(appointment: Appointment) -> dict[str, Any]:
    """The appointment as an event that has no attendees, and names them in its description."""
    place = appointment.location
    return {
        "summary": appointment.title,
        "description": escape(_words(appointment), quote=False),  # Google shows it as HTML
        "location": place.value if place else "",
        "start": {"dateTime": appointment.start.isoformat(), "timeZone": "UTC"},
        "end": {"dateTime": appointment.end.isoformat(), "timeZone": "UTC"},
        "status": "confirmed",
        "transparency": "opaque",
        "extendedProperties": {"private": {_UID: appointment.uid}},
    }


def _words(appointment: Appointment) -> str:
    contact = appointment.contact
    team = ", ".join(member.name for member in appointment.members)
    told = [f"With {contact.name} <{contact.email}>", f"Team: {team}", appointment.notes]
    return "\n".join(filter(None, told))


@contextmanager
def _undeliverable() -> Iterator[None]:
    """What Google refuses for good can never be delivered; all else is tried again (E1)."""
    try:
        yield
    except GoogleError as failure:
        if failure.for_good:
            raise UndeliverableError(failure.detail) from failure
        raise


# --- try it --------------------------------------------------------------------------------------

ANSWER: Final = {
    "kind": "calendar#freeBusy",
    "timeMin": "2026-11-23T08:00:00Z",
    "timeMax": "2026-11-23T18:00:00Z",
    "calendars": {
        "ana@example.com": {
            "busy": [{"start": "2026-11-23T09:00:00Z", "end": "2026-11-23T11:30:00Z"}]
        },
        "ben@example.com": {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []},
    },
}
"""Written after the documented shape of `freebusy.query`; not captured from a live account."""


def main() -> None:
    """Search on `ANSWER`: Ana is busy until half past eleven, Ben's calendar is not found."""
    hours = OpeningHours.parse("Mon-Fri 09:00-13:00")
    ana, ben = (
        Member(name, timezone="UTC", hours=hours, calendar=f"{name}@example.com")
        for name in ("ana", "ben")
    )
    call = CollectiveCalendar(
        name="Sales call", slug="sales-call", timezone="UTC", duration=_DAY / 24, members=(ana, ben)
    )
    monday = Interval.from_isoformat("2026-11-23T08:00Z/2026-11-23T18:00Z")
    canned = httpx.MockTransport(lambda _: httpx.Response(200, json=ANSWER))
    with httpx.Client(base_url=GOOGLE, transport=canned) as client:
        provider = GoogleProvider(client, "booking.example.com", free_busy=True)
        known = provider.availability([ana, ben], monday)
    finder = SlotFinder(calendar=call, availability=known, now=datetime(2026, 11, 23, tzinfo=UTC))
    print(f"Offered to book: {len(finder.offers(monday))}. Why not at ten, and why not at noon?")
    for hour in (10, 12):
        print(finder.explain(datetime(2026, 11, 23, hour, tzinfo=UTC)))


if __name__ == "__main__":
    main()
