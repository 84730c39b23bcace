"""Routes of requests. They are for the supply side: buyers are not told which households ask."""

from services.consumption.requests.store import REQUESTS
from shared.helping.api import requests_router

router = requests_router(REQUESTS, read="consumption:approve", write="consumption:approve")
