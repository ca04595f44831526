"""What commands answer with, to draw: bookings, holds, attempts, and what a delivery came to.

Lives here: strategies for the values of `workflows.desk` and of delivering.
Must not live here: the appointments and holds themselves (they are in `bookings`).
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.testing.strategies.bookings import appointments, effects, holds
from collective_booking.testing.strategies.teams import names
from collective_booking.testing.strategies.times import reused
from collective_booking.workflows.delivering import Delivery
from collective_booking.workflows.desk import Attempt, Booking, Held


def _tokens() -> SearchStrategy[str]:
    return st.from_regex(r"[A-Za-z0-9_-]{1,20}\.[A-Za-z0-9_-]{43}", fullmatch=True)


@reused
def bookings() -> SearchStrategy[Booking]:
    """Appointments as a command left them; the token opens nothing."""
    return st.builds(Booking, appointments(), _tokens())


@reused
def held() -> SearchStrategy[Held]:
    """Holds as a command left them; the token opens nothing."""
    return st.builds(Held, holds(), _tokens())


@reused
def attempts() -> SearchStrategy[Attempt]:
    """Attempts to pay, however far they have come; not each of them is one that can be."""
    return st.builds(
        Attempt, holds(), _tokens(), st.none() | bookings(), failure=st.just("") | names()
    )


@reused
def deliveries() -> SearchStrategy[Delivery]:
    """What runs of `deliver` came to, mostly little."""
    some = st.lists(effects(), max_size=2).map(tuple)
    return st.builds(Delivery, some, some, some, st.lists(attempts(), max_size=1).map(tuple))
