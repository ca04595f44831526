"""How things are measured: CPU time, cold, rounds that take turns, medians and paired ratios.

Lives here: the stop-watch, and the comparison that comes before it.
Must not live here: what is measured.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from statistics import linear_regression, median
from time import process_time
from typing import Any, Final
from zoneinfo import ZoneInfo

from benchmarks.peers import OURS, Answer, Peer
from benchmarks.work import Work
from benchmarks.zones import open_starts
from collective_booking import localtime

SLOW: Final = 3.0
"""Seconds; who takes longer runs once."""


def forget() -> None:
    """Empty every cache that a second question would profit from, in the library and in Python."""
    caches = [each for each in vars(localtime).values() if hasattr(each, "cache_clear")]
    assert caches, "the library's caches are no longer in localtime"
    for cache in caches:
        cache.cache_clear()
    ZoneInfo.clear_cache()


def cpu(job: Callable[[], object], *, cold: bool = True) -> float:
    """The CPU seconds of *job*."""
    if cold:
        forget()
    gc.collect()
    begun = process_time()
    job()
    return process_time() - begun


def refuse_other_answers(work: Work, peers: Iterable[Peer]) -> Answer:
    """Ask all, and hold them to one answer, which is neither empty nor everything.

    Raises:
        AssertionError: they differ, or the question was too easy.
    """
    expected = OURS.answers()(work)
    assert expected, f"{work.name}: there is no slot, so every wrong answer would agree"
    open_to_all = len(open_starts(work))
    assert len(expected) < 0.75 * open_to_all, f"{work.name}: hardly anybody is ever busy"
    for peer in peers:
        if not peer.refuses(work):
            given = peer.answers()(work)
            assert given == expected, f"{work.name}: {peer.title} answers otherwise"
    return expected


def race(work: Work, peers: Iterable[Peer], rounds: int) -> dict[Peer, list[float]]:
    """CPU seconds of everybody's cold answers, in turns; the slow run once."""
    taking_part = {peer: peer.answers() for peer in peers if not peer.refuses(work)}
    times: dict[Peer, list[float]] = {peer: [] for peer in taking_part}
    for _ in range(rounds):
        for peer, answer in taking_part.items():
            if not times[peer] or times[peer][0] < SLOW:
                times[peer].append(cpu(partial(answer, work)))
    return times


def times_as_much(one: Sequence[float], other: Sequence[float]) -> float:
    """How many times the CPU of *other* *one* takes: the median over the rounds that both ran."""
    return median(a / b for a, b in zip(one, other, strict=False))


def exponent(points: Mapping[int, float]) -> float:
    """The slope of a straight line through *points* in doubly logarithmic scale."""
    sizes, costs = zip(*points.items(), strict=True)
    return linear_regression([*map(math.log, sizes)], [*map(math.log, costs)]).slope


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A markdown table; all columns but the first are numbers."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f}" if seconds < 1 else f"{seconds * 1e3:,.0f}"
