"""What one command writes, and the one decision whether it may: asked by every store.

Lives here: `Draft`, what a store reads under its lock to decide about one, and `decide` (S1).
Must not live here: locks, SQL, what makes a start free (that is `slots`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final, Protocol

from collective_booking.appointments import Appointment
from collective_booking.availability import Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import MAX_NAME, Rules, text
from collective_booking.effects import Effect
from collective_booking.errors import (
    CalendarChangedError,
    HoldExpiredError,
    RepeatedIdError,
    RequestReusedError,
    StaleVersionError,
)
from collective_booking.holds import Hold, HoldState
from collective_booking.intervals import Interval
from collective_booking.reasons import Explanation, Reason, SlotUnavailableError, What
from collective_booking.slots import Admission

REMEMBERED: Final = timedelta(days=30)
"""How long the outcome of a request is kept, to be answered again (S4)."""


@dataclass(frozen=True, slots=True)
class StoredCalendar:
    """A calendar as it is stored, at its version, which rises with each change of it.

    >>> from collective_booking.testing.samples import calendar
    >>> StoredCalendar(calendar(), version=3)
    StoredCalendar(calendar=<CollectiveCalendar 'sales-call': 1h with ana (owner), ben>, version=3)
    """

    calendar: CollectiveCalendar
    version: int


@dataclass(frozen=True, slots=True)
class SavedCalendar:
    """What saving a calendar came to.

    `changed` is False where it was stored so already. `kept` are the future appointments that keep
    members who are no longer on its roster (A4).

    >>> from collective_booking.testing.samples import appointment, calendar
    >>> saved = SavedCalendar(StoredCalendar(calendar(), 2), changed=True, kept=(appointment(),))
    >>> [each.id for each in saved.kept]
    ['a1']
    """

    stored: StoredCalendar
    changed: bool
    kept: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken already: claims on members' time, and what counts to a calendar's caps.

    >>> from collective_booking.testing.samples import appointment
    >>> [claim.member for claim in Taken(claims=appointment().claims()).claims]
    ['ana', 'ben']
    """

    claims: tuple[Claim, ...] = ()
    counted: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request id, unique per tenant, and the fingerprint of what was asked under it (S4).

    Raises:
        ConfigurationError: the id cannot be so.

    >>> asked = Request.of("r1", "cancel", "a1")
    >>> asked.id, len(asked.fingerprint)
    ('r1', 32)
    """

    id: str
    fingerprint: str

    def __post_init__(self) -> None:
        REQUEST_RULES.settle(self, "the request")

    @classmethod
    def of(cls, id: str, command: str, *arguments: object) -> Request:
        """The request *id* for *command* with *arguments*, whose texts tell them apart.

        >>> Request.of("r1", "cancel", "a1") == Request.of("r1", "cancel", "a2")
        False
        """
        asked = json.dumps([command, *map(repr, arguments)])
        return cls(id, blake2b(asked.encode(), digest_size=16).hexdigest())


REQUEST_RULES: Final = Rules({"id": text(MAX_NAME), "fingerprint": text(MAX_NAME)}, {})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request came to: the hold or appointment, and its version then (S4).

    >>> Outcome("a1", version=2).subject
    'a1'
    """

    subject: str
    version: int


