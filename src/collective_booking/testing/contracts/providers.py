"""What a whole calendar provider owes: what it reads, what it keeps, and that both agree.

Lives here: `CalendarProviderContract`.
Must not live here: what either half owes by itself.
"""

from __future__ import annotations

from typing import Final

from collective_booking.appointments import Happening
from collective_booking.intervals import NEVER, IntervalSet
from collective_booking.testing import samples
from collective_booking.testing.contracts.busytimes import BusyTimesContract
from collective_booking.testing.contracts.copies import CopiesContract
from collective_booking.testing.samples import NOW, slot

_DAY: Final = slot("08:00", "18:00")
_OWN: Final = IntervalSet([slot("09:00", "10:00"), slot("10:30", "11:30")])


class CalendarProviderContract(BusyTimesContract, CopiesContract):
    """Subclass this in your tests of a `CalendarProvider`, and say how it is made.

    >>> from collective_booking.availability import Availability
    >>> from collective_booking.testing import FakeProvider
    >>> from collective_booking.testing.contracts import KeptCopy
    >>> class TestFakeProvider(CalendarProviderContract):
    ...     def make_provider(self, busy):
    ...         return FakeProvider({id: Availability(busy=busy[id]) for id in busy})
    ...
    ...     def copies_of(self, provider, member):
    ...         own = provider.copies.get(member.id, {})
    ...         return {uid: KeptCopy.read(copy.icalendar) for uid, copy in own.items()}
    ...
    ...     def out_of_reach(self, provider):
    ...         provider.broken.add("nobody")
    ...         return self.member("nobody")
    >>> TestFakeProvider().test_the_same_copy_again_is_still_one()
    """

    def test_our_own_copies_make_nobody_busy(self) -> None:
        """The store is the truth for our own appointments; who cannot tell them says so (F6)."""
        provider = self.make_provider({"ana": _OWN, "ben": NEVER})
        self.call(provider.put, samples.copy(self.booked()))

        own = IntervalSet([self.booked().slot]) if self.sees_own_copies else NEVER
        known = self.known(provider, "ana", _DAY)
        assert (known.busy, known.tentative, known.unknown) == (_OWN | own, NEVER, ())

    def test_a_moved_copy_leaves_nothing_behind(self) -> None:
        """Neither at its old time, nor at its new one."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        self.call(provider.update, samples.copy(self.moved()))

        own = IntervalSet([self.moved().slot]) if self.sees_own_copies else NEVER
        assert self.known(provider, "ana", _DAY).busy == own

    def test_a_removed_copy_leaves_the_time_free(self) -> None:
        """Also where the service cannot tell our copies from other busy time."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        self.call(provider.remove, samples.copy(self.cancelled()))

        known = self.known(provider, "ana", _DAY)
        assert (known.busy, known.tentative, known.unknown) == (NEVER, NEVER, ())

    def test_a_member_keeps_their_own_busy_time(self) -> None:
        """Whatever becomes of our copies: they are put, changed and removed by their UID alone."""
        provider = self.make_provider({"ana": _OWN, "ben": NEVER})
        self.call(provider.put, samples.copy(self.booked()))
        self.call(provider.update, samples.copy(self.moved()))
        self.call(provider.remove, samples.copy(self.moved().stepped(Happening.CANCELLED, NOW)))

        assert self.known(provider, "ana", _DAY).busy == _OWN
