"""Routes of registers and of books of income."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.reports import queries
from services.monitoring.reports.rules import Count
from services.monitoring.reports.schemas import (
    CountyFile,
    IncomeBook,
    IncomeBookQuery,
    Registered,
    RegisterQuery,
    TotalLine,
    VillageRegister,
)
from services.monitoring.reports.sheets import COUNTY_FILE, INCOME_BOOK, INCOME_TOTALS, TOTALS, VILLAGE_REGISTER
from shared.http.dependencies import Call, Purpose, calling
from shared.http.problems import responses
from shared.http.reports import Leaf, ReportTooLong, report_answer
from shared.lists.portions import Portion
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/reports", tags=["reports 村有册、县电子档案"])
READ = "monitoring:read"
_VILLAGE: Final = (Leaf("households", VILLAGE_REGISTER), Leaf("totals", TOTALS))
_COUNTY: Final = (Leaf("members", COUNTY_FILE), Leaf("totals", TOTALS))
_BOOK: Final = (Leaf("months", INCOME_BOOK), Leaf("totals", INCOME_TOTALS, is_form=True))
Parts = AsyncIterator[Sequence[Sequence[BaseModel]]]
Portions = AsyncIterator[Sequence[Registered]]


@router.get(
    "/village-register",
    operation_id="getVillageRegister",
    summary="The register of the villages of your region, a line a household",
    response_model=VillageRegister,
    responses=responses(RegionNotAllowed, ReportTooLong),
)
async def village_register(call: Annotated[Call, calling(READ)], asked: Annotated[RegisterQuery, Query()]) -> Response:
    """Out of the ledgers as they stand, with totals by village. It names nobody but the heads, masked."""
    first = await call.query(queries.village_part, asked.region_code)
    head = {"report": "village-register", "region_code": asked.region_code}
    portions = _portions(call, queries.village_part, asked.region_code, first)
    return await report_answer(call, asked, head, _VILLAGE, _village(portions))


async def _village(portions: Portions) -> Parts:
    totals = _Totals()
    async for items in portions:
        totals.add(items)
        yield [each.line() for each in items], ()
    yield (), totals.lines()


@router.get(
    "/county-file",
    operation_id="getCountyFile",
    summary="The electronic file of your region, a line a member",
    response_model=CountyFile,
    responses=responses(RegionNotAllowed, ReportTooLong),
)
async def county_file(
    call: Annotated[Call, calling(READ)], asked: Annotated[RegisterQuery, Query()], _purpose: Purpose = None
) -> Response:
    """Masked unless you hold `monitoring:pii`; who sees persons unmasked is audited. With totals by village."""
    first = await call.query(queries.county_part, asked.region_code)
    head = {"report": "county-file", "region_code": asked.region_code}
    portions = _portions(call, queries.county_part, asked.region_code, first)
    return await report_answer(call, asked, head, _COUNTY, _county(call, portions))


async def _county(call: Call, portions: Portions) -> Parts:
    totals = _Totals()
    async for items in portions:
        totals.add(items)
        await call.record_looks([each.household.household_code for each in items])
        yield [line for each in items for line in each.members()], ()
    yield (), totals.lines()


async def _portions(
    call: Call, query: Callable[..., Portion[Registered]], region_code: str | None, part: Portion[Registered]
) -> Portions:
    while True:
        yield part.items
        if part.key is None:
            return
        part = await call.query(query, region_code, part.key)


class _Totals:
    """What the lines that were sent come to, by village."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Count] = defaultdict(Count)

    def add(self, items: Sequence[Registered]) -> None:
        """Count these households."""
        for each in items:
            self._counts[each.household.region_code].add(each.household.member_count, each.counted())

    def lines(self) -> list[TotalLine]:
        """A line a village, by region."""
        return [TotalLine.of(*each) for each in sorted(self._counts.items())]


@router.get(
    "/income-book",
    operation_id="getIncomeBook",
    summary="What a household earned in each month of a year",
    response_model=IncomeBook,
    responses=responses(HouseholdNotFound),
)
async def income_book(
    call: Annotated[Call, calling(READ)], asked: Annotated[IncomeBookQuery, Query()]
) -> IncomeBook | Response:
    """Out of the ledger: nobody types in a total. A month of which nothing is known is missing, not zero."""
    book = await call.query(queries.income_book, asked.household_code, asked.period)
    return book if asked.format == "json" else await report_answer(call, asked, {}, _BOOK, _book(book))


async def _book(book: IncomeBook) -> Parts:
    yield book.months, [book.totals]
