"""What can go wrong, as a list: one root, and the errors whose data is plain.

Lives here: errors that carry strings, numbers, dates and tuples of them. Each has attributes to act
on, a message that says what to do next, a builtin parent, and survives pickling (its `args` mirror
its signature).
Must not live here: errors that carry a value of another room; they stand beside that value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import UnionType

from collective_booking.wording import on_one_line, shown


class CollectiveBookingError(Exception):
    """The root: catching it catches everything that this library raises on purpose.

    >>> try:
    ...     raise NoChangeError("a1")
    ... except CollectiveBookingError as error:
    ...     print(error)
    appointment 'a1' is so already: there is nothing to change
    """


# --- values of the wrong kind --------------------------------------------------------------------


class WrongTypeError(CollectiveBookingError, TypeError):
    """A value is not of the type asked for.

    >>> str(WrongTypeError("start", "10:00", "an aware datetime"))
    "start must be an aware datetime, not str: '10:00'"
    """

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(name, value, expected)
        self.name = name
        self.value = value
        self.expected = expected

    def __reduce__(self) -> tuple[object, ...]:
        """For pickling: what was passed by mistake may be anything, so it may travel as a text."""
        import pickle  # noqa: PLC0415  # only who pickles pays for it

        try:
            pickle.dumps(self.value)
        except Exception:  # noqa: BLE001  # whatever a stranger's object raises
            return type(self), (self.name, shown(self.value), self.expected)
        return type(self), self.args

    def __str__(self) -> str:
        given = f"{type(self.value).__name__}: {shown(self.value)}"
        return f"{self.name} must be {self.expected}, not {given}"


def require(name: str, value: object, kind: type | UnionType, expected: str) -> None:
    """Refuse a *value* that is not of *kind*, where it is passed and not where it would surface.

    Raises:
        WrongTypeError: it is not; *expected* says in words what is asked for.
    """
    if not isinstance(value, kind):
        raise WrongTypeError(name, value, expected)


class InvalidValueError(CollectiveBookingError, ValueError):
    """A value has the right type, and yet cannot be used. `advice` says what can.

    >>> error = InvalidValueError("duration", 0, "give at least one minute")
    >>> error.name, error.value, error.advice
    ('duration', 0, 'give at least one minute')
    >>> str(error)
    'duration cannot be 0: give at least one minute'
    """

    def __init__(self, name: str, value: object, advice: str) -> None:
        super().__init__(name, value, advice)
        self.name = name
        self.value = value
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.name} cannot be {shown(self.value)}: {self.advice}"


class UnreadableTextError(CollectiveBookingError, ValueError):
    """A text cannot be read as what it stands for. `advice` shows how to write it.

    >>> str(UnreadableTextError("duration", "30", "write 30m or PT30M"))
    "cannot read '30' as a duration: write 30m or PT30M"
    """

    def __init__(self, kind: str, text: str, advice: str) -> None:
        super().__init__(kind, text, advice)
        self.kind = kind
        self.text = text
        self.advice = advice

    def __str__(self) -> str:
        article = "an" if self.kind[:1] in "aeiou" else "a"
        return f"cannot read {shown(self.text)} as {article} {self.kind}: {self.advice}"


# --- time ----------------------------------------------------------------------------------------


class NaiveDatetimeError(CollectiveBookingError, ValueError):
    """A datetime has no UTC offset, so nobody knows which instant it means (T1).

    >>> error = NaiveDatetimeError(datetime(2026, 3, 2, 12))
    >>> print(str(error).partition(", for")[0])
    2026-03-02T12:00:00 has no time zone: give it one
    >>> error.moment
    datetime.datetime(2026, 3, 2, 12, 0)
    """

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.moment = moment

    def __str__(self) -> str:
        return (
            f"{self.moment.isoformat()} has no time zone: give it one, "
            "for example moment.replace(tzinfo=ZoneInfo('Europe/Madrid'))"
        )


class EmptyIntervalError(CollectiveBookingError, ValueError):
    """An interval ends where it starts, or before (T1).

    >>> from collective_booking import Interval
    >>> Interval.from_isoformat("2026-03-02T10Z/2026-03-02T09Z")
    Traceback (most recent call last):
    collective_booking.errors.EmptyIntervalError: an interval must end after it starts: ...
    """

    def __init__(self, start: datetime, end: datetime) -> None:
        super().__init__(start, end)
        self.start = start
        self.end = end

    def __str__(self) -> str:
        start, end = self.start.isoformat(), self.end.isoformat()
        return f"an interval must end after it starts: {start} to {end} does not"


class OutOfRangeError(CollectiveBookingError, ValueError):
    """An instant or a date lies outside what can be computed. `supported` says what can.

    >>> str(OutOfRangeError("the year 12000", "the years 1 to 9999"))
    'the year 12000 is out of range: stay within the years 1 to 9999'
    """

    def __init__(self, moment: object, supported: str) -> None:
        super().__init__(moment, supported)
        self.moment = moment
        self.supported = supported

    def __str__(self) -> str:
        return f"{self.moment} is out of range: stay within {self.supported}"


class UnknownZoneError(CollectiveBookingError, ValueError):
    """A time zone name that the IANA database does not have. `similar` may hold the one meant.

    >>> from collective_booking.localtime import zone
    >>> try:
    ...     zone("Europe/Madird")
    ... except UnknownZoneError as error:
    ...     error.similar
    ('Europe/Madrid',)
    """

    def __init__(self, name: str, similar: tuple[str, ...] = ()) -> None:
        super().__init__(name, similar)
        self.name = name
        self.similar = similar

    def __str__(self) -> str:
        hint = f"did you mean {' or '.join(self.similar)}?" if self.similar else "see the IANA list"
        name = shown(self.name)
        return f"there is no time zone {name}: {hint} (names look like 'Europe/Madrid')"


# --- calendars and their roster ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a configuration: where, and what to do about it.

    >>> print(Problem("members[0].hours", "give some"))
    members[0].hours: give some
    """

    place: str
    message: str

    def __str__(self) -> str:
        told = on_one_line(self.message)
        return f"{on_one_line(self.place)}: {told}" if self.place else told


