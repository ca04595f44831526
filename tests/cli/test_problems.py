"""Everything that can be wrong with the input, and the line that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.command import Run, Told
from tests.cli.teams import NOW, TEAM, in_toml, team

DEEP: Final = 100_000

FILES: Final[dict[str, tuple[bytes, str]]] = {
    "no-value.toml": (b'name = "x"\nslug = = 3\n', "no-value.toml:2:8: TOML: Invalid value"),
    "open-end.toml": (b'name = "x"\nmembers = [\n', "open-end.toml:2: TOML: Invalid value"),
    "twice.toml": (b"name = 'x'\nname = 'y'\n", "twice.toml:2:11: TOML: Cannot overwrite a value"),
    "latin.toml": (b'name = "x"\nslug = "\xff"\n', "latin.toml:2: is not UTF-8: save it as such"),
    "deep.toml": (b"a=" + b"[" * DEEP, "deep.toml: is nested too deeply"),
    "no-value.json": (b'{"name": "x",\n "slug": }', "no-value.json:2:10: JSON: Expecting value"),
    "twice.json": (b'{"name": 1, "name": 2}', "twice.json: 'name' stands twice in one table"),
    "nan.json": (b'{"name": NaN}', "nan.json: NaN is no JSON"),
    "list.json": (b"[1]", "list.json: must be a table of settings, not [1]"),
    "deep.json": (b"[" * DEEP, "deep.json: is nested too deeply"),
    "huge.toml": (
        b"#" * 5_000_001,
        "huge.toml: has more than 5,000,000 bytes: this is no team file",
    ),
    "guessed": (b'{"name": }', "guessed:1:10: JSON: Expecting value"),
}

OPTIONS: Final[list[tuple[list[str], str]]] = [
    (
        ["--from", "yesterday"],
        (
            "--from: cannot read 'yesterday': write a date like 2026-11-23 or an "
            "instant like 2026-11-23T09:00:00Z"
        ),
    ),
    (["--to", "2026-11-31"], "--to: there is no date 2026-11-31"),
    (
        ["--from", "2026-11-23T09:00"],
        ("--from: '2026-11-23T09:00' has no offset: end it in Z, or in one like +01:00"),
    ),
    (
        ["--now", "now"],
        (
            "--now: cannot read 'now': write a date like 2026-11-23 or an instant like "
            "2026-11-23T09:00:00Z"
        ),
    ),
    (
        ["--from", "2026-11-30", "--to", "2026-11-24"],
        "--from: 2026-11-30 is after --to 2026-11-24: put the earlier one first",
    ),
    (
        ["--from", "2026-11-24T00:00Z", "--to", "2026-11-24T00:00Z"],
        (
            "--from: 2026-11-24T00:00Z is as "
            "late as --to 2026-11-24T00:00Z, which is not searched itself"
        ),
    ),
    (
        ["--to", "2026-11-20"],
        ("--to: 2026-11-20 ends before the search begins, Mon 23 Nov 07:00: give --from as well"),
    ),
    (
        ["--to", "1800-01-01"],
        "--to: 1800-01-01 is out of range: stay within the years 1900 to 2199",
    ),
    (
        ["--timezone", "Europe/Lndon"],
        (
            "--timezone: there is no time zone 'Europe/Lndon': did you mean "
            "Europe/London or Europe/Lisbon? (names look like 'Europe/Madrid')"
        ),
    ),
    (
        ["--from", "1900-01-02", "--to", "1900-01-02"],
        ("1900-01-02T00:00:00+00:00 is out of range: stay within 1900-01-17 to 2199-12-16"),
    ),
]

USAGE: Final[list[tuple[list[str], str]]] = [
    ([], "collective-booking: missing command; see collective-booking --help"),
    (["lots"], "collective-booking: no such command 'lots'"),
    (
        ["slots"],
        ("collective-booking slots: missing argument 'TEAM'; see collective-booking slots --help"),
    ),
    (["slots", "team.toml", "--form", "2"], "collective-booking slots: no such option '--form'"),
    (
        ["slots", "team.toml", "--first"],
        "collective-booking: option '--first' requires an argument; see collective-booking --help",
    ),
    (["slots", "team.toml", "--first", "0"], "--first: must be a whole number from 1, not '0'"),
    (["slots", "team.toml", "--first", "-3"], "--first: must be a whole number from 1, not '-3'"),
    (["slots", "team.toml", "--first", "ten"], "--first: must be a whole number from 1, not 'ten'"),
    (
        ["explain", "team.toml", "noon"],
        ("START: cannot read 'noon': write an instant like 2026-11-23T09:00:00Z"),
    ),
    (
        ["explain", "team.toml", "2026-11-24"],
        (
            "START: 2026-11-24 is a date: its starts are explained "
            "by --from 2026-11-24 --to 2026-11-24"
        ),
    ),
    (
        ["explain", "team.toml", "2026-11-24T09:00"],
        ("START: '2026-11-24T09:00' has no offset: end it in Z, or in one like +01:00"),
    ),
    (["check", "nowhere.toml"], "nowhere.toml: there is no such file"),
    (["check", "."], ".: this is a folder: name the team file in it"),
    (["check", "no\0where"], "no?where: cannot be read: embedded null"),
    (["show", "team.toml", "--svg", "."], ".: cannot be written: Is a directory"),
    (
        ["show", "team.toml", "--svg", "none/week.svg"],
        ("none/week.svg: cannot be written: No such file or directory"),
    ),
]


def refused(told: Told) -> str:
    """What a refusal says: on stderr alone, under the code for bad input."""
    assert (told.code, told.out) == (2, "")
    assert "Traceback" not in told.err
    return told.err


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_says_where_and_why(run: Run, folder: Path, name: str) -> None:
    """The line and column let an editor jump there."""
    content, line = FILES[name]
    (folder / name).write_bytes(content)

    assert refused(run("slots", name)).startswith(line)


@pytest.mark.parametrize(("options", "line"), OPTIONS)
def test_an_option_that_cannot_be_used_says_what_could(
    run: Run, options: list[str], line: str
) -> None:
    """Half of all typing errors are dates."""
    assert refused(run("slots", "team.toml", *NOW, *options)) == f"{line}\n"


@pytest.mark.parametrize(("arguments", "line"), USAGE)
def test_a_command_that_cannot_be_run_says_why_in_one_line(
    run: Run, arguments: list[str], line: str
) -> None:
    """One line each, because people read the last line and scripts log it."""
    said = refused(run(*arguments))

    assert said.startswith(line)
    assert said.count("\n") == 1


def test_options_are_refused_together(run: Run) -> None:
    """Whoever is told of one mistake at a time gives up at the third."""
    wrong = ("--from", "x", "--to", "2026-13-01", "--now", "", "--timezone", "", "--first", "0")

    lines = refused(run("slots", "team.toml", *wrong)).splitlines()

    assert {line.split(":")[0] for line in lines} == set(wrong[::2])
    assert len(lines) == 5


def test_every_problem_of_a_team_file_is_told_at_once_with_its_place(
    run: Run, folder: Path
) -> None:
    """The settings' own problems and those of calendars and busy times are one list."""
    document = team(
        {
            "hours": ["Mon-Fry 10:00-12:00"],
            "calendars": ["nobody.ics", 3, ""],
            "busy": [
                ["2026-11-23T10:00", "2026-11-23T11:00Z"],
                ["2026-11-23T10:00Z"],
                [1, 2],
                ["2026-11-23T11:00Z", "2026-11-23T10:00Z"],
            ],
        },
        duration=30,
        colour="red",
    )
    (folder / "bad.toml").write_text(in_toml(document), "utf-8")

    lines = refused(run("check", "bad.toml")).splitlines()

    assert [line.split(": ")[1] for line in lines] == [
        "colour",
        "duration",
        "members[0].hours[0]",
        "members[0].calendars[0]",
        "members[0].calendars[1]",
        "members[0].calendars[2]",
        "members[0].busy[0]",
        "members[0].busy[1]",
        "members[0].busy[2]",
        "members[0].busy[3]",
    ]
    assert all(line.startswith("bad.toml: ") for line in lines)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ({"calendars": "ana.ics"}, "calendars: must be a list of files and folders, not 'ana.ics'"),
        ({"calendars": None}, "calendars: must be a list of files and folders, not None"),
        ({"calendars": ["teem.toml"]}, "in '.'; did you mean 'team.toml'?"),
        ({"calendars": ["\0"]}, "must be one line without control characters, not '\\x00'"),
        ({"calendars": ["a" * 900]}, "there is no file or folder 'aaa"),
        ({"busy": "always"}, "busy: must be a list of pairs of instants, not 'always'"),
        ({"busy": [["2026-11-23T10:00Z", "noon"]]}, "cannot read 'noon': write an instant like"),
        (
            {"busy": [["2026-11-23T10:00Z", "2026-11-23T10:00Z"]]},
            "ends at 2026-11-23T10:00Z, before it has begun at 2026-11-23T10:00Z",
        ),
        (
            {"busy": [["1700-11-23T10:00Z", "2026-11-23T10:00Z"]]},
            "1700-11-23T10:00Z is out of range",
        ),
        ({"busy": [["0001-01-01T00:00+14:00", "2026-11-23T10:00Z"]]}, "cannot read '0001-01-01T00"),
    ],
)
def test_calendars_and_busy_times_are_checked_like_settings(
    run: Run, folder: Path, member: dict[str, Any], message: str
) -> None:
    """They are the command's own keys, so nobody else does it."""
    (folder / "bad.json").write_text(json.dumps(team(member)), "utf-8")

    assert message in refused(run("slots", "bad.json"))


