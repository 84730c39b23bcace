"""Routes of assistance."""

from fastapi import APIRouter

router = APIRouter()
