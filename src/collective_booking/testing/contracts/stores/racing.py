"""What a store owes when many ask at once: exactly one wins, and everybody hears the truth.

Lives here: the duties of a store toward threads, processes and tasks that race.
Must not live here: what one of them alone is owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from collective_booking.drafts import Outcome, Request, Tenure
from collective_booking.effects import Effect
from collective_booking.errors import CalendarChangedError, StaleVersionError
from collective_booking.reasons import SlotUnavailableError
from collective_booking.testing.contracts.calling import answers, only
from collective_booking.testing.contracts.stores.base import StoreContract
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    book,
    booking,
    claimed,
    commit,
    counted,
    ending,
    holding,
    keep,
    saved,
)
from collective_booking.testing.contracts.stores.outbox import take
from collective_booking.testing.samples import ANA, BEN, CLEO, MONDAY, NOW, appointment, calendar

_MANY: Final = 8


class RaceDuties(StoreContract):
    """It decides under its lock: of many who want one thing, exactly one gets it."""

    def test_of_many_who_want_one_time_one_gets_it(self) -> None:
        """And every other one is told who did (S1)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        tries = [partial(book, store, snapshot, id=f"a{number}") for number in range(_MANY)]
        lost = _lost(self.at_once(tries), SlotUnavailableError)

        made = only(store.appointments(TENANT, MONDAY))
        assert {reason.claim for each in lost for reason in each.reasons} == {made.id}
        assert claimed(store) == {("ana", "10:00", made.id), ("ben", "10:00", made.id)}

    def test_those_who_want_different_times_all_get_them(self) -> None:
        """They wait for each other, and nobody is turned away."""
        store = self.opened()
        snapshot = saved(store, calendar())
        clocks = [f"{hour:02}:00" for hour in range(9, 9 + _MANY)]
        answers(self.at_once([partial(book, store, snapshot, each, id=each) for each in clocks]))

        assert [each.id for each in store.appointments(TENANT, MONDAY)] == clocks

    def test_of_many_who_want_the_last_place_under_a_cap_one_gets_it(self) -> None:
        """Their times are all free: only the calendar's lock keeps them from each other (N3)."""
        store = self.opened()
        snapshot = saved(store, calendar(max_per_day=1))
        hours = range(9, 9 + _MANY)
        tries = [partial(book, store, snapshot, f"{hour}:00", id=f"a{hour}") for hour in hours]
        _lost(self.at_once(tries), SlotUnavailableError)

        assert len(counted(store)) == 1

    def test_one_request_at_once_is_carried_out_once(self) -> None:
        """Everybody gets the same answer (S4)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        asked = Request("r1", "asked")
        tries = [
            partial(commit, store, appointment(id=f"a{number}", snapshot=snapshot), request=asked)
            for number in range(_MANY)
        ]
        told = answers(self.at_once(tries))

        made = only(store.appointments(TENANT, MONDAY))
        assert Counter(told) == {None: 1, Outcome(made.id, 1): _MANY - 1}

    def test_the_same_news_at_once_are_taken_in_once(self) -> None:
        """A payment service repeats itself before it was answered (M4)."""
        store = self.opened()
        kept = keep(store, saved(store, calendar()))
        news = holding(kept.stepped(), judged=None, tenure=Tenure.SAME, news="n1")
        told = answers(self.at_once([partial(store.commit, news)] * _MANY))

        assert Counter(told) == {None: 1, Outcome("h1", 2): _MANY - 1}
        assert store.hold(TENANT, "h1").version == 2

    def test_of_many_who_change_one_version_one_does(self) -> None:
        """The others are told that they have seen an old one (A3)."""
        store, made = self.booked()
        edits = [made.edited(NOW, title=f"Title {number}") for number in range(_MANY)]
        drafts = [booking(each, judged=None, tenure=Tenure.SAME) for each in edits]
        _lost(self.at_once([partial(store.commit, each) for each in drafts]), StaleVersionError)

        assert store.appointment(TENANT, made.id).version == 2

    def test_of_many_who_save_one_version_one_does(self) -> None:
        """Two who edit one calendar at once: nothing of either is lost in silence."""
        store = self.opened()
        store.save_calendar(TENANT, calendar(), 0, NOW)
        saves = [
            partial(store.save_calendar, TENANT, calendar(name=f"Name {number}"), 1, NOW)
            for number in range(_MANY)
        ]
        _lost(self.at_once(saves), CalendarChangedError)

        assert store.calendar(TENANT, "sales-call").version == 2

    def test_whoever_books_while_a_member_leaves_is_told_of(self) -> None:
        """The calendar is locked meanwhile: those told as kept are all there are (A4)."""
        store = self.opened()
        three = saved(store, calendar(ANA, BEN, CLEO))
        books = [partial(book, store, three, f"{9 + n:02}:00", id=f"a{n}") for n in range(_MANY)]
        two = calendar(ANA, BEN)
        told = self.at_once([partial(store.save_calendar, TENANT, two, None, NOW), *books])

        late = [each for each in told if isinstance(each, BaseException)]
        assert all(isinstance(each, CalendarChangedError) for each in late), f"too much: {late}"
        assert told[0].kept == store.appointments(TENANT, MONDAY)

    def test_what_ends_while_others_want_its_time_goes_to_one_of_them(self) -> None:
        """Before it ends they are refused, and after it one of them is booked; never two."""
        store, made = self.booked()
        snapshot = made.snapshot
        tries = [partial(book, store, snapshot, id=f"b{number}") for number in range(_MANY - 1)]
        self.at_once([partial(store.commit, ending(made)), *tries])

        standing = [each for each in store.appointments(TENANT, MONDAY) if each.claims_time]
        assert len(standing) <= 1
        expected = {(who, "10:00", each.id) for each in standing for who in ("ana", "ben")}
        assert claimed(store) == expected

    def test_many_takers_at_once_get_each_effect_once(self) -> None:
        """Any number of machines may deliver."""
        store = self.opened()
        snapshot = saved(store, calendar())
        for hour in range(9, 17):
            book(store, snapshot, f"{hour}:00", id=f"a{hour}")

        def worker() -> list[Effect]:
            found: list[Effect] = []
            while batch := take(store, limit=3):
                found += batch
            return found

        taken = [each.key for found in answers(self.at_once([worker] * 4)) for each in found]
        assert len(taken) == len(set(taken)) == 8 * 4


def _lost(told: Sequence[Any], error: type[Exception]) -> list[Any]:
    """The refusals of all but the one who has won, each of which is the *error*."""
    lost = [each for each in told if isinstance(each, BaseException)]
    assert all(isinstance(each, error) for each in lost), f"{error.__name__} was due: {lost}"
    assert len(lost) == len(told) - 1, f"{len(told) - len(lost)} have won instead of one"
    return lost
