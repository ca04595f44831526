"""Peak memory of one cold answer, each in a process of its own.

    python -m benchmarks.memory PEER WORK traced|resident

prints the bytes that the answer took at its peak, beyond the work and the imports: `traced` by
tracemalloc, which counts numpy's arrays too, and `resident` as the growth of what the system holds
in memory for the process.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

from benchmarks.measure import forget
from benchmarks.peers import PEERS, Peer
from benchmarks.work import WORKS

_STATUS = Path("/proc/self/status")


def peak(peer: Peer, work: str, how: str) -> int | None:
    """In bytes; None where the system does not tell."""
    command = [sys.executable, "-m", "benchmarks.memory", peer.module, work, how]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(told) if told.strip() else None


def _traced(peer: Peer, work: str) -> int:
    answer, asked = peer.answers(), WORKS[work]()
    answer(WORKS["S"]())  # what is imported late
    forget()
    gc.collect()
    tracemalloc.start()
    answer(asked)
    return tracemalloc.get_traced_memory()[1]


def _resident(peer: Peer, work: str) -> int | None:
    if not _STATUS.exists():
        return None
    answer, asked = peer.answers(), WORKS[work]()
    answer(WORKS["S"]())
    forget()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _told("VmRSS")
    answer(asked)
    return _told("VmHWM") - before


def _told(name: str) -> int:
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(lines[name].split()[0]) * 1024


if __name__ == "__main__":
    module, asked, how = sys.argv[1:]
    (chosen,) = (each for each in PEERS if each.module == module)
    found = _traced(chosen, asked) if how == "traced" else _resident(chosen, asked)
    print("" if found is None else found)
