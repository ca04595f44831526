"""What a store owes to holds, requests and news: each acts once, and lapses when it should.

Lives here: the duties about a hold's life (M1, M2, S3), and about what is remembered (S4, M4).
Must not live here: appointments that stand, calling a gateway.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from collective_booking.drafts import Outcome, Request, Tenure
from collective_booking.errors import (
    HoldExpiredError,
    RequestReusedError,
    UnknownBookingError,
)
from collective_booking.holds import HoldState
from collective_booking.payments import Payment
from collective_booking.reasons import SlotUnavailableError, What
from collective_booking.testing.contracts.calling import refusal
from collective_booking.testing.contracts.stores.base import LATER, StoreContract
from collective_booking.testing.contracts.stores.drafting import (
    TENANT,
    admits,
    book,
    claimed,
    commit,
    confirming,
    counted,
    ending,
    holding,
    keep,
    saved,
)
from collective_booking.testing.samples import (
    ANA,
    BEN,
    CLEO,
    EUROS,
    MONDAY,
    NOW,
    TRAVELLER,
    appointment,
    at,
    calendar,
)


class HoldDuties(StoreContract):
    """A hold keeps its time until it lapses, and nothing is carried out twice."""

    # --- holds ------------------------------------------------------------------------------------

    def test_a_hold_keeps_the_time_until_it_lapses(self) -> None:
        """It claims every member at once, and counts (M1)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        kept = keep(store, snapshot, contact=TRAVELLER)

        assert store.hold(TENANT, "h1") == kept
        assert claimed(store) == {("ana", "10:00", "h1"), ("ben", "10:00", "h1")}
        assert counted(store) == {"h1"}
        refused = refusal(SlotUnavailableError, book, store, snapshot)
        assert {each.what for each in refused.reasons} == {What.HOLD}

    def test_a_lapsed_hold_takes_nothing_and_is_there_still(self) -> None:
        """From the instant it expires (S3); its payment may have to be settled yet."""
        store = self.opened()
        snapshot = saved(store, calendar())
        kept = keep(store, snapshot)
        just = LATER - timedelta(microseconds=1)

        assert claimed(store, now=just)
        assert counted(store, now=just) == {"h1"}
        assert claimed(store, now=LATER) == set()
        assert counted(store, now=LATER) == set()
        made = appointment(snapshot=snapshot)
        assert commit(store, made, now=LATER) is None
        assert store.hold(TENANT, "h1") == kept

    def test_a_confirmed_hold_is_an_appointment_for_good(self) -> None:
        """It never stands in its own way, and does not lapse any more."""
        store = self.opened()
        kept = keep(store, saved(store, calendar()))

        assert store.commit(confirming(kept)) is None
        assert store.hold(TENANT, "h1").state is HoldState.BOOKED
        assert store.appointment(TENANT, "h1").slot == kept.slot
        assert claimed(store, now=LATER) == {("ana", "10:00", "h1"), ("ben", "10:00", "h1")}
        assert counted(store, now=LATER) == {"h1"}
        found = store.taken(TENANT, "sales-call", ["ana"], kept.slot, LATER).claims
        assert [claim.held for claim in found] == [False]

    def test_a_hold_that_settles_does_not_lapse(self) -> None:
        """Its money is on the way (M2)."""
        store = self.opened()
        kept = keep(store, saved(store, calendar()))
        settling = kept.stepped(state=HoldState.SETTLING)

        store.commit(holding(settling, judged=None, tenure=Tenure.FOR_GOOD))

        assert claimed(store, now=LATER) == {("ana", "10:00", "h1"), ("ben", "10:00", "h1")}
        assert counted(store, now=LATER) == {"h1"}
        found = store.taken(TENANT, "sales-call", ["ana"], kept.slot, LATER).claims
        assert [claim.held for claim in found] == [True]

    def test_a_lapsed_hold_cannot_be_confirmed(self) -> None:
        """Its time may be somebody else's already."""
        store = self.opened()
        kept = keep(store, saved(store, calendar()))

        refusal(HoldExpiredError, store.commit, confirming(kept, now=LATER))
        assert store.hold(TENANT, "h1") == kept
        refusal(UnknownBookingError, store.appointment, TENANT, "h1")

    def test_a_hold_whose_time_went_to_somebody_else_cannot_be_confirmed(self) -> None:
        """By a clock that is behind it is live; by the one that freed its time it is not (S3)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        kept = keep(store, snapshot)
        commit(store, appointment(snapshot=snapshot), now=LATER)

        refusal(
            HoldExpiredError,
            store.commit,
            confirming(kept, now=LATER - timedelta(seconds=1)),
        )
        assert claimed(store) == {("ana", "10:00", "a1"), ("ben", "10:00", "a1")}

    def test_a_hold_that_lost_one_member_is_lost(self) -> None:
        """All members or none: Ben alone was booked elsewhere meanwhile."""
        store = self.opened()
        kept = keep(store, saved(store, calendar(ANA, BEN)))
        demo = saved(store, calendar(BEN, CLEO, slug="demo"))
        commit(store, appointment(snapshot=demo, start=at("15:00")), now=LATER)

        refusal(
            HoldExpiredError,
            store.commit,
            confirming(kept, now=LATER - timedelta(seconds=1)),
        )

    def test_what_was_refused_frees_nobody(self) -> None:
        """The claims of lapsed holds are deleted in the same transaction, or not at all."""
        store = self.opened()
        snapshot = saved(store, calendar())
        kept = keep(store, snapshot)
        book(store, snapshot, "14:00", id="a9")
        refusal(
            SlotUnavailableError,
            commit,
            store,
            appointment(snapshot=snapshot, start=at("14:00")),
            now=LATER,
        )

        assert store.commit(confirming(kept, now=LATER - timedelta(seconds=1))) is None

    def test_a_released_hold_gives_the_time_back(self) -> None:
        """At once, and not only when it would have lapsed."""
        store = self.opened()
        snapshot = saved(store, calendar())
        kept = keep(store, snapshot)

        released = kept.stepped(state=HoldState.RELEASED)
        store.commit(holding(released, judged=None, tenure=Tenure.ENDED))

        assert claimed(store) == set()
        assert counted(store) == set()
        assert store.hold(TENANT, "h1") == released
        book(store, snapshot)

    def test_a_step_of_a_payment_leaves_the_claims_alone(self) -> None:
        """They lapse when they would have lapsed."""
        store = self.opened()
        kept = keep(store, saved(store, calendar(price=EUROS)))
        paying = kept.stepped(payment=Payment(money=EUROS))

        store.commit(holding(paying, judged=None, tenure=Tenure.SAME))

        assert store.hold(TENANT, "h1") == paying
        assert len(claimed(store)) == 2
        assert claimed(store, now=LATER) == set()
        assert counted(store, now=LATER) == set()

    def test_a_lapsed_hold_is_revived_if_its_time_is_free(self) -> None:
        """M1: claimed anew, from its snapshot."""
        store = self.opened()
        snapshot = saved(store, calendar(price=EUROS))
        kept = keep(store, snapshot)
        settling = kept.stepped(state=HoldState.SETTLING)

        assert store.commit(holding(settling, now=LATER), admits(snapshot, kept.slot.start)) is None
        assert len(claimed(store, now=LATER + timedelta(days=1))) == 2

    # --- unfinished attempts (M2) -----------------------------------------------------------------

    def test_unfinished_holds_come_when_they_need_something(self) -> None:
        """The earliest first; what has ended, never again."""
        store = self.opened()
        snapshot = saved(store, calendar())
        late = keep(store, snapshot, "14:00", id="h2", expires=LATER + timedelta(minutes=5))
        keep(store, snapshot, "10:00", id="h1")

        assert store.unfinished(TENANT, NOW, 10) == ()
        assert store.unfinished(TENANT, LATER, 10) == ("h1",)
        assert store.unfinished(TENANT, late.expires, 10) == ("h1", "h2")
        assert store.unfinished(TENANT, late.expires, 1) == ("h1",)
        assert store.unfinished("other", late.expires, 10) == ()
        released = holding(late.stepped(state=HoldState.RELEASED), judged=None, tenure=Tenure.ENDED)
        store.commit(released)
        assert store.unfinished(TENANT, late.expires, 10) == ("h1",)

    def test_an_attempt_whose_payment_is_intended_is_unfinished_at_once(self) -> None:
        """Whoever crashed before calling the gateway left nothing else behind."""
        store = self.opened()
        kept = keep(store, saved(store, calendar(price=EUROS)))
        paying = kept.stepped(payment=Payment(money=EUROS))
        store.commit(holding(paying, judged=None, tenure=Tenure.SAME))

        assert store.unfinished(TENANT, NOW, 10) == ("h1",)

    # --- requests and news (S4, M4) ---------------------------------------------------------------

    def test_a_request_is_carried_out_once(self) -> None:
        """Whoever has got no answer asks again, and gets the first one (S4)."""
        store = self.opened()
        snapshot = saved(store, calendar())
        asked = Request("r1", "asked")
        made = appointment(snapshot=snapshot)
        commit(store, made, request=asked)
        again = appointment(id="a2", snapshot=snapshot)

        assert commit(store, again, request=asked) == Outcome("a1", 1)
        assert store.outcome(TENANT, asked) == Outcome("a1", 1)
        assert store.appointments(TENANT, MONDAY) == (made,)

    def test_a_request_answers_what_it_did_and_not_what_became_of_it(self) -> None:
        """The version then, though it was cancelled since."""
        store = self.opened()
        asked = Request("r1", "asked")
        made = appointment(snapshot=saved(store, calendar()))
        commit(store, made, request=asked)
        store.commit(ending(made))

        assert store.outcome(TENANT, asked) == Outcome("a1", 1)

    def test_something_else_under_the_same_request_is_an_error(self) -> None:
        """An answer to another question would be believed."""
        store = self.opened()
        snapshot = saved(store, calendar())
        commit(store, appointment(snapshot=snapshot), request=Request("r1", "asked"))
        other = Request("r1", "something else")

        refusal(RequestReusedError, store.outcome, TENANT, other)
        refusal(
            RequestReusedError,
            commit,
            store,
            appointment(id="a2", snapshot=snapshot, start=at("14:00")),
            request=other,
        )
        assert counted(store) == {"a1"}

    def test_a_request_is_one_per_tenant(self) -> None:
        """Two tenants may well count their requests alike (S6)."""
        store = self.opened()
        commit(
            store, appointment(snapshot=saved(store, calendar())), request=Request("r1", "asked")
        )

        assert store.outcome("other", Request("r1", "something else")) is None

    def test_a_refusal_is_decided_afresh(self) -> None:
        """The time may be free by the next try."""
        store = self.opened()
        snapshot = saved(store, calendar())
        first = book(store, snapshot, id="a9")
        asked = Request("r1", "asked")
        refusal(
            SlotUnavailableError,
            commit,
            store,
            appointment(snapshot=snapshot),
            request=asked,
        )
        store.commit(ending(first))

        assert commit(store, appointment(snapshot=snapshot), request=asked) is None

    def test_news_are_taken_in_once(self) -> None:
        """The second time answers the same, and writes nothing."""
        store = self.opened()
        kept = keep(store, saved(store, calendar()))
        told = holding(kept.stepped(), judged=None, tenure=Tenure.SAME, news="n1")

        assert store.commit(told) is None
        assert store.commit(told) == Outcome("h1", 2)
        assert store.commit(replace(told, hold=kept.stepped().stepped())) == Outcome("h1", 3)
        assert store.hold(TENANT, "h1").version == 2

    def test_old_requests_and_news_are_forgotten(self) -> None:
        """Those of this tenant alone, and what was recorded at that instant is kept (S4)."""
        store = self.opened()
        kept = keep(store, saved(store, calendar()))
        asked = Request("r1", "asked")
        step = holding(kept.stepped(), judged=None, tenure=Tenure.SAME, news="n1", request=asked)
        store.commit(step)

        store.forget(TENANT, NOW)
        store.forget("other", LATER)
        assert store.outcome(TENANT, asked) == Outcome("h1", 2)
        store.forget(TENANT, NOW + timedelta(microseconds=1))
        assert store.outcome(TENANT, asked) is None
        assert store.commit(replace(step, hold=kept.stepped().stepped())) is None
