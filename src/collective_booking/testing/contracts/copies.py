"""What a calendar provider owes to members' copies of appointments.

Lives here: `CopiesContract`, the writing half of `ports.CalendarProvider`, and `KeptCopy`.
Must not live here: busy time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from collective_booking.appointments import Appointment, Happening
from collective_booking.intervals import NEVER, Interval
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from collective_booking.snapshots import Snapshot
from collective_booking.testing import samples
from collective_booking.testing.contracts.calling import answers, only
from collective_booking.testing.contracts.hooks import ProviderHooks
from collective_booking.testing.samples import NOW, at

_ODD: Final = r"""Robert"; DROP, \nATTENDEE:mailto:x@example.com; <b>ünï</b> & 😀 %s {0} \\"""
_INJECTED: Final = "Bring:\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:other@example.com\nATTENDEE:x\n"


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """An appointment in somebody's calendar: when it is, what it is called, which SEQUENCE it has.

    `sequence` is None where the calendar does not show it.

    >>> KeptCopy(samples.slot("10:00", "11:00"), "Sales call", sequence=0).title
    'Sales call'
    """

    slot: Interval
    title: str
    sequence: int | None

    @classmethod
    def by_uid(cls, icalendars: Iterable[bytes]) -> dict[str, KeptCopy]:
        """The copies in *icalendars*, objects with one event each, by the UIDs of these.

        >>> from collective_booking.invitations import invitation
        >>> kept = KeptCopy.by_uid([invitation(samples.appointment())])
        >>> {uid: (copy.title, copy.sequence) for uid, copy in kept.items()}
        {'a1@booking.example.com': ('Sales call', 0)}
        """
        from icalendar import Calendar  # noqa: PLC0415  # other hosts' calendars need none of it

        events: Any = [
            only(Calendar.from_ical(each.decode()).walk("VEVENT")) for each in icalendars
        ]
        return {str(event["UID"]): cls._of(event) for event in events}

    @classmethod
    def read(cls, icalendar: bytes) -> KeptCopy:
        """The copy in one such object.

        >>> KeptCopy.read(samples.copy().icalendar).title
        'Sales call'
        """
        return only(cls.by_uid([icalendar]).values())

    @classmethod
    def _of(cls, event: Any) -> KeptCopy:
        slot = Interval(event["DTSTART"].dt, event["DTEND"].dt)
        return cls(slot, str(event["SUMMARY"]), int(event.get("SEQUENCE", 0)))


