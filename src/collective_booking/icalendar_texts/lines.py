"""iCalendar text as a tree of components, each line still where it stood.

Lives here: decoding, unfolding, BEGIN and END, and the limits on size, number and depth.
Must not live here: what a value means.

icalendar splits a content line into name, parameters and value. The tree is ours, for three
reasons: its line numbers are lost in icalendar's, one TZID or one date can end the whole parse
there, and only the properties that tell time are worth converting at all. Nothing recurses, so no
depth can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, NamedTuple

from icalendar.parser import Contentline

from collective_booking.availability import Cause
from collective_booking.icalendar_texts.limits import Limits, Unreadable

KEPT: Final = frozenset(
    {
        "ATTENDEE",
        "BUSYTYPE",
        "DTEND",
        "DTSTAMP",
        "DTSTART",
        "DURATION",
        "EXDATE",
        "FREEBUSY",
        "METHOD",
        "PRIORITY",
        "RDATE",
        "RECURRENCE-ID",
        "RRULE",
        "SEQUENCE",
        "STATUS",
        "TRANSP",
        "TZID",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "UID",
        "X-WR-TIMEZONE",
    }
)
"""The properties that decide when somebody is busy; of the others not even the value is kept."""

# fmt: off
_HARMLESS: Final = frozenset(
    {
        # RFC 5545, but for what is kept; RFC 6321 (XML), 7808, 7986, 9073, 9074 and 9253.
        "ACTION", "ATTACH", "CALSCALE", "CATEGORIES", "CLASS", "COMMENT", "COMPLETED", "CONTACT",
        "CREATED", "DESCRIPTION", "DUE", "EXRULE", "GEO", "LAST-MODIFIED", "LOCATION", "ORGANIZER",
        "PERCENT-COMPLETE", "PRODID", "RELATED-TO", "REPEAT", "REQUEST-STATUS", "RESOURCES",
        "SUMMARY", "TRIGGER", "TZNAME", "TZURL", "URL", "VERSION", "XML", "TZID-ALIAS-OF",
        "TZUNTIL", "COLOR", "CONFERENCE", "IMAGE", "NAME", "REFRESH-INTERVAL", "SOURCE",
        "CALENDAR-ADDRESS", "LOCATION-TYPE", "PARTICIPANT-TYPE", "RESOURCE-TYPE", "STRUCTURED-DATA",
        "STYLED-DESCRIPTION", "ACKNOWLEDGED", "PROXIMITY", "CONCEPT", "LINK", "REFID",
        # vCalendar 1.0, whose alarms and summer times hold dates.
        "AALARM", "DALARM", "MALARM", "PALARM", "DAYLIGHT", "DCREATED", "RNUM", "TZ",
    }
)
# fmt: on
"""The other registered properties: none of them makes anybody busy, whatever it holds."""

_TIMES: Final = ("DTEND", "DTSTART", "DURATION", "FREEBUSY", "RDATE", "RECURRENCE-ID", "RRULE")
"""The properties without which busy time would look free."""
_MISPLACED: Final[Mapping[str, frozenset[str]]] = {
    "VALARM": frozenset(_TIMES) - {"DURATION"},
    "VCALENDAR": frozenset(_TIMES),
    "VTIMEZONE": frozenset(_TIMES),
}
"""Where they can only have strayed to; the component that they belong to is missing them."""

_TAKING: Final = ("VAVAILABILITY", "VCALENDAR", "VEVENT", "VFREEBUSY")
_CALENDAR: Final = frozenset({*_TAKING, "VJOURNAL", "VTIMEZONE", "VTODO"})
_PARTS: Final = _CALENDAR | {"AVAILABLE", "DAYLIGHT", "STANDARD", "VALARM"}
_DECIDING: Final = ("RANGE", "TZID")
"""The parameters without which a property would mean another time."""
_ALIKE: Final = 0.75
"""How much of a name is still there when somebody may have meant it; difflib's ratio."""

_NAME: Final = re.compile(r"([\w.-]+)[ \t]*(:|;[^:]*:)?", re.ASCII)
_COMPONENT: Final = re.compile(r"[A-Z0-9-]+")
# A date, a length or a rule, under a name that nobody knows: it may be the name that is damaged.
_TELLS_TIME: Final = re.compile(
    r"(?<![0-9])[0-9]{8}(?![0-9])|(?<![A-Z])P[0-9T]+[WDHMS]|FREQ", re.IGNORECASE
)

