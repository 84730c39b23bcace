"""Files of facts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ExpenseKind, FactMode, IncomeBranch, RiskKind, RiskStatus
from shared.codes.records import RecordStatus, WithdrawalReason
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import (
    AMOUNT,
    CORRECTS,
    HOUSEHOLD_CODE,
    MEMBER_NO,
    MONTH,
    RECORDED_AT,
    RECORDED_BY,
    REGION_CODE,
    SOURCE,
    SOURCE_REF,
    UPDATED_AT,
)

_PERSON: Final = Column(
    "id_number",
    "公民身份号码",
    "Identity number",
    Form.IDENTIFIER,
    width=22,
    note="代替户编号和成员序号，须有 monitoring:match 权限，并须填写来源编号；须为文本格式",
    masked=True,
)

_OBSERVED: Final = Column(
    "observed_on", "发现日期", "Observed on", Form.DAY, needed=True, example="2026-11-03", note="如 2026-11-03"
)
_CONFIRMED: Final = Column(
    "confirmed", "核实说明", "Confirmed because", width=24, note="金额明显偏高但属实的，说明原因"
)
_MONTH: Final = replace(MONTH, place="payload/month", needed=True)
_AMOUNT: Final = replace(AMOUNT, place="payload/amount", needed=True)
_BRANCH: Final = Column(
    "payload/branch",
    "收入类型",
    "Branch of income",
    Form.CODE,
    IncomeBranch,
    needed=True,
    example=IncomeBranch.WAGE.label_zh,
)
_COST: Final = Column(
    "payload/operating_cost",
    "生产经营性支出（元）",
    "Operating cost (yuan)",
    Form.YUAN,
    note="只有生产经营性收入才填写",
)
_EXPENSE: Final = Column(
    "payload/kind",
    "支出类型",
    "Kind of expense",
    Form.CODE,
    ExpenseKind,
    needed=True,
    example=ExpenseKind.EDUCATION.label_zh,
)
_SELF_PAID: Final = Column("payload/self_paid_compliant", "合规自付（元）", "Compliant self-paid (yuan)", Form.YUAN)
_REIMBURSED: Final = Column("payload/reimbursed", "已报销（元）", "Reimbursed (yuan)", Form.YUAN)
_DIAGNOSIS_CODE: Final = Column(
    "payload/code", "疾病编码", "Diagnosis code", needed=True, example="C34.9", note="ICD-10", masked=True
)
_DIAGNOSIS: Final = Column(
    "payload/name", "疾病名称", "Diagnosis", needed=True, width=24, example="肺恶性肿瘤", masked=True
)
_SERIOUS: Final = Column("payload/serious", "是否大病", "Serious", Form.FLAG, needed=True, width=10, example="是")
_EARNER: Final = Column("payload/main_earner", "是否主要劳动力", "Main earner", Form.FLAG, width=16, example="否")


def _facts(kind: str, zh: str, en: str, *said: Column) -> Sheet:
    columns: Sequence[Column] = (
        replace(HOUSEHOLD_CODE, note="户编号与公民身份号码填其中一项"),
        replace(MEMBER_NO, note="不填则为全户的情况"),
        _PERSON,
        *said,
        _OBSERVED,
        SOURCE_REF,
        CORRECTS,
        _CONFIRMED,
    )
    return Sheet(kind, zh, en, columns, fixed={"type": kind})


INCOME: Final = _facts("income", "收入", "Income", _BRANCH, _MONTH, replace(_AMOUNT, example="3200.00"), _COST)
"""收入: a row a month and branch."""
EXPENSE: Final = _facts(
    "expense",
    "支出",
    "Expense",
    replace(_EXPENSE, masked=True),
    _MONTH,
    replace(_AMOUNT, example="1200.00", masked=True),
    replace(_SELF_PAID, masked=True),
    replace(_REIMBURSED, masked=True),
)
"""支出: a row a bill."""
ILLNESS: Final = _facts("illness", "疾病", "Illness", _DIAGNOSIS_CODE, _DIAGNOSIS, _SERIOUS, _EARNER)
"""疾病: a row a diagnosis."""

FACT_LIST: Final = Sheet(
    "facts",
    "上报信息",
    "Facts",
    (
        Column("fact_id", "信息编号", "Fact", width=38),
        SOURCE,
        SOURCE_REF,
        HOUSEHOLD_CODE,
        REGION_CODE,
        replace(MEMBER_NO, masked=True),
        Column("type", "信息类型", "Type"),
        _OBSERVED,
        _MONTH,
        _BRANCH,
        _EXPENSE,
        _AMOUNT,
        _COST,
        _SELF_PAID,
        _REIMBURSED,
        _DIAGNOSIS_CODE,
        _DIAGNOSIS,
        _SERIOUS,
        replace(_EARNER, masked=True),
        Column("payload/reason", "撤回原因", "Reason of a withdrawal", Form.CODE, WithdrawalReason),
        replace(_CONFIRMED, masked=True),
        Column("mode", "录入方式", "Mode", Form.CODE, FactMode),
        Column("status", "记录状态", "Status", Form.CODE, RecordStatus),
        Column("supersedes", "所更正的信息", "Corrects", width=38),
        Column("superseded_by", "被何信息更正", "Corrected by", width=38),
        RECORDED_BY,
        RECORDED_AT,
        UPDATED_AT,
        Column("risks/*/kind", "所致风险", "Risks", Form.CODE, RiskKind, width=20),
        Column("risks/*/status", "风险状态", "Status of the risk", Form.CODE, RiskStatus),
        Column("risks/*/verdict", "核实结论", "Verdict", Form.CODE, TaskVerdict),
    ),
)
