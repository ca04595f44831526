"""Booking from a terminal: one database for a folder of teams, and an outbox beside it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Run, Told
from tests.cli.teams import NOW, TEAM, TEN, TEN_THIRTY, WHO, in_toml, team
from tests.messages import read, words_of


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "team.toml"
    path.write_text("# Our team.\n" + in_toml(TEAM))
    return path


@pytest.fixture
def book(run: Run, place: Path) -> Told:
    return run("book", str(place), TEN, *WHO, *NOW, "--json")


def starts(told: Told) -> list[str]:
    return [each["start"] for each in told.document["slots"]]


def test_a_booked_time_is_gone_from_every_team_that_shares_somebody(
    run: Run, place: Path, book: Told
) -> None:
    """P3, from a terminal: one member id is one person in all teams of a folder."""
    other = team(slug="support")
    other["members"] = [TEAM["members"][1], {**TEAM["members"][0], "id": "cleo", "busy": []}]
    (place.parent / "support.toml").write_text(in_toml(other))

    assert book.code == 0
    for name in ("team.toml", "support.toml"):
        told = run("slots", str(place.parent / name), *NOW, "--from", "2026-11-24", "--json")
        assert TEN not in starts(told)
        assert TEN_THIRTY in starts(told)
    told = run("explain", str(place), TEN, *NOW, "--json")
    assert {each["what"] for each in told.document["reasons"]} == {"other appointment"}


def test_the_owner_and_the_members_find_it_in_the_outbox(place: Path, book: Told) -> None:
    outbox = place.parent / "outbox"
    made = book.document["appointment"]

    assert sorted(each.name.split("-")[1] for each in outbox.glob("*.eml")) == ["booker"]
    assert made["unreached"] == ["ben"]  # no calendar, so no invitation
    assert [each.parent.name for each in outbox.rglob("*.ics")] == ["ana"]


def test_a_time_that_is_taken_is_refused_and_told_why(run: Run, place: Path, book: Told) -> None:
    told = run("book", str(place), TEN, *WHO, *NOW)

    assert told.code == 1
    assert "Ana has another appointment" in told.out
    assert run("agenda", str(place), *NOW, "--json").document["appointments"] == [
        book.document["appointment"]
    ]


def test_an_appointment_is_moved_and_cancelled(run: Run, place: Path, book: Told) -> None:
    moved = run("reschedule", str(place), book.id, TEN_THIRTY, *NOW, "--json")
    assert moved.document["appointment"]["start"] == TEN_THIRTY
    assert moved.document["appointment"]["uid"] == book.document["appointment"]["uid"]

    gone = run("cancel", str(place), book.id, *NOW)
    assert gone.code == 0
    assert "Cancelled: Sales call" in gone.out
    again = run("cancel", str(place), book.id, *NOW)
    assert (again.code, again.out) == (2, "")
    assert "is cancelled" in again.err


def test_what_is_only_asked_for_is_not_called_booked(run: Run, place: Path) -> None:
    """Kim would tell everybody, and the host has not said yes."""
    place.write_text(in_toml(team(approval=True)))

    told = run("book", str(place), TEN, *WHO, *NOW)

    assert told.out.startswith("Requested: Sales call, Tue 24 Nov 2026\n")
    assert "status    pending" in told.out


def test_a_request_is_declined_and_its_time_is_free_again(run: Run, place: Path) -> None:
    """The library says "decline it" of requests that are past, so one must be able to."""
    place.write_text(in_toml(team(approval=True)))
    asked = run("book", str(place), TEN, *WHO, *NOW, "--json")

    told = run("decline", str(place), asked.id, *NOW)

    assert told.code == 0
    assert told.out.startswith("Declined: Sales call")
    assert run("book", str(place), TEN, *WHO, *NOW).code == 0
    again = run("decline", str(place), asked.id, *NOW)
    assert (again.code, again.out) == (2, "")


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("https://meet.example.com/kim", "video"),
        ("+44 20 7946 0000", "phone"),
        ("The café at the corner", "custom"),
    ],
)
def test_a_booker_who_may_choose_says_where(run: Run, place: Path, where: str, kind: str) -> None:
    """Such a team cannot be booked otherwise; a link is a link, and a number is one (A5)."""
    place.write_text(in_toml(team(location={"kind": "booker"})))
    refused = run("book", str(place), TEN, *WHO, *NOW)

    told = run("book", str(place), TEN, *WHO, *NOW, "--location", where, "--json")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("--location: is the booker's choice")
    assert told.document["appointment"]["location"] == {"kind": kind, "value": where}


def test_the_booker_s_zone_is_kept_and_their_mail_has_it(run: Run, place: Path) -> None:
    """Whoever takes the call in London knows that Kim calls from Auckland."""
    told = run("book", str(place), TEN, *WHO, *NOW, "--timezone", "Pacific/Auckland", "--json")

    contact = told.document["appointment"]["contact"]
    assert contact["timezone"] == "Pacific/Auckland"
    (mail,) = place.parent.rglob("*.eml")
    assert words_of(read(mail.read_bytes())).splitlines()[2:4] == [
        "When:   Tue 2026-11-24 22:00 to 22:30 (Pacific/Auckland, UTC+13:00)",
        "        Tue 2026-11-24 09:00 to 09:30 (Europe/London, UTC+00:00)",
    ]

    wrong = run("book", str(place), TEN_THIRTY, *WHO, *NOW, "--timezone", "Mars")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("--timezone: there is no time zone 'Mars'")


def test_what_has_a_price_is_not_booked_from_here(run: Run, place: Path) -> None:
    """No advice that cannot be followed: the command has neither holds nor a gateway (M1)."""
    place.write_text(in_toml(team(price={"amount": 5000, "currency": "EUR"})))

    told = run("book", str(place), TEN, *WHO, *NOW)

    assert (told.code, told.out) == (2, "")
    assert told.err == (
        f"{place}: price: is paid before anything is booked, and the command takes no money: "
        "book from an application\n"
    )


def test_the_agenda_tells_what_is_cancelled_from_what_is_booked(
    run: Run, place: Path, book: Told
) -> None:
    """A count that holds both is of no use to whoever plans the day."""
    run("book", str(place), TEN_THIRTY, *WHO, *NOW)
    run("cancel", str(place), book.id, *NOW)

    told = run("agenda", str(place), *NOW)

    assert told.out.endswith("\n1 appointment, and 1 cancelled, Europe/London.\n")


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_key_that_is_none_is_named_with_what_to_do(
    run: Run, place: Path, book: Told, content: bytes
) -> None:
    """The file is made by the command, so nobody knows what belongs into it."""
    key = place.with_name("bookings.key")
    key.write_bytes(content)

    told = run("agenda", str(place), *NOW)

    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"{key}: has fewer than 16 bytes: put back the file that was made")
    key.unlink()
    assert run("agenda", str(place), *NOW).code == 0


def test_a_request_is_approved(run: Run, place: Path) -> None:
    place.write_text(in_toml(team(approval=True)))
    asked = run("book", str(place), TEN, *WHO, *NOW, "--json")

    told = run("approve", str(place), asked.id, *NOW)

    assert asked.document["appointment"]["status"] == "pending"
    assert "status    confirmed" in told.out


def test_a_member_leaves_and_what_is_booked_with_them_is_listed(
    run: Run, place: Path, book: Told
) -> None:
    """A4; and what people wrote into the file stays."""
    whole = team()
    whole["members"].append({**TEAM["members"][1], "id": "cleo", "name": "Cleo"})
    place.write_text("# Our team.\n" + in_toml(whole))

    told = run("remove-member", str(place), "ben", *NOW, "--json")

    assert told.document["kept"] == [book.id]
    assert told.document["members"] == ["ana", "cleo"]
    assert place.read_text().startswith("# Our team.\n")
    assert [each["id"] for each in tomllib.loads(place.read_text())["members"]] == ["ana", "cleo"]
    refused = run("remove-member", str(place), "cleo", *NOW)
    assert (refused.code, refused.err.count("\n")) == (2, 1)


def test_comments_of_the_others_stay(run: Run, place: Path) -> None:
    cleo = {**TEAM["members"][1], "id": "cleo"}
    tables = in_toml({**team(), "members": [*TEAM["members"], cleo]}).split("[[members]]")
    place.write_text(
        f"{tables[0]}# Ana sells.\n[[members]]{tables[1]}# Ben helps.\n[[members]]{tables[2]}"
        f"# Cleo learns.\n[[members]]{tables[3]}"
    )

    assert run("remove-member", str(place), "ben", *NOW).code == 0
    left = place.read_text()
    assert ("# Ana sells." in left, "# Ben helps." in left, "# Cleo learns." in left) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_new_owner_owns_what_is_booked_from_now_on(run: Run, tmp_path: Path, suffix: str) -> None:
    place = tmp_path / f"team.{suffix}"
    place.write_text(in_toml(TEAM) if suffix == "toml" else json.dumps(TEAM))
    before = run("book", str(place), TEN, *WHO, *NOW, "--json")

    told = run("make-owner", str(place), "ben", *NOW)
    after = run("book", str(place), TEN_THIRTY, *WHO, *NOW, "--json")

    assert "Ben owns it." in told.out
    owners = [each.document["appointment"]["owner"] for each in (before, after)]
    assert owners == ["ana", "ben"]


def test_the_team_file_is_the_truth(run: Run, place: Path, book: Told) -> None:
    """What was changed in it counts for the next booking, and not for the last one (A1)."""
    place.write_text(in_toml(team(duration="15m")))
    later = run("book", str(place), TEN_THIRTY, *WHO, *NOW, "--json").document["appointment"]
    first = run("agenda", str(place), *NOW, "--json").document["appointments"][0]

    assert (first["start"], first["end"]) == (TEN, "2026-11-24T09:30:00Z")
    assert later["end"] == "2026-11-24T09:45:00Z"


def test_an_outbox_that_cannot_be_written_leaves_the_appointment(run: Run, place: Path) -> None:
    """P51: it is told, tried again by `deliver`, and nothing is booked twice."""
    (place.parent / "outbox").write_text("in the way")
    made = run("book", str(place), TEN, *WHO, *NOW)
    assert made.code == 0
    assert "is tried again by `deliver`" in made.out

    (place.parent / "outbox").unlink()
    told = run("deliver", str(place), "--now", "2026-11-23T07:10:00Z", "--json")
    assert (told.code, len(told.document["delivered"])) == (0, 2)
    assert run("deliver", str(place), "--now", "2026-11-23T08:00:00Z").out == "Nothing waits.\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("book", "{team}", "2026-11-24", *WHO), "is a date"),
        (("book", "{team}", TEN, "--name", "", "--email", "kim"), "email: 'kim' cannot be used"),
        (("book", "{team}", TEN, "--name", "Kim"), "missing option '--email'"),
        (("book", "{team}", TEN, *WHO, "--location", ""), "--location: must not be empty"),
        (("book", "{team}", "noon", *WHO, "--location", ""), "START: cannot read 'noon'"),
        (("cancel", "{team}", "nope"), "there is no appointment 'nope'"),
        (("cancel", "{team}", "\udcff"), "APPOINTMENT: must be one line without control"),
        (("reschedule", "{team}", "\udcff", TEN), "APPOINTMENT: must be one line without control"),
        (("approve", "{team}", ""), "APPOINTMENT: must not be empty"),
        (("decline", "{team}", "a" * 201), "APPOINTMENT: must have at most 200 characters"),
        (("reschedule", "{team}", "nope", TEN), "there is no appointment 'nope'"),
        (("remove-member", "{team}", "zoe"), "'zoe' is no member"),
        (("remove-member", "{team}", "ana"), "make another member owner"),
        (("make-owner", "{team}", "zoe"), "'zoe' is no member"),
        (("agenda", "{team}", "--db", "{team}"), "is no database of bookings"),
        (("slots", "{team}", "--db", "{team}"), "is no database of bookings"),
        (("slots", "{team}", "--db", "nope.sqlite"), "--db nope.sqlite: there is no such file"),
        (("check", "{team}", "--db", "nope.sqlite"), "--db nope.sqlite: there is no such file"),
        (("slots", "{team}", "--db", "sqlite://x"), "--db: must be a file"),
        (("agenda", "{team}", "--db", "sqlite://x"), "--db: must be a file"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    run: Run, place: Path, arguments: tuple[str, ...], told: str
) -> None:
    given = [each.replace("{team}", str(place)) for each in arguments]
    before: Any = place.read_text()

    answer = run(*given, *NOW)

    assert answer.code == 2
    assert told in answer.err
    assert answer.out == ""
    assert place.read_text() == before
