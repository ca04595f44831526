"""Real and broken files: each is a value or a typed reason, within the budget.

`COLLECTIVE_BOOKING_CORPUS` names a folder of `.ics` files, of which every one is read. Without it,
the samples are: they are written after what such files go wrong with.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from collective_booking.adapters import ics
from tests.icalendar_texts.samples import (
    OUTLOOK,
    PHONE,
    SAMPLES,
    WINDOWS,
    reads_as_a_value_or_a_reason,
)


def corpus() -> Iterator[object]:
    """The files of the corpus where there is one, and always the samples."""
    for place, sample in enumerate(SAMPLES):
        yield pytest.param(sample, id=f"sample {place}")
    folder = os.environ.get("COLLECTIVE_BOOKING_CORPUS")
    if folder:
        found = sorted(Path(folder).rglob("*.ics"))
        assert found, f"there is no .ics file under {folder}"
        for path in found:
            yield pytest.param(path.read_bytes(), id=path.name)


@pytest.mark.parametrize("text", list(corpus()))
def test_every_file_is_a_value_or_a_reason(text: bytes) -> None:
    """Nothing hangs, nothing is raised, and nothing outside the window is told."""
    reads_as_a_value_or_a_reason(text)


def test_the_samples_are_read_as_their_programs_mean_them() -> None:
    """One look at the values, so that 'a reason' does not become the answer to everything."""
    known = [ics.read(sample, WINDOWS[0], timezone="Europe/Berlin") for sample in (OUTLOOK, PHONE)]

    assert not any(found.unknown for found in known)
    outlook, phone = known
    assert str(outlook.busy) == (
        "2026-03-11T08:00:00Z/2026-03-11T08:30:00Z,"
        "2026-03-24T08:00:00Z/2026-03-24T08:30:00Z,2026-03-31T07:00:00Z/2026-03-31T07:30:00Z"
    )
    assert len(phone.busy) == 31 + 3
    assert str(phone.tentative) == "2026-03-04T23:00:00Z/2026-03-06T23:00:00Z"
