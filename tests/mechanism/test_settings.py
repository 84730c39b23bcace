"""Settings: what an operator may say, and what refuses to start instead of being unsafe."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.runtime import refuse_without_issuer
from shared.settings import Environment, Settings, read_settings

SECRET = "correct-horse"
DEVELOPMENT = {"SHOUXIAN_ENV": "development"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that says nothing about the system."""
    for name in [name for name in os.environ if name.startswith("SHOUXIAN_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def refused(capsys: pytest.CaptureFixture[str], **overrides: Any) -> list[str]:
    """The lines a process says when it refuses to start."""
    with pytest.raises(SystemExit) as exit_:
        read_settings(**overrides)
    assert exit_.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert SECRET not in said.err
    lines = said.err.splitlines()
    assert all(line.startswith("refusing to start: ") for line in lines)
    return [line.removeprefix("refusing to start: ") for line in lines]


def test_nothing_said_is_production_on_this_machine_alone() -> None:
    settings = read_settings()
    assert settings.env is Environment.PRODUCTION
    assert not settings.development
    assert (settings.host, settings.port, settings.bus, settings.today) == ("127.0.0.1", 8000, "embedded", None)
    assert settings.data == Path("var")
    assert (settings.max_body_bytes, settings.max_batch_bytes) == (256 * 1024, 4 * 1024 * 1024)
    assert (settings.keep_alive_seconds, settings.shows_docs) == (75, False)


def test_what_is_said_is_read(environment: pytest.MonkeyPatch) -> None:
    said = {
        **DEVELOPMENT,
        "SHOUXIAN_PORT": "8123",
        "SHOUXIAN_TODAY": "2026-11-15",
        "SHOUXIAN_BUS": "kafka",
        "SHOUXIAN_KAFKA_BOOTSTRAP": "one:9092,two:9092",
        "SHOUXIAN_LOG_LEVEL": "warning",
    }
    for name, value in said.items():
        environment.setenv(name, value)
    settings = read_settings(data=Path("elsewhere"), port=None)
    assert settings.development
    assert (settings.port, settings.today, settings.bus) == (8123, dt.date(2026, 11, 15), "kafka")
    assert (settings.kafka_bootstrap, settings.log_level) == ("one:9092,two:9092", "warning")
    assert settings.data == Path("elsewhere")
    assert read_settings(port=9000).port == 9000, "the command line has the last word"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"SHOUXIAN_TODAY": "2026-11-15"}, "SHOUXIAN_TODAY is refused outside development"),
        ({"SHOUXIAN_JWKS_URL": "http://issuer.example/keys"}, "SHOUXIAN_JWKS_URL must be https"),
        ({"SHOUXIAN_JWKS_URL": "http://127.0.0.1.issuer.example/keys"}, "SHOUXIAN_JWKS_URL must be https"),
        ({"SHOUXIAN_JWKS_URL": "http://localhost@issuer.example/keys"}, "SHOUXIAN_JWKS_URL must be https"),
        ({"SHOUXIAN_JWKS_URL": "issuer.example/keys"}, "SHOUXIAN_JWKS_URL must be https"),
        ({"SHOUXIAN_JWKS_URL": "file://localhost/etc/keys"}, "SHOUXIAN_JWKS_URL must be https"),
        ({"SHOUXIAN_BUS": "kafka"}, "SHOUXIAN_BUS=kafka needs SHOUXIAN_KAFKA_BOOTSTRAP"),
        ({"SHOUXIAN_BUS": "kafka", **DEVELOPMENT}, "SHOUXIAN_BUS=kafka needs SHOUXIAN_KAFKA_BOOTSTRAP"),
    ],
)
def test_what_is_not_safe_refuses_to_start(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: dict[str, str], complaint: str
) -> None:
    for name, value in said.items():
        environment.setenv(name, value)
    [line] = refused(capsys)
    assert complaint in line


