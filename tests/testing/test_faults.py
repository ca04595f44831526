"""Faults that a test plans: what each does to a call, and how often it strikes."""

from __future__ import annotations

import pytest

from collective_booking.testing import Fault, Faults
from tests.testing.calls import at_the_same_time


@pytest.mark.parametrize(
    ("fault", "error", "acted"),
    [
        (Fault.NONE, None, 1),
        (Fault.BEFORE, ConnectionError, 0),
        (Fault.LOST, TimeoutError, 0),
        (Fault.AFTER, TimeoutError, 1),
        (Fault.TWICE, None, 2),
    ],
)
def test_a_fault_says_whether_it_acted_to_the_test_alone(
    fault: Fault, error: type[Exception] | None, acted: int
) -> None:
    """A time-out must look the same whether or not it acted: no answer means unknown (M2)."""
    faults, done = Faults(), list[int]()
    faults.plan("send", fault)

    if error is None:
        faults.through("send", lambda: done.append(1))
    else:
        with pytest.raises(error):
            faults.through("send", lambda: done.append(1))
    assert len(done) == acted


def test_a_lost_call_and_a_lost_answer_read_alike() -> None:
    """A host that told them apart by their text would pass its tests and fail in the world."""
    faults, told = Faults(), list[str]()
    faults.plan("send", Fault.LOST, Fault.AFTER)

    for _ in range(2):
        with pytest.raises(TimeoutError) as caught:
            faults.through("send", lambda: None)
        told.append(str(caught.value))

    assert told[0] == told[1]


def test_faults_are_for_one_method_and_for_so_many_calls() -> None:
    """A test that breaks one thing has to know that nothing else is broken."""
    faults = Faults()
    faults.plan("send", *[Fault.BEFORE] * 2)

    assert faults.through("put", lambda: "done") == "done"
    for _ in range(2):
        with pytest.raises(ConnectionError):
            faults.through("send", lambda: "done")
    assert faults.through("send", lambda: "done") == "done"


def test_threads_share_faults_and_each_fault_strikes_once() -> None:
    """Otherwise a test with threads would count failures that were never planned."""
    faults = Faults()
    faults.plan("send", *[Fault.BEFORE] * 5)

    def call(_: int) -> str:
        try:
            return faults.through("send", lambda: "done")
        except ConnectionError:
            return "failed"

    assert sorted(at_the_same_time(16, call)) == ["done"] * 11 + ["failed"] * 5
