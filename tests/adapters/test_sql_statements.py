"""Statements that are written once: each driver gets its own words, and each value its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, bindparam, create_engine, null, select, update
from sqlalchemy.engine import make_url

from collective_booking.adapters.sql.guards import create_all
from collective_booking.adapters.sql.statements import (
    Insertion,
    Statement,
    StatementOfMembers,
    by,
)
from collective_booking.adapters.sql.tables import counts, members


@pytest.fixture(params=["qmark", "named"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A driver that counts its parameters, and one that calls them by their names."""
    engine = create_engine("sqlite://", paramstyle=request.param)
    with engine.begin() as connection:
        create_all(connection)
        yield connection
    engine.dispose()


PEOPLE = Insertion(members, "buffer_us", "member")
COUNT = Insertion(counts)
OF_T = {"length_us": 9, "tenant": "t"}


def test_a_value_goes_to_its_column_whatever_the_order_of_the_table(connection: Connection) -> None:
    """Parameters that are counted would end in one another's columns."""
    PEOPLE.run(connection, OF_T, [(1, "ana"), (2, "ben")])

    found = connection.execute(select(members).order_by(members.c.member)).all()
    assert [tuple(row) for row in found] == [("t", "ana", 1, 9), ("t", "ben", 2, 9)]


def test_one_row_and_many_are_told_apart(connection: Connection) -> None:
    """Each number of rows has a text of its own, also when fewer come after more."""
    PEOPLE.run(connection, OF_T, [(n, f"m{n}") for n in range(100)])
    PEOPLE.run(connection, OF_T, [(7, "ana")])

    of_some = StatementOfMembers(
        members.c.member,
        lambda are_these: (
            select(members.c.buffer_us)
            .where(by(members, "tenant"), are_these)
            .order_by(members.c.buffer_us)
        ),
    )
    asked: tuple[list[str], ...] = (["m3", "ana", "m99"], ["m5"], [], ["nobody", "m1"])
    found = [of_some.run(connection, {"tenant": "t"}, ids).scalars().all() for ids in asked]
    assert found == [[3, 7, 99], [5], [], [1]]


def test_what_is_written_into_a_statement_needs_no_parameter(connection: Connection) -> None:
    row = {"tenant": "t", "id": "a1", "slug": "call", "start_us": 1, "expires_us": 5}
    COUNT.run(connection, row)
    lasting = Statement(
        update(counts)
        .where(by(counts, "id"), counts.c.slug == "call")
        .values(start_us=bindparam("moved"), expires_us=null())
    )

    lasting.run(connection, {"id": "a1", "moved": 2})

    assert connection.execute(select(counts.c.start_us, counts.c.expires_us)).all() == [(2, None)]


def test_a_parameter_that_was_forgotten_is_no_null(connection: Connection) -> None:
    """Sent as NULL it would find nothing, or empty a column, and nobody would be told."""
    with pytest.raises(KeyError, match="id"):
        Statement(select(counts).where(by(counts, "tenant", "id"))).run(connection, {"tenant": "t"})
    with pytest.raises(KeyError, match="slug"):
        COUNT.run(connection, {"tenant": "t", "id": "a1"})


def test_each_driver_gets_its_own_words() -> None:
    """One process may have stores in two databases; the first must not speak for the second."""
    texts = Statement(select(counts.c.slug).where(by(counts, "id")))._texts
    lite = texts.of(create_engine("sqlite://").dialect, 1)
    post = texts.of(make_url("postgresql+psycopg://").get_dialect()(), 1)

    assert lite.sql.endswith("cb_counts.id = ?")
    assert lite.filled({"id": "a1"}) == ("a1",)
    assert post.sql.endswith("cb_counts.id = %(id)s::VARCHAR")
    assert post.filled({"id": "a1"}) == {"id": "a1"}
