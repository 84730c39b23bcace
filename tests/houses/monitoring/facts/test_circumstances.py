"""Circumstances of a household and its members: each type by every way of a fact, and what the rules make of it."""

from typing import Any, Final

import pytest
import sqlalchemy as sa

from services.monitoring.models.evidence import Circumstance
from services.monitoring.operations import OPERATIONS
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from tests.builders import household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    Monitoring,
    correction,
    item_problem,
    open_monitoring,
    statuses,
    withdrawal,
    without,
)
from tests.houses.monitoring.circumstances import CIRCUMSTANCES
from tests.mechanism.probe import ON_SQLITE
from tests.problems import problem

CHILD = member(3, relation="child", birth_date="2013-09-01", labour="none", student=True)
FAMILY = household([member(1), CHILD], category="lifted", relocated=True)
"""Relocated and lifted out of poverty: one who can work, and a child of compulsory age."""
RAISED: Final = {
    "dropout": "red",
    "disability": "red",
    "accident": "orange",
    "disaster": "red",
    "production_failure": "orange",
    "zero_job": "red",
    "unsafe_housing": "red",
    "unsafe_water": "orange",
    "uninsured": "orange",
    "relief_ended": "orange",
}
ABOUT_A_MEMBER: Final = ("schooling", "insurance", "work", "disability", "care", "chronic", "accident")
SHIJIAZHUANG: Final = "130102001001"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put(FAMILY)
    return found


def about(type_: str, reference: str, **payload: Any) -> dict[str, Any]:
    """The example of a type under another reference, some of what it says changed."""
    example = CIRCUMSTANCES[type_]
    return {**example, "source_ref": reference, "payload": example["payload"] | payload}


async def is_proved(monitoring: Monitoring) -> bool:
    return await OPERATIONS["audit-ledger"](monitoring.house) == 0


async def graded(monitoring: Monitoring, status: str = "open") -> dict[str, str]:
    """The grade of each kind of risk."""
    return {risk["kind"]: risk["grade"] for risk in await monitoring.risks(status=status)}


async def kept(monitoring: Monitoring) -> int:
    """How many circumstances count."""

    def count(reading: Reading) -> int:
        counted = sa.select(sa.func.count()).select_from(table_of(Circumstance))
        return reading.connection.scalar(counted) or 0

    return await monitoring.house.database.read(count)


async def test_each_type_is_stored_once_raises_its_risk_and_is_withdrawn(monitoring: Monitoring) -> None:
    facts = [dict(one) for one in CIRCUMSTANCES.values()]
    assert statuses(await monitoring.post({"facts": facts})) == [201] * 15
    assert await graded(monitoring) == RAISED
    assert (await kept(monitoring), await is_proved(monitoring)) == (15, True)

    again = [{**fact} | {"source_ref": f"again-{fact['type']}", "source": "civil-affairs"} for fact in facts]
    assert statuses(await monitoring.post({"facts": facts})) == [200] * 15
    assert statuses(await monitoring.post({"facts": again})) == [201] * 15
    assert len(await monitoring.events("risk-raised.v1")) == len(RAISED)
    assert await monitoring.events("risk-updated.v1") == []

    await monitoring.record(*(withdrawal(one, f"w-{one['type']}") for one in facts))
    assert await graded(monitoring) == RAISED
    await monitoring.record(*(withdrawal(one, f"w-again-{one['type']}") for one in again))
    assert (await graded(monitoring), await graded(monitoring, "cleared")) == ({}, RAISED)
    assert (await kept(monitoring), await is_proved(monitoring)) == (0, True)


