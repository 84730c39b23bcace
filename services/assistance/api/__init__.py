"""Routes of assistance."""

from fastapi import APIRouter

from services.assistance.api import disbursements, households, measures, tasks

router = APIRouter()
router.include_router(tasks.router)
router.include_router(measures.router)
router.include_router(disbursements.router)
router.include_router(households.router)
