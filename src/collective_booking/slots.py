"""Which starts suit everyone? Calendars and busy times in, bookable slots out.

Lives here: `SlotFinder`, which offers, accepts and explains, all by the same grid and the
same obstacles (L1), so that what is listed is what can be booked.
Must not live here: calls to a provider, the current time, money; nor what an obstacle is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import Final, final

from collective_booking.availability import Availability, Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.errors import OutOfRangeError, UnknownMemberError, require
from collective_booking.hours import absence, windows
from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.localtime import DAY, FIRST, LAST
from collective_booking.members import Member
from collective_booking.moments import in_microseconds, to_datetime, to_microseconds
from collective_booking.obstacles import (
    MEETINGS,
    Obstacle,
    doubts,
    left_of,
    standing,
    taken,
    unknown_of,
)
from collective_booking.openings import Openings, Party, parties
from collective_booking.reasons import (
    Explanation,
    NearMiss,
    Reason,
    What,
    WindowExplanation,
)
from collective_booking.scarcity import blockages, near_misses, releases
from collective_booking.views import View
from collective_booking.walls import Row

Admission = Callable[[Iterable[Claim], Iterable[Counted]], tuple[Reason, ...]]
"""Why a start is refused under these claims and counts; empty when it is admitted (S1)."""

# A lazy search looks this far first, then doubles: the first ten slots cost little, and a year
# costs little more than looking at it at once.
_FIRST_LOOK: Final = 8 * DAY
# A whole list is wanted: a season at once, so that a horizon may still end the search early.
_LONG_LOOK: Final = 128 * DAY
# An explanation looks this far around a start, to name whole closed stretches such as a weekend.
_AROUND: Final = 8 * DAY
# Nearer to the edge of the supported years, hours and offsets can no longer be looked up around.
_EDGE: Final = 16 * DAY
_FIRST_START: Final = FIRST + _EDGE
_LAST_START: Final = LAST - _EDGE
_ALL_KINDS: Final = frozenset(What)
_SUPPORTED: Final = f"{to_datetime(_FIRST_START).date()} to {to_datetime(_LAST_START).date()}"


@final
@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time that suits every required member, in UTC.

    `verified` is False when a calendar that could not be read was assumed to be free (F3).

    >>> from collective_booking.testing.samples import at
    >>> slot = Slot(at("09:00"), at("10:00"))
    >>> print(slot.end - slot.start, slot.verified)
    1:00:00 True
    """

    start: datetime
    end: datetime
    verified: bool = True


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFinder:
    """Finds the starts that suit every required member of a calendar.

    `availability` holds what is known of each member's time, by id, all over the time asked about,
    widened by the buffers and, at its end, by the duration (F3). A member with a calendar who is
    not in it is unknown all the time. `claims` are our own appointments and live holds near that
    time, in every calendar; `counted` is what counts to this calendar's caps in every period the
    time touches (N3). `moving` is the id of the appointment being rescheduled: it neither blocks
    nor counts (F6). `now` is the current time.

    Raises:
        UnknownMemberError: `availability` names somebody who is not on the roster.
        NaiveDatetimeError: `now` has no time zone.
        WrongTypeError: an argument of the wrong type.
        OutOfRangeError: `now`, or what is asked about later, is not in 1900-01-17 to 2199-12-16.

    >>> from datetime import UTC, timedelta
    >>> from collective_booking.members import Member
    >>> from collective_booking.hours import OpeningHours
    >>> office = OpeningHours.parse("Mon-Fri 09:00-11:00")
    >>> calendar = CollectiveCalendar(
    ...     name="Sales call",
    ...     slug="sales-call",
    ...     timezone="UTC",
    ...     duration=timedelta(hours=1),
    ...     members=[Member(id, timezone="UTC", hours=office) for id in ("ana", "ben")],
    ... )
    >>> busy = IntervalSet.from_isoformat("2026-03-02T09:30Z/2026-03-02T10:00Z")
    >>> finder = SlotFinder(
    ...     calendar=calendar,
    ...     availability={"ben": Availability(busy=busy)},
    ...     now=datetime(2026, 3, 1, tzinfo=UTC),
    ... )
    >>> monday = Interval.from_isoformat("2026-03-02T00:00Z/2026-03-03T00:00Z")
    >>> [slot.start.hour for slot in finder.offers(monday)]
    [10]
    >>> print(finder.explain(datetime(2026, 3, 2, 9, tzinfo=UTC)))
    2026-03-02T09:00:00Z is refused:
      ben is busy (2026-03-02T09:30:00Z/2026-03-02T10:00:00Z)
    >>> [finder.accepts(datetime(2026, 3, 2, 10, minute, tzinfo=UTC)) for minute in (0, 30)]
    [True, False]
    """

    calendar: CollectiveCalendar
    availability: Mapping[str, Availability] = field(default_factory=dict)
    now: datetime
    claims: tuple[Claim, ...] = ()
    counted: tuple[Counted, ...] = ()
    moving: str | None = None
    _taken: list[Obstacle] = field(init=False, repr=False, compare=False)
    _standing: list[Obstacle] = field(init=False, repr=False, compare=False)
    _doubts: list[Obstacle] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._refuse_mistakes()
        now = supported(self.now, "now")
        known = dict(self.availability)
        claims = tuple(claim for claim in self.claims if claim.id != self.moving)
        counted = tuple(each for each in self.counted if each.id != self.moving)
        for name, value in (
            ("availability", known),
            ("claims", claims),
            ("counted", counted),
            ("_taken", taken(self.calendar, claims, counted)),
            ("_standing", standing(self.calendar, known, now)),
            ("_doubts", doubts(self.calendar, known)),
        ):
            object.__setattr__(self, name, value)

    def _refuse_mistakes(self) -> None:
        require("calendar", self.calendar, CollectiveCalendar, "a CollectiveCalendar")
        require("moving", self.moving, str | None, "the id of an appointment, as text")
        require("availability", self.availability, Mapping, "a mapping of members' ids")
        roster = {member.id: member for member in self.calendar.members}
        for member, known in self.availability.items():
            require(f"availability of {member!r}", known, Availability, "an Availability")
            if member not in roster:
                raise UnknownMemberError(self.calendar.slug, member, tuple(roster))
        for name, kind in (("claims", Claim), ("counted", Counted)):
            require(name, getattr(self, name), Sequence, f"a sequence of {kind.__name__}")
            for each in getattr(self, name):
                require(f"one of {name}", each, kind, f"a {kind.__name__}")

    # --- the questions --------------------------------------------------------------------------

    def offers(self, window: Interval) -> list[Slot]:
        """Every slot that starts inside *window*, earliest first.

        The window selects starts; it never clips a slot or moves the grid (L1). Slots hidden to
        look busy are left out (N5).

        Raises:
            OutOfRangeError: *window* leaves what `SlotFinder` supports.
        """
        return list(self._slots(*starts_in(window), _LONG_LOOK))

    def iter_offers(self, window: Interval) -> Iterator[Slot]:
        """The same slots one by one, looked for as you go: `islice(..., 10)` costs little.

        Raises:
            OutOfRangeError: *window* leaves what `SlotFinder` supports; at once, not on the way.

        >>> from datetime import timedelta
        >>> from collective_booking.testing.samples import NOW, calendar
        >>> from collective_booking.testing.sandboxes import sandbox
        >>> year = Interval(NOW, NOW + timedelta(days=365))
        >>> soonest = next(sandbox(calendar()).finder("sales-call", year).iter_offers(year))
        >>> print(soonest.start)
        2026-11-23 09:00:00+00:00
        """
        return self._slots(*starts_in(window), _FIRST_LOOK)

    def accepts(self, start: datetime) -> bool:
        """Whether an appointment can start at *start*: exactly when `explain` has no reason.

        Yes to a start that listings hide to look busy, too (N5).

        Raises:
            NaiveDatetimeError: *start* has no time zone.
            OutOfRangeError: *start* leaves what `SlotFinder` supports.
            WrongTypeError: *start* is no datetime.
        """
        return not any(self._why(supported(start)))

    def explain(self, start: datetime) -> Explanation:
        """Every reason why *start* is refused, by whom and what; none if it can be booked (X1).

        Raises what `accepts` raises.
        """
        instant = supported(start)
        reasons = tuple(self._why(instant, around=_AROUND))
        return Explanation(to_datetime(instant), reasons, tuple(self._notes(instant)))

    def admission(self, start: datetime, only: Collection[What] | None = None) -> Admission:
        """What a store has to ask under its lock, with the claims and counts it reads there (S1).

        All that does not depend on those is judged here, before the lock; this finder's own
        `claims` and `counted` are left aside. Reasons other than *only* are left aside too: a time
        that was booked once is asked `AFRESH`.

        Raises:
            NaiveDatetimeError: *start* has no time zone.
            OutOfRangeError: *start* leaves what `SlotFinder` supports.
            WrongTypeError: *start* is no datetime, or *only* holds something else than `What`.

        >>> from datetime import timedelta
        >>> from collective_booking.members import Member
        >>> calendar = CollectiveCalendar(
        ...     name="Call",
        ...     slug="call",
        ...     timezone="UTC",
        ...     duration=timedelta(hours=1),
        ...     members=[Member(id, timezone="UTC", ignore_hours=True) for id in ("ana", "ben")],
        ... )
        >>> nine = Interval.from_isoformat("2026-03-02T09:00Z/2026-03-02T10:00Z")
        >>> admit = SlotFinder(calendar=calendar, now=nine.start).admission(nine.start)
        >>> admit([], []), [reason.what for reason in admit([Claim("a1", "ana", nine)], [])]
        ((), [<What.APPOINTMENT: 'other appointment'>])
        """
        instant = supported(start)
        length = in_microseconds(self.calendar.duration)
        kinds = _kinds(only)
        settled = tuple(each for each in self._regardless(instant) if each.what in kinds)

        def admit(claims: Iterable[Claim], counted: Iterable[Counted]) -> tuple[Reason, ...]:
            others = [claim for claim in claims if claim.id != self.moving]
            starts = [each for each in counted if each.id != self.moving]
            found = taken(self.calendar, others, starts)
            reasons = chain.from_iterable(each.reasons(instant, length) for each in found)
            return (*settled, *(each for each in reasons if each.what in kinds))

        return admit

    def verifies(self, start: datetime) -> bool:
        """Whether nothing has to be assumed about anybody's calendar at *start* (F3).

        That is another question than whether it is free. Raises what `accepts` raises.

        >>> from collective_booking.testing.samples import ANA, NOW, at, calendar, member
        >>> team = calendar(ANA, member("ben", on_unknown="open"))
        >>> finder = SlotFinder(calendar=team, availability={"ana": Availability()}, now=NOW)
        >>> finder.accepts(at("10:00")), finder.verifies(at("10:00"))  # nothing is known of Ben
        (True, False)
        """
        instant = supported(start)
        return not any(each.contacts(instant, instant) for each in self._doubts)

    def explain_window(self, window: Interval) -> WindowExplanation:
        """What blocks *window*, by member and by kind, and whom one would have to do without (X2).

        Raises:
            OutOfRangeError: *window* leaves what `SlotFinder` supports.
            WrongTypeError: *window* is no `Interval`.

        >>> from collective_booking.testing import FakeProvider
        >>> from collective_booking.testing.samples import calendar, slot
        >>> from collective_booking.testing.sandboxes import sandbox
        >>> calls = Availability(busy=IntervalSet([slot("09:00", "11:00")]))
        >>> day = slot("09:00", "17:00")  # what starts after four would run into the evening
        >>> service = sandbox(calendar(), provider=FakeProvider({"ana": calls}))
        >>> print(service.finder("sales-call", day).explain_window(day))
        2026-11-23T09:00:00Z/2026-11-23T17:00:00Z: 6 starts
          ana blocks 3h, 2h of it alone (busy 2h, hours 1h)
          ben blocks 1h (hours 1h)
          without ana, 2 more starts
        """
        first, last = starts_in(window)
        free = [start for start, _ in self._free(first, last, _LONG_LOOK)]
        hidden = sum(_hidden(self.calendar, start) for start in free)
        hours = Openings.around(self.calendar, first, last)
        obstacles = self._obstacles(hours)
        return WindowExplanation(
            window,
            len(free) - hidden,
            blockages(obstacles, first, last + 1),
            hidden,
            releases(near_misses(hours, obstacles, first, last)),
        )

    def near_misses(self, window: Interval) -> list[NearMiss]:
        """The starts in *window* that members alone block, those with the fewest first (X2).

        They are on the grid of the whole roster, which stays as it is whoever is done without.
        What the calendar itself refuses (its hours, notice, horizon, caps) is never among them.

        Raises:
            OutOfRangeError: *window* leaves what `SlotFinder` supports.
            WrongTypeError: *window* is no `Interval`.

        >>> from collective_booking.testing import FakeProvider
        >>> from collective_booking.testing.samples import MONDAY, calendar, slot
        >>> from collective_booking.testing.sandboxes import sandbox
        >>> calls = {"ana": slot("09:00", "11:00"), "ben": slot("09:00", "10:00")}
        >>> told = {id: Availability(busy=IntervalSet([call])) for id, call in calls.items()}
        >>> finder = sandbox(calendar(), provider=FakeProvider(told)).finder("sales-call", MONDAY)
        >>> [(each.start.hour, sorted(each.blockers)) for each in finder.near_misses(MONDAY)]
        [(10, ['ana']), (9, ['ana', 'ben'])]
        """
        first, last = starts_in(window)
        hours = Openings.around(self.calendar, first, last)
        return near_misses(hours, self._obstacles(hours), first, last)

    def view(self, window: Interval) -> View:
        """The same as a picture: a row a member, and what suits everyone.

        Raises:
            OutOfRangeError: *window* leaves what `SlotFinder` supports.
            WrongTypeError: *window* is no `Interval`.

        >>> from collective_booking.testing.samples import MONDAY, OFFICE_HOURS, calendar
        >>> from collective_booking.testing.sandboxes import sandbox
        >>> service = sandbox(calendar(hours=OFFICE_HOURS))  # and so it has a row of its own
        >>> view = service.finder("sales-call", MONDAY).view(MONDAY)
        >>> [row.name for row in view.rows], str(view.common.total)
        (['opening hours', 'ana', 'ben'], '8:00:00')
        """
        slots = self.offers(window)
        common = IntervalSet.from_pairs((slot.start, slot.end) for slot in slots)
        hours = {party.who: party for party in parties(self.calendar)}
        rows = [self._row(member, hours.get(member.id), window) for member in self.calendar.members]
        if None in hours:  # the calendar's own
            rows.insert(0, Row("opening hours", _open(hours[None], window), NEVER, NEVER))
        return View(self.calendar.name, self.calendar.timezone, window, tuple(rows), common)

    def _obstacles(self, hours: Openings) -> list[Obstacle]:
        return [*hours.obstacles(), *self._standing, *self._taken]

    def _slots(self, first: int, last: int, look: int) -> Iterator[Slot]:
        length = self.calendar.duration
        for start, verified in self._free(first, last, look):
            if not _hidden(self.calendar, start):
                moment = to_datetime(start)
                yield Slot(moment, moment + length, verified)

    # --- the one predicate: a start is free when it is on the grid and nothing forbids it ---------

    def _free(self, first: int, last: int, look: int) -> Iterator[tuple[int, bool]]:
        """The free starts from *first* to *last*, each with whether it is verified."""
        for low, high in _looks(first, last, look):
            everything = chain(self._standing, self._taken)
            near = [obstacle for obstacle in everything if obstacle.contacts(low, high)]
            if any(obstacle.covers(low, high) for obstacle in near):
                continue  # past, or beyond the horizon: not worth converting anybody's hours
            hours = Openings.around(self.calendar, low, high)
            free = left_of(list(hours.starts(low, high)), [hours.shut(), *near])
            sure = set(chain.from_iterable(left_of(free, self._doubts)))
            for start in chain.from_iterable(free):
                yield start, start in sure

    def _why(self, start: int, around: int = 0) -> Iterator[Reason]:
        """Why *start* is not free; closed stretches are seen as far as *around*."""
        for obstacle in self._taken:
            yield from obstacle.reasons(start, in_microseconds(self.calendar.duration))
        yield from self._regardless(start, around)

    def _regardless(self, start: int, around: int = 0) -> Iterator[Reason]:
        """The same, whatever is taken by our own appointments and holds."""
        hours = Openings.around(self.calendar, start - around, start + around)
        obstacles = hours.obstacles()
        for obstacle in chain(self._standing, obstacles):
            yield from obstacle.reasons(start, in_microseconds(self.calendar.duration))
        is_open = not any(each.times.contains(to_datetime(start)) for each in obstacles)
        if is_open and (off_grid := hours.cell(start)):
            yield Reason(What.GRID, interval=off_grid)

    def _notes(self, start: int) -> Iterator[Reason]:
        """What does not refuse *start*, yet is worth knowing (F3, N5)."""
        for obstacle in self._doubts:
            yield from obstacle.reasons(start, in_microseconds(self.calendar.duration))
        if _hidden(self.calendar, start):
            yield Reason(What.HIDDEN)

    def _row(self, member: Member, party: Party | None, window: Interval) -> Row:
        """What counts of a required member's time; of an optional one, all that is known."""
        if not member.required:
            return self._optional_row(member, window)
        opened = _open(party, window) if party else IntervalSet([window])
        away = self._time_of(member, {What.TIME_OFF})
        busy, unknown = self._time_of(member, MEETINGS), self._time_of(member, {What.UNKNOWN})
        return Row(member.name, opened - away, busy.clip(window), unknown.clip(window))

    def _time_of(self, member: Member, kinds: Collection[What]) -> IntervalSet:
        obstacles = chain(self._standing, self._taken, self._doubts)
        own = (each for each in obstacles if each.who == member.id and each.what in kinds)
        return IntervalSet.union_of(each.times for each in own)

    def _optional_row(self, member: Member, window: Interval) -> Row:
        known = self.availability.get(member.id, Availability())
        claimed = IntervalSet(claim.interval for claim in self.claims if claim.member == member.id)
        unknown = IntervalSet(each.interval for each in unknown_of(member, self.availability))
        own = member.hours and Party(member.id, member.hours, member.timezone)
        opened = _open(own, window) if own else IntervalSet([window])
        return Row(
            member.name,
            opened - absence(member.time_off, member.timezone),
            (known.busy | known.tentative | claimed).clip(window),
            unknown.clip(window),
            required=False,
        )


