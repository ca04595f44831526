"""CalDAV as a script speaks it: what a server answers, and what is known after that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from xml.sax.saxutils import escape

from collective_booking.adapters.caldav import CalDavProvider
from collective_booking.availability import Availability, Cause
from collective_booking.intervals import IntervalSet
from tests.adapters.caldav_hosts import event
from tests.bookings import HOST, MONDAY, member, slot
from tests.servers.scripted import Asked, Drip, Hang, Reply, Script, ScriptedServer, scripted

ANA: Final = member("ana", calendar="ana/")
BEN: Final = member("ben", calendar="ben/")
CALL: Final = event("DTSTART:20261123T100000Z", "DTEND:20261123T110000Z")
BUSY: Final = IntervalSet([slot("10:00", "11:00")])
SOON: Final = timedelta(seconds=0.5)


def told(*objects: str, status: int = 207) -> Reply:
    """A multi-status answer with these responses in it."""
    spaces = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    return Reply(status, f"<multistatus {spaces}>{''.join(objects)}</multistatus>".encode())


def shown(text: str = CALL, href: str = "/ana/theirs.ics", etag: str = '"1"') -> str:
    """One object as a server shows it."""
    inside = f"<getetag>{escape(etag)}</getetag><C:calendar-data>{escape(text)}</C:calendar-data>"
    status = "<status>HTTP/1.1 200 OK</status>"
    properties = f"<propstat><prop>{inside}</prop>{status}</propstat>"
    return f"<response><href>{href}</href>{properties}</response>"


def hidden(status: str, href: str = "/ana/theirs.ics") -> str:
    """One object that a server names, and does not show."""
    return f"<response><href>{href}</href><status>HTTP/1.1 {status}</status></response>"


def scripted_provider(server: ScriptedServer, **changes: Any) -> CalDavProvider:
    told: dict[str, Any] = {"host": HOST} | changes
    from caldav.davclient import DAVClient

    return CalDavProvider(lambda _: DAVClient(server.url), **told)


def only_for_ana(script: Script) -> Script:
    """Whatever *script* does to Ana; Ben's calendar has a call at ten."""

    def answer(asked: Asked) -> Reply | Hang | Drip:
        return script(asked) if asked.path.startswith("/ana/") else told(shown(href="/ben/1.ics"))

    return answer


def known_after(script: Script, **changes: Any) -> Availability:
    """What is known of Ana when her server follows *script*. Ben's call is always known."""
    with scripted(only_for_ana(script)) as server:
        known = scripted_provider(server, **changes).availability([ANA, BEN], MONDAY)

    assert (known["ben"].busy, known["ben"].unknown) == (BUSY, ())
    return known["ana"]


def assert_unknown(known: Availability, *words: str, cause: Cause = Cause.SERVICE) -> None:
    (unknown,) = known.unknown
    assert (unknown.interval, unknown.cause) == (MONDAY, cause)
    assert all(word in str(unknown) for word in words), str(unknown)
