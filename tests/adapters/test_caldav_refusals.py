"""CalDAV servers that refuse, hang or break off while copies are written.

What can never succeed is a dead letter at once, what may pass is tried again, and nothing is
written that was not meant.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from collective_booking.adapters.caldav import CalDavError
from collective_booking.errors import UndeliverableError
from tests.adapters.caldav_hosts import WHY, copy_for, event
from tests.adapters.caldav_scripts import (
    ANA,
    SOON,
    hidden,
    scripted_provider,
    shown,
    told,
)
from tests.bookings import appointment, member
from tests.servers.scripted import Asked, Drip, Hang, Reply, Script, scripted

pytest.importorskip("caldav.davclient", reason=WHY)


def writing(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Script:
    """Nothing is there, and what is to be put there gets that *status*."""
    return by_method(Reply(status, body, headers or {}), told())


def by_method(changes: Reply, reports: Reply) -> Script:
    """What a server answers to changes, and what to reports."""
    return lambda asked: changes if asked.method in {"PUT", "DELETE"} else reports


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 415, 501])
def test_a_calendar_that_is_not_ours_to_read_is_not_tried_for_two_days(status: int) -> None:
    """A dead letter at once, which the host sees while it still matters."""
    with scripted(lambda _: Reply(status)) as server, pytest.raises(UndeliverableError):
        scripted_provider(server).put(copy_for(ANA, appointment()))


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 415, 501])
def test_a_copy_that_can_never_be_stored_is_not_tried_for_two_days(status: int) -> None:
    with scripted(writing(status)) as server, pytest.raises(UndeliverableError):
        scripted_provider(server).put(copy_for(ANA, appointment()))


def test_a_refusal_says_which_condition_was_not_met() -> None:
    body = b'<D:error xmlns:D="DAV:"><C:max-resource-size xmlns:C="urn:x"/></D:error>'
    with (
        scripted(writing(403, body=body)) as server,
        pytest.raises(UndeliverableError, match="403, max-resource-size"),
    ):
        scripted_provider(server).put(copy_for(ANA, appointment()))


@pytest.mark.parametrize("status", [401, 408, 423, 425, 429, 500, 502, 503, 507])
def test_what_may_pass_is_tried_again(status: int) -> None:
    """A rush, a repair, a password that somebody will correct."""
    with scripted(writing(status)) as server, pytest.raises(CalDavError) as caught:
        scripted_provider(server).put(copy_for(ANA, appointment()))

    assert caught.value.status == status
    assert server.methods().count("PUT") == 1  # how often and when is the outbox's to say


@pytest.mark.parametrize("script", [Hang(), Reply(201, longer=5)], ids=["hangs", "breaks off"])
def test_no_answer_to_a_copy_is_not_taken_for_success(script: Hang | Reply) -> None:
    def answer(asked: Asked) -> Reply | Hang | Drip:
        return script if asked.method == "PUT" else told()

    with scripted(answer) as server, pytest.raises(CalDavError):
        scripted_provider(server, timeout=SOON).put(copy_for(ANA, appointment()))


def test_a_copy_that_somebody_always_changes_first_is_left_for_later() -> None:
    """Another program and we could write by turns for ever; the outbox comes back in a minute."""
    with scripted(writing(412)) as server, pytest.raises(CalDavError, match="keeps changing"):
        scripted_provider(server).put(copy_for(ANA, appointment()))

    assert server.methods().count("PUT") == 3


@pytest.mark.parametrize("status", [404, 410])
def test_a_copy_that_is_shown_and_never_there_cannot_be_stored(status: int) -> None:
    """It may have gone meanwhile, so it is looked for again; but not for two days."""
    there = shown(event("DTSTART:20261123T100000Z", uid="a1@booking.example.com"))
    script = by_method(Reply(status), told(there))
    with scripted(script) as server, pytest.raises(UndeliverableError, match=str(status)):
        scripted_provider(server).put(copy_for(ANA, appointment()))

    assert server.methods().count("PUT") == 3


def test_a_copy_is_only_replaced_as_it_was_seen() -> None:
    """If-Match, so that a change in between is not lost; and a new one replaces nothing."""
    there = shown(event("DTSTART:20261123T100000Z", uid="a1@booking.example.com"), etag='"7"')
    with scripted(lambda asked: Reply(204) if asked.method == "PUT" else told(there)) as server:
        scripted_provider(server).put(copy_for(ANA, appointment()))
        put = server.asked[-1]
    assert (put.path, put.headers["if-match"]) == ("/ana/theirs.ics", '"7"')

    with scripted(writing(201)) as server:
        scripted_provider(server).put(copy_for(ANA, appointment()))
        put = server.asked[-1]
    assert put.headers["if-none-match"] == "*"
    assert put.headers["content-type"].startswith("text/calendar")


def test_a_copy_goes_without_an_answer_to_anybody() -> None:
    """Servers mail "declined" to the organizer when an attendee deletes, unless told (RFC 6638)."""
    there = shown(event("DTSTART:20261123T100000Z", uid="a1@booking.example.com"))
    with scripted(lambda asked: Reply(204) if asked.method == "DELETE" else told(there)) as server:
        scripted_provider(server).remove(copy_for(ANA, appointment()))

    assert server.asked[-1].headers["schedule-reply"] == "F"


def test_a_server_that_cannot_look_for_a_uid_gets_its_copy_anyway() -> None:
    def script(asked: Asked) -> Reply:
        if asked.method == "PUT":
            return Reply(201)
        return told() if b"multiget" in asked.body else Reply(403)

    with scripted(script) as server:
        scripted_provider(server).put(copy_for(ANA, appointment()))
    assert server.methods() == ["REPORT", "REPORT", "PUT"]


OF_A_PROPERTY = (
    "<response><href>/ana/x.ics</href><propstat><prop><getetag>1</getetag></prop>"
    "<status>HTTP/1.1 200 OK</status></propstat><propstat><prop><C:calendar-data/></prop>"
    "<status>HTTP/1.1 404 Not Found</status></propstat></response>"
)
"""An object that is there: it has a tag."""


def looking(in_place: Reply, elsewhere: Reply) -> Script:
    """What a server says of where we put the copy, and of where else it may be."""

    def script(asked: Asked) -> Reply:
        if asked.method != "REPORT":
            return Reply(412)
        return in_place if b"multiget" in asked.body else elsewhere

    return script


@pytest.mark.parametrize("operation", ["put", "remove"])
@pytest.mark.parametrize(
    "script",
    [
        looking(told(hidden("503 Service Unavailable")), told()),
        looking(told(hidden("403 Forbidden")), told()),
        looking(told(hidden("500 Internal Server Error")), told()),
        looking(told(hidden("")), told()),
        looking(told(OF_A_PROPERTY), told()),
        looking(told(), told(hidden("503 Service Unavailable"))),
        looking(told(), told(shown(event("DTSTART:20261123T100000Z")), hidden("507 Full"))),
    ],
    ids=["503", "403", "500", "no status", "no data", "503 elsewhere", "507 elsewhere"],
)
def test_a_copy_that_a_server_hides_is_not_gone(operation: str, script: Script) -> None:
    """Else a cancelled appointment stays in a calendar for ever, and is told to be delivered."""
    with scripted(script) as server:
        provider = scripted_provider(server)
        with pytest.raises(CalDavError, match="does not tell"):
            getattr(provider, operation)(copy_for(ANA, appointment()))

    assert set(server.methods()) == {"REPORT"}


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_copy_that_is_gone_need_not_be_removed(status: str) -> None:
    """Its owner has deleted it, or it was removed and the answer got lost."""
    with scripted(looking(told(hidden(status)), told())) as server:
        scripted_provider(server).remove(copy_for(ANA, appointment()))

    assert server.methods() == ["REPORT", "REPORT"]


def test_what_a_server_cannot_look_for_is_not_called_removed() -> None:
    """It may be where an app has put it; the host hears of it by a dead letter."""
    with scripted(looking(told(), Reply(403))) as server, pytest.raises(UndeliverableError):
        scripted_provider(server).remove(copy_for(ANA, appointment()))


def test_a_copy_that_is_shown_is_found_beside_what_is_hidden() -> None:
    there = shown(event("DTSTART:20261123T100000Z", uid="a1@booking.example.com"))
    script = looking(told(), told(hidden("503 Service Unavailable", "/ana/other.ics"), there))

    def answer(asked: Asked) -> Reply | Hang | Drip:
        return Reply(204) if asked.method == "DELETE" else script(asked)

    with scripted(answer) as server:
        scripted_provider(server).remove(copy_for(ANA, appointment()))
    assert server.asked[-1].path == "/ana/theirs.ics"


def test_a_member_without_a_calendar_gets_nothing_for_ever() -> None:
    ana = member("ana", calendar=None)
    with (
        scripted(lambda _: told()) as server,
        pytest.raises(UndeliverableError, match="ana has no"),
    ):
        scripted_provider(server).put(copy_for(ana, appointment()))
    assert server.asked == []
