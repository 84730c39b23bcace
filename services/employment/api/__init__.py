"""Routes of employment."""

from fastapi import APIRouter

from services.employment.api import placements, requests, vacancies, wages, workers

router = APIRouter()
router.include_router(workers.router)
router.include_router(vacancies.router)
router.include_router(requests.router)
router.include_router(placements.router)
router.include_router(wages.router)
