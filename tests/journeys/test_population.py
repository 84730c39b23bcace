"""`make population`: what it lays is what commands would have written, and what is said of the prefecture holds."""

import asyncio
import datetime as dt
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.monitoring.app import MONITORING
from services.monitoring.evidence.income import IncomePayload
from services.monitoring.evidence.store import facts_of
from services.monitoring.evidence.table import reported_types
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.households.commands.register import put_household
from services.monitoring.households.queries import verdicts
from services.monitoring.households.schemas import HouseholdIn
from services.monitoring.models.facts import Fact
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.models.risks import Risk
from services.monitoring.persons.store import load_members_of
from services.monitoring.recomputes.commands import prove_ledger
from services.population import filling
from services.population.figures import (
    FEWEST_INCOME_FACTS,
    INCOME_PER_HEAD_FEN,
    LIFTED_SHARE,
    MEMBERS_OF_HOUSEHOLD,
    RELOCATED_PEOPLE,
    RURAL_PEOPLE,
    WAGE_SHARE_OF_LIFTED,
)
from services.population.filling import BEGUN, POPULATION, Population, populate
from services.population.prefecture import Home, Prefecture
from shared.audit.verifying import verify
from shared.codes.monitoring import FactMode, HouseholdCategory, IncomeBranch, RiskKind, RiskStatus
from shared.context import new_context
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House, HouseDefinition
from shared.identity import check_resident_id
from shared.security.audit_keys import audit_public_keys
from shared.settings import Settings
from shared.starting import CannotStart
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases, SqliteTemplates
from tests.load.stage import database
from tests.mechanism.probe import until

FEW = Prefecture(30, TODAY, seed=3)
MANY = Prefecture(500, TODAY)
_AT_ONCE = 12
_OF_ITS_OWN = frozenset(
    ("at", "created_at", "updated_at", "recorded_at", "found_at", "seq", "event_id", "correlation_id", "headers")
) | {"name", "id_number", "text"}
"""Columns that differ from one writing to the next: moments, ids made at random, and what is sealed."""
_NOT_COMPARED = frozenset(("change", "commit_clock", "sealing_key"))
"""What PostgreSQL enters later, and what no command writes of its own."""
NOT_MET = {
    *(RiskKind.JOB_LOSS, RiskKind.NO_LABOUR, RiskKind.EDUCATION_COST, RiskKind.ACCIDENT, RiskKind.UNSAFE_HOUSING),
    *(RiskKind.REPORTED, RiskKind.SLOW_SALE),
}
"""What no household of a prefecture meets, and what is too rare for five hundred."""
LAST_YEAR = MANY.last_month - 12
_FACTS, _RISKS = table_of(Fact), table_of(Risk)


class CutOff(Exception):
    """The process ended here."""


def cut_off_after(households: int) -> Any:
    def tell(laid: int) -> None:
        if laid == households:
            raise CutOff

    return tell


async def populate_again(
    houses: Sequence[HouseDefinition], settings: Settings, prefecture: Prefecture, tell: Callable[[int], None]
) -> Population:
    """Lay as a process of its own would: statements left to the collector would still hold the file."""
    gc.collect()
    return await populate(houses, settings, prefecture, tell)


