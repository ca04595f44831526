"""A real browser: the system's Chromium, driven by playwright.

Lives here: finding and starting it, and the viewports that people have.
Must not live here: what a visitor does.

Playwright's own browsers are not downloaded. Where there is no Chromium, tests that need one say so
and are skipped; with `COLLECTIVE_BOOKING_BROWSER=1`, as in continuous integration, they fail.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REQUIRED: Final = "COLLECTIVE_BOOKING_BROWSER"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--no-sandbox",  # root has none in a container
    "--disable-gpu",
    # Asks nobody but the site.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: Final[dict[str, Any]] = {
    "viewport": {"width": 1100, "height": 800},
    "timezone_id": "Europe/Madrid",
    "locale": "en-GB",
}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 760},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "timezone_id": "America/New_York",
    "locale": "en-US",
}


def chromium() -> str:
    """Where the system's Chromium is."""
    return next(filter(None, map(shutil.which, NAMES)), "")


def missing() -> str:
    """Why there is no browser; empty where there is one."""
    if not chromium():
        return "no Chromium was found: apt-get install chromium"
    try:
        distribution("playwright")
    except PackageNotFoundError:
        return "playwright is not installed: pip install '.[browser]'"
    return ""


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium of one's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield started
        started.close()


def axe() -> str:
    """The accessibility checks of axe-core, as a script."""
    file = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
    return Path(str(file)).read_text("utf-8")


def settled(page: Page) -> Page:
    """*page* once it has loaded, swapped and looked up its zone."""
    page.wait_for_load_state("networkidle")
    return page
