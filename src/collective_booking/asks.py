"""What a workflow asks of the world: each ask is a port's method with its arguments.

Lives here: the asks, typed by their answers, and the two drivers that have them answered.
Must not live here: who answers (that is `service`), what follows from an answer.

A workflow is an `async def` that awaits asks, and no event loop is involved: awaiting an ask yields
it to the driver, which sends the answer back in. So each workflow stands once, for synchronous and
asynchronous hosts, and is tested without either. A driver always runs a workflow to its end: what
goes wrong with an ask, and be it a cancelled task, is raised inside the workflow.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from collective_booking.appointments import Appointment
from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import is_one_line
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Taken,
)
from collective_booking.effects import Attempted, Effect
from collective_booking.errors import (
    CollectiveBookingError,
    UnknownBookingError,
    UnknownCalendarError,
    WrongTypeError,
    require,
)
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.messages import MemberCopy, Message
from collective_booking.money import Money
from collective_booking.payments import Charge, Notice, PaymentAnswer, PaymentNews
from collective_booking.slots import Admission

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One question to one port. Its fields are the arguments of the port's method, in order."""

    port: ClassVar[str]
    method: ClassVar[str]

    def __await__(self) -> Generator[Ask[Any], Any, T]:
        answer: T = yield self
        return answer

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the method is called with."""
        return tuple(getattr(self, each.name) for each in fields(self))


def drive(workflow: Coroutine[Any, Any, T], answer: Callable[[Ask[Any]], Any]) -> T:
    """Run *workflow* to its end; *answer* gives each ask its answer, or raises."""
    try:
        ask = workflow.send(None)
        while True:
            try:
                reply = answer(_an_ask(ask))
            except BaseException as error:  # noqa: BLE001  # the workflow decides what it means
                ask = workflow.throw(error)
            else:
                ask = workflow.send(reply)
    except StopIteration as done:
        result: T = done.value
        return result


async def drive_async(
    workflow: Coroutine[Any, Any, T], answer: Callable[[Ask[Any]], Awaitable[Any]]
) -> T:
    """Run *workflow* to its end, with answers that are awaited."""
    try:
        ask = workflow.send(None)
        while True:
            try:
                reply = await answer(_an_ask(ask))
            except BaseException as error:  # noqa: BLE001  # a cancelled task too: it cleans up
                ask = workflow.throw(error)
            else:
                ask = workflow.send(reply)
    except StopIteration as done:
        result: T = done.value
        return result


def _an_ask(asked: object) -> Ask[Any]:
    if not isinstance(asked, Ask):
        raise WrongTypeError("what a workflow awaits", asked, "an ask, for no event loop runs it")
    return asked


# --- the calendars of the members ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadAvailability(Ask[Mapping[str, Availability]]):
    """What makes members unavailable in a window."""

    port = "provider"
    method = "availability"
    members: Sequence[Member]
    window: Interval


@dataclass(frozen=True, slots=True)
class PutCopy(Ask[None]):
    """A member's calendar gets an appointment."""

    port = "provider"
    method = "put"
    copy: MemberCopy


@dataclass(frozen=True, slots=True)
class UpdateCopy(Ask[None]):
    """A member's calendar changes its copy of one."""

    port = "provider"
    method = "update"
    copy: MemberCopy


@dataclass(frozen=True, slots=True)
class RemoveCopy(Ask[None]):
    """A member's calendar loses its copy of one."""

    port = "provider"
    method = "remove"
    copy: MemberCopy


@dataclass(frozen=True, slots=True)
class Notify(Ask[None]):
    """Somebody is written to."""

    port = "notifier"
    method = "send"
    message: Message


# --- money ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Authorise(Ask[PaymentAnswer]):
    """Money is reserved for a hold."""

    port = "gateway"
    method = "authorise"
    charge: Charge


@dataclass(frozen=True, slots=True)
class Capture(Ask[PaymentAnswer]):
    """Reserved money is taken."""

    port = "gateway"
    method = "capture"
    reference: str
    money: Money
    key: str


@dataclass(frozen=True, slots=True)
class Void(Ask[PaymentAnswer]):
    """Reserved money is let go."""

    port = "gateway"
    method = "void"
    reference: str
    key: str


@dataclass(frozen=True, slots=True)
class Refund(Ask[PaymentAnswer]):
    """Taken money is given back."""

    port = "gateway"
    method = "refund"
    reference: str
    money: Money
    key: str


