"""Opening hours and dates as people write them: what is read, what is printed, what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import pytest

from collective_booking.errors import (
    CollectiveBookingError,
    InvalidValueError,
    UnreadableTextError,
    WrongTypeError,
)
from collective_booking.hours import DateRange, OpeningHours


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        (["Mon-Fri 09:00-17:00"], "Mon-Fri 09:00-17:00"),
        (["Sat,Sun 10:00-12:00"], "Sat-Sun 10:00-12:00"),
        (["Fri-Mon 22:00-02:00"], "Fri-Mon 22:00-02:00"),
        (["daily 00:00-24:00"], "daily 00:00-24:00"),
        (["Mon-Sun 00:00-00:00"], "daily 00:00-24:00"),
        (["Mon 22:00-00:00"], "Mon 22:00-24:00"),
        (["Mon-Fri 09:00–17:00"], "Mon-Fri 09:00-17:00"),
        (["Mon — Fri 9:00 − 17:00"], "Mon-Fri 09:00-17:00"),
        (["monday, WED-friday 9:00-9:30,10:00-10:30"], None),
        (["Wed 09:00-10:00", "Mon,Wed,Fri 09:00-10:00"], "Mon,Wed,Fri 09:00-10:00"),
        (["Tue 14:00-15:00", "Mon-Tue 09:00-10:00"], "Mon-Tue 09:00-10:00; Tue 14:00-15:00"),
    ],
)
def test_hours_print_as_people_write_them(written: list[str], printed: str | None) -> None:
    """The shortest way to say it, whichever way it was said."""
    either = printed or "Mon,Wed-Fri 09:00-09:30; Mon,Wed-Fri 10:00-10:30"

    assert str(OpeningHours.parse(*written)) == either


def test_overrides_print_after_the_week_and_the_closed_ones_say_so() -> None:
    hours = OpeningHours.parse(
        "Mon 09:00-17:00", overrides={"2026-12-25": [], "2026-12-24": ["10:00-12:00, 09:00-11:00"]}
    )

    assert str(hours) == ("Mon 09:00-17:00; 2026-12-24 09:00-11:00, 10:00-12:00; 2026-12-25 closed")
    assert eval(repr(hours)) == hours


def test_hours_of_nothing_but_overrides_can_be_read_back_from_their_repr() -> None:
    hours = OpeningHours.parse(overrides={"2026-12-24": ["10:00-12:00"]})

    assert repr(hours) == "OpeningHours.parse(overrides={'2026-12-24': ['10:00-12:00']})"
    assert eval(repr(hours)) == hours


def test_hours_that_mean_the_same_are_equal_and_travel() -> None:
    """So that they can be keys, and go to another process."""
    one = OpeningHours.parse("Mon-Tue 09:00-10:00")
    other = OpeningHours.parse("Tue 09:00-10:00", "Mon 09:00-10:00", "Mon 09:00-10:00")

    assert one == other
    assert len({one, other, pickle.loads(pickle.dumps(one))}) == 1


RULE: Final = "a rule of weekly hours"
SPAN: Final = "a span of hours"
SPAN_ADVICE: Final = "write '09:00-17:00'; a start is at most 23:59, an end at most 24:00"
RULE_ADVICE: Final = "write 'Mon-Fri 09:00-17:00', 'Sat,Sun 10:00-12:00' or 'daily 22:00-02:00'"
LIST: Final = "a list like ['09:00-12:00'] or []"
DATE: Final = "a date without a time of day"
DAY_ADVICE: Final = "use Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", f"cannot read '' as {RULE}: {RULE_ADVICE}"),
        ("Mon", f"cannot read 'Mon' as {RULE}: {RULE_ADVICE}"),
        ("09:00-17:00", f"cannot read '09:00-17:00' as {RULE}: {RULE_ADVICE}"),
        (
            "Mon-Fry 9-17",
            f"cannot read 'Mon-Fry 9-17' as {RULE}: 'Fry' is no day; {DAY_ADVICE}",
        ),
        (
            "weekdays 09:00-17:00",
            f"cannot read 'weekdays 09:00-17:00' as {RULE}: 'weekdays' is no day; {DAY_ADVICE}",
        ),
        ("Mon-Fri 9-17", f"cannot read '9-17' as {SPAN}: {SPAN_ADVICE}"),
        ("Mon 09:00", f"cannot read '09:00' as {SPAN}: {SPAN_ADVICE}"),
        ("Mon 25:00-26:00", f"cannot read '25:00-26:00' as {SPAN}: {SPAN_ADVICE}"),
        ("Mon 24:00-02:00", f"cannot read '24:00-02:00' as {SPAN}: {SPAN_ADVICE}"),
        ("Mon 22:00-24:30", f"cannot read '22:00-24:30' as {SPAN}: {SPAN_ADVICE}"),
        ("Mon 09:60-10:00", f"cannot read '09:60-10:00' as {SPAN}: {SPAN_ADVICE}"),
        ("Mon 9am-5pm", f"cannot read '9am-5pm' as {SPAN}: {SPAN_ADVICE}"),
        ("Mon 0 9:00-17:00", f"cannot read '0 9:00-17:00' as {SPAN}: {SPAN_ADVICE}"),
        (
            "Mon 09:00-10:00 11:00-12:00",
            f"cannot read '09:00-10:00 11:00-12:00' as {SPAN}: {SPAN_ADVICE}",
        ),
        ("Mon ٠٩:٠٠-١٧:٠٠", f"cannot read '٠٩:٠٠-١٧:٠٠' as {SPAN}: {SPAN_ADVICE}"),
    ],
)
def test_a_rule_that_cannot_be_read_is_answered_with_one_that_can(rule: str, message: str) -> None:
    """These messages reach the person who typed the rule."""
    with pytest.raises(UnreadableTextError) as caught:
        OpeningHours.parse(rule)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"2026-12-24": "09:00-12:00"},
            f"the override of 2026-12-24 must be {LIST}, not str: '09:00-12:00'",
        ),
        (
            {"2026-12-24": None},
            f"the override of 2026-12-24 must be {LIST}, not NoneType: None",
        ),
        (
            {"2026-12-24": [9]},
            "opening hours must be a text like '09:00-17:00', not int: 9",
        ),
        (
            {20261224: []},
            f"a local date must be {DATE}, not int: 20261224",
        ),
        (
            {datetime(2026, 12, 24): []},
            f"a local date must be {DATE}, not datetime: datetime.datetime(2026, 12, 24, 0, 0)",
        ),
        (
            [("2026-12-24", [])],
            "overrides must be a dict from dates to lists of hours, not list: [('2026-12-24', [])]",
        ),
    ],
)
def test_an_override_of_the_wrong_kind_is_refused_by_name(
    overrides: Mapping[str, list[str]], message: str
) -> None:
    """One text where a list belongs would otherwise be read letter by letter."""
    with pytest.raises(WrongTypeError) as caught:
        OpeningHours.parse(overrides=overrides)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"24.12.2026": []}, "cannot read '24.12.2026' as a date: write it as 2026-12-24"),
        ({"2026-02-30": []}, "cannot read '2026-02-30' as a date: write it as 2026-12-24"),
        ({"2026-12-24": [""]}, f"cannot read '' as {SPAN}: {SPAN_ADVICE}"),
        (
            {"2026-12-24": ["Thu 09:00-12:00"]},
            f"cannot read 'Thu 09:00-12:00' as {SPAN}: {SPAN_ADVICE}",
        ),
    ],
)
def test_an_override_that_cannot_be_read_is_refused(
    overrides: Mapping[str, list[str]], message: str
) -> None:
    with pytest.raises(UnreadableTextError) as caught:
        OpeningHours.parse(overrides=overrides)

    assert str(caught.value) == message


@pytest.mark.parametrize("rule", [None, 9, ["Mon 09:00-17:00"], b"Mon 09:00-17:00"])
def test_a_rule_is_text(rule: Any) -> None:
    """A list of rules is given with a star: `parse(*rules)`."""
    with pytest.raises(
        WrongTypeError, match=r"^a rule must be a text like 'Mon-Fri 09:00-17:00', "
    ):
        OpeningHours.parse(rule)


@pytest.mark.parametrize(
    ("spans", "error"),
    [
        ([(540, 540)], InvalidValueError),
        ([(540, 500)], InvalidValueError),
        ([(-1, 500)], InvalidValueError),
        ([(1440, 1500)], InvalidValueError),
        ([(540, 540 + 1441)], InvalidValueError),
        ([(540.5, 600)], WrongTypeError),
        ([(False, True)], WrongTypeError),
        ([(540,)], WrongTypeError),
        ([[540, 600]], WrongTypeError),
        ([540, 600], WrongTypeError),
    ],
)
def test_hours_that_exist_are_valid(spans: Any, error: type[Exception]) -> None:
    """Checked once at the door, also where somebody goes around `parse`."""
    with pytest.raises(error, match=r"^a span (cannot|must) be "):
        OpeningHours((spans, *[()] * 6))


def test_a_week_has_seven_days() -> None:
    with pytest.raises(InvalidValueError, match="give the spans of seven days, Monday first"):
        OpeningHours(((),) * 6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot read '' as a date: write it as 2026-12-24"),
        ("2026-12-28/", "cannot read '' as a date: write it as 2026-12-24"),
        ("next week", "cannot read 'next week' as a date: write it as 2026-12-24"),
        (
            "2026-12-28T09:00/2026-12-29",
            "cannot read '2026-12-28T09:00' as a date: write it as 2026-12-24",
        ),
        (
            "2026-12-31/2026-12-28",
            "a range of dates cannot be '2026-12-31/2026-12-28': put the earlier date first",
        ),
        (
            "2026-12-31/9999-12-31",
            "9999-12-31 is out of range: stay within the years 1900 to 2199",
        ),
    ],
)
def test_dates_that_cannot_be_read_are_refused(text: str, message: str) -> None:
    with pytest.raises(CollectiveBookingError) as caught:
        DateRange.parse(text)

    assert str(caught.value) == message


@pytest.mark.parametrize("first", [None, "2026-12-28", datetime(2026, 12, 28)])
def test_a_range_of_dates_is_made_of_dates(first: Any) -> None:
    with pytest.raises(WrongTypeError, match=r"^first must be a date without a time of day, not "):
        DateRange(first, date(2026, 12, 31))
