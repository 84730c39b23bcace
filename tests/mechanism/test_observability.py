"""What operators watch by: alert rules, dashboard and status, each against the running system and a real Prometheus."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM
from typing import Any

import httpx
import pytest
import yaml

from deploy.local import log_tail, stop_process
from deploy.local.ports import LOOPBACK, free_port, free_ports
from services import status
from shared import VERSION
from shared.contracts.catalogue import HOUSES
from tests.real_parts import Prometheus

ROOT = Path(__file__).parents[2]
WATCHING = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "shouxian.json"
PATIENCE_SECONDS = 60.0

_METRIC = re.compile(r"\b(?:shouxian_\w+|process_\w+|up)\b")
_MATCHERS, _MATCHED = re.compile(r"\{([^}]*)\}"), re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_CHINESE, _TOLD = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"\{\{.*?\}\}")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")


def document(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


ALERTS: Mapping[str, Any] = {
    rule["alert"]: rule for group in document(WATCHING / "alerts.yaml")["groups"] for rule in group["rules"]
}
CASES = [case for test in document(WATCHING / "alerts.test.yaml")["tests"] for case in test["alert_rule_test"]]
BOARD = json.loads(DASHBOARD.read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]


def plain(expression: str) -> str:
    """A query of the dashboard as Grafana sends it."""
    return expression.replace("$__rate_interval", "1m").replace("$house", ".*")


QUERIES = {
    **{f"alert {name}": rule["expr"] for name, rule in ALERTS.items()},
    **{
        f"panel {panel['title']} {target['refId']}": plain(target["expr"])
        for panel in PANELS
        for target in panel["targets"]
    },
}
EVERY_QUERY = pytest.mark.parametrize("expression", QUERIES.values(), ids=QUERIES.keys())


UNSAID = {
    "shouxian_undecided_households": "where a policy value is missing: `tests/houses/monitoring/screenings`",
    "shouxian_incident_late_seconds": "while somebody waits: `tests/houses/monitoring/incidents`",
    "shouxian_feed_overdue_days": "where a feed was agreed on: `tests/houses/monitoring/sources`",
}
"""What has a series only in some places, and the tests that show it there."""


def described(name: str) -> set[str]:
    """The labels of a metric as the generated page has them."""
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    return set(re.findall(r"`(\w+)`", row.split("|")[3]))


def metrics_in(expression: str) -> set[str]:
    return set(_METRIC.findall(_MATCHERS.sub("", _GROUPED.sub("", expression))))


def labels_in(expression: str) -> set[str]:
    matched = [label for matchers in _MATCHERS.findall(expression) for label in _MATCHED.findall(matchers)]
    return {*matched, *(label.strip() for group in _GROUPED.findall(expression) for label in group.split(","))}


@dataclass(frozen=True, slots=True)
class Watched:
    """All five houses in one process after a little traffic, and a Prometheus that scrapes them."""

    url: str
    prometheus: str

    def api(self, path: str, **query: str) -> Any:
        answer = httpx.get(f"{self.prometheus}/api/v1/{path}", params=query, trust_env=False).json()
        assert answer["status"] == "success", answer
        assert not answer.get("warnings"), answer
        return answer["data"]

    def labels(self) -> dict[str, set[str]]:
        """The labels of each metric that was scraped."""
        found = {name: described(name) for name in UNSAID}
        for series in self.api("series", **{"match[]": '{job=~"shouxian-.*"}'}):
            found.setdefault(series["__name__"], set()).update(series)
        return found


@contextmanager
def program(words: Sequence[str | Path], log: Path, ready: str, **environment: str) -> Iterator[None]:
    """A process of the system from when it answers at this address until the end of the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=ROOT, env={**os.environ, **environment}
        )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(ready):
            assert process.poll() is None, log_tail(log)
            assert time.monotonic() < deadline, log_tail(log)
            time.sleep(0.05)
        yield
    finally:
        stop_process(process, SIGTERM, 15.0)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


