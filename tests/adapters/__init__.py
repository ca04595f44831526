"""The tests of the adapters, one group of files for each."""
