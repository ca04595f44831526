"""What a host brings: calendars, messages, money, a store and a clock, each as a protocol.

Lives here: the ports, method by method as a duty.
Must not live here: any implementation, any decision, and what is awaited (that is `async_ports`).

The shape is enough, nothing needs to be inherited. Every method may be called from several threads
at once. What it raises besides the errors named here is treated as a failure of the service behind
it, and says nothing about whether it has acted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from collective_booking.appointments import Appointment
from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Taken,
)
from collective_booking.effects import Attempted, Effect
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.messages import MemberCopy, Message
from collective_booking.money import Money
from collective_booking.payments import Charge, Notice, PaymentAnswer, PaymentNews
from collective_booking.slots import Admission


class KeepsCopies(Protocol):
    """The half of a `CalendarProvider` that writes: the members' copies of appointments.

    >>> from collective_booking.testing import FakeProvider, samples
    >>> provider, call = FakeProvider(), samples.appointment()
    >>> provider.put(samples.copy(call, "ben"))
    >>> provider.update(samples.copy(call.moved(samples.at("14:00"), samples.NOW), "ben"))
    >>> [copy.appointment.start.hour for copy in provider.copies["ben"].values()]
    [14]
    >>> provider.remove(samples.copy(call, "ben"))
    >>> provider.copies["ben"]
    {}
    """

    def put(self, copy: MemberCopy) -> None:
        """Put an appointment into the calendar of `copy.member`, or replace it there by its UID.

        Called when the outbox is delivered, at least once for each copy, again after a failure,
        with the same bytes and the same `copy.key`: it is there once all the same. Nothing else in
        that calendar changes, and nobody else's does. What cannot be kept raises. The calendar must
        not send e-mail to anybody.

        Raises:
            UndeliverableError: that can never succeed; it becomes a dead letter at once. Any other
                error means that it is tried again later.
        """
        ...

    def update(self, copy: MemberCopy) -> None:
        """Change the copy of `copy.member` that an earlier `put` made; it has a higher SEQUENCE.

        Called as `put` is, never before a `put` or `update` of an earlier version has succeeded. A
        copy that its owner has deleted meanwhile is put anew.

        Raises:
            UndeliverableError: as `put` does.
        """
        ...

    def remove(self, copy: MemberCopy) -> None:
        """Take the copy of `copy.member` out of their calendar; `copy.icalendar` is the CANCEL.

        Called as `update` is. A copy that is not there any more is no failure.

        Raises:
            UndeliverableError: as `put` does.
        """
        ...


class CalendarProvider(KeepsCopies, Protocol):
    """The members' own calendars: what they say, and the copies of appointments in them."""

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """Everything that makes each of *members* unavailable inside *window*, by their id.

        Called once for each search or booking, with every member who has a `calendar` and whose
        busy time counts, never under a lock. Cover the whole window, however long, and clip the
        answer to it: what could not be looked up goes into the answer's `unknown`, for a stretch
        that nobody mentions counts as free. A member who is left out is unknown all the time. Leave
        out the events whose UID ends in the host's suffix: for our own appointments the store is
        the truth (F6). A service that cannot tell them says so by `sees_own_copies`.

        Raises:
            ProviderUnavailableError: nothing is known of any of them in the window (F3). Any other
                error means the same.

        >>> from collective_booking.availability import Availability
        >>> from collective_booking.intervals import IntervalSet
        >>> from collective_booking.testing import FakeProvider
        >>> from collective_booking.testing.samples import ANA, BEN, MONDAY, slot
        >>> lunch = Availability(busy=IntervalSet([slot("12:00", "13:00")]))
        >>> told = FakeProvider({"ana": lunch}).availability([ANA, BEN], MONDAY)
        >>> {id: str(each.busy) for id, each in told.items()}
        {'ana': '2026-11-23T12:00:00Z/2026-11-23T13:00:00Z', 'ben': 'never'}
        """
        ...


class Notifier(Protocol):
    """Writes to the owner, to the booker, and signals to the host application."""

    def send(self, message: Message) -> None:
        """Send one message to whom it names.

        Called when the outbox is delivered, at least once for each message, again after a failure
        with the same `message.key`, by which the recipient must be able to tell a repetition (a
        Message-ID made of it, for example). Messages of one appointment to one recipient come in
        order, and go on in it. An invitation arrives byte for byte. What has not been sent raises.

        Raises:
            UndeliverableError: it can never arrive; it becomes a dead letter at once. Any other
                error means that it is tried again later.

        >>> from collective_booking.messages import Audience
        >>> from collective_booking.testing import FakeNotifier
        >>> from collective_booking.testing.samples import message
        >>> notifier = FakeNotifier()
        >>> for _ in range(2):  # nobody knows whether the first has arrived
        ...     notifier.send(message(Audience.OWNER))
        >>> [each.email for each in notifier.received]
        ['ana@example.com']
        """
        ...


