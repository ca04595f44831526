"""What a calendar provider owes when it is asked for busy time.

Lives here: `BusyTimesContract`, the reading half of `ports.CalendarProvider`.
Must not live here: members' copies of appointments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from collective_booking.availability import Availability
from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.testing.contracts.calling import answers
from collective_booking.testing.contracts.hooks import ProviderHooks
from collective_booking.testing.samples import at, slot

_HOUR: Final = timedelta(hours=1)
_MORNING: Final = slot("09:00", "12:00")
_CALL: Final = IntervalSet([slot("10:00", "11:00")])


class BusyTimesContract(ProviderHooks):
    """Subclass this for a provider that only tells busy time, and say how it is made.

    `sees_own_copies` is True of a service that answers free or busy alone (F6). `many` members are
    asked about at once, so that a provider that asks in batches needs more than one.
    """

    sees_own_copies: bool = False
    many: int = 55

    # --- whom it answers for --------------------------------------------------------------------

    def test_everybody_who_is_asked_about_is_told_of(self) -> None:
        """Called once, with every member: who is left out is unknown all the time."""
        provider = self.make_provider({"ana": _CALL, "ben": NEVER})

        assert set(self.told(provider, ["ana", "ben"], _MORNING)) == {"ana", "ben"}

    def test_busy_time_is_told_as_it_is(self) -> None:
        """Everything that makes a member unavailable, and nothing else."""
        busy = IntervalSet([slot("09:30", "10:00"), slot("11:00", "11:15")])
        provider = self.make_provider({"ana": busy})

        assert self.known(provider, "ana", _MORNING).busy == busy

    def test_an_empty_calendar_is_free(self) -> None:
        """What was looked up and is not there is free, and nothing about it is unknown."""
        provider = self.make_provider({"ana": NEVER})

        known = self.known(provider, "ana", _MORNING)
        assert (known.busy, known.tentative, known.unknown) == (NEVER, NEVER, ())

    def test_nobody_is_busy_with_what_others_do(self) -> None:
        """By their id: each member's answer is of their own calendar."""
        lunch = IntervalSet([slot("11:00", "12:00")])
        provider = self.make_provider({"ana": _CALL, "ben": lunch, "cleo": NEVER})

        told = self.told(provider, ["cleo", "ben", "ana"], _MORNING)
        assert {id_: known.busy for id_, known in told.items()} == {
            "ana": _CALL,
            "ben": lunch,
            "cleo": NEVER,
        }

    def test_a_large_team_is_told_of_whole(self) -> None:
        """Nobody is lost where one batch ends and the next one begins."""
        minutes = {f"m{at:02}": at for at in range(self.many)}
        start = _MORNING.start
        busy = {
            id_: IntervalSet([Interval(start, start + _HOUR + timedelta(minutes=late))])
            for id_, late in minutes.items()
        }
        told = self.told(self.make_provider(busy), list(busy), _MORNING)

        assert {id_: known.busy for id_, known in told.items()} == busy

    def test_a_calendar_that_cannot_be_read_is_not_free(self) -> None:
        """It is unknown, by the answer or by an error, all over the window (F3)."""
        provider = self.make_provider({"ana": NEVER})
        nobody = self.out_of_reach(provider)

        try:
            known = self.call(provider.availability, [nobody], _MORNING).get(nobody.id)
        except Exception:  # noqa: BLE001  # any error says that nothing is known
            known = None
        assert known is None or _is_covered(_MORNING, known), "what was not read counts as free"

    # --- over which time ------------------------------------------------------------------------

    def test_an_answer_is_clipped_to_the_window(self) -> None:
        """Whoever asks about a morning is told of that morning."""
        day = IntervalSet([slot("08:00", "09:30"), slot("11:30", "13:00"), slot("14:00", "15:00")])
        provider = self.make_provider({"ana": day})

        assert self.known(provider, "ana", _MORNING).busy == day & IntervalSet([_MORNING])

    def test_what_spans_the_window_fills_it(self) -> None:
        """A meeting that began before the window and ends after it is in it all the time."""
        provider = self.make_provider({"ana": IntervalSet([slot("08:00", "16:00")])})

        assert self.known(provider, "ana", _MORNING).busy == IntervalSet([_MORNING])

    def test_what_only_touches_the_window_is_not_in_it(self) -> None:
        """Half-open: what ends at nine, and what begins at twelve, is outside (T1)."""
        beside = IntervalSet([slot("08:00", "09:00"), slot("12:00", "13:00")])
        provider = self.make_provider({"ana": beside})

        assert self.known(provider, "ana", _MORNING).busy == NEVER

    def test_a_long_window_is_covered_to_its_end(self) -> None:
        """A stretch that nobody mentions counts as free: no service's limit may make one."""
        window = Interval(at("00:00"), at("00:00") + timedelta(days=100))
        starts = [window.start, *_weekly(window), window.end - _HOUR]
        busy = IntervalSet(Interval(start, start + _HOUR) for start in starts)
        provider = self.make_provider({"ana": busy})

        assert self.known(provider, "ana", window).busy == busy

    # --- as often as one likes ------------------------------------------------------------------

    def test_asking_again_changes_nothing(self) -> None:
        """Called for each search and each booking: the same question has the same answer."""
        provider = self.make_provider({"ana": _CALL})

        first = self.told(provider, ["ana"], _MORNING)
        assert self.told(provider, ["ana"], slot("10:30", "10:45")) != first
        assert self.told(provider, ["ana"], _MORNING) == first

    def test_threads_get_their_own_answers(self) -> None:
        """Every method may be called from several threads at once."""
        hours = [slot(f"{hour:02}:00", f"{hour + 1:02}:00") for hour in range(9, 17)]
        busy = {f"m{number}": IntervalSet([hour]) for number, hour in enumerate(hours)}
        provider = self.make_provider(busy)
        day = slot("08:00", "18:00")

        told = answers(self.at_once([partial(self.known, provider, id_, day) for id_ in busy]))
        assert [known.busy for known in told] == list(busy.values())

    def test_it_says_whether_it_can_tell_our_own_copies(self) -> None:
        """A reason must be able to say that busy time may be our own copy (F6)."""
        provider = self.make_provider({"ana": _CALL})

        assert self.known(provider, "ana", _MORNING).sees_own_copies is self.sees_own_copies

    # --- asking ---------------------------------------------------------------------------------

    def told(
        self, provider: Any, ids: Sequence[str], window: Interval
    ) -> Mapping[str, Availability]:
        """What *provider* says of the members *ids* in *window*."""
        members = [self.member(id_) for id_ in ids]
        answer: Mapping[str, Availability] = self.call(provider.availability, members, window)
        return answer

    def known(self, provider: Any, id: str, window: Interval) -> Availability:
        """What *provider* says of one member, whom it must not leave out."""
        told = self.told(provider, [id], window)
        assert id in told, f"{id} was asked about and is left out"
        return told[id]


def _is_covered(window: Interval, known: Availability) -> bool:
    unknown = IntervalSet(each.interval for each in known.unknown)
    return not list(IntervalSet([window]) - (unknown | known.busy))


def _weekly(window: Interval) -> list[datetime]:
    return [window.start + timedelta(days=days, hours=9) for days in range(3, 100, 7)]
