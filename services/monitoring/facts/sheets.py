"""Files of facts."""

from collections.abc import Sequence
from typing import Final

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ExpenseKind, FactMode, IncomeBranch, RiskKind, RiskStatus
from shared.codes.records import RecordStatus, WithdrawalReason
from shared.sheets.columns import Column, Form, Sheet

_HOUSEHOLD: Final = Column(
    "household_code", "户编号", "Household code", example="DJ-0001", note="户编号与公民身份号码填其中一项"
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
_MEMBER: Final = Column(
    "member_no", "成员序号", "Member number", Form.WHOLE, width=10, example="1", note="不填则为全户的情况"
)
_OBSERVED: Final = Column(
    "observed_on", "发现日期", "Observed on", Form.DAY, needed=True, example="2026-11-03", note="如 2026-11-03"
)
_OF_EVERY_FACT: Final = (
    Column(
        "source_ref",
        "来源编号",
        "Reference",
        width=24,
        note="不填则由本行内容生成：内容相同的两行只算一次",
    ),
    Column("supersedes/source_ref", "更正的来源编号", "Corrects reference", width=24, note="更正以前上报的内容时填写"),
    Column("confirmed", "核实说明", "Confirmed because", width=24, note="金额明显偏高但属实的，说明原因"),
)


def _month(example: str) -> Column:
    return Column("payload/month", "月份", "Month", Form.MONTH, needed=True, width=10, example=example)


def _facts(kind: str, zh: str, en: str, said: Sequence[Column]) -> Sheet:
    columns = (_HOUSEHOLD, _MEMBER, _PERSON, *said, _OBSERVED, *_OF_EVERY_FACT)
    return Sheet(kind, zh, en, columns, fixed={"type": kind})


INCOME: Final = _facts(
    "income",
    "收入",
    "Income",
    (
        Column(
            "payload/branch",
            "收入类型",
            "Branch",
            Form.CODE,
            IncomeBranch,
            needed=True,
            example=IncomeBranch.WAGE.label_zh,
        ),
        _month("2026-10"),
        Column("payload/amount", "金额（元）", "Amount (yuan)", Form.YUAN, needed=True, example="3200.00"),
        Column(
            "payload/operating_cost",
            "生产经营性支出（元）",
            "Operating cost (yuan)",
            Form.YUAN,
            note="只有生产经营性收入才填写",
        ),
    ),
)
"""收入: a row a month and branch."""
EXPENSE: Final = _facts(
    "expense",
    "支出",
    "Expense",
    (
        Column(
            "payload/kind",
            "支出类型",
            "Kind",
            Form.CODE,
            ExpenseKind,
            needed=True,
            example=ExpenseKind.EDUCATION.label_zh,
            masked=True,
        ),
        _month("2026-10"),
        Column("payload/amount", "金额（元）", "Amount (yuan)", Form.YUAN, needed=True, example="1200.00", masked=True),
        Column("payload/self_paid_compliant", "合规自付（元）", "Compliant self-paid (yuan)", Form.YUAN, masked=True),
        Column("payload/reimbursed", "已报销（元）", "Reimbursed (yuan)", Form.YUAN, masked=True),
    ),
)
"""支出: a row a bill."""
ILLNESS: Final = _facts(
    "illness",
    "疾病",
    "Illness",
    (
        Column("payload/code", "疾病编码", "Diagnosis code", needed=True, example="C34.9", note="ICD-10", masked=True),
        Column("payload/name", "疾病名称", "Diagnosis", needed=True, width=24, example="肺恶性肿瘤", masked=True),
        Column("payload/serious", "是否大病", "Serious", Form.FLAG, needed=True, width=10, example="是"),
        Column("payload/main_earner", "是否主要劳动力", "Main earner", Form.FLAG, width=16, example="否"),
    ),
)
"""疾病: a row a diagnosis."""

FACT_LIST = Sheet(
    "facts",
    "上报信息",
    "Facts",
    (
        Column("fact_id", "信息编号", "fact", width=38),
        Column("source", "来源", "source", width=24),
        Column("source_ref", "来源编号", "source reference", width=24),
        Column("household_code", "户编号", "household", width=18),
        Column("region_code", "区划代码", "region"),
        Column("member_no", "家庭成员序号", "member", Form.WHOLE, masked=True),
        Column("type", "信息类型", "type"),
        Column("observed_on", "发生日期", "observed on", Form.DAY, width=12),
        Column("payload/month", "月份", "month", Form.MONTH),
        Column("payload/branch", "收入构成", "branch of income", Form.CODE, IncomeBranch, width=18),
        Column("payload/kind", "支出类型", "kind of expense", Form.CODE, ExpenseKind),
        Column("payload/amount", "金额（元）", "amount (yuan)", Form.YUAN),
        Column("payload/operating_cost", "经营成本（元）", "operating cost (yuan)", Form.YUAN),
        Column("payload/self_paid_compliant", "合规自付（元）", "compliant self-paid (yuan)", Form.YUAN),
        Column("payload/reimbursed", "已报销（元）", "reimbursed (yuan)", Form.YUAN),
        Column("payload/code", "疾病编码", "diagnosis code", masked=True),
        Column("payload/name", "疾病名称", "diagnosis", width=20, masked=True),
        Column("payload/serious", "是否大病", "serious", Form.FLAG),
        Column("payload/main_earner", "是否主要劳动力", "main earner", Form.FLAG, masked=True),
        Column("payload/reason", "撤回原因", "reason of a withdrawal", Form.CODE, WithdrawalReason),
        Column("confirmed", "大额核实说明", "why an unlikely amount is right", width=24, masked=True),
        Column("mode", "录入方式", "mode", Form.CODE, FactMode),
        Column("status", "记录状态", "status", Form.CODE, RecordStatus),
        Column("supersedes", "所更正的信息", "corrects", width=38),
        Column("superseded_by", "被何信息更正", "corrected by", width=38),
        Column("recorded_by", "上报客户端", "recorded by", width=18),
        Column("recorded_at", "上报时间", "recorded at", Form.MOMENT, width=20),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
        Column("risks/*/kind", "所致风险", "risks", Form.CODE, RiskKind, width=20),
        Column("risks/*/status", "风险状态", "status of the risks", Form.CODE, RiskStatus),
        Column("risks/*/verdict", "核实结论", "verdicts", Form.CODE, TaskVerdict),
    ),
)
