"""The times of a week that suit two people, and why one of the others does not."""

from datetime import UTC, datetime, timedelta

import collective_booking as cb

office = cb.OpeningHours.parse("Mon-Fri 09:00-17:00")
calendar = cb.CollectiveCalendar(
    name="Sales call",
    slug="sales-call",
    timezone="Europe/London",
    duration=timedelta(hours=1),
    members=(
        cb.Member("ana", timezone="Europe/Madrid", hours=office),
        cb.Member("grace", timezone="America/New_York", hours=office),
    ),
)
lunch = cb.IntervalSet.from_isoformat("2026-11-24T14:30Z/2026-11-24T15:00Z")
now = datetime(2026, 11, 23, 7, tzinfo=UTC)
finder = cb.SlotFinder(calendar=calendar, availability={"ana": cb.Availability(lunch)}, now=now)

for slot in finder.offers(cb.Interval(now, now + timedelta(days=7))):
    print(f"{slot.start:%a %d %b %H:%M} to {slot.end:%H:%M} UTC")
print(finder.explain(datetime(2026, 11, 24, 14, tzinfo=UTC)))