@dataclass(frozen=True, slots=True)
class Interpret(Ask[PaymentNews]):
    """What a notification says, if it is genuine."""

    port = "gateway"
    method = "interpret"
    notice: Notice


# --- the store -----------------------------------------------------------------------------------


def _find(name: str, key: object, unknown: Callable[[str], CollectiveBookingError]) -> None:
    """Refuse a *key* under which nothing can be stored, before any database chokes on it."""
    require(name, key, str, "text")
    if not is_one_line(str(key)):
        raise unknown(str(key))


@dataclass(frozen=True, slots=True)
class SaveCalendar(Ask[SavedCalendar]):
    """A calendar is stored, as a new version if it differs."""

    port = "store"
    method = "save_calendar"
    tenant: str
    calendar: CollectiveCalendar
    version: int | None
    now: datetime


@dataclass(frozen=True, slots=True)
class ReadCalendar(Ask[StoredCalendar]):
    """A calendar and its version."""

    port = "store"
    method = "calendar"
    tenant: str
    slug: str

    def __post_init__(self) -> None:
        _find("slug", self.slug, UnknownCalendarError)


@dataclass(frozen=True, slots=True)
class ReadTaken(Ask[Taken]):
    """What is claimed of members, and what counts to a calendar's caps."""

    port = "store"
    method = "taken"
    tenant: str
    slug: str
    members: Sequence[str]
    window: Interval
    now: datetime


@dataclass(frozen=True, slots=True)
class ReadOutcome(Ask[Outcome | None]):
    """What a request came to, if it was made before."""

    port = "store"
    method = "outcome"
    tenant: str
    request: Request


@dataclass(frozen=True, slots=True)
class Commit(Ask[Outcome | None]):
    """A draft is written if the predicate admits it: all of it, or nothing."""

    port = "store"
    method = "commit"
    draft: Draft
    admit: Admission | None = None


@dataclass(frozen=True, slots=True)
class ReadHold(Ask[Hold]):
    """A hold, as it is now."""

    port = "store"
    method = "hold"
    tenant: str
    id: str


@dataclass(frozen=True, slots=True)
class ReadAppointment(Ask[Appointment]):
    """An appointment, as it is now or at an earlier version."""

    port = "store"
    method = "appointment"
    tenant: str
    id: str
    version: int | None = None

    def __post_init__(self) -> None:
        _find("id", self.id, lambda id_: UnknownBookingError(id_, "appointment"))
        require("version", self.version, int | None, "a whole number")


@dataclass(frozen=True, slots=True)
class ReadAppointments(Ask[tuple[Appointment, ...]]):
    """The appointments that start in a window, earliest first."""

    port = "store"
    method = "appointments"
    tenant: str
    window: Interval
    slug: str | None = None

    def __post_init__(self) -> None:
        if self.slug is not None:
            _find("slug", self.slug, UnknownCalendarError)


@dataclass(frozen=True, slots=True)
class ReadUnfinished(Ask[tuple[str, ...]]):
    """The holds whose attempt needs something now."""

    port = "store"
    method = "unfinished"
    tenant: str
    now: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class TakeEffects(Ask[tuple[Effect, ...]]):
    """Effects that are due, leased to this deliverer for a while."""

    port = "store"
    method = "take_effects"
    tenant: str
    now: datetime
    until: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class RecordAttempt(Ask[None]):
    """What came of trying to deliver an effect."""

    port = "store"
    method = "attempted"
    attempted: Attempted


@dataclass(frozen=True, slots=True)
class ReadUndelivered(Ask[tuple[Effect, ...]]):
    """The effects that failed so far, dead letters among them."""

    port = "store"
    method = "undelivered"
    tenant: str


@dataclass(frozen=True, slots=True)
class RetryEffect(Ask[None]):
    """An effect that failed, or a dead letter, is due at once."""

    port = "store"
    method = "retry"
    tenant: str
    key: str
    now: datetime

    def __post_init__(self) -> None:
        _find("key", self.key, lambda key: UnknownBookingError(key, "undelivered effect"))


@dataclass(frozen=True, slots=True)
class Forget(Ask[None]):
    """Outcomes and notifications that need not be remembered any longer are deleted."""

    port = "store"
    method = "forget"
    tenant: str
    before: datetime
