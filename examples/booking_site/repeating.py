"""A form that is shown again: by the back button, by loading it anew, after it was sent.

Lives here: its address, which keeps the id of its sending, where that sending led, and what was
typed where it led nowhere.
Must not live here: what a form says, what happens to one that is sent.

The id of a form is made from what its address says and the browser's own cookie, so that going back
shows the form that was sent and no other: sent again, it books nothing anew (S4). Where it led is
kept in the browser that sent it, and told to nobody else.

A form with a mistake in it is answered with its own address as well: an answer to a POST could not
be gone back to. What was typed is in a cookie meanwhile, signed for that form and that browser. No
other page is sent it, and it is forgotten after minutes, or once it is booked.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from typing import Final

from fastapi import Request, Response

from examples.booking_site.forms import Entry
from examples.booking_site.security import VISITOR, new_visitor
from examples.booking_site.site import ZONE, Site, address_of, remember, said_zone, to

FORM: Final = "form"
"""What the address of a form carries: which of a visitor's forms it is."""
_SENT: Final = "sent"
_LED_TO: Final = ("/booking/", "/pay/")
_KEPT: Final = timedelta(days=1)
_TYPED: Final = "typed"
_CORRECTED: Final = timedelta(minutes=10)
_FITS: Final = 3_800
"""The most characters of a cookie's value that every browser keeps (RFC 6265, section 6.1)."""


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


def address(request: Request) -> str:
    """Where the form of *request* is shown, and sent to."""
    asked = {name: value for name, value in request.query_params.items() if name != ZONE}
    return address_of(request.url.path, said_zone(request), **asked)


def retyped(
    site: Site, request: Request, entry: Entry, problems: Mapping[str, str]
) -> Response | None:
    """Back to the form, which shows *entry* with its *problems*.

    None where that cannot be: the form has no address of its own, or notes are too long to be kept.
    """
    visitor, form = request.cookies.get(VISITOR, ""), request.query_params.get(FORM, "")
    written = json.dumps({"entry": asdict(entry), "problems": dict(problems)})
    value = site.seals.keep(visitor, form, written)
    if not form or len(value) > _FITS:
        return None
    answer = to(address(request))
    remember(answer, request, _TYPED, value, _CORRECTED, request.url.path)
    return answer


def typed(site: Site, request: Request, form: str) -> tuple[Entry, dict[str, str]] | None:
    """What was typed into *form* when it was sent last, and what is wrong with it."""
    cookie = request.cookies.get(_TYPED, "")
    written = site.seals.kept(request.cookies.get(VISITOR, ""), form, cookie)
    if written is None:
        return None
    told = json.loads(written)
    return Entry(**told["entry"]), told["problems"]


def sent(request: Request, sending: str, place: str) -> Response:
    """On to the *place* that the *sending* of a form led to, which the browser keeps."""
    answer = to(place)
    remember(answer, request, _SENT, _marked(sending) + place, _KEPT)
    answer.delete_cookie(_TYPED, path=request.url.path)
    return answer


def led_to(request: Request, sending: str) -> str | None:
    """Where the *sending* led, if it was this browser's last."""
    mark, kept = _marked(sending), request.cookies.get(_SENT, "")
    place = kept.removeprefix(mark)
    return place if kept.startswith(mark) and place.startswith(_LED_TO) else None


def _marked(sending: str) -> str:
    return sha256(sending.encode("utf-8", "replace")).hexdigest()
