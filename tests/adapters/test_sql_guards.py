"""The last word on overlaps is the database's, whoever writes and whatever was decided (S2)."""

from __future__ import annotations

import random
from typing import Any, Final

import pytest
from sqlalchemy import Connection, and_, create_engine, delete, insert, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from collective_booking.adapters.sql import SqlStore, check_guards, create_all, install_guards
from collective_booking.adapters.sql.dialects import Failure, begin_writing, failure_of
from collective_booking.adapters.sql.tables import claims
from collective_booking.errors import UnguardedStoreError
from collective_booking.reasons import SlotUnavailableError, What
from tests.adapters.sql_hosts import Blind, Host
from tests.bookings import KIM, LOU, MONDAY, at, calendar

Key = tuple[str, str, str]
Span = tuple[int, int, int]
"""Start, end, and whether it is exclusive."""


def values(key: Key, span: Span) -> dict[str, Any]:
    names = ("tenant", "member", "id", "start_us", "end_us", "exclusive")
    rest = {"before_us": 0, "after_us": 0, "held": 0, "expires_us": None}
    return dict(zip(names, (*key, *span), strict=True)) | rest


def written(connection: Connection, statement: Any, rows: Any = None) -> bool:
    """Whether the database took a statement; a refusal is by a guard or by a key."""
    try:
        with connection.begin_nested():
            connection.execute(statement, rows)
    except DBAPIError as error:
        unique = "UNIQUE" in str(error) or getattr(error.orig, "sqlstate", None) == "23505"
        if failure_of(error) is Failure.OVERLAP or unique:
            return False
        raise
    return True


def put(connection: Connection, id: str, start: int, end: int, **told: Any) -> bool:
    return written(connection, insert(claims), values(("t", "ana", id), (start, end, 1)) | told)


def own(key: Key) -> Any:
    mine = claims.c
    return and_(mine.tenant == key[0], mine.member == key[1], mine.id == key[2])


# --- what it refuses -----------------------------------------------------------------------------


class Twin:
    """Claims in a dictionary, which is searched from end to end."""

    def __init__(self) -> None:
        self.rows: dict[Key, Span] = {}

    def takes(self, changes: dict[Key, Span], *, gone: Key | None = None) -> bool:
        """Make all *changes*, or none of them."""
        after = {key: span for key, span in self.rows.items() if key != gone} | changes
        for key, (start, end, exclusive) in changes.items():
            for other, (begin, finish, meets) in after.items():
                both = exclusive and meets and other != key and other[:2] == key[:2]
                if both and start < finish and begin < end:
                    return False
        self.rows = after
        return True


def test_the_database_refuses_what_overlaps_and_nothing_else(store: SqlStore) -> None:
    """However a row comes, moves, is replaced or changes its key."""
    with store.engine.connect() as connection:
        begin_writing(connection)
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        seen = set()
        for seed in range(30):
            connection.execute(delete(claims))
            chance, twin = random.Random(seed), Twin()

            def key(chance: random.Random = chance) -> Key:
                return chance.choice("tu"), chance.choice(("m", "mm", "é")), chance.choice("12345")

            def span(chance: random.Random = chance) -> Span:
                start = chance.randrange(30)
                return start, start + chance.randrange(1, 9), int(chance.random() < 0.75)

            for _ in range(40):
                how = chance.choice(("one", "three", "move", "rename", "replace", "delete"))
                there = chance.choice(sorted(twin.rows) or [("", "", "")])
                if how in {"one", "three"}:
                    new = {key(): span() for _ in range(1 if how == "one" else 3)}
                    rows = [values(*each) for each in new.items()]
                    took = written(connection, insert(claims).values(rows))
                    expected = twin.rows.keys().isdisjoint(new) and twin.takes(new)
                elif how == "move":
                    start, end, exclusive = span()
                    moved = {"start_us": start, "end_us": end, "exclusive": exclusive}
                    took = written(connection, update(claims).where(own(there)).values(moved))
                    expected = not twin.rows or twin.takes({there: (start, end, exclusive)})
                elif how == "rename":
                    named = key()
                    renamed = dict(zip(("tenant", "member", "id"), named, strict=True))
                    took = written(connection, update(claims).where(own(there)).values(renamed))
                    free = named == there or named not in twin.rows
                    expected = not twin.rows or (
                        free and twin.takes({named: twin.rows[there]}, gone=there)
                    )
                elif how == "replace":
                    named, wanted = key(), span()
                    into = dialect.insert(claims).values(values(named, wanted))
                    changed = {name: into.excluded[name] for name in claims.c.keys()[3:]}
                    upsert = into.on_conflict_do_update(
                        index_elements=["tenant", "member", "id"], set_=changed
                    )
                    took = written(connection, upsert)
                    expected = twin.takes({named: wanted})
                else:
                    connection.execute(delete(claims).where(own(there)))
                    twin.rows.pop(there, None)
                    continue
                assert took == expected, (seed, how, there)
                seen.add((how, took))
            stored = connection.execute(claims.select()).all()
            assert {tuple(row[:3]): (*row[3:5], row.exclusive) for row in stored} == twin.rows
    assert len(seen) == 10  # each way was taken and refused


