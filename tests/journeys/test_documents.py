"""The documents are true: every command in them runs as it stands, and every test they name is there."""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from shared.bus.embedded import EmbeddedTransport
from shared.contracts.catalogue import HOUSES
from tests.builders import published_as, risk_raised
from tests.journeys.documents import (
    ADDRESS,
    NEXT,
    Reader,
    blocks,
    fences,
    page,
    receiving,
    shortened,
    until,
    until_it_works,
)
from tests.journeys.test_newcomer import Start, run, starting
from tests.mechanism.probe import until as soon
from tests.real_parts import require_or_skip
from tests.receiver import receiving as receivers

PROVINCE = "docs/province.md"
PARTNERS = "docs/partners.md"
OPERATIONS = "docs/operations.md"
PAGES = ("README.md", OPERATIONS, PROVINCE, PARTNERS, "docs/zh/README.md")
CLIENT = "county-hospital"
GRANT = {"grant_type": "client_credentials"}
HOOK = "/monitoring/v1/webhooks/main"
BEARER = '-H "Authorization: Bearer $TOKEN"'


@pytest.mark.parametrize("name", [*PAGES, "docs/access.md"])
def test_a_block_says_what_it_is(name: str) -> None:
    assert fences(name) <= {"sh", "console", "text", "json", "mermaid"}


