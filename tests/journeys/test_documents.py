"""The documents are true: every command in them runs as it stands, and every test they name is there."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.bus.embedded import EmbeddedTransport
from shared.contracts.catalogue import HOUSES
from tests.builders import published_as, risk_raised
from tests.journeys.test_newcomer import ROOT, Start, Started, run, starting
from tests.real_parts import require_or_skip

PROVINCE = "docs/province.md"
PAGES = ("README.md", "docs/operations.md", PROVINCE, "docs/zh/README.md")
_FENCED = re.compile(r"^```(\w*)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"
CLIENT = "county-hospital"
PATIENCE_SECONDS = 180.0
NEXT = "\n--- next block ---\n"


def no_settings() -> dict[str, str]:
    """The environment of a shell in which nobody has set anything."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SHOUXIAN_")}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, kind: str = "sh") -> list[str]:
    return [text for found, text in _FENCED.findall(page(name)) if found == kind]


@pytest.mark.parametrize("name", [*PAGES, "docs/access.md"])
def test_a_block_says_what_it_is(name: str) -> None:
    assert {kind for kind, _ in _FENCED.findall(page(name))} <= {"sh", "console", "text", "json", "mermaid"}


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


class Reader:
    """Somebody who types what the documents say, in a folder where `var` and `.venv` are."""

    def __init__(self, started: Started, folder: Path) -> None:
        self.started = started
        self.folder = folder
        folder.mkdir()
        (folder / ".venv").symlink_to(sys.prefix)
        self.variables = folder / "variables"
        self.variables.touch()

    def types(self, *commands: str) -> str:
        """Run in one shell that ends at the first command that fails, every answer above 399 included."""
        said = f"\necho {shlex.quote(NEXT.strip())}\n".join(commands).replace(ADDRESS, self.started.url)
        script = "\n".join(
            (
                "set -eo pipefail",
                'curl() { command curl --fail-with-body "$@"; }',
                f". {self.variables}",
                said,
                f"for one in URL TOKEN; do declare -p $one; done >{self.variables}",
            )
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=no_settings() | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    yield from starting(tmp_path)


def until(command: str, part: str) -> str:
    """The command again and again until this is in its answer."""
    return f'until answer=$({command}) && [[ $answer == *{shlex.quote(part)}* ]]; do sleep 0.1; done; echo "$answer"'


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

    *five, partner, province = blocks("README.md")
    assert len(five) == 5
    five[-1] = until(five[-1], "task_id")
    answers = reader.types(*five, partner, province)
    readme = re.sub(r",\n +", ",", page("README.md"))
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

    status, look, drop, letters, verify, backup, restore, afterwards = blocks("docs/operations.md")
    asyncio.run(strangers_record(data / "bus.sqlite"))
    heard = until('curl -s $URL/assistance/v1/dead-letters -H "Authorization: Bearer $TOKEN"', '"id"')
    assert '"state":"foreign"' in reader.types(heard, f"{look}\n{drop}")
    reader.types(f".venv/bin/python -m services clients add {CLIENT} --region 520626 --scopes monitoring:write")
    assert '"faults": 0' in reader.types(verify)
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


def test_every_request_of_the_page_for_provinces_runs_as_it_stands(start: Start, tmp_path: Path) -> None:
    for tool in ("curl", "awk", "seq"):
        require_or_skip(None if shutil.which(tool) else f"{tool} is not installed")
    started = start()
    reader = Reader(started, tmp_path / "project")
    (reader.folder / "var").symlink_to(started.data)

    token, two_thousand, change, lists, facts, corrections, became, search, follow = blocks(PROVINCE)
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
    shown = re.sub(r",\n +", ",", page(PROVINCE))
    for answer in (registered, '"result":"changed","version":2', "monitoring:person-unknown"):
        assert answer in shown
