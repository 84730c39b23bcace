"""An Apache Kafka of one's own: KRaft nodes from the published artifacts, resolved once with Maven."""

import argparse
import asyncio
import base64
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from deploy.local import LocalServerError, bound_to_us, log_tail, maven, stop_process, stop_requested, wait_while
from deploy.local.maven import Jars, JavaUnavailableError
from deploy.local.ports import LOOPBACK, free_ports

OLDEST_JAVA = 17
"""Kafka brokers from 4.0 on need this Java."""

_FILES = Path(__file__).parent / "kafka"
_JARS = Jars(_FILES / "pom.xml", Path(__file__).parents[2] / "build" / "kafka" / "libs")
_HEAP = "256m"
_FORMAT_SECONDS = 60
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_TOPIC_SECONDS = 30.0
_REQUEST_MILLISECONDS = 2000


class KafkaUnavailableError(RuntimeError):
    """This machine cannot run a broker; the message says what is missing."""


def unavailable_reason() -> str | None:
    """Return why no broker can be started here, or None when one can (the jars may still have to be fetched)."""
    return maven.unavailable_reason(_JARS, OLDEST_JAVA)


def resolve_jars() -> Path:
    """Return the folder of the broker's jars, after fetching them with Maven when they are missing or the pom changed.

    Raises:
        KafkaUnavailableError: no Maven, or Maven could not fetch them; the message carries what it said.
    """
    try:
        return _JARS.resolve(OLDEST_JAVA)
    except JavaUnavailableError as error:
        raise KafkaUnavailableError(str(error)) from error


