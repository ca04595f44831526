"""Calendars for the members of team files.

Lives here: `.ics` text with one event.
Must not live here: tests.
"""

from __future__ import annotations


def event(start: str, end: str) -> str:
    """The text of a calendar with one event, from *start* to *end*: `20261124T090000Z`."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tests//EN",
        "BEGIN:VEVENT",
        "UID:one@example.com",
        "DTSTAMP:20261101T000000Z",
        f"DTSTART:{start}",
        f"DTEND:{end}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines)
