"""A view drawn in a terminal: a strip a row for each day, and one for everyone.

Lives here: which letter each piece of a day becomes, and the pages they make.
Must not live here: what is open, busy, unknown or common (a `View` knows), the same as SVG.

Each state has a letter of its own, so nothing is lost without colours. A piece of a day counts as
busy or unknown where any of it is, and as open or common only where all of it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from collective_booking.localtime import MINUTE
from collective_booking.views import View
from collective_booking.walls import Row, WallSpan, on_date

Spans = Sequence[WallSpan]

MOST_ROWS: Final = 12
"""The most rows that get a strip each; of more, a strip says how many are free."""
WIDEST: Final = 100
"""A wider strip is harder to read, however wide the terminal."""

_NAMES: Final = 14
_STEPS: Final = (10, 15, 20, 30, 60)

CLOSED, OPEN, BUSY, UNKNOWN, COMMON = " ", "─", "█", "?", "●"
_STYLES: Final = {OPEN: "blue", BUSY: "red", UNKNOWN: "yellow", COMMON: "bold green"}
_LEVELS: Final = " ▁▂▃▄▅▆▇█"


class Strip:
    """A renderable: as wide as the terminal allows, and no wider than is pleasant."""

    def __init__(self, view: View) -> None:
        self.view = view

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The days, each with its hours above its strips, and what the letters mean."""
        yield from _Page(self.view, min(options.max_width, WIDEST)).lines()


class _Page:
    """A view at a certain width."""

    def __init__(self, view: View, width: int) -> None:
        self.view = view
        self.dates = view.dates()
        self.first, self.last = view.hours()
        names = [*map(view.day_label, self.dates), view.suits, *(row.name for row in view.rows)]
        self.margin = min(_NAMES, max(map(cell_len, names))) + 2
        minutes = (self.last - self.first) * 60
        room = width - self.margin
        self.step = next((step for step in _STEPS if minutes // step <= room), _STEPS[-1])
        self.cells = [
            (minute * MINUTE, (minute + self.step) * MINUTE)
            for minute in range(self.first * 60, self.last * 60, self.step)
        ]
        self.walls = view.walls()

    def lines(self) -> Iterator[Text]:
        """All of it, from top to bottom."""
        for day in self.dates:
            yield from self._day(day)
        yield Text()
        yield from self._legend()

    def _day(self, day: date) -> Iterator[Text]:
        rows = [_spans(row, day) for row in self.walls.rows]
        yield Text()
        if not any(opened for opened, _, _ in rows):
            label = self.view.day_label(day).ljust(self.margin)
            yield Text.assemble((label, "bold"), ("nobody is open", "dim"))
            return
        yield self._hours(day)
        if len(rows) > MOST_ROWS:
            yield self._line("free", self._how_many(rows))
        else:
            for row, spans in zip(self.view.rows, rows, strict=True):
                yield self._line(row.name, self._letters(*spans), "" if row.required else "dim")
        common = on_date(self.walls.common, day)
        suits = (COMMON if _whole(common, cell) else CLOSED for cell in self.cells)
        yield self._line(self.view.suits, "".join(suits), "bold")

    def _hours(self, day: date) -> Text:
        """The date, and the hours of the clock, as many as there is room for."""
        every = -(-4 * self.step // 60)
        wide = every * 60 // self.step
        told = "".join(f"{hour}".ljust(wide) for hour in range(self.first, self.last, every))
        label = self.view.day_label(day).ljust(self.margin)
        return Text.assemble((label, "bold"), (told[: len(self.cells)].rstrip(), "dim"))

    def _letters(self, opened: Spans, busy: Spans, unknown: Spans) -> str:
        def letter(cell: WallSpan) -> str:
            if _any(busy, cell):
                return BUSY
            if _any(unknown, cell):
                return UNKNOWN
            return OPEN if _whole(opened, cell) else CLOSED

        return "".join(map(letter, self.cells))

    def _how_many(self, rows: Sequence[Sequence[Spans]]) -> str:
        """How many are free, from none to all, as the height of a bar."""
        strips = [self._letters(*row) for row in rows]
        counts = (sum(letter == OPEN for letter in column) for column in zip(*strips, strict=True))
        return "".join(_LEVELS[count * (len(_LEVELS) - 1) // len(rows)] for count in counts)

    def _line(self, name: str, letters: str, style: str = "") -> Text:
        room = self.margin - 2
        short = name if cell_len(name) <= room else f"{set_cell_size(name, room - 1)}…"
        line = Text(set_cell_size(short, self.margin), style)
        for letter, run in groupby(letters):
            line.append("".join(run), f"{_STYLES.get(letter, 'cyan')} {style}".strip())
        return line

    def _legend(self) -> Iterator[Text]:
        if len(self.view.rows) > MOST_ROWS:
            few, many = _LEVELS[1], _LEVELS[-1]
            letters = [(few, "few are free"), (many, "all are")]
        else:
            letters = [(OPEN, "open"), (BUSY, "busy"), (UNKNOWN, "unknown")]
        line = Text()
        for letter, meaning in [*letters, (COMMON, f"suits {self.view.suits}")]:
            line.append(letter * 2, _STYLES.get(letter, "cyan"))
            line.append(f" {meaning}   ")
        line.append(f"each is {self.step} minutes", "dim")
        yield line


def _spans(row: Row, day: date) -> tuple[Spans, Spans, Spans]:
    """When *row* is open, busy and unknown on that day, by the clock on the wall."""
    return on_date(row.open, day), on_date(row.busy, day), on_date(row.unknown, day)


def _any(spans: Spans, cell: WallSpan) -> bool:
    return any(start < cell[1] and end > cell[0] for start, end in spans)


def _whole(spans: Spans, cell: WallSpan) -> bool:
    return any(start <= cell[0] and end >= cell[1] for start, end in spans)