def _java() -> Path:
    try:
        return maven.java(OLDEST_JAVA)
    except JavaUnavailableError as error:
        raise KafkaUnavailableError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Programs:
    """What a node is started with."""

    java: Path
    jars: Path

    def command(self, main_class: str, *arguments: str | Path) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={_FILES / 'log4j2.yaml'}"
        memory = [f"-Xms{_HEAP}", f"-Xmx{_HEAP}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return [str(self.java), *memory, logging, "-cp", f"{self.jars}/*", main_class, *map(str, arguments)]


@dataclass(slots=True)
class _Node:
    """One broker and controller: its number (from 1), folder, ports and, while it was started, its process."""

    number: int
    directory: Path
    broker_port: int
    controller_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.broker_port}"

    @property
    def voter(self) -> str:
        return f"{self.number}@{LOOPBACK}:{self.controller_port}"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class KafkaCluster:
    """A running cluster of one or three nodes on free loopback ports, without encryption or accounts.

    Use as a context manager or call :meth:`stop`. Nodes are numbered from 1. A topic has one replica on one node, and
    three (two of them in step before a record counts as acknowledged) on three. Methods which are not ``async`` block
    for seconds: call them through ``asyncio.to_thread`` where an event loop is running.

    Attributes:
        directory: the folder with one subfolder of data and logs per node.
    """

    def __init__(
        self,
        programs: _Programs,
        nodes: Sequence[_Node],
        directory: Path,
        more_properties: str,
        *,
        temporary: bool,
        bound: bool,
    ) -> None:
        self.directory = directory
        self._more_properties = more_properties
        self._bound = bound
        self._programs = programs
        self._nodes = {node.number: node for node in nodes}
        self._temporary = temporary

    @classmethod
    def start(
        cls, nodes: int = 1, directory: Path | None = None, more_properties: str = "", *, bound: bool = False
    ) -> Self:
        """Start a cluster and return once every node answers clients.

        Args:
            nodes: how many; a directory with data wants the number it was made with.
            directory: where the data stays between two starts; None uses a temporary folder removed by :meth:`stop`.
            more_properties: lines added to the properties of every node, after which they count.
            bound: True ends the nodes with the thread that calls this, also when that is killed.

        Raises:
            KafkaUnavailableError: no Java, no Maven, or the jars could not be fetched.
            LocalServerError: a node did not start.
        """
        programs = _Programs(_java(), resolve_jars())
        home = Path(tempfile.mkdtemp(prefix="shouxian-kafka-")) if directory is None else directory.resolve()
        cluster = cls(programs, _plan(nodes, home), home, more_properties, temporary=directory is None, bound=bound)
        try:
            cluster._prepare()
            for node in cluster._nodes.values():
                cluster._launch(node)
            cluster._wait_until_ready(cluster._nodes.values())
        except BaseException:
            cluster.stop()
            raise
        return cluster

    @property
    def bootstrap(self) -> str:
        """The comma-separated addresses clients begin with."""
        return ",".join(node.address for node in self._nodes.values())

    @property
    def nodes(self) -> tuple[int, ...]:
        """The numbers of the nodes."""
        return tuple(self._nodes)

    @property
    def replication(self) -> int:
        """How many copies of a topic the cluster keeps."""
        return min(len(self._nodes), 3)

    @property
    def running(self) -> bool:
        """Whether every node's process is alive."""
        return all(node.running for node in self._nodes.values())

    def kill(self, node: int) -> None:
        """End a node at once (SIGKILL), as a crash would."""
        process = self._nodes[node].process
        if process is not None:
            process.kill()
            process.wait()

    def freeze(self, node: int) -> None:
        """Have a node hang: its connections stay open and nothing is answered, until :meth:`thaw`."""
        process = self._nodes[node].process
        if process is not None:
            process.send_signal(signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        """Let a frozen node go on where it was."""
        process = self._nodes[node].process
        if process is not None:
            process.send_signal(signal.SIGCONT)

    def restart(self, node: int) -> None:
        """Start a killed node on its old ports and return once clients are served by it again.

        Raises:
            LocalServerError: it did not come back in time.
        """
        target = self._nodes[node]
        if not target.running:
            self._launch(target)
        self._wait_until_ready([target])

    async def create_topics(self, names: Iterable[str], partitions: int) -> None:
        """Create the topics which do not exist yet; an existing one keeps its partitions."""
        topics = [NewTopic(name, partitions, self.replication) for name in names]
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            answer = await admin.create_topics(topics, timeout_ms=int(_TOPIC_SECONDS * 1000))
        finally:
            await admin.close()
        for name, code, *details in answer.topic_errors:
            failure = for_code(code)
            if code and failure is not TopicAlreadyExistsError:
                raise failure(f"topic {name}: {details}")

    def stop(self) -> None:
        """End every node in order; a temporary folder is removed. Calling it again does nothing."""
        running = [node.process for node in self._nodes.values() if node.process is not None]
        with ThreadPoolExecutor(max_workers=len(self._nodes)) as pool:
            list(pool.map(lambda process: stop_process(process, signal.SIGTERM, _STOP_SECONDS), running))
        if self._temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self) -> None:
        cluster_id = _cluster_id(self.directory)
        for node in self._nodes.values():
            node.directory.mkdir(parents=True, exist_ok=True)
            (node.directory / "server.properties").write_text(self._properties(node))
        fresh = [node for node in self._nodes.values() if not (node.directory / "data" / "meta.properties").exists()]
        for node in fresh:
            self._format(node, cluster_id)

    def _properties(self, node: _Node) -> str:
        template = Template((_FILES / "server.properties.template").read_text() + self._more_properties)
        return template.substitute(
            node_id=node.number,
            voters=",".join(each.voter for each in self._nodes.values()),
            host=LOOPBACK,
            broker_port=node.broker_port,
            controller_port=node.controller_port,
            log_directory=node.directory / "data",
            replication=self.replication,
            min_insync=self.replication // 2 + 1,
            session_timeout_ms=2000 if len(self._nodes) == 1 else 3000,
        )

    def _format(self, node: _Node, cluster_id: str) -> None:
        command = self._programs.command(
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster_id}",
            "-c",
            node.directory / "server.properties",
        )
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=node.directory, timeout=_FORMAT_SECONDS
        )
        if done.returncode != 0:
            raise LocalServerError(f"Kafka node {node.number} could not be formatted:\n{done.stdout}{done.stderr}")

    def _launch(self, node: _Node) -> None:
        command = self._programs.command("kafka.Kafka", node.directory / "server.properties")
        with (node.directory / "server.log").open("ab") as log:
            node.process = subprocess.Popen(
                bound_to_us(command) if self._bound else command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=node.directory,
                start_new_session=True,
            )

    def _wait_until_ready(self, nodes: Iterable[_Node]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        for node in nodes:
            while not _is_ready(node):
                said = log_tail(node.directory / "server.log")
                if not node.running:
                    raise LocalServerError(f"Kafka node {node.number} ended at start:\n{said}")
                if time.monotonic() > deadline:
                    raise LocalServerError(f"Kafka node {node.number} is not ready:\n{said}")
                time.sleep(0.1)


def _plan(count: int, home: Path) -> list[_Node]:
    """Give every node a folder and ports, and refuse a folder made with another number of nodes."""
    present = len(list(home.glob("node-*")))
    if present not in {0, count}:
        raise LocalServerError(f"{home} holds a cluster of {present} nodes, not {count}")
    ports = free_ports(2 * count)
    return [
        _Node(number, home / f"node-{number}", ports[2 * number - 2], ports[2 * number - 1])
        for number in range(1, count + 1)
    ]


def _cluster_id(home: Path) -> str:
    """Return the id all nodes are formatted with; it is kept before the first of them is."""
    kept = home / "cluster-id"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        kept.write_text(base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode())
    return kept.read_text()


def _port_is_open(node: _Node) -> bool:
    try:
        with socket.create_connection((LOOPBACK, node.broker_port), timeout=1):
            return True
    except OSError:
        return False


async def _serves_clients(node: _Node) -> bool:
    """Whether the node answers a metadata request with itself among the live brokers, thus takes records again."""
    client = AIOKafkaClient(bootstrap_servers=node.address, request_timeout_ms=_REQUEST_MILLISECONDS)
    try:
        await client.bootstrap()
        return node.number in {broker.nodeId for broker in client.cluster.brokers()}
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()


def _is_ready(node: _Node) -> bool:
    """Ask the node from a thread of its own, since the caller's may be running an event loop."""
    if not _port_is_open(node):
        return False
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(_serves_clients(node))).result()


def main() -> int:
    """Run a cluster in the foreground until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.kafka", description=main.__doc__)
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1, help="one broker, or three which replicate")
    parser.add_argument("--directory", type=Path, help="where the data stays; without it nothing is left behind")
    parser.add_argument("--resolve-only", action="store_true", help="fetch the broker's jars and end")
    options = parser.parse_args()
    stop = stop_requested()
    try:
        if options.resolve_only:
            print(resolve_jars())
            return 0
        cluster = KafkaCluster.start(options.nodes, options.directory)
    except (KafkaUnavailableError, LocalServerError) as error:
        print(error, file=sys.stderr)
        return 1
    with cluster:
        print(cluster.bootstrap, flush=True)
        wait_while(lambda: cluster.running, stop)
        died = not cluster.running
    return int(died)


if __name__ == "__main__":
    sys.exit(main())