def test_tenants_and_members_are_other_people(store: SqlStore) -> None:
    """S6; and stretches that touch do not overlap (T1)."""
    with store.engine.connect() as connection:
        begin_writing(connection)
        assert put(connection, "a", 0, 10)
        assert put(connection, "b", 5, 15, tenant="u")
        assert put(connection, "c", 5, 15, member="ben")
        assert put(connection, "d", 10, 20)
        assert not put(connection, "e", 9, 11)


@pytest.mark.parametrize("told", [{"exclusive": 2}, {"held": 2}, {"end_us": 0}])
def test_a_claim_takes_time_and_is_one_thing_or_the_other(
    store: SqlStore, told: dict[str, int]
) -> None:
    """The guard looks at exclusive claims alone: nothing may be a little exclusive."""
    with (
        pytest.raises(DBAPIError, match="cb_claims_"),
        store.engine.begin() as connection,
    ):
        connection.execute(insert(claims), values(("t", "ana", "a"), (0, 10, 1)) | told)


def test_the_guard_names_who_is_in_the_way(host: Host) -> None:
    """Even where everything else was got around: here, the question under the lock."""
    made = host.service()
    made.save_calendar(calendar())
    first = made.book("sales-call", at("10:00"), KIM).appointment

    with pytest.raises(SlotUnavailableError) as refused:
        host.service(Blind(host.store)).book("sales-call", at("10:00"), LOU)

    assert {(each.what, each.who, each.claim) for each in refused.value.reasons} == {
        (What.APPOINTMENT, "ana", first.id),
        (What.APPOINTMENT, "ben", first.id),
    }
    assert len(made.agenda(MONDAY)) == 1


# --- whether it is there -------------------------------------------------------------------------

DROP: Final = {
    "sqlite": "DROP TRIGGER cb_claims_no_overlap",
    "postgresql": "ALTER TABLE cb_claims DROP CONSTRAINT cb_claims_no_overlap",
}


def trigger(when: str, exclusive: int = 1) -> str:
    """A trigger that bears the name of the guard."""
    return (
        f"CREATE TRIGGER cb_claims_no_overlap BEFORE INSERT ON cb_claims WHEN {when} AND"
        f" NEW.exclusive = {exclusive} BEGIN SELECT RAISE(ABORT, 'cb_claims_no_overlap'); END"
    )


def constraint(elements: str, where: str = "exclusive = 1", more: str = "") -> str:
    """A constraint that bears the name of the guard."""
    return (
        "ALTER TABLE cb_claims ADD CONSTRAINT cb_claims_no_overlap EXCLUDE USING gist"
        f" ({elements}) WHERE ({where}) {more}"
    )


