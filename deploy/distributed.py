"""The production shape on one machine: PostgreSQL, Kafka, an api and a worker process per house, one gateway."""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from deploy.gateway import API
from deploy.local import LocalServerError, bound_to_us, log_tail, stop_process, stop_requested, wait_while
from deploy.local.kafka import KafkaCluster, KafkaUnavailableError
from deploy.local.ports import LOOPBACK, free_ports, is_free
from deploy.local.postgres import PostgresServer, PostgresUnavailableError
from shared.contracts.catalogue import HOUSES

PARTITIONS = 6
"""Partitions of each house's topic: how many workers of one house can share its events."""

ROLES = {"serve": API, "worker": "-worker"}
"""The command of each process of a house, and the ending of the name it is shown under."""

_ROOT = Path(__file__).parents[1]
_WATCHING = _ROOT / "deploy" / "prometheus"
_READY_SECONDS = 120.0
_MIGRATE_SECONDS = 120
_STOP_SECONDS = 15.0


class ChildFailedError(RuntimeError):
    """A process did not start, or ended although nobody asked it to; the message names it and ends with its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process started here: its name, the address it answers at, and its log."""

    name: str
    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def running(self) -> bool:
        """Whether it is alive."""
        return self.process.poll() is None

    def failure(self, what: str) -> ChildFailedError:
        """Return the error which says what happened to this child."""
        return ChildFailedError(f"{self.name} {what}; the end of {self.log}:\n{log_tail(self.log)}")


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process of one run shares.

    Attributes:
        data: folder of the servers' data, signing key, demo credentials and logs.
        port: where the gateway answers.
        environment: what the houses read their settings from.
    """

    data: Path
    port: int
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """The one address clients use."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def scraping(self) -> Path:
        """The configuration for a Prometheus that watches this run."""
        return self.data / "prometheus.yml"

    def log(self, name: str) -> Path:
        """Return the log of a process."""
        return self.data / "logs" / f"{name}.log"


def run(data: Path, port: int, stop: threading.Event) -> None:
    """Start everything, keep it running until ``stop`` is set, and end it in the reverse order.

    Raises:
        ChildFailedError: a process did not start, or ended on its own.
        PostgresUnavailableError: no PostgreSQL here.
        KafkaUnavailableError: no Kafka here.
        LocalServerError: PostgreSQL or Kafka did not start.
    """
    if not is_free(port):
        raise ChildFailedError(f"the gateway cannot start: port {port} is taken")
    (data / "logs").mkdir(parents=True, exist_ok=True)
    with ExitStack() as started:
        print("starting PostgreSQL and Kafka", flush=True)
        postgres = started.enter_context(PostgresServer.start(data / "postgres", durable=True, bound=True))
        kafka = started.enter_context(KafkaCluster.start(directory=data / "kafka", bound=True))
        asyncio.run(_prepare_servers(postgres, kafka))
        plan = Plan(data, port, _environment(data, port, postgres, kafka))
        _migrate(plan)
        children: list[Child] = []
        started.callback(_stop, children)
        _start_houses(plan, children)
        _wait_until_ready(children, stop)
        write_scraping(plan, children)
        _start_gateway(plan, children)
        _wait_until_ready(children[-1:], stop)
        if not stop.is_set():
            _announce(plan, postgres, kafka, children)
            _watch(postgres, kafka, children, stop)
        print("stopping", flush=True)


async def _prepare_servers(postgres: PostgresServer, kafka: KafkaCluster) -> None:
    await postgres.create_databases(f"shouxian_{house}" for house in HOUSES)
    await kafka.create_topics([f"{house}.events" for house in HOUSES], PARTITIONS)


def _environment(data: Path, port: int, postgres: PostgresServer, kafka: KafkaCluster) -> dict[str, str]:
    return {
        **os.environ,
        "SHOUXIAN_DATABASE_URL": postgres.url("shouxian_{house}"),
        "SHOUXIAN_BUS": "kafka",
        "SHOUXIAN_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "SHOUXIAN_DATA": str(data),
        "SHOUXIAN_HOST": LOOPBACK,
        "SHOUXIAN_PUBLIC_URL": f"http://{LOOPBACK}:{port}",
    }


def _migrate(plan: Plan) -> None:
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(lambda house: _migrate_house(plan, house), HOUSES))


