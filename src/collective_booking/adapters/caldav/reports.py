"""The reports of CalDAV (RFC 4791): what is asked, and what a multi-status answer says.

Lives here: both as text. Pure.
Must not live here: who is asked, and what the calendar data mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from collective_booking.intervals import Interval

_DAV: Final = "{DAV:}"
_CALDAV: Final = "{urn:ietf:params:xml:ns:caldav}"
_SPACES: Final = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
_PROPERTIES: Final = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
_SECOND: Final = timedelta(seconds=1)


class Malformed(Exception):  # noqa: N818  # not an error yet: the caller says whose answer it is
    """An answer is not what RFC 4918 and 4791 say."""


class Found(NamedTuple):
    """An object of a calendar; `data` is None where the server did not tell it, `status` why."""

    href: str
    etag: str | None
    data: str | None
    status: str

    @property
    def is_absent(self) -> bool:
        """Whether the server says that nothing is there; whatever else it hides may be."""
        nothing = self.data is None and self.etag is None
        return nothing and self.status.split(" ")[1:2] in (["404"], ["410"])


# --- what is asked -------------------------------------------------------------------------------


def events(condition: str = "") -> bytes:
    """Ask for the events of a calendar, all of them or those that meet one *condition*."""
    return _report(
        "calendar-query",
        f'{_PROPERTIES}<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        f"{condition}</C:comp-filter></C:comp-filter></C:filter>",
    )


def within(window: Interval, margin: timedelta) -> str:
    """The condition that an event takes place in *window*, or as near to it as *margin*."""
    return _range(window.start - margin, window.end + margin)


def having(name: str) -> str:
    """The condition that an event has the property *name*."""
    return f"<C:prop-filter name={quoteattr(name)}/>"


def of_uid(uid: str) -> str:
    """The condition that an event has this UID; servers may find longer ones too."""
    match = f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
    return f'<C:prop-filter name="UID">{match}</C:prop-filter>'


def at(path: str) -> bytes:
    """Ask for the object at *path* (calendar-multiget)."""
    return _report("calendar-multiget", f"{_PROPERTIES}<D:href>{escape(path)}</D:href>")


def free_busy(window: Interval) -> bytes:
    """Ask when the calendar's owner is busy in *window* (free-busy-query)."""
    return _report("free-busy-query", _range(window.start, window.end))


def _report(name: str, content: str) -> bytes:
    written = f'<?xml version="1.0" encoding="utf-8"?><C:{name} {_SPACES}>{content}</C:{name}>'
    return written.encode()


def _range(start: datetime, end: datetime) -> str:
    """From *start* to *end* in whole seconds, which is all that iCalendar can write."""
    late = end if not end.microsecond else end + _SECOND
    return f'<C:time-range start="{_written(start)}" end="{_written(late)}"/>'


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


# --- what is answered ----------------------------------------------------------------------------


def objects(body: bytes) -> list[Found]:
    """What a multi-status *body* (RFC 4918, 13) says of each object.

    Raises:
        Malformed: it is none.
    """
    root = _parsed(body)
    if root is None or root.tag != f"{_DAV}multistatus":
        raise Malformed("the answer is no multi-status")
    return list(_objects(root))


def _objects(root: ET.Element) -> Iterator[Found]:
    for response in root.findall(f"{_DAV}response"):
        href = response.findtext(f"{_DAV}href", "").strip()
        status = response.findtext(f"{_DAV}status", "").strip()[:60]
        etag = data = None
        for part in response.findall(f"{_DAV}propstat"):
            told = part.findtext(f"{_DAV}status", "").strip()[:60]
            if _is_success(told):
                etag = part.findtext(f"{_DAV}prop/{_DAV}getetag", etag)
                data = part.findtext(f"{_DAV}prop/{_CALDAV}calendar-data", data)
            elif part.find(f"{_DAV}prop/{_CALDAV}calendar-data") is not None:
                status = told
        yield Found(href, etag, data or None, status)


def _is_success(status: str) -> bool:
    return status.split(" ")[1:2] == ["200"]


def precondition(body: bytes) -> str:
    """The name of the condition that an error *body* says was not met (RFC 4918, 16), or ""."""
    root = _parsed(body)
    if root is None or root.tag != f"{_DAV}error" or not len(root):
        return ""
    return root[0].tag.rpartition("}")[2][:40]


def _parsed(body: bytes) -> ET.Element | None:
    try:
        return ET.fromstring(body, ET.XMLParser(target=_WithoutDoctype()))
    except (ET.ParseError, ValueError, LookupError):
        return None


class _WithoutDoctype(ET.TreeBuilder):
    """A tree as ever; but entities could make much of little, and WebDAV needs none."""

    def doctype(self, *_: str | None) -> None:
        """Called by the parser, whatever the encoding, before it has read any entity."""
        raise ValueError
