"""Who must hear of what: the effects that follow from a change, as data for the outbox.

Lives here: `Effect`, and the one table of who is told what (E2).
Must not live here: telling them, the words, retrying.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from collective_booking.appointments import Appointment, Happening, Status
from collective_booking.errors import UndeliverableError
from collective_booking.retrying import pause_after
from collective_booking.wording import on_one_line

MAX_ATTEMPTS: Final = 10
"""After so many failures an effect is a dead letter: about a day and a half of trying."""
_MOST_SAID: Final = 500
"""The most characters of a failure that are kept: a service may answer with a whole page."""


class Channel(StrEnum):
    """By which way somebody is reached.

    >>> from collective_booking.testing.samples import appointment
    >>> [(each.channel.value, each.recipient) for each in effects_of(appointment())]
    [('copy', 'ana'), ('copy', 'ben'), ('owner', 'ana'), ('booker', '')]
    """

    COPY = "copy"
    """A member's own calendar gets, changes or loses its copy."""
    OWNER = "owner"
    """The owner's e-mail."""
    BOOKER = "booker"
    """The message to the booker."""
    HOST = "host"
    """A signal to the host application."""


_ALL: Final = (Channel.COPY, Channel.OWNER, Channel.BOOKER)
_REQUEST: Final = (Channel.OWNER, Channel.BOOKER)

TOLD: Final[Mapping[tuple[Status, Happening], tuple[Channel, ...]]] = {
    (Status.PENDING, Happening.REQUESTED): _REQUEST,
    (Status.PENDING, Happening.MOVED): _REQUEST,
    (Status.PENDING, Happening.EDITED): _REQUEST,
    (Status.PENDING, Happening.CANCELLED): _REQUEST,
    (Status.PENDING, Happening.DECLINED): (Channel.BOOKER,),
    (Status.PENDING, Happening.APPROVED): _ALL,
    (Status.CONFIRMED, Happening.BOOKED): _ALL,
    (Status.CONFIRMED, Happening.MOVED): _ALL,
    (Status.CONFIRMED, Happening.EDITED): _ALL,
    (Status.CONFIRMED, Happening.CANCELLED): _ALL,
    (Status.CONFIRMED, Happening.MEMBER_DECLINED): (Channel.HOST,),
    # Over already: calendars keep up, and nobody is written to.
    (Status.SHOWED, Happening.EDITED): (Channel.COPY,),
    (Status.NO_SHOW, Happening.EDITED): (Channel.COPY,),
    # Entered in error: nobody is written to, and no calendar keeps it.
    (Status.CONFIRMED, Happening.INVALIDATED): (Channel.COPY,),
    (Status.SHOWED, Happening.INVALIDATED): (Channel.COPY,),
    (Status.NO_SHOW, Happening.INVALIDATED): (Channel.COPY,),
}
"""Who is told when something happens to an appointment that stood so (E2); else nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One item of the outbox: one recipient is told of one change of one appointment (E1).

    `recipient` is a member's id for a copy and the owner, empty for booker and host; for somebody
    who is no longer the booker, it is the last version at which they were. `attempts` and `failure`
    tell of the tries so far. `reached` says whether any earlier effect of this appointment was
    delivered to this recipient, `missed` that the last one became a dead letter, and `overtaken`
    that a later one was delivered, so that this one has nothing to say any more.

    >>> told = Effect(
    ...     tenant="t", appointment="a1", version=1, channel=Channel.COPY, recipient="ana"
    ... )
    >>> told.key, told.address
    ('t/a1/1/copy:ana', 'copy:ana')
    """

    tenant: str
    appointment: str
    version: int
    channel: Channel
    recipient: str = ""
    attempts: int = 0
    failure: str = ""
    reached: bool = False
    missed: bool = False
    overtaken: bool = False

    @property
    def address(self) -> str:
        """Whom it reaches and how: effects of one appointment and address keep their order."""
        return f"{self.channel}:{self.recipient}" if self.recipient else str(self.channel)

    @property
    def former(self) -> int | None:
        """The last version at which its recipient was the booker; None unless they were once.

        >>> from collective_booking.testing.samples import LOU, NOW, appointment
        >>> kims = appointment()
        >>> *_, off = effects_of_editing(kims.edited(NOW, contact=LOU), kims)
        >>> off.address, off.version, off.former  # Kim is told as of version 1
        ('booker:1', 2, 1)
        """
        return int(self.recipient) if self.channel is Channel.BOOKER and self.recipient else None

    @property
    def key(self) -> str:
        """The same at each try, and no other effect's: receivers tell repetitions by it (E1)."""
        return f"{self.tenant}/{self.appointment}/{self.version}/{self.address}"

    def pause(self) -> timedelta:
        """How long to wait after its latest failure: twice as long each time, spread by its key.

        >>> effect = Effect(
        ...     tenant="t", appointment="a", version=1, channel=Channel.HOST, attempts=3
        ... )
        >>> timedelta(minutes=4) <= effect.pause() < timedelta(minutes=8)
        True
        """
        return pause_after(self.attempts, self.key)


def effects_of(appointment: Appointment, was: Status | None = None) -> tuple[Effect, ...]:
    """Who must hear of the last change of *appointment*, which stood as *was* before it (E2).

    Left out, it stood as it stands now: as it does when it is new.

    >>> from collective_booking.testing.samples import NOW, appointment
    >>> request = appointment(Status.PENDING)
    >>> [effect.address for effect in effects_of(request)]
    ['owner:ana', 'booker']
    >>> declined = request.stepped(Happening.DECLINED, NOW)
    >>> [effect.address for effect in effects_of(declined, was=Status.PENDING)]
    ['booker']
    """
    before = appointment.status if was is None else was
    channels = TOLD.get((before, appointment.happened), ())
    return tuple(each for channel in channels for each in _by(channel, appointment))


