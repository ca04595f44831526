"""`python -m docs.make_screenshots`: the pictures of the booking site, drawn anew.

They need a Chromium and the extras `test` and `browser`. The site runs under a clock that stands,
so that the pictures change only when the site does.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.site.browsers import DESKTOP, PHONE, browser, settled
from tests.site.running import PASSWORD, Running, running
from tests.site.visitors import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOCS: Final = Path(__file__).parent
DARK: Final = PHONE | {"color_scheme": "dark", "device_scale_factor": 1.5}


def draw(chrome: Browser, into: Path) -> None:
    """Draw all of them."""
    with TemporaryDirectory() as folder, running(Path(folder)) as site:
        _somebody_books(site)
        pages = {
            "desktop": _open(chrome, site, "/sales-call?day=2026-11-30"),
            "phone": _open(chrome, site, "/architecture-review?day=2026-12-03", dark=True),
            "admin": _team(chrome, site),
        }
        for name, page in pages.items():
            page.screenshot(path=into / f"site-{name}.png", full_page=True)


def _somebody_books(site: Running) -> None:
    with Visitor(site.address) as visitor:
        for slug, day, name in (
            ("sales-call", "2026-12-01", "Kim Lee"),
            ("architecture-review", "2026-12-03", "Lou Ray"),
        ):
            visitor.book(slug, visitor.get(f"/{slug}?day={day}").times[0], name=name)


def _open(chrome: Browser, site: Running, place: str, *, dark: bool = False) -> Page:
    page = chrome.new_page(base_url=site.address, **(DARK if dark else DESKTOP))
    page.goto(place)
    page.wait_for_url("**zone=*")
    return settled(page)


def _team(chrome: Browser, site: Running) -> Page:
    page = chrome.new_page(base_url=site.address, **DESKTOP)
    page.goto("/admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/admin/sales-call?day=2026-12-02")
    return settled(page)


if __name__ == "__main__":
    with browser() as started:
        draw(started, DOCS)
