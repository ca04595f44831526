"""The benchmark's work, and that everybody who takes part gives the library's answer.

Only answers are compared here, on the small work; nobody's machine is timed. A peer that is not
installed is reported as skipped: `make bench` installs them all, and compares before it measures.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import site
from benchmarks.measure import exponent, refuse_other_answers
from benchmarks.peers import OURS, PEERS, Peer
from benchmarks.work import DAY, WORKS, Work, office, shreds


@pytest.fixture(scope="module")
def small() -> Work:
    return WORKS["S"]()


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.module)
def test_a_peer_gives_the_librarys_answer(peer: Peer, small: Work) -> None:
    """A time beside another answer says nothing."""
    try:
        peer.load()
    except ImportError as missing:
        pytest.skip(f"the extra `bench` is not installed: {missing}")

    refuse_other_answers(small, [peer])


@pytest.mark.parametrize("own_hours", [False, True])
def test_no_two_parts_of_somebodys_hours_touch(own_hours: bool) -> None:
    """The peers find the grid by it: a stretch shared by all begins where the last one opens."""
    work = office("hours", 32, 7, own_hours=own_hours)

    for person in work.people:
        for spans in person.week:
            assert all(end < start for (_, end), (start, _) in pairwise(spans))
            assert all(0 < start < end <= 24 * 60 for start, end in spans)


def test_the_first_page_of_the_booking_site_shows_the_finders_answer(tmp_path: Path) -> None:
    """What is measured is a page that is right."""
    work = office("site", 5, site.DAYS)
    app = site.site(work, tmp_path)

    assert site.refuse_another_answer(work, app) > 0
    app.state.site.close()


def test_work_is_the_same_whoever_makes_it() -> None:
    """Else two runs could not be compared."""
    assert office("again", 4, 14) == office("again", 4, 14)
    assert office("again", 4, 14, seed=1) != office("again", 4, 14, seed=2)


def test_everybody_has_six_meetings_a_working_day() -> None:
    work = office("two weeks", 5, 14)

    assert [len(person.busy) for person in work.people] == [60] * 5
    assert work.last - work.first == 14 * DAY


def test_shreds_leave_something() -> None:
    """The adversarial work is hard, not hopeless."""
    work = shreds("shreds", 3, 14, 3_000)

    assert work.meetings == 3_000
    assert any(start % 2 for person in work.people for start, _ in person.busy)
    assert OURS.answers()(work)


def test_an_exponent_is_a_slope() -> None:
    assert exponent({1: 3, 2: 12, 4: 48}) == pytest.approx(2)
