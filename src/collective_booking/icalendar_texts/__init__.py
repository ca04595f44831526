"""What iCalendar text says of somebody's time.

Lives here: the front of the package, which re-exports its doors.
Must not live here: logic.

Whoever has a text, from a file or off the net, calls `read`; whoever has many of one member makes
a `Question` of them, asks `read_text` with each, and `whole` puts the answers together. Behind the
front, a room imports only from those before it: `limits` (how much is read), `lines` (text to
components), `clocks` and `values` (what dates and times mean, and how they are written), `rules`
(recurrence), `zones` (which zone a name means), `findings` (what was found), `events`
(one of them), `series` (one that repeats), `freebusy` (what is said outright), `reading` (the
doors).
"""

from __future__ import annotations

from collective_booking.icalendar_texts.limits import Allowance, Limits
from collective_booking.icalendar_texts.reading import (
    DEFAULTS,
    Answer,
    Question,
    question_about,
    read,
    read_text,
    whole,
)

__all__ = [
    "DEFAULTS",
    "Allowance",
    "Answer",
    "Limits",
    "Question",
    "question_about",
    "read",
    "read_text",
    "whole",
]
