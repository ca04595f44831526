"""Stretches of time and their algebra: what is free, what is taken, what is both.

Lives here: `Interval` (one stretch), `IntervalSet` (many) and everything sets can do. Inside, an
instant is an `int` of microseconds since the epoch, UTC; a set is two sorted tuples of such ints,
disjoint and never touching (its canonical form), so equal sets have equal tuples.
Must not live here: members, zones, opening hours, the current time.

One fact carries the algebra. Sort all starts `S` and, apart from them, all ends `E` of any pile of
intervals. An instant `x` that `q` ends have passed lies in at least `k` of them exactly when
`S[q + k - 1] <= x < E[q]`; so what is covered `k` times is made of the stretches
`[S[i + k - 1], E[i])` that are not empty. Union is `k = 1`, the intersection of `n` sets `k = n`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, compress
from operator import countOf, le, lt
from typing import Final, final

from collective_booking.errors import (
    EmptyIntervalError,
    InvalidValueError,
    OutOfRangeError,
    UnreadableTextError,
    WrongTypeError,
    require,
)
from collective_booking.moments import (
    BEGINNING,
    DATETIMES,
    END,
    ZERO,
    in_microseconds,
    in_utc,
    isoformat,
    to_datetime,
    to_microseconds,
)


@final
@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open stretch of time `[start, end)`, aware, kept in UTC (T1).

    Raises:
        NaiveDatetimeError: a boundary has no time zone.
        EmptyIntervalError: it does not end after it starts.

    >>> from datetime import UTC
    >>> call = Interval(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
    >>> print(call, call.duration, call.end in call)
    2026-03-02T09:00:00Z/2026-03-02T10:00:00Z 1:00:00 False
    >>> Interval.from_isoformat(call.isoformat()) == call
    True
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Two datetimes of one zone compare by their wall clocks, so across a
        # clock change they lie: the comparison happens after the conversion.
        for name in ("start", "end"):
            object.__setattr__(self, name, in_utc(getattr(self, name), name))
        if self.start >= self.end:
            raise EmptyIntervalError(self.start, self.end)

    @classmethod
    def from_isoformat(cls, text: str) -> Interval:
        """Read an ISO 8601 interval `start/end`, both with an offset.

        >>> print(Interval.from_isoformat("2026-03-02T10:00+01:00/2026-03-02T10:00Z"))
        2026-03-02T09:00:00Z/2026-03-02T10:00:00Z

        Raises:
            UnreadableTextError: it is not written so.
            NaiveDatetimeError: a time has no offset.
            EmptyIntervalError: it does not end after it starts.
        """
        require("a time interval", text, str, "text")
        start, _, end = text.partition("/")
        try:
            bounds = datetime.fromisoformat(start), datetime.fromisoformat(end)
        except ValueError as cause:
            advice = "write 2026-03-02T09:00Z/2026-03-02T10:00Z"
            raise UnreadableTextError("time interval", text, advice) from cause
        return cls(*bounds)

    @property
    def duration(self) -> timedelta:
        """Elapsed time from start to end, whatever the clocks on the wall do meanwhile.

        >>> from zoneinfo import ZoneInfo
        >>> change = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Madrid"))  # to summer time
        >>> print(Interval(change, change.replace(hour=6)).duration)
        5:00:00
        """
        return self.end - self.start

    @property
    def bounds(self) -> tuple[int, int]:
        """Start and end in microseconds since the epoch, for computing with.

        >>> Interval.from_isoformat("1970-01-01T00:00Z/1970-01-01T00:01Z").bounds
        (0, 60000000)
        """
        return to_microseconds(self.start), to_microseconds(self.end)

    def isoformat(self) -> str:
        """ISO 8601 `start/end` in UTC; exact to the microsecond."""
        return f"{isoformat(self.start)}/{isoformat(self.end)}"

    def pad(self, before: timedelta = ZERO, after: timedelta = ZERO) -> Interval:
        """It begun *before* earlier and ended *after* later, as far as there is time.

        Raises:
            InvalidValueError: a negative padding.

        >>> from collective_booking.testing.samples import slot
        >>> print(slot("09:00", "10:00").pad(after=timedelta(minutes=15)))
        2026-11-23T09:00:00Z/2026-11-23T10:15:00Z
        """
        lead, lag = _not_negative(before, "before"), _not_negative(after, "after")
        start, end = self.bounds
        return Interval(to_datetime(max(start - lead, BEGINNING)), to_datetime(min(end + lag, END)))

    def overlaps(self, other: Interval) -> bool:
        """Whether they share an instant; touching ones do not.

        Raises:
            WrongTypeError: *other* is no `Interval`.

        >>> from collective_booking.testing.samples import slot
        >>> call = slot("09:00", "10:00")
        >>> call.overlaps(slot("10:00", "11:00")), call.overlaps(slot("09:59", "11:00"))
        (False, True)
        """
        other = _an_interval(other, "the other side")
        return self.start < other.end and other.start < self.end

    def __contains__(self, moment: datetime) -> bool:
        instant = to_microseconds(moment, "moment")
        start, end = self.bounds
        return start <= instant < end

    def __str__(self) -> str:
        return self.isoformat()

    def __repr__(self) -> str:
        return f"Interval.from_isoformat({self.isoformat()!r})"


@final
@dataclass(frozen=True, slots=True, init=False, repr=False)
class IntervalSet:
    """A set of time: any number of stretches, kept sorted, disjoint and apart.

    `starts` and `ends` are its boundaries in microseconds since the epoch, of equal length,
    ascending. Iterating gives `Interval` values, made as you go.

    >>> from datetime import UTC
    >>> nine, ten, noon = (datetime(2026, 3, 2, h, tzinfo=UTC) for h in (9, 10, 12))
    >>> morning, call = IntervalSet([Interval(nine, noon)]), IntervalSet([Interval(nine, ten)])
    >>> morning - call
    IntervalSet.from_isoformat('2026-03-02T10:00:00Z/2026-03-02T12:00:00Z')
    >>> (morning & call) == call, (morning | call) == morning, (morning ^ call).total
    (True, True, datetime.timedelta(seconds=7200))

    What touches is one stretch; what lies between stretches is a set again.

    >>> from collective_booking.testing.samples import slot
    >>> two = IntervalSet([slot("09:00", "10:00"), slot("13:00", "14:00"), slot("10:00", "11:00")])
    >>> print(len(two), two.total, two.span.duration, two.gaps())
    2 3:00:00 5:00:00 2026-11-23T11:00:00Z/2026-11-23T13:00:00Z

    Where nothing is left, that is a set too: the empty one, `never`, which is false.

    >>> print(two.intersection(two.gaps()), two.union(two.gaps()).gaps())
    never never
    >>> print(two.difference(two), two.symmetric_difference(two), NEVER.span, bool(NEVER))
    never never None False
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    # --- making one -----------------------------------------------------------------------------

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        held = [_an_interval(each, "what a set is made of") for each in intervals]
        made = IntervalSet.from_pairs((each.start, each.end) for each in held)
        object.__setattr__(self, "starts", made.starts)
        object.__setattr__(self, "ends", made.ends)

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[datetime, datetime]]) -> IntervalSet:
        """From `(start, end)` pairs of aware datetimes, in any order, overlapping or not.

        No object is made per interval. Raises what `Interval` raises, and WrongTypeError for what
        is no pair.

        >>> from collective_booking.testing.samples import at
        >>> print(IntervalSet.from_pairs([(at("10:00"), at("12:00")), (at("09:00"), at("11:00"))]))
        2026-11-23T09:00:00Z/2026-11-23T12:00:00Z
        """
        held = list(pairs)
        _refuse_no_pairs(held)
        bounds = [to_microseconds(moment, "a boundary") for moment in chain.from_iterable(held)]
        return cls.from_microseconds(bounds[::2], bounds[1::2])

    @classmethod
    def from_microseconds(cls, starts: Iterable[int], ends: Iterable[int]) -> IntervalSet:
        """From starts and ends in microseconds since the epoch, paired by position, in any order.

        Raises:
            InvalidValueError: there are more of one than of the other.
            EmptyIntervalError: a stretch does not end after it starts.
            OutOfRangeError: an instant that no datetime can hold.
            WrongTypeError: an instant that is no int.

        >>> len(IntervalSet.from_microseconds([0, 5, 9], [5, 7, 10]))  # [0, 5) touches [5, 7)
        2
        """
        first, last = list(starts), list(ends)
        if len(first) != len(last):
            counts = (len(first), len(last))
            raise InvalidValueError(
                "starts and ends", counts, "give as many of one as of the other"
            )
        _refuse_others(first, last)
        first.sort()
        last.sort()
        if first and (first[0] < BEGINNING or last[-1] > END):
            raise OutOfRangeError(f"{first[0]} to {last[-1]} microseconds", DATETIMES)
        return cls._canonical(first, last)

    @classmethod
    def from_isoformat(cls, text: str) -> IntervalSet:
        """Read ISO 8601 intervals parted by commas; the empty text is the empty set.

        Raises what `Interval.from_isoformat` raises.

        >>> calls = (
        ...     "2026-03-02T13:00+01:00/2026-03-02T14:00+01:00, 2026-03-02T09:00Z/2026-03-02T10:00Z"
        ... )
        >>> [call.start.hour for call in IntervalSet.from_isoformat(calls)]
        [9, 12]
        """
        require("time intervals", text, str, "text")
        return cls(map(Interval.from_isoformat, filter(None, map(str.strip, text.split(",")))))

    @classmethod
    def _of(cls, starts: Iterable[int], ends: Iterable[int]) -> IntervalSet:
        """Trust the caller: already canonical."""
        made = object.__new__(cls)
        object.__setattr__(made, "starts", tuple(starts))
        object.__setattr__(made, "ends", tuple(ends))
        return made

    @classmethod
    def _canonical(cls, starts: list[int], ends: list[int]) -> IntervalSet:
        """Covered at least once; *starts* and *ends* are sorted, each by itself."""
        if not starts:
            return NEVER
        apart = list(map(lt, ends, starts[1:]))  # a gap follows this end
        if False not in apart:
            return cls._of(starts, ends)
        return cls._of(
            [starts[0], *compress(starts[1:], apart)], [*compress(ends, apart), ends[-1]]
        )

    # --- algebra --------------------------------------------------------------------------------

    @staticmethod
    def at_least(count: int, sets: Iterable[IntervalSet]) -> IntervalSet:
        """The time that is in *count* or more of *sets*.

        >>> a, b = IntervalSet.from_microseconds([0], [4]), IntervalSet.from_microseconds([2], [6])
        >>> [IntervalSet.at_least(count, [a, b]).total.microseconds for count in (1, 2, 3)]
        [6, 2, 0]

        Raises:
            InvalidValueError: *count* is below 1.
        """
        require("count", count, int, "a whole number")
        if count < 1:
            raise InvalidValueError(
                "count", count, "any time is in none or more: ask for 1 or more"
            )
        held = _sets(sets)
        starts = sorted(chain.from_iterable(each.starts for each in held))
        ends = sorted(chain.from_iterable(each.ends for each in held))
        if count == 1:
            return IntervalSet._canonical(starts, ends)
        later = starts[count - 1 :]
        covered = list(map(lt, later, ends))
        return IntervalSet._canonical(list(compress(later, covered)), list(compress(ends, covered)))

    @staticmethod
    def union_of(sets: Iterable[IntervalSet]) -> IntervalSet:
        """The time that is in any of *sets*; of none of them, never.

        Raises:
            WrongTypeError: one of them is no `IntervalSet`.

        >>> IntervalSet.union_of([]) == NEVER
        True
        """
        return IntervalSet.at_least(1, sets)

    @staticmethod
    def intersection_of(sets: Iterable[IntervalSet]) -> IntervalSet:
        """The time that is in every one of *sets*; of no sets, all time (T2).

        Raises:
            WrongTypeError: one of them is no `IntervalSet`.

        >>> IntervalSet.intersection_of([]) == ALWAYS  # nobody objects
        True
        """
        held = list(sets)
        return IntervalSet.at_least(len(held), held) if held else ALWAYS

    def union(self, other: IntervalSet) -> IntervalSet:
        """`self | other`: in either."""
        return IntervalSet.union_of((self, other))

    def intersection(self, other: IntervalSet) -> IntervalSet:
        """`self & other`: in both."""
        return IntervalSet.intersection_of((self, other))

    def difference(self, other: IntervalSet) -> IntervalSet:
        """`self - other`: in this one and not in the other."""
        (taken,) = _sets([other])
        return IntervalSet.intersection_of((self, taken.complement()))

    def symmetric_difference(self, other: IntervalSet) -> IntervalSet:
        """`self ^ other`: in exactly one of them."""
        return self.union(other).difference(self.intersection(other))

    def complement(self, window: Interval | None = None) -> IntervalSet:
        """What is not in it, within *window* or, without one, within all time.

        Raises:
            WrongTypeError: *window* is no `Interval`.

        >>> from collective_booking.testing.samples import slot
        >>> print(IntervalSet([slot("09:00", "10:00")]).complement(slot("08:00", "12:00")))
        2026-11-23T08:00:00Z/2026-11-23T09:00:00Z,2026-11-23T10:00:00Z/2026-11-23T12:00:00Z
        """
        starts, ends = [BEGINNING, *self.ends], [*self.starts, END]
        real = list(map(lt, starts, ends))
        outside = IntervalSet._of(compress(starts, real), compress(ends, real))
        return outside if window is None else outside.clip(window)

    __or__ = union
    __and__ = intersection
    __sub__ = difference
    __xor__ = symmetric_difference

    # --- moving and growing ---------------------------------------------------------------------

    def shift(self, by: timedelta) -> IntervalSet:
        """The same stretches, *by* later (earlier if negative).

        Raises:
            OutOfRangeError: a stretch would leave the years a datetime can hold.

        >>> from collective_booking.testing.samples import slot
        >>> print(IntervalSet([slot("09:00", "10:00")]).shift(timedelta(minutes=-30)))
        2026-11-23T08:30:00Z/2026-11-23T09:30:00Z
        """
        step = in_microseconds(by, "by")
        if self and not BEGINNING <= self.starts[0] + step < self.ends[-1] + step <= END:
            raise OutOfRangeError(f"{self.span} shifted by {by}", DATETIMES)
        return IntervalSet._of((s + step for s in self.starts), (e + step for e in self.ends))

    def pad(self, before: timedelta = ZERO, after: timedelta = ZERO) -> IntervalSet:
        """Every stretch begun *before* earlier and ended *after* later, and merged again.

        Raises:
            InvalidValueError: a negative padding; use `shrink`.

        >>> from collective_booking.testing.samples import slot
        >>> calls = IntervalSet([slot("09:00", "10:00"), slot("10:15", "11:00")])
        >>> print(calls.pad(after=timedelta(minutes=15)))  # the gap is gone, so they are one
        2026-11-23T09:00:00Z/2026-11-23T11:15:00Z
        """
        lead = _not_negative(before, "before", "shrink")
        lag = _not_negative(after, "after", "shrink")
        starts = [max(start - lead, BEGINNING) for start in self.starts]
        return self._canonical(starts, [min(end + lag, END) for end in self.ends])

    def shrink(self, before: timedelta = ZERO, after: timedelta = ZERO) -> IntervalSet:
        """Every stretch begun *before* later and ended *after* earlier; what is too short goes.

        The beginning and the end of time stay where they are: outside them nothing can encroach.

        Raises:
            InvalidValueError: a negative amount; use `pad`.

        >>> from collective_booking.testing.samples import slot
        >>> free = IntervalSet([slot("09:00", "10:00"), slot("11:00", "13:00")])
        >>> print(free.shrink(after=timedelta(hours=1)))  # what lasts no longer goes
        2026-11-23T11:00:00Z/2026-11-23T12:00:00Z
        """
        for name, amount in (("before", before), ("after", after)):
            _not_negative(amount, name, "pad")
        return self.complement().pad(after, before).complement()

    # --- questions ------------------------------------------------------------------------------

    @property
    def total(self) -> timedelta:
        """How much time it is in all, without the gaps."""
        return timedelta(microseconds=sum(self.ends) - sum(self.starts))

    @property
    def span(self) -> Interval | None:
        """From its first instant to its last end, gaps included; None when empty."""
        return _interval(self.starts[0], self.ends[-1]) if self else None

    def gaps(self) -> IntervalSet:
        """What lies between its stretches; never, where there are fewer than two."""
        return IntervalSet._of(self.ends[:-1], self.starts[1:])

    def clip(self, window: Interval) -> IntervalSet:
        """Its part inside *window*; by bisection, so cheap on a long set.

        Raises:
            WrongTypeError: *window* is no `Interval`.

        >>> from collective_booking.testing.samples import slot
        >>> calls = IntervalSet([slot("09:00", "10:00"), slot("11:00", "13:00")])
        >>> print(calls.clip(slot("10:00", "12:00")))  # of what ends at ten, nothing
        2026-11-23T11:00:00Z/2026-11-23T12:00:00Z
        """
        return self.between(*_an_interval(window, "the window").bounds)

    def between(self, start: int, end: int) -> IntervalSet:
        """`clip` for a caller that has microseconds; of an empty stretch, never.

        >>> calls = IntervalSet.from_microseconds([0, 20], [10, 40])
        >>> calls.between(5, 30).starts, calls.between(5, 30).ends, calls.between(5, 5) == NEVER
        ((5, 20), (10, 30), True)
        """
        inside = self.touching(start, end)
        if not inside or start >= end:
            return NEVER
        starts = list(self.starts[inside.start : inside.stop])
        ends = list(self.ends[inside.start : inside.stop])
        starts[0], ends[-1] = max(starts[0], start), min(ends[-1], end)
        return IntervalSet._of(starts, ends)

    def touching(self, start: int, end: int) -> range:
        """Which of its stretches share an instant with `[start, end)`, in microseconds.

        The answer holds their places, for its `starts` and `ends`.

        >>> calls = IntervalSet.from_microseconds([0, 20, 50], [10, 40, 60])
        >>> calls.touching(10, 50)  # the first ends there, and the third begins there
        range(1, 2)
        """
        return range(bisect_right(self.ends, start), bisect_left(self.starts, end))

    def at(self, moment: datetime) -> Interval | None:
        """The stretch that *moment* lies in, if any; at its end, it no longer does.

        Raises:
            NaiveDatetimeError: *moment* has no time zone.

        >>> from collective_booking.testing.samples import at, slot
        >>> calls = IntervalSet([slot("09:00", "10:00")])
        >>> print(calls.at(at("09:00")), calls.at(at("10:00")))
        2026-11-23T09:00:00Z/2026-11-23T10:00:00Z None
        """
        place = self._index(to_microseconds(moment, "moment"))
        return None if place is None else self[place]

    def contains(self, other: datetime | Interval | IntervalSet) -> bool:
        """`other in self`: whether all of *other* is in it.

        Raises:
            WrongTypeError: *other* is none of these.
            NaiveDatetimeError: it is a moment without a time zone.

        >>> from collective_booking.testing.samples import at, slot
        >>> free = IntervalSet([slot("09:00", "12:00")])
        >>> free.contains(slot("11:00", "12:00")), free.contains(at("12:00")), free.contains(NEVER)
        (True, False, True)
        """
        if isinstance(other, datetime):
            return self._index(to_microseconds(other)) is not None
        if isinstance(other, Interval):
            start, end = other.bounds
            place = self._index(start)
            return place is not None and end <= self.ends[place]
        if isinstance(other, IntervalSet):
            return other.intersection(self) == other
        raise WrongTypeError("what is looked up", other, "a datetime, Interval or IntervalSet")

    def overlaps(self, other: Interval | IntervalSet) -> bool:
        """Whether they share an instant; touching ones do not.

        Raises:
            WrongTypeError: *other* is neither.

        >>> from collective_booking.testing.samples import slot
        >>> calls = IntervalSet([slot("09:00", "10:00"), slot("11:00", "12:00")])
        >>> calls.overlaps(slot("10:00", "11:00")), calls.overlaps(slot("09:30", "11:30"))
        (False, True)
        """
        require("the other side", other, Interval | IntervalSet, "an Interval or an IntervalSet")
        if isinstance(other, Interval):
            return bool(self.clip(other))
        return bool(self.intersection(other))

    def _index(self, instant: int) -> int | None:
        place = bisect_right(self.starts, instant) - 1
        return place if place >= 0 and instant < self.ends[place] else None

    def __contains__(self, other: datetime | Interval | IntervalSet) -> bool:
        return self.contains(other)

    def __len__(self) -> int:
        """How many stretches."""
        return len(self.starts)

    def __bool__(self) -> bool:
        return bool(self.starts)

    def __iter__(self) -> Iterator[Interval]:
        return map(_interval, self.starts, self.ends)

    def __getitem__(self, place: int) -> Interval:
        require("place", place, int, "a whole number")
        return _interval(self.starts[place], self.ends[place])

    # --- text -----------------------------------------------------------------------------------

    def isoformat(self) -> str:
        """Its stretches as ISO 8601 intervals parted by commas, in UTC; `from_isoformat` reads it.

        >>> NEVER.isoformat(), str(NEVER)  # the first for programs, the second for people
        ('', 'never')
        """
        return ",".join(map(str, self))

    def __str__(self) -> str:
        return self.isoformat() or "never"

    def __repr__(self) -> str:
        if len(self) <= 4:
            return f"IntervalSet.from_isoformat({self.isoformat()!r})"
        return f"<IntervalSet of {len(self)} stretches, {self.total} in {self.span}>"


