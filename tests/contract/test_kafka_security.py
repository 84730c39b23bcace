"""A cluster that is encrypted and asks who comes: the right account works, and nobody else gets in."""

import gc
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509

from deploy.local import kafka
from deploy.local.kafka import KafkaCluster
from deploy.local.ports import LOOPBACK, free_port
from shared.bus.interface import Lag, TransportUnavailable
from shared.bus.kafka import PLAINTEXT, KafkaSecurity, KafkaTransport
from shared.runtime import open_transport
from shared.settings import Settings
from tests.certificates import self_signed
from tests.contract.transport_suite import Reader, numbered, numbers
from tests.real_parts import require_or_skip

PASSWORD = uuid4().hex


@dataclass(frozen=True, slots=True)
class Secured:
    """A cluster with an encrypted listener beside the one its own tools use."""

    cluster: KafkaCluster
    address: str
    security: KafkaSecurity


def certificate(folder: Path) -> Path:
    """A certificate that signs itself, with its key, as the broker and as the client's authority."""
    made, key = self_signed(x509.IPAddress(ipaddress.ip_address(LOOPBACK)))
    (folder / "ca.pem").write_bytes(made)
    (folder / "broker.pem").write_bytes(key + made)
    return folder / "ca.pem"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    require_or_skip(kafka.unavailable_reason())
    folder, port = tmp_path_factory.mktemp("keys"), free_port()
    ca_file = certificate(folder)
    login = "org.apache.kafka.common.security.plain.PlainLoginModule"
    more = f"""
listeners=PLAINTEXT://${{host}}:${{broker_port}},CONTROLLER://${{host}}:${{controller_port}},SASL_SSL://${{host}}:{port}
advertised.listeners=PLAINTEXT://${{host}}:${{broker_port}},SASL_SSL://${{host}}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=PLAIN
ssl.keystore.type=PEM
ssl.keystore.location={folder / "broker.pem"}
listener.name.sasl_ssl.plain.sasl.jaas.config={login} required user_monitoring="{PASSWORD}";
"""
    with KafkaCluster.start(more_properties=more) as cluster:
        security = KafkaSecurity("SASL_SSL", "PLAIN", ca_file, "monitoring", PASSWORD)
        yield Secured(cluster, f"{LOOPBACK}:{port}", security)


async def test_the_account_of_the_settings_publishes_reads_and_sees_its_group(secured: Secured) -> None:
    topic = f"probe-{uuid4().hex}.events"
    await secured.cluster.create_topics([topic], partitions=1)
    settings = Settings(
        bus="kafka",
        kafka_bootstrap=secured.address,
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism="PLAIN",
        kafka_ca_file=secured.security.ca_file,
        kafka_user="monitoring",
        kafka_password=PASSWORD,
    )
    transport, reader = open_transport(settings), Reader([topic])
    try:
        await transport.publish(numbered(topic, 3))
        await reader.start(transport)
        records = await reader.read(3)
        await reader.commit(records)
        await reader.stop()
        assert numbers(records) == [0, 1, 2]
        assert await transport.group_lag(reader.group, [topic], {}) == Lag(0, 0.0)
    finally:
        await transport.close()


@pytest.mark.parametrize(
    "wrong",
    [{"password": "wrong"}, {"user": "stranger"}, {"ca_file": None}, {"mechanism": "SCRAM-SHA-512"}],
    ids=lambda wrong: next(iter(wrong)),
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_nobody_else_gets_in(secured: Secured, wrong: dict[str, str]) -> None:
    """The library leaves a connection that was refused to the garbage collector, which says so: here, not later."""
    transport = KafkaTransport(secured.address, "probe", replace(secured.security, **wrong))  # type: ignore[arg-type]
    with pytest.raises(TransportUnavailable):
        await transport.publish(numbered("probe.events", 1))
    assert not await transport.ready()
    with pytest.raises(TransportUnavailable):
        await Reader(["probe.events"]).start(transport)
    with pytest.raises(TransportUnavailable):
        await transport.group_lag("probe", ["probe.events"], {})
    await transport.close()
    gc.collect()


async def test_who_speaks_openly_is_not_heard(secured: Secured) -> None:
    transport = KafkaTransport(secured.address, "probe", PLAINTEXT)
    assert not await transport.ready()
    await transport.close()
