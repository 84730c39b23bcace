"""Routes of consumption."""

from fastapi import APIRouter

from services.consumption.api import buyers, orders, producers, products
from services.consumption.models import REQUESTS
from shared.helping.api import requests_router

router = APIRouter()
router.include_router(producers.router)
router.include_router(products.router)
router.include_router(buyers.router)
router.include_router(orders.router)
# Requests are for the supply side: buyers are not told which households ask.
router.include_router(requests_router(REQUESTS, read="consumption:approve", write="consumption:approve"))