def _refused() -> dict[str, tuple[dict[str, Any], str, str]]:
    """What is refused: the fact, the code and the pointer."""

    def wrong(type_: str, **payload: Any) -> tuple[dict[str, Any], str, str]:
        [field] = payload
        return about(type_, f"{type_}-{field}", **payload), "invalid", f"/payload/{field}"

    def of_nobody(type_: str) -> tuple[dict[str, Any], str, str]:
        return about(type_, f"{type_}-nobody") | {"member_no": None}, "fact-invalid", "/member_no"

    words = {
        "schooling": ("event", "stage", "reason"),
        "dwelling": ("grade",),
        "water": ("quality",),
        "insurance": ("scheme", "status", "paid_by"),
        "work": ("status", "channel"),
        "disability": ("kind",),
        "care": ("level",),
        "chronic": ("disease", "contract"),
        "disaster": ("sub_kind",),
        "accident": ("kind", "effect"),
        "production": ("kind", "outcome"),
        "relief": ("scheme", "status"),
        "loan": ("kind",),
        "member_change": ("change",),
    }
    tomorrow = about("means", "tomorrow") | {"observed_on": "2026-11-17"}
    return {
        **{f"{name} of nobody": of_nobody(name) for name in ABOUT_A_MEMBER},
        **{
            f"{name} unknown {field}": wrong(name, **{field: "nonsense"})
            for name, fields in words.items()
            for field in fields
        },
        **{f"loss {loss}": wrong("disaster", loss=loss) for loss in ("-1.00", "1.005")},
        **{f"litres {litres}": wrong("water", litres_per_day=litres) for litres in ("-1", "20.005", 20, "1e1")},
        **{f"mu {mu}": wrong("means", arable_mu=mu) for mu in ("-3.5", "3.555")},
        "balance below nothing": wrong("loan", balance="-0.01"),
        "loss too precise": wrong("production", loss="0.001"),
        "half a metre": wrong("water", distance_m=800.5),
        "height below": wrong("water", height_m=-1),
        "minutes as text": wrong("water", minutes="20"),
        "more days than a year has": wrong("water", days_short=367),
        "a cut to come": (about("water", "cut", cut_since="2026-11-03"), "fact-invalid", "/payload/cut_since"),
        "observed tomorrow": (tomorrow, "fact-invalid", "/observed_on"),
        "grade 5": wrong("disability", grade=5),
        "grade 0": wrong("disability", grade=0),
        "grade as text": wrong("disability", grade="2"),
        "a year as text": wrong("insurance", year="2026"),
        "a flag as text": wrong("dwelling", only_home="true"),
        "nobody checked it": wrong("dwelling", checked_by=""),
        "a place of four digits": wrong("work", place_code="4419"),
        "tools as text": wrong("means", tools="hoe"),
        "a field too many": wrong("care", since="2020"),
        "nothing of a child": (without(CIRCUMSTANCES["schooling"], "payload", "event"), "invalid", "/payload/event"),
        "an epidemic where no policy names it": (
            about("accident", "epidemic", kind="epidemic"),
            "fact-invalid",
            "/payload/kind",
        ),
        "a member who is not there": (about("care", "stranger") | {"member_no": 9}, "fact-invalid", "/member_no"),
    }


@ON_SQLITE
async def test_what_is_wrong_is_refused_in_its_place_and_nothing_is_written(monitoring: Monitoring) -> None:
    refused = _refused()
    before = await monitoring.counts()
    answer = await monitoring.post({"facts": [fact for fact, _, _ in refused.values()]})
    found = dict(zip(refused, map(item_problem, answer.json()["items"]), strict=True))
    assert found == {name: (422, code, [pointer]) for name, (_, code, pointer) in refused.items()}
    for name in ("care of nobody", "disability unknown kind", "a cut to come", "an epidemic where no policy names it"):
        fact, code, pointer = refused[name]
        assert problem(await monitoring.post(fact)) == (422, code, [pointer])
    assert await monitoring.counts() == before


@ON_SQLITE
async def test_what_may_be_missing_may_be_null(monitoring: Monitoring) -> None:
    optional = {
        "schooling": ("school_code", "reason"),
        "water": (
            *("litres_per_day", "distance_m", "height_m", "minutes"),
            *("quality", "days_short", "cut_since", "supply"),
        ),
        "insurance": ("paid_by",),
        "work": ("place_code", "channel"),
        "loan": ("due_on",),
    }
    null = [about(name, f"null-{name}", **dict.fromkeys(fields)) for name, fields in optional.items()]
    missing = [without(fact, "payload", field) for fact in null for field in optional[fact["type"]]]
    assert statuses(await monitoring.post({"facts": null})) == [201] * len(null)
    assert statuses(await monitoring.post({"facts": missing})) == [200] * len(missing)


