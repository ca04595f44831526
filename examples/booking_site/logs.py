"""What the server writes down of each visit, without what opens a booking.

Lives here: the settings of its log, and the filter in them.
Must not live here: anything else that is written; the site itself logs nothing.

The address of a booking holds its token, and whoever has that has the booking. Logs are read by
more people than mail is, and kept for longer.
"""

from __future__ import annotations

import logging
import re
from copy import deepcopy
from typing import Any, Final

from uvicorn.config import LOGGING_CONFIG

_TOKEN: Final = re.compile(
    r"((?:booking|pay|test-payment)(?:/|%2f)[^/?&.]*)\.[^/?&]*", re.IGNORECASE
)
"""The address of what a token opens: the id before the dot opens nothing, and helps to find it."""


class WithoutTokens(logging.Filter):
    """Takes the tokens out of what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let *record* be written, without any."""
        if isinstance(record.args, tuple):
            told = (without_tokens(each) if isinstance(each, str) else each for each in record.args)
            record.args = tuple(told)
        return True


def without_tokens(place: str) -> str:
    """*place* with the tokens in it cut off.

    >>> (
    ...     without_tokens("/booking/a1.c0de/move?zone=UTC"),
    ...     without_tokens("/sales-call?day=2026-11-30"),
    ... )
    ('/booking/a1.***/move?zone=UTC', '/sales-call?day=2026-11-30')
    """
    return _TOKEN.sub(r"\1.***", place)


def log_settings() -> dict[str, Any]:
    """The server's own settings of logging, and that filter."""
    settings: dict[str, Any] = deepcopy(LOGGING_CONFIG)
    settings["filters"] = {"without tokens": {"()": WithoutTokens}}
    settings["handlers"]["access"]["filters"] = ["without tokens"]
    return settings
