"""What every test run starts with: how hard the laws are tried, and a database for who asks.

`postgres` is the run's server and `postgres_url` a fresh database in it. It starts when the
first test asks for it, is shared by all worker processes, and ends with the run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.postgres import PostgresServer, postgres_folder, share_postgres

# Nobody's machine is timed: a slow example is not a wrong one.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", untimed)

# Continuous integration gives one commit one verdict; the search for new examples
# goes on at the desks, where `default` draws others every time.
settings.register_profile("ci", untimed, derandomize=True, print_blob=True)
settings.register_profile("quick", settings.get_profile("ci"), max_examples=25)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

POSTGRES_FOLDER: Final = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the place for the run's server in the one process that outlives all others."""
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[POSTGRES_FOLDER] = Path(worker["postgres_folder"])
        return
    run = ExitStack()
    config.stash[POSTGRES_FOLDER] = run.enter_context(postgres_folder())
    config.add_cleanup(run.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker process of pytest-xdist where that place is."""
    node.workerinput["postgres_folder"] = str(node.config.stash[POSTGRES_FOLDER])


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> PostgresServer:
    """The server of this run. A test that would kill it starts its own: `start_postgres`."""
    return share_postgres(pytestconfig.stash[POSTGRES_FOLDER])


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh, empty database for one test, as SQLAlchemy's URL."""
    with postgres.fresh_database() as url:
        yield url