def effects_of_editing(after: Appointment, before: Appointment) -> tuple[Effect, ...]:
    """The same, and that it is off for whoever was the booker *before* and is no longer (E2).

    A member who booked stays invited, so nothing is off for them.

    >>> from collective_booking.testing.samples import LOU, NOW, appointment
    >>> kims = appointment()
    >>> told = effects_of_editing(kims.edited(NOW, contact=LOU), kims)
    >>> [effect.address for effect in told if effect.channel is Channel.BOOKER]  # Lou, and Kim
    ['booker', 'booker:1']
    """
    told = effects_of(after, before.status)
    then, now = before.contact, after.contact
    stays = then.email.casefold() == now.email.casefold()
    if stays or any(then.is_same_person(member) for member in after.members):
        return told
    booker = (each for each in told if each.channel is Channel.BOOKER)
    return (*told, *(replace(each, recipient=str(before.version)) for each in booker))


def unreached(appointment: Appointment) -> tuple[str, ...]:
    """The ids of the members who get no copy, for they have no calendar (E2).

    >>> from collective_booking.testing.samples import appointment, calendar, member
    >>> team = calendar(member("ana"), member("ben", calendar=None))
    >>> call = appointment()
    >>> unreached(replace(call, snapshot=replace(call.snapshot, calendar=team)))
    ('ben',)
    """
    return tuple(member.id for member in appointment.members if member.calendar is None)


def _by(channel: Channel, appointment: Appointment) -> Iterator[Effect]:
    for recipient in _recipients(channel, appointment):
        yield Effect(
            tenant=appointment.tenant,
            appointment=appointment.id,
            version=appointment.version,
            channel=channel,
            recipient=recipient,
        )


def _recipients(channel: Channel, appointment: Appointment) -> Iterator[str]:
    owner = appointment.owner
    if channel is Channel.COPY:
        yield from (each.id for each in appointment.members if each.calendar is not None)
    elif channel is Channel.OWNER:
        yield from [owner.id] * (owner.email is not None)
    elif channel is Channel.BOOKER:
        # Who is both owner and booker gets the owner's e-mail (E2).
        yield from [""] * (not appointment.contact.is_same_person(owner))
    else:
        yield ""


class Fate(StrEnum):
    """What has become of an effect."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up: a dead letter."""


def among(effect: Effect, others: Iterable[tuple[int, str]]) -> Effect:
    """*effect*, with what its store knows of the others of its appointment to the same address.

    *others* are their versions and fates, in any order.

    >>> from collective_booking.testing.samples import appointment
    >>> third = replace(effects_of(appointment())[0], version=3)
    >>> told = among(third, [(2, Fate.DEAD), (1, Fate.DELIVERED)])
    >>> told.reached, told.missed, told.overtaken
    (True, True, False)
    """
    ordered = sorted(others)
    past = [fate for version, fate in ordered if version < effect.version]
    future = [fate for version, fate in ordered if version > effect.version]
    return replace(
        effect,
        reached=Fate.DELIVERED in past,
        missed=past[-1:] == [Fate.DEAD],
        overtaken=Fate.DELIVERED in future,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """What came of one try to deliver an effect: arrived, or why not and when it is due *again*.

    >>> from collective_booking.testing.samples import NOW
    >>> told = Effect(
    ...     tenant="t", appointment="a1", version=1, channel=Channel.OWNER, recipient="ana"
    ... )
    >>> tried = Attempted(effect=told, failure="no answer", again=NOW)
    >>> tried.delivered, tried.dead, tried.after.attempts
    (False, False, 1)
    """

    effect: Effect
    failure: str = ""
    again: datetime | None = None

    @property
    def after(self) -> Effect:
        """The effect with this try among its attempts."""
        return replace(self.effect, attempts=self.effect.attempts + 1, failure=self.failure)

    @property
    def delivered(self) -> bool:
        """Whether it reached its recipient."""
        return not self.failure

    @property
    def dead(self) -> bool:
        """Whether it is given up: a dead letter, kept with its reason."""
        return bool(self.failure) and self.again is None


def failed(effect: Effect, now: datetime, error: Exception) -> Attempted:
    """What comes of *effect* that *error* has stopped at *now*: another try, or a dead letter (E1).

    What can never succeed, and what has failed ten times, is a dead letter.

    >>> from collective_booking.testing.samples import NOW, appointment
    >>> effect = effects_of(appointment())[0]
    >>> tried = failed(effect, NOW, OSError("no answer"))
    >>> tried.failure, tried.dead, tried.again - NOW < timedelta(minutes=2)
    ('OSError: no answer', False, True)
    >>> failed(effect, NOW, UndeliverableError("nobody is known there")).dead
    True
    """
    failure, final = said(error), isinstance(error, UndeliverableError)
    tries = effect.attempts + 1
    if final or tries >= MAX_ATTEMPTS:
        return Attempted(effect=effect, failure=failure)
    again = now + replace(effect, attempts=tries).pause()
    return Attempted(effect=effect, failure=failure, again=again)


def said(error: Exception) -> str:
    """What *error* says, fit to be stored and shown anywhere: printable, and not endless.

    >>> said(OSError("no file 'caf\\udce9'\\r\\nat all"))
    "OSError: no file 'caf?'  at all"
    """
    try:
        words = str(error)
    except Exception:  # noqa: BLE001  # an error of a stranger may not even tell what it is
        words = "it does not say why"
    return f"{type(error).__name__}: {on_one_line(words[:_MOST_SAID])}"
