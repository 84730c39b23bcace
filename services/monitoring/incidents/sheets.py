"""Files of incidents."""

from shared.codes.monitoring import IncidentKind, IncidentStatus, RiskGrade
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, UPDATED_AT

INCIDENT_LIST = Sheet(
    "incidents",
    "突发事件",
    "Incidents",
    (
        Column("incident_id", "突发事件编号", "Incident id", width=38),
        Column("kind", "事件类型", "Kind of incident", Form.CODE, IncidentKind, width=18),
        REGION_CODE,
        Column("status", "事件状态", "Status of the incident", Form.CODE, IncidentStatus),
        Column("founded_at", "发生时间", "Founded at", Form.MOMENT, width=20),
        Column("households", "涉及户数", "Households", Form.WHOLE),
        Column("released", "已推送户数", "Households told of", Form.WHOLE),
        Column("queued", "待推送户数", "Households that wait", Form.WHOLE),
        UPDATED_AT,
    ),
)
INCIDENT_HOUSEHOLD_LIST = Sheet(
    "incident-households",
    "突发事件涉及农户",
    "Households of an incident",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("grade", "预警等级", "Grade", Form.CODE, RiskGrade),
        Column("risks", "风险数", "Risks", Form.WHOLE),
        Column("queued", "待推送", "Waits", Form.FLAG),
        Column("released_at", "推送时间", "Told at", Form.MOMENT, width=20),
        UPDATED_AT,
    ),
)
