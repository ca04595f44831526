"""What the examples of providers owe alike: the contract, and sense in whatever is answered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pytest

from collective_booking.errors import ProviderUnavailableError, UndeliverableError
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from collective_booking.testing.contracts import CalendarProviderContract, KeptCopy
from examples.google_provider import GoogleProvider
from examples.microsoft_provider import MicrosoftProvider
from tests.bookings import MONDAY, appointment
from tests.examples.google_double import GoogleDouble
from tests.examples.microsoft_double import GraphDouble
from tests.examples.vendors import (
    MAKERS,
    RECORDED,
    Handler,
    always,
    google,
    microsoft,
    person,
    recorded,
)

PROJECT: Final = Path(__file__).parent.parent.parent


# --- the contract, over a small double of each API ------------------------------------------------


def by_address(busy: Mapping[str, IntervalSet]) -> dict[str, IntervalSet]:
    return {f"{id_}@example.com": times for id_, times in busy.items()}


class TestGoogle(CalendarProviderContract):
    shows_sequence = False
    free_busy = False

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> GoogleProvider:
        self.double = GoogleDouble(by_address(busy))
        return google(self.double, free_busy=self.free_busy)

    def member(self, id: str) -> Member:
        return person(id)

    def copies_of(self, provider: GoogleProvider, member: Member) -> dict[str, KeptCopy]:
        return {
            each["extendedProperties"]["private"]["collectiveBookingUid"]: KeptCopy(
                slot_of(each["start"], each["end"]), each["summary"], None
            )
            for each in self.double.standing(str(member.calendar))
            if "extendedProperties" in each
        }

    def delete(self, provider: GoogleProvider, copy: MemberCopy) -> None:
        for each in self.double.calendars[str(copy.member.calendar)].values():
            each["status"] = "cancelled"


class TestGoogleFreeOrBusy(TestGoogle):
    sees_own_copies = True
    free_busy = True


class TestMicrosoft(CalendarProviderContract):
    shows_sequence = False
    sees_own_copies = True

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> MicrosoftProvider:
        self.double = GraphDouble(by_address(busy))
        return microsoft(self.double)

    def member(self, id: str) -> Member:
        return person(id)

    def copies_of(self, provider: MicrosoftProvider, member: Member) -> dict[str, KeptCopy]:
        return {
            each["singleValueExtendedProperties"][0]["value"]: KeptCopy(
                slot_of(each["start"], each["end"]), each["subject"], None
            )
            for each in self.double.mailboxes.get(str(member.calendar), {}).values()
            if "subject" in each
        }

    def delete(self, provider: MicrosoftProvider, copy: MemberCopy) -> None:
        self.double.mailboxes[str(copy.member.calendar)].clear()


def slot_of(start: Mapping[str, str], end: Mapping[str, str]) -> Interval:
    assert start.get("timeZone") == end.get("timeZone") == "UTC"
    moments = (datetime.fromisoformat(each["dateTime"]) for each in (start, end))
    return Interval(*(each.replace(tzinfo=UTC) for each in moments))


# --- whatever a vendor answers --------------------------------------------------------------------

PASSING: Final = ("unauthorized", "too_many", "unavailable")
FOR_GOOD: Final = ("forbidden", "not_found")


def hangs(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("no answer", request=request)


def is_away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there", request=request)


NONSENSE: Final[dict[str, Handler]] = {
    "hangs": hangs,
    "is away": is_away,
    "half an answer": always(httpx.Response(200, content=b'{"calendars": {"ana@exa')),
    "a page of HTML": always(httpx.Response(200, html="<title>Log in</title>")),
    "a list": always(httpx.Response(200, json=[])),
    "a redirection": always(httpx.Response(302, headers={"Location": "https://example.com"})),
    "no error": always(httpx.Response(500, json={"error": "no"})),
}


def copy_for_ana() -> MemberCopy:
    return MemberCopy(
        key="default/a1/1/copy:ana",
        member=person("ana"),
        appointment=appointment(),
        icalendar=b"",
    )


@pytest.mark.parametrize("vendor", MAKERS)
@pytest.mark.parametrize("name", [*PASSING, *FOR_GOOD])
def test_a_refused_question_leaves_nothing_known(vendor: str, name: str) -> None:
    """Whoever could not be asked must not be free (F3), and an administrator has to learn why."""
    answer = recorded(vendor, name)

    with pytest.raises(ProviderUnavailableError, match=f" answers {answer.status_code} "):
        MAKERS[vendor](always(answer)).availability([person("ana")], MONDAY)


@pytest.mark.parametrize("vendor", MAKERS)
@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_leaves_nothing_known(vendor: str, name: str) -> None:
    with pytest.raises(ProviderUnavailableError):
        MAKERS[vendor](NONSENSE[name]).availability([person("ana")], MONDAY)


@pytest.mark.parametrize("vendor", MAKERS)
def test_an_answer_that_says_nothing_is_not_free_time(vendor: str) -> None:
    """An object without what was asked for is half an answer, too."""
    provider = MAKERS[vendor](always(httpx.Response(200, json={})))
    try:
        unknown = provider.availability([person("ana")], MONDAY)["ana"].unknown
    except ProviderUnavailableError:
        return

    assert IntervalSet(each.interval for each in unknown) == IntervalSet([MONDAY])


@pytest.mark.parametrize("vendor", MAKERS)
def test_how_long_to_wait_is_passed_on(vendor: str) -> None:
    with pytest.raises(ProviderUnavailableError, match="wait 30 s"):
        MAKERS[vendor](always(recorded(vendor, "too_many"))).availability([person("ana")], MONDAY)


@pytest.mark.parametrize("method", ["put", "update", "remove"])
@pytest.mark.parametrize("vendor", MAKERS)
@pytest.mark.parametrize("name", FOR_GOOD)
def test_what_is_refused_for_good_is_a_dead_letter_at_once(
    vendor: str, name: str, method: str
) -> None:
    """Trying for a day and a half helps nobody, where somebody has to give access (E1)."""
    provider = MAKERS[vendor](always(recorded(vendor, name)))

    with pytest.raises(UndeliverableError, match=str(recorded(vendor, name).status_code)):
        getattr(provider, method)(copy_for_ana())


@pytest.mark.parametrize("method", ["put", "update", "remove"])
@pytest.mark.parametrize("vendor", MAKERS)
@pytest.mark.parametrize("name", [*PASSING, *NONSENSE])
def test_what_may_pass_is_tried_again(vendor: str, name: str, method: str) -> None:
    """A token expires, a limit is reached, a line breaks: none of it may lose an invitation."""
    handler = NONSENSE.get(name) or always(recorded(vendor, name))

    with pytest.raises(Exception) as caught:  # noqa: PT011  # httpx's own too, but not one
        getattr(MAKERS[vendor](handler), method)(copy_for_ana())
    assert not isinstance(caught.value, UndeliverableError)


@pytest.mark.parametrize(
    ("vendor", "answer"),
    [("google", {"items": [{}]}), ("google", {"items": {}}), ("microsoft", {"value": [{}]})],
)
def test_an_event_without_an_id_is_not_taken_for_ours(vendor: str, answer: object) -> None:
    provider = MAKERS[vendor](always(httpx.Response(200, json=answer)))

    with pytest.raises(Exception, match="lists"):
        provider.remove(copy_for_ana())


@pytest.mark.parametrize("vendor", ["google", "microsoft"])
def test_a_copy_names_everybody_and_invites_nobody(vendor: str) -> None:
    """The e-mails are the library's: one to the owner, one to the booker (E2)."""
    calendars = {"ana@example.com": IntervalSet()}
    double = GoogleDouble(calendars) if vendor == "google" else GraphDouble(calendars)
    MAKERS[vendor](double).put(copy_for_ana())

    (written,) = (json.loads(each.content) for each in double.seen if each.method == "POST")
    assert "attendees" not in written
    assert "Team: ana, ben" in json.dumps(written)


# --- the files themselves -------------------------------------------------------------------------


def test_no_recorded_answer_poses_as_captured() -> None:
    """They were written after documentation; who trusts them has to know that."""
    files = sorted(RECORDED.glob("*/*.json"))

    assert len(files) >= 15
    for file in files:
        about = json.loads(file.read_text("utf-8"))["about"]
        assert about.startswith("Written after the documented shape of "), file.name
        assert about.endswith("; not captured from a live account."), file.name


@pytest.mark.parametrize(
    ("name", "worth_reading"),
    [("google", "ben cannot be looked up"), ("microsoft", "Offered to book: 11:00 12:00")],
)
def test_an_example_runs_by_itself(name: str, worth_reading: str) -> None:
    script = PROJECT / "examples" / f"{name}_provider.py"
    run = subprocess.run(
        [sys.executable, "-W", "error", script], capture_output=True, text=True, check=True
    )

    assert worth_reading in run.stdout
