"""Where the laws of the finder draw their teams from: rich ones, and near changes of the clocks.

Lives here: strategies for members, calendars and all that a finder is told.
Must not live here: laws, or the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import DAYS, DateRange, OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member, OnUnknown
from collective_booking.settings import Anchor, BufferMode, HoursMode, Tentative
from collective_booking.slots import SlotFinder
from collective_booking.testing import strategies as kit
from tests.oracles.finder import Oracle

MINUTE: Final = timedelta(minutes=1)


def ahead(zone: str, moment: datetime) -> timedelta | None:
    """The offset that *zone* has at *moment*."""
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


CHANGES: Final = tuple(
    (zone, moment)
    for zone, moment in kit.CHANGES
    if ahead(zone, moment) != ahead(zone, moment - timedelta(seconds=1))
)
"""Zones, and the first instant of another offset there."""

ZONES: Final = tuple(dict.fromkeys(zone for zone, _ in CHANGES))


@dataclass(frozen=True)
class Scene:
    """All that a finder is told, and a window to ask it about."""

    calendar: CollectiveCalendar
    availability: dict[str, Availability]
    now: datetime
    claims: tuple[Claim, ...]
    counted: tuple[Counted, ...]
    moving: str | None
    window: Interval

    def told(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "window"}

    def finder(self, **changes: Any) -> SlotFinder:
        return SlotFinder(**self.told() | changes)

    def oracle(self) -> Oracle:
        return Oracle(**self.told())

    def minutes(self) -> list[datetime]:
        """Every start in the window that a whole minute can be."""
        count = self.window.duration // MINUTE
        return [self.window.start + each * MINUTE for each in range(count)]


def minutes(*choices: int) -> SearchStrategy[timedelta]:
    return st.sampled_from([timedelta(minutes=count) for count in choices])


def rarely(draw: DrawFn) -> bool:
    return draw(_SIXTH) == 0


def upto(draw: DrawFn, count: int) -> int:
    """A number below *count*: any with much the same chance, while small draws are favoured."""
    return draw(_MANY) * 40_503 % count


def near(draw: DrawFn, middle: datetime, before: int, after: int) -> datetime:
    """A whole minute from *before* hours earlier to *after* hours later, often a quarter."""
    quarters = (upto(draw, (before + after) * 4) + before * 4) % ((before + after) * 4) - before * 4
    return middle + (quarters * 15 + (upto(draw, 15) if rarely(draw) else 0)) * MINUTE


_MANY: Final = st.integers(0, 2**32)
_SIXTH: Final = st.sampled_from((1, 2, 3, 4, 5, 0))

# --- hours ----------------------------------------------------------------------------------------

_USUAL: Final = (
    "00:00-24:00",
    "07:00-22:00",
    "20:00-04:00",
    "18:00-18:00",
    "23:30-23:30",
    "01:30-02:30",
)
_CLOCK: Final = st.sampled_from([f"{hour:02}:{m:02}" for hour in range(24) for m in (0, 1, 30, 45)])
TIMES: Final = st.sampled_from(_USUAL) | st.tuples(_CLOCK, _CLOCK).map("-".join)
"""Hours as people write them: long, short, overnight, round the clock, around changes."""

_DAYS: Final = st.sampled_from(("daily", "daily", "daily", "Mon-Fri", "Fri-Mon", "Sat,Sun", *DAYS))
_RULES: Final = st.tuples(_DAYS, TIMES).map(" ".join)
_WIDE: Final = st.sampled_from(("daily 00:00-24:00", "daily 06:00-23:00", "daily 21:00-20:00"))
_WEEKLY: Final = st.lists(st.one_of(_WIDE, _WIDE, _RULES), min_size=1, max_size=3)
_DATED: Final = st.dictionaries(st.integers(-2, 2), st.lists(TIMES, max_size=2), max_size=2)


def opening_hours(draw: DrawFn, near: date) -> OpeningHours:
    """Mostly wide hours, so that a team has time in common; now and then dates that differ."""
    weekly = ["daily 00:00-24:00"] if draw(_SIXTH) > 3 else draw(_WEEKLY)
    dated = draw(_DATED) if rarely(draw) else {}
    overrides = {near + timedelta(days=days): times for days, times in dated.items()}
    return OpeningHours.parse(*weekly, overrides=overrides)


# --- the team -------------------------------------------------------------------------------------


_ANY_ZONE: Final = st.sampled_from(ZONES)
_DAYS_AWAY: Final = st.integers(-1, 2)
_ON_UNKNOWN: Final = st.sampled_from(OnUnknown)


def zone_of(draw: DrawFn, here: str) -> str:
    return here if draw(_SIXTH) > 1 else draw(_ANY_ZONE)


def some_member(draw: DrawFn, id: str, here: str, change: date) -> Member:
    away = change + timedelta(days=draw(_DAYS_AWAY))
    return Member(
        id,
        timezone=zone_of(draw, here),
        hours=opening_hours(draw, change),
        time_off=(DateRange(away, away),) if rarely(draw) and draw(_SIXTH) > 2 else (),
        required=id == "ana" or not rarely(draw),
        ignore_busy=rarely(draw),
        ignore_hours=rarely(draw),
        on_unknown=draw(_ON_UNKNOWN),
        calendar=f"{id}.ics",
    )


_SETTINGS: Final = st.fixed_dictionaries(
    {
        "duration": minutes(30, 60, 15, 7, 90, 150),
        "interval": minutes(30, 15, 60, 25, 50, 90) | st.none(),
        "buffer_before": minutes(0, 0, 5, 15, 30),
        "buffer_after": minutes(0, 0, 10, 20, 45),
        "buffer_mode": st.sampled_from(BufferMode),
        "notice": minutes(0, 0, 0, 60, 12 * 60),
        "notice_days": st.sampled_from((0, 0, 0, 0, 1)),
        "horizon_days": st.sampled_from((None, None, None, 2, 1, 60)),
        "max_per_day": st.sampled_from((None, None, None, 1, 2)),
        "max_per_week": st.sampled_from((None, None, None, None, 1)),
        "max_per_month": st.sampled_from((None, None, None, None, 2)),
        "look_busy": st.sampled_from((0, 0, 50)),
        "tentative": st.sampled_from(Tentative),
    }
)
_BY_WINDOW: Final = st.just({"anchor": Anchor.WINDOW})
_BY_CLOCK: Final = st.fixed_dictionaries(
    {"anchor": st.just(Anchor.CLOCK), "anchor_offset": minutes(0, 5, 20, 100)}
)
_ANCHORS: Final = _BY_WINDOW | _BY_CLOCK
_HOURS_MODES: Final = st.sampled_from(HoursMode)
_SIZES: Final = st.integers(2, 5)


def some_calendar(draw: DrawFn, here: str, change: date) -> CollectiveCalendar:
    settings: dict[str, Any] = draw(_SETTINGS) | draw(_ANCHORS)
    if rarely(draw):
        settings["hours"] = opening_hours(draw, change)
        settings["hours_mode"] = draw(_HOURS_MODES)
    ids = ("ana", "ben", "cleo", "dan", "eve")[: draw(_SIZES)]
    return CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone=zone_of(draw, here),
        members=tuple(some_member(draw, each, here, change) for each in ids),
        **settings,
    )


# --- what takes time ------------------------------------------------------------------------------

_LENGTHS: Final = minutes(30, 60, 5, 15, 90, 180, 1)
_COUNTS: Final = st.sampled_from((1, 0, 2))
_CLAIM_COUNTS: Final = st.integers(0, 5)
_CLAIM_IDS: Final = st.sampled_from(("first", "second", "third"))
_CLAIM_BUFFERS: Final = minutes(0, 10, 30)
_MOVING: Final = st.sampled_from((None, "first", "counted-0"))


def stretch(draw: DrawFn, middle: datetime) -> Interval:
    start = near(draw, middle, 20, 20)
    return Interval(start, start + draw(_LENGTHS))


def known_times(draw: DrawFn, middle: datetime) -> Availability:
    busy, tentative, unknown = (
        [stretch(draw, middle) for _ in range(count)]
        for count in (
            draw(_COUNTS),
            draw(_COUNTS) if rarely(draw) else 0,
            draw(_COUNTS) if draw(_SIXTH) > 3 else 0,
        )
    )
    return Availability(
        IntervalSet(busy),
        IntervalSet(tentative),
        tuple(Unknown(each, Cause.UNREADABLE) for each in unknown),
    )


def some_claim(draw: DrawFn, middle: datetime, who: list[str]) -> Claim:
    return Claim(
        draw(_CLAIM_IDS),
        "stranger" if rarely(draw) else draw(st.sampled_from(who)),
        stretch(draw, middle),
        buffer_before=draw(_CLAIM_BUFFERS),
        buffer_after=draw(_CLAIM_BUFFERS),
        exclusive=not rarely(draw),
        held=rarely(draw) or rarely(draw),
    )


@st.composite
def scenes(draw: DrawFn, hours: int = 30) -> Scene:
    """A team around a change of the clocks, and a window of at most so many *hours*."""
    here, change = draw(_CHANGES)
    calendar = some_calendar(draw, here, change.date())
    who = [member.id for member in calendar.members]
    start = near(draw, change, hours, 4) if draw(_SIXTH) else change - draw(_ODD_HOURS)
    length = (hours * 60 - upto(draw, hours * 60)) * MINUTE
    return Scene(
        calendar=calendar,
        availability={
            each: known_times(draw, change) for each in who if not (rarely(draw) and rarely(draw))
        },
        now=near(draw, change - timedelta(hours=44), 20, 40),
        claims=tuple(some_claim(draw, change, who) for _ in range(draw(_CLAIM_COUNTS))),
        counted=tuple(
            Counted(f"counted-{n}", near(draw, change, 60, 60)) for n in range(draw(_COUNTS))
        ),
        moving=draw(_MOVING),
        window=Interval(start, start + length),
    )


_CHANGES: Final = st.sampled_from(CHANGES)
_ODD_HOURS: Final = minutes(1, 0, 31, -1, 60)
