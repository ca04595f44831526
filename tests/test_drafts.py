"""May a draft be written? The one decision of every store, over a ledger made of plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from collective_booking.appointments import Appointment, Happening, Status
from collective_booking.availability import Claim, Counted
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    Tenure,
    counted_around,
    decide,
    overlap,
    same_request,
)
from collective_booking.errors import (
    CalendarChangedError,
    ConfigurationError,
    HoldExpiredError,
    RepeatedIdError,
    RequestReusedError,
    StaleVersionError,
)
from collective_booking.holds import Hold, HoldState
from collective_booking.payments import Payment
from collective_booking.reasons import Reason, SlotUnavailableError, What
from collective_booking.snapshots import Snapshot
from tests.bookings import EUROS, NOW, appointment, at, calendar, hold, slot

ASKED = Request("r1", "what was asked")
THEIRS = Claim("a9", "ben", slot("10:00", "11:00"))
BLOCKED = Reason(What.APPOINTMENT, "ben", slot("10:00", "11:00"), "a9")


@dataclass
class Ledger:
    """A store's answers, and which of its questions were asked."""

    outcomes: dict[str, tuple[str, Outcome]] = field(default_factory=dict)
    news: set[str] = field(default_factory=set)
    version: int | None = 1
    holds: dict[str, int] = field(default_factory=dict)
    appointments: dict[str, int] = field(default_factory=dict)
    mine: int = 0
    taken: tuple[Claim, ...] = ()
    counts: tuple[Counted, ...] = ()
    asked: list[str] = field(default_factory=list)

    def outcome(self, request: Request) -> tuple[str, Outcome] | None:
        self.asked.append("outcome")
        return self.outcomes.get(request.id)

    def has_news(self, id: str) -> bool:
        self.asked.append("has_news")
        return id in self.news

    def calendar_version(self, slug: str) -> int | None:
        self.asked.append("calendar_version")
        return self.version

    def hold_version(self, id: str) -> int:
        self.asked.append("hold_version")
        return self.holds.get(id, 0)

    def appointment_version(self, id: str) -> int:
        self.asked.append("appointment_version")
        return self.appointments.get(id, 0)

    def claimed(self, id: str) -> int:
        self.asked.append("claimed")
        return self.mine

    def claims(self, subject: Hold | Appointment) -> Iterable[Claim]:
        self.asked.append("claims")
        return self.taken

    def counted(self, subject: Hold | Appointment) -> Iterable[Counted]:
        self.asked.append("counted")
        return self.counts


def draft(**changes: Any) -> Draft:
    told: dict[str, Any] = {"tenant": "default", "now": NOW, "tenure": Tenure.ANEW}
    if not {"hold", "appointment"} & changes.keys():
        told["appointment"] = appointment()
    return Draft(**told | changes)


def unless_claimed(claims: Iterable[Claim], counted: Iterable[Counted]) -> tuple[Reason, ...]:
    return (BLOCKED,) if list(claims) else ()


# --- may it be written? --------------------------------------------------------------------------


def test_what_nothing_speaks_against_may_be_written() -> None:
    assert decide(draft(judged=1), unless_claimed, Ledger()) is None


def test_who_takes_the_time_is_named() -> None:
    """The booker who lost gets a reason, and not a database's error."""
    with pytest.raises(SlotUnavailableError) as refused:
        decide(draft(judged=1), unless_claimed, Ledger(taken=(THEIRS,)))

    assert refused.value.reasons == (BLOCKED,)


def test_without_admission_nobody_is_asked_about_claims() -> None:
    """Confirming a live hold asks nothing again (S1)."""
    ledger = Ledger(taken=(THEIRS,))

    assert decide(draft(), None, ledger) is None
    assert not {"claims", "counted", "calendar_version"} & set(ledger.asked)


@pytest.mark.parametrize("capped", [True, False])
def test_counts_are_read_only_where_there_is_a_cap(capped: bool) -> None:
    """The lock of an uncapped calendar is shared, so what it counted could change."""
    told: list[Counted] = []
    ledger = Ledger(counts=(Counted("a9", at("10:00")),))

    def listening(_: Iterable[Claim], counted: Iterable[Counted]) -> tuple[Reason, ...]:
        told.extend(counted)
        return ()

    decide(draft(capped=capped), listening, ledger)

    assert told == ([Counted("a9", at("10:00"))] if capped else [])


@pytest.mark.parametrize("stored", [None, 2])
def test_a_draft_judged_by_another_calendar_is_judged_anew(stored: int | None) -> None:
    with pytest.raises(CalendarChangedError):
        decide(draft(judged=1), unless_claimed, Ledger(version=stored))


# --- versions ------------------------------------------------------------------------------------


def test_an_appointment_follows_the_version_that_is_stored() -> None:
    """Of two who change one version, the second is told (A3)."""
    moved = appointment().moved(at("14:00"), NOW)

    assert decide(draft(appointment=moved), None, Ledger(appointments={"a1": 1})) is None
    with pytest.raises(StaleVersionError) as stale:
        decide(draft(appointment=moved), None, Ledger(appointments={"a1": 2}))
    assert (stale.value.id, stale.value.version) == ("a1", 1)


@pytest.mark.parametrize("stored", [{"appointments": {"x1": 1}}, {"holds": {"x1": 3}}])
@pytest.mark.parametrize("made", [{"appointment": appointment(id="x1")}, {"hold": hold(id="x1")}])
def test_an_id_is_used_once(made: dict[str, Any], stored: dict[str, Any]) -> None:
    """A hold of an appointment's id would end with the claims of both, and so the other way."""
    with pytest.raises(RepeatedIdError):
        decide(draft(**made), None, Ledger(**stored))


