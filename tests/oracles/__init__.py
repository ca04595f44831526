"""Slow twins of the rooms: obviously right, and sharing no code with what they check."""
