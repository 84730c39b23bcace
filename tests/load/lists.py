"""Every list of monitoring and assistance, with every filter: what a page takes of the processors.

Nobody else is asked meanwhile and the pages lie in memory: on a machine of its own an answer takes hardly longer.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from services.assistance.disbursements.queries import DisbursementList, disbursements
from services.assistance.measures.queries import MeasureList, measures
from services.assistance.models import Disbursement, Measure, Task
from services.assistance.tasks.queries import TaskList, tasks, tasks_by_county
from services.monitoring.facts.queries import FactList, facts
from services.monitoring.households.queries import HouseholdList, households
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.risks import Risk
from services.monitoring.risks.queries import RiskList, risks
from shared.codes.assistance import MeasureKind, MeasureStatus, TaskStatus
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading
from shared.lists.cursor import encode
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.security.actor import Actor
from shared.security.issuer import ALL_SCOPES
from tests.load import aims
from tests.load.client import percentile
from tests.load.cpu import Meter
from tests.load.figures import Figure

_CALLER: Final = Actor("province", frozenset(ALL_SCOPES), ("52",))
_PATH: Final = "/a-list"
_LEVELS: Final = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}
_SAMPLED: Final = 40


@dataclass(frozen=True, slots=True)
class MeasuredList:
    """A list, and what it is asked for."""

    name: str
    query: Callable[[Reading, Any], Page[Any]]
    model: type[ListQuery]
    rows: sa.Select[Any]
    """The rows of its table, with their regions."""
    codes: Mapping[str, type[Any]] = field(default_factory=dict)
    """The filters whose values are codes; each code is asked for."""
    switches: Sequence[str] = ()
    """The filters that are yes or no."""
    key: str = "id"
    """The column of its table that tells its rows apart."""

    @property
    def table(self) -> sa.Table:
        """The table whose rows it shows."""
        return next(table for table in self.rows.columns_clause_froms if isinstance(table, sa.Table))


_FACTS, _HOUSEHOLDS, _MEASURES, _TASKS = (table_of(model) for model in (Fact, Household, Measure, Task))

OF_MONITORING: Final = (
    MeasuredList(
        "risks",
        risks,
        RiskList,
        sa.select(table_of(Risk)),
        {"kind": RiskKind, "status": RiskStatus, "grade": RiskGrade},
    ),
    MeasuredList(
        "facts",
        facts,
        FactList,
        sa.select(_FACTS, _HOUSEHOLDS.c.region_code).join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _FACTS.c.household_code),
    ),
    MeasuredList(
        "households",
        households,
        HouseholdList,
        sa.select(_HOUSEHOLDS),
        {"category": HouseholdCategory},
        switches=("relocated", "dibao", "ended"),
        key="code",
    ),
)
OF_ASSISTANCE: Final = (
    MeasuredList(
        "tasks", tasks, TaskList, sa.select(_TASKS), {"kind": RiskKind, "status": TaskStatus}, switches=("overdue",)
    ),
    MeasuredList(
        "measures",
        measures,
        MeasureList,
        sa.select(_MEASURES, _TASKS.c.region_code).join(_TASKS, _TASKS.c.id == _MEASURES.c.task_id),
        {"kind": MeasureKind, "status": MeasureStatus},
        switches=("overdue",),
    ),
    MeasuredList("disbursements", disbursements, DisbursementList, sa.select(table_of(Disbursement))),
)


class Variant(NamedTuple):
    """One way to ask for a list, and the values that it is asked for with in turn."""

    name: str
    asked: Sequence[Mapping[str, Any]]


def variants(wanted: MeasuredList, sample: Sequence[Mapping[Any, Any]], middle: str) -> Iterator[Variant]:
    """Every filter of a list by itself, the common ones together, and a page in the middle.

    Values that differ from row to row are those of a sample of its rows.
    """
    yield Variant("all", [{}])
    yield Variant("a page in the middle", [{"cursor": middle}])
    for level, digits in _LEVELS.items():
        yield Variant(f"{level}", [{"region_code": row["region_code"][:digits]} for row in sample])
    for name, codes in wanted.codes.items():
        for code in codes:
            yield Variant(f"{name} {code}", [{name: code}])
            yield Variant(
                f"county, {name} {code}", [{name: code, "region_code": row["region_code"][:6]} for row in sample]
            )
    for name, value in itertools.product(wanted.switches, (True, False)):
        yield Variant(f"{name} {value}", [{name: value}])
        yield Variant(f"village, {name} {value}", [{name: value, "region_code": row["region_code"]} for row in sample])
    for name in _own_filters(wanted) - {"region_code", *wanted.codes, *wanted.switches}:
        value_of = _VALUES[name]
        yield Variant(name, [value_of(row) for row in sample])
        if name == "source":
            yield Variant("source that told nothing", [{name: "nobody"}])


def _own_filters(wanted: MeasuredList) -> set[str]:
    return wanted.model.model_fields.keys() - ListQuery.model_fields.keys()


_VALUES: Final[Mapping[str, Callable[[Mapping[Any, Any]], dict[str, Any]]]] = {
    "household_code": lambda row: {"household_code": row["household_code"]},
    "updated_after": lambda row: {"updated_after": row["updated_at"].isoformat()},
    "type": lambda row: {"type": row["type"]},
    "source": lambda row: {"source": row["source"]},
    "source_ref": lambda row: {"source": row["source"], "source_ref": row["source_ref"]},
}
"""What a filter by values of rows is asked for with. A filter that is in none of these places fails the bench."""


async def measured_lists(
    section: str, database: Database, lists: Sequence[MeasuredList], cpu: Meter, rounds: int, calls: int
) -> list[Figure]:
    """The p95 of every way to ask for these lists, the p50 beside it; in each round so many calls."""
    found = []
    for wanted in lists:
        sample = await database.read(_sample, wanted, actor=_CALLER)
        middle = await database.read(_middle, wanted)
        for variant in variants(wanted, sample, middle):
            times = await _times(database, wanted, variant, cpu, rounds, calls)
            p95s = [percentile(of_round, 95) for of_round in times]
            p50 = median([percentile(of_round, 50) for of_round in times])
            path = f"{wanted.name}: {variant.name}"
            found.append(Figure(section, path, "ms", p95s, limit_path=f"p50 {p50:.1f} ms", aim=aims.LIST_P95))
    return found


def in_short(figures: Sequence[Figure]) -> list[Figure]:
    """The figures with one line for each list, of the slowest way to ask for it, and one for each other that misses."""
    kept: list[Figure] = []
    for (_, name), group in itertools.groupby(figures, key=_list_of):
        ways = list(group)
        kept += _slowest(name, ways) if name else ways
    return kept


def _slowest(name: str, ways: Sequence[Figure]) -> list[Figure]:
    slowest, *others = sorted(ways, key=lambda figure: -figure.ratio)
    _, _, way = slowest.path.partition(": ")
    missing = [figure for figure in others if not aims.LIST_P95.reached(figure.ratio)]
    return [replace(slowest, path=f"{name}, {len(ways)} ways to ask, slowest: {way}"), *missing]


def _list_of(figure: Figure) -> tuple[str, str]:
    """The section and the name of the list that a figure is about; no name for any other."""
    return figure.section, figure.path.partition(":")[0] if figure.aim is aims.LIST_P95 else ""


async def counts_by_county(section: str, database: Database, cpu: Meter, rounds: int, calls: int) -> Figure:
    """The gauges of tasks, counted anew whenever metrics are asked for."""
    times = [[await _timed(database, cpu, tasks_by_county) for _ in range(calls)] for _ in range(rounds)]
    return Figure(section, "tasks by county, for the metrics", "ms", [percentile(each, 95) for each in times])


async def _times(
    database: Database, wanted: MeasuredList, variant: Variant, cpu: Meter, rounds: int, calls: int
) -> list[list[float]]:
    asked = itertools.cycle([wanted.model.model_validate(parameters).at(_PATH) for parameters in variant.asked])
    await _timed(database, cpu, wanted.query, next(asked))
    return [[await _timed(database, cpu, wanted.query, next(asked)) for _ in range(calls)] for _ in range(rounds)]


async def _timed(database: Database, cpu: Meter, query: Callable[..., Any], *arguments: Any) -> float:
    """Milliseconds of processor time."""
    began = cpu()
    await database.read(query, *arguments, actor=_CALLER)
    return (cpu() - began) * 1000


def _sample(reading: Reading, wanted: MeasuredList) -> Sequence[Mapping[Any, Any]]:
    """Rows all over the table: ids are in no order that means anything."""
    return reading.connection.execute(wanted.rows.order_by(wanted.table.c[wanted.key]).limit(_SAMPLED)).mappings().all()


def _middle(reading: Reading, wanted: MeasuredList) -> str:
    """The cursor of a page in the middle of the list, in its own order."""
    table, order = wanted.table, wanted.model.order
    key = [*(table.c[name] for name in order.names[:-1]), table.c[wanted.key]]
    total = reading.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    in_order = sa.select(*key).order_by(*(column.desc() if order.descending else column for column in key))
    first, row_id = reading.connection.execute(in_order.offset(total // 2).limit(1)).one()
    return encode(_PATH, (first.isoformat() if isinstance(first, dt.datetime) else first, str(row_id)))
