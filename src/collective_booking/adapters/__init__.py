"""The outside worlds, one adapter each; none knows another, and none loads before it is asked for.

Lives here: what turns foreign data and foreign failures into values and errors of the library.
Must not live here: decisions about free time; they are made below, from the values.
"""
