"""The pictures of the booking site can be drawn anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs.make_screenshots import DOCS, draw

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_every_picture_of_the_site_is_drawn(chrome: Browser, tmp_path: Path) -> None:
    """Whenever the site has changed, `python -m docs.make_screenshots` leaves none as it was."""
    draw(chrome, tmp_path)

    drawn = {picture.name for picture in tmp_path.iterdir()}
    assert drawn == {picture.name for picture in DOCS.glob("site-*.png")}
