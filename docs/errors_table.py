"""The table of errors on `reference-errors.md`: when each is raised, what it says, what to do.

Lives here: one example of each error, and what a host does about it. When it is raised is told by
its docstring, and what it says by itself, so the table cannot say anything else.
Must not live here: the page around the table.

`python -m docs.errors_table` writes it between its markers.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from collective_booking import (
    AsyncPortError,
    CalendarChangedError,
    CollectiveBookingError,
    ConfigurationError,
    CurrencyMismatchError,
    DuplicateMemberError,
    EmptyIntervalError,
    Explanation,
    FixedForEverError,
    ForeignNotificationError,
    ForgedNotificationError,
    HoldExpiredError,
    IllegalStepError,
    InvalidTokenError,
    InvalidValueError,
    MailUnavailableError,
    MissingPortError,
    Money,
    NaiveDatetimeError,
    NoChangeError,
    NothingToPayError,
    OptionalOwnerError,
    OutOfRangeError,
    OwnTransactionError,
    PaymentRequiredError,
    PriceChangedError,
    PrimaryOwnerRemovalError,
    Problem,
    ProviderUnavailableError,
    Reason,
    RepeatedIdError,
    RequestPastError,
    RequestReusedError,
    RetryTransactionError,
    RosterSizeError,
    SlotUnavailableError,
    StaleVersionError,
    UndeliverableError,
    UnguardedStoreError,
    UnknownBookingError,
    UnknownCalendarError,
    UnknownMemberError,
    UnknownZoneError,
    UnreadableTextError,
    What,
    WrongTypeError,
)
from docs.docstrings import RULE

PAGE: Final = Path(__file__).with_name("reference-errors.md")
BEGIN: Final = "<!-- drawn by python -m docs.errors_table -->"
END: Final = "<!-- end -->"

_NINE: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
_TEN: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
_NOON: Final = datetime(2026, 3, 2, 12)  # noqa: DTZ001  # that it has no zone is the mistake
_CODE: Final = "A mistake in code: correct the call."

TABLE: Final[Mapping[str, Mapping[CollectiveBookingError, str]]] = {
    "A value that cannot be used": {
        WrongTypeError("start", "10:00", "an aware datetime"): _CODE,
        InvalidValueError("duration", 0, "give at least one minute"): (
            "Show `advice` to whoever gave the value."
        ),
        UnreadableTextError("duration", "30", "write 30m or PT30M"): (
            "Show `advice` to whoever wrote it."
        ),
        NaiveDatetimeError(_NOON): "Give it the zone that it was meant in.",
        EmptyIntervalError(_TEN, _NINE): "Ask for an end after the start.",
        OutOfRangeError("the year 12000", "the years 1 to 9999"): "Ask for another date.",
        UnknownZoneError("Europe/Madird", ("Europe/Madrid",)): "Offer what is `similar`.",
    },
    "Calendars and their roster": {
        ConfigurationError("calendar 'sales-call'", [Problem("slug", "give one")]): (
            "Show every one of its `problems` beside the field it names."
        ),
        UnknownMemberError("sales-call", "zoe", ("ana", "ben")): "Read the calendar again.",
        DuplicateMemberError("sales-call", "ana"): "Use `replace_member`.",
        RosterSizeError("sales-call", 1, 2, 100): "Add or remove somebody else first.",
        PrimaryOwnerRemovalError("sales-call", "ana"): "Ask who takes over, then `make_owner`.",
        OptionalOwnerError("sales-call", "ana"): "Make another member owner first.",
    },
    "Booking": {
        SlotUnavailableError(Explanation(_NINE, (Reason(What.BUSY, "ana"),))): (
            "Show `for_booker()`, offer other times; the `reasons` are for the host."
        ),
        UnknownCalendarError("sales"): "Answer that there is no such page.",
        UnknownBookingError("a1", "hold"): "Answer that there is no such page.",
        InvalidTokenError(): "Answer that there is no such page; do not say why.",
        CalendarChangedError("sales-call"): "Show the calendar anew, and let the booker choose.",
        StaleVersionError("a1", 2): "Show the appointment as it is now, and ask again.",
        RepeatedIdError("a1"): "A mistake in code: `new_id` has to give another each time.",
        RequestReusedError("r1"): "A mistake in code: draw an id for each form that is shown.",
        IllegalStepError("a1", "cancelled", "moved"): "Show its status; offer what is possible.",
        FixedForEverError("a1", "owner"): "Cancel, and book with the others.",
        NoChangeError("a1"): "Nothing; it is as was asked for.",
        RequestPastError("a1", _NINE): "Decline it.",
        HoldExpiredError("h1"): "Offer the times anew.",
    },
    "Money": {
        CurrencyMismatchError(Money(5000, "EUR"), Money(5000, "JPY")): _CODE,
        PriceChangedError(Money(4000, "EUR"), Money(5000, "EUR")): (
            "Show the price of now, and ask whether it is wanted still."
        ),
        PaymentRequiredError("sales-call"): "Use `hold`, then `begin_payment`.",
        NothingToPayError("h1", "confirm the hold"): "Do as `advice` says.",
        ForeignNotificationError("it names no hold of this tenant"): (
            "Answer the webhook with 200, once no other tenant's service knows it. Where `hold` is"
            " set, somebody was charged for that hold outside of the library: look into it."
        ),
        ForgedNotificationError("its signature is wrong"): (
            "Answer the webhook with 400; look at the secret that it is signed with."
        ),
    },
    "Ports and stores": {
        ProviderUnavailableError("503"): (
            "Raised by providers; the library turns it into unknown time (F3)."
        ),
        UndeliverableError("no such mailbox"): (
            "Raised by notifiers and providers; see `undelivered()`, and tell them otherwise."
        ),
        MailUnavailableError("mail.example.com answered 421"): (
            "Raised by the SMTP adapter; it is tried again by itself (E1)."
        ),
        AsyncPortError("store", "commit"): "Use `AsyncBookingService`.",
        MissingPortError("gateway"): "Pass the port to the service.",
        RetryTransactionError("deadlock detected"): "Roll back, and run your transaction again.",
        OwnTransactionError("begin_payment"): "Call it outside your transaction.",
        UnguardedStoreError("the guard cb_claims_no_overlap on cb_claims"): (
            "Run `install_guards` in a migration; see that no other one drops it."
        ),
    },
}


def table() -> str:
    """All of it, as Markdown: a heading and a table for each group."""
    return "\n\n".join("\n".join(_group(title, rows)) for title, rows in TABLE.items())


def _group(title: str, rows: Mapping[CollectiveBookingError, str]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| Error, and when | What it says | What to do |"
    yield "| --------------- | ------------ | ---------- |"
    for error, advice in rows.items():
        kind = type(error)
        name = f"{{class}}`~{kind.__module__}.{kind.__name__}`"
        says = "<br>".join(f"`{line.strip()}`" for line in str(error).splitlines())
        yield f"| {name}<br>{_cited(_when(kind))} | {says} | {_cited(advice)} |"


def _when(kind: type[CollectiveBookingError]) -> str:
    """The first paragraph of its docstring."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def _cited(text: str) -> str:
    return re.sub(rf"\b{RULE}\b", lambda rule: f"[{rule[0]}](rules.md#{rule[0].lower()})", text)


def drawn(page: str) -> str:
    """*page* with the table as it is now between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
