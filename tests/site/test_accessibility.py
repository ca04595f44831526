"""Every page for everybody: read aloud, by keyboard, magnified, dark, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.site.browsers import DESKTOP, PHONE, axe, settled
from tests.site.running import PASSWORD, Running
from tests.site.visitors import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]

LOOKS: Final = {
    "desktop": DESKTOP,
    "phone": PHONE,
    "dark": DESKTOP | {"color_scheme": "dark"},
}
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ZOOMS: Final = {"200 %": 550, "400 %": 320}
"""What is left of a window 1,100 and 1,280 wide, at that zoom."""


@pytest.fixture
def places(site: Running) -> dict[str, str]:
    """Every page there is, with something on it."""
    with Visitor(site.address) as kim:
        done = kim.book("sales-call", kim.get("/sales-call").times[0])
        review = kim.get("/architecture-review").times[0]
        paying = kim.book("architecture-review", review)
        refused = kim.book("architecture-review", kim.get("/architecture-review").times[0])
        payer = kim.get(refused.links["Go on to the payment"])
        kim.send(payer, payer.address.partition("/test-")[2], answer="refuse")
        next_start = kim.get("/sales-call").times[0]
    return {
        "front": "/",
        "calendar": "/sales-call",
        "form": f"/sales-call/book?start={next_start}",
        "taken": f"/architecture-review/book?start={review}",
        "booking": done.address,
        "move": f"{done.address}/move",
        "move to": f"{done.address}/move-to?start={next_start}",
        "cancel": f"{done.address}/cancel",
        "pay": paying.address,
        "payer": paying.links["Go on to the payment"],
        "ended": refused.address,
        "problem": "/nowhere",
        "office": "/admin",
        "team": "/admin/sales-call?day=2026-12-02",
    }


def log_in(page: Page) -> None:
    page.goto("/admin/login")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin")


def violations(page: Page) -> list[str]:
    """What axe-core has against *page* as it stands; of what passes it describes the least."""
    page.evaluate(axe())
    how = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = page.evaluate("how => axe.run(how)", how)
    assert len(found["passes"]) > 10, "axe has looked at nothing"
    return [
        f"{each['id']}: {node['html']} {node.get('failureSummary')}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_stands_in_anybodys_way(
    open_browser: Open, places: dict[str, str], look: str
) -> None:
    """Labels, names, landmarks, headings, order, and contrast, on every page as it is drawn."""
    page = open_browser(**LOOKS[look])
    log_in(page)

    for name, place in places.items():
        page.goto(place)
        assert violations(settled(page)) == [], name


def test_a_form_with_mistakes_is_as_readable(open_browser: Open) -> None:
    """The page on which somebody is stuck already."""
    page = open_browser()
    page.goto("/sales-call")
    settled(page).locator(".start").first.click()
    page.get_by_role("button", name="Book it").click()
    page.get_by_role("alert").wait_for()

    assert violations(settled(page)) == []
    page.get_by_role("link", name="Your e-mail address must not be empty.").click()
    assert page.evaluate("document.activeElement.id") == "email"
    assert page.title().startswith("Please look again")


def test_the_door_is_for_everybody(open_browser: Open) -> None:
    page = open_browser()
    page.goto("/admin")
    page.get_by_label("Password").fill("guessed")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()

    assert violations(settled(page)) == []


@pytest.mark.parametrize("zoom", ZOOMS)
def test_magnified_nothing_is_cut_off(
    open_browser: Open, places: dict[str, str], zoom: str
) -> None:
    """Who magnifies must not push each line to and fro; wide tables may be pushed by themselves."""
    page = open_browser(viewport={"width": ZOOMS[zoom], "height": 700})
    log_in(page)

    for name, place in places.items():
        page.goto(place)
        settled(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name


def test_on_a_small_phone_no_table_is_cut_off(open_browser: Open, places: dict[str, str]) -> None:
    """Nobody trusts half a button; only the picture of the week goes on to the right."""
    page = open_browser(**PHONE | {"viewport": {"width": 360, "height": 740}})
    log_in(page)
    page.goto(places["team"])
    settled(page)

    cut = page.locator(".wide:not(.picture)").evaluate_all(
        "tables => tables.map(each => each.scrollWidth - each.clientWidth)"
    )
    assert cut == [0, 0, 0]


def test_what_has_the_focus_can_be_seen(open_browser: Open, places: dict[str, str]) -> None:
    """By an outline of its own, that no colour around it hides."""
    page = open_browser()
    log_in(page)

    for name, place in places.items():
        page.goto(place)
        settled(page)
        for _ in range(page.locator("a[href], button, input:not([type=hidden]), select").count()):
            page.keyboard.press("Tab")
            drawn: dict[str, Any] = page.evaluate(
                "(({outlineStyle, outlineWidth}) => ({outlineStyle, outlineWidth}))"
                "(getComputedStyle(document.activeElement))"
            )
            if page.evaluate("document.activeElement === document.body"):
                break
            assert drawn == {"outlineStyle": "solid", "outlineWidth": "3px"}, name


def test_nothing_moves_for_who_asks_for_rest(open_browser: Open) -> None:
    page = open_browser(reduced_motion="reduce")
    page.goto("/sales-call")
    settled(page)

    lengths = page.evaluate(
        "[...document.querySelectorAll('*')].map(each => getComputedStyle(each).transitionDuration)"
    )
    assert set(lengths) == {"0s"}


@pytest.mark.parametrize("look", ["phone"])
def test_a_finger_hits_what_it_means(open_browser: Open, look: str) -> None:
    """Each day and each time is at least 44 by 44, as a fingertip is."""
    page = open_browser(**LOOKS[look])
    page.goto("/sales-call")
    settled(page)

    boxes = [each.bounding_box() for each in page.locator("a.day, a.start, button").all()]
    assert boxes
    assert all(box and min(box["width"], box["height"]) >= 44 for box in boxes)
