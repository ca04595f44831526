"""Twelve people and scarce time: who blocks most, and what opens without them.

Each has about a day of meetings a week already, in four time zones. `explain_window` says who
stands in the way most, and the fewest people whom one would have to do without.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import collective_booking as cb

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONES = ("Europe/Madrid", "Europe/Warsaw", "Europe/London", "America/New_York")
OFFICE = cb.OpeningHours.parse("Mon-Fri 08:00-18:00")

people = [
    cb.Member(f"p{number:02}", timezone=ZONES[number % len(ZONES)], hours=OFFICE)
    for number in range(1, 13)
]
review = cb.CollectiveCalendar(
    name="Project review",
    slug="project-review",
    timezone="Europe/Madrid",
    duration=timedelta(minutes=60),
    interval=timedelta(minutes=30),
    members=tuple(people),
)
week = review.window(date(2026, 11, 23), date(2026, 11, 27))


def meetings(seed: int) -> cb.Availability:
    """A week of meetings that looks like one: a few hours a day, at whole half hours."""
    chance = random.Random(seed)
    found = []
    for day in range(23, 28):
        for hour in chance.sample(range(8, 18), 2 + seed % 2):
            begins = datetime.combine(date(2026, 11, day), time(hour), UTC)
            found.append(cb.Interval(begins, begins + timedelta(minutes=chance.choice((30, 60)))))
    return cb.Availability(cb.IntervalSet(found))


known = {person.id: meetings(number) for number, person in enumerate(people, 1)}


def search(calendar: cb.CollectiveCalendar) -> cb.SlotFinder:
    ids = {member.id for member in calendar.members}
    mine = {who: busy for who, busy in known.items() if who in ids}
    return cb.SlotFinder(calendar=calendar, availability=mine, now=NOW)


finder = search(review)
answer = finder.explain_window(week)
print(f"{answer.offered} times suit all twelve")
for blockage in answer.blockages[:3]:
    print(f"  {blockage}")
print("what would open, and without whom:")
for release in answer.releases[:4]:
    print(f"  {release}")

(first,) = answer.releases[0].members
optional = replace(review.member(first), required=False)
print(f"if {first} may come or not:")
for slot in search(review.replace_member(optional)).offers(week):
    print(f"  {slot.start:%a %d %b %H:%M} UTC")
