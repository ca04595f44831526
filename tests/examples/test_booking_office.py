"""What the booking pages have in common, which no framework has a part in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

import pytest

import collective_booking as cb
from collective_booking.appointments import Happening
from collective_booking.effects import Channel
from collective_booking.localtime import zone
from collective_booking.reasons import Explanation, Reason, What
from examples.booking_office import STATUSES, days, status_of, told, words_with_link
from tests.bookings import NOW, appointment
from tests.messages import message

ERRORS = [
    error
    for error in (getattr(cb, name) for name in cb.__all__)
    if isinstance(error, type) and issubclass(error, cb.CollectiveBookingError)
]
ABOUT_WHAT_WAS_SENT = {
    cb.CollectiveBookingError,
    cb.ConfigurationError,
    cb.CurrencyMismatchError,
    cb.EmptyIntervalError,
    cb.FixedForEverError,
    cb.InvalidValueError,
    cb.NaiveDatetimeError,
    cb.NothingToPayError,
    cb.OptionalOwnerError,
    cb.OutOfRangeError,
    cb.PrimaryOwnerRemovalError,
    cb.RosterSizeError,
    cb.UnknownZoneError,
    cb.UnreadableTextError,
    cb.WrongTypeError,
}


def test_every_error_was_given_a_thought() -> None:
    """A new error finds its status, and does not become 422 because nobody has looked."""
    assert set(STATUSES) | ABOUT_WHAT_WAS_SENT == set(ERRORS)
    assert not set(STATUSES) & ABOUT_WHAT_WAS_SENT


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (cb.InvalidTokenError(), 404, "This link or token is not valid: ask for a new one."),
        (cb.UnknownCalendarError("nope"), 404, "There is nothing at this address."),
        (cb.StaleVersionError("a1", 2), 409, "Somebody has changed this booking meanwhile."),
        (cb.UnguardedStoreError("a trigger"), 500, "This does not work at the moment."),
        (
            cb.UndeliverableError("secret.internal"),
            500,
            "This does not work at the moment.",
        ),
        (cb.RetryTransactionError("lock"), 503, "This does not work at the moment."),
    ],
)
def test_an_error_has_a_status_and_a_sentence(
    error: cb.CollectiveBookingError, status: int, sentence: str
) -> None:
    """What is the host's own business stays with the host."""
    assert status_of(error) == status
    assert told(error).startswith(sentence)
    assert "secret" not in told(error)


def test_nobody_is_named_to_a_booker() -> None:
    """Whoever is busy is nobody else's business (X1)."""
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    refused = cb.SlotUnavailableError(Explanation(start, (Reason(What.BUSY, who="ana"),)))

    assert (status_of(refused), told(refused)) == (
        HTTPStatus.CONFLICT,
        "This time is not available.",
    )


@pytest.mark.parametrize("happening", [None, Happening.CANCELLED])
def test_a_booker_s_letter_leads_to_their_page_while_there_is_something_to_do(
    happening: Happening | None,
) -> None:
    """One link, and no token beside it to wonder about; for others there is none at all (N6)."""
    made = appointment().stepped(happening, NOW) if happening else appointment()
    words = words_with_link(lambda token: f"https://book.example.com/{token}")

    told = words(message(made, token="a1.x&y"))
    owners = words(message(made, channel=Channel.OWNER, token=""))

    links = told.text.count("https://book.example.com/a1.x&y")
    assert links == told.html.count('href="https://book.example.com/a1.x&amp;y"')
    assert links == (0 if happening else 1)
    assert not [each for each in (told, owners) if "token" in each.text]
    assert "book.example.com" not in owners.text + owners.html


def test_a_time_stands_on_the_visitors_date() -> None:
    """Late on Monday in New York is Tuesday in Tokyo."""
    start = datetime(2026, 11, 23, 21, tzinfo=UTC)
    slots = [cb.Slot(start, start + timedelta(hours=1))]

    assert list(days(slots, zone("America/New_York"))) == [date(2026, 11, 23)]
    assert list(days(slots, zone("Asia/Tokyo"))) == [date(2026, 11, 24)]
