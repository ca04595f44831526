"""The store that the documentation writes keeps the whole contract, and survives a crash."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collective_booking.errors import UnknownCalendarError
from collective_booking.testing.contracts import BookingStoreContract
from collective_booking.testing.samples import NOW, calendar
from examples.journal_store import JournalStore


class TestJournalStore(BookingStoreContract):
    """All duties of a store, from the file it keeps."""

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.path = tmp_path / "journal"

    def make_store(self) -> JournalStore:
        return JournalStore(self.path)

    def reopened(self, store: JournalStore) -> JournalStore:
        return JournalStore(self.path)


@pytest.mark.parametrize("left", [1, 8, 20])
def test_what_a_crash_left_half_written_never_happened(tmp_path: Path, left: int) -> None:
    """The length that stands before an entry tells that its end is missing (S1)."""
    path = tmp_path / "journal"
    JournalStore(path).save_calendar("default", calendar(), None, NOW)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:left])

    assert JournalStore(path).calendar("default", "sales-call").version == 1
    assert path.read_bytes() == whole


def test_what_the_disk_refuses_is_not_remembered_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or this process would know of a calendar that nobody else will ever see."""
    store = JournalStore(tmp_path / "journal")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _full)
        with pytest.raises(OSError, match="full"):
            store.save_calendar("default", calendar(), None, NOW)

    with pytest.raises(UnknownCalendarError):
        store.calendar("default", "sales-call")
    assert store.save_calendar("default", calendar(), None, NOW).stored.version == 1


def _full(_file: int) -> None:
    raise OSError("the disk is full")
