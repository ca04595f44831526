"""Delivering the outbox: every effect, in order, until it has arrived or is given up (E1).

Lives here: taking effects from the store, handing each to its port, and recording what came of it.
Must not live here: who is told what (that is `effects`), how somebody is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from collective_booking.appointments import Appointment
from collective_booking.asks import (
    Ask,
    Forget,
    Notify,
    PutCopy,
    ReadAppointment,
    ReadUndelivered,
    RecordAttempt,
    RemoveCopy,
    RetryEffect,
    TakeEffects,
    UpdateCopy,
)
from collective_booking.drafts import REMEMBERED
from collective_booking.effects import Attempted, Channel, Effect, failed
from collective_booking.errors import MissingPortError
from collective_booking.messages import copy_of, message_of
from collective_booking.tokens import Purpose
from collective_booking.workflows.desk import Attempt, Desk, at_most
from collective_booking.workflows.paying import settle

LEASE: Final = timedelta(minutes=5)
"""How long a deliverer may take over what it has taken; after that, others try it too."""
_BATCH: Final = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one run of `deliver` came to.

    `delivered` have arrived, `failed` are tried again later, `dead` are given up, each with its
    reason in `failure`; `attempts` are the payments that were resumed (M2).

    >>> nothing = Delivery(delivered=(), failed=(), dead=(), attempts=())
    >>> len(nothing.failed)
    0
    """

    delivered: tuple[Effect, ...]
    failed: tuple[Effect, ...]
    dead: tuple[Effect, ...]
    attempts: tuple[Attempt, ...]


async def deliver(desk: Desk, /, *, limit: int = 1_000) -> Delivery:
    """Settle what is unfinished, then deliver what is due: at most *limit* effects (E1, M2).

    One call that a cron job, a thread or a task queue can make; any number may run at once. What
    fails is tried again by a later call, later each time, and given up after ten tries.

    Raises:
        MissingPortError: somebody has to be told by a port that the service was not given.
        InvalidValueError: *limit* is negative, or more than a million.

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM)
    >>> sorted(effect.address for effect in service.deliver().delivered)
    ['booker', 'copy:ana', 'copy:ben', 'owner:ana']
    >>> service.deliver().delivered  # nothing twice
    ()
    """
    at_most(limit)
    attempts = await settle(desk)
    done: list[Attempted] = []
    while len(done) < limit:
        most = min(_BATCH, limit - len(done))
        effects = await TakeEffects(desk.tenant, desk.now, desk.now + LEASE, most)
        done += [await _delivered(desk, effect) for effect in effects]
        if not effects:
            break
    await Forget(desk.tenant, desk.now - REMEMBERED)
    return Delivery(
        tuple(each.after for each in done if each.delivered),
        tuple(each.after for each in done if not each.delivered and not each.dead),
        tuple(each.after for each in done if each.dead),
        attempts,
    )


async def undelivered(desk: Desk, /) -> tuple[Effect, ...]:
    """What has failed so far and is not delivered, dead letters among it, each with its reason.

    >>> from collective_booking.testing import FakeNotifier
    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> notifier = FakeNotifier()
    >>> notifier.unreachable.add("ana@example.com")
    >>> service = sandbox(calendar(), notifier=notifier)
    >>> booked = service.book("sales-call", at("10:00"), KIM)
    >>> _ = service.deliver()
    >>> [effect] = service.undelivered()
    >>> effect.address, effect.attempts
    ('owner:ana', 1)
    >>> print(effect.failure)
    UndeliverableError: it can never be delivered: nobody is known as ana@example.com
    """
    return await ReadUndelivered(desk.tenant)


async def retry(desk: Desk, /, key: str) -> None:
    """Make the undelivered effect with this *key* due at once, a dead letter too.

    Raises:
        UnknownBookingError: no undelivered effect has this key.

    >>> from collective_booking.testing import FakeNotifier
    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> notifier = FakeNotifier()
    >>> notifier.unreachable.add("ana@example.com")
    >>> service = sandbox(calendar(), notifier=notifier)
    >>> booked = service.book("sales-call", at("10:00"), KIM)
    >>> [dead] = service.deliver().dead
    >>> notifier.unreachable.clear()
    >>> service.retry(dead.key)
    >>> len(service.deliver().delivered), service.undelivered()
    (1, ())
    """
    await RetryEffect(desk.tenant, key, desk.now)


async def _delivered(desk: Desk, /, effect: Effect) -> Attempted:
    """Try *effect* once, and record what came of it."""
    try:
        ask = _hand_over(desk, effect, await _told_of(desk, effect))
        if ask is not None:
            await ask
        tried = Attempted(effect=effect)
    except MissingPortError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever a port raises, others are still told
        tried = failed(effect, desk.now, error)
    await RecordAttempt(tried)
    return tried


async def _told_of(desk: Desk, /, effect: Effect) -> Appointment:
    """The appointment as the recipient of *effect* has to see it."""
    appointment = await ReadAppointment(desk.tenant, effect.appointment, effect.version)
    if effect.former is None:
        return appointment
    before = await ReadAppointment(desk.tenant, effect.appointment, effect.former)
    return before.withdrawn(appointment)


def _hand_over(desk: Desk, effect: Effect, appointment: Appointment) -> Ask[None] | None:
    """What is asked of which port; None where there is nothing to tell any more (E1).

    After a dead letter the next message is a full one. A cancellation is for those whom something
    has reached: others never knew. A dead letter that is tried again, when a later message has
    arrived meanwhile, is old: it would take back what is known there (E5).
    """
    from collective_booking.invitations import invitation  # noqa: PLC0415  # loads icalendar

    ended = appointment.status.ended
    never_heard = ended and not effect.reached and effect.former is None
    if effect.overtaken or never_heard:
        return None
    icalendar = invitation(appointment)
    if effect.channel is not Channel.COPY:
        token = desk.tokens.make(Purpose.MANAGE, appointment.id)
        return Notify(message_of(effect, appointment, icalendar, token))
    copy = copy_of(effect, appointment, icalendar)
    if ended:
        return RemoveCopy(copy)
    return UpdateCopy(copy) if effect.reached and not effect.missed else PutCopy(copy)
