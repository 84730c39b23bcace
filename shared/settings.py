"""Settings of a process, read once from the environment (`SHOUXIAN_…`), passed down. Insecure ones refuse to start."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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
    kafka_bootstrap: str = Field("", description="host:port list, needed when bus is kafka")
    today: dt.date | None = Field(None, description="Business date; only in development")
    issuer: str = "https://shouxian.local"
    audience: str = "shouxian"
    jwks_url: str = Field("", description="Keys of an outside OIDC issuer; empty: the built-in issuer")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    source_silence_days: Annotated[dict[str, int], NoDecode, BeforeValidator(_days_by_name)] = Field(
        {}, description="How many days a source of facts may be silent: medical-insurance=8,payroll=35"
    )
    max_body_bytes: int = Field(4 * 1024 * 1024, ge=1024)

    @model_validator(mode="after")
    def _refuse_what_is_not_safe(self) -> Self:
        if self.bus == "kafka" and not self.kafka_bootstrap:
            raise ValueError("SHOUXIAN_BUS=kafka needs SHOUXIAN_KAFKA_BOOTSTRAP")
        if self.development:
            return self
        if self.today is not None:
            raise ValueError("SHOUXIAN_TODAY is refused outside development: the business date must be the real one")
        keys = urlsplit(self.jwks_url)
        from_here = keys.scheme == "http" and keys.hostname in _LOOPBACK
        if self.jwks_url and keys.scheme != "https" and not from_here:
            raise ValueError("SHOUXIAN_JWKS_URL must be https outside development")
        return self

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
