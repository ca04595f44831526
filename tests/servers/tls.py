"""One certificate for every server of the tests, which nobody but their clients trusts.

Lives here: who it is for, what a server shows, and whom a client trusts.
Must not live here: servers.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final

_CERTIFICATES: Final = Path(__file__).parent / "certificates"
AUTHORITY: Final = str(_CERTIFICATES / "authority.pem")
NAME: Final = "calendars.test"
"""Whom it is for, beside `moved.test` and 127.0.0.1."""


def serving() -> ssl.SSLContext:
    """What a server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_CERTIFICATES / "server.pem")
    return context


def trusting() -> ssl.SSLContext:
    """What a client uses that trusts these servers, as strict as Pythons to come."""
    context = ssl.create_default_context(cafile=AUTHORITY)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context
