"""The same with a `BookingService`, for a host whose ports are synchronous.

Endpoints that are no coroutines run in threads. A coroutine that called this service would stop
every other request meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import FastAPI

from collective_booking import BookingService, CollectiveBookingError
from examples.booking_fastapi import refused
from examples.booking_fastapi.api import Window


def create_app(service: BookingService) -> FastAPI:
    """The application around *service*, whose ports must be safe to use from several threads."""
    app = FastAPI(title="Booking")
    app.add_exception_handler(CollectiveBookingError, refused)

    @app.get("/calendars/{slug}/times")
    def times(slug: str, window: Window) -> list[datetime]:
        return [slot.start for slot in service.offers(slug, window)]

    return app
