"""What is true of every calendar: its roster stays whole, and its document says all of it."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft202012Validator

from collective_booking.calendars import CollectiveCalendar
from collective_booking.documents import from_dict, json_schema, to_dict
from collective_booking.durations import DURATION_PATTERN, format_duration, parse_duration
from collective_booking.errors import CollectiveBookingError, ConfigurationError
from collective_booking.settings import MAX_MEMBERS, MIN_MEMBERS
from collective_booking.testing.strategies import calendars, minutes
from tests.strategies_calendars import IDS, people, teams

Change = Callable[[CollectiveCalendar], CollectiveCalendar]

SCHEMA = Draft202012Validator(json_schema())


def changes() -> SearchStrategy[Change]:
    """Changes of a roster, many of which some rosters refuse."""
    ids = st.sampled_from(IDS)
    return st.one_of(
        people().map(lambda member: lambda calendar: calendar.add_member(member)),
        people().map(lambda member: lambda calendar: calendar.replace_member(member)),
        ids.map(lambda who: lambda calendar: calendar.remove_member(who)),
        ids.map(lambda who: lambda calendar: calendar.make_owner(who)),
    )


def json_values() -> SearchStrategy[Any]:
    """Anything that JSON can hold."""
    plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )


@given(calendar=teams(), steps=st.lists(changes(), max_size=12))
def test_a_roster_stays_whole_whatever_is_done_to_it(
    calendar: CollectiveCalendar, steps: list[Change]
) -> None:
    for change in steps:
        before = copy.deepcopy(calendar)
        try:
            changed = change(calendar)
        except CollectiveBookingError:
            changed = calendar

        assert calendar == before
        ids = [member.id for member in changed.members]
        assert MIN_MEMBERS <= len(ids) <= MAX_MEMBERS
        assert len(set(ids)) == len(ids)
        assert changed.primary_owner.required
        calendar = changed


@given(calendar=teams(), change=changes())
def test_a_change_moves_one_person_or_the_ownership_and_nothing_else(
    calendar: CollectiveCalendar, change: Change
) -> None:
    try:
        changed = change(calendar)
    except CollectiveBookingError:
        return

    before, after = set(calendar.members), set(changed.members)
    assert len(before - after) <= 1
    assert len(after - before) <= 1
    assert before == after or calendar.owner == changed.owner
    everything_else = {"members": (), "owner": ""}
    assert {**to_dict(calendar), **everything_else} == {**to_dict(changed), **everything_else}


@settings(max_examples=60)
@given(calendar=calendars())
def test_a_document_says_everything(calendar: CollectiveCalendar) -> None:
    document = to_dict(calendar)

    assert from_dict(document) == calendar
    assert from_dict(json.loads(json.dumps(document))) == calendar
    assert to_dict(from_dict(document)) == document


@settings(max_examples=40)
@given(calendar=calendars())
def test_what_is_written_obeys_the_schema(calendar: CollectiveCalendar) -> None:
    SCHEMA.validate(to_dict(calendar))


@settings(max_examples=20)
@given(calendar=calendars())
def test_a_calendar_travels_between_processes(calendar: CollectiveCalendar) -> None:
    assert pickle.loads(pickle.dumps(calendar)) == calendar
    assert hash(pickle.loads(pickle.dumps(calendar))) == hash(calendar)


@given(data=st.data(), calendar=teams())
def test_a_spoiled_document_is_refused_with_problems_or_read(
    data: st.DataObject, calendar: CollectiveCalendar
) -> None:
    document = to_dict(calendar)
    keys = list(json_schema()["properties"])  # type: ignore[call-overload]  # its values are objects
    spoiled = st.dictionaries(st.sampled_from(keys), json_values(), min_size=1, max_size=4)
    document |= data.draw(spoiled)

    try:
        made = from_dict(document)
    except ConfigurationError as error:
        problems = error.problems
    else:
        assert from_dict(to_dict(made)) == made
        return
    assert problems
    assert all(problem.message for problem in problems)


@given(length=minutes())
def test_a_length_is_written_as_it_is_read(length: timedelta) -> None:
    assert parse_duration(format_duration(length)) == length


@given(text=st.from_regex(DURATION_PATTERN.replace("$", r"\Z")))
def test_what_the_pattern_of_lengths_allows_can_be_read(text: str) -> None:
    assert parse_duration(format_duration(parse_duration(text))) == parse_duration(text)
