"""Django's settings, and in `BOOKINGS` what the service is made with.

Bookings are in a database of their own here. On PostgreSQL they can be in Django's: their tables
begin with `cb_`, and Django leaves them alone. An SQLite file lets one connection write at a time,
and a view that books has two, so there it is two files.
"""

from __future__ import annotations

import os
from pathlib import Path

from collective_booking.testing import FakeGateway

FOLDER = Path(os.environ.get("BOOKING_FOLDER", ".demo"))
FOLDER.mkdir(parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("SECRET_KEY", "for trying it out, and for nothing else")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
SITE = "http://127.0.0.1:8000"
ROOT_URLCONF = "examples.booking_django.urls"
INSTALLED_APPS = ["examples.booking_django"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "examples.booking_django.views.OurErrors",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "django.sqlite"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "bookings@example.com"
TIME_ZONE = "UTC"

BOOKINGS = {
    "store": os.environ.get("BOOKINGS_URL", f"sqlite:///{FOLDER / 'bookings.sqlite'}"),
    "secret": SECRET_KEY.encode(),
    "host": "booking.example.com",
    "gateway": FakeGateway(),
}
