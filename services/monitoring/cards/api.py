"""Routes of household cards."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from services.monitoring.cards import queries, sheets
from services.monitoring.cards.commands import issue_card
from services.monitoring.cards.errors import CardNotFound
from services.monitoring.cards.rules import MAX_TOKEN
from services.monitoring.cards.schemas import CardIssued, CardQuery, HouseholdCardOut
from services.monitoring.ledger.errors import HouseholdNotFound
from shared.http.dependencies import Call, Purpose, calling
from shared.http.fields import HouseholdCode
from shared.http.problems import responses
from shared.http.reports import Leaf, report_answer

router = APIRouter(tags=["cards 户有卡"])
READ, WRITE = "monitoring:read", "monitoring:write"
_LEAVES: Final = (
    Leaf("household", sheets.CARD_HOUSEHOLD, is_form=True),
    Leaf("members", sheets.CARD_MEMBERS),
    Leaf("means", sheets.CARD_MEANS, is_form=True),
    Leaf("dwelling", sheets.CARD_DWELLING, is_form=True),
    Leaf("income", sheets.CARD_INCOME, is_form=True),
    Leaf("expense", sheets.CARD_EXPENSE),
    Leaf("loans", sheets.CARD_LOANS),
    Leaf("protections", sheets.CARD_PROTECTIONS),
    Leaf("risks", sheets.CARD_RISKS),
    Leaf("contacts", sheets.CARD_CONTACTS),
)


@router.get(
    "/reports/household-card",
    operation_id="getHouseholdCard",
    summary="All that is known of a household on one page",
    response_model=HouseholdCardOut,
    responses=responses(HouseholdNotFound),
)
async def get_card(
    call: Annotated[Call, calling(READ)], asked: Annotated[CardQuery, Query()], _purpose: Purpose = None
) -> HouseholdCardOut | Response:
    """Out of the ledgers, as they stand today. Who sees persons unmasked is audited."""
    card = await call.query_person(queries.household_card, asked.household_code, asked.household_code)
    return card if asked.format == "json" else await report_answer(call, asked, {}, _LEAVES, _parts(card))


async def _parts(card: HouseholdCardOut) -> AsyncIterator[Sequence[Sequence[BaseModel]]]:
    """The lines of each sheet; of what there is once, one or none."""
    found = (getattr(card, leaf.field) for leaf in _LEAVES)
    yield [lines if isinstance(lines, list) else [lines] if lines is not None else [] for lines in found]


@router.post(
    "/households/{household_code}/card",
    operation_id="issueHouseholdCard",
    status_code=201,
    summary="Give a household a new code; the one before is void",
    responses=responses(HouseholdNotFound),
)
async def post_card(
    household_code: Annotated[HouseholdCode, Path()], call: Annotated[Call, calling(WRITE)]
) -> CardIssued:
    """The code is answered once and kept nowhere, so it takes no `Idempotency-Key`: whoever lost it has another one."""
    address = f"{call.house.settings.base_url}/monitoring/v1/cards"
    return await call.command(issue_card, household_code, address)


@router.get(
    "/cards/{token}",
    operation_id="readCard",
    summary="The card of the household that a code leads to",
    responses=responses(CardNotFound),
)
async def read_card(
    token: Annotated[str, Path(max_length=MAX_TOKEN)], call: Annotated[Call, calling(READ)], _purpose: Purpose = None
) -> HouseholdCardOut:
    """For whoever may read the household; for all others there is none. Who sees persons unmasked is audited."""
    card = await call.query(queries.card_of_token, token)
    await call.record_looks([card.household_code])
    return card
