"""Worked cases 算例 of the rules: small households and policies in yuan, the way an official would write them down.

The tests read them to hold the rules against them, and the rule book shows them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from services.monitoring.evidence.circumstances import (
    PEOPLE,
    Circumstance,
    CircumstanceFact,
    Circumstances,
)
from services.monitoring.evidence.expense import EDUCATION, MEDICAL
from services.monitoring.evidence.illness import DIAGNOSES, Diagnosis
from services.monitoring.evidence.job_loss import JOB_LOSSES, JobLoss
from services.monitoring.evidence.kept import Person
from services.monitoring.evidence.report import REPORTS, Report
from services.monitoring.evidence.rules import NO_MEMBER
from services.monitoring.evidence.slow_sale import SLOW_SALES, SlowSale
from services.monitoring.evidence.table import read_fact
from services.monitoring.facts.sheets import FACT_SHEETS
from services.monitoring.ledger.rules.income import IncomeMonth, summarise
from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Verdict
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from shared.codes.policy import ValueStatus
from shared.money import parse_yuan
from shared.months import parse_month
from shared.policy.parameters import ParameterValue
from shared.sheets.columns import Column
from shared.words.catalogues import sentences
from shared.words.language import Language

DECIDED_ON = date(2026, 11, 1)
LAST = parse_month("2026-10")
FIRST = LAST - 11
REGION = "520626001001"

POLICY: Mapping[str, Any] = {
    "monitoring.income_line": Decimal(8200),
    "monitoring.income_window_months": 12,
    "monitoring.income_min_months": 12,
    "monitoring.income_drop_ratio": Decimal("0.30"),
    "monitoring.near_line_ratio": Decimal("0.20"),
    "monitoring.clear_margin_ratio": Decimal("0.05"),
    "monitoring.serious_illnesses": (
        {"name": "肺癌", "codes": ("C34",)},
        {"name": "急性心肌梗死", "codes": ("I21", "I22")},
        {"name": "终末期肾病", "codes": ("N18.0", "N18.5")},
    ),
    "monitoring.medical_cost_threshold": {"lifted": Decimal(5000), "ordinary": Decimal(20000)},
    "monitoring.source_order": ("civil-affairs", "medical-insurance", "hrss", "village-report"),
    "monitoring.compulsory_age": {"min": 6, "max": 15},
    "monitoring.education_cost": Decimal(10000),
    "monitoring.event_months": 12,
    "monitoring.zero_job_for": ("relocated", "lifted", "monitored"),
    "monitoring.water_test": {
        "litres": 20,
        "distance": 800,
        "height": 80,
        "minutes": 20,
        "days_short": 36,
        "cut_days": 30,
    },
    "employment.working_age": {"min": 16, "max": 59},
}
PEOPLE_OF_FOUR = (
    Person(1, date(1980, 5, 1), able=True, student=False),
    Person(2, date(1982, 3, 12), able=True, student=False),
    Person(3, date(2013, 9, 1), able=False, student=True),
    Person(4, date(1950, 1, 20), able=False, student=False),
)
"""Two who can work, a child of compulsory age and a grandmother."""


def parameter(key: str, value: Any) -> ParameterValue:
    """A value of the policy of the cases."""
    return ParameterValue(key, value, "unit", f"clause of {key}", ValueStatus.ASSUMED, "here@1")


def policy(**changes: Any) -> RuleParameters:
    """The policy of these tests; a change to None takes the value away, and a list stands as packs keep it."""
    changed = {_key(name): tuple(value) if isinstance(value, list) else value for name, value in changes.items()}
    values = {**POLICY, **changed}
    present = [parameter(key, value) for key, value in values.items() if value is not None]
    return RuleParameters.of(present, region=REGION, decided_on=DECIDED_ON, pack="here@1")


def _key(name: str) -> str:
    return next((key for key in POLICY if key.endswith(f".{name}")), f"monitoring.{name}")


def income(
    window: str,
    *,
    quarter: str | None = None,
    year_before: str | None = None,
    quarter_before: str | None = None,
    self_paid: str = "0.00",
    unknown: tuple[str, ...] = (),
) -> dict[int, IncomeMonth]:
    """Two years of months up to 2026-10, in yuan: every month known, the year before the same unless told otherwise.

    The quarter is earned in the last month, the rest in the first; `unknown` months have no income record at all.
    """
    months = _year(FIRST, window, quarter)
    same_quarter = quarter if year_before is None else None
    months |= _year(FIRST - 12, year_before or window, quarter_before or same_quarter)
    months[LAST].self_paid_compliant = parse_yuan(self_paid)
    for month in unknown:
        months[parse_month(month)].income_facts = 0
    return months


def _year(first: int, total: str, quarter: str | None) -> dict[int, IncomeMonth]:
    whole = parse_yuan(total, signed=True)
    late = whole // 4 if quarter is None else parse_yuan(quarter, signed=True)
    months = {month: IncomeMonth(income_facts=1) for month in range(first, first + 12)}
    months[first].wage = whole - late
    months[first + 11].wage = late
    return months


def household(
    months: Mapping[int, IncomeMonth],
    *,
    members: int = 4,
    able_workers: int = 2,
    fragile_members: int = 0,
    category: HouseholdCategory = HouseholdCategory.ORDINARY,
    diagnoses: tuple[Diagnosis, ...] = (),
    medical: Mapping[int, str] | None = None,
    job_loss: JobLoss | None = None,
    report: Report | None = None,
    slow_sales: Sequence[SlowSale] = (),
    said: Sequence[Mapping[str, Any]] = (),
    people: Sequence[Person] = PEOPLE_OF_FOUR,
    education: Mapping[int, str] | None = None,
    relocated: bool = False,
    dibao: bool = False,
    monitored: bool = False,
) -> HouseholdState:
    """A household; ``said`` are facts about its circumstances, in the order in which they were recorded."""
    seen, known = circumstances([fact_said(number, one) for number, one in enumerate(said)])
    return HouseholdState(
        category=category,
        members=members,
        able_workers=able_workers,
        fragile_members=fragile_members,
        window=summarise(months, LAST),
        evidence=evidence(diagnoses, _fen(medical), job_loss)
        | {EDUCATION.name: _fen(education), PEOPLE.name: tuple(people), REPORTS.name: report}
        | {SLOW_SALES.name: tuple(slow_sales)}
        | seen,
        known=known,
        relocated=relocated,
        dibao=dibao,
        monitored=monitored,
    )


def _fen(costs: Mapping[int, str] | None) -> dict[int, int]:
    return {member_no: parse_yuan(cost) for member_no, cost in (costs or {}).items()}


FactSaid = tuple[CircumstanceFact, Circumstance]
"""A fact as it came in, and as the rules see it."""
_OF_THE_FACT = ("type", "observed", "member_no", "source")


def fact_said(number: int, said: Mapping[str, Any]) -> FactSaid:
    """A fact as it came in, and as the rules see it; what is not `_OF_THE_FACT` is its payload."""
    member_no, source, on = said.get("member_no"), said.get("source", "village-report"), said["observed"]
    sent = {
        "source": source,
        "source_ref": f"said-{number}",
        "household_code": "DJ-0001",
        "member_no": member_no,
        "observed_on": on.isoformat(),
        "type": said["type"],
        "payload": {name: value for name, value in said.items() if name not in _OF_THE_FACT},
    }
    fact = read_fact(sent)
    assert isinstance(fact, CircumstanceFact)
    recorded_at = datetime(2026, 10, 31, tzinfo=UTC) + timedelta(minutes=number)
    kept = json.loads(fact.said())
    return fact, Circumstance(UUID(int=number), member_no or NO_MEMBER, source, on, recorded_at, kept)


def circumstances(facts: Sequence[FactSaid]) -> tuple[dict[str, Circumstances], frozenset[str]]:
    """What the rules see of facts and under which names, as it is loaded: as observed, and only where it concerns."""
    known = {fact.of.name for fact, _ in facts} | {fact.of.concern for fact, _ in facts if fact.concerns()}
    seen: dict[str, Circumstances] = {}
    for fact, one in sorted(facts, key=lambda fact: (fact[1].observed_on, fact[1].recorded_at)):
        if fact.of.asked_where in known:
            seen[fact.of.name] = (*seen.get(fact.of.name, ()), one)
    return seen, frozenset(known)


def evidence(
    diagnoses: tuple[Diagnosis, ...] = (), medical: Mapping[int, int] | None = None, job_loss: JobLoss | None = None
) -> dict[str, Any]:
    """What the rules see beside the window."""
    return {DIAGNOSES.name: diagnoses, MEDICAL.name: medical or {}, JOB_LOSSES.name: job_loss}


def diagnosis(
    code: str, *, member_no: int | None = 2, serious: bool = False, main_earner: bool = False, day: int = 3
) -> Diagnosis:
    """A diagnosis of a day in the month before the decision."""
    return Diagnosis(member_no, code, serious, main_earner, date(2026, 10, day))


def job_loss(
    placement: int = 1,
    *,
    lost_on: date = date(2026, 10, 20),
    reason: str = "dismissed",
    regained_by: int | None = None,
    regained_on: date | None = None,
) -> JobLoss:
    """The loss of a numbered placement; `regained_by` is the placement that ended it."""
    since = None if regained_by is None else UUID(int=regained_by)
    return JobLoss(UUID(int=placement), lost_on, PlacementEndReason(reason), since, regained_on)


def report(clue: int = 1, *, confirmed_on: date = date(2026, 10, 20), ended_on: date | None = None) -> Report:
    """A numbered clue that a check confirmed."""
    return Report(UUID(int=clue), confirmed_on, ended_on)


def slow_sale(alert: int = 1, *, commodity: str = "TEA-GREEN", since: date = date(2026, 10, 20)) -> SlowSale:
    """A numbered alert of what the household makes."""
    return SlowSale(UUID(int=alert), commodity, since)


def open_risk(kind: RiskKind, *keys: str, grade: RiskGrade = RiskGrade.ORANGE, episode: int = 1) -> LatestRisk:
    """A risk that is open for these reasons."""
    return LatestRisk(kind, RiskStatus.OPEN, grade, episode, frozenset(keys or (kind,)))


CASES = Path(__file__).parents[1] / "tests" / "rules" / "cases"
_PERSON = {"able": False, "student": False}
"""Somebody who cannot work, unless told otherwise."""
_QUIET_INCOME = {"window": "90000.00"}


def cases_of(kind: str) -> list[dict[str, Any]]:
    """The cases of a rule, in the order in which they are written."""
    read: list[dict[str, Any]] = yaml.safe_load((CASES / f"{kind}.yaml").read_text(encoding="utf-8"))
    return read


def verdicts_of(case: Mapping[str, Any]) -> dict[RiskKind, Verdict]:
    """What each rule says of the household of a case."""
    state = household(
        income(**case.get("income", _QUIET_INCOME)),
        members=case.get("members", 4),
        able_workers=case.get("able_workers", 2),
        fragile_members=case.get("fragile_members", 0),
        category=HouseholdCategory(case.get("category", "ordinary")),
        diagnoses=tuple(diagnosis(**given) for given in case.get("diagnoses", ())),
        medical=case.get("medical"),
        job_loss=job_loss(**case["job_loss"]) if "job_loss" in case else None,
        report=report(**case["report"]) if "report" in case else None,
        slow_sales=[slow_sale(**one) for one in case.get("slow_sales", ())],
        said=case.get("said", ()),
        people=tuple(Person(**_PERSON | one) for one in case["people"]) if "people" in case else PEOPLE_OF_FOUR,
        education=case.get("education"),
        relocated=case.get("relocated", False),
        dibao=case.get("dibao", False),
        monitored=case.get("monitored", False),
    )
    grade = RiskGrade(case.get("open_grade", "orange"))
    risks = {
        RiskKind(kind): open_risk(RiskKind(kind), *keys, grade=grade) for kind, keys in case.get("open", {}).items()
    }
    return {verdict.kind: verdict for verdict in judge(state, policy(**case.get("policy", {})), risks)}


_ANSWERS: Mapping[Outcome, str] = {
    Outcome.CLEAR: "不预警",
    Outcome.INSUFFICIENT_DATA: "信息不足，不作判定",
    Outcome.UNDECIDED: "政策未定，不作判定",
}


def worked_cases(kind: RiskKind) -> Iterator[tuple[str, str, str]]:
    """The cases of a rule in Chinese: the household, the answer, and why, as the rule itself says it."""
    for case in cases_of(kind):
        if kind in case["expected"]:
            verdict = verdicts_of(case)[kind]
            answer = _ANSWERS[verdict.outcome] if verdict.grade is None else verdict.grade.label_zh
            yield "；".join(_told(case)) or "未上报有关情况", answer, "".join(_sentences(verdict)) or "—"


def _sentences(verdict: Verdict) -> Iterator[str]:
    for reason in verdict.reasons:
        for said in reason.said:
            yield said.with_inputs(reason.inputs).written(Language.ZH)


def _told(case: Mapping[str, Any]) -> Iterator[str]:
    """What a case says of its household; everything else is as in the introduction."""
    for name, value in case.items():
        if name in _TOLD:
            yield from _TOLD[name](value)


def _number(label: str, unit: str) -> Callable[[Any], Iterator[str]]:
    def told(value: Any) -> Iterator[str]:
        yield f"{label} {value} {unit}"

    return told


def _flag(yes: str, no: str) -> Callable[[Any], Iterator[str]]:
    def told(value: Any) -> Iterator[str]:
        yield yes if value else no

    return told


_OF_INCOME = {
    "window": "近十二个月纯收入 {} 元",
    "quarter": "其中近一季度 {} 元",
    "year_before": "上年同期 {} 元",
    "quarter_before": "上年同季度 {} 元",
    "self_paid": "合规自付支出 {} 元",
}


def _income(value: Mapping[str, Any]) -> Iterator[str]:
    for name, said in value.items():
        yield f"收入不明的月份：{'、'.join(said)}" if name == "unknown" else _OF_INCOME[name].format(said)


def _diagnoses(value: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in value:
        member_no = one.get("member_no", 2)
        marks = [mark for name, mark in (("serious", "来源注明大病"), ("main_earner", "主要劳动力")) if one.get(name)]
        yield f"{_member(member_no)}诊断 {one['code'].strip()}{''.join(f'（{mark}）' for mark in marks)}"


def _costs(label: str) -> Callable[[Any], Iterator[str]]:
    def told(value: Mapping[int, str]) -> Iterator[str]:
        for member_no, cost in value.items():
            yield f"{_member(member_no or None)}{label} {cost} 元"

    return told


def _member(member_no: int | None) -> str:
    return "未注明的成员" if member_no is None else f"{member_no} 号成员"


def _reported(value: Mapping[str, Any]) -> Iterator[str]:
    yield "线索经核实属实" + ("，已处置完毕" if "ended_on" in value else "")


def _loss(value: Mapping[str, Any]) -> Iterator[str]:
    reason = PlacementEndReason(value.get("reason", "dismissed"))
    yield f"输送就业于 {value.get('lost_on', date(2026, 10, 20))} 终止（{reason.label_zh}）"
    if "regained_on" in value:
        yield f"{value['regained_on']} 再就业"


def _slow_sales(value: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in value:
        yield f"所联结产品 {one.get('commodity', 'TEA-GREEN')} 自 {one.get('since', date(2026, 10, 20))} 起滞销预警"


def _said(value: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Facts by the headings of their files."""
    for one in value:
        sheet = FACT_SHEETS[one["type"]]
        columns = {column.place.removeprefix("payload/"): column for column in sheet.columns}
        parts = [
            f"{columns[name].zh} {_cell(columns[name], said)}" for name, said in one.items() if name not in _OF_THE_FACT
        ]
        whom = f"{_member(one['member_no'])}" if one.get("member_no") else ""
        by = f"（{one['source']}）" if "source" in one else ""
        yield f"{one['observed']} {sheet.zh}{by}：{whom}{'，'.join(parts)}"


