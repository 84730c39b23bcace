"""The five houses."""

from services.assets.app import ASSETS
from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.employment.app import EMPLOYMENT
from services.monitoring.app import MONITORING

HOUSES = (MONITORING, ASSISTANCE, EMPLOYMENT, CONSUMPTION, ASSETS)
