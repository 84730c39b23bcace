"""Proving the ledger from the facts, beside DuckDB on a Parquet file of the same facts; both agree to the fen."""

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import sqlalchemy as sa

from services.monitoring.app import MONITORING
from services.monitoring.ledger.rules.income import MONTHS_IN_QUARTER, MONTHS_IN_YEAR, window_months
from services.monitoring.models.facts import Fact
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from services.monitoring.recomputes.commands import RECOMPUTE, RECOMPUTE_JOB
from services.monitoring.risks.store.verdicts import rule_parameters
from services.population.laying import AT_ONCE, lay_homes
from services.population.prefecture import Prefecture, in_batches
from shared.context import new_context
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading
from shared.jobs.commands import start_or_join
from shared.jobs.running import run_job
from shared.operations import OPERATOR
from shared.runtime import migrate_all
from shared.settings import Settings
from tests.load import aims
from tests.load.county import REGION, TODAY
from tests.load.cpu import Meter, of_this_process
from tests.load.figures import Figure, Rounds
from tests.load.screening import screen
from tests.load.settling import OFFICER
from tests.load.stage import database

_FACTS, _MONTHS, _WINDOWS = table_of(Fact), table_of(LedgerMonth), table_of(HouseholdWindow)
_READ: Final = ("household_code", "person_id", "source", "type", "payload")
_LENGTH: Final = MONTHS_IN_YEAR
_SUMS: Final = ("wage", "operating", "property_", "transfer", "operating_cost", "self_paid_compliant", "income_facts")
_WINDOW: Final = (
    "net",
    "self_paid",
    "known_mask",
    "previous_net",
    "previous_mask",
    "quarter_net",
    "previous_quarter_net",
)
_COUNTING: Final = """
    CREATE OR REPLACE TEMP VIEW said AS
    SELECT household_code, type, payload ->> '$.branch' AS branch,
        CAST((payload ->> '$.month')[:4] AS INTEGER) * 12 + CAST((payload ->> '$.month')[6:] AS INTEGER) - 1 AS month,
        CAST(CAST(payload ->> '$.amount' AS DECIMAL(18, 2)) * 100 AS BIGINT) AS amount,
        CAST(CAST(payload ->> '$.operating_cost' AS DECIMAL(18, 2)) * 100 AS BIGINT) AS cost,
        CAST(CAST(payload ->> '$.self_paid_compliant' AS DECIMAL(18, 2)) * 100 AS BIGINT) AS self_paid,
        payload ->> '$.leaf' AS leaf,
        printf('%03d', coalesce(list_position({order}, source), 999)) || source AS place
    FROM '{file}' WHERE type IN ('income', 'expense')
    QUALIFY leaf IS NULL OR place = min(place) OVER (PARTITION BY household_code, person_id, month, leaf)
"""
"""What counts: of one leaf, member and month the source that weighs most."""
_BY_MONTH: Final = """
    CREATE OR REPLACE TEMP TABLE months AS
    SELECT household_code, month, {branches},
        coalesce(sum(cost) FILTER (type = 'income'), 0)::BIGINT AS operating_cost,
        coalesce(sum(self_paid) FILTER (type = 'expense'), 0)::BIGINT AS self_paid_compliant,
        count(*) FILTER (type = 'income') AS income_facts
    FROM said GROUP BY ALL
"""
_BY_WINDOW: Final = """
    CREATE OR REPLACE TEMP TABLE windows AS
    WITH net AS (
        SELECT *, wage + operating + property_ + transfer - operating_cost AS net, income_facts > 0 AS known FROM months
    )
    SELECT household_code,
        coalesce(sum(net) FILTER (known AND month BETWEEN {first} AND {last}), 0)::BIGINT AS net,
        coalesce(sum(self_paid_compliant) FILTER (month BETWEEN {first} AND {last}), 0)::BIGINT AS self_paid,
        coalesce(sum(1 << greatest(month - {first}, 0)) FILTER (known AND month BETWEEN {first} AND {last}), 0)::BIGINT
            AS known_mask,
        coalesce(sum(net) FILTER (known AND month BETWEEN {before} AND {end}), 0)::BIGINT AS previous_net,
        coalesce(sum(1 << greatest(month - {before}, 0)) FILTER (known AND month BETWEEN {before} AND {end}), 0)::BIGINT
            AS previous_mask,
        coalesce(sum(net) FILTER (known AND month BETWEEN {quarter} AND {last}), 0)::BIGINT AS quarter_net,
        coalesce(sum(net) FILTER (known AND month BETWEEN {quarter} - 12 AND {end}), 0)::BIGINT
            AS previous_quarter_net
    FROM net GROUP BY household_code
"""
_BRANCHES: Final = ", ".join(
    f"coalesce(sum(amount) FILTER (branch = '{column.strip('_')}'), 0)::BIGINT AS {column}" for column in _SUMS[:4]
)


