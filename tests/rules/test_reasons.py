"""Every sentence of the rules, as somebody reads it in English and in Chinese."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.monitoring.risks import rules
from services.monitoring.risks.rules.ending import ended
from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.verdicts import Verdict, evidence_withdrawn
from shared.codes.monitoring import HouseholdEndReason, RiskKind
from shared.words.language import Language
from tests.rules.builders import diagnosis, household, income, job_loss, open_risk, policy, report, slow_sale
from tests.rules.reading import texts

RULES = Path(*rules.__path__)
BELOW, DROP, RIGID, ILL, WORK = list(RiskKind)[:5]
YEAR, QUARTER = "income_drop.year", "income_drop.quarter"
REGAINED = job_loss(regained_by=2, regained_on=date(2026, 10, 25))


def why(kind: RiskKind, *opened: str, changed: dict[str, Any] | None = None, **state: Any) -> Verdict:
    """What a rule says of a household; `opened` are the keys of its open risk, `changed` is of the policy."""
    known = {kind: open_risk(kind, *opened)} if opened else {}
    seen = household(state.pop("months", income("90000.00")), **state)
    return next(one for one in judge(seen, policy(**changed or {}), known) if one.kind is kind)


def _said(type_: str, member_no: int | None = None, **payload: Any) -> dict[str, Any]:
    return {"type": type_, "member_no": member_no, "observed": date(2026, 10, 3), **payload}


def _jobless(member_no: int, *, willing: bool) -> dict[str, Any]:
    return _said("work", member_no, status="jobless", willing=willing)


_DROPPED_OUT = _said("schooling", 3, event="dropped_out", stage="junior")
_ACCIDENT = _said("accident", 1, kind="traffic", effect="death", main_earner=True)
_FLOOD = _said("disaster", sub_kind="flood", loss="3000.00", house_damaged=True)
_UNINSURED = _said("insurance", 2, scheme="basic_medical", year=2026, status="uninsured")


SAID = {
    "below the line": (
        why(BELOW, months=income("12480.00")),
        (
            "Net income per head 3120.00 yuan in 2025-11..2026-10 is below the income line of 8200.00 yuan. "
            "The 4 members together have 12480.00 yuan, 20320.00 yuan short of the line."
        ),
        (
            "2025年11月至2026年10月人均纯收入 3120.00 元，低于 8200.00 元的监测线。"
            "全户 4 人纯收入合计 12480.00 元，距监测线尚差 20320.00 元。"
        ),
    ),
    "at the line, not yet clear": (
        why(BELOW, "below_line", months=income("33000.00")),
        (
            "Net income per head 8250.00 yuan in 2025-11..2026-10 has reached the income line of 8200.00 yuan but not "
            "the 8610.00 yuan at which an open risk clears."
        ),
        "2025年11月至2026年10月人均纯收入 8250.00 元，已达到 8200.00 元的监测线，但未达到解除预警所需的 8610.00 元。",
    ),
    "above the line": (
        why(BELOW, "below_line"),
        (
            "Net income per head 22500.00 yuan in 2025-11..2026-10 has reached the 8610.00 yuan at which an open risk "
            "clears."
        ),
        "2025年11月至2026年10月人均纯收入 22500.00 元，已达到解除预警所需的 8610.00 元。",
    ),
    "a line that is missing": (
        why(BELOW, changed={"income_line": None, "income_min_months": None}),
        (
            "The policy for region 520626001001 has no value of monitoring.income_line, monitoring.income_min_months "
            "on 2026-11-01; below_line is not decided."
        ),
        (
            "区划代码 520626001001 适用的政策在2026年11月1日没有“监测线、收入核算最少月数”的取值，"
            "对“收入低于监测线”不作判定。"
        ),
    ),
    "months that are unknown": (
        why(BELOW, months=income("20000.00", unknown=("2026-03", "2026-07"))),
        "Income is known for 10 of the 12 months 2025-11..2026-10; 12 known months are needed.",
        "2025年11月至2026年10月共 12 个月，其中收入已知的有 10 个月；判定至少需要 12 个月。",
    ),
    "nobody": (
        why(BELOW, members=0),
        "The household has no members to share its income.",
        "该户没有家庭成员，无法计算人均收入。",
    ),
    "a drop": (
        why(DROP, months=income("70000.00", year_before="100010.00", quarter="20000.00", quarter_before="20000.00")),
        (
            "Net income 70000.00 yuan in 2025-11..2026-10 is 30.00 % below the 100010.00 yuan of 2024-11..2025-10; "
            "a drop of 30.00 % or more raises the risk."
        ),
        (
            "2025年11月至2026年10月纯收入 70000.00 元，比2024年11月至2025年10月的 100010.00 元下降 30.00%；"
            "降幅达到 30.00% 即触发预警。"
        ),
    ),
    "a drop that is held": (
        why(DROP, YEAR, months=income("72000.00", year_before="100000.00", quarter="1.00", quarter_before="1.00")),
        (
            "Net income 72000.00 yuan in 2025-11..2026-10 is 28.00 % below the 100000.00 yuan of 2024-11..2025-10; "
            "an open risk clears below 25.00 %."
        ),
        (
            "2025年11月至2026年10月纯收入 72000.00 元，比2024年11月至2025年10月的 100000.00 元下降 28.00%；"
            "降幅低于 25.00% 方可解除预警。"
        ),
    ),
    "a drop beside one whose months are unknown": (
        why(
            DROP,
            YEAR,
            months=income(
                "70000.00", year_before="70000.00", quarter="1.00", quarter_before="2.00", unknown=("2026-03",)
            ),
        ),
        (
            "What 2025-11..2026-10 showed against 2024-11..2025-10 stands until all months are known. "
            "Net income 1.00 yuan in 2026-08..2026-10 is 50.00 % below the 2.00 yuan of 2025-08..2025-10; "
            "a drop of 30.00 % or more raises the risk."
        ),
        (
            "2025年11月至2026年10月与2024年11月至2025年10月相比得出的结论，在各月收入全部查清之前继续有效。"
            "2026年8月至2026年10月纯收入 1.00 元，比2025年8月至2025年10月的 2.00 元下降 50.00%；"
            "降幅达到 30.00% 即触发预警。"
        ),
    ),
    "a drop without a margin": (
        why(
            DROP,
            QUARTER,
            months=income("60000.00", year_before="100000.00", quarter="8.00", quarter_before="10.00"),
            changed={"clear_margin_ratio": None},
        ),
        (
            "Net income 60000.00 yuan in 2025-11..2026-10 is 40.00 % below the 100000.00 yuan of 2024-11..2025-10; "
            "a drop of 30.00 % or more raises the risk. "
            "Net income 8.00 yuan in 2026-08..2026-10 is 20.00 % below the 10.00 yuan of 2025-08..2025-10; "
            "the policy does not say below which drop an open risk clears."
        ),
        (
            "2025年11月至2026年10月纯收入 60000.00 元，比2024年11月至2025年10月的 100000.00 元下降 40.00%；"
            "降幅达到 30.00% 即触发预警。"
            "2026年8月至2026年10月纯收入 8.00 元，比2025年8月至2025年10月的 10.00 元下降 20.00%；"
            "政策未规定降幅低于多少可以解除预警。"
        ),
    ),
    "a drop that is over": (
        why(DROP, YEAR),
        (
            "Net income 90000.00 yuan in 2025-11..2026-10 is not far enough below the 90000.00 yuan of "
            "2024-11..2025-10 to keep the risk open."
        ),
        "2025年11月至2026年10月纯收入 90000.00 元，2024年11月至2025年10月为 90000.00 元，降幅已不足以维持预警。",
    ),
    "nothing to compare": (
        why(DROP, months=income("90000.00", unknown=("2026-03", "2026-09"))),
        "Income is unknown for 2 of the months to be compared (income_drop.year, income_drop.quarter).",
        "用于比较的月份中有 2 个月收入不明（核算周期与上年同期相比、近三个月与上年同期相比）。",
    ),
    "an expense": (
        why(RIGID, months=income("40000.00", self_paid="41000.00")),
        (
            "Net income per head 10000.00 yuan in 2025-11..2026-10, less 41000.00 yuan of compliant self-paid expense "
            "of the household, leaves -250.00 yuan per head, below the income line of 8200.00 yuan."
        ),
        (
            "2025年11月至2026年10月人均纯收入 10000.00 元，扣除全户合规自付支出 41000.00 元后，"
            "人均剩余 -250.00 元，低于 8200.00 元的监测线。"
        ),
    ),
    "an expense that still weighs": (
        why(RIGID, "rigid_expense", months=income("40000.00", self_paid="7000.00")),
        (
            "Net income per head 10000.00 yuan in 2025-11..2026-10, less 7000.00 yuan of compliant self-paid expense "
            "of the household, leaves 8250.00 yuan per head, below the 8610.00 yuan at which an open risk clears."
        ),
        (
            "2025年11月至2026年10月人均纯收入 10000.00 元，扣除全户合规自付支出 7000.00 元后，"
            "人均剩余 8250.00 元，低于解除预警所需的 8610.00 元。"
        ),
    ),
    "an expense that is borne": (
        why(RIGID, "rigid_expense", months=income("40000.00", self_paid="1000.00")),
        (
            "Net income per head 10000.00 yuan in 2025-11..2026-10, less 1000.00 yuan of compliant self-paid expense "
            "of the household, leaves 9750.00 yuan per head, enough for an open risk to clear."
        ),
        (
            "2025年11月至2026年10月人均纯收入 10000.00 元，扣除全户合规自付支出 1000.00 元后，"
            "人均剩余 9750.00 元，已达到解除预警的标准。"
        ),
    ),
    "no expense": (
        why(RIGID, "rigid_expense"),
        "There is no compliant self-paid expense in 2025-11..2026-10.",
        "2025年11月至2026年10月没有合规自付支出。",
    ),
    "a listed illness of a main earner": (
        why(ILL, diagnoses=(diagnosis("C34", main_earner=True),)),
        (
            "A diagnosis of member 2, observed on 2026-10-03, is on the list of serious illnesses. "
            "The member is a main earner of the household."
        ),
        "2 号成员于2026年10月3日诊断的疾病已列入大病病种目录。该成员是家庭主要劳动力。",
    ),
    "an illness reported as serious": (
        why(ILL, diagnoses=(diagnosis("J00", member_no=None, serious=True),)),
        "A diagnosis of a member not named, observed on 2026-10-03, is reported as serious by its source.",
        "未注明的成员于2026年10月3日诊断的疾病由报送来源注明为大病。",
    ),
    "an illness both listed and reported": (
        why(ILL, diagnoses=(diagnosis("C34", serious=True),)),
        (
            "A diagnosis of member 2, observed on 2026-10-03, is on the list of serious illnesses and is reported as "
            "serious by its source."
        ),
        "2 号成员于2026年10月3日诊断的疾病已列入大病病种目录，并由报送来源注明为大病。",
    ),
    "a high cost": (
        why(ILL, medical={0: "20000.00"}),
        (
            "Self-paid medical cost of a member not named in 2025-11..2026-10 is 20000.00 yuan; "
            "the threshold for ordinary households is 20000.00 yuan."
        ),
        "未注明的成员在2025年11月至2026年10月自付医疗费用 20000.00 元；一般农户的预警线为 20000.00 元。",
    ),
    "a cost that is held": (
        why(ILL, "new_illness.cost:1", medical={1: "19500.00"}),
        (
            "Self-paid medical cost of member 1 in 2025-11..2026-10 is 19500.00 yuan; "
            "an open risk clears below 19000.00 yuan."
        ),
        "1 号成员在2025年11月至2026年10月自付医疗费用 19500.00 元；低于 19000.00 元方可解除预警。",
    ),
    "an illness that stands for want of the list": (
        why(
            ILL,
            "new_illness.serious:2:C34",
            diagnoses=(diagnosis("C34"), diagnosis("J00", member_no=1, serious=True)),
            changed={"serious_illnesses": None},
        ),
        (
            "A diagnosis of member 1, observed on 2026-10-03, is reported as serious by its source. "
            "What was found earlier stands: the policy for region 520626001001 has no value of "
            "monitoring.serious_illnesses on 2026-11-01."
        ),
        (
            "1 号成员于2026年10月3日诊断的疾病由报送来源注明为大病。"
            "此前查明的情况继续有效：区划代码 520626001001 适用的政策在2026年11月1日没有“大病专项救治病种”的取值。"
        ),
    ),
    "no illness any more": (
        why(ILL, "new_illness.cost:1"),
        (
            "No diagnosis of the household counts as serious, and no member's self-paid medical cost in "
            "2025-11..2026-10 is high enough to keep the risk open."
        ),
        "该户没有认定为大病的诊断，成员2025年11月至2026年10月的自付医疗费用也均未达到维持预警的标准。",
    ),
    "lost work": (
        why(WORK, job_loss=job_loss(7, reason="finished")),
        (
            "The last member of the household placed in work lost it on 2026-10-20 (reason: finished); "
            "nobody was placed in work since."
        ),
        "该户最后一名输送就业的成员于2026年10月20日失去工作（原因：合同期满），此后再无成员输送就业。",
    ),
    "an earner who left": (
        why(WORK, job_loss=job_loss(7, reason="left_household")),
        (
            "The last member of the household placed in work left the household on 2026-10-20; "
            "nobody was placed in work since."
        ),
        "该户最后一名输送就业的成员于2026年10月20日离开本户，此后再无成员输送就业。",
    ),
    "work again": (
        why(WORK, "job_loss", job_loss=REGAINED),
        "A member of the household placed in work began on 2026-10-25.",
        "该户有成员输送就业，已于2026年10月25日上岗。",
    ),
    "no loss of work": (
        why(WORK, "job_loss"),
        "No loss of work of the household is known.",
        "没有该户失业的记录。",
    ),
    "a confirmed clue": (
        why(RiskKind.REPORTED, report=report()),
        "A check found a clue true (2026-10-20).",
        "线索经核实属实（2026年10月20日）。",
    ),
    "a confirmed clue that is settled": (
        why(RiskKind.REPORTED, "reported", report=report(ended_on=date(2026, 10, 30))),
        "What the confirmed clue led to has ended.",
        "经核实属实的线索已处置完毕。",
    ),
    "nothing known": (
        why(RiskKind.DROPOUT),
        "Nothing that would tell is known.",
        "没有可供判断的信息。",
    ),
    "a child out of school": (
        why(RiskKind.DROPOUT, said=[_DROPPED_OUT]),
        "Out of school (dropped_out): member 3, 13 years old, observed on 2026-10-03.",
        "3 号成员现年 13 周岁，2026年10月3日发现其辍学。",
    ),
    "no child out of school": (
        why(RiskKind.DROPOUT, "dropout:3"),
        "No member of compulsory age is known to be out of school.",
        "没有义务教育年龄的成员失学辍学。",
    ),
    "a dear education": (
        why(RiskKind.EDUCATION_COST, education={2: "10000.01"}),
        (
            "Education of member 2 cost the household 10000.01 yuan since the school year began; the limit is "
            "10000.00 yuan."
        ),
        "2 号成员本学年自付教育费用 10000.01 元，预警线为 10000.00 元。",
    ),
    "an education that is borne": (
        why(RiskKind.EDUCATION_COST, "education_cost:2"),
        "No member's education cost is above the limit any more.",
        "成员教育支出均未超过预警线。",
    ),
    "a new disability": (
        why(RiskKind.DISABILITY, said=[_said("disability", 2, kind="visual", grade=2)]),
        (
            "A disability of grade 2 (visual) of member 2 was certified on 2026-10-03, for the first time or graver "
            "than before."
        ),
        "2 号成员于2026年10月3日新评定或加重为视力残疾 2 级。",
    ),
    "no new disability": (
        why(RiskKind.DISABILITY, "disability:2"),
        "No new or graver disability counts any more.",
        "没有仍在有效期内的新增残疾或残疾加重情况。",
    ),
    "nobody who can work": (
        why(RiskKind.NO_LABOUR, months=income("32800.00"), able_workers=0),
        (
            "None of the 4 members can work, no relief holds, and net income per head in 2025-11..2026-10 is 8200.00 "
            "yuan, at most near the line."
        ),
        (
            "全户 4 人均无劳动能力，未享受低保或特困供养，2025年11月至2026年10月人均纯收入 8200.00 元，"
            "临近或低于监测范围。"
        ),
    ),
    "somebody who can work": (
        why(RiskKind.NO_LABOUR, "no_labour"),
        "Somebody can work, relief holds, or the income is above what is near the line.",
        "该户已有劳动力、已享受救助，或收入已明显高于监测范围。",
    ),
    "an accident": (
        why(RiskKind.ACCIDENT, said=[_ACCIDENT]),
        "An accident (traffic) was observed of member 1 on 2026-10-03; its effect: death.",
        "1 号成员于2026年10月3日遭遇交通事故，后果为死亡。",
    ),
    "no accident any more": (
        why(RiskKind.ACCIDENT, "accident:1"),
        "No accident counts any more.",
        "没有仍在有效期内的意外事故。",
    ),
    "a flood": (
        why(RiskKind.DISASTER, said=[_FLOOD]),
        "A natural disaster (flood) hit the household, observed on 2026-10-03; the loss is 3000.00 yuan.",
        "该户于2026年10月3日遭受洪涝灾害，损失 3000.00 元。",
    ),
    "no disaster any more": (
        why(RiskKind.DISASTER, "disaster:flood"),
        "No natural disaster counts any more.",
        "没有仍在有效期内的自然灾害。",
    ),
    "unsold crops": (
        why(RiskKind.PRODUCTION_FAILURE, said=[_said("production", kind="crop", outcome="unsold", loss="800.00")]),
        "Production (crop) of the household went wrong (unsold), observed on 2026-10-03; the loss is 800.00 yuan.",
        "该户种植业于2026年10月3日发现产品滞销，损失 800.00 元。",
    ),
    "no failure any more": (
        why(RiskKind.PRODUCTION_FAILURE, "production_failure:crop"),
        "No failure of production counts any more.",
        "没有仍在有效期内的产业失败情况。",
    ),
    "nobody at work": (
        why(RiskKind.ZERO_JOB, relocated=True, said=[_jobless(1, willing=True), _jobless(2, willing=False)]),
        "None of the 2 members who can work has work. Willing to work: 1.",
        "该户 2 名有劳动能力的成员均未就业，其中 1 人有就业意愿。",
    ),
    "somebody at work": (
        why(RiskKind.ZERO_JOB, "zero_job"),
        "Somebody works, nobody wants to work, or the household is not looked at for this.",
        "该户已有成员就业、无人有就业意愿，或不属于零就业监测对象。",
    ),
    "an unsafe home": (
        why(RiskKind.UNSAFE_HOUSING, said=[_said("dwelling", grade="D", only_home=True, checked_by="住建局")]),
        "The only home was graded D, observed on 2026-10-03.",
        "该户唯一住房于2026年10月3日鉴定为D级。",
    ),
    "a safe home": (
        why(RiskKind.UNSAFE_HOUSING, "unsafe_housing"),
        "The home is safe, or is not the only one.",
        "住房安全有保障，或并非唯一住房。",
    ),
    "bad water that is far and cut off": (
        why(RiskKind.UNSAFE_WATER, said=[_said("water", quality="bad", distance_m=900, cut_since="2026-09-01")]),
        (
            "There has been no water for 61 days; the limit is 30. A test of drinking water failed (distance): 900, "
            "the limit is 800, observed on 2026-10-03. The quality of the drinking water is bad, observed on "
            "2026-10-03."
        ),
        (
            "已断水 61 天，标准为不超过 30 天。2026年10月3日发现饮水取水水平距离（米）不达标：实际为 900，"
            "标准为 800。2026年10月3日发现饮水水质不合格。"
        ),
    ),
    "safe water": (
        why(RiskKind.UNSAFE_WATER, "unsafe_water:quality"),
        "Every test of drinking water that is known is passed.",
        "已知的饮水安全指标均已达标。",
    ),
    "a member without insurance": (
        why(RiskKind.UNINSURED, dibao=True, said=[_UNINSURED]),
        "No basic medical insurance in 2026: member 2, observed on 2026-10-03.",
        "2 号成员未参加 2026 年度城乡居民基本医疗保险，2026年10月3日核实。",
    ),
    "everybody insured": (
        why(RiskKind.UNINSURED, "uninsured:2", dibao=True),
        "No member is known to be uninsured this year, or the household is not looked at for this.",
        "没有成员本年度未参保，或该户不属于参保监测对象。",
    ),
    "an allowance that ended": (
        why(RiskKind.RELIEF_ENDED, said=[_said("relief", scheme="dibao", status="ended")]),
        "Relief (dibao) ended, observed on 2026-10-03.",
        "2026年10月3日发现该户已停止享受最低生活保障。",
    ),
    "an allowance again": (
        why(RiskKind.RELIEF_ENDED, "relief_ended:dibao"),
        "Relief holds again, or its end no longer counts.",
        "该户已重新享受救助，或停止救助的情况已过有效期。",
    ),
    "something that does not sell": (
        why(RiskKind.SLOW_SALE, slow_sales=[slow_sale()]),
        "What the household lives from sells slowly since 2026-10-20.",
        "该户依托增收的产品自2026年10月20日起滞销。",
    ),
    "something that sells again": (
        why(RiskKind.SLOW_SALE, "slow_sale:00000000-0000-0000-0000-000000000001"),
        "What the household lives from sells again, or it is linked to it no longer.",
        "该户依托增收的产品已不再滞销，或该户与之已无利益联结。",
    ),
    "an end": (
        ended(BELOW, date(2026, 5, 1), HouseholdEndReason.MERGED),
        "The household is no more since 2026-05-01 (reason: merged).",
        "该户自2026年5月1日起注销（原因：并入他户）。",
    ),
    "evidence that was withdrawn": (
        evidence_withdrawn(why(BELOW, months=income("20000.00", unknown=("2026-03",)))),
        (
            "What raised the risk was withdrawn. Income is known for 11 of the 12 months 2025-11..2026-10; "
            "12 known months are needed."
        ),
        "引发该风险的情况已被撤回。2025年11月至2026年10月共 12 个月，其中收入已知的有 11 个月；判定至少需要 12 个月。",
    ),
}


@pytest.mark.parametrize(("verdict", "english", "chinese"), SAID.values(), ids=SAID)
def test_a_reason_reads_as_an_official_would_write_it(verdict: Verdict, english: str, chinese: str) -> None:
    assert " ".join(texts(verdict, Language.EN)) == english
    assert "".join(texts(verdict, Language.ZH)) == chinese


def test_no_sentence_of_the_rules_is_left_out_here() -> None:
    here = {one.code for verdict, _, _ in SAID.values() for reason in verdict.reasons for one in reason.said}
    sources = "".join(path.read_text(encoding="utf-8") for path in RULES.glob("*.py") if path.stem != "rulebook")
    assert here == set(re.findall(r'says\(\s*"([^"]+)"', sources))