@pytest.mark.parametrize(
    "url",
    ["https://issuer.example/keys", "http://127.0.0.1:9000/keys", "http://localhost:9000/keys", "http://[::1]/keys"],
)
def test_keys_come_over_https_or_from_this_machine(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("SHOUXIAN_JWKS_URL", url)
    assert read_settings().jwks_url == url


def test_development_allows_a_fixed_day_and_keys_over_http(environment: pytest.MonkeyPatch) -> None:
    for name, value in {
        **DEVELOPMENT,
        "SHOUXIAN_TODAY": "2026-11-15",
        "SHOUXIAN_JWKS_URL": "http://issuer.example/keys",
    }.items():
        environment.setenv(name, value)
    assert read_settings().today == dt.date(2026, 11, 15)


def test_a_production_that_answers_says_whose_tokens_count(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`audit.md` 9: it made three clients with every right by itself, and said nothing."""
    with pytest.raises(SystemExit) as exit_:
        refuse_without_issuer(read_settings())
    assert exit_.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("refusing to start: ")
    assert "SHOUXIAN_JWKS_URL" in line
    assert "SHOUXIAN_ISSUER_MODE=built-in" in line
    for name, value in (
        ("SHOUXIAN_ENV", "development"),
        ("SHOUXIAN_JWKS_URL", "https://issuer.example/keys"),
        ("SHOUXIAN_ISSUER_MODE", "built-in"),
        ("SHOUXIAN_ISSUER_MODE", "built-in-elsewhere"),
    ):
        environment.setenv(name, value)
        refuse_without_issuer(read_settings())
        environment.delenv(name)


def test_tokens_have_one_issuer(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.setenv("SHOUXIAN_JWKS_URL", "https://issuer.example/keys")
    environment.setenv("SHOUXIAN_ISSUER_MODE", "built-in")
    [line] = refused(capsys)
    assert "SHOUXIAN_JWKS_URL and SHOUXIAN_ISSUER_MODE are both set" in line


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("SHOUXIAN_JKWS_URL", "SHOUXIAN_JWKS_URL"),
        ("SHOUXIAN_JWKSURL", "SHOUXIAN_JWKS_URL"),
        ("SHOUXIAN_ENVIRONMENT", "SHOUXIAN_ENV"),
        ("SHOUXIAN_DATABASE_ULR", "SHOUXIAN_DATABASE_URL"),
        ("SHOUXIAN_DATABASE_URL_FIEL", "SHOUXIAN_DATABASE_URL_FILE"),
        ("shouxian_databse_url", "SHOUXIAN_DATABASE_URL"),
        ("SHOUXIAN_", "SHOUXIAN_"),
    ],
)
def test_a_name_that_is_no_setting_is_refused_and_the_nearest_one_named(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, nearest: str
) -> None:
    environment.setenv(name, SECRET)
    [line] = refused(capsys)
    assert line.startswith(f"{name} is no setting; the nearest is {nearest}")


def test_any_setting_comes_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text(f"postgresql+asyncpg://it:{SECRET}@db/{{house}}\n", encoding="utf-8")
    (tmp_path / "port").write_text("8123", encoding="utf-8")
    environment.setenv("SHOUXIAN_DATABASE_URL_FILE", str(secret))
    environment.setenv("SHOUXIAN_PORT_FILE", str(tmp_path / "port"))
    assert read_settings().database_url_of("assets") == f"postgresql+asyncpg://it:{SECRET}@db/assets"
    assert read_settings().port == 8123
    assert read_settings(port=9000).port == 9000, "the command line has the last word"


def test_a_setting_is_said_once_and_its_file_is_there(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment.setenv("SHOUXIAN_DATABASE_URL_FILE", str(tmp_path / "missing"))
    [line] = refused(capsys)
    assert "SHOUXIAN_DATABASE_URL_FILE" in line
    assert "cannot be read: FileNotFoundError" in line
    environment.setenv("SHOUXIAN_DATABASE_URL", SECRET)
    [line] = refused(capsys)
    assert "SHOUXIAN_DATABASE_URL_FILE and SHOUXIAN_DATABASE_URL are both set" in line
    (tmp_path / "port").write_text("eighty", encoding="utf-8")
    environment.delenv("SHOUXIAN_DATABASE_URL")
    environment.delenv("SHOUXIAN_DATABASE_URL_FILE")
    environment.setenv("SHOUXIAN_PORT_FILE", str(tmp_path / "port"))
    [line] = refused(capsys)
    assert line.startswith("port: ")


def test_the_api_pages_are_shown_where_that_is_asked_for(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SHOUXIAN_DOCS", "true")
    assert read_settings().shows_docs
    environment.setenv("SHOUXIAN_ENV", "development")
    environment.setenv("SHOUXIAN_DOCS", "false")
    assert not read_settings().shows_docs
    environment.delenv("SHOUXIAN_DOCS")
    assert read_settings().shows_docs


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("env", "staging"),
        ("env", ""),
        ("port", "80000"),
        ("port", "-1"),
        ("port", SECRET),
        ("today", "tomorrow"),
        ("today", "2026-02-30"),
        ("bus", "rabbit"),
        ("log_level", "loud"),
        ("max_body_bytes", "0"),
        ("database_lock_seconds", "0"),
    ],
)
def test_a_value_that_is_none_is_one_line_that_names_it(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    environment.setenv(f"SHOUXIAN_{name.upper()}", value)
    [line] = refused(capsys)
    assert line.startswith(f"{name}: ")


def test_every_problem_has_its_line_and_no_secret_is_repeated(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("SHOUXIAN_DATABASE_URL", f"postgresql+asyncpg://it:{SECRET}@db.example/{{house}}")
    environment.setenv("SHOUXIAN_BUS", SECRET)
    environment.setenv("SHOUXIAN_LOG_LEVEL", SECRET)
    lines = refused(capsys, port=SECRET)
    assert sorted(line.partition(":")[0] for line in lines) == ["bus", "log_level", "port"]


def test_an_unknown_name_of_the_command_line_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    [line] = refused(capsys, colour="red")
    assert line.startswith("colour: ")


def test_a_settings_object_shows_no_password() -> None:
    settings = Settings(database_url=f"postgresql+asyncpg://it:{SECRET}@db.example/it")
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("", "sqlite:////srv/shouxian/assets.sqlite"),
        ("postgresql+asyncpg://db/{house}", "postgresql+asyncpg://db/assets"),
        ("postgresql+asyncpg://{house}@db/{house}", "postgresql+asyncpg://assets@db/assets"),
        ("postgresql+asyncpg://db/one", "postgresql+asyncpg://db/one"),
    ],
)
def test_each_house_has_its_database(url: str, found: str) -> None:
    settings = Settings(data=Path("/srv/shouxian"), database_url=url)
    assert settings.database_url_of("assets") == found


def test_clients_are_told_the_address_of_the_gateway_where_there_is_one() -> None:
    assert Settings(port=8123).base_url == "http://127.0.0.1:8123"
    assert Settings(host="::1", port=8123).base_url == "http://[::1]:8123"
    assert Settings(port=8123, public_url="https://county.example").base_url == "https://county.example"


KAFKA = {"SHOUXIAN_BUS": "kafka", "SHOUXIAN_KAFKA_BOOTSTRAP": "one.example:9092,127.0.0.1:9092"}
ACCOUNT = {"SHOUXIAN_KAFKA_USER": "monitoring", "SHOUXIAN_KAFKA_PASSWORD": SECRET}


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SASL_PLAINTEXT"])
def test_an_open_bus_is_refused_outside_development(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], protocol: str
) -> None:
    for name, value in (KAFKA | ACCOUNT | {"SHOUXIAN_KAFKA_SECURITY_PROTOCOL": protocol}).items():
        environment.setenv(name, value)
    [line] = refused(capsys)
    assert "SHOUXIAN_KAFKA_SECURITY_PROTOCOL must be SASL_SSL or SSL" in line
    environment.setenv("SHOUXIAN_ENV", "development")
    assert read_settings().kafka_security_protocol == protocol


@pytest.mark.parametrize(
    "bootstrap",
    [
        "127.0.0.1:9092",
        "localhost:9092",
        "[::1]:9092",
        "127.0.0.1:1, 127.0.0.1:2",
        "127.0.0.1:1, localhost:2, [::1]:3",
    ],
)
def test_an_open_bus_on_this_machine_is_taken(environment: pytest.MonkeyPatch, bootstrap: str) -> None:
    for name, value in (KAFKA | {"SHOUXIAN_KAFKA_BOOTSTRAP": bootstrap}).items():
        environment.setenv(name, value)
    assert read_settings().kafka_bootstrap == bootstrap


def test_an_encrypted_bus_is_taken_with_its_account(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    said = {"SHOUXIAN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "SHOUXIAN_KAFKA_CA_FILE": str(tmp_path / "ca.pem")}
    for name, value in (KAFKA | ACCOUNT | said).items():
        environment.setenv(name, value)
    settings = read_settings()
    assert (settings.kafka_user, settings.kafka_sasl_mechanism) == ("monitoring", "SCRAM-SHA-512")
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        ({"SHOUXIAN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "SHOUXIAN_KAFKA_USER"),
        ({"SHOUXIAN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "SHOUXIAN_KAFKA_USER": "monitoring"}, "PASSWORD"),
        ({"SHOUXIAN_KAFKA_SECURITY_PROTOCOL": "SSL", "SHOUXIAN_KAFKA_CA_FILE": "/nowhere"}, "SHOUXIAN_KAFKA_CA_FILE"),
        ({"SHOUXIAN_KAFKA_SECURITY_PROTOCOL": "TLS"}, "kafka_security_protocol"),
        ({"SHOUXIAN_KAFKA_SASL_MECHANISM": "GSSAPI"}, "kafka_sasl_mechanism"),
    ],
)
def test_half_an_account_is_refused(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: dict[str, str], needed: str
) -> None:
    for name, value in (KAFKA | said).items():
        environment.setenv(name, value)
    [line] = refused(capsys)
    assert needed in line