class Tenure(StrEnum):
    """What a draft does to the claims of its hold or appointment."""

    SAME = "same"
    """Nothing: they stay as they are."""
    ANEW = "anew"
    """Whatever it claimed is freed, and what it claims now is taken."""
    FOR_GOOD = "for good"
    """What a hold claims loses its expiry; it settles, or becomes an appointment."""
    ENDED = "ended"
    """Whatever it claimed is freed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that one command writes: all of it, or nothing (S1).

    `hold` and `appointment` are their next versions, new ones at version 1; where both are there,
    the hold becomes the appointment, and they share one id. `judged` is the version of the calendar
    that the draft was judged by; None where nothing is judged. `news` is the id of the gateway's
    notification that it takes in, each once. `capped` says that caps are judged too, so that the
    calendar is locked for this draft alone.

    >>> from collective_booking.testing.samples import NOW, appointment
    >>> draft = Draft(tenant="default", now=NOW, appointment=appointment(), judged=1)
    >>> draft.subject.id, draft.tenure.value
    ('a1', 'same')
    >>> draft.is_new, draft.pays, draft.outcome
    (True, False, Outcome(subject='a1', version=1))

    What it leaves behind follows from its subject; what a hold leaves expires with it.

    >>> from collective_booking.testing.samples import hold
    >>> keeping = Draft(tenant="default", now=NOW, hold=hold(), judged=1, tenure=Tenure.ANEW)
    >>> [claim.member for claim in keeping.claims], keeping.counted.id, f"{keeping.until:%H:%M}"
    (['ana', 'ben'], 'h1', '07:10')
    >>> releasing = Draft(tenant="default", now=NOW, hold=hold(state=HoldState.RELEASED))
    >>> releasing.claims, releasing.counted, releasing.until
    ((), None, None)
    """

    tenant: str
    now: datetime
    hold: Hold | None = None
    appointment: Appointment | None = None
    judged: int | None = None
    capped: bool = False
    tenure: Tenure = Tenure.SAME
    effects: tuple[Effect, ...] = ()
    request: Request | None = None
    news: str | None = None

    @property
    def subject(self) -> Hold | Appointment:
        """Whose claims it is about: the appointment, or the hold that is none yet."""
        subject = self.appointment or self.hold
        assert subject is not None
        return subject

    @property
    def is_new(self) -> bool:
        """Whether its subject is stored for the first time, and continues no hold.

        >>> from collective_booking.testing.samples import NOW, appointment, hold
        >>> kept = hold(id="a1").stepped(state=HoldState.BOOKED)
        >>> Draft(tenant="default", now=NOW, hold=kept, appointment=appointment()).is_new
        False
        """
        return self.subject.version == 1 and (self.hold is None or self.hold.version == 1)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that its subject has from now on; none where it takes no time (A7)."""
        return self.subject.claims()

    @property
    def counted(self) -> Counted | None:
        """What its subject counts to the caps from now on (A7); None if it does not count."""
        subject = self.subject
        counts = subject.claims_time if isinstance(subject, Hold) else subject.status.counts
        return Counted(subject.id, subject.slot.start) if counts else None

    @property
    def until(self) -> datetime | None:
        """When its claims and its count expire, in UTC; None if they do not."""
        hold = self.hold if self.appointment is None else None
        return hold.expires if hold is not None and hold.state is HoldState.HELD else None

    @property
    def pays(self) -> bool:
        """Whether a gateway is called after it: such a draft joins nobody's transaction (S5).

        >>> from collective_booking.payments import Payment
        >>> from collective_booking.testing.samples import EUROS, NOW, hold
        >>> Draft(tenant="default", now=NOW, hold=hold(payment=Payment(money=EUROS))).pays
        True
        """
        return self.hold is not None and self.hold.payment is not None

    @property
    def outcome(self) -> Outcome:
        """What its request came to, once it is written."""
        return Outcome(self.subject.id, self.subject.version)


class Ledger(Protocol):
    """What a store reads under its lock, for `decide`: in this order, each once at most.

    Of a store in which Kim's call is all there is beside its calendar, it answers like this:

    >>> from types import SimpleNamespace
    >>> from collective_booking.testing.samples import NOW, appointment, at
    >>> kims = appointment()
    >>> ledger = SimpleNamespace(
    ...     outcome=lambda request: None,
    ...     has_news=lambda id: False,
    ...     calendar_version={"sales-call": 1}.get,
    ...     hold_version=lambda id: 0,
    ...     appointment_version=lambda id: 1 if id == kims.id else 0,
    ...     claimed=lambda id: len(kims.claims()) if id == kims.id else 0,
    ...     claims=lambda subject: kims.claims(),
    ...     counted=lambda subject: [Counted(kims.id, kims.start)],
    ... )
    >>> ledger.outcome(Request.of("r1", "cancel")), ledger.has_news("evt_1")
    (None, False)
    >>> ledger.calendar_version("sales-call"), ledger.calendar_version("demo")
    (1, None)
    >>> ledger.hold_version("a1"), ledger.appointment_version("a1"), ledger.claimed("a1")
    (0, 1, 2)
    >>> [claim.member for claim in ledger.claims(kims)], len(ledger.counted(kims))
    (['ana', 'ben'], 1)

    By that, Kim's call may be moved from its first version; its id can be given to no other.

    >>> moved = Draft(tenant="default", now=NOW, appointment=kims.moved(at("14:00"), NOW))
    >>> decide(moved, None, ledger)
    >>> decide(Draft(tenant="default", now=NOW, appointment=kims), None, ledger)
    Traceback (most recent call last):
    collective_booking.errors.RepeatedIdError: ...
    """

    def outcome(self, request: Request) -> tuple[str, Outcome] | None:
        """The fingerprint and the outcome recorded under this request's id; None if none is."""
        ...

    def has_news(self, id: str) -> bool:
        """Whether this notification was taken in already."""
        ...

    def calendar_version(self, slug: str) -> int | None:
        """The stored version of this calendar; None if there is none."""
        ...

    def hold_version(self, id: str) -> int:
        """The stored version of this hold; 0 if there is none."""
        ...

    def appointment_version(self, id: str) -> int:
        """The stored version of this appointment; 0 if there is none."""
        ...

    def claimed(self, id: str) -> int:
        """How many live claims are stored for this hold or appointment."""
        ...

    def claims(self, subject: Hold | Appointment) -> Iterable[Claim]:
        """The live claims on its members near its slot.

        Near is what a buffer can reach: the slot, widened by its own buffers and by the largest
        that is stored. Claims of holds that have lapsed are none.
        """
        ...

    def counted(self, subject: Hold | Appointment) -> Iterable[Counted]:
        """What counts to its calendar's caps a month around it (N3)."""
        ...


