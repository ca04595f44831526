"""Busy time from real `.ics` calendars: text, files, folders, and feeds.

Lives here: the front of the package, which re-exports its doors.
Must not live here: logic.

A host gives `IcsProvider` to its service, or calls `read`, `read_file`, `read_folder` or
`read_path` itself and gets an `Availability`. What text says, `icalendar_texts` reads. Behind the
front, a room imports only from those before it: `kept` (what was worked out before), `reading`
(files and folders), `urls`, `addresses` and `fetching` (one request), `feeds` (all that it takes to
follow a feed), `provider` (whose calendar is what).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collective_booking.adapters.ics.reading import read_file, read_folder, read_path
from collective_booking.icalendar_texts import Limits, read

if TYPE_CHECKING:
    from collective_booking.adapters.ics.feeds import Feeds, StaleCopy
    from collective_booking.adapters.ics.provider import IcsProvider

__all__ = [
    "Feeds",
    "IcsProvider",
    "Limits",
    "StaleCopy",
    "read",
    "read_file",
    "read_folder",
    "read_path",
]

# The network, TLS and the services are not loaded for whoever reads a file.
_LATER: dict[str, str] = {
    "Feeds": "feeds",
    "IcsProvider": "provider",
    "StaleCopy": "feeds",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
