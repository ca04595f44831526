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
from docs.pictures.paper import MARGIN, WIDTH, Paper

ZONE: Final = "America/New_York"
HOURS: Final = "00:00-06:00"
DAYS: Final = (date(2026, 3, 8), date(2026, 11, 1))
_HOUR: Final = timedelta(hours=1)
_LEFT, _PLOT, _X, _Y = 64, 7, 50, 34
_FIRST, _APART = 156, 406


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
    """One day above the other."""
    told = " ".join(_told(day, starts(day)) for day in DAYS)
    paper = Paper("clock-change", "Two days on which clocks change", told, WIDTH, 908)
    paper.text(MARGIN, 36, "Two days on which clocks change", size=20, bold=True)
    opened = HOURS.replace("-", " to ")
    subtitle = f"Open {opened} in New York, bookable by the hour"
    paper.text(MARGIN, 58, subtitle, "quiet")
    top = float(_FIRST)
    for day in DAYS:
        _day(paper, top, day, starts(day))
        top += _APART
    _legend(paper, 75)
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


def _legend(paper: Paper, y: float) -> None:
    paper.path(f"M{MARGIN} {y + 8:g}h24", "green", width=4)
    paper.text(MARGIN + 32, y + 12, "the clock on the wall", "quiet", size=12)
    paper.rect(MARGIN + 174, y + 2, 24, 12, "blue", opacity=0.55)
    paper.text(MARGIN + 206, y + 12, "open", "quiet", size=12)
    paper.rect(MARGIN + 254, y + 2, 24, 12, "mint")
    paper.text(MARGIN + 286, y + 12, "on offer, with offset", "quiet", size=12)


def _day(paper: Paper, top: float, day: date, found: Sequence[datetime]) -> None:
    """One day: real time to the right, the clock on the wall upwards."""
    bottom = top + _PLOT * _Y
    opened = found[0].astimezone(UTC)
    begin = opened - _HOUR / 2

    def across(moment: datetime) -> float:
        return _LEFT + (moment.astimezone(UTC) - begin) / _HOUR * _X

    def up(moment: datetime) -> float:
        return bottom - (moment.hour + moment.minute / 60 + 0.5) * _Y

    width = (len(found) + 1) * _X
    paper.text(_LEFT, top - 30, _heading(day), size=15, bold=True)
    paper.text(_LEFT, top - 11, _remark(found), "amber")
    _walls(paper, bottom, width)
    for at in range(len(found) + 1):
        moment = opened + at * _HOUR
        x = across(moment)
        paper.path(f"M{x:g} {top:g}V{bottom + 52:g}", "quiet", width=0.8, opacity=0.25)
        paper.text(x, bottom + 68, f"{moment:%H}", "quiet", size=12, anchor="middle")
    _odd_hour(paper, bottom, width, found)
    for start in found:
        x, y = across(start), up(start)
        paper.path(f"M{x:g} {y:g}l{_X} {-_Y}", "green", width=4)
        paper.path(f"M{x:g} {y:g}V{bottom + 14:g}", "green", width=1, dashed=True, opacity=0.7)
        paper.dot(x, y, 4.5, "green")
        paper.rect(x + 1.5, bottom + 14, _X - 3, 36, "mint", round_by=4)
        paper.text(x + 5, bottom + 30, f"{start:%H:%M}", size=12, bold=True)
        paper.text(x + 5, bottom + 44, f"{start:%z}"[:3], "quiet", size=11)
    paper.text(_LEFT - 8, top + 4, "wall", "quiet", size=12, anchor="end")
    paper.text(
        _LEFT + width / 2, bottom + 86, "real time, in UTC", "quiet", size=12, anchor="middle"
    )


def _walls(paper: Paper, bottom: float, width: float) -> None:
    """The hours on the wall, and which of them are open."""
    paper.rect(_LEFT, bottom - _PLOT * _Y, width, _PLOT * _Y, "faint", round_by=4)
    paper.rect(_LEFT, bottom - 6.5 * _Y, width, 6 * _Y, "blue", round_by=0, opacity=0.55)
    for hour in range(7):
        y = bottom - (hour + 0.5) * _Y
        paper.path(f"M{_LEFT:g} {y:g}h{width:g}", "quiet", width=0.8, opacity=0.25)
        paper.text(_LEFT - 8, y + 4, f"{hour:02}:00", "quiet", size=12, anchor="end")


def _odd_hour(paper: Paper, bottom: float, width: float, found: Sequence[datetime]) -> None:
    """The hour on the wall that never comes, or comes twice, across the whole day."""
    hour, words = _odd(found)
    y = bottom - (hour + 1.5) * _Y
    paper.rect(_LEFT, y, width, _Y, "sand", round_by=0)
    short = words.replace("comes", "").strip()
    paper.text(_LEFT + 8, y + _Y / 2 + 4, short, "amber", size=12, bold=True)
