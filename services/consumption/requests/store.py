"""Households that are known here, and the requests for buyers 帮扶措施需求 made for them."""

from services.consumption.models import METADATA
from shared.codes.assistance import MeasureKind
from shared.contracts.consumption import HouseholdMovedAway, MeasureAccepted, MeasureCompleted, MeasureRefused
from shared.helping.households import KnownHouseholds
from shared.helping.requests import Answers, Requests

HOUSEHOLDS = KnownHouseholds(METADATA, HouseholdMovedAway)
ANSWERS = Answers(MeasureAccepted, MeasureRefused, MeasureCompleted)
REQUESTS = Requests(METADATA, HOUSEHOLDS, MeasureKind.PURCHASE, ANSWERS)