async def test_what_is_laid_is_what_commands_would_have_written_also_where_it_was_cut_off(
    databases: Databases,
    settings: Settings,
    sqlite_templates: SqliteTemplates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await databases.make(MONITORING)
    monkeypatch.setattr(filling, "AT_ONCE", {True: _AT_ONCE, False: _AT_ONCE})
    with pytest.raises(CutOff):
        await asyncio.to_thread(asyncio.run, populate([MONITORING], settings, FEW, cut_off_after(_AT_ONCE)))
    with pytest.raises(CannotStart, match="households of HOUSEHOLDS=30 SEED=3"):
        await populate_again([MONITORING], settings, Prefecture(30, TODAY, seed=4), print)
    told: list[int] = []
    there = await populate_again([MONITORING], settings, FEW, told.append)
    assert told == [12, 24, 30]
    homes = [home.told_later() for home in FEW.homes()]
    members, facts = sum(len(home.members) for home in homes), sum(len(home.history) for home in homes)
    assert there == Population(30, members, facts)
    laid = database(MONITORING, settings.database_url_of(MONITORING.name), FEW.eve, keyring=settings.keyring_path)
    path = tmp_path / "by_commands.sqlite"
    path.write_bytes((await sqlite_templates.path_of(MONITORING)).read_bytes())
    commanded = database(MONITORING, f"sqlite:///{path}", FEW.eve, keyring=settings.keyring_path)
    await commanded.write(_command, homes, actor=POPULATION, context=new_context())
    try:
        one, other = await laid.read(_content), await commanded.read(_content)
        for name in one:
            assert one[name] == other[name], name
        assert any(row["type"] == "illness" for row in one["fact"])
        assert all(one[name] for name in ("circumstance", "income_leaf", "household_protection", "finding"))
    finally:
        await laid.close()
        await commanded.close()


def _command(uow: UnitOfWork, homes: Sequence[Home]) -> None:
    for home in homes:
        put = put_household(uow, home.code, HouseholdIn.model_validate(document_of(home)))
        assert not put.warnings
    facts = [FactToRecord(fact, FactMode.BACKFILL, POPULATION, uow.context) for home in homes for fact in home.history]
    for outcome in record_batch(uow, facts, atomic=True):
        outcome.accepted()


def document_of(home: Home) -> dict[str, Any]:
    """The household as it is put."""
    document = {name: getattr(home, name) for name in ("region_code", "category", "relocated", "dibao")}
    members = [{**asdict(one), "birth_date": one.birth_date.isoformat()} for one in home.members]
    return {**document, "registered_on": home.registered_on.isoformat(), "members": members}


def _content(reading: Reading) -> dict[str, list[Any]]:
    """What is in all tables, without what is of a writing of its own, and opened what is sealed."""
    found: dict[str, list[Any]] = {}
    for table in MONITORING.metadata.sorted_tables:
        if table.name in _NOT_COMPARED:
            continue
        columns = [column for column in table.c if column.name not in _OF_ITS_OWN]
        rows = [dict(row) for row in reading.connection.execute(sa.select(*columns)).mappings()]
        found[table.name] = sorted((row for row in rows if row.get("action") != BEGUN), key=str)
    members = load_members_of(reading, [row["code"] for row in found["household"]])
    facts = facts_of(reading, reading.connection.execute(sa.select(_FACTS).order_by(_FACTS.c.id)).all())
    return found | {"opened": [dict(sorted(members.items())), facts]}


async def test_five_hundred_households_are_those_of_the_prefecture_and_the_house_works_with_them(
    databases: Databases, settings: Settings, open_house: OpenHouse, client_for: ClientFor
) -> None:
    await databases.make(MONITORING)
    there = await populate([MONITORING], settings, MANY, print)
    with pytest.raises(CannotStart, match="all 500 households already"):
        await populate_again([MONITORING], settings, MANY, print)
    homes = list(MANY.homes())
    house = await open_house(MONITORING, today=TODAY, background=True)
    await until(lambda: _nothing_is_due(house.database))
    with pytest.raises(CannotStart, match="the database of monitoring is in use: stop the system first"):
        await populate([MONITORING], settings, MANY, print)
    assert there.households == len(homes)
    proved, differences = await house.database.write(prove_ledger, "", 1000)
    assert (len(proved), differences) == (500, [])
    risks = await house.database.read(_open_risks)
    found = set()
    for home in homes[::5]:
        said = await house.database.read(verdicts, home.code, None)
        found |= {(home.code, one.kind, one.grade) for one in said.verdicts if one.outcome == "fires"}
    assert {risk for risk in risks if risk[0] in {home.code for home in homes[::5]}} == found
    assert {kind for _, kind, _ in risks} == set(RiskKind) - NOT_MET
    await until(lambda: _everything_is_sealed(house))
    client = client_for(house)
    await until(lambda: _is_told(client, [home.code for home in homes[:50]]))


async def _nothing_is_due(monitoring: Database) -> bool:
    """What is due on a day to come, as where something ages out, is nobody's yet."""
    windows = table_of(HouseholdWindow)
    due = sa.select(sa.func.count()).where(windows.c.judged_on.is_(None) | (windows.c.due_after < TODAY))
    return not await monitoring.read(lambda reading: reading.connection.scalar(due))


def _open_risks(reading: Reading) -> set[tuple[str, RiskKind, str]]:
    rows = reading.connection.execute(sa.select(_RISKS).where(_RISKS.c.status == RiskStatus.OPEN)).mappings()
    return {(row["household_code"], row["kind"], row["grade"]) for row in rows}


async def _everything_is_sealed(house: House) -> bool:
    verdict = await verify(house.database, house.name, audit_public_keys(house.settings.data))
    assert not verdict.faults
    return verdict.rows > MANY.households


async def _is_told(client: httpx.AsyncClient, codes: Sequence[str]) -> bool:
    answer = await client.get("/monitoring/v1/changes", params={"types": "monitoring.household-registered.v1"})
    told = [item["data"]["household_code"] for item in answer.json()["items"]]
    return told[: len(codes)] == codes


def test_a_prefecture_is_what_is_said_of_it() -> None:
    homes = list(Prefecture(2000, TODAY).homes())
    people = sum(len(home.members) for home in homes)

    def share(chosen: Callable[[Home], bool]) -> float:
        return sum(len(home.members) for home in homes if chosen(home)) / people

    def near(said: float) -> Any:
        return pytest.approx(said, rel=0.1)

    lifted = [home for home in homes if home.category is HouseholdCategory.LIFTED]
    assert people / len(homes) == near(MEMBERS_OF_HOUSEHOLD)
    assert share(lambda home: home.category is HouseholdCategory.LIFTED) == near(LIFTED_SHARE)
    assert share(lambda home: home.relocated) == near(RELOCATED_PEOPLE / RURAL_PEOPLE)
    assert _income(homes) / people == pytest.approx(INCOME_PER_HEAD_FEN, rel=0.02)
    assert _income(lifted, IncomeBranch.WAGE) / _income(lifted) >= WAGE_SHARE_OF_LIFTED
    assert min(len(_incomes(home)) for home in homes) >= FEWEST_INCOME_FACTS
    assert len({home.region_code[:6] for home in homes}) == 10
    told = {fact.type for home in homes for fact in home.told_later().history}
    assert told == set(reported_types()) - {"withdrawal", "job_loss"}
    numbers = [(one.id_number or "", one) for home in homes for one in home.members]
    assert len({number for number, _ in numbers}) == people
    for number, one in numbers:
        assert not check_resident_id(number, birth_date=one.birth_date, sex=one.sex, today=TODAY).warnings
        assert number.startswith("5222") == (one.birth_date < dt.date(2011, 11, 1))


def _incomes(home: Home) -> list[IncomePayload]:
    return [fact.payload for fact in home.history if isinstance(fact.payload, IncomePayload)]


def _income(homes: Sequence[Home], branch: IncomeBranch | None = None) -> int:
    """Net income of the last year."""
    payloads = [payload for home in homes for payload in _incomes(home) if payload.month > LAST_YEAR]
    return sum(one.amount - one.operating_cost for one in payloads if branch in (None, one.branch))


def test_a_household_depends_on_its_number_the_day_and_the_seed_alone() -> None:
    assert MANY.home(7) == Prefecture(10, TODAY).home(7)
    assert MANY.home(7) != Prefecture(10, TODAY, seed=2).home(7)


def test_the_command_says_what_it_laid_and_that_it_was_interrupted_and_lays_nothing_outside_development(
    tmp_path: Path,
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOUXIAN_")}

    def asked(households: int, data: str) -> list[str]:
        to_lay = ["--households", str(households), "--data", str(tmp_path / data)]
        return [sys.executable, "-m", "services.population", *to_lay]

    refused = subprocess.run(asked(1, "var"), env=environment, capture_output=True, text=True, check=False)
    assert (refused.returncode, (tmp_path / "var").exists()) == (2, False)
    assert "it needs SHOUXIAN_ENV=development" in refused.stderr
    environment |= {"SHOUXIAN_ENV": "development", "SHOUXIAN_TODAY": TODAY.isoformat()}
    ended = subprocess.run(asked(20, "var"), env=environment, capture_output=True, text=True, check=True)
    said = json.loads(ended.stdout.splitlines()[-1])
    assert list(said) == ["households", "members", "facts", "seconds"]
    assert said["households"] == 20
    with subprocess.Popen(asked(5000, "cut"), env=environment, stderr=subprocess.PIPE, text=True) as cut:
        assert cut.stderr is not None
        assert cut.stderr.readline() == "0 of 5000 households\n"
        cut.send_signal(signal.SIGINT)
        *_, last = cut.stderr
    assert (cut.returncode, last) == (130, "interrupted: what was laid stays; the same command goes on from there\n")
