"""How long to wait before something that has failed is tried again.

Lives here: `pause_after`.
Must not live here: what is tried, and how often at the most.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Final

_FIRST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(hours=12)


def pause_after(failures: int, key: str) -> timedelta:
    """How long to wait after so many *failures*: twice as long each time, spread by *key* (E1).

    *failures* is 1 or more. The pause is at least a minute, and less than a day.

    >>> timedelta(minutes=4) <= pause_after(3, "a message") < timedelta(minutes=8)
    True
    """
    doubled: int = 1 << min(failures - 1, 16)
    whole = min(_FIRST * doubled, _LONGEST)
    seed = blake2b(f"{key} {failures}".encode(), digest_size=4).digest()
    return whole + whole * (int.from_bytes(seed) / 2**32)
