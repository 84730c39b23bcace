"""Trying other values 政策模拟: what the rules say of the households of a region, and what they would say.

Nothing is written but how far the job is, and nobody is named: the result counts.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.ledger.store import load_dossiers
from services.monitoring.models.households import Household
from services.monitoring.policy.commands.propose import demand_usable, region_finding
from services.monitoring.policy.errors import PolicyValueInvalid
from services.monitoring.policy.schemas import SimulationIn, SimulationStarted
from services.monitoring.policy.store import demand_key, lies_within, value_finding
from services.monitoring.risks.rules.judge import RULES
from services.monitoring.risks.rules.verdicts import Outcome
from services.monitoring.risks.store.verdicts import Judged, judge_dossiers
from services.monitoring.screenings.commands.judge import BATCH
from services.monitoring.screenings.store import SELECT_STANDING, rules_by_place, select_to_judge
from shared.codes.monitoring import RiskKind
from shared.codes.policy import ValueStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.jobs.commands import start_job
from shared.jobs.work import Document, Part, Standing, Work
from shared.policy.added import AddedValue, with_values
from shared.regions import CODE_LENGTH, LEVEL_DIGITS, RegionLevel, region_prefix

SIMULATION_KIND: Final = "policy-simulation"
_HOUSEHOLDS = table_of(Household)
_COUNTED: Final = ("open_now", "open_then", "newly_in", "newly_out")
_SHOWN_LEVELS: Final = (RegionLevel.COUNTY, RegionLevel.TOWNSHIP)


def simulate(uow: UnitOfWork, body: SimulationIn, jobs: str) -> SimulationStarted:
    """Queue a simulation. Raises RegionNotAllowed, PolicyKeyUnknown and PolicyValueInvalid, as for a proposed value."""
    region, on = region_prefix(body.region_code), body.as_of or uow.today()
    uow.actor.demand_region(region)
    if (unknown := region_finding(region)) is not None:
        raise PolicyValueInvalid.of([unknown])
    changes = [change.model_dump(mode="json") for change in body.changes]
    for index, change in enumerate(changes):
        demand_key(uow.policy, change["key"])
        finding = value_finding(uow.policy, change["key"], change["value"], f"/changes/{index}/value")
        if finding is not None:
            raise PolicyValueInvalid.of([finding])
    asked = {"region_code": region, "as_of": on.isoformat(), "changes": changes}
    demand_usable(uow.policy, _added(asked), "/changes")
    job_id = start_job(uow, SIMULATION_KIND, asked)
    return SimulationStarted(job_id=job_id, location=f"{jobs}/{job_id}")


def _added(asked: Document) -> list[AddedValue]:
    """The values that are tried: they hold on the day that is asked about, and their region's own."""
    on = dt.date.fromisoformat(asked["as_of"])
    tried = [(change["key"], change["value"]) for change in asked["changes"]]
    return [AddedValue(asked["region_code"], key, value, on, on, "tried", ValueStatus.ASSUMED) for key, value in tried]


def count_households(reading: Reading, asked: Document) -> int:
    """How many households there are in the region."""
    theirs = SELECT_STANDING.where(lies_within(_HOUSEHOLDS.c.region_code, asked["region_code"])).subquery()
    return reading.connection.scalar(sa.select(sa.func.count()).select_from(theirs)) or 0


def simulate_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Ask the rules about the next households twice: by the values that hold, and by those that are tried."""
    asked, position = standing.asked, standing.position or {"after": "", "households": 0, "kinds": {}, "regions": {}}
    theirs = SELECT_STANDING.where(
        lies_within(_HOUSEHOLDS.c.region_code, asked["region_code"]), _HOUSEHOLDS.c.code > position["after"]
    )
    places = uow.connection.execute(theirs.order_by(_HOUSEHOLDS.c.code).limit(BATCH)).all()
    then = uow.deciding_by(with_values(uow.policy, _added(asked)))
    kinds, regions = _counters(position["kinds"]), _counters(position["regions"])
    _count(uow, then, [(code, place) for code, place in places], dt.date.fromisoformat(asked["as_of"]), kinds, regions)
    done = {
        "after": places[-1][0] if places else position["after"],
        "households": position["households"] + len(places),
        "kinds": kinds,
        "regions": regions,
    }
    return Part(done, len(places), _result(done), ended=len(places) < BATCH)


SIMULATION: Final = Work(count_households, simulate_part)


def _counters(kept: Mapping[str, Mapping[str, int]]) -> dict[str, Counter[str]]:
    return {name: Counter(counted) for name, counted in kept.items()}


def _count(
    now: Reading,
    then: Reading,
    places: Sequence[tuple[str, str]],
    on: dt.date,
    kinds: dict[str, Counter[str]],
    regions: dict[str, Counter[str]],
) -> None:
    """Count each kind of risk, and each household of a county and township, as open now and then."""
    speaking = sorted({code for reading in (now, then) for code in _not_quiet(reading, places, on)})
    open_now, open_then = (_open_kinds(reading, speaking, on) for reading in (now, then))
    for code, region in places:
        before, after = open_now.get(code, frozenset()), open_then.get(code, frozenset())
        for kind in before | after:
            _add(kinds.setdefault(str(kind), Counter()), kind in before, kind in after)
        for level in _SHOWN_LEVELS:
            shown = regions.setdefault(region[: LEVEL_DIGITS[level]].ljust(CODE_LENGTH, "0"), Counter())
            shown["households"] += 1
            _add(shown, bool(before), bool(after))


def _add(counter: Counter[str], before: bool, after: bool) -> None:
    said = dict(zip(_COUNTED, (before, after, after and not before, before and not after), strict=True))
    counter.update({name: 1 for name, is_so in said.items() if is_so})


def _not_quiet(reading: Reading, places: Sequence[tuple[str, str]], on: dt.date) -> Iterator[str]:
    """The households about which some rule may speak: most are found quiet by one statement."""
    for place, households in rules_by_place(reading, places, on, gapless=False):
        to_judge, _ = select_to_judge(reading, place, households, on)
        yield from to_judge


def _open_kinds(reading: Reading, codes: Collection[str], on: dt.date) -> dict[str, frozenset[RiskKind]]:
    """Which risks of each household would be open after a judgement."""
    dossiers = list(load_dossiers(reading, codes, lock=False).values())
    return {judged.dossier.code: _open_after(judged) for judged in judge_dossiers(reading, dossiers, on)}


def _open_after(judged: Judged) -> frozenset[RiskKind]:
    opened = {verdict.kind for verdict in judged.verdicts if verdict.outcome is Outcome.FIRES}
    cleared = {verdict.kind for verdict in judged.verdicts if verdict.outcome is Outcome.CLEAR}
    stays = {kind for kind, risk in judged.known.items() if risk.latest.is_open and kind not in cleared}
    return frozenset(opened | stays)


def _result(done: Mapping[str, Any]) -> dict[str, Any]:
    empty = dict.fromkeys(_COUNTED, 0)
    kinds, regions = done["kinds"], done["regions"]
    return {
        "households": done["households"],
        "by_kind": [{"kind": str(kind), **empty, **kinds.get(str(kind), {})} for kind in RULES],
        "by_region": [{"region_code": code, **empty, **regions[code]} for code in sorted(regions)],
    }