_content_line: Callable[[str], Contentline] = Contentline  # icalendar types it not at all
_REMEMBERED: Final = 200
"""The longest head of a line that is worth remembering; nobody writes longer ones twice."""
Parameters = Mapping[str, str | list[str]]
_NONE: Final[Parameters] = {}


class Property(NamedTuple):
    """One content line, unfolded; `line` is where it began."""

    name: str
    text: str
    line: int

    def parts(self) -> tuple[Parameters, str]:
        """Its parameters, by upper-case name, and its raw value.

        Raises:
            Unreadable: this is no content line.
        """
        if '"' in self.text:
            place = _content_line(self.text).value_separator_index()
            split = place if place >= 0 else len(self.text)
            head, colon, value = self.text[:split], self.text[split:][:1], self.text[split + 1 :]
        else:
            head, colon, value = self.text.partition(":")
        if not colon:
            raise Unreadable(f"{self.name} has no value", line=self.line)
        if ";" not in head:
            return _NONE, value.strip()
        read = _parameters if len(head) <= _REMEMBERED else _parameters.__wrapped__
        try:
            return read(head), value.strip()
        except ValueError as cause:
            raise Unreadable(f"{self.name} has a parameter nobody can read", line=self.line) from (
                cause
            )

    def value(self) -> str:
        """Its raw value alone."""
        return self.parts()[1]


class Component:
    """A BEGIN, its END, and what stands between; `flaws` are lines that may have told time."""

    __slots__ = ("children", "flaws", "line", "name", "properties")

    def __init__(self, name: str, line: int) -> None:
        self.name: str = name
        self.line: int = line
        self.properties: dict[str, list[Property]] = {}
        self.children: list[Component] = []
        self.flaws: list[Unreadable] = []

    def all(self, name: str) -> list[Property]:
        """Every line of that name, in order."""
        return self.properties.get(name, [])

    def one(self, name: str) -> Property | None:
        """The line of that name, if there is one.

        Raises:
            Unreadable: there are several, and they differ.
        """
        found = self.properties.get(name)
        if not found:
            return None
        if any(each.text != found[0].text for each in found):
            raise Unreadable(f"{name} stands more than once", line=found[1].line)
        return found[0]

    def word(self, name: str) -> str:
        """The value of a property that is one word, in upper case; "" where there is none.

        Of several that differ, and of what cannot be read, nothing is believed: "" again.
        """
        try:
            line = self.one(name)
            return line.value().upper() if line else ""
        except Unreadable:
            return ""

    def uid(self) -> str | None:
        """Its UID, if it has one that can be read."""
        try:
            return (self.properties["UID"][0].value() or None) if "UID" in self.properties else None
        except Unreadable:
            return None


class Tree(NamedTuple):
    """The components that stand in no other, and what makes the whole text doubtful."""

    components: list[Component]
    flaws: list[Unreadable]


def parse(text: str | bytes, limits: Limits) -> Tree:
    """Read *text* as components.

    Raises:
        Unreadable: it is too large, nests too deep, has too many components, or has none.
    """
    tops: list[Component] = []
    flaws: list[Unreadable] = []
    open_: list[Component] = []
    count = 0
    for number, line in _unfolded(_decoded(text, limits)):
        match = _NAME.match(line)
        if not match or not match[2]:
            _doubt(open_[-1].flaws if open_ else flaws, "a line nobody can read", number)
            continue
        name = match[1].upper()
        if name in _HARMLESS:
            continue
        if name == "BEGIN":
            component = Component(line.partition(":")[2].strip().upper(), number)
            count += 1
            _refuse_excess(count, len(open_), limits, number)
            _doubt_name(component, open_, flaws)
            (open_[-1].children if open_ else tops).append(component)
            open_.append(component)
        elif name == "END":
            _close(line.partition(":")[2].strip().upper(), number, open_, flaws)
        elif name in KEPT and open_:
            innermost = open_[-1]
            if innermost.name in _MISPLACED and name in _MISPLACED[innermost.name]:
                owner = open_[-2] if innermost.name == "VALARM" and open_[1:] else innermost
                _doubt(owner.flaws, f"{name} straight inside {innermost.name}", number)
            found = Property(name, line, number)
            innermost.properties.setdefault(name, []).append(found)
        elif name in KEPT:
            _doubt(flaws, f"{name} outside every component", number)
        elif _may_tell_time(name, line):
            detail = f"a property nobody knows, {name[:40]}"
            _doubt(open_[-1].flaws if open_ else flaws, detail, number)
    if not any(component.name in _CALENDAR for component in _all(tops)):
        raise Unreadable("this is no iCalendar text: it has no BEGIN of a calendar")
    if open_:
        _tear([component for component in open_ if component.name != "VCALENDAR"])
        flaws.append(Unreadable(f"the text ends inside {open_[-1].name}", line=open_[-1].line))
    return Tree(tops, flaws)


