"""Tokens that nobody can guess, and that say nothing when they are wrong (N6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.errors import InvalidTokenError, InvalidValueError
from collective_booking.tokens import Purpose, Tokens

SECRET = b"a secret for tests alone"
TOKENS = Tokens(SECRET, "default")
TOKEN = TOKENS.make(Purpose.HOLD, "h1")


@given(st.text(min_size=1, max_size=50), st.sampled_from(Purpose))
def test_a_token_is_read_as_the_id_it_was_made_for(name: str, purpose: Purpose) -> None:
    assert TOKENS.read(purpose, TOKENS.make(purpose, name)) == name
    assert TOKENS.make(purpose, name) == Tokens(SECRET, "default").make(purpose, name)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "h1",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "=",
        TOKEN.replace(".", ""),
        TOKEN.swapcase(),
        "é" * 40,
        "a" * 100_000,
        TOKENS.make(Purpose.MANAGE, "h1"),
        Tokens(SECRET, "other").make(Purpose.HOLD, "h1"),
        Tokens(b"another secret of tests", "default").make(Purpose.HOLD, "h1"),
        f"{TOKEN.split('.')[0]}.{TOKENS.make(Purpose.HOLD, 'h2').split('.')[1]}",
    ],
)
def test_a_wrong_token_says_nothing_about_what_exists(token: str) -> None:
    with pytest.raises(InvalidTokenError) as refused:
        TOKENS.read(Purpose.HOLD, token)
    assert str(refused.value) == str(InvalidTokenError())


def test_parts_cannot_be_shifted_into_each_other() -> None:
    """Tenant `a` with id `bc` must not make the code of tenant `ab` with id `c`."""
    one = Tokens(SECRET, "a").make(Purpose.HOLD, "bc").split(".")[1]
    other = Tokens(SECRET, "ab").make(Purpose.HOLD, "c").split(".")[1]

    assert one != other


def test_a_short_secret_is_refused_and_never_shown() -> None:
    with pytest.raises(InvalidValueError, match="needs 16 bytes"):
        Tokens(b"short", "default")
    assert "secret for tests" not in repr(TOKENS)
