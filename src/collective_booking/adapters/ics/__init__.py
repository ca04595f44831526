"""Busy time from real `.ics` calendars.

Lives here: the front of the package, which re-exports its doors.
Must not live here: logic.

A host calls `read`, `read_file`, `read_folder` or `read_path` and gets an `Availability`. Behind
the front, a room imports only from those before it: `limits` (how much is read), `lines` (text to
components), `clocks` and `values` (what dates and times mean, and how they are written), `rules`
(recurrence), `zones` (which zone a name means), `findings` (what was found), `events`
(one of them), `series` (one that repeats), `freebusy` (what is said outright), `reading` (the
doors).
"""

from __future__ import annotations

from collective_booking.adapters.ics.limits import Limits
from collective_booking.adapters.ics.reading import read, read_file, read_folder, read_path

__all__ = ["Limits", "read", "read_file", "read_folder", "read_path"]
