"""Writes every picture: `python -m docs.pictures`."""

from __future__ import annotations

from docs.pictures import PICTURES, place

for name, draw in PICTURES.items():
    place(name).write_text(draw(), "utf-8")
