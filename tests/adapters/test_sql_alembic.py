"""The recipe for hosts that migrate with Alembic does what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from collective_booking.adapters.sql import SqlStore
from collective_booking.service import BookingService
from collective_booking.testing import FakeClock, FakeProvider
from tests.bookings import HOST, KIM, NOW, SECRET, at, calendar

RECIPE: Final = Path(__file__).parents[2] / "examples" / "alembic"


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_a_host_migrates_with_alembic(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Upgrade, book, see no difference, downgrade."""
    url = f"sqlite:///{tmp_path / 'bookings.sqlite'}"
    if dialect == "postgres":
        url = str(request.getfixturevalue("postgres_url"))
    config = Config()
    config.set_main_option("script_location", str(RECIPE))
    config.set_main_option("sqlalchemy.url", url)

    command.upgrade(config, "head")
    engine = create_engine(url)
    service = BookingService(
        SqlStore(engine), secret=SECRET, host=HOST, clock=FakeClock(NOW), provider=FakeProvider()
    )
    service.save_calendar(calendar())
    assert service.book("sales-call", at("10:00"), KIM).appointment.start == at("10:00")
    command.check(config)  # raises if the tables are not what the metadata says
    engine.dispose()
    command.downgrade(config, "base")

    left = create_engine(url)
    assert inspect(left).get_table_names() == ["alembic_version"]
    left.dispose()
