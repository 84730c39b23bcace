"""Files of facts."""

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ExpenseKind, FactMode, IncomeBranch, RiskKind, RiskStatus
from shared.codes.records import RecordStatus, WithdrawalReason
from shared.sheets.columns import Column, Form, Sheet

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
