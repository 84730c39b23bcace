"""Files of the exchange."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.monitoring.exchange.schemas import ExchangeRow
from services.monitoring.households.sheets import HOUSEHOLDS
from shared.codes.monitoring import ExchangeSystem, RiskKind
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE

_EXTERNAL: Final = Column("external_code", "外部系统户编码", "External code", width=22)

EXTERNAL_CODES: Final = Sheet(
    "external-codes",
    "外部系统户编码",
    "External codes",
    (
        replace(HOUSEHOLD_CODE, needed=True),
        Column(
            "system",
            "外部系统",
            "Platform",
            Form.CODE,
            ExchangeSystem,
            needed=True,
            width=28,
            example=ExchangeSystem.NATIONAL.label_zh,
        ),
        replace(
            _EXTERNAL, place="code", needed=True, example="52062600100100012", note="该系统中的户编码，须为文本格式"
        ),
    ),
)
"""外部系统户编码: a row a household and platform."""

_KNOWN: Final = {column.field: replace(column, place=column.field) for column in HOUSEHOLDS.columns}
_RISKS: Final = Column(f"risks/{EACH}", "风险类型", "Kind of risk", Form.CODE, RiskKind, width=20)


def _column(name: str) -> Column:
    return {"external_code": _EXTERNAL, "risks": _RISKS}.get(name) or _KNOWN[name]


UPLOADS: Final[Mapping[ExchangeSystem, Sheet]] = {
    system: Sheet(
        f"exchange-{system}",
        f"{system.label_zh}上报表",
        f"Upload to {system.value}",
        tuple(map(_column, ExchangeRow.model_fields)),
    )
    for system in ExchangeSystem
}
"""上报表: what a platform is given, a row a member."""
HELD_BACK: Final = Sheet(
    "held-back",
    "暂缓上报",
    "Held back",
    (
        _EXTERNAL,
        HOUSEHOLD_CODE,
        REGION_CODE,
        MEMBER_NO,
        Column("rule", "疑点规则", "Rule", width=24),
        Column("text", "疑点内容", "What is wrong", width=60),
    ),
)
"""暂缓上报: what is not given to it before it is put right."""
