"""The site as a command: one line starts it, and what it needs it makes."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from asyncio import to_thread
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

import httpx
import pytest

from collective_booking import BookingService, Interval, Message
from collective_booking.adapters.smtp import SmtpNotifier
from collective_booking.testing import FakeClock, FakeNotifier
from examples.booking_site.app import create_app
from examples.booking_site.mailing import mail_server
from examples.booking_site.settings import MAIL_PASSWORD, PASSWORD, Settings, settings_from
from examples.booking_site.site import htmx, templates
from tests.bookings import KIM, NOW

WEEK: Final = Interval.from_isoformat("2026-11-23T07:00Z/2026-11-30T07:00Z")
PROJECT: Final = Path(__file__).parent.parent.parent


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as a process of its own, once it listens, and where."""
    command = [sys.executable, "-W", "error", "-m", "examples.booking_site", *arguments]
    process = subprocess.Popen(
        command, cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"running on (http://\S+)", line):
                yield process, found[1]
                break
        else:
            pytest.fail(said)
    finally:
        process.kill()
        process.communicate()


def test_one_line_starts_it_and_an_interrupt_ends_it(tmp_path: Path) -> None:
    """With warnings as errors, as a reader would find them."""
    with started("--port", "0", "--folder", str(tmp_path / "site")) as (process, address):
        page = httpx.get(f"{address}/sales-call")
        for place in ("booking/a1.c0de/move", "pay/h1.c0de", "test-payment/h1.c0de"):
            httpx.get(f"{address}/{place}")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)

    assert page.status_code == 200
    assert "Sales call" in page.text
    assert "Traceback" not in rest
    assert "GET /booking/a1.***/move HTTP/1.1" in rest
    assert "c0de" not in rest  # a log is no place to keep what opens a booking
    assert (tmp_path / "site" / "bookings.sqlite").exists()


def test_the_key_is_the_owners_alone_and_stays(tmp_path: Path) -> None:
    """Every link that was sent depends on it, and whoever reads it can make links."""
    settings = settings_from(["--folder", str(tmp_path / "site")], {})

    key = settings.secret()

    assert settings.secret() == key
    assert len(key) == 64
    assert (settings.folder / "bookings.key").stat().st_mode & 0o077 == 0


def test_a_password_is_given_or_made_up_and_never_shown() -> None:
    given = settings_from([], {PASSWORD: "from the environment"})
    typed = settings_from(["--password", "typed"], {PASSWORD: "from the environment"})
    made_up = {settings_from([], {}).password for _ in range(2)}

    assert (given.password, typed.password) == ("from the environment", "typed")
    assert len(made_up) == 2
    assert "typed" not in repr(typed)


@pytest.mark.parametrize("port", ["99999999", "-1", "http"])
def test_a_port_that_is_none_is_told(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence about the option, where it was typed; no trace out of a socket."""
    with pytest.raises(SystemExit):
        settings_from([f"--port={port}"], {})

    assert "argument --port: " in capsys.readouterr().err


def test_links_lead_to_where_visitors_reach_it() -> None:
    """Behind a proxy the site's own port is nothing that a mail may name."""
    own = settings_from(["--port", "8123"], {})
    public = settings_from(["--address", "https://book.example.com/"], {})

    assert own.address == "http://127.0.0.1:8123"
    assert public.address == "https://book.example.com"


def test_the_script_of_htmx_is_there_and_pages_do_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = htmx()
    assert script is not None
    assert script.read_text("utf-8").startswith("var htmx=")

    monkeypatch.setattr("examples.booking_site.site.htmx", lambda: None)

    assert templates().globals["htmx"] is False


def test_while_it_runs_it_tells_everybody_by_itself(tmp_path: Path) -> None:
    """A booking that nobody hears of is none; and when it ends it lets go of everything."""
    sent = Event()

    class Notifier(FakeNotifier):
        def send(self, message: Message) -> None:
            super().send(message)
            sent.set()

    app = create_app(Settings(folder=tmp_path), clock=FakeClock(NOW), notifier=Notifier())
    service: BookingService = app.state.site.service
    service.book("sales-call", service.offers("sales-call", WEEK)[0].start, KIM)

    async def run() -> bool:
        async with app.router.lifespan_context(app):
            return await to_thread(sent.wait, 60)

    assert asyncio.run(run())


def test_mail_goes_through_the_server_that_is_set() -> None:
    """And into files where none is, so that trying it out writes to nobody."""
    options = ["--mail-host", "mail.example.com", "--mail-user", "site"]
    settings = settings_from(options, {MAIL_PASSWORD: "secret"})

    server = mail_server(settings)

    assert isinstance(server, SmtpNotifier)
    assert (server.host, server.username, server.password) == ("mail.example.com", "site", "secret")
    assert server.security == "starttls"
    assert "secret" not in repr(settings)
    assert mail_server(settings_from([], {})) is None
