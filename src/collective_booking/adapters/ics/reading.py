"""From a file or a folder to the `Availability` of the member whose calendar it is.

Lives here: the doors of the adapter, and files.
Must not live here: what the text in them means; `icalendar_texts` knows.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

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

_OUTSIDE: Final = "it leads out of the folder of calendars"


class Look(NamedTuple):
    """How files are looked at: with which question, by which reader, and how far.

    With `within`, files and folders that turn out to be elsewhere, once links are followed, are not
    opened.
    """

    question: Question
    read: Callable[[bytes, Question, str | None], Answer] = read_text
    within: Path | None = None

    def leads_out(self, path: str | Path) -> bool:
        """Whether *path* is, by its own name or by links, outside of where it may be.

        Raises:
            OSError: nobody can tell where it is.
            ValueError: it is no path.
        """
        if self.within is None:
            return False
        return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.within))

    def unreadable(self, source: str, detail: str) -> Answer:
        """That all of the window is unknown, for *source* cannot be read."""
        unknown = Unknown(self.question.window, Cause.UNREADABLE, detail, source)
        return Answer(Availability(unknown=(unknown,)))


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

    >>> from collective_booking.testing.samples import MONDAY
    >>> known = read_file("gone.ics", MONDAY, timezone="UTC")
    >>> [str(each) for each in known.unknown], known.unknown[0].interval == MONDAY
    (['unreadable: No such file or directory (gone.ics)'], True)
    """
    place, question = _place(path), question_about(window, timezone, address, limits, own_suffix)
    return whole(question, [_read_file(place, Look(question))])


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

    >>> from tempfile import TemporaryDirectory
    >>> from collective_booking.testing.samples import MONDAY
    >>> with TemporaryDirectory() as folder:
    ...     read_folder(folder, MONDAY, timezone="UTC") == Availability()  # free, and known to be
    True
    """
    place, question = _place(path), question_about(window, timezone, address, limits, own_suffix)
    return whole(question, _read_folder(place, Look(question)))


def read_path(
    path: str | os.PathLike[str],
    window: Interval,
    *,
    timezone: str,
    address: str | None = None,
    limits: Limits = DEFAULTS,
    own_suffix: str | None = None,
) -> Availability:
    """`read_folder` if there is a folder at *path*, else `read_file`.

    >>> from collective_booking.testing.samples import MONDAY
    >>> known = read_path("gone.ics", MONDAY, timezone="UTC")
    >>> known == read_file("gone.ics", MONDAY, timezone="UTC")
    True
    """
    place, question = _place(path), question_about(window, timezone, address, limits, own_suffix)
    return look_at(place, Look(question))


def look_at(path: Path, look: Look) -> Availability:
    """What `read_path` answers to a question that was checked before."""
    if _is_folder(path):
        return whole(look.question, _read_folder(path, look))
    return whole(look.question, [_read_file(path, look)])


def _place(path: str | os.PathLike[str]) -> Path:
    require("a path", path, str | os.PathLike, "a text or a Path")
    require("a path", os.fspath(path), str, "a text or a Path")
    return Path(path)


# --- files ---------------------------------------------------------------------------------------


def _read_file(path: Path, look: Look) -> Answer:
    source = str(path)
    try:
        if look.leads_out(path):
            return look.unreadable(source, _OUTSIDE)
        # Asked before opening: to open a pipe is to wait for whoever writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            return look.unreadable(source, "this is no file")
        with path.open("rb") as opened:
            text = opened.read(look.question.limits.size + 1)
    except (OSError, ValueError) as cause:
        return look.unreadable(source, getattr(cause, "strerror", None) or str(cause))
    return look.read(text, look.question, source)


def _read_folder(path: Path, look: Look) -> list[Answer]:
    answers: list[Answer] = []
    try:
        if not _is_folder(path):
            return [look.unreadable(str(path), "there is no such folder")]
        if look.leads_out(path):
            return [look.unreadable(str(path), _OUTSIDE)]
        found = list(_calendars(path, look, answers))
        answers += [_read_file(file, look) for file in found]
    except (OSError, ValueError) as cause:
        answers.append(look.unreadable(str(path), str(cause)))
    return answers


def _calendars(path: Path, look: Look, answers: list[Answer]) -> Iterator[Path]:
    """Every `.ics` file under *path*; for a folder that cannot be opened, an answer says so."""

    def closed(error: OSError) -> None:
        answers.append(look.unreadable(error.filename, error.strerror or str(error)))

    seen = {os.path.realpath(path)}
    for folder, folders, files in os.walk(path, onerror=closed, followlinks=True):
        ahead: list[str] = []
        for name in sorted(folders):
            real = os.path.realpath(Path(folder, name))
            if real in seen:
                continue
            seen.add(real)
            if look.leads_out(real):
                answers.append(look.unreadable(str(Path(folder, name)), _OUTSIDE))
            else:
                ahead.append(name)
        folders[:] = ahead
        for name in sorted(files):
            file = Path(folder, name)
            if name.lower().endswith(".ics"):
                yield file
            elif file.is_symlink() and not file.exists():
                answers.append(look.unreadable(str(file), "a link that leads nowhere"))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