async def recomputed(section: str, settings: Settings, rounds: int, households: int, cpu: Meter) -> list[Figure]:
    """Lay so many households of a prefecture, judge them, and prove what is kept of them both ways."""
    await migrate_all([MONITORING], settings)
    url, ring = settings.database_url_of(MONITORING.name), settings.keyring_path
    monitoring = database(MONITORING, url, TODAY, keyring=ring)
    await _lay(monitoring, households)
    file = settings.data / "facts.parquet"
    facts = await monitoring.read(_export, file)
    measured = Rounds()
    for place in range(rounds + 1):
        costs = {"ours": cpu()}
        await _prove(monitoring, households)
        costs["ours"] = cpu() - costs["ours"]
        costs["duckdb"] = await _in_duckdb(monitoring, file)
        measured.add_round(place, {name: cost * 1e6 / facts for name, cost in costs.items()})
    await monitoring.close()
    aim = aims.RECOMPUTE_SQLITE if monitoring.is_sqlite else aims.RECOMPUTE_POSTGRES
    path = f"proving the ledger of {households:,} households from {facts:,} facts, processor time a fact"
    limit = "DuckDB from Parquet, equal to the fen"
    return [Figure(section, path, "µs", measured["ours"], measured["duckdb"], limit, aim)]


async def _lay(monitoring: Database, households: int) -> None:
    homes = (home.told_later() for home in Prefecture(households, TODAY).homes())
    for batch in in_batches(homes, AT_ONCE[monitoring.is_sqlite]):
        await monitoring.write(lay_homes, batch, actor=OFFICER, context=new_context())
    await screen(monitoring, TODAY + dt.timedelta(days=1))


async def _prove(monitoring: Database, households: int) -> None:
    job_id = await monitoring.write(start_or_join, RECOMPUTE_JOB, {"region_code": None}, actor=OPERATOR)
    job = await run_job(monitoring, {RECOMPUTE_JOB: RECOMPUTE}, job_id, OPERATOR)
    assert (job["result"]["households"], job["result"]["differing"]) == (households, 0), job["result"]


def _export(reading: Reading, file: Path) -> int:
    """Write the facts as they are kept into a Parquet file; how many they are."""
    rows = file.with_suffix(".csv")
    said = sa.select(*(sa.cast(_FACTS.c[name], sa.Text) for name in _READ))
    with rows.open("w", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(_READ)
        for row in reading.connection.execute(said):
            writer.writerow(row)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{rows}', all_varchar = true)) TO '{file}' (FORMAT parquet)")
        [(facts,)] = connection.execute(f"SELECT count(*) FROM '{file}'").fetchall()
    return int(facts)


async def _in_duckdb(monitoring: Database, file: Path) -> float:
    """Seconds of processor time to compute months and windows; they are what is kept, to the fen."""
    first, last = window_months(TODAY + dt.timedelta(days=1), _LENGTH)
    end = last - MONTHS_IN_YEAR
    asked = {"first": first, "last": last, "before": first - MONTHS_IN_YEAR, "end": end}
    order = list(rule_parameters(monitoring.resources.policy, REGION, TODAY).source_order)
    with duckdb.connect(config={"threads": 1}) as connection:
        began = of_this_process()
        connection.execute(_COUNTING.format(file=file, order=order))
        connection.execute(_BY_MONTH.format(branches=_BRANCHES))
        connection.execute(_BY_WINDOW.format(quarter=last - MONTHS_IN_QUARTER + 1, **asked))
        spent = of_this_process() - began
        months = _by_key(connection.execute(f"SELECT household_code, month, {', '.join(_SUMS)} FROM months").fetchall())
        windows = _by_key(connection.execute(f"SELECT household_code, 0, {', '.join(_WINDOW)} FROM windows").fetchall())
    assert months == await monitoring.read(_kept, _MONTHS, _MONTHS.c.month, _SUMS)
    assert windows == await monitoring.read(_kept, _WINDOWS, sa.literal(0), _WINDOW)
    return spent


def _kept(reading: Reading, table: sa.Table, second: Any, columns: Sequence[str]) -> Mapping[Any, Any]:
    asked = sa.select(table.c.household_code, second, *(table.c[name] for name in columns))
    return _by_key(map(tuple, reading.connection.execute(asked)))


def _by_key(rows: Any) -> Mapping[Any, Any]:
    return {row[:2]: row[2:] for row in rows}
