"""What is refused changes nothing: seen from outside, whatever was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from collective_booking.errors import CollectiveBookingError
from tests.bookings import MONDAY, Office


@contextmanager
def nothing_changes(
    here: Office, error: type[CollectiveBookingError], match: str | None = None
) -> Iterator[None]:
    """The block raises *error*, and what is booked, held and to be told is what it was."""

    def seen() -> Any:
        finder = here.service.finder("sales-call", MONDAY)
        return here.service.agenda(MONDAY), set(finder.claims), set(finder.counted)

    before = seen()
    with pytest.raises(error, match=match):
        yield
    assert seen() == before
