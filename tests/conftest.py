"""What every test run starts with: how hard, and how repeatably, the laws are tried."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Nobody's machine is timed: a slow example is not a wrong one.
settings.register_profile("default", deadline=None)

# Continuous integration gives one commit one verdict; the search for new examples
# goes on at the desks, where `default` draws others every time.
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
