"""`deploy/compose.yaml` agrees with the houses, with the settings they read and with what Prometheus scrapes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.houses import HOUSES
from shared import VERSION
from shared.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROCESSES = {f"{house.name}-{role}": role for house in HOUSES for role in ("api", "worker")}
COMMANDS = {"api": ["serve"], "worker": ["worker"]}
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = (DEPLOY / "env.example").read_text(encoding="utf-8")
SETTINGS = {f"SHOUXIAN_{field.upper()}": field for field in Settings.model_fields}
CHOICES = dict(
    re.findall(r"^# (SHOUXIAN_\w+)=(\S*)", EXAMPLE.partition("# Choices,")[2].partition("# Set by")[0], re.MULTILINE)
)
"""The settings that an operator chooses, with what the example says they are when they are left out."""
PORT = 8000
MADE_BY_THE_OPERATOR = {
    "./kafka-tls/ca.pem": "tls.md",
    "./kafka-tls/broker.pem": "tls.md",
    "./keyring.json": "operations.md",
}
"""Files that are mounted, and the page that says how they are made."""

each_service = pytest.mark.parametrize("name", SERVICES)


def scraped() -> dict[str, list[str]]:
    """The targets of Prometheus by job."""
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    return {
        job["job_name"]: [target for group in job["static_configs"] for target in group["targets"]]
        for job in config["scrape_configs"]
    }


def texts(node: Any) -> Iterator[str]:
    match node:
        case dict():
            for value in node.values():
                yield from texts(value)
        case list():
            for value in node:
                yield from texts(value)
        case str():
            yield node


@pytest.mark.parametrize("name", PROCESSES)
def test_every_house_has_an_api_and_a_worker_behind_its_migration(name: str) -> None:
    house, role, service = name.partition("-")[0], PROCESSES[name], SERVICES[name]
    assert service["command"] == COMMANDS[role]
    assert service["image"] == f"shouxian/{house}:{VERSION}"
    assert service["build"]["args"] == {"HOUSE": house}
    assert service["depends_on"][f"{house}-migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES[f"{house}-migrate"]["image"] == service["image"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@each_service
def test_every_image_is_pinned_by_its_version(name: str) -> None:
    assert re.search(r":v?\d+\.\d+[\w.-]*$", SERVICES[name]["image"])


@each_service
def test_what_goes_on_running_says_whether_it_is_well(name: str) -> None:
    service = SERVICES[name]
    if service.get("restart") == "unless-stopped":
        assert "HEALTHCHECK" in DOCKERFILE if service["image"].startswith("shouxian/") else service["healthcheck"]


def test_a_container_is_well_when_its_house_can_work() -> None:
    """A process that answers while its readers stand still is not well."""
    assert re.search(r"HEALTHCHECK[^#]*?/readyz", DOCKERFILE)


@each_service
def test_every_dependency_is_a_service_and_every_mounted_file_is_there(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", {})) <= SERVICES.keys()
    for volume in service.get("volumes", []):
        source = volume.partition(":")[0]
        if source in MADE_BY_THE_OPERATOR:
            page = DEPLOY.parent / "docs" / MADE_BY_THE_OPERATOR[source]
            assert Path(source).name in page.read_text(encoding="utf-8")
        else:
            assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


@each_service
def test_only_the_loopback_of_the_host_is_opened(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_the_houses_are_given_settings_that_exist() -> None:
    """And with every one of them: what an operator writes into deploy/.env was passed over in silence."""
    of_the_image = set(re.findall(r"(SHOUXIAN_\w+)=", DOCKERFILE))
    for process in PROCESSES:
        assert SERVICES[process]["environment"].keys() | of_the_image == SETTINGS.keys()


def test_every_setting_has_its_line_in_the_example() -> None:
    assert sorted(re.findall(r"^# (SHOUXIAN_\w+)=", EXAMPLE, re.MULTILINE)) == sorted(SETTINGS)


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_of_the_example_is_what_it_is_when_it_is_left_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert name in SERVICES["monitoring-worker"]["environment"]
    assert SERVICES["monitoring-worker"]["environment"][name] is None, "it is taken over where it is set"
    if CHOICES[name]:
        monkeypatch.setenv(name, CHOICES[name])
    assert getattr(Settings(), SETTINGS[name]) == Settings.model_fields[SETTINGS[name]].default


def test_prometheus_scrapes_every_process_at_the_port_it_listens_at() -> None:
    assert f"SHOUXIAN_PORT={PORT}" in DOCKERFILE
    jobs = scraped()
    for role in ("api", "worker"):
        assert jobs[f"shouxian-{role}"] == [f"{name}:{PORT}" for name, of in PROCESSES.items() if of == role]


def test_status_and_the_gateway_know_every_process() -> None:
    assert SERVICES["status"]["command"] == [f"--url=http://{name}:{PORT}" for name in PROCESSES]
    gateway = (DEPLOY / "gateway.conf").read_text(encoding="utf-8")
    assert f"({'|'.join(house.name for house in HOUSES)})" in gateway
    assert set(SERVICES["gateway"]["depends_on"]) == {name for name, role in PROCESSES.items() if role == "api"}


def test_every_house_has_a_database_and_a_topic() -> None:
    databases = re.findall(r"CREATE DATABASE shouxian_(\w+) OWNER shouxian_\1;", made())
    assert databases == [house.name for house in HOUSES]
    assert f"for house in {' '.join(databases)}; do" in SERVICES["topics"]["command"][0]


def made() -> str:
    """The statements the database container runs at its first start."""
    return str(COMPOSE["configs"]["databases"]["content"])


def test_a_house_reaches_its_own_database_alone() -> None:
    """`audit.md` 17: one superuser for all, so that a hole in one house read all five."""
    for house in HOUSES:
        name, password = house.name, f"STACK_{house.name.upper()}_PASSWORD:?see env.example"
        assert f"CREATE ROLE shouxian_{name} LOGIN PASSWORD '${{{password}}}'" in made()
        assert f"REVOKE ALL ON DATABASE shouxian_{name} FROM PUBLIC" in made()
        for process in ("api", "worker", "migrate"):
            url = SERVICES[f"{name}-{process}"]["environment"]["SHOUXIAN_DATABASE_URL"]
            assert url == f"postgresql+asyncpg://shouxian_{name}:${{{password}}}@postgres:5432/shouxian_{name}"
    assert "SUPERUSER" not in made()


def test_a_house_writes_its_own_topic_alone_and_comes_by_tls() -> None:
    """`audit.md` 8: whoever reached the broker was believed."""
    broker = SERVICES["kafka"]["environment"]
    assert broker["KAFKA_ADVERTISED_LISTENERS"] == "HOUSES://kafka:9092"
    assert broker["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].startswith("HOUSES:SASL_SSL,")
    assert broker["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false"
    [script] = SERVICES["topics"]["command"]
    assert '--operation Write --operation Describe --topic "$$house.events"' in script
    assert script.count("--operation Write") == 1
    for house in HOUSES:
        environment = SERVICES[f"{house.name}-worker"]["environment"]
        assert environment["SHOUXIAN_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"
        assert environment["SHOUXIAN_KAFKA_USER"] == house.name
        assert (
            f'user_{house.name}="${{STACK_{house.name.upper()}_PASSWORD}}"'
            in (broker["KAFKA_LISTENER_NAME_HOUSES_PLAIN_SASL_JAAS_CONFIG"])
        )


def test_one_container_alone_can_sign_tokens() -> None:
    """`audit.md` 17: the key was mounted into all ten."""
    holders = [name for name, service in SERVICES.items() if any("issuer:/data" in it for it in volumes(service))]
    assert holders == ["monitoring-api"]
    for name in PROCESSES:
        mode = SERVICES[name]["environment"]["SHOUXIAN_ISSUER_MODE"]
        own = "${SHOUXIAN_ISSUER_MODE:-}" if name in holders else "${SHOUXIAN_ISSUER_MODE:+built-in-elsewhere}"
        assert mode == own
        public = [it for it in volumes(SERVICES[name]) if it.startswith("issuer-public:")]
        assert public == ["issuer-public:/data/issuer-public" + ("" if name in holders else ":ro")]


def volumes(service: dict[str, Any]) -> list[str]:
    return list(service.get("volumes", []))


def test_production_is_what_one_gets() -> None:
    assert COMPOSE["x-environment"]["SHOUXIAN_ENV"] == "${SHOUXIAN_ENV:-production}"
    assert not re.search(r"^SHOUXIAN_(ENV|TODAY)=", EXAMPLE, re.MULTILINE)


def test_what_stores_and_carries_is_not_reached_from_outside() -> None:
    internal = {name for name, network in COMPOSE["networks"].items() if network and network.get("internal")}
    assert internal == {"store", "bus"}
    assert SERVICES["postgres"]["networks"] == ["store"]
    assert SERVICES["kafka"]["networks"] == ["bus"]
    assert SERVICES["gateway"]["networks"] == ["front"]
    on_front = {name for name, service in SERVICES.items() if "front" in service["networks"]}
    assert on_front == {"gateway", *(name for name, role in PROCESSES.items() if role == "api")}


@each_service
def test_everything_is_bounded_in_memory_processes_and_logs(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", [name for name, role in PROCESSES.items() if role == "worker"])
def test_a_worker_is_well_when_it_is_ready(name: str) -> None:
    assert "/readyz" in SERVICES[name]["healthcheck"]["test"][-1]


def test_secrets_come_from_the_environment_file_only() -> None:
    asked = {name for text in texts(COMPOSE) for name in re.findall(r"\$\{(\w+)", text)}
    assert {name for name in asked if f"{name}=" not in EXAMPLE} == set()
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert re.fullmatch(r"\$\{\w+:\?see env\.example\}", value)
    assert not re.search(r"PASSWORD=\S", EXAMPLE)


def test_the_houses_do_not_run_as_root() -> None:
    assert DOCKERFILE.count("\nFROM ") == 2, "one stage to install, one to run"
    assert re.search(r"^USER shouxian$", DOCKERFILE.rpartition("\nFROM ")[2], re.MULTILINE)


def test_the_dashboard_reads_the_provisioned_source() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    [source] = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]
    board = json.loads((DEPLOY / "grafana" / "dashboards" / "shouxian.json").read_text(encoding="utf-8"))
    used = {panel["datasource"]["uid"] for panel in board["panels"] if "datasource" in panel}
    assert used == {source["uid"]}
    assert source["url"] == "http://prometheus:9090"
    [provider] = yaml.safe_load((provisioning / "dashboards" / "shouxian.yaml").read_text())["providers"]
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in SERVICES["grafana"]["volumes"]
