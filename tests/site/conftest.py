"""A site for each test, visitors to it, and a browser where this machine has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.site.running import PASSWORD, Running, running
from tests.site.visitors import Visitor


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
