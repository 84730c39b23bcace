"""Every import contract of `pyproject.toml` fails the build for a wrong way."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.reference import ROOT

CONTRACTS: list[str] = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
]
WRONG_WAYS = {
    "Houses know each other by events only": ("services/employment/placements/store.py", "services.assets.models"),
    "Shared code knows no house": ("shared/bus/inbox.py", "services.assets.models"),
    "Employment: the topics, from the wages down to the workers": (
        "services/employment/workers/store.py",
        "services.employment.wages.store",
    ),
    "Assistance: the topics, from what became of a household down to the measures": (
        "services/assistance/measures/store.py",
        "services.assistance.known_households.store",
    ),
    "Monitoring: the topics, from what looks at all households down to what the rules see": (
        "services/monitoring/ledger/store.py",
        "services.monitoring.risks.store",
    ),
    "Evidence: the table of the types, over what a type is": (
        "services/monitoring/evidence/kept.py",
        "services.monitoring.evidence.table",
    ),
    "Consumption: the topics, from the orders down to who sells and buys": (
        "services/consumption/producers/store.py",
        "services.consumption.buyers.store",
    ),
    "Assets: the topics, from what is shared out down to what earned it": (
        "services/assets/assets/store.py",
        "services.assets.distributions.store",
    ),
    "The rooms of a topic": (
        "services/assets/assets/queries.py",
        "services.assets.assets.commands",
    ),
    "Rules are plain calculation: no input, no output, no clock": ("services/assets/assets/rules.py", "sqlalchemy"),
    "One room knows Kafka, and one file calls out": ("services/employment/placements/store.py", "httpx"),
    "One file knows OpenTelemetry": ("shared/context.py", "opentelemetry"),
    "Routes, queries and models stay away from the bus": ("services/assets/assets/queries.py", "shared.bus.inbox"),
    "Shared code, from the process down to the clock": ("shared/settings.py", "shared.db.database"),
    "The bus: reading and relaying, over a transport": ("shared/bus/interface.py", "shared.bus.relay"),
    "Webhooks: the sender, over the line before a receiver, over calling it; beside them what is asked of them": (
        "shared/hooks/lines.py",
        "shared.hooks.sending",
    ),
    "Long work: doing it, over what is done with a job, over what can be asked": (
        "shared/jobs/work.py",
        "shared.jobs.running",
    ),
    "Procedures: taking a step, over the rows that were taken and the table of what may be": (
        "shared/procedures/rows.py",
        "shared.procedures.taking",
    ),
    "The change feed: who waits, over what is read, over who sees it": ("shared/feed/sight.py", "shared.feed.waiting"),
    "Partners: changing records and carrying it into the audit, counting, over what is refused": (
        "shared/partners/errors.py",
        "shared.partners.limits",
    ),
    "The table of a procedure is plain data, and so are its days": ("shared/procedures/days.py", "sqlalchemy"),
    "The audit chain: the work of a night, over verifying, over walking, sealing and signing, over what a link is": (
        "shared/audit/sealing.py",
        "shared.audit.verifying",
    ),
    "The database: engines, over the unit of work, over the system tables": (
        "shared/db/rows.py",
        "shared.db.unit_of_work",
    ),
    "Files: reading and writing, over how values stand in cells, over the columns": (
        "shared/sheets/columns.py",
        "shared.sheets.reading",
    ),
    "Files in: the door, over the job and what came of it, over the file that is stored": (
        "shared/imports/packing.py",
        "shared.imports.taking",
    ),
    "Words: the sentence, over how values stand in it, over the catalogues": (
        "shared/words/catalogues.py",
        "shared.words.said",
    ),
    "Lists: what can be asked for, over its filters and its order, over one page": (
        "shared/lists/cursor.py",
        "shared.lists.query",
    ),
    "The contracts: envelope, over the catalogue, over the payloads": (
        "shared/contracts/payload.py",
        "shared.contracts.catalogue",
    ),
    "The HTTP edge: the apps, over what routes are given, over problems": (
        "shared/http/problems.py",
        "shared.http.openapi",
    ),
    "What registers share: the routes, over the answer, over the command, over the row": (
        "shared/registers/entries.py",
        "shared.registers.commands",
    ),
    "What records share: the answer, over the outcomes, over what is refused": (
        "shared/records/errors.py",
        "shared.records.kinds",
    ),
    "What the helping houses share: routes, over requests, over households": (
        "shared/helping/households.py",
        "shared.helping.requests",
    ),
}
"""By contract a file, and what it must not import."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code as it stands, to plant something in."""
    found = tmp_path_factory.mktemp("checkout")
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, found / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", found)
    return found


@pytest.fixture
def plant(checkout: Path) -> Iterator[list[Path]]:
    """Files that a test made or changed; each is put back."""
    planted: list[Path] = []
    yield planted
    for path in planted:
        original = ROOT / path.relative_to(checkout)
        if original.exists():
            shutil.copy(original, path)
        else:
            shutil.rmtree(path)


def lint(checkout: Path) -> tuple[int, set[str]]:
    """The answer of the linter, and which contracts it calls broken."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    wide = {**os.environ, "COLUMNS": "200"}
    answer = subprocess.run(command, cwd=checkout, env=wide, capture_output=True, text=True, check=False)
    return answer.returncode, set(re.findall(r"^(.*) BROKEN\b", answer.stdout, flags=re.MULTILINE))


def test_the_code_as_it_stands_breaks_none(checkout: Path) -> None:
    assert lint(checkout) == (0, set())


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_wrong_way_breaks_its_contract(contract: str, checkout: Path, plant: list[Path]) -> None:
    name, wrong = WRONG_WAYS[contract]
    path = checkout / name
    plant.append(path)
    with path.open("a") as file:
        file.write(f"\nimport {wrong}\n")
    status, broken = lint(checkout)
    assert status != 0
    assert contract in broken


def test_no_wrong_way_is_left_of_a_contract_that_is_gone() -> None:
    assert set(WRONG_WAYS) == set(CONTRACTS)


@pytest.mark.parametrize("house", ["monitoring", "assistance", "employment", "consumption", "assets"])
def test_a_topic_without_a_place_in_the_order_is_refused(house: str, checkout: Path, plant: list[Path]) -> None:
    topic = checkout / "services" / house / "unheard_of"
    plant.append(topic)
    topic.mkdir()
    (topic / "__init__.py").write_text('"""A topic."""\n')
    assert lint(checkout)[0] != 0
