"""What every procedure has: who may take a step, when, once, and what is told of it. The papers here are nobody's."""

import asyncio
import datetime as dt
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import APIRouter
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.db.base import UtcDateTime, house_metadata, table_of
from shared.db.system_tables import add_system_tables
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import DomainError, Invalid
from shared.house import House, HouseDefinition
from shared.procedures.deadlines import Deadlines
from shared.procedures.drawing import describe, page
from shared.procedures.errors import (
    LevelTooLow,
    SecondPersonNeeded,
    StepLapsed,
    StepNotYet,
    TransitionNotAllowed,
)
from shared.procedures.rows import Steps, lay_steps
from shared.procedures.steps import Caller, Clock, Procedure, Step
from shared.procedures.taking import Asked, Taker
from shared.regions import RegionLevel
from shared.security.actor import Actor
from shared.words.language import Language, speaking
from shared.words.said import Said, says
from tests.at_once import while_uncommitted
from tests.builders import REGION, TODAY, audit_rows
from tests.conftest import OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import ON_POSTGRESQL

METADATA = house_metadata("probe")
SYSTEM_TABLES = add_system_tables(METADATA)
STEPS = Steps(lay_steps(METADATA), "paper")


class Base(SQLModel, registry=registry(metadata=METADATA)):
    metadata = METADATA


class Paper(Base, table=True):
    id: UUID = Field(primary_key=True)
    status: str = Field(max_length=32)
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    appeal_ends_on: dt.date | None
    appeal_rule: dict[str, Any] | None = Field(sa_type=sa.JSON)
    due_on: dt.date | None
    overdue_of: dt.date | None
    correlation_id: str = Field(max_length=64)


class Status(StrEnum):
    DRAFT = "draft"
    DECIDED = "decided"
    APPEALED = "appealed"
    FINAL = "final"


class Action(StrEnum):
    DECIDE = "decide"
    APPEAL = "appeal"
    SEAL = "seal"


_APPEAL = Clock(
    "assets.publicity_days",
    "appeal_ends_on",
    "appeal_rule",
    says("plan-hangs-out"),
    working=True,
)
_DRAWN, _ABOVE = ("paper:write",), ("paper:approve", "paper:write")
PAPERS = Procedure(
    "a paper",
    Step(Status.DRAFT, Action.DECIDE, Status.DECIDED, _DRAWN, begins=_APPEAL),
    Step(Status.DECIDED, Action.APPEAL, Status.APPEALED, _DRAWN, needs=("note",), not_after=_APPEAL),
    Step(
        Status.DECIDED,
        Action.SEAL,
        Status.FINAL,
        _ABOVE,
        level=RegionLevel.COUNTY,
        not_before=_APPEAL,
        checks=Action.DECIDE,
        or_after=(Status.APPEALED,),
    ),
)
TAKER = Taker(PAPERS, STEPS, lambda paper: {"status": str(paper.status)})
DEADLINES = Deadlines(table_of(Paper), STEPS, ended=[Status.FINAL], action=Action.APPEAL)
PAPER = uuid4()
HOUSE = HouseDefinition(
    name="probe",
    title="probe",
    summary="A house with one procedure",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "procedure_migrations",
    router=APIRouter(),
)
VILLAGE = Actor("village", frozenset({"paper:write"}), (REGION,))
COUNTY = Actor("county", frozenset({"paper:write", "paper:approve"}), ("5206", REGION[:6]))
MONDAY = TODAY
LAST = MONDAY + dt.timedelta(days=7)
"""Five working days after the Monday."""


def lay(uow: UnitOfWork, **changes: Any) -> None:
    fields: dict[str, Any] = {"id": PAPER, "status": Status.DRAFT, "version": 1, "updated_at": uow.stamp()}
    empty = dict.fromkeys(("appeal_ends_on", "appeal_rule", "due_on", "overdue_of"))
    uow.session.add(Paper(**{**fields, **empty, "correlation_id": "c", **changes}))


def step(uow: UnitOfWork, action: Action, on: dt.date | None = None, note: str | None = None) -> None:
    paper = uow.session.get_one(Paper, PAPER, with_for_update=True)
    caller = Caller.of(uow.actor, REGION)
    TAKER.take(uow, paper, Asked(action=action, region_code=REGION, caller=caller, on=on, note=note))


def in_both(said: Said) -> tuple[str, str]:
    """A sentence in English and in Chinese."""
    return said.written(Language.EN), said.written(Language.ZH)


def history(reading: Reading) -> list[dict[str, Any]]:
    return STEPS.load_one(reading, PAPER)


def paper(reading: Reading) -> Paper:
    return reading.session.get_one(Paper, PAPER)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    """A paper was drawn up by the village."""
    found = await open_house(HOUSE, today=LAST + dt.timedelta(days=3))
    await found.database.write(lay)
    return found


