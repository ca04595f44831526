"""A picture of some days: rows of bars, and what suits them all below, as SVG.

Lives here: what a picture is made of, how large and in which colours, and the SVG itself.
Must not live here: how it comes about from a window (that is `views`), zones, terminals, files.

Days stand side by side, a week of them at most; a longer window takes several weeks, one below the
other. On a day the hours are those of the clock on the wall: an hour that it skips stays empty, and
one that it shows twice is drawn over itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width
from zlib import crc32

from collective_booking.localtime import DAY, HOUR, MINUTE
from collective_booking.walls import Walls, WallSpan, date_label, on_date

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True)
class Sheet:
    """What there is to draw.

    `days` are the dates from first to last, each by the name that stands above it; `hours` are
    those of a day that are drawn, such as `(8, 20)`; `suits` says whom the common time suits.
    Sheets *of* other things get other ids on their page.
    """

    title: str
    timezone: str
    of: object
    days: Mapping[date, str]
    hours: tuple[int, int]
    walls: Walls
    suits: str


def svg_of(sheet: Sheet) -> str:
    """The *sheet* as an SVG document."""
    # Only for those who want a picture: hosts import this room to look for slots.
    from xml.etree.ElementTree import Element, tostring  # noqa: PLC0415

    svg = Element("svg")
    _Picture(sheet).draw(svg)
    return tostring(svg, encoding="unicode")


# --- how it looks ---------------------------------------------------------------------------------

_WIDTH: Final = 1120
_MARGIN: Final = 24
_GAP: Final = 10
_TITLE: Final = 84
_AXIS: Final = 44
_BELOW: Final = 6
_FOOT: Final = 24
_LONGEST: Final = 24
# XML has no way to write these, not even escaped.
_UNWRITABLE: Final = re.compile(r"[^\t\n\r -\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_TICKS: Final = (1, 2, 3, 4, 6, 12)

# Dark on light, and told apart without colour too: unknown time is hatched, what is common is the
# only thing that stands out of the last row.
_INK, _QUIET, _PAPER = "#1f2933", "#52606d", "#ffffff"
_CLOSED, _OPEN, _BUSY = "#eef1f4", "#bfdcf3", "#44546a"
_UNKNOWN, _COMMON = "#c77700", "#14804a"
_SAND: Final = "#fdebc8"
_NIGHT: Final = {
    _INK: "#e4e7eb",
    _QUIET: "#a3aeba",
    _PAPER: "#14181d",
    _CLOSED: "#242b33",
    _OPEN: "#1f4b6e",
    _BUSY: "#8fa3bd",
    _UNKNOWN: "#f0a840",
    _SAND: "#4d3a12",
    _COMMON: "#45c483",
}
"""What each colour becomes for those who prefer the dark."""
_FAINT: Final = {"opacity": "0.5"}
_LEGEND: Final = (
    ("open", _OPEN),
    ("busy", _BUSY),
    ("unknown", ""),
    ("closed", _CLOSED),
)


class _Picture:
    """One sheet drawn. Rows become thinner where there are many of them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = sheet.walls.rows
        many = len(self.rows)
        self.row, self.bar, self.font = (
            (26, 18, 13.0) if many <= 16 else (17, 13, 11.0) if many <= 40 else (11, 9, 8.5)
        )
        longest = max([len(sheet.suits) + 1, *(_wide(_short(row.name)) for row in self.rows)])
        self.names = longest * self.font * 0.6 + 16
        self.dates = list(sheet.days)
        self.per_week = min(len(self.dates), 7)
        self.first, self.last = sheet.hours
        left = _WIDTH - 2 * _MARGIN - self.names
        self.day = (left - _GAP * (self.per_week - 1)) / self.per_week
        self.id = f"view-{crc32(repr(sheet.of).encode()):08x}"
        self.fills = (_OPEN, _BUSY, f"url(#{self.id}-hatch)")

    def draw(self, svg: Element) -> None:
        """All of it, from top to bottom, into an empty *svg*."""
        weeks = range(0, len(self.dates), self.per_week)
        week = _AXIS + (len(self.rows) + 1) * self.row + _BELOW + _FOOT
        height = _TITLE + len(weeks) * week + _FOOT
        svg.attrib.update(
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "id": self.id,
                "viewBox": f"0 0 {_WIDTH} {height}",
                "width": str(_WIDTH),
                "height": str(height),
                "role": "img",
                "aria-labelledby": f"{self.id}-title {self.id}-told",
                "font-family": "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
                "style": "max-width: 100%; height: auto",
            }
        )
        _add(svg, "title", self._heading(), id=f"{self.id}-title")
        _add(svg, "desc", self._told(), id=f"{self.id}-told")
        _add(svg, "style", self._by_night())
        self._draw_hatching(svg)
        _rect(svg, (0, 0, _WIDTH, height), _PAPER, rx="10")
        _label(svg, (_MARGIN, 42), self.sheet.title, size=20, weight="600")
        _label(svg, (_MARGIN, 64), self._subtitle(), size=13, fill=_QUIET)
        top = float(_TITLE)
        for place in weeks:
            self._draw_week(svg, self.dates[place : place + self.per_week], top)
            top += week
        self._draw_legend(svg, height - 34)

    def _draw_week(self, svg: Element, dates: Sequence[date], top: float) -> None:
        first = top + _AXIS
        last = first + len(self.rows) * self.row + _BELOW
        for number, row in enumerate(self.rows):
            fill = _INK if row.required else _QUIET
            self._draw_name(svg, row.name, first + number * self.row, fill=fill)
        self._draw_name(svg, self.sheet.suits, last, weight="600")
        for place, day in enumerate(dates):
            left = _MARGIN + self.names + place * (self.day + _GAP)
            for number, row in enumerate(self.rows):
                y = first + number * self.row
                self._bar(svg, [(0, DAY)], left, y, _CLOSED)
                for times, fill in zip((row.open, row.busy, row.unknown), self.fills, strict=True):
                    self._bar(svg, on_date(times, day), left, y, fill, faint=not row.required)
            self._bar(svg, [(0, DAY)], left, last, _CLOSED)
            self._draw_hours(svg, day, left, top, last + self.bar)
            for span in on_date(self.sheet.walls.common, day):
                x, width = self._across(span, left)
                if width > 0:
                    _rect(svg, (x, first, width, last - first), _COMMON, opacity="0.16")
                    _rect(svg, (x, last, width, self.bar), _COMMON, tip=_clock_span(span))

    def _draw_hours(self, svg: Element, day: date, left: float, top: float, bottom: float) -> None:
        """The date, and as many of its hours as there is room for, each with a line down."""
        _label(svg, (left, top + 18), self.sheet.days[day], size=13, weight="600")
        hours = self.last - self.first
        every = next((n for n in _TICKS if self.day * n / hours >= 22), _TICKS[-1])
        for hour in range(-(-self.first // every) * every, self.last, every):
            x = left + (hour - self.first) / hours * self.day
            _label(svg, (x, top + 36), str(hour), size=10, fill=_QUIET, anchor="middle")
            _rect(svg, (x, top + _AXIS, 0.8, bottom - top - _AXIS), _QUIET, opacity="0.25")

    def _draw_name(
        self, svg: Element, name: str, top: float, *, weight: str = "400", fill: str = _INK
    ) -> None:
        short = _short(name)
        at = (_MARGIN, top + self.bar / 2 + self.font * 0.36)
        label = _label(svg, at, short, size=self.font, weight=weight, fill=fill)
        if short != name:
            _add(label, "title", name)

    def _draw_legend(self, svg: Element, top: float) -> None:
        x = _MARGIN + self.names
        for name, fill, look in self._legend():
            _rect(svg, (x, top, 22, 12), fill or f"url(#{self.id}-hatch)", rx="2", **look)
            _label(svg, (x + 30, top + 10.5), name, size=12, fill=_QUIET)
            x += 52 + len(name) * 7

    def _legend(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """What each look means, as far as the picture may show it."""
        for name, fill in _LEGEND:
            yield name, fill, {}
        if not all(row.required for row in self.rows):
            yield "optional", _OPEN, _FAINT
        yield f"suits {self.sheet.suits}", _COMMON, {}

    def _draw_hatching(self, svg: Element) -> None:
        """What unknown time is filled with; defined here, to be referred to."""
        size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
        pattern = _add(svg, "pattern", id=f"{self.id}-hatch", **size)
        _rect(pattern, (0, 0, 6, 6), _SAND)
        stroke = {"stroke": _UNKNOWN, "stroke-width": "1.6"}
        _add(pattern, "path", d="M-1 1 l2 -2 M0 6 l6 -6 M5 7 l2 -2", **stroke)

    def _by_night(self) -> str:
        """The colours for the dark, of this picture alone; a style wins over an attribute."""
        rules = "".join(
            f'#{self.id} [{what}="{day}"] {{{what}:{night}}}'
            for day, night in _NIGHT.items()
            for what in ("fill", "stroke")
        )
        return f"@media (prefers-color-scheme: dark){{{rules}}}"

    def _bar(
        self,
        svg: Element,
        spans: Sequence[WallSpan],
        left: float,
        top: float,
        fill: str,
        *,
        faint: bool = False,
    ) -> None:
        """The *spans* of one day as one shape: many members have many of them."""
        across = (self._across(span, left) for span in spans)
        shape = "".join(
            f"M{x:g} {top:g}h{width:g}v{self.bar}h{-width:g}z" for x, width in across if width > 0
        )
        if shape:
            _add(svg, "path", d=shape, fill=fill, **(_FAINT if faint else {}))

    def _across(self, span: WallSpan, left: float) -> tuple[float, float]:
        """Where a span of a day lies, and how wide it is; nothing outside the hours drawn."""
        scale = self.day / ((self.last - self.first) * HOUR)
        start = max(span[0], self.first * HOUR) - self.first * HOUR
        end = min(span[1], self.last * HOUR) - self.first * HOUR
        return round(left + start * scale, 2), round((end - start) * scale, 2)

    def _heading(self) -> str:
        return f"{self.sheet.title}: the times that suit {self.sheet.suits}"

    def _subtitle(self) -> str:
        first, last = self.dates[0], self.dates[-1]
        dates = date_label(first) if first == last else f"{date_label(first)} to {date_label(last)}"
        return f"{dates} {last.year}, {self.sheet.timezone} time"

    def _told(self) -> str:
        """The picture for those who cannot see it."""
        found = list(self._stretches())
        listed = "; ".join(found[:20]) + (f"; and {len(found) - 20} more" * (len(found) > 20))
        return f"{self._subtitle()}. {listed or 'Nothing'} suits {self.sheet.suits}."

    def _stretches(self) -> Iterator[str]:
        for day in self.dates:
            for span in on_date(self.sheet.walls.common, day):
                yield f"{date_label(day)} {_clock_span(span)}"


def _wide(text: str) -> int:
    """How wide *text* is, in letters of which Chinese ones count two."""
    return sum(2 if east_asian_width(letter) in "FW" else 1 for letter in text)


def _short(name: str) -> str:
    """*name*, cut where it is longer than a name can be shown."""
    if _wide(name) <= _LONGEST:
        return name
    while _wide(name) >= _LONGEST:
        name = name[:-1]
    return f"{name}…"


def _clock_span(span: WallSpan) -> str:
    return "–".join(f"{at // HOUR:02}:{at % HOUR // MINUTE:02}" for at in span)


def _rect(
    parent: Element, at: tuple[float, float, float, float], fill: str, tip: str = "", **more: str
) -> None:
    names = ("x", "y", "width", "height")
    sides = {name: f"{value:g}" for name, value in zip(names, at, strict=True)}
    rect = _add(parent, "rect", **sides, fill=fill, **more)
    if tip:
        _add(rect, "title", tip)


def _label(
    parent: Element,
    at: tuple[float, float],
    text: str,
    *,
    size: float,
    weight: str = "400",
    fill: str = _INK,
    anchor: str = "start",
) -> Element:
    place = {"x": f"{at[0]:g}", "y": f"{at[1]:g}", "text-anchor": anchor}
    font = {"font-size": f"{size:g}", "font-weight": weight, "fill": fill}
    return _add(parent, "text", text, **place, **font)


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    from xml.etree.ElementTree import SubElement  # noqa: PLC0415

    element = SubElement(parent, tag, attributes)
    if text:
        element.text = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return element
