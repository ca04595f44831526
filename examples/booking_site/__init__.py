"""A website on which visitors book a team, as a host application would build it.

Lives here: nothing; `app` puts it together, and `python -m examples.booking_site` starts it.
Must not live here: decisions of booking, which are the library's.
"""
