"""Where webhooks may lead: outside, or into a network that the operator named, and never to the machine itself."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from shared.clock import SystemClock
from shared.findings import WrongValue
from shared.hooks import calling
from shared.hooks.addresses import Reach
from shared.hooks.calling import Receiver, demand_reach
from tests.certificates import self_signed
from tests.receiver import receiving

OUTSIDE = Reach()
INTRANET = Reach([ip_network("10.0.0.0/8"), ip_network("0.0.0.0/0"), ip_network("::/0")])
DEVELOPMENT = Reach(development=True)
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%1",
    "ff02::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:169.254.169.254",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
]
PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::1",
    "2002:0a00:1::1",
    "100::1",
    "64:ff9b:1::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
]
PUBLIC = ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


def allows(reach: Reach, address: str) -> bool:
    return reach.allows(ip_address(address))


@pytest.mark.parametrize("address", NEVER)
def test_no_network_opens_the_machine_its_metadata_or_everybody(address: str) -> None:
    assert not allows(OUTSIDE, address)
    assert not allows(INTRANET, address)


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused_unless_the_operator_names_it(address: str) -> None:
    assert not allows(OUTSIDE, address)
    assert not allows(DEVELOPMENT, address)
    assert allows(INTRANET, address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_called(address: str) -> None:
    assert allows(OUTSIDE, address)
    assert allows(DEVELOPMENT, address)


def test_the_machine_itself_is_called_in_development() -> None:
    assert allows(DEVELOPMENT, "127.0.0.1")
    assert allows(DEVELOPMENT, "::1")
    assert not allows(DEVELOPMENT, "169.254.169.254")


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/x",
        "ftp://partner.example/x",
        "file:///etc/passwd",
        "//partner.example/x",
        "partner.example/x",
        "https://",
        "https:///x",
        "https://user@partner.example/x",
        "https://user:secret@partner.example/x",
        "https://@partner.example/x",
        "https://partner.example/x#y",
        "https://partner.example:99999/x",
        "https://partner.example:x/x",
        "https://[::1/x",
        "https://partner.example\\@127.0.0.1/x",
        "https://partner.example/x y",
        "https://partner.example/x\r\nHost: other",
        "https://合作.example/x",
        "https://a%2eb/x",
        f"https://partner.example/{'x' * 2000}",
        "",
    ],
)
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    with pytest.raises(WrongValue):
        OUTSIDE.destination(url)


def test_a_url_is_taken_apart_once() -> None:
    found = OUTSIDE.destination("https://Partner.example:8443/hooks?x=1")
    assert found == (True, "partner.example", 8443, "/hooks?x=1")
    assert found.authority == "partner.example:8443"
    assert OUTSIDE.destination("https://[2400:3200::1]").authority == "[2400:3200::1]"
    assert DEVELOPMENT.destination("http://127.0.0.1:8080").target == "/"


def resolving(monkeypatch: pytest.MonkeyPatch, answers: Sequence[list[str]]) -> list[str]:
    """Have every host resolve to these addresses, one answer after the other; returns who was asked for."""
    asked: list[str] = []

    def answer(host: str, *_: Any, **__: Any) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize("url", ["https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://localhost/"])
async def test_other_spellings_of_the_machine_are_looked_at_as_what_they_resolve_to(url: str) -> None:
    with pytest.raises(WrongValue):
        await demand_reach(OUTSIDE, url)


async def test_one_address_of_many_that_is_refused_refuses_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, [["8.8.8.8", "127.0.0.1"]])
    with pytest.raises(WrongValue):
        await demand_reach(OUTSIDE, "https://partner.example/")


async def test_a_host_that_resolves_otherwise_later_is_refused_when_it_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, [["8.8.8.8"], ["169.254.169.254"]])
    await demand_reach(OUTSIDE, "https://partner.example/")
    receiver = Receiver("https://partner.example/", OUTSIDE)
    outcome = await receiver.send({}, "{}", SystemClock().now())
    await receiver.aclose()
    assert str(outcome.error) == "the host has an address that webhooks do not call"


async def test_the_connection_goes_to_the_address_that_was_looked_at_and_names_the_host() -> None:
    """The name is looked up once for a connection; a second look-up could answer otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        async with receiving() as receivers:
            port = receivers.url.rpartition(":")[2]
            asked = resolving(patch, [["127.0.0.1"], ["8.8.8.8"]])
            receiver = Receiver(f"http://partner.example:{port}/a", DEVELOPMENT)
            message = '{"subject":"DJ-0001"}'
            for _ in range(2):
                assert (await receiver.send({}, message, SystemClock().now())).delivered
            await receiver.aclose()
            patch.undo()
            assert asked == ["partner.example"]
            assert {one["headers"]["host"] for one in await receivers.got("a")} == {f"partner.example:{port}"}


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receivers:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        receiver = Receiver(receivers.url_of("a"), DEVELOPMENT)
        assert (await receiver.send({}, '{"subject":"DJ-0001"}', SystemClock().now())).delivered
        await receiver.aclose()


async def test_the_certificate_is_that_of_the_host_and_not_of_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate, key = self_signed(x509.DNSName("partner.example"))
    path = tmp_path / "server.pem"
    path.write_bytes(certificate + key)
    offered = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    offered.load_cert_chain(path)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 204 taken\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=offered)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr(calling, "_trusted", lambda: ssl.create_default_context(cafile=path))
    resolving(monkeypatch, [["127.0.0.1"]])
    outcomes = {}
    for host in ("partner.example", "other.example"):
        receiver = Receiver(f"https://{host}:{port}/", DEVELOPMENT)
        outcomes[host] = await receiver.send({}, "{}", SystemClock().now())
        await receiver.aclose()
    server.close()
    assert outcomes["partner.example"].delivered
    assert "was not reached" in str(outcomes["other.example"].error)
