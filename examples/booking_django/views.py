"""The pages: times in the visitor's zone, a hold, its confirmation or payment, and managing it.

Lives here: views, and the one place where our errors become answers.
Must not live here: any decision about times. Each is a call of the service.

A view that books must not run inside a transaction of Django's: under `ATOMIC_REQUESTS` mark it
`transaction.non_atomic_requests`, or a later error undoes Django's half alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import collective_booking as cb
from collective_booking.localtime import zone
from examples.booking_django.forms import BookingForm, MoveForm, StartForm
from examples.booking_django.office import office
from examples.booking_office import status_of, told, zones


class OurErrors:
    """Middleware by which every error of the library becomes a page of the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave every request as it is."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for *error*; None for one of others, which Django answers with 500."""
        if not isinstance(error, cb.CollectiveBookingError):
            return None
        return _page(request, "refused", status_of(error), told=told(error))


def _page(request: HttpRequest, name: str, status: int = 200, **shown: Any) -> HttpResponse:
    return render(request, f"booking/{name}.html", shown, None, status)


def _zone(request: HttpRequest, calendar: cb.CollectiveCalendar) -> ZoneInfo:
    """The visitor's zone: the one they chose, else the calendar's."""
    return zone(request.GET.get("zone") or calendar.timezone)


def _go(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """On to the page *name* of a token, in the visitor's zone still."""
    return redirect(reverse(name, args=[token], query={"zone": request.GET.get("zone", "")}))


# --- from a time to a booking --------------------------------------------------------------------


@require_safe
def times(request: HttpRequest, slug: str) -> HttpResponse:
    """The next times, on the visitor's clock."""
    return _times(request, slug)


def _times(request: HttpRequest, slug: str, refused: str = "") -> HttpResponse:
    calendar = office().service.calendar(slug).calendar
    here = _zone(request, calendar)
    days = office().times(slug, here)
    shown = {"calendar": calendar, "zone": here, "days": days, "refused": refused}
    shown["zones"] = zones(here.key)
    return _page(request, "times", 409 if refused else 200, **shown)


@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """Who books; then the time is held while they look at everything once more."""
    calendar = office().service.calendar(slug).calendar
    chosen = StartForm(request.GET)
    if not chosen.is_valid():
        return redirect("times", slug)
    start = chosen.cleaned_data["start"]
    refused = office().service.explain(slug, start).for_booker()
    if request.method != "POST" and refused:  # what is sent is asked for once more, and is held
        return _times(request, slug, " ".join(refused))
    form = BookingForm(request.POST or None, initial={"start": request.GET["start"]})
    if form.is_valid():
        return _held(request, slug, form.cleaned_data)
    shown = {"calendar": calendar, "zone": _zone(request, calendar), "form": form}
    return _page(request, "details", 422 if form.is_bound else 200, start=start, **shown)


def _held(request: HttpRequest, slug: str, sent: dict[str, Any]) -> HttpResponse:
    try:
        held = office().service.hold(
            slug,
            sent["start"],
            cb.Contact(sent["name"], sent["email"], timezone=request.GET.get("zone") or None),
            notes=sent["notes"],
            request_id=str(sent["request"]),
        )
    except cb.SlotUnavailableError as error:  # somebody was faster: here are other times
        return _times(request, slug, told(error))
    return _go(request, "held", held.token)


@require_http_methods(["GET", "POST"])
def held(request: HttpRequest, token: str) -> HttpResponse:
    """What is held, to confirm it or to pay; whoever comes back from paying finds out here."""
    service = office().service
    hold = office().hold(token)
    calendar = hold.snapshot.calendar
    if hold.state is cb.HoldState.BOOKED:
        return _go(request, "booked", service.confirm(token).token)
    if request.method != "POST":
        kept = hold.is_open(office().clock.now())
        return _page(request, "held", hold=hold, open=kept, zone=_zone(request, calendar))
    if calendar.price is None:
        return _go(request, "booked", service.confirm(token).token)
    attempt = service.begin_payment(token)
    return HttpResponseRedirect(attempt.action) if attempt.action else _go(request, "held", token)


@csrf_exempt
@require_POST
def payments(request: HttpRequest) -> HttpResponse:
    """The webhook: the gateway's signature is what makes it genuine, not a cookie."""
    office().service.payment_happened(cb.Notice(body=request.body, headers=request.headers))
    return HttpResponse(status=204)


# --- what is booked ------------------------------------------------------------------------------


@require_safe
def booked(request: HttpRequest, token: str) -> HttpResponse:
    """The appointment of a manage link, and where to it can be moved."""
    service = office().service
    appointment = service.appointment(service.appointment_id(token)).appointment
    here = _zone(request, appointment.snapshot.calendar)
    stands = appointment.status.active
    days = office().times(appointment.calendar, here, moving=appointment) if stands else {}
    shown: dict[str, Any] = {"token": token, "zone": here, "days": days, "stands": stands}
    return _page(request, "booked", appointment=appointment, **shown)


@require_POST
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Move it to another time."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _page(request, "refused", 422, told="Choose one of the times.")
    sent, service = form.cleaned_data, office().service
    service.reschedule(service.appointment_id(token), sent["start"], version=sent["version"])
    return _go(request, "booked", token)


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel it; nothing that was paid goes back."""
    office().service.cancel(office().service.appointment_id(token))
    return _go(request, "booked", token)