def _migrate_house(plan: Plan, house: str) -> None:
    log = plan.log(f"{house}-migrate")
    with log.open("ab") as output:
        done = subprocess.run(
            [sys.executable, "-m", f"services.{house}", "migrate"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=_ROOT,
            env=dict(plan.environment),
            timeout=_MIGRATE_SECONDS,
            check=False,
        )
    if done.returncode != 0:
        raise ChildFailedError(f"{house}-migrate failed; the end of {log}:\n{log_tail(log)}")


def _start_houses(plan: Plan, children: list[Child]) -> None:
    ports = iter(free_ports(len(HOUSES) * len(ROLES)))
    for command, ending in ROLES.items():
        for house in HOUSES:
            port = next(ports)
            environment = {**plan.environment, "SHOUXIAN_PORT": str(port)}
            arguments = [f"services.{house}", command, "--port", str(port)]
            children.append(_start(plan, house + ending, port, arguments, environment))


def _start_gateway(plan: Plan, children: list[Child]) -> None:
    addresses = [f"{child.name}={child.url}" for child in children]
    arguments = ["deploy.gateway", "--port", str(plan.port), *addresses]
    children.append(_start(plan, "gateway", plan.port, arguments, plan.environment))


def _start(plan: Plan, name: str, port: int, arguments: Sequence[str], environment: Mapping[str, str]) -> Child:
    log = plan.log(name)
    with log.open("ab") as output:
        process = subprocess.Popen(
            bound_to_us([sys.executable, "-m", *arguments]),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=_ROOT,
            env=dict(environment),
            start_new_session=True,
        )
    return Child(name, f"http://{LOOPBACK}:{port}", log, process)


def write_scraping(plan: Plan, children: Sequence[Child]) -> None:
    """Write what Prometheus is started with: the delivered configuration with the addresses of this run."""
    config = yaml.safe_load((_WATCHING / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"]["external_labels"] = {"runbooks": f"{_ROOT.as_uri()}/"}
    config["rule_files"] = [str(_WATCHING / name) for name in config["rule_files"]]
    del config["alerting"]
    for job in config["scrape_configs"]:
        ending = {"shouxian-api": API, "shouxian-worker": ROLES["worker"]}[job["job_name"]]
        found = [child.url.removeprefix("http://") for child in children if child.name.endswith(ending)]
        job["static_configs"] = [{"targets": found}]
    plan.scraping.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def _wait_until_ready(children: Sequence[Child], stop: threading.Event) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    with httpx.Client(trust_env=False, timeout=5.0) as client:
        for child in children:
            while not _is_ready(client, child) and not stop.wait(0.1):
                if not child.running:
                    raise child.failure("ended at start")
                if time.monotonic() > deadline:
                    raise child.failure(f"was not ready within {_READY_SECONDS:.0f} s")


def _is_ready(client: httpx.Client, child: Child) -> bool:
    try:
        return client.get(f"{child.url}/readyz").is_success
    except httpx.TransportError:
        return False


def _announce(plan: Plan, postgres: PostgresServer, kafka: KafkaCluster, children: Sequence[Child]) -> None:
    print(f"ready: {plan.url}  (Ctrl-C stops)")
    for house in HOUSES:
        print(f"  {plan.url}/{house}/docs")
    print(f"demo clients: {plan.data / 'demo-credentials.json'}")
    print(f"PostgreSQL:   {postgres.url('shouxian_<house>')}")
    print(f"Kafka:        {kafka.bootstrap}")
    print(f"logs:         {plan.data / 'logs'}")
    print(f"how it is:    make status PORT={plan.port}")
    print(f"Prometheus:   prometheus --config.file={plan.scraping}")
    print("metrics of each process:")
    for child in children:
        print(f"  {child.name:20} {child.url}/metrics")
    sys.stdout.flush()


def _watch(postgres: PostgresServer, kafka: KafkaCluster, children: Sequence[Child], stop: threading.Event) -> None:
    """Return when asked to stop, raise when something ended on its own."""
    wait_while(lambda: postgres.running and kafka.running and all(child.running for child in children), stop)
    if stop.is_set():
        return
    if not (postgres.running and kafka.running):
        raise ChildFailedError(f"{'Kafka' if postgres.running else 'PostgreSQL'} ended")
    raise next(child for child in children if not child.running).failure("ended")


def _stop(children: Sequence[Child]) -> None:
    """End the gateway, then what takes requests, then the workers, which have carried on what those left."""
    for ending in ("gateway", *ROLES.values()):
        group = [child.process for child in children if child.name.endswith(ending)]
        with ThreadPoolExecutor(max_workers=max(1, len(group))) as pool:
            list(pool.map(lambda process: stop_process(process, signal.SIGTERM, _STOP_SECONDS), group))


def main() -> int:
    """Run the five houses distributed over processes of this machine until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deploy.distributed", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the gateway answers")
    parser.add_argument("--data", type=Path, default=Path("var"), help="folder of all data, found again next time")
    options = parser.parse_args()
    try:
        run(options.data.resolve(), options.port, stop_requested())
    except (ChildFailedError, PostgresUnavailableError, KafkaUnavailableError, LocalServerError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.TimeoutExpired as error:
        print(f"{error.cmd} took longer than {error.timeout} s", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
