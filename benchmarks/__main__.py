"""`python -m benchmarks`: everything in one run on the same work, answers compared before times.

python -m benchmarks                               all of it, as markdown
python -m benchmarks --quick                       the answers of all, few rounds, small works
python -m benchmarks --only memory growth          some sections
python -m benchmarks --write docs/performance.md   put the tables where that page has marks
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import partial
from importlib import import_module
from importlib.metadata import distributions, version
from io import StringIO
from itertools import islice
from os import cpu_count
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import imports, memory
from benchmarks.measure import (
    cpu,
    exponent,
    milliseconds,
    race,
    refuse_other_answers,
    table,
    times_as_much,
)
from benchmarks.peers import NUMPY, OURS, PEERS, Peer
from benchmarks.peers.ours import finder, moment, window
from benchmarks.work import WORKS, Work, office
from benchmarks.zones import microseconds
from collective_booking.intervals import IntervalSet

BEGIN: Final = "<!-- made by the benchmark: do not edit below -->"
END: Final = "<!-- made by the benchmark: do not edit above -->"

_TITLES: Final = {
    "S": "S: 3 members, 14 days",
    "L": "L: 100 members, 90 days, the hours of 16 offices",
    "L-own": "L-own: the same, everybody with hours of their own",
    "XL": "XL: 100 members, 365 days",
    "shreds": "Adversarial: 100,000 tiny overlapping busy times with odd microseconds",
}
_MEMBERS: Final = (3, 6, 12, 25, 50, 100)
_DAYS: Final = (7, 14, 30, 60, 120, 240, 365)


def main() -> None:
    options = _options()
    peers = list(_installed())
    parts = [_machine()]
    for name, section in _sections().items():
        if not options.only or name in options.only:
            print(f"{name} ...", file=sys.stderr)
            parts += section(peers, options.quick)
    told = "\n\n".join(parts)
    print(told)
    if options.write:
        _write(options.write, told)


def _options() -> argparse.Namespace:
    told = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    told.add_argument("--quick", action="store_true", help="small works and few rounds")
    told.add_argument("--only", nargs="+", choices=_sections(), help="these sections")
    told.add_argument("--write", type=Path, metavar="PAGE", help="put the tables into this page")
    options = told.parse_args()
    if options.write and (options.quick or options.only):
        told.error("--write wants the whole run, for the page shows one")
    return options


def _sections() -> dict[str, Callable[[list[Peer], bool], Iterator[str]]]:
    return {
        "cold": cold,
        "input": other_input,
        "warm": warm,
        "memory": peaks,
        "growth": growth,
        "imports": import_cost,
        "ics": calendars,
        "booking": bookings,
        "site": first_page,
    }


def _installed() -> Iterator[Peer]:
    for peer in PEERS:
        try:
            peer.load()
        except ImportError as missing:
            print(f"{peer.title} takes no part: {missing}", file=sys.stderr)
        else:
            yield peer


def _machine() -> str:
    needed = ("numpy", "portion", "intervaltree", "slotify-scheduling", "attrs")
    present = [name for name in needed if any(distributions(name=name))]
    peers = ", ".join(f"{name} {version(name)}" for name in present)
    return f"{cpu_count()} cores, Python {platform.python_version()}; {peers}."


# --- the sections: each yields pieces of markdown -------------------------------------------------


def cold(peers: list[Peer], quick: bool) -> Iterator[str]:
    """From plain data to the list of slots, with empty caches."""
    yield "### From plain data to the list of slots"
    for name, make in WORKS.items():
        if quick and name not in {"S", "L"}:
            continue
        work = make()
        offered = refuse_other_answers(work, peers)
        times = race(work, peers, 1 if quick else 7 if work.meetings > 50_000 else 15)
        yield f"**{_TITLES[name]}** ({work.meetings:,} busy times, {len(offered):,} slots)"
        rows = [
            (
                peer.title,
                milliseconds(median(taken)),
                f"{times_as_much(taken, times[OURS]):.3g}",
                f"{times_as_much(times[OURS], taken):.3g}",
            )
            for peer, taken in times.items()
        ]
        yield table(("", "CPU ms", "it takes, of ours", "we take, of its"), rows)
        refused = (f"{peer.title}: {why}." for peer in peers if (why := peer.refuses(work)))
        yield from refused


def other_input(_: list[Peer], quick: bool) -> Iterator[str]:
    """The same work, told in other ways."""
    yield "### The same, told otherwise"
    work = WORKS["L"]()
    told = {
        person.id: [(moment(start), moment(end)) for start, end in person.busy]
        for person in work.people
    }

    def ours() -> object:
        sets = {name: IntervalSet.from_pairs(pairs) for name, pairs in told.items()}
        return finder(work, sets).offers(window(work))

    def theirs() -> object:
        people = [
            type(person)(
                person.id,
                person.zone,
                person.week,
                [(microseconds(start), microseconds(end)) for start, end in told[person.id]],
            )
            for person in work.people
        ]
        return NUMPY.answers()(Work(work.name, people, work.first, work.last, work.now))

    rows = []
    rounds = 3 if quick else 15
    for title, jobs in (
        ("busy as aware datetimes", (ours, theirs)),
        ("busy in no order", _both(work.shuffled())),
    ):
        times = [[cpu(job) for job in jobs] for _ in range(rounds)]
        own, other = zip(*times, strict=True)
        ratio = f"{times_as_much(own, other):.2f}"
        rows.append((title, milliseconds(median(own)), milliseconds(median(other)), ratio))
    yield table(("L", "CPU ms", "numpy, CPU ms", "we take, of its"), rows)


def _both(work: Work) -> tuple[Callable[[], object], Callable[[], object]]:
    return lambda: OURS.answers()(work), lambda: NUMPY.answers()(work)


def warm(_: list[Peer], quick: bool) -> Iterator[str]:
    """What a host asks once the finder is there."""
    yield "### Further questions to the same finder"
    work = WORKS["L"]()
    ready, asked = finder(work), window(work)
    free = ready.offers(asked)[-1].start
    taken = free - 2 * (ready.calendar.duration + ready.calendar.buffer_before)
    jobs: dict[str, tuple[Callable[[], object], bool]] = {
        "the whole window again": (lambda: ready.offers(asked), False),
        "the first ten of it": (lambda: [*islice(ready.iter_offers(asked), 10)], False),
        "`accepts` a start that is free": (lambda: ready.accepts(free), False),
        "`accepts` a start that is taken": (lambda: ready.accepts(taken), False),
        "the first ten, from plain data": (
            lambda: [*islice(finder(work).iter_offers(asked), 10)],
            True,
        ),
    }
    rounds = 3 if quick else 15
    rows = [
        (title, milliseconds(median(cpu(job, cold=cold) for _ in range(rounds))))
        for title, (job, cold) in jobs.items()
    ]
    yield table(("L", "CPU ms"), rows)


def peaks(peers: list[Peer], quick: bool) -> Iterator[str]:
    """Peak memory, each in a process of its own."""
    yield "### Peak memory beyond the plain data and the imports"
    works = ("S",) if quick else ("L", "L-own", "XL")
    asked = [peer for peer in peers if peer.module != "slotify"]
    rows = []
    for name in works:
        for peer in asked:
            traced, resident = (memory.peak(peer, name, how) for how in ("traced", "resident"))
            rows.append((f"{name}: {peer.title}", _kib(traced), _kib(resident)))
    yield table(("", "traced, KiB", "resident, KiB"), rows)


def _kib(amount: int | None) -> str:
    return "unknown" if amount is None else f"{amount / 1024:,.0f}"


def growth(_: list[Peer], quick: bool) -> Iterator[str]:
    """How the cost of a cold answer grows."""
    yield "### Growth"
    asked = {
        "members, 90 days": {size: (size, 90) for size in _MEMBERS},
        "days, 100 members": {size: (100, size) for size in _DAYS},
    }
    for title, sizes in asked.items():
        chosen = dict(islice(sizes.items(), 3 if quick else None))
        jobs = {
            size: partial(OURS.answers(), office("growth", *shape, own_hours=True))
            for size, shape in chosen.items()
        }
        rounds = [{size: cpu(job) for size, job in jobs.items()} for _ in range(3 if quick else 9)]
        points = {size: median(each[size] for each in rounds) for size in chosen}
        yield table((title, *map(str, points)), [("CPU ms", *map(milliseconds, points.values()))])
        yield f"Growth exponent over the whole range: {exponent(points):.2f}."


def import_cost(_: list[Peer], quick: bool) -> Iterator[str]:
    """What it costs a host to import the root package, beside attrs."""
    yield "### Importing"
    costs = imports.seconds(("collective_booking", "attrs"), 5 if quick else 21)
    own, other = costs.values()
    rows = [(f"`import {name}`", milliseconds(median(cost))) for name, cost in costs.items()]
    yield table(("", "CPU ms"), rows)
    yield f"That is {times_as_much(own, other):.2f} times attrs."


def calendars(_: list[Peer], quick: bool) -> Iterator[str]:
    """Reading `.ics`, which prints a table of its own."""
    if quick:
        return
    printed = StringIO()
    with redirect_stdout(printed):
        import_module("benchmarks.ics").main()
    yield "### Reading calendars"
    yield f"```text\n{printed.getvalue().rstrip()}\n```"


def bookings(_: list[Peer], quick: bool) -> Iterator[str]:
    """Booking, beside the bare driver."""
    yield from import_module("benchmarks.booking").section(quick=quick)


def first_page(_: list[Peer], quick: bool) -> Iterator[str]:
    """The first page of the booking site, beside the finder's own answer."""
    yield from import_module("benchmarks.site").section(quick=quick)


def _write(page: Path, told: str) -> None:
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        sys.exit(f"{page} has no lines {BEGIN!r} and {END!r}")
    page.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
