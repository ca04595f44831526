"""What visitors type, and what is wrong with it in words beside the field.

Lives here: `Entry`, and whose problem is which field's.
Must not live here: what a name or an address may be: `Contact` says, and its words are shown.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Form

from collective_booking import ConfigurationError, Contact, Problem

UNCHOSEN: Final = {"start": "Choose one of the times."}
LABELS: Final = {"name": "Your name", "email": "Your e-mail address", "notes": "The notes"}


def new_request() -> str:
    """An id for one sending of a form: sent twice, it books once (S4)."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Entry:
    """A form as it was filled in, to be read, and shown again where it cannot be."""

    name: str = ""
    email: str = ""
    notes: str = ""
    start: str = ""
    price: str = ""
    wanted: str = ""
    request_id: str = field(default_factory=new_request)

    @property
    def about(self) -> str:
        """The time that it is about: the one chosen, else the one that was wanted and is gone."""
        return self.start or self.wanted

    def contact(self, zone: str | None = None) -> Contact:
        """Who books, and whose clock their mail is on, once that is known.

        Raises:
            ConfigurationError: something of it is missing or wrong.
        """
        return Contact(self.name, self.email, timezone=zone)


def _entry(
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    notes: Annotated[str, Form()] = "",
    start: Annotated[str, Form()] = "",
    price: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form()] = "",
    request_id: Annotated[str, Form()] = "",
) -> Entry:
    sending = request_id or new_request()
    return Entry(name.strip(), email.strip(), notes, start, price, wanted, sending)


Filled = Annotated[Entry, Depends(_entry)]


def problems_of(error: ConfigurationError) -> dict[str, str]:
    """What is wrong, by field; what belongs to none of them was not typed by a visitor.

    >>> try:
    ...     Entry(email="kim").contact()
    ... except ConfigurationError as error:
    ...     problems_of(error)["name"]
    'Your name must not be empty.'
    """
    if any(problem.place not in LABELS for problem in error.problems):
        raise error
    return {problem.place: _told(problem) for problem in error.problems}


def _told(problem: Problem) -> str:
    return f"{LABELS[problem.place]} {problem.message.rstrip('.')}."
