"""The back button: each page as its address says, and nothing that is sent or asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from tests.site.browsers import settled
from tests.site.browsing import arrived, book_first, choose_day_in_tokyo, choose_first, fill_in
from tests.site.running import Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]


def test_without_scripts_going_back_finds_each_page_on_the_clock_in_its_address(
    open_browser: Open,
) -> None:
    """A page that says Tokyo under an address of Madrid shows times nobody asked for."""
    page = open_browser(java_script_enabled=False)
    page.goto("/sales-call?zone=Europe/London")
    for zone in ("Europe/Madrid", "Asia/Tokyo"):
        page.get_by_label("Times are on the clock of").select_option(zone)
        page.get_by_role("button", name="Show").click()
        page.locator("#told", has_text=zone).wait_for()

    for zone in ("Europe/Madrid", "Europe/London"):
        page.go_back()
        page.locator("#told", has_text=zone).wait_for()
        assert unquote(page.url).endswith(f"zone={zone}")
        assert page.get_by_label("Times are on the clock of").input_value() == zone


def test_going_back_finds_each_day_on_the_clock_in_its_address(open_browser: Open) -> None:
    """With htmx another zone is the same page on another clock, and no page to go back through."""
    page = open_browser()
    page.goto("/sales-call?zone=Europe/London")
    settled(page)
    for zone, day in (("Europe/Madrid", "30"), ("Asia/Tokyo", "27")):
        page.get_by_label("Times are on the clock of").select_option(zone)
        page.locator("#told", has_text=zone).wait_for()
        page.locator(f"#day-2026-11-{day}").click()
        page.locator("#chosen", has_text=day).wait_for()

    for zone, day in (("Asia/Tokyo", "30"), ("Europe/Madrid", "23")):
        page.go_back()
        page.locator("#chosen", has_text=day).wait_for()
        assert zone in page.locator("#told").inner_text()
        assert f"zone={zone}" in unquote(page.url)
        assert page.get_by_label("Times are on the clock of").input_value() == zone


def test_the_browser_s_own_zone_is_in_the_address_from_the_first_page_on(
    open_browser: Open,
) -> None:
    """Also where it is the calendar's: or else going back to that page would find another."""
    page = open_browser(timezone_id="Europe/London")
    page.goto("/sales-call")
    page.wait_for_url("**zone=*")
    settled(page)
    choose_day_in_tokyo(page)

    page.go_back()

    page.locator("#told", has_text="Europe/London").wait_for()
    assert page.get_by_label("Times are on the clock of").input_value() == "Europe/London"


def test_back_and_once_more_books_nothing_anew(site: Running, open_browser: Open) -> None:
    """The most natural of double clicks: was that it? Back, and press again."""
    page = open_browser()
    book_first(page)
    arrived(page, "You are booked")

    page.go_back()
    arrived(page, "You have sent this form already")
    page.get_by_role("link", name="See what became of it").click()

    arrived(page, "You are booked")
    assert len(site.booked()) == 1


def test_back_after_a_mistake_asks_for_nothing_to_be_sent_again(
    site: Running, open_browser: Open
) -> None:
    """A browser that wants to "resubmit the form" frightens whoever has just booked."""
    page, other = open_browser(), open_browser(timezone_id="Asia/Tokyo")
    choose_first(page)
    fill_in(page, email="kim")
    page.locator("button.main").click()  # no address
    page.get_by_role("alert").wait_for()
    book_first(other)
    fill_in(page)
    page.locator("button.main").click()  # too late
    page.get_by_role("radio").first.check()
    page.locator("button.main").click()
    arrived(page, "You are booked")

    page.go_back()

    arrived(page, "You have sent this form already")
    page.get_by_role("link", name="See what became of it").click()
    arrived(page, "You are booked")
    assert len(site.booked()) == 2


def test_back_after_a_move_shows_where_it_is(open_browser: Open) -> None:
    """Not whether to move it from where it is to where it is."""
    page = open_browser()
    book_first(page)
    page.get_by_role("link", name="Move it").click()
    settled(page).locator(".start").last.click()
    page.get_by_role("button", name="Move it").click()
    arrived(page, "Your booking has moved")

    page.go_back()

    arrived(page, "Your booking has moved")
