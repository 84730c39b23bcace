"""The tables of known households 农户 and of requests 帮扶措施需求, kept by events and answered by events."""

from services.assets.models import METADATA
from shared.codes.assistance import MeasureKind
from shared.contracts.assets import HouseholdMovedAway, MeasureAccepted, MeasureCompleted, MeasureRefused
from shared.helping.households import KnownHouseholds
from shared.helping.requests import Answers, Requests

HOUSEHOLDS = KnownHouseholds(METADATA, HouseholdMovedAway)
ANSWERS = Answers(MeasureAccepted, MeasureRefused, MeasureCompleted)
REQUESTS = Requests(METADATA, HOUSEHOLDS, MeasureKind.ASSET_SHARE, ANSWERS)
