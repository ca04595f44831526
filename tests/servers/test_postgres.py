"""The tests' own PostgreSQL does what tests of a store take for granted."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import create_engine, make_url, text

from collective_booking.adapters.sql import SqlStore
from tests.servers.postgres import (
    PostgresServer,
    PostgresUnavailableError,
    postgres_folder,
    start_postgres,
)

PROJECT: Final = Path(__file__).parent.parent.parent


def run(url: str, *statements: str) -> list[object]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements[:-1]:
                connection.execute(text(statement))
            return list(connection.execute(text(statements[-1])).scalars())
    finally:
        engine.dispose()


def test_a_fresh_database_is_empty_and_its_own(postgres: PostgresServer) -> None:
    """Two tests that ran in one database would pass or fail by their order."""
    with postgres.fresh_database() as ours, postgres.fresh_database() as theirs:
        run(ours, "CREATE TABLE slot (id int)", "INSERT INTO slot VALUES (1) RETURNING id")

        there = run(theirs, "SELECT count(*) FROM pg_tables WHERE tablename = 'slot'")
        kept = run(ours, "SELECT id FROM slot")

    assert (there, kept) == ([0], [1])


def test_a_database_goes_even_while_somebody_is_connected(postgres: PostgresServer) -> None:
    """A test that fails leaves its engine open, and the next one must not pay for it."""
    with postgres.fresh_database() as url:
        engine = create_engine(url)
        connection = engine.connect()
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    connection.invalidate()
    engine.dispose()

    assert run(postgres.url(), f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == [0]


def test_nothing_of_a_database_is_left_for_the_next_test(postgres: PostgresServer) -> None:
    """It is lent again under another name: with no table, type, schema or setting of the former."""
    everything = (
        "SELECT relname FROM pg_class UNION ALL SELECT typname FROM pg_type "
        "UNION ALL SELECT proname FROM pg_proc UNION ALL SELECT extname FROM pg_extension "
        "UNION ALL SELECT nspname || coalesce(nspacl::text, '') FROM pg_namespace "
        "UNION ALL SELECT unnest(setconfig) FROM pg_db_role_setting ORDER BY 1"
    )
    with postgres.fresh_database() as url:
        store = SqlStore.open(url)
        store.engine.dispose()
        run(
            url,
            "CREATE SCHEMA theirs",
            "CREATE TABLE theirs.slot (id serial)",
            "CREATE TYPE mood AS ENUM ('well')",
            f"ALTER DATABASE {make_url(url).database} SET timezone = 'Asia/Tokyo'",
            "SELECT 1",
        )
        number = run(url, "SELECT oid FROM pg_database WHERE datname = current_database()")

    with postgres.fresh_database() as again:
        same = run(again, "SELECT oid FROM pg_database WHERE datname = current_database()")
        left, zone = run(again, everything), run(again, "SHOW timezone")

    assert same == number
    assert left == run(postgres.url("template1"), everything)
    assert zone != ["Asia/Tokyo"]
    assert again != url


def test_committed_rows_survive_the_death_of_a_durable_server() -> None:
    """Whoever tests a crash kills a server of its own, and finds there what was promised."""
    with postgres_folder() as folder:
        server = start_postgres(folder, durable=True)
        first = server.pid
        run(server.url(), "CREATE TABLE slot (id int)", "INSERT INTO slot VALUES (7) RETURNING id")
        durable = run(server.url(), "SHOW fsync")
        server.kill()
        server.start()
        rows = run(server.url(), "SELECT id FROM slot")
        second = server.pid

    assert (rows, durable) == ([7], ["on"])
    assert first != second
    assert not folder.exists()


def test_a_server_does_not_outlive_the_process_that_owns_it() -> None:
    """A test run that is killed must not leave a server on the machine, nor its folder."""
    owner = (
        "import time\n"
        "from tests.servers.postgres import postgres_folder, start_postgres\n"
        "with postgres_folder() as folder:\n"
        "    print(start_postgres(folder, durable=False).folder, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", owner], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        started = PostgresServer(folder).pid is not None
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)

    assert started
    assert not folder.exists()


def test_a_server_that_cannot_start_says_what_to_do(tmp_path: Path) -> None:
    """Tests that need a server fail without one, and their reader wants to get on."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()

    with pytest.raises(PostgresUnavailableError, match=r"too long[^$]*pip install -e '\.\[test\]'"):
        start_postgres(folder, durable=False)
