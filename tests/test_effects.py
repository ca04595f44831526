"""Who must hear of what: the rules of telling, read once more from their text (E1, E2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.appointments import NEXT, Appointment, Happening, Status, booked
from collective_booking.contacts import Contact
from collective_booking.effects import (
    MAX_ATTEMPTS,
    Attempted,
    Channel,
    Effect,
    among,
    effects_of,
    failed,
    unreached,
)
from collective_booking.errors import UndeliverableError
from collective_booking.snapshots import Snapshot
from tests.bookings import ANA, BEN, CLEO, NOW, appointment, calendar, member

COPIES = {"copy:ana", "copy:ben"}
ALL = COPIES | {"owner:ana", "booker"}
REQUEST = {"owner:ana", "booker"}
NOBODY: set[str] = set()

# (as it stood, what happened) -> who is told, from the text of E2 and E4.
TOLD = {
    ("pending", "approved"): ALL,
    ("pending", "declined"): {"booker"},
    ("pending", "moved"): REQUEST,
    ("pending", "edited"): REQUEST,
    ("pending", "cancelled"): REQUEST,
    ("pending", "invalidated"): NOBODY,
    ("confirmed", "moved"): ALL,
    ("confirmed", "edited"): ALL,
    ("confirmed", "cancelled"): ALL,
    ("confirmed", "member declined"): {"host"},
    ("confirmed", "showed"): NOBODY,
    ("confirmed", "no-show"): NOBODY,
    ("confirmed", "invalidated"): COPIES,
    ("showed", "no-show"): NOBODY,
    ("showed", "edited"): COPIES,
    ("showed", "invalidated"): COPIES,
    ("no-show", "showed"): NOBODY,
    ("no-show", "edited"): COPIES,
    ("no-show", "invalidated"): COPIES,
    ("cancelled", "invalidated"): NOBODY,
}


def addresses(effects: tuple[Effect, ...]) -> list[str]:
    return sorted(each.address for each in effects)


def effect(**changes: Any) -> Effect:
    made = Effect(tenant="t", appointment="a1", version=1, channel=Channel.BOOKER)
    return replace(made, **changes)


# --- who is told (E2) ----------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "happening"), sorted(TOLD))
def test_who_hears_of_a_step(status: str, happening: str) -> None:
    """One message too many is spam, one too few is a missed meeting."""
    before = appointment(Status(status))
    after = before.stepped(Happening(happening), NOW)

    assert addresses(effects_of(after, before.status)) == sorted(TOLD[status, happening])


def test_every_legal_step_says_who_hears_of_it() -> None:
    assert {(str(status), str(happening)) for status, happening in NEXT} == set(TOLD)


def test_a_booking_tells_everybody_and_a_request_only_two() -> None:
    """Invitations go out on approval: a request that is declined was in nobody's calendar."""
    assert addresses(effects_of(appointment())) == sorted(ALL)
    assert addresses(effects_of(appointment(Status.PENDING))) == sorted(REQUEST)


def test_everybody_is_told_once() -> None:
    """One calendar write a member, one e-mail to the owner, one message to the booker."""
    roster = calendar(ANA, BEN, CLEO)
    made = appointment(snapshot=Snapshot(calendar=roster, version=1, owner="ben"))

    assert addresses(effects_of(made)) == [
        "booker",
        "copy:ana",
        "copy:ben",
        "copy:cleo",
        "owner:ben",
    ]


def test_who_is_both_owner_and_booker_gets_the_owners_mail_alone() -> None:
    made = appointment(contact=Contact("Ana", "ANA@example.com"))

    assert addresses(effects_of(made)) == ["copy:ana", "copy:ben", "owner:ana"]


def test_a_booker_who_is_another_member_is_told_as_booker() -> None:
    """Only the owner's e-mail stands for the booker's message."""
    made = appointment(contact=Contact("Ben", "ben@example.com"))

    assert addresses(effects_of(made)) == sorted(ALL)


def test_who_has_no_calendar_gets_no_copy_and_is_reported() -> None:
    """They have to be told by somebody else, so the host must know."""
    roster = calendar(ANA, member("ben", calendar=None))
    made = appointment(snapshot=Snapshot(calendar=roster, version=1, owner="ana"))

    assert addresses(effects_of(made)) == ["booker", "copy:ana", "owner:ana"]
    assert unreached(made) == ("ben",)


def test_an_owner_without_an_address_gets_no_mail() -> None:
    roster = calendar(member("ana", email=None), BEN)
    made = appointment(snapshot=Snapshot(calendar=roster, version=1, owner="ana"))

    assert addresses(effects_of(made)) == ["booker", "copy:ana", "copy:ben"]


