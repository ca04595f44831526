"""On each CalDAV server, by its events and by its free/busy, the provider keeps its contract."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from icalendar import Calendar

from collective_booking.adapters.caldav import CalDavProvider
from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from collective_booking.testing import samples
from collective_booking.testing.contracts import CalendarProviderContract, KeptCopy
from tests.adapters.caldav_hosts import WHY, event, provider_on
from tests.servers.caldav import CalDavServer

pytest.importorskip("caldav.davclient", reason=WHY)


class OnCalDav(CalendarProviderContract):
    """A calendar of their own for each member, on each server in turn."""

    server: CalDavServer
    calendars: dict[str, str]

    @pytest.fixture(autouse=True)
    def _on_a_server(self, caldav_server: CalDavServer) -> None:
        self.server, self.calendars = caldav_server, {}

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> CalDavProvider:
        for id_, times in busy.items():
            self.calendars[id_] = self.server.new_calendar()
            for number, each in enumerate(times):
                lines = (f"DTSTART:{each.start:%Y%m%dT%H%M%SZ}", f"DTEND:{each.end:%Y%m%dT%H%M%SZ}")
                text = event(*lines, "SUMMARY:Theirs", uid=f"theirs{number}")
                self.server.put(self.calendars[id_], f"theirs{number}.ics", text)
        return provider_on(self.server, free_busy=self.sees_own_copies)

    def member(self, id: str) -> Member:
        return samples.member(id, calendar=self.calendars.get(id, "there/is/none/"))

    def copies_of(self, provider: CalDavProvider, member: Member) -> Mapping[str, KeptCopy]:
        kept = {}
        for text in self.server.objects(str(member.calendar)).values():
            (read,) = Calendar.from_ical(text.decode()).events
            kept[str(read["UID"])] = KeptCopy.read(text)
        return kept

    def delete(self, provider: CalDavProvider, copy: MemberCopy) -> None:
        calendar = str(copy.member.calendar)
        for name, text in self.server.objects(calendar).items():
            if str(Calendar.from_ical(text.decode()).events[0]["UID"]) == copy.appointment.uid:
                self.server.delete(calendar, name)


class TestEvents(OnCalDav):
    """Events are read: whose they are is known."""


class TestFreeBusy(OnCalDav):
    """The server tells when members are busy, and sees our own copies (F6)."""

    sees_own_copies = True
    many = 5
