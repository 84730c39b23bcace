"""Policy packs: the ones that ship, and what the loader refuses."""

import json
import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.codes.policy import ValueStatus
from shared.policy.loader import Pack, PolicyBook, PolicyPackError
from shared.policy.parameters import ParameterValue, PolicyValueMissing, PolicyView

VILLAGE = "520626001001"
LINE = "monitoring.income_line"
DECISION_DAY = date(2026, 11, 22)

KEYS_OF_THE_RULES = {
    "monitoring.income_window_months",
    "monitoring.income_min_months",
    "monitoring.income_drop_ratio",
    "monitoring.near_line_ratio",
    "monitoring.clear_margin_ratio",
    "monitoring.serious_illnesses",
    "monitoring.medical_cost_threshold",
    "assistance.task_deadline_workdays",
    "assistance.measure_answer_workdays",
    "employment.working_age",
    "assets.publicity_days",
}


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return PolicyBook.load()


@pytest.fixture(scope="module")
def development_book() -> PolicyBook:
    return PolicyBook.load(development=True)


def all_values(book: PolicyBook) -> Iterator[tuple[Pack, ParameterValue]]:
    for pack in book.packs:
        for parameter in pack.parameters.values():
            for dated in parameter.values:
                yield pack, dated.value


@pytest.mark.parametrize(
    ("on", "line"),
    [
        (date(2020, 12, 31), None),
        (date(2021, 1, 1), "6320"),
        (date(2021, 7, 1), "6320"),
        (date(2021, 12, 31), "6320"),
        (date(2022, 7, 1), None),
        (date(2023, 1, 1), "7300"),
        (date(2023, 12, 31), "7300"),
        (date(2024, 1, 1), None),
        (DECISION_DAY, None),
    ],
)
def test_the_line_of_tongren_is_the_published_one_or_none(book: PolicyBook, on: date, line: str | None) -> None:
    found = book.at(VILLAGE, on).find(LINE)
    assert (found and found.value) == (line and Decimal(line))


def test_a_missing_line_stops_the_decision_and_says_which_and_when(book: PolicyBook) -> None:
    with pytest.raises(PolicyValueMissing) as missing:
        book.at(VILLAGE, date(2022, 7, 1)).value(LINE)
    assert missing.value.extra == {"keys": [LINE], "date": "2022-07-01"}
    assert str(missing.value) == "the policy for 5206 has no monitoring.income_line on 2022-07-01"


def test_development_continues_the_line_and_says_so(development_book: PolicyBook) -> None:
    view = development_book.at(VILLAGE, DECISION_DAY)
    line = view.value(LINE)
    assert line.value == Decimal(7990)
    assert line.status is ValueStatus.ASSUMED
    assert line.pack.startswith("development@")
    assert view.pack == "520600_tongren@2026.11+development"


def test_development_overrides_nothing_and_fills_no_gap_before_the_last_published_year(
    book: PolicyBook, development_book: PolicyBook
) -> None:
    for on in (date(2021, 7, 1), date(2022, 7, 1), date(2023, 7, 1)):
        assert development_book.at(VILLAGE, on).find(LINE) == book.at(VILLAGE, on).find(LINE)


def test_the_development_line_is_made_as_its_reference_says(development_book: PolicyBook) -> None:
    line = development_book.at(VILLAGE, date(2023, 7, 1)).value(LINE).value
    for year in (2024, 2025, 2026, 2027):
        line = up_to_ten(line * Decimal("1.03"))
        assert development_book.at(VILLAGE, date(year, 7, 1)).value(LINE).value == line


def up_to_ten(amount: Decimal) -> Decimal:
    return Decimal(math.ceil(amount / 10) * 10)


def test_the_three_factors_reproduce_the_published_line_of_2021(book: PolicyBook) -> None:
    view = book.at(VILLAGE, date(2021, 7, 1))
    inputs = view.value("monitoring.income_line_inputs").value
    rates = [inputs["consumer_prices"], inputs["rural_disposable_income"], inputs["rural_minimum_living_standard"]]
    assert rates == [Decimal("2.6"), Decimal("8.2"), Decimal(5)]
    exact = view.value("monitoring.income_line.floor").value * (1 + sum(rates) / 3 / 100)
    assert exact.quantize(Decimal(1)) == 6316
    assert up_to_ten(exact) == view.value(LINE).value == 6320


