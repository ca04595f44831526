"""What can be set where the site is started: places, secrets, the mail server.

Lives here: `Settings`, and reading them from options and the environment.
Must not live here: what is made of them (that is `app`).
"""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PASSWORD: Final = "BOOKING_SITE_PASSWORD"
"""The environment variable that holds the password of the team's own pages."""
MAIL_PASSWORD: Final = "BOOKING_SITE_MAIL_PASSWORD"
"""The environment variable that holds the password for the mail server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one site runs. *folder* keeps the database, its key and the outbox.

    `address` is how visitors reach it, for links in mail. Without a `password` one is made up.
    Without a `mail_host` mail goes into the outbox, as files.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8000
    address: str = "http://127.0.0.1:8000"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9), repr=False)
    sender: str = "bookings@example.com"
    mail_host: str | None = None
    mail_port: int | None = None
    mail_security: str = "starttls"
    mail_user: str | None = None
    mail_password: str | None = field(default=None, repr=False)

    @property
    def database(self) -> Path:
        """The SQLite file with everything that is booked."""
        return self.folder / "bookings.sqlite"

    @property
    def outbox(self) -> Path:
        """The folder for mail, and for the members' copies."""
        return self.folder / "outbox"

    def secret(self) -> bytes:
        """What tokens are derived from (N6): made once, kept beside the database."""
        place = self.folder / "bookings.key"
        self.folder.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.touch(mode=0o600)
            place.write_text(secrets.token_hex(32))
        return place.read_bytes()


def settings_from(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """The settings that *arguments* and *environment* ask for."""
    options = argparse.ArgumentParser(prog="python -m examples.booking_site")
    options.add_argument("--host", default="127.0.0.1", help="where to listen")
    options.add_argument("--port", type=_port, default=8000, help="0 takes one that is free")
    options.add_argument("--folder", type=Path, default=Path(".site"), help="for all it keeps")
    options.add_argument(
        "--address", help="how visitors reach it, such as https://book.example.com"
    )
    options.add_argument("--password", help=f"of the team's pages; better: ${PASSWORD}")
    mail = options.add_argument_group("mail, which else goes into files")
    mail.add_argument("--mail-host", help="the mail server")
    mail.add_argument("--mail-port", type=_port, help="its port, if it is not the usual one")
    mail.add_argument("--mail-security", default="starttls", help="starttls, tls or plaintext")
    mail.add_argument("--mail-user", help=f"to log in with; the password is ${MAIL_PASSWORD}")
    mail.add_argument("--sender", default="bookings@example.com", help="whom mail comes from")
    given = options.parse_args(arguments)
    password = given.password or environment.get(PASSWORD)
    return Settings(
        folder=given.folder,
        host=given.host,
        port=given.port,
        address=(given.address or f"http://{given.host}:{given.port}").rstrip("/"),
        sender=given.sender,
        mail_host=given.mail_host,
        mail_port=given.mail_port,
        mail_security=given.mail_security,
        mail_user=given.mail_user,
        mail_password=environment.get(MAIL_PASSWORD),
        **({"password": password} if password else {}),
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is no port: they go from 0 to 65535")
    return number


_port.__name__ = "port"  # what argparse calls it where the text is no number


def environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ
