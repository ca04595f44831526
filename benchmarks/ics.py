"""Reading calendars, beside icalendar's own parse of one: `python benchmarks/ics.py`.

Lives here: two calendars made from nothing but numbers, what they should mean, and the table.
Must not live here: other work; slots have a benchmark of their own.

The unit is the CPU time of `icalendar.Calendar.from_ical` on 10,000 single events, in the same run.
Answers are compared before anything is measured; rounds take turns, and the median counts.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from statistics import median
from time import process_time
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, rrule
from icalendar import Calendar

from collective_booking.adapters import ics
from collective_booking.adapters.ics.kept import Answers
from collective_booking.icalendar_texts import question_about
from collective_booking.intervals import Interval, IntervalSet

ROUNDS: Final = 5
EVENTS, RULES = 10_000, 300
BERLIN: Final = ZoneInfo("Europe/Berlin")
WEEK: Final = Interval(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
DECADE: Final = Interval(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
LIMITS: Final = ics.Limits(components=EVENTS + 1)
MOST_FOR_RULES, MOST_FOR_EVENTS, MOST_FOR_UNCHANGED = 0.1, 1.2, 0.02


def starts_of_events() -> list[datetime]:
    """Half an hour in every five, on the wall of Berlin, for almost six years."""
    first = datetime(2022, 1, 3, 8)  # noqa: DTZ001  # on the wall
    return [first + timedelta(hours=5 * place) for place in range(EVENTS)]


def starts_of_rules() -> list[datetime]:
    """The first mornings of stand-ups that have been held ever since."""
    first = datetime(2010, 1, 4, 6)  # noqa: DTZ001  # on the wall
    return [first + timedelta(days=place % 7, minutes=2 * place) for place in range(RULES)]


def events() -> str:
    """A calendar of single events, with what else stands in real ones."""
    return _calendar(
        f"""BEGIN:VEVENT
UID:event-{place}@example.com
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}
DTEND;TZID=Europe/Berlin:{start + timedelta(minutes=30):%Y%m%dT%H%M%S}
SUMMARY:Meeting {place}
DESCRIPTION:What it is about\\, and what to bring.
LOCATION:Room {place % 9}
SEQUENCE:0
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
"""
        for place, start in enumerate(starts_of_events())
    )


def rules() -> str:
    """A calendar of daily rules."""
    return _calendar(
        f"""BEGIN:VEVENT
UID:rule-{place}@example.com
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}
DURATION:PT1M
RRULE:FREQ=DAILY
SUMMARY:Stand-up {place}
END:VEVENT
"""
        for place, start in enumerate(starts_of_rules())
    )


def _calendar(components: Iterable[str]) -> str:
    text = "".join(components)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//benchmark//EN\n{text}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    )


def read(text: str, window: Interval) -> IntervalSet:
    found = ics.read(text, window, timezone="Europe/Berlin", limits=LIMITS)
    assert not found.unknown
    return found.busy


def as_icalendar_reads_them(text: str) -> IntervalSet:
    parsed = Calendar.from_ical(text)
    return IntervalSet.from_pairs((each.start, each.end) for each in parsed.events)  # type: ignore[misc]


def as_dateutil_walks_them() -> IntervalSet:
    """From the true start, day by day."""
    end, minute = WEEK.end.replace(tzinfo=None) + timedelta(days=1), timedelta(minutes=1)
    clocks = [
        clock.replace(tzinfo=BERLIN)
        for start in starts_of_rules()
        for clock in takewhile(lambda clock: clock < end, rrule(DAILY, dtstart=start))
    ]
    return IntervalSet.from_pairs((clock, clock + minute) for clock in clocks).clip(WEEK)


def medians(*jobs: Callable[[], object]) -> list[float]:
    """The CPU seconds of each job; they take turns, so that a slow minute is everybody's."""
    spent: list[list[float]] = [[] for _ in jobs]
    for _ in range(ROUNDS):
        for job, seconds in zip(jobs, spent, strict=True):
            gc.collect()
            begun = process_time()
            job()
            seconds.append(process_time() - begun)
    return [median(seconds) for seconds in spent]


def peak(job: Callable[[], object]) -> float:
    """The most memory that *job* held at once, in MB."""
    tracemalloc.start()
    job()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1_000_000


def main() -> None:
    many, daily = events(), rules()
    assert read(many, DECADE) == as_icalendar_reads_them(many)
    assert len(read(many, DECADE)) == EVENTS
    assert read(daily, WEEK) == as_dateutil_walks_them()

    answers, asked = Answers(), question_about(DECADE, "Europe/Berlin", limits=LIMITS)
    unchanged = many.encode()
    assert answers.read_text(unchanged, asked, None).availability.busy == read(many, DECADE)

    jobs = {
        f"icalendar parses {EVENTS:,} events": (lambda: Calendar.from_ical(many), None),
        "read them, all in the window": (lambda: read(many, DECADE), MOST_FOR_EVENTS),
        "read them, a week's in the window": (lambda: read(many, WEEK), MOST_FOR_EVENTS),
        "read them again, unchanged": (
            lambda: answers.read_text(unchanged, asked, None),
            MOST_FOR_UNCHANGED,
        ),
        f"read {RULES} daily rules since 2010, a week": (lambda: read(daily, WEEK), MOST_FOR_RULES),
    }
    spent = medians(*(job for job, _ in jobs.values()))
    print(f"{'':46}{'CPU s':>8}{'ratio':>8}{'at most':>9}{'peak MB':>9}")
    for (name, (job, most)), seconds in zip(jobs.items(), spent, strict=True):
        limit = "" if most is None else f"{most:.2f}"
        print(f"{name:46}{seconds:8.3f}{seconds / spent[0]:8.3f}{limit:>9}{peak(job):9.1f}")


if __name__ == "__main__":
    main()
