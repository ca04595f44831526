"""Members' calendars that are files, folders and feeds, as a host's services ask for them.

Lives here: `IcsProvider`: from a member's reference to their calendar to what is known of them.
Must not live here: reading files, fetching, what stands in a calendar.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Final, TypeAlias

from collective_booking.adapters.ics.feeds import Feeds
from collective_booking.adapters.ics.kept import Answers
from collective_booking.adapters.ics.reading import Look, look_at
from collective_booking.adapters.ics.urls import NotFetched, is_url, source_of
from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import (
    InvalidValueError,
    UndeliverableError,
    WrongTypeError,
    require,
)
from collective_booking.icalendar_texts import DEFAULTS, Limits, Question, question_about, whole
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from collective_booking.ports import KeepsCopies

_Names: TypeAlias = tuple[str, ...] | NotFetched
"""The names and URLs of a member's calendars, or why nobody can tell them."""
_WRITING: Final = ("put", "update", "remove")


def _reference(member: Member) -> tuple[str, ...]:
    """The one calendar that *member* refers to, or none."""
    return () if member.calendar is None else (member.calendar,)


class IcsProvider:
    """A `CalendarProvider` over `.ics` files and folders of them in *root*, and over *feeds*.

    `Member.calendar` is the name of a file or folder in *root*, or the URL of a feed. A name that
    leads out of *root*, be it by links, is not followed unless *confined* is False. Without *root*
    no files are read, and without *feeds* no feeds. With *calendars* a reference may be anything of
    yours: it says which names and URLs a member has, none, one or several, so that no secret URL
    need stand in a `Member`, which is stored with each appointment. *host* is the one that your
    service has: events whose UID ends in it are copies of your own appointments, and left out (F6).

    What cannot be read makes the time of its member unknown, with a reason, and of nobody else
    (F3). So does what *calendars* raises for them, or gives that is no list of texts; the reason
    says of which type an error is, and not its words: they may be secret. A reason names a feed by
    its host alone, for the rest of such a URL often is. Text that was read before for the same
    months is not read again.

    Feeds cannot be written, and into files that others keep nothing is put: *copies* writes the
    members' copies of your appointments, a `FolderOutbox` over the same folder or whatever reaches
    them. Without it, each copy is undeliverable, and reported as such (E1).

    Raises:
        InvalidValueError: *host* is empty.
        WrongTypeError: an argument of the wrong type.

    >>> provider = IcsProvider("calendars", host="booking.example.com")
    >>> ana = Member("ana", timezone="UTC", ignore_hours=True, calendar="../secrets.ics")
    >>> week = Interval.from_isoformat("2026-11-23T00:00Z/2026-11-30T00:00Z")
    >>> print(provider.availability([ana], week)["ana"].unknown[0])
    unreadable: it leads out of the folder of calendars (calendars/../secrets.ics)
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        *,
        host: str,
        feeds: Feeds | None = None,
        calendars: Callable[[Member], Iterable[str]] = _reference,
        copies: KeepsCopies | None = None,
        limits: Limits = DEFAULTS,
        confined: bool = True,
    ) -> None:
        require("root", root, str | os.PathLike | None, "the path of a folder")
        require("host", host, str, "a domain such as 'booking.example.com'")
        require("feeds", feeds, Feeds | None, "Feeds")
        require("limits", limits, Limits, "Limits")
        require("confined", confined, bool, "true or false")
        if not host:
            raise InvalidValueError("host", host, "pass the one that your service has")
        if not callable(calendars):
            raise WrongTypeError("calendars", calendars, "a function")
        if any(iscoroutinefunction(getattr(copies, name, None)) for name in _WRITING):
            told = "what is not async: a coroutine that nobody awaits would write nothing"
            raise WrongTypeError("copies", copies, told)
        self._root = None if root is None else Path(root)
        self._own_suffix = f"@{host}"
        self._feeds = feeds
        self._calendars = calendars
        self._copies = copies
        self._limits = limits
        self._confined = confined
        self._answers = Answers()

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What the calendars of *members* say; see `ports.CalendarProvider`."""
        require("window", window, Interval, "an Interval")
        named = {each.id: self._names(each) for each in members}
        fetched = self._fetched(named)
        return {
            each.id: self._known(named[each.id], fetched, self._question(each, window))
            for each in members
            if named[each.id]
        }

    def put(self, copy: MemberCopy) -> None:
        """Let the copies' keeper put *copy*; see `ports.CalendarProvider`."""
        self._keeper(copy).put(copy)

    def update(self, copy: MemberCopy) -> None:
        """Let the copies' keeper update *copy*; see `ports.CalendarProvider`."""
        self._keeper(copy).update(copy)

    def remove(self, copy: MemberCopy) -> None:
        """Let the copies' keeper remove *copy*; see `ports.CalendarProvider`."""
        self._keeper(copy).remove(copy)

    def _keeper(self, copy: MemberCopy) -> KeepsCopies:
        if self._copies is None:
            told = f"the calendar of {copy.member.id} is only read: give IcsProvider copies="
            raise UndeliverableError(told)
        return self._copies

    # --- reading --------------------------------------------------------------------------------

    def _names(self, member: Member) -> _Names:
        try:
            given = self._calendars(member)
            names = () if isinstance(given, str) else tuple(given)
        except Exception as error:  # noqa: BLE001  # whatever a host's own function raises
            return NotFetched(f"calendars= failed: {type(error).__name__}")  # its words may tell
        # Of a single text, each letter would be a calendar.
        if isinstance(given, str) or not all(isinstance(each, str) for each in names):
            return NotFetched("calendars= has to give a list of texts", Cause.UNREADABLE)
        return names

    def _fetched(self, named: Mapping[str, _Names]) -> Mapping[str, bytes | NotFetched]:
        """All feeds that are named, by their URLs."""
        lists = [(id_, names) for id_, names in named.items() if not isinstance(names, NotFetched)]
        urls = [(id_, name) for id_, names in lists for name in names if is_url(name)]
        return self._feeds.fetch_all(urls, self._limits.size) if urls and self._feeds else {}

    def _known(
        self, names: _Names, fetched: Mapping[str, bytes | NotFetched], question: Question
    ) -> Availability:
        """What the calendars of these *names* say."""
        if isinstance(names, NotFetched):
            return _unknown(question, names)
        return Availability.union_of(
            self._feed(name, fetched.get(name), question)
            if is_url(name)
            else self._file(name, question)
            for name in names
        )

    def _file(self, name: str, question: Question) -> Availability:
        if self._root is None:
            why = NotFetched("no files are read here: give IcsProvider a root", Cause.UNREADABLE)
            return _unknown(question, why)
        within = self._root if self._confined else None
        return look_at(self._root / name, Look(question, self._answers.read_text, within))

    def _feed(self, url: str, found: bytes | NotFetched | None, question: Question) -> Availability:
        if found is None:
            found = NotFetched("no feeds are read here: give IcsProvider feeds=")
        if isinstance(found, NotFetched):
            return _unknown(question, found, source_of(url))
        return whole(question, [self._answers.read_text(found, question, source_of(url))])

    def _question(self, member: Member, window: Interval) -> Question:
        return question_about(window, member.timezone, member.email, self._limits, self._own_suffix)


def _unknown(question: Question, why: NotFetched, source: str | None = None) -> Availability:
    return Availability(unknown=(Unknown(question.window, why.cause, why.detail, source),))
