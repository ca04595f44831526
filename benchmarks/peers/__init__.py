"""Who takes part: one file each, with a function `answer` from plain data to a list of slots.

All do the whole job alone: hours into instants, what is shared of them, the grid, notice, buffers,
everybody's busy time. All of the peers convert hours by `benchmarks.zones`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from benchmarks.work import Work

Answer = list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to answer: its `module` here, and how the table calls it."""

    module: str
    title: str

    def load(self) -> Any:
        """Its module.

        Raises:
            ImportError: what it needs is not installed.
        """
        return import_module(f"benchmarks.peers.{self.module}")

    def answers(self) -> Callable[[Work], Answer]:
        answer: Callable[[Work], Answer] = self.load().answer
        return answer

    def refuses(self, work: Work) -> str | None:
        """Why it cannot be asked about *work*, if it cannot."""
        refuses: Callable[[Work], str | None] = getattr(self.load(), "refuses", lambda _: None)
        return refuses(work)


OURS: Final = Peer("ours", "collective_booking")
NUMPY: Final = Peer("numpy", "numpy")
PEERS: Final = (
    OURS,
    NUMPY,
    Peer("numpy_throughout", "numpy, hours too"),
    Peer("portion", "portion"),
    Peer("portion_union", "portion, one union of all"),
    Peer("intervaltree", "intervaltree"),
    Peer("slotify", "slotify-scheduling"),
)
