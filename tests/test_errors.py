"""Each error has a message that says what to do, a parent people catch, and survives a journey."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from collective_booking import errors
from collective_booking.availability import Cause, Unknown
from collective_booking.errors import (
    AsyncPortError,
    CalendarChangedError,
    CollectiveBookingError,
    ConfigurationError,
    DuplicateMemberError,
    EmptyIntervalError,
    FixedForEverError,
    ForeignNotificationError,
    ForgedNotificationError,
    HoldExpiredError,
    IllegalStepError,
    InvalidTokenError,
    InvalidValueError,
    MailUnavailableError,
    MissingPortError,
    NaiveDatetimeError,
    NoChangeError,
    NothingToPayError,
    OptionalOwnerError,
    OutOfRangeError,
    OwnTransactionError,
    PaymentRequiredError,
    PrimaryOwnerRemovalError,
    Problem,
    ProviderUnavailableError,
    RepeatedIdError,
    RequestPastError,
    RequestReusedError,
    RetryTransactionError,
    RosterSizeError,
    StaleVersionError,
    UndeliverableError,
    UnguardedStoreError,
    UnknownBookingError,
    UnknownCalendarError,
    UnknownMemberError,
    UnknownZoneError,
    UnreadableTextError,
    WrongTypeError,
)
from collective_booking.intervals import Interval
from collective_booking.reasons import Reason, What

NINE, TEN = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)

EXAMPLES: Final[list[tuple[CollectiveBookingError, type[Exception], dict[str, Any], str]]] = [
    (
        WrongTypeError("start", "10:00", "an aware datetime"),
        TypeError,
        {"name": "start", "value": "10:00", "expected": "an aware datetime"},
        "start must be an aware datetime, not str: '10:00'",
    ),
    (
        InvalidValueError("duration", 0, "give at least one minute"),
        ValueError,
        {"name": "duration", "value": 0, "advice": "give at least one minute"},
        "duration cannot be 0: give at least one minute",
    ),
    (
        UnreadableTextError("interval", "noon", "write 09:00-17:00"),
        ValueError,
        {"kind": "interval", "text": "noon", "advice": "write 09:00-17:00"},
        "cannot read 'noon' as an interval: write 09:00-17:00",
    ),
    (
        NaiveDatetimeError(datetime(2026, 3, 2, 9)),
        ValueError,
        {"moment": datetime(2026, 3, 2, 9)},
        (
            "2026-03-02T09:00:00 has no time zone: give it one, "
            "for example moment.replace(tzinfo=ZoneInfo('Europe/Madrid'))"
        ),
    ),
    (
        EmptyIntervalError(TEN, NINE),
        ValueError,
        {"start": TEN, "end": NINE},
        (
            "an interval must end after it starts: "
            "2026-03-02T10:00:00+00:00 to 2026-03-02T09:00:00+00:00 does not"
        ),
    ),
    (
        OutOfRangeError("the year 12000", "the years 1 to 9999"),
        ValueError,
        {"moment": "the year 12000", "supported": "the years 1 to 9999"},
        "the year 12000 is out of range: stay within the years 1 to 9999",
    ),
    (
        UnknownZoneError("Europe/Madird", ("Europe/Madrid",)),
        ValueError,
        {"name": "Europe/Madird", "similar": ("Europe/Madrid",)},
        (
            "there is no time zone 'Europe/Madird': did you mean Europe/Madrid? "
            "(names look like 'Europe/Madrid')"
        ),
    ),
    (
        UnknownZoneError("Middle Earth"),
        ValueError,
        {"name": "Middle Earth", "similar": ()},
        "there is no time zone 'Middle Earth': see the IANA list (names look like 'Europe/Madrid')",
    ),
    (
        ConfigurationError(
            "member 'ana'", [Problem("hours", "give some"), Problem("", "and a name")]
        ),
        ValueError,
        {
            "subject": "member 'ana'",
            "problems": (Problem("hours", "give some"), Problem("", "and a name")),
        },
        "member 'ana' has 2 problems:\n  hours: give some\n  and a name",
    ),
    (
        UnknownMemberError("sales-call", "zoe", ("ana", "ben")),
        KeyError,
        {"calendar": "sales-call", "member": "zoe", "roster": ("ana", "ben")},
        "'zoe' is no member of sales-call: its members are ana, ben",
    ),
    (
        UnknownMemberError("sales-call", "zoe"),
        KeyError,
        {"calendar": "sales-call", "member": "zoe", "roster": ()},
        "'zoe' is no member of sales-call: add them first",
    ),
    (
        DuplicateMemberError("sales-call", "ana"),
        ValueError,
        {"calendar": "sales-call", "member": "ana"},
        "'ana' is a member of sales-call already: change them instead",
    ),
    (
        RosterSizeError("sales-call", 1, 2, 100),
        ValueError,
        {"calendar": "sales-call", "size": 1, "least": 2, "most": 100},
        "sales-call would have 1 member, not 2 to 100: add someone first",
    ),
    (
        RosterSizeError("sales-call", 101, 2, 100),
        ValueError,
        {"calendar": "sales-call", "size": 101, "least": 2, "most": 100},
        "sales-call would have 101 members, not 2 to 100: remove someone first",
    ),
    (
        PrimaryOwnerRemovalError("sales-call", "ana"),
        ValueError,
        {"calendar": "sales-call", "owner": "ana"},
        "'ana' owns sales-call: make another member owner, then remove them",
    ),
    (
        OptionalOwnerError("sales-call", "ana"),
        ValueError,
        {"calendar": "sales-call", "member": "ana"},
        "'ana' cannot be optional and own sales-call: make them required",
    ),
    (
        UnknownCalendarError("sales"),
        KeyError,
        {"slug": "sales"},
        "no calendar 'sales' is stored: save it first",
    ),
    (
        UnknownBookingError("a1", "hold"),
        KeyError,
        {"id": "a1", "kind": "hold"},
        "there is no hold 'a1' here: name one that the service has told of",
    ),
    (
        InvalidTokenError(),
        PermissionError,
        {},
        "this link or token is not valid: ask for a new one",
    ),
    (
        CalendarChangedError("sales"),
        RuntimeError,
        {"calendar": "sales"},
        "calendar 'sales' has changed meanwhile: show it anew and try again",
    ),
    (
        StaleVersionError("a1", 2),
        RuntimeError,
        {"id": "a1", "version": 2},
        "'a1' is no longer at version 2: read it again, then change it",
    ),
    (
        RepeatedIdError("a1"),
        RuntimeError,
        {"id": "a1"},
        "the id 'a1' is taken: let new_id never give one twice",
    ),
    (
        RequestReusedError("r1"),
        ValueError,
        {"id": "r1"},
        "request id 'r1' was used for something else: give each request its own",
    ),
    (
        IllegalStepError("a1", "cancelled", "moved"),
        ValueError,
        {"id": "a1", "status": "cancelled", "happening": "moved"},
        "appointment 'a1' is cancelled, and cannot be moved any more",
    ),
    (
        FixedForEverError("a1", "owner"),
        ValueError,
        {"id": "a1", "name": "owner"},
        "appointment 'a1' keeps its owner for ever: cancel it and book another to meet with others",
    ),
    (
        NoChangeError("a1"),
        ValueError,
        {"id": "a1"},
        "appointment 'a1' is so already: there is nothing to change",
    ),
    (
        RequestPastError("a1", NINE),
        ValueError,
        {"id": "a1", "start": NINE},
        "request 'a1' was for 2026-03-02T09:00:00+00:00, which is past: decline it",
    ),
    (
        HoldExpiredError("h1"),
        ValueError,
        {"id": "h1", "advice": "choose a time again"},
        "hold 'h1' has ended: choose a time again",
    ),
    (
        PaymentRequiredError("sales"),
        ValueError,
        {"calendar": "sales"},
        "sales has a price: hold the time, then begin the payment",
    ),
    (
        NothingToPayError("h1", "confirm the hold"),
        ValueError,
        {"id": "h1", "advice": "confirm the hold"},
        "there is no payment for 'h1': confirm the hold",
    ),
    (
        ForeignNotificationError("it names no hold of ours"),
        LookupError,
        {"detail": "it names no hold of ours", "hold": None},
        "this notification is about no payment here: it names no hold of ours",
    ),
    (
        ForgedNotificationError("its signature is wrong"),
        ValueError,
        {"advice": "its signature is wrong"},
        "this is no notification of the payment gateway: its signature is wrong",
    ),
    (
        ProviderUnavailableError("no network"),
        RuntimeError,
        {"detail": "no network"},
        "the calendars cannot be read now: no network",
    ),
    (
        MailUnavailableError("mail.example.com:587 answered 421 'Closing'"),
        RuntimeError,
        {"detail": "mail.example.com:587 answered 421 'Closing'"},
        "the mail cannot be handed over now: mail.example.com:587 answered 421 'Closing'",
    ),
    (
        UndeliverableError("nobody is there"),
        RuntimeError,
        {"detail": "nobody is there"},
        "it can never be delivered: nobody is there",
    ),
    (
        AsyncPortError("store", "commit"),
        TypeError,
        {"port": "store", "method": "commit"},
        "store.commit is async: use AsyncBookingService, or a port that is not",
    ),
    (
        MissingPortError("gateway"),
        RuntimeError,
        {"port": "gateway"},
        "this needs a gateway: pass one to the service",
    ),
    (
        RetryTransactionError("deadlock detected"),
        RuntimeError,
        {"detail": "deadlock detected"},
        "roll back and run the whole transaction again: deadlock detected",
    ),
    (
        OwnTransactionError("paying"),
        RuntimeError,
        {"command": "paying"},
        "paying needs transactions of its own: run it outside yours",
    ),
    (
        UnguardedStoreError("a trigger", "use SQLite"),
        RuntimeError,
        {"missing": "a trigger", "advice": "use SQLite"},
        "the database lacks a trigger: use SQLite",
    ),
]


def examples(column: int | None = None) -> list[Any]:
    """Every error, beside one more column of its row if one is asked for."""
    return [
        pytest.param(
            row[0],
            *([] if column is None else [row[column]]),
            id=f"{type(row[0]).__name__}-{place}",
        )
        for place, row in enumerate(EXAMPLES)
    ]


def pickled(error: CollectiveBookingError) -> CollectiveBookingError:
    again: CollectiveBookingError = pickle.loads(pickle.dumps(error))
    return again


def test_every_error_of_the_room_is_looked_at_here() -> None:
    """A new one must show its message to somebody before a user sees it."""
    written = {
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, CollectiveBookingError)
    }

    assert written - {CollectiveBookingError} == {type(error) for error, *_ in EXAMPLES}


@pytest.mark.parametrize(("error", "message"), examples(3))
def test_an_error_says_what_is_wrong_and_what_to_do(
    error: CollectiveBookingError, message: str
) -> None:
    """It is mostly read by someone who has never seen this library."""
    assert str(error) == message


@pytest.mark.parametrize(("error", "parent"), examples(1))
def test_an_error_is_caught_by_the_root_and_by_a_builtin(
    error: CollectiveBookingError, parent: type[Exception]
) -> None:
    """A host may treat all of ours alike, or one kind as it treats its own."""
    assert isinstance(error, CollectiveBookingError)
    assert isinstance(error, parent)


@pytest.mark.parametrize(("error", "attributes"), examples(2))
def test_an_error_carries_what_a_program_needs_to_act(
    error: CollectiveBookingError, attributes: dict[str, Any]
) -> None:
    """Nobody should have to take a message apart."""
    assert vars(error) == attributes


@pytest.mark.parametrize("again", [pickled, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("error", examples())
def test_an_error_survives_pickling_and_copying(
    error: CollectiveBookingError,
    again: Callable[[CollectiveBookingError], CollectiveBookingError],
) -> None:
    """It is raised in a worker process, and read in another."""
    back = again(error)

    assert type(back) is type(error)
    assert vars(back) == vars(error)
    assert str(back) == str(error)


def test_a_note_travels_with_its_error() -> None:
    """A host adds which request it was, and reads that where the error arrives."""
    error = DuplicateMemberError("sales-call", "ana")
    error.add_note("while importing team.toml")

    assert pickled(error).__notes__ == ["while importing team.toml"]


@pytest.mark.parametrize(
    "error",
    [
        WrongTypeError("name", "x" * 1000, "short"),
        InvalidValueError("name", "x" * 1000, "be short"),
        UnreadableTextError("duration", "x" * 1000, "write 30m"),
        UnknownZoneError("x" * 300),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_long_value_is_cut_short_in_the_message(error: CollectiveBookingError) -> None:
    """A whole file given by mistake must not bury the advice at the end."""
    assert "xxx..." in str(error)
    assert len(str(error)) < 200


def test_a_long_roster_is_cut_short_in_the_message() -> None:
    """A hundred names help nobody find the right one; all of them are in `roster`."""
    roster = tuple(f"member{number}" for number in range(100))
    error = UnknownMemberError("sales-call", "zoe", roster)

    assert str(error).endswith("member8, member9, ...")
    assert error.roster == roster


def test_a_roster_of_ten_is_shown_whole() -> None:
    """Dots after the last name would promise more of them."""
    roster = tuple(f"member{number}" for number in range(10))

    assert str(UnknownMemberError("sales-call", "zoe", roster)).endswith("member8, member9")


def test_several_zones_may_be_meant() -> None:
    """The reader picks; a guess of ours would move the meeting."""
    error = UnknownZoneError("St_Johns", ("America/St_Johns", "America/St_Lucia"))

    assert "did you mean America/St_Johns or America/St_Lucia?" in str(error)


def test_problems_may_come_from_a_generator() -> None:
    """They are found one by one, and must still be there when the message was read."""
    found = ConfigurationError(
        "calendar", (Problem(place, "missing") for place in ("slug", "name"))
    )

    assert [problem.place for problem in found.problems] == ["slug", "name"]
    assert str(found) == "calendar has 2 problems:\n  slug: missing\n  name: missing"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_a_problem_is_a_value(again: Callable[[Problem], Problem]) -> None:
    """Lists of problems are compared, and shown beside the field they belong to."""
    assert again(Problem("slug", "give one")) == Problem("slug", "give one")
    assert str(Problem("", "give a slug")) == "give a slug"


@pytest.mark.parametrize("value", [(x for x in range(1)), lambda: 0])
def test_an_error_travels_even_with_what_cannot(value: object) -> None:
    """A worker that hands over a generator by mistake must still be able to say so."""
    error = WrongTypeError("unknown", value, "a sequence of Unknown")

    back = pickle.loads(pickle.dumps(error))

    assert type(back) is WrongTypeError
    assert (back.name, back.expected) == (error.name, error.expected)


# --- what strangers say ---------------------------------------------------------------------------

STRANGE: Final = "450\x1b[31m\r\nno \u202elive\x9b\x00"


class Odd:
    def __repr__(self) -> str:
        return STRANGE


@pytest.mark.parametrize(
    "error",
    [
        ForeignNotificationError(STRANGE),
        ForgedNotificationError(STRANGE),
        InvalidValueError("start", Odd(), "give a time"),
        MailUnavailableError(STRANGE),
        ProviderUnavailableError(STRANGE),
        RetryTransactionError(STRANGE),
        UndeliverableError(STRANGE),
        UnknownBookingError(STRANGE, "hold"),
        UnknownCalendarError(STRANGE),
        UnknownMemberError("sales", STRANGE, ()),
        UnknownZoneError(STRANGE, ()),
        UnreadableTextError("duration", STRANGE, "write 30m"),
        WrongTypeError("start", Odd(), "a time"),
        Problem(STRANGE, STRANGE),
        Reason(What.BUSY, who="ana", detail=STRANGE),
        Unknown(Interval(NINE, TEN), Cause.SERVICE, STRANGE, uid=STRANGE),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_strangers_say_commands_no_terminal_and_no_log(error: object) -> None:
    """Servers, files and bookers write into messages: they must not forge a line."""
    assert str(error).isprintable()
    assert "live" in str(error)


def test_what_a_stranger_said_stays_to_be_read() -> None:
    """Only the message is cleaned: programs get what was said."""
    assert UndeliverableError(STRANGE).detail == STRANGE
