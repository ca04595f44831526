"""A game against a whole application: everybody does anything, and whatever fails, fails.

Lives here: `BookingMachine`, which a host points at its own store, calendars, mail and money.
Must not live here: anything that works without Hypothesis (extra `testing`).

Its hooks are those of the contracts in `testing.contracts`, so that one mixin of yours serves both.
"""

from __future__ import annotations

from collective_booking.testing.machines.game import BookingMachine

__all__ = ["BookingMachine"]
