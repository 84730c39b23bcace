"""Routes of monitoring."""

from fastapi import APIRouter

from services.monitoring.api import facts, households, risks

router = APIRouter()
router.include_router(households.router)
router.include_router(facts.router)
router.include_router(risks.router)
