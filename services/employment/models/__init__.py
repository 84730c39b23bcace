"""Tables of employment, one file for each topic.

The stores of `workers` and `requests` add the tables that every helping house has: known households and requests.
"""

from services.employment.models.base import METADATA, PROCEDURE_STEP, SYSTEM_TABLES
from services.employment.models.placements import Placement
from services.employment.models.vacancies import Vacancy
from services.employment.models.wages import Wage, WageWithdrawal
from services.employment.models.workers import Worker

__all__ = ["METADATA", "PROCEDURE_STEP", "SYSTEM_TABLES", "Placement", "Vacancy", "Wage", "WageWithdrawal", "Worker"]
