"""Team files to ask.

Lives here: the team that most tests ask, ways to change it, documents as TOML.
Must not live here: tests.
"""

from __future__ import annotations

import copy
import json
from typing import Any, Final

NOW: Final = ("--now", "2026-11-23T07:00:00Z")
"""A Monday in winter, before anybody opens."""
TEN: Final = "2026-11-24T09:00:00Z"
TEN_THIRTY: Final = "2026-11-24T09:30:00Z"
"""Two starts of the next day that suit both, by the clock of Ana."""
WHO: Final = ("--name", "Kim Lee", "--email", "kim@example.com")
"""Who books."""

TEAM: Final[dict[str, Any]] = {
    "name": "Sales call",
    "slug": "sales-call",
    "timezone": "Europe/London",
    "duration": "30m",
    "notice": "2h",
    "horizon_days": 30,
    "members": [
        {
            "id": "ana",
            "name": "Ana",
            "timezone": "Europe/Madrid",
            "hours": ["Mon-Fri 10:00-12:00"],
            "busy": [["2026-11-23T10:00:00Z", "2026-11-23T10:30:00Z"]],
        },
        {
            "id": "ben",
            "name": "Ben",
            "timezone": "Europe/London",
            "hours": ["Mon-Fri 09:00-17:00"],
        },
    ],
}
"""Both are open from 09:00 to 11:00 in London; on the first day Ana is busy from 10:00 to 10:30."""


def team(member: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    """The team with other settings, and something else for Ana."""
    made = copy.deepcopy(TEAM) | settings
    made["members"][0] |= member or {}
    return made


def in_toml(document: dict[str, Any]) -> str:
    """*document* as TOML: its own settings first, then a table for each member."""
    own = [f"{key} = {_value(held)}" for key, held in document.items() if key != "members"]
    tables = [
        "\n".join(["[[members]]", *(f"{key} = {_value(held)}" for key, held in member.items())])
        for member in document.get("members", [])
    ]
    return "\n\n".join(["\n".join(own), *tables]) + "\n"


def _value(held: Any) -> str:
    if isinstance(held, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in held.items()) + " }"
    if isinstance(held, list):
        return f"[{', '.join(map(_value, held))}]"
    return json.dumps(held, ensure_ascii=False).replace("\x7f", "\\u007f")
