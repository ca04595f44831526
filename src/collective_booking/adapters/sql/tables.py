"""The tables of the store, for SQLite and PostgreSQL alike.

Lives here: one public `MetaData`, which a host's own migrations may see.
Must not live here: guards against overlaps (that is `guards`), queries.

Every instant is an integer of microseconds since 1970 in UTC, in columns that end in `_us`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from collective_booking.effects import Fate

metadata: Final = MetaData()
"""Every table of the store; their names begin with `cb_`."""

_INSTANT: Final = BigInteger().with_variant(Integer(), "sqlite")
# Long enough for every id, slug and key; what is longer is refused before it comes here.
_NAME: Final = String(200)


def _named(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, _NAME, primary_key=key, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _at(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, _INSTANT, nullable=nullable)


calendars: Final = Table(
    "cb_calendars",
    metadata,
    _named("tenant", key=True),
    _named("slug", key=True),
    _number("version"),
)
"""The current version of each calendar; its row is the calendar's lock."""

calendar_versions: Final = Table(
    "cb_calendar_versions",
    metadata,
    _named("tenant", key=True),
    _named("slug", key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
)
"""Each version that a calendar had; never changed, for snapshots refer to it (A1)."""

members: Final = Table(
    "cb_members",
    metadata,
    _named("tenant", key=True),
    _named("member", key=True),
    _at("buffer_us"),
    _at("length_us"),
)
"""A row for each person; it is their lock. The largest buffer and length ever claimed of them."""

holds: Final = Table(
    "cb_holds",
    metadata,
    _named("tenant", key=True),
    _named("id", key=True),
    _named("slug"),
    _number("calendar_version"),
    _number("version"),
    _at("wakes_us", nullable=True),
    Column("record", Text, nullable=False),
    Index(
        "cb_holds_wakes",
        "tenant",
        "wakes_us",
        sqlite_where=text("wakes_us IS NOT NULL"),
        postgresql_where=text("wakes_us IS NOT NULL"),
    ),
)
"""Holds with their payments, however they ended."""

appointments: Final = Table(
    "cb_appointments",
    metadata,
    _named("tenant", key=True),
    _named("id", key=True),
    _named("slug"),
    _number("calendar_version"),
    _number("version"),
    Column("status", String(20), nullable=False),
    _at("start_us"),
    _at("end_us"),
    Index("cb_appointments_start", "tenant", "start_us"),
)
"""Appointments as they are now."""

appointment_versions: Final = Table(
    "cb_appointment_versions",
    metadata,
    _named("tenant", key=True),
    _named("id", key=True),
    Column("version", Integer, primary_key=True),
    Column("record", Text, nullable=False),
)
"""Each version that an appointment had: its history, and what its effects tell of."""

claims: Final = Table(
    "cb_claims",
    metadata,
    _named("tenant", key=True),
    _named("member", key=True),
    _named("id", key=True),
    _at("start_us"),
    _at("end_us"),
    _at("before_us"),
    _at("after_us"),
    _number("exclusive"),
    _number("held"),
    _at("expires_us", nullable=True),
    CheckConstraint("start_us < end_us", name="cb_claims_take_time"),
    CheckConstraint("exclusive IN (0, 1)", name="cb_claims_exclusive_or_shared"),
    CheckConstraint("held IN (0, 1)", name="cb_claims_held_or_booked"),
    # What the guard of SQLite looks through: it must not wade through shared claims.
    Index(
        "cb_claims_exclusive",
        "tenant",
        "member",
        "start_us",
        sqlite_where=text("exclusive = 1"),
        postgresql_where=text("exclusive = 1"),
    ),
    Index("cb_claims_start", "tenant", "member", "start_us"),
    Index("cb_claims_id", "tenant", "id"),
    # The few that can lapse: looked for by every commit, among all that its members ever had.
    Index(
        "cb_claims_lapsing",
        "tenant",
        "member",
        "expires_us",
        sqlite_where=text("expires_us IS NOT NULL"),
        postgresql_where=text("expires_us IS NOT NULL"),
    ),
)
"""The time of each member that each appointment and hold takes (F7)."""

counts: Final = Table(
    "cb_counts",
    metadata,
    _named("tenant", key=True),
    _named("id", key=True),
    _named("slug"),
    _at("start_us"),
    _at("expires_us", nullable=True),
    Index("cb_counts_start", "tenant", "slug", "start_us"),
)
"""What counts to the caps of each calendar (N3)."""

requests: Final = Table(
    "cb_requests",
    metadata,
    _named("tenant", key=True),
    _named("id", key=True),
    _named("fingerprint"),
    _named("subject"),
    _number("version"),
    _at("made_us"),
    Index("cb_requests_made", "tenant", "made_us"),
)
"""What each request came to (S4)."""

news: Final = Table(
    "cb_news",
    metadata,
    _named("tenant", key=True),
    Column("id", String(1000), primary_key=True),
    _at("made_us"),
    Index("cb_news_made", "tenant", "made_us"),
)
"""The notifications of gateways that were taken in (M4)."""

outbox: Final = Table(
    "cb_outbox",
    metadata,
    _named("tenant", key=True),
    Column("key", String(1000), primary_key=True),
    _named("appointment"),
    _number("version"),
    Column("channel", String(20), nullable=False),
    _named("recipient"),
    Column("state", String(20), nullable=False),
    _at("due_us"),
    _number("attempts"),
    Column("failure", Text, nullable=False),
    Index("cb_outbox_order", "tenant", "appointment", "channel", "recipient", "version"),
    Index(
        "cb_outbox_due",
        "tenant",
        "due_us",
        sqlite_where=text(f"state = '{Fate.WAITING}'"),
        postgresql_where=text(f"state = '{Fate.WAITING}'"),
    ),
)
"""Effects: who has to be told of which change, and how far that is (E1)."""