def test_the_floor_of_the_nation_is_no_line(book: PolicyBook) -> None:
    shijiazhuang = book.at("130102000000", date(2021, 7, 1))
    assert shijiazhuang.value("monitoring.income_line.floor").value == 6000
    assert shijiazhuang.find(LINE) is None
    assert shijiazhuang.pack == "130100_shijiazhuang@2026.11"


@pytest.mark.parametrize("on", [date(2021, 7, 1), date(2023, 7, 1), DECISION_DAY])
def test_tongren_has_everything_else_the_rules_use(book: PolicyBook, on: date) -> None:
    view = book.at(VILLAGE, on)
    assert set(view.values) >= KEYS_OF_THE_RULES
    assert view.pack == "520600_tongren@2026.11"


def test_the_window_is_the_citys_own_rule_while_its_plan_runs_and_an_assumption_after(book: PolicyBook) -> None:
    key = "monitoring.income_window_months"
    during, after = (book.at(VILLAGE, on).value(key) for on in (date(2025, 12, 31), date(2026, 1, 1)))
    assert (during.value, during.status, during.pack) == (12, ValueStatus.IN_FORCE, "520600_tongren@2026.11")
    assert (after.value, after.status, after.pack) == (12, ValueStatus.ASSUMED, "national@2026.11")


def test_thirty_kinds_of_serious_illness_have_names_and_prefixes(book: PolicyBook) -> None:
    illnesses = book.at(VILLAGE, DECISION_DAY).value("monitoring.serious_illnesses").value
    assert len({illness["name"] for illness in illnesses}) == 30
    codes = [code for illness in illnesses for code in illness["codes"]]
    assert len(codes) == len(set(codes))
    assert all(code[0].isalpha() and code[1:3].isdecimal() for code in codes)


def test_every_shipped_value_says_where_it_comes_from(development_book: PolicyBook) -> None:
    values = list(all_values(development_book))
    assert {"national", "development", "610824_jingbian"} < {pack.id for pack, _ in values}
    for pack, value in values:
        assert len(value.reference) > 20
        assert value.status in ValueStatus
        assert value.pack == pack.label
        if value.status is ValueStatus.ASSUMED:
            assert value.reference.startswith(("Assumed", "Made up"))


def test_a_value_is_cited_as_json(book: PolicyBook) -> None:
    view = book.at(VILLAGE, date(2021, 7, 1))
    cost = view.value("monitoring.medical_cost_threshold").as_document()
    assert json.loads(json.dumps(cost))["value"] == {"lifted": "5000", "ordinary": "20000"}
    assert view.value("monitoring.income_drop_ratio").as_document() == {
        "key": "monitoring.income_drop_ratio",
        "value": "0.30",
        "reference": view.value("monitoring.income_drop_ratio").reference,
        "status": "assumed",
    }
    assert isinstance(view.value("monitoring.serious_illnesses").as_document()["value"][0]["codes"], list)


def test_all_villages_of_a_pack_share_one_view(book: PolicyBook) -> None:
    assert book.at(VILLAGE, DECISION_DAY) is book.at("520627100200", DECISION_DAY)
    assert book.at("520600000000", DECISION_DAY).region == "5206"
    assert book.at("520100000000", DECISION_DAY).region == "52"


def test_a_malformed_region_is_refused(book: PolicyBook) -> None:
    with pytest.raises(ValueError, match="region code"):
        book.at("tongren", DECISION_DAY)


# The loader, with small packs written for each case.

PACK_NATIONAL = 'id: national\nregion: "00"\ntitle: 全国\nversion: "1"\nsource: a test\n'


def value(first: str = "2021-01-01", last: str = "null", amount: str = '"0.30"', status: str = "in_force") -> str:
    days = f"    - from: {first}\n      to: {last}\n"
    return days + f"      value: {amount}\n      reference: 第一条\n      status: {status}\n"


def parameter(*values: str, key: str = "a.ratio", unit: str = "ratio") -> str:
    head = f"- key: {key}\n  unit: {unit}\n  concept: 比例\n  description: A ratio.\n  values:\n"
    return head + "".join(values or (value(),))


