"""How refusals read: to the host's people, and to whoever wants to book."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.intervals import ALWAYS, Interval
from collective_booking.reasons import (
    Blockage,
    Explanation,
    Reason,
    Release,
    What,
    WindowExplanation,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LUNCH = Interval(NOON, NOON + timedelta(hours=1))
BUSY = Reason(What.BUSY, "ana", LUNCH)
NOTICE = Reason(What.NOTICE)
HIDDEN = Reason(What.HIDDEN)
UNKNOWN = Reason(What.UNKNOWN, "ben", LUNCH, detail="no answer")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (BUSY, "ana is busy (2026-03-02T12:00:00Z/2026-03-02T13:00:00Z)"),
        (
            Reason(What.APPOINTMENT, "ana", LUNCH, "call-7"),
            "ana has another appointment (call-7, 2026-03-02T12:00:00Z/2026-03-02T13:00:00Z)",
        ),
        (Reason(What.HOLD, "ana", claim="h-1"), "ana is held for somebody else (h-1)"),
        (Reason(What.BUFFER, "ana"), "ana is too close to something else"),
        (Reason(What.HOURS, "ana"), "ana is outside opening hours"),
        (Reason(What.OVERRIDE, "ana"), "ana is outside the hours set for that date"),
        (Reason(What.TIME_OFF, "ana"), "ana has time off"),
        (UNKNOWN, "ben cannot be looked up (no answer, 2026-03-02T12:00:00Z/2026-03-02T13:00:00Z)"),
        (NOTICE, "this time is too soon to be booked"),
        (Reason(What.HORIZON), "this time is too far ahead to be booked"),
        (
            Reason(What.CAP, detail="at most 1 a day"),
            "this time falls in a period that is fully booked (at most 1 a day)",
        ),
        (Reason(What.GRID), "this time is not one of the times that are offered"),
        (HIDDEN, "this time is left out of listings to look busy"),
    ],
    ids=str,
)
def test_each_reason_is_a_sentence(reason: Reason, told: str) -> None:
    """It is read by the person who has to do something about it (X1)."""
    assert str(reason) == told


def test_a_stretch_without_an_end_shows_the_end_that_it_has() -> None:
    """The year 1 and the year 9999 are nobody's business."""
    (always,) = ALWAYS

    assert str(Reason(What.UNKNOWN, "ben", always)) == "ben cannot be looked up"
    assert str(Reason(What.NOTICE, interval=Interval(always.start, NOON))) == (
        "this time is too soon to be booked (until 2026-03-02T12:00:00Z)"
    )
    assert str(Reason(What.HORIZON, interval=Interval(NOON, always.end))) == (
        "this time is too far ahead to be booked (from 2026-03-02T12:00:00Z)"
    )


@given(st.builds(Reason, st.sampled_from(What), st.text(), st.just(LUNCH), st.text(), st.text()))
def test_a_booker_reads_the_same_whoever_and_whatever_it_is(reason: Reason) -> None:
    """Nothing of who, when, which appointment and what detail reaches a booker (X1)."""
    assert reason.for_booker() == Reason(reason.what).for_booker()


def test_what_concerns_a_member_reads_alike_to_a_booker() -> None:
    """Busy, away, closed or unknown: which of them it is would tell about a person (X1)."""
    own = {What.NOTICE, What.HORIZON, What.CAP, What.GRID}

    assert {Reason(what).for_booker() for what in set(What) - own} == {
        "This time is not available."
    }
    assert len({Reason(what).for_booker() for what in What}) == 5


# --- one start ------------------------------------------------------------------------------------


def test_an_explanation_without_reasons_is_a_yes() -> None:
    assert Explanation(NOON).accepted
    assert Explanation(NOON).for_booker() == ()
    assert str(Explanation(NOON)) == "2026-03-02T12:00:00Z can be booked"


def test_an_explanation_lists_what_refuses_and_then_what_is_to_be_known() -> None:
    told = Explanation(NOON, (BUSY, NOTICE), (UNKNOWN,))

    assert not told.accepted
    assert str(told).splitlines() == [
        "2026-03-02T12:00:00Z is refused:",
        f"  {BUSY}",
        f"  {NOTICE}",
        f"  {UNKNOWN}",
    ]


def test_blockers_are_members_and_each_is_named_once() -> None:
    """The calendar's own settings are nobody's fault (X1)."""
    told = Explanation(NOON, (BUSY, NOTICE, Reason(What.HOURS, "ana"), Reason(What.HOURS, "ben")))

    assert told.blockers == {"ana", "ben"}


def test_a_note_does_not_block_and_an_unknown_one_leaves_it_unverified() -> None:
    """F3, N5."""
    assert Explanation(NOON, notes=(HIDDEN,)).verified
    assert not Explanation(NOON, notes=(HIDDEN, UNKNOWN)).verified
    assert Explanation(NOON, notes=(UNKNOWN,)).accepted
    assert Explanation(NOON, notes=(UNKNOWN,)).blockers == frozenset()


def test_a_booker_reads_each_reason_once_and_no_notes() -> None:
    """Three members away must not read as three lines (X1)."""
    away = tuple(Reason(What.TIME_OFF, who) for who in ("ana", "ben", "cleo"))

    assert Explanation(NOON, (*away, NOTICE), (HIDDEN,)).for_booker() == (
        "This time is not available.",
        "This time is too soon to be booked.",
    )


# --- a window -------------------------------------------------------------------------------------

HOUR = timedelta(hours=1)
ANA = Blockage("ana", 3 * HOUR, 2 * HOUR, ((What.BUSY, 3 * HOUR), (What.HOURS, 1.5 * HOUR)))
ALL = Blockage(None, HOUR, timedelta(), ((What.NOTICE, HOUR),))


def test_a_blockage_says_how_much_and_by_what() -> None:
    assert str(ANA) == "ana blocks 3h, 2h of it alone (busy 3h, hours 1h30m)"
    assert str(ALL) == "the calendar blocks 1h (notice 1h)"


@pytest.mark.parametrize(("offered", "told"), [(0, "no starts"), (1, "1 start"), (2, "2 starts")])
def test_a_window_says_what_is_left_and_who_blocks(offered: int, told: str) -> None:
    explained = WindowExplanation(LUNCH, offered, (ANA, ALL))

    assert str(explained).splitlines() == [f"{LUNCH}: {told}", f"  {ANA}", f"  {ALL}"]
    assert explained.blockers == ("ana",)


def test_a_window_says_whom_one_would_have_to_do_without_but_not_at_length() -> None:
    """A hundred members may have hundreds of minimal sets; three are enough to read (X2)."""
    releases = tuple(Release(frozenset({"ana", who}), 1) for who in ("ben", "cleo", "dan", "eve"))

    told = str(WindowExplanation(LUNCH, 0, (), 0, releases)).splitlines()

    assert told[1:] == [f"  without ana and {who}, 1 more start" for who in ("ben", "cleo", "dan")]


@pytest.mark.parametrize(
    "value", [BUSY, Explanation(NOON, (BUSY,), (HIDDEN,)), ANA, WindowExplanation(LUNCH, 1, (ANA,))]
)
def test_explanations_are_plain_values(value: Any) -> None:
    """They are logged, stored, compared and put into sets."""
    assert pickle.loads(pickle.dumps(value)) == value
    assert len({value, copy.deepcopy(value)}) == 1
