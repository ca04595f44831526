"""What an import costs: CPU time inside a fresh interpreter, which has only started."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

_TOLD = "from time import process_time as t; a = t(); import {name}; print(t() - a)"


def seconds(names: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Of each module, in turns, with its bytecode compiled before."""
    costs: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        for name in names:
            command = [sys.executable, "-c", _TOLD.format(name=name)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            if turn:
                costs[name].append(float(told))
    return costs
