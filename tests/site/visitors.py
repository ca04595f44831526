"""A visitor with a plain browser: links, forms and cookies, no scripts.

Lives here: `Visitor`, and reading pages as far as a visitor without scripts can.
Must not live here: what the site ought to answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final, Self
from urllib.parse import urljoin

import httpx

_VOID: Final = {"input", "meta", "link", "img", "br", "hr", "wbr"}


@dataclass
class Form:
    """A form of a page: where it goes, how, and what stands in it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self._link: str | None = None
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "a":
            self._link = given["href"]
        elif self.forms and "name" in given and _is_sent(tag, given):
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag, f"</{tag}> closes nothing"
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._link and data.strip():
            self.links.setdefault(data.strip(), self._link)
        if self._open and self._open[-1] == "textarea":
            self.forms[-1].fields["notes"] = data


def _is_sent(tag: str, given: dict[str, str]) -> bool:
    chosen = given.get("type") != "radio" or "checked" in given
    return tag in {"input", "textarea"} and chosen


class Page:
    """A page as it came: its status, text, links by their words, forms and tags."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.address = str(answer.url)
        reader = _Reader()
        reader.feed(answer.text)
        reader.close()
        self.forms, self.links, self.tags = reader.forms, reader.links, reader.tags
        self.text = " ".join("".join(reader.text).split())

    def form(self, action: str) -> Form:
        """The form whose action ends in *action*."""
        return next(form for form in self.forms if form.action.partition("?")[0].endswith(action))

    @property
    def times(self) -> list[str]:
        """The starts that can be chosen, as their addresses carry them."""
        starts = [given for tag, given in self.tags if given.get("class") == "start"]
        return [given["href"].partition("start=")[2] for given in starts]

    @property
    def others(self) -> list[str]:
        """The starts that a form offers in the place of one that is gone; none is chosen."""
        return [given["value"] for _, given in self.tags if given.get("type") == "radio"]


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, place: str, **headers: str) -> Page:
        """The page at *place*, whatever its status."""
        return Page(self.http.get(place, headers=headers))

    def send(self, page: Page, action: str, **filled: Any) -> Page:
        """Send the form of *page* that goes to *action*, with what is *filled* in."""
        form = page.form(action)
        unknown = filled.keys() - form.fields.keys() - {"answer", "member", "start"}
        assert not unknown, f"the form has no {unknown}"
        place = urljoin(page.address, form.action)
        return Page(self.http.post(place, data=form.fields | filled))

    def book(self, slug: str, start: str, **filled: str) -> Page:
        """Fill in the form for *start* and send it."""
        entered = {"name": "Kim Lee", "email": "kim@example.com"} | filled
        return self.send(self.get(f"/{slug}/book?start={start}"), "/book", **entered)

    def log_in(self, password: str) -> Page:
        """Give a password at the door of the team's pages."""
        return self.send(self.get("/admin/login"), "/login", password=password)
