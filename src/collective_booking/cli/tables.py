"""Answers in words and tables, for people.

Lives here: what is said of slots, of a refusal, of what blocks a window.
Must not live here: team files, pictures, JSON, where it is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from collective_booking.calendars import CollectiveCalendar
from collective_booking.cli.words import NAMED, Clock, counted, people
from collective_booking.durations import format_amount, format_duration
from collective_booking.intervals import Interval
from collective_booking.reasons import Blockage, Explanation, Release, WindowExplanation
from collective_booking.slots import Slot
from collective_booking.walls import date_label

FEW: Final = 3
"""How many blockers the short form of an explanation names."""
_BAR: Final = 16


# --- slots ---------------------------------------------------------------------------------------


def slots_table(
    calendar: CollectiveCalendar,
    window: Interval,
    slots: Sequence[Slot],
    clock: Clock,
    *,
    whole: bool,
) -> list[RenderableType]:
    """The slots by day, whose clock that is, and a line that sums them up."""
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column()
    # However narrow the terminal, a time is never cut: it is what was asked for.
    table.add_column(min_width=max(len(clock.time(slot.start)) + 4 for slot in slots))
    year = None
    for day, group in groupby(slots, lambda slot: clock.local(slot.start).date()):
        label = date_label(day) if day.year == year else f"{date_label(day)} {day.year}"
        year = day.year
        table.add_row(Text(label, "bold"), _times(group, clock))
    told: list[RenderableType] = [
        heading(calendar, clock, Interval(slots[0].start, slots[-1].end)),
        Padding(table, (1, 0, 1, 2)),
        _summary(calendar, window, slots, clock, whole=whole),
    ]
    if not all(slot.verified for slot in slots):
        told.append(Text("? free only if a calendar that cannot be read is", "yellow"))
    return told


def heading(calendar: CollectiveCalendar, clock: Clock, window: Interval) -> Text:
    """What is asked for, and whose clock the times are by."""
    title = Text(calendar.name, "bold")
    title.append(f", {format_duration(calendar.duration)}", "not bold")
    return Text.assemble(title, f"\nTimes in {clock.label(window)}")


def _times(slots: Iterable[Slot], clock: Clock) -> Text:
    times = (clock.time(slot.start) + ("" if slot.verified else "?") for slot in slots)
    return Text("  ").join(
        Text(time, "yellow" if time.endswith("?") else "green") for time in times
    )


def _summary(
    calendar: CollectiveCalendar,
    window: Interval,
    slots: Sequence[Slot],
    clock: Clock,
    *,
    whole: bool,
) -> Text:
    last = clock.moment(window.end if whole else slots[-1].start)
    number, until = counted(len(slots), "time"), f" until {last}"
    if not whole and len(slots) == 1:
        number, until = "The first time", f", {last},"
    elif not whole:
        number, until = f"The first {number}", f", until {last},"
    suit = "suits" if len(slots) == 1 else "suit"
    needed = [member.name for member in calendar.members if member.required]
    asked = [member.name for member in calendar.members if not member.required]
    all_ = people(needed) if len(needed) <= NAMED else f"all {len(needed)} members"
    line = Text.assemble((number, "bold"), f"{until} {suit} {all_}")
    line.append(f"; {people(asked)} may come or not." if asked else ".")
    if elsewhere := _elsewhere(calendar, slots[0], clock):
        line.append(f"\n{elsewhere}")
    return line


def _elsewhere(calendar: CollectiveCalendar, slot: Slot, clock: Clock) -> str:
    """What the first slot's start is on the clocks of the members who have another."""
    many = len(calendar.members) > NAMED
    walls: dict[str, dict[str, None]] = {}
    for member in calendar.members:
        theirs = Clock(member.timezone)
        if theirs.offset(slot.start) != clock.offset(slot.start):
            same_day = theirs.day(slot.start) == clock.day(slot.start)
            told = theirs.time(slot.start) if same_day else theirs.moment(slot.start)
            walls.setdefault(told, {})[member.timezone if many else member.name] = None
    whose = "in" if many else "for"
    listed = (f"{time} {whose} {people(list(who))}" for time, who in sorted(walls.items()))
    return f"{clock.moment(slot.start)} is {', '.join(listed)}." if walls else ""