class ConfigurationError(CollectiveBookingError, ValueError):
    r"""A calendar or a member cannot be used as it is; `problems` lists everything that is wrong.

    >>> str(ConfigurationError("calendar 'sales-call'", [Problem("slug", "give one")]))
    "calendar 'sales-call' has 1 problem:\n  slug: give one"
    """

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(subject, self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        lines = [f"{self.subject} has {count} problem{'s' if count != 1 else ''}:"]
        return "\n  ".join([*lines, *map(str, self.problems)])


class UnknownMemberError(CollectiveBookingError, KeyError):
    """Somebody is named who is not on the roster.

    >>> str(UnknownMemberError("sales-call", "zoe", ("ana", "ben")))
    "'zoe' is no member of sales-call: its members are ana, ben"
    """

    def __init__(self, calendar: str, member: str, roster: tuple[str, ...] = ()) -> None:
        super().__init__(calendar, member, roster)
        self.calendar = calendar
        self.member = member
        self.roster = roster

    def __str__(self) -> str:
        names = ", ".join(self.roster[:10]) + (", ..." if len(self.roster) > 10 else "")
        known = f"its members are {names}" if names else "add them first"
        return f"{self.member!r} is no member of {self.calendar}: {known}"


class DuplicateMemberError(CollectiveBookingError, ValueError):
    """Somebody is added who is on the roster already (O1).

    >>> from collective_booking.testing.samples import ANA, calendar
    >>> try:
    ...     calendar().add_member(ANA)
    ... except DuplicateMemberError as error:
    ...     print(error)
    'ana' is a member of sales-call already: change them instead
    """

    def __init__(self, calendar: str, member: str) -> None:
        super().__init__(calendar, member)
        self.calendar = calendar
        self.member = member

    def __str__(self) -> str:
        return f"{self.member!r} is a member of {self.calendar} already: change them instead"


class RosterSizeError(CollectiveBookingError, ValueError):
    """The change would leave too few or too many members (O1).

    >>> from collective_booking.testing.samples import calendar
    >>> try:
    ...     calendar().remove_member("ben")
    ... except RosterSizeError as error:
    ...     print(error.size, error.least, error.most)
    1 2 100
    """

    def __init__(self, calendar: str, size: int, least: int, most: int) -> None:
        super().__init__(calendar, size, least, most)
        self.calendar = calendar
        self.size = size
        self.least = least
        self.most = most

    def __str__(self) -> str:
        first = "add someone" if self.size < self.least else "remove someone"
        count = f"{self.size} member{'s' if self.size != 1 else ''}"
        return f"{self.calendar} would have {count}, not {self.least} to {self.most}: {first} first"


class PrimaryOwnerRemovalError(CollectiveBookingError, ValueError):
    """The primary owner cannot leave before another member takes over (O3).

    >>> from collective_booking.testing.samples import ANA, BEN, CLEO, calendar
    >>> try:
    ...     calendar(ANA, BEN, CLEO).remove_member("ana")
    ... except PrimaryOwnerRemovalError as error:
    ...     print(error)
    'ana' owns sales-call: make another member owner, then remove them
    """

    def __init__(self, calendar: str, owner: str) -> None:
        super().__init__(calendar, owner)
        self.calendar = calendar
        self.owner = owner

    def __str__(self) -> str:
        return f"{self.owner!r} owns {self.calendar}: make another member owner, then remove them"


class OptionalOwnerError(CollectiveBookingError, ValueError):
    """Only a required member can own a calendar, and the owner stays required (O2).

    >>> from collective_booking.testing.samples import calendar, member
    >>> try:
    ...     calendar().replace_member(member("ana", required=False))
    ... except OptionalOwnerError as error:
    ...     print(error)
    'ana' cannot be optional and own sales-call: make them required
    """

    def __init__(self, calendar: str, member: str) -> None:
        super().__init__(calendar, member)
        self.calendar = calendar
        self.member = member

    def __str__(self) -> str:
        return f"{self.member!r} cannot be optional and own {self.calendar}: make them required"


# --- booking -------------------------------------------------------------------------------------


class UnknownCalendarError(CollectiveBookingError, KeyError):
    """No calendar is stored under this slug.

    >>> str(UnknownCalendarError("sales"))
    "no calendar 'sales' is stored: save it first"
    """

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug

    def __str__(self) -> str:
        return f"no calendar {shown(self.slug)} is stored: save it first"


class UnknownBookingError(CollectiveBookingError, KeyError):
    """No hold or appointment has this id, or none at this version.

    >>> str(UnknownBookingError("a1", "hold"))
    "there is no hold 'a1' here: name one that the service has told of"
    """

    def __init__(self, id: str, kind: str) -> None:
        super().__init__(id, kind)
        self.id = id
        self.kind = kind

    def __str__(self) -> str:
        return (
            f"there is no {self.kind} {shown(self.id)} here: name one that the service has told of"
        )


class InvalidTokenError(CollectiveBookingError, PermissionError):
    """A token was not given out here for this purpose; that says nothing about what exists (N6).

    >>> str(InvalidTokenError())
    'this link or token is not valid: ask for a new one'
    """

    def __init__(self) -> None:
        super().__init__()

    def __str__(self) -> str:
        return "this link or token is not valid: ask for a new one"


class CalendarChangedError(CollectiveBookingError, RuntimeError):
    """The calendar changed while a booking was judged by it, or since it was shown (A1, S1).

    >>> str(CalendarChangedError("sales-call"))
    "calendar 'sales-call' has changed meanwhile: show it anew and try again"
    """

    def __init__(self, calendar: str) -> None:
        super().__init__(calendar)
        self.calendar = calendar

    def __str__(self) -> str:
        return f"calendar {shown(self.calendar)} has changed meanwhile: show it anew and try again"


class StaleVersionError(CollectiveBookingError, RuntimeError):
    """Somebody else has changed it since it was read (A3).

    >>> str(StaleVersionError("a1", 2))
    "'a1' is no longer at version 2: read it again, then change it"
    """

    def __init__(self, id: str, version: int) -> None:
        super().__init__(id, version)
        self.id = id
        self.version = version

    def __str__(self) -> str:
        return f"{self.id!r} is no longer at version {self.version}: read it again, then change it"


class RepeatedIdError(CollectiveBookingError, RuntimeError):
    """`new_id` of the service gave an id that another hold or appointment has.

    A mistake of the host's, never of a visitor's: nothing was written.

    >>> str(RepeatedIdError("a1"))
    "the id 'a1' is taken: let new_id never give one twice"
    """

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id

    def __str__(self) -> str:
        return f"the id {shown(self.id)} is taken: let new_id never give one twice"


class RequestReusedError(CollectiveBookingError, ValueError):
    """A request id was used before, for something else (S4).

    >>> str(RequestReusedError("r1"))
    "request id 'r1' was used for something else: give each request its own"
    """

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id

    def __str__(self) -> str:
        return f"request id {shown(self.id)} was used for something else: give each request its own"


class IllegalStepError(CollectiveBookingError, ValueError):
    """That cannot happen to an appointment of this status (A7); nothing has changed.

    >>> str(IllegalStepError("a1", "cancelled", "moved"))
    "appointment 'a1' is cancelled, and cannot be moved any more"
    """

    def __init__(self, id: str, status: str, happening: str) -> None:
        super().__init__(id, status, happening)
        self.id = id
        self.status = status
        self.happening = happening

    def __str__(self) -> str:
        return f"appointment {self.id!r} is {self.status}, and cannot be {self.happening} any more"


class FixedForEverError(CollectiveBookingError, ValueError):
    """An appointment keeps its owner and its members for ever (A2).

    >>> str(FixedForEverError("a1", "owner"))
    "appointment 'a1' keeps its owner for ever: cancel it and book another to meet with others"
    """

    def __init__(self, id: str, name: str) -> None:
        super().__init__(id, name)
        self.id = id
        self.name = name

    def __str__(self) -> str:
        told = f"appointment {self.id!r} keeps its {self.name} for ever"
        return f"{told}: cancel it and book another to meet with others"


class NoChangeError(CollectiveBookingError, ValueError):
    """The change would leave the appointment as it is (A3).

    >>> str(NoChangeError("a1"))
    "appointment 'a1' is so already: there is nothing to change"
    """

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id

    def __str__(self) -> str:
        return f"appointment {self.id!r} is so already: there is nothing to change"


class RequestPastError(CollectiveBookingError, ValueError):
    """A request whose time has come can no longer be approved (E2).

    >>> str(RequestPastError("a1", datetime(2026, 3, 2, 9)))
    "request 'a1' was for 2026-03-02T09:00:00, which is past: decline it"
    """

    def __init__(self, id: str, start: datetime) -> None:
        super().__init__(id, start)
        self.id = id
        self.start = start

    def __str__(self) -> str:
        return f"request {self.id!r} was for {self.start.isoformat()}, which is past: decline it"


class HoldExpiredError(CollectiveBookingError, ValueError):
    """The hold no longer keeps its time for anybody (M1). `advice` says what to do instead.

    >>> str(HoldExpiredError("h1"))
    "hold 'h1' has ended: choose a time again"
    """

    def __init__(self, id: str, advice: str = "choose a time again") -> None:
        super().__init__(id, advice)
        self.id = id
        self.advice = advice

    def __str__(self) -> str:
        return f"hold {self.id!r} has ended: {self.advice}"


# --- money ---------------------------------------------------------------------------------------


class PaymentRequiredError(CollectiveBookingError, ValueError):
    """The calendar has a price, and payment completes before anything is booked (M1).

    >>> str(PaymentRequiredError("sales-call"))
    'sales-call has a price: hold the time, then begin the payment'
    """

    def __init__(self, calendar: str) -> None:
        super().__init__(calendar)
        self.calendar = calendar

    def __str__(self) -> str:
        return f"{self.calendar} has a price: hold the time, then begin the payment"


class NothingToPayError(CollectiveBookingError, ValueError):
    """The hold has no price, or the appointment was not paid for. `advice` says what to do.

    >>> str(NothingToPayError("h1", "confirm the hold"))
    "there is no payment for 'h1': confirm the hold"
    """

    def __init__(self, id: str, advice: str) -> None:
        super().__init__(id, advice)
        self.id = id
        self.advice = advice

    def __str__(self) -> str:
        return f"there is no payment for {self.id!r}: {self.advice}"


class ForeignNotificationError(CollectiveBookingError, LookupError):
    """A notification is genuine, and about no payment that was made here (M4).

    Ask the other tenants' services, if there are any; then answer it with 200: who gets an error
    sends it again, and may give the whole endpoint up in the end. `hold` is the id of the hold that
    was charged outside of the library, if it is about one of this tenant; else None.

    >>> ForeignNotificationError("it names no hold of this tenant").detail
    'it names no hold of this tenant'
    """

    def __init__(self, detail: str, hold: str | None = None) -> None:
        super().__init__(detail, hold)
        self.detail = detail
        self.hold = hold

    def __str__(self) -> str:
        return f"this notification is about no payment here: {on_one_line(self.detail)}"


class ForgedNotificationError(CollectiveBookingError, ValueError):
    """A notification does not come from the gateway (M4).

    >>> str(ForgedNotificationError("its signature is wrong"))
    'this is no notification of the payment gateway: its signature is wrong'
    """

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice

    def __str__(self) -> str:
        return f"this is no notification of the payment gateway: {on_one_line(self.advice)}"


# --- ports ---------------------------------------------------------------------------------------


class ProviderUnavailableError(CollectiveBookingError, RuntimeError):
    """A calendar service cannot answer now: nothing is known of the members asked (F3).

    >>> str(ProviderUnavailableError("503"))
    'the calendars cannot be read now: 503'
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"the calendars cannot be read now: {on_one_line(self.detail)}"


class UndeliverableError(CollectiveBookingError, RuntimeError):
    """An effect can never be delivered: trying again will not help (E1).

    >>> str(UndeliverableError("no such mailbox"))
    'it can never be delivered: no such mailbox'
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"it can never be delivered: {on_one_line(self.detail)}"


class MailUnavailableError(CollectiveBookingError, RuntimeError):
    """A mail server does not take mail now, or not from here: it is tried again later (E1).

    >>> str(MailUnavailableError("mail.example.com answered 421"))
    'the mail cannot be handed over now: mail.example.com answered 421'
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"the mail cannot be handed over now: {on_one_line(self.detail)}"


class AsyncPortError(CollectiveBookingError, TypeError):
    """`BookingService` was given a port whose methods are coroutines.

    >>> str(AsyncPortError("store", "commit"))
    'store.commit is async: use AsyncBookingService, or a port that is not'
    """

    def __init__(self, port: str, method: str) -> None:
        super().__init__(port, method)
        self.port = port
        self.method = method

    def __str__(self) -> str:
        return f"{self.port}.{self.method} is async: use AsyncBookingService, or a port that is not"


class MissingPortError(CollectiveBookingError, RuntimeError):
    """A command needs a port that the service was not given.

    >>> str(MissingPortError("gateway"))
    'this needs a gateway: pass one to the service'
    """

    def __init__(self, port: str) -> None:
        super().__init__(port)
        self.port = port

    def __str__(self) -> str:
        return f"this needs a {self.port}: pass one to the service"


class RetryTransactionError(CollectiveBookingError, RuntimeError):
    """The database gave up this transaction for another one; nothing was written (S5).

    >>> str(RetryTransactionError("deadlock detected"))
    'roll back and run the whole transaction again: deadlock detected'
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"roll back and run the whole transaction again: {on_one_line(self.detail)}"


class OwnTransactionError(CollectiveBookingError, RuntimeError):
    """A command that calls others between two commits cannot be part of your transaction (S5).

    >>> str(OwnTransactionError("begin_payment"))
    'begin_payment needs transactions of its own: run it outside yours'
    """

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command

    def __str__(self) -> str:
        return f"{self.command} needs transactions of its own: run it outside yours"


class UnguardedStoreError(CollectiveBookingError, RuntimeError):
    """The database lacks the guard against overlapping claims; the store does not work (S2).

    `advice` says what to do.

    >>> str(UnguardedStoreError("the guard", "call store.create()"))
    'the database lacks the guard: call store.create()'
    """

    def __init__(
        self,
        missing: str,
        advice: str = "call store.create(), or install_guards(connection) in a migration",
    ) -> None:
        super().__init__(missing, advice)
        self.missing = missing
        self.advice = advice

    def __str__(self) -> str:
        return f"the database lacks {self.missing}: {self.advice}"
