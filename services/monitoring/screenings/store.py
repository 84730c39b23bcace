"""What screenings read and keep: whom to judge, whom a missing policy value keeps waiting, how far the roll is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from services.monitoring.evidence.kept import Kept
from services.monitoring.ledger.rules.income import MONTHS_IN_QUARTER, window_months
from services.monitoring.ledger.store import IS_BEHIND, JUDGED_LATER, ManyHouseholds, among
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow, WindowRoll
from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.parameters import RULE_KEYS, RuleParameters
from services.monitoring.risks.rules.quiet import Known, QuietRules, VerdictCounts
from shared.codes.monitoring import RiskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.policy.parameters import PolicyView

_HOUSEHOLDS, _WINDOWS, _RISKS = table_of(Household), table_of(HouseholdWindow), table_of(Risk)
_ROLLS = table_of(WindowRoll)
_OF_HOUSEHOLD = _WINDOWS.c.household_code == _HOUSEHOLDS.c.code
_SELECT_HOUSEHOLDS_BY_REGION = (
    sa.select(_HOUSEHOLDS.c.region_code, sa.func.count())
    .where(_HOUSEHOLDS.c.ended_on.is_(None))
    .group_by(_HOUSEHOLDS.c.region_code)
)
_COUNTY_DIGITS = 6

Places = Sequence[tuple[str, str]]
"""Households by code, each with its region."""
SELECT_STANDING: Final = sa.select(_HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code).where(
    _HOUSEHOLDS.c.ended_on.is_(None)
)
"""Households that are not at an end, with their regions."""
SELECT_STANDING_WINDOWS: Final = SELECT_STANDING.join(_WINDOWS, _OF_HOUSEHOLD)


@dataclass(frozen=True, slots=True)
class _WindowColumns:
    """The columns of windows of one length in the place of a `WindowSummary`."""

    length: int
    net: sa.ColumnElement[int] = _WINDOWS.c.net
    self_paid: sa.ColumnElement[int] = _WINDOWS.c.self_paid
    previous_net: sa.ColumnElement[int] = _WINDOWS.c.previous_net
    quarter_net: sa.ColumnElement[int] = _WINDOWS.c.quarter_net
    previous_quarter_net: sa.ColumnElement[int] = _WINDOWS.c.previous_quarter_net

    @property
    def known(self) -> sa.ColumnElement[int]:
        """How many months are known; bits are counted only where some month is not."""
        mask = _WINDOWS.c.known_mask
        bits: Iterator[sa.ColumnElement[int]] = (
            mask.bitwise_rshift(place).bitwise_and(1) for place in range(self.length)
        )
        return sa.case((mask == _all_of(self.length), self.length), else_=reduce(add, bits))

    def year_is_complete(self) -> sa.ColumnElement[bool]:
        """Whether the window and the same one a year earlier are known."""
        return _known_twice() == _all_of(self.length)

    def quarter_is_complete(self) -> sa.ColumnElement[bool]:
        """Whether the last quarter and the same one a year earlier are known."""
        return _known_twice().bitwise_rshift(self.length - MONTHS_IN_QUARTER) == _all_of(MONTHS_IN_QUARTER)


def _known_twice() -> sa.ColumnElement[int]:
    return _WINDOWS.c.known_mask.bitwise_and(_WINDOWS.c.previous_mask)


def _all_of(months: int) -> int:
    return (1 << months) - 1


@dataclass(frozen=True, slots=True)
class _HouseholdColumns:
    """The columns of households in the place of a `HouseholdState`."""

    window: _WindowColumns

    @property
    def members(self) -> sa.ColumnElement[int]:
        """The head count, as wide as an amount: it is multiplied by one."""
        return sa.cast(_HOUSEHOLDS.c.member_count, sa.BigInteger())

    def may_see(self, kept: Kept[Any]) -> sa.ColumnElement[bool]:
        """Whether there may be rows of this evidence: a judgement looks which of them count."""
        return _WINDOWS.c.evidence.contains(kept.name)


class RulesOfPlace(NamedTuple):
    """All rules at a glance, for the households of one policy view, in one statement."""

    rules: QuietRules
    length: int
    """Months of the income window."""
    statements: Mapping[bool, sa.Select[Any]]
    """By what is known of them, how many households are quiet; and the code of each that is not. By being gapless."""

    @classmethod
    def under(cls, view: PolicyView) -> "RulesOfPlace":
        """What is asked under a policy. Raises PolicyValueMissing where it does not say how long the window is."""
        parameters = RuleParameters.from_view(view)
        rules, length = QuietRules.under(parameters), parameters.demand_window()
        statements = {gapless: _select_to_judge(rules, length, gapless=gapless) for gapless in (False, True)}
        return cls(rules, length, statements)


def _select_to_judge(rules: QuietRules, length: int, *, gapless: bool) -> sa.Select[Any]:
    speaking, known = rules.conditions(_HouseholdColumns(_WindowColumns(length)))
    open_risks = sa.select(_RISKS.c.household_code).where(
        among(_RISKS.c.household_code, gapless=gapless), _RISKS.c.status == RiskStatus.OPEN
    )
    to_judge = sa.or_(IS_BEHIND, JUDGED_LATER, *speaking, _HOUSEHOLDS.c.code.in_(open_risks))
    shown = [sa.case((to_judge, _HOUSEHOLDS.c.code)), *known]
    columns = [column.label(f"shown_{place}") for place, column in enumerate(shown)]
    return (
        sa.select(*columns, sa.func.count())
        .join_from(_HOUSEHOLDS, _WINDOWS, _OF_HOUSEHOLD)
        .where(
            among(_HOUSEHOLDS.c.code, gapless=gapless),
            among(_WINDOWS.c.household_code, gapless=gapless),
            _HOUSEHOLDS.c.ended_on.is_(None),
        )
        .group_by(*(column.name for column in columns))
    )


def rules_by_place(
    reading: Reading, places: Places, on: date, *, gapless: bool
) -> Iterator[tuple[RulesOfPlace, ManyHouseholds]]:
    """These households, in the order of their codes, by the rules that hold where they are.

    With ``gapless`` they are all that stand between the first and the last of them.
    """
    codes_in: dict[str, list[str]] = {}
    found: dict[str, tuple[RulesOfPlace, list[str]]] = {}
    for code, region_code in places:
        codes = codes_in.get(region_code)
        if codes is None:
            rules = reading.policy.in_form(RulesOfPlace.under, region_code, on)
            _, codes = found.setdefault(rules.rules.parameters.region, (rules, []))
            codes_in[region_code] = codes
        codes.append(code)
    for rules, codes in found.values():
        yield rules, ManyHouseholds(codes, gapless and len(found) == 1)


def select_to_judge(
    reading: Reading, place: RulesOfPlace, households: ManyHouseholds, on: date
) -> tuple[list[str], VerdictCounts]:
    """Which of these households have to be judged as of a day, and the verdicts of the others.

    To be judged is whoever has an open risk or evidence beside the window, whose window makes a rule fire or is still
    behind, and who was judged as of a later day.
    """
    _, anchor = window_months(on, place.length)
    asked = {**households.asked, "on": on, "anchor": anchor, "length": place.length}
    to_judge: list[str] = []
    quiet: Counter[Known] = Counter()
    for code, *known, number in reading.connection.execute(place.statements[households.gapless], asked):
        if code is None:
            quiet[tuple(map(bool, known))] += number
        else:
            to_judge.append(code)
    return to_judge, place.rules.count(quiet)


def load_roll(uow: UnitOfWork, anchor: int) -> WindowRoll:
    """How far the windows are moved to a month; begun where nobody moved any of them yet."""
    found = uow.session.get(WindowRoll, anchor, with_for_update=True)
    if found is None:
        found = WindowRoll(anchor=anchor, after="", left_out=False, ended=False)
        uow.session.add(found)
    return found


def load_undecided_households(reading: Reading) -> Mapping[tuple[str, str], int]:
    """How many households cannot be judged today, by the policy value that is missing and by county."""
    waiting: Counter[tuple[str, str]] = Counter()
    if not _something_is_missing(reading):
        return waiting
    for region_code, households in reading.connection.execute(_SELECT_HOUSEHOLDS_BY_REGION):
        view = reading.policy.at(region_code, reading.today())
        for key in RULE_KEYS:
            if view.find(key) is None:
                waiting[key, region_code[:_COUNTY_DIGITS]] += households
    return waiting


def _something_is_missing(reading: Reading) -> bool:
    regions = {pack.region for pack in reading.policy.packs if pack.region is not None}
    views = [reading.policy.at(region, reading.today()) for region in regions]
    return any(view.find(key) is None for view in views for key in RULE_KEYS)
