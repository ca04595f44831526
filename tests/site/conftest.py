"""A site for each test, visitors to it, and a browser where this machine has one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.browsers import DESKTOP, REQUIRED, browser, missing
from tests.site.running import PASSWORD, Running, running
from tests.site.visitors import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "site") as started:
        yield started


@pytest.fixture
def visit(site: Running) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors, each with a browser of their own."""
    with ExitStack() as visitors:
        yield lambda: visitors.enter_context(Visitor(site.address))


@pytest.fixture
def kim(visit: Callable[[], Visitor]) -> Visitor:
    return visit()


@pytest.fixture
def team(visit: Callable[[], Visitor]) -> Visitor:
    """Somebody who knows the password."""
    somebody = visit()
    somebody.log_in(PASSWORD)
    return somebody


# --- browsers ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """A module's browser; without one, its tests are skipped, or fail where it has to be there.

    Not the whole run's: while playwright is there an event loop runs in this thread, and tests of
    other modules want to run their own.
    """
    if (why := missing()) and os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} says that a browser must be here: {why}")
    if why:
        pytest.skip(why)
    with browser() as started:
        yield started


@pytest.fixture
def tolerated() -> list[str]:
    """What a browser may complain of: a refused form is an answer, which it notes as well."""
    return ["the server responded with a status of 4"]


@pytest.fixture
def open_browser(
    chrome: Browser, site: Running, tolerated: list[str]
) -> Iterator[Callable[..., Page]]:
    """Opens pages of visitors, each with cookies of their own; nothing may go wrong in any."""
    complaints: list[str] = []
    with ExitStack() as contexts:

        def page(**about: Any) -> Page:
            context = chrome.new_context(base_url=site.address, **(DESKTOP | about))
            contexts.callback(context.close)
            opened = context.new_page()
            opened.on("console", lambda told: complaints.append(f"{told.type}: {told.text}"))
            opened.on("pageerror", lambda error: complaints.append(str(error)))
            return opened

        yield page
    assert not [told for told in complaints if not any(each in told for each in tolerated)]
