"""The pages: times in the visitor's zone, a hold, its confirmation or payment, and managing it.

Lives here: a blueprint; each page is a call of the service.
Must not live here: any decision about times, the database.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import collective_booking as cb
from collective_booking.localtime import zone
from examples.booking_flask.crm import Crm
from examples.booking_office import Office, told, zones

Answer = str | Response | tuple[str, int]

pages = Blueprint("pages", __name__)


def _crm() -> Crm:
    return cast("Crm", current_app.extensions["crm"])


def _office() -> Office:
    return _crm().office


def _zone(calendar: cb.CollectiveCalendar) -> ZoneInfo:
    """The visitor's zone: the one they chose, else the calendar's."""
    return zone(request.args.get("zone") or calendar.timezone)


def _start(text: str) -> datetime:
    """The time that was chosen, as the page wrote it: ISO 8601 with an offset."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        abort(422, "choose one of the times")


def _go(name: str, token: str) -> Response:
    """On to the page *name* of a token, in the visitor's zone still."""
    return redirect(url_for(f".{name}", token=token, zone=request.args.get("zone")), 303)


# --- from a time to a booking --------------------------------------------------------------------


@pages.get("/book/<slug>/")
def times(slug: str, refused: str = "") -> Answer:
    """The next times, on the visitor's clock."""
    calendar = _office().service.calendar(slug).calendar
    here = _zone(calendar)
    days = _office().times(slug, here)
    shown = {"calendar": calendar, "zone": here, "days": days, "refused": refused}
    shown["zones"] = zones(here.key)
    return render_template("times.html", **shown), 409 if refused else 200


@pages.get("/book/<slug>/details/")
def details(slug: str) -> Answer:
    """Who books."""
    calendar = _office().service.calendar(slug).calendar
    here, start = _zone(calendar), _start(request.args.get("start", ""))
    if refused := _office().service.explain(slug, start).for_booker():
        return times(slug, " ".join(refused))
    shown = {"calendar": calendar, "zone": here, "start": start.astimezone(here)}
    return render_template("details.html", request_id=uuid4().hex, **shown)


@pages.post("/book/<slug>/details/")
def hold(slug: str) -> Answer:
    """The time is held, while they look at everything once more."""
    sent = request.form
    try:
        held = _office().service.hold(
            slug,
            _start(sent["start"]),
            cb.Contact(sent["name"], sent["email"], timezone=request.args.get("zone") or None),
            notes=sent["notes"],
            request_id=sent["request"],  # a form that is sent twice is one booking (S4)
        )
    except cb.SlotUnavailableError as error:  # somebody was faster: here are other times
        return times(slug, told(error))
    return _go("held", held.token)


@pages.get("/held/<token>/")
def held(token: str) -> Answer:
    """What is held, to confirm it or to pay; whoever comes back from paying finds out here."""
    kept = _office().hold(token)
    if kept.state is cb.HoldState.BOOKED:
        return _go("booked", _office().service.confirm(token).token)
    here = _zone(kept.snapshot.calendar)
    is_open = kept.is_open(_office().clock.now())
    return render_template("held.html", hold=kept, open=is_open, zone=here)


@pages.post("/held/<token>/")
def confirm(token: str) -> Answer:
    """Book it, or begin to pay."""
    if _office().hold(token).snapshot.calendar.price is None:
        return _go("booked", _crm().confirm(token).token)
    attempt = _office().service.begin_payment(token)
    return redirect(attempt.action, 303) if attempt.action else _go("held", token)


@pages.post("/payments/")
def payments() -> Answer:
    """The webhook: the gateway's signature is what makes it genuine, not a cookie."""
    headers = {name.lower(): value for name, value in request.headers}
    _crm().payment_happened(cb.Notice(body=request.get_data(), headers=headers))
    return "", 204


# --- what is booked ------------------------------------------------------------------------------


@pages.get("/booked/<token>/")
def booked(token: str) -> Answer:
    """The appointment of a manage link, and where to it can be moved."""
    service = _office().service
    appointment = service.appointment(service.appointment_id(token)).appointment
    here = _zone(appointment.snapshot.calendar)
    stands = appointment.status.active
    days = _office().times(appointment.calendar, here, moving=appointment) if stands else {}
    shown = {"appointment": appointment, "token": token, "zone": here, "days": days}
    return render_template("booked.html", stands=stands, **shown)


@pages.post("/booked/<token>/move/")
def move(token: str) -> Answer:
    """Move it to another time, if it still is as the visitor saw it (A3)."""
    service = _office().service
    start, version = _start(request.form["start"]), request.form.get("version", type=int)
    service.reschedule(service.appointment_id(token), start, version=version)
    return _go("booked", token)


@pages.post("/booked/<token>/cancel/")
def cancel(token: str) -> Answer:
    """Cancel it; nothing that was paid goes back."""
    _office().service.cancel(_office().service.appointment_id(token))
    return _go("booked", token)
