"""A county to load: many households with a year of known income, laid straight into the tables; some have work."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from services.employment.placements.commands.follow import follow_households
from services.employment.placements.commands.place import place_worker
from services.employment.placements.commands.transition import transition_placement
from services.employment.placements.schemas import PlacementIn, PlacementTransitionIn
from services.employment.vacancies.commands import put_vacancy
from services.employment.vacancies.schemas import VacancyIn
from services.monitoring.ledger.rules.income import IncomeMonth, summarise, window_months
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from services.monitoring.persons.store import MEMBERS
from shared.codes.employment import PlacementAction
from shared.codes.monitoring import Health, HouseholdCategory, Labour, Relation, Sex
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.security.actor import Actor
from tests.load.county import REGION, household_code
from tests.load.events import household_registered

MONTHS = 12
MONTHLY_FEN = 400_000
_BATCH = 2000
STATION = Actor("station", frozenset({"employment:write"}), ("",))
_VACANCY = "BENCH-1"
_VACANT = {
    "employer": "东莞某电子有限公司",
    "kind": "market",
    "place_code": "441900",
    "occupation": "装配工",
    "wage_month": "4000.00",
    "min_age": 18,
    "max_age": 55,
    "needs": ["ordinary"],
    "valid_until": "2026-12-31",
}


def batches(households: int) -> Iterator[range]:
    for start in range(0, households, _BATCH):
        yield range(start, min(start + _BATCH, households))


def settle(uow: UnitOfWork, numbers: range) -> None:
    """Register these households, each with two members and a year of wages."""
    now = uow.now()
    first, last = window_months(uow.today(), MONTHS)
    months = {month: IncomeMonth(wage=MONTHLY_FEN, income_facts=1) for month in range(first, last + 1)}
    window = summarise(months, last, MONTHS)
    codes = [household_code(number) for number in numbers]
    uow.connection.execute(sa.insert(Household), [_household(code, now) for code in codes])
    members = MEMBERS.seal(uow, [_member(code, number) for code in codes for number in (1, 2)])
    uow.connection.execute(sa.insert(MEMBERS.table), members)
    uow.connection.execute(
        sa.insert(table_of(LedgerMonth)),
        [
            {
                "household_code": code,
                "month": month,
                "wage": MONTHLY_FEN,
                "operating": 0,
                "property_": 0,
                "transfer": 0,
                "operating_cost": 0,
                "self_paid_compliant": 0,
                "income_facts": 1,
            }
            for code in codes
            for month in months
        ],
    )
    row = {name: getattr(window, name) for name in ("anchor", "length", "net", "self_paid", "known_mask")}
    row |= {name: getattr(window, name) for name in ("previous_net", "previous_mask", "quarter_net")}
    row |= {"previous_quarter_net": window.previous_quarter_net}
    uow.connection.execute(sa.insert(table_of(HouseholdWindow)), [row | {"household_code": code} for code in codes])


def begin_work(uow: UnitOfWork, households: int) -> list[str]:
    """Have one worker in each of the first so many households at work for two years; the ids of the placements."""
    follow_households(uow, [household_registered(number) for number in range(households)])
    put_vacancy(uow, _VACANCY, VacancyIn.model_validate(_VACANT | {"headcount": households}))
    return [str(_started(uow, household_code(number))) for number in range(households)]


def _started(uow: UnitOfWork, code: str) -> UUID:
    worker_id = derived_id("worker", code, 1)
    placement = place_worker(uow, PlacementIn(worker_id=worker_id, vacancy_code=_VACANCY))
    uow.session.flush()  # flush: the first day of work looks for the placement's row
    first_day = PlacementTransitionIn(action=PlacementAction.START, on=uow.today() - dt.timedelta(days=2 * 366))
    return transition_placement(uow, placement.placement_id, first_day).placement_id


def _household(code: str, now: dt.datetime) -> dict[str, object]:
    return {
        "code": code,
        "region_code": REGION,
        "category": HouseholdCategory.ORDINARY,
        "relocated": False,
        "dibao": False,
        "registered_on": dt.date(2020, 1, 1),
        "version": 1,
        "member_count": 2,
        "able_workers": 2,
        "fragile_members": 0,
        "created_at": now,
        "updated_at": now,
    }


def _member(code: str, number: int) -> dict[str, object]:
    return {
        "household_code": code,
        "member_no": number,
        "person_id": derived_id("person", code, number),
        "name": "测试",
        "relation": Relation.HEAD if number == 1 else Relation.SPOUSE,
        "sex": Sex.MALE if number == 1 else Sex.FEMALE,
        "birth_date": dt.date(1980, 1, number),
        "id_number": None,
        "labour": Labour.ORDINARY,
        "health": Health.HEALTHY,
        "student": False,
    }
