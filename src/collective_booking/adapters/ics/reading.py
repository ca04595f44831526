"""From a file or a folder to the `Availability` of the member whose calendar it is.

Lives here: the doors of the adapter, and files.
Must not live here: what the text in them means; `icalendar_texts` knows.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import require
from collective_booking.icalendar_texts import (
    DEFAULTS,
    Answer,
    Limits,
    Question,
    question_about,
    read_text,
    whole,
)
from collective_booking.intervals import Interval


def read_file(
    path: str | os.PathLike[str],
    window: Interval,
    *,
    timezone: str,
    address: str | None = None,
    limits: Limits = DEFAULTS,
    own_suffix: str | None = None,
) -> Availability:
    """What `read` makes of the file at *path*; reasons name it as *path* does.

    A file that is not there, or cannot be opened, makes the whole window unknown.
    """
    place, question = _place(path), question_about(window, timezone, address, limits, own_suffix)
    return whole(question, [_read_file(place, question)])


def read_folder(
    path: str | os.PathLike[str],
    window: Interval,
    *,
    timezone: str,
    address: str | None = None,
    limits: Limits = DEFAULTS,
    own_suffix: str | None = None,
) -> Availability:
    """What `read` makes of every `.ics` file in the folder at *path* and in folders in it.

    They are read in the order of their names, each as a calendar of its own with the *limits* of
    one. Links to folders are followed; each folder is read once. A folder without any is a calendar
    without events; one that is not there, or cannot be opened, and a link that leads nowhere make
    the whole window unknown.
    """
    place, question = _place(path), question_about(window, timezone, address, limits, own_suffix)
    return whole(question, _read_folder(place, question))


def read_path(
    path: str | os.PathLike[str],
    window: Interval,
    *,
    timezone: str,
    address: str | None = None,
    limits: Limits = DEFAULTS,
    own_suffix: str | None = None,
) -> Availability:
    """`read_folder` if there is a folder at *path*, else `read_file`."""
    place, question = _place(path), question_about(window, timezone, address, limits, own_suffix)
    if _is_folder(place):
        return whole(question, _read_folder(place, question))
    return whole(question, [_read_file(place, question)])


def _place(path: str | os.PathLike[str]) -> Path:
    require("a path", path, str | os.PathLike, "a text or a Path")
    require("a path", os.fspath(path), str, "a text or a Path")
    return Path(path)


# --- files ---------------------------------------------------------------------------------------


def _read_file(path: Path, question: Question) -> Answer:
    source = str(path)
    try:
        # Asked before opening: to open a pipe is to wait for whoever writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            return _unreadable(question, source, "this is no file")
        with path.open("rb") as opened:
            text = opened.read(question.limits.size + 1)
    except (OSError, ValueError) as cause:
        return _unreadable(question, source, getattr(cause, "strerror", None) or str(cause))
    return read_text(text, question, source)


def _read_folder(path: Path, question: Question) -> list[Answer]:
    answers: list[Answer] = []
    try:
        if not _is_folder(path):
            return [_unreadable(question, str(path), "there is no such folder")]
        found = list(_calendars(path, question, answers))
        answers += [_read_file(file, question) for file in found]
    except (OSError, ValueError) as cause:
        answers.append(_unreadable(question, str(path), str(cause)))
    return answers


def _calendars(path: Path, question: Question, answers: list[Answer]) -> Iterator[Path]:
    """Every `.ics` file under *path*; for a folder that cannot be opened, an answer says so."""

    def closed(error: OSError) -> None:
        answers.append(_unreadable(question, error.filename, error.strerror or str(error)))

    seen = {os.path.realpath(path)}
    for folder, folders, files in os.walk(path, onerror=closed, followlinks=True):
        ahead: list[str] = []
        for name in sorted(folders):
            real = os.path.realpath(Path(folder, name))
            if real not in seen:
                seen.add(real)
                ahead.append(name)
        folders[:] = ahead
        for name in sorted(files):
            file = Path(folder, name)
            if name.lower().endswith(".ics"):
                yield file
            elif file.is_symlink() and not file.exists():
                answers.append(_unreadable(question, str(file), "a link that leads nowhere"))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _unreadable(question: Question, source: str, detail: str) -> Answer:
    unknown = Unknown(question.window, Cause.UNREADABLE, detail, source)
    return Answer(Availability(unknown=(unknown,)))
