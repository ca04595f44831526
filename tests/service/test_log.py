"""What the services tell the log, and what they leave to the host."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from collective_booking import BookingService
from collective_booking.adapters.memory import MemoryStore
from collective_booking.drafts import StoredCalendar
from collective_booking.errors import UnknownCalendarError

SECRET = b"32 bytes that nobody else knows!"
LOGGER = "collective_booking"


class BrokenStore(MemoryStore):
    """A store whose disk is gone."""

    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        """Fail, as a disk does."""
        raise OSError("the disk is gone")


def records(log: pytest.LogCaptureFixture) -> list[tuple[str, str, bool]]:
    """What was told, how loudly, and whether with a traceback."""
    return [(each.levelname, each.getMessage(), bool(each.exc_info)) for each in log.records]


def test_a_port_that_fails_is_told_with_one_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """Two of the same make whoever is on call look for two failures."""
    service = BookingService(BrokenStore(), secret=SECRET, host="booking.example.com")

    with caplog.at_level(logging.DEBUG, LOGGER), pytest.raises(OSError, match="disk"):
        service.calendar("sales-call")

    assert records(caplog) == [
        ("WARNING", "store.calendar failed", True),
        ("ERROR", "calendar failed: OSError", False),
    ]


def test_a_refusal_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """It is an answer, and nobody has to be woken for it."""
    service = BookingService(MemoryStore(), secret=SECRET, host="booking.example.com")

    with caplog.at_level(logging.DEBUG, LOGGER), pytest.raises(UnknownCalendarError):
        service.calendar("sales-call")

    assert records(caplog) == [("INFO", "calendar refused: UnknownCalendarError", False)]


def test_a_host_without_logging_hears_nothing() -> None:
    """Python prints warnings of libraries that nobody handles; the host decides what is printed."""
    script = (
        "import logging, collective_booking.service;"
        "logging.getLogger('collective_booking').error('to nobody')"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert (done.stdout, done.stderr) == (b"", b"")
