"""Whatever is asked of them, in whatever order: a store in memory and one in SQLite agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.appointments import Happening, Status
from collective_booking.availability import Claim
from collective_booking.drafts import Request, Tenure
from collective_booking.effects import Attempted, effects_of
from collective_booking.errors import CollectiveBookingError
from collective_booking.holds import HoldState
from collective_booking.intervals import Interval
from collective_booking.ports import BookingStore
from collective_booking.snapshots import Snapshot
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    admits,
    anything,
    booking,
    confirming,
    ending,
    holding,
)
from tests.bookings import ANA, BEN, CLEO, MONDAY, NOW, appointment, at, calendar, hold, member

QUARTER: Final = timedelta(minutes=15)
DAY: Final = Interval(at("00:00"), at("23:59"))
CALENDARS: Final = (
    calendar(ANA, BEN),
    calendar(ANA, BEN, CLEO, buffer_after=QUARTER),
    calendar(BEN, CLEO, slug="demo", max_per_day=2, duration=timedelta(minutes=30)),
    calendar(ANA, member("ben", required=False), slug="talk", buffer_before=2 * QUARTER),
)
# No draft books under the id of another's hold: they are drawn at random (N6).
BOOKED: Final = ("one", "two")
HELD: Final = ("three", "four")
IDS: Final = (*BOOKED, *HELD)

Step = Callable[[BookingStore, datetime], Any]

starts = st.integers(0, 12).map(lambda count: at("09:00") + count * QUARTER)
ids = st.sampled_from(IDS)
admissions = st.sampled_from(["asked", "asked", "anything"])
requests = st.none() | st.builds(Request, st.sampled_from(["r1", "r2"]), st.sampled_from("ab"))


def save(number: int, version: int | None) -> Step:
    return lambda store, now: store.save_calendar(TENANT, CALENDARS[number], version, now)


def snapshot_of(store: BookingStore, number: int) -> Snapshot:
    stored = store.calendar(TENANT, CALENDARS[number].slug)
    return Snapshot(calendar=stored.calendar, version=stored.version, owner=stored.calendar.owner)


def write_new(
    kind: str, number: int, id_: str, start: datetime, admission: str, request: Request | None
) -> Step:
    def step(store: BookingStore, now: datetime) -> Any:
        snapshot = snapshot_of(store, number)
        admit = anything if admission == "anything" else admits(snapshot, start)
        told: dict[str, Any] = {"id": id_, "snapshot": snapshot, "start": start}
        if kind == "hold":
            kept = hold(**told, made=now, expires=now + timedelta(minutes=10))
            return store.commit(holding(kept, now=now, request=request), admit)
        made = appointment(**told)
        return store.commit(booking(made, now=now, request=request), admit)

    return step


def confirm(id_: str) -> Step:
    def step(store: BookingStore, now: datetime) -> Any:
        return store.commit(confirming(store.hold(TENANT, id_), now=now))

    return step


def settle(id_: str, state: HoldState) -> Step:
    def step(store: BookingStore, now: datetime) -> Any:
        kept = store.hold(TENANT, id_).stepped(state=state)
        good = state is HoldState.SETTLING
        tenure = Tenure.FOR_GOOD if good else Tenure.ENDED
        return store.commit(holding(kept, now=now, judged=None, tenure=tenure))

    return step


def move(id_: str, start: datetime, stale: int) -> Step:
    def step(store: BookingStore, now: datetime) -> Any:
        before = store.appointment(TENANT, id_)
        after = replace(before.moved(start, now), version=before.version + 1 + stale)
        draft = booking(after, now=now, effects=effects_of(after), judged=None)
        return store.commit(draft, admits(after.snapshot, start))

    return step


def end(id_: str, happening: Happening) -> Step:
    def step(store: BookingStore, now: datetime) -> Any:
        return store.commit(ending(store.appointment(TENANT, id_), happening, now=now))

    return step


def deliver(limit: int, failure: str, again: int | None) -> Step:
    def step(store: BookingStore, now: datetime) -> Any:
        taken = store.take_effects(TENANT, now, now + QUARTER, limit)
        when = None if again is None or not failure else now + again * QUARTER
        for each in taken:
            store.attempted(Attempted(effect=each, failure=failure, again=when))
        return taken

    return step


def retry(place: int) -> Step:
    def step(store: BookingStore, now: datetime) -> Any:
        failed = store.undelivered(TENANT)
        key = failed[place % len(failed)].key if failed else "nothing"
        return store.retry(TENANT, key, now)

    return step


def forget(store: BookingStore, now: datetime) -> Any:
    return store.forget(TENANT, now)


def write_news(kind: str, ids: tuple[str, ...]) -> st.SearchStrategy[Step]:
    return st.builds(
        write_new, st.just(kind), numbers, st.sampled_from(ids), starts, admissions, requests
    )


numbers = st.integers(0, len(CALENDARS) - 1)
steps = st.one_of(
    st.builds(save, numbers, st.none() | st.integers(0, 3)),
    *[write_news("hold", HELD), write_news("book", BOOKED)] * 2,
    st.builds(confirm, ids),
    st.builds(settle, ids, st.sampled_from([HoldState.SETTLING, HoldState.RELEASED])),
    st.builds(move, ids, starts, st.sampled_from([0, 0, 0, 1])),
    st.builds(end, ids, st.sampled_from([Happening.CANCELLED, Happening.INVALIDATED])),
    st.builds(
        deliver, st.integers(1, 5), st.sampled_from(["", "no answer"]), st.none() | st.just(2)
    ),
    st.builds(retry, st.integers(0, 9)),
    st.just(forget),
)
clocks = st.integers(-2, 8).map(lambda minutes: timedelta(minutes=minutes))


def answer(step: Step, store: BookingStore, now: datetime) -> object:
    """What *store* says to *step*: an answer, or a refusal with its whole text."""
    try:
        return step(store, now)
    except CollectiveBookingError as error:
        return type(error), sorted(str(error).splitlines())


def touching(claim: Claim) -> bool:
    """Whether every store has to tell of it: how far beyond that they look is their own affair."""
    begin, end = claim.interval.start - claim.buffer_before, claim.interval.end + claim.buffer_after
    return begin < DAY.end and DAY.start < end


def reading_hold(id_: str) -> Step:
    return lambda store, _: store.hold(TENANT, id_)


def reading_outcome(id_: str) -> Step:
    return lambda store, _: store.outcome(TENANT, Request(id_, "a"))


def told(store: BookingStore, now: datetime) -> dict[str, object]:
    """Everything that can be read."""
    everybody = ["ana", "ben", "cleo"]
    taken = {each.slug: store.taken(TENANT, each.slug, everybody, DAY, now) for each in CALENDARS}
    held = [answer(reading_hold(id_), store, now) for id_ in IDS]
    requests = [answer(reading_outcome(id_), store, now) for id_ in ("r1", "r2")]
    return {
        "claims": {claim for found in taken.values() for claim in found.claims if touching(claim)},
        "counted": {slug: set(found.counted) for slug, found in taken.items()},
        "appointments": store.appointments(TENANT, MONDAY),
        "unfinished": store.unfinished(TENANT, now, 10),
        "undelivered": store.undelivered(TENANT),
        "holds": held,
        "requests": requests,
    }


REPEATED: Final = Request("r2", "b")


@given(st.lists(st.tuples(steps, clocks), min_size=1, max_size=25))
@example(  # a request that is only answered again frees nobody of a hold that has lapsed
    [
        (write_new("hold", 0, "three", at("09:00"), "asked", None), timedelta()),
        (save(0, None), timedelta(minutes=7)),
        (
            write_new("hold", 0, "four", at("09:00") + 4 * QUARTER, "asked", REPEATED),
            timedelta(minutes=-2),
        ),
        (write_new("hold", 0, "three", at("09:00"), "asked", REPEATED), timedelta(minutes=5)),
        (save(0, None), timedelta(minutes=-1)),
    ]
)
def test_memory_and_sqlite_answer_alike(story: list[tuple[Step, timedelta]]) -> None:
    """Each checks the other: one is plain dictionaries, the other SQL. Clocks may go back a bit."""
    memory, database = MemoryStore(), SqlStore.open("sqlite://")
    now = NOW
    try:
        for number in (0, 2, 3):
            for store in (memory, database):
                save(number, None)(store, now)
        for step, passed in story:
            now += passed
            assert answer(step, memory, now) == answer(step, database, now)
            assert told(memory, now) == told(database, now)
        for made in memory.appointments(TENANT, MONDAY):
            assert made.status is not Status.PENDING
            for version in range(1, made.version + 1):
                old = memory.appointment(TENANT, made.id, version)
                assert old == database.appointment(TENANT, made.id, version)
    finally:
        database.engine.dispose()
