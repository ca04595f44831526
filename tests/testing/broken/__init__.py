"""Ports that break one promise each, and the duties of the contracts that this has to fail."""
