"""Routes of employment."""

from fastapi import APIRouter

router = APIRouter()
