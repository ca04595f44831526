"""Outlook's calendars: what a schedule says, in how many questions, and how copies are kept."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from collective_booking.availability import Cause
from collective_booking.effects import Channel, Effect
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.messages import MemberCopy
from tests.bookings import MONDAY, NOW, appointment, slot
from tests.examples.microsoft_double import GraphDouble
from tests.examples.vendors import always, microsoft, person, recorded

ANA = "ana@example.com"


def copy(**changes: Any) -> MemberCopy:
    made = appointment(**changes)
    effect = Effect(
        tenant="default",
        appointment=made.id,
        version=made.version,
        channel=Channel.COPY,
        recipient="ana",
    )
    return MemberCopy(key=effect.key, member=person("ana"), appointment=made, icalendar=b"")


# --- what a schedule says -------------------------------------------------------------------------


def test_each_status_counts_for_what_it_is() -> None:
    """Busy and out of office block, tentative is the calendar's to decide, the rest is known."""
    team = [person(id_) for id_ in ("ana", "ben", "cleo", "dan")]
    told = microsoft(always(recorded("microsoft", "schedules"))).availability(team, MONDAY)

    assert told["ana"].busy == IntervalSet([slot("09:00", "09:30"), slot("11:00", "12:00")])
    assert told["ana"].tentative == IntervalSet([slot("10:00", "10:30")])
    assert told["ana"].sees_own_copies
    assert {id_: [str(gap) for gap in each.unknown] for id_, each in told.items()} == {
        "ana": ["unreadable: Graph says unknown (Outlook)"],
        "ben": ["service failed: Graph answers 5009 (Outlook)"],
        "cleo": ["unreadable: Graph says nothing of this schedule (Outlook)"],
        "dan": ["no answer"],
    }
    assert told["ana"].unknown[0].interval == slot("14:00", "14:30")


def test_a_zone_that_was_not_asked_for_is_not_guessed() -> None:
    """Windows has names of its own for time zones; a wrong guess would free the wrong hours."""
    provider = microsoft(always(recorded("microsoft", "other_zone")))
    (gap,) = provider.availability([person("ana")], MONDAY)["ana"].unknown

    assert (gap.interval, gap.cause) == (MONDAY, Cause.ZONE)


# --- in how many questions ------------------------------------------------------------------------


def test_schedules_are_asked_for_in_what_graph_takes() -> None:
    """45 members over 100 days: three batches of at most 20, each in two stretches."""
    members = [person(f"m{number}") for number in range(45)]
    double = GraphDouble({str(each.calendar): IntervalSet() for each in members})
    window = Interval(NOW, NOW + timedelta(days=100))
    told = microsoft(double).availability(members, window)

    sizes = sorted(len(json.loads(each.content)["schedules"]) for each in double.seen)
    assert sizes == [5, 5, 20, 20, 20, 20]
    assert not any(each.unknown for each in told.values())
    assert {each.url.path for each in double.seen} == {
        "/v1.0/users/ana@example.com/calendar/getSchedule"
    }


# --- copies ---------------------------------------------------------------------------------------


def test_a_repetition_is_the_same_transaction() -> None:
    """The search may not yet find what the lost answer was about: Graph still knows it (E1)."""
    double = GraphDouble({ANA: IntervalSet()})
    microsoft(double).put(copy())
    (made,) = double.mailboxes[ANA].values()
    hidden = made.pop("singleValueExtendedProperties")
    microsoft(double).put(copy())

    assert hidden
    assert list(double.mailboxes[ANA].values()) == [made]


def test_two_copies_of_one_appointment_become_one() -> None:
    """Two deliveries at once may both have found nothing; the next one sets that right."""
    double = GraphDouble({ANA: IntervalSet()})
    microsoft(double).put(copy())
    (made,) = double.mailboxes[ANA].values()
    double.mailboxes[ANA]["another"] = made | {"transactionId": "another"}
    microsoft(double).update(copy(title="Another call"))

    assert [each["subject"] for each in double.mailboxes[ANA].values()] == ["Another call"]


@pytest.mark.parametrize("uid", ["o'neill@booking.example.com", "a' or 'b'@booking.example.com"])
def test_no_uid_leads_out_of_the_filter(uid: str) -> None:
    double = GraphDouble({ANA: IntervalSet()})
    for _ in range(2):
        microsoft(double).update(copy(uid=uid))

    assert len(double.mailboxes[ANA]) == 1
    microsoft(double).remove(copy(uid=uid))
    assert double.mailboxes[ANA] == {}