def _cell(column: Column, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "未填"
    return column.codes(value).label_zh if column.codes is not None else str(value)


def _people(value: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in value:
        yield f"{one['member_no']} 号成员生于 {one['birth_date']}{'，有劳动能力' if one.get('able') else ''}"


def _open(value: Mapping[str, Any]) -> Iterator[str]:
    yield f"已有预警：{'、'.join(RiskKind(kind).label_zh for kind in value)}"


def _policy(value: Mapping[str, Any]) -> Iterator[str]:
    for name, one in value.items():
        concept = sentences(Language.ZH).get(f"thing.{_key(name)}", name)
        yield f"政策未定“{concept}”" if one is None else f"政策“{concept}”为 {_value(one)}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{name} {part}" for name, part in value.items())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


_TOLD: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "members": _number("家庭人口", "人"),
    "able_workers": _number("有劳动能力", "人"),
    "fragile_members": _number("大病或重度残疾", "人"),
    "category": lambda value: iter((HouseholdCategory(value).label_zh,)),
    "relocated": _flag("易地扶贫搬迁户", "非搬迁户"),
    "dibao": _flag("低保户", "非低保户"),
    "monitored": _flag("监测对象", "非监测对象"),
    "income": _income,
    "diagnoses": _diagnoses,
    "medical": _costs("自付医疗费用"),
    "education": _costs("本学年自付教育费用"),
    "job_loss": _loss,
    "report": _reported,
    "slow_sales": _slow_sales,
    "said": _said,
    "people": _people,
    "open": _open,
    "open_grade": lambda value: iter((f"原预警等级为{RiskGrade(value).label_zh}",)),
    "policy": _policy,
}
"""How each part of a case is told."""
