"""Laws of the calendar adapter, and its slow twin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from collective_booking.adapters import ics
from collective_booking.adapters.ics.kept import Answers
from collective_booking.icalendar_texts import question_about, read_text
from collective_booking.intervals import Interval, IntervalSet
from tests.icalendar_texts.samples import SAMPLES, reads_as_a_value_or_a_reason
from tests.icalendar_texts.texts import calendar

ZONES: Final = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Africa/Cairo",  # midnights are missing
    "Africa/Casablanca",  # a summer with a hole
    "Pacific/Apia",  # a date is missing in 2011
)
# Around clock changes of each of them, and the missing date.
SEASONS: Final = (date(2026, 3, 1), date(2026, 3, 25), date(2026, 10, 1), date(2011, 12, 20))
RULES: Final = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYHOUR=1,2,23;BYMINUTE=0,30",
    "FREQ=WEEKLY;BYDAY=SU,MO",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=SU",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYMONTHDAY=-1,29",
    "FREQ=YEARLY;BYWEEKNO=13,44;BYDAY=SU",
    "FREQ=HOURLY;INTERVAL=5",
)


class Series(NamedTuple):
    """An event that repeats, as its text and as plain Python sees it."""

    zone: str
    start: datetime
    all_day: bool
    days: int
    exact: timedelta
    rule: str
    most: int | None
    excepted: tuple[int, ...]

    def text(self) -> str:
        form = "%Y%m%d" if self.all_day else "%Y%m%dT%H%M%S"
        where = "" if self.all_day else f";TZID={self.zone}"
        minutes = self.exact // timedelta(minutes=1)
        exact = f"T{minutes}M" if minutes else ""
        count = "" if self.most is None else f";COUNT={self.most}"
        lines = [
            "BEGIN:VEVENT",
            "UID:1",
            f"DTSTART{where}:{self.start:{form}}",
            f"DURATION:P{self.days}D{exact}",
            f"RRULE:{self.rule}{count}",
        ]
        lines += [f"EXDATE{where}:{clock:{form}}" for clock in self.exceptions()]
        return calendar(*lines, "END:VEVENT")

    def clocks(self, until: datetime) -> list[datetime]:
        """Every occurrence from the true start, by dateutil and nothing else."""
        count = "" if self.most is None else f";COUNT={self.most}"
        wkst = "" if "WKST" in self.rule else ";WKST=MO"
        plain = rrulestr(self.rule + count + wkst, dtstart=self.start)
        return [self.start, *takewhile(lambda clock: clock <= until, plain)]

    def exceptions(self) -> list[datetime]:
        known = self.clocks(self.start + timedelta(days=60))
        return [known[place % len(known)] for place in self.excepted]

    def instants(self, until: datetime) -> list[tuple[datetime, datetime]]:
        """From when to when each occurrence is, by zoneinfo and RFC 5545 and nothing else."""
        excepted = {self._instant(clock) for clock in self.exceptions()}
        spans = []
        for clock in self.clocks(until):
            start = self._instant(clock)
            end = self._instant(clock + timedelta(days=self.days)) + self.exact
            if start not in excepted and start < end:
                spans.append((start, end))
        return spans

    def _instant(self, clock: datetime) -> datetime:
        return clock.replace(tzinfo=ZoneInfo(self.zone), fold=0).astimezone(UTC)


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Series that begin some time before a season of clock changes."""
    all_day = draw(st.booleans())
    season = draw(st.sampled_from(SEASONS))
    day = season - timedelta(days=draw(st.integers(0, 30) | st.integers(0, 900)))
    clock = time() if all_day else draw(st.times(time(0), time(23, 59))).replace(microsecond=0)
    rule = draw(st.sampled_from(RULES))
    exact = timedelta() if all_day else timedelta(minutes=draw(st.integers(0, 300)))
    return Series(
        zone=draw(st.sampled_from(ZONES)),
        start=datetime.combine(day, clock),
        all_day=all_day,
        days=draw(st.integers(0, 2)),
        exact=exact,
        rule="FREQ=DAILY" if all_day and "HOUR" in rule else rule,
        most=draw(st.none() | st.integers(1, 400)),
        excepted=tuple(draw(st.lists(st.integers(0, 60), max_size=3))),
    )


@given(series=series(), season=st.sampled_from(SEASONS), days=st.integers(1, 40))
def test_every_series_is_what_its_slow_twin_says(series: Series, season: date, days: int) -> None:
    """From the true start, one occurrence at a time: no skipping, no budget, no integers."""
    start = datetime.combine(season, time(), UTC)
    window = Interval(start, start + timedelta(days=days))
    until = window.end.replace(tzinfo=None) + timedelta(days=3)
    expected = IntervalSet.from_pairs(series.instants(until)).clip(window)

    found = ics.read(series.text(), window, timezone=series.zone)

    assert not found.unknown
    assert found.busy == expected


@given(series=series(), season=st.sampled_from(SEASONS), days=st.integers(2, 40), cut=st.data())
def test_what_is_known_of_a_window_is_what_is_known_of_its_parts(
    series: Series, season: date, days: int, cut: st.DataObject
) -> None:
    """The answer must not depend on how far somebody looks: pages of a month agree with weeks."""
    start = datetime.combine(season, time(), UTC)
    middle = start + timedelta(hours=cut.draw(st.integers(1, 24 * days - 1)))
    end = start + timedelta(days=days)
    text = series.text()

    whole = ics.read(text, Interval(start, end), timezone=series.zone)
    early = ics.read(text, Interval(start, middle), timezone=series.zone)
    late = ics.read(text, Interval(middle, end), timezone=series.zone)

    assert early.busy | late.busy == whole.busy


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Real texts with lines dropped, doubled, swapped and garbled, or cut anywhere."""
    lines = draw(st.sampled_from(SAMPLES)).splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        at = draw(st.integers(0, len(line)))
        lines[place : place + 1] = draw(
            st.sampled_from(
                [
                    [],
                    [line, line],
                    [line, draw(st.sampled_from(lines))],
                    [line[:at] + draw(st.binary(max_size=3)) + line[at:]],
                    [line[:at] + line[at + 1 :]],
                    [
                        line[:at]
                        + draw(st.sampled_from([b"0", b"99999999", b"-", b";", b":"]))
                        + line[at:]
                    ],
                ]
            )
        )
        if not lines:
            return b""
    return b"".join(lines)


@settings(max_examples=150)
@given(text=damaged())
def test_a_damaged_calendar_is_a_value_or_a_reason(text: bytes) -> None:
    """Whatever happens to a file, nothing but an answer comes out, and it comes."""
    reads_as_a_value_or_a_reason(text)


@settings(max_examples=300)
@given(text=damaged() | series().map(lambda each: each.text().encode()), cut=st.data())
def test_what_is_kept_is_what_would_be_read(text: bytes, cut: st.DataObject) -> None:
    """Nobody can tell whether a calendar was read for this question, or for a wider one before."""
    hours = sorted(cut.draw(st.sets(st.integers(0, 24 * 90), min_size=2, max_size=2)))
    start, end = (datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=each) for each in hours)
    question = question_about(Interval(start, end), "Europe/Berlin")

    anew, kept = (each(text, question, "a.ics") for each in (read_text, Answers().read_text))
    assert (kept.availability.busy, kept.availability.tentative) == (
        anew.availability.busy,
        anew.availability.tentative,
    )
    assert set(kept.availability.unknown) == set(anew.availability.unknown)
    assert kept.told.clip(question.window) == anew.told.clip(question.window)
