"""Files of clues, in and out."""

from dataclasses import replace
from typing import Final

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClueChannel, ClueOutcome, ClueReason, ClueStatus, RiskKind
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, SOURCE, SOURCE_REF, UPDATED_AT

_CHANNEL: Final = Column("channel", "线索渠道", "Channel", Form.CODE, ClueChannel, width=20)
_RECEIVED: Final = Column("received_on", "接收日期", "Received on", Form.DAY, width=12)
_INDICATOR: Final = Column("indicator", "预警指标", "Indicator", width=30)
_KINDS: Final = Column(f"kinds/{EACH}", "可能的风险类型", "Kinds of risk", Form.CODE, RiskKind, width=24)
_NOTE: Final = Column("note", "备注", "Note", width=40)
_PERSON: Final = Column(
    "id_number",
    "公民身份号码",
    "Identity number",
    Form.IDENTIFIER,
    width=22,
    note="未填户编号时，按公民身份号码匹配农户；须为文本格式",
    masked=True,
)
_VERDICT: Final = Column("verdict", "核实结论", "Verdict", Form.CODE, TaskVerdict, width=12)
_REASON: Final = Column("reason", "无风险原因", "Reason of no risk", Form.CODE, ClueReason, width=18)

CLUES_IN: Final = Sheet(
    "clues",
    "线索",
    "Clues",
    (
        SOURCE,
        replace(SOURCE_REF, needed=True, example="YB-2026-0001", note=""),
        replace(_CHANNEL, needed=True, example=ClueChannel.DEPARTMENT.label_zh),
        HOUSEHOLD_CODE,
        _PERSON,
        replace(MEMBER_NO, example=""),
        replace(REGION_CODE, example="", note="12 位行政区划代码；未填户编号且未匹配到农户时必填"),
        replace(_RECEIVED, needed=True, example="2026-11-03"),
        replace(_INDICATOR, needed=True, example="医疗自付超过预警线"),
        replace(_KINDS, needed=True, example=RiskKind.NEW_ILLNESS.label_zh),
        _NOTE,
    ),
)
"""线索: a row a clue."""
VERDICTS_IN: Final = Sheet(
    "clue-verdicts",
    "线索核实结论",
    "Verdicts of clues",
    (
        replace(SOURCE, needed=True, example="medical-insurance"),
        replace(SOURCE_REF, needed=True, example="YB-2026-0001", note="线索的来源编号"),
        Column("on", "核实日期", "Checked on", Form.DAY, width=12, needed=True, example="2026-11-05"),
        replace(_VERDICT, needed=True, example=TaskVerdict.NO_RISK.label_zh),
        replace(_REASON, example=ClueReason.REIMBURSED.label_zh, note="结论为无风险时必填"),
        _NOTE,
    ),
)
"""线索核实结论: a row a clue."""
CLUE_LIST: Final = Sheet(
    "clue-list",
    "线索清单",
    "Clues",
    (
        Column("clue_id", "线索编号", "Clue", width=38),
        SOURCE,
        replace(SOURCE_REF, note=""),
        _CHANNEL,
        HOUSEHOLD_CODE,
        replace(MEMBER_NO, masked=True),
        REGION_CODE,
        _RECEIVED,
        replace(_INDICATOR, masked=True),
        _KINDS,
        replace(_NOTE, masked=True),
        Column("status", "线索状态", "Status of the clue", Form.CODE, ClueStatus, width=12),
        Column("joined_to", "并入线索", "Joined to", width=38),
        Column("risk_id", "风险编号", "Risk id", width=38),
        Column("case_id", "认定编号", "Case id", width=38),
        Column("owner_level", "核实责任层级", "Level that checks", width=12),
        Column("owner_region", "核实责任区划", "Checked by", width=16),
        Column("due_on", "核实时限", "Due on", Form.DAY, width=12),
        Column("due_provisional", "时限是否暂定", "Due day provisional", Form.FLAG, width=12),
        Column("overdue", "是否逾期", "Overdue", Form.FLAG, width=10),
        replace(_VERDICT, place="answer/verdict"),
        replace(_REASON, place="answer/reason"),
        Column("answer/answered_on", "反馈日期", "Answered on", Form.DAY, width=12),
        Column("answer/outcome", "处置结果", "Outcome", Form.CODE, ClueOutcome, width=14),
        Column("received_at", "接收时间", "Received at", Form.MOMENT, width=20),
        UPDATED_AT,
    ),
)
