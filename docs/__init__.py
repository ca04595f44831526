"""The documentation, and the code that draws what is in it."""
