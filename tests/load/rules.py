"""Judging a household by all rules, beside the five about income, illness and work that stood before the others."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from services.monitoring.app import MONITORING
from services.monitoring.evidence.table import all_kept
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.ledger.rules.income import IncomeMonth, summarise, window_months
from services.monitoring.risks.rules import judge as judging
from services.monitoring.risks.rules import quiet, turning
from services.monitoring.risks.rules.judge import RULES, judge
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.quiet import QUIET, QuietRules
from services.monitoring.risks.rules.state import HouseholdState
from services.monitoring.screenings.commands.judge import screen_households
from shared.codes.monitoring import HouseholdCategory, RiskKind
from shared.db.database import Database
from shared.policy.loader import PolicyBook
from tests.load import aims
from tests.load.bare import chunks
from tests.load.client import BATCH_FACTS, EVENT_EACH
from tests.load.county import INCOME_HOUSEHOLDS, REGION, TODAY, household_code
from tests.load.cpu import of_this_process
from tests.load.figures import Figure, Rounds
from tests.load.stage import database
from tests.load.world import MONTHLY_FEN
from tests.load.writes import fact_batches

_FIVE: Final = (
    RiskKind.BELOW_LINE,
    RiskKind.INCOME_DROP,
    RiskKind.RIGID_EXPENSE,
    RiskKind.NEW_ILLNESS,
    RiskKind.JOB_LOSS,
)
_TIMES: Final = 2_000
_BATCHES: Final = 20
_MILLION: Final = 1e6
_AT_ONCE: Final = 500
_SECTION: Final = "m"


def judged(rounds: int) -> list[Figure]:
    """A judgement of one household, and the glance that spares one, without a database."""
    parameters = PolicyBook.load(development=True).in_form(RuleParameters.from_view, REGION, TODAY)
    glance = QuietRules.under(parameters)
    with _five_rules():
        glance_of_five = QuietRules.under(parameters)
    five = [RULES[kind] for kind in _FIVE]
    ways: Mapping[str, tuple[Callable[[HouseholdState], Any], Callable[[HouseholdState], Any]]] = {
        "judged by all rules": (
            lambda state: judge(state, parameters, {}),
            lambda state: [rule(state, parameters, None) for rule in five],
        ),
        "looked at by all rules at a glance": (glance.what_is_known, glance_of_five.what_is_known),
    }
    return [
        _figure(f"a household {way}, {name}", "µs", _times(rounds, ours, beside, state))
        for way, (ours, beside) in ways.items()
        for name, state in _HOUSEHOLDS.items()
    ]


def _figure(path: str, unit: str, measured: Rounds) -> Figure:
    limit = "by the five about income, illness and work"
    return Figure(_SECTION, path, unit, measured["all"], measured["five"], limit, aims.ALL_RULES)


def _times(rounds: int, ours: Callable[[Any], Any], beside: Callable[[Any], Any], state: HouseholdState) -> Rounds:
    measured = Rounds()
    for place in range(rounds + 1):
        measured.add_round(place, {"all": _microseconds(ours, state), "five": _microseconds(beside, state)})
    return measured


def _microseconds(work: Callable[[Any], Any], state: HouseholdState) -> float:
    began = time.process_time()
    for _ in range(_TIMES):
        work(state)
    return (time.process_time() - began) / _TIMES * _MILLION


def _household(known: frozenset[str]) -> HouseholdState:
    first, last = window_months(TODAY, 12)
    months = {month: IncomeMonth(wage=MONTHLY_FEN, income_facts=1) for month in range(first - 12, last + 1)}
    return HouseholdState(HouseholdCategory.LIFTED, 4, 2, 0, summarise(months, last, 12), known=known)


_HOUSEHOLDS: Final = {
    "of which income alone is known": _household(frozenset()),
    "of which everything is known and good": _household(
        frozenset(kept.name for kept in all_kept() if kept.seen_of_concern)
    ),
}


@contextmanager
def _five_rules() -> Iterator[None]:
    """Have nothing else judged than the five, as if the others had never been written."""
    with (
        patch.object(judging, "_RULES", tuple((kind, RULES[kind]) for kind in _FIVE)),
        patch.object(quiet, "QUIET", {kind: QUIET[kind] for kind in _FIVE}),
        patch.object(turning, "TURNS", {}),
    ):
        yield


async def facts_without_others(template: Path, folder: Path, rounds: int, ill: int) -> list[Figure]:
    """Facts by command with all rules, beside the same facts with the five alone, by processor time."""
    opened = {name: _opened(template, folder / name) for name in ("all", "five")}
    told = {name: fact_batches("rules", ill) for name in opened}
    incomes = {name: _incomes(fact_batches("incomes", ill)) for name in opened}
    mixed, income, anew = Rounds(), Rounds(), Rounds()
    told_of = [household_code(INCOME_HOUSEHOLDS + number) for number in range(_BATCHES * BATCH_FACTS // EVENT_EACH)]
    for place in range(rounds + 1):
        for measured, batches in ((income, incomes), (mixed, told)):
            costs = {"all": await _facts_a_second(opened["all"], batches["all"])}
            with _five_rules():
                costs["five"] = await _facts_a_second(opened["five"], batches["five"])
            measured.add_round(place, costs)
        costs = {"all": await _judged_anew(opened["all"], told_of)}
        with _five_rules():
            costs["five"] = await _judged_anew(opened["five"], told_of)
        anew.add_round(place, costs)
    for monitoring in opened.values():
        await monitoring.close()
    limit, aim = "with the five rules alone", aims.FACTS_OF_ALL_RULES
    path = "a household with an open risk judged by command by all rules"
    return [
        _figure(path, "µs", anew),
        *(
            Figure(_SECTION, path, "/s", measured["all"], measured["five"], limit, aim)
            for path, measured in (
                ("facts of income in batches of 450, by command, a second of processor time", income),
                ("facts in batches of 500, one in ten an illness, by command, a second of processor time", mixed),
            )
        ),
    ]


async def _judged_anew(monitoring: Database, codes: Sequence[str]) -> float:
    """Microseconds of processor time for each of these households, which nothing new was told of."""
    began = of_this_process()
    for batch in chunks(codes, _AT_ONCE):
        await monitoring.write(screen_households, batch, TODAY)
    return (of_this_process() - began) / len(codes) * _MILLION


def _opened(template: Path, folder: Path) -> Database:
    """A copy of the county with a policy of its own: what is made once of a policy is made of these rules."""
    shutil.copytree(template, folder)
    path = folder / f"{MONITORING.name}.sqlite"
    return database(MONITORING, f"sqlite:///{path}", policy=PolicyBook.load(development=True))


def _incomes(batches: Iterator[list[FactToRecord]]) -> Iterator[list[FactToRecord]]:
    for batch in batches:
        yield [item for item in batch if item.fact.type == "income"]


async def _facts_a_second(monitoring: Database, batches: Iterator[list[FactToRecord]]) -> float:
    made = list(islice(batches, _BATCHES))
    began = of_this_process()
    for batch in made:
        await monitoring.write(record_batch, batch, False)
    return sum(map(len, made)) / (of_this_process() - began)
