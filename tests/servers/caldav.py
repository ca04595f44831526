"""CalDAV servers: xandikos and radicale, each in a folder of its own.

Lives here: how each is started, and how it is looked at past the adapter.
Must not live here: what is expected of them. Neither is ever imported: they are programs.
"""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from tests.servers.processes import HOME, running

_NUMBERS: Final = count(1)
_EVERYTHING: Final = '<D:propfind xmlns:D="DAV:"><D:prop><D:getcontenttype/></D:prop></D:propfind>'
_LISTING: Final = {"Depth": "1", "Content-Type": "text/xml"}


@dataclass(frozen=True)
class CalDavServer:
    """A server at *port*, and the *home* in which calendars are made; `user:password` if asked."""

    port: int
    home: str
    login: str = ""

    @property
    def url(self) -> str:
        """Where the home is."""
        return f"http://{HOME}:{self.port}{self.home}"

    def new_calendar(self) -> str:
        """Make an empty calendar; the answer is its path below the home."""
        name = f"calendar{next(_NUMBERS)}"
        self.ask("MKCALENDAR", f"{self.home}{name}/")
        return f"{name}/"

    def put(self, calendar: str, name: str, text: str) -> None:
        """Store *text* as it is."""
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        self.ask("PUT", f"{self.home}{calendar}{name}", text.encode(), headers)

    def delete(self, calendar: str, name: str) -> None:
        """Take one object out."""
        self.ask("DELETE", f"{self.home}{calendar}{name}")

    def objects(self, calendar: str) -> Mapping[str, bytes]:
        """What is in a calendar, by name."""
        listed = self.ask("PROPFIND", f"{self.home}{calendar}", _EVERYTHING.encode(), _LISTING)
        hrefs = [each.text or "" for each in ET.fromstring(listed).iter("{DAV:}href")]
        stored = [href for href in hrefs if href.endswith(".ics")]
        return {href.rpartition("/")[2]: self.ask("GET", href) for href in stored}

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The body of the answer, which must be a success."""
        told = dict(headers or {})
        if self.login:
            told["Authorization"] = f"Basic {b64encode(self.login.encode()).decode()}"
        connection = HTTPConnection(HOME, self.port, timeout=30)
        try:
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        assert 200 <= answer.status < 300, (method, path, answer.status, content)
        return content


@contextmanager
def xandikos(folder: Path) -> Iterator[CalDavServer]:
    """A xandikos that keeps its calendars in *folder*."""

    def command(port: int) -> list[str]:
        told = ["serve", "-d", str(folder), "-l", HOME, "-p", str(port), "--no-detect-systemd"]
        return [sys.executable, "-m", "xandikos", *told, "--defaults"]

    with running(command) as port:
        yield CalDavServer(port, "/user/calendars/")


@contextmanager
def radicale(folder: Path) -> Iterator[CalDavServer]:
    """A radicale that keeps its calendars in *folder*, and asks for a login."""
    users = folder / "users"
    users.write_text("ana:secret\n", "utf-8")
    settings = {
        "storage-filesystem-folder": str(folder / "collections"),
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(users),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "server-max_connections": "0",  # it would close those beyond its eighth
    }

    def command(port: int) -> list[str]:
        told = [f"--{name}={value}" for name, value in settings.items()]
        return [sys.executable, "-m", "radicale", f"--server-hosts={HOME}:{port}", *told]

    with running(command) as port:
        yield CalDavServer(port, "/ana/", "ana:secret")
