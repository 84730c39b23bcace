"""Tables of employment, one file for each topic.

The stores of `workers` and `requests` add the tables that every helping house has: known households and requests.
"""

from services.employment.models.base import FLOOR, METADATA, PROCEDURE_STEP
from services.employment.models.placements import Placement
from services.employment.models.vacancies import Vacancy
from services.employment.models.wages import Wage, WageWithdrawal
from services.employment.models.workers import Worker

__all__ = ["FLOOR", "METADATA", "PROCEDURE_STEP", "Placement", "Vacancy", "Wage", "WageWithdrawal", "Worker"]
