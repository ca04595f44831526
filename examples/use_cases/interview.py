"""An interview over three time zones, and what happens when one of the three drops out.

The manager and the engineer must be there; the recruiter may come. On the morning of the search the
engineer's calendar does not answer, so nothing is offered: what is unknown is never free. Then the
engineer is ill all week, and somebody else steps in.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import collective_booking as cb

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
OFFICE = cb.OpeningHours.parse("Mon-Fri 09:00-17:30")


def person(who: str, timezone: str, *, required: bool = True) -> cb.Member:
    calendar = f"{who}.ics"
    return cb.Member(who, timezone=timezone, hours=OFFICE, calendar=calendar, required=required)


interview = cb.CollectiveCalendar(
    name="Interview",
    slug="interview",
    timezone="Europe/Berlin",
    duration=timedelta(minutes=45),
    interval=timedelta(minutes=30),
    buffer_after=timedelta(minutes=15),  # to write down what one thinks
    members=(
        person("manager", "Europe/Berlin"),
        person("engineer", "America/New_York"),
        person("recruiter", "Europe/London", required=False),
    ),
)
week = interview.window(date(2026, 11, 23), date(2026, 11, 27))
busy = cb.IntervalSet.from_isoformat(
    "2026-11-23T14:00Z/2026-11-23T17:00Z,2026-11-24T14:30Z/2026-11-24T15:00Z"
)


def report(calendar: cb.CollectiveCalendar, known: dict[str, cb.Availability]) -> None:
    finder = cb.SlotFinder(calendar=calendar, availability=known, now=NOW)
    slots = finder.offers(week)
    who = [each for each in calendar.members if each.required]
    print(f"{len(slots)} times suit {' and '.join(each.id for each in who)}")
    for slot in slots[:3]:
        clocks = [f"{slot.start.astimezone(ZoneInfo(m.timezone)):%H:%M} for {m.id}" for m in who]
        print(f"  {slot.start:%A}: {', '.join(clocks)}")
    if not slots:
        print(finder.explain(datetime(2026, 11, 24, 15, tzinfo=UTC)))


print("The engineer's calendar does not answer:")
silent = cb.Availability(unknown=(cb.Unknown(week, cb.Cause.SERVICE, "HTTP 503"),))
report(interview, {"manager": cb.Availability(busy), "engineer": silent})

print("\nIt answers again:")
known = {"manager": cb.Availability(busy), "engineer": cb.Availability()}
report(interview, known)

print("\nThe engineer is ill, and a colleague in Lisbon steps in:")
colleague = person("colleague", "Europe/Lisbon")
stand_in = interview.remove_member("engineer").add_member(colleague)
report(stand_in, {"manager": cb.Availability(busy), "colleague": cb.Availability()})
