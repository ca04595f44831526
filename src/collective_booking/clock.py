"""What time it is, by this machine.

Lives here: `SystemClock`, for whoever is given no other `Clock`.
Must not live here: what the time is needed for.
"""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The clock of this machine.

    >>> SystemClock().now().utcoffset()
    datetime.timedelta(0)
    """

    def now(self) -> datetime:
        """The current time, in UTC."""
        return datetime.now(UTC)
