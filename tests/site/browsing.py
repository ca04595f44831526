"""What visitors with real browsers do again and again: choose a time, fill in the form, send it.

Lives here: those steps, on a page of playwright's.
Must not live here: the browser, what the site ought to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.site.browsers import settled

if TYPE_CHECKING:
    from playwright.sync_api import Page


def fill_in(page: Page, name: str = "Kim Lee", email: str = "kim@example.com") -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)


def choose_first(page: Page, slug: str = "sales-call") -> None:
    page.goto(f"/{slug}")
    settled(page).locator(".start").first.click()


def book_first(page: Page, slug: str = "sales-call", name: str = "Kim Lee") -> None:
    choose_first(page, slug)
    fill_in(page, name)
    page.locator("button.main").click()


def arrived(page: Page, words: str) -> None:
    """Wait for the page that is headed so."""
    page.get_by_role("heading", level=1, name=words, exact=True).wait_for()


def choose_day_in_tokyo(page: Page) -> None:
    """Choose a day, and then read its times on another clock."""
    page.locator("#day-2026-11-30").click()
    page.locator("#chosen", has_text="30").wait_for()
    page.get_by_label("Times are on the clock of").select_option("Asia/Tokyo")
    page.locator("#told", has_text="Asia/Tokyo").wait_for()
