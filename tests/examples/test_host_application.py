"""The host application stands on its own feet: its tests use all of the kit, and pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent.parent.parent / "examples" / "host_application"


def test_the_host_application_passes_its_own_tests(tmp_path: Path) -> None:
    """Where it stands, as a reader would run it, and nothing in it may be left out."""
    ours = ("PYTEST_", "HYPOTHESIS_", "COLLECTIVE_BOOKING_")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=FOLDER,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
            "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^\d+ passed in", ran.stdout, re.MULTILINE), ran.stdout