TIME: Final = "int8range(start_us, end_us) WITH &&"
MEMBER: Final = "cb_textrange(member, member, '[]') WITH &&"
TENANT: Final = "cb_textrange(tenant, tenant, '[]') WITH &&"
COARSE: Final = 'CREATE TYPE cb_textrange AS RANGE (subtype = text, collation = "POSIX")'
INVALID: Final = (
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'cb_claims_no_overlap'::regclass"
)
DAMAGE: Final = {
    "sqlite": {
        "gone": [],
        "never": [trigger("0")],
        "shared": [trigger("NEW.start_us < NEW.end_us", exclusive=0)],
        "moves": [
            "DROP TRIGGER cb_claims_no_overlap_moved",
        ],
    },
    "postgresql": {
        "gone": [],
        "shared": [constraint(f"{TIME}, {MEMBER}, {TENANT}", "exclusive = 0")],
        "everybody": [constraint(f"{TIME}, {TENANT}")],
        "nobody": [constraint(f"{TIME}, cb_textrange(member, member) WITH &&, {TENANT}")],
        "late": [constraint(f"{TIME}, {MEMBER}, {TENANT}", more="DEFERRABLE")],
        "check": ["ALTER TABLE cb_claims ADD CONSTRAINT cb_claims_no_overlap CHECK (held < 2)"],
        "coarse": [
            "DROP TYPE cb_textrange",
            COARSE,
            constraint(f"{TIME}, {MEMBER}, {TENANT}"),
        ],
        "invalid": [
            constraint(f"{TIME}, {MEMBER}, {TENANT}"),
            INVALID,
        ],
    },
}
CASES: Final = [
    pytest.param(name, how, id=f"{name}-{how}") for name, kinds in DAMAGE.items() for how in kinds
]


@pytest.mark.parametrize(("dialect", "how"), CASES)
def test_a_store_without_its_guard_does_not_work(
    dialect: str, how: str, request: pytest.FixtureRequest
) -> None:
    """Not even if something stands there that bears its name; installing repairs it."""
    url = "sqlite://" if dialect == "sqlite" else str(request.getfixturevalue("postgres_url"))
    engine = create_engine(url)
    with engine.begin() as connection:
        create_all(connection)
        check_guards(connection)
        connection.execute(text(DROP[dialect]))
        for statement in DAMAGE[dialect][how]:
            connection.execute(text(statement))

    for attempt in (
        lambda: SqlStore(engine).appointments("default", MONDAY),
        lambda: SqlStore(engine).retry("default", "a", at("10:00")),
    ):
        with pytest.raises(UnguardedStoreError, match="install_guards"):
            attempt()
    for _ in range(2):
        with engine.begin() as connection:
            install_guards(connection)
            check_guards(connection)
            assert put(connection, "a", 0, 10)
            assert not put(connection, "b", 5, 15)
            connection.execute(delete(claims))
    assert SqlStore(engine).appointments("default", MONDAY) == ()
    engine.dispose()


def test_a_guard_is_not_put_over_what_overlaps_already(store: SqlStore) -> None:
    """It would look right, and let more overlaps in."""
    with store.engine.begin() as connection:
        connection.execute(text(DROP[connection.dialect.name]))
        for id_, start, end in (("a", 0, 100), ("b", 10, 20), ("c", 100, 110)):
            assert put(connection, id_, start, end)

    with (
        pytest.raises(UnguardedStoreError, match="a and b of ana, tenant t"),
        store.engine.begin() as connection,
    ):
        install_guards(connection)
    with store.engine.begin() as connection:
        connection.execute(delete(claims).where(claims.c.id == "b"))
        install_guards(connection)
        check_guards(connection)


def test_the_guard_is_found_along_the_search_path(postgres_url: str) -> None:
    """A host may keep the tables in a schema of their own."""
    there = {"options": "-csearch_path=bookings,public"}
    engine = create_engine(postgres_url, connect_args=there)
    elsewhere = create_engine(postgres_url)
    with elsewhere.begin() as connection:
        connection.execute(text("CREATE SCHEMA bookings"))
    with engine.begin() as connection:
        create_all(connection)

    assert SqlStore(engine).appointments("default", MONDAY) == ()
    with pytest.raises(UnguardedStoreError):
        SqlStore(elsewhere).appointments("default", MONDAY)
    engine.dispose()
    elsewhere.dispose()


def test_other_databases_have_no_guard() -> None:
    """They say so before anything is created."""
    from sqlalchemy import create_mock_engine

    mock: Any = create_mock_engine("mysql+pymysql://", lambda *_: None)
    for attempt in (create_all, install_guards, check_guards):
        with pytest.raises(UnguardedStoreError, match="a guard for mysql"):
            attempt(mock)


def test_lapsed_holds_are_found_without_wading_through_all_claims() -> None:
    """Every commit looks for them, of members who may have had thousands of appointments (S3)."""
    store = SqlStore.open("sqlite://")
    query = (
        "EXPLAIN QUERY PLAN DELETE FROM cb_claims"
        " WHERE tenant = 't' AND member IN ('a', 'b') AND expires_us <= 5"
    )
    with store.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(query))
    store.close()

    assert "USING INDEX cb_claims_lapsing" in plan
