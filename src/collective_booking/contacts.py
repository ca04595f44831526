"""Who books, and how they are reached.

Lives here: `Contact`.
Must not live here: members (that is `members`), and what is booked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from collective_booking.checks import MAX_NAME, Rules, optional, text
from collective_booking.members import EMAIL, PHONE, Member, zone_name


@dataclass(frozen=True, slots=True)
class Contact:
    """Who books: a name, an address to write to, and perhaps a number to call.

    `timezone` is the IANA name of the zone that they live by, where it is known: what they are
    told has their own clock's time in it.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> Contact("Kim Lee", "kim@example.com", timezone="Pacific/Auckland").timezone
    'Pacific/Auckland'
    """

    name: str
    email: str
    phone: str | None = None
    timezone: str | None = None

    def __post_init__(self) -> None:
        CONTACT_RULES.settle(self, "the contact")

    def is_same_person(self, member: Member) -> bool:
        """Whether this is *member*, by address; case does not count (A6).

        >>> from collective_booking.testing.samples import ANA, member
        >>> ann = Contact("Ann", "Ana@Example.com")
        >>> ann.is_same_person(ANA), ann.is_same_person(member("ana", email=None))
        (True, False)
        """
        return member.email is not None and member.email.casefold() == self.email.casefold()


CONTACT_RULES: Final = Rules(
    {
        "name": text(MAX_NAME),
        "email": EMAIL,
        "phone": optional(PHONE),
        "timezone": optional(zone_name),
    },
    {},
)