class Shelf:
    """A folder of packs under construction."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.write("national/pack.yaml", PACK_NATIONAL)

    def write(self, path: str, text: str) -> None:
        file = self.directory / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def add_region(self, folder: str, region: str, text: str) -> None:
        self.write(
            f"{folder}/pack.yaml", f'id: {folder}\nregion: "{region}"\ntitle: 某地\nversion: "1"\nsource: a test\n'
        )
        self.write(f"{folder}/group.yaml", text)

    def load(self, development: bool = False) -> PolicyBook:
        return PolicyBook.load(self.directory, development=development)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_the_narrowest_pack_with_a_value_for_the_day_answers(shelf: Shelf) -> None:
    shelf.write("national/group.yaml", parameter(value(amount='"0.10"')))
    shelf.add_region("52_guizhou", "52", parameter(value(amount='"0.20"', first="2022-01-01")))
    shelf.add_region("520626_dejiang", "520626", parameter(value("2023-01-01", "2023-06-30", amount='"0.30"')))
    book = shelf.load()

    def ratio(region: str, on: date) -> Decimal:
        found = book.at(region, on).value("a.ratio").value
        assert isinstance(found, Decimal)
        return found

    assert ratio(VILLAGE, date(2021, 5, 1)) == Decimal("0.10")
    assert ratio(VILLAGE, date(2022, 5, 1)) == Decimal("0.20")
    assert ratio(VILLAGE, date(2023, 1, 1)) == ratio(VILLAGE, date(2023, 6, 30)) == Decimal("0.30")
    assert ratio(VILLAGE, date(2023, 7, 1)) == Decimal("0.20")
    assert ratio("520627000000", date(2023, 5, 1)) == Decimal("0.20")
    assert ratio("130100000000", date(2023, 5, 1)) == Decimal("0.10")
    assert book.at(VILLAGE, date(2021, 5, 1)).pack == "520626_dejiang@1"


def test_books_that_differ_in_one_value_each_answer_with_their_own_whatever_was_asked_before(shelf: Shelf) -> None:
    def ratio(view: PolicyView) -> Decimal:
        found = view.value("a.ratio").value
        assert isinstance(found, Decimal)
        return found

    books = []
    for amount in ('"0.10"', '"0.20"'):
        shelf.write("national/group.yaml", parameter(value(amount=amount)))
        books.append(shelf.load())
    assert len({book.at(VILLAGE, DECISION_DAY).pack for book in books}) == 1
    asked = [book.in_form(ratio, VILLAGE, DECISION_DAY) for book in books * 2]
    assert asked == [Decimal("0.10"), Decimal("0.20")] * 2


def test_an_announced_value_does_not_hold_and_may_overlap(shelf: Shelf) -> None:
    announced = value("2026-01-01", amount='"0.40"', status="announced")
    shelf.write("national/group.yaml", parameter(value(), announced))
    assert shelf.load().at(VILLAGE, DECISION_DAY).value("a.ratio").value == Decimal("0.30")


def test_development_is_asked_last(shelf: Shelf) -> None:
    shelf.write("development/pack.yaml", 'id: development\ntitle: 开发\nversion: "1"\nsource: a test\n')
    shelf.write("development/group.yaml", parameter(value(amount='"0.99"')) + parameter(key="a.gap"))
    shelf.write("national/group.yaml", parameter())
    view = shelf.load(development=True).at(VILLAGE, DECISION_DAY)
    assert view.value("a.ratio").value == view.value("a.gap").value == Decimal("0.30")
    assert shelf.load().at(VILLAGE, DECISION_DAY).find("a.gap") is None


def test_numeric_text_is_a_decimal_only_where_there_is_a_unit(shelf: Shelf) -> None:
    amounts = '{rates: ["2.6", 5], method: mean, enabled: true}'
    shelf.write("national/group.yaml", parameter(value(amount=amounts), unit="percent"))
    shelf.write("national/codes.yaml", parameter(value(amount='["0520", "C15"]'), key="a.codes", unit="none"))
    view = shelf.load().at(VILLAGE, DECISION_DAY)
    assert dict(view.value("a.ratio").value) == {"rates": (Decimal("2.6"), 5), "method": "mean", "enabled": True}
    assert view.value("a.codes").value == ("0520", "C15")
    with pytest.raises(TypeError):
        view.value("a.ratio").value["rates"] = ()


def test_days_of_the_calendar_are_handed_over(shelf: Shelf) -> None:
    shelf.write("national/calendar.yaml", "- {day: 2027-01-03, is_workday: true, reference: 国办发明电}\n")
    assert shelf.load().workday_overrides() == {date(2027, 1, 3): True}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (parameter(value(amount="0.30")), "a.ratio: 0.3 is not exact"),
        (parameter(value(amount="{red: 0.5}")), "a.ratio: 0.5 is not exact"),
        (parameter(value(amount="{1: a}")), "is no value"),
        (parameter(value(amount="null")), "is no value"),
        (parameter(value(amount="2021-01-01")), "is no value"),
        (parameter(value(status="probable")), "a.ratio: values.0.status"),
        (parameter(value(last="2020-12-31")), "before it begins"),
        (parameter(value(first="soon")), "a.ratio: values.0.from"),
        (parameter(value(), value("2022-01-01")), "a.ratio: the value from 2022-01-01 overlaps"),
        (parameter(value("2021-01-01", "2021-12-31"), value("2021-12-31")), "overlaps"),
        (parameter(value("2021-01-01", "2021-12-31"), value("2021-06-01", status="assumed")), "overlaps"),
        (parameter(value().replace("      reference: 第一条\n", "")), "a.ratio: values.0.reference: Field required"),
        (parameter(value().replace("第一条", '" "')), "a.ratio: values.0.reference"),
        (parameter(value().replace("      to: null\n", "")), "a.ratio: values.0.to: Field required"),
        (parameter(value() + "      vaule: 1\n"), "a.ratio: values.0.vaule"),
        (parameter().replace("concept:", "notion:"), "a.ratio: concept"),
        (parameter().replace("  unit: ratio\n", ""), "a.ratio: unit"),
        (parameter(key="Ratio"), "Ratio: key"),
        (parameter() + parameter(), "a.ratio: stands twice"),
        (parameter(value() + "      value: 2\n"), "'value' stands twice"),
        (parameter().split("  values:")[0] + "  values: []\n", "a.ratio: values"),
        ("- 12\n", "a parameter without key"),
        ("a.ratio: 12\n", "is no list"),
        ("- [\n", "group.yaml"),
    ],
)
def test_a_slip_in_a_pack_is_refused_with_its_place(shelf: Shelf, text: str, complaint: str) -> None:
    shelf.write("national/group.yaml", text)
    with pytest.raises(PolicyPackError) as refused:
        shelf.load()
    assert complaint in str(refused.value)
    assert "national/group.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        (PACK_NATIONAL.replace('"1"', "2026.11"), "version"),
        (PACK_NATIONAL.replace("id: national", "id: nation"), "the folder is 'national'"),
        (PACK_NATIONAL.replace('"00"', '"520600"'), "no prefix of a region code"),
        (PACK_NATIONAL.replace('"00"', '"5"'), "no prefix of a region code"),
        (PACK_NATIONAL.replace('"00"', '"11"'), "there is no national pack"),
        (PACK_NATIONAL.replace('region: "00"\n', ""), "region"),
        (PACK_NATIONAL + "author: somebody\n", "author"),
    ],
)
def test_a_slip_in_a_manifest_is_refused(shelf: Shelf, manifest: str, complaint: str) -> None:
    shelf.write("national/pack.yaml", manifest)
    with pytest.raises(PolicyPackError, match=complaint):
        shelf.load()


def test_a_folder_without_manifest_is_refused(shelf: Shelf) -> None:
    shelf.write("52_guizhou/group.yaml", parameter())
    with pytest.raises(PolicyPackError, match="is missing"):
        shelf.load()


def test_two_packs_of_one_region_are_refused(shelf: Shelf) -> None:
    shelf.add_region("52_guizhou", "52", parameter())
    shelf.add_region("52_qian", "52", parameter())
    with pytest.raises(PolicyPackError, match="52_guizhou is the pack of this region"):
        shelf.load()


def test_one_key_has_one_unit_in_all_packs(shelf: Shelf) -> None:
    shelf.write("national/group.yaml", parameter())
    shelf.add_region("52_guizhou", "52", parameter(unit="percent"))
    with pytest.raises(PolicyPackError, match=r"a\.ratio: unit 'ratio'.*'percent'"):
        shelf.load()


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("national/calendar.yaml", "- {day: 2027-01-03, is_workday: true}\n", "reference"),
        ("national/calendar.yaml", "- {day: 2027-01-03, is_workday: maybe, reference: x}\n", "is_workday"),
        ("national/calendar.yaml", "- &d {day: 2027-01-03, is_workday: true, reference: x}\n- *d\n", "stands twice"),
        ("52_guizhou/calendar.yaml", "[]\n", "only the national pack"),
    ],
)
def test_a_slip_in_the_calendar_is_refused(shelf: Shelf, path: str, text: str, complaint: str) -> None:
    shelf.add_region("52_guizhou", "52", parameter())
    shelf.write(path, text)
    with pytest.raises(PolicyPackError, match=complaint):
        shelf.load()
