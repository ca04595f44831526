"""Busy time from real `.ics` calendars.

Lives here: the front of the package, which re-exports its doors.
Must not live here: logic.

A host calls `read`, `read_file`, `read_folder` or `read_path` and gets an `Availability`. Files
and folders are found in `reading`; what the text in them says, `icalendar_texts` reads.
"""

from __future__ import annotations

from collective_booking.adapters.ics.reading import read_file, read_folder, read_path
from collective_booking.icalendar_texts import Limits, read

__all__ = ["Limits", "read", "read_file", "read_folder", "read_path"]
