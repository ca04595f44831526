"""Who gets a login: the server that the host's client names, and no other, whoever asks."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

import pytest

from collective_booking.adapters.caldav import CalDavError, CalDavProvider
from collective_booking.errors import UndeliverableError
from collective_booking.members import Member
from tests.adapters.caldav_hosts import WHY, copy_for
from tests.adapters.caldav_scripts import (
    ANA,
    BUSY,
    assert_unknown,
    known_after,
    scripted_provider,
    shown,
    told,
)
from tests.bookings import HOST, MONDAY, appointment, member
from tests.servers.scripted import Asked, Reply, ScriptedServer, scripted
from tests.servers.tls import AUTHORITY

caldav = pytest.importorskip("caldav.davclient", reason=WHY)

AUTHORIZED: Final = f"Basic {b64encode(b'ana:secret').decode()}"


def logging_in(server: ScriptedServer, auth: str | None = "basic") -> CalDavProvider:
    def client(_: Member) -> Any:
        return caldav.DAVClient(server.url, username="ana", password="secret", auth_type=auth)

    return CalDavProvider(client, host=HOST)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_on_the_same_server_a_redirect_is_followed_as_it_was_asked(status: int) -> None:
    """HTTP libraries turn a redirected PUT into a GET, which succeeds and has written nothing."""

    def script(asked: Asked) -> Reply:
        if asked.path.startswith("/ana/"):
            return Reply(status, b"", {"Location": asked.path.replace("/ana/", "/people/ana/")})
        return Reply(201) if asked.method == "PUT" else told()

    with scripted(script) as server:
        logging_in(server).put(copy_for(ANA, appointment()))

    (stored,) = [each for each in server.asked if each.path.startswith("/people/") and each.body][
        -1:
    ]
    assert stored.method == "PUT"
    assert b"UID:a1@booking.example.com" in stored.body
    assert stored.headers["authorization"] == AUTHORIZED


def test_a_redirect_that_goes_round_in_circles_ends() -> None:
    assert_unknown(known_after(lambda _: Reply(302, b"", {"Location": "/ana/"})), "and on")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_carries_a_login_to_another_server(status: int) -> None:
    """Whoever can make a server redirect would get everybody's password."""
    with scripted(lambda _: told(shown())) as other:
        elsewhere = Reply(status, b"", {"Location": f"{other.url}ana/"})
        with scripted(lambda _: elsewhere) as server:
            known = logging_in(server).availability([ANA], MONDAY)["ana"]
            with pytest.raises(UndeliverableError, match="alone may see its credentials"):
                logging_in(server).put(copy_for(ANA, appointment()))

    assert_unknown(known, "alone may see its credentials")
    assert other.asked == []


@pytest.mark.parametrize(
    "reference",
    ["https://127.0.0.1/ana/", "//elsewhere.example.com/ana/", "http://[::1/", "http://a:99999/"],
)
def test_a_member_cannot_name_another_server(reference: str) -> None:
    """Members may type the address of their calendar; the host's login is not for all the world."""
    elsewhere = member("ana", calendar=reference)
    with scripted(lambda _: told(shown())) as server:
        known = logging_in(server).availability([elsewhere], MONDAY)["ana"]

    assert [each.interval for each in known.unknown] == [MONDAY]
    assert server.asked == []


def test_a_login_in_the_address_is_refused_and_not_repeated() -> None:
    """Addresses are written into logs and reasons, where a password must not be."""
    with scripted(lambda _: told(shown())) as server:
        leaky = member("ana", calendar=server.url.replace("//", "//ana:hunter2@"))
        known = scripted_provider(server).availability([leaky], MONDAY)["ana"]

    assert_unknown(known, "without login")
    assert "hunter2" not in str(known)
    assert server.asked == []


def test_no_reason_repeats_what_an_http_library_says() -> None:
    """It shows the header that it cannot send, and with it the password."""

    def client(_: Member) -> Any:
        return caldav.DAVClient(server.url, headers={"Authorization": "Bearer hunter2\r\n"})

    with scripted(lambda _: told()) as server:
        provider = CalDavProvider(client, host=HOST)
        known = provider.availability([ANA], MONDAY)["ana"]
        with pytest.raises(CalDavError) as caught:
            provider.put(copy_for(ANA, appointment()))

    assert_unknown(known)
    assert "hunter2" in str(caught.value.__cause__)
    assert "hunter2" not in f"{known} {caught.value}"


@pytest.mark.parametrize("trusted", [True, False])
def test_only_a_server_that_somebody_vouches_for_gets_a_login(trusted: bool) -> None:
    """Certificates are checked, against the authorities that the host's client trusts."""
    authority = AUTHORITY if trusted else True

    def client(_: Member) -> Any:
        login = {"username": "ana", "password": "secret", "auth_type": "basic"}
        return caldav.DAVClient(server.url, ssl_verify_cert=authority, **login)

    with scripted(lambda _: told(shown()), encrypted=True) as server:
        known = CalDavProvider(client, host=HOST).availability([ANA], MONDAY)["ana"]

    if trusted:
        assert (known.busy, known.unknown) == (BUSY, ())
    else:
        assert_unknown(known, "SSLError")
        assert server.asked == []


def test_an_address_may_be_whole() -> None:
    with scripted(lambda _: told(shown())) as server:
        whole = member("ana", calendar=f"{server.url}ana")
        known = scripted_provider(server).availability([whole], MONDAY)["ana"]

    assert known.busy == BUSY
    assert {each.path for each in server.asked} == {"/ana/"}


def test_who_is_asked_for_a_login_gives_it_once() -> None:
    """And a wrong one ends there, instead of knocking until the account is locked."""

    def script(asked: Asked) -> Reply:
        if asked.headers.get("authorization") == AUTHORIZED:
            return told(shown())
        return Reply(401, b"", {"WWW-Authenticate": 'Basic realm="calendars"'})

    with scripted(script) as server:
        known = logging_in(server, None).availability([ANA], MONDAY)["ana"]
        assert known.busy == BUSY
    with scripted(lambda _: script(Asked("", "", {}, b""))) as server:
        known = logging_in(server, None).availability([ANA], MONDAY)["ana"]
        assert_unknown(known, "HTTP status 401")
        assert len(server.asked) == 2


def test_a_digest_is_given_where_one_is_asked_for() -> None:
    """Then not even the server learns the password; the body goes along with the second try."""

    def script(asked: Asked) -> Reply:
        if not asked.headers.get("authorization", "").startswith('Digest username="ana"'):
            challenge = 'Digest realm="calendars", nonce="n0nce", qop="auth", algorithm=MD5'
            return Reply(401, b"", {"WWW-Authenticate": challenge})
        return told(shown()) if b"calendar-query" in asked.body else Reply(400)

    with scripted(script) as server:
        known = logging_in(server, None).availability([ANA], MONDAY)["ana"]

    assert (known.busy, known.unknown) == (BUSY, ())
