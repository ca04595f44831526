"""Run a server for as long as somebody needs it, however they end.

Lives here: starting the command line given, and killing it once our own input is closed.
Must not live here: any server; imports that cost time, for this is a process of its own.
"""

from __future__ import annotations

import signal
import subprocess
import sys


def guard(command: list[str]) -> None:
    """Run *command* until the other end of our input is gone, or it ends by itself."""
    signal.signal(signal.SIGCHLD, lambda *_: sys.exit("the server has ended"))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as server:
        try:
            sys.stdin.buffer.read()
        finally:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            server.kill()


if __name__ == "__main__":
    guard(sys.argv[1:])
