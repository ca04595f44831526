"""Who must hear of what: the effects that follow from a change, as data for the outbox.

Lives here: `Effect`, and the one table of who is told what (E2).
Must not live here: telling them, the words, retrying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from collective_booking.appointments import Appointment, Happening, Status

MAX_ATTEMPTS: Final = 10
"""After so many failures an effect is a dead letter: about a day and a half of trying."""
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=12)


class Channel(StrEnum):
    """By which way somebody is reached."""

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

    `recipient` is a member's id for a copy and the owner, empty for booker and host. `attempts` and
    `failure` tell of the tries so far. `reached` says whether any earlier effect of this
    appointment was delivered to this recipient, `missed` that the last one became a dead letter.
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

    @property
    def address(self) -> str:
        """Whom it reaches and how: effects of one appointment and address keep their order."""
        return f"{self.channel}:{self.recipient}" if self.recipient else str(self.channel)

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
        doubled: int = 1 << min(self.attempts - 1, 16)
        whole = min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
        seed = blake2b(f"{self.key} {self.attempts}".encode(), digest_size=4).digest()
        return whole + whole * (int.from_bytes(seed) / 2**32)


def effects_of(appointment: Appointment, was: Status | None = None) -> tuple[Effect, ...]:
    """Who must hear of the last change of *appointment*, which stood as *was* before it (E2)."""
    before = appointment.status if was is None else was
    channels = TOLD.get((before, appointment.happened), ())
    return tuple(each for channel in channels for each in _by(channel, appointment))


def unreached(appointment: Appointment) -> tuple[str, ...]:
    """The ids of the members who get no copy, for they have no calendar (E2)."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """What came of one try to deliver an effect."""

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


def failed(effect: Effect, now: datetime, failure: str, *, final: bool = False) -> Attempted:
    """What comes of *effect* that failed at *now*: another try later, or a dead letter (E1)."""
    tries = effect.attempts + 1
    if final or tries >= MAX_ATTEMPTS:
        return Attempted(effect=effect, failure=failure)
    again = now + replace(effect, attempts=tries).pause()
    return Attempted(effect=effect, failure=failure, again=again)
