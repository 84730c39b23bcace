"""Tables of assistance, a file for each topic."""

from services.assistance.models.base import METADATA, PROCEDURE_STEP, SYSTEM_TABLES
from services.assistance.models.disbursements import Disbursement
from services.assistance.models.households import Credit, Withdrawal
from services.assistance.models.measures import Measure
from services.assistance.models.tasks import Task

__all__ = ["METADATA", "PROCEDURE_STEP", "SYSTEM_TABLES", "Credit", "Disbursement", "Measure", "Task", "Withdrawal"]
