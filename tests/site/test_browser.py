"""Visitors with real browsers, on desks and phones, by mouse, touch and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.browsers import PHONE, settled
from tests.site.browsing import (
    arrived,
    book_first,
    choose_day_in_tokyo,
    choose_first,
    fill_in,
)
from tests.site.running import PASSWORD, Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]
DEVICES = pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])


@DEVICES
def test_a_visitor_books(site: Running, open_browser: Open, device: dict[str, Any]) -> None:
    """From the front page to the file for one's own calendar."""
    page = open_browser(**device)
    page.goto("/")
    page.get_by_role("link", name="Sales call").click()
    settled(page).locator(".start").nth(1).click()
    fill_in(page)
    page.get_by_role("button", name="Book it").click()

    arrived(page, "You are booked")
    (appointment,) = site.booked()
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to my calendar").click()
    assert appointment.uid in download.value.path().read_text("utf-8").replace("\n ", "")


def test_the_browser_knows_its_zone(site: Running, open_browser: Open) -> None:
    """Nobody should have to reckon: 14:00 in London is 15:00 in Madrid and 23:00 in Tokyo."""
    for zone, shown in (("Europe/Madrid", "15:00"), ("Asia/Tokyo", "23:00")):
        page = open_browser(timezone_id=zone)
        page.goto("/sales-call")

        page.wait_for_url("**zone=*")
        settled(page)
        assert page.get_by_label("Times are on the clock of").input_value() == zone
        assert page.locator(".start").first.inner_text() == shown


def test_a_form_that_is_opened_by_a_link_is_on_the_visitors_clock_too(
    open_browser: Open, site: Running
) -> None:
    """A colleague sends the address of one time; who opens it has seen no other page before."""
    page = open_browser(timezone_id="Asia/Tokyo")
    page.goto("/sales-call/book?start=2026-11-30T14:00:00Z")

    page.wait_for_url("**zone=*")
    assert "23:00 to 23:30 (Asia/Tokyo" in page.locator("main").inner_text()


def test_a_zone_that_the_site_does_not_know_is_asked_for_once(open_browser: Open) -> None:
    """A browser with a newer map than the server's must not load the page for ever."""
    page = open_browser()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.add_init_script(
        "Intl.DateTimeFormat.prototype.resolvedOptions = () => ({timeZone: 'Mars/Olympus'})"
    )
    page.goto("/sales-call")
    page.wait_for_url("**zone=*")

    settled(page)
    assert len(loads) == 2
    assert page.get_by_label("Times are on the clock of").input_value() == "Europe/London"


def test_another_zone_is_a_choice_away_and_is_remembered(open_browser: Open) -> None:
    """Who plans for a journey wants to see times there, on the next page too."""
    page = open_browser()
    page.goto("/sales-call")
    page.wait_for_url("**zone=*")
    settled(page)

    choose_day_in_tokyo(page)
    day = page.locator("#chosen").inner_text()
    page.locator(".start").first.click()

    page.wait_for_url("**/book?zone=Asia/Tokyo&start=*")
    assert day == "Monday 30 November"
    assert "23:00 to 23:30 (Asia/Tokyo, UTC+09:00)" in page.locator("main").inner_text()


def test_a_day_is_swapped_and_told_and_going_back_comes_back(open_browser: Open) -> None:
    """htmx swaps a part: focus stays, screen readers hear of it, and history works."""
    page = open_browser()
    page.goto("/sales-call")
    page.wait_for_url("**zone=*")
    settled(page)
    page.evaluate("window.kept = true")

    page.locator("#day-2026-11-30").focus()
    page.keyboard.press("Enter")
    page.locator("#chosen", has_text="30").wait_for()

    assert page.evaluate("window.kept")
    assert page.evaluate("document.activeElement.id") == "day-2026-11-30"
    page.locator("#told", has_text="8 times on Monday 30 November").wait_for()
    assert page.url.endswith("day=2026-11-30")
    page.go_back()
    page.locator("#chosen", has_text="23").wait_for()
    arrived(page, "Sales call")


@DEVICES
def test_without_scripts_all_of_it_works(
    site: Running, open_browser: Open, device: dict[str, Any]
) -> None:
    """Scripts are blocked, or fail to load; then the calendar's clock, and plain forms."""
    page = open_browser(java_script_enabled=False, **device)
    page.goto("/sales-call")
    assert page.get_by_label("Times are on the clock of").input_value() == "Europe/London"
    page.get_by_label("Times are on the clock of").select_option("Europe/Madrid")
    page.get_by_role("button", name="Show").click()
    page.locator("#day-2026-11-30").click()
    assert page.locator(".start").first.inner_text() == "15:00"
    page.locator(".start").first.click()
    fill_in(page)
    page.get_by_role("button", name="Book it").click()

    arrived(page, "You are booked")
    assert len(site.booked()) == 1


