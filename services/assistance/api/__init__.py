"""Routes of assistance."""

from fastapi import APIRouter

from services.assistance.api import tasks

router = APIRouter()
router.include_router(tasks.router)
