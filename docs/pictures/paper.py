"""A sheet of paper to draw on: rectangles, lines and words, in light and dark.

Lives here: `Paper`, the colours, and how they change for those who prefer the dark.
Must not live here: what is drawn.

A telephone shows a picture 360 wide: one of `WIDTH` keeps its letters legible there.
"""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import Final

WIDTH: Final = 480
MARGIN: Final = 16
WIDEST_LETTER: Final = 0.62
"""How wide a letter is taken to be, as a part of its size: no usual font has a wider average."""

_COLOURS: Final = {
    "ink": ("#1f2933", "#e4e7eb"),
    "quiet": ("#52606d", "#a3aeba"),
    "paper": ("#ffffff", "#14181d"),
    "faint": ("#eef1f4", "#242b33"),
    "blue": ("#bfdcf3", "#1f4b6e"),
    "green": ("#14804a", "#45c483"),
    "mint": ("#cdebd9", "#17452f"),
    "amber": ("#b45f06", "#f0a840"),
    "sand": ("#fdebc8", "#4d3a12"),
    "slate": ("#44546a", "#8fa3bd"),
}
"""Each colour by day, and by night."""


class Paper:
    """One picture in the making: what is drawn later lies above.

    Looks are the names of colours. *told* is the picture for those who cannot see it.

    >>> paper = Paper("dot", "A dot", "There is a dot.", 20, 20)
    >>> paper.rect(8, 8, 4, 4, "ink")
    >>> paper.svg().count("<rect")
    2
    """

    def __init__(self, name: str, title: str, told: str, width: float, height: float) -> None:
        self.name = name
        self._size = (width, height)
        self._head = (title, told)
        self._drawn: list[str] = []
        self.rect(0, 0, width, height, "paper", round_by=10)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        stroke: str = "",
        round_by: float = 3,
        opacity: float = 1,
    ) -> None:
        """A rectangle with corners that are a little round."""
        looks = f"f-{fill} s-{stroke}" if stroke else f"f-{fill}"
        self._drawn.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_by:g}"'
            f' class="{looks}"{_faded(opacity)}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        fill: str = "ink",
        *,
        size: float = 13,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """One line of words, on the line *y*."""
        weight = ' font-weight="600"' if bold else ""
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._drawn.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{weight}{side} class="f-{fill}">'
            f"{escape(words)}</text>"
        )

    def prose(
        self,
        x: float,
        y: float,
        words: str,
        fill: str = "ink",
        *,
        right: float,
        size: float = 13,
    ) -> float:
        """As many lines of *words* as it takes, none beyond *right*; where the next one begins."""
        for line in wrap(words, int((right - x) / (size * WIDEST_LETTER))):
            self.text(x, y, line, fill, size=size)
            y += round(size * 1.3)
        return y

    def path(
        self,
        shape: str,
        stroke: str,
        *,
        width: float = 1.5,
        dashed: bool = False,
        arrow: bool = False,
        opacity: float = 1,
    ) -> None:
        """A line along *shape*, in the words of SVG; with a head at its end if it is an *arrow*."""
        dashes = ' stroke-dasharray="3 4"' if dashed else ""
        head = f' marker-end="url(#{self.name}-{stroke})"' if arrow else ""
        self._drawn.append(
            f'<path d="{shape}" stroke-width="{width:g}" class="n s-{stroke}"'
            f"{dashes}{head}{_faded(opacity)}/>"
        )

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A round dot."""
        self._drawn.append(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" class="f-{fill}"/>')

    def svg(self) -> str:
        """The picture as an SVG document."""
        (width, height), (title, told) = self._size, self._head
        drawn = "\n".join(self._drawn)
        heads = "".join(
            f'<marker id="{self.name}-{colour}" viewBox="0 0 8 8" refX="7" refY="4"'
            f' markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path d="M0 0.5 L8 4 L0 7.5 z" class="f-{colour}"/></marker>\n'
            for colour in _COLOURS
            if f"url(#{self.name}-{colour})" in drawn
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
            f' width="{width:g}" height="{height:g}" role="img"'
            f' aria-labelledby="{self.name}-title {self.name}-told"'
            " font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\""
            ' style="max-width: 100%; height: auto">\n'
            f'<title id="{self.name}-title">{escape(title)}</title>\n'
            f'<desc id="{self.name}-told">{escape(told)}</desc>\n'
            f"<style>{_style()}</style>\n{heads}{drawn}\n</svg>\n"
        )


def _faded(opacity: float) -> str:
    return "" if opacity == 1 else f' opacity="{opacity:g}"'


def _style() -> str:
    def rules(which: int) -> str:
        return "".join(
            f".f-{name}{{fill:{shades[which]}}}.s-{name}{{stroke:{shades[which]}}}"
            for name, shades in _COLOURS.items()
        )

    return f".n{{fill:none}}{rules(0)}@media (prefers-color-scheme: dark){{{rules(1)}}}"