async def take(house: House, action: Action, on: dt.date = MONDAY, *, actor: Actor = VILLAGE) -> None:
    await house.database.write(step, action, on, actor=actor)


async def refusal(house: House, action: Action, on: dt.date, *, actor: Actor) -> DomainError:
    before = (await house.database.read(history), await audit_rows(house))
    with pytest.raises(DomainError) as refused:
        await take(house, action, on, actor=actor)
    assert (await house.database.read(history), await audit_rows(house)) == before, "a refusal leaves no trace"
    return refused.value


async def test_a_step_leaves_a_row_an_audit_row_and_a_log_line(house: House, logged: Logged) -> None:
    await take(house, Action.DECIDE)
    [taken] = await house.database.read(history)
    found = await house.database.read(paper)
    assert taken == {
        "at": found.updated_at,
        "action": "decide",
        "on": MONDAY,
        "by": "village",
        "side": "paper:write",
        "stands_in": False,
        "status": "decided",
        "note": None,
    }
    assert (found.status, found.version, found.appeal_ends_on) == ("decided", 2, LAST)
    assert found.appeal_rule is not None
    assert found.appeal_rule["key"] == "assets.publicity_days"
    row = (await audit_rows(house))[-1]
    assert (row["action"], row["before"], row["after"]) == ("paper.decide", {"status": "draft"}, {"status": "decided"})
    [line] = logged.lines("paper.transition")
    assert (line["paper_id"], line["action"], line["status"]) == (str(PAPER), "decide", "decided")


async def test_what_is_no_step_from_here_names_what_is(house: House) -> None:
    refused = await refusal(house, Action.SEAL, MONDAY, actor=VILLAGE)
    assert isinstance(refused, TransitionNotAllowed)
    assert refused.extra == {"allowed_actions": ["decide"]}
    assert str(refused) == "a paper that is draft does not seal"


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        (-1, f"lies before {MONDAY}, the day of the step before it", "不能早于上一环节的办理日期（2026年11月16日）"),
        (30, "lies in the future", "所填时间尚未到来"),
    ],
)
async def test_a_day_before_the_step_before_or_to_come_is_refused(
    house: House, days: int, english: str, chinese: str
) -> None:
    def before_monday(uow: UnitOfWork) -> None:
        found = uow.session.get_one(Paper, PAPER, with_for_update=True)
        on, caller = MONDAY + dt.timedelta(days=days), Caller.of(VILLAGE, REGION)
        asked = Asked(action=Action.DECIDE, region_code=REGION, caller=caller, on=on, previous=MONDAY)
        TAKER.take(uow, found, asked)

    with pytest.raises(Invalid) as refused:
        await house.database.write(before_monday, actor=VILLAGE)
    [finding] = refused.value.findings
    assert finding.pointer == "/on"
    assert in_both(finding.said) == (english, chinese)


async def test_a_step_waits_for_the_days_before_it(house: House) -> None:
    await take(house, Action.DECIDE)
    refused = await refusal(house, Action.SEAL, LAST, actor=COUNTY)
    assert isinstance(refused, StepNotYet)
    assert refused.extra["not_before"] == str(LAST + dt.timedelta(days=1))
    assert str(refused) == f"the plan hangs out until {LAST}"
    await take(house, Action.SEAL, LAST + dt.timedelta(days=1), actor=COUNTY)
    assert [(entry["action"], entry["by"]) for entry in await house.database.read(history)] == [
        ("decide", "village"),
        ("seal", "county"),
    ]


async def test_what_a_step_decides_may_turn_out_the_other_way(house: House) -> None:
    await take(house, Action.DECIDE)

    def refuse(uow: UnitOfWork) -> None:
        found = uow.session.get_one(Paper, PAPER, with_for_update=True)
        on, caller = LAST + dt.timedelta(days=1), Caller.of(COUNTY, REGION)
        TAKER.take(uow, found, Asked(action=Action.SEAL, region_code=REGION, caller=caller, on=on, otherwise=True))

    await house.database.write(refuse, actor=COUNTY)
    sealed = (await house.database.read(history))[-1]
    assert (sealed["action"], sealed["status"]) == ("seal", "appealed")
    assert (await house.database.read(paper)).status == "appealed"
    with pytest.raises(ValueError, match="not enough values"):
        PAPERS.steps[0].leads_to(otherwise=True)


async def test_a_step_lapses_with_the_days_it_has(house: House) -> None:
    await take(house, Action.DECIDE)
    refused = await refusal(house, Action.APPEAL, LAST + dt.timedelta(days=1), actor=VILLAGE)
    assert isinstance(refused, StepLapsed)
    assert refused.extra == {"not_after": str(LAST)}
    assert in_both(refused.said) == (f"the plan hangs out until {LAST}", "收益分配方案公示至2026年11月23日")
    await take(house, Action.APPEAL, LAST)


