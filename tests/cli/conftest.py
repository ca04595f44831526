"""A folder with a team in it, and the command to ask it with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Run, run_in
from tests.cli.teams import TEAM, in_toml


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs, in a terminal's usual width; its team is `team.toml`."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "team.toml").write_text(in_toml(TEAM), "utf-8")
    (tmp_path / "team.json").write_text(json.dumps(TEAM), "utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in the folder."""
    return run_in(capsys)
