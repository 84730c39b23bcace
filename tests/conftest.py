"""The test bench: every house on SQLite and on PostgreSQL, each test with databases of its own."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import httpx
import hypothesis
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local.postgres import PostgresServer
from shared.bus.embedded import EmbeddedTransport
from shared.bus.interface import Transport
from shared.clock import SystemClock
from shared.house import House, HouseDefinition
from shared.http.application import process_app
from shared.http.clients.records import ClientRecords
from shared.policy.loader import PolicyBook
from shared.runtime import calm_garbage_collector
from shared.security.issuer import ALL_SCOPES, Client, Issuer
from shared.security.tokens import TokenVerifier
from shared.settings import Environment, Settings
from shared.words.language import Language
from tests.builders import TODAY
from tests.databases import Databases, PostgresDatabases, PostgresStore, SqliteDatabases, SqliteTemplates
from tests.logged import Logged, reading_logs

hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")
"""No test fails because its machine is busy."""

pytest_plugins = ("tests.durations", "tests.real_parts", "tests.several_cores", "tests.statements")

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
"""What a test logs is read by people who look for a failure: without the values of every frame, which take seconds."""


def pytest_collection_finish() -> None:
    """Look for no garbage among thousands of tests and the modules they load: it was a fifth of the suite's time."""
    calm_garbage_collector()


class OpenHouse(Protocol):
    """Opens a house over a fresh, migrated database; it is stopped when the test ends."""

    def __call__(
        self,
        definition: HouseDefinition,
        *,
        today: dt.date = TODAY,
        policy: PolicyBook | None = None,
        transport: Transport | None = None,
        background: bool = False,
    ) -> Awaitable[House]: ...


class ClientFor(Protocol):
    """An HTTP client of these houses in one process, with a signed token; closed when the test ends."""

    def __call__(
        self,
        *houses: House,
        scopes: Sequence[str] = ALL_SCOPES,
        region: str = "52",
        client_id: str = "tester",
        sources: tuple[str, ...] | None = ("*",),
        buyers: tuple[str, ...] | None = None,
        language: Language = Language.EN,
    ) -> httpx.AsyncClient: ...


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    return SqliteTemplates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def postgres_store(postgres_server: PostgresServer) -> PostgresStore:
    return PostgresStore(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
async def databases(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Databases]:
    found: Databases
    if request.param == "sqlite":
        found = SqliteDatabases(request.getfixturevalue("sqlite_templates"), tmp_path)
    else:
        found = PostgresDatabases(request.getfixturevalue("postgres_store"))
    yield found
    await found.take_back()


@pytest.fixture
def database_url(databases: Databases) -> str:
    return databases.url


@pytest.fixture(scope="session")
def policy_book() -> PolicyBook:
    return PolicyBook.load(development=True)


@pytest.fixture(scope="session")
def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A house that waits longer for a row, a connection and an answer than a busy machine takes for them."""
    return Settings(
        env=Environment.DEVELOPMENT,
        data=tmp_path,
        database_url=database_url,
        database_lock_seconds=8,
        database_connect_seconds=60,
        database_idle_seconds=60,
        database_command_seconds=60,
    )


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[EmbeddedTransport]:
    """The embedded bus the houses of a test share."""
    transport = EmbeddedTransport(tmp_path / "bus.sqlite")
    await transport.start()
    yield transport
    await transport.close()


@pytest.fixture
async def open_house(
    settings: Settings,
    databases: Databases,
    bus: EmbeddedTransport,
    policy_book: PolicyBook,
    signing_key: Ed25519PrivateKey,
) -> AsyncIterator[OpenHouse]:
    houses: list[House] = []
    public_key = signing_key.public_key()
    verifier = TokenVerifier(lambda _: public_key, issuer=settings.issuer, audience=settings.audience)

    async def opened(
        definition: HouseDefinition,
        *,
        today: dt.date = TODAY,
        policy: PolicyBook | None = None,
        transport: Transport | None = None,
        background: bool = False,
    ) -> House:
        await databases.make(definition)
        house = House(
            definition,
            settings,
            transport=transport or bus,
            clock=SystemClock(business_date=today),
            policy=policy or policy_book,
            verifier=verifier,
        )
        houses.append(house)
        if background:
            house.start(background=True)
        return house

    yield opened
    for house in houses:
        await house.stop()


@pytest.fixture
async def client_for(settings: Settings, signing_key: Ed25519PrivateKey) -> AsyncIterator[ClientFor]:
    clients: list[httpx.AsyncClient] = []

    def made(
        *houses: House,
        scopes: Sequence[str] = ALL_SCOPES,
        region: str = "52",
        client_id: str = "tester",
        sources: tuple[str, ...] | None = ("*",),
        buyers: tuple[str, ...] | None = None,
        language: Language = Language.EN,
    ) -> httpx.AsyncClient:
        known = [
            Client(
                client_id=client_id,
                client_secret="secret",
                scopes=tuple(scopes),
                regions=(region,),
                sources=sources or (),
                buyers=buyers or (),
            )
        ]
        issuer = Issuer(signing_key, known, issuer=settings.issuer, audience=settings.audience)
        token = issuer.token(client_id, "secret", None)["access_token"]
        app = process_app(
            houses,
            issuer,
            max_body_bytes=settings.max_body_bytes,
            max_batch_bytes=settings.max_batch_bytes,
            max_file_bytes=settings.max_file_bytes,
            language=language,
            records=ClientRecords(settings.data, houses),
        )
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://test",
            headers={"Authorization": f"Bearer {token}"},
        )
        clients.append(client)
        return client

    yield made
    for client in clients:
        await client.aclose()


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What this process logs."""
    with reading_logs() as found:
        yield found
