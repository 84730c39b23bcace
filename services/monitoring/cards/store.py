"""Rows of cards, and what of the ledgers stands on them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from services.monitoring.attributions.store import load_attributions
from services.monitoring.cards.schemas import CardExpense
from services.monitoring.evidence.circumstances import Circumstance, load_circumstances_of, of_household, standing
from services.monitoring.models.cards import HouseholdCard
from services.monitoring.models.facts import Fact
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.monitoring import ExpenseKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.money import parse_yuan
from shared.months import parse_month

_CARDS, _FACTS, _LATER = table_of(HouseholdCard), table_of(Fact), table_of(Fact).alias()
_MATTERS: Final = {"means": None, "dwelling": None, "loan": "kind"}
"""What of the circumstances stands on a card, and what tells the matters of one apart."""
_SELECT_EXPENSE = (
    sa.select(_FACTS.c.household_code, _FACTS.c.person_id, _FACTS.c.payload)
    .where(is_one_of(_FACTS.c.household_code, "codes"), _FACTS.c.type == "expense")
    .where(~sa.exists().where(_LATER.c.supersedes_id == _FACTS.c.id))
)
_AMOUNTS: Final = ("amount", "self_paid_compliant", "reimbursed")


def find_home(reading: Reading, token_hash: str) -> str | None:
    """The household whose card has the code of this hash."""
    return reading.connection.scalar(sa.select(_CARDS.c.household_code).where(_CARDS.c.token_hash == token_hash))


def load_matters(reading: Reading, code: str, region_code: str, on: dt.date) -> dict[str, Sequence[Circumstance]]:
    """What holds of a household on a day, of each circumstance that stands on a card."""
    said = load_circumstances_of(reading, [code], _MATTERS, on)[code]
    order = rule_parameters(reading.policy, region_code, on).source_order
    return {name: list(standing(of_household(said[name]), order, matter).values()) for name, matter in _MATTERS.items()}


def load_expense(reading: Reading, code: str, first: int, last: int) -> list[CardExpense]:
    """The expense of a household by kind from the first to the last month, as it was reported and counts.

    What was paid by somebody who split off, or merged in, counts where they live.
    """
    attributions = load_attributions(reading, [code])
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    named = {"codes": sorted(attributions.sources_of([code]))}
    for household_code, person_id, said in reading.connection.execute(_SELECT_EXPENSE, named):
        counts_here = attributions.of(household_code, person_id) == code
        if counts_here and first <= parse_month(said["month"]) <= last:
            found[said["kind"]].update({name: parse_yuan(said[name]) for name in _AMOUNTS})
    return [CardExpense(kind=ExpenseKind.read(kind), **sums) for kind, sums in sorted(found.items())]