def _all(components: Iterable[Component]) -> Iterator[Component]:
    waiting = list(components)
    while waiting:
        component = waiting.pop()
        yield component
        waiting += component.children


def _doubt(flaws: list[Unreadable], detail: str, line: int) -> None:
    """Add a flaw; of many in a row that are the same, the first says enough."""
    if not flaws or flaws[-1].detail != detail:
        flaws.append(Unreadable(detail, line=line))


def _doubt_name(component: Component, open_: list[Component], flaws: list[Unreadable]) -> None:
    """Doubt whatever a component of that name, begun inside the *open_* ones, may hide."""
    name, line = component.name, component.line
    if name in _PARTS:
        return
    if not _COMPONENT.fullmatch(name):
        _doubt(flaws, "a component without a proper name", line)
    elif not name.startswith("X-") and _is_like(name, _TAKING):
        _doubt(flaws, f"a component nobody knows, {name[:40]}", line)
    elif open_ and open_[-1].name == "VTIMEZONE" and not name.startswith("X-"):
        _doubt(open_[-1].flaws, f"a component nobody knows, {name[:40]}", line)


def _may_tell_time(name: str, line: str) -> bool:
    """Whether the property *name*, which nobody knows, may be what is left of one that counts."""
    if name.startswith("X-"):
        return False
    return _is_like(name, _TIMES) or bool(_TELLS_TIME.search(line))


def _is_like(name: str, names: tuple[str, ...]) -> bool:
    # Twice the longest is not like any of them, and a long one would take long to compare.
    return len(name) <= 2 * max(map(len, names)) and _is_close(name, names)


@lru_cache(maxsize=1024)
def _is_close(name: str, names: tuple[str, ...]) -> bool:
    return bool(get_close_matches(name, names, 1, _ALIKE))


def _decoded(text: str | bytes, limits: Limits) -> str:
    if isinstance(text, str):
        # A character takes a byte or more; only where that leaves room is encoding worth it.
        size = len(text)
        if size <= limits.size and not text.isascii():
            size = len(text.encode("utf-8", "replace"))
    else:
        size = len(text)
    if size > limits.size:
        raise Unreadable(f"more than {limits.size} bytes", Cause.BUDGET)
    if isinstance(text, bytes):
        # A stray byte in a title must not cost a calendar; in a date it still will not pass.
        text = text.decode("utf-8", "replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each content line with the number of its first physical line; empty ones are passed over."""
    first, parts = 0, [""]
    for number, line in enumerate(text.split("\n"), 1):
        if not line or (not first and not line.strip()):
            continue
        if line[0] in " \t" and first:
            parts.append(line[1:])
            continue
        if first:
            yield first, "".join(parts)
        first, parts = number, [line]
    if first:
        yield first, "".join(parts)


def _refuse_excess(count: int, depth: int, limits: Limits, line: int) -> None:
    if count > limits.components:
        raise Unreadable(f"more than {limits.components} components", Cause.BUDGET, line)
    if depth >= limits.depth:
        raise Unreadable(f"components nested deeper than {limits.depth}", Cause.BUDGET, line)


def _close(name: str, line: int, open_: list[Component], flaws: list[Unreadable]) -> None:
    """Close the innermost component called *name*; what is still open inside it was torn."""
    if all(component.name != name for component in open_):
        # What began it is lost, and with it where its lines belong.
        flaws.append(Unreadable("an END without its BEGIN", line=line))
        return
    inner: list[Component] = []
    while (component := open_.pop()).name != name:
        inner.append(component)
    if inner:
        # Lines of the outer one may have ended up in the inner: neither is whole.
        _tear([component, *inner])


def _tear(components: list[Component]) -> None:
    for component in components:
        line = components[-1].line
        component.flaws.append(Unreadable("its END is missing, or one inside it", line=line))


@lru_cache(maxsize=1024)
def _parameters(head: str) -> Parameters:
    """The parameters of a content line's part before the colon; a file repeats few of them."""
    parameters: Parameters = _content_line(f"{head}:").raw_parts()[1]
    told = {key.upper(): value for key, value in parameters.items()}
    for name in told.keys() - _DECIDING:
        if not name.startswith("X-") and _is_like(name, _DECIDING):
            raise ValueError(name)
    return told
