"""Routes of requests, the same in every helping house."""

from services.assets.requests.store import REQUESTS
from shared.helping.api import requests_router

router = requests_router(REQUESTS, read="assets:read", write="assets:write")