NEVER: Final = IntervalSet._of((), ())
"""The empty set of time."""
ALWAYS: Final = IntervalSet._of((BEGINNING,), (END,))
"""All time: what the intersection of no sets is (T2)."""


def _interval(start: int, end: int) -> Interval:
    """Trust the caller, as `IntervalSet._of` does."""
    made = object.__new__(Interval)
    object.__setattr__(made, "start", to_datetime(start))
    object.__setattr__(made, "end", to_datetime(end))
    return made


def _sets(values: Iterable[IntervalSet]) -> list[IntervalSet]:
    held = []
    for value in values:
        require("the other side", value, IntervalSet, "an IntervalSet")
        held.append(value)
    return held


def _refuse_others(starts: list[int], ends: list[int]) -> None:
    """Refuse what is no int, and what is empty; both at the speed of C."""
    if countOf(map(type, starts), int) + countOf(map(type, ends), int) < 2 * len(starts):
        stray = next(each for each in chain(starts, ends) if type(each) is not int)
        raise WrongTypeError("a boundary", stray, "an int of microseconds since the epoch")
    if any(map(le, ends, starts)):
        start, end = next(pair for pair in zip(starts, ends, strict=True) if pair[1] <= pair[0])
        raise EmptyIntervalError(to_datetime(start), to_datetime(end))


def _refuse_no_pairs(values: Iterable[object]) -> None:
    """Else three moments in one place and one in the next would pair up across the two."""
    for value in values:
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise WrongTypeError("a pair", value, "(start, end)")


def _an_interval(value: Interval, name: str) -> Interval:
    require(name, value, Interval, "an Interval")
    return value


def _not_negative(amount: timedelta, name: str, instead: str = "") -> int:
    microseconds = in_microseconds(amount, name)
    if microseconds < 0:
        advice = f"give zero or more, or use {instead}" if instead else "give zero or more"
        raise InvalidValueError(name, amount, advice)
    return microseconds
