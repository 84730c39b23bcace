"""The kinds of files that consumption takes."""

from typing import Final

from services.consumption.agreements.commands import put_agreement
from services.consumption.agreements.schemas import AgreementIn, AgreementNo
from services.consumption.agreements.sheets import AGREEMENTS
from services.consumption.bases.commands import put_base
from services.consumption.bases.schemas import BaseCode, BaseIn
from services.consumption.bases.sheets import BASES
from services.consumption.buyers.commands import put_buyer
from services.consumption.buyers.schemas import BuyerCode, BuyerIn
from services.consumption.buyers.sheets import BUYERS
from services.consumption.channels.commands import put_channel
from services.consumption.channels.schemas import ChannelCode, ChannelIn
from services.consumption.channels.sheets import CHANNELS
from services.consumption.commodities.commands import put_commodity
from services.consumption.commodities.schemas import CommodityCode, CommodityIn
from services.consumption.commodities.sheets import COMMODITIES
from services.consumption.fairs.commands import put_fair
from services.consumption.fairs.schemas import FairCode, FairIn
from services.consumption.fairs.sheets import FAIRS
from services.consumption.listings.commands import put_listing
from services.consumption.listings.schemas import ListingCode, ListingIn
from services.consumption.listings.sheets import LISTINGS
from services.consumption.orders.commands.imports import IMPORT_CHANNEL_SALES, IMPORT_ORDERS
from services.consumption.outlets.commands import put_outlet
from services.consumption.outlets.schemas import OutletCode, OutletIn
from services.consumption.outlets.sheets import OUTLETS
from services.consumption.price_reports.commands import PRICE_REPORTS as PRICES
from services.consumption.price_reports.commands import record_price_reports
from services.consumption.price_reports.schemas import PriceReportIn
from services.consumption.price_reports.sheets import PRICE_REPORTS
from services.consumption.products.commands import offer_product
from services.consumption.products.schemas import ProductCode, ProductIn
from services.consumption.products.sheets import PRODUCTS
from services.consumption.series.commands import report_import
from services.consumption.supply_reports.commands import SUPPLY_REPORTS as SUPPLIES
from services.consumption.supply_reports.commands import record_supply_reports
from services.consumption.supply_reports.schemas import SupplyReportIn
from services.consumption.supply_reports.sheets import SUPPLY_REPORTS
from shared.imports.kinds import kinds_by_name
from shared.imports.rows import register_import

_WRITE, _APPROVE = "consumption:write", "consumption:approve"
IMPORTS: Final = kinds_by_name(
    register_import(COMMODITIES, _APPROVE, CommodityCode, CommodityIn, put_commodity),
    register_import(BASES, _WRITE, BaseCode, BaseIn, put_base),
    register_import(PRODUCTS, _WRITE, ProductCode, ProductIn, offer_product),
    register_import(OUTLETS, _WRITE, OutletCode, OutletIn, put_outlet),
    register_import(CHANNELS, _WRITE, ChannelCode, ChannelIn, put_channel),
    register_import(FAIRS, _WRITE, FairCode, FairIn, put_fair),
    register_import(BUYERS, _APPROVE, BuyerCode, BuyerIn, put_buyer),
    register_import(AGREEMENTS, _APPROVE, AgreementNo, AgreementIn, put_agreement),
    register_import(LISTINGS, _APPROVE, ListingCode, ListingIn, put_listing),
    IMPORT_ORDERS,
    IMPORT_CHANNEL_SALES,
    report_import(PRICE_REPORTS, PRICES, PriceReportIn, record_price_reports),
    report_import(SUPPLY_REPORTS, SUPPLIES, SupplyReportIn, record_supply_reports),
)
