"""How a calendar provider is made, and whose calendars it has, for both halves of its contract.

Lives here: `ProviderHooks`, what a host says of its provider.
Must not live here: any duty of a provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from collective_booking.testing import samples
from collective_booking.testing.contracts.calling import Contract


class ProviderHooks(Contract):
    """What the contracts of a provider have in common: how it is made, and who its members are."""

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        """A provider, and for the member of each id in *busy* a calendar with these busy times."""
        raise NotImplementedError(
            "say in your class how your provider is made: write make_provider"
        )

    def member(self, id: str) -> Member:
        """The member *id*, whose `calendar` is what the provider knows theirs by."""
        return samples.member(id)

    def out_of_reach(self, provider: Any) -> Member:  # noqa: ARG002  # for those who override it
        """A member whose calendar can be neither read nor written: by default one without one."""
        return self.member("nobody")
