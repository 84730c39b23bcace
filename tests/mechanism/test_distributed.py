"""`make run-distributed`: where PostgreSQL may live, what Prometheus is given, and what a killed supervisor leaves."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from deploy import distributed
from deploy.distributed import Child, Plan
from deploy.local import bound_to_us, postgres, reach
from deploy.local.postgres import PostgresServer
from shared.contracts.catalogue import HOUSES
from tests.real_parts import require_or_skip

ONLY_AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs a server as somebody else")


def child(name: str, port: int) -> Child:
    process: Any = SimpleNamespace()
    return Child(name, f"http://127.0.0.1:{port}", Path("log"), process)


def test_prometheus_is_given_the_addresses_of_the_run(tmp_path: Path) -> None:
    names = [f"{house}{ending}" for ending in distributed.ROLES.values() for house in HOUSES]
    children = [child(name, port) for port, name in enumerate(names, 9000)]
    plan = Plan(tmp_path, 8000, {})
    distributed.write_scraping(plan, children)
    config = yaml.safe_load((tmp_path / "prometheus.yml").read_text())
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    assert targets == {
        "shouxian-api": [f"127.0.0.1:{port}" for port in range(9000, 9005)],
        "shouxian-worker": [f"127.0.0.1:{port}" for port in range(9005, 9010)],
    }
    assert all(Path(name).exists() for name in config["rule_files"])
    runbooks = config["global"]["external_labels"]["runbooks"]
    assert Path(f"{runbooks.removeprefix('file://')}docs/operations.md").exists()


@pytest.fixture
def nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


@ONLY_AS_ROOT
def test_postgres_starts_under_a_home_that_others_may_not_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "project").mkdir(parents=True)
    home.chmod(0o700)
    outside = Path("/var/tmp") / f"shouxian-test-{os.getpid()}"
    monkeypatch.setattr(reach, "SHARED_ROOT", outside)
    data = home / "project" / "var" / "postgres"
    try:
        with PostgresServer.start(data) as server:
            assert server.running
        assert data.is_symlink()
        assert (data / "data" / "PG_VERSION").exists()
        with PostgresServer.start(data) as again:
            assert again.directory == data.resolve(), "found again next time"
    finally:
        subprocess.run(["rm", "-rf", outside], check=True)


@ONLY_AS_ROOT
def test_a_program_that_the_account_may_not_read_is_copied_once(
    tmp_path: Path, nobody: pwd.struct_passwd, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "home" / "pginstall"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "postgres").write_text("program")
    folder.parent.chmod(0o700)
    outside = Path("/var/tmp") / f"shouxian-test-{os.getpid()}"
    monkeypatch.setattr(reach, "SHARED_ROOT", outside)
    try:
        copies = {reach.reachable_copy(nobody, folder) for _ in range(2)}
        assert len(copies) == 1
        assert (copies.pop() / "bin" / "postgres").read_text() == "program"
    finally:
        subprocess.run(["rm", "-rf", outside], check=True)


SLEEPER = """
import subprocess, sys, time
from deploy.local import bound_to_us
subprocess.Popen(bound_to_us([sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]))
time.sleep(60)
"""
POSTGRES = """
import time
from deploy.local.postgres import PostgresServer
server = PostgresServer.start(bound=True)
print((server.directory / "data" / "postmaster.pid").read_text().splitlines()[0], flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("program", [SLEEPER, POSTGRES], ids=["process", "postgres"])
def test_what_a_killed_supervisor_started_ends_with_it(program: str) -> None:
    if bound_to_us(["x"]) == ["x"]:
        pytest.skip("no setpriv here")
    if program is POSTGRES:
        require_or_skip(postgres.unavailable_reason())
    roomy = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="shouxian-test-"))
    roomy.chmod(0o755)
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(roomy)}
    )
    try:
        assert supervisor.stdout is not None
        started = int(supervisor.stdout.readline())
        supervisor.kill()
        supervisor.wait()
        deadline = time.monotonic() + 20
        while _is_alive(started):
            assert time.monotonic() < deadline, "it went on alone"
            time.sleep(0.05)
    finally:
        supervisor.kill()
        supervisor.wait()
        if supervisor.stdout is not None:
            supervisor.stdout.close()
        shutil.rmtree(roomy, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
