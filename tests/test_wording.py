"""What messages show of strangers' words: all that is harmless, and nothing else."""

from __future__ import annotations

from collective_booking.wording import on_one_line


def test_names_of_all_scripts_are_shown_as_they_are() -> None:
    """Some cannot be written without characters that print nothing."""
    for name in (
        "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",
        "\u5c71\u7530\u3000\u592a\u90ce",  # the space that Japanese names are parted by
        "R\u00e9union\u00a0: budget",
        "\u05d3\u05e0\u05d9 \u200f\u05e9\u05dc\u05d5\u05dd\u200e",
    ):
        assert on_one_line(name) == name


def test_what_was_said_in_several_lines_is_read_in_one() -> None:
    """A question mark between two sentences would be read as one of them."""
    assert (
        on_one_line("deadlock detected\nDETAIL:\tit waits") == "deadlock detected DETAIL: it waits"
    )
