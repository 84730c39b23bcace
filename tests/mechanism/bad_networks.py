"""Databases as networks and people make them: behind a forwarder that falls silent, with rows somebody holds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.ports import LOOPBACK, free_port
from shared.house import House
from tests.statements import AT_A_CONSOLE

Rewrite = Callable[[bytes], bytes]


@dataclass
class Forwarder:
    """Forwards a port of this machine to a server; what is open may fall silent, what is new goes through."""

    server_port: int
    first_message: Rewrite = bytes
    port: int = field(default_factory=free_port)
    _open: list[tuple[asyncio.StreamWriter, list[asyncio.Task[None]]]] = field(default_factory=list)
    clients: list[asyncio.StreamWriter] = field(default_factory=list)

    def fall_silent(self) -> int:
        """Close the server's side of every open connection and leave the client's open; returns how many there are."""
        fallen = 0
        for to_server, pumps in self._open:
            for pump in pumps:
                pump.cancel()
            to_server.close()
            fallen += 1
        self._open.clear()
        return fallen

    async def serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Carry one connection until one side ends it."""
        self.clients.append(to_client)
        from_server, to_server = await asyncio.open_connection(LOOPBACK, self.server_port)
        to_server.write(self.first_message(await from_client.read(65536)))
        pumps = [
            asyncio.create_task(_pump(from_client, to_server)),
            asyncio.create_task(_pump(from_server, to_client)),
        ]
        entry = (to_server, pumps)
        self._open.append(entry)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        if entry in self._open:
            self._open.remove(entry)
            for pump in pumps:
                pump.cancel()
            to_server.close()
            to_client.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while part := await source.read(65536):
            sink.write(part)
            await sink.drain()


@contextlib.asynccontextmanager
async def forwarding(server_port: int, first_message: Rewrite = bytes) -> AsyncIterator[Forwarder]:
    """A forwarder at work."""
    forwarder = Forwarder(server_port, first_message)
    server = await asyncio.start_server(forwarder.serve, LOOPBACK, forwarder.port)
    try:
        yield forwarder
    finally:
        server.close()
        forwarder.fall_silent()
        for client in forwarder.clients:
            client.transport.abort()


@contextlib.asynccontextmanager
async def holding(house: House, statement: str) -> AsyncIterator[None]:
    """Somebody at a console has locked rows by this statement and gone for tea."""
    engine = create_async_engine(house.database.url, poolclass=sa.NullPool, execution_options={AT_A_CONSOLE: True})
    async with engine.connect() as connection:
        found = await connection.execute(sa.text(statement))
        assert found.all(), "there is something to hold"
        yield
        await connection.rollback()
