"""What hosts draw: every public value, valid and varied, and with nothing of ours imported."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import collective_booking
from collective_booking import (
    Anchor,
    Appointment,
    Availability,
    BufferMode,
    CollectiveCalendar,
    Happening,
    Hold,
    HoursMode,
    IntervalSet,
    LocationKind,
    MeetingLocation,
    Member,
    Message,
    Money,
    OpeningHours,
    PaymentState,
    SlotFinder,
    from_dict,
    to_dict,
)
from collective_booking.intervals import ALWAYS, NEVER
from collective_booking.service.base import Service
from collective_booking.settings import MAX_MEMBERS
from collective_booking.testing.registry import DRAWN_BY


def is_value(thing: object) -> bool:
    """Whether it is a class of values that Hypothesis cannot know by itself."""
    if not inspect.isclass(thing) or getattr(thing, "_is_protocol", False):
        return False
    return not issubclass(thing, (Exception, Enum, Service))


VALUES: Final = tuple(
    name
    for name in sorted(collective_booking.__all__)
    if is_value(getattr(collective_booking, name))
)


def test_every_public_value_has_a_strategy() -> None:
    """Whoever adds a value has to say how it is drawn, or no host could test with it."""
    assert set(DRAWN_BY) == set(VALUES)


@pytest.mark.parametrize("name", VALUES)
def test_a_public_value_is_drawn_by_its_type_and_travels_between_processes(name: str) -> None:
    """Task queues pickle what they are given."""
    kind = getattr(collective_booking, name)

    @settings(max_examples=25)
    @given(value=st.from_type(kind))
    def law(value: object) -> None:
        assert type(value) is kind
        assert pickle.loads(pickle.dumps(value)) == value
        assert repr(value)

    law()


@settings(max_examples=50)
@given(calendar=...)
def test_a_calendar_is_the_same_once_it_was_written_and_read(calendar: CollectiveCalendar) -> None:
    """Even the type of an argument is enough: `...` asks Hypothesis to look at it."""
    assert from_dict(to_dict(calendar)) == calendar


@settings(max_examples=25)
@given(finder=...)
def test_a_finder_that_is_drawn_can_be_asked(finder: SlotFinder) -> None:
    """Whatever is drawn lies within the years in which hours are known."""
    answer = finder.explain(finder.now + timedelta(days=1))

    assert answer.accepted is finder.accepts(answer.start)


@given(appointment=...)
def test_an_appointment_has_had_the_life_that_its_history_tells(appointment: Appointment) -> None:
    """Versions without gaps, and a sequence that never outruns them: as a service makes them."""
    versions = [change.version for change in appointment.history]

    assert versions == list(range(1, appointment.version + 1))
    assert appointment.sequence < appointment.version
    assert appointment.owner in appointment.members
    assert appointment.owner.required
    assert appointment.slot.duration == appointment.snapshot.calendar.duration


SOUGHT: Final[tuple[tuple[Any, Callable[[Any], object]], ...]] = (
    (CollectiveCalendar, lambda it: len(it.members) == MAX_MEMBERS),
    (CollectiveCalendar, lambda it: len(it.members) == 2),
    (CollectiveCalendar, lambda it: it.is_capped and it.price and it.buffer_after),
    (CollectiveCalendar, lambda it: it.approval and not it.pending_blocks),
    (CollectiveCalendar, lambda it: it.hours_mode is HoursMode.REPLACE),
    (CollectiveCalendar, lambda it: it.anchor is Anchor.CLOCK and it.anchor_offset),
    (CollectiveCalendar, lambda it: it.buffer_mode is BufferMode.SUM),
    (Member, lambda it: not it.required and it.time_off),
    (Member, lambda it: it.timezone == "Pacific/Apia" and it.ignore_busy),
    (OpeningHours, lambda it: any(end > 1440 for day in it.week for _, end in day)),
    (OpeningHours, lambda it: any(not spans for _, spans in it.overrides)),
    (OpeningHours, lambda it: not any(it.week)),
    (Availability, lambda it: it.unknown and it.tentative and it.sees_own_copies),
    (IntervalSet, lambda it: it == ALWAYS),
    (IntervalSet, lambda it: it == NEVER),
    (Money, lambda it: not it.amount),
    (Money, lambda it: it.exponent == 3),
    (MeetingLocation, lambda it: it.kind is LocationKind.BOOKER),
    (Appointment, lambda it: it.happened is Happening.MOVED),
    (Appointment, lambda it: it.happened is Happening.MEMBER_DECLINED and it.paid),
    (Hold, lambda it: it.payment and it.payment.state is PaymentState.REFUNDING),
    (Message, lambda it: it.invitation is None),
    (SlotFinder, lambda it: it.moving),
)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a hundred members
@pytest.mark.parametrize("place", range(len(SOUGHT)))
def test_what_goes_wrong_in_applications_is_drawn(place: int) -> None:
    """A strategy that never closes a day or crosses midnight would let every bug there live."""
    kind, wanted = SOUGHT[place]
    generous = settings(
        max_examples=3_000,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    find(st.from_type(kind), lambda value: bool(wanted(value)), settings=generous)


def test_a_calendar_shrinks_to_a_small_team_without_any_setting() -> None:
    """Who reads the example that fails has to see what matters in it, and nothing else."""
    least = find(st.from_type(CollectiveCalendar), lambda _: True)

    assert len(least.members) == 2
    assert least.duration == timedelta(minutes=1)
    assert (least.hours, least.price, least.location) == (None, None, None)
    assert not least.is_capped


# --- how Hypothesis comes to know ----------------------------------------------------------------


def run(script: str) -> set[str]:
    """The names in `sys.modules` of a fresh interpreter after *script*."""
    told = f"{script}\nimport sys\nprint(*sys.modules, sep='\\n')"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", told], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return set(finished.stdout.split())


DRAWS: Final = """
@hypothesis.given(hypothesis.strategies.from_type(collective_booking.Contact))
def law(contact):
    assert "@" in contact.email
law()
"""


@pytest.mark.parametrize(
    "imports",
    [
        "import hypothesis.strategies, collective_booking",
        "import collective_booking, hypothesis.strategies",
        "import collective_booking.testing.strategies, hypothesis, collective_booking",
        "import collective_booking.testing.registry, hypothesis.strategies, collective_booking",
    ],
)
def test_it_does_not_matter_who_is_imported_first(imports: str) -> None:
    """Hypothesis asks us while it is itself being imported, perhaps by ourselves."""
    assert "collective_booking.testing.strategies" in run(imports + DRAWS)


def test_who_draws_nothing_of_ours_does_not_pay_for_the_strategies() -> None:
    """Every run of Hypothesis beside this library comes through here."""
    loaded = run("import hypothesis")

    assert "collective_booking.testing.registry" in loaded
    assert not loaded & {"collective_booking.testing.strategies", "icalendar", "sqlalchemy"}


def test_the_fakes_ask_for_no_test_framework() -> None:
    """They serve whoever tests with something else."""
    loaded = run("import collective_booking.testing")

    assert not loaded & {"hypothesis", "pytest", "sqlalchemy"}
