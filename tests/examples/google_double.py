"""Google's calendars in memory: as much of the API as the example of a provider asks for.

Lives here: `GoogleDouble`, which answers an `httpx.MockTransport` as the documentation of
`freebusy.query` and of `events` says, strictly: what it does not allow is a 400 here.
Must not live here: anything captured from a live account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final
from urllib.parse import unquote

import httpx

from collective_booking.intervals import Interval, IntervalSet

LONGEST: Final = timedelta(days=90)
PAGE: Final = 2
_ID: Final = re.compile(r"[0-9a-v]{5,1024}")
_EVENTS: Final = re.compile(r"/calendar/v3/calendars/([^/]+)/events(?:/([^/]+))?")


class GoogleDouble:
    """Calendars by their id, each with its events by theirs; a deleted one stays, cancelled."""

    def __init__(self, busy: Mapping[str, IntervalSet]) -> None:
        self.calendars: dict[str, dict[str, dict[str, Any]]] = {
            id_: {f"busy{n}": _event(slot) for n, slot in enumerate(slots)}
            for id_, slots in busy.items()
        }
        self.seen: list[httpx.Request] = []
        self._lock = Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.seen.append(request)
            path = request.url.raw_path.decode().partition("?")[0]
            if (request.method, path) == ("POST", "/calendar/v3/freeBusy"):
                return self._free_busy(json.loads(request.content))
            found = _EVENTS.fullmatch(path)
            assert found, f"nobody documents {request.method} {path}"
            calendar = self.calendars.get(unquote(found[1]))
            if calendar is None:
                return refusal(404, "notFound")
            if request.method == "GET":
                return _list(calendar, request.url.params)
            if request.url.params.get("sendUpdates") != "none":
                return refusal(400, "invalid")
            return _write(calendar, unquote(found[2] or ""), request)

    def standing(self, calendar: str) -> list[dict[str, Any]]:
        """The events that somebody sees who looks into *calendar*."""
        events = self.calendars.get(calendar, {}).values()
        return [each for each in events if each["status"] != "cancelled"]

    def _free_busy(self, asked: Mapping[str, Any]) -> httpx.Response:
        start, end = (datetime.fromisoformat(asked[name]) for name in ("timeMin", "timeMax"))
        if (
            len(asked["items"]) > asked["calendarExpansionMax"]
            or asked["calendarExpansionMax"] > 50
        ):
            return refusal(400, "tooManyCalendarsRequested")
        if end - start > LONGEST:
            return refusal(400, "timeRangeTooLong")
        told = {item["id"]: self._busy(item["id"], start, end) for item in asked["items"]}
        return httpx.Response(200, json={"kind": "calendar#freeBusy", "calendars": told})

    def _busy(self, calendar: str, start: datetime, end: datetime) -> dict[str, Any]:
        if calendar not in self.calendars:
            return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
        return {
            "busy": [
                {"start": each["start"]["dateTime"], "end": each["end"]["dateTime"]}
                for each in self.standing(calendar)
                if _is_between(each, start, end)
            ]
        }


def _list(calendar: Mapping[str, dict[str, Any]], asked: httpx.QueryParams) -> httpx.Response:
    """A page; those of a filtered list may be empty, and yet not the last."""
    events = list(calendar.values())
    at = int(asked.get("pageToken", 0))
    page = [each for each in events[at : at + PAGE] if each["status"] != "cancelled"]
    if own := asked.get("privateExtendedProperty"):
        name, _, value = own.partition("=")
        page = [each for each in page if _private(each).get(name) == value]
    if "timeMin" in asked:
        start, end = (datetime.fromisoformat(asked[name]) for name in ("timeMin", "timeMax"))
        page = [each for each in page if _is_between(each, start, end)]
    more = {"nextPageToken": str(at + PAGE)} if at + PAGE < len(events) else {}
    items = {"items": page} if page else {}
    return httpx.Response(200, json={"accessRole": "owner", **items, **more})


def _write(calendar: dict[str, dict[str, Any]], id_: str, request: httpx.Request) -> httpx.Response:
    body = json.loads(request.content or "{}")
    if "attendees" in body:
        return refusal(400, "an attendee would get a copy, too")
    if request.method == "POST":
        if not _ID.fullmatch(body["id"]):
            return refusal(400, "invalid")
        if body["id"] in calendar:
            return refusal(409, "duplicate")
        calendar[body["id"]] = body
        return httpx.Response(200, json=body)
    if id_ not in calendar:
        return refusal(404, "notFound")
    if calendar[id_]["status"] == "cancelled":
        return refusal(410, "deleted") if request.method == "DELETE" else refusal(403, "forbidden")
    if request.method == "DELETE":
        calendar[id_]["status"] = "cancelled"
        return httpx.Response(204)
    calendar[id_] |= body
    return httpx.Response(200, json=calendar[id_])


def refusal(status: int, reason: str) -> httpx.Response:
    """An error as Google documents them."""
    error = {"errors": [{"domain": "global", "reason": reason}], "code": status}
    return httpx.Response(status, json={"error": error})


def _event(slot: Interval) -> dict[str, Any]:
    return {
        "status": "confirmed",
        "start": {"dateTime": slot.start.isoformat()},
        "end": {"dateTime": slot.end.isoformat()},
    }


def _private(event: Mapping[str, Any]) -> dict[str, str]:
    private: dict[str, str] = event.get("extendedProperties", {}).get("private", {})
    return private


def _is_between(event: Mapping[str, Any], start: datetime, end: datetime) -> bool:
    begin, finish = (datetime.fromisoformat(event[name]["dateTime"]) for name in ("start", "end"))
    return finish > start and begin < end
