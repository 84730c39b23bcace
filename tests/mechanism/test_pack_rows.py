"""What the packs of the five places hold, against a table written from their documents and not from the packs."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from shared.codes.policy import ValueStatus
from shared.policy.loader import PolicyBook

OPEN: Final = None
PLAN: Final = (date(2021, 1, 1), date(2025, 12, 31))
SINCE_2021: Final = (date(2021, 1, 1), OPEN)
TOWN: Final = (date(2022, 1, 1), date(2024, 12, 31))


def year(number: int) -> tuple[date, date]:
    return date(number, 1, 1), date(number, 12, 31)


# pack → rows of key (below `monitoring.`), value, days, and a word of the reference: the section in the document.
ROWS: Final[dict[str, list[tuple[str, Any, tuple[date, date | None], str]]]] = {
    "520600_tongren": [
        ("income_window_months", 12, PLAN, "第五章第二节"),
        ("classes", ("unstable", "marginal", "sudden"), PLAN, "第四章第一节"),
        ("classes.flags", ("dibao",), PLAN, "第四章第一节"),
        (
            "unit",
            {"monitored": "household", "members": "registered", "otherwise": "living_together"},
            PLAN,
            "第五章第二节",
        ),
        ("scope.relocated_urban", True, PLAN, "第五章第二节"),
        (
            "focus",
            ("serious_illness", "chronic_illness", "severe_disability", "disabled_elderly"),
            PLAN,
            "第五章第二节",
        ),
        ("exclusion", ("vehicle", "payroll", "property", "company"), PLAN, "第五章第二节"),
        ("exclusion.override", "village_assembly", PLAN, "第五章第二节"),
        ("channels", ("self_report", "cadre_survey", "department", "media_petition", "platform"), PLAN, "第五章第二节"),
        ("assist_before_admit", True, PLAN, "第五章第二节"),
        ("sweep", 1, PLAN, "第五章第二节"),
        ("entry_role", {"role": "monitoring_contact", "steps": ("admission", "elimination")}, PLAN, "第五章第二节"),
        ("lowincome.report", ("monthly", "yearly"), PLAN, "第七章第一节"),
        ("reports", ("monthly", "yearly"), PLAN, "第七章第一节"),
        (
            "data_station",
            {"township": "data_office", "village": "data_keeper", "gathered_again": False},
            PLAN,
            "第七章第一节",
        ),
        ("zero_job_for", ("relocated",), PLAN, "第六章第五节"),
    ],
    "52_guizhou": [
        ("income_line", Decimal(6320), year(2021), "第五章第二节"),
        ("income_line", Decimal(7300), year(2023), "Gzuwkj/fuping"),
        ("income_concept", "net", year(2021), "第五章第二节"),
        ("income_concept", "net", year(2023), "Gzuwkj/fuping"),
        ("line.floor_multiple", Decimal("1.5"), SINCE_2021, "第五章第二节"),
        (
            "line.review",
            {
                "every": "year",
                "factors": ("consumer_prices", "rural_disposable_income", "rural_minimum_living_standard"),
            },
            PLAN,
            "第五章第二节",
        ),
        (
            "income_line_inputs",
            {
                "consumer_prices": Decimal("2.6"),
                "rural_disposable_income": Decimal("8.2"),
                "rural_minimum_living_standard": Decimal(5),
                "method": "mean_rounded_up_to_ten",
            },
            year(2021),
            "第五章第二节",
        ),
        ("publicity_days", 5, year(2023), "应知应会"),
        ("identification_limit", {"days": 15, "unit": "calendar", "from": "clue"}, year(2023), "应知应会"),
        ("elimination_months", 6, (date(2022, 4, 1), date(2023, 12, 31)), "2_11_002"),
    ],
    "13_hebei": [],
    "130100_shijiazhuang": [
        ("causes_extra", ("epidemic",), SINCE_2021, "二(二)"),
        ("channels", ("self_report", "department", "cadre_survey", "child_line"), SINCE_2021, "二(二)"),
        ("clue_owner", {"child_line": "county"}, SINCE_2021, "四(十三)"),
        ("base_data", "poverty_alleviation_census", SINCE_2021, "二(二)"),
        ("school.ledgers", ("county", "township", "village", "school"), SINCE_2021, "二(三)"),
        ("school.leads", "seven_chiefs", SINCE_2021, "二(三)"),
        (
            "warning_departments",
            (
                "poverty_alleviation",
                "civil_affairs",
                "education",
                "human_resources",
                "housing",
                "agriculture",
                "medical_insurance",
                "health",
            ),
            SINCE_2021,
            "四(十)",
        ),
        ("zero_job_for", ("relocated",), SINCE_2021, "二(四)"),
    ],
    "53_yunnan": [
        ("income_line", Decimal(8700), year(2024), "云南"),
        ("income_concept", "net", year(2024), "云南"),
    ],
    "5323_chuxiong": [
        ("income_line", Decimal(8050), year(2023), "元谋县"),
        ("income_concept", "net", year(2023), "元谋县"),
    ],
    "532302110_heping": [
        ("classes", ("unstable", "marginal", "sudden"), TOWN, "前言"),
        ("network", ("township", "village", "group"), TOWN, "二(一)"),
        ("platform.done_rate", 95, TOWN, "三(五)14"),
        ("dibao_line", Decimal(4960), year(2022), "三(三)11"),
        ("dibao_line", Decimal(5158), year(2023), "三(三)11"),
        ("dibao_line", Decimal(5364), year(2024), "三(三)11"),
        ("focus.income", Decimal(10000), TOWN, "二(二)"),
        ("focus.village_share", 3, TOWN, "二(二)"),
        ("zero_job_for", ("all",), TOWN, "二(二)"),
        ("zero_job", 0, TOWN, "三(二)9"),
        ("record", ("plan", "help_card", "income_book"), TOWN, "四(二)"),
        ("income.growth", Decimal("19.2"), TOWN, "一(二)"),
        ("income.target.tuopin", Decimal(15700), year(2022), "一(二)"),
        ("income.target.tuopin", Decimal(18700), year(2023), "一(二)"),
        ("income.target.tuopin", Decimal(22300), year(2024), "一(二)"),
        ("income.target.monitored", Decimal(12300), year(2022), "一(二)"),
        ("income.target.monitored", Decimal(14700), year(2023), "一(二)"),
        ("income.target.monitored", Decimal(17500), year(2024), "一(二)"),
    ],
    "532323_mouding": [
        ("origin_matters", ("land", "forest", "collective_income", "farm_subsidy"), year(2023), "二(八)2"),
        (
            "water_test",
            {"litres": 20, "distance": 800, "height": 80, "minutes": 20, "days_short": 36, "cut_days": 30},
            year(2023),
            "二(九)4",
        ),
        (
            "relocated",
            {"households": 600, "people": 2106, "monitored_households": 14, "monitored_people": 40},
            year(2023),
            "二(八)",
        ),
        (
            "relocation.rights",
            {
                "old_place": ("land", "forest", "collective_income", "farm_subsidies"),
                "new_place": (
                    "social_insurance",
                    "medical_insurance",
                    "education",
                    "relief",
                    "elderly_care",
                    "disability_allowance",
                    "employment",
                ),
            },
            year(2023),
            "二(八)2",
        ),
        (
            "school.rates",
            {"preschool": 98, "primary": 100, "junior": 100, "senior": Decimal("96.5"), "disabled_children": 100},
            year(2023),
            "二(九)1",
        ),
        (
            "school.retention",
            {"primary": 100, "junior": Decimal("99.9"), "compulsory": 97, "senior": 98},
            year(2023),
            "二(九)1",
        ),
        ("school.dropout", 0, year(2023), "二(九)1"),
        ("reports.monthly_due", 25, year(2023), "三(二)"),
        ("reports.quarterly_due", ("06-30", "09-30", "12-30"), year(2023), "三(一)"),
        ("reports", ("monthly", "quarterly"), year(2023), "三(二)"),
    ],
    "61_shaanxi": [],
    "610824_jingbian": [
        ("income_line", Decimal(6000), year(2021), "2021-08-16"),
        ("income_concept", "disposable", year(2021), "可支配收入"),
        (
            "channels",
            ("self_report", "cadre_survey", "department", "supervision", "platform"),
            year(2022),
            "二(二)",
        ),
        ("visits", 1, year(2022), "二(二)"),
        ("record", ("household_code",), year(2022), "二(二)"),
        (
            "procedure",
            (
                ("visit", "authorisation"),
                ("village_review", "publicity"),
                ("township_review", "county_approval", "announcement"),
            ),
            year(2022),
            "二(二)",
        ),
        ("compare", ("property", "vehicle", "company", "payroll"), year(2022), "二(二)"),
        ("water.tap", 90, year(2022), "二(一)"),
        ("zero_job_for", ("lifted", "monitored"), year(2022), "二(四)"),
        (
            "campaign.dates",
            {"plan": "09-30", "act": "11-30", "sum_up": "12-02", "report": "12-01"},
            year(2022),
            "12-01 is the day",
        ),
        ("reports", ("weekly", "monthly", "ad_hoc"), year(2022), "四(二)"),
    ],
}

GOES_ON: Final[dict[str, list[tuple[str, Any, tuple[date, date | None]]]]] = {
    "520600_tongren": [("reports", ("monthly", "yearly"), (date(2026, 1, 1), OPEN))],
    "610824_jingbian": [("reports", ("weekly", "monthly", "ad_hoc"), (date(2023, 1, 1), OPEN))],
}
"""What a document of the place set until a day, and its pack assumes to go on there alone."""

NATIONAL: Final[dict[str, Any]] = {
    "income_concept": "net",
    "classes": ("unstable", "marginal", "sudden"),
    "causes_extra": (),
    "zero_job_for": ("relocated", "lifted", "monitored"),
    "water_test": {"litres": 20, "distance": 800, "height": 80, "minutes": 20, "days_short": 36, "cut_days": 30},
    "source_order": ("civil-affairs", "medical-insurance", "hrss", "village-report"),
    "compulsory_age": {"min": 6, "max": 15},
    "education_cost": Decimal(10000),
    "event_months": 12,
    "dismissal_months": 6,
    "release": {"at_once": 50, "per_hour": 200, "window_minutes": 60},
    "release_kinds": ("disaster", "unsafe_water", "unsafe_housing", "production_failure", "uninsured", "slow_sale"),
    "duty_level": {"red": "township", "orange": "village"},
    "visits": 1,
    "focus.income": Decimal(10000),
    "focus.village_share": 3,
    "focus.new_dibao_months": 12,
    "measure_days": 10,
    "reports": ("monthly", "quarterly"),
    "reports.weekly_due": 5,
    "reports.monthly_due": 25,
    "reports.quarterly_due": ("06-30", "09-30", "12-30"),
    "reports.yearly_due": "12-31",
    "compare": ("vehicle", "property", "company", "payroll"),
    "publicity_days": 5,
    "identification_limit": {"days": 15, "unit": "calendar", "from": "clue"},
    "appeal_days": 15,
    "elimination_months": 6,
    "watch_months": 6,
}
"""What holds everywhere since 2021 where no place says otherwise; all of it is assumed."""

SET_FOR_EVERY_PLACE: Final = {"monitoring.zero_job_for"}
"""What ends in 铜仁 in 2025 and is then not continued: the nation has a value of its own."""


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return PolicyBook.load()


@pytest.mark.parametrize("pack_id", ROWS)
def test_a_pack_holds_the_rows_of_its_document_and_no_others(book: PolicyBook, pack_id: str) -> None:
    pack = next(pack for pack in book.packs if pack.id == pack_id)
    held = [
        (key.removeprefix("monitoring."), dated.value.value, (dated.valid_from, dated.valid_to))
        for key, parameter in pack.parameters.items()
        if key.startswith("monitoring.")
        for dated in parameter.values
    ]
    continued = GOES_ON.get(pack_id, [])
    of_document = [(key, value, days) for key, value, days, _ in ROWS[pack_id]]
    assert sorted(held, key=repr) == sorted([*of_document, *continued], key=repr)
    for key, _, (first, _) in continued:
        assumed = pack.parameters[f"monitoring.{key}"].on(first)
        assert assumed is not None
        assert (assumed.status, assumed.reference.startswith("Assumed to go on")) == (ValueStatus.ASSUMED, True)
    for key, value, (first, _), section in ROWS[pack_id]:
        found = pack.parameters[f"monitoring.{key}"].on(first)
        assert found is not None
        assert (found.value, found.status) == (value, ValueStatus.IN_FORCE)
        assert section in found.reference


def test_what_no_document_sets_is_assumed_in_the_nation_and_says_so(book: PolicyBook) -> None:
    view = book.at("00", date(2026, 11, 22))
    for key, value in NATIONAL.items():
        found = view.value(f"monitoring.{key}")
        assert (key, found.value, found.status) == (key, value, ValueStatus.ASSUMED)
        assert found.reference.startswith("Assumed")
    assert book.at("00", date(2021, 1, 1)).value("monitoring.release") == view.value("monitoring.release")


def test_what_ends_with_2025_goes_on_as_an_assumption(book: PolicyBook) -> None:
    last, first = date(2025, 12, 31), date(2026, 1, 1)
    ends = {
        key
        for pack in book.packs
        for key, parameter in pack.parameters.items()
        for dated in parameter.values
        if dated.valid_to == last
    }
    assert len(ends) > 12
    before, after = (book.at("520626001001", day) for day in (last, first))
    for key in ends - SET_FOR_EVERY_PLACE:
        assert before.value(key).status is ValueStatus.IN_FORCE
        assert (after.value(key).value, after.value(key).status) == (before.value(key).value, ValueStatus.ASSUMED)


@pytest.mark.parametrize(
    ("region", "on", "line", "concept"),
    [
        ("130102000000", date(2021, 7, 1), None, "net"),
        ("532302110001", date(2022, 7, 1), None, "net"),
        ("532302110001", date(2023, 7, 1), 8050, "net"),
        ("532302110001", date(2024, 7, 1), 8700, "net"),
        ("532323100000", date(2023, 7, 1), 8050, "net"),
        ("610824000000", date(2021, 7, 1), 6000, "disposable"),
        ("610824000000", date(2022, 7, 1), None, "net"),
    ],
)
def test_each_place_has_the_line_of_its_day_or_none(
    book: PolicyBook, region: str, on: date, line: int | None, concept: str
) -> None:
    view = book.at(region, on)
    found = view.find("monitoring.income_line")
    assert (found and found.value) == line
    assert view.value("monitoring.income_concept").value == concept