@ON_SQLITE
async def test_an_epidemic_is_an_accident_where_the_policy_names_it(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = (await open_monitoring(open_house, client_for)).house
    monitoring = Monitoring(house, client_for(house, region="13"))
    assert (await monitoring.put(FAMILY | {"region_code": SHIJIAZHUANG})).status_code == 201
    assert (await monitoring.post(about("accident", "epidemic", kind="epidemic"))).status_code == 201
    assert await graded(monitoring) == {"accident": "orange"}


@ON_SQLITE
async def test_a_state_is_what_was_observed_last_whichever_came_first(monitoring: Monitoring) -> None:
    repaired = about("dwelling", "repaired", grade="A") | {"observed_on": "2026-11-10"}
    await monitoring.record(repaired)
    await monitoring.record(CIRCUMSTANCES["dwelling"])
    assert await graded(monitoring) == {}

    await monitoring.record(correction(repaired, "slip", grade="C"))
    assert await graded(monitoring) == {"unsafe_housing": "orange"}
    await monitoring.record(withdrawal({**repaired, "source_ref": "slip"}, "w-slip"))
    assert await graded(monitoring) == {"unsafe_housing": "red"}


@ON_SQLITE
async def test_a_corrected_fact_changes_its_risk(monitoring: Monitoring) -> None:
    certified = CIRCUMSTANCES["disability"]
    await monitoring.record(certified)
    await monitoring.record(correction(certified, "milder", grade=3))
    assert await graded(monitoring) == {"disability": "orange"}
    await monitoring.record(CIRCUMSTANCES["schooling"])
    await monitoring.record(correction(CIRCUMSTANCES["schooling"], "visit", event="persuasion_visit"))
    assert await graded(monitoring) == {"disability": "orange"}


@ON_SQLITE
async def test_a_risk_goes_with_the_member_it_is_about(monitoring: Monitoring) -> None:
    await monitoring.record(CIRCUMSTANCES["schooling"], CIRCUMSTANCES["dwelling"])
    assert (await monitoring.put(household([member(1)], category="lifted"))).status_code == 200
    assert await graded(monitoring) == {"unsafe_housing": "red"}
    assert await graded(monitoring, "cleared") == {"dropout": "red"}


@ON_SQLITE
async def test_who_may_not_see_health_sees_neither_who_it_is_nor_what(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    exempt = about("schooling", "exempt", event="exempt", reason="health")
    allowance = about("relief", "allowance", scheme="disability_care") | {"member_no": 1}
    await monitoring.record(*CIRCUMSTANCES.values(), exempt, allowance)
    outsider = Monitoring(monitoring.house, client_for(monitoring.house, scopes=["monitoring:read"]))

    shown = {fact["source_ref"]: fact for fact in (await outsider.get("facts", limit=100))["items"]}
    hidden = {
        CIRCUMSTANCES["disability"]["source_ref"]: {},
        CIRCUMSTANCES["care"]["source_ref"]: {},
        CIRCUMSTANCES["chronic"]["source_ref"]: {},
        CIRCUMSTANCES["accident"]["source_ref"]: {"kind": "traffic"},
        "exempt": {"stage": "junior"},
        "allowance": {"status": "ended"},
    }
    assert {ref: (shown[ref]["member_no"], shown[ref]["payload"]) for ref in hidden} == {
        ref: (None, payload) for ref, payload in hidden.items()
    }
    assert shown[CIRCUMSTANCES["insurance"]["source_ref"]]["member_no"] == 1

    risks = {risk["kind"]: risk for risk in await outsider.risks()}
    verdicts = await outsider.verdicts()
    for kind in (RiskKind.DISABILITY, RiskKind.ACCIDENT):
        for told in (risks[kind], verdicts[kind]):
            assert [(reason["inputs"], reason["parameters"]) for reason in told["reasons"]] == [({}, [])]