class PaymentGateway(Protocol):
    """Moves money. Each call carries an idempotency key: under one key it acts once (M4).

    Each answers with the state the payment is in afterwards, and with what is reserved or was
    taken: of another amount than was asked, all goes back (M3). DECLINED promises that no money has
    moved and none will. An error means that nobody knows whether it has acted: the same call is
    made again later, under the same key, until it answers (M2). A repetition answers what was
    answered before, or the state of now if the payment has gone on.

    >>> from collective_booking.money import Money
    >>> from collective_booking.testing import FakeGateway
    >>> from collective_booking.testing.samples import EUROS, charge
    >>> gateway = FakeGateway()
    >>> answer = gateway.authorise(charge())
    >>> print(answer.state, answer.money, answer.action)
    pending 50.00 EUR https://pay.example.com/pay-h1-1
    >>> news = gateway.interpret(gateway.pay("h1"))  # the payer acts, and a webhook comes in
    >>> print(news.hold, news.state)
    h1 authorised
    >>> print(gateway.capture(news.reference, EUROS, "default/h1/capturing").state)
    captured
    >>> print(gateway.void(news.reference, "default/h1/voiding").state)  # too late
    captured
    >>> print(gateway.refund(news.reference, Money(2000, "EUR"), "default/h1/refunding").state)
    refunded
    """

    def authorise(self, charge: Charge) -> PaymentAnswer:
        """Reserve `charge.money`, or begin to: PENDING with an `action` where the payer must act.

        Called once for each hold that is paid for, and again until it has answered. A gateway that
        cannot reserve takes the money at once and answers CAPTURED.
        """
        ...

    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Take the money that was reserved under *reference*. Called once the time is claimed."""
        ...

    def void(self, reference: str, key: str) -> PaymentAnswer:
        """Let go of the money reserved under *reference*, and take no more for it.

        Also called for a payment whose payer has not acted. Answers CAPTURED where the money has
        been taken already; it is refunded then.
        """
        ...

    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Give *money* back of what was taken under *reference*: all of it, or a part."""
        ...

    def interpret(self, notice: Notice) -> PaymentNews:
        """What a webhook, or the query of a return page, says about a payment.

        Called for whatever comes in, as often as it comes in. Check that it is genuine, by its
        signature or by asking the service. A repeated notification has the same `id` each time, and
        no other has it; one that comes late is genuine still.

        Raises:
            ForgedNotificationError: it is not genuine.
            ForeignNotificationError: it is genuine, and about nothing that this gateway made.
        """
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The current time, with a UTC offset. Called once for each command (N6).

        It need not be this machine's; by itself it does not go back.

        >>> from collective_booking.testing import FakeClock
        >>> from collective_booking.testing.samples import NOW
        >>> FakeClock(NOW).now().isoformat()
        '2026-11-23T07:00:00+00:00'
        """
        ...


class BookingStore(Protocol):
    """Keeps calendars, holds, appointments, claims and the outbox; decides under its lock (S1).

    Each method is one transaction. Everything is bounded by a tenant: one id in two tenants is two
    things (S6). What is written is there after a crash.

    What a service has written is read back:

    >>> from collective_booking.adapters.memory import MemoryStore
    >>> from collective_booking.testing.samples import KIM, MONDAY, NOW, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> store = MemoryStore()
    >>> service = sandbox(calendar(), store=store)
    >>> store.calendar("default", "sales-call").version
    1
    >>> booked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> store.appointment("default", booked.id) == booked
    True
    >>> store.appointments("default", MONDAY) == (booked,)
    True
    >>> taken = store.taken("default", "sales-call", ("ana", "ben"), MONDAY, NOW)
    >>> len(taken.claims), len(taken.counted)
    (2, 1)
    >>> held = service.hold("sales-call", at("11:00"), KIM).hold
    >>> store.hold("default", held.id) == held
    True
    >>> store.unfinished("default", NOW, 10), store.unfinished("default", held.expires, 10)
    ((), ('id3',))

    The outbox is worked off:

    >>> from collective_booking.effects import Attempted
    >>> later = at("08:00")
    >>> [effect, *others] = store.take_effects("default", NOW, later, 10)
    >>> store.take_effects("default", NOW, later, 10)  # all of it is leased
    ()
    >>> store.attempted(Attempted(effect=effect, failure="the server hangs up", again=later))
    >>> [each.failure for each in store.undelivered("default")]
    ['the server hangs up']
    >>> store.retry("default", effect.key, NOW)
    >>> store.take_effects("default", NOW, later, 10)[0].key == effect.key
    True
    """

    def save_calendar(
        self, tenant: str, calendar: CollectiveCalendar, version: int | None, now: datetime
    ) -> SavedCalendar:
        """Store *calendar* under its slug, as a new version if it differs from what is stored.

        The calendar is locked against every booking meanwhile, so that the appointments told as
        `kept` are all there are (A4): those that have not ended at *now*, are pending or confirmed,
        and whose roster has somebody whom *calendar* no longer has.

        Raises:
            CalendarChangedError: the stored version is not *version*. None asks for no version, and
                0 for none being stored.

        >>> from collective_booking.adapters.memory import MemoryStore
        >>> from collective_booking.testing.samples import NOW, calendar
        >>> store = MemoryStore()
        >>> store.save_calendar("default", calendar(), 0, NOW).stored.version
        1
        >>> store.save_calendar("default", calendar(), 1, NOW).changed  # it is stored so already
        False
        """
        ...

    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        """The calendar stored under *slug*, and its version.

        Raises:
            UnknownCalendarError: there is none.
        """
        ...

    def taken(
        self, tenant: str, slug: str, members: Sequence[str], window: Interval, now: datetime
    ) -> Taken:
        """What is claimed of *members* near *window*, and counts to the caps of *slug*.

        Claimed in every calendar, as far from *window* as the largest stored buffer reaches.
        Counted are the starts from 32 days before the window to 32 days after it (N3). Claims and
        counts of holds that have lapsed at *now* are left out.
        """
        ...

    def outcome(self, tenant: str, request: Request) -> Outcome | None:
        """What *request* came to, if it was made before and is remembered still (S4).

        Raises:
            RequestReusedError: something else was asked under its id.

        >>> from collective_booking.adapters.memory import MemoryStore
        >>> from collective_booking.drafts import Request
        >>> MemoryStore().outcome("default", Request.of("r1", "cancel", "a1")) is None
        True
        """
        ...

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        """Write *draft*, all of it or nothing; or answer what was written before (S1, S4).

        Locks the calendar where *admit* is given (shared; alone if the draft is capped), then the
        members, sorted; deletes the claims of holds that have lapsed at the draft's `now`, of the
        members it locked (S3); asks `drafts.decide` under these locks; then writes the hold, the
        appointment, their claims by the draft's `tenure`, the effects, the request's outcome and
        the news. Answers None when it has written, and the outcome recorded earlier when the same
        request, or the same news, was written before.

        Raises:
            CollectiveBookingError: whatever `drafts.decide` raises; nothing is written then.
            SlotUnavailableError: also when the guard behind it refuses an overlap (S2).
            RetryTransactionError: the database gave up this transaction; nothing is written.

        >>> from collective_booking.adapters.memory import MemoryStore
        >>> from collective_booking.drafts import Draft, Request
        >>> from collective_booking.testing.samples import NOW, appointment
        >>> store, asked = MemoryStore(), Request.of("r1", "book", "sales-call")
        >>> draft = Draft(tenant="default", now=NOW, appointment=appointment(), request=asked)
        >>> store.commit(draft) is None
        True
        >>> store.commit(draft)  # asked again, so nothing is written twice
        Outcome(subject='a1', version=1)
        """
        ...

    def hold(self, tenant: str, id: str) -> Hold:
        """The hold *id*, as it is now, however it ended.

        Raises:
            UnknownBookingError: there is none.
        """
        ...

    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        """The appointment *id*, as it is now, or as it was at *version*.

        Raises:
            UnknownBookingError: there is none, or none at that version.
        """
        ...

    def appointments(
        self, tenant: str, window: Interval, slug: str | None = None
    ) -> tuple[Appointment, ...]:
        """The appointments that start in *window*, of any status, by start and then by id.

        Of the calendar *slug* alone, if it is given.
        """
        ...

    def unfinished(self, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
        """The ids of at most *limit* holds whose `wakes` is not after *now*, the earliest first."""
        ...

    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        """At most *limit* effects that are due at *now*, leased to the caller until *until*.

        Of one appointment and address only the earliest version that is neither delivered nor dead
        is due, so that messages keep their order. No two callers get one effect while it is leased;
        whoever crashes gives it back when the lease ends. `reached` and `missed` tell what came of
        the earlier effects of the same appointment and address.
        """
        ...

    def attempted(self, attempted: Attempted) -> None:
        """Record what came of one try: delivered, to be tried again, or dead, with its reason."""
        ...

    def undelivered(self, tenant: str) -> tuple[Effect, ...]:
        """The effects that have failed and are not delivered yet, dead letters among them."""
        ...

    def retry(self, tenant: str, key: str, now: datetime) -> None:
        """Make the undelivered effect with this key due at *now*, with all its tries before it.

        Raises:
            UnknownBookingError: no undelivered effect has this key.
        """
        ...

    def forget(self, tenant: str, before: datetime) -> None:
        """Delete the outcomes of requests and the news recorded earlier than *before* (S4).

        >>> from collective_booking.adapters.memory import MemoryStore
        >>> from collective_booking.drafts import Draft, Request
        >>> from collective_booking.testing.samples import NOW, appointment, at
        >>> store, asked = MemoryStore(), Request.of("r1", "book", "sales-call")
        >>> draft = Draft(tenant="default", now=NOW, appointment=appointment(), request=asked)
        >>> _ = store.commit(draft)
        >>> store.forget("default", at("12:00"))
        >>> store.outcome("default", asked) is None
        True
        """
        ...
