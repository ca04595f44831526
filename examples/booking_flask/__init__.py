"""A booking page in Flask: `flask --app examples.booking_flask run`, `... deliver`.

Lives here: the application factory, the answers to our errors, and a check against forged forms.
Must not live here: pages, the database.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final

import click
from flask import Flask, Response, abort, render_template, request, session
from sqlalchemy import create_engine
from werkzeug.exceptions import HTTPException

from collective_booking import CollectiveBookingError
from collective_booking.adapters.folder import FolderOutbox
from collective_booking.testing import FakeGateway
from examples.booking_flask.crm import Crm
from examples.booking_flask.pages import Answer, pages
from examples.booking_office import status_of, told, words_with_link

SITE: Final = "http://127.0.0.1:5000"
"""How visitors reach it, for the links in mail."""
WORDS: Final = words_with_link(lambda token: f"{SITE}/booked/{token}/")


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application. `BOOKINGS` of *config* are arguments for `BookingService`."""
    folder = Path(os.environ.get("BOOKING_FOLDER", ".demo"))
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ.get("SECRET_KEY", "for trying it out, and for nothing else"),
        SESSION_COOKIE_SAMESITE="Lax",
        DATABASE=f"sqlite:///{folder / 'flask.sqlite'}",
        BOOKINGS={
            "gateway": FakeGateway(),
            "notifier": FolderOutbox(folder / "outbox", words=WORDS),
        },
    )
    app.config.from_mapping(config)
    if app.config["DATABASE"].startswith(f"sqlite:///{folder}"):
        folder.mkdir(parents=True, exist_ok=True)

    ports = {"secret": app.config["SECRET_KEY"].encode(), "host": "booking.example.com"}
    crm = Crm(create_engine(app.config["DATABASE"]), **ports | app.config["BOOKINGS"])
    app.extensions["crm"] = crm
    app.register_blueprint(pages)
    app.register_error_handler(CollectiveBookingError, _refused)
    app.register_error_handler(HTTPException, _went_wrong)
    app.before_request(_refuse_forged_forms)
    app.after_request(_keep_addresses)
    app.jinja_env.globals["csrf_token"] = _csrf_token

    @app.cli.command("deliver")
    def deliver() -> None:
        """Send and settle what is due; for cron, every minute."""
        report = crm.office.service.deliver()
        crm.engine.dispose()  # nothing of this process is to come
        click.echo(f"{len(report.delivered)} delivered, {len(report.failed)} to be tried again")

    return app


def _refused(error: CollectiveBookingError) -> Answer:
    """The page for an error of the library, with the status it deserves."""
    return render_template("refused.html", told=told(error)), status_of(error)


def _went_wrong(error: HTTPException) -> Answer:
    """The page for what Flask itself refuses."""
    return render_template("refused.html", told=error.description), error.code or 500


def _keep_addresses(answer: Response) -> Response:
    """Tell nobody from which page a visitor came: who has a token's address has the booking."""
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    return answer


# Flask has nothing against forms that other sites send in a visitor's name. An application that
# has Flask-WTF uses its `CSRFProtect` instead of these two.


def _csrf_token() -> str:
    token: str = session.setdefault("csrf", token_urlsafe())
    return token


def _refuse_forged_forms() -> None:
    if request.method != "POST" or request.endpoint == "pages.payments":
        return
    known, sent = session.get("csrf", ""), request.form.get("csrf", "")
    if not known or not compare_digest(known.encode(), sent.encode()):
        abort(403)
