"""Servers of the tests start, are told of when they do not, and never outlive the tests."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.servers.processes import HOME, PATIENCE, ServerUnavailableError, running

PROJECT: Final = Path(__file__).parent.parent.parent
ABANDONED: Final = """
import sys, time
sys.path.insert(0, sys.argv[1])
from tests.servers.processes import running
from tests.servers.test_processes import web_server
with running(web_server) as port:
    print(port, flush=True)
    time.sleep(600)
"""


def listens(port: int) -> bool:
    try:
        socket.create_connection((HOME, port), timeout=5).close()
    except OSError:
        return False
    return True


def web_server(port: int) -> list[str]:
    return [sys.executable, "-m", "http.server", "-b", HOME, str(port)]


def test_a_server_is_there_as_long_as_it_is_needed() -> None:
    with running(web_server) as port:
        assert listens(port)

    assert not listens(port)


def test_a_server_is_gone_when_the_tests_are_killed() -> None:
    """Nobody wants to look for what a run of last week has left on the machine."""
    command = [sys.executable, "-c", ABANDONED, str(PROJECT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        port = int(tests.stdout.readline())
        assert listens(port)
        tests.kill()

    deadline = time.monotonic() + PATIENCE
    while listens(port) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not listens(port)


def test_a_server_that_does_not_start_says_why() -> None:
    """Instead of a test that waits, and then fails for another reason."""
    broken = [sys.executable, "-c", "raise SystemExit('no such folder')"]
    with pytest.raises(ServerUnavailableError, match="no such folder"), running(lambda _: broken):
        pass
