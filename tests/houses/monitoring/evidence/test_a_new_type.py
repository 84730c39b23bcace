"""A type of evidence that nobody knew goes every way of the others: its class and its row are all that it needs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter

from services.monitoring.evidence import table
from services.monitoring.evidence.kept import AsOf, Kept, Posting
from services.monitoring.evidence.schemas import MonthSent, ReportedFact, Statement
from services.monitoring.evidence.store import load_seen
from services.monitoring.evidence.table import EVIDENCE, FactIn
from services.monitoring.evidence.types import EvidenceType
from services.monitoring.operations import OPERATIONS
from shared.codes.monitoring import RiskKind
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.findings import Finding
from shared.money import Yuan
from shared.words.said import Said
from tests.builders import HOUSEHOLD, TODAY, fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    correction,
    item_problem,
    open_monitoring,
    wages,
    withdrawal,
)

_TABLES = sa.MetaData()
_DAMAGE = sa.Table(
    "damage",
    _TABLES,
    sa.Column("fact_id", sa.Uuid(), primary_key=True),
    sa.Column("household_code", sa.String(64)),
    sa.Column("grade", sa.String(8)),
)
_REPAIRS = sa.Table(
    "repair_month",
    _TABLES,
    sa.Column("household_code", sa.String(64), primary_key=True),
    sa.Column("month", sa.Integer(), primary_key=True),
    sa.Column("cost", sa.BigInteger()),
)


class DamagePayload(Statement):
    """Damage to the house 住房受损, and what its repair cost in a month."""

    grade: Literal["C", "D"]
    month: MonthSent
    cost: Yuan


class DamageFact(ReportedFact):
    """A house was damaged."""

    type: Literal["damage"]
    payload: DamagePayload

    def posting(self, person_id: UUID | None) -> Posting:
        """A row, a sum of its own, and what the household bears itself."""
        said = self.payload
        return Posting(
            months={said.month: {"self_paid_compliant": said.cost}},
            amounts={(REPAIRS, (said.month,)): said.cost},
            rows={DAMAGES: {"grade": said.grade}},
        )

    def month_named(self) -> int:
        """The month of the repair."""
        return self.payload.month

    def doubt(self) -> Finding | None:
        """Nobody repairs for nothing."""
        return None if self.payload.cost else Finding("/payload/cost", Said.of("a repair costs something"))


def _load_grades(reading: Reading, codes: Sequence[str], _: AsOf) -> Mapping[str, list[str]]:
    grades: dict[str, list[str]] = {}
    asked = sa.select(_DAMAGE).where(_DAMAGE.c.household_code.in_(codes))
    for row in reading.connection.execute(asked):
        grades.setdefault(row.household_code, []).append(row.grade)
    return grades


def _load_repairs(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, int]:
    asked = sa.select(_REPAIRS).where(_REPAIRS.c.household_code.in_(codes), _REPAIRS.c.month <= as_of.last)
    return {row.household_code: row.cost for row in reading.connection.execute(asked)}


DAMAGES: Final[Kept[list[str]]] = Kept(_DAMAGE, nothing=[], load=_load_grades, key=("fact_id",))
REPAIRS: Final[Kept[int]] = Kept(_REPAIRS, nothing=0, load=_load_repairs, key=("month",), amount="cost")
DAMAGE: Final = EvidenceType(
    "damage", fact=DamageFact, speaks_for=frozenset({RiskKind.RIGID_EXPENSE}), kept=(DAMAGES, REPAIRS)
)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> Monitoring:
    """Monitoring that knows one type more: the row of the table, and the two tables a migration would make."""
    monkeypatch.setitem(EVIDENCE, DAMAGE.name, DAMAGE)
    monkeypatch.setattr(table, "FACT", TypeAdapter(FactIn))
    opened = await open_monitoring(open_house, client_for)
    await opened.house.database.write(lambda uow: _TABLES.create_all(uow.connection))
    await opened.put()
    return opened


def damage(source_ref: str, cost: str = "100.00", grade: str = "C", month: str = "2026-10") -> dict[str, Any]:
    return fact("damage", source_ref, {"grade": grade, "month": month, "cost": cost})


async def rows(monitoring: Monitoring) -> tuple[list[str], int]:
    """The grades that stand, and the sum of the repairs."""

    def ask(reading: Reading) -> tuple[list[str], int]:
        grades = sorted(reading.connection.scalars(sa.select(_DAMAGE.c.grade)))
        return grades, reading.connection.scalar(sa.select(sa.func.sum(_REPAIRS.c.cost))) or 0

    return await monitoring.house.database.read(ask)


async def is_proved(monitoring: Monitoring) -> bool:
    return await OPERATIONS["audit-ledger"](monitoring.house) == 0


async def test_it_is_posted_repeated_corrected_withdrawn_and_shown(monitoring: Monitoring) -> None:
    first = damage("d1")
    corrected = correction(first, "d2", grade="D", cost="250.00")
    assert (await monitoring.post(first)).status_code == 201
    assert (await monitoring.post(first)).status_code == 200
    assert await rows(monitoring) == (["C"], 10_000)
    assert (await monitoring.post(corrected)).status_code == 201
    assert await rows(monitoring) == (["D"], 25_000)
    assert await is_proved(monitoring)

    assert (await monitoring.post(withdrawal(corrected, "w1"))).status_code == 201
    assert await rows(monitoring) == ([], 0)
    assert await is_proved(monitoring)

    shown = {item["source_ref"]: item for item in (await monitoring.get("facts"))["items"]}
    assert {name: (item["type"], item["status"]) for name, item in shown.items()} == {
        "d1": ("damage", "superseded"),
        "d2": ("damage", "withdrawn"),
        "w1": ("withdrawal", "stands"),
    }
    assert shown["d2"]["payload"] == {"grade": "D", "month": "2026-10", "cost": "250.00"}


async def test_it_is_refused_like_the_others(monitoring: Monitoring) -> None:
    await monitoring.record(damage("d1"))
    [wage] = wages(["2026-10"], "2800.00")
    answer = await monitoring.post(
        {
            "facts": [
                damage("d1", cost="101.00"),
                damage("d2", cost="0.00"),
                damage("d3", month="2027-01"),
                damage("d4", grade="E"),
                damage("d5") | {"member_no": 9},
                wage | {"supersedes": {"source": wage["source"], "source_ref": "d1"}},
            ]
        }
    )
    assert [item_problem(item) for item in answer.json()["items"]] == [
        (409, "fact-contradicts", []),
        (422, "fact-invalid", ["/payload/cost"]),
        (422, "fact-invalid", ["/payload/month"]),
        (422, "invalid", ["/payload/grade"]),
        (422, "fact-invalid", ["/member_no"]),
        (422, "fact-invalid", ["/type"]),
    ]
    assert await rows(monitoring) == (["C"], 10_000)


async def test_a_risk_names_it_as_its_clue_and_the_rules_see_it(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2800.00"))
    stored = await monitoring.post(damage("d1", cost="9000.00", grade="D"))
    risk = await monitoring.the_risk(RiskKind.RIGID_EXPENSE)
    clues = {str(event.data.risk_id): event.data.clue for event in await monitoring.events("risk-raised.v1")}
    clue = clues[risk["risk_id"]]
    assert (clue.type, str(clue.fact_id)) == ("damage", stored.json()["fact_id"])

    def see(reading: Reading) -> tuple[list[str], int]:
        as_of = AsOf(2026 * 12, 2026 * 12 + 9, TODAY)
        seen = load_seen(reading, {HOUSEHOLD: {"damage", "repair_month"}}, as_of)[HOUSEHOLD]
        return DAMAGES.seen_in(seen), REPAIRS.seen_in(seen)

    assert await monitoring.house.database.read(see) == (["D"], 900_000)


async def test_the_proof_finds_what_is_not_as_its_facts_say(
    monitoring: Monitoring, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = await monitoring.post(damage("d1"))

    def tamper(uow: UnitOfWork) -> None:
        uow.connection.execute(sa.delete(_DAMAGE))
        uow.connection.execute(sa.update(_REPAIRS).values(cost=1))

    await monitoring.house.database.write(tamper)
    capsys.readouterr()
    assert not await is_proved(monitoring)
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["differences"]
    assert {(one["place"], str(one["kept"]), str(one["computed"])) for one in found} == {
        (f"damage {stored.json()['fact_id']}", "None", "{'grade': 'C'}"),
        ("repair_month 2026-10", "1", "10000"),
    }
