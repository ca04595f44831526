"""Tells Hypothesis how each public value is drawn.

Lives here: `register`, which Hypothesis calls by itself when it is imported (its entry point
`hypothesis`), and the one list of which strategy draws which value.
Must not live here: a strategy, and an import of Hypothesis or of the strategies by merely importing
this: whoever imports those first is on the way here already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import collective_booking

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

DRAWN_BY: Final = {
    "Appointment": "appointments",
    "Attempt": "attempts",
    "Availability": "availabilities",
    "Blockage": "blockages",
    "Booking": "bookings",
    "Change": "changes_made",
    "Charge": "charges",
    "Claim": "claims",
    "CollectiveCalendar": "calendars",
    "Contact": "contacts",
    "Counted": "counted",
    "DateRange": "date_ranges",
    "Delivery": "deliveries",
    "Effect": "effects",
    "Explanation": "explanations",
    "Held": "held",
    "Hold": "holds",
    "Interval": "intervals",
    "IntervalSet": "interval_sets",
    "MeetingLocation": "locations",
    "Member": "members",
    "MemberCopy": "member_copies",
    "Message": "messages",
    "Money": "money",
    "NearMiss": "near_misses",
    "Notice": "notices",
    "OpeningHours": "opening_hours",
    "Ownership": "ownerships",
    "Payment": "payments",
    "PaymentAnswer": "payment_answers",
    "PaymentNews": "payment_news",
    "Problem": "problems",
    "Reason": "reasons",
    "Release": "releases",
    "Row": "rows",
    "Shown": "shown",
    "Slot": "slots",
    "SlotFinder": "finders",
    "Snapshot": "snapshots",
    "Unknown": "unknowns",
    "View": "views",
    "WindowExplanation": "window_explanations",
}
"""Every public value, and the strategy of `testing.strategies` that draws it."""


def register() -> None:
    """Let `st.from_type` draw every public value, in tests that have imported nothing of ours.

    Hypothesis has called it by itself wherever the library is installed:

    >>> from hypothesis import strategies as st
    >>> from collective_booking import Interval
    >>> register()  # again, it changes nothing
    >>> st.from_type(Interval).is_empty
    False
    """
    from hypothesis import strategies as st  # noqa: PLC0415

    for value, strategy in DRAWN_BY.items():
        st.register_type_strategy(getattr(collective_booking, value), _later(strategy))


def _later(strategy: str) -> Callable[[type], SearchStrategy[Any]]:
    """Look *strategy* up when it is drawn from: a host that draws none loads none."""

    def drawn(_: type) -> SearchStrategy[Any]:
        from collective_booking.testing import strategies  # noqa: PLC0415

        made: SearchStrategy[Any] = getattr(strategies, strategy)()
        return made

    return drawn