@pytest.mark.parametrize("members", [None, 3, [3, None], {"ana": {}}, []])
def test_a_team_of_the_wrong_shape_is_a_problem_and_no_crash(
    run: Run, folder: Path, members: object
) -> None:
    """JSON can hold anything where a list of members belongs."""
    document = {**TEAM, "members": members}
    (folder / "bad.json").write_text(json.dumps(document), "utf-8")

    assert "members" in refused(run("slots", "bad.json"))


def test_in_json_the_problems_are_a_document_too(run: Run, folder: Path) -> None:
    """A script reads stdout and finds no slots; people read stderr (and see the same)."""
    (folder / "bad.toml").write_text(in_toml(team(duration="1")), "utf-8")

    told = run("slots", "bad.toml", "--json")

    assert told.code == 2
    assert told.document["slots"] == []
    (problem,) = told.document["problems"]
    assert told.err == f"{problem['place']}: {problem['message']}\n"
    assert problem["place"] == "bad.toml: duration"


@pytest.mark.parametrize(
    "arguments", [("cancel", "team.toml", "nope"), ("agenda", "slots"), ("--json", "agenda", "x")]
)
def test_in_json_only_what_lists_slots_answers_with_none(
    run: Run, arguments: tuple[str, ...]
) -> None:
    """To any other question, an empty list of slots is an answer to something else."""
    told = run(*arguments, "--json")

    assert told.code == 2
    assert set(told.document) == {"problems"}


