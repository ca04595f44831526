"""Statements that are always the same: written out once, and sent as they are from then on.

SQLAlchemy writes each in the words of a database, once for each of its drivers; after that only the
parameters are filled in. Recognising a statement each time anew costs SQLAlchemy more than many a
database takes to answer it.

Lives here: writing statements out, and sending them with their parameters.
Must not live here: any statement (it stands above the function that sends it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Table,
    and_,
    bindparam,
    false,
    insert,
)


def by(table: Table, *names: str) -> ColumnElement[bool]:
    """That the columns *names* of *table* are what the parameters of the same names say.

    >>> from collective_booking.adapters.sql.tables import holds
    >>> print(by(holds, "tenant", "id"))
    cb_holds.tenant = :tenant AND cb_holds.id = :id
    """
    return and_(*(table.c[name] == bindparam(name) for name in names))


class Statement:
    """A statement whose parameters have names.

    >>> from sqlalchemy import create_engine, literal, select
    >>> twice = Statement(select(2 * bindparam("number", type_=literal(1).type)))
    >>> engine = create_engine("sqlite://")
    >>> with engine.connect() as connection:
    ...     twice.run(connection, {"number": 21}).scalar()
    42
    >>> engine.dispose()
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._texts = _Texts(lambda _: statement)

    def run(self, connection: Connection, given: Mapping[str, Any]) -> CursorResult[Any]:
        """Send it over *connection* with the parameters *given*."""
        return _send(connection, self._texts.of(connection.dialect, 1), given)


class StatementOfMembers:
    """A statement that asks for any of some members: another text for each number of them.

    *build* is given the condition that the column *member* is one of them.
    """

    def __init__(
        self, member: ColumnElement[str], build: Callable[[ColumnElement[bool]], ClauseElement]
    ) -> None:
        def of_so_many(number: int) -> ClauseElement:
            names = [bindparam(_member(n), type_=member.type) for n in range(number)]
            return build(member.in_(names) if names else false())

        self._texts = _Texts(of_so_many)

    def run(
        self, connection: Connection, given: Mapping[str, Any], ids: Sequence[str]
    ) -> CursorResult[Any]:
        """Send it over *connection* for the members *ids* with the parameters *given*."""
        members = {_member(n): id_ for n, id_ in enumerate(ids)}
        text = self._texts.of(connection.dialect, len(ids))
        return _send(connection, text, {**given, **members})


def _member(number: int) -> str:
    return f"member_{number}"


class Insertion:
    """One INSERT of whole rows into a table, however many they are."""

    def __init__(self, table: Table) -> None:
        columns = table.columns

        def of_so_many(number: int) -> ClauseElement:
            return insert(table).values(
                [
                    {each.name: bindparam(f"{each.name}_{n}", type_=each.type) for each in columns}
                    for n in range(number)
                ]
            )

        self._texts = _Texts(of_so_many)
        self._in_order = itemgetter(*columns.keys())

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert *rows* over *connection*: each has a value for every column."""
        text = self._texts.of(connection.dialect, len(rows))
        connection.exec_driver_sql(text.sql, text.filled(chain(*map(self._in_order, rows))))


class _Text(NamedTuple):
    """What one driver gets: the text, the names of its parameters in order, and fixed values."""

    sql: str
    names: Sequence[str]
    fixed: Mapping[str, Any]
    positional: bool

    def filled(self, values: Iterable[Any]) -> Any:
        """*values*, in order, as parameters."""
        return tuple(values) if self.positional else dict(zip(self.names, values, strict=True))


class _Texts:
    """A statement in the words of each driver, written when it is needed first."""

    def __init__(self, build: Callable[[int], ClauseElement]) -> None:
        self._build = build
        self._known: dict[tuple[str, str, str, int], _Text] = {}

    def of(self, dialect: Dialect, number: int) -> _Text:
        """The text for *number* members or rows."""
        key = (dialect.name, dialect.driver, dialect.paramstyle, number)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _write(self._build(number), dialect)
        return known


def _write(statement: ClauseElement, dialect: Dialect) -> _Text:
    compiled: Any = statement.compile(dialect=dialect)
    positional = bool(compiled.positional)
    names = tuple(compiled.positiontup if positional else compiled.params)
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return _Text(str(compiled), names, fixed, positional)


def _send(connection: Connection, text: _Text, given: Mapping[str, Any]) -> CursorResult[Any]:
    values = {**text.fixed, **given}
    parameters = text.filled([values[name] for name in text.names])
    return connection.exec_driver_sql(text.sql, parameters)
