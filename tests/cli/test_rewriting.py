"""Team files that the command changes: all that people wrote around the change stays."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.cli.command import Run
from tests.cli.teams import NOW, TEAM, in_toml, team

SETTINGS: Final = """\
# Our team.
name = "Sales call"
slug = "sales-call"
timezone = "Europe/London"
duration = "30m"
"""
ANA: Final = """\
# Ana sells.
[[members]]
id = "ana"
timezone = "Europe/Madrid"
hours = ["Mon-Fri 10:00-12:00"]
busy = [
    ["2026-11-23T10:00:00Z", "2026-11-23T10:30:00Z"],
    ["2026-11-24T10:00:00Z", "2026-11-24T10:30:00Z"]
]
"""
BEN: Final = """\
# Ben helps.
[[ members ]]  # since May
id = "ben"
timezone = "Europe/London"
hours = ["Mon-Fri 09:00-17:00"]
[members.location]
kind = "custom"
value = "His desk"
"""
CLEO: Final = """\
# Cleo learns.
[[members]]
id = "cleo"
timezone = "Europe/London"
hours = ["Mon-Fri 09:00-17:00"]
"""
WHERE: Final = """\
# We meet online.
[location]
kind = "video"
value = "https://meet.example.com/sales"
"""


def written(*parts: str, end: str = "\n") -> bytes:
    """The parts of a team file, with an empty line between them."""
    return "\n".join(parts).replace("\n", end).encode()


@pytest.mark.parametrize("leaving", ["ben", "cleo"])
@pytest.mark.parametrize("order", ["location last", "location between", "location first"])
def test_only_the_table_of_who_leaves_is_cut(
    run: Run, folder: Path, leaving: str, order: str
) -> None:
    """A table may follow that is not theirs; one within theirs goes with them."""
    members = {"ana": ANA, "ben": BEN, "cleo": CLEO}

    def parts(*who: str) -> list[str]:
        tables = [members[id_] for id_ in who]
        place = {"location last": len(tables), "location between": 1, "location first": 0}[order]
        return [SETTINGS, *tables[:place], WHERE, *tables[place:]]

    (folder / "team.toml").write_bytes(written(*parts(*members)))
    told = run("remove-member", "team.toml", leaving, *NOW)

    assert (told.code, told.err) == (0, "")
    left = (folder / "team.toml").read_text("utf-8")
    assert (
        left.rstrip()
        == written(*parts(*(each for each in members if each != leaving))).decode().rstrip()
    )


@pytest.mark.parametrize("command", ["remove-member", "make-owner"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_end_as_they_did(run: Run, folder: Path, command: str, mark: bytes, end: str) -> None:
    """Or the next `diff` says that every line has changed."""
    (folder / "team.toml").write_bytes(mark + written(SETTINGS, ANA, BEN, CLEO, end=end))
    (folder / "team.json").write_bytes(
        mark
        + json.dumps(
            {
                **TEAM,
                "slug": "other",
                "members": [*TEAM["members"], {**TEAM["members"][1], "id": "cleo"}],
            },
            indent=2,
        )
        .replace("\n", end)
        .encode()
    )

    for name in ("team.toml", "team.json"):
        assert run(command, name, "ben", *NOW).code == 0
        after = (folder / name).read_bytes()
        assert after.startswith(mark)
        assert after.count(b"\xef\xbb\xbf") == bool(mark)
        assert after.count(b"\n") > 10
        assert after.count(b"\r\n") == (after.count(b"\n") if end == "\r\n" else 0)


def test_a_new_owner_stands_with_the_settings(run: Run, folder: Path) -> None:
    """Between a comment and what it is about, it would be taken for a part of that."""
    (folder / "team.toml").write_bytes(written(SETTINGS, ANA, BEN))

    assert run("make-owner", "team.toml", "ben", *NOW).code == 0
    expected = written(f'{SETTINGS}owner = "ben"\n', ANA, BEN)
    assert (folder / "team.toml").read_bytes() == expected


def test_an_owner_that_is_there_is_replaced_where_it_is(run: Run, folder: Path) -> None:
    """With what was written beside it."""
    owned = 'owner = "ana"   # for now\n'
    (folder / "team.toml").write_bytes(written(owned + SETTINGS, ANA, BEN))

    assert run("make-owner", "team.toml", "ben", *NOW).code == 0
    expected = written(owned.replace("ana", "ben") + SETTINGS, ANA, BEN)
    assert (folder / "team.toml").read_bytes() == expected


def test_where_the_members_are_a_list_the_owner_comes_last(run: Run, folder: Path) -> None:
    """There is no table before which it would have to stand, and the last line may have no end."""
    members = [
        f'{{ id = "{id_}", timezone = "UTC", hours = ["Mon-Fri 09:00-17:00"] }}'
        for id_ in ("ana", "ben", "cleo")
    ]
    (folder / "team.toml").write_text(f"{SETTINGS}members = [{', '.join(members)}]", "utf-8")

    assert run("make-owner", "team.toml", "ben", *NOW).code == 0
    assert run("remove-member", "team.toml", "ana", *NOW).code == 0
    left = tomllib.loads((folder / "team.toml").read_text("utf-8"))
    assert left["owner"] == "ben"
    assert [each["id"] for each in left["members"]] == ["ben", "cleo"]


@pytest.mark.parametrize("command", ["remove-member", "make-owner"])
def test_a_link_goes_on_leading_to_the_file(run: Run, folder: Path, command: str) -> None:
    """The file may be shared, or kept under version control elsewhere."""
    (folder / "shared").mkdir()
    real = folder / "shared" / "real.toml"
    real.write_bytes(
        written(SETTINGS, ANA.replace("busy", 'calendars = ["ana.ics"]\nbusy'), BEN, CLEO)
    )
    real.chmod(0o640)
    (folder / "ana.ics").touch()
    (folder / "link.toml").symlink_to("shared/real.toml")

    told = run(command, "link.toml", "ben", *NOW)

    assert (told.code, told.err) == (0, "")
    assert (folder / "link.toml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    changed = tomllib.loads(real.read_text("utf-8"))
    assert (changed.get("owner"), len(changed["members"])) in {("ben", 3), (None, 2)}
    assert [each.name for each in (folder / "shared").iterdir()] == ["real.toml"]


def test_what_cannot_be_cut_is_left_alone(run: Run, folder: Path) -> None:
    """A text that looks like a table is none; better to refuse than to cut into it (O3)."""
    tricky = CLEO.replace('"cleo"', '"cleo"\nname = """\\\n[[members]] # Cl\\\neo"""')
    (folder / "team.toml").write_bytes(written(SETTINGS, ANA, BEN, tricky))
    before = (folder / "team.toml").read_bytes()

    told = run("remove-member", "team.toml", "cleo", *NOW)

    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "team.toml: is written in a way that cannot be changed here: change it in an editor\n"
    )
    assert (folder / "team.toml").read_bytes() == before


def test_what_others_are_busy_with_stays(run: Run, folder: Path) -> None:
    """It is no part of a calendar's settings, and all the more of what a file is for."""
    three = team()
    three["members"].append({**TEAM["members"][1], "id": "cleo"})
    (folder / "team.toml").write_text(in_toml(three), "utf-8")

    run("remove-member", "team.toml", "ben", *NOW)

    left = tomllib.loads((folder / "team.toml").read_text("utf-8"))
    assert left["members"] == [three["members"][0], three["members"][2]]
