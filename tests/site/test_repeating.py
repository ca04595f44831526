"""A form with a mistake in it: nothing that was typed is lost, and nobody is sent to it twice."""

from __future__ import annotations

from collections.abc import Callable

from tests.site.running import Running
from tests.site.visitors import Page, Visitor


def a_form(visitor: Visitor) -> Page:
    return visitor.get(f"/sales-call/book?start={visitor.get('/sales-call').times[0]}")


def mistaken(visitor: Visitor, form: Page, **filled: str) -> Page:
    typed = {"name": "Kim Lee", "email": "kim", "notes": "Bring\nfigures"} | filled
    return visitor.send(form, "/book", **typed)


def test_a_mistake_is_told_at_the_address_of_the_form(kim: Visitor) -> None:
    """An answer to a POST cannot be gone back to; with its status, for who sends without a page."""
    form = a_form(kim)

    again = mistaken(kim, form)

    assert [step.status_code for step in again.answer.history] == [303]
    assert (again.address, again.status) == (form.address, 422)
    assert again.form("/book").fields["notes"] == "Bring\nfigures"


def test_what_was_typed_is_in_no_address_and_goes_to_that_form_alone(kim: Visitor) -> None:
    """Addresses are logged and sent on; a cookie for all pages would travel with each of them."""
    again = mistaken(kim, a_form(kim))

    (told,) = (cookie for cookie in again.answer.history[0].headers.get_list("set-cookie"))
    assert "Kim" not in again.address
    assert "HttpOnly; Max-Age=600; Path=/sales-call/book; SameSite=lax" in told


def test_a_form_that_is_corrected_is_forgotten(site: Running, kim: Visitor) -> None:
    """Its address leads to what it booked; who comes next to this machine finds no name."""
    form = a_form(kim)
    done = kim.send(mistaken(kim, form), "/book", email="kim@example.com")

    assert "typed" not in kim.http.cookies
    assert done.address.endswith(kim.get(form.address).links["See what became of it"])
    assert site.booked()[0].notes == "Bring\nfigures"


def test_another_form_begins_empty(kim: Visitor) -> None:
    mistaken(kim, a_form(kim))

    assert a_form(kim).form("/book").fields["name"] == ""


def test_what_was_typed_is_shown_to_the_browser_that_typed_it(
    visit: Callable[[], Visitor],
) -> None:
    """The cookie of one, at the same address in another's browser, is a forgery like any other."""
    kim, lou = visit(), visit()
    form = a_form(kim)
    mistaken(kim, form)
    lou.get("/")
    typed = kim.http.cookies["typed"]

    for forged in (typed, "A" + typed, typed.partition(".")[0], "."):
        lou.http.cookies.set("typed", forged)
        page = lou.get(form.address)
        assert (page.status, page.form("/book").fields["name"]) == (200, "")


def test_notes_that_no_cookie_holds_are_kept_all_the_same(site: Running, kim: Visitor) -> None:
    """They are in the answer itself then: better an awkward way back than a letter lost."""
    notes = "".join(chr(0x4E00 + place % 5_000) for place in range(8_000))

    again = mistaken(kim, a_form(kim), notes=notes)

    assert (again.status, again.answer.history) == (422, [])
    assert again.form("/book").fields["notes"] == notes
    kim.send(again, "/book", email="kim@example.com")
    assert site.booked()[0].notes == notes


def test_a_time_that_was_gone_and_is_free_again_can_be_booked(
    site: Running, visit: Callable[[], Visitor]
) -> None:
    """Whether it can is asked anew each time that the page is shown."""
    kim, lou = visit(), visit()
    form = a_form(lou)
    done = kim.book("sales-call", form.form("/book").fields["start"])
    refused = lou.send(form, "/book", name="Lou Ray", email="lou@example.com")
    kim.send(kim.get(done.links["Cancel it"]), "/cancel")

    again = lou.get(refused.address)

    assert (refused.status, again.status) == (409, 200)
    assert again.form("/book").fields["name"] == "Lou Ray"
    assert "You are booked" in lou.send(again, "/book").text


def test_what_cannot_be_done_is_told_on_a_page_of_its_own(
    site: Running, visit: Callable[[], Visitor]
) -> None:
    """Back from there, or over it, sends nothing again; its ways on are of this site alone."""
    kim, mallory = visit(), visit()
    page = kim.book("sales-call", kim.get("/sales-call").times[0])
    asked = kim.get(page.links["Cancel it"])
    kim.send(asked, "/cancel")

    again = kim.send(asked, "/cancel")

    assert [step.status_code for step in again.answer.history] == [303]
    assert again.status == 409
    assert page.address.endswith(again.links["Your booking"])
    for at in ("https://example.com/", "//example.com", "/booking/forged", "/booking/", "\0"):
        forged = mallory.http.get("/problem/StaleVersionError", params={"at": at})
        assert forged.status_code == 409
        assert "example.com" not in forged.text
        assert "Your booking" not in forged.text
    assert mallory.get("/problem/Anything").status == 404
