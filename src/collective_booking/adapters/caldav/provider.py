"""A `CalendarProvider` over CalDAV (RFC 4791).

Lives here: `CalDavProvider`: in which order a server is asked, and what follows from its answers.
Must not live here: HTTP, XML, iCalendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from icalendar import Event

from collective_booking.adapters.caldav import reports
from collective_booking.adapters.caldav.connection import (
    CalDavError,
    Connection,
    Reply,
    TooLargeError,
    in_short,
    refusal,
)
from collective_booking.adapters.caldav.copies import event_of, is_newer, stored
from collective_booking.adapters.caldav.reports import Found
from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import (
    CollectiveBookingError,
    InvalidValueError,
    UndeliverableError,
    WrongTypeError,
    require,
)
from collective_booking.icalendar_texts import (
    DEFAULTS,
    Allowance,
    Answer,
    Limits,
    Question,
    question_about,
    read_text,
    whole,
)
from collective_booking.intervals import Interval
from collective_booking.lookups import look_up
from collective_booking.members import Member
from collective_booking.messages import MemberCopy

if TYPE_CHECKING:
    from caldav.davclient import DAVClient

_MARGIN: Final = timedelta(days=2)
"""Servers read dates and floating times in a zone of their own: never further off than this."""
_REPEATING: Final = ("RRULE", "RDATE")
_TRIES: Final = 3
"""So often somebody may be faster; then it is left to the next delivery."""
_DEPTH: Final = {"Depth": "1"}
_TEXT: Final = {"Content-Type": "text/calendar; charset=utf-8"}
_SILENTLY: Final = {"Schedule-Reply": "F"}
"""That a copy goes is no answer to an invitation: nobody gets e-mail (RFC 6638, 8.1)."""
_DONE: Final = frozenset({200, 201, 204})
_CHANGED: Final = 412
_GONE: Final = frozenset({404, 410})
_There = tuple[Found | None, Event | None]


class CalDavProvider:
    """The `CalendarProvider` of members whose calendars are on CalDAV servers.

    *client* makes a `caldav.DAVClient` for a member: which server, and how to log in. It is called
    for each member of each call, and what it makes is used by one thread and closed afterwards.
    `Member.calendar` is the calendar's path below the client's URL, or its whole URL; credentials
    go to the client's server and to no other.

    Events whose UID ends in `@` and *host*, the domain that the service was given, are copies of
    its own appointments, and left out (F6). With *free_busy* the server itself tells when members
    are busy (free-busy-query); it cannot leave them out, and `sees_own_copies` says so. Else events
    are read: those near the window, as the server says, and all that repeat. With *whole_calendars*
    the server is asked for no range at all, for one whose answers are not to be trusted.

    *timeout* bounds all that is done for one member in one call. *limits* are those of a calendar,
    but for its size: that is of one answer.

    Raises:
        WrongTypeError: an argument of the wrong type.
        InvalidValueError: an empty *host*, or a *timeout* of nothing.

    >>> def login(member: Member) -> DAVClient:
    ...     return DAVClient("https://dav.example.com/", username=member.id, password="...")
    >>> provider = CalDavProvider(login, host="booking.example.com")
    >>> provider.availability([], Interval.from_isoformat("2026-11-23T00Z/2026-11-24T00Z"))
    {}
    """

    def __init__(
        self,
        client: Callable[[Member], DAVClient],
        *,
        host: str,
        free_busy: bool = False,
        whole_calendars: bool = False,
        timeout: timedelta = timedelta(seconds=20),
        limits: Limits = DEFAULTS,
    ) -> None:
        if not callable(client):
            raise WrongTypeError("client", client, "a function from a member to a DAVClient")
        for name, value in (("free_busy", free_busy), ("whole_calendars", whole_calendars)):
            require(name, value, bool, "true or false")
        require("host", host, str, "a domain such as 'booking.example.com'")
        require("timeout", timeout, timedelta, "a timedelta")
        require("limits", limits, Limits, "Limits")
        if not host:
            raise InvalidValueError("host", host, "pass the one that your service has")
        if timeout <= timedelta():
            raise InvalidValueError("timeout", timeout, "nothing can be read in no time")
        self._client = client
        self._own_suffix = f"@{host}"
        self._free_busy = free_busy
        self._whole = whole_calendars
        self._timeout = timeout
        self._limits = limits

    # --- what calendars say ---------------------------------------------------------------------

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What the calendars of *members* say of *window*; see `ports.CalendarProvider`.

        Never raises for what a server does: a member of whom not everything could be read is
        unknown, with the reason, and the others are not.
        """
        require("a window", window, Interval, "an Interval")
        return look_up(self._known_of, members, window)

    def _known_of(self, members: Sequence[Member], window: Interval) -> dict[str, Availability]:
        return {member.id: self._known(member, window) for member in members}

    def _known(self, member: Member, window: Interval) -> Availability:
        if member.calendar is None:
            return Availability()
        suffix = self._own_suffix
        question = question_about(window, member.timezone, member.email, self._limits, suffix)
        source = None
        try:
            with self._connection(member) as connection:
                source = connection.calendar
                if self._free_busy:
                    told = [_free_busy_of(connection, question)]
                else:
                    shared = Allowance(self._limits)
                    events = self._events(connection, window)
                    told = [_told(found, question, shared) for found in events]
        except Exception as cause:  # noqa: BLE001  # one member's trouble, whatever it is
            return _unknown(window, cause, source)
        return whole(question, told)

    def _events(self, connection: Connection, window: Interval) -> Iterable[Found]:
        """Every event that may touch *window*.

        Which recurring events do, servers get wrong: so all of them are read, and a server that
        does not find those that it has just handed out is asked for its whole calendar.
        """
        if self._whole:
            return _objects(connection, reports.events())
        near = _objects(connection, reports.events(reports.within(window, _MARGIN)))
        known = {found.href: found for found in near}
        for name in _REPEATING:
            try:
                repeating = _objects(connection, reports.events(reports.having(name)))
            except UndeliverableError:
                return _objects(connection, reports.events())
            missed = {found.href for found in near if _has(found, name)}
            if not missed <= {found.href for found in repeating}:
                return _objects(connection, reports.events())
            known |= {found.href: found for found in repeating}
        return known.values()

    # --- copies ---------------------------------------------------------------------------------

    def put(self, copy: MemberCopy) -> None:
        """Put *copy* into its member's calendar; see `ports.CalendarProvider`.

        What belongs to the member stays: alarms, categories, colour, whether it shows as busy, and
        their answer while the time is the same. A newer version that is there already stays too.

        Raises:
            UndeliverableError: the calendar is not there, takes nothing, or is on another server.
            CalDavError: the server does not answer, refuses for now, hides what may be the copy, or
                somebody is always faster; or there is no client, or it has no URL.
            WrongTypeError: what *client* makes is none.
        """
        self._change(
            copy, _copy_to_replace, lambda connection, there: _put(connection, there, copy)
        )

    def update(self, copy: MemberCopy) -> None:
        """Change the copy of its member, or put it anew; see `ports.KeepsCopies`.

        Raises what `put` does.
        """
        self.put(copy)

    def remove(self, copy: MemberCopy) -> None:
        """Take *copy* out of its member's calendar, if it is there; see `ports.KeepsCopies`.

        Raises what `put` does, also where the server cannot look for a UID, and so cannot say that
        it is not there.
        """
        self._change(copy, _copy_in, _remove)

    def _change(
        self,
        copy: MemberCopy,
        look: Callable[[Connection, str], _There],
        once: Callable[[Connection, _There], Reply | None],
    ) -> None:
        """Do *once* to what is there, and again if somebody has changed that meanwhile."""
        with self._connection(copy.member) as connection:
            for left in reversed(range(_TRIES)):
                there = look(connection, copy.appointment.uid)
                if there[1] is not None and is_newer(there[1], copy):
                    return
                reply = once(connection, there)
                if reply is None or reply.status in _DONE:
                    return
                may_have_gone = reply.status in _GONE and there[0] is not None
                if reply.status != _CHANGED and not (may_have_gone and left):
                    raise refusal(reply)
        raise CalDavError("somebody else keeps changing the copy", _CHANGED)

    def _connection(self, member: Member) -> Connection:
        if member.calendar is None:
            raise UndeliverableError(f"{member.id} has no calendar")
        from caldav.davclient import DAVClient  # noqa: PLC0415  # whoever has one has the extra

        client = self._made_for(member)
        if not isinstance(client, DAVClient):  # not shown: it may be made of secrets
            raise WrongTypeError("what client makes", type(client), "a caldav.DAVClient")
        seconds = self._timeout.total_seconds()
        try:
            return Connection(client, member.calendar, seconds, self._limits.size)
        except CollectiveBookingError:
            client.close()
            raise

    def _made_for(self, member: Member) -> DAVClient:
        try:
            return self._client(member)
        except CollectiveBookingError:
            raise
        except Exception as cause:
            told = f"the function that makes clients failed: {in_short(cause)}"
            raise CalDavError(told) from cause


