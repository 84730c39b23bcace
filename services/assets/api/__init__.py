"""Routes of assets."""

from fastapi import APIRouter

router = APIRouter()
