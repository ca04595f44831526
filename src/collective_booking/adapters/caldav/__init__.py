"""Members' calendars on CalDAV servers (extra `caldav`).

Lives here: the front of the package, which re-exports its doors.
Must not live here: logic.

Behind the front, `provider` is the port. It reads calendars and writes `copies` (a member's version
of an appointment) by `reports` (what CalDAV asks and answers) over a `connection` to a server.
"""

from __future__ import annotations

from collective_booking.adapters.caldav.connection import CalDavError
from collective_booking.adapters.caldav.provider import CalDavProvider

__all__ = ["CalDavError", "CalDavProvider"]