def test_in_json_a_wrong_option_is_a_document_too(run: Run) -> None:
    """Also where the words cannot even be understood."""
    told = run("slots", "--json", "--colour", "red")

    assert told.code == 2
    assert told.document["problems"][0]["place"] == "collective-booking slots"


def test_what_strangers_write_never_reaches_the_terminal_as_it_is(run: Run) -> None:
    """An escape sequence in a file's name or a key could repaint the screen."""
    said = refused(run("check", "\x1b[2Jteam.toml"))

    assert said == "?[2Jteam.toml: there is no such file\n"


def test_nor_does_what_they_are_called(run: Run, folder: Path) -> None:
    """One place prints, so no table or strip forgets it; nor what turns text round."""
    odd = team({"name": "Ana \u202elive"}) | {"name": "Sales \u202ellac"}
    (folder / "team.toml").write_text(in_toml(odd), "utf-8")

    for asked in (["slots"], ["show"], ["explain"], ["check"]):
        told = run(asked[0], "team.toml", *NOW)

        assert "\u202e" not in told.out + told.err
        assert "Sales ?llac" in told.out


def test_an_unreadable_calendar_is_no_bad_input(run: Run, folder: Path) -> None:
    """The team file is right; the time is unknown, and that is an answer (F3)."""
    (folder / "ana.ics").write_bytes(b"\xff\xfe\x00")
    (folder / "team.toml").write_text(in_toml(team({"calendars": ["ana.ics"]})), "utf-8")

    told = run("slots", "team.toml", *NOW)

    assert (told.code, told.err) == (1, "")
    assert "unknown" in told.out


def test_the_team_of_the_tests_is_right(run: Run) -> None:
    """Or every refusal above might have another cause."""
    assert run("check", "team.json", *NOW).code == 0
    assert TEAM["members"]