async def test_a_step_of_a_wider_region_is_not_for_a_narrower_one(house: House) -> None:
    await take(house, Action.DECIDE)
    over = LAST + dt.timedelta(days=1)
    refused = await refusal(house, Action.SEAL, over, actor=VILLAGE)
    assert isinstance(refused, LevelTooLow)
    assert refused.extra == {"level": "county"}
    assert in_both(refused.said)[0] == "seal of a paper is for the county or above"
    assert "县级及以上" in in_both(refused.said)[1]
    assert PAPERS.allowed_to(Caller.of(VILLAGE, REGION), Status.DECIDED) == (Action.APPEAL,)
    assert PAPERS.allowed_to(Caller.of(COUNTY, REGION), Status.DECIDED) == (Action.APPEAL, Action.SEAL)


async def test_the_history_says_for_which_level_a_wider_region_acted(house: House) -> None:
    await take(house, Action.DECIDE)
    await take(house, Action.SEAL, LAST + dt.timedelta(days=1), actor=COUNTY)
    decided, sealed = await house.database.read(history)
    assert "acted_for" not in decided, "the step is for every level"
    assert sealed["acted_for"] == "county", "a prefecture took it"


async def test_a_step_that_checks_another_needs_a_second_person(house: House) -> None:
    await take(house, Action.DECIDE, actor=COUNTY)
    refused = await refusal(house, Action.SEAL, LAST + dt.timedelta(days=1), actor=COUNTY)
    assert isinstance(refused, SecondPersonNeeded)
    assert str(refused) == "who took `decide` does not take `seal` too"
    assert "须由他人复核" in in_both(refused.said)[1]


async def test_whoever_holds_another_scope_of_a_step_stands_in(house: House) -> None:
    await take(house, Action.DECIDE)
    clerk = Actor("clerk", frozenset({"paper:write"}), (REGION[:6],))
    await take(house, Action.SEAL, LAST + dt.timedelta(days=1), actor=clerk)
    sealed = (await house.database.read(history))[-1]
    assert (sealed["side"], sealed["stands_in"]) == ("paper:write", True)


@ON_POSTGRESQL
async def test_of_two_who_take_one_step_at_once_one_takes_it(house: House, database_url: str) -> None:
    second = partial(take, house, Action.DECIDE, actor=COUNTY)
    with pytest.raises(TransitionNotAllowed):
        await while_uncommitted(house, database_url, step, Action.DECIDE, MONDAY, actor=VILLAGE, then=second)
    assert [entry["by"] for entry in await house.database.read(history)] == ["village"]


async def test_a_deadline_that_passes_is_told_once_also_after_a_restart(open_house: OpenHouse, logged: Logged) -> None:
    due_on = LAST - dt.timedelta(days=1)
    first = await open_house(HOUSE, today=due_on)
    await first.database.write(lambda uow: lay(uow, due_on=due_on))
    assert not await first.database.write(DEADLINES.tell)
    assert await first.database.read(history) == []
    for _ in range(2):
        then = await open_house(HOUSE, today=LAST)
        await asyncio.gather(*(then.database.write(DEADLINES.tell) for _ in range(2)))
    [told] = await then.database.read(history)
    assert (told["action"], told["by"], told["note"]) == ("appeal", "system", f"was due on {due_on}")
    assert len(logged.lines("paper.appeal")) == 1
    assert [row["after"] for row in await audit_rows(then)] == [{"due_on": str(due_on)}]


async def test_what_the_machine_notes_is_read_in_the_language_of_whoever_reads(house: House) -> None:
    await house.database.write(lambda uow: lay(uow, id=uuid4(), due_on=LAST))
    await house.database.write(DEADLINES.tell)
    [thing_id] = await house.database.read(overdue)
    read = []
    for language in Language:
        token = speaking.set(language)
        [told] = await house.database.read(STEPS.load_one, thing_id)
        read.append(told["note"])
        speaking.reset(token)
    assert read == [f"was due on {LAST}", "办理时限为2026年11月23日，已逾期"]
    assert "said" not in told


def overdue(reading: Reading) -> list[UUID]:
    papers = table_of(Paper)
    return list(reading.connection.scalars(sa.select(papers.c.id).where(papers.c.overdue_of.is_not(None))))


def test_the_text_and_the_drawing_of_a_procedure_say_what_its_table_says() -> None:
    text, drawn = describe(PAPERS, "More."), page(PAPERS)
    assert "- `seal` takes it from `decided` to `final` or `appealed`: `paper:approve` or `paper:write` of a" in text
    assert "not who took `decide`; comes after the working days of `assets.publicity_days`" in text
    assert text.endswith("\n\nMore.")
    for line in (
        "[*] --> draft",
        "decided --> final: seal",
        "decided --> appealed: seal",
        "final --> [*]",
        "| `decided` | `appeal` | `appealed` |",
    ):
        assert line in drawn