def test_a_booking_is_made_with_the_keyboard_alone(site: Running, open_browser: Open) -> None:
    """Some have no mouse, and some no hand for one; where one is must be seen at every step."""
    page = open_browser()
    page.goto("/sales-call")
    page.wait_for_url("**zone=*")
    settled(page)

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            if page.evaluate("each => document.activeElement.matches(each)", selector):
                return
        pytest.fail(f"no Tab leads to {selector}")

    tab_to("#day-2026-11-30")
    page.keyboard.press("Enter")
    page.locator("#chosen", has_text="30").wait_for()
    tab_to(".start")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book?**start=*")
    for selector, typed in (("#name", "Kim Lee"), ("#email", "kim@example.com")):
        tab_to(selector)
        page.keyboard.type(typed)
    tab_to("button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/booking/*")

    arrived(page, "You are booked")
    assert site.booked()[0].contact.name == "Kim Lee"


def test_of_two_browsers_that_want_one_time_one_gets_it(site: Running, open_browser: Open) -> None:
    """Both saw it, both press at once; one reads why and has another time a press away (P44)."""
    pages = [open_browser(), open_browser(**PHONE)]
    for page, name in zip(pages, ("Kim Lee", "Lou Ray"), strict=True):
        choose_first(page)
        fill_in(page, name)

    # Both are on their way before either is answered: nothing waits for a page in between.
    for page in pages:
        page.evaluate("setTimeout(() => document.querySelector('button.main').click())")
    for page in pages:
        page.locator(".alert, .badge").first.wait_for()

    (appointment,) = site.booked()
    won = [page.locator(".badge").count() == 1 for page in pages]
    assert sorted(won) == [False, True]
    lost = pages[won.index(False)]
    assert "This time is not available." in lost.get_by_role("alert").inner_text()
    assert appointment.contact.name == ("Kim Lee", "Lou Ray")[won.index(True)]
    lost.get_by_role("radio").first.check()
    lost.get_by_role("button", name="Book it").click()
    arrived(lost, "You are booked")
    assert len(site.booked()) == 2


def test_who_pays_is_booked(site: Running, open_browser: Open) -> None:
    page = open_browser(**PHONE)
    book_first(page, "architecture-review")
    page.get_by_role("link", name="Go on to the payment").click()
    page.get_by_role("button", name="Pay 90.00 EUR").click()

    arrived(page, "You are booked")
    assert "90.00 EUR" in page.locator("main").inner_text()
    assert site.gateway.charged(site.booked()[0].id) == 9000


def test_whose_payment_is_refused_reads_so(site: Running, open_browser: Open) -> None:
    page = open_browser()
    book_first(page, "architecture-review")
    page.get_by_role("link", name="Go on to the payment").click()
    page.get_by_role("button", name="Let it be refused").click()

    arrived(page, "It is not booked")
    page.get_by_role("link", name="Choose another time").click()
    page.locator(".start").first.wait_for()
    assert site.booked() == []


def test_who_pays_too_late_reads_so(site: Running, open_browser: Open) -> None:
    """Somebody else has the time: nothing is charged, and the sentence says it (P45)."""
    late, other = open_browser(), open_browser()
    book_first(late, "architecture-review")
    late.get_by_role("link", name="Go on to the payment").click()
    arrived(late, "Test payment service")
    site.clock.advance(timedelta(minutes=11))
    book_first(other, "architecture-review", "Lou Ray")
    other.get_by_role("link", name="Go on to the payment").click()
    other.get_by_role("button", name="Pay 90.00 EUR").click()
    arrived(other, "You are booked")

    late.get_by_role("button", name="Pay 90.00 EUR").click()

    arrived(late, "It is not booked")
    assert "Nothing was charged" in late.get_by_role("alert").inner_text()
    assert [each.contact.name for each in site.booked()] == ["Lou Ray"]


@DEVICES
def test_a_booking_is_moved_and_cancelled(
    site: Running, open_browser: Open, device: dict[str, Any]
) -> None:
    page = open_browser(**device)
    book_first(page)
    page.get_by_role("link", name="Move it").click()
    settled(page).locator("#day-2026-12-03").click()
    page.locator("#chosen", has_text="3 December").wait_for()
    page.locator(".start").first.click()
    page.get_by_role("button", name="Move it").click()
    arrived(page, "Your booking has moved")
    assert "Thursday 3 December 2026" in page.locator("main").inner_text()

    page.get_by_role("link", name="Cancel it").click()
    page.get_by_role("button", name="Cancel it").click()

    arrived(page, "Your booking is cancelled")
    assert [str(each.status) for each in site.booked()] == ["cancelled"]


def test_the_team_makes_an_owner_and_sees_why_a_day_is_empty(
    site: Running, open_browser: Open
) -> None:
    page = open_browser()
    page.goto("/admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=re.compile("Sales call")).click()
    page.get_by_role("button", name=re.compile("Make owner.*Grace")).click()
    page.get_by_role("row", name=re.compile("Grace .* owner")).wait_for()
    page.get_by_label("Another day").fill("2026-12-02")
    page.get_by_role("button", name="Look").click()

    page.get_by_role("heading", name="Wednesday 2 December: no times").wait_for()
    text = page.locator("main").inner_text()
    assert site.service.calendar("sales-call").calendar.owner == "grace"
    assert "Wednesday 2 December: no times" in text
    assert "Without Ben, 8 more times" in text
    assert settled(page).evaluate("document.querySelector('.picture img').naturalWidth") > 0
