"""The service behind an API in FastAPI: `uvicorn examples.booking_fastapi:app`.

Lives here: the application, what it opens and closes, and the answers to our errors.
Must not live here: endpoints.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from collective_booking import AsyncBookingService, CollectiveBookingError
from collective_booking.adapters.folder import FolderOutbox
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.testing import FakeGateway
from examples.booking_fastapi.api import router
from examples.booking_office import CALENDARS, status_of, told, words_with_link
from examples.delivering.in_a_loop import delivering


def create_app(where: Path, **ports: Any) -> FastAPI:
    """The application, with its bookings in the file *where*; *ports* go to the service."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        where.parent.mkdir(parents=True, exist_ok=True)
        store = await AsyncSqlStore.open(where)
        try:
            service = AsyncBookingService(store, **ports)
            for calendar in CALENDARS:
                await service.save_calendar(calendar)
            app.state.service = service
            async with delivering(service):
                yield
        finally:
            await store.engine.dispose()

    app = FastAPI(title="Booking", lifespan=lifespan)
    app.include_router(router)
    app.add_exception_handler(CollectiveBookingError, refused)
    return app


async def refused(_: Request, error: Exception) -> JSONResponse:
    """Every error of the library, as an answer with the status it deserves."""
    assert isinstance(error, CollectiveBookingError)
    return JSONResponse({"detail": told(error)}, status_of(error))


SITE = os.environ.get("BOOKING_SITE", "http://127.0.0.1:8000")
"""Where the page is that shows a booking to its booker, for the links in mail."""
WORDS = words_with_link(lambda token: f"{SITE}/bookings/{token}")
FOLDER = Path(os.environ.get("BOOKING_FOLDER", ".demo"))
app = create_app(
    FOLDER / "fastapi.sqlite",
    secret=os.environ.get("SECRET_KEY", "for trying it out, and for nothing else").encode(),
    host="booking.example.com",
    notifier=FolderOutbox(FOLDER / "outbox", words=WORDS),
    gateway=FakeGateway(),
)