# --- keys (E1) -----------------------------------------------------------------------------------


def life() -> list[Appointment]:
    asked = booked(appointment(Status.PENDING), NOW)
    steps = [Happening.APPROVED, Happening.EDITED, Happening.CANCELLED]
    versions = [asked]
    for happening in steps:
        versions.append(versions[-1].stepped(happening, NOW))
    return versions


def test_no_two_effects_of_a_life_share_a_key() -> None:
    """Receivers tell a repetition by its key: another message under it would be swallowed."""
    told = list(effects_of(life()[0]))
    for before, after in pairwise(life()):
        told += effects_of(after, before.status)

    assert len({each.key for each in told}) == len(told)


def test_a_key_is_the_same_at_each_try() -> None:
    first = effects_of(appointment())[0]
    tried = Attempted(effect=first, failure="no answer", again=NOW).after

    assert tried.attempts == 1
    assert tried.key == first.key == effects_of(appointment())[0].key


@pytest.mark.parametrize(
    "other",
    [
        {"tenant": "u"},
        {"appointment": "a2"},
        {"version": 2},
        {"channel": Channel.HOST},
        {"recipient": "ana"},
    ],
)
def test_whatever_tells_effects_apart_is_in_the_key(other: dict[str, Any]) -> None:
    assert effect(**other).key != effect().key


# --- trying again (E1) ---------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=20), st.integers(1, 10))
def test_a_pause_is_doubled_each_time_and_spread_by_its_key(id_: str, attempts: int) -> None:
    """So that what failed together does not come back together."""
    whole = min(timedelta(minutes=2 ** (attempts - 1)), timedelta(hours=12))
    one = effect(appointment=id_, attempts=attempts)

    assert whole <= one.pause() < 2 * whole
    assert one.pause() == effect(appointment=id_, attempts=attempts).pause()


def test_no_pause_is_longer_than_a_day() -> None:
    assert effect(attempts=10_000).pause() < timedelta(hours=24)


def test_what_fails_is_tried_again_and_given_up_in_the_end() -> None:
    """A dead letter is kept with its reason, and blocks nobody."""
    one, tries = effect(), 0
    while True:
        tries += 1
        tried = failed(one, NOW, TimeoutError("no answer"))
        one = tried.after
        assert not tried.delivered
        assert (one.attempts, one.failure) == (tries, "TimeoutError: no answer")
        if tried.dead:
            break
        assert tried.again is not None
        assert tried.again > NOW
    assert tries == MAX_ATTEMPTS


def test_what_can_never_succeed_is_not_tried_again() -> None:
    assert failed(effect(), NOW, UndeliverableError("no such address")).dead
    assert Attempted(effect=effect()).delivered
    assert not Attempted(effect=effect()).dead


class Mute(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise ValueError("not even that")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError("no 'caf\udce9'"), "OSError: no 'caf?'"),
        (ValueError("a\x00b\r\nc"), "ValueError: a?b  c"),
        (ValueError("x" * 10_000), "ValueError: " + "x" * 500),
        (Mute(), "Mute: it does not say why"),
    ],
    ids=["surrogate", "control", "long", "mute"],
)
def test_whatever_an_error_says_can_be_stored(error: Exception, told: str) -> None:
    """No database takes a lone surrogate or a NUL; one such word must not stop the outbox."""
    assert failed(effect(), NOW, error).failure == told


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], (False, False, False)),
        ([(1, "delivered")], (True, False, False)),
        ([(1, "dead")], (False, True, False)),
        ([(2, "delivered"), (1, "dead")], (True, False, False)),
        ([(1, "delivered"), (2, "dead")], (True, True, False)),
        ([(4, "delivered")], (False, False, True)),
        ([(4, "waiting"), (5, "dead")], (False, False, False)),
    ],
    ids=str,
)
def test_an_effect_knows_what_came_of_the_others(
    others: list[tuple[int, str]], told: tuple[bool, bool, bool]
) -> None:
    """E1: whether anything has arrived, whether the last one was lost, whether it is old."""
    one = among(effect(version=3), others)

    assert (one.reached, one.missed, one.overtaken) == told


@pytest.mark.parametrize(("status", "happening"), list(product(Status, Happening)))
def test_what_cannot_happen_tells_nobody(status: Status, happening: Happening) -> None:
    """The table of who is told lists no step that the table of steps does not."""
    first = {(Status.PENDING, Happening.REQUESTED), (Status.CONFIRMED, Happening.BOOKED)}
    if (status, happening) in NEXT or (status, happening) in first:
        return
    change = replace(appointment().history[0], happening=happening)

    assert effects_of(replace(appointment(status), history=(change,)), status) == ()
