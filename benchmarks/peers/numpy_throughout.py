"""numpy for the hours too: all spans of a weekday and zone at once, beside its midnights."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.peers.numpy import Instants, free
from benchmarks.work import MINUTE, Week, Work
from benchmarks.zones import Dates, instant, local_dates


def answer(work: Work) -> list[tuple[datetime, datetime]]:
    weeks: dict[str, dict[Week, None]] = {}
    for person in work.people:
        weeks.setdefault(person.zone, {})[person.week] = None
    bounds: list[Instants] = []
    for zone, rules in weeks.items():
        dates = local_dates(zone, work.first, work.last)
        for weekday in range(7):
            spans = [span for week in rules for span in week[weekday]]
            if spans:
                walls = np.array(spans, np.int64) * MINUTE
                bounds += _of_weekday(weekday, dates, walls, ZoneInfo(zone))
    both = np.concatenate(bounds)
    parties = sum(map(len, weeks.values()))
    return free(work, np.sort(both[:, 0]), np.sort(both[:, 1]), parties)


def _of_weekday(weekday: int, dates: Dates, walls: Instants, place: ZoneInfo) -> list[Instants]:
    """The windows `(start, end)` of one weekday's spans on all its dates."""
    of_it = [(wall, offset) for day, wall, offset in dates if day == weekday]
    plain = np.array([wall - offset for wall, offset in of_it if offset is not None], np.int64)
    found: list[Instants] = [(plain[:, None, None] + walls).reshape(-1, 2)]
    for midnight, offset in of_it:
        if offset is None:  # the clock changes
            shown = [instant(midnight + wall, place) for wall in walls.ravel().tolist()]
            found.append(np.array(shown, np.int64).reshape(-1, 2))
    return found
