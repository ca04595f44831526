"""The people's calendars: a JSON file each, their own events and our appointments side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import collective_booking as cb

Events = dict[str, dict[str, Any]]
"""By UID: when it is, as `start/end`, what it is called, and which version it is."""


class JsonCalendars:
    """A `CalendarProvider` over the files of *folder*; UIDs that end in *host* are our own."""

    def __init__(self, folder: Path, host: str) -> None:
        self.folder = folder
        self.host = host
        self._lock = Lock()

    def availability(
        self, members: Sequence[cb.Member], window: cb.Interval
    ) -> Mapping[str, cb.Availability]:
        return {member.id: self._known(member, window) for member in members}

    def put(self, copy: cb.MemberCopy) -> None:
        appointment = copy.appointment
        told = {
            "when": str(appointment.slot),
            "title": appointment.title,
            "sequence": appointment.sequence,
        }
        self._change(copy.member, lambda events: events | {appointment.uid: told})

    update = put  # also where its owner has deleted it meanwhile

    def remove(self, copy: cb.MemberCopy) -> None:
        gone = copy.appointment.uid
        self._change(
            copy.member, lambda events: {uid: told for uid, told in events.items() if uid != gone}
        )

    def events(self, member: cb.Member) -> Events:
        """What is in the calendar of *member*; a calendar that is not there is an error."""
        events: Events = json.loads(self._file(member).read_text("utf-8"))
        return events

    def _known(self, member: cb.Member, window: cb.Interval) -> cb.Availability:
        try:
            events = self.events(member)
        except (OSError, ValueError) as error:  # what cannot be read may hold anything
            gap = cb.Unknown(window, cb.Cause.UNREADABLE, type(error).__name__, member.calendar)
            return cb.Availability(unknown=(gap,))
        own = [told["when"] for uid, told in events.items() if not uid.endswith(f"@{self.host}")]
        busy = cb.IntervalSet(map(cb.Interval.from_isoformat, own))
        return cb.Availability(busy=busy & cb.IntervalSet([window]))

    def _change(self, member: cb.Member, change: Callable[[Events], Events]) -> None:
        file = self._file(member)
        with self._lock:
            events = change(self.events(member))
            beside = file.with_suffix(".new")
            beside.write_text(json.dumps(events), "utf-8")
            beside.replace(file)  # whole, or not at all

    def _file(self, member: cb.Member) -> Path:
        return self.folder / f"{member.calendar}.json"