def decide(draft: Draft, admit: Admission | None, ledger: Ledger) -> Outcome | None:
    """Whether *draft* may be written; the outcome recorded earlier, if it was written already.

    Asked by every store, under its lock, before it writes anything (S1, S4). None says that it may,
    and is yet to be written.

    Raises:
        RequestReusedError: something else was asked under this request id.
        CalendarChangedError: its calendar is no longer the version it was judged by.
        RepeatedIdError: it is new, and its id is that of another hold or appointment.
        StaleVersionError: its hold or appointment has changed since it was read.
        HoldExpiredError: its claims are gone, for the hold has lapsed by somebody else's clock.
        SlotUnavailableError: *admit* refuses its start, under the claims as they are now.

    >>> from types import SimpleNamespace
    >>> from collective_booking.testing.samples import NOW, appointment
    >>> asked, done = Request.of("r1", "book", "10:00"), Outcome("a1", version=1)
    >>> draft = Draft(tenant="default", now=NOW, appointment=appointment(), request=asked)
    >>> ledger = SimpleNamespace(outcome=lambda request: (asked.fingerprint, done))
    >>> decide(draft, None, ledger) == done  # and nothing else was asked
    True
    """
    if known := _answered(draft, ledger):
        return known
    calendar = draft.subject.calendar
    if draft.judged is not None and ledger.calendar_version(calendar) != draft.judged:
        raise CalendarChangedError(calendar)
    _follow(draft, ledger)
    if draft.tenure is Tenure.FOR_GOOD and ledger.claimed(draft.subject.id) != len(draft.claims):
        raise HoldExpiredError(draft.subject.id)
    if admit is not None:
        _admitted(draft, admit, ledger)
    return None


def _answered(draft: Draft, ledger: Ledger) -> Outcome | None:
    """What was written before under the same request, or the same notification."""
    if draft.request and (known := ledger.outcome(draft.request)):
        return same_request(draft.request, *known)
    if draft.news and ledger.has_news(draft.news):
        return draft.outcome
    return None


def _follow(draft: Draft, ledger: Ledger) -> None:
    """See that hold and appointment follow the versions that are stored; what is new, none (A3).

    A hold and the appointment that it becomes have one id: given to another, that id would take
    along the claims of the first.
    """
    versions = ((draft.hold, ledger.hold_version), (draft.appointment, ledger.appointment_version))
    if draft.is_new:
        if any(version(draft.subject.id) for _, version in versions):
            raise RepeatedIdError(draft.subject.id)
        return
    for value, version in versions:
        if value is not None and version(value.id) != value.version - 1:
            raise StaleVersionError(value.id, value.version - 1)


def same_request(request: Request, fingerprint: str, outcome: Outcome) -> Outcome:
    """The recorded *outcome* of *request*.

    Raises:
        RequestReusedError: what was recorded answered something else.

    >>> asked, other = Request.of("r1", "cancel", "a1"), Request.of("r1", "cancel", "a2")
    >>> same_request(asked, asked.fingerprint, Outcome("a1", version=2)).version
    2
    >>> same_request(asked, other.fingerprint, Outcome("a2", version=2))
    Traceback (most recent call last):
    collective_booking.errors.RequestReusedError: ...
    """
    if fingerprint != request.fingerprint:
        raise RequestReusedError(request.id)
    return outcome


def _admitted(draft: Draft, admit: Admission, ledger: Ledger) -> None:
    subject = draft.subject
    # What is being confirmed, approved or moved never blocks or counts against itself (S1).
    claims = [each for each in ledger.claims(subject) if each.exclusive and each.id != subject.id]
    others = ledger.counted(subject) if draft.capped else ()
    counted = [each for each in others if each.id != subject.id]
    if reasons := admit(claims, counted):
        raise SlotUnavailableError(Explanation(subject.slot.start, reasons))


COUNTED_AROUND: Final = timedelta(days=32)
"""How far around a slot things are counted: any day, week or month it touches lies within."""


def counted_around(slot: Interval) -> Interval:
    """The starts that may count to the caps of *slot*'s day, week and month (N3).

    32 days on either side, which no zone's day, week or month outgrows.

    >>> from collective_booking.testing.samples import slot
    >>> print(counted_around(slot("10:00", "11:00")))
    2026-10-22T10:00:00Z/2026-12-25T11:00:00Z
    """
    return slot.pad(COUNTED_AROUND, COUNTED_AROUND)


def overlap(slot: Interval, met: Iterable[Claim]) -> SlotUnavailableError:
    """What a store's guard raises where claims were *met* in spite of all that was asked (S2).

    >>> from collective_booking.testing.samples import appointment, slot
    >>> error = overlap(slot("10:30", "11:30"), appointment().claims())
    >>> [(reason.what.value, reason.who, reason.claim) for reason in error.reasons]
    [('other appointment', 'ana', 'a1'), ('other appointment', 'ben', 'a1')]
    """
    reasons = (
        Reason(What.HOLD if each.held else What.APPOINTMENT, each.member, each.interval, each.id)
        for each in met
    )
    return SlotUnavailableError(Explanation(slot.start, tuple(reasons)))
