"""How much is read, and how reading gives up.

Lives here: the limits, the budget that counts against them, and the reason that travels from the
place where something cannot be read to the place that knows which stretch it makes unknown.
Must not live here: what is read. Nothing here looks at a clock: work is counted, never timed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from collective_booking.availability import Cause
from collective_booking.errors import InvalidValueError

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one calendar is read before the rest becomes unknown.

    `size` is in bytes of UTF-8. `components` counts every `BEGIN`, and `depth` how far they nest.
    `instances` counts the candidates that recurrence rules and dates bring forth for one calendar,
    also those that an exception removes or that lie just outside the window; a step of a rule that
    brings forth nothing counts as one. So does each line of rules or dates, and each override, for
    every part of a series that asks for it. VTIMEZONEs may spend as many again. `first_year` and
    `last_year`, both inclusive, bound what may be asked for.

    Raises:
        InvalidValueError: a limit below 1, or years the wrong way round or beyond 1900 to 2199.

    >>> Limits(components=50_000).size
    5000000
    """

    size: int = 5_000_000
    components: int = 10_000
    depth: int = 8
    instances: int = 20_000
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or value < 1:
                raise InvalidValueError(field.name, value, "a limit is a whole number from 1")
        if not FIRST_YEAR <= self.first_year <= self.last_year <= LAST_YEAR:
            years = (self.first_year, self.last_year)
            raise InvalidValueError("years", years, f"stay within {FIRST_YEAR} to {LAST_YEAR}")


class Unreadable(Exception):  # noqa: N818  # not an error yet: it becomes an `Unknown`
    """Why something cannot be read. It never leaves this room."""

    def __init__(
        self, detail: str, cause: Cause = Cause.UNREADABLE, line: int | None = None
    ) -> None:
        super().__init__(detail, cause, line)
        self.detail = detail
        self.cause = cause
        self.line = line


class Budget:
    """Candidate instances that may still be looked at."""

    __slots__ = ("left", "limit")

    def __init__(self, limit: int) -> None:
        self.left: int = limit
        self.limit: int = limit

    def spend(self, amount: int = 1) -> None:
        """Count *amount* candidates.

        Raises:
            Unreadable: there are not so many left; none will be left for anybody else either.
        """
        self.left -= amount
        if self.left < 0:
            self.left = 0
            raise Unreadable(f"more than {self.limit} candidate instances", Cause.BUDGET)


class Allowance:
    """The budgets of one calendar, in however many texts it comes: for events and for zones."""

    __slots__ = ("events", "zones")

    def __init__(self, limits: Limits) -> None:
        self.events: Budget = Budget(limits.instances)
        self.zones: Budget = Budget(limits.instances)