def scrape(folder: Path, port: int) -> Path:
    """The configuration that is deployed, with the one process here in the place of every target."""
    config = document(WATCHING / "prometheus.yml")
    config["global"] = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
    config["rule_files"] = [str(WATCHING / name) for name in config["rule_files"]]
    del config["alerting"]
    for job in config["scrape_configs"]:
        job["static_configs"] = [{"targets": [f"{LOOPBACK}:{port}"]}]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def watched(prometheus: Prometheus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    ours, theirs = free_ports(2)
    found = Watched(f"http://{LOOPBACK}:{ours}", f"http://{LOOPBACK}:{theirs}")
    services: list[str | Path] = [
        sys.executable,
        "-m",
        "services",
        "--port",
        str(ours),
        "--data",
        folder / "data",
        "--demo",
    ]
    server: list[str | Path] = [
        prometheus.server,
        f"--config.file={scrape(folder, ours)}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={LOOPBACK}:{theirs}",
    ]
    with ExitStack() as running:
        start = running.enter_context
        said = {"SHOUXIAN_ENV": "development", "SHOUXIAN_SOURCE_SILENCE_DAYS": "medical-insurance=30"}
        start(program(services, folder / "services.log", f"{found.url}/readyz", **said))
        start(program(server, folder / "prometheus.log", f"{found.prometheus}/-/ready"))
        demo: list[str | Path] = [sys.executable, "-m", "services.demo", "--data", folder / "data"]
        subprocess.run(demo, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE_SECONDS)
        wanted = set().union(*map(metrics_in, QUERIES.values()))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while wanted - found.labels().keys() and time.monotonic() < deadline:
            time.sleep(0.2)
        yield found


@pytest.mark.parametrize(
    "words",
    [("check", "config", "prometheus.yml"), ("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")],
    ids=" ".join,
)
def test_promtool_agrees(prometheus: Prometheus, words: Sequence[str]) -> None:
    done = subprocess.run([prometheus.promtool, *words], cwd=WATCHING, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_urgent_it_is_what_happened_and_what_to_do(name: str) -> None:
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in {"warning", "critical"}
    texts = {"summary", "description", "summary_zh", "description_zh"}
    assert {*texts, "runbook_url"} == rule["annotations"].keys()
    page, _, anchor = rule["annotations"]["runbook_url"].removeprefix("{{ $externalLabels.runbooks }}").partition("#")
    assert anchor == name.lower()
    assert f"### {name}\n" in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_the_same_in_english_and_chinese(name: str) -> None:
    said = ALERTS[name]["annotations"]
    for text in ("summary", "description"):
        english, chinese = said[text], said[f"{text}_zh"]
        assert not _CHINESE.search(english)
        assert _CHINESE.search(chinese)
        assert set(_TOLD.findall(english)) == set(_TOLD.findall(chinese))
    assert re.search(r"\n现象：.+先做什么：.+\n", runbook(name)), "the runbook says what to do first in Chinese too"


def runbook(name: str) -> str:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return page.partition(f"### {name}\n")[2].partition("\n##")[0]


def test_the_address_before_the_runbooks_is_a_setting() -> None:
    config = document(WATCHING / "prometheus.yml")
    assert config["global"]["external_labels"] == {"runbooks": "${RUNBOOKS}"}
    compose = document(ROOT / "deploy" / "compose.yaml")["services"]["prometheus"]
    assert compose["environment"] == {"RUNBOOKS": "${STACK_RUNBOOKS:-}"}
    [started] = [test for test in document(WATCHING / "alerts.test.yaml")["tests"] if "external_labels" in test]
    [fired] = [case["exp_alerts"][0] for case in started["alert_rule_test"] if case["exp_alerts"]]
    assert fired["exp_annotations"]["runbook_url"].startswith(started["external_labels"]["runbooks"])


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_quiet(name: str) -> None:
    expected = [bool(case["exp_alerts"]) for case in CASES if case["alertname"] == name]
    assert {True, False} == set(expected)


def test_the_operations_page_explains_no_alert_that_is_gone() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    explained = re.findall(r"^### (\w+)$", page.partition("\n## Alerts\n")[2].partition("\n## ")[0], re.MULTILINE)
    assert sorted(explained) == sorted(ALERTS)


@EVERY_QUERY
def test_a_query_runs_and_every_metric_and_label_in_it_is_scraped(watched: Watched, expression: str) -> None:
    watched.api("query", query=expression)
    scraped, used = watched.labels(), metrics_in(expression)
    assert used
    assert used - scraped.keys() == set()
    assert labels_in(expression) - set().union(*(scraped[name] for name in used)) == set()


@pytest.mark.parametrize("title", [panel["title"] for panel in BOARD["panels"]])
def test_a_title_of_the_dashboard_is_english_and_chinese(title: str) -> None:
    assert re.fullmatch(r"[\x20-\x7e]+ [\u4e00-\u9fff0-9a-z（），]+.*", title)


def test_the_choice_of_houses_on_the_dashboard_is_scraped(watched: Watched) -> None:
    [choice] = BOARD["templating"]["list"]
    found = re.fullmatch(r"label_values\((\w+), (\w+)\)", choice["query"]["query"])
    assert found is not None
    name, label = found.groups()
    assert set(watched.api(f"label/{label}/values", **{"match[]": name})) == set(HOUSES)


@pytest.mark.parametrize("panel", PANELS, ids=[panel["title"] for panel in PANELS])
def test_a_legend_names_only_what_its_query_leaves(panel: Mapping[str, Any]) -> None:
    for target in panel["targets"]:
        shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        left = {label.strip() for group in _GROUPED.findall(target["expr"]) for label in group.split(",")}
        assert shown <= (left or {"instance", "job"})


def test_the_rules_run_and_nothing_critical_is_wrong_with_a_system_that_works(watched: Watched) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    rules: dict[str, Any] = {}
    while not rules or any(rule["health"] == "unknown" for rule in rules.values()):
        assert time.monotonic() < deadline, rules
        rules = {rule["name"]: rule for group in watched.api("rules")["groups"] for rule in group["rules"]}
    assert rules.keys() == ALERTS.keys()
    assert {name: rule.get("lastError") for name, rule in rules.items() if rule["health"] != "ok"} == {}
    critical = {name: rule for name, rule in rules.items() if rule["labels"]["severity"] == "critical"}
    assert {name: rule["alerts"] for name, rule in critical.items() if rule["state"] != "inactive"} == {}


def test_the_panels_show_something_after_a_little_traffic(watched: Watched) -> None:
    def empty() -> set[str]:
        return {
            panel["title"]
            for panel in PANELS
            for target in panel["targets"]
            if not watched.api("query", query=plain(target["expr"]))["result"]
        }

    deadline = time.monotonic() + PATIENCE_SECONDS
    while found := empty():
        assert time.monotonic() < deadline, found


def test_status_shows_every_house_as_a_table_and_as_json(watched: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    assert status.main(["--url", watched.url]) == 0
    titles, *lines = capsys.readouterr().out.splitlines()
    assert titles.split()[:3] == ["house", "version", "ready"]
    rows, notices = lines[: len(HOUSES)], lines[len(HOUSES) :]
    assert [line.split()[:3] for line in rows] == [[house, VERSION, "yes"] for house in HOUSES]
    assert all("calendar ends" in notice for notice in notices)
    assert status.main(["--url", f"{watched.url}/", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["ready"] is True
    assistance = next(house for house in shown["houses"] if house["house"] == "assistance")
    assert (assistance["lag_records"], assistance["dead_letters"], assistance["not_ready"]) == (0, 0, [])
    assert assistance["oldest_unsent_seconds"] < PATIENCE_SECONDS


def test_status_finds_the_processes_behind_the_gateway_and_tells_which_is_down(
    watched: Watched, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port, nobody = free_port(), f"http://{LOOPBACK}:{free_port()}"
    gateway, apis = f"http://{LOOPBACK}:{port}", [f"{house}-api={watched.url}" for house in HOUSES]
    words = [sys.executable, "-m", "deploy.gateway", "--port", str(port), *apis]
    with program(words, tmp_path / "gateway.log", f"{gateway}/readyz"):
        assert status.main(["--url", gateway]) == 0
    with program([*words, f"assets-worker={nobody}"], tmp_path / "gateway.log", f"{gateway}/metrics"):
        assert status.main(["--url", gateway]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == f"{nobody} does not answer (ConnectError)"


def test_status_shows_the_rest_within_seconds_while_one_process_hangs(
    watched: Watched, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    gateway, apis = f"http://{LOOPBACK}:{port}", [f"{house}-api={watched.url}" for house in HOUSES]
    with socket.create_server((LOOPBACK, 0)) as hung:  # it takes connections and never answers: a stopped process
        worker = f"http://{LOOPBACK}:{hung.getsockname()[1]}"
        words = [sys.executable, "-m", "deploy.gateway", "--port", str(port), *apis, f"assets-worker={worker}"]
        with program(words, tmp_path / "gateway.log", f"{gateway}/metrics"):
            ready = httpx.get(f"{gateway}/readyz", trust_env=False)
            begun = time.monotonic()
            assert status.main(["--url", gateway]) == 1
            assert time.monotonic() - begun < 8
    assert ready.json()["not_ready"] == {"assets-worker": "does not answer (ReadTimeout)"}
    _, *lines = capsys.readouterr().out.splitlines()
    shown = {line.split()[0]: line.split()[1:] for line in lines[: len(HOUSES)]}
    assert {house: cells[1] for house, cells in shown.items()} == dict.fromkeys(HOUSES, "yes") | {"assets": "no"}
    assert "-" not in shown["monitoring"], "what the others say is all there"
    assert [line for line in lines[len(HOUSES) :] if "calendar" not in line] == [
        "assets is not ready: assets-worker does not answer (ReadTimeout)",
        f"{worker} does not answer (ReadTimeout)",
    ]
