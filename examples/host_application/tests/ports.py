"""How the studio's ports are made and looked at, said once for the contracts and for the game."""

from __future__ import annotations

import atexit
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import collective_booking as cb
from collective_booking.testing.contracts import Delivered, KeptCopy
from collective_booking.testing.samples import HOST
from studio.calendars import JsonCalendars
from studio.letters import Letters
from studio.till import Till

_PLACE = TemporaryDirectory(prefix="studio-")
atexit.register(_PLACE.cleanup)


def folder() -> Path:
    """An empty one, until the tests end."""
    return Path(mkdtemp(dir=_PLACE.name))


class Calendars:
    """Those of JSON files."""

    def member(self, id: str) -> cb.Member:
        return cb.Member(
            id,
            timezone="UTC",
            hours=cb.OpeningHours.parse("Mon-Fri 09:00-17:00"),
            email=f"{id}@example.com",
            calendar=f"of-{id}",
        )

    def make_provider(self, busy: Mapping[str, cb.IntervalSet]) -> Any:
        provider = JsonCalendars(folder(), HOST)
        for id_, times in busy.items():
            own = {
                f"own-{place}": {"when": str(each), "title": "Away", "sequence": 0}
                for place, each in enumerate(times)
            }
            (provider.folder / f"of-{id_}.json").write_text(json.dumps(own), "utf-8")
        return provider

    def copies_of(self, provider: Any, member: cb.Member) -> Mapping[str, KeptCopy]:
        return {
            uid: KeptCopy(cb.Interval.from_isoformat(told["when"]), told["title"], told["sequence"])
            for uid, told in provider.events(member).items()
        }


class Mail:
    """Letters in a file."""

    def make_notifier(self) -> Any:
        return Letters(folder() / "letters.jsonl")

    def delivered(self, notifier: Any) -> Sequence[Delivered]:
        lines = notifier.file.read_text("utf-8").splitlines() if notifier.file.exists() else []
        return [
            Delivered(told["to"], told["key"], told["invitation"] and told["invitation"].encode())
            for told in map(json.loads, lines)
        ]

    def break_down(self, notifier: Any) -> None:
        notifier.file.mkdir()


class Cards:
    """The till."""

    def make_gateway(self) -> Any:
        return Till(b"a secret for tests alone")

    def pay(self, gateway: Any, reference: str) -> cb.Notice:
        notice: cb.Notice = gateway.card_accepted(reference)
        return notice

    def kept(self, gateway: Any, reference: str) -> int:
        kept: int = gateway.balance(reference)
        return kept
