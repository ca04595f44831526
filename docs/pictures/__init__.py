"""The pictures of the documentation, drawn from code so that they cannot show anything else.

Lives here: which pictures there are.
Must not live here: any drawing; each picture has a module of its own.

`python -m docs.pictures` writes them beside this file, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from docs.pictures import appointment, booking, clock_change, payment

FOLDER: Final = Path(__file__).parent

PICTURES: Final[Mapping[str, Callable[[], str]]] = {
    "appointment": appointment.draw,
    "booking": booking.draw,
    "clock-change": clock_change.draw,
    "payment": payment.draw,
}
"""Each picture's name, and what draws it as SVG."""


def place(name: str) -> Path:
    """Where the picture *name* is kept."""
    return FOLDER / f"{name}.svg"
