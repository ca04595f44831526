"""The calendars of an account on a CalDAV server, by what `Member.calendar` can be.

    python find_calendars.py https://caldav.icloud.com/ ana@example.com

It asks for the password: for iCloud, Fastmail and Nextcloud one that was made for this.
"""

from __future__ import annotations

import sys
from getpass import getpass


def calendars_of(server: str, username: str, password: str) -> dict[str, str]:
    """The URLs of the account's calendars on *server*, each with its name."""
    from caldav.davclient import DAVClient  # noqa: PLC0415  # the extra `caldav`

    with DAVClient(server, username=username, password=password) as client:
        found = client.principal().get_calendars()
        return {str(each.url): each.get_display_name() or "" for each in found}


def main(arguments: list[str]) -> None:
    if len(arguments) != 2:
        print(__doc__)
        return
    server, username = arguments
    for url, name in calendars_of(server, username, getpass()).items():
        print(f"{name:<30}{url}")


if __name__ == "__main__":
    main(sys.argv[1:])
