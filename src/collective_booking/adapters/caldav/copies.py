"""A member's copy of an appointment as a calendar object: what is stored, and what is kept of it.

Lives here: iCalendar data for a CalDAV server, and which of two versions is the newer one. Pure.
Must not live here: requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from icalendar import Calendar, Event, vInt

from collective_booking.messages import MemberCopy

_VERSION: Final = "X-COLLECTIVE-BOOKING-VERSION"
"""The version of the appointment that a copy shows: calendar apps raise SEQUENCE as they like."""
_DIGITS: Final = 18
"""No appointment has had so many versions: a longer number is not one of ours."""
_THEIRS: Final = ("CATEGORIES", "CLASS", "COLOR", "TRANSP")
"""What members decide in their own copy (RFC 6638, 3.2.2.1), beside alarms and their answer."""
_ANSWER: Final = "PARTSTAT"


def stored(copy: MemberCopy, there: Event | None = None) -> bytes:
    """What to store of *copy*, with what belongs to the member in the version that is *there*.

    Without METHOD, as RFC 4791, 4.1 asks; and saying that the server has nobody to write to, for
    all who need to know are told by us (RFC 6638, 7.1).
    """
    calendar = Calendar.from_ical(copy.icalendar)
    calendar.pop("METHOD", None)
    event = calendar.events[0]
    event.add(_VERSION, str(copy.appointment.version))
    for each in (event["ORGANIZER"], *_attendees(event)):
        each.params["SCHEDULE-AGENT"] = "CLIENT"
    if there is not None:
        _keep(event, there, copy.member.email)
    written: bytes = calendar.to_ical()
    return written


def _keep(event: Event, there: Event, email: str | None) -> None:
    event["SEQUENCE"] = vInt(max(_sequence(event), _sequence(there)))
    for name in _THEIRS:
        if name in there:
            event[name] = there[name]
    for alarm in there.walk("VALARM"):
        event.add_component(alarm)
    if _when(event) == _when(there):  # an answer is to a time
        for mine in _at(event, email):
            for theirs in _at(there, email):
                if _ANSWER in theirs.params:
                    mine.params[_ANSWER] = theirs.params[_ANSWER]


def event_of(data: str, uid: str) -> Event | None:
    """The event with that *uid* in calendar *data*, as far as it can be read."""
    try:
        found = Calendar.from_ical(data).events
    except Exception:  # noqa: BLE001  # a member's app wrote it: more than ValueError comes out
        return None
    return next((each for each in found if str(each.get("UID", "")) == uid), None)


def is_newer(there: Event, copy: MemberCopy) -> bool:
    """Whether what is *there* shows a later version of the appointment than *copy* does.

    A copy that does not tell which version it shows is judged by its SEQUENCE (E5).
    """
    version = str(there.get(_VERSION, ""))
    if version.isdecimal() and len(version) <= _DIGITS:
        return int(version) > copy.appointment.version
    return _sequence(there) > copy.appointment.sequence


def _sequence(event: Event) -> int:
    try:
        return int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return 0


def _when(event: Event) -> tuple[object, object]:
    try:
        return event.start, event.end
    except Exception:  # noqa: BLE001  # it may be anybody's
        return None, None


def _attendees(event: Event) -> list[Any]:
    found = event.get("ATTENDEE", [])
    return found if isinstance(found, list) else [found]


def _at(event: Event, email: str | None) -> Iterator[Any]:
    """The attendees of *event* at that address."""
    wanted = f"mailto:{email}".casefold()
    return (each for each in _attendees(event) if str(each).casefold() == wanted)
