"""The algebra of time obeys the laws of sets, and agrees with a model that counts instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise
from operator import and_, or_

from hypothesis import assume, given
from hypothesis import strategies as st

from collective_booking.intervals import ALWAYS, NEVER, Interval, IntervalSet
from collective_booking.moments import (
    BEGINNING,
    END,
    MICROSECOND,
    isoformat,
    to_datetime,
    to_microseconds,
)
from collective_booking.testing.strategies import moments
from tests.strategies import (
    LAST,
    instants,
    interval_sets,
    intervals,
    paddings,
    small_instants,
    small_intervals,
    small_paddings,
    small_sets,
)

UNIVERSE = range(-20, LAST + 20)
"""Room enough around the small instants for what padding and shifting reach."""


def counted(times: IntervalSet) -> set[int]:
    """The model: a set of time is the set of the microseconds in it."""
    return {x for s, e in zip(times.starts, times.ends, strict=True) for x in range(s, e)}


def counted_one(interval: Interval) -> set[int]:
    return set(range(to_microseconds(interval.start), to_microseconds(interval.end)))


def is_canonical(times: IntervalSet) -> bool:
    bounds = [b for pair in zip(times.starts, times.ends, strict=True) for b in pair]
    return all(a < b for a, b in pairwise([BEGINNING - 1, *bounds, END + 1]))


def reach(instant: int, before: timedelta, after: timedelta) -> range:
    """The instants from *before* earlier to *after* later, both included."""
    return range(instant - before // MICROSECOND, instant + after // MICROSECOND + 1)


def span_of(held: set[int]) -> Interval:
    return Interval(to_datetime(min(held)), to_datetime(max(held) + 1))


def permuted_twice(
    told: list[Interval],
) -> st.SearchStrategy[tuple[list[Interval], list[Interval]]]:
    return st.tuples(st.just(told), st.permutations(told + told))


def lengths() -> st.SearchStrategy[timedelta]:
    return st.integers(-20, 20).map(lambda microseconds: timedelta(microseconds=microseconds))


# --- the Boolean algebra --------------------------------------------------------------------------


@given(interval_sets(), interval_sets())
def test_union_commutes(a: IntervalSet, b: IntervalSet) -> None:
    assert a | b == b | a


@given(interval_sets(), interval_sets())
def test_intersection_commutes(a: IntervalSet, b: IntervalSet) -> None:
    assert a & b == b & a


@given(interval_sets(), interval_sets(), interval_sets())
def test_union_associates(a: IntervalSet, b: IntervalSet, c: IntervalSet) -> None:
    assert (a | b) | c == a | (b | c)


@given(interval_sets(), interval_sets(), interval_sets())
def test_intersection_associates(a: IntervalSet, b: IntervalSet, c: IntervalSet) -> None:
    assert (a & b) & c == a & (b & c)


@given(interval_sets(), interval_sets(), interval_sets())
def test_symmetric_difference_associates(a: IntervalSet, b: IntervalSet, c: IntervalSet) -> None:
    assert (a ^ b) ^ c == a ^ (b ^ c)


@given(interval_sets(), interval_sets(), interval_sets())
def test_intersection_distributes_over_union(
    a: IntervalSet, b: IntervalSet, c: IntervalSet
) -> None:
    assert a & (b | c) == (a & b) | (a & c)


@given(interval_sets(), interval_sets(), interval_sets())
def test_union_distributes_over_intersection(
    a: IntervalSet, b: IntervalSet, c: IntervalSet
) -> None:
    assert a | (b & c) == (a | b) & (a | c)


@given(interval_sets(), interval_sets())
def test_what_is_in_neither_is_outside_both(a: IntervalSet, b: IntervalSet) -> None:
    assert (a | b).complement() == a.complement() & b.complement()


@given(interval_sets(), interval_sets())
def test_what_is_not_in_both_is_outside_one(a: IntervalSet, b: IntervalSet) -> None:
    assert (a & b).complement() == a.complement() | b.complement()


@given(interval_sets(), interval_sets())
def test_union_absorbs_intersection(a: IntervalSet, b: IntervalSet) -> None:
    assert a | (a & b) == a


@given(interval_sets(), interval_sets())
def test_intersection_absorbs_union(a: IntervalSet, b: IntervalSet) -> None:
    assert a & (a | b) == a


@given(interval_sets())
def test_never_adds_nothing_and_leaves_nothing(a: IntervalSet) -> None:
    assert a | NEVER == a
    assert a & NEVER == NEVER


@given(interval_sets())
def test_always_leaves_everything_and_adds_everything(a: IntervalSet) -> None:
    assert a & ALWAYS == a
    assert a | ALWAYS == ALWAYS


@given(interval_sets())
def test_a_set_and_its_complement_are_all_time_and_share_none(a: IntervalSet) -> None:
    assert a | a.complement() == ALWAYS
    assert a & a.complement() == NEVER


@given(interval_sets())
def test_the_complement_of_the_complement_is_the_set(a: IntervalSet) -> None:
    assert a.complement().complement() == a


@given(interval_sets())
def test_a_set_with_itself_is_itself(a: IntervalSet) -> None:
    assert a | a == a & a == a
    assert a - a == a ^ a == NEVER


@given(interval_sets(), interval_sets())
def test_difference_is_intersection_with_the_complement(a: IntervalSet, b: IntervalSet) -> None:
    assert a - b == a & b.complement()


@given(interval_sets(), interval_sets())
def test_symmetric_difference_is_what_only_one_has(a: IntervalSet, b: IntervalSet) -> None:
    assert a ^ b == (a - b) | (b - a)


@given(interval_sets(), interval_sets())
def test_a_set_falls_apart_into_what_is_shared_and_what_is_not(
    a: IntervalSet, b: IntervalSet
) -> None:
    assert (a & b) | (a - b) == a
    assert not (a & b) & (a - b)


# --- canonical form -------------------------------------------------------------------------------


@given(interval_sets(), interval_sets(), intervals(), paddings(), paddings())
def test_every_result_is_sorted_disjoint_and_never_touches(
    a: IntervalSet, b: IntervalSet, window: Interval, before: timedelta, after: timedelta
) -> None:
    results = [a, a | b, a & b, a - b, a ^ b, a.complement(), a.complement(window), a.clip(window)]
    results += [a.gaps(), a.pad(before, after), a.shrink(before, after)]

    assert all(map(is_canonical, results))


@given(small_sets(), small_sets())
def test_equal_time_is_equal_tuples_and_equal_hashes(a: IntervalSet, b: IntervalSet) -> None:
    same = counted(a) == counted(b)

    assert (a == b) is same
    assert ((a.starts, a.ends) == (b.starts, b.ends)) is same
    assert not same or hash(a) == hash(b)


@given(st.lists(small_intervals(), max_size=5).flatmap(permuted_twice))
def test_the_order_and_the_repetition_of_stretches_say_nothing(
    told: tuple[list[Interval], list[Interval]],
) -> None:
    once, twice = told

    assert IntervalSet(once) == IntervalSet(twice)


@given(st.sets(small_instants(), min_size=3, max_size=3))
def test_a_stretch_cut_in_two_is_the_same_time(bounds: set[int]) -> None:
    start, cut, end = map(to_datetime, sorted(bounds))
    halves = [Interval(start, cut), Interval(cut, end)]

    assert IntervalSet(halves) == IntervalSet([Interval(start, end)])


# --- agreement with the model ---------------------------------------------------------------------


@given(small_sets(), small_sets())
def test_the_operators_agree_with_those_of_sets(a: IntervalSet, b: IntervalSet) -> None:
    x, y = counted(a), counted(b)

    assert counted(a | b) == x | y
    assert counted(a & b) == x & y
    assert counted(a - b) == x - y
    assert counted(a ^ b) == x ^ y


@given(st.lists(st.tuples(small_instants(), small_instants()).filter(lambda p: p[0] < p[1])))
def test_making_a_set_agrees_with_the_model(pairs: list[tuple[int, int]]) -> None:
    made = IntervalSet.from_microseconds([s for s, _ in pairs], [e for _, e in pairs])

    assert counted(made) == {x for start, end in pairs for x in range(start, end)}


@given(small_sets(), small_intervals())
def test_complement_agrees_with_the_model(a: IntervalSet, window: Interval) -> None:
    assert counted(a.complement(window)) == counted_one(window) - counted(a)


@given(small_sets(), small_intervals())
def test_clip_agrees_with_the_model(a: IntervalSet, window: Interval) -> None:
    assert counted(a.clip(window)) == counted(a) & counted_one(window)


@given(small_sets(), lengths())
def test_shift_agrees_with_the_model(a: IntervalSet, by: timedelta) -> None:
    assert counted(a.shift(by)) == {x + by // MICROSECOND for x in counted(a)}


@given(intervals(), small_paddings(), small_paddings())
def test_an_interval_is_padded_as_a_set_of_it_is(
    one: Interval, before: timedelta, after: timedelta
) -> None:
    assert IntervalSet([one.pad(before, after)]) == IntervalSet([one]).pad(before, after)


@given(small_sets(), small_paddings(), small_paddings())
def test_pad_agrees_with_the_model(a: IntervalSet, before: timedelta, after: timedelta) -> None:
    held = counted(a)

    assert counted(a.pad(before, after)) == {y for x in held for y in reach(x, before, after)}


@given(small_sets(), small_paddings(), small_paddings())
def test_shrink_agrees_with_the_model(a: IntervalSet, before: timedelta, after: timedelta) -> None:
    held = counted(a)

    # An instant stays if the time from `before` earlier to `after` later is all in the set: a
    # stretch that begins at 0 and is begun 2 later has lost 0 and 1.
    assert counted(a.shrink(before, after)) == {
        x for x in held if held.issuperset(reach(x, before, after))
    }


@given(small_sets())
def test_gaps_agree_with_the_model(a: IntervalSet) -> None:
    held = counted(a)

    assert counted(a.gaps()) == {
        x for x in UNIVERSE if held and min(held) < x < max(held) and x not in held
    }


@given(small_sets())
def test_the_questions_agree_with_the_model(a: IntervalSet) -> None:
    held = counted(a)

    assert a.total == len(held) * MICROSECOND
    assert len(a) == len([x for x in held if x - 1 not in held])
    assert bool(a) is bool(held)
    assert a.span == (span_of(held) if held else None)


@given(small_sets())
def test_containing_an_instant_agrees_with_the_model(a: IntervalSet) -> None:
    assert {x for x in UNIVERSE if to_datetime(x) in a} == counted(a)


@given(small_intervals())
def test_an_instant_in_an_interval_agrees_with_the_model(interval: Interval) -> None:
    assert {x for x in UNIVERSE if to_datetime(x) in interval} == counted_one(interval)


@given(small_sets())
def test_the_stretch_at_an_instant_is_the_one_that_holds_it(a: IntervalSet) -> None:
    for x in UNIVERSE:
        found, holding = a.at(to_datetime(x)), [each for each in a if to_datetime(x) in each]

        assert ([] if found is None else [found]) == holding


@given(small_sets(), small_intervals())
def test_containing_an_interval_agrees_with_the_model(a: IntervalSet, other: Interval) -> None:
    assert (other in a) is (counted_one(other) <= counted(a))


@given(small_sets(), small_sets())
def test_containing_a_set_agrees_with_the_model(a: IntervalSet, b: IntervalSet) -> None:
    assert (b in a) is (counted(b) <= counted(a))


@given(small_sets(), small_intervals())
def test_overlapping_an_interval_agrees_with_the_model(a: IntervalSet, other: Interval) -> None:
    assert a.overlaps(other) is bool(counted(a) & counted_one(other))


@given(small_sets(), small_sets())
def test_overlapping_a_set_agrees_with_the_model(a: IntervalSet, b: IntervalSet) -> None:
    assert a.overlaps(b) is bool(counted(a) & counted(b))


@given(small_intervals(), small_intervals())
def test_two_intervals_overlap_as_the_model_does(a: Interval, b: Interval) -> None:
    assert a.overlaps(b) is b.overlaps(a) is bool(counted_one(a) & counted_one(b))


# --- many at once ---------------------------------------------------------------------------------


@given(st.lists(interval_sets(), max_size=5))
def test_the_union_of_many_is_the_fold_that_begins_with_never(sets: list[IntervalSet]) -> None:
    assert IntervalSet.union_of(sets) == reduce(or_, sets, NEVER)


@given(st.lists(interval_sets(), max_size=5))
def test_the_intersection_of_many_is_the_fold_that_begins_with_always(
    sets: list[IntervalSet],
) -> None:
    assert IntervalSet.intersection_of(sets) == reduce(and_, sets, ALWAYS)


@given(st.integers(1, 6), st.lists(small_sets(), max_size=5))
def test_what_several_have_agrees_with_the_model(count: int, sets: list[IntervalSet]) -> None:
    held = [counted(each) for each in sets]
    shared = IntervalSet.at_least(count, sets)

    assert counted(shared) == {x for x in UNIVERSE if sum(x in each for each in held) >= count}
    assert is_canonical(shared)


@given(st.lists(interval_sets(), max_size=5))
def test_what_not_all_have_is_what_some_lack(sets: list[IntervalSet]) -> None:
    lacking = IntervalSet.union_of(each.complement() for each in sets)

    assert IntervalSet.intersection_of(sets).complement() == lacking


# --- monotonicity ---------------------------------------------------------------------------------


@given(interval_sets(), interval_sets())
def test_a_part_is_contained_and_the_whole_contains(a: IntervalSet, b: IntervalSet) -> None:
    assert a & b in a
    assert a in a | b


@given(interval_sets(), interval_sets())
def test_containment_is_the_order_that_union_makes(a: IntervalSet, b: IntervalSet) -> None:
    assert (a in b) is (a | b == b) is (not a - b)


@given(interval_sets(), interval_sets(), interval_sets())
def test_with_more_in_it_every_result_has_more(
    a: IntervalSet, b: IntervalSet, c: IntervalSet
) -> None:
    more = a | b

    assert a | c in more | c
    assert a & c in more & c
    assert a - c in more - c


@given(interval_sets(), interval_sets(), interval_sets())
def test_with_more_taken_away_less_remains(a: IntervalSet, b: IntervalSet, c: IntervalSet) -> None:
    assert c - (a | b) in c - a
    assert (a | b).complement() in a.complement()


@given(interval_sets(), interval_sets(), paddings(), paddings())
def test_padding_and_shrinking_keep_containment(
    a: IntervalSet, b: IntervalSet, before: timedelta, after: timedelta
) -> None:
    more = a | b

    assert a.pad(before, after) in more.pad(before, after)
    assert a.shrink(before, after) in more.shrink(before, after)


@given(interval_sets(), interval_sets())
def test_a_union_is_as_long_as_its_parts_less_what_they_share(
    a: IntervalSet, b: IntervalSet
) -> None:
    assert (a | b).total + (a & b).total == a.total + b.total


# --- padding and shrinking ------------------------------------------------------------------------


@given(interval_sets(), interval_sets(), paddings(), paddings())
def test_a_set_fits_padded_exactly_where_it_fits_into_the_shrunk(
    a: IntervalSet, room: IntervalSet, before: timedelta, after: timedelta
) -> None:
    assert (a.pad(before, after) in room) is (a in room.shrink(before, after))


@given(interval_sets(), paddings(), paddings())
def test_padding_grows_and_shrinking_takes_away(
    a: IntervalSet, before: timedelta, after: timedelta
) -> None:
    assert a in a.pad(before, after)
    assert a.shrink(before, after) in a


@given(interval_sets(), paddings(), paddings())
def test_shrinking_what_was_padded_fills_small_gaps_and_loses_nothing(
    a: IntervalSet, before: timedelta, after: timedelta
) -> None:
    assert a in a.pad(before, after).shrink(before, after)


@given(interval_sets(), paddings(), paddings())
def test_padding_what_was_shrunk_drops_short_stretches_and_adds_nothing(
    a: IntervalSet, before: timedelta, after: timedelta
) -> None:
    assert a.shrink(before, after).pad(before, after) in a


@given(interval_sets())
def test_no_padding_changes_nothing(a: IntervalSet) -> None:
    assert a.pad() == a.shrink() == a


@given(interval_sets(), small_paddings(), small_paddings())
def test_two_paddings_are_one_of_their_sum(
    a: IntervalSet, first: timedelta, second: timedelta
) -> None:
    assert a.pad(first, second).pad(second, first) == a.pad(first + second, first + second)


@given(interval_sets(), interval_sets(), paddings(), paddings())
def test_padding_goes_through_union_and_shrinking_through_intersection(
    a: IntervalSet, b: IntervalSet, before: timedelta, after: timedelta
) -> None:
    assert (a | b).pad(before, after) == a.pad(before, after) | b.pad(before, after)
    assert (a & b).shrink(before, after) == a.shrink(before, after) & b.shrink(before, after)


# --- shifting -------------------------------------------------------------------------------------


@given(small_sets(), lengths())
def test_shifting_back_undoes_a_shift(a: IntervalSet, by: timedelta) -> None:
    assert a.shift(by).shift(-by) == a


@given(small_sets(), lengths(), lengths())
def test_two_shifts_are_one_of_their_sum(
    a: IntervalSet, first: timedelta, second: timedelta
) -> None:
    assert a.shift(first).shift(second) == a.shift(first + second)


@given(small_sets(), small_sets(), lengths())
def test_shifting_goes_through_the_operators(a: IntervalSet, b: IntervalSet, by: timedelta) -> None:
    assert (a | b).shift(by) == a.shift(by) | b.shift(by)
    assert (a & b).shift(by) == a.shift(by) & b.shift(by)
    assert (a - b).shift(by) == a.shift(by) - b.shift(by)


@given(small_sets(), lengths())
def test_shifting_keeps_the_stretches_as_long_as_they_are(a: IntervalSet, by: timedelta) -> None:
    assert [each.duration for each in a.shift(by)] == [each.duration for each in a]


# --- windows and gaps -----------------------------------------------------------------------------


@given(interval_sets(), intervals())
def test_clipping_is_intersection_with_the_window(a: IntervalSet, window: Interval) -> None:
    assert a.clip(window) == a & IntervalSet([window])


@given(interval_sets(), instants(), instants())
def test_clipping_between_two_instants_is_clipping_to_their_window(
    a: IntervalSet, start: int, end: int
) -> None:
    if start < end:
        assert a.between(start, end) == a.clip(Interval(to_datetime(start), to_datetime(end)))
    else:
        assert a.between(start, end) == NEVER


@given(interval_sets(), intervals())
def test_the_complement_in_a_window_is_the_window_without_the_set(
    a: IntervalSet, window: Interval
) -> None:
    assert a.complement(window) == IntervalSet([window]) - a


@given(interval_sets())
def test_the_gaps_are_what_the_span_has_besides_the_set(a: IntervalSet) -> None:
    assert a.gaps() == (NEVER if a.span is None else a.complement(a.span))


@given(interval_sets())
def test_there_is_one_gap_fewer_than_stretches(a: IntervalSet) -> None:
    assert len(a.gaps()) == max(len(a) - 1, 0)


@given(interval_sets(), intervals())
def test_a_set_contains_or_overlaps_an_interval_as_it_does_the_set_of_it(
    a: IntervalSet, other: Interval
) -> None:
    assert (other in a) is (IntervalSet([other]) in a)
    assert a.overlaps(other) is a.overlaps(IntervalSet([other]))


# --- there and back -------------------------------------------------------------------------------


@given(interval_sets())
def test_a_set_is_made_again_from_its_stretches(a: IntervalSet) -> None:
    assert IntervalSet(a) == a
    assert IntervalSet(reversed(list(a))) == a


@given(interval_sets())
def test_a_set_is_made_again_from_its_pairs(a: IntervalSet) -> None:
    assert IntervalSet.from_pairs((each.start, each.end) for each in a) == a


@given(interval_sets())
def test_a_set_is_made_again_from_its_microseconds(a: IntervalSet) -> None:
    assert IntervalSet.from_microseconds(a.starts, a.ends) == a


@given(interval_sets())
def test_a_set_is_read_again_from_its_text(a: IntervalSet) -> None:
    assert IntervalSet.from_isoformat(a.isoformat()) == a


@given(intervals())
def test_an_interval_is_read_again_from_its_text(interval: Interval) -> None:
    assert Interval.from_isoformat(str(interval)) == interval


@given(interval_sets())
def test_a_stretch_is_had_by_its_place_as_by_iteration(a: IntervalSet) -> None:
    assert [a[place] for place in range(len(a))] == list(a)


@given(interval_sets())
def test_a_stretch_of_a_set_is_an_interval_like_any_other(a: IntervalSet) -> None:
    assert [Interval(each.start, each.end) for each in a] == list(a)


@given(instants())
def test_microseconds_become_a_datetime_and_come_back(microseconds: int) -> None:
    assert to_microseconds(to_datetime(microseconds)) == microseconds


@given(moments())
def test_a_moment_keeps_its_instant_to_the_microsecond(moment: datetime) -> None:
    assert to_datetime(to_microseconds(moment)) == moment.astimezone(UTC)


@given(moments())
def test_the_text_of_a_moment_is_its_instant(moment: datetime) -> None:
    assert to_microseconds(datetime.fromisoformat(isoformat(moment))) == to_microseconds(moment)


@given(moments(), moments())
def test_an_interval_and_the_set_of_its_pair_see_the_same_instants(
    one: datetime, other: datetime
) -> None:
    start, end = sorted([one, other], key=to_microseconds)
    assume(to_microseconds(start) < to_microseconds(end))
    interval = Interval(start, end)

    assert list(IntervalSet.from_pairs([(start, end)])) == [interval]
    assert interval.duration == (to_microseconds(end) - to_microseconds(start)) * MICROSECOND
    assert start in interval
    assert end not in interval


@given(intervals(), intervals())
def test_intervals_are_ordered_by_start_and_then_by_end(a: Interval, b: Interval) -> None:
    assert (a < b) is ((a.start, a.end) < (b.start, b.end))
