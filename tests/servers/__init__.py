"""Servers for the tests: each a process of its own on 127.0.0.1, or a script in a thread."""