@pytest.mark.parametrize("name", [*PAGES, "docs/access.md"])
def test_a_module_is_run_by_the_python_of_the_project(name: str) -> None:
    assert re.findall(r"(?<!\.venv/bin/)python -m services(?!\.clients)[^`\n]*", page(name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_target_of_make_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", page(name), re.MULTILINE))
    assert named - targets == set()


def shown() -> list[str]:
    """What the page on reliability gives to `make test`."""
    return re.findall(r"`make test ARGS='?([^'`]+)'?`", page("docs/reliability.md"))


@pytest.mark.parametrize("arguments", shown())
def test_a_fault_of_the_reliability_page_is_shown_by_tests_that_exist(arguments: str) -> None:
    files, _, word = arguments.partition(" -k ")
    text = "".join(page(name) for name in files.split())
    assert re.search(rf"def test_\w*{word}", text)


def test_the_chinese_page_has_one_word_for_one_thing() -> None:
    assert re.findall("(?<!农)户编码|户码|救助金|务工月报|上报事实|自动消除", page("docs/zh/README.md")) == []


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    yield from starting(tmp_path)


async def strangers_record(log: Path) -> None:
    """Somebody else writes to the bus: assistance, whom the record would be for, sets it aside."""
    transport = EmbeddedTransport(log)
    await transport.start()
    strange = published_as(risk_raised())
    await transport.publish([strange._replace(headers={**strange.headers, "ce_source": "/services/nobody"})])
    await transport.close()


def test_every_command_of_the_documents_runs_as_it_stands(start: Start, tmp_path: Path) -> None:
    for tool in ("curl", "sqlite3"):
        require_or_skip(None if shutil.which(tool) else f"{tool} is not installed")
    started = start()
    reader = Reader(started, tmp_path / "project")
    data = reader.folder / "var"
    data.symlink_to(started.data)
    assert run("services.demo", "--data", str(started.data)).returncode == 0

    *five, order, province = blocks("README.md")
    assert len(five) == 5
    five[-1] = until(five[-1], "task_id")
    answers = reader.types(*five, order, province)
    readme = shortened("README.md")
    for answer in (
        '"household_code":"MY-0001","region_code":"520626101203"',
        '"status":"stored"',
        "The member is a main earner of the household.",
        '"status":"open","grade":"red"',
        '"due_on":"2026-11-19","due_provisional":false',
        '"product_code":"DJ-TEA-GREEN","producer_code":"DJ-TEA"',
        '"stock":"480.000"',
        '"buyer_code":"SZ-DEMO","buyer_order_no":"2026-0007"',
        '"total":"600.00"',
    ):
        assert answer in answers
        assert answer in readme

    status, look, drop, letters, *partner, verify, rotate, backup, restore, afterwards = blocks(OPERATIONS)
    asyncio.run(strangers_record(data / "bus.sqlite"))
    heard = until('curl -s $URL/assistance/v1/dead-letters -H "Authorization: Bearer $TOKEN"', '"id"')
    assert '"state":"foreign"' in reader.types(heard, f"{look}\n{drop}")
    asyncio.run(a_partner_comes_and_goes(reader, partner))
    reader.types(f".venv/bin/python -m services clients add {CLIENT} --region 520626 --scopes monitoring:write")
    assert '"faults": 0' in reader.types(verify)
    assert reader.types(rotate).count(" made=") == 2
    reader.types(status, letters, backup)
    [kept] = (reader.folder / "backup").iterdir()
    assert {path.name for path in kept.iterdir()} >= {
        *(f"{house}.sqlite" for house in HOUSES),
        *("bus.sqlite", "signing-key.pem", "clients.json", "issuer-public"),
    }
    open_to_others = {path.name for path in (kept, *kept.iterdir()) if path.stat().st_mode & 0o077}
    assert open_to_others == set()

    reader.types(five[1].replace("MY-0001", "MY-0002"))
    household = 'command curl -s -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $TOKEN" '
    place = "$URL/monitoring/v1/households/"
    assert reader.types(f"{household} {place}MY-0002") == "200"
    assert started.stop() == 0
    data.unlink()
    started.data.rename(data)
    reader.types(restore)
    data.rename(started.data)
    data.symlink_to(started.data)

    reader.started = start()
    shown = reader.types(f"{household} {place}MY-0001", f"{household} {place}MY-0002", afterwards)
    assert CLIENT in reader.types(".venv/bin/python -m services clients list")
    assert shown.startswith(f"200{NEXT.strip()}\n404{NEXT.strip()}\n"), "the old token holds, the old rows stand"
    assert "first record" not in shown, "the bus is the one the houses had read"


async def a_partner_comes_and_goes(reader: Reader, operator: Sequence[str]) -> None:
    """The operator types what the page says; the partner does what partners do."""
    take_on, look, resend, throttle, stop = operator
    secret = re.findall(r'"secret":"([^"]+)"', reader.types(take_on))[0]
    async with receivers() as receiver, httpx.AsyncClient(base_url=reader.started.url, trust_env=False) as partner:
        answer = await partner.post("/oauth2/token", data=GRANT, auth=("hospital-b", secret))
        partner.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        hook = {"url": receiver.url_of("hospital"), "types": ["monitoring.household-changed.v1"]}
        await receiver.answers("hospital", {"status": 410}, {"status": 204})
        assert (await partner.put(HOOK, json=hook)).status_code == 201
        changed = blocks("README.md")[1].replace('"lifted"', '"lifted", "dibao": true')
        reader.types(changed, until(look, '"paused_because":"gone"'))
        assert (await partner.put(HOOK, json=hook)).status_code == 200
        reader.types(until(f'curl -s "{ADDRESS}{HOOK}?client_id=hospital-b" {BEARER}', '"waiting":0'))
        assert len(await receiver.versions("hospital", "MY-0001")) == 2, "what waited came"
        reader.types(resend)

        async def came_again() -> bool:
            return len(await receiver.versions("hospital", "MY-0001")) == 3

        await soon(came_again)
        reader.types(until(f'curl -s "{ADDRESS}/oauth2/clients/hospital-b/usage" {BEARER}', "webhooks"))
        assert '"route_group": "webhooks"' in reader.types(throttle)

        async def is_throttled() -> bool:
            return '"per-minute";q=60;' in (await partner.get(HOOK)).headers.get("ratelimit-policy", "")

        await soon(is_throttled)
        reader.types(stop)

        async def is_shut_out() -> bool:
            return (await partner.get(HOOK)).status_code == 401

        await soon(is_shut_out)


def test_every_request_of_the_page_for_partners_runs_as_it_stands(start: Start, tmp_path: Path) -> None:
    for tool in ("curl", "sed", "grep"):
        require_or_skip(None if shutil.which(tool) else f"{tool} is not installed")
    started = start()
    reader = Reader(started, tmp_path / "project")
    (reader.folder / "var").symlink_to(started.data)
    assert run("services.demo", "--data", str(started.data)).returncode == 0

    first, take_on, department, rotate, usage, stop, *developer = blocks(PARTNERS)
    token = take_on.partition("\ncurl")[0]
    taken_on = reader.types(first, until_it_works(token), take_on)
    assert '"client_id":"suzhou-canteen"' in taken_on
    shown = reader.types(department)
    assert '"per_minute": 1200' in shown
    assert "德江县人民医院" in shown
    buys(reader, developer)
    held = reader.types(rotate, "curl -s $URL/oauth2/clients/suzhou-canteen " + BEARER)
    assert len(re.findall(r'"id":', held.partition(NEXT.strip())[2])) == 1, "one secret is left"
    assert '"route_group":"orders"' in reader.types(until(usage, "orders"))
    refused = until(
        f'command curl -s "{ADDRESS}/consumption/v1/orders" {BEARER.replace("TOKEN", "PARTNER")}', "disabled"
    )
    assert "client-disabled" in reader.types(stop, refused)


def buys(reader: Reader, developer: Sequence[str]) -> None:
    """The partner's developer, from the first token to the receipt of what was ordered."""
    by_secret, make_key, enter_key, by_key, catalogue, order, *following = developer
    file, job, webhook, supply, receive, changed, missed, *month = following
    entered = reader.types(until_it_works(by_secret), catalogue, make_key, enter_key)
    assert '"product_code":"DJ-TEA-GREEN"' in entered
    assert '"kid":"2026","alg":"EdDSA"' in entered
    assert (reader.folder / "private.pem").stat().st_mode & 0o077 == 0
    assert '"buyer_order_no":"2026-0008"' in reader.types("PARTNER=", until_it_works(by_key), order)
    done = reader.types(file, until(job.splitlines()[0], '"status":"done"'), job)
    assert '"accepted":1,"rejected":1' in done.replace('"duplicate":0,', "")
    assert "not-enough-stock" in done
    with receiving(reader.folder) as reader.receiver:
        assert '"delivered":true,"status":204' in reader.types(webhook)
        reader.types(supply, until("cat changes.jsonl", "order-confirmed"))
    items = map(json.loads, (reader.folder / "changes.jsonl").read_text(encoding="utf-8").splitlines())
    [item] = [item for item in items if item["type"] == "consumption.order-confirmed.v1"]
    example, stated = blocks(PARTNERS, "json")
    assert item["data"].keys() == json.loads(example)["data"].keys()
    assert '"status":"received"' in reader.types(receive)
    assert '"type":"consumption.order-confirmed.v1"' in reader.types(changed)
    assert reader.types(missed).count('"type":"consumption.product-changed.v1"') == 1
    lives_a_month(reader, month, json.loads(stated))


def lives_a_month(reader: Reader, month: Sequence[str], stated: dict[str, str]) -> None:
    """From a pre-order to the statement, the label and OCDS."""
    *steps, books, label, contracting = month
    done = reader.types(*steps)
    for answer in ('"status":"pre_ordered"', '"rejected":"0.500","reason":"damaged"', '"status":"agreed"', '"R-1"'):
        assert answer in done
    told = reader.types(until(books, "order-restated"))
    for name, said in stated.items():
        assert f'"{name}":"{said}"' in told
    assert told.count("consumption.order-restated.v1") == 3, "the price of two deliveries, and the return"
    assert '"producer":"示例茶叶合作社"' in reader.types(label)
    assert reader.types(contracting).count('"compiledRelease"') == 1


def test_every_request_of_the_page_for_provinces_runs_as_it_stands(start: Start, tmp_path: Path) -> None:
    for tool in ("curl", "awk", "seq"):
        require_or_skip(None if shutil.which(tool) else f"{tool} is not installed")
    started = start()
    reader = Reader(started, tmp_path / "project")
    (reader.folder / "var").symlink_to(started.data)

    token, two_thousand, change, lists, facts, corrections, became, search, follow, *being_told = blocks(PROVINCE)
    registered = '{"created":1000,"changed":0,"unchanged":0,"rejected":0,"items":[]}'
    assert reader.types(token, two_thousand).count(registered) == 2
    again = registered.replace("1000", "0", 1).replace('"unchanged":0', '"unchanged":1000')
    assert reader.types(two_thousand).count(again) == 2, "whoever got no answer sends it once more"
    first = reader.types(change)
    assert '"result":"changed","version":2' in first
    listed = reader.types(lists)
    assert '"household_code":"DJ-0001"' in listed
    assert "PV-02000,520626101203" in listed
    told = reader.types(facts)
    assert '{"accepted":1,"duplicate":0,"rejected":1,"items":[{"index":1,"source":"tax-office"' in told
    assert "urn:problem:monitoring:person-unknown" in told
    assert reader.types(corrections).count('"status":"stored"') == 2
    assert '"status":"withdrawn"' in reader.types(became)
    assert '{"items":[{"household_code":"PV-00001","member_no":1}]}' in reader.types(search)
    followed = reader.types(follow)
    assert '"subject":"PV-00001"' in followed
    shown = shortened(PROVINCE)
    for answer in (registered, '"result":"changed","version":2', "monitoring:person-unknown"):
        assert answer in shown
    *being_told, departments, screening, screened, protections = being_told
    is_told(reader, being_told)
    is_screened(reader, departments, screening, screened, protections)


def is_screened(reader: Reader, departments: str, screening: str, screened: str, protections: str) -> None:
    told = reader.types(departments)
    for answer in (
        '{"accepted":2,"duplicate":0,"rejected":1,"items":[{"index":2,"source":"housing-office"',
        "urn:problem:monitoring:invalid",
        '{"main":"unsafe_housing","ordered":[{"kind":"unsafe_housing","grade":"red"',
    ):
        assert answer in told
        assert answer in shortened(PROVINCE)
    ask, look = screening.rsplit("\n", 1)
    reader.types(ask, until(look, '"status":"done"'))
    found = reader.types(screened)
    assert '"dry_run":true' in found
    assert '"household_code":"PV-00001"' in found
    stands, listed = reader.types(*protections.splitlines()).split(NEXT.strip())
    assert '{"code":"housing","status":"unmet","checked_on":"2026-11-03"' in stands
    assert '{"code":"medical","status":"met"' in stands
    assert '"household_code":"PV-00001"' in listed


def is_told(reader: Reader, being_told: Sequence[str]) -> None:
    packed, set_up, change, deliveries, rotate, after_a_loss = being_told
    told = reader.types(packed)
    assert '{"created":0,"changed":0,"unchanged":1000,"rejected":0,"items":[]}' in told
    found = re.search(r"(\d+) bytes came", told)
    whole = (reader.folder / "changes.json").read_bytes()
    assert found is not None
    assert len(json.loads(whole)["items"]) == 2000
    assert int(found[1]) < len(whole) / 4, "it came packed"

    with receiving(reader.folder) as reader.receiver:
        assert '"delivered":true,"status":204' in reader.types(set_up)
        assert '"delivered":true,"status":204' in shortened(PROVINCE)
        kept = reader.folder / "changes.jsonl"
        reader.types(change, until("cat changes.jsonl", "PV-00002"))
        delivered = reader.types(until(deliveries, '"status":"delivered"'))
        [test, item] = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
        assert (test["type"], item["type"]) == ("monitoring.webhook-test.v1", "monitoring.household-changed.v1")
        assert item["id"] in delivered
        assert '"delivered":true,"status":204' in reader.types(rotate)
        secrets = reader.folder / "secrets"
        former, new = secrets.read_text().split()
        for known in (former, new):
            secrets.write_text(known)
            assert '"delivered":true' in reader.types(rotate.partition(">>secrets\n")[2]), "both sign"
    reader.types(after_a_loss)
    households = (reader.folder / "households.txt").read_text().splitlines()
    assert len(set(households)) == len(households) == 2000
    assert json.loads((reader.folder / "changes.json").read_text())["next"]
