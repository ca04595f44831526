"""The page of times in a real browser: its list of zones, its weeks, and what fails to load."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from collective_booking import BookingService
from tests.site.browsers import PHONE, settled
from tests.site.running import Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]
CLOCK = "Times are on the clock of"


def at_times(page: Page, place: str = "/sales-call?zone=Europe/Madrid") -> Page:
    page.goto(place)
    return settled(page)


def on_the_clock_of(page: Page, zone: str) -> None:
    """Wait until *page* says that it is."""
    page.locator("#told", has_text=f"on the clock of {zone}.").wait_for(state="attached")


def focused(page: Page) -> str:
    told: str = page.evaluate("document.activeElement.id")
    return told


# --- whose clock ---------------------------------------------------------------------------------


def test_a_zone_is_found_by_typing_its_name(open_browser: Open) -> None:
    """The first letter is one of Abidjan; who types on must get where they were going."""
    page = at_times(open_browser())
    entries = page.evaluate("history.length")
    page.locator("#zone").focus()

    page.keyboard.type("Asia/Tok", delay=60)

    on_the_clock_of(page, "Asia/Tokyo")
    assert page.get_by_label(CLOCK).input_value() == "Asia/Tokyo"
    assert focused(page) == "zone"
    assert "zone=Asia/Tokyo" in unquote(page.url)
    assert page.evaluate("history.length") == entries


def test_a_zone_is_found_by_the_arrow_keys(open_browser: Open) -> None:
    """Each step would be a page to load and to go back through."""
    page = at_times(open_browser())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#zone").focus()

    for _ in range(4):
        page.keyboard.press("ArrowDown", delay=20)

    chosen = page.get_by_label(CLOCK).input_value()
    assert chosen != "Europe/Madrid"
    on_the_clock_of(page, chosen)
    assert focused(page) == "zone"
    assert len(asked) < 4


def test_what_is_typed_slowly_is_not_lost_either(open_browser: Open) -> None:
    """The times of each stop on the way come and go beneath, and the list stays."""
    page = at_times(open_browser())
    page.locator("#zone").focus()
    page.keyboard.press("ArrowDown")
    on_the_clock_of(page, page.get_by_label(CLOCK).input_value())

    page.keyboard.press("ArrowUp")

    on_the_clock_of(page, "Europe/Madrid")
    assert focused(page) == "zone"


@pytest.mark.parametrize("device", [{}, PHONE], ids=["mouse", "touch"])
def test_a_zone_is_chosen_by_pointing(open_browser: Open, device: dict[str, Any]) -> None:
    page = at_times(open_browser(**device))
    page.locator("#day-2026-11-30").click()
    page.locator("#chosen", has_text="30").wait_for()

    page.get_by_label(CLOCK).select_option("Asia/Tokyo")

    on_the_clock_of(page, "Asia/Tokyo")
    assert page.locator("#chosen").inner_text() == "Monday 30 November"
    asked = {"zone=Asia/Tokyo", "first=2026-11-23", "day=2026-11-30"}
    assert set(unquote(page.url).partition("?")[2].split("&")) == asked


def test_a_day_that_is_taken_at_once_is_on_the_clock_just_chosen(open_browser: Open) -> None:
    """The links on the page are still those of the zone before."""
    page = at_times(open_browser())
    page.get_by_label(CLOCK).select_option("Asia/Tokyo")
    page.locator("#day-2026-11-30").click()

    page.locator("#chosen", has_text="30").wait_for()
    on_the_clock_of(page, "Asia/Tokyo")

    settled(page)
    assert page.get_by_label(CLOCK).input_value() == "Asia/Tokyo"
    assert page.locator("#chosen").inner_text() == "Monday 30 November"
    assert page.locator(".start").first.get_attribute("href") == (
        "/sales-call/book?zone=Asia/Tokyo&start=2026-11-30T14:00:00Z"
    )


# --- four weeks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "place"),
    [("later", "/sales-call?zone=Europe/London"), ("earlier", "/sales-call?first=2026-12-07")],
)
def test_who_turns_to_the_last_weeks_stays_where_they_were(
    open_browser: Open, turn: str, place: str
) -> None:
    """A link that vanishes under one's finger takes the keyboard back to the top of the page."""
    page = at_times(open_browser(timezone_id="Europe/London"), place)
    before = page.locator("#days").inner_text()
    for _ in range(9):
        if page.locator(f"#{turn}").get_attribute("aria-disabled"):
            break
        page.locator(f"#{turn}").focus()
        page.keyboard.press("Enter")
        page.locator("#days").filter(has_not_text=before).wait_for()
        before = page.locator("#days").inner_text()

    assert page.locator(f"#{turn}").get_attribute("aria-disabled") == "true"
    assert focused(page) == turn
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


# --- what fails ----------------------------------------------------------------------------------


def test_a_page_that_cannot_be_loaded_says_so(open_browser: Open, tolerated: list[str]) -> None:
    """In a tunnel a day does nothing when it is pressed, and nobody knows why."""
    tolerated += ["ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"]
    page = at_times(open_browser())
    page.context.set_offline(True)
    page.locator("#day-2026-11-30").click()

    told = page.get_by_role("alert")
    told.filter(has_text="This could not be loaded.").wait_for()
    page.context.set_offline(False)
    told.get_by_role("link", name="Try again").click()

    page.locator("#chosen", has_text="30").wait_for()
    assert page.get_by_role("alert").inner_text() == ""


def test_a_failure_of_the_site_is_told_until_something_else_succeeds(
    site: Running, open_browser: Open, tolerated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tolerated += ["the server responded with a status of 500", "Response Status Error Code 500"]
    page = at_times(open_browser())
    with monkeypatch.context() as patch:
        patch.setattr(BookingService, "offers", lambda *_, **__: 1 / 0)
        page.locator("#later").click()
        page.get_by_role("alert").filter(has_text="This could not be loaded.").wait_for()

    page.locator("#day-2026-11-30").click()

    page.locator("#chosen", has_text="30").wait_for()
    assert page.get_by_role("alert").inner_text() == ""


def test_going_back_to_what_cannot_be_loaded_leaves_it_to_the_browser(
    open_browser: Open, tolerated: list[str]
) -> None:
    """Else nothing moves, and the address is that of a page which is not shown."""
    tolerated += ["the server responded with a status of 503", "htmx:historyCacheMissLoadError"]
    page = at_times(open_browser())
    page.locator("#day-2026-11-30").click()
    page.locator("#chosen", has_text="30").wait_for()

    page.route("**/sales-call**", lambda route: route.fulfill(status=503, body="Not now"))
    page.go_back()

    page.get_by_text("Not now").wait_for()
