"""What cannot be read is unknown: where, why, and no further than can honestly be said."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collective_booking.adapters import ics
from collective_booking.availability import Availability, Cause
from collective_booking.intervals import Interval
from tests.icalendar_texts.texts import BERLIN, MARCH, busy, calendar, event, known, times

NINE = "DTSTART:20260302T090000Z"
HOUR = "DURATION:PT1H"
GOOD = event("DTSTART:20260310T090000Z", HOUR, uid="good")
ALL_OF_MARCH = str(MARCH)
FROM_ITS_START = "2026-03-02T09:00:00Z/2026-04-01T00:00:00Z"


def doubts(found: Availability) -> list[str]:
    return [str(each.interval) for each in found.unknown]


# --- single events --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("DTSTART:",),
        ("DTSTART",),
        ("DTSTART:20261302T090000Z",),
        ("DTSTART:2026-03-02T09:00:00Z",),
        ("DTSTART:20260302T250000Z",),
        ("DTSTART:20260302T090000+0100",),
        ("DTSTART:٢٠٢٦٠٣٠٢",),
        ("DTSTART;TZID:20260302T090000",),
        ("DTSTART:20260302T0900\0Z",),
        (NINE, "DTSTART:20260303T090000Z"),
        ("D\0TSTART:20260302T090000Z",),
    ],
)
def test_an_event_that_starts_nobody_knows_when_may_be_anywhere(lines: tuple[str, ...]) -> None:
    """The rest of the file still counts, and the reason leads to the line."""
    found = known(event(*lines, HOUR), GOOD)

    assert found.busy == times("10 09:00-10:00")
    assert doubts(found) == [ALL_OF_MARCH]
    [doubt] = found.unknown
    assert (doubt.cause, doubt.source, doubt.item) == (Cause.UNREADABLE, "a.ics", "VEVENT")
    assert (doubt.uid, doubt.line in {2, 4, 5}) == ("1", True)


def test_an_event_of_which_only_the_end_can_be_read_is_before_it() -> None:
    """It cannot reach beyond its end; the rest of the month stays known."""
    found = known(event("DTSTART:garbled", "DTEND:20260305T000000Z"))

    assert doubts(found) == ["2026-03-01T00:00:00Z/2026-03-05T00:00:00Z"]


@pytest.mark.parametrize(
    "line",
    [
        "DTEND:garbled",
        "DTEND:20260302T080000Z",
        "DTEND=20260302T100000Z",
        "DURATION:1h",
        "DURATION:-PT1H",
        "DURATION:P",
        "DURATION:PT",
        "RRULE:FREQ=NEVER",
        "RRULE FREQ=DAILY",
        "R RULE:FREQ=DAILY",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=DAILY;UNTIL=Christmas",
        "RDATE:garbled",
        "RDATE;VALUE=PERIOD:20260303T090000Z/20260302T090000Z",
        "D\0TEND:20260302T110000Z",
    ],
)
def test_an_event_whose_end_or_rule_cannot_be_read_may_go_on_from_its_start(line: str) -> None:
    """Before its start it cannot be; an item before the window makes all of it unknown."""
    length = () if line.startswith(("DTEND", "DURATION")) else (HOUR,)
    found = known(event(NINE, *length, line), GOOD)

    assert doubts(found) == [FROM_ITS_START]
    assert times("10 09:00-10:00").starts[0] in found.busy.starts
    assert found.unknown[0].line == 5 + len(length)


def test_what_was_read_before_the_doubt_is_known_to_be_busy() -> None:
    """Known busy always blocks, also for a member who fails open (F3)."""
    found = known(event(NINE, HOUR, "RRULE:FREQ=NEVER", "RDATE:20260303T090000Z"))

    assert found.busy == times("02 09:00-10:00", "03 09:00-10:00")


@pytest.mark.parametrize(
    "text",
    [
        event("DTSTART:20260401T000000Z", "DTEND:garbled"),
        event("DTSTART:20260401T000000Z", HOUR, "RRULE:FREQ=NEVER"),
        event("DTSTART:garbled", "DTEND:20260301T000000Z"),
        event("DTSTART;TZID=Mars:20250302T090000", HOUR),
        event("DTSTART:garbled", "STATUS:CANCELLED"),
        event("DTSTART:garbled", "TRANSP:TRANSPARENT"),
        event(NINE, "DTEND:garbled", "STATUS:CANCELLED"),
    ],
)
def test_an_item_known_to_lie_outside_or_to_be_free_makes_nothing_unknown(text: str) -> None:
    """F3: otherwise one broken event of last year would close every calendar for ever."""
    assert not known(text).unknown


def test_a_torn_description_makes_its_event_alone_unknown() -> None:
    """Exporters forget to escape line breaks; but nobody can tell such a line from a lost rule."""
    torn = event(NINE, HOUR, "DESCRIPTION:Bring", "cake", "and more cake!", "(no: really)")
    found = known(torn, GOOD)

    assert found.busy == times("02 09:00-10:00", "10 09:00-10:00")
    assert doubts(found) == [FROM_ITS_START]


def test_stray_bytes_in_a_title_do_not_close_a_calendar() -> None:
    """A file in an old encoding has readable dates all the same."""
    text = calendar(event(NINE, HOUR, "SUMMARY:Müller")).encode("latin-1")

    assert ics.read(text, MARCH, timezone=BERLIN) == known(event(NINE, HOUR))


# --- whole texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n\r\n",
        "\0" * 1000,
        "<!DOCTYPE html><title>Sign in</title>",
        "BEGIN",
        "END:VCALENDAR",
        "BEGIN:VCALENDAR",
        "BEGIN:\0\nEND:\0",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260302T090000Z\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\nEND:VCALENDAR\nDTSTART:20260302T090000Z",
        "\ufeff\ufeff",
        "\ud800",
    ],
)
def test_a_text_that_is_no_whole_calendar_makes_the_window_unknown(text: str) -> None:
    """An empty file is what a failed download leaves; it must not look like an empty calendar."""
    found = ics.read(text, MARCH, timezone=BERLIN)

    assert ALL_OF_MARCH in doubts(found)
    wide = text.encode("utf-16", "surrogatepass")
    assert ALL_OF_MARCH in doubts(ics.read(wide, MARCH, timezone=BERLIN))


def test_a_text_cut_short_still_tells_what_it_has() -> None:
    """Half a download: what came is busy, what did not come is unknown."""
    text = calendar(GOOD, event(NINE, HOUR))[:-40]

    found = ics.read(text, MARCH, timezone=BERLIN)

    assert found.busy.contains(times("10 09:00-10:00"))
    assert ALL_OF_MARCH in doubts(found)


def test_an_event_inside_another_counts_and_the_torn_one_is_doubtful() -> None:
    """One missing END must not swallow the next event."""
    torn = event(NINE, HOUR).removesuffix("END:VEVENT")

    found = known(torn + GOOD)

    assert found.busy == times("02 09:00-10:00", "10 09:00-10:00")
    assert FROM_ITS_START in doubts(found)


def test_an_event_in_a_component_that_nobody_knows_counts() -> None:
    """What a vendor wraps around it does not make it free."""
    assert known("BEGIN:X-WRAPPED", GOOD, "END:X-WRAPPED").busy == times("10 09:00-10:00")


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        (calendar(GOOD), ics.Limits(size=100)),
        (calendar("SUMMARY:" + "ü" * 60), ics.Limits(size=100)),
        (calendar(GOOD, GOOD), ics.Limits(components=2)),
        (calendar(GOOD), ics.Limits(depth=1)),
        ("BEGIN:X\n" * 1_000_000, ics.Limits(size=10_000_000)),
        ("BEGIN:X\n" * 100_000, ics.Limits(components=1_000_000)),
        (calendar(GOOD), ics.Limits(first_year=2027)),
        (calendar(GOOD), ics.Limits(last_year=2025)),
    ],
)
def test_a_text_beyond_the_limits_is_unknown_and_not_read(text: str, limits: ics.Limits) -> None:
    """Size and nesting are counted before anything is parsed: no depth reaches the stack."""
    found = ics.read(text, MARCH, timezone=BERLIN, limits=limits)

    assert doubts(found) == [ALL_OF_MARCH]
    assert found.unknown[0].cause is Cause.BUDGET


def test_a_text_at_the_limits_is_read() -> None:
    """A limit is what is allowed."""
    text = calendar(GOOD)
    limits = ics.Limits(size=len(text), components=2, depth=2, first_year=2026, last_year=2026)

    assert not ics.read(text, MARCH, timezone=BERLIN, limits=limits).unknown


def test_a_spent_budget_leaves_what_was_found_and_the_single_events() -> None:
    """Only what repeats spends it; every event that it no longer covers says so."""
    every_minute = event(NINE, "DURATION:PT30S", "RRULE:FREQ=MINUTELY", uid="m")
    other = event("DTSTART:20260312T090000Z", HOUR, "RRULE:FREQ=DAILY", uid="d")

    found = known(every_minute, other, GOOD)

    assert [(each.uid, each.cause) for each in found.unknown] == [
        ("m", Cause.BUDGET),
        ("d", Cause.BUDGET),
    ]
    assert found.busy.contains(times("10 09:00-10:00", "12 09:00-10:00"))
    assert doubts(found)[0] == FROM_ITS_START


@pytest.mark.parametrize("line", ["RDATE:" + "20260302T090000Z," * 30_000, "RRULE:FREQ=SECONDLY"])
def test_candidates_are_counted_wherever_they_come_from(line: str) -> None:
    """Dates listed one by one cost as much as those of a rule."""
    assert known(event(NINE, HOUR, line)).unknown[0].cause is Cause.BUDGET


def repeated(count: int, *lines: str, step: int = 0) -> list[str]:
    """So many versions of an event; each begins and replaces *step* minutes after the last."""
    first = datetime(2026, 3, 2, 9, tzinfo=UTC)
    stamps = (f"{first + timedelta(minutes=step * place):%Y%m%dT%H%M%SZ}" for place in range(count))
    return [event(*(line.replace("@", stamp) for line in lines)) for stamp in stamps]


MASTERS = ("DTSTART:@", HOUR, "RRULE:FREQ=DAILY;COUNT=2")
FUTURES = ("DTSTART:@", HOUR, "RECURRENCE-ID;RANGE=THISANDFUTURE:@")
NO_TIME = ("DTSTART:@", "RECURRENCE-ID;RANGE=THISANDFUTURE:@")
PARTS = ("DTSTART:@", HOUR, "RECURRENCE-ID:@")
RULES = "\n".join(f"RRULE:FREQ=DAILY;UNTIL=2026030{day}T000000Z" for day in range(3, 9))


@pytest.mark.parametrize(
    "parts",
    [
        [*repeated(2000, *MASTERS), *repeated(2000, *FUTURES, step=7)],
        [*repeated(2000, *MASTERS, step=1), *repeated(2000, *NO_TIME, step=7)],
        [*repeated(1600, *MASTERS), *repeated(1600, *PARTS, step=7)],
        [*repeated(1600, "DTSTART:@", HOUR), *repeated(1600, *PARTS, step=7)],
        [event(NINE, HOUR, *[RULES] * 200), *repeated(1200, *FUTURES, step=7)],
        [event(NINE, HOUR, *["RRULE:FREQ=DAILY"] * 1200), *repeated(1200, *FUTURES, step=7)],
        [event(NINE, HOUR, *["RRULE:FREQ=NEVER"] * 1200), *repeated(1200, *FUTURES, step=7)],
        [event(NINE, HOUR, *["RDATE:"] * 1200), *repeated(1200, *FUTURES, step=7)],
        [event(NINE, HOUR, "RDATE:?" + "," * 1_000_000), *repeated(1200, *FUTURES, step=7)],
        [event(NINE, HOUR, *["RRULE:FREQ=DAILY;UNTIL=20200101"] * 30_000)],
    ],
    ids=[
        "masters and futures",
        "masters and futures without time",
        "masters and overrides",
        "single masters and overrides",
        "rules that end and futures",
        "rules and futures",
        "broken rules and futures",
        "empty dates and futures",
        "one long line of dates and futures",
        "rules that ended",
    ],
)
def test_what_multiplies_within_one_series_is_counted(parts: list[str]) -> None:
    """Few lines can ask for the square of their number; what stands beside them still counts."""
    found = known(*parts, GOOD)

    assert Cause.BUDGET in {each.cause for each in found.unknown}
    assert {each.uid for each in found.unknown} == {"1"}
    assert doubts(found)[0] == FROM_ITS_START
    assert found.busy.contains(times("10 09:00-10:00"))


@pytest.mark.parametrize(
    ("instances", "parts"),
    [
        (3, (event(NINE, HOUR, "RRULE:FREQ=DAILY;COUNT=2"),)),
        (2, (event(NINE, HOUR), *repeated(2, *PARTS, step=60))),
        (4, (*repeated(2, "DTSTART:@", HOUR), *repeated(2, *PARTS, step=60))),
        (4, (event(NINE, HOUR), *repeated(2, *FUTURES, step=60))),
        (1, (event("DTSTART:20260501T090000Z", HOUR, RULES), GOOD, *repeated(1, *PARTS))),
    ],
    ids=["a rule", "overrides", "masters by overrides", "stretches", "after the window"],
)
def test_a_series_costs_what_it_has_to_look_at(instances: int, parts: tuple[str, ...]) -> None:
    """Its lines and its overrides, and what they bring forth; nothing outside the window."""
    for limit, spent in ((instances, False), (instances - 1, True)):
        limits = ics.Limits(instances=max(limit, 1))
        found = ics.read(calendar(*parts), MARCH, timezone=BERLIN, limits=limits)
        assert bool(found.unknown) == (spent and limit > 0)


def test_a_spent_budget_makes_unknown_what_a_later_version_moves_before_the_start() -> None:
    """The doubt begins where the earliest version does, also when the series itself is free."""
    moved = event(
        "DTSTART:20260301T090000Z", HOUR, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T090000Z"
    )
    for lines in ((), ("TRANSP:TRANSPARENT",)):
        series = event(NINE, HOUR, "RRULE:FREQ=SECONDLY", *lines)
        assert doubts(known(series, moved))[-1].startswith("2026-03-01T09:00:00Z/")


def test_an_end_in_an_unknown_zone_reaches_further_when_it_repeats_too() -> None:
    """A day more than the longest occurrence, whichever clock the start is on."""
    lines = ("DTSTART;TZID=America/New_York:20260226T213000", "DTEND;TZID=Nowhere:20260227T030000")
    window = Interval.from_isoformat("2026-02-28T02:00Z/2026-03-01T00:00Z")

    single, again = (
        doubts(known(event(*lines, *rule), window=window))
        for rule in ((), ("RRULE:FREQ=DAILY;COUNT=1",))
    )

    assert single == again != []


def test_many_availabilities_are_one_answer() -> None:
    """Each is a minute on its own; together they are the time that they do not offer."""
    first = datetime(2026, 3, 2, tzinfo=UTC)
    parts = [
        "\n".join(
            (
                "BEGIN:VAVAILABILITY",
                f"DTSTART:{first + timedelta(minutes=2 * place):%Y%m%dT%H%M%SZ}",
                "DURATION:PT1M",
                f"PRIORITY:{place % 12}",
                "END:VAVAILABILITY",
            )
        )
        for place in range(9_900)
    ]

    found = busy(*parts)

    assert len(found) == 9_900
    assert {str(each.duration) for each in found} == {"0:01:00"}


@pytest.mark.parametrize("part", ["an INTERVAL", "a COUNT"])
def test_a_reason_is_written_in_whole_words(part: str) -> None:
    """The article belongs to the word that follows."""
    rule = f"RRULE:FREQ=DAILY;{part.split()[1]}=0"

    [doubt] = known(event(NINE, HOUR, rule)).unknown

    assert doubt.detail == f"the rule has {part} below 1, or none at all"


def test_a_window_beyond_the_years_that_are_read_is_unknown() -> None:
    """Zones and rules say nothing sensible about the year 2500."""
    window = Interval.from_isoformat("2500-01-01T00:00Z/2500-02-01T00:00Z")

    assert known(GOOD, window=window).unknown[0].cause is Cause.BUDGET


# --- files and folders ----------------------------------------------------------------------------


def test_a_file_is_read_and_named_in_the_reasons(tmp_path: Path) -> None:
    """Whoever has to repair a calendar must find it."""
    path = tmp_path / "ana.ics"
    path.write_text(calendar(GOOD, event("DTSTART:garbled")), encoding="utf-8")

    found = ics.read_file(path, MARCH, timezone=BERLIN)

    assert found.busy == times("10 09:00-10:00")
    assert found.unknown[0].source == str(path)
    assert ics.read_path(str(path), MARCH, timezone=BERLIN) == found


@pytest.mark.parametrize("name", ["missing.ics", "folder.ics", "pipe.ics", "nul\0.ics", "x" * 5000])
def test_a_file_that_cannot_be_read_makes_the_window_unknown(tmp_path: Path, name: str) -> None:
    """A wrong path must not look like a free calendar; a pipe must not be waited for."""
    (tmp_path / "folder.ics").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.ics")

    found = ics.read_file(tmp_path / name, MARCH, timezone=BERLIN)

    assert doubts(found) == [ALL_OF_MARCH]
    assert (found.unknown[0].cause, bool(found.unknown[0].detail)) == (Cause.UNREADABLE, True)
    if name != "folder.ics":
        assert ics.read_path(tmp_path / name, MARCH, timezone=BERLIN) == found


def test_a_file_is_not_read_beyond_its_limit(tmp_path: Path) -> None:
    """A device without an end is no file, and a huge file is not loaded."""
    (tmp_path / "big.ics").write_text(calendar(GOOD))
    limits = ics.Limits(size=20)

    found = ics.read_file(tmp_path / "big.ics", MARCH, timezone=BERLIN, limits=limits)

    assert found.unknown[0].cause is Cause.BUDGET
    assert ics.read_file("/dev/zero", MARCH, timezone=BERLIN).unknown


def test_a_folder_is_read_with_all_folders_in_it(tmp_path: Path) -> None:
    """A synchronised account: a folder for each calendar, a file for each event."""
    (tmp_path / "work").mkdir()
    (tmp_path / "a.ics").write_text(calendar(GOOD))
    (tmp_path / "work" / "b.ICS").write_text(calendar(event(NINE, HOUR)))
    (tmp_path / "notes.txt").write_text("no calendar")

    found = ics.read_folder(tmp_path, MARCH, timezone=BERLIN)

    assert (found.busy, found.unknown) == (times("02 09:00-10:00", "10 09:00-10:00"), ())
    assert ics.read_path(tmp_path, MARCH, timezone=BERLIN) == found


def test_one_bad_file_leaves_the_others_of_its_folder_readable(tmp_path: Path) -> None:
    """And an empty folder is a calendar without events, as synchronisers leave it."""
    assert ics.read_folder(tmp_path, MARCH, timezone=BERLIN) == Availability()
    (tmp_path / "a.ics").write_text(calendar(GOOD))
    (tmp_path / "b.ics").write_text("")

    found = ics.read_folder(tmp_path, MARCH, timezone=BERLIN)

    assert found.busy == times("10 09:00-10:00")
    assert [each.source for each in found.unknown] == [str(tmp_path / "b.ics")]


@pytest.mark.parametrize("name", ["missing", "file", "nul\0"])
def test_a_folder_that_is_none_makes_the_window_unknown(tmp_path: Path, name: str) -> None:
    """The same for a wrong path to a folder."""
    (tmp_path / "file").write_text("")

    assert doubts(ics.read_folder(tmp_path / name, MARCH, timezone=BERLIN)) == [ALL_OF_MARCH]


def test_free_busy_reports_of_one_folder_cover_what_they_cover_together(tmp_path: Path) -> None:
    """A report a month: only what none of them speaks about is unknown."""
    for first, last in ((1, 10), (10, 20)):
        report = f"BEGIN:VFREEBUSY\nDTSTART:202603{first:02}\nDTEND:202603{last}\nEND:VFREEBUSY"
        (tmp_path / f"{first}.ics").write_text(calendar(report))

    found = ics.read_folder(tmp_path, MARCH, timezone="UTC")

    assert [(each.cause, str(each.interval)) for each in found.unknown] == [
        (Cause.NO_ANSWER, "2026-03-20T00:00:00Z/2026-04-01T00:00:00Z")
    ]
