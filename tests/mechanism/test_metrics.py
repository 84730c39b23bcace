"""Metrics have one home, names a monitoring system accepts, and labels that stay few."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from services.assistance.app import ASSISTANCE
from services.assistance.tasks.queries import tasks_by_county
from services.monitoring.app import MONITORING
from shared import VERSION, metrics
from shared.codes.monitoring import RiskGrade
from shared.house import House
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    TODAY,
    deliver,
    household,
    income_fact,
    risk_cleared,
    risk_raised,
)
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE, PROBE

OURS = {name: value for name, value in vars(metrics).items() if isinstance(value, MetricWrapperBase)}
NEVER_A_LABEL = {"household", "household_code", "person", "name", "id", "event_id", "key", "path", "url", "error"}
OF_THE_SCRAPE = {"job", "instance"}
"""Labels that Prometheus sets itself; ours of the same name would be renamed."""


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


def requests(**wanted: str) -> dict[tuple[str, str, str], float]:
    """Requests counted so far, by route, method and status."""
    found = {}
    for family in REGISTRY.collect():
        for sample in family.samples:
            if sample.name == "shouxian_http_requests_total" and wanted.items() <= sample.labels.items():
                found[sample.labels["route"], sample.labels["method"], sample.labels["status"]] = sample.value
    return found


def samples(page: str, metric: MetricWrapperBase, **wanted: str) -> dict[tuple[str, ...], float]:
    """The values of a metric on the page, by its labels in the order of their names."""
    [described] = metric.describe()
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        if family.name == described.name
        for sample in family.samples
        if wanted.items() <= sample.labels.items() and not sample.name.endswith("_created")
    }


def grown(
    before: Mapping[tuple[str, str, str], float], after: Mapping[tuple[str, str, str], float]
) -> set[tuple[str, str, str]]:
    return {labels for labels, value in after.items() if value > before.get(labels, 0)}


async def test_a_request_is_counted_under_the_template_of_its_route(house: House, client_for: ClientFor) -> None:
    client, before = client_for(house), requests()
    await client.get("/probe/v1/counters")
    await client.delete("/probe/v1/dead-letters/019a0000-0000-7000-8000-000000000000")
    await client.post("/probe/v1/everything/DJ-0001")
    await client.get("/healthz")
    assert grown(before, requests()) == {
        ("/probe/v1/counters", "GET", "200"),
        ("/probe/v1/dead-letters/{letter_id}", "DELETE", "404"),
        ("/probe/v1/everything/{name}", "POST", "204"),
        ("/healthz", "GET", "200"),
    }


async def test_paths_and_methods_nobody_serves_share_one_label(house: House, client_for: ClientFor) -> None:
    client, before = client_for(house), requests()
    for number in range(5):
        await client.get(f"/probe/v1/nothing/{number}")
        await client.get(f"/nowhere-{number}")
        await client.request(f"BREW{number}", "/probe/v1/nothing")
    labels = grown(before, requests())
    assert {route for route, _, _ in labels} == {"unmatched"}
    assert {method for _, method, _ in labels} == {"GET", "other"}


@ON_SQLITE
async def test_requests_are_counted_for_their_house_on_ordinary_routes_and_on_the_hot_one(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client, before = client_for(await open_house(MONITORING)), requests(house="monitoring")
    await client.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household())
    await client.post("/monitoring/v1/facts", json=income_fact("2026-09", "100.00"))
    await client.post("/monitoring/v1/facts", content=b"{")
    await client.get("/monitoring/v1/risks/no-id")
    assert grown(before, requests(house="monitoring")) == {
        ("/monitoring/v1/households/{household_code}", "PUT", "201"),
        ("/monitoring/v1/facts", "POST", "201"),
        ("/monitoring/v1/facts", "POST", "415"),
        ("/monitoring/v1/risks/{risk_id}", "GET", "422"),
    }


async def test_the_time_a_request_took_is_measured_by_route(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    labels = {"house": "system", "method": "GET", "route": "/probe/v1/counters"}

    def measured(what: str) -> float:
        return REGISTRY.get_sample_value(f"shouxian_http_request_duration_seconds_{what}", labels) or 0.0

    times, seconds = measured("count"), measured("sum")
    await client.get("/probe/v1/counters")
    assert measured("count") == times + 1
    assert measured("sum") > seconds
    assert "shouxian_http_request_duration_seconds_count" in (await client.get("/metrics")).text


async def test_outbox_and_dead_letters_are_measured(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    await client.post("/probe/v1/everything/DJ-0001")
    await house._measure_once()
    page = (await client.get("/metrics")).text
    assert 'shouxian_outbox_pending{house="probe"} 1.0' in page
    assert 'shouxian_dead_letters{house="probe",state="dead"} 0.0' in page


async def test_it_is_told_when_the_measures_were_last_refreshed(house: House, client_for: ClientFor) -> None:
    before = dt.datetime.now(dt.UTC).timestamp()
    await house._measure_once()
    [moment] = samples((await client_for(house).get("/metrics")).text, metrics.MEASURED_AT, house="probe").values()
    assert before <= moment <= dt.datetime.now(dt.UTC).timestamp()


async def test_what_may_fail_later_is_shown_as_zero_from_the_start(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await open_house(MONITORING, background=True))
    page = (await client.get("/metrics")).text
    assert samples(page, metrics.CONSUMER_HALTED, house="monitoring") == {("monitoring",): 0}
    assert {outcome for _, _, outcome in samples(page, metrics.JOB_RUNS, house="monitoring")} == {"done", "failed"}


async def test_tasks_are_counted_by_county_and_grade_by_the_process_that_relays(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    client, long_ago = client_for(house), TODAY - dt.timedelta(days=30)

    async def counted(gauge: str = "TASKS_OPEN") -> Mapping[tuple[str, ...], float]:
        await house._count_once(tasks_by_county)
        return samples((await client.get("/metrics")).text, getattr(metrics, gauge))

    await deliver(
        house,
        risk_raised(household_code="LATE", decided_on=long_ago),
        risk_raised(household_code="NEW"),
        risk_raised(household_code="RED", grade=RiskGrade.RED, decided_on=long_ago),
        risk_raised(household_code="OTHER", region_code=OTHER_COUNTY_REGION),
    )
    assert await counted() == {}
    house.relay.active = True
    assert await counted() == {("520625", "orange"): 1, ("520626", "orange"): 2, ("520626", "red"): 1}
    assert await counted("TASKS_OVERDUE") == {
        ("520625", "orange"): 0,
        ("520626", "orange"): 1,
        ("520626", "red"): 1,
    }
    await deliver(house, risk_cleared(2, household_code="OTHER", region_code=OTHER_COUNTY_REGION))
    assert set(await counted()) == {("520626", "orange"), ("520626", "red")}
    house.relay.active = False
    assert await counted() == {}


@pytest.mark.parametrize("metric", OURS.values(), ids=OURS.keys())
def test_names_meanings_and_labels_follow_the_convention(metric: MetricWrapperBase) -> None:
    [family] = metric.describe()
    name = family.name + ("_total" if family.type == "counter" else "")
    assert re.fullmatch(r"shouxian_[a-z][a-z0-9_]*", name)
    assert not (family.type != "counter" and name.endswith("_total")), "only a counter is a total"
    assert not re.search(r"_(milliseconds|ms|minutes|hours|kb|mb|percent)(_|$)", name), (
        "base units: seconds, bytes, ratios"
    )
    assert family.type != "histogram" or name.endswith(("_seconds", "_bytes"))
    assert not re.search(r"_(counter|gauge|histogram|count|sum|bucket)$", name), "the type is not part of the name"
    assert len(family.documentation.split()) >= 2
    assert not family.documentation.endswith(".")
    assert not set(metric._labelnames) & (NEVER_A_LABEL | OF_THE_SCRAPE)


@ON_SQLITE
async def test_the_page_shows_every_family_and_the_facts_of_each_type(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await open_house(MONITORING))
    await client.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household())
    await client.post("/monitoring/v1/facts", json=income_fact("2026-09", "100.00"))
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    shown = {family.name: family for family in text_string_to_metric_families(answer.text)}
    for metric in OURS.values():
        [described] = metric.describe()
        found = shown[described.name]
        assert (found.type, found.documentation) == (described.type, described.documentation)
    facts = shown["shouxian_facts"].samples
    assert any(sample.labels == {"type": "income", "outcome": "stored"} and sample.value > 0 for sample in facts)


def package_version() -> str:
    return str(tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


@ON_SQLITE
async def test_the_version_is_that_of_the_package(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(PROBE)
    house.start(background=False)
    page = (await client_for(house).get("/metrics")).text
    assert samples(page, metrics.BUILD_INFO, house="probe") == {("probe", package_version()): 1}
    assert package_version() == VERSION
