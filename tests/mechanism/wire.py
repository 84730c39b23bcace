"""Servers of ours on loopback, and talking to them in bytes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from shared.http.connections import server_config
from shared.settings import Environment, Settings
from tests.mechanism.probe import BOUND_SECONDS, until


@asynccontextmanager
async def served(app: ASGIApp, **settings: Any) -> AsyncIterator[str]:
    """The app on a port of its own, served as every process of ours serves; gives its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = server_config(app, Settings(env=Environment.DEVELOPMENT, **settings), grace_seconds=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which nothing has been said yet."""
    host, _, port = url.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port))


async def to_the_end(reader: asyncio.StreamReader) -> bytes:
    """What the server says until it closes the connection."""
    async with asyncio.timeout(BOUND_SECONDS):
        return await reader.read()


async def raw(url: str, request: bytes) -> bytes:
    """What the server says to these bytes until it closes the connection."""
    reader, writer = await connect(url)
    writer.write(request)
    answer = await to_the_end(reader)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return answer


async def hang_up(url: str, request: bytes) -> None:
    """Send these bytes, which announce more, and go away."""
    _, writer = await connect(url)
    writer.write(request)
    await writer.drain()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
