"""Members' calendars that are files, folders and feeds, as a host's services ask for them.

Lives here: `IcsProvider`: from a member's reference to their calendar to what is known of them.
Must not live here: reading files, fetching, what stands in a calendar.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from collective_booking.adapters.ics.feeds import Feeds
from collective_booking.adapters.ics.kept import Answers
from collective_booking.adapters.ics.reading import Look, look_at
from collective_booking.adapters.ics.urls import NotFetched, Url, is_url
from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import InvalidValueError, UndeliverableError, require
from collective_booking.icalendar_texts import DEFAULTS, Limits, Question, question_about, whole
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.messages import MemberCopy


class KeepsCopies(Protocol):
    """The half of a `CalendarProvider` that writes; see `ports.CalendarProvider`."""

    def put(self, copy: MemberCopy) -> None:
        """Put a copy into the calendar of its member."""
        ...

    def update(self, copy: MemberCopy) -> None:
        """Change it."""
        ...

    def remove(self, copy: MemberCopy) -> None:
        """Take it out."""
        ...


class IcsProvider:
    """A `CalendarProvider` over `.ics` files and folders of them in *root*, and over *feeds*.

    `Member.calendar` is the name of a file or folder in *root*, or the URL of a feed. A name that
    leads out of *root*, be it by links, is not followed unless *confined* is False. Without *root*
    no files are read, and without *feeds* no feeds. *host* is the one that your service has: events
    whose UID ends in it are copies of your own appointments, and left out (F6).

    What cannot be read makes the time of its member unknown, with a reason, and of nobody else
    (F3). A reason names a feed by its host alone: the rest of such a URL is often a secret. Text
    that was read before for the same time is not read again.

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
        self._root = None if root is None else Path(root)
        self._own_suffix = f"@{host}"
        self._feeds = feeds
        self._copies = copies
        self._limits = limits
        self._confined = confined
        self._answers = Answers()

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """What the calendars of *members* say; see `ports.CalendarProvider`."""
        require("window", window, Interval, "an Interval")
        named = {each.id: each.calendar for each in members if each.calendar is not None}
        urls = {id_: reference for id_, reference in named.items() if is_url(reference)}
        fetched: Mapping[str, bytes | NotFetched] = {}
        if urls and self._feeds is not None:
            fetched = self._feeds.read(urls, self._limits.size)
        return {
            each.id: self._feed(each, urls[each.id], fetched.get(each.id), window)
            if each.id in urls
            else self._file(each, named[each.id], window)
            for each in members
            if each.id in named
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

    def _file(self, member: Member, name: str, window: Interval) -> Availability:
        if self._root is None:
            why = NotFetched("no files are read here: give IcsProvider a root", Cause.UNREADABLE)
            return _unknown(window, why)
        within = self._root if self._confined else None
        look = Look(self._question(member, window), self._answers.read_text, within)
        return look_at(self._root / name, look)

    def _feed(
        self, member: Member, url: str, found: bytes | NotFetched | None, window: Interval
    ) -> Availability:
        if found is None:
            found = NotFetched("no feeds are read here: give IcsProvider feeds=")
        source = _named(url)
        if isinstance(found, NotFetched):
            return _unknown(window, found, source)
        question = self._question(member, window)
        return whole(question, [self._answers.read_text(found, question, source)])

    def _question(self, member: Member, window: Interval) -> Question:
        return question_about(window, member.timezone, member.email, self._limits, self._own_suffix)


def _named(url: str) -> str:
    """What reasons call the feed at *url*."""
    try:
        return str(Url.parse(url))
    except NotFetched:
        return "feed"


def _unknown(window: Interval, why: NotFetched, source: str | None = None) -> Availability:
    return Availability(unknown=(Unknown(window, why.cause, why.detail, source),))