# --- reading -------------------------------------------------------------------------------------


def _objects(connection: Connection, report: bytes) -> list[Found]:
    reply = connection.ask("REPORT", body=report, headers=_DEPTH)
    if reply.status != 207:
        raise refusal(reply)
    try:
        return reports.objects(reply.body)
    except reports.Malformed as cause:
        raise CalDavError(str(cause)) from cause


def _free_busy_of(connection: Connection, question: Question) -> Answer:
    reply = connection.ask("REPORT", body=reports.free_busy(question.window), headers=_DEPTH)
    if reply.status != 200:
        raise refusal(reply)
    return read_text(reply.body, question, connection.calendar)


def _told(found: Found, question: Question, shared: Allowance) -> Answer:
    """What one object says; one that the server names but does not show may say anything."""
    if found.data is not None:
        return read_text(found.data, question, found.href, shared)
    unknown = Unknown(question.window, Cause.SERVICE, _does_not_tell(found), found.href or None)
    return Answer(Availability(unknown=(unknown,)))


def _does_not_tell(found: Found) -> str:
    return f"the server does not tell what it says ({found.status or 'no status'})"


def _has(found: Found, name: str) -> bool:
    """Whether an event in there has the property *name*; that of a time zone does not count."""
    inside = False
    for text in (found.data or "").splitlines():
        upper = text.upper().strip()
        if upper in {"BEGIN:VEVENT", "END:VEVENT"}:
            inside = upper.startswith("BEGIN")
        elif inside and upper.startswith((f"{name}:", f"{name};")):
            return True
    return False


