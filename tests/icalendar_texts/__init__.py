"""The tests of reading iCalendar text, room by room."""
