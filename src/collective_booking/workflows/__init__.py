"""What can be done with bookings, each once, for synchronous and asynchronous hosts alike.

Lives here: the commands, as coroutines that await asks (see `asks`); no event loop is involved.
Must not live here: who answers the asks, what is free, what a store decides under its lock.
"""
