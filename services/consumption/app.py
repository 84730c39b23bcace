"""Consumption, put together."""

from pathlib import Path

from fastapi import APIRouter

from services.consumption.agreements import api as agreements
from services.consumption.bases import api as bases
from services.consumption.batches import api as batches
from services.consumption.buyers import api as buyers
from services.consumption.buyers.queries import changes_seen
from services.consumption.channels import api as channels
from services.consumption.commodities import api as commodities
from services.consumption.demands import api as demands
from services.consumption.fairs import api as fairs
from services.consumption.handlers import HANDLERS
from services.consumption.imports import IMPORTS
from services.consumption.indicators import api as indicators
from services.consumption.jobs import JOBS, LONG_WORK
from services.consumption.listings import api as listings
from services.consumption.models import METADATA, SYSTEM_TABLES
from services.consumption.ocds import api as ocds
from services.consumption.orders import api as orders
from services.consumption.outlets import api as outlets
from services.consumption.payments import api as payments
from services.consumption.pledges import api as pledges
from services.consumption.price_bulletins import api as price_bulletins
from services.consumption.price_reports import api as price_reports
from services.consumption.producers import api as producers
from services.consumption.products import api as products
from services.consumption.quotas import api as quotas
from services.consumption.recognitions import api as recognitions
from services.consumption.reconciliations import api as reconciliations
from services.consumption.report_submissions import api as report_submissions
from services.consumption.reports import api as reports
from services.consumption.requests import api as requests
from services.consumption.slow_sale_backtests import api as slow_sale_backtests
from services.consumption.slow_sales import api as slow_sales
from services.consumption.slow_sales.rules.parameters import RESPONSE_LEVELS, SLOW_SALE
from services.consumption.statements import api as statements
from services.consumption.supply_reports import api as supply_reports
from services.consumption.trace import api as trace
from shared.house import HouseDefinition
from shared.imports.api import imports_router
from shared.imports.kinds import sheets_of
from shared.imports.taking import importing

_TOPICS = (
    producers,
    commodities,
    bases,
    products,
    recognitions,
    batches,
    outlets,
    channels,
    fairs,
    buyers,
    quotas,
    agreements,
    pledges,
    listings,
    demands,
    orders,
    payments,
    statements,
    reconciliations,
    requests,
    trace,
    ocds,
    price_reports,
    supply_reports,
    slow_sales,
    slow_sale_backtests,
    price_bulletins,
    indicators,
    reports,
    report_submissions,
)
router = APIRouter()
for topic in _TOPICS:
    router.include_router(topic.router)
router.include_router(imports_router("consumption", IMPORTS))

CONSUMPTION = HouseDefinition(
    name="consumption",
    title="consumption 消费协作",
    summary="Partner-city procurement: producers, products, orders, settlement",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
    jobs=JOBS,
    seeing=changes_seen,
    long_work={**importing("consumption", IMPORTS), **LONG_WORK},
    batch_paths=frozenset({"/price-reports", "/supply-reports"}),
    file_paths=frozenset({"/imports"}),
    files_in=sheets_of(IMPORTS),
    needs=(SLOW_SALE, RESPONSE_LEVELS),
)