# --- explanations --------------------------------------------------------------------------------


def refusal(
    calendar: CollectiveCalendar, explanation: Explanation, clock: Clock
) -> list[RenderableType]:
    """Why a start is refused, or that it is not; what does it, in the time of *clock*."""
    start = explanation.start
    table = Table.grid(padding=(0, 3, 0, 0))
    for reason in (*explanation.reasons, *explanation.notes):
        who = None if reason.who is None else calendar.member(reason.who).name
        said = str(replace(reason, who=who, interval=None, claim=None))
        does_it = clock.stretch(reason.interval, start) if reason.interval else ""
        table.add_row(Text(said), Text(does_it, "cyan"))
    answer = ("can be booked", "bold green") if explanation.accepted else ("is refused", "bold red")
    day = f"{clock.day(start)} {clock.local(start).year}"
    when = f"{day} {clock.time(start)} ({clock.timezone}) "
    first = Text.assemble(when, answer, ":" if table.row_count else ".")
    return [first, Padding(table, (0, 0, 0, 2))] if table.row_count else [first]


def nothing_found(
    calendar: CollectiveCalendar, why: WindowExplanation, clock: Clock
) -> list[RenderableType]:
    """That no slot is listed, and the short form of why."""
    none = "No time is listed" if why.hidden else "No time suits everyone"
    first = Text.assemble((none, "bold red"), f" {_between(why.window, clock)}")
    first.append(f": {_hidden(why)}." if why.hidden else ".")
    return [
        first,
        Padding(_blockers(calendar, why.window, why.blockages[:FEW]), (1, 0, 1, 2)),
        Text("`collective-booking explain` tells more, of the window or of one start."),
    ]


def what_blocks(
    calendar: CollectiveCalendar, why: WindowExplanation, clock: Clock
) -> list[RenderableType]:
    """What blocks a window, by member, most blocking first."""
    left = Text("No time is left.", "bold red")
    if why.offered:
        left = Text(f"{counted(why.offered, 'time')} left.", "bold green")
    if why.hidden:
        left.append(f" {_hidden(why)}.", "not bold yellow")
    return [
        Text.assemble((f"What blocks {calendar.name}", "bold"), f" {_between(why.window, clock)}"),
        Padding(_blockers(calendar, why.window, why.blockages), (1, 0, 1, 2)),
        left,
        *(_without(calendar, release) for release in why.releases[:FEW]),
    ]


def _without(calendar: CollectiveCalendar, release: Release) -> Text:
    """What would open if so many need not come (X2)."""
    names = people([each.name for each in calendar.members if each.id in release.members])
    return Text(f"Without {names}: {counted(release.starts, 'more time')}.")


def _hidden(why: WindowExplanation) -> str:
    """How many times are free, and left out to look busy (N5)."""
    number = counted(why.hidden, "more time" if why.offered else "time")
    return f"{number} {'is' if why.hidden == 1 else 'are'} hidden to look busy"


def _between(window: Interval, clock: Clock) -> str:
    start, end = clock.moment(window.start), clock.moment(window.end)
    return f"from {start} to {end} ({clock.timezone})"


def _blockers(
    calendar: CollectiveCalendar, window: Interval, blockages: Sequence[Blockage]
) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    table.add_column("of the window")
    table.add_column("blocked", justify="right")
    table.add_column("alone", justify="right")
    table.add_column("by")
    for each in blockages:
        who = "the calendar" if each.who is None else calendar.member(each.who).name
        by = ", ".join(f"{what} {format_amount(length)}" for what, length in each.by)
        table.add_row(
            Text(who, "bold"),
            _bar(each.alone / window.duration, each.blocked / window.duration),
            format_amount(each.blocked),
            format_amount(each.alone),
            Text(by),
        )
    return table


def _bar(alone: float, blocked: float) -> Text:
    """How much of the window: dark where nobody else blocks it too."""
    dark = min(_BAR, max(round(alone * _BAR), alone > 0))
    light = min(_BAR, max(round(blocked * _BAR), blocked > 0)) - dark
    return Text.assemble(("█" * dark, "red"), ("▒" * max(light, 0), "yellow"))


def drawn(path: str) -> list[RenderableType]:
    """That a picture is in the file at *path*."""
    return [Text(f"{path} is drawn.")]
