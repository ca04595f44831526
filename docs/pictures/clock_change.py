"""What a day looks like on which clocks change: the clock on the wall against real time.

Lives here: two days in New York, with the starts that a finder offers on them (T3, G1).
Must not live here: any rule; the starts are asked of `SlotFinder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from collective_booking import Availability, CollectiveCalendar, Member, OpeningHours, SlotFinder
from docs.pictures.paper import Paper

ZONE: Final = "America/New_York"
HOURS: Final = "00:00-06:00"
DAYS: Final = (date(2026, 3, 8), date(2026, 11, 1))
_HOUR: Final = timedelta(hours=1)
_WIDTH, _HEIGHT = 880, 506
_LEFT, _TOP, _PLOT, _X, _Y = 72, 128, 7, 50, 38
_BOTTOM: Final = _TOP + _PLOT * _Y


def starts(day: date) -> list[datetime]:
    """When an hour that begins every hour can be booked on *day*, in New York's time.

    >>> len(starts(DAYS[0])), len(starts(DAYS[1]))
    (5, 7)
    """
    calendar = CollectiveCalendar(
        name="Night line",
        slug="night-line",
        timezone=ZONE,
        duration=_HOUR,
        members=tuple(
            Member(id_, timezone=ZONE, hours=OpeningHours.parse(f"Mon-Sun {HOURS}"))
            for id_ in ("ana", "ben")
        ),
    )
    finder = SlotFinder(
        calendar=calendar,
        availability={id_: Availability() for id_ in ("ana", "ben")},
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    zone = ZoneInfo(ZONE)
    return [slot.start.astimezone(zone) for slot in finder.offers(calendar.window(day, day))]


def draw() -> str:
    """Both days side by side."""
    told = " ".join(_told(day, starts(day)) for day in DAYS)
    paper = Paper("clock-change", "Two days on which clocks change", told, _WIDTH, _HEIGHT)
    paper.text(24, 42, "Two days on which clocks change", size=20, bold=True)
    subtitle = f"Open {HOURS.replace('-', ' to ')} on the wall in New York, an hour every hour"
    paper.text(24, 64, subtitle, "quiet")
    left = float(_LEFT)
    for day in DAYS:
        found = starts(day)
        _day(paper, left, day, found)
        left += (len(found) + 1) * _X + 84
    return paper.svg()


def _told(day: date, found: Sequence[datetime]) -> str:
    times = ", ".join(f"{start:%H:%M} ({start:%z})" for start in found)
    return f"{_heading(day)}, {_remark(found)}: {times}."


def _heading(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _remark(found: Sequence[datetime]) -> str:
    hour, words = _odd(found)
    return f"{hour:02}:00 to {hour + 1:02}:00 {words}: {len(found)} starts"


def _odd(found: Sequence[datetime]) -> tuple[int, str]:
    """The hour on the wall that does not come once, and what it does instead."""
    shown = [start.hour for start in found]
    return next(
        (hour, "never comes" if hour not in shown else "comes twice")
        for hour in range(6)
        if shown.count(hour) != 1
    )


def _day(paper: Paper, left: float, day: date, found: Sequence[datetime]) -> None:
    """One day: real time to the right, the clock on the wall upwards."""
    opened = found[0].astimezone(UTC)
    begin = opened - _HOUR / 2

    def across(moment: datetime) -> float:
        return left + (moment.astimezone(UTC) - begin) / _HOUR * _X

    def up(moment: datetime) -> float:
        return _BOTTOM - (moment.hour + moment.minute / 60 + 0.5) * _Y

    width = (len(found) + 1) * _X
    paper.text(left, 96, _heading(day), size=15, bold=True)
    paper.text(left, 115, _remark(found), "amber")
    _walls(paper, left, width)
    _odd_hour(paper, left, width, found)
    for at in range(len(found) + 1):
        moment = opened + at * _HOUR
        x = across(moment)
        paper.path(f"M{x:g} {_TOP}V{_BOTTOM + 54}", "quiet", width=0.8, opacity=0.25)
        paper.text(x, _BOTTOM + 72, f"{moment:%H}Z", "quiet", size=12, anchor="middle")
    for start in found:
        x, y = across(start), up(start)
        paper.path(f"M{x:g} {y:g}l{_X} {-_Y}", "green", width=4)
        paper.path(f"M{x:g} {y:g}V{_BOTTOM + 16}", "green", width=1, dashed=True, opacity=0.7)
        paper.dot(x, y, 4.5, "green")
        paper.rect(x + 1.5, _BOTTOM + 16, _X - 3, 35, "mint", round_by=4)
        paper.text(x + 6, _BOTTOM + 32, f"{start:%H:%M}", size=12, bold=True)
        paper.text(x + 6, _BOTTOM + 45, f"{start:%z}"[:3], "quiet", size=10)
    paper.text(left + width / 2, _BOTTOM + 94, "real time", "quiet", size=12, anchor="middle")


def _walls(paper: Paper, left: float, width: float) -> None:
    """The hours on the wall, and which of them are open."""
    paper.rect(left, _TOP, width, _PLOT * _Y, "faint", round_by=4)
    paper.rect(left, _BOTTOM - 6.5 * _Y, width, 6 * _Y, "blue", round_by=0, opacity=0.55)
    for hour in range(7):
        y = _BOTTOM - (hour + 0.5) * _Y
        paper.path(f"M{left:g} {y:g}h{width:g}", "quiet", width=0.8, opacity=0.25)
        paper.text(left - 8, y + 4, f"{hour:02}:00", "quiet", size=12, anchor="end")


def _odd_hour(paper: Paper, left: float, width: float, found: Sequence[datetime]) -> None:
    """The hour on the wall that never comes, or comes twice, across the whole day."""
    hour, words = _odd(found)
    y = _BOTTOM - (hour + 1.5) * _Y
    paper.rect(left, y, width, _Y, "sand", round_by=0)
    short = words.replace("comes", "").strip()
    paper.text(left + 8, y + _Y / 2 + 4, short, "amber", size=12, bold=True)
