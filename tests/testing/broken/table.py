"""Which broken implementation has to fail which test of its contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from collective_booking.testing.contracts import Contract

K = TypeVar("K", bound=type)


@dataclass(frozen=True)
class Case:
    """One duty, and a contract of an implementation that breaks it."""

    duty: str
    contract: type[Contract]

    def run(self) -> None:
        tried = self.contract()
        try:
            getattr(tried, self.duty)()
        finally:
            tried.teardown_method()

    def __str__(self) -> str:
        return f"{self.contract.__name__}-{self.duty}"


CASES: Final[list[Case]] = []


def broken(host: type[Contract], **attributes: Any) -> Callable[..., Callable[[K], K]]:
    """`breaks`, for what is to be put in the place of the `kind` of *host*."""

    def breaks(*duties: Callable[[Any], None]) -> Callable[[K], K]:
        def noted(kind: K) -> K:
            contract = type(kind.__name__, (host,), {"kind": kind, **attributes})
            CASES.extend(Case(duty.__name__, contract) for duty in duties)
            return kind

        return noted

    return breaks
