"""A browser that is missing is told, and where it has to be there nothing passes for want of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.site.browsers import REQUIRED

PROJECT: Final = Path(__file__).parent.parent.parent
ONE: Final = "tests/site/test_browser.py::test_who_pays_is_booked"


@pytest.mark.parametrize(
    ("required", "outcome"), [({}, "1 skipped"), ({REQUIRED: "1"}, "1 error")], ids=["here", "ci"]
)
def test_without_a_browser_its_tests_say_so(
    tmp_path: Path, required: dict[str, str], outcome: str
) -> None:
    """A green run in which half of the tests did not run would be believed."""
    environment = {key: value for key, value in os.environ.items() if key != REQUIRED}
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", ONE],
        cwd=PROJECT,
        env=environment | required | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "no Chromium was found: apt-get install chromium" in told.stdout
    assert outcome in told.stdout
    assert bool(told.returncode) == bool(required)
