"""Servers that the tests start, each as a process of its own."""
