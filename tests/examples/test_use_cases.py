"""Every use case runs by itself and prints what stands beside it, which the documentation shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = Path(__file__).parent.parent.parent / "examples" / "use_cases"
CASES: Final = sorted(FOLDER.glob("*.py"))

WORTH_READING: Final = {
    "client_onboarding": "consultant is busy",
    "interview": "without engineer, 63 more starts",
    "medical_consultation": "confirmed; invitations: anaesthetist, surgeon",
    "project_management": "p07 blocks",
    "sales_call": "kim@example.net -> ana, lou@example.net -> ben",
    "team_meeting": "3 attendees",
    "technical_support": "Lou is told: This time is not available.",
    "tutoring": "Kim pays too late, the lesson is Lou's: released; 0.00 EUR were taken",
}
"""What each is there to show, so that nobody can record an output in which it is missing."""


def test_there_are_the_eight_of_them() -> None:
    assert {case.stem for case in CASES} == set(WORTH_READING)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_use_case_prints_what_the_documentation_shows(case: Path, tmp_path: Path) -> None:
    """From an empty folder and with warnings as errors, as a reader would run it."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(case)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == case.with_suffix(".txt").read_text("utf-8")
    assert WORTH_READING[case.stem] in ran.stdout
