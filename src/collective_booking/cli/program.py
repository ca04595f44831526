"""Running a command: arguments in, lines on the terminal and an exit code out.

Lives here: the one place that prints, and the one place where every failure becomes a line.
Must not live here: what the answers are.
"""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, Final

import click

from collective_booking.cli.answers import BAD_INPUT, YES, Answer, BadInput, problems_document
from collective_booking.cli.bookings import whole
from collective_booking.errors import CollectiveBookingError, ConfigurationError, Problem
from collective_booking.wording import on_one_line

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

INTERRUPTED: Final = 130
"""What shells say of a program that was stopped with Ctrl-C."""

# For terminals and files that can hold less than Unicode.
_ASCII: Final = {"–": "-", "─": "-", "█": "#", "●": "*", "▒": ":", "…": "~"} | dict(
    zip("▁▂▃▄▅▆▇", ".:-=+%@", strict=True)
)


def run(arguments: Sequence[str]) -> int:
    """Run the command with *arguments*, print what it answers, and say its exit code."""
    codecs.register_error("collective-booking", _in_plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="collective-booking")
    try:
        code = _code(list(arguments))
        if sys.stdout is not None:  # it may be closed
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except SystemExit:  # click's way to say that nobody reads its help
        return YES
    except BrokenPipeError:
        # Whoever reads has seen enough; what Python has left to write must go somewhere.
        _to_nowhere()
        return YES
    except OSError as error:
        _to_nowhere()
        _complain(f"stdout: cannot be written: {error.strerror}")
        return BAD_INPUT
    return code


def _code(arguments: list[str]) -> int:
    answer = _answer(arguments)
    if isinstance(answer, int):
        return answer
    _tell(answer)
    return answer.code


def _answer(arguments: list[str]) -> Answer | int:
    """What the command answers; the exit code alone where it has printed its help."""
    try:
        answer: Answer | int = whole.main(
            arguments, prog_name="collective-booking", standalone_mode=False
        )
    except click.UsageError as error:
        return _refused([_usage_problem(error)], arguments)
    except BadInput as error:
        return _refused(error.problems, arguments)
    except ConfigurationError as error:
        return _refused(error.problems, arguments)
    except CollectiveBookingError as error:
        # An instant so far away that nobody can compute with it, for one.
        return _refused([Problem("", str(error))], arguments)
    return answer


def _tell(answer: Answer) -> None:
    document = answer.document
    print(_words(answer) if document is None else json.dumps(document, indent=2))  # noqa: T201


def _words(answer: Answer) -> str:
    # Only where there are words: this takes longer to load than slots take to find.
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False)
    with console.capture() as capture:
        for each in answer.told:
            console.print(_Plain(each))
    return "\n".join(line.rstrip() for line in capture.get().split("\n")).rstrip("\n")


class _Plain:
    """What is *told*, without what a terminal might obey: names and UIDs come from strangers."""

    def __init__(self, told: RenderableType) -> None:
        self.told = told

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.segment import Segment  # noqa: PLC0415  # as above

        for text, style, control in console.render(self.told, options):
            lines = text.split("\n")  # rich makes them; those of strangers are gone by now
            yield Segment("\n".join(map(on_one_line, lines)), style, control)


def _complain(line: str) -> None:
    if sys.stderr is not None:  # where it is closed, print would take stdout instead
        print(line, file=sys.stderr)  # noqa: T201


def _to_nowhere() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refused(problems: Iterable[Problem], arguments: Sequence[str]) -> int:
    held = list(problems)
    for problem in held:
        _complain(str(problem))
    if "--json" in arguments:
        of_slots = next(filter(_is_word, arguments), None) == "slots"
        _tell(Answer(BAD_INPUT, document=problems_document(held, of_slots=of_slots)))
    return BAD_INPUT


def _is_word(argument: str) -> bool:
    """Whether *argument* is the name of a command, or of what it is about; not an option."""
    return not argument.startswith("-")


def _usage_problem(error: click.UsageError) -> Problem:
    where = error.ctx.command_path if error.ctx else "collective-booking"
    told = error.format_message().rstrip(".")
    return Problem(where, f"{told[:1].lower()}{told[1:]}; see {where} --help")


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_ASCII.get(letter, "?") for letter in letters), error.end
