"""`python -m examples.booking_site`: the site on SQLite, on this machine."""

from __future__ import annotations

import sys

import uvicorn

from examples.booking_site.app import create_app
from examples.booking_site.logs import log_settings
from examples.booking_site.settings import environment, settings_from


def main() -> None:
    """Run it until it is interrupted."""
    settings = settings_from(sys.argv[1:], environment())
    app = create_app(settings)
    print(f"The team's pages: {settings.address}/admin, password {settings.password}")
    mail = f"goes through {settings.mail_host}" if settings.mail_host else f"in {settings.outbox}"
    print(f"Everything is kept in {settings.folder}, mail {mail}", flush=True)
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=log_settings())


if __name__ == "__main__":
    main()