def _kinds(only: Collection[What] | None) -> frozenset[What]:
    """The kinds of reason that are asked about; a word alone would be a collection of letters."""
    if only is None:
        return _ALL_KINDS
    require("only", only, Collection, "a collection of What")
    for what in (asked := frozenset(only)):
        require("one of only", what, What, "a What")
    return asked


def _looks(first: int, last: int, length: int) -> Iterator[tuple[int, int]]:
    """Cut the starts from *first* to *last* into ranges, each twice as long as the one before."""
    while first <= last:
        yield first, min(first + length - 1, last)
        first += length
        length *= 2


def _hidden(calendar: CollectiveCalendar, start: int) -> bool:
    """Whether a listing leaves *start* out to look busy: decided for each start alone (N5)."""
    if not calendar.look_busy:
        return False
    seed = f"{calendar.slug} {start}".encode()
    return int.from_bytes(blake2b(seed, digest_size=8).digest()) % 100 < calendar.look_busy


def _open(party: Party, window: Interval) -> IntervalSet:
    first, last = starts_in(window)
    return windows(party.hours, party.timezone, first, last + 1).merged().clip(window)


def starts_in(window: Interval) -> tuple[int, int]:
    """The first and the last instant of *window*, which a finder can be asked about.

    Raises:
        WrongTypeError: it is no `Interval`.
        OutOfRangeError: it reaches beyond 1900-01-17 to 2199-12-16.
    """
    require("window", window, Interval, "an Interval")
    return supported(window.start), supported(window.end) - 1


def supported(moment: datetime, name: str = "start") -> int:
    """The instant *moment*, in microseconds, if it is one that a finder can be asked about.

    Raises:
        WrongTypeError: it is no datetime; *name* tells the reader which argument it was.
        NaiveDatetimeError: it has no time zone (T1).
        OutOfRangeError: it is not in 1900-01-17 to 2199-12-16.
    """
    instant = to_microseconds(moment, name)
    if not _FIRST_START <= instant <= _LAST_START:
        raise OutOfRangeError(moment.isoformat(), _SUPPORTED)
    return instant
