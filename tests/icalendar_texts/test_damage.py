"""Damaged lines and files: whatever may have been lost with them is unknown, never free."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collective_booking.adapters import ics
from collective_booking.errors import WrongTypeError
from collective_booking.intervals import IntervalSet
from tests.icalendar_texts.texts import BERLIN, MARCH, busy, calendar, event, known, times

NINE = "DTSTART:20260302T090000Z"
TEN = "DTEND:20260302T100000Z"
GOOD = event("DTSTART:20260310T090000Z", "DURATION:PT1H", uid="good")
FROM_ITS_START = ["2026-03-02T09:00:00Z/2026-04-01T00:00:00Z"]


def doubts(*parts: str) -> list[str]:
    """What is unknown of such a calendar, each stretch once."""
    return sorted({str(each.interval) for each in known(*parts).unknown})


def text_doubts(text: str) -> list[str]:
    found = ics.read(text, MARCH, timezone=BERLIN)
    return sorted({str(each.interval) for each in found.unknown})


# --- lines of an event ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "DURATIONPT7H",
        "DTExxxxx60302T103000Z",
        "xxxxx",
        "DTEN",
        "DTEND",
        "DTE\nND:20260302T103000Z",
        "DTExx:20260302T103000Z",
        "DTEEND:20260302T103000Z",
        "DDTEND:tomorrow",
        "DTEND x:20260302T103000Z",
        "DURATON:PT1H",
        "xxxxxxxx:PT1H",
        "xxxxx;TZID=Europe/Berlin:20260302T103000",
        "DTEND;TZID=Europe/Berlin",
        "\N{CYRILLIC CAPITAL LETTER DE}TEND:20260302T103000Z",
    ],
)
def test_a_line_that_may_have_been_the_end_makes_an_event_unknown(line: str) -> None:
    """An event that only seems to have no length would be free."""
    assert doubts(event(NINE, line), GOOD) == FROM_ITS_START


@pytest.mark.parametrize(
    "line", ["RRUL:FREQ=DAILY", "xxxxxxx", "xxxxx:FREQ=DAILY", "RDAT:20260305T090000Z", "RRULLE:"]
)
def test_a_line_that_may_have_been_a_rule_makes_an_event_unknown(line: str) -> None:
    """What could be read still counts as busy; the repeats may be anywhere after it."""
    found = known(event(NINE, TEN, line))

    assert found.busy == times("02 09:00-10:00")
    assert doubts(event(NINE, TEN, line)) == FROM_ITS_START


@pytest.mark.parametrize(
    "line",
    [
        "X-DTEND:20260302T103000Z",
        "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M",
        "COLOR:red",
        "LAST-MODIFIED:20260302T103000Z",
        "summary:DTEND",
        "LINK;LINKREL=SOURCE;VALUE=URI:https://example.com/20260302",
        "PLACE:here",
    ],
)
def test_a_property_that_tells_no_time_makes_nothing_unknown(line: str) -> None:
    """Programs write many of their own, and standards add more."""
    assert busy(event(NINE, TEN, line)) == times("02 09:00-10:00")


@pytest.mark.parametrize("parameter", ["TZDI", "TZIDD", "TZ-ID"])
def test_a_zone_under_a_damaged_name_is_not_the_members(parameter: str) -> None:
    """As the member's own, the event would be at another time, and its own would be free."""
    one = event(f"DTSTART;{parameter}=Asia/Tokyo:20260302T090000", "DURATION:PT1H")

    assert doubts(one) == [str(MARCH)]


def test_a_damaged_version_supersedes_nothing() -> None:
    """It may have been an override of one occurrence, and the series would be gone."""
    series = event("SEQUENCE:1", NINE, TEN, "RRULE:FREQ=DAILY;COUNT=3")
    damaged = event("SEQUENCE:2", "RECURENCE-ID:20260303T090000Z", "DTSTART:20260320T090000Z")

    found = known(series, damaged).busy

    assert times("02 09:00-10:00", "03 09:00-10:00", "04 09:00-10:00") in found


@pytest.mark.parametrize("line", ["DTEND:20260302T103000Z", "RRULE:FREQ=DAILY"])
def test_a_line_that_strayed_into_an_alarm_is_missed_by_its_event(line: str) -> None:
    """Alarms have no end and no rule."""
    alarm = f"BEGIN:VALARM\n{line}\nTRIGGER:-PT5M\nEND:VALARM"

    assert doubts(event(NINE, alarm)) == FROM_ITS_START


def test_half_a_zone_is_no_zone() -> None:
    """Without its DAYLIGHT a zone would be an hour off for half the year."""
    half = "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:19700329T020000"
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Here\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
        f"DTSTART:19701025T030000\nEND:STANDARD\nBEGIN:DAYLIHT\n{half}\nEND:DAYLIHT\nEND:VTIMEZONE"
    )
    one = event("DTSTART;TZID=Here:20260302T090000", "DURATION:PT1H")

    assert not known(zone, one).busy
    assert known(zone, one).unknown


