"""Hypothesis strategies for every value of the library.

Lives here: the strategies by name. `st.from_type(CollectiveCalendar)` needs none of the names: as
soon as Hypothesis is imported it knows every public value (see `testing.registry`).
Must not live here: anything that works without Hypothesis (extra `testing`).

What they draw is valid by construction, varied (changes of clocks, hours over midnight, 2 to 100
members, caps, buffers, prices) and shrinks towards a team of two around the change of one clock.
"""

from __future__ import annotations

from collective_booking.testing.strategies.answers import (
    blockages,
    explanations,
    problems,
    reasons,
    rows,
    slots,
    views,
    window_explanations,
)
from collective_booking.testing.strategies.bookings import (
    appointments,
    changes_made,
    charges,
    contacts,
    effects,
    holds,
    member_copies,
    messages,
    notices,
    payment_answers,
    payment_news,
    payments,
    shown,
    snapshots,
)
from collective_booking.testing.strategies.teams import (
    availabilities,
    calendars,
    claims,
    counted,
    emails,
    finders,
    locations,
    members,
    money,
    names,
    ownerships,
    rosters,
    unknowns,
)
from collective_booking.testing.strategies.times import (
    CHANGES,
    ZONE_NAMES,
    changes,
    date_ranges,
    dates,
    interval_sets,
    intervals,
    minutes,
    moments,
    opening_hours,
    spans,
    starts,
    zone_names,
)

__all__ = [
    "CHANGES",
    "ZONE_NAMES",
    "appointments",
    "availabilities",
    "blockages",
    "calendars",
    "changes",
    "changes_made",
    "charges",
    "claims",
    "contacts",
    "counted",
    "date_ranges",
    "dates",
    "effects",
    "emails",
    "explanations",
    "finders",
    "holds",
    "interval_sets",
    "intervals",
    "locations",
    "member_copies",
    "members",
    "messages",
    "minutes",
    "moments",
    "money",
    "names",
    "notices",
    "opening_hours",
    "ownerships",
    "payment_answers",
    "payment_news",
    "payments",
    "problems",
    "reasons",
    "rosters",
    "rows",
    "shown",
    "slots",
    "snapshots",
    "spans",
    "starts",
    "unknowns",
    "views",
    "window_explanations",
    "zone_names",
]
