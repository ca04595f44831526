"""What pytest finds of ours in every host's environment: fixtures, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from collective_booking import BookingService
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider, samples


def test_a_service_is_ready_to_be_booked(
    booking_service: BookingService,
    booking_clock: FakeClock,
    booking_provider: FakeProvider,
    booking_notifier: FakeNotifier,
) -> None:
    """All that a host's first test needs is the names of its arguments."""
    booking_service.save_calendar(samples.calendar())
    booking = booking_service.book("sales-call", samples.at("10:00"), samples.KIM)
    booking_clock.advance(timedelta(minutes=1))
    booking_service.deliver()

    assert booking.appointment.uid == "id2@booking.example.com"  # of the second command
    assert sorted(booking_provider.copies) == ["ana", "ben"]
    assert [message.email for message in booking_notifier.received] == [
        "kim@example.com",
        "ana@example.com",
    ]


def test_each_test_has_a_service_of_its_own(
    booking_service: BookingService, booking_gateway: FakeGateway
) -> None:
    """What the test before has booked is not there."""
    assert booking_service.agenda(samples.MONDAY) == ()
    assert booking_gateway.calls == []


# --- in a host's own run -------------------------------------------------------------------------


def run(folder: Path, test: str, *options: str) -> subprocess.CompletedProcess[str]:
    """How pytest fares with *test* in a project that knows nothing of ours."""
    (folder / "test_host.py").write_text(test, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_host_replaces_a_port_by_a_fixture_of_its_own(tmp_path: Path) -> None:
    """The service takes whatever is called so."""
    told = run(
        tmp_path,
        """
import pytest

class Mail:
    def __init__(self): self.sent = []
    def send(self, message): self.sent.append(message.email)

@pytest.fixture
def booking_notifier():
    return Mail()

def test_the_booker_is_written_to(booking_service, booking_notifier):
    from collective_booking.testing import samples
    booking_service.save_calendar(samples.calendar())
    booking_service.book("sales-call", samples.at("10:00"), samples.KIM)
    booking_service.deliver()
    assert "kim@example.com" in booking_notifier.sent
""",
    )

    assert told.returncode == 0, told.stdout


def test_a_contract_that_fails_shows_what_it_compared(tmp_path: Path) -> None:
    """A bare AssertionError would send every implementer into our sources."""
    told = run(
        tmp_path,
        """
from collective_booking.testing import FakeNotifier
from collective_booking.testing.contracts import NotifierContract

class TestMail(NotifierContract):
    def make_notifier(self): return FakeNotifier()
    def delivered(self, notifier): return []
""",
        "-k",
        "reaches_whom_it_names",
    )

    assert "Right contains 2 more items" in told.stdout, told.stdout


def test_who_asks_for_nothing_pays_for_nothing(tmp_path: Path) -> None:
    """Every run of pytest in the environment loads the plugin; the library is loaded by its use."""
    told = run(
        tmp_path,
        """
import sys

def test_nothing_is_loaded():
    assert "_collective_booking_pytest" in sys.modules
    ours = [name for name in sys.modules if name.split(".")[0] == "collective_booking"]
    assert not ours
    assert "sqlalchemy" not in sys.modules
    assert "hypothesis" not in sys.modules
""",
    )

    assert told.returncode == 0, told.stdout


def test_the_plugin_can_be_left_out(tmp_path: Path) -> None:
    """By the name of the library, as pytest shows it among its plugins."""
    told = run(
        tmp_path,
        "import sys\ndef test_it(): assert '_collective_booking_pytest' not in sys.modules\n",
        "-p",
        "no:collective_booking",
    )

    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize(
    "fixture", ["clock", "gateway", "notifier", "provider", "service", "store"]
)
def test_every_fixture_explains_itself(pytestconfig: pytest.Config, fixture: str) -> None:
    """`pytest --fixtures` is where a host looks for what there is."""
    plugin = pytestconfig.pluginmanager.get_plugin("collective_booking")

    assert getattr(plugin, f"booking_{fixture}").__doc__
