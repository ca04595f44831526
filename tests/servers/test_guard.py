"""What the tests start ends with them, also when nobody is left to end it."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from tests.servers import guard

SERVER: Final = "import time; print('ready', flush=True); time.sleep(3600)"
STARTER: Final = f"""
import subprocess, sys
command = [sys.executable, {guard.__file__!r}, sys.executable, "-c", {SERVER!r}]
subprocess.Popen(command, stdin=subprocess.PIPE).wait()
"""


def test_a_server_ends_with_whoever_started_it() -> None:
    """A run that is killed cleans up nothing, and would leave a server on the machine for ever."""
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"ready\n"
        starter.kill()

        # It ends once the last of them is gone, the server among them.
        assert starter.stdout.read() == b""


def test_a_guard_ends_with_its_server() -> None:
    """Whoever waits for a server that could not start would wait in vain."""
    command = [sys.executable, guard.__file__, sys.executable, "-c", "raise SystemExit(3)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stderr is not None
        told = running.stderr.read()

    assert b"the server has ended" in told
    assert running.returncode == 1
