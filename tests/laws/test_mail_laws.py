"""Laws of mail: whatever people write, it is one mail, to one person, and says what they wrote."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.contacts import Contact
from collective_booking.effects import Channel
from collective_booking.errors import UndeliverableError
from collective_booking.letters import letter_of
from collective_booking.mail import Mail, mail_of, written
from collective_booking.messages import Message
from collective_booking.wording import on_one_line
from tests.bookings import appointment
from tests.messages import HEADERS, content_of, message, read, words_of

TRICKS: Final = (
    *'"\\<>,;:@()[].=?é😀 ',
    *("=?utf-8?q?", "?=", "=0D=0ABcc:", "%0d%0a", "mailto:", "Bcc: all@example.com", "--=_"),
    *("\u202e", "\u200b", "\u00a0", "\ufeff", "\u0301", "名前", "a word "),
)


def _lines(most: int) -> SearchStrategy[str]:
    """One line of text as names and titles are: anything that can be printed, tricks above all."""
    letters = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
    tried = st.lists(
        st.sampled_from(TRICKS) | letters | st.just("a word "), min_size=1, max_size=60
    )
    return tried.map(lambda parts: "".join(parts)[:most].strip()).filter(bool)


def _prose() -> SearchStrategy[str]:
    return st.lists(_lines(200) | st.just(""), max_size=6).map("\n".join).map(str.strip)


def _emails() -> SearchStrategy[str]:
    users = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1)
    whole = users.map(lambda user: re.sub(r'[\s@<>,;:"]', "", user)[:200].strip()).filter(bool)
    return st.builds("{}@{}".format, whole, st.sampled_from(["example.com", "bücher.example"]))


def _unfolded(mail: Mail, header: str) -> str:
    """What a header says; the newer way of reading it takes some spaces for others."""
    return str(make_header(decode_header(message_from_bytes(mail.content)[header])))


def composed(told: Message) -> Mail:
    return mail_of(told, letter_of(told), sender="bookings@example.com", signals_to="")


@given(name=_lines(200), title=_lines(200), notes=_prose())
def test_whatever_people_write_the_headers_stay_these(name: str, title: str, notes: str) -> None:
    made = appointment(contact=Contact(name, "kim@example.com"), title=title, notes=notes)
    mail = composed(message(made))
    told = read(mail.content)

    assert list(told.keys()) == HEADERS
    assert [each.addr_spec for each in told["To"].addresses] == ["kim@example.com"]
    assert _unfolded(mail, "To") == f"{name} <kim@example.com>"
    assert told["Subject"] == f"Booked: {on_one_line(title)}"
    assert words_of(told) == letter_of(message(made)).text
    assert words_of(told, "html") == letter_of(message(made)).html


@given(name=_lines(200), title=_lines(200), notes=_prose())
def test_every_mail_passes_through_every_server(name: str, title: str, notes: str) -> None:
    """RFC 5321 and RFC 2045: ASCII, lines that end in CRLF alone, none too long."""
    made = appointment(contact=Contact(name, "kim@example.com"), title=title, notes=notes)
    mail = composed(message(made))

    assert mail.content.isascii()
    assert b"\n" not in mail.content.replace(b"\r\n", b"")
    assert b"\r" not in mail.content.replace(b"\r\n", b"")
    assert max(map(len, mail.content.split(b"\r\n"))) <= 78


@given(name=_lines(200), title=_lines(200), notes=_prose())
def test_an_invitation_arrives_as_it_was_made(name: str, title: str, notes: str) -> None:
    made = appointment(contact=Contact(name, "kim@example.com"), title=title, notes=notes)
    told = message(made)
    *_, event, attached = read(composed(told).content).walk()

    assert content_of(event) == content_of(attached) == told.invitation


@given(name=_lines(200))
def test_a_name_is_words_and_nothing_else_before_the_address(name: str) -> None:
    """To the simplest of readers too: no quotation mark, comma or bracket is left to misread."""
    raw = composed(message(name=name)).content.replace(b"\r\n ", b" ")
    (to,) = (line for line in raw.split(b"\r\n") if line.startswith(b"To:"))

    assert re.fullmatch(rb"To:( [\w!#$%&'*+/=?^`{|}~-]+)+ <kim@example\.com>", to)


@given(email=_emails(), channel=st.sampled_from([Channel.OWNER, Channel.BOOKER]))
def test_an_address_is_written_to_or_refused(email: str, channel: Channel) -> None:
    told, user = message(email=email, channel=channel), email.rpartition("@")[0]
    try:
        mail = composed(told)
    except UndeliverableError:
        return

    assert mail.international == (not mail.recipient.isascii())
    assert f"<{mail.recipient}>\r\n".encode() in mail.content
    (to,) = read(mail.content)["To"].addresses
    assert f"{to.username}@{to.domain}" == f"{user}@{mail.recipient.rpartition('@')[2]}"


@given(email=_emails())
def test_the_same_message_is_the_same_mail(email: str) -> None:
    """E1."""
    contact = Contact("Kim", email)

    assert composed(message(appointment(contact=contact), channel=Channel.OWNER)) == composed(
        message(appointment(contact=contact), channel=Channel.OWNER)
    )


@given(email=st.text())
def test_an_address_is_refused_with_an_error_of_ours_or_one_line(email: str) -> None:
    try:
        plain = written(email)
    except UndeliverableError:
        return

    assert not re.search(r"[\x00-\x20\x7f<>]", plain)