def _unknown(window: Interval, cause: Exception, source: str | None) -> Availability:
    why = Cause.BUDGET if isinstance(cause, TooLargeError) else Cause.SERVICE
    return Availability(unknown=(Unknown(window, why, _reason(cause), source),))


def _reason(cause: Exception) -> str:
    """What to say of *cause*: our own words, and of foreign errors only what they are."""
    if isinstance(cause, CalDavError | UndeliverableError):
        return cause.detail
    return str(cause) if isinstance(cause, CollectiveBookingError) else in_short(cause)


# --- writing -------------------------------------------------------------------------------------


def _copy_in(connection: Connection, uid: str) -> _There:
    """The object that holds the copy with this *uid*, and its event, as far as there are any.

    It is looked for where we put it, then wherever else an app may have. That nothing is there a
    server says by an empty answer, 404 or 410: what it hides otherwise may be the copy.
    """
    there = _in_place(connection, uid)
    return _elsewhere(connection, uid) if there[0] is None else there


def _copy_to_replace(connection: Connection, uid: str) -> _There:
    """As `_copy_in`; if the server cannot look elsewhere, it will itself refuse a second one."""
    there = _in_place(connection, uid)
    try:
        return _elsewhere(connection, uid) if there[0] is None else there
    except UndeliverableError:
        return there


def _in_place(connection: Connection, uid: str) -> _There:
    name = urlsplit(urljoin(connection.calendar, _name(uid))).path
    for found in _named(connection, reports.at(name)):
        return found, event_of(found.data or "", uid)
    return None, None


def _elsewhere(connection: Connection, uid: str) -> _There:
    for found in _named(connection, reports.events(reports.of_uid(uid))):
        if event := event_of(found.data or "", uid):
            return found, event
    return None, None


def _named(connection: Connection, report: bytes) -> Iterator[Found]:
    """What the server shows, for somebody who looks for one thing and stops when it is found.

    Raises:
        CalDavError: after all that: it hides something, which may be that thing.
    """
    answered = _objects(connection, report)
    yield from (found for found in answered if found.data is not None)
    for found in answered:
        if found.data is None and not found.is_absent:
            raise CalDavError(_does_not_tell(found))


def _put(connection: Connection, there: _There, copy: MemberCopy) -> Reply:
    found, event = there
    if found is None:
        headers = _TEXT | {"If-None-Match": "*"}
        return connection.ask("PUT", _name(copy.appointment.uid), stored(copy), headers)
    return connection.ask("PUT", found.href, stored(copy, event), _TEXT | _unchanged(found))


def _remove(connection: Connection, there: _There) -> Reply | None:
    found, _ = there
    if found is None:
        return None
    return connection.ask("DELETE", found.href, headers=_SILENTLY | _unchanged(found))


def _unchanged(found: Found) -> dict[str, str]:
    return {"If-Match": found.etag} if found.etag else {}


def _name(uid: str) -> str:
    """What the object is called in the calendar: the same for one UID, and safe everywhere."""
    return f"{blake2b(uid.encode(), digest_size=16).hexdigest()}.ics"
