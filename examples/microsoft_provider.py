"""A calendar provider on Microsoft Graph (v1.0): one file, to be copied and made your own.

Lives here: `MicrosoftProvider`, over an `httpx.Client` of yours. Run as a script, it searches on an
answer that is written down below, and needs no network.
Must not live here: how to log in. The client brings that, for example as `httpx.Auth`.

Written after Microsoft's documentation of `calendar: getSchedule`, of events, of extended
properties and of errors; it has not met a live account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

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
from collective_booking.lookups import look_up
from collective_booking.messages import MemberCopy

GRAPH: Final = "https://graph.microsoft.com/v1.0"
MAX_SCHEDULES: Final = 20
"""So many mailboxes one `getSchedule` may name."""
LONGEST_QUERY: Final = timedelta(days=61)
"""What it is asked about must be less than 62 days."""

_UID: Final = "String {6d1b9d0e-2f3a-4c57-9a86-0c7f5b1e4d21} Name collectiveBookingUid"
"""An extended property that holds our UID, for `iCalUId` is read-only. Keep its GUID for ever."""
_UTC: Final = {"Prefer": 'outlook.timezone="UTC"'}
"""Asked for, so that no Windows name of a time zone has to be understood."""
_FREE: Final = {"free", "workingelsewhere"}
_BUSY: Final = {"busy", "oof"}
_GONE: Final = {404, 410}
_PASSING: Final = {401, 408, 409, 412, 423, 429, 509}
_MALFORMED: Final = (AttributeError, KeyError, TypeError, ValueError)


class GraphError(ProviderUnavailableError):
    """Graph did not do what it was asked. `for_good` says that asking again will not help."""

    def __init__(self, detail: str, status: int = 0) -> None:
        super().__init__(detail)
        self.status = status

    @property
    def for_good(self) -> bool:
        """Whether it is our request that is wrong, and not the hour."""
        return 400 <= self.status < 500 and self.status not in _PASSING

    def __str__(self) -> str:
        return self.detail


class MicrosoftProvider:
    """A `CalendarProvider` over Outlook's calendars; `Member.calendar` is a mailbox's address.

    The address has to be the mailbox's SMTP address and its user principal name alike: schedules
    are asked for by the one, copies are written by the other, into the default calendar. *client*
    logs in, has a timeout, and `GRAPH` as its `base_url`. Schedules are asked for in the name of
    the mailbox *asking*, or of who has logged in.

    A schedule is free or busy alone, so it holds our own copies and cannot say which (F6): no
    meeting can be moved to a time that overlaps the one it has.
    """

    def __init__(self, client: httpx.Client, asking: str | None = None) -> None:
        self._client = client
        self._asking = "/me" if asking is None else f"/users/{quote(asking, safe='@')}"

    # --- reading --------------------------------------------------------------------------------

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What Outlook knows of *members*; see `ports.CalendarProvider`.

        Raises:
            ProviderUnavailableError: Graph answers none of our questions.
        """
        return look_up(self._schedules, members, window, batch=MAX_SCHEDULES, longest=LONGEST_QUERY)

    def _schedules(self, members: Sequence[Member], window: Interval) -> Mapping[str, Availability]:
        """The schedules of up to 20 mailboxes; each may fail by itself."""
        asked = {
            "schedules": sorted({_mailbox(member) for member in members}),
            "startTime": _moment(window.start),
            "endTime": _moment(window.end),
        }
        answer = self._call("POST", f"{self._asking}/calendar/getSchedule", json=asked)
        told = {str(each.get("scheduleId", "")).casefold(): each for each in _value(answer)}
        return {
            member.id: _schedule(told[key], window)
            for member in members
            if (key := _mailbox(member).casefold()) in told
        }

    # --- copies ---------------------------------------------------------------------------------

    def put(self, copy: MemberCopy) -> None:
        """Put a copy into a calendar, or change the one that is there by its UID.

        It names nobody as an attendee: Graph invites whoever is one, and no option keeps it from
        that. The body names them instead.
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
        """The paths of the events that are copies of this appointment, wherever they were moved."""
        uid = copy.appointment.uid.replace("'", "''")
        which = f"singleValueExtendedProperties/Any(ep: ep/id eq '{_UID}' and ep/value eq '{uid}')"
        path = _path(copy.member)
        found = _value(self._call("GET", path, params={"$filter": which, "$select": "id"}))
        try:
            return [f"{path}/{quote(each['id'], safe='')}" for each in found]
        except _MALFORMED as cause:
            raise GraphError("Graph lists an event without an id") from cause

    def _create(self, copy: MemberCopy) -> None:
        """Create a copy. Its `transactionId` comes from its key: a repetition creates nothing."""
        body = _body(copy.appointment) | {
            "transactionId": str(uuid5(NAMESPACE_URL, copy.key)),
            "singleValueExtendedProperties": [{"id": _UID, "value": copy.appointment.uid}],
        }
        self._call("POST", _path(copy.member), json=body)

    def _unless_gone(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bool:
        """Change or delete an event, if it is there."""
        try:
            self._call(method, path, json=body)
        except GraphError as failure:
            if failure.status in _GONE:
                return False
            raise
        return True

    # --- asking ---------------------------------------------------------------------------------

    def _call(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        """What Graph answers; *asked* as `httpx` takes it.

        Raises:
            GraphError: it answers with an error, with no JSON object, or not at all.
        """
        try:
            response = self._client.request(method, path, headers=_UTC, **asked)
        except httpx.HTTPError as cause:
            raise GraphError(f"Graph does not answer ({type(cause).__name__})") from cause
        if not response.is_success:
            raise _refusal(response)
        return _json(response) if response.content else {}


# --- what Graph says -----------------------------------------------------------------------------


def _refusal(response: httpx.Response) -> GraphError:
    """An error by its status and code; not by its message, which may change and name people."""
    try:
        code = f" ({_json(response)['error']['code']})"
    except (GraphError, *_MALFORMED):
        code = ""
    wait = response.headers.get("Retry-After")
    asked = f", and asks to wait {wait} s" if wait else ""
    return GraphError(f"Graph answers {response.status_code}{code}{asked}", response.status_code)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError as cause:
        raise GraphError("Graph answers half, or no JSON at all") from cause
    if not isinstance(answer, dict):
        raise GraphError("Graph answers with no object")
    return answer


def _value(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    value = answer.get("value")
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise GraphError("Graph answers with no list")
    return value


def _schedule(told: Mapping[str, Any], window: Interval) -> Availability:
    """One mailbox of an answer: whatever of it cannot be read is unknown (F3)."""
    if error := told.get("error"):
        code = error.get("responseCode") if isinstance(error, dict) else error
        return _unknown(window, Cause.SERVICE, f"Graph answers {code}")
    items = told.get("scheduleItems")
    if not isinstance(items, list):
        return _unknown(window, Cause.UNREADABLE, "Graph says nothing of this schedule")
    seen = Availability(sees_own_copies=True)
    return Availability.union_of([seen, *(_item(each, window) for each in items)])


def _item(item: Any, window: Interval) -> Availability:
    try:
        status = item["status"].casefold()
        if status in _FREE:
            return Availability()
        if any(item[name]["timeZone"] != "UTC" for name in ("start", "end")):
            return _unknown(window, Cause.ZONE, "Graph was asked for UTC, and answers otherwise")
        start, end = (
            datetime.fromisoformat(item[name]["dateTime"]).replace(tzinfo=UTC)
            for name in ("start", "end")
        )
        if start == end:
            return Availability()
        times = IntervalSet([Interval(start, end)])
    except _MALFORMED:
        return _unknown(window, Cause.UNREADABLE, "a schedule item that is none")
    if status in _BUSY:
        return Availability(busy=times)
    if status == "tentative":
        return Availability(tentative=times)
    return _unknown(Interval(start, end), Cause.UNREADABLE, f"Graph says {status[:20]}")


def _unknown(stretch: Interval, cause: Cause, detail: str) -> Availability:
    return Availability(unknown=(Unknown(stretch, cause, detail, source="Outlook"),))


# --- what Graph is told --------------------------------------------------------------------------


def _mailbox(member: Member) -> str:
    if member.calendar is None:
        raise InvalidValueError(f"the calendar of {member.id}", None, "give a mailbox's address")
    return member.calendar


def _path(member: Member) -> str:
    return f"/users/{quote(_mailbox(member), safe='@')}/events"


def _moment(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.replace(tzinfo=None).isoformat(), "timeZone": "UTC"}


def _body(appointment: Appointment) -> dict[str, Any]:
    """The appointment as an event that has no attendees, and names them in its body."""
    place = appointment.location
    return {
        "subject": appointment.title,
        "body": {"contentType": "text", "content": _words(appointment)},
        "location": {"displayName": place.value if place else ""},
        "start": _moment(appointment.start),
        "end": _moment(appointment.end),
        "showAs": "busy",
    }


def _words(appointment: Appointment) -> str:
    contact = appointment.contact
    team = ", ".join(member.name for member in appointment.members)
    told = [f"With {contact.name} <{contact.email}>", f"Team: {team}", appointment.notes]
    return "\n".join(filter(None, told))


@contextmanager
def _undeliverable() -> Iterator[None]:
    """What Graph refuses for good can never be delivered; all else is tried again (E1)."""
    try:
        yield
    except GraphError as failure:
        if failure.for_good:
            raise UndeliverableError(failure.detail) from failure
        raise


# --- try it --------------------------------------------------------------------------------------

ANSWER: Final = {
    "value": [
        {
            "scheduleId": "ana@example.com",
            "availabilityView": "1100",
            "scheduleItems": [
                {
                    "status": "tentative",
                    "start": {"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": "UTC"},
                    "end": {"dateTime": "2026-11-23T11:00:00.0000000", "timeZone": "UTC"},
                }
            ],
        },
        {
            "scheduleId": "ben@example.com",
            "availabilityView": "0040",
            "scheduleItems": [
                {
                    "status": "workingElsewhere",
                    "start": {"dateTime": "2026-11-23T11:00:00.0000000", "timeZone": "UTC"},
                    "end": {"dateTime": "2026-11-23T12:00:00.0000000", "timeZone": "UTC"},
                }
            ],
        },
    ]
}
"""Written after the documented shape of `getSchedule`; not captured from a live account."""


def main() -> None:
    """Search on `ANSWER`: Ana may be taken until eleven, Ben works from somewhere else."""
    hours = OpeningHours.parse("Mon-Fri 09:00-13:00")
    ana, ben = (
        Member(name, timezone="UTC", hours=hours, calendar=f"{name}@example.com")
        for name in ("ana", "ben")
    )
    hour = timedelta(hours=1)
    call = CollectiveCalendar(
        name="Sales call", slug="sales-call", timezone="UTC", duration=hour, members=(ana, ben)
    )
    monday = Interval.from_isoformat("2026-11-23T08:00Z/2026-11-23T18:00Z")
    canned = httpx.MockTransport(lambda _: httpx.Response(200, json=ANSWER))
    with httpx.Client(base_url=GRAPH, transport=canned) as client:
        known = MicrosoftProvider(client, "ana@example.com").availability([ana, ben], monday)
    finder = SlotFinder(calendar=call, availability=known, now=datetime(2026, 11, 23, tzinfo=UTC))
    print("Offered to book:", *(f"{slot.start:%H:%M}" for slot in finder.offers(monday)))
    print(finder.explain(datetime(2026, 11, 23, 10, tzinfo=UTC)))


if __name__ == "__main__":
    main()
