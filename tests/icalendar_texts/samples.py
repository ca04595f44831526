"""Calendars as programs write them, whole and broken, and what every reading of any text owes.

Lives here: what the corpus and the fuzzed texts are both held to.
Must not live here: tests.
"""

from __future__ import annotations

import faulthandler
from typing import Final

from collective_booking.adapters import ics
from collective_booking.availability import Cause
from collective_booking.intervals import Interval, IntervalSet

WINDOWS: Final = (
    Interval.from_isoformat("2026-03-01T00:00Z/2026-04-01T00:00Z"),
    Interval.from_isoformat("1995-01-01T00:00Z/2030-01-01T00:00Z"),
)
OUTLOOK: Final = b"""BEGIN:VCALENDAR\r
METHOD:PUBLISH\r
BEGIN:VTIMEZONE\r
TZID:Customized Time Zone\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:040000008200E00074C5B7101A82E008\r
RECURRENCE-ID;TZID="Customized Time Zone":20260310T090000\r
DTSTART;TZID="Customized Time Zone":20260311T090000\r
DTEND;TZID="Customized Time Zone":20260311T093000\r
SEQUENCE:2\r
DTSTAMP:20260101T000000Z\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:040000008200E00074C5B7101A82E008\r
DTSTART;TZID="Customized Time Zone":20240102T090000\r
DTEND;TZID="Customized Time Zone":20240102T093000\r
RRULE:FREQ=WEEKLY;COUNT=200;INTERVAL=1;BYDAY=TU\r
EXDATE;TZID="Customized Time Zone":20260303T090000,20260317T090000\r
SEQUENCE:2\r
DTSTAMP:20260101T000000Z\r
X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r
BEGIN:VALARM\r
TRIGGER:-PT15M\r
ACTION:DISPLAY\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""
PHONE: Final = b"""BEGIN:VCALENDAR
X-WR-TIMEZONE:America/New_York
BEGIN:VEVENT
UID:day
DTSTART;VALUE=DATE:20260305
DTEND;VALUE=DATE:20260307
STATUS:TENTATIVE
END:VEVENT
BEGIN:VEVENT
UID:birthday
DTSTART;VALUE=DATE:16040312
DURATION:P1D
RRULE:FREQ=YEARLY
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:floating
DTSTART:20260309T083000
DURATION:PT45M
RDATE;VALUE=PERIOD:20260310T083000/PT1H,20260311T083000/20260311T090000
DESCRIPTION:A long text that its writer folded in the middle of a wor
 d\\, and that goes on
END:VEVENT
BEGIN:VEVENT
UID:moved
DTSTART;TZID=Europe/Berlin:20260101T100000
DTEND;TZID=Europe/Berlin:20260101T110000
RRULE:FREQ=DAILY;UNTIL=20260331T235959Z
ATTENDEE;CN="Ana: at work";PARTSTAT=ACCEPTED:mailto:ana@example.com
END:VEVENT
BEGIN:VEVENT
UID:moved
RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260315T100000
DTSTART;TZID=Europe/Berlin:20260315T120000
DTEND;TZID=Europe/Berlin:20260315T130000
END:VEVENT
END:VCALENDAR
"""
SERVER: Final = b"""BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VFREEBUSY
DTSTART:20260301T000000Z
DTEND:20260401T000000Z
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260302T090000Z/PT1H,20260303T090000Z/20260303T100000Z
FREEBUSY:20260304T090000Z/PT1H
END:VFREEBUSY
BEGIN:VAVAILABILITY
PRIORITY:3
BEGIN:AVAILABLE
UID:office
DTSTART;TZID=Europe/Berlin:20260105T090000
DTEND;TZID=Europe/Berlin:20260105T170000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
END:AVAILABLE
END:VAVAILABILITY
END:VCALENDAR
"""
BROKEN: Final = b"""\xef\xbb\xbfBEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;TZID=Europe:20260302T090000
DTEND;TZID=Europe:20260302T100000
END:VEVENT
BEGIN:VEVENT
DTSTART:20261302T090000Z
RRULE:FREQ=DAILY;INTERVAL=0
END:VEVENT
BEGIN:VEVENT
DTSTART:20260306T090000Z
DURATION:PT1H
RRULE:FREQ=SECONDLY
X\xff\x00
BEGIN:\x00
END:VCALENDAR
"""
SAMPLES: Final = (OUTLOOK, PHONE, SERVER, BROKEN)

HANG: Final = 60
"""Seconds after which a reading is taken to hang; nothing is ever timed but this."""


def reads_as_a_value_or_a_reason(text: bytes) -> None:
    """Read *text*, and see that the answer is one: inside the window, every doubt with a cause."""
    faulthandler.dump_traceback_later(HANG, exit=True)
    try:
        for window in WINDOWS:
            found = ics.read(text, window, timezone="Europe/Berlin", address="ana@example.com")
            everything = IntervalSet([window])
            assert found.busy in everything
            assert found.tentative in everything
            for doubt in found.unknown:
                assert doubt.interval in everything
                assert isinstance(doubt.cause, Cause)
                assert doubt.detail
    finally:
        faulthandler.cancel_dump_traceback_later()
