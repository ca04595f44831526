"""What it costs a host merely to import the library."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import collective_booking

UNASKED: Final = (
    "asyncio",
    "click",
    "dateutil",
    "icalendar",
    "logging",
    "numpy",
    "rich",
    "sqlite3",
)


def modules_loaded_by(statement: str) -> set[str]:
    """The names in `sys.modules` of a fresh interpreter after *statement*."""
    script = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    finished = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True
    )
    return set(finished.stdout.split())


def test_the_front_door_loads_nothing_that_was_not_asked_for() -> None:
    """Every process of a host pays for this import, also those that never look at a calendar."""
    before = modules_loaded_by("")
    after = modules_loaded_by("import collective_booking")

    assert "collective_booking" in after
    assert not (after - before) & set(UNASKED)


def test_every_public_name_can_be_had_without_the_unasked() -> None:
    """Only what runs bookings loads more than the names need."""
    running = {"AsyncBookingService", "BookingService", "Shown"}
    names = ", ".join(sorted(set(collective_booking.__all__) - running))
    loaded = modules_loaded_by(f"from collective_booking import {names}")

    assert not loaded & set(UNASKED)


def test_the_contracts_need_no_test_framework() -> None:
    """A host that tests with another one, or without any, may inherit them too."""
    loaded = modules_loaded_by("import collective_booking.testing.contracts")

    assert not loaded & {"hypothesis", "icalendar", "pytest", "sqlalchemy"}
