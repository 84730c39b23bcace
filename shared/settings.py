"""Settings of a process, read once from the environment (`SHOUXIAN_…`), passed down. Insecure ones refuse to start."""

import datetime as dt
import difflib
import os
import sys
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.connections import Limits
from shared.words.language import Language

PREFIX = "SHOUXIAN_"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _days_by_name(value: object) -> object:
    """Read `name=days,name=days`."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    days = {name.strip().casefold(): days.strip() for name, _, days in pairs}
    if len(days) < len(pairs) or not all(number.isdecimal() and int(number) for number in days.values()):
        raise ValueError("it is written name=days, each name once, for example medical-insurance=8,payroll=35")
    return days


def _networks(value: object) -> object:
    """Read networks with commas between them."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Network = IPv4Network | IPv6Network


class Environment(StrEnum):
    """Where the process runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything an operator may set. Production is the default: development has to be asked for."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    env: Environment = Environment.PRODUCTION
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str = Field("", description="Where clients reach the process, when a gateway stands before it")
    data: Path = Field(Path("var"), description="Folder of databases, bus log, signing key and clients")
    database_url: str = Field(
        "", repr=False, description="SQLAlchemy URL; `{house}` is replaced; default: SQLite files under data"
    )
    database_connections: int = Field(20, ge=4, description="PostgreSQL: what the pools of a house hold in a process")
    database_connect_seconds: float = Field(5.0, gt=0, description="PostgreSQL: a connection stands within this")
    database_lock_seconds: float = Field(2.0, gt=0, description="PostgreSQL: a row that another holds is waited for")
    database_idle_seconds: float = Field(12.0, gt=0, description="PostgreSQL: an idle transaction is ended after this")
    database_command_seconds: float = Field(10.0, gt=0, description="PostgreSQL: a statement is answered within this")
    database_silence_seconds: float = Field(10.0, ge=1, description="PostgreSQL: a silent peer is given up after this")
    relay_lease_seconds: float = Field(6.0, ge=2, description="PostgreSQL: a relay that does nothing loses its right")
    keyring_file: Path | None = Field(
        None, description="Keys that seal personal values; default: `keyring.json` in the data folder"
    )
    bus: Literal["embedded", "kafka"] = "embedded"
    bus_retention_days: int = Field(
        30, ge=1, description="Days the bus keeps a record; with kafka as long as its brokers do, or longer"
    )
    changes_days: int = Field(30, ge=1, description="Days the change feed keeps a change")
    changes_waiting: int = Field(500, ge=1, description="Requests that may wait for changes of a house in a process")
    webhook_networks: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = Field(
        (), description="Networks without public addresses that webhooks may call: 10.0.0.0/8,172.16.0.0/12"
    )
    webhook_days: int = Field(7, ge=1, description="Days it can be looked up what a webhook delivered")
    usage_days: int = Field(400, ge=1, description="Days it is known what each client used")
    kafka_bootstrap: str = Field("", description="host:port list, needed when bus is kafka")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_ca_file: Path | None = Field(None, description="Authority of the brokers; default: those the machine trusts")
    kafka_user: str = Field("", description="Account at the brokers, needed with SASL")
    kafka_password: str = Field("", repr=False, description="Its password")
    today: dt.date | None = Field(None, description="Business date; only in development")
    issuer: str = "https://shouxian.local"
    audience: str = "shouxian"
    jwks_url: str = Field("", description="Keys of an outside OIDC issuer")
    token_url: str = Field("", description="Where clients get tokens of an outside issuer, for the API documents")
    issuer_mode: Literal["", "built-in", "built-in-elsewhere"] = Field(
        "",
        description="Without an outside issuer: this process gives tokens out, or only checks those of another one",
    )
    language: Language = Field(Language.EN, description="Of answers to callers without an `Accept-Language` we have")
    ocid_prefix: str = Field(
        "ocds-213czf", pattern=r"^ocds-[a-z0-9]{6}$", description="OCDS: the registered prefix of contracting processes"
    )
    docs: bool | None = Field(None, description="Whether the API pages are shown; default: in development")
    trusted_proxies: str = Field("127.0.0.1", description="Addresses whose X-Forwarded-For is believed")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    source_silence_days: Annotated[dict[str, int], NoDecode, BeforeValidator(_days_by_name)] = Field(
        {}, description="How many days a source of facts may be silent: medical-insurance=8,payroll=35"
    )
    max_body_bytes: int = Field(256 * 1024, ge=1024, description="Largest body of an ordinary request")
    max_batch_bytes: int = Field(4 * 1024 * 1024, ge=1024, description="Largest body of a route that takes batches")
    max_file_bytes: int = Field(200 * 1024 * 1024, ge=1024, description="Largest body of a route that takes files")
    max_header_bytes: int = Field(32 * 1024, ge=1024, description="Path and headers of a request together")
    max_headers: int = Field(100, ge=10, description="Header lines of a request")
    header_seconds: float = Field(10, gt=0, description="Time for path and headers to arrive")
    body_seconds: float = Field(60, gt=0, description="Time for a whole request to arrive")
    keep_alive_seconds: int = Field(75, ge=1, description="How long a connection without a request stays open")
    max_connections: int = Field(1000, ge=1, description="Open connections; at most what the process may open as files")

    @model_validator(mode="before")
    @classmethod
    def _read_the_environment_strictly(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Take `SHOUXIAN_…_FILE` in place of a value, and refuse names that mean nothing here."""
        known = {f"{PREFIX}{name.upper()}": name for name in cls.model_fields}
        files = {f"{name}_FILE": field for name, field in known.items() if f"{name}_FILE" not in known}
        read = {}
        for name, path in os.environ.items():
            if name in files:
                if name.removesuffix("_FILE") in os.environ:
                    raise ValueError(f"{name} and {name.removesuffix('_FILE')} are both set: say it once")
                try:
                    read[files[name]] = Path(path).read_text(encoding="utf-8").strip()
                except (OSError, ValueError) as error:
                    raise ValueError(f"{name}: {path} cannot be read: {type(error).__name__}") from None
            elif name.upper().startswith(PREFIX) and name.upper() not in known:
                near = difflib.get_close_matches(name.upper(), [*known, *files], n=1, cutoff=0)
                raise ValueError(f"{name} is no setting; the nearest is {near[0]}")
        return read | given

    @model_validator(mode="after")
    def _refuse_what_is_not_safe(self) -> Self:
        if self.bus == "kafka" and not self.kafka_bootstrap:
            raise ValueError("SHOUXIAN_BUS=kafka needs SHOUXIAN_KAFKA_BOOTSTRAP")
        if self.bus == "kafka":
            self._refuse_open_kafka()
        if self.jwks_url and self.issuer_mode:
            raise ValueError("SHOUXIAN_JWKS_URL and SHOUXIAN_ISSUER_MODE are both set: tokens have one issuer")
        if self.development:
            return self
        if self.today is not None:
            raise ValueError("SHOUXIAN_TODAY is refused outside development: the business date must be the real one")
        keys = urlsplit(self.jwks_url)
        from_here = keys.scheme == "http" and keys.hostname in _LOOPBACK
        if self.jwks_url and keys.scheme != "https" and not from_here:
            raise ValueError("SHOUXIAN_JWKS_URL must be https outside development")
        return self

    def _refuse_open_kafka(self) -> None:
        if self.kafka_security_protocol.startswith("SASL") and not (self.kafka_user and self.kafka_password):
            raise ValueError("SHOUXIAN_KAFKA_SECURITY_PROTOCOL with SASL needs SHOUXIAN_KAFKA_USER and …_PASSWORD")
        if self.kafka_ca_file is not None and not self.kafka_ca_file.is_file():
            raise ValueError("SHOUXIAN_KAFKA_CA_FILE is not a file that can be read")
        hosts = {address.strip().rpartition(":")[0].strip("[]") for address in self.kafka_bootstrap.split(",")}
        encrypted = self.kafka_security_protocol.endswith("SSL")
        if not (self.development or encrypted or hosts <= _LOOPBACK):
            raise ValueError(
                "SHOUXIAN_KAFKA_SECURITY_PROTOCOL must be SASL_SSL or SSL outside development"
                " where the brokers are not on this machine"
            )

    @property
    def development(self) -> bool:
        """Demo data, a fixed business date and the assumed income line are allowed."""
        return self.env is Environment.DEVELOPMENT

    @property
    def shows_docs(self) -> bool:
        """Whether the API pages are shown."""
        return self.development if self.docs is None else self.docs

    @property
    def without_issuer(self) -> bool:
        """Whether nobody said whose tokens count: outside development that is no accident to go on with."""
        return not (self.development or self.jwks_url or self.issuer_mode)

    @property
    def public_token_url(self) -> str:
        """Where clients get their tokens, as the API documents tell."""
        return self.token_url or (self.issuer if self.jwks_url else "/oauth2/token")

    @property
    def base_url(self) -> str:
        """Where clients reach the process."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def limits(self) -> Limits:
        """The time limits and the budget of the connections to PostgreSQL."""
        return Limits(
            connect_seconds=self.database_connect_seconds,
            lock_seconds=self.database_lock_seconds,
            idle_seconds=self.database_idle_seconds,
            command_seconds=self.database_command_seconds,
            silence_seconds=self.database_silence_seconds,
            lease_seconds=self.relay_lease_seconds,
            connections=self.database_connections,
        )

    @property
    def keyring_path(self) -> Path:
        """The file of the keys that seal personal values."""
        return self.keyring_file or self.data / "keyring.json"

    def database_url_of(self, house: str) -> str:
        """The database of one house."""
        if self.database_url:
            return self.database_url.replace("{house}", house)
        return f"sqlite:///{self.data / house}.sqlite"


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment and the command line, or a clear refusal to start."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            place = ".".join(str(part) for part in problem["loc"])
            said = problem["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"refusing to start: {place + ': ' if place else ''}{said}\n")
        raise SystemExit(2) from None
