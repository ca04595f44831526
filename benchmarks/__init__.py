"""How fast it is, beside its peers: `python -m benchmarks`."""
