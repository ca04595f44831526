"""The fake notifier: what was sent, and what of it a recipient sees."""

from __future__ import annotations

import pytest

from collective_booking.errors import UndeliverableError
from collective_booking.messages import Audience
from collective_booking.testing import FakeNotifier, Fault
from tests.testing.calls import message


def test_messages_are_kept_in_order_and_shown_once_for_each_key() -> None:
    """The recipient sees one letter, whatever the outbox had to try."""
    notifier = FakeNotifier()
    notifier.faults.plan("send", Fault.AFTER)
    with pytest.raises(TimeoutError):
        notifier.send(message("k1"))
    for key in ("k2", "k1"):
        notifier.send(message(key))

    assert [each.key for each in notifier.sent] == ["k1", "k2", "k1"]
    assert [each.key for each in notifier.received] == ["k1", "k2"]
    assert notifier.to(Audience.BOOKER) == notifier.received
    assert notifier.to(Audience.OWNER) == []


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.LOST])
def test_a_message_that_failed_before_was_not_sent(fault: Fault) -> None:
    """Whoever reads `sent` must be able to trust it."""
    notifier = FakeNotifier()
    notifier.faults.plan("send", fault)

    with pytest.raises(OSError, match="send"):
        notifier.send(message())
    assert notifier.sent == []


def test_some_can_never_be_reached() -> None:
    """The others are, all the same."""
    notifier = FakeNotifier()
    notifier.unreachable.add("kim@example.com")

    with pytest.raises(UndeliverableError):
        notifier.send(message())
    notifier.send(message(email="lou@example.com"))
    assert [each.email for each in notifier.sent] == ["lou@example.com"]
