"""What screenings read: whom to judge, what is open of them, whom a missing policy value keeps waiting."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.kept import CONCERN, Kept
from services.monitoring.ledger.rules.income import MONTHS_IN_QUARTER, window_months
from services.monitoring.ledger.store import IS_BEHIND, JUDGED_LATER, ManyHouseholds, among
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.models.risks import Risk
from services.monitoring.models.screenings import Screening, ScreeningHousehold, ScreeningKind, ScreeningRegion
from services.monitoring.risks.rules.parameters import RULE_KEYS, RuleParameters
from services.monitoring.risks.rules.quiet import Known, QuietRules, VerdictCounts
from services.monitoring.screenings.rules import OpenRisk, OpenRisks
from services.monitoring.screenings.schemas import ScreeningResult
from shared.codes.monitoring import HouseholdCategory, RiskStatus
from shared.db.base import table_of
from shared.db.rows import read_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.jobs.queries import UNFINISHED
from shared.policy.parameters import PolicyView
from shared.regions import county_of, region_prefix

_HOUSEHOLDS, _WINDOWS, _RISKS = table_of(Household), table_of(HouseholdWindow), table_of(Risk)
_SCREENINGS, _AT_RISK = table_of(Screening), table_of(ScreeningHousehold)
_KINDS, _REGIONS = table_of(ScreeningKind), table_of(ScreeningRegion)
_OF_HOUSEHOLD = _WINDOWS.c.household_code == _HOUSEHOLDS.c.code
_SELECT_HOUSEHOLDS_BY_REGION = (
    sa.select(_HOUSEHOLDS.c.region_code, sa.func.count())
    .where(_HOUSEHOLDS.c.ended_on.is_(None))
    .group_by(_HOUSEHOLDS.c.region_code)
)
_SELECT_OPEN_RISKS = sa.select(
    _RISKS.c.id, *(_RISKS.c[name] for name in ("household_code", "region_code", "kind", "grade", "version"))
).where(is_one_of(_RISKS.c.household_code, "codes"), _RISKS.c.status == RiskStatus.OPEN)

Places = Sequence[tuple[str, str]]
"""Households by code, each with its region."""
SELECT_STANDING: Final = sa.select(_HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code).where(
    _HOUSEHOLDS.c.ended_on.is_(None)
)
"""Households that are not at an end, with their regions."""
SELECT_STANDING_WINDOWS: Final = (
    sa.select(_WINDOWS.c.household_code, _HOUSEHOLDS.c.region_code)
    .join(_HOUSEHOLDS, _OF_HOUSEHOLD)
    .where(_HOUSEHOLDS.c.ended_on.is_(None))
)


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

    knows = may_see
    """What was ever said of circumstances is named like other evidence."""

    def may_be_concerned(self) -> sa.ColumnElement[bool]:
        """Whether any circumstances are marked."""
        return _WINDOWS.c.evidence.contains(CONCERN)

    @property
    def able_workers(self) -> sa.ColumnElement[int]:
        """Members who can work."""
        return sa.type_coerce(_HOUSEHOLDS.c.able_workers, sa.Integer)

    @property
    def is_lifted(self) -> sa.ColumnElement[bool]:
        """脱贫户."""
        return _HOUSEHOLDS.c.category == HouseholdCategory.LIFTED

    @property
    def relocated(self) -> sa.ColumnElement[bool]:
        """易地扶贫搬迁户."""
        return sa.type_coerce(_HOUSEHOLDS.c.relocated, sa.Boolean)

    @property
    def dibao(self) -> sa.ColumnElement[bool]:
        """低保户."""
        return sa.type_coerce(_HOUSEHOLDS.c.dibao, sa.Boolean)

    @property
    def monitored(self) -> sa.ColumnElement[bool]:
        """监测对象."""
        return sa.type_coerce(_HOUSEHOLDS.c.monitored, sa.Boolean)


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


def load_open_risks(reading: Reading, codes: Sequence[str]) -> OpenRisks:
    """The open risks of these households."""
    found = read_tuples(reading.connection, _SELECT_OPEN_RISKS, {"codes": codes})
    return {risk_id: OpenRisk(*risk) for risk_id, *risk in found}


def somebody_else_stands_between(reading: Reading, places: Places, region_code: str) -> bool:
    """Whether between the first and the last of these households there is one of another region."""
    between = _HOUSEHOLDS.c.code.between(places[0][0], places[-1][0])
    elsewhere = sa.not_(lies_in(_HOUSEHOLDS.c.region_code, region_prefix(region_code)))
    standing = sa.exists().where(between, elsewhere, _HOUSEHOLDS.c.ended_on.is_(None))
    return bool(reading.connection.scalar(sa.select(standing)))


def load_undecided_households(reading: Reading) -> Mapping[tuple[str, str], int]:
    """How many households cannot be judged today, by the policy value that is missing and by county."""
    waiting: Counter[tuple[str, str]] = Counter()
    if not _something_is_missing(reading):
        return waiting
    for region_code, households in reading.connection.execute(_SELECT_HOUSEHOLDS_BY_REGION):
        view = reading.policy.at(region_code, reading.today())
        for key in RULE_KEYS:
            if view.find(key) is None:
                waiting[key, county_of(region_code)] += households
    return waiting


def _something_is_missing(reading: Reading) -> bool:
    regions = {pack.region for pack in reading.policy.packs if pack.region is not None}
    views = [reading.policy.at(region, reading.today()) for region in regions]
    return any(view.find(key) is None for view in views for key in RULE_KEYS)


def load_unfinished(reading: Reading) -> UUID | None:
    """The screening of all households that was begun and has not ended; the oldest one."""
    jobs = reading.system_tables.job
    asked = (
        sa.select(_SCREENINGS.c.id)
        .join(jobs, jobs.c.id == _SCREENINGS.c.id)
        .where(_SCREENINGS.c.region_code.is_(None), sa.not_(_SCREENINGS.c.dry_run), jobs.c.status.in_(UNFINISHED))
        .order_by(_SCREENINGS.c.began_at, _SCREENINGS.c.id)
    )
    found: UUID | None = reading.connection.scalar(asked.limit(1))
    return found


def load_previous(reading: Reading, screening_id: UUID, region_code: str | None) -> UUID | None:
    """The screening of the same region that ended last, dry runs apart."""
    before = (
        sa.select(_SCREENINGS.c.id)
        .where(
            _SCREENINGS.c.region_code.is_not_distinct_from(region_code),
            _SCREENINGS.c.id != screening_id,
            _SCREENINGS.c.ended_at.is_not(None),
            sa.not_(_SCREENINGS.c.dry_run),
        )
        .order_by(_SCREENINGS.c.ended_at.desc(), _SCREENINGS.c.id.desc())
    )
    found: UUID | None = reading.connection.scalar(before.limit(1))
    return found


def of_screening(screening_id: UUID | None, but_not_of: UUID | None = None) -> sa.Select[Any]:
    """The households at risk behind a screening; with ``but_not_of`` those that are not behind another one."""
    other = _AT_RISK.alias()
    rows = sa.select(_AT_RISK.c.household_code, _AT_RISK.c.grade, _AT_RISK.c.kinds).where(
        _AT_RISK.c.screening_id == screening_id
    )
    if but_not_of is None:
        return rows
    return rows.where(
        ~sa.exists().where(other.c.screening_id == but_not_of, other.c.household_code == _AT_RISK.c.household_code)
    )


def count_difference(reading: Reading, screening_id: UUID, previous_id: UUID | None) -> tuple[int, int]:
    """How many households are newly at risk behind a screening, and how many no longer are."""

    def count(rows: sa.Select[Any]) -> int:
        return reading.connection.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0

    newly = count(of_screening(screening_id, previous_id))
    return newly, 0 if previous_id is None else count(of_screening(previous_id, screening_id))


def find_screening(reading: Reading, screening_id: UUID) -> ScreeningResult | None:
    """A screening with its counts by kind and by region."""
    row = reading.connection.execute(sa.select(_SCREENINGS).where(_SCREENINGS.c.id == screening_id)).one_or_none()
    if row is None:
        return None
    kinds = sa.select(_KINDS).where(_KINDS.c.screening_id == screening_id).order_by(_KINDS.c.kind, _KINDS.c.grade)
    regions = sa.select(_REGIONS).where(_REGIONS.c.screening_id == screening_id).order_by(_REGIONS.c.region_code)
    return ScreeningResult.of(
        row._asdict(),
        by_kind=[kind._asdict() for kind in reading.connection.execute(kinds)],
        by_region=[region._asdict() for region in reading.connection.execute(regions)],
    )
