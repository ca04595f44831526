"""A server as a process of its own, on a free port, and gone with whoever started it.

Lives here: starting one, waiting until it takes connections, and ending it, however the tests end.
Must not live here: any particular server; pytest.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

HOME: Final = "127.0.0.1"
PATIENCE: Final = 60.0  # seconds; most start in one, on a busy machine in more
_PORTS_TRIED: Final = 3


class ServerUnavailableError(RuntimeError):
    """A server that the tests need did not start; the message ends with what it said."""


@contextmanager
def running(command: Callable[[int], Sequence[str]]) -> Iterator[int]:
    """Run the *command* for a port, and give that port once somebody listens there.

    It ends with the block, and also when this process ends without leaving it.
    """
    with tempfile.TemporaryFile() as log:
        for _ in range(_PORTS_TRIED):
            port = free_port()
            # A session of its own, because Ctrl-C is meant for the tests; and a pipe to it that
            # the system closes whatever happens to this process.
            process = subprocess.Popen(
                [sys.executable, str(Path(__file__)), *command(port)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                if _is_up(process, port):
                    yield port
                    return
            finally:
                assert process.stdin is not None
                process.stdin.close()
                process.wait(PATIENCE)
        log.seek(0)
        said = log.read()[-2000:].decode("utf-8", "replace")
        raise ServerUnavailableError(f"{' '.join(command(0))} did not start.\n{said}")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server((HOME, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether it takes connections, before it ends or patience does."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOME, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process.poll() is None  # else somebody else listens there
    return False


def guard(command: Sequence[str]) -> int:
    """Run *command* until it ends, or until the other end of our standard input is closed."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def wait_for_the_end() -> None:
        os.read(sys.stdin.fileno(), 1)  # nothing ever comes: this is the end of it
        child.kill()

    Thread(target=wait_for_the_end, daemon=True).start()
    return child.wait()


if __name__ == "__main__":
    sys.exit(guard(sys.argv[1:]))
