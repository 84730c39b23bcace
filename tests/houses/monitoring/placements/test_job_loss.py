"""The last earner of a household loses the work: one alarm, until somebody works again; the next loss is another."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from services.monitoring.app import MONITORING
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.operations import OPERATIONS
from services.monitoring.screenings.commands.judge import screen_households
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import RiskKind
from shared.contracts.monitoring import Clue
from shared.contracts.payload import Payload
from shared.db.base import table_of
from shared.db.migrate import alembic_config, migrate
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from tests.builders import HOUSEHOLD, TODAY, audit_rows, deliver, household, member, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    open_monitoring,
    placement_ended,
    placement_started,
    take_from_bus,
    wages,
    without,
)

LOSS = RiskKind.JOB_LOSS


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def episodes(monitoring: Monitoring) -> list[tuple[int, str]]:
    return sorted((risk["episode"], risk["status"]) for risk in await monitoring.risks(kind=LOSS.value))


async def told(monitoring: Monitoring) -> list[tuple[str, int]]:
    return [
        (event.type.removeprefix("monitoring.risk-").removesuffix(".v1"), event.data.episode)
        for event in await monitoring.events()
        if event.type.startswith("monitoring.risk-") and event.data.kind is LOSS
    ]


async def test_the_loss_of_the_last_work_raises_one_risk_with_its_reasons(monitoring: Monitoring) -> None:
    event = published_as(placement_ended("p1", reason=PlacementEndReason.FINISHED))
    await deliver(monitoring.house, placement_started("p1"), event)

    risk = await monitoring.the_risk(LOSS)
    assert (risk["grade"], risk["status"], risk["episode"]) == ("orange", "open", 1)
    [reason] = risk["reasons"]
    assert {name: reason["inputs"][name] for name in ("lost_on", "reason", "placement_id")} == {
        "lost_on": TODAY.isoformat(),
        "reason": "finished",
        "placement_id": str(derived_id("placement", "p1")),
    }
    assert reason["inputs"]["grade_lacks"] == ["known months of the window"]
    [raised] = await monitoring.events("risk-raised.v1")
    assert raised.context.causation_id == str(event.event_id)
    assert raised.context.correlation_id == event.headers["ce_correlationid"]
    assert raised.data.clue == Clue(type="placement")
    audited = [row for row in await audit_rows(monitoring.house) if row["action"] == "job.lost"]
    assert [(row["actor"], row["subject"]) for row in audited] == [("employment", HOUSEHOLD)]
    assert (await monitoring.verdicts())[LOSS]["outcome"] == "fires"


@pytest.mark.parametrize(("monthly", "grade"), [("3196.00", "red"), ("3196.01", "orange"), ("100.00", "red")])
async def test_a_loss_near_the_line_is_red(monitoring: Monitoring, monthly: str, grade: str) -> None:
    """Four members are near the line of 7990.00 up to 38352.00 a year."""
    await monitoring.record(*wages(WINDOW, monthly))
    await deliver(monitoring.house, placement_ended("p1"))
    risk = await monitoring.the_risk(LOSS)
    assert risk["grade"] == grade
    cited = {parameter["key"] for parameter in risk["reasons"][0]["parameters"]}
    assert {"monitoring.income_line", "monitoring.near_line_ratio"} <= cited


async def test_the_last_earner_who_left_the_household_raises_it_as_any_other_end(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, placement_started("p1"))
    await monitoring.put(household(household()["members"][1:]))
    await deliver(monitoring.house, placement_ended("p1", reason=PlacementEndReason.LEFT_HOUSEHOLD))
    risk = await monitoring.the_risk(LOSS)
    assert (risk["status"], risk["reasons"][0]["inputs"]["reason"]) == ("open", "left_household")


async def test_the_end_of_work_that_is_not_the_last_changes_nothing(monitoring: Monitoring) -> None:
    counts = await monitoring.counts()
    await deliver(monitoring.house, placement_started("p1"), placement_ended("p2", last_earner=False))
    after = await monitoring.counts()
    assert {name for name in counts if counts[name] != after[name]} == {"inbox", "bus_position"}


async def test_new_work_clears_the_risk_and_the_next_loss_is_the_second_episode(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, placement_ended("p1"))
    await deliver(monitoring.house, placement_started("p2", started_on=TODAY - dt.timedelta(days=3)))
    cleared = await monitoring.the_risk(LOSS)
    assert (cleared["status"], cleared["reasons"][0]["inputs"]["placement_id"]) == (
        "cleared",
        str(derived_id("placement", "p2")),
    )
    await deliver(monitoring.house, placement_ended("p2"))
    assert await episodes(monitoring) == [(1, "cleared"), (2, "open")]
    assert await told(monitoring) == [("raised", 1), ("cleared", 1), ("raised", 2)]


async def test_what_is_told_at_once_is_told_as_if_one_by_one(monitoring: Monitoring) -> None:
    events = [placement_ended("p1"), placement_started("p2"), placement_ended("p2"), placement_started("p3")]
    neighbour = [placement_ended("n1", household_code="DJ-0002")]
    await monitoring.put(code="DJ-0002")
    await take_from_bus(monitoring.house, *[published_as(event) for event in (*events, *neighbour)])
    found = [(risk["household_code"], risk["episode"], risk["status"]) for risk in await monitoring.risks()]
    assert sorted(found) == [(HOUSEHOLD, 1, "cleared"), (HOUSEHOLD, 2, "cleared"), ("DJ-0002", 1, "open")]


async def test_repeats_and_replays_change_nothing(monitoring: Monitoring) -> None:
    story: list[Payload] = [
        placement_started("p1"),
        placement_ended("p1"),
        placement_started("p2"),
    ]
    events = [published_as(payload) for payload in story]
    await deliver(monitoring.house, *events, *events)
    before = await monitoring.risks(), await monitoring.events()

    await deliver(monitoring.house, *events)
    await deliver(monitoring.house, events[1])
    await deliver(monitoring.house, placement_ended("p1"))
    assert (await monitoring.risks(), await monitoring.events()) == before


async def test_the_start_of_the_lost_work_told_late_does_not_end_the_loss(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, placement_ended("p1"), placement_started("p1"))
    assert await episodes(monitoring) == [(1, "open")]


async def test_a_changed_household_is_judged_with_its_loss(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2700.00"))
    await deliver(monitoring.house, placement_ended("p1"))
    assert (await monitoring.the_risk(LOSS))["grade"] == "red"
    await monitoring.put(household([member(1)]))
    assert (await monitoring.the_risk(LOSS))["grade"] == "orange"


async def test_a_placement_of_an_unknown_household_waits_as_a_dead_letter(monitoring: Monitoring) -> None:
    await take_from_bus(monitoring.house, published_as(placement_ended("p1", household_code="DJ-0002")))
    [letter] = (await monitoring.client.get("/monitoring/v1/dead-letters")).json()["items"]
    assert letter["error"].startswith("HouseholdNotFound: no household DJ-0002")

    await monitoring.put(code="DJ-0002")
    await monitoring.client.post("/monitoring/v1/dead-letters/replay", json={"ids": [letter["id"]], "dry_run": False})
    assert (await monitoring.the_risk(LOSS))["household_code"] == "DJ-0002"


async def _asked(monitoring: Monitoring, codes: Iterable[str]) -> list[str]:
    """The tables that screening these households reads, in order."""

    def screen(uow: UnitOfWork) -> list[str]:
        statements: list[str] = []

        def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
            statements.append(statement)

        sa.event.listen(uow.connection, "before_cursor_execute", hear)
        screen_households(uow, sorted(codes), uow.today())
        return [statement.partition("FROM ")[2].split()[0] for statement in statements if "SELECT" in statement]

    return await monitoring.house.database.write(screen)


async def test_households_that_lost_no_work_are_judged_without_asking(monitoring: Monitoring) -> None:
    codes = [f"N-{number}" for number in range(5)]
    for code in codes:
        await monitoring.put(code=code)
    await _asked(monitoring, codes)
    without_loss = await _asked(monitoring, codes)
    assert "job_loss" not in without_loss

    await deliver(monitoring.house, *[placement_ended(code, household_code=code) for code in codes[:3]])
    assert sorted(await _asked(monitoring, codes)) == sorted([*without_loss, "job_loss"])
    assert {risk["household_code"] for risk in await monitoring.risks(kind=LOSS.value)} == set(codes[:3])


async def test_the_audit_finds_a_loss_that_no_judgement_would_see(
    monitoring: Monitoring, capsys: pytest.CaptureFixture[str]
) -> None:
    await deliver(monitoring.house, placement_ended("p1"))
    assert await OPERATIONS["audit-ledger"](monitoring.house) == 0

    def forget(uow: UnitOfWork) -> None:
        uow.connection.execute(sa.update(table_of(HouseholdWindow)).values(evidence=""))

    await monitoring.house.database.write(forget)
    capsys.readouterr()
    assert await OPERATIONS["audit-ledger"](monitoring.house) == 1
    assert "household_window evidence job_loss" in capsys.readouterr().out


async def test_what_the_first_release_kept_is_still_there(
    databases: Databases, open_house: OpenHouse, client_for: ClientFor
) -> None:
    """Down to the tables of the first release, which know no loss of work, and up again."""
    before = await open_monitoring(open_house, client_for)
    await before.put()
    await before.record(*wages(WINDOW, "2600.00"))
    kept, counts = [without(risk, "updated_at") for risk in await before.risks()], await before.counts()
    await deliver(before.house, placement_ended("p1"))

    vault = before.house.database.resources.vault

    def to_the_first(uow: UnitOfWork) -> None:
        command.downgrade(alembic_config(MONITORING.migrations, uow.connection, MONITORING.metadata, vault), "0001")

    await before.house.database.write(to_the_first)
    await migrate(databases.url.format(house="monitoring"), MONITORING.migrations, MONITORING.metadata, vault=vault)
    after = await open_monitoring(open_house, client_for)
    assert [without(risk, "updated_at") for risk in await after.risks()] == kept
    found = await after.counts()
    assert {name: found[name] for name in ("fact", "household_window", "risk", "job_loss")} == {
        name: counts[name] for name in ("fact", "household_window", "risk", "job_loss")
    }
    await deliver(after.house, placement_ended("p1"))
    assert (await after.the_risk(LOSS))["status"] == "open"
    with pytest.raises(sa.exc.IntegrityError):
        await after.house.database.write(_call_every_risk, "forgotten")


def _call_every_risk(uow: UnitOfWork, status: str) -> None:
    uow.connection.execute(sa.text("UPDATE risk SET status = :status"), {"status": status})


async def test_a_loss_stands_from_its_day_until_the_day_of_the_new_work(monitoring: Monitoring) -> None:
    lost, found = (TODAY - dt.timedelta(days=days) for days in (10, 3))
    await deliver(monitoring.house, placement_ended("p1", ended_on=lost), placement_started("p2", started_on=found))

    async def outcome(on: dt.date) -> str:
        return str((await monitoring.verdicts(as_of=on.isoformat()))[LOSS]["outcome"])

    day = dt.timedelta(days=1)
    assert [await outcome(on) for on in (lost - day, lost, found - day, found)] == ["clear", "fires", "fires", "clear"]