def test_a_hold_that_became_something_else_meanwhile_is_not_booked() -> None:
    """Its hold and its appointment are one step: both have to be as they were read."""
    both = draft(
        hold=hold(id="a1").stepped(state=HoldState.BOOKED),
        appointment=appointment(),
        tenure=Tenure.FOR_GOOD,
    )

    assert decide(both, None, Ledger(holds={"a1": 1}, mine=2)) is None
    with pytest.raises(StaleVersionError):
        decide(both, None, Ledger(holds={"a1": 2}, mine=2))


@pytest.mark.parametrize("left", [0, 1])
def test_claims_that_are_gone_cannot_be_kept(left: int) -> None:
    """Somebody whose clock is ahead has freed some member already: all members or none."""
    settling = hold().stepped(state=HoldState.SETTLING)

    with pytest.raises(HoldExpiredError):
        decide(
            draft(hold=settling, tenure=Tenure.FOR_GOOD), None, Ledger(holds={"h1": 1}, mine=left)
        )


# --- answering again (S4, M4) --------------------------------------------------------------------


def test_a_request_is_answered_as_before_whatever_has_changed_since() -> None:
    """A client that never got its answer repeats itself, and nothing happens twice."""
    known = Outcome("a7", 1)
    ledger = Ledger(outcomes={"r1": (ASKED.fingerprint, known)}, version=9, taken=(THEIRS,))

    assert decide(draft(request=ASKED, judged=1), unless_claimed, ledger) == known
    assert ledger.asked == ["outcome"]


def test_another_request_under_the_same_id_is_an_error() -> None:
    with pytest.raises(RequestReusedError):
        decide(draft(request=ASKED), None, Ledger(outcomes={"r1": ("else", Outcome("a7", 1))}))
    with pytest.raises(RequestReusedError):
        same_request(ASKED, "else", Outcome("a7", 1))


def test_news_are_taken_in_once() -> None:
    """A webhook that is repeated answers as it did, and writes nothing."""
    told = draft(hold=hold().stepped(), tenure=Tenure.SAME, news="n1")

    assert decide(told, None, Ledger(holds={"h1": 1})) is None
    assert decide(told, None, Ledger(holds={"h1": 7}, news={"n1"})) == Outcome("h1", 2)


def test_requests_are_told_apart_by_all_that_was_asked() -> None:
    one = Request.of("r1", "book", "sales-call", at("10:00"))

    assert one == Request.of("r1", "book", "sales-call", at("10:00"))
    for other in (
        Request.of("r1", "hold", "sales-call", at("10:00")),
        Request.of("r1", "book", "sales-call", at("11:00")),
        Request.of("r1", "book", "sales-call"),
        Request.of("r1", "book", "sales", "-call", at("10:00")),
    ):
        assert other.fingerprint != one.fingerprint


@pytest.mark.parametrize("id_", ["", "r\n1", "x" * 10_000])
def test_a_request_id_that_no_column_could_hold_is_refused(id_: str) -> None:
    with pytest.raises(ConfigurationError, match="the request"):
        Request.of(id_, "book")


# --- what a draft says of itself -----------------------------------------------------------------


def test_only_a_hold_that_is_still_held_expires() -> None:
    """What settles, and what is booked, is kept for good (M2)."""
    assert draft(hold=hold()).until == hold().expires
    assert draft(hold=hold().stepped(state=HoldState.SETTLING)).until is None
    assert draft(hold=hold(id="a1"), appointment=appointment()).until is None
    assert draft().until is None


def test_what_counts_to_the_caps() -> None:
    """A7: a request that takes no time counts all the same; what has ended does not."""
    silent = Snapshot(calendar=calendar(pending_blocks=False), version=1, owner="ana")
    pending = draft(appointment=appointment(Status.PENDING, snapshot=silent))

    assert pending.claims == ()
    assert pending.counted == Counted("a1", at("10:00"))
    assert draft(appointment=appointment().stepped(Happening.CANCELLED, NOW)).counted is None
    assert draft(hold=hold()).counted == Counted("h1", at("10:00"))
    assert draft(hold=hold().stepped(state=HoldState.RELEASED)).counted is None


def test_only_a_hold_with_a_payment_is_followed_by_a_call() -> None:
    """Such a draft can join nobody's transaction (S5)."""
    assert draft(hold=hold(payment=Payment(money=EUROS))).pays
    assert not draft(hold=hold()).pays
    assert not draft().pays


def test_any_month_that_a_slot_touches_is_counted() -> None:
    """N3, wherever the calendar's zone puts the edges of the month."""
    around = counted_around(slot("10:00", "11:00"))

    assert around.start == at("10:00") - timedelta(days=32)
    assert around.end == at("11:00") + timedelta(days=32)


def test_a_guard_that_refuses_names_whom_it_has_met() -> None:
    """S2: even then the booker learns a reason."""
    held = Claim("h9", "ana", slot("10:00", "10:30"), held=True)
    refused = overlap(slot("10:00", "11:00"), [THEIRS, held])

    assert refused.explanation.start == at("10:00")
    assert [(each.what, each.who) for each in refused.reasons] == [
        (What.APPOINTMENT, "ben"),
        (What.HOLD, "ana"),
    ]
