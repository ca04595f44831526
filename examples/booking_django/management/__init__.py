"""Commands of `python -m examples.booking_django`."""
