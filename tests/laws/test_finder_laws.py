"""The slot finder agrees with its slow twin, with itself, and with the rules, for any team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from collective_booking.availability import Availability, Claim
from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.moments import MICROSECOND
from collective_booking.reasons import AFRESH, Blockage, Explanation, NearMiss, Reason, What
from collective_booking.scarcity import releases
from collective_booking.settings import Anchor, BufferMode
from collective_booking.slots import Slot, SlotFinder
from tests.oracles.finder import Oracle, Refusal, local_date, moment_of, seconds
from tests.strategies_finder import CHANGES, MINUTE, ZONES, Scene, scenes

DAY = timedelta(days=1)
further_days = st.sampled_from((0, 1, 10, 30, 150))
"""The search looks in ranges that grow; some of its windows hold several."""

thoroughly = settings(max_examples=200)
"""For the laws that carry the others."""
lightly = settings(max_examples=50)
"""For a law that asks the twin about every minute."""


def starts(slots: Iterable[Slot]) -> list[datetime]:
    return [slot.start for slot in slots]


def refusals(explanation: Explanation) -> set[Refusal]:
    return {(reason.what, reason.who) for reason in explanation.reasons}


def is_hidden(explanation: Explanation) -> bool:
    return any(note.what is What.HIDDEN for note in explanation.notes)


def minutes_to_ask_about(scene: Scene) -> st.SearchStrategy[list[datetime]]:
    """Starts of the window, those on the grid before the others."""
    oracle, every = scene.oracle(), scene.minutes()
    on_grid = [start for start in every if oracle.on_grid(seconds(start))] or every
    some = st.sampled_from(on_grid) | st.sampled_from(every)
    return st.lists(some, min_size=1, max_size=12, unique=True)


def instants_to_ask_about(scene: Scene) -> st.SearchStrategy[list[datetime]]:
    """What is listed, whole minutes, and instants in between."""
    first, last = scene.window.start, scene.window.end - MICROSECOND
    listed = st.sampled_from(starts(scene.finder().offers(scene.window)) or [first])
    odd = st.datetimes(
        first.replace(tzinfo=None), last.replace(tzinfo=None), timezones=st.just(UTC)
    )
    some = st.one_of(listed, st.sampled_from(scene.minutes()), odd)
    return st.lists(some, min_size=1, max_size=8)


# --- the twin -------------------------------------------------------------------------------------


@given(scenes())
def test_what_is_offered_is_what_the_twin_accepts(scene: Scene) -> None:
    finder, oracle = scene.finder(), scene.oracle()
    length = scene.calendar.duration

    offered = finder.offers(scene.window)

    accepted = [start for start in scene.minutes() if oracle.accepts(seconds(start))]
    event(f"slots: {bool(accepted)}")
    assert offered == [
        Slot(start, start + length, verified=not oracle.doubtful(seconds(start)))
        for start in accepted
        if not is_hidden(finder.explain(start))
    ]


@thoroughly
@given(scenes(), st.data())
def test_who_refuses_and_why_is_what_the_twin_says(scene: Scene, data: st.DataObject) -> None:
    finder, oracle = scene.finder(), scene.oracle()

    for start in data.draw(minutes_to_ask_about(scene)):
        told = finder.explain(start)

        assert refusals(told) == oracle.refusals(seconds(start))
        assert told.blockers == {who for _, who in refusals(told) if who}
        assert {n.who for n in told.notes if n.what is What.UNKNOWN} == oracle.doubtful(
            seconds(start)
        )


@lightly
@given(scenes(hours=12))
def test_a_window_is_blocked_for_as_many_minutes_as_the_twin_counts(scene: Scene) -> None:
    told = scene.finder().explain_window(scene.window)

    expected = blockages(scene.oracle(), scene.window)
    event(f"shared: {any(each.alone < each.blocked for each in expected.values())}")
    assert {each.who: each for each in told.blockages} == expected
    assert [each.alone for each in told.blockages] == sorted(
        (each.alone for each in told.blockages), reverse=True
    )
    assert told.offered == len(scene.finder().offers(scene.window))


@lightly
@given(scenes(hours=12))
def test_a_near_miss_is_blocked_by_just_those_whom_the_twin_names(scene: Scene) -> None:
    # X2: on the grid of the full roster, whoever is closed then.
    told = scene.finder().near_misses(scene.window)

    oracle = scene.oracle()
    asked = range(seconds(scene.window.start), seconds(scene.window.end), 60)
    expected = {start: who for start in asked if (who := oracle.blockers(start))}
    event(f"blockers: {sorted({len(who) for who in expected.values()})}")
    assert {seconds(miss.start): set(miss.blockers) for miss in told} == expected
    assert told == sorted(told, key=lambda miss: (len(miss.blockers), miss.start))


@given(st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1)))
def test_releases_are_the_minimal_sets_among_the_blockers(blockers: list[frozenset[str]]) -> None:
    # X2: no set holds another one, every start needs one of them, and each says what it opens.
    ranked = sorted(blockers, key=len)
    misses = [NearMiss(moment_of(60 * place), who) for place, who in enumerate(ranked)]

    told = releases(misses)

    assert {release.members for release in told} == {
        who for who in blockers if not any(other < who for other in blockers)
    }
    for release in told:
        assert release.starts == sum(who <= release.members for who in blockers)
    assert [len(release.members) for release in told] == sorted(
        len(release.members) for release in told
    )


def blockages(oracle: Oracle, window: Interval) -> dict[str | None, Blockage]:
    by = oracle.blocked(window)
    whole = {who: set[int]() for _, who in by}
    for (_, who), held in by.items():
        whole[who] |= held
    parts = {
        who: sorted(((what, len(m) * MINUTE) for (what, w), m in by.items() if w == who))
        for who in whole
    }
    return {
        who: Blockage(
            who,
            len(held) * MINUTE,
            len(held.difference(*(whole[other] for other in whole if other != who))) * MINUTE,
            tuple(sorted(parts[who], key=lambda part: (-part[1], part[0]))),
        )
        for who, held in whole.items()
    }


# --- one answer (L1) ------------------------------------------------------------------------------


@given(scenes(), st.data())
def test_a_start_is_listed_exactly_when_it_is_accepted_and_not_hidden(
    scene: Scene, data: st.DataObject
) -> None:
    finder = scene.finder()
    listed = starts(finder.offers(scene.window))

    for start in data.draw(instants_to_ask_about(scene)):
        told = finder.explain(start)

        event(f"accepted: {told.accepted}")
        assert (start in listed) == (told.accepted and not is_hidden(told))
        assert finder.accepts(start) == told.accepted == (not told.reasons)


@given(scenes(), st.data())
def test_what_a_store_asks_under_its_lock_is_what_explaining_answers(
    scene: Scene, data: st.DataObject
) -> None:
    # S1: the store brings the claims it reads; what was known of them before has no say.
    finder = scene.finder()
    before = scene.finder(
        claims=data.draw(st.sampled_from(((), scene.claims[:1], scene.claims))),
        counted=data.draw(st.sampled_from(((), scene.counted[:1], scene.counted))),
    )

    for start in data.draw(instants_to_ask_about(scene)):
        reasons = before.admission(start)(iter(scene.claims), iter(scene.counted))

        event(f"admitted: {not reasons}")
        assert (not reasons) == finder.accepts(start)
        assert told(reasons) == told(finder.explain(start).reasons)


@given(scenes(), st.data())
def test_what_is_asked_afresh_is_what_explaining_answers_of_these_kinds(
    scene: Scene, data: st.DataObject
) -> None:
    finder = scene.finder()
    only = data.draw(st.just(AFRESH) | st.frozensets(st.sampled_from(What)))

    for start in data.draw(instants_to_ask_about(scene)):
        admit = finder.admission(start, only=only)
        reasons = [each for each in finder.explain(start).reasons if each.what in only]
        assert told(admit(scene.claims, scene.counted)) == told(reasons)


@given(scenes(), further_days, st.data())
def test_a_window_only_selects_starts(scene: Scene, days: int, data: st.DataObject) -> None:
    finder = scene.finder()
    whole = Interval(scene.window.start, scene.window.end + timedelta(days=days))
    slots = finder.offers(whole)
    any_cut = st.integers(1, whole.duration // MICROSECOND - 1).map(
        lambda n: whole.start + n * MICROSECOND
    )
    at_slots = [start for start in starts(slots) if start > whole.start]
    cut = data.draw(st.one_of(any_cut, *[st.sampled_from(at_slots)] * bool(at_slots)))

    parts = [Interval(whole.start, cut), Interval(cut, whole.end)]

    event(f"slots: {bool(slots)}")
    assert [slot for part in parts for slot in finder.offers(part)] == slots


@given(scenes(), further_days, st.integers(0, 12))
def test_looking_for_the_first_few_finds_the_first_few(scene: Scene, days: int, count: int) -> None:
    finder = scene.finder()
    whole = Interval(scene.window.start, scene.window.end + timedelta(days=days))

    lazily = finder.iter_offers(whole)

    assert list(islice(lazily, count)) == finder.offers(whole)[:count]
    assert list(lazily) == finder.offers(whole)[count:]


@given(scenes(), st.sampled_from(ZONES).map(ZoneInfo), st.data())
def test_the_zone_of_whoever_looks_changes_nothing(
    scene: Scene, place: ZoneInfo, data: st.DataObject
) -> None:
    # Neither the zone of the window, of the start nor of the current time.
    here, there = scene.finder(), scene.finder(now=scene.now.astimezone(place))
    start, end = scene.window.start.astimezone(place), scene.window.end.astimezone(place)

    assert there.offers(Interval(start, end)) == here.offers(scene.window)
    for asked in data.draw(instants_to_ask_about(scene)):
        assert there.explain(asked.astimezone(place)) == here.explain(asked)


# --- the grid -------------------------------------------------------------------------------------


@given(scenes(), st.data())
def test_nothing_that_takes_time_moves_the_grid(scene: Scene, data: st.DataObject) -> None:
    # Busy time, time off and claims take starts away; they never bring others.
    here = tuple(replace(member, time_off=()) for member in scene.calendar.members)
    calm = SlotFinder(
        calendar=replace(scene.calendar, members=here),
        availability={member.id: Availability() for member in here},
        now=scene.now,
    )
    finder = scene.finder()

    assert starts(finder.offers(scene.window)) == [
        start for start in starts(calm.offers(scene.window)) if finder.accepts(start)
    ]
    for start in data.draw(instants_to_ask_about(scene)):
        off_grid = {each for each in refusals(calm.explain(start)) if each[0] is What.GRID}
        assert off_grid == {
            each for each in refusals(finder.explain(start)) if each[0] is What.GRID
        }


# --- a team ---------------------------------------------------------------------------------------


def without_the_last(scene: Scene) -> SlotFinder:
    last = scene.calendar.members[-1].id
    others = {who: told for who, told in scene.availability.items() if who != last}
    return scene.finder(calendar=scene.calendar.remove_member(last), availability=others)


def with_settings(scene: Scene, **settings: object) -> Scene:
    return replace(scene, calendar=scene.calendar.with_settings(**settings))


@given(scenes())
def test_a_further_member_never_adds_common_time(scene: Scene) -> None:
    # With a start every minute the grid takes nothing away, whatever it hangs on.
    assume(len(scene.calendar.members) > 2)
    every_minute = with_settings(scene, interval=MINUTE)

    common = set(starts(every_minute.finder().offers(scene.window)))

    assert common <= set(starts(without_the_last(every_minute).offers(scene.window)))


@given(scenes())
def test_a_further_member_never_adds_a_slot_to_the_grid_of_the_clock(scene: Scene) -> None:
    assume(len(scene.calendar.members) > 2)
    by_clock = with_settings(scene, anchor=Anchor.CLOCK)

    offered = set(starts(by_clock.finder().offers(scene.window)))

    assert offered <= set(starts(without_the_last(by_clock).offers(scene.window)))


@given(scenes())
def test_an_optional_member_is_as_good_as_none(scene: Scene) -> None:
    assume(len(scene.calendar.members) > 2)
    *_, last = scene.calendar.members
    guest = replace(last, required=False)
    with_guest = scene.finder(calendar=scene.calendar.replace_member(guest))

    assert with_guest.offers(scene.window) == without_the_last(scene).offers(scene.window)


# --- claims ---------------------------------------------------------------------------------------


@given(scenes(), st.data())
def test_what_is_being_moved_neither_blocks_nor_counts(scene: Scene, data: st.DataObject) -> None:
    moved = data.draw(st.sampled_from(("first", "second", "counted-0")))
    others = scene.finder(
        claims=tuple(each for each in scene.claims if each.id != moved),
        counted=tuple(each for each in scene.counted if each.id != moved),
        moving=None,
    )
    moving = scene.finder(moving=moved)

    assert moving.offers(scene.window) == others.offers(scene.window)
    for start in data.draw(instants_to_ask_about(scene)):
        assert moving.explain(start) == others.explain(start)
        assert told(moving.admission(start)(scene.claims, scene.counted)) == told(
            others.explain(start).reasons
        )


# --- to the microsecond ---------------------------------------------------------------------------

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def near_noon() -> st.SearchStrategy[Interval]:
    """Odd stretches of a few minutes, and such as touch whole minutes by a microsecond."""
    odd = st.integers(0, 30 * 60 * 10**6)
    edge = st.tuples(st.integers(0, 30), st.integers(-1, 1)).map(lambda p: p[0] * 60 * 10**6 + p[1])
    return (
        st.tuples(odd | edge, odd | edge)
        .filter(lambda pair: pair[0] < pair[1])
        .map(lambda pair: Interval(NOON + pair[0] * MICROSECOND, NOON + pair[1] * MICROSECOND))
    )


def few_minutes() -> st.SearchStrategy[timedelta]:
    return st.integers(0, 4).map(lambda count: count * MINUTE)


def meet(
    start: datetime, end: datetime, other: Interval, before: timedelta, after: timedelta
) -> bool:
    return start < other.end + after and other.start - before < end


@st.composite
def crowded_noons(draw: st.DrawFn) -> SlotFinder:
    round_the_clock = OpeningHours.parse("daily 00:00-24:00")
    calendar = CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone="UTC",
        duration=draw(st.integers(1, 5)) * MINUTE,
        interval=MINUTE,
        buffer_before=draw(few_minutes()),
        buffer_after=draw(few_minutes()),
        buffer_mode=draw(st.sampled_from(BufferMode)),
        members=tuple(Member(who, timezone="UTC", hours=round_the_clock) for who in ("ana", "ben")),
    )
    claim = st.builds(
        Claim, st.just("taken"), st.just("ben"), near_noon(), few_minutes(), few_minutes()
    )
    return SlotFinder(
        calendar=calendar,
        availability={"ana": Availability(IntervalSet(draw(st.lists(near_noon(), max_size=3))))},
        now=NOON - DAY,
        claims=tuple(draw(st.lists(claim, max_size=3))),
    )


def refused_by_comparing(finder: SlotFinder, start: datetime) -> set[Refusal]:
    calendar, end, zero = finder.calendar, start + finder.calendar.duration, timedelta()
    early, late = start - calendar.buffer_before, end + calendar.buffer_after
    found = set[Refusal]()
    for busy in finder.availability["ana"].busy:
        if meet(start, end, busy, zero, zero):
            found.add((What.BUSY, "ana"))
        elif meet(early, late, busy, zero, zero):
            found.add((What.BUFFER, "ana"))
    for claim in finder.claims:
        buffers = claim.buffer_before, claim.buffer_after
        if meet(start, end, claim.interval, zero, zero):
            found.add((What.APPOINTMENT, "ben"))
        elif calendar.buffer_mode is BufferMode.SUM:
            if meet(early, late, claim.interval, *buffers):
                found.add((What.BUFFER, "ben"))
        elif meet(early, late, claim.interval, zero, zero) or meet(
            start, end, claim.interval, *buffers
        ):
            found.add((What.BUFFER, "ben"))
    return found


@given(crowded_noons())
def test_busy_time_counts_to_the_microsecond(finder: SlotFinder) -> None:
    every_minute = [NOON + each * MINUTE for each in range(-10, 40)]
    window = Interval(every_minute[0], every_minute[-1] + MINUTE)

    offered = finder.offers(window)

    assert starts(offered) == [m for m in every_minute if not refused_by_comparing(finder, m)]


@given(crowded_noons(), st.integers(-1, 1), st.data())
def test_refusals_begin_and_end_to_the_microsecond(
    finder: SlotFinder, odd: int, data: st.DataObject
) -> None:
    calendar = finder.calendar
    taken = [*finder.availability["ana"].busy, *(claim.interval for claim in finder.claims)]
    assume(taken)
    edge = data.draw(
        st.sampled_from([moment for each in taken for moment in (each.start, each.end)])
    )
    reaches = [timedelta(), calendar.duration, calendar.buffer_before, -calendar.buffer_before]
    reaches += [-calendar.duration, -calendar.duration - calendar.buffer_after]
    reaches += [each.buffer_after for each in finder.claims]
    reaches += [-calendar.duration - each.buffer_before for each in finder.claims]
    start = edge + data.draw(st.sampled_from(reaches)) + odd * MICROSECOND

    told = refusals(finder.explain(start)) - {(What.GRID, None)}

    assert told == refused_by_comparing(finder, start)


# --- what an explanation shows (X1) ---------------------------------------------------------------


@given(scenes(), st.data())
def test_a_reason_shows_the_time_that_does_it(scene: Scene, data: st.DataObject) -> None:
    oracle = scene.oracle()
    parties = {party[0]: party for party in oracle.parties()}

    for start in data.draw(minutes_to_ask_about(scene)):
        slot = Interval(start, start + scene.calendar.duration)
        for reason in scene.finder().explain(start).reasons:
            assert reason.interval is not None
            shown = reason.interval
            match reason.what:
                case What.NOTICE | What.HORIZON | What.CAP:
                    assert start in shown
                case What.GRID:
                    assert start in shown
                    assert shown.duration <= scene.calendar.step
                    within = range(seconds(shown.start) + 60, seconds(shown.end), 60)
                    # Where somebody is closed, the grid is not asked.
                    asked = (each for each in within if all(oracle.openings(each)))
                    assert not any(map(oracle.on_grid, asked))
                case What.BUFFER:
                    assert not shown.overlaps(slot)
                case What.HOURS | What.OVERRIDE:
                    assert shown.overlaps(slot)
                    first, last = seconds(shown.start) // 60, seconds(shown.end) // 60 - 1
                    assert oracle.closed(parties[reason.who], first) is reason.what
                    assert oracle.closed(parties[reason.who], last) is reason.what
                case What.TIME_OFF:
                    assert shown.overlaps(slot)
                    member = scene.calendar.member(reason.who or "")
                    first_day = local_date(member.timezone, seconds(shown.start))
                    assert any(each.first <= first_day <= each.last for each in member.time_off)
                case What.APPOINTMENT | What.HOLD:
                    assert shown.overlaps(slot)
                    assert (reason.claim, shown) in {(c.id, c.interval) for c in scene.claims}
                case What.BUSY:
                    assert shown.overlaps(slot)
                    assert reason.claim is None
                case What.UNKNOWN:
                    assert reason.detail
                case What.HIDDEN:
                    raise AssertionError("hiding refuses nothing")


@given(scenes(), st.data())
def test_what_a_booker_reads_is_the_same_whoever_the_members_are(
    scene: Scene, data: st.DataObject
) -> None:
    # X1: no id, no name, no sign of how many they are or what keeps them.
    for start in data.draw(minutes_to_ask_about(scene)):
        told = scene.finder().explain(start)

        assert set(told.for_booker()) <= {
            "This time is too soon to be booked.",
            "This time is too far ahead to be booked.",
            "No more bookings are taken around this time.",
            "This is not one of the times that are offered.",
            "This time is not available.",
        }
        assert bool(told.for_booker()) == bool(told.reasons)


# --- looking busy (N5) ----------------------------------------------------------------------------


@given(scenes(), st.data())
def test_what_is_hidden_is_decided_for_each_start_alone(scene: Scene, data: st.DataObject) -> None:
    busy = with_settings(scene, look_busy=50)
    quiet = with_settings(busy, duration=MINUTE, interval=MINUTE, anchor=Anchor.CLOCK)
    other = quiet.finder(availability={}, claims=(), counted=(), now=scene.now - DAY)

    for start in data.draw(minutes_to_ask_about(scene)):
        assert is_hidden(busy.finder().explain(start)) == is_hidden(other.explain(start))
        assert not is_hidden(with_settings(scene, look_busy=0).finder().explain(start))


# --- the examples ---------------------------------------------------------------------------------


def other_mode(scene: Scene) -> Scene:
    modes = {BufferMode.MAX: BufferMode.SUM, BufferMode.SUM: BufferMode.MAX}
    return with_settings(scene, buffer_mode=modes[scene.calendar.buffer_mode])


def test_the_teams_drawn_are_rich() -> None:
    # A law is worth its examples: here they have slots, lose them in every way there is, and see
    # the clocks change in the window they ask about.
    teams, seen = 300, Counter[str]()

    @settings(max_examples=teams, derandomize=True, database=None)
    @given(scenes())
    def look(scene: Scene) -> None:
        finder, every_minute = scene.finder(), with_settings(scene, interval=MINUTE)
        blocked = finder.explain_window(scene.window).blockages
        told = [finder.explain(start) for start in scene.minutes()[::90]]
        common = every_minute.finder().offers(scene.window)
        unmoved = every_minute.finder(moving=None).offers(scene.window)
        seen.update({what for each in blocked for what, _ in each.by})
        seen.update({reason.what for each in told for reason in each.reasons})
        seen[What.HIDDEN] += common != with_settings(every_minute, look_busy=0).finder().offers(
            scene.window
        )
        seen["slots"] += bool(finder.offers(scene.window))
        seen["doubt"] += any(not slot.verified for slot in common)
        seen["change"] += any(change in scene.window for _, change in CHANGES)
        seen["moved"] += common != unmoved
        seen["buffers"] += common != other_mode(every_minute).finder().offers(scene.window)

    look()

    assert seen["slots"] > teams / 4
    assert seen["change"] > teams / 4
    assert {*What, "doubt", "moved", "buffers"} <= {kind for kind, count in seen.items() if count}


def told(reasons: Iterable[Reason]) -> set[tuple[What, str | None, str | None]]:
    """What refuses and who; how far a closed stretch reaches depends on how far one looks."""
    return {(reason.what, reason.who, reason.claim) for reason in reasons}