# --- lines elsewhere ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        NINE,
        TEN,
        "RRULE:FREQ=DAILY",
        "DURATION:PT1H",
        "RDATE:20260302T100000Z",
        "FREEBUSY:20260302T100000Z/PT1H",
        "DTENDD:20260302T100000Z",
        "DURATIONPT1H",
        "xxxxx",
        "BEGINVEVENT",
    ],
)
def test_a_stray_line_between_the_events_makes_everything_unknown(line: str) -> None:
    """Nobody can tell which event misses it, or whether it is all that is left of one."""
    whole = [str(MARCH)]

    assert doubts(GOOD, line) == whole
    assert text_doubts(f"{line}\n{calendar(GOOD)}") == whole
    assert text_doubts(f"{calendar(GOOD)}{line}\n") == whole


@pytest.mark.parametrize("name", ["VEVNT", "VEVENTT", "VFREBUSY", "VAVAILABILTY"])
def test_a_component_that_may_have_been_an_event_makes_everything_unknown(name: str) -> None:
    """Of a component that nobody knows, nothing would count."""
    lost = f"BEGIN:{name}\n{NINE}\n{TEN}\nEND:{name}"

    assert doubts(lost, GOOD) == [str(MARCH)]


def test_a_damaged_offer_offers_nothing() -> None:
    """In an AVAILABLE, what is lost may be an exception."""
    offer = f"BEGIN:AVAILABLE\nUID:1\n{NINE}\n{TEN}\nEXDA\nEND:AVAILABLE"

    assert doubts(f"BEGIN:VAVAILABILITY\n{offer}\nEND:VAVAILABILITY") == [str(MARCH)]


def test_an_offer_whose_exception_cannot_be_read_offers_nothing() -> None:
    """In an event a lost exception keeps time taken; in an AVAILABLE it would give it away."""
    offer = f"BEGIN:AVAILABLE\nUID:1\n{NINE}\n{TEN}\nRRULE:FREQ=DAILY\nEXDATE:%s\nEND:AVAILABLE"
    whole = "BEGIN:VAVAILABILITY\n%s\nEND:VAVAILABILITY"

    torn = ics.read(calendar(whole % (offer % "2026O303")), MARCH, timezone="UTC")
    sound = ics.read(calendar(whole % (offer % "20260303T090000Z")), MARCH, timezone="UTC")

    assert torn.busy == IntervalSet([MARCH])
    assert sound.busy != torn.busy


@pytest.mark.parametrize("text", ["BEGIN:VCARD\nFN:Ana\nEND:VCARD\n", "BEGIN:X\nEND:X\n"])
def test_a_text_without_a_calendar_is_unreadable(text: str) -> None:
    """An address book is no empty calendar."""
    assert text_doubts(text) == [str(MARCH)]


def test_blank_lines_around_a_calendar_are_nothing() -> None:
    """Only what stands in a line can be lost."""
    assert not text_doubts(f"\n \n\t\n{calendar(GOOD)}\n\n")


# --- folders and arguments ------------------------------------------------------------------------


def _link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target, target_is_directory=True)
    except OSError:  # pragma: no cover  # Windows, for most people
        pytest.skip("links cannot be made here")


def test_a_folder_behind_a_link_is_read_too(tmp_path: Path) -> None:
    """Skipped in silence, its time would be free; a link back up is not read for ever."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (elsewhere / "a.ics").write_text(calendar(GOOD), encoding="utf-8")
    _link(home / "work", elsewhere)
    _link(elsewhere / "back", home)
    _link(elsewhere / "self", elsewhere)

    found = ics.read_folder(home, MARCH, timezone=BERLIN)

    assert found.busy == times("10 09:00-10:00")
    assert not found.unknown


def test_a_link_that_leads_nowhere_is_unknown(tmp_path: Path) -> None:
    """It may be a folder on a disk that is not there today."""
    _link(tmp_path / "work", tmp_path / "gone")

    [doubt] = ics.read_folder(tmp_path, MARCH, timezone=BERLIN).unknown

    assert doubt.interval == MARCH
    assert doubt.source == str(tmp_path / "work")


class _Bytes(os.PathLike[bytes]):
    def __fspath__(self) -> bytes:
        return b"a.ics"


@pytest.mark.parametrize("path", [None, 1, b"a.ics", _Bytes()])
@pytest.mark.parametrize("door", [ics.read_file, ics.read_folder, ics.read_path])
def test_what_is_no_path_is_refused_at_the_door(door: object, path: object) -> None:
    """As every other argument of the wrong type is."""
    assert callable(door)
    with pytest.raises(WrongTypeError, match="a path must be"):
        door(path, MARCH, timezone=BERLIN)
