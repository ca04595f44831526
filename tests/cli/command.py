"""Running the command as people do: words in, an exit code and what they read out.

Lives here: `Told` and the two ways to get one, in this process and in one of its own.
Must not live here: teams, tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from collective_booking.cli import main


class Told(NamedTuple):
    """What a run of the command leaves behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)

    @property
    def id(self) -> str:
        """The id of the appointment that it told of, in JSON."""
        return str(self.document["appointment"]["id"])


Run = Callable[..., Told]


def run_in(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process."""

    def run(*arguments: str) -> Told:
        code = main(arguments)
        return Told(code, *capsys.readouterr())

    return run


def run_apart(*arguments: str, cwd: Path, **environment: str) -> Told:
    """The command in a process of its own, with *environment* in place of the usual one."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "collective_booking", *arguments],
        cwd=cwd,
        capture_output=True,
        env=kept | {"PYTHONUTF8": "1"} | environment,
        check=False,
    )
    return Told(done.returncode, done.stdout.decode(), done.stderr.decode())
