"""A visitor's zone: remembered, in the addresses of pages, and on the way into the booking."""

from __future__ import annotations

import pytest

from tests.site.running import Running
from tests.site.visitors import Visitor


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York", "Asia/Kolkata"])
def test_a_visitors_zone_changes_the_clock_and_no_time(kim: Visitor, zone: str) -> None:
    """The same instants, written otherwise (P24): who travels must not be offered other times."""

    def instants() -> set[str]:
        sheet = kim.get("/sales-call?first=2026-11-30")
        days = [given["href"] for _, given in sheet.tags if given.get("class") == "day"]
        return {time for day in days[1:6] for time in kim.get(day).times}

    at_home = instants()
    there = kim.get(f"/sales-call?zone={zone}")

    assert f"on the clock of {zone}" in there.text
    assert instants() == at_home


def test_an_address_without_a_zone_leads_to_one_that_says_whose_clock_it_is(kim: Visitor) -> None:
    """The choice is remembered; which one a page is on can be read, sent on and gone back to."""
    kim.get("/sales-call?zone=Asia/Tokyo")

    page = kim.get("/sales-call?day=2026-11-30")

    assert page.address.endswith("/sales-call?zone=Asia/Tokyo&day=2026-11-30")
    assert "on the clock of Asia/Tokyo" in page.text
    wrong = kim.get("/sales-call?zone=Mars/Olympus")
    assert wrong.address.endswith("/sales-call?zone=Asia/Tokyo")


@pytest.mark.parametrize("asked", ["place=x", "request=x&self=y", "zone=UTC&zone=CET", "%FF=%00"])
def test_whatever_else_an_address_says_leads_to_a_page(kim: Visitor, asked: str) -> None:
    """Newsletters add words of their own to every link, and scanners all that they know."""
    kim.get("/sales-call?zone=Asia/Tokyo")
    time = kim.get("/sales-call").times[0]

    for place in (f"/sales-call?{asked}", f"/sales-call/book?start={time}&{asked}"):
        assert kim.get(place).status == 200


def test_who_books_is_written_to_on_the_clock_that_they_chose(site: Running, kim: Visitor) -> None:
    """The page said 23:00, and so must the mail; of who has chosen none, nothing is made up."""
    time, *_, other = kim.get("/sales-call?day=2026-11-30").times
    kim.book("sales-call", other)
    kim.get("/sales-call?zone=Asia/Tokyo")
    kim.book("sales-call", time)

    zones = {each.start: each.contact.timezone for each in site.booked()}
    assert [zones[start] for start in sorted(zones)] == ["Asia/Tokyo", None]


def test_a_zone_that_is_none_leaves_the_calendars(kim: Visitor) -> None:
    """Browsers report what they like; nobody should see an error for it."""
    page = kim.get("/sales-call?zone=Mars/Olympus")

    assert page.status == 200
    assert "on the clock of Europe/London" in page.text


def test_each_zone_is_in_the_list_once_and_the_visitors_is_chosen(kim: Visitor) -> None:
    """One that stood at the top as well would make the arrow keys jump."""
    text = kim.get("/sales-call?zone=UTC").answer.text

    options = [each.partition("</option>")[0] for each in text.split("<option")[1:]]
    assert [each for each in options if "UTC" in each] == [" selected>UTC"]
    assert len([each for each in options if "selected" in each]) == 1
