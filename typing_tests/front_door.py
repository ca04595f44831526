"""The types that the front door promises. Checked by mypy, never run."""

from __future__ import annotations

from typing import assert_type

import collective_booking

assert_type(collective_booking.__all__, list[str])
