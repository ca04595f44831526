"""Django's own command: `python -m examples.booking_django migrate`, `... runserver`."""

from __future__ import annotations

import os

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.booking_django.settings")
execute_from_command_line()
