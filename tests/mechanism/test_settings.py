"""What a process refuses to start with."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.runtime import read_settings
from shared.settings import Environment, Settings


def test_production_is_the_default() -> None:
    assert Settings().env is Environment.PRODUCTION
    assert not Settings().development


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIAN_ENV", "development")
    monkeypatch.setenv("SHOUXIAN_TODAY", "2026-11-15")
    monkeypatch.setenv("SHOUXIAN_PORT", "8100")
    settings = read_settings()
    assert (settings.development, settings.today, settings.port) == (True, dt.date(2026, 11, 15), 8100)
    assert read_settings(port=8200, data=None).port == 8200


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"today": "2026-11-15"}, "SHOUXIAN_TODAY"),
        ({"jwks_url": "http://issuer.example/keys"}, "SHOUXIAN_JWKS_URL"),
        ({"bus": "kafka"}, "SHOUXIAN_KAFKA_BOOTSTRAP"),
        ({"env": "staging"}, "env"),
        ({"port": 70000}, "port"),
        ({"log_level": "loud"}, "log_level"),
        ({"max_body_bytes": 1}, "max_body_bytes"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_not_safe_or_not_known_is_refused_in_one_clear_line(
    given: dict[str, Any], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        read_settings(**given)
    assert refusal.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("refusing to start: ")
    assert word in line


def test_a_refusal_does_not_repeat_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_settings(port="postgresql://user:secret@db/monitoring")
    assert "secret" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "given", [{"jwks_url": "https://issuer.example/keys"}, {"jwks_url": "http://127.0.0.1:9000/keys"}]
)
def test_keys_over_https_or_from_this_machine_are_accepted(given: dict[str, Any]) -> None:
    assert Settings(**given).jwks_url == given["jwks_url"]


def test_development_may_fix_the_business_date() -> None:
    assert Settings(env=Environment.DEVELOPMENT, today=dt.date(2026, 11, 15)).today == dt.date(2026, 11, 15)


def test_every_house_has_a_database_of_its_own() -> None:
    assert Settings(data=Path("kept")).database_url_of("assets") == "sqlite:///kept/assets.sqlite"
    given = Settings(database_url="postgresql+asyncpg://db/{house}")
    assert given.database_url_of("assets") == "postgresql+asyncpg://db/assets"
