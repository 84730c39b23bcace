"""What a newcomer sees: start, read, demonstrate, stop, start again; and what refuses to start."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from deploy.local.ports import free_ports
from services.demo.client import ApiClient
from services.demo.households import DEMO_HOUSEHOLDS, household_document
from services.monitoring.households.schemas import VerdictsOut
from shared.codes.monitoring import RiskKind
from tests.real_parts import require_or_skip
from tests.typed import typed

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
DAY = "2026-11-16"
"""A Monday; the official calendar of the weeks after it is known."""


@dataclass
class Started:
    """All five houses in a process of their own, with demo data."""

    process: subprocess.Popen[bytes]
    url: str
    data: Path
    out: Path
    err: Path

    @property
    def printed(self) -> str:
        return self.out.read_text(encoding="utf-8")

    @property
    def complaints(self) -> str:
        return self.err.read_text(encoding="utf-8")

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not holds():
            assert self.process.poll() is None, self.complaints
            assert time.monotonic() < deadline, "it did not become ready"
            time.sleep(0.05)

    def is_announced(self) -> bool:
        return "make demo" in self.printed

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS)


class Start(Protocol):
    def __call__(self, *, demo: bool = True, today: str = DAY) -> Started: ...


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOUXIAN_")}
    return kept | {"SHOUXIAN_ENV": "development", "SHOUXIAN_TODAY": DAY} | changes


def run(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return typed(*arguments, environment=environment() if env is None else env)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the services on the same port and folder each time; what still runs is ended with the test."""
    yield from starting(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Services with demo data which no test changes."""
    for start in starting(tmp_path_factory.mktemp("untouched")):
        yield start()


def starting(folder: Path) -> Iterator[Start]:
    [port] = free_ports(1)
    begun: list[Started] = []

    def started(*, demo: bool = True, today: str = DAY) -> Started:
        one = begin(folder, port, len(begun), demo=demo, today=today)
        begun.append(one)
        one.wait_until(one.is_announced if demo else one.is_ready)
        return one

    yield started
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def begin(folder: Path, port: int, number: int, *, demo: bool, today: str) -> Started:
    data, out, err = folder / "var", folder / f"out-{number}", folder / f"err-{number}"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "services", "--port", str(port), "--data", str(data), *["--demo"] * demo],
            cwd=ROOT,
            env=environment(SHOUXIAN_TODAY=today),
            stdout=stdout,
            stderr=stderr,
        )
    return Started(process, f"http://127.0.0.1:{port}", data, out, err)


def tasks(started: Started) -> dict[str, dict[str, Any]]:
    with closing(ApiClient.open(started.data)) as api:
        found = api.get("/assistance/v1/tasks")["items"]
    return {task["task_id"]: task for task in found}


def test_a_newcomer_reads_where_everything_is(untouched: Started) -> None:
    for house in ("monitoring", "assistance", "employment", "consumption", "assets"):
        place = f"{untouched.url}/{house}/docs"
        assert place in untouched.printed
        assert httpx.get(place, trust_env=False).is_success
    for line in (
        (
            r"province +52 贵州省 +read \+ write \+ approve in every house, "
            "monitoring:pii, monitoring:backfill, monitoring:match, consumption:order, ops:admin"
        ),
        r"county-officer-dejiang +520626 德江县 +read \+ write in every house, monitoring:pii",
        r"read-only +52 贵州省 +read in every house",
        r"partner-dongguan +4419 东莞市 +consumption:read, consumption:order",
        r"partner-suzhou +3205 苏州市 +consumption:read, consumption:order",
        r"policy-approver +52 贵州省 +monitoring:read, monitoring:approve",
        r"village-dejiang +520626001001 \S+ +monitoring:read, monitoring:write, monitoring:pii",
        r"township-dejiang +520626001 \S+ +monitoring:read, monitoring:write, monitoring:pii, monitoring:approve",
        r"county-approver-dejiang +520626 德江县 +(monitoring:(read|write|pii|approve)(, )?){4}",
    ):
        assert re.search(line, untouched.printed)
    assert str(untouched.data / "demo-credentials.json") in untouched.printed
    assert f"business date {DAY}" in untouched.printed
    assert httpx.get(f"{untouched.url}/readyz", trust_env=False).json() == {"status": "ok", "not_ready": {}}


def test_the_printed_commands_work_as_they_stand(untouched: Started) -> None:
    require_or_skip(None if shutil.which("curl") else "curl is not installed")
    commands = [line.strip() for line in untouched.printed.splitlines() if "curl " in line]
    assert len(commands) == 3
    # bash: the point of the test is that a shell understands what was printed
    shell = subprocess.run(["bash", "-ec", "\necho\n".join(commands)], capture_output=True, text=True, check=True)
    income, risks = shell.stdout.split("\n")[-2:]
    assert '"known":12' in income
    assert risks == '{"items":[],"next_cursor":null}'


UNTOLD = {RiskKind.DROPOUT, RiskKind.ZERO_JOB, RiskKind.UNSAFE_HOUSING, RiskKind.UNSAFE_WATER, RiskKind.UNINSURED}
"""What the demo says nothing of."""


def test_demo_households_are_registered_whole_and_threatened_by_nothing(untouched: Started) -> None:
    with closing(ApiClient.open(untouched.data)) as api:
        for household in DEMO_HOUSEHOLDS:
            place = f"/monitoring/v1/households/{household.code}"
            assert api.put(place, household_document(household))["warnings"] == []
            verdicts = VerdictsOut.model_validate(api.get(f"{place}/verdicts")).verdicts
            assert {verdict.kind for verdict in verdicts if verdict.outcome != "clear"} <= UNTOLD
            assert {verdict.outcome for verdict in verdicts} <= {"clear", "insufficient_data"}
        assert api.get("/monitoring/v1/risks")["items"] == []


def test_nobody_else_of_the_machine_can_read_the_data(untouched: Started) -> None:
    kept = [untouched.data, *untouched.data.iterdir()]
    assert untouched.data / "monitoring.sqlite" in kept
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []


def test_the_demonstration_opens_one_task_each_and_a_repeat_none(start: Start) -> None:
    started = start()
    first = run("services.demo", "--data", str(started.data))
    assert first.returncode == 0, first.stderr
    opened = tasks(started)
    assert sorted((task["household_code"], task["kind"]) for task in opened.values()) == [
        ("DJ-0001", "income_drop"),
        ("DJ-0004", "income_drop"),
        ("DJ-0004", "job_loss"),
        ("ST-0001", "new_illness"),
    ]
    assert first.stdout.count("the one task it opened") == 2
    assert first.stdout.count("1, of which new: 1") == 2
    assert "57.14 % below" in first.stdout
    assert "monitoring.income_drop_ratio = 0.30, assumed" in first.stdout
    for task_id, task in opened.items():
        if task["household_code"] != "DJ-0004":
            assert f"{task_id}, open, {task['grade']}, due on {task['due_on']}" in " ".join(first.stdout.split())
    assert "what came home: 15285.00 yuan, 3821.25 a head (wage 13800.00, operating 585.00," in first.stdout

    again = run("services.demo", "--data", str(started.data))
    assert again.returncode == 0, again.stderr
    assert "facts stored: 0, the same again: 3" in again.stdout
    assert again.stdout.count("the task that was there before") == 2
    assert again.stdout.count("1, of which new: 0") == 2
    assert "what came home: 15285.00 yuan" in again.stdout
    assert tasks(started) == opened


def test_ctrl_c_stops_cleanly_and_the_next_start_finds_everything(start: Start) -> None:
    first = start()
    assert run("services.demo", "--data", str(first.data)).returncode == 0
    before, credentials = tasks(first), (first.data / "demo-credentials.json").read_bytes()
    assert first.stop() == 0
    assert "Traceback" not in first.complaints

    second = start()
    assert tasks(second) == before
    assert (second.data / "demo-credentials.json").read_bytes() == credentials
    assert "household.registered" not in second.complaints, "the households were there already"
    assert second.stop() == 0


def test_the_demonstration_brings_its_households_where_there_are_none(start: Start) -> None:
    started = start(demo=False)
    assert started.printed == ""
    done = run("services.demo", "--data", str(started.data))
    assert done.returncode == 0, done.stderr
    assert {task["household_code"] for task in tasks(started).values()} == {"DJ-0001", "DJ-0004", "ST-0001"}


def test_a_month_later_the_demonstration_goes_on_and_opens_nothing_new(start: Start) -> None:
    first = start()
    assert run("services.demo", "--data", str(first.data)).returncode == 0
    before = tasks(first)
    assert first.stop() == 0

    later = start(today="2026-12-15")
    done = run("services.demo", "--data", str(later.data))
    assert done.returncode == 0, done.stderr
    assert "wages of 2026-09 to 2026-11" in done.stdout
    assert "facts stored: 1, the same again: 2" in done.stdout
    assert "told in another month" in done.stdout
    assert _as_it_was(tasks(later)) == _as_it_was(before)


def _as_it_was(tasks: dict[str, Any]) -> dict[str, Any]:
    """Tasks without what a month by itself does: their due dates pass, which their histories tell.

    The story ends with a household that lost its work: a month later its income may well have dropped again.
    """
    return {
        task_id: {
            **{name: value for name, value in task.items() if name != "updated_at"},
            "history": [step for step in task["history"] if step["action"] != "overdue"],
        }
        for task_id, task in tasks.items()
        if task["household_code"] != "DJ-0004"
    }


def test_without_a_server_the_demonstration_says_so(data: Path, start: Start) -> None:
    nothing = run("services.demo", "--data", str(data))
    assert nothing.returncode == 1
    assert "run `make run` in another terminal first" in nothing.stderr

    assert start().stop() == 0
    stopped = run("services.demo", "--data", str(data))
    assert stopped.returncode == 1
    assert "nothing answers at http://127.0.0.1:" in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_a_taken_port_is_one_clear_line(untouched: Started, tmp_path: Path) -> None:
    port = untouched.url.rpartition(":")[2]
    refused = run("services", "--port", port, "--data", str(tmp_path / "other"))
    assert refused.returncode != 0
    assert refused.stderr == f"refusing to start: port {port} of 127.0.0.1: Address already in use\n"
    assert not (tmp_path / "other").exists()


def test_demo_data_and_a_fixed_day_are_refused_outside_development(data: Path) -> None:
    production = environment(SHOUXIAN_ENV="production")
    dated = run("services", "--data", str(data), env=production)
    assert dated.returncode == 2
    assert dated.stderr.startswith("refusing to start:")
    assert "SHOUXIAN_TODAY is refused outside development" in dated.stderr

    del production["SHOUXIAN_TODAY"]
    invented = run("services", "--data", str(data), "--demo", env=production)
    assert invented.returncode == 2
    assert invented.stderr.startswith("refusing to start: --demo needs SHOUXIAN_ENV=development")
    assert not data.exists()
