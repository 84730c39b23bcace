"""What outside systems hold consumption to about slow sale."""

from tests.promises import Check, Promises, every

_REPORT = "report_id source source_ref commodity_code region_code on mode status supersedes_id recorded_at updated_at"
_SENT = "source source_ref commodity_code region_code on supersedes"
PROMISES = Promises(
    "consumption",
    routes={
        "POST /price-reports": "consumption:write",
        "GET /price-reports": "consumption:write or consumption:approve",
        "POST /supply-reports": "consumption:write",
        "GET /supply-reports": "consumption:write or consumption:approve",
        "POST /price-reports/{price_report_id}/withdrawal": "consumption:write",
        "POST /supply-reports/{supply_report_id}/withdrawal": "consumption:write",
        "POST /slow-sales": "consumption:write",
        "GET /slow-sales": "consumption:write or consumption:approve",
        "GET /slow-sales/{alert_id}": "consumption:write or consumption:approve",
        "POST /slow-sales/{alert_id}/transitions": "consumption:write or consumption:approve",
        "POST /slow-sale-backtests": "consumption:approve",
        "GET /price-bulletins": "consumption:read",
    },
    fields={
        "PriceReportIn": f"{_SENT} market low mean high",
        "PriceReportOut": f"{_REPORT} market low mean high",
        "SupplyReportIn": f"{_SENT} stock due sold_7d covered",
        "SupplyReportOut": f"{_REPORT} stock due sold_7d covered",
        "ReportReference": "source source_ref",
        "ReportBatchIn": "mode atomic items",
        "PriceReportBatchDocument": "mode atomic items",
        "SupplyReportBatchDocument": "mode atomic items",
        "ReportBatchAnswer": "accepted duplicate rejected items",
        "ReportItem": "index source source_ref status report_id problem",
        "SlowSaleIn": "commodity_code region_code quantity ripe_on lowest_price",
        "SlowSaleOut": "alert_id kind commodity_code region_code place_code level status episode opened_on closed_on "
        "reasons quantity ripe_on lowest_price incident updated_at history allowed_actions",
        "SlowSaleReason": "rule text inputs parameters",
        "SlowSaleIncidentOut": "response_level acts households calls orders closing_report",
        "IncidentOrders": "orders value",
        "CallIn": "kind quantity price until",
        "CallOut": "call_no kind quantity price until on",
        "ClosingReportIn": "sold price households loss after_care",
        "ClosingReportOut": "sold price households loss after_care",
        "SlowSaleTransitionIn": "action note response_level call closing_report",
        "BacktestIn": "region_code commodity_codes from to",
        "BulletinLine": "region_code commodity_code week price week_before year_before expected drop unsold "
        "unsold_share spoils_on level",
        "Page_PriceReportOut_": "items next_cursor",
        "Page_SupplyReportOut_": "items next_cursor",
        "Page_SlowSaleOut_": "items next_cursor",
        "Page_BulletinLine_": "items next_cursor",
    },
    filters={
        "/price-reports": "region_code commodity_code status updated_after",
        "/supply-reports": "region_code commodity_code status updated_after",
        "/slow-sales": "region_code commodity_code kind status level updated_after",
        "/price-bulletins": "region_code commodity_code week",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
