"""Outlook's calendars in memory: as much of Graph as the example of a provider asks for.

Lives here: `GraphDouble`, which answers an `httpx.MockTransport` as the documentation of
`getSchedule` and of events says, strictly: what it does not allow is a 400 here.
Must not live here: anything captured from a live account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from threading import Lock
from typing import Any, Final
from urllib.parse import unquote

import httpx

from collective_booking.intervals import Interval, IntervalSet

LONGEST: Final = timedelta(days=62)
_SCHEDULE: Final = re.compile(r"/v1\.0/(?:me|users/[^/]+)/calendar/getSchedule")
_EVENTS: Final = re.compile(r"/v1\.0/users/([^/]+)/events(?:/([^/]+))?")
_OWN: Final = re.compile(
    r"singleValueExtendedProperties/Any\(ep: ep/id eq '(.+)' and ep/value eq '(.+)'\)"
)


class GraphDouble:
    """Mailboxes by their address, each with its events by an id that Graph chooses."""

    def __init__(self, busy: Mapping[str, IntervalSet]) -> None:
        self._number = count(1)
        self.mailboxes: dict[str, dict[str, dict[str, Any]]] = {
            id_: {f"AAMk/{next(self._number)}=": _event(slot) for slot in slots}
            for id_, slots in busy.items()
        }
        self.seen: list[httpx.Request] = []
        self._lock = Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.seen.append(request)
            path = request.url.raw_path.decode().partition("?")[0]
            if request.headers.get("Prefer") != 'outlook.timezone="UTC"':
                return refusal(400, "this double speaks UTC alone")
            if request.method == "POST" and _SCHEDULE.fullmatch(path):
                return self._schedules(json.loads(request.content))
            found = _EVENTS.fullmatch(path)
            assert found, f"nobody documents {request.method} {path}"
            mailbox = self.mailboxes.get(unquote(found[1]))
            if mailbox is None:
                return refusal(404, "ErrorInvalidUser")
            if request.method == "GET":
                return _search(mailbox, request.url.params["$filter"])
            return self._write(mailbox, unquote(found[2] or ""), request)

    def _schedules(self, asked: Mapping[str, Any]) -> httpx.Response:
        start, end = (_read(asked[name]) for name in ("startTime", "endTime"))
        if len(asked["schedules"]) > 20:
            return refusal(400, "ErrorTooManySchedules")
        if end - start >= LONGEST:
            return refusal(400, "ErrorTimeIntervalTooBig")
        told = [self._schedule(address, start, end) for address in asked["schedules"]]
        return httpx.Response(200, json={"value": told})

    def _schedule(self, address: str, start: datetime, end: datetime) -> dict[str, Any]:
        if address not in self.mailboxes:
            error = {"message": f"Unable to resolve {address}.", "responseCode": "5009"}
            return {"scheduleId": address, "error": error}
        items = [
            {"status": each["showAs"], "start": each["start"], "end": each["end"]}
            for each in self.mailboxes[address].values()
            if _read(each["end"]) > start and _read(each["start"]) < end
        ]
        return {"scheduleId": address.upper(), "availabilityView": "", "scheduleItems": items}

    def _write(
        self, mailbox: dict[str, dict[str, Any]], id_: str, request: httpx.Request
    ) -> httpx.Response:
        body = json.loads(request.content or "{}")
        if "attendees" in body:
            return refusal(400, "an attendee would be invited")
        if request.method == "POST":
            known = (
                key
                for key, each in mailbox.items()
                if each.get("transactionId") == body["transactionId"]
            )
            id_ = next(known, f"AAMk/{next(self._number)}=")
            return httpx.Response(201, json={"id": id_, **mailbox.setdefault(id_, body)})
        if id_ not in mailbox:
            return refusal(404, "ErrorItemNotFound")
        if request.method == "DELETE":
            del mailbox[id_]
            return httpx.Response(204)
        if "transactionId" in body:
            return refusal(400, "transactionId cannot be changed")
        mailbox[id_] |= body
        return httpx.Response(200, json={"id": id_, **mailbox[id_]})


def _search(mailbox: Mapping[str, dict[str, Any]], asked: str) -> httpx.Response:
    own = _OWN.fullmatch(asked)
    assert own, f"nobody documents the filter {asked}"
    wanted = {"id": own[1], "value": own[2].replace("''", "'")}
    found = [
        {"id": id_}
        for id_, each in mailbox.items()
        if wanted in each.get("singleValueExtendedProperties", [])
    ]
    return httpx.Response(200, json={"value": found})


def refusal(status: int, code: str) -> httpx.Response:
    """An error as Microsoft documents them."""
    return httpx.Response(status, json={"error": {"code": code, "message": "for developers"}})


def _event(slot: Interval) -> dict[str, Any]:
    return {
        "showAs": "busy",
        "start": {"dateTime": f"{slot.start:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{slot.end:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"},
    }


def _read(moment: Mapping[str, str]) -> datetime:
    assert moment["timeZone"] == "UTC"
    return datetime.fromisoformat(moment["dateTime"])  # as Graph writes them
