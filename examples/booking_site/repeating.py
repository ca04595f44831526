"""A form that is shown again: by the back button, by loading it anew, after it was sent.

Lives here: its address, which keeps the id of its sending, and where that sending led.
Must not live here: what a form says, what happens to one that is sent.

The id of a form is made from what its address says and the browser's own cookie, so that going back
shows the form that was sent and no other: sent again, it books nothing anew (S4). Where it led is
kept in the browser that sent it, and told to nobody else.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from fastapi import Request, Response

from examples.booking_site.security import VISITOR, new_visitor
from examples.booking_site.site import ZONE, Site, address_of, remember, said_zone, to

FORM: Final = "form"
"""What the address of a form carries: which of a visitor's forms it is."""
_SENT: Final = "sent"
_LED_TO: Final = ("/booking/", "/pay/")
_KEPT: Final = timedelta(days=1)


def begun(request: Request) -> Response:
    """On to the form that *request* asks for, at an address that is this form's alone."""
    form = secrets.token_urlsafe(12)
    asked = {**request.query_params, FORM: form}
    asked.pop(ZONE, None)
    answer = to(address_of(request.url.path, said_zone(request), **asked))
    remember(answer, request, VISITOR, request.cookies.get(VISITOR) or new_visitor())
    return answer


def request_id(site: Site, request: Request, form: str) -> str:
    """The id under which this browser sends *form*."""
    return site.seals.request_id(request.cookies.get(VISITOR, ""), form)


def sent(request: Request, sending: str, place: str) -> Response:
    """On to the *place* that the *sending* of a form led to, which the browser keeps."""
    answer = to(place)
    remember(answer, request, _SENT, _marked(sending) + place, _KEPT)
    return answer


def led_to(request: Request, sending: str) -> str | None:
    """Where the *sending* led, if it was this browser's last."""
    mark, kept = _marked(sending), request.cookies.get(_SENT, "")
    place = kept.removeprefix(mark)
    return place if kept.startswith(mark) and place.startswith(_LED_TO) else None


def _marked(sending: str) -> str:
    return sha256(sending.encode("utf-8", "replace")).hexdigest()
