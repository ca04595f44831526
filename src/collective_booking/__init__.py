"""Find the times that suit every member of a team.

Lives here: the front door, which re-exports what hosts use.
Must not live here: logic, or an import that costs a host something it did not ask for.
"""

from __future__ import annotations

__all__: list[str] = []
