"""Clients as an operator keeps them: added, rotated, shut out and let in, beside processes that run."""

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import LOOPBACK
from services import clients
from services.__main__ import main as all_houses
from services.monitoring.app import MONITORING
from shared.runtime import house_main
from shared.security.clients import read_book
from shared.security.issuer import CREDENTIALS_FILE, open_issuer
from tests.journeys.set_ups import SetUp, apart
from tests.keyrings import vault_in
from tests.mechanism.outside_issuer import NAMES
from tests.mechanism.probe import BOUND_SECONDS

pytestmark = pytest.mark.usefixtures("logged")
"""Commands configure the logs of the process they run in; here that process goes on afterwards."""
SCOPES = "monitoring:read monitoring:write"
ADD = ("add", "hospital-a", "--region", "520626", "--scopes", SCOPES, "--sources", "hospital-a", "medical-insurance")
PRODUCTION = {"SHOUXIAN_ENV": "production", "SHOUXIAN_ISSUER_MODE": "built-in"}


class Operator:
    """Whoever types commands at the machine of this data folder."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data = data
        self._capsys = capsys

    def types(self, action: str, *rest: str) -> tuple[int, str]:
        """The exit code and what was printed to standard output."""
        self._capsys.readouterr()
        code = clients.main([f"--data={self._data}", action, *rest])
        return code, self._capsys.readouterr().out

    def secret(self, action: str, *rest: str) -> str:
        code, printed = self.types(action, *rest)
        assert code == 0
        return printed.strip()


@pytest.fixture
def operator(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.delenv("SHOUXIAN_DATA", raising=False)
    return Operator(tmp_path, capsys)


def test_a_secret_is_shown_once_and_kept_as_a_hash(operator: Operator, tmp_path: Path) -> None:
    secret = operator.secret(*ADD)
    assert len(secret) >= 40
    kept = (tmp_path / "clients.json").read_text(encoding="utf-8")
    assert secret not in kept
    assert "$argon2id$" in kept
    assert (tmp_path / "clients.json").stat().st_mode & 0o777 == 0o600
    code, shown = operator.types("list")
    scopes, sources = "monitoring:read,monitoring:write", "hospital-a,medical-insurance"
    assert (code, shown) == (0, f"hospital-a region=520626 scopes={scopes} sources={sources} secrets=1\n")
    assert not (tmp_path / CREDENTIALS_FILE).exists(), "no other command makes demo clients"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"client_id": "monitoring"}, "reserved"),
        ({"client_id": "ＳＹＳＴＥＭ"}, "reserved"),
        ({"client_id": "a\nb"}, "line breaks"),
        ({"client_id": ""}, "1 to 64"),
        ({"--region": "520"}, "regions/0: .*2, 4, 6, 9 or 12 digits"),
        ({"--scopes": "monitoring:raed"}, "scopes/0: there is no scope monitoring:raed"),
        ({"--networks": "10.0.0.1/8"}, "networks/0: a network is written like"),
        ({"--per-minute": "0"}, "per_minute: "),
        ({"--per-minute": "many"}, "per_minute: "),
        ({"--until": "soon"}, "until: "),
    ],
)
def test_a_client_that_cannot_work_is_not_made(
    operator: Operator, capsys: pytest.CaptureFixture[str], tmp_path: Path, changes: dict[str, str], complaint: str
) -> None:
    described = {"client_id": "it", "--region": "52", "--scopes": "monitoring:read"} | changes
    words = [described.pop("client_id"), *(word for pair in described.items() for word in pair)]
    capsys.readouterr()
    assert clients.main([f"--data={tmp_path}", "add", *words]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search(complaint, said.err), said.err
    assert read_book(tmp_path).clients == {}


def test_mistakes_at_the_command_line_change_nothing(
    operator: Operator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    secret = operator.secret(*ADD)
    kept = (tmp_path / "clients.json").read_bytes()
    assert secret
    for wrong in (ADD, ("rotate", "nobody"), ("add", "x", "--region", "7", "--scopes", SCOPES)):
        assert operator.types(*wrong) == (1, "")
    assert (tmp_path / "clients.json").read_bytes() == kept


def test_clients_of_many_kinds_are_described(operator: Operator, tmp_path: Path) -> None:
    operator.secret("add", "nation", "--region", "*", "--scopes", "monitoring:read", "--sources", "*")
    operator.secret("add", "two", "--region", "520626,520628000000", "--scopes", SCOPES)
    operator.secret("add", "buyer", "--region", "4419", "--scopes", "consumption:order", "--buyers", "DG-1", "DG-2")
    kept = read_book(tmp_path).clients
    assert {name: (client.regions, client.sources, client.buyers) for name, client in kept.items()} == {
        "nation": (("*",), ("*",), ()),
        "two": (("520626", "520628"), (), ()),
        "buyer": (("4419",), (), ("DG-1", "DG-2")),
    }


def test_all_of_a_record_can_be_typed(operator: Operator, tmp_path: Path) -> None:
    operator.secret(
        *ADD, "--title", "德江县人民医院", "--networks", "10.0.0.0/8", "--per-minute", "600", "--until", "2030-01-31"
    )
    assert operator.types("change", "hospital-a", "--per-minute", "any", "--per-day", "5000", "--networks", "any") == (
        0,
        "",
    )
    code, shown = operator.types("show", "hospital-a")
    record = json.loads(shown)
    assert code == 0
    assert "$argon2id$" not in shown
    changed = {"per_minute": None, "per_day": 5000, "networks": None}
    kept = {
        "title": "德江县人民医院",
        "until": "2030-01-31",
        "sources": ["hospital-a", "medical-insurance"],
        "version": 2,
    }
    assert {name: record[name] for name in changed | kept} == changed | kept
    operator.secret("rotate", "hospital-a")
    assert operator.types("drop-secret", "hospital-a", record["secrets"][0]["id"]) == (0, "")
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "2026"}
    path = tmp_path / "key.json"
    path.write_text(json.dumps(jwk))
    assert operator.types("add-key", "hospital-a", str(path)) == (0, "2026\n")
    listed = operator.types("list")[1]
    assert "per-day=5000 until=2030-01-31 secrets=1 keys=1" in listed
    assert operator.types("drop-key", "hospital-a", "2026") == (0, "")
    path.write_text(json.dumps(jwk | {"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}))
    assert operator.types("add-key", "hospital-a", str(path)) == (1, "")
    assert operator.types("change", "nobody", "--per-day", "1") == (1, "")
    assert operator.types("add", "portal", "--region", "52", "--scopes", SCOPES, "--without-secret") == (0, "")
    assert operator.types("disable", "of-another-issuer") == (0, "")
    assert "of-another-issuer region=as its token says" in operator.types("list")[1]


def test_usage_is_told_at_the_machine(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault_in(machine)
    assert exit_code_of(lambda: house_main(MONITORING, ["migrate"])) == 0
    assert clients.main(["add", "it", "--region", "52", "--scopes", SCOPES]) == 0
    day = "2026-11-16"
    with closing(sqlite3.connect(machine / "monitoring.sqlite")) as database, database:
        database.execute("INSERT INTO client_usage VALUES ('it', ?, 'facts', 3, 1, 1)", (day,))
    capsys.readouterr()
    assert clients.main(["usage", "it", "--from", day, "--to", day]) == 0
    said = capsys.readouterr()
    numbers = {"route_group": "facts", "requests": 3, "errors": 1, "rejected": 1}
    assert json.loads(said.out) == {"house": "monitoring", "day": day, **numbers}
    assert {line.partition(":")[0] for line in said.err.splitlines()} == {
        "assistance",
        "employment",
        "consumption",
        "assets",
    }
    assert clients.main(["usage", "it", "--from", "2026-11-16", "--to", "2026-11-01"]) == 1
    assert clients.main(["usage", "nobody"]) == 1


async def asked(set_up: SetUp, client_id: str, secret: str) -> httpx.Response:
    """What the token endpoint says."""
    url = f"http://{LOOPBACK}:{set_up.roles['monitoring-serve'].port}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=BOUND_SECONDS) as http:
        return await http.post("/oauth2/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret))


async def status_of(set_up: SetUp, house: str, token: str) -> tuple[int, str]:
    """What a house says to a token: status and problem code."""
    path = "/monitoring/v1/risks" if house == "monitoring" else "/assistance/v1/tasks"
    url = f"http://{LOOPBACK}:{set_up.roles[f'{house}-serve'].port}{path}"
    async with httpx.AsyncClient(trust_env=False, timeout=BOUND_SECONDS) as http:
        answer = await http.get(url, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("type", "").rpartition(":")[2]


async def test_what_an_operator_changes_holds_in_every_process_at_once(operator: Operator, tmp_path: Path) -> None:
    """`audit.md` 9, N A.2: clients could not be made, rotated or shut out, and rotation was an outage."""
    houses = ("monitoring", "assistance")
    roles = [(house, role) for house in houses for role in ("migrate", "serve")]
    vault_in(tmp_path)
    async with apart(tmp_path, *roles, **PRODUCTION) as set_up:
        del set_up.environment["SHOUXIAN_TODAY"]
        for house in houses:
            set_up.start(f"{house}-migrate")
            code = await asyncio.to_thread(set_up.processes[f"{house}-migrate"].exit_code, 3 * BOUND_SECONDS)
            assert code == 0, set_up.log_of(f"{house}-migrate").read_text()
        names = [f"{house}-serve" for house in houses]
        for name in names:
            set_up.start(name)
        await set_up.ready(*names)
        assert not (tmp_path / CREDENTIALS_FILE).exists(), "production has no demonstration"

        scopes = "monitoring:read assistance:read"
        first = operator.secret("add", "county", "--region", "520626", "--scopes", scopes)
        await until_granted(set_up, "county", first)
        token = (await asked(set_up, "county", first)).json()["access_token"]
        for house in houses:
            assert await status_of(set_up, house, token) == (200, "")

        second = operator.secret("rotate", "county")
        await until_granted(set_up, "county", second)
        assert (await asked(set_up, "county", first)).status_code == 200, "two secrets hold at a time"
        third = operator.secret("rotate", "county")
        await until_granted(set_up, "county", third)
        assert (await asked(set_up, "county", first)).json()["error"] == "invalid_client"

        assert operator.types("disable", "county") == (0, "")
        await asyncio.sleep(1.1)  # the promise: a second
        for house in houses:
            assert await status_of(set_up, house, token) == (401, "client-disabled")
        assert (await asked(set_up, "county", third)).json()["error"] == "invalid_client"
        assert operator.types("enable", "county") == (0, "")
        await asyncio.sleep(1.1)
        for house in houses:
            assert await status_of(set_up, house, token) == (200, "")

        assert operator.types("rotate-keys")[0] == 0
        await until_granted(set_up, "county", third)
        new = (await asked(set_up, "county", third)).json()["access_token"]
        for each in (token, new):
            for house in houses:
                assert await status_of(set_up, house, each) == (200, "")
        for name in names:
            set_up.stop(name)


async def until_granted(set_up: SetUp, client_id: str, secret: str) -> None:
    async with asyncio.timeout(BOUND_SECONDS):
        while (await asked(set_up, client_id, secret)).status_code != 200:
            await asyncio.sleep(0.3)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder of an operator who types commands with no other settings than this folder."""
    for name in [name for name in os.environ if name.startswith("SHOUXIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOUXIAN_DATA", str(tmp_path))
    before = os.umask(0o077)
    yield tmp_path
    os.umask(before)


def exit_code_of(command: Callable[[], int | None]) -> int:
    """The exit code of a command."""
    try:
        return command() or 0
    except SystemExit as ended:
        return int(ended.code or 0)


def test_no_other_command_rewrites_the_credentials_of_the_process_that_serves(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N C.1: listing dead letters put the address of another port into the file, and `make demo` failed."""
    monkeypatch.setenv("SHOUXIAN_ENV", "development")
    open_issuer(machine, base_url="http://127.0.0.1:8511", demonstration=True, **NAMES)
    before = (machine / CREDENTIALS_FILE).read_bytes()
    for words in ("migrate", "dead-letters", "audit-ledger"):
        assert exit_code_of(lambda words=words: house_main(MONITORING, [words])) == 0  # type: ignore[misc]
        assert (machine / CREDENTIALS_FILE).read_bytes() == before, words
    assert clients.main(["list"]) == 0
    assert (machine / CREDENTIALS_FILE).read_bytes() == before


def test_a_command_makes_no_secrets_either(machine: Path) -> None:
    vault_in(machine)
    assert exit_code_of(lambda: house_main(MONITORING, ["migrate"])) == 0
    assert exit_code_of(lambda: house_main(MONITORING, ["dead-letters"])) == 0
    assert not {path.name for path in machine.iterdir()} & {CREDENTIALS_FILE, "signing-key.pem", "clients.json"}


def test_a_production_without_an_issuer_does_not_start(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        lambda: all_houses(["--port", "0"]),
        lambda: house_main(MONITORING, ["serve"]),
        lambda: house_main(MONITORING, ["all"]),
    ):
        assert exit_code_of(command) == 2
        said = capsys.readouterr()
        assert said.out == ""
        [line] = said.err.splitlines()
        assert line.startswith("refusing to start: name an issuer with SHOUXIAN_JWKS_URL")
    assert list(machine.iterdir()) == []


@pytest.mark.parametrize("module", ["services.clients", "services"])
def test_a_process_prints_the_secret_and_no_line_of_a_log(module: str, tmp_path: Path) -> None:
    """A shell that kept what `add` printed kept lines of the log with the secret."""
    words = ["clients"] * (module == "services") + [f"--data={tmp_path}", *ADD]
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"[\w-]{43}\n", done.stdout)
    assert done.stderr == "the secret of hospital-a, shown this once:\n"
