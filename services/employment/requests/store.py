"""Requests for work 帮扶措施需求, and the events that answer them."""

from services.employment.models import METADATA
from services.employment.workers.store import HOUSEHOLDS
from shared.codes.assistance import MeasureKind
from shared.contracts.employment import MeasureAccepted, MeasureCompleted, MeasureRefused
from shared.helping.requests import Answers, Requests

ANSWERS = Answers(MeasureAccepted, MeasureRefused, MeasureCompleted)
REQUESTS = Requests(METADATA, HOUSEHOLDS, MeasureKind.JOB, ANSWERS)
