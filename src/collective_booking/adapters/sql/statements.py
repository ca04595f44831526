"""Statements that are always the same: written out once, and sent as they are from then on.

SQLAlchemy writes each in the words of a database, once for each of its drivers; after that only the
parameters are filled in. Recognising a statement each time anew costs SQLAlchemy more than many a
database takes to answer it.

Lives here: writing statements out, and sending them with their parameters.
Must not live here: any statement (it stands above the function that sends it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ClauseElement,
    Column,
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
            names = [bindparam(_numbered("member", n), type_=member.type) for n in range(number)]
            return build(member.in_(names) if names else false())

        self._texts = _Texts(of_so_many)

    def run(
        self, connection: Connection, given: Mapping[str, Any], ids: Sequence[str]
    ) -> CursorResult[Any]:
        """Send it over *connection* for the members *ids* with the parameters *given*."""
        members = {_numbered("member", n): id_ for n, id_ in enumerate(ids)}
        text = self._texts.of(connection.dialect, len(ids))
        return _send(connection, text, {**given, **members})


class Insertion:
    """An INSERT of whole rows into *table*, which differ in the columns *each* alone.

    What they share is sent once: a text with few parameters is one that a driver remembers.
    """

    def __init__(self, table: Table, *each: str) -> None:
        def of_so_many(number: int) -> ClauseElement:
            return insert(table).values([row(n) for n in range(number)])

        def row(number: int) -> dict[str, Any]:
            return {column.name: value(column, number) for column in table.columns}

        def value(column: Column[Any], number: int) -> Any:
            own = column.name in each
            name = _numbered(column.name, number) if own else column.name
            return bindparam(name, type_=column.type)

        self._each = each
        self._texts = _Texts(of_so_many)

    def run(
        self,
        connection: Connection,
        given: Mapping[str, Any],
        rows: Sequence[tuple[Any, ...]] = ((),),
    ) -> None:
        """Insert *rows*, each its own values in order, with those *given* for all of them."""
        own = {
            _numbered(name, n): value
            for n, row in enumerate(rows)
            for name, value in zip(self._each, row, strict=True)
        }
        _send(connection, self._texts.of(connection.dialect, len(rows)), {**given, **own})


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}"


class _Text(NamedTuple):
    """What one driver gets: the text, the names of its parameters in order, and fixed values."""

    sql: str
    names: Sequence[str]
    fixed: Mapping[str, Any]
    positional: bool

    def filled(self, values: Mapping[str, Any]) -> Any:
        """*values* as parameters."""
        if self.positional:
            return tuple([values[name] for name in self.names])
        return {name: values[name] for name in self.names}


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
    return connection.exec_driver_sql(text.sql, text.filled({**text.fixed, **given}))
