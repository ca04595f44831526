"""A letter as Internet mail: its headers, its parts, and the invitation among them.

Lives here: `mail_of`, the same bytes each time it is made for one message, and how addresses are
written (RFC 5322, RFC 6531). An invitation travels as iMIP (RFC 6047).
Must not live here: the words, sending or keeping it, any clock, chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime
from hashlib import blake2b
from typing import Final, Self

from collective_booking.appointments import Appointment
from collective_booking.checks import Refused
from collective_booking.errors import UndeliverableError, require
from collective_booking.letters import Letter
from collective_booking.members import EMAIL
from collective_booking.messages import Audience, Message
from collective_booking.wording import shown

_LINE_END: Final = "\r\n"
_LONGEST_LINE: Final = 76
"""Of quoted-printable, by RFC 2045; headers might have two characters more."""
_SHORT: Final = 60
"""What is longer than this is encoded, for only what is encoded can be folded anywhere."""

_ATEXT: Final = r"[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]"
_DOT_ATOM: Final = re.compile(rf"{_ATEXT}+(\.{_ATEXT}+)*")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PRINTABLE: Final = re.compile(r"[ -~]*")
_DOMAIN: Final = re.compile(r"[\w-]+(\.[\w-]+)*|\[[0-9.]+\]")
_DEVIATING: Final = frozenset("ßς\u200c\u200d")
"""The old IDNA reads these as other letters, and so as somebody else's domain (RFC 5891)."""
_METHOD: Final = re.compile(rb"^METHOD:([A-Za-z]+)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to go: from whom and to whom in the envelope, and the whole of it as bytes.

    `content` has lines that end in CRLF, and is ASCII unless `international`: then an address needs
    a server that knows SMTPUTF8 (RFC 6531).

    >>> mail = Mail("us@example.com", "kim@example.com", b"Subject: Hello", international=False)
    >>> mail.recipient
    'kim@example.com'
    """

    sender: str
    recipient: str
    content: bytes
    international: bool


def mail_of(message: Message, letter: Letter, *, sender: str, signals_to: str) -> Mail:
    """The mail that tells *message* in the words of *letter*; signals go to *signals_to* (E4).

    Its date is that of the change, its Message-ID comes from the key: a repetition is the same
    mail, byte for byte (E1). All mails about one appointment refer to one thread. Who answers
    writes to the booker, or to the organizer, and not to *sender*.

    Raises:
        UndeliverableError: the recipient's address cannot be written.
        WrongTypeError: *letter* is none.

    >>> from collective_booking.letters import letter_of
    >>> from collective_booking.testing.samples import message
    >>> told = message(Audience.BOOKER)
    >>> who = {"sender": "us@example.com", "signals_to": "it@example.com"}
    >>> mail = mail_of(told, letter_of(told), **who)
    >>> mail.recipient, b"Reply-To: <ana@example.com>" in mail.content
    ('kim@example.com', True)
    >>> mail == mail_of(told, letter_of(told), **who)
    True
    """
    require("the letter", letter, Letter, "a Letter")
    to = signals_to if message.audience is Audience.HOST else message.email
    envelope = written(sender), written(to)
    international = not "".join(envelope).isascii()
    policy = SMTPUTF8 if international else SMTP
    mail = EmailMessage(policy=policy.clone(max_line_length=_LONGEST_LINE))
    for name, value in _headers(message, letter, *envelope):
        mail[name] = _Written(name, value)
    _fill(mail, letter, message)
    return Mail(*envelope, mail.as_bytes(), international)


# --- headers -------------------------------------------------------------------------------------


class _Written(str):
    """A header's value that goes out as it is: what it is made of has been encoded and folded.

    The policies of `email` would parse it and write it anew, and what they make of a long name
    depends on the version of Python: often it comes out with spaces that it never had.
    """

    __slots__ = ("name",)
    name: str

    def __new__(cls, name: str, value: str) -> Self:
        made = super().__new__(cls, value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        """The whole header; the policies of `email` ask for it."""
        return f"{self.name}: {self}{policy.linesep}"


def _headers(
    message: Message, letter: Letter, sender: str, recipient: str
) -> Iterator[tuple[str, str]]:
    appointment = message.appointment
    yield "From", _mailbox("From", appointment.snapshot.calendar.name, sender)
    yield "To", _mailbox("To", message.name, recipient)
    if answers := _answers_to(message):
        yield "Reply-To", answers
    yield "Subject", _words("Subject", letter.subject, _PRINTABLE)
    yield "Date", format_datetime(appointment.changed)
    yield "Message-ID", f"<{_mark(message)}@{_home(appointment)}>"
    yield "References", f"<{_hashed(appointment.uid)}@{_home(appointment)}>"
    yield "Auto-Submitted", "auto-generated"  # RFC 3834: no holiday notes in return


def _mailbox(header: str, name: str, address: str) -> str:
    spelled = _words(header, name, _ATOMS)
    gap = f"{_LINE_END} " if spelled != name else " " * bool(name)
    return f"{spelled}{gap}<{address}>"


def _answers_to(message: Message) -> str:
    """Whom an answer reaches, if they can be written to by everybody: a plain address."""
    appointment = message.appointment
    address = {
        Audience.OWNER: appointment.contact.email,
        Audience.BOOKER: appointment.organizer,
        Audience.HOST: None,
    }[message.audience]
    try:
        plain = written(address or "")
    except UndeliverableError:
        return ""
    return f"<{plain}>" if plain.isascii() else ""


def _words(header: str, words: str, plain: re.Pattern[str]) -> str:
    """*words* as they are if they are short and *plain*, else encoded and folded (RFC 2047)."""
    if len(words) <= _SHORT and "=?" not in words and plain.fullmatch(words):
        return words
    return Header(words, "utf-8", header_name=header).encode(linesep=_LINE_END)


def _mark(message: Message) -> str:
    return _hashed(message.appointment.uid, message.key)


def _hashed(*words: str) -> str:
    return blake2b("\n".join(words).encode(), digest_size=16).hexdigest()


def _home(appointment: Appointment) -> str:
    """The domain in which its ids are unique: that of its UID."""
    domain = appointment.uid.rpartition("@")[2]
    return (
        domain if domain.isascii() and _DOMAIN.fullmatch(domain) else "collective-booking.invalid"
    )


# --- addresses -----------------------------------------------------------------------------------


def written(email: str) -> str:
    r"""*email* as mail writes it: with quotation marks where they are due, in ASCII if possible.

    Raises:
        UndeliverableError: it is no address that mail can have.

    >>> written("ana@bücher.example"), written("a(b)@example.com")
    ('ana@xn--bcher-kva.example', '"a(b)"@example.com')
    """
    try:
        user, _, domain = str(EMAIL(email)).rpartition("@")
    except Refused as refusal:
        raise UndeliverableError(f"the address {refusal}") from None
    if not _DOT_ATOM.fullmatch(user):
        user = '"' + user.replace("\\", "\\\\") + '"'
    return f"{user}@{_domain(domain)}"


def _domain(domain: str) -> str:
    ascii_ = domain
    if not _DEVIATING & set(domain):
        try:
            ascii_ = domain.encode("idna").decode()
        except UnicodeError as error:
            raise UndeliverableError(f"{shown(domain)} is no domain: {error}") from None
    if not _DOMAIN.fullmatch(ascii_):
        raise UndeliverableError(f"{shown(domain)} is no domain that mail can go to")
    return ascii_


# --- parts ---------------------------------------------------------------------------------------


def _fill(mail: EmailMessage, letter: Letter, message: Message) -> None:
    """Put in the text, the HTML and the invitation, so that ASCII carries all of them.

    The boundaries hold what neither quoted-printable nor base64 can: nobody's words end a part.
    """
    mail.set_content(letter.text, cte="quoted-printable")
    invitation, mark = message.invitation, _mark(message)
    if letter.html or invitation is not None:
        mail.make_alternative(f"=_{mark}.1")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if invitation is None:
        return
    found = _METHOD.search(invitation)
    params = {"method": found[1].decode() if found else "REQUEST", "charset": "UTF-8"}
    mail.add_alternative(invitation, maintype="text", subtype="calendar", params=params)
    # Once more as a file, under a type that no calendar acts upon a second time.
    mail.make_mixed(f"=_{mark}.2")
    mail.add_attachment(invitation, maintype="application", subtype="ics", filename="invite.ics")
