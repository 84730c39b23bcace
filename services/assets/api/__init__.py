"""Routes of assets."""

from fastapi import APIRouter

from services.assets.api import assets, distributions
from services.assets.models import REQUESTS
from shared.helping.api import requests_router

router = APIRouter()
router.include_router(assets.router)
router.include_router(distributions.router)
router.include_router(requests_router(REQUESTS, read="assets:read", write="assets:write"))
