"""`python -m collective_booking`: the command under its other name."""

from __future__ import annotations

import sys

from collective_booking.cli import main

if __name__ == "__main__":
    sys.exit(main())