class CopiesContract(ProviderHooks):
    """Subclass this for a provider that only keeps members' copies, and say how it is made.

    `shows_sequence` is False of a calendar in which nobody can see it. That a calendar sends no
    e-mail is a duty too, which this contract cannot see.
    """

    shows_sequence: bool = True

    # --- what the host says ---------------------------------------------------------------------

    def copies_of(self, provider: Any, member: Member) -> Mapping[str, KeptCopy]:
        """The appointments in *member*'s calendar by UID, seen by another way than the provider.

        Their own busy time may be among them.
        """
        raise NotImplementedError(
            "say in your class how to see a member's calendar: write copies_of"
        )

    def delete(self, provider: Any, copy: MemberCopy) -> None:
        """Delete *copy* as its owner would: override this where the provider need not know."""
        self.call(provider.remove, copy)

    # --- putting --------------------------------------------------------------------------------

    def test_a_copy_that_was_put_is_there(self) -> None:
        """Put an appointment into the calendar of the copy's member."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))

        kept = only(self.kept(provider).values())
        assert kept == self.expected(self.booked())

    def test_a_copy_is_found_by_its_uid(self) -> None:
        """By its UID it is known in every calendar of the world, and found again to be changed."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))

        assert list(self.kept(provider)) == [self.booked().uid]

    def test_the_same_copy_again_is_still_one(self) -> None:
        """At least once, again after a failure: a repetition must not fill the calendar."""
        provider = self.provider()
        for _ in range(3):
            self.call(provider.put, samples.copy(self.booked()))

        assert self.kept(provider) == {self.booked().uid: self.expected(self.booked())}

    def test_putting_replaces_what_is_there(self) -> None:
        """After a lost message the next one is whole again, whatever the calendar has (E1)."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        self.call(provider.put, samples.copy(self.moved()))

        assert self.kept(provider) == {self.moved().uid: self.expected(self.moved())}

    def test_each_member_has_a_copy_of_their_own(self) -> None:
        """Nobody else's calendar is touched."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked(), "ana"))
        assert self.kept(provider, "ben") == {}

        self.call(provider.put, samples.copy(self.booked(), "ben"))
        self.call(provider.update, samples.copy(self.moved(), "ben"))
        assert self.kept(provider, "ana") == {self.booked().uid: self.expected(self.booked())}

    def test_appointments_are_kept_apart(self) -> None:
        """Also those whose ids a careless file name or path would make one."""
        provider = self.provider()
        ids = ["a1", "a/1", "a_1", "../a1", "a1%2F", "ä1", "a 1"]
        made = [self.booked(id=id_, start=at(f"{9 + n}:00")) for n, id_ in enumerate(ids)]
        for each in made:
            self.call(provider.put, samples.copy(each))

        assert self.kept(provider) == {each.uid: self.expected(each) for each in made}

    def test_a_copy_that_cannot_be_kept_is_an_error(self) -> None:
        """Who is told that it worked tells nobody else: an error is tried again, silence is not."""
        provider = self.provider()
        nobody = self.out_of_reach(provider)
        copy = samples.copy(self.booked(nobody), nobody.id)

        try:
            self.call(provider.put, copy)
        except Exception:  # noqa: BLE001  # one that is never tried again, or any other
            return
        raise AssertionError("nothing can be put there, and nobody was told")

    # --- changing -------------------------------------------------------------------------------

    def test_an_update_changes_the_copy(self) -> None:
        """It is the same copy, at its new time."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        self.call(provider.update, samples.copy(self.moved()))

        kept = only(self.kept(provider).values())
        assert (kept.slot, kept.title) == (self.moved().slot, self.moved().title)

    def test_an_update_raises_the_sequence(self) -> None:
        """By it other programs tell which of two copies is the newer one (RFC 5546)."""
        provider = self.provider()
        seen = []
        for act, each in ((provider.put, self.booked()), (provider.update, self.moved())):
            self.call(act, samples.copy(each))
            seen.append([kept.sequence for kept in self.kept(provider).values()])

        assert seen == ([[0], [1]] if self.shows_sequence else [[None], [None]])

    def test_an_update_repeated_changes_nothing(self) -> None:
        """Again after a failure, as for putting."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        for _ in range(3):
            self.call(provider.update, samples.copy(self.moved()))

        assert self.kept(provider) == {self.moved().uid: self.expected(self.moved())}

    def test_a_copy_that_its_owner_deleted_is_put_anew(self) -> None:
        """Else they would miss a meeting that still takes place."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        self.delete(provider, samples.copy(self.booked()))
        assert self.kept(provider) == {}, "the hook `delete` has not deleted the copy"

        self.call(provider.update, samples.copy(self.moved()))
        assert self.kept(provider) == {self.moved().uid: self.expected(self.moved())}

    # --- removing -------------------------------------------------------------------------------

    def test_a_removed_copy_is_gone(self) -> None:
        """A meeting that does not take place must not stay in a calendar."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        self.call(provider.remove, samples.copy(self.cancelled()))

        assert self.kept(provider) == {}

    def test_removing_what_is_gone_is_no_failure(self) -> None:
        """Repeated, or deleted by its owner before: it is not there, which is all that matters."""
        provider = self.provider()
        self.call(provider.put, samples.copy(self.booked()))
        self.delete(provider, samples.copy(self.booked()))
        for _ in range(2):
            self.call(provider.remove, samples.copy(self.cancelled()))

        assert self.kept(provider) == {}

    def test_removing_takes_nothing_else_along(self) -> None:
        """Another appointment of the same member, and another member's copy of this one, stay."""
        provider = self.provider()
        other = self.booked(id="a2", start=at("14:00"))
        for copy in (
            samples.copy(self.booked()),
            samples.copy(other),
            samples.copy(self.booked(), "ben"),
        ):
            self.call(provider.put, copy)
        self.call(provider.remove, samples.copy(self.cancelled()))

        assert list(self.kept(provider, "ana")) == [other.uid]
        assert list(self.kept(provider, "ben")) == [self.booked().uid]

    # --- whatever is in it, whoever calls -------------------------------------------------------

    def test_words_of_strangers_are_only_words(self) -> None:
        """A title or a note that looks like a command of the calendar's language is none."""
        provider = self.provider()
        odd = self.booked(title=_ODD, notes=_INJECTED)
        self.call(provider.put, samples.copy(odd))

        assert self.kept(provider) == {odd.uid: self.expected(odd)}

    def test_threads_lose_no_copy(self) -> None:
        """Every method may be called from several threads at once."""
        provider = self.provider()
        made = [self.booked(id=f"a{hour}", start=at(f"{hour}:00")) for hour in range(9, 17)]
        copies = [samples.copy(each, id_) for each in made for id_ in ("ana", "ben")]
        answers(self.at_once([partial(self.call, provider.put, copy) for copy in copies]))

        expected = {each.uid: self.expected(each) for each in made}
        assert self.kept(provider, "ana") == expected
        assert self.kept(provider, "ben") == expected

    # --- appointments and their copies ----------------------------------------------------------

    def provider(self) -> Any:
        """A provider with calendars of Ana and Ben in which there is nothing."""
        return self.make_provider({"ana": NEVER, "ben": NEVER})

    def kept(self, provider: Any, id: str = "ana") -> dict[str, KeptCopy]:
        """What the calendar of the member *id* holds now."""
        return dict(self.copies_of(provider, self.member(id)))

    def booked(self, *others: Member, **changes: Any) -> Appointment:
        """An appointment of Ana, who owns it, Ben and *others*, on a Monday at ten."""
        team = samples.calendar(self.member("ana"), self.member("ben"), *others)
        return samples.appointment(
            snapshot=Snapshot(calendar=team, version=1, owner="ana"), **changes
        )

    def moved(self) -> Appointment:
        """The same at two, with another title."""
        return self.booked().moved(at("14:00"), NOW)

    def cancelled(self) -> Appointment:
        """The same after it was cancelled."""
        return self.booked().stepped(Happening.CANCELLED, NOW)

    def expected(self, appointment: Appointment) -> KeptCopy:
        """How *appointment* has to be kept."""
        sequence = appointment.sequence if self.shows_sequence else None
        return KeptCopy(appointment.slot, appointment.title, sequence)
