"""Settings of a process, read once from the environment (`SHOUXIAN_…`), passed down. Insecure ones refuse to start."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Environment(StrEnum):
    """Where the process runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything an operator may set. Production is the default: development has to be asked for."""

    model_config = SettingsConfigDict(env_prefix="SHOUXIAN_", frozen=True, extra="forbid")

    env: Environment = Environment.PRODUCTION
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str = Field("", description="Where clients reach the process, when a gateway stands before it")
    data: Path = Field(Path("var"), description="Folder of databases, bus log, signing key and clients")
    database_url: str = Field(
        "", repr=False, description="SQLAlchemy URL; `{house}` is replaced; default: SQLite files under data"
    )
    bus: Literal["embedded", "kafka"] = "embedded"
    bus_retention_days: int = Field(
        30, ge=1, description="Days the bus keeps a record; with kafka as long as its brokers do, or longer"
    )
    kafka_bootstrap: str = Field("", description="host:port list, needed when bus is kafka")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_ca_file: Path | None = Field(None, description="Authority of the brokers; default: those the machine trusts")
    kafka_user: str = Field("", description="Account at the brokers, needed with SASL")
    kafka_password: str = Field("", repr=False, description="Its password")
    today: dt.date | None = Field(None, description="Business date; only in development")
    issuer: str = "https://shouxian.local"
    audience: str = "shouxian"
    jwks_url: str = Field("", description="Keys of an outside OIDC issuer; empty: the built-in issuer")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    max_body_bytes: int = Field(4 * 1024 * 1024, ge=1024)

    @model_validator(mode="after")
    def _refuse_what_is_not_safe(self) -> Self:
        if self.bus == "kafka" and not self.kafka_bootstrap:
            raise ValueError("SHOUXIAN_BUS=kafka needs SHOUXIAN_KAFKA_BOOTSTRAP")
        if self.bus == "kafka":
            self._refuse_open_kafka()
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
    def base_url(self) -> str:
        """Where clients reach the process."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    def database_url_of(self, house: str) -> str:
        """The database of one house."""
        if self.database_url:
            return self.database_url.replace("{house}", house)
        return f"sqlite:///{self.data / house}.sqlite"
